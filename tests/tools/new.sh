#!/bin/sh
# new.sh: ./tessera new makes a solution that builds and runs at once, here and with the SDK alone.
. "$(dirname "$0")/check.inc"

expect 'a new solution' 0 'tessera run' "$ROOT/tessera" new "$WORK/Green-House"
expect 'it runs at once' 0 '' sh -c "$ROOT/tessera run $WORK/Green-House --timeout 60 | tr -d '\r' >console"
same 'its console is what it promises' "$(cat Green-House/expected.txt)" console
expect 'each process has a quota' 0 '' test \
    "$(grep -c '^- name:' Green-House/einit/src/init.yaml.in)" -eq "$(grep -c 'quota: *{memory:' Green-House/einit/src/init.yaml.in)"
expect 'other arguments' 0 'Hello, Ann' "$ROOT/tessera" run "$WORK/Green-House" --timeout 60 -- Client Ann
expect 'with the SDK alone' 0 'Hello, mars' timeout 100 sh -c \
    "cd Green-House && SDK_PREFIX=$SDK TARGET=$TARGET ./cross-build.sh sim"
expect 'no placeholder stays' 1 '' grep -rl __name__ Green-House --include=* --exclude-dir=build
expect 'a folder that exists' 2 'exists' "$ROOT/tessera" new "$WORK/Green-House"
expect 'a word of the languages' 2 'is a word of the languages' "$ROOT/tessera" new "$WORK/interface"
expect 'no name' 2 'usage' "$ROOT/tessera" new
expect 'a bad name' 2 'letters, digits' "$ROOT/tessera" new "$WORK/2nd"
