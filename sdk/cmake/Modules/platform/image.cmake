# include(platform/image): one bootable image out of a solution's programs.
#
#     build_kos_qemu_image(NAME [EINIT_ENTITY e] [CONNECTIONS_CFG init.yaml.in]
#                          [SECURITY_PSL security.psl.in] [EXTRA_XDL_DIR dir...] [KLOG_ENTITY program]
#                          [GINGER_ENABLE TRUE GINGER_DEFINITIONS "K=V"...]
#                          [QEMU_FLAGS f...] [QEMU_ENV "K=V"...] [QEMU_USER_NETWORK_FLAGS f...]
#                          [QEMU_DEPENDENCIES t...] [IMAGE_BINARY_DIR_BIN dir]
#                          [IMAGE_FILES] program-or-file...)
#     build_kos_hw_image(NAME ...)        the same image; on this target one kernel serves both
#
# EXTRA_XDL_DIR: where descriptions and headers are searched as well when Einit and the security
# module are made. KLOG_ENTITY: the program that keeps the audit; it becomes part of the image.
# QEMU_ENV: QEMU's environment. QEMU_USER_NETWORK_FLAGS: options of QEMU's user network
# (hostfwd=...), which is off otherwise. Of PERFCNT_KERNEL and GDBSTUB_KERNEL, special kernels, none
# is part of this SDK.
#
# Targets: NAME, sim (runs it), gdbsim (waits for a debugger), gdb and cgdb (the debugger),
# sim-image (builds what sim would run). The file sim.args in the build folder's root says what sim
# runs: the image's path, then one word of QEMU_FLAGS a line; ./tessera reads it too.
#
# Without CONNECTIONS_CFG, EINIT_ENTITY names a program of the solution that starts the others.
include_guard(GLOBAL)
cmake_policy(VERSION 3.20) # of the functions here, whatever the solution asks for
include(platform)
include(platform/nk)
include(platform/init_template)

# Programs of the solution that are defined already.
function(kos_collect_programs directory result)
    kos_collect_targets("${directory}" targets)
    set(programs "")
    foreach(target IN LISTS targets)
        get_target_property(type ${target} TYPE)
        if(type STREQUAL EXECUTABLE)
            list(APPEND programs ${target})
        endif()
    endforeach()
    set(${result} "${programs}" PARENT_SCOPE)
endfunction()

# IMAGE_FILES as files: programs of the solution, prebuilt programs, plain files.
function(kos_image_files files_result targets_result)
    set(files "")
    set(targets "")
    foreach(item IN LISTS ARGN)
        if(TARGET ${item})
            list(APPEND files "$<TARGET_FILE:${item}>")
            list(APPEND targets ${item})
        elseif(item MATCHES "^\\$<")
            list(APPEND files "${item}")
        else()
            get_filename_component(file "${item}" ABSOLUTE)
            get_source_file_property(is_generated "${file}" GENERATED)
            if(NOT EXISTS "${file}" AND NOT is_generated)
                kos_collect_programs("${CMAKE_SOURCE_DIR}" programs)
                list(JOIN programs ", " programs)
                message(WARNING "image: ${item} is neither a program of the solution nor a file yet; "
                    "the programs so far are: ${programs}")
            endif()
            list(APPEND files "${file}")
        endif()
    endforeach()
    set(${files_result} "${files}" PARENT_SCOPE)
    set(${targets_result} "${targets}" PARENT_SCOPE)
endfunction()

# Sources of programs, for einit, which looks for names that do not exist.
function(kos_image_sources result)
    set(words "")
    foreach(program IN LISTS ARGN)
        get_target_property(sources ${program} SOURCES)
        if(NOT sources) # a prebuilt program
            continue()
        endif()
        get_target_property(directory ${program} SOURCE_DIR)
        foreach(source IN LISTS sources)
            if(source MATCHES "\\.(c|cc|cpp|cxx)$" AND NOT source MATCHES "^\\$<")
                get_filename_component(source "${source}" ABSOLUTE BASE_DIR "${directory}")
                if(EXISTS "${source}") # not one that the build makes
                    list(APPEND words --source "$<TARGET_FILE_NAME:${program}>=${source}")
                endif()
            endif()
        endforeach()
    endforeach()
    set(${result} "${words}" PARENT_SCOPE)
