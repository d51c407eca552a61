# bench.sh: ./tessera bench: runs tests/bench and prints what it measured.
#
# The unit is guest instructions: under -icount shift=0,sleep=off the time stamp counter advances by
# one for each, so a figure is the same on every host. The program prints lines
# `bench NAME n min median p90 max`; names on the command line reach it as the kernel word bench=A,B.

command_bench() {
    bench_names=
    bench_json=
    for bench_word; do
        case $bench_word in
        --json) bench_json=yes ;;
        -*) fail "bench: unknown option $bench_word; there is --json" ;;
        *) bench_names="$bench_names${bench_names:+,}$bench_word" ;;
        esac
    done
    [ -f "$ROOT/tests/bench/CMakeLists.txt" ] || fail "tests/bench is not there"
    setup
    system_build
    mkdir -p "$BUILD/test"
    bench_output=$BUILD/test/bench.txt
    solution_build "$ROOT/tests/bench"
    boot "$ROOT/tests/bench" --cpu max,-erms,-la57 --smp 1 --memory 128 \
        --qemu -icount --qemu shift=0,sleep=off --append aslr=off --timeout "${TESSERA_BENCH_TIMEOUT:-600}" \
        ${bench_names:+--append "bench=$bench_names"} </dev/null >"$bench_output"
    bench_status=$?
    if [ $bench_status -ne 0 ]; then
        cat "$bench_output" >&2
        fail "the bench ended with status $bench_status"
    fi
    bench_format=table
    [ -z "$bench_json" ] || bench_format=json
    tr -d '\r' <"$bench_output" | awk -v format="$bench_format" -v names="$bench_names" \
        -v commit="$(git -C "$ROOT" rev-parse --short=12 HEAD 2>/dev/null || echo unknown)" \
        -v qemu="$(qemu-system-x86_64 --version | sed -n '1s/.*version \([^ ]*\).*/\1/p')" \
        -f "$ROOT/sdk/command/bench.awk" "$ROOT/sdk/command/references.txt" -
}
