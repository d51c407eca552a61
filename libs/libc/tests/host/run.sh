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

# link NAME SOURCE
link() {
    $CC $target -fno-builtin -c -o "$build/$1.o" "$2"
    $LD -static -z noexecstack -e host_start -o "$build/$1" "$sysroot/lib/crt0.o" "$build/$1.o" \
        "$build/fake_kos.o" --start-group "$sysroot/lib/libc.a" "$builtins" --end-group
}

ok() {
    echo "ok $1"
    passed=$((passed + 1))
}

wrong() {
    echo "FAIL $1"
    failed=$((failed + 1))
}

# program NAME: runs it and takes over its cases.
program() {
    want=0 status=0
    [ "$1" = abort ] && want=134
    timeout 60 "$build/$1" >"$build/$1.out" </dev/null || status=$?
    sed -n "s/^\(ok\|FAIL\) */\1 $1: /p" "$build/$1.out"
    passed=$((passed + $(grep -c '^ok ' "$build/$1.out" || true)))
    failed=$((failed + $(grep -c '^FAIL ' "$build/$1.out" || true)))
    if [ "$status" -ne "$want" ] && ! grep -q '^FAIL ' "$build/$1.out"; then
        wrong "$1: status $status, not $want"
    elif [ "$status" -eq "$want" ] && [ "$want" -ne 0 ]; then
        ok "$1: status $want"
    fi
}

# start_page NAME LETTER WANT: a start page spoilt in one way (fake_kos.c) and what main then sees.
start_page() {
    got=$(timeout 10 "$build/start" $2 2>&1) || got="status $?"
    if [ "$got" = "$3" ]; then ok "start page: $1"; else wrong "start page: $1: $got"; fi
}

for source in "$here"/../*.c; do
    name=$(basename "$source" .c)
    link "$name" "$source"
    program "$name"
done
link sched "$here/sched.c"
program sched
link start "$here/start.c"
start_page "as it should be" "" "test one two blue"
start_page "no block" z "test -"
start_page "wrong magic" m "test -"
start_page "a string that does not end" s "test -"
start_page "a count beyond the block" c "test blue"
start_page "an array beyond the block" a "test blue"
start_page "an array at an odd place" u "test blue"
start_page "a string beyond the block" o "test blue"
start_page "an environment beyond the block" e "test one two -"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
