#!/bin/sh
# coredump.sh: a process that faults leaves a core file in which gdb finds every thread's functions,
# registers, and the memory that was written.
. "$(dirname "$0")/check.inc"

expect 'builds' 0 '' "$ROOT/tessera" run "$HERE/endings"
cp "$ROOT/build/solutions/endings/sim.args" "$ROOT/build/solutions/endings/programs.list" .
run() { # CASE OPTION...
    run_case=$1
    shift
    timeout 60 "$BIN/kos-sim" --args sim.args --log kernel.log --timeout 40 --append "case=$run_case" "$@"
}
expect 'a fault' 1 'core dump: .*core.endings.First' run dump --coredump
cp output run.txt
expect 'the command is printed' 0 'kos-gdb --args sim.args --core .*core.endings.First First' cat run.txt
rm core.*
expect 'without the option there is none' 1 'page fault' run dump
expect 'and no file' 1 '' test -f core.endings.First
run dump --coredump >/dev/null 2>&1 </dev/null
expect 'an ELF core file' 0 'CORE (Core file)' readelf -h core.endings.First

cat >commands <<'END'
set width 0
set pagination off
info threads
thread apply all bt
frame function dumped
print local
print remembered
print heap[4096]
print/x $xmm7.v2_int64[0]
print/x $rax != 0
info symbol write_wild
END
gdb_says() { # NAME PATTERN
    expect "gdb: $1" 0 "$2" cat session
}
timeout 60 "$BIN/kos-gdb" --args sim.args --core core.endings.First First --print >print
expect 'kos-gdb names both files' 0 'First. .core.endings.First' cat print
timeout 60 gdb -q -batch -x commands "$(awk -F '\t' '$1 == "First" { print $2 }' programs.list)" \
    core.endings.First >session 2>&1
gdb_says 'the signal' 'terminated with signal SIGSEGV'
gdb_says 'the function that faulted' '#0 .*write_wild ()'
gdb_says 'its caller with its argument' '#1 .*dumped (count=.*1)'
gdb_says 'main' 'in main ('
gdb_says 'the other thread' 'sleeps (context='
gdb_says 'a thread that was running' 'spins (context='
gdb_says 'a local variable' '^\$1 = 4712'
gdb_says 'written data' '= "Remember this"'
gdb_says 'memory of the heap' "= 104 'h'"
gdb_says 'a vector register' '0x1122334455667788'
gdb_says 'names of functions' 'write_wild in section .text'

expect 'abort leaves one as well' 1 'core dump: .*core.endings.First' run abort --coredump
timeout 60 gdb -q -batch -ex bt "$(awk -F '\t' '$1 == "First" { print $2 }' programs.list)" \
    core.endings.First >session 2>&1
gdb_says 'abort: the signal' 'terminated with signal SIGABRT'
gdb_says 'abort: who called it' 'in main ('
expect 'a plain status leaves none' 1 'status 3' run nonzero --coredump
expect 'no file of it' 1 '' test -f core.endings.First
run dump --coredump --smp 2 >/dev/null 2>&1 </dev/null
timeout 60 gdb -q -batch -x commands "$(awk -F '\t' '$1 == "First" { print $2 }' programs.list)" \
    core.endings.First >session 2>&1
gdb_says 'two processors: the function that faulted' '#0 .*write_wild ()'
gdb_says 'two processors: the thread on the other one' 'spins (context='
gdb_says 'two processors: the thread that sleeps' 'sleeps (context='
expect 'two processes' 1 'core.endings.First' run dump_both --coredump
expect 'each has its file' 0 '' test -f core.endings.Second
: >empty
expect 'an empty stream' 0 '' "$BIN/kos-core" empty .
printf 'this is no dump of anything at all, is it' >junk
expect 'not a stream' 1 'not a stream of core dumps' "$BIN/kos-core" junk .
expect 'no stream' 1 'No such file' "$BIN/kos-core" nowhere .
