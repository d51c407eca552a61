#!/bin/sh
# disk.sh: build_sd_image and prepare_hdd_img.sh: disks of a solution; a UEFI PC starts one.
. "$(dirname "$0")/check.inc"

OVMF=/usr/share/OVMF/OVMF_CODE.fd
[ -f "$OVMF" ] || OVMF=/usr/share/OVMF/OVMF_CODE_4M.fd
HDD=$SDK/common/prepare_hdd_img.sh
PATH=$PATH:/usr/sbin:/sbin

mkdir -p one/sub two
echo first >one/a.txt
echo deep >one/sub/b.txt
echo second >two/c.txt
expect 'two partitions' 0 '' "$HDD" -d one -s 40 -f fat32 -d two -f ext4 -size 64 -img disk.img
same 'its size' 67108864 "$(stat -c %s disk.img >size; echo size)"
od -A n -t x1 -j 446 -N 32 disk.img | tr -s ' \n' ' ' >table
same 'its partition table' ' 80 fe ff ff 0c fe ff ff 00 08 00 00 00 40 01 00 00 fe ff ff 83 fe ff ff 00 48 01 00 00 b8 00 00 ' table
expect 'a file of a folder in FAT' 0 deep mtype -i disk.img@@1M ::/sub/b.txt
expect 'it is FAT32' 0 'disk type="FAT32' minfo -i disk.img@@1M
dd if=disk.img of=part bs=1M skip=41 2>/dev/null
expect 'a file in ext4' 0 second debugfs -R 'cat /c.txt' part
expect 'the file system is sound' 0 '' e2fsck -fn part
expect 'FAT16' 0 '' "$HDD" -d one -s 16 -f fat16 -img small.img
expect 'no folder' 1 'no such folder' "$HDD" -d nowhere -s 1 -img x.img
expect 'too small for FAT32' 1 'fat32 needs 34 MB' "$HDD" -d one -s 16 -img x.img
expect 'more than the disk' 1 'the partitions take 65 MB of 64 MB' "$HDD" -d one -s 64 -size 64 -img x.img
expect 'a file system that is not known' 1 'there are fat32' "$HDD" -d one -s 64 -f ntfs -img x.img
expect 'no size' 1 'partition 1: -s MB is missing' "$HDD" -d one -img x.img
expect 'no output' 1 '-img FILE is missing' "$HDD" -d one -s 64
expect 'nothing is left behind' 2 '' ls x.img

cp -R "$ROOT/examples/01-hello" sol
rm -rf sol/build
cat >>sol/einit/CMakeLists.txt <<'END'
if(NOT TARGET kos-image)
    build_kos_hw_image(kos-image EINIT_ENTITY EinitHw CONNECTIONS_CFG src/init.yaml.in
                       SECURITY_PSL src/security.psl.in IMAGE_FILES Hello)
endif()
include(${KL_SDK_ROOT_PATH}/common/build-sd-image.cmake)
set(IMAGE_FS "${CMAKE_BINARY_DIR}/hdd")
build_sd_image(sd-image
    KOS_IMAGE_TARGET kos-image
    KOS_COPY_PATH ${IMAGE_FS}/part1
    IMAGE_FS ${IMAGE_FS}
    DISK_SIZE 100
    OUTPUT_IMAGE_NAME hdd.img
    PARTITION_CMD "-d ${IMAGE_FS}/part1 -s 64 -f fat32 -d ${IMAGE_FS}/part2 -s 32 -f ext2"
    PREPACK_CMD ${CMAKE_COMMAND} -E make_directory ${IMAGE_FS}/part2)
END
expect 'build_sd_image' 0 '' sh -c "cd sol && SDK_PREFIX=$SDK TARGET=$TARGET sh cross-build.sh sd-image"
expect 'KOS_COPY_PATH' 0 '' cmp sol/build/hdd/part1/kos-image sol/build/einit/kos-image.dir/kos-image
expect 'the image is in the first partition' 0 kos-image mdir -b -i sol/build/einit/hdd.img@@1M ::
sed -i 's/KOS_IMAGE_TARGET kos-image/KOS_IMAGE_TARGET kos-imgae/' sol/einit/CMakeLists.txt
expect 'a target that is none' 1 'kos-imgae is no target of' cmake sol/build
if [ -f "$OVMF" ]; then
    expect 'a UEFI PC starts it' 1 '^GREETING = good morning' timeout 120 qemu-system-x86_64 -M q35 \
        -cpu max -m 512 -display none -serial stdio -serial file:kernel.log -monitor none -no-reboot \
        -nic none -device isa-debug-exit,iobase=0xf4,iosize=4 \
        -drive "if=pflash,format=raw,readonly=on,file=$OVMF" -drive file=sol/build/einit/hdd.img,format=raw
else
    echo "FAIL UEFI firmware: $OVMF is missing; Debian's package: ovmf"
fi