endfunction()

# The initialising program from init.yaml.
function(kos_einit_program target init directory files programs extra)
    set(names "")
    foreach(file IN LISTS files)
        list(APPEND names --file "${file}")
    endforeach()
    kos_image_sources(sources ${programs})
    set(sources_only "")
    foreach(word IN LISTS sources)
        if(NOT word STREQUAL "--source")
            string(REGEX REPLACE "^[^=]*=" "" word "${word}")
            list(APPEND sources_only "${word}")
        endif()
    endforeach()
    get_property(headers GLOBAL PROPERTY KOS_NK_OUTPUTS)
    add_custom_command(OUTPUT "${directory}/einit.c"
        COMMAND "${KOS_TOOLCHAIN_BIN}/einit" "${init}" -o "${directory}/einit.c"
                -I "${KOS_HEADERS_DIR}" -I "${KOS_SYSROOT}/include" ${extra} ${names} ${sources}
        DEPENDS "${init}" "${KOS_TOOLCHAIN_BIN}/einit" ${headers} ${sources_only}
        VERBATIM)
    add_executable(${target} "${directory}/einit.c")
    list(REMOVE_ITEM extra -I)
    target_include_directories(${target} PRIVATE ${extra})
endfunction()

# The security module: table of message forms, and the verdicts of the policy `psl`, which was made
# from `template` (whose name and folder messages and `use` go by). Without one every message is
# granted.
function(kos_security_module init psl template directory extra)
    get_property(headers GLOBAL PROPERTY KOS_NK_OUTPUTS)
    get_property(strict GLOBAL PROPERTY KOS_NK_STRICT_STRINGS)
    file(GLOB core "${KOS_SYSROOT}/include/kl/core/*") # in every module
    set(policy "")
    set(depends "")
    if(psl)
        get_filename_component(source "${template}" ABSOLUTE)
        get_filename_component(beside "${source}" DIRECTORY)
        set(policy --shown-as "${source}" --depfile "${directory}/ksm.module.d" -I "${beside}" "${psl}")
        set(depends DEPFILE "${directory}/ksm.module.d")
    endif()
    add_custom_command(OUTPUT "${directory}/ksm.module"
        COMMAND "${KOS_TOOLCHAIN_BIN}/makekss" --output "${directory}/ksm.module" --init "${init}"
                -I "${KOS_HEADERS_DIR}" -I "${KOS_SYSROOT}/include" ${extra}
                -I "${KOS_TOOLCHAIN_BIN}/../include" ${strict} ${policy}
        DEPENDS "${init}" ${psl} ${headers} ${core} "${KOS_TOOLCHAIN_BIN}/makekss"
                "${KOS_TOOLCHAIN_BIN}/nk-gen-c" "${KOS_TOOLCHAIN_BIN}/nk-psl-gen-c"
                "${KOS_LIBEXEC}/ksm/grant_all.c" "${KOS_LIBEXEC}/ksm/judge.c"
                "${KOS_LIBEXEC}/ksm/run_tests.c"
                "${KOS_LIBEXEC}/include/tessera/rules.h"
                "${KOS_LIBEXEC}/include/tessera/rules_text.h"
                "${KOS_LIBEXEC}/kernel.o" # whose interfaces are in the table
        ${depends}
        VERBATIM)
endfunction()

# What sim runs, one word a line.
function(kos_sim_file image flags environment)
    set(words "")
    foreach(variable IN LISTS environment)
        list(APPEND words --env "${variable}")
    endforeach()
    foreach(flag IN LISTS flags)
        separate_arguments(parts UNIX_COMMAND "${flag}")
        list(APPEND words ${parts})
    endforeach()
    list(JOIN words "\n" text)
    file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/sim.args" CONTENT "${image}\n${text}\n" @ONLY)
endfunction()

# The programs with their symbols, for kos-gdb: a line each, name and file.
function(kos_program_list targets)
    set(lines "")
    foreach(target ${targets})
        string(APPEND lines "${target}\t$<TARGET_FILE:${target}>\n")
    endforeach()
    file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/programs.list" CONTENT "${lines}")
endfunction()

