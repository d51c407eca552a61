#!/bin/sh
# Makes a disk image: a partition table and up to four partitions with the files of folders.
#
#     prepare_hdd_img.sh -d DIR [-s MB] [-f fat32|fat16|ext2|ext3|ext4] [-d DIR ...] [-size MB]
#                        [-kos IMAGE] -img FILE
#
# -s and -f belong to the -d before them (default: fat32, and for the last one the rest of the
# disk). -size: of the disk (default: what the partitions take). -kos: IMAGE, a bootable image,
# stands in the first partition as kos-image (the kernel) and kos-files (its file system) and is
# started from there by UEFI firmware, if GRUB is installed here.
set -u

fail() {
    echo "prepare_hdd_img: error: $1" >&2
    exit 1
}

ALIGN=1 # MB before the first partition
output=
disk=
image=
count=0
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || fail "$1 needs a value"
    case $1 in
    -d)
        [ -d "$2" ] || fail "-d $2: no such folder"
        count=$((count + 1))
        [ $count -le 4 ] || fail "a fifth partition: there are at most four"
        eval "dir_$count=\$2 size_$count= type_$count=fat32" ;;
    -s | -size)
        case $2 in *[!0-9]* | '' | 0*) fail "$1 $2: not a number of megabytes" ;; esac
        if [ "$1" = -size ]; then
            disk=$2
        else
            [ $count -gt 0 ] || fail "-s before the first -d"
            eval "size_$count=\$2"
        fi ;;
    -f)
        case $2 in fat32 | fat16 | ext2 | ext3 | ext4) ;; *) fail "-f $2: there are fat32, fat16, ext2, ext3, ext4" ;; esac
        [ $count -gt 0 ] || fail "-f before the first -d"
        eval "type_$count=\$2" ;;
    -img) output=$2 ;;
    -kos)
        [ -f "$2" ] || fail "-kos $2: no such image"
        image=$2 ;;
    *) fail "unknown word $1" ;;
    esac
    shift 2
done
[ $count -gt 0 ] || fail "-d DIR is missing: the files of a partition"
[ -n "$output" ] || fail "-img FILE is missing"
PATH=$PATH:/usr/sbin:/sbin
for tool in mformat mcopy mke2fs; do
    command -v $tool >/dev/null 2>&1 || fail "$tool is missing; Debian's packages: mtools e2fsprogs"
done

# Sizes: the last partition takes the rest.
used=$ALIGN
number=1
while [ $number -le $count ]; do
    eval "size=\$size_$number"
    if [ -z "$size" ]; then
        [ $number -eq $count ] && [ -n "$disk" ] || fail "partition $number: -s MB is missing"
        size=$((disk - used))
        [ $size -gt 0 ] || fail "partition $number: nothing of $disk MB is left"
        eval "size_$number=\$size"
    fi
    used=$((used + size))
    number=$((number + 1))
done
disk=${disk:-$used}
[ $used -le "$disk" ] || fail "the partitions take $used MB of $disk MB"

temporary=$(mktemp -d "${TMPDIR:-/tmp}/khdd.XXXXXX") || exit 1
trap 'rm -rf "$temporary"' EXIT
trap 'exit 1' HUP INT TERM
disk_file=$temporary/disk
truncate -s "${disk}M" "$disk_file" || fail "cannot write"

# A 32-bit number as four octal escapes, lowest byte first.
number32() {
    printf '\\%03o\\%03o\\%03o\\%03o' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# entry NUMBER START-MB: the partition's line in the table.
entry() {
    eval "size=\$size_$1 type=\$type_$1"
    case $type in fat32) code=014 ;; fat16) code=016 ;; *) code=203 ;; esac
    active=000
    [ "$1" -ne 1 ] || active=200
    # shellcheck disable=SC2059 # octal escapes
    printf "\\$active\\376\\377\\377\\$code\\376\\377\\377$(number32 $(($2 * 2048)))$(number32 $((size * 2048)))" |
        dd of="$disk_file" bs=1 seek=$((430 + 16 * $1)) conv=notrunc 2>/dev/null
}

