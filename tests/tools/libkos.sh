#!/bin/sh
# libkos.sh: every function of the headers of libkos for memory, threads, synchronisation, time and return
# codes is called by some test of the system suites, and for each of its return codes there is a call that is
# compared with that code. libkos.list says which functions and codes there are; it is compared with the headers.
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

# statements DIRECTORY: the statements of the C sources in it, one a line, without comments.
statements() {
    find "$1" -name '*.c' -exec cat {} + | tr '\n' ' ' | sed 's|/\*|\n/*|g; s|\*/|*/\n|g' | grep -v '^/\*' |
        tr '\n;{}' ' \n\n\n'
}

# exercised LIST STATEMENTS: for each function and code of a list whether a statement names both.
exercised() {
    grep -v '^#' "$1" | while read -r header name origin codes; do
        missing=
        grep -w "$name" "$2" >of_name
        for code in $codes; do
            grep -qw "$code" of_name || missing="$missing $code"
        done
        case $origin$missing in
        published | more) echo "ok $name: ${codes:-no codes}" ;;
        *) echo "FAIL $name: no test gets$missing ($header)" ;;
        esac
    done
}

# declared: the list against the headers: each function, those with codes by their type, and the codes.
declared() {
    grep -v '^#' "$1" | awk '{ print $1, $2 }' | sort >listed
    for header in $HEADERS; do
        functions "$ROOT/libs/kos/include/$header" | sed "s|^|$header |"
    done | sort >there
    same "$2: the functions of the headers" "$(cat there)" listed
    grep -v '^#' "$1" | awk 'NF > 3 { print $2 }' | sort >listed
    for header in $HEADERS; do
        grep -oh '^\(Retcode\|int\) [A-Za-z]*(' "$ROOT/libs/kos/include/$header"
    done | sed 's/.* //; s/(//' | sort >there
    same "$2: those that return a code" "$(cat there)" listed
    for header in $HEADERS; do
        grep "^$header " "$1" | grep -o '\brc[A-Z][A-Za-z]*' | sort -u >listed
        grep -o '\brc[A-Z][A-Za-z]*' "$ROOT/libs/kos/include/$header" | sort -u >there
        comm -13 listed there >wrong
        same "$2: the codes that $header names" '' wrong
    done
}
declared "$ROOT/tests/tools/libkos.list" libkos.list
statements "$ROOT/tests/system" >calls
exercised "$ROOT/tests/tools/libkos.list" calls

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
mkdir -p suite
cat >suite/a.c <<'SUITE'
/* KosMutexTryLock(&m) == rcBusy */
CHECK_RC("a", KosMutexTryLock(&m),
         rcOk);
rc = rcInvalidArgument;
SUITE
statements suite >calls
grep 'KosMutexTryLock' "$ROOT/tests/tools/libkos.list" >list
expect 'a code without a test is found' 0 '^FAIL KosMutexTryLock: no test gets rcBusy rcInvalidArgument' \
    exercised list calls
sed '/KosMutexTryLock/d; s/KosRWLockTryRead published/KosRWLockTryRed published/; s/rcAlreadyExists//' \
    "$ROOT/tests/tools/libkos.list" >lie
declared lie lie >out
expect 'a function that the list forgets is found' 0 '^FAIL lie: the functions' cat out
expect 'a code that it forgets is found' 0 '^FAIL lie: the codes that kos/thread.h names' cat out
