#!/bin/sh
# run.sh SYSROOT BUILD INCLUDE...: runs the C library's test programs as Linux programs.
#
# Builds each with the library's sysroot and fake_kos.c in place of libkos. Prints the cases and
# ends with "N passed, N failed"; a program that ends wrongly is a failure too.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
sysroot=$1 build=$2
shift 2
includes=
for dir in "$@"; do includes="$includes -I$dir"; done
CC=${CC:-clang-14}
LD=${LD:-ld.lld-14}
target="--target=x86_64-unknown-none-elf -D__KOS__=1 -D_GNU_SOURCE -std=gnu11 -ffreestanding -fno-stack-protector
-fno-pic -nostdinc -isystem $sysroot/include -O2 -g -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror"
builtins=$($CC --rtlib=compiler-rt --print-libgcc-file-name)
mkdir -p "$build"

passed=0 failed=0
$CC $target $includes -c -o "$build/fake_kos.o" "$here/fake_kos.c"
for source in "$here"/../*.c; do
    name=$(basename "$source" .c)
    want=0
    [ "$name" = abort ] && want=134
    $CC $target -fno-builtin -c -o "$build/$name.o" "$source"
    $LD -static -z noexecstack -e host_start -o "$build/$name" "$sysroot/lib/crt0.o" \
        "$build/$name.o" "$build/fake_kos.o" --start-group "$sysroot/lib/libc.a" "$builtins" --end-group
    status=0
    timeout 60 "$build/$name" >"$build/$name.out" </dev/null || status=$?
    sed -n "s/^\(ok\|FAIL\) */\1 $name: /p" "$build/$name.out"
    passed=$((passed + $(grep -c '^ok ' "$build/$name.out" || true)))
    failed=$((failed + $(grep -c '^FAIL ' "$build/$name.out" || true)))
    if [ "$status" -ne "$want" ] && ! grep -q '^FAIL ' "$build/$name.out"; then
        echo "FAIL $name: status $status, not $want"
        failed=$((failed + 1))
    elif [ "$status" -eq "$want" ] && [ "$want" -ne 0 ]; then
        echo "ok $name: status $want"
        passed=$((passed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
