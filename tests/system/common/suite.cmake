# system_suite(CHILD sources... [SUITE sources...] [EDL files...] [IDL files...] [MODULE m]): a
# suite whose program SUITE is the image's Einit and starts CHILD processes itself.
include(platform)
initialize_platform(FORCE_STATIC)
include(platform/nk)
include(platform/image)
project_header_default("STANDARD_GNU_11:YES" "STRICT_WARNINGS:YES")

set(SUITE_COMMON_DIR "${CMAKE_CURRENT_LIST_DIR}")

function(system_suite)
    cmake_parse_arguments(ARG "" "MODULE" "SUITE;CHILD;IDL;CDL;EDL;FILES" ${ARGN})
    add_compile_options(-Wshadow -Wstrict-prototypes)
    nk_build_edl_files(suite_headers NK_MODULE "kl.core"
                       EDL "${KOS_SYSROOT}/include/kl/core/Core.edl")
    if(ARG_IDL)
        nk_build_idl_files(suite_headers NK_MODULE "${ARG_MODULE}" IDL ${ARG_IDL})
    endif()
    foreach(edl IN LISTS ARG_EDL)
        nk_build_edl_files(suite_headers NK_MODULE "${ARG_MODULE}" EDL "${edl}")
    endforeach()
    add_library(suite_common STATIC "${SUITE_COMMON_DIR}/check.c" "${SUITE_COMMON_DIR}/core.c"
                "${SUITE_COMMON_DIR}/task.c")
    target_include_directories(suite_common PUBLIC "${SUITE_COMMON_DIR}")
    add_executable(Suite ${ARG_SUITE})
    target_link_libraries(Suite suite_common)
    set(programs "")
    if(ARG_CHILD)
        add_executable(Child ${ARG_CHILD})
        target_link_libraries(Child suite_common)
        set(programs Child)
    endif()
    build_kos_qemu_image(kos-qemu-image EINIT_ENTITY Suite IMAGE_FILES ${programs} ${ARG_FILES})
endfunction()
