#!/bin/sh
# rights.sh: docs/reference/rights.md says what the headers, the kernel, its interfaces and the suite
# system/capabilities (every.c, which tries each line) say.
. "$(dirname "$0")/check.inc"

PAGE=$ROOT/docs/reference/rights.md
OCAP=$ROOT/libs/kos/include/services/ocap.h
EVENTS=$ROOT/libs/kos/include/handle/event_descr.h
EVERY=$ROOT/tests/system/capabilities/src/every.c

# alike NAME A B: two lists of lines are equal.
alike() {
    if [ ! -s "$2" ]; then
        echo "FAIL $1: $2 is empty"
    elif diff "$2" "$3" >diff.txt; then
        echo "ok $1"
    else
        echo "FAIL $1: $(grep '^[<>]' diff.txt | head -n 4 | tr '\n' ' ')"
    fi
}

# Names and numbers.
sed -n 's/^#define \(OCAP_[A-Z_]*\)  *\(0x[0-9a-f]*\)u.*/\1 \2/p' "$OCAP" >rights.h.txt
sed -n 's/^| `\(OCAP_[A-Z_]*\)` | `\(0x[0-9a-f]*\)` .*/\1 \2/p' "$PAGE" >rights.page.txt
alike 'rights and their values' rights.h.txt rights.page.txt
sed -n 's/^#define \(EVENT_[A-Z_]*\)  *\(0x[0-9a-f]*\)u.*/\1 \2/p' "$EVENTS" >events.h.txt
sed -n 's/^| `\(EVENT_[A-Z_]*\)` | `\(0x[0-9a-f]*\)` .*/\1 \2/p' "$PAGE" >events.page.txt
alike 'events and their values' events.h.txt events.page.txt

# Every handle of the caller's that a method takes: "Interface.Method parameter".
for idl in "$ROOT"/idl/kl/core/*.idl; do
    sed 's,/\*.*\*/,,' "$idl" | tr '\n' ' ' | tr ';{' '\n\n' | awk -v iface="$(basename "$idl" .idl)" '
        /\(.*in HandleWord/ {
            method = $0
            sub(/\(.*/, "", method)
            sub(/.*[^A-Za-z0-9_]/, "", method)
            n = split($0, words, /[ ,()]+/)
            for (i = 2; i < n; i++)
                if (words[i - 1] == "in" && words[i] == "HandleWord")
                    print iface "." method, words[i + 1]
        }'
done | sort >idl.txt
sed -n 's/^| `\([A-Z][A-Za-z]*\.[A-Za-z]*\)` | `\([A-Za-z]*\)`.*/\1 \2/p' "$PAGE" | sort >page.txt
alike 'a line for every handle that a call takes' idl.txt page.txt

# Rights, and where INVALID_HANDLE is allowed, as the suite tries them.
sed -n 's/^ *CALL(\([A-Za-z]*\), \([A-Za-z]*\), \([A-Za-z]*\), .*, \([A-Z0-9_]*\), \([01]\)),$/\1.\2 \3 \4 \5/p' "$EVERY" |
    sort >tried.txt
awk -F'|' '/^\| `[A-Z][A-Za-z]*\.[A-Za-z]*` \| `/ {
    gsub(/[` ]/, "", $2)
    zero = $3 ~ /` 0 / ? 1 : 0
    gsub(/[` 0]/, "", $3)
    gsub(/[` ]/, "", $5)
    print $2, $3, $5 ~ /^OCAP/ ? $5 : 0, zero
}' "$PAGE" | sort >said.txt
alike 'the right that each needs' tried.txt said.txt

# The kernel has the same numbers, and gives new handles what the masks say.
cat >same.c <<'END'
#include <stddef.h>
#include "object/event.h"
#include "object/handle.h"
#undef EVENT_OBJECT_DESTROYED
#include <services/ocap.h>
#define SAME(a, b) _Static_assert((unsigned)(a) == (unsigned)(b), #a)
SAME(RIGHT_TRANSFER, OCAP_HANDLE_TRANSFER);
SAME(RIGHT_COPY, OCAP_HANDLE_COPY);
SAME(RIGHT_GET_SID, OCAP_HANDLE_GET_SID);
SAME(RIGHT_SET_EVENT, OCAP_HANDLE_SET_EVENT);
SAME(RIGHT_GET_EVENT, OCAP_HANDLE_GET_EVENT);
SAME(RIGHT_IPC_CALL, OCAP_IPC_CALL);
SAME(RIGHT_IPC_RECV, OCAP_IPC_RECV);
SAME(RIGHT_IPC_LISTEN, OCAP_IPC_LISTEN);
SAME(RIGHT_TASK_CONTROL, OCAP_TASK_CONTROL);
SAME(RIGHT_TASK_WAIT, OCAP_TASK_WAIT);
SAME(RIGHT_TASK_DEBUG, OCAP_TASK_DEBUG);
SAME(RIGHT_THREAD_CONTROL, OCAP_THREAD_CONTROL);
SAME(RIGHT_MDL_READ, OCAP_MDL_READ);
SAME(RIGHT_MDL_WRITE, OCAP_MDL_WRITE);
SAME(RIGHT_MDL_EXEC, OCAP_MDL_EXEC);
END
for event in $(cut -d' ' -f1 events.h.txt); do
    echo "SAME($event, $(sed -n "s/^$event //p" events.page.txt));" >>same.c
done
expect "the kernel's numbers are the same" 0 '' clang -std=gnu11 -fsyntax-only -I "$ROOT/kernel" \
    -I "$ROOT/kernel/abi" -I "$ROOT/libs/nk/include" -I "$ROOT/libs/rtl/include" \
    -I "$ROOT/libs/kos/include" -I "$ROOT/kernel/arch/include" -I "$ROOT/kernel/arch/x86_64" same.c
