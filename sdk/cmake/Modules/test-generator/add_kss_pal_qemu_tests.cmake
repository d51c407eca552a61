# include(test-generator/add_kss_pal_qemu_tests): tests of policies as targets of their own.
#
#     add_kss_pal_qemu_tests(PSL_FILES policy.psl... [DEPENDS target...] [ENTITIES class...])
#
# makes pal-test0, pal-test1, ... in the order of the files, and pal-tests for all. The tests run on the
# build machine, with the code that would go into an image; the names that other SDKs give to the images
# (kos-qemu-image-PalTest0, kos-qemu-image-PalTest0-sim) run the same tests.
include_guard(GLOBAL)
include(platform)

function(add_kss_pal_qemu_tests)
    cmake_parse_arguments(ARG "" "" "PSL_FILES;DEPENDS;ENTITIES" ${ARGN})
    if(NOT ARG_PSL_FILES)
        message(FATAL_ERROR "add_kss_pal_qemu_tests: PSL_FILES names no policy")
    endif()
    if(NOT TARGET pal-tests)
        add_custom_target(pal-tests)
    endif()
    get_property(number GLOBAL PROPERTY KOS_PAL_TESTS)
    foreach(file IN LISTS ARG_PSL_FILES)
        if(NOT number)
            set(number 0)
        endif()
        get_filename_component(psl "${file}" ABSOLUTE)
        get_filename_component(beside "${psl}" DIRECTORY)
        get_property(headers GLOBAL PROPERTY KOS_NK_OUTPUTS)
        add_custom_target(pal-test${number}
            COMMAND "${KOS_TOOLCHAIN_BIN}/makekss" --output "${CMAKE_CURRENT_BINARY_DIR}/pal-test${number}.module"
                    --tests run -I "${KOS_HEADERS_DIR}" -I "${KOS_SYSROOT}/include" -I "${beside}"
                    -I "${CMAKE_CURRENT_SOURCE_DIR}/resources" -I "${KOS_TOOLCHAIN_BIN}/../include" "${psl}"
            DEPENDS "${psl}" ${headers} ${ARG_DEPENDS}
            VERBATIM)
        if(ARG_DEPENDS)
            add_dependencies(pal-test${number} ${ARG_DEPENDS})
        endif()
        add_custom_target(kos-qemu-image-PalTest${number} DEPENDS pal-test${number})
        add_custom_target(kos-qemu-image-PalTest${number}-sim DEPENDS pal-test${number})
        add_dependencies(pal-tests pal-test${number})
        math(EXPR number "${number} + 1")
    endforeach()
    set_property(GLOBAL PROPERTY KOS_PAL_TESTS ${number})
endfunction()
