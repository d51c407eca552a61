# include(platform): initialize_platform() and project_header_default(), and what every other module
# of the SDK stands on: the list of generated headers and the work done when all targets are known.
include_guard(GLOBAL)
cmake_policy(VERSION 3.20) # of the functions here, whatever the solution asks for

if(NOT DEFINED KL_SDK_ROOT_PATH)
    message(FATAL_ERROR "platform: CMAKE_TOOLCHAIN_FILE is not the SDK's; give "
        "-D CMAKE_TOOLCHAIN_FILE=<SDK>/toolchain/share/toolchain-x86_64-pc-kos.cmake")
endif()

# Root of all generated headers and of the copies of the descriptions they are made from.
set(KOS_HEADERS_DIR "${CMAKE_BINARY_DIR}/_headers_")

# initialize_platform([FORCE_STATIC | USE_DYNAMIC_LEGACY] [NO_NEW_VERSION_CHECK]): every program is
# static; the second form is accepted and says so. Nothing here ever asks a server for a new
# version.
macro(initialize_platform)
    cmake_parse_arguments(KOS_PLATFORM "FORCE_STATIC;USE_DYNAMIC_LEGACY;NO_NEW_VERSION_CHECK" "" ""
        ${ARGN})
    foreach(kos_word ${KOS_PLATFORM_UNPARSED_ARGUMENTS})
        message(WARNING "platform: initialize_platform: ${kos_word} means nothing; there are "
            "FORCE_STATIC, USE_DYNAMIC_LEGACY and NO_NEW_VERSION_CHECK")
    endforeach()
    unset(kos_word)
    if(KOS_PLATFORM_USE_DYNAMIC_LEGACY)
        message(STATUS "platform: programs are linked statically")
    endif()
    set(BUILD_SHARED_LIBS OFF)
    set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
    include_directories("${KOS_HEADERS_DIR}")
    kos_finish_later()
endmacro()

# Static programs of a directory, and one static program: all programs are.
function(project_static_executable_header_default)
endfunction()

function(platform_target_force_static target)
    if(NOT TARGET ${target})
        message(FATAL_ERROR "platform: platform_target_force_static: ${target} is no target")
    endif()
endfunction()

# project_header_default("STANDARD_GNU_11:YES" "STRICT_WARNINGS:NO" ...): language standard and
# warnings of the targets of this directory.
macro(project_header_default)
    foreach(kos_option ${ARGN})
        if(kos_option MATCHES "^STANDARD_(GNU|ANSI)_([0-9]+):(YES|ON|TRUE|1)$")
            if(CMAKE_MATCH_1 STREQUAL "GNU")
                set(CMAKE_C_EXTENSIONS ON)
                set(CMAKE_CXX_EXTENSIONS ON)
            else()
                set(CMAKE_C_EXTENSIONS OFF)
                set(CMAKE_CXX_EXTENSIONS OFF)
            endif()
            if(CMAKE_MATCH_2 MATCHES "^(99|11|17)$")
                set(CMAKE_C_STANDARD ${CMAKE_MATCH_2})
            endif()
            if(CMAKE_MATCH_2 MATCHES "^(14|17|20)$")
                set(CMAKE_CXX_STANDARD ${CMAKE_MATCH_2})
            endif()
        elseif(kos_option MATCHES "^STRICT_WARNINGS:(YES|ON|TRUE|1)$")
            add_compile_options(-Wall -Wextra -Werror)
        endif()
    endforeach()
    unset(kos_option)
endmacro()

# Arranges for kos_finish() to run once, after the solution's last CMakeLists.txt.
function(kos_finish_later)
    get_property(known GLOBAL PROPERTY KOS_FINISH_ARRANGED)
    if(NOT known)
        set_property(GLOBAL PROPERTY KOS_FINISH_ARRANGED TRUE)
        cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL kos_finish)
    endif()
endfunction()

# All targets of a directory and below it.
function(kos_collect_targets directory result)
    get_property(targets DIRECTORY "${directory}" PROPERTY BUILDSYSTEM_TARGETS)
    get_property(subdirectories DIRECTORY "${directory}" PROPERTY SUBDIRECTORIES)
    foreach(subdirectory IN LISTS subdirectories)
        kos_collect_targets("${subdirectory}" more)
        list(APPEND targets ${more})
    endforeach()
    set(${result} "${targets}" PARENT_SCOPE)
endfunction()

# A description that another target makes is copied after it. What DEPENDS names among the targets
# of nk_build_* orders nothing: all copies are made before anything is compiled.
function(kos_finish_copies result)
    get_property(copies GLOBAL PROPERTY KOS_NK_COPIES)
    set(makers "")
    foreach(copy IN LISTS copies)
        get_property(needs GLOBAL PROPERTY KOS_NK_NEEDS_${copy})
        foreach(need IN LISTS needs)
            if(TARGET ${need})
                get_target_property(is_nk ${need} KOS_NK_TARGET)
                if(NOT is_nk)
                    add_dependencies(${copy} ${need})
                    list(APPEND makers ${need})
                endif()
            endif()
        endforeach()
    endforeach()
    set(${result} "${makers}" PARENT_SCOPE)
endfunction()

# Every program and library waits for all generated headers (add_dependencies is welcome, not
# needed), and is linked again when the SDK's libraries change.
function(kos_finish)
    kos_collect_targets("${CMAKE_SOURCE_DIR}" targets)
    kos_finish_copies(makers)
    get_property(headers GLOBAL PROPERTY KOS_NK_STEPS)
    set(libraries "${CMAKE_C_COMPILER}") # the wrapper holds the flags of the link
    foreach(name crt0.o libkos.a libc.a)
        if(EXISTS "${KOS_SYSROOT}/lib/${name}")
            list(APPEND libraries "${KOS_SYSROOT}/lib/${name}")
        endif()
    endforeach()
    foreach(target IN LISTS targets)
        get_target_property(type ${target} TYPE)
        if(type MATCHES "EXECUTABLE|STATIC_LIBRARY|OBJECT_LIBRARY" AND NOT target IN_LIST makers)
            if(headers)
                add_dependencies(${target} ${headers})
            endif()
            if(type STREQUAL "EXECUTABLE")
                set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${libraries})
            endif()
        endif()
    endforeach()
    if(COMMAND kos_finish_images)
        kos_finish_images()
    endif()
endfunction()
