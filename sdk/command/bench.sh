# bench.sh: ./tessera bench: runs tests/bench and prints what it measured.
#
# Four kinds of figures, each a run of the same image; the kernel word bench.mode says which:
#   counted   guest instructions: under -icount shift=0,sleep=off the time stamp counter advances by one
#             for each, so a figure is the same on every host with the same QEMU
#   growth.   the same while handles, subscriptions, threads, channels, processes and rules grow
#   time.     nanoseconds without counting, of this host's emulator (kvm.: of KVM where it runs guests)
#   smp.      pairs of client and server on several CPUs, one host thread each
# The program prints lines `bench NAME n min median p90 max`; names on the command line reach it as the
# kernel word bench=A,B. Formats: bench.awk; the pages of --docs: bench-docs.awk and plot.awk.

BENCH_PAGES=$ROOT/docs/reference/performance

bench_usage() {
    cat <<'END'
usage: ./tessera bench [OPTION]... [NAME]...

  NAME            a figure, or the first parts of its name: ipc.roundtrip, handle, time, smp, growth;
                  without names all but growth
  --json          the results as JSON
  --save FILE     writes the counts (what repeats to the digit) as JSON to FILE as well
  --compare FILE  prints what differs from results that were saved; status 1 when a figure is over its
                  goal that was not over it then
  --docs          measures everything and writes the tables and plots of docs/reference/performance
END
}

# bench_boot OUTPUT SMP MEMORY WORDS [OPTION]...: one run; WORDS for the kernel, options for boot.
bench_boot() {
    bench_out=$1
    bench_smp=$2
    bench_memory=$3
    bench_append=$4
    shift 4
    boot "$ROOT/tests/bench" --cpu max,-erms,-la57 --smp "$bench_smp" --memory "$bench_memory" --append aslr=off \
        --append "$bench_append" --timeout "${TESSERA_BENCH_TIMEOUT:-900}" "$@" </dev/null >"$bench_out.raw" || {
        bench_status=$?
        cat "$bench_out.raw" >&2
        fail "the bench ended with status $bench_status"
    }
    tr -d '\r' <"$bench_out.raw" >>"$bench_out"
}

bench_single() {
    echo "bench $1 1 $2 $2 $2 $2"
}

# What is measured from outside: the kernel's size, the hello example's image, and the ticks that its
# whole run takes.
bench_outside() {
    bench_single size.kernel "$(llvm-size "$BUILD/kernel/kernel.o" | awk 'NR == 2 { print $1 + $2 }')"
    bench_hello=$ROOT/examples/01-hello
    solution_build "$bench_hello"
    bench_single size.hello_image "$(wc -c <"$(head -n 1 "$SOLUTION_BUILD/sim.args")")"
    boot "$bench_hello" --cpu max,-erms,-la57 --smp 1 --memory 128 --qemu -icount --qemu shift=0,sleep=off \
        --append aslr=off --timeout 60 </dev/null >/dev/null || fail "examples/01-hello does not run"
    bench_single boot.hello "$(sed -n 's/^kernel: ends \([0-9]*\) ticks.*/\1/p' "$SOLUTION_BUILD/kernel.log")"
}

# Whether this host's KVM really runs a guest: hello is its proof.
bench_has_kvm() {
    [ -w /dev/kvm ] || return 1
    solution_build "$ROOT/examples/01-hello"
    boot "$ROOT/examples/01-hello" --accel kvm --timeout 10 </dev/null >/dev/null 2>&1
}

# bench_kind KIND NAMES OUTPUT
bench_kind() {
    bench_list=${2:+" bench=$2"}
    case $1 in
    counted)
        solution_build "$ROOT/tests/bench"
        bench_boot "$3" 1 128 "test=1$bench_list" --qemu -icount --qemu shift=0,sleep=off
        bench_outside >>"$3" ;;
    growth)
        solution_build "$ROOT/tests/bench"
        bench_boot "$3" 1 2048 "bench.mode=growth$bench_list" --qemu -icount --qemu shift=0,sleep=off ;;
    time)
        if bench_has_kvm; then
            solution_build "$ROOT/tests/bench"
            bench_boot "$3" 1 128 "bench.mode=time$bench_list" --accel kvm
            sed 's/^bench time\./bench kvm./' "$3" >"$3.kvm" && mv "$3.kvm" "$3"
        fi
        solution_build "$ROOT/tests/bench"
        bench_boot "$3" 1 128 "bench.mode=time$bench_list" ;;
    smp)
        solution_build "$ROOT/tests/bench"
        for bench_cpus in 2 4; do
            : >"$3.$bench_cpus"
            bench_boot "$3.$bench_cpus" $bench_cpus 256 "bench.mode=smp$bench_list" --accel tcg,thread=multi
            sed "s/^bench smp\./bench smp.cpus$bench_cpus./" "$3.$bench_cpus" >>"$3"
        done ;;
    esac
}

