#!/bin/sh
# starts.sh: what the policy may start: the kernel, Einit, programs.
. "$(dirname "$0")/check.inc"

SOLUTION=$ROOT/build/solutions/01-hello
"$ROOT/tessera" run 01-hello >expected 2>output </dev/null || echo "FAIL hello: $(cat output)"

# starts NAME STATUS PATTERN RULE...: boots hello with these rules for starts and all messages granted.
starts() {
    starts_name=$1
    starts_status=$2
    starts_pattern=$3
    shift 3
    {
        printf 'use EDL %s\n' Einit hello.Hello kl.core.Core
        echo 'request { grant () } response { grant () } error { grant () }'
        printf 'execute %s { grant () }\n' "$@"
    } >security.psl
    "$BIN/makekss" -I "$SOLUTION/_headers_" --output=ksm.module security.psl >output 2>&1 &&
        "$BIN/kos_make_kimg" --img-dst=image --with-init="$SOLUTION/einit/EinitQemu" \
            "$SOLUTION/hello/Hello" ksm.module >>output 2>&1 || echo "FAIL $starts_name: $(cat output)"
    expect "$starts_name" "$starts_status" "$starts_pattern" timeout 60 "$BIN/kos-sim" --timeout 30 image
}

KERNEL='src=kl.core.Core dst=kl.core.Core'
EINIT='src=kl.core.Core dst=Einit'
HELLO='src=Einit dst=hello.Hello'
starts 'all that is needed' 0 "$(head -n 1 expected)" "$KERNEL" "$EINIT" "$HELLO"
starts 'the kernel is denied: it says so and halts' 5 \
    '^kernel: the policy does not let the kernel run (execute src=kl.core.Core, dst=kl.core.Core)' \
    "$EINIT" "$HELLO"
starts 'and why' 5 '^policy: denied execute kl.core.Core -> kl.core.Core: no rule matches' "$EINIT" "$HELLO"
starts 'Einit is denied: nothing else runs' 5 '^policy: denied execute kl.core.Core -> Einit: no rule' \
    "$KERNEL" "$HELLO"
starts 'a program is denied' 1 '^policy: denied execute Einit -> hello.Hello: no rule matches' \
    "$KERNEL" "$EINIT"
