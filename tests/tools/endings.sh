#!/bin/sh
# endings.sh: every way in which a run ends: the status, and what the console says of it. One image is
# booted once a case; its programs do what the kernel word case= says (endings/).
. "$(dirname "$0")/check.inc"

# ends NAME CASE STATUS PATTERN [OPTION...]: all of the console in one line is to match PATTERN.
ends() {
    ends_name=$1
    ends_case=$2
    ends_status=$3
    ends_pattern=$4
    shift 4
    timeout 60 "$BIN/kos-sim" --args "$ROOT/build/solutions/endings/sim.args" --log kernel.log \
        --timeout 30 --append "case=$ends_case" "$@" >console 2>&1 </dev/null
    ends_got=$?
    { tr '\r\n' '  ' <console && echo; } >line
    if [ $ends_got -ne "$ends_status" ]; then
        echo "FAIL $ends_name: status $ends_got, not $ends_status: $(head -c 300 line)"
    elif ! grep -q -e "$ends_pattern" line; then
        echo "FAIL $ends_name: no '$ends_pattern' in: $(cat line)"
    else
        echo "ok $ends_name"
    fi
}

expect 'idle for ever, by ./tessera run' 0 '' "$ROOT/tessera" run "$HERE/endings"
expect '--exit-idle is accepted' 0 '' "$ROOT/tessera" run --exit-idle "$HERE/endings"
expect '--keep and --timeout' 124 'not finished after 2 s' \
    "$ROOT/tessera" run --keep --timeout 2 "$HERE/endings"

ends 'the last process gone' gone 0 '^ *$'
expect 'the log says so' 0 'the last process is gone' cat kernel.log
ends 'idle for ever' idle 0 '^ *$'
expect 'the log says that too' 0 'idle for ever' cat kernel.log
ends 'power-off' reset 0 '^ *$'
expect 'the log says who' 0 'endings.First powers the machine off' cat kernel.log
ends 'sleeping is not idle' sleep 0 '^ *slept *$'
ends 'the console is drained' flood 0 'line 1998 .*line 1999 of .*the last line *$'
ends 'a time-out' busy 124 'not finished after 2 s' --timeout 2
ends '--keep' gone 124 'not finished' --keep --timeout 2
ends '--verbose' gone 0 'started endings.First .*the last process is gone' --verbose

ends 'a status that is not zero' nonzero 1 'process endings.First ended with status 3'
# Which of the two ends first is open; both are named.
ends_first='endings.First ended with status 3' ends_second='endings.Second ended with status 7'
ends 'two of them' both 1 "$ends_second.*$ends_first\\|$ends_first.*$ends_second"
ends 'abort' abort 1 'process endings.First ended with status 134'
ends 'a server that ends' dropped 0 'the call ended with'

cycle='deadlock: a cycle of Calls'
first='endings.First (thread [0-9]*) is in Call to endings.Second, c.ring.Push'
second='endings.Second (thread [0-9]*) is in Call to endings.First, c.ring.Push'
ends 'a cycle of calls, one delivered' cycle 3 "$cycle.*$second.*$first"
ends 'a cycle of calls, none delivered' mutual 3 "$cycle.*$second.*$first"
ends 'a call to a process without a thread' lifeless 3 "without a living thread.*$first"

# fault NAME CASE WORDS FUNCTION...: the report in words, its registers, and a backtrace with names.
fault() {
    fault_name=$1
    fault_case=$2
    fault_words=$3
    shift 3
    fault_frames=
    for fault_function; do
        fault_frames="$fault_frames.*0x[0-9a-f]*  $fault_function + 0x[0-9a-f]* "
    done
    ends "$fault_name" "$fault_case" 1 "process endings.First (class endings.First), thread [0-9]*: \
$fault_words.*  rax  .*  r15  .*backtrace in First, loaded at 0x[0-9a-f]*:$fault_frames"
}
fault 'a wild pointer' wild 'page fault writing address 0x10 at .*no memory is mapped there' \
    write_wild fault_by_name main
fault 'a kernel address' kernel 'page fault writing address 0xffffffff80100000' write_kernel main
fault 'writing to code' text 'page fault writing .*does not allow this access' write_text main
fault 'running data' data 'page fault executing .*does not allow this access' run_data main
fault 'a null function' nothing 'page fault executing address 0x0' call_nothing fault_by_name main
overflow='stack overflow: [0-9]* bytes of stack, guard page at 0x[0-9a-f]*000: writing address 0x[0-9a-f]* at'
fault 'endless recursion' overflow "$overflow" recurse recurse recurse
fault 'endless recursion of another thread' thread_overflow "$overflow" recurse recurse recurse
expect 'the size of its stack' 0 'overflow: 6[0-9]* bytes' cat console
fault 'a frame larger than the guard page' large_frame "$overflow" large_frame
fault 'a guard page, not by the stack' guard 'page fault reading address .*: a guard page' read_guard
ends 'a stack that begins in a guard page' stack_in_guard 1 'page fault writing address .*: a guard page'
fault 'division by zero' divide 'divide error at' divide fault_by_name main
fault 'a non-canonical address' non_canonical 'general protection fault at' non_canonical main
fault 'an undefined instruction' undefined 'undefined instruction at' undefined fault_by_name main
fault 'a privileged instruction' privileged 'general protection fault at' privileged main
fault 'another thread' thread 'page fault writing address 0x10' write_wild in_thread

# Where the program lay in the run before.
base() { sed -n 's/.*loaded at \(0x[0-9a-f]*\):.*/\1/p' console | tr -d '\r'; }
fault 'one run' wild 'page fault' write_wild
base >first
fault 'another run' wild 'page fault' write_wild
base >second
expect 'the program lies elsewhere' 1 '' cmp first second
ends 'aslr=off' wild 1 'loaded at 0x100000000000:' --append aslr=off

# A panic stops the other CPUs, whatever they do, and what it says stands alone and complete: one report,
# after it nothing, and no line of a program in it.
panics() {
    panics_name=$1
    shift
    timeout 60 "$BIN/kos-sim" --args "$ROOT/build/solutions/endings/sim.args" --log kernel.log --timeout 30 \
        --append case=shout "$@" >console 2>&1 </dev/null
    panics_status=$?
    tr -d '\r' <console | sed -n '/KERNEL PANIC/,$p' >report
    expect "$panics_name: the status" 0 '' test $panics_status -eq 5
    expect "$panics_name: one report" 0 '^1$' grep -c 'KERNEL PANIC: asked for by panicafter=' report
    expect "$panics_name: nothing else in it" 1 '' grep -v -e '^KERNEL PANIC: asked for by panicafter=, on CPU [0-9]*$' \
        -e '^backtrace:$' -e '^  [0-9a-f]\{16\} [a-z_0-9.]* + 0x[0-9a-f]*$' report
    expect "$panics_name: the backtrace has names" 0 'endcheck_expired + 0x' cat report
}
panics 'a panic' --append 'test=1 endcheck=1 panicafter=30'
panics 'a panic of one CPU of four' --smp 4 --append 'test=1 endcheck=1 panicafter=30'
panics 'a panic of four CPUs at once' --smp 4 --append 'test=1 endcheck=1 panicafter=30 panic=all'
ends 'without test=1 nobody can ask for a panic' sleep 0 '^ *slept *$' --append 'endcheck=1 panicafter=30'
