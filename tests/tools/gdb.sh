#!/bin/sh
# gdb.sh: a debugger attached to the waiting machine sees the kernel's symbols and a program's.
. "$(dirname "$0")/check.inc"

"$ROOT/tessera" run 02-echo --timeout 60 --gdb=Client >machine 2>&1 </dev/null &
i=0
until grep -q 'waiting for gdb' machine || [ $i -ge 300 ]; do
    sleep 0.2
    i=$((i + 1))
done
expect 'the command is printed' 0 'kos-gdb --args .*sim.args Client' cat machine
args=$ROOT/build/solutions/02-echo/sim.args
expect 'no such program: the names' 2 'EinitQemu Client Server' "$BIN/kos-gdb" --args "$args" Clint
sleep 1
# gdb reads what a person would type.
# Lines are not to be broken by the length of the checkout's path.
printf 'set width 0\nhbreak kernel_main\ncontinue\nbt 1\ndelete 2\ncontinue\nbt 1\ninfo locals\nkill\nquit\n' >commands
session() {
    timeout 60 "$BIN/kos-gdb" --args "$args" Client <commands
}
expect 'gdb runs' 0 'Breakpoint 2, kernel_main (boot=' session
cp output session
expect 'it stops in the program' 0 'Breakpoint 1, main () at .*client.c' cat session
wait
