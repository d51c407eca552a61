#!/bin/sh
# Fuzzes the description languages' front end: run.sh [SECONDS] (60 by default), on one core, at low
# priority. Inputs that reached something new are kept in build/fuzz/idl/corpus and used again; a
# finding is left in build/fuzz/idl as crash-*, leak-* or timeout-*. Copy it to findings/ when it is
# mended: those are always run first.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$root/build/fuzz/idl
seconds=${1:-60}

mkdir -p "$work/corpus" "$work/seeds"
cmake -S "$here" -B "$work/build" -G Ninja -DCMAKE_C_COMPILER=clang >"$work/log" 2>&1 &&
    ninja -j2 -C "$work/build" >"$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
}

# bundle DIR FILE: a file below DIR and the small ones beside it, as one input.
bundle() {
    (
        cd "$1" || exit 1
        for bundle_file in "$2" $(find . -name '*.?dl' -size -3 ! -path "./$2" | sort | head -n 16); do
            printf '@ %s\n' "${bundle_file#./}"
            cat "$bundle_file"
            echo
        done
    ) >"$work/seeds/$(printf %s "$1/$2" | cksum | cut -d' ' -f1)"
}
for dir in "$root/idl" "$root/tests/unit/idl/good" "$root/tests/unit/idl/old" \
    "$root"/tests/unit/idl/bad/*/ "$root"/examples/*/resources; do
    for file in $(cd "$dir" && find . -name '*.?dl' -size -64 | sort); do
        bundle "${dir%/}" "${file#./}"
    done
done

cd "$work" || exit 1
cp "$here"/findings/* seeds/ 2>/dev/null
nice -n 19 build/fuzz corpus seeds -dict="$here/idl.dict" -max_total_time="$seconds" \
    -max_len=8192 -timeout=20 -rss_limit_mb=2048 -close_fd_mask=3 -print_final_stats=1 \
    -artifact_prefix="$work/" >"$work/fuzz.log" 2>&1
status=$?
tail -n 12 "$work/fuzz.log"
times >"$work/times"
sed -n '2s/^/CPU time (user, system): /p' "$work/times"
[ $status -eq 0 ] || grep -a 'ERROR\|SUMMARY\|runtime error\|Test unit' "$work/fuzz.log"
exit $status
