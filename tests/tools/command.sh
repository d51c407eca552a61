#!/bin/sh
# command.sh: what ./tessera answers to words it does not know, and how it counts and prints.
. "$(dirname "$0")/check.inc"

expect 'help' 0 'usage: ./tessera' "$ROOT/tessera" help
expect 'an unknown command' 2 'there are: run, test' "$ROOT/tessera" frobnicate
expect 'an unknown solution' 2 'examples: 01-hello' "$ROOT/tessera" run nowhere
expect 'an unknown option' 2 'unknown option --what' "$ROOT/tessera" run --what
expect 'another architecture' 2 'there is x86_64' "$ROOT/tessera" run --arch aarch64
expect 'a missing number' 2 'needs a number' "$ROOT/tessera" run --timeout

printf 'ok a\r\nnoise\nFAIL b: why\n1: [       OK ] c\n[  FAILED  ] d\n[  FAILED  ] 1 test(s)\n%s\n' \
    '[  FAILED  ] d' >results
awk -f "$ROOT/sdk/command/results.awk" results >counted
same 'counts every form of result' '  FAIL b: why
  [  FAILED  ] d
2 2' counted

printf 'bench ipc.x 10 1 2 3 4\nnoise\nbench kernel.y 5 6 7 8 9\nbench short 1\n' >bench
awk -v format=json -v names=ipc -v commit=c -v qemu=q -f "$ROOT/sdk/command/bench.awk" bench >json
same 'bench as JSON' '{"unit":"guest_instructions","commit":"c","qemu":"q","results":{
"ipc.x":{"n":10,"min":1,"median":2,"p90":3,"max":4}
}}' json
expect 'no such figure' 2 'no such figure' \
    awk -v format=json -v names=nothing -f "$ROOT/sdk/command/bench.awk" bench

# A run with nothing to build says nothing of its own, and starts QEMU in under two seconds; here the
# whole of it is timed. Other work on the machine may spoil one attempt.
"$ROOT/tessera" run 01-hello >first 2>&1 </dev/null
fastest=99999
for attempt in 1 2 3 4 5; do
    before=$(date +%s%N)
    "$ROOT/tessera" run 01-hello >console 2>said </dev/null
    spent=$((($(date +%s%N) - before) / 1000000))
    [ $spent -ge $fastest ] || fastest=$spent
done
same 'nothing to build, nothing to say' '' said
expect "nothing to build: done in $fastest ms" 0 '' test "$fastest" -lt 2000
