# include(platform/nk): generated headers from interface (IDL), component (CDL) and process class
# (EDL) descriptions.
#
#     nk_build_idl_files(TARGET [NOINSTALL] NK_MODULE m [WORKING_DIRECTORY d] [DEPENDS t...]
#                        [NK_FLAGS f...] IDL file...)
#     nk_build_cdl_files(TARGET ... [IDL_TARGET t...] CDL file...)
#     nk_build_edl_files(TARGET ... [CDL_TARGET t...] [IDL_TARGET t...] EDL file)
#     generate_edl_file(NAME [PREFIX package])      sets EDL_FILE
#     nk_include_directories(DIR...)                where descriptions are searched as well
#
# The newer generation, one file a call, with the same result:
#
#     add_nk_idl(TARGET file NK_MODULE m LANG C|CXX [NK_FLAGS f...])     add_nk_cdl, add_nk_edl
#     bind_nk_targets(TARGET target...)    export_targets(TARGET...)
#
# LANG CXX makes the C header too: it serves C++; the classes of kosipc are not part of this SDK
# yet.
#
# A description x/Y.idl of module a.b stands as _headers_/a/b/Y.idl too (a link, so that messages
# name the file to edit) and is compiled to Y.idl.h beside it, whatever the folder it came from:
# imports find it by its package name. All links are made before anything is compiled. One target
# name may stand in any number of calls; it is an interface library that carries the folder of the
# headers, so programs may also link to it.
include_guard(GLOBAL)
cmake_policy(VERSION 3.20) # of the functions here, whatever the solution asks for
include(platform)

set(KOS_NK_GEN_C "${KOS_TOOLCHAIN_BIN}/nk-gen-c")

# A target that puts one description in its place; all steps of compilation wait for all of them.
function(kos_nk_copy source copy step)
    get_filename_component(folder "${copy}" DIRECTORY)
    add_custom_command(OUTPUT "${copy}"
        COMMAND "${CMAKE_COMMAND}" -E make_directory "${folder}"
        COMMAND "${CMAKE_COMMAND}" -E create_symlink "${source}" "${copy}"
        DEPENDS "${source}"
        VERBATIM)
    add_custom_target(${step} DEPENDS "${copy}")
    if(NOT TARGET kos_xdl_copies)
        add_custom_target(kos_xdl_copies)
    endif()
    add_dependencies(kos_xdl_copies ${step})
endfunction()

# Compiles one description into its header; target `step` stands for the result.
function(kos_nk_compile source copy directory flags step)
    kos_nk_copy("${source}" "${copy}" ${step}_copy)
    get_property(includes GLOBAL PROPERTY KOS_NK_INCLUDES)
    add_custom_command(OUTPUT "${copy}.h"
        COMMAND "${KOS_NK_GEN_C}" -I "${KOS_HEADERS_DIR}" -I "${KOS_SYSROOT}/include" ${includes}
                -Wno-imports -o "${directory}" ${flags} "${copy}"
        DEPENDS "${copy}" "${KOS_NK_GEN_C}"
        DEPFILE "${copy}.nk.d"
        VERBATIM)
    add_custom_target(${step} DEPENDS "${copy}.h")
    add_dependencies(${step} kos_xdl_copies)
    set_property(GLOBAL APPEND PROPERTY KOS_NK_STEPS ${step})
    set_property(GLOBAL APPEND PROPERTY KOS_NK_OUTPUTS "${copy}.h")
endfunction()

# An interface library without anything to build gets no rule; a file of ours gives it one.
function(kos_nk_target target)
    if(NOT TARGET ${target})
        add_library(${target} INTERFACE EXCLUDE_FROM_ALL "${CMAKE_CURRENT_FUNCTION_LIST_FILE}")
        target_include_directories(${target} INTERFACE "${KOS_HEADERS_DIR}")
    endif()
    get_target_property(is_nk ${target} KOS_NK_TARGET)
    get_target_property(type ${target} TYPE)
    if(NOT is_nk AND NOT type MATCHES "^(UTILITY|INTERFACE_LIBRARY)$")
        message(FATAL_ERROR "nk: ${target}: a program or library has this name already")
    endif()
    set_property(TARGET ${target} PROPERTY KOS_NK_TARGET TRUE)
