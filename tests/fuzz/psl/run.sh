#!/bin/sh
# Fuzzes the policy language: run.sh [SECONDS] (60 by default), on one core, at low priority. Inputs that
# reached something new are kept in build/fuzz/psl/corpus and used again; a finding is left in
# build/fuzz/psl as crash-*, leak-* or timeout-*. Copy it to findings/ when it is mended.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$root/build/fuzz/psl
seconds=${1:-60}

mkdir -p "$work/corpus" "$work/seeds"
cmake -S "$here" -B "$work/build" -G Ninja -DCMAKE_C_COMPILER=clang >"$work/log" 2>&1 &&
    ninja -j2 -C "$work/build" >"$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
}

for file in "$root"/tests/unit/psl/bad/*.psl "$root"/tests/unit/psl/good/policies/*.psl \
    "$root"/tests/unit/psl/good/*.psl \
    "$root"/examples/*/einit/src/security.psl*; do
    sed '/^use EDL/d; /^use head/d' "$file" >"$work/seeds/$(printf %s "$file" | cksum | cut -d' ' -f1)"
done
# The objects and each case's rules, as a policy of its own.
awk -v dir="$work/seeds" -v head="$root/tests/unit/psl/cases.head" '
    /^ *rules / {
        method = $2
        sub(/^ *rules +[A-Za-z]+ */, "")
        file = dir "/case" NR
        while ((getline line < head) > 0)
            if (line !~ /^use /)
                print line >file
        close(head)
        printf "request dst=model.Server endpoint=own method=%s { %s }\n", method, $0 >file
        close(file)
    }' "$root/tests/unit/psl/cases.txt"

cd "$work" || exit 1
cp "$here"/findings/* seeds/ 2>/dev/null
PSL_FUZZ_DIRS=$root/tests/unit/psl/good:$root/sdk/psl nice -n 19 build/fuzz corpus seeds \
    -dict="$here/psl.dict" -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=2048 \
    -close_fd_mask=3 -print_final_stats=1 -artifact_prefix="$work/" >"$work/fuzz.log" 2>&1
status=$?
tail -n 12 "$work/fuzz.log"
[ $status -eq 0 ] || grep -a 'ERROR\|SUMMARY\|runtime error\|Test unit' "$work/fuzz.log"
exit $status
