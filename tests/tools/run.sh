#!/bin/sh
# run.sh: what ./tessera run returns for solutions that end in each of the ways, outside the tree; and
# that the SDK works where it was copied to.
. "$(dirname "$0")/check.inc"

# A solution whose only program is a hand-written Einit with this body of main.
mkdir sol
cat >sol/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.12)
project(outside C)
include(platform)
initialize_platform(FORCE_STATIC)
include(platform/image)
add_executable(Einit einit.c)
build_kos_qemu_image(kos-qemu-image EINIT_ENTITY Einit)
END
program() {
    cat >sol/einit.c <<END
#include <stdio.h>
#include <stdlib.h>
#include <pthread.h>
int main(int argc, char **argv)
{
    (void)argc, (void)argv;
    $1
}
END
}
run() {
    "$ROOT/tessera" run "$WORK/sol" --timeout 60 "$@"
}

program 'puts("all is well"); return 0;'
expect 'returned zero' 0 '^all is well' run
expect 'verbose shows the kernel log' 0 'security module: grant-all' run --verbose
expect '--exit-idle is accepted' 0 'all is well' run --exit-idle
program 'return 7;'
expect 'returned non-zero: named' 1 'process Einit .*status 7' run
program '*(volatile int *)8 = 1; return 0;'
expect 'faulted: named' 1 'process Einit .*page fault' run
program 'static pthread_mutex_t m; puts("waiting"); for (;;) pthread_mutex_lock(&m);'
expect 'idle for ever is success' 0 waiting run
expect '--keep and --timeout' 124 'not finished' run --keep --timeout 1
program 'for (;;) { }'
expect 'a busy loop meets the time-out' 124 'not finished' run --timeout 1
echo 'nonsense' >sol/einit.c
expect 'a program that does not compile' 2 'einit.c:1:' run

expect 'arguments at run time' 0 '^argv.5. = 100% "ä;\\$' "$ROOT/tessera" run 01-hello -- \
    hello.Hello '' 'x y' '100% "ä;\'
cp output arguments
expect 'the arguments of init.yaml stay before them' 0 '^argv.2. = two words' cat arguments
expect 'a process by its file' 0 '^argv.3. = a' "$ROOT/tessera" run 01-hello -- Hello a
expect 'no such process: the names' 2 'echo.Client echo.Server' "$ROOT/tessera" run 02-echo -- nobody
program 'return 0;'
expect 'a solution that names no processes' 2 'no init.yaml' "$ROOT/tessera" run "$WORK/sol" -- x
expect '--until' 0 'client: 3 ->' "$ROOT/tessera" run 02-echo --keep --timeout 60 --until '^client: 3'

expect 'a copy of the SDK' 0 'SDK_PREFIX=' "$ROOT/tessera" sdk "$WORK/copy"
expect 'refuses a folder that is something else' 2 'is not an SDK' "$ROOT/tessera" sdk "$WORK/sol"
cp -R "$ROOT/examples/01-hello" hello
expect 'a solution built with the copy' 0 '^GREETING = good morning' timeout 100 sh -c \
    "cd hello && SDK_PREFIX=$WORK/copy TARGET=$TARGET sh cross-build.sh sim"
