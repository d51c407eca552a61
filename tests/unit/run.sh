#!/bin/sh
# run.sh BUILD_DIR [SUITE]...: builds the host tests of the kernel and runs them all, or those named
# (object-handle, policy-check ...). Ends with "N passed, N failed"; status 1 if any failed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${1:?usage: run.sh BUILD_DIR [SUITE]...}
shift
passed=0
failed=0

mkdir -p "$build"
if ! { cmake -S "$here" -B "$build" -G Ninja -D CMAKE_C_COMPILER=clang && ninja -j2 -C "$build"; } \
    >"$build/build.log" 2>&1; then
    cat "$build/build.log"
    echo "FAIL build: see above"
    echo "0 passed, 1 failed"
    exit 1
fi
if [ $# -eq 0 ]; then
    for source in "$here"/object/*_test.c "$here"/core/*_test.c "$here"/policy/*_test.c \
        "$here"/ipc/*_test.c; do
        set -- "$@" "$(basename "$(dirname "$source")")-$(basename "$source" _test.c)"
    done
fi
for suite; do
    "$build/$suite" >"$build/$suite.log" 2>&1
    status=$?
    cat "$build/$suite.log"
    ok=$(grep -c '^\[       OK \] ' "$build/$suite.log")
    bad=$(grep '^\[  FAILED  \] ' "$build/$suite.log" | grep -v 'test(s)' | sort -u | wc -l)
    if [ $status -ne 0 ] && [ "$bad" -eq 0 ]; then
        echo "FAIL $suite: ended with status $status"
        bad=1
    fi
    passed=$((passed + ok))
    failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
