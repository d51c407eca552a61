# run.sh: ./tessera run: builds a solution and boots it.

run_solution() {
    run_dir=$1
    shift
    solution_build "$run_dir"
    boot "$run_dir" "$@"
    run_status=$?
    case $run_status in
    0 | 124) ;;
    *) say "status $run_status; the kernel's log: $SOLUTION_BUILD/kernel.log" ;;
    esac
    return $run_status
}

# The folder of a solution, from a path or from the name of an example.
solution_find() {
    for find_dir in "$1" "$ROOT/$1" "$ROOT/examples/$1" "$ROOT"/examples/[0-9]*-"$1"; do
        if [ -f "$find_dir/CMakeLists.txt" ]; then
            (cd "$find_dir" && pwd)
            return
        fi
    done
    fail "$1: not a solution (no CMakeLists.txt there); examples: $(ls "$ROOT/examples" |
        grep '^[0-9]' | tr '\n' ' ')"
}

command_run() {
    run_what=
    run_words=
    while [ $# -gt 0 ]; do
        case $1 in
        --verbose | --keep | --gdb) run_words="$run_words $1" ;;
        --exit-idle) ;;
        --timeout | --smp)
            [ $# -ge 2 ] || fail "$1 needs a number"
            run_words="$run_words $1 $2"
            shift ;;
        --timeout=* | --smp=*) run_words="$run_words ${1%%=*} ${1#*=}" ;;
        --arch | --arch=*)
            run_arch=${1#--arch=}
            if [ "$1" = --arch ]; then
                run_arch=${2-}
                [ $# -lt 2 ] || shift
            fi
            [ "$run_arch" = x86_64 ] || fail "--arch $run_arch: there is x86_64" ;;
        -*) fail "run: unknown option $1; ./tessera help lists them" ;;
        *)
            [ -z "$run_what" ] || fail "run: one solution at a time"
            run_what=$(solution_find "$1") || exit 2 ;;
        esac
        shift
    done
    setup
    system_build
    # shellcheck disable=SC2086 # options of one word each
    if [ -n "$run_what" ]; then
        run_solution "$run_what" $run_words
    else
        run_solution "$ROOT/examples/01-hello" $run_words &&
            run_solution "$ROOT/examples/02-echo" $run_words
    fi
}
