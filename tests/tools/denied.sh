#!/bin/sh
# denied.sh: responses of the kernel that the policy denies: the caller gets rcSecurityDisallow, and handles that
# the response carried are closed again.
. "$(dirname "$0")/check.inc"

SOLUTION=$ROOT/build/solutions/denied
DENIED='"Copy","Connect","CreateBadge","OpenCurrent","MdlClone","MdlCreateFromBuf","Revoke",'

# shows NAME CALL TEXT: the call's line.
shows() {
    shows_line=$(tr -d '\r' <console | grep "^$2: ")
    if [ "$shows_line" = "$2: $3" ]; then
        echo "ok $1"
    else
        echo "FAIL $1: $shows_line"
    fi
}

expect 'everything granted' 0 '' timeout 120 "$ROOT/tessera" run "$ROOT/tests/tools/denied"
cp output console
for call in Copy CreateBadge OpenCurrent MdlClone MdlCreateFromBuf; do
    case $call in Copy | OpenCurrent) objects=+0 ;; *) objects=+1 ;; esac
    shows "granted: $call" "$call" "0x0, handles +1, objects $objects"
done
shows 'granted: Connect' Connect '0x0, handles +2, objects +2'

for rule in 0 1; do
    clang --target=x86_64-unknown-none-elf -mcmodel=kernel -mno-red-zone -mgeneral-regs-only \
        -ffreestanding -fno-pic -O2 -I "$SDK/libexec/$TARGET/include" "-DMETHODS=$DENIED" \
        "-DRULE=$rule" -c "$HERE/denied/verdicts.c" -o verdicts.o &&
        llvm-objcopy --weaken-symbol=ksm_verdict --weaken-symbol=ksm_judge \
            "$(find "$SOLUTION" -name ksm.module)" formats.o &&
        ld.lld -r formats.o verdicts.o -o ksm.module &&
        "$BIN/kos_make_kimg" --img-dst=image --with-init="$SOLUTION/Suite" ksm.module ||
        echo "FAIL an image of its own"
    timeout 60 "$BIN/kos-sim" --timeout 30 --append test=1 image >console 2>&1 </dev/null
    for call in Copy Connect CreateBadge OpenCurrent MdlClone MdlCreateFromBuf; do
        shows "denied ($rule): $call leaves nothing" "$call" '0x80000014, handles +0, objects +0'
    done
    shows "denied ($rule): what the response only names stays" GetSidByHandle \
        '0x0, handles +0, objects +0'
    shows "denied ($rule): an answer that came later" Revoke '0x80000014, handles -1, objects -1'
done
