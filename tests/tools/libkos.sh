#!/bin/sh
# libkos.sh: every function of the headers of libkos for memory, threads, synchronisation, time and return
# codes is called by some test of the system suites.
. "$(dirname "$0")/check.inc"

HEADERS='kos/alloc.h kos/condvar.h kos/event.h kos/mutex.h kos/rwlock.h kos/semaphore.h kos/thread.h
coresrv/io/barriers.h coresrv/thread/thread_api.h coresrv/time/time_api.h coresrv/vmm/vmm_api.h'

# functions FILE: the names of the functions that a header declares; comments and types are left out.
functions() {
    tr '\n' ' ' <"$1" | sed 's|/\*|\n/*|g; s|\*/|*/\n|g' | grep -v '^/\*' | tr '\n;{}' ' \n\n\n' |
        grep -v 'typedef' | grep -o '\(Kos\|Kn\|Io\|Rtl\)[A-Za-z0-9]* *(' | tr -d ' (' | sort -u
}

# tested FILE: "ok" lines for those that a suite calls, "FAIL" lines for the others.
tested() {
    for name in $(functions "$1"); do
        if grep -rqw --include='*.c' "$name" "$ROOT/tests/system"; then
            echo "ok $name"
        else
            echo "FAIL $name: no suite calls it ($1)"
        fi
    done
}

for header in $HEADERS; do
    tested "$ROOT/libs/kos/include/$header"
done
tested "$ROOT/libs/rtl/include/rtl/retcode_hr.h"

# The check itself: what it takes for a function, and that it finds one without a test.
cat >fresh.h <<'HEADER'
/* KosNotThis(void); */
typedef void KosNorThis(int reason);
Retcode KosNobodyCallsThis(void *a,
                           int b);
static inline void KosMutexInit(void) { }
HEADER
functions fresh.h >list
same 'the functions of a header' 'KosMutexInit
KosNobodyCallsThis' list
expect 'a function without a test is found' 0 '^FAIL KosNobodyCallsThis' tested fresh.h
