#!/bin/sh
# fastpath.sh: the kernel's fast paths change nothing that a program sees: the suites ipc and policy and
# the examples print the same lines with them and without (the kernel's word fastpath=off).
. "$(dirname "$0")/check.inc"

# console NAME WORDS FILE OPTION...: boots the solution that was built, once more with these words for the
# kernel; its console, for a suite the lines of its tests alone, in FILE.
console() {
    console_name=$1
    console_words=$2
    console_file=$3
    shift 3
    "$BIN/kos-sim" --args "$ROOT/build/solutions/$console_name/sim.args" --log "$console_file.log" \
        --timeout 200 --append "$console_words" "$@" </dev/null 2>/dev/null | tr -d '\r' >"$console_file.all"
    if grep -q '^ok ' "$console_file.all"; then
        grep -E '^(ok|FAIL) ' "$console_file.all" >"$console_file"
    else
        cp "$console_file.all" "$console_file"
    fi
}

# both DIR WORDS OPTION...: builds it, and compares.
both() {
    both_dir=$1
    both_words=$2
    both_name=$(basename "$1")
    shift 2
    if ! "$ROOT/tessera" run --timeout 200 "$both_dir" >"$WORK/output" 2>&1 </dev/null; then
        echo "FAIL $both_name: it does not run: $(tail -n 2 "$WORK/output")"
        return
    fi
    console "$both_name" "$both_words" "$WORK/$both_name.on" "$@"
    console "$both_name" "$both_words fastpath=off" "$WORK/$both_name.off" "$@"
    if [ ! -s "$WORK/$both_name.on" ]; then
        echo "FAIL $both_name: it prints nothing"
    elif diff "$WORK/$both_name.on" "$WORK/$both_name.off" >"$WORK/difference"; then
        echo "ok $both_name: $(wc -l <"$WORK/$both_name.on") lines, with the fast paths and without"
    else
        echo "FAIL $both_name: with and without: $(head -n 5 "$WORK/difference")"
    fi
}

both "$ROOT/tests/system/ipc" test=1 --qemu -icount --qemu shift=2,sleep=off
both "$ROOT/tests/system/policy" test=1 --qemu -icount --qemu shift=2,sleep=off
for example in "$ROOT"/examples/0*; do
    both "$example" verbose=0
done