# bench_names KIND NAME...: of the names those of this kind, as its run knows them; `all` for the whole kind.
bench_names() {
    bench_wanted_kind=$1
    shift
    for bench_name; do
        case $bench_name in
        time | time.*) bench_name_kind=time ;;
        kvm | kvm.*) bench_name_kind=time ;;
        smp | smp.*) bench_name_kind=smp ;;
        growth | growth.*) bench_name_kind=growth ;;
        *) bench_name_kind=counted ;;
        esac
        [ $bench_name_kind = "$bench_wanted_kind" ] || continue
        case $bench_name in
        time | kvm | smp | smp.* | growth) echo all ;;
        time.* | kvm.*) echo "${bench_name#*.}" ;;
        growth.*) echo "$bench_name" | cut -d. -f1,2 ;;
        *) echo "$bench_name" ;;
        esac
    done
}

# bench_format FORMAT RAW [WORD]...: words of awk, such as -v old=FILE.
bench_format() {
    bench_how=$1
    bench_raw=$2
    shift 2
    awk -v format="$bench_how" -v names="$bench_names" \
        -v commit="$(git -C "$ROOT" rev-parse --short=12 HEAD 2>/dev/null || echo unknown)" \
        -v qemu="$(qemu-system-x86_64 --version | sed -n '1s/.*version \([^ ]*\).*/\1/p')" "$@" \
        -f "$ROOT/sdk/command/bench.awk" "$ROOT/sdk/command/references.txt" "$bench_raw"
}

# The pages and plots, from all results.
bench_docs() {
    mkdir -p "$BENCH_PAGES"
    bench_format docs "$1" -f "$ROOT/sdk/command/bench-docs.awk" >"$BENCH_PAGES/README.md" || exit 1
    for bench_what in $(awk '$2 ~ /^growth\./ { split($2, n, "."); print n[2] }' "$1" | sort -u); do
        awk -v what="$bench_what" -f "$ROOT/sdk/command/plot.awk" "$1" >"$BENCH_PAGES/$bench_what.svg"
    done
    say "written: $BENCH_PAGES"
}

command_bench() {
    bench_names=
    bench_show=table
    bench_save=
    bench_compare=
    bench_docs=
    while [ $# -gt 0 ]; do
        case $1 in
        --json) bench_show=json ;;
        --docs) bench_docs=yes ;;
        --save | --compare)
            [ $# -ge 2 ] || fail "bench: $1 needs a file"
            case $1 in --save) bench_save=$2 ;; *) bench_compare=$2 ;; esac
            shift ;;
        --save=?*) bench_save=${1#*=} ;;
        --compare=?*) bench_compare=${1#*=} ;;
        --help | -h)
            bench_usage
            return 0 ;;
        -*) fail "bench: unknown option $1; there are --json, --save FILE, --compare FILE, --docs" ;;
        *) bench_names="$bench_names${bench_names:+,}$1" ;;
        esac
        shift
    done
    [ -f "$ROOT/tests/bench/CMakeLists.txt" ] || fail "tests/bench is not there"
    [ -z "$bench_compare" ] || [ -r "$bench_compare" ] || fail "bench: $bench_compare: cannot be read"
    bench_kinds="counted time smp"
    if [ -n "$bench_docs" ]; then
        [ -z "$bench_names" ] || fail "bench: --docs measures everything: no names beside it"
        bench_kinds="counted time smp growth"
    elif [ -n "$bench_names" ]; then
        bench_kinds="counted time smp growth"
    elif [ -n "$bench_compare" ]; then
        bench_kinds=counted
    fi
    setup
    system_build
    mkdir -p "$BUILD/test"
    bench_all=$BUILD/test/bench.txt
    : >"$bench_all"
    for bench_one in $bench_kinds; do
        bench_of_kind=
        if [ -n "$bench_names" ]; then
            # shellcheck disable=SC2046 # names have no blanks
            bench_of_kind=$(bench_names "$bench_one" $(echo "$bench_names" | tr ',' ' ') | tr '\n' ',')
            [ -n "$bench_of_kind" ] || continue
            case ",$bench_of_kind" in *,all,*) bench_of_kind= ;; esac
        fi
        : >"$bench_all.$bench_one"
        bench_kind "$bench_one" "${bench_of_kind%,}" "$bench_all.$bench_one"
        cat "$bench_all.$bench_one" >>"$bench_all"
    done
    [ -z "$bench_save" ] || bench_format save "$bench_all" >"$bench_save" || fail "cannot write $bench_save"
    if [ -n "$bench_docs" ]; then
        bench_docs "$bench_all"
    elif [ -n "$bench_compare" ]; then
        bench_format compare "$bench_all" -v old="$bench_compare"
    else
        bench_format "$bench_show" "$bench_all"
    fi
}
