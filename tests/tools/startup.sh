#!/bin/sh
# startup.sh: what a C program's start, output and exit ask of the kernel: no more than policies in the
# field grant, and for the start itself nothing.
. "$(dirname "$0")/check.inc"

SOLUTION=$ROOT/build/solutions/01-hello
"$ROOT/tessera" run 01-hello >expected 2>output </dev/null || echo "FAIL hello: $(cat output)"

# granted RULE...: boots hello with nothing else granted.
granted() {
    {
        printf 'use EDL %s\n' Einit hello.Hello kl.core.Core
        echo 'execute { grant () } response { grant () } request src=Einit dst=kl.core.Core { grant () }'
        printf 'request src=hello.Hello dst=kl.core.Core %s { grant () }\n' "$@"
    } >security.psl
    "$BIN/makekss" -I "$SOLUTION/_headers_" --output=ksm.module security.psl &&
        "$BIN/kos_make_kimg" --img-dst=image --with-init="$SOLUTION/einit/EinitQemu" \
            "$SOLUTION/hello/Hello" ksm.module || return 99
    timeout 60 "$BIN/kos-sim" --timeout 30 image >console 2>&1 </dev/null
}

# prints NAME TEXT RULE...
prints() {
    prints_name=$1
    prints_text=$2
    shift 2
    granted "$@" >output 2>&1
    prints_status=$?
    if [ $prints_status -eq 0 ] && [ "$(tr -d '\r' <console)" = "$prints_text" ]; then
        echo "ok $prints_name"
    else
        echo "FAIL $prints_name: status $prints_status: $(cat output console)"
    fi
}

prints 'with what programs in the field are granted' "$(cat expected)" interface=kl.core.Sync \
    interface=kl.core.VMM interface=kl.core.Thread interface=kl.core.Handle interface=kl.core.Audit \
    'interface=kl.core.HAL method=DebugWrite' 'interface=kl.core.HAL method=GetEnv' \
    'interface=kl.core.Task, method=FreeSelfEnv' 'interface=kl.core.Task, method=GetPath' \
    'interface=kl.core.Task, method=GetName' 'interface=kl.core.Task, method=Exit'
prints 'with output and exit alone' "$(cat expected)" 'endpoint=hal.HAL method=DebugWrite' \
    'endpoint=task.Task method=Exit'
if granted method=Exit >output 2>&1 && [ -z "$(tr -d '\r' <console | grep -v '^policy: denied ')" ] &&
    grep -q '^policy: denied request hello.Hello -> kl.core.Core: hal.HAL.DebugWrite(text=19 bytes): no rule' console
then
    echo "ok with exit alone there is no output but why, and no fault"
else
    echo "FAIL with exit alone there is no output but why, and no fault: $(cat output console)"
fi

# A program that was built for another interface of the kernel.
printf '\010\0\0\0\010\0\0\0\001\0\0\0Tessera\0\001\002\003\004\005\006\007\010' >note
llvm-objcopy --update-section .note.tessera=note "$SOLUTION/hello/Hello" Hello
expect 'an image with another program' 0 '' "$BIN/kos_make_kimg" --img-dst=image \
    --with-init="$SOLUTION/einit/EinitQemu" Hello "$(find "$SOLUTION" -name ksm.module)"
expect 'a program for another interface is refused' 1 \
    'Hello was built for interface 807060504030201, the kernel has [0-9a-f]*: rebuild it' \
    timeout 60 "$BIN/kos-sim" --timeout 30 image