# The boot loader for UEFI, in the folder that the first partition gets besides its own files.
loader() {
    mkdir -p "$temporary/boot/EFI/BOOT"
    "$(dirname "$0")/../toolchain/bin/imgsplit" "$image" "$temporary/boot/kos-image" \
        "$temporary/boot/kos-files" || exit 1
    if ! command -v grub-mkstandalone >/dev/null 2>&1 || [ ! -d /usr/lib/grub/x86_64-efi ]; then
        echo "prepare_hdd_img: GRUB is missing, the disk does not start by itself; Debian's packages:" \
            "grub-common grub-efi-amd64-bin" >&2
        return
    fi
    printf '%s\n' 'search --no-floppy --file --set=root /kos-image' 'set gfxpayload=text' \
        'multiboot2 /kos-image' 'module2 /kos-files' boot >"$temporary/grub.cfg"
    grub-mkstandalone -O x86_64-efi --locales= --fonts= --themes= -o "$temporary/boot/EFI/BOOT/BOOTX64.EFI" \
        --modules='part_msdos fat multiboot2 search search_fs_file' \
        "boot/grub/grub.cfg=$temporary/grub.cfg" >"$temporary/log" 2>&1 || {
        tail -n 5 "$temporary/log" >&2
        fail "grub-mkstandalone failed"
    }
}

# fat NUMBER START-MB: the file system, in its place, and the files.
fat() {
    eval "size=\$size_$1 type=\$type_$1 dir=\$dir_$1"
    place=$disk_file@@${2}M
    cluster=8
    [ "$size" -gt 512 ] || cluster=1
    if [ "$type" = fat32 ]; then
        [ "$size" -ge 34 ] || fail "partition $1: fat32 needs 34 MB; take fat16"
        mformat -i "$place" -F -c $cluster -T $((size * 2048)) -h 255 -s 63 -H $(($2 * 2048)) ::
    else
        [ "$size" -lt 2048 ] || fail "partition $1: fat16 has less than 2048 MB"
        mformat -i "$place" -T $((size * 2048)) -h 255 -s 63 -H $(($2 * 2048)) ::
    fi || fail "partition $1: mformat failed"
    if [ -n "$(ls -A "$dir")" ]; then
        (cd "$dir" && mcopy -i "$place" -s -o ./* ::) || fail "partition $1: $dir does not fit"
    fi
    if [ "$1" -eq 1 ] && [ -n "$image" ]; then
        (cd "$temporary/boot" && mcopy -i "$place" -s -o ./* ::) || fail "partition 1: $image does not fit"
    fi
}

# ext NUMBER START-MB
ext() {
    eval "size=\$size_$1 type=\$type_$1 dir=\$dir_$1"
    [ "$1" -ne 1 ] || [ -z "$image" ] || fail "-kos needs a FAT file system in the first partition"
    truncate -s "${size}M" "$temporary/part"
    mke2fs -q -F -t "$type" -d "$dir" "$temporary/part" || fail "partition $1: mke2fs failed"
    dd if="$temporary/part" of="$disk_file" bs=1M seek="$2" conv=notrunc,sparse 2>/dev/null
    rm "$temporary/part"
}

printf '\125\252' | dd of="$disk_file" bs=1 seek=510 conv=notrunc 2>/dev/null
[ -z "$image" ] || loader
start=$ALIGN
number=1
while [ $number -le $count ]; do
    eval "type=\$type_$number size=\$size_$number"
    entry $number $start
    case $type in fat*) fat $number $start ;; *) ext $number $start ;; esac
    start=$((start + size))
    number=$((number + 1))
done
mkdir -p "$(dirname "$output")" && mv "$disk_file" "$output" || fail "cannot write $output"
