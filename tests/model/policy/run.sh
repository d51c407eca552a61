#!/bin/sh
# run.sh BUILD_DIR [--long | --policies N | --events N | --seed N]...: builds the reference interpreter of
# policies and compares it with compiled policies. A difference prints seed, policy and event;
# --policies 1 --seed N runs that policy again. --long takes about half an hour.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
build=${1:?usage: run.sh BUILD_DIR [--long]}
shift
mkdir -p "$build"
build=$(cd "$build" && pwd)
judge() { # suffix flags: the security module's own code, once for all policies
    suffix=$1
    shift
    clang -w -std=gnu11 -fPIC "$@" -I "$root/kernel/abi" -I "$root/sdk/ksm" -c "$root/sdk/ksm/judge.c" \
        -o "$build/judge$suffix.o"
}
if ! { cmake -S "$here" -B "$build" -G Ninja -D CMAKE_C_COMPILER=clang && ninja -j2 -C "$build" &&
    judge "" -O0 && judge .checked -g -O1 -fsanitize=undefined -fno-sanitize-recover=all; } \
    >"$build/build.log" 2>&1; then
    cat "$build/build.log"
    echo "FAIL policy: does not build"
    exit 1
fi
[ "${1:-}" != --long ] || { shift; set -- --policies 4000 --events 20000 --seed 1000000 "$@"; }
ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=16:malloc_context_size=4 "$build/bin/policy" \
    --compiler "$build/bin/nk-psl-gen-c" --root "$root" --work "$build" "$@"
