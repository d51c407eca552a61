# include(${KL_SDK_ROOT_PATH}/common/build-sd-image.cmake): a disk image of a solution for an SD
# card or a USB stick.
#
#     build_sd_image(NAME KOS_IMAGE_TARGET image [KOS_COPY_PATH dir] [IMAGE_FS dir]
#                    [PATH_PARTITION1_IMAGE dir] [OUTPUT_IMAGE_NAME file] [DISK_SIZE MB]
#                    [PARTITION_CMD "-d dir -s MB -f fat32 ..."] [PREPACK_CMD command...])
#
# KOS_IMAGE_TARGET is a target of build_kos_hw_image; its image stands in the first partition as
# kos-image, where a UEFI PC starts it. IMAGE_FS (default: hdd in the build folder) holds the first
# partition's files unless PATH_PARTITION1_IMAGE does, or PARTITION_CMD names folders itself
# (prepare_hdd_img.sh). KOS_COPY_PATH gets a copy of the image before that. DISK_SIZE: 1024 by
# default. FDT_OVERLAYS has no meaning on a PC.
include_guard(GLOBAL)
cmake_policy(VERSION 3.20) # of the functions here, whatever the solution asks for

function(build_sd_image name)
    cmake_parse_arguments(ARG "" "KOS_IMAGE_TARGET;KOS_COPY_PATH;IMAGE_FS;PATH_PARTITION1_IMAGE;OUTPUT_IMAGE_NAME;DISK_SIZE"
        "PARTITION_CMD;PREPACK_CMD;FDT_OVERLAYS" ${ARGN})
    if(NOT TARGET "${ARG_KOS_IMAGE_TARGET}_file")
        message(FATAL_ERROR "image: ${name}: KOS_IMAGE_TARGET ${ARG_KOS_IMAGE_TARGET} is no target of "
            "build_kos_hw_image")
    endif()
    get_property(image GLOBAL PROPERTY KOS_IMAGE_FILE_${ARG_KOS_IMAGE_TARGET})
    if(NOT ARG_IMAGE_FS)
        set(ARG_IMAGE_FS "${CMAKE_BINARY_DIR}/hdd")
    endif()
    if(ARG_PATH_PARTITION1_IMAGE)
        set(ARG_IMAGE_FS "${ARG_PATH_PARTITION1_IMAGE}")
    endif()
    if(NOT ARG_DISK_SIZE)
        set(ARG_DISK_SIZE 1024)
    endif()
    if(NOT ARG_OUTPUT_IMAGE_NAME)
        set(ARG_OUTPUT_IMAGE_NAME "${name}.img")
    endif()
    get_filename_component(output "${ARG_OUTPUT_IMAGE_NAME}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
    set(partitions "")
    foreach(word IN LISTS ARG_PARTITION_CMD)
        separate_arguments(words UNIX_COMMAND "${word}")
        list(APPEND partitions ${words})
    endforeach()
    if(NOT partitions)
        set(partitions -d "${ARG_IMAGE_FS}")
    endif()
    set(copy "")
    if(ARG_KOS_COPY_PATH)
        set(copy COMMAND "${CMAKE_COMMAND}" -E make_directory "${ARG_KOS_COPY_PATH}"
                 COMMAND "${CMAKE_COMMAND}" -E copy "${image}" "${ARG_KOS_COPY_PATH}")
    endif()
    set(before "")
    if(ARG_PREPACK_CMD)
        set(before COMMAND ${ARG_PREPACK_CMD})
    endif()
    add_custom_target(${name}
        COMMAND "${CMAKE_COMMAND}" -E make_directory "${ARG_IMAGE_FS}"
        ${copy} ${before}
        COMMAND "${KL_SDK_ROOT_PATH}/common/prepare_hdd_img.sh" ${partitions} -size "${ARG_DISK_SIZE}"
                -kos "${image}" -img "${output}"
        COMMENT "${output}"
        VERBATIM)
    add_dependencies(${name} ${ARG_KOS_IMAGE_TARGET}_file)
endfunction()
