#!/bin/sh
# run.sh BUILD_DIR [--long | --depth N | --random N | --seed N]...: builds the model of the inheritance
# tree and runs it. Prints what was run; a difference prints the history that led to it. --long takes
# most of an hour.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${1:?usage: run.sh BUILD_DIR [--long]}
shift
mkdir -p "$build"
if ! { cmake -S "$here" -B "$build" -G Ninja -D CMAKE_C_COMPILER=clang && ninja -j2 -C "$build"; } \
    >"$build/build.log" 2>&1; then
    cat "$build/build.log"
    echo "FAIL tree: does not build"
    exit 1
fi
ASAN_OPTIONS=quarantine_size_mb=16:malloc_context_size=4 "$build/tree" "$@"
