#!/bin/sh
# startup.sh: what a C program's start, output and exit ask of the kernel: no more than policies in the
# field grant, and for the start itself nothing.
. "$(dirname "$0")/check.inc"

SOLUTION=$ROOT/build/solutions/01-hello
"$ROOT/tessera" run 01-hello >expected 2>output </dev/null || echo "FAIL hello: $(cat output)"

# granted METHODS ENDPOINTS: boots hello with nothing else granted.
granted() {
    clang --target=x86_64-unknown-none-elf -mcmodel=kernel -mno-red-zone -mgeneral-regs-only \
        -ffreestanding -fno-pic -O2 -I "$SDK/libexec/$TARGET/include" '-DPROGRAM="hello.Hello"' \
        "-DMETHODS=$1" "-DENDPOINTS=$2" -c "$HERE/startup/verdicts.c" -o verdicts.o &&
        llvm-objcopy --weaken-symbol=ksm_verdict "$(find "$SOLUTION" -name ksm.module)" formats.o &&
        ld.lld -r formats.o verdicts.o -o ksm.module &&
        "$BIN/kos_make_kimg" --img-dst=image --with-init="$SOLUTION/einit/EinitQemu" \
            "$SOLUTION/hello/Hello" ksm.module || return 99
    timeout 60 "$BIN/kos-sim" --timeout 30 image >console 2>&1 </dev/null
}

# prints NAME TEXT METHODS ENDPOINTS
prints() {
    granted "$3" "$4" >output 2>&1
    prints_status=$?
    if [ $prints_status -eq 0 ] && [ "$(tr -d '\r' <console)" = "$2" ]; then
        echo "ok $1"
    else
        echo "FAIL $1: status $prints_status: $(cat output console)"
    fi
}

prints 'with what programs in the field are granted' "$(cat expected)" \
    '"DebugWrite","GetEnv","FreeSelfEnv","GetPath","GetName","Exit",' \
    '"sync","vmm","thread","handle",'
prints 'with output and exit alone' "$(cat expected)" '"DebugWrite","Exit",' ''
if granted '"Exit",' '' >output 2>&1 && [ -z "$(tr -d '\r' <console | grep -v '^policy: denied ')" ] &&
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
