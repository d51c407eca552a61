# include(platform/nk): generated headers from interface (IDL), component (CDL) and process class
# (EDL) descriptions.
#
#     nk_build_idl_files(TARGET [NOINSTALL] NK_MODULE m [WORKING_DIRECTORY d] [DEPENDS t...]
#                        [NK_FLAGS f...] IDL file...)
#     nk_build_cdl_files(TARGET ... [IDL_TARGET t...] CDL file...)
#     nk_build_edl_files(TARGET ... [CDL_TARGET t...] [IDL_TARGET t...] EDL file)
#     generate_edl_file(NAME [PREFIX package])      sets EDL_FILE
#
# A description x/Y.idl of module a.b is copied to _headers_/a/b/Y.idl and compiled to Y.idl.h beside
# it, whatever the folder it came from: imports find it by its package name. All copies are made
# before anything is compiled. One target name may stand in any number of calls.
include_guard(GLOBAL)
cmake_policy(VERSION 3.20) # of the functions here, whatever the solution asks for
include(platform)

set(KOS_NK_GEN_C "${KOS_TOOLCHAIN_BIN}/nk-gen-c")

# A target that copies one description; all steps of compilation wait for all copies.
function(kos_nk_copy source copy step)
    add_custom_command(OUTPUT "${copy}"
        COMMAND "${CMAKE_COMMAND}" -E copy "${source}" "${copy}"
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
    add_custom_command(OUTPUT "${copy}.h"
        COMMAND "${KOS_NK_GEN_C}" -I "${KOS_HEADERS_DIR}" -I "${KOS_SYSROOT}/include"
                -o "${directory}" ${flags} "${copy}"
        DEPENDS "${copy}" "${KOS_NK_GEN_C}"
        DEPFILE "${copy}.nk.d"
        VERBATIM)
    add_custom_target(${step} DEPENDS "${copy}.h")
    add_dependencies(${step} kos_xdl_copies)
    set_property(GLOBAL APPEND PROPERTY KOS_NK_STEPS ${step})
    set_property(GLOBAL APPEND PROPERTY KOS_NK_OUTPUTS "${copy}.h")
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
    if(NOT TARGET ${target})
        add_custom_target(${target})
    endif()
    set_property(TARGET ${target} PROPERTY KOS_NK_TARGET TRUE)
    foreach(file IN LISTS files)
        get_filename_component(source "${file}" ABSOLUTE BASE_DIR "${ARG_WORKING_DIRECTORY}")
        get_filename_component(name "${source}" NAME)
        string(MAKE_C_IDENTIFIER "nk_${module}_${name}" step)
        if(NOT TARGET ${step})
            kos_nk_compile("${source}" "${directory}/${name}" "${directory}" "${flags}" ${step})
        endif()
        add_dependencies(${target} ${step})
        set_property(GLOBAL APPEND PROPERTY KOS_NK_COPIES ${step}_copy)
        set_property(GLOBAL APPEND PROPERTY KOS_NK_NEEDS_${step}_copy ${ARG_DEPENDS})
    endforeach()
    include_directories("${KOS_HEADERS_DIR}")
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