function(kos_sim_targets name image)
    set(sim "${KOS_TOOLCHAIN_BIN}/kos-sim" --args "${CMAKE_BINARY_DIR}/sim.args")
    add_custom_target(sim COMMAND ${sim} USES_TERMINAL VERBATIM)
    add_custom_target(gdbsim COMMAND ${sim} --gdb USES_TERMINAL VERBATIM)
    add_dependencies(sim ${name})
    add_dependencies(gdbsim ${name})
    add_custom_target(sim-image)
    add_dependencies(sim-image ${name}_file)
    add_custom_target(gdb COMMAND "${KOS_TOOLCHAIN_BIN}/kos-gdb" --args
        "${CMAKE_BINARY_DIR}/sim.args" USES_TERMINAL VERBATIM)
    add_custom_target(cgdb COMMAND cgdb -ex "target remote :1234" "${image}"
        USES_TERMINAL VERBATIM)
endfunction()

# A solution that has an image for hardware only is run from that one.
function(kos_finish_images)
    get_property(image GLOBAL PROPERTY KOS_HW_IMAGE)
    if(image AND NOT TARGET sim)
        list(GET image 0 name)
        list(GET image 1 file)
        kos_sim_file("${file}" "" "")
        kos_sim_targets(${name} "${file}")
    endif()
endfunction()

# The image itself; sets image_path. It is made beside the other files of the image and copied to
# the usual place by target `name`: a target and a file of one name in one folder are one too many.
macro(kos_image_command name einit directory)
    set(image_path "${directory}/${name}")
    set(destination "${CMAKE_CURRENT_BINARY_DIR}")
    if(ARG_IMAGE_BINARY_DIR_BIN)
        set(destination "${ARG_IMAGE_BINARY_DIR_BIN}")
    endif()
    add_custom_command(OUTPUT "${image_path}"
        COMMAND "${KOS_TOOLCHAIN_BIN}/kos_make_kimg" "--target=${KOS_TARGET}"
                "--img-src=${KOS_LIBEXEC}/kernel.o" "--ldscript=${KOS_LIBEXEC}/kernel.ld"
                "--img-dst=${image_path}" "--with-init=$<TARGET_FILE:${einit}>"
                ${files} "${directory}/ksm.module"
        DEPENDS ${einit} ${targets} ${files} "${directory}/ksm.module" "${KOS_LIBEXEC}/kernel.o"
                "${KOS_LIBEXEC}/kernel.ld" "${KOS_TOOLCHAIN_BIN}/kos_make_kimg"
                "${KOS_TOOLCHAIN_BIN}/mkromfs" "${KOS_TOOLCHAIN_BIN}/mksymtab"
        VERBATIM)
    add_custom_target(${name}_file DEPENDS "${image_path}")
    add_custom_target(${name} ALL
        COMMAND "${CMAKE_COMMAND}" -E copy_if_different "${image_path}" "${destination}/${name}"
        VERBATIM)
    add_dependencies(${name} ${name}_file)
endmacro()

# What goes into the image besides what the caller names: the audit program, and prebuilt programs
# that others need. Changes `items` and sets `prebuilt`.
macro(kos_image_items)
    if(ARG_KLOG_ENTITY)
        if(NOT TARGET "${ARG_KLOG_ENTITY}")
            message(FATAL_ERROR "image: ${name}: KLOG_ENTITY ${ARG_KLOG_ENTITY} is no target")
        endif()
        list(APPEND items ${ARG_KLOG_ENTITY})
    endif()
    set(text "")
    if(ARG_CONNECTIONS_CFG)
        kos_read_template("${ARG_CONNECTIONS_CFG}" CONNECTIONS_CFG "${ARG_GINGER_ENABLE}"
            "${ARG_GINGER_DEFINITIONS}" text)
    endif()
    kos_prebuilt_programs("${items}" "${text}" prebuilt)
    list(APPEND items ${prebuilt})
    list(REMOVE_DUPLICATES items)
endmacro()

# QEMU's words; programs may follow the flags without a keyword. Changes `items` and sets `flags`.
macro(kos_image_flags)
    set(flags "")
    foreach(word IN LISTS ARG_QEMU_FLAGS)
        if(TARGET "${word}")
            list(APPEND items ${word})
        else()
            list(APPEND flags "${word}")
        endif()
    endforeach()
    if(ARG_QEMU_USER_NETWORK_FLAGS)
        list(JOIN ARG_QEMU_USER_NETWORK_FLAGS "," network)
        string(REGEX REPLACE "^,+" "" network "${network}")
        list(APPEND flags "-nic user,${network}")
    endif()
