# why.sh: ./tessera why: what the policy denied in the last run, which line did it, and what would allow it.
#
# The kernel writes one line for each distinct denial into its log (kernel.log beside the run):
#
#     policy: denied EVENT SOURCE -> TARGET: ENDPOINT.METHOD(ARGUMENTS): REASON
#
# why.awk takes the lines apart; the policy's own lines are looked up in the solution's folder.

# The folder that the last run of all solutions, or of one, left its log in.
why_find() {
    if [ -n "$1" ]; then
        find "$BUILD/solutions" -maxdepth 2 -name last.run -exec grep -lFx -e "$1" {} + 2>/dev/null |
            head -n 1
    else
        find "$BUILD/solutions" -maxdepth 2 -name last.run -exec ls -t {} + 2>/dev/null | head -n 1
    fi
}

command_why() {
    why_dir=
    case ${1-} in
    -*) fail "why: unknown option $1; it takes the name of a solution" ;;
    ?*) why_dir=$(solution_find "$1") || exit 2 ;;
    esac
    [ $# -le 1 ] || fail "why: one solution at a time"
    why_run=$(why_find "$why_dir")
    [ -n "$why_run" ] || fail "why: nothing was run yet${why_dir:+ from $why_dir}; ./tessera run does"
    why_dir=$(cat "$why_run")
    why_log=$(dirname "$why_run")/kernel.log
    [ -f "$why_log" ] || fail "why: the last run of $why_dir left no log"
    # A name of a policy file for each folder that may hold it: the solution's own, then the SDK's.
    find "$why_dir" "$SDK/toolchain/include" \( -name '*.psl' -o -name '*.psl.in' \) 2>/dev/null >"$why_run.psl"
    tr -d '\r' <"$why_log" |
        awk -v solution="$why_dir" -v list="$why_run.psl" -f "$ROOT/sdk/command/why.awk"
}
