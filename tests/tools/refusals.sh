#!/bin/sh
# refusals.sh: with log=debug the kernel's log names who was refused what for want of a right: process,
# call, kind of the handle, rights had and needed. The suite system/capabilities provokes them.
. "$(dirname "$0")/check.inc"

# said NAME PATTERN
said() {
    if grep -q -e "^kernel: refused: $2" kernel.log; then
        echo "ok $1"
    else
        echo "FAIL $1: no line 'refused: $2' in: $(grep 'refused:' kernel.log | head -n 3)"
    fi
}

expect 'the suite boots' 0 'passed, 0 failed' \
    timeout 120 "$ROOT/tessera" run "$ROOT/tests/system/capabilities"
cp "$ROOT/build/solutions/capabilities/kernel.log" kernel.log

said 'a transfer in a request' 'Child, Call: handle 0x[0-9a-f]* (user resource) has rights 0x1, needs 0x20001'
said 'a transfer in a response' 'Child, Reply: handle 0x[0-9a-f]* (user resource) has rights 0x1, needs 0x20001'
said 'a copy' 'Child, handle[.a-zA-Z]*Copy: handle .* (user resource) has rights 0x1, needs 0x2$'
said 'a SID' 'Child, handle[.a-zA-Z]*GetSidByHandle: .* needs 0x4$'
said 'a subscription' 'Einit, notice[.a-zA-Z]*SubscribeToObject: .* has rights 0x8, needs 0x10$'
said 'an event' 'Einit, notice[.a-zA-Z]*SetObjectEvent: .* has rights 0x10, needs 0x8$'
said 'a call' 'Child, Call: handle .* has rights 0x1, needs 0x10000$'

# Those of src/every.c, each with the one right missing that the call needs.
for line in 'Handle.Connect listener 0x40000' 'Handle.ConnectEx process 0x10000' 'Handle.Copy IPC channel 0x2' \
    'Handle.CreateUserObject server end 0x20000' 'Handle.GetSidByHandle process 0x4' \
    'Notice.SubscribeToObject shared memory 0x10' 'Notice.SetObjectEvent user resource 0x8' \
    'Task.SetStart process 0x10000' 'Task.Resume process 0x10000' 'Task.Terminate process 0x10000' \
    'Task.Wait process 0x20000' 'Task.NextHandle process 0x40000' \
    'VMM.MdlMap shared memory 0x10000' 'VMM.MdlClone shared memory 0x10000'; do
    call=${line%% *}
    right=${line##* }
    kind=${line#* }
    kind=${kind% *}
    said "$call of a $kind" "Einit, [.a-zA-Z]*${call#*.}: handle 0x[0-9a-f]* ($kind) has rights 0x[0-9a-f]*, needs $right\$"
done
said 'a receive' 'Einit, Recv: handle 0x[0-9a-f]* (listener) has rights 0x[0-9a-f]*, needs 0x20000$'
said 'a receive after a reply' 'Einit, ReplyRecv: handle .* (server end) has rights 0x[0-9a-f]*, needs 0x20000$'