endmacro()

function(kos_build_image kind name)
    cmake_parse_arguments(ARG
        "PERFCNT_KERNEL;GDBSTUB_KERNEL;NO_AUTO_BLOB_CONTAINER;PACK_DEPS;PACK_DEPS_COPY_ONLY"
        "EINIT_ENTITY;CONNECTIONS_CFG;SECURITY_PSL;KLOG_ENTITY;IMAGE_BINARY_DIR_BIN;PACK_DEPS_LIBS_PATH;PACK_DEPS_COPY_TARGET;GINGER_ENABLE"
        "IMAGE_FILES;EXTRA_XDL_DIR;QEMU_FLAGS;QEMU_ENV;QEMU_USER_NETWORK_FLAGS;QEMU_DEPENDENCIES;GINGER_DEFINITIONS;PACK_DEPS_EXTRA_LIBRARIES"
        ${ARGN})
    set(directory "${CMAKE_CURRENT_BINARY_DIR}/${name}.dir")
    set(items ${ARG_UNPARSED_ARGUMENTS} ${ARG_IMAGE_FILES})
    foreach(kernel PERFCNT_KERNEL GDBSTUB_KERNEL)
        if(ARG_${kernel})
            message(STATUS "image: ${name}: ${kernel}: this SDK has one kernel; it is taken")
        endif()
    endforeach()
    set(extra "")
    foreach(dir IN LISTS ARG_EXTRA_XDL_DIR)
        get_filename_component(dir "${dir}" ABSOLUTE)
        list(APPEND extra -I "${dir}")
    endforeach()
    kos_image_flags()
    kos_image_items()
    kos_image_files(files targets ${items})

    set(psl "")
    if(ARG_SECURITY_PSL)
        kos_expand_policy("${ARG_SECURITY_PSL}" "${directory}/security.psl" "${prebuilt}"
            "${ARG_GINGER_ENABLE}" "${ARG_GINGER_DEFINITIONS}")
        set(psl "${directory}/security.psl")
    endif()
    set(einit "${ARG_EINIT_ENTITY}")
    if(NOT einit)
        set(einit "${name}_Einit")
    endif()
    set(init "${directory}/init.yaml")
    if(ARG_CONNECTIONS_CFG)
        kos_expand_init("${ARG_CONNECTIONS_CFG}" "${init}" "${targets}" "${prebuilt}"
            "${ARG_GINGER_ENABLE}" "${ARG_GINGER_DEFINITIONS}")
        if(NOT TARGET ${einit})
            kos_einit_program(${einit} "${init}" "${directory}" "${files}" "${targets}" "${extra}")
        endif()
    elseif(NOT TARGET ${einit})
        message(FATAL_ERROR "image: ${name}: neither CONNECTIONS_CFG nor a program EINIT_ENTITY")
    else()
        file(CONFIGURE OUTPUT "${init}" CONTENT "entities: []\n")
    endif()
    kos_security_module("${init}" "${psl}" "${ARG_SECURITY_PSL}" "${directory}" "${extra}")
    kos_image_command(${name} ${einit} "${directory}")
    set_property(GLOBAL PROPERTY KOS_IMAGE_FILE_${name} "${image_path}") # for build_sd_image
    if(ARG_QEMU_DEPENDENCIES)
        add_dependencies(${name}_file ${ARG_QEMU_DEPENDENCIES})
    endif()
    if(kind STREQUAL qemu)
        kos_sim_file("${image_path}" "${flags}" "${ARG_QEMU_ENV}")
        kos_sim_targets(${name} "${image_path}")
        kos_program_list("${einit};${targets}")
    else()
        set_property(GLOBAL PROPERTY KOS_HW_IMAGE ${name} "${image_path}")
    endif()
    kos_finish_later()
endfunction()

function(build_kos_qemu_image name)
    kos_build_image(qemu ${name} ${ARGN})
endfunction()

function(build_kos_hw_image name)
    kos_build_image(hw ${name} ${ARGN})
endfunction()