endfunction()

# Warns where a description's own name does not end in the module's place: imports would not find
# it.
function(kos_nk_check_module source module)
    file(READ "${source}" text LIMIT 20000)
    string(REGEX REPLACE "/[*]([^*]|[*]+[^*/])*[*]+/|//[^\n]*" " " text "${text}")
    get_filename_component(last "${source}" NAME_WLE)
    set(name "${last}")
    if(module)
        set(name "${module}.${last}")
    endif()
    if(text MATCHES "^[ \t\r\n]*(package|component|entity|task[ \t\r\n]+class)[ \t\r\n]+([A-Za-z0-9_.]+)" AND
       NOT CMAKE_MATCH_2 STREQUAL name)
        set(described "${CMAKE_MATCH_2}")
        set(wanted "")
        if(described MATCHES "^(.*)[.][^.]*$")
            set(wanted "${CMAKE_MATCH_1}")
        endif()
        message(WARNING "nk: NK_MODULE is \"${module}\", but ${last} is described as ${described}: "
            "its module is \"${wanted}\"\n  ${source}")
    endif()
endfunction()

# The common part of the three commands.
function(kos_nk_build target kind)
    cmake_parse_arguments(ARG "NOINSTALL" "NK_MODULE;WORKING_DIRECTORY;LANG"
        "DEPENDS;IDL_TARGET;CDL_TARGET;NK_FLAGS;${kind}" ${ARGN})
    set(files ${ARG_${kind}} ${ARG_UNPARSED_ARGUMENTS})
    if(NOT files)
        message(FATAL_ERROR "nk: ${target}: no ${kind} file is named")
    endif()
    string(REPLACE "." "/" module "${ARG_NK_MODULE}")
    set(directory "${KOS_HEADERS_DIR}")
    if(module)
        string(APPEND directory "/${module}")
    endif()
    if(NOT ARG_WORKING_DIRECTORY)
        set(ARG_WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    endif()
    separate_arguments(flags UNIX_COMMAND "${ARG_NK_FLAGS}")
    kos_nk_target(${target})
    foreach(file IN LISTS files)
        get_filename_component(source "${file}" ABSOLUTE BASE_DIR "${ARG_WORKING_DIRECTORY}")
        get_source_file_property(is_generated "${source}" GENERATED)
        if(NOT EXISTS "${source}" AND NOT is_generated AND NOT ARG_DEPENDS)
            message(FATAL_ERROR "nk: ${target}: a file does not exist:\n  ${file}") # a line is never broken
        endif()
        if(EXISTS "${source}")
            kos_nk_check_module("${source}" "${ARG_NK_MODULE}")
        endif()
        get_filename_component(name "${source}" NAME)
        if("--strict-strings" IN_LIST flags) # the kernel checks it: the image's table must know
            get_filename_component(last "${source}" NAME_WLE)
            string(REGEX REPLACE "^\\." "" last "${ARG_NK_MODULE}.${last}")
            set_property(GLOBAL APPEND PROPERTY KOS_NK_STRICT_STRINGS "--strict-strings=${last}")
        endif()
        string(MAKE_C_IDENTIFIER "nk_${module}_${name}" step)
        if(NOT TARGET ${step})
            kos_nk_compile("${source}" "${directory}/${name}" "${directory}" "${flags}" ${step})
        endif()
        add_dependencies(${target} ${step})
        set_property(GLOBAL APPEND PROPERTY KOS_NK_COPIES ${step}_copy)
        set_property(GLOBAL APPEND PROPERTY KOS_NK_NEEDS_${step}_copy ${ARG_DEPENDS})
    endforeach()
    include_directories("${KOS_HEADERS_DIR}" "${KOS_HEADERS_DIR}/${PROJECT_NAME}")
    kos_finish_later()
endfunction()

function(nk_build_idl_files target)
    kos_nk_build(${target} IDL ${ARGN})
endfunction()

function(nk_build_cdl_files target)
    kos_nk_build(${target} CDL ${ARGN})
endfunction()

function(nk_build_edl_files target)
    kos_nk_build(${target} EDL ${ARGN})
endfunction()

# Writes the description of a process class without endpoints, for programs that are clients only.
function(generate_edl_file name)
    cmake_parse_arguments(ARG "" "PREFIX" "" ${ARGN})
    set(class "${name}")
    if(ARG_PREFIX)
        set(class "${ARG_PREFIX}.${name}")
    endif()
    set(file "${CMAKE_CURRENT_BINARY_DIR}/${name}.edl")
    file(CONFIGURE OUTPUT "${file}" CONTENT "task class ${class}\n" @ONLY)
    set(EDL_FILE "${file}" PARENT_SCOPE)
endfunction()

# Directories where descriptions that others import are searched.
function(nk_include_directories)
    foreach(directory IN LISTS ARGN)
        get_filename_component(path "${directory}" ABSOLUTE)
        set_property(GLOBAL APPEND PROPERTY KOS_NK_INCLUDES -I "${path}")
    endforeach()
endfunction()

# The newer generation: `file` may come with other words before the keywords.
function(kos_nk_add target kind file)
    cmake_parse_arguments(ARG "NKPPMETA_NK_HANDLES;NOINSTALL" "LANG;NK_MODULE;WORKING_DIRECTORY"
        "NK_FLAGS;DEPENDS" ${ARGN})
    if(ARG_LANG AND NOT ARG_LANG MATCHES "^(C|CXX)$")
        message(FATAL_ERROR "nk: ${target}: LANG ${ARG_LANG}: there are C and CXX")
    endif()
    if(NOT DEFINED ARG_NK_MODULE)
        message(FATAL_ERROR "nk: ${target}: NK_MODULE is missing: the package of ${file}")
    endif()
    if(ARG_LANG STREQUAL CXX)
        get_property(said GLOBAL PROPERTY KOS_NK_CXX_SAID)
        if(NOT said)
            message(STATUS "nk: LANG CXX makes the C header; kosipc is not part of this SDK yet")
            set_property(GLOBAL PROPERTY KOS_NK_CXX_SAID TRUE)
        endif()
    endif()
    set(directory "")
    if(ARG_WORKING_DIRECTORY)
        set(directory WORKING_DIRECTORY "${ARG_WORKING_DIRECTORY}")
    endif()
    kos_nk_build(${target} ${kind} NK_MODULE "${ARG_NK_MODULE}" NK_FLAGS ${ARG_NK_FLAGS} ${directory}
                 DEPENDS ${ARG_DEPENDS} ${kind} "${file}")
endfunction()

function(add_nk_idl target file)
    kos_nk_add(${target} IDL "${file}" ${ARGN})
endfunction()

function(add_nk_cdl target file)
    kos_nk_add(${target} CDL "${file}" ${ARGN})
endfunction()

function(add_nk_edl target file)
    kos_nk_add(${target} EDL "${file}" ${ARGN})
endfunction()

# Targets of descriptions that refer to each other, or programs that use them.
function(bind_nk_targets target)
    foreach(name IN ITEMS ${target} ${ARGN})
        if(NOT TARGET ${name})
            message(FATAL_ERROR "nk: bind_nk_targets: ${name} is no target")
        endif()
    endforeach()
    foreach(name IN LISTS ARGN)
        if(NOT name STREQUAL target)
            add_dependencies(${target} ${name})
        endif()
    endforeach()
endfunction()

# All headers of a solution are seen by all of its programs, so nothing is left to do.
function(export_targets)
    foreach(name IN LISTS ARGN)
        if(NOT TARGET ${name})
            message(FATAL_ERROR "nk: export_targets: ${name} is no target")
        endif()
    endforeach()
endfunction()
