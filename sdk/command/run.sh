# run.sh: ./tessera run: builds a solution and boots it.
#
# Words after -- are arguments of one process. They travel on the kernel's command line, one word
# args.<process>.<n>=<text> for each, unusual bytes as %hh; Einit hands them on (EntityAddBootArgs).

RUN_ARGS_MAX=1800 # bytes of all words; the kernel keeps 2047 of its command line

# arg_encode TEXT: the text with every byte but the usual ones as %hh.
arg_encode() {
    case $1 in
    *[!A-Za-z0-9_./:,+@-]*)
        printf '%s' "$1" | od -A n -v -t u1 | awk '
            { for (i = 1; i <= NF; i++) {
                  c = sprintf("%c", $i + 0)
                  if ($i < 128 && c ~ /[A-Za-z0-9_.\/:,+@-]/) printf "%s", c
                  else printf "%%%02x", $i } }' ;;
    *) printf '%s' "$1" ;;
    esac
}

# The one process that WORD names in the solution that was built: by its name, else by its file,
# else by the last part of its name.
process_find() {
    process_init=$(ls "$SOLUTION_BUILD"/*/*.dir/init.yaml "$SOLUTION_BUILD"/*.dir/init.yaml 2>/dev/null |
        grep -v '/kos-image.dir/' | head -n 1)
    process_list=$("$SDK/toolchain/bin/einit" --list "${process_init:-/dev/null}" 2>/dev/null)
    [ -n "$process_list" ] || fail "-- $1: this solution has no init.yaml that names its processes"
    process_found=$(echo "$process_list" | awk -F '\t' -v word="$1" '
        { last = $1; sub(/.*\./, "", last) }
        $1 == word { name[++names] = $1 }
        $3 == word { file[++files] = $1 }
        last == word { part[++parts] = $1 }
        END { if (names) print name[1]
              else if (files) for (i = 1; i <= files; i++) print file[i]
              else for (i = 1; i <= parts; i++) print part[i] }')
    process_names=$(echo "$process_list" | cut -f 1 | tr '\n' ' ')
    case $(echo "$process_found" | grep -c .) in
    0) fail "-- $1: no process of that name; there are: $process_names" ;;
    1) echo "$process_found" ;;
    *) fail "-- $1: $(echo "$process_found" | tr '\n' ' ')run it; name one of them" ;;
    esac
}

# run_append PROGRAM ARG...: prints the words for the kernel.
run_append() {
    append_process=$(process_find "$1") || return 2
    shift
    append_number=0
    append_words=
    for append_arg; do
        append_number=$((append_number + 1))
        append_text=$(arg_encode "$append_arg")
        [ ${#append_text} -le 1023 ] || fail "-- argument $append_number is longer than 1023 bytes"
        append_words="$append_words${append_words:+ }args.$append_process.$append_number=$append_text"
    done
    [ ${#append_words} -le $RUN_ARGS_MAX ] ||
        fail "-- the arguments take ${#append_words} bytes of $RUN_ARGS_MAX"
    echo "$append_words"
}

# run_solution DIR OPTIONS [PROGRAM ARG...]: OPTIONS are words of kos-sim without blanks.
run_solution() {
    run_dir=$1
    run_options=$2
    shift 2
    solution_build "$run_dir"
    run_append=
    if [ $# -gt 0 ]; then
        run_append=$(run_append "$@") || exit 2
    fi
    # shellcheck disable=SC2086 # options of one word each
    boot "$run_dir" $run_options ${run_until:+--until "$run_until"} \
        ${run_append:+--append "$run_append"}
    run_status=$?
    case $run_status in
    0 | 124) ;;
    *) say "status $run_status; the kernel's log: $SOLUTION_BUILD/kernel.log" ;;
    esac
    return $run_status
}

command_run() {
    run_what=
    run_words=
    run_until=
    while [ $# -gt 0 ]; do
        case $1 in
        --)
            shift
            [ -n "$run_what" ] || fail "run: -- PROGRAM ARG... needs a solution before it"
            [ $# -gt 0 ] || fail "run: -- needs the name of a process"
            break ;;
        --verbose | --keep | --coredump | --gdb | --gdb=*) run_words="$run_words $1" ;;
        --exit-idle) ;;
        --until)
            [ -n "${2-}" ] || fail "$1 needs a regular expression"
            run_until=$2
            shift ;;
        --until=?*) run_until=${1#*=} ;;
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
    if [ -n "$run_what" ]; then
        run_solution "$run_what" "$run_words" "$@"
    else
        run_solution "$ROOT/examples/01-hello" "$run_words" &&
            run_solution "$ROOT/examples/02-echo" "$run_words"
    fi
}
