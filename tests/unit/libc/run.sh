#!/bin/sh
# run.sh BUILD_DIR: the C library's test programs as programs of the build machine, with the library
# that the system build made. They run in the system too: tests/system/libc.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
exec "$root/libs/libc/tests/host/run.sh" "$root/build/sdk/sysroot-x86_64-pc-kos" "$1" \
    "$root/kernel/abi" "$root/libs/rtl/include"
