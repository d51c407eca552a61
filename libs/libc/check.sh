#!/bin/sh
# check.sh OBJDUMP ARCHIVE: fails if the archive holds an instruction that enters a kernel, or asks
# for an executable stack. The C library reaches the kernel through libkos alone.
set -eu
found=$("$1" -d --no-show-raw-insn "$2" |
    awk '/file format/ { file = $1 } /\t(syscall|sysenter|int[[:space:]]+\$0x80|int[[:space:]]+\$128)/ {
        print file " " $0 }')
[ -z "$found" ] || { echo "libc: raw system calls:" "$found" >&2; exit 1; }
found=$("$1" -h "$2" | awk '/GNU-stack/ && /TEXT/')
[ -z "$found" ] || { echo "libc: executable stack asked for:" "$found" >&2; exit 1; }
