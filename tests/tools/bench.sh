#!/bin/sh
# bench.sh: ./tessera bench: its options, that a lost goal is told, and all counts against those of
# tests/bench/baseline.json; `changed` lines say what differs.
. "$(dirname "$0")/check.inc"

BENCH="$ROOT/tessera bench"

expect 'help' 0 '^usage: ./tessera bench' $BENCH --help
expect 'an unknown option' 2 'unknown option --fast; there are --json' $BENCH --fast
expect 'a file that is not there' 2 'nowhere.json: cannot be read' $BENCH --compare nowhere.json
expect 'an option without its file' 2 'save needs a file' $BENCH --save
expect 'no such figure' 2 'no such figure' $BENCH handle.eat

# formats: the table's own arithmetic, with figures that are made up.
format() {
    awk -v format="$1" -v qemu=1.0 -v commit=c -v old="$2" -f "$ROOT/sdk/command/bench.awk" \
        "$ROOT/sdk/command/references.txt" "$3"
}
cat >before.txt <<'END'
bench kernel_call.null 10 140 140 140 140
bench ipc.roundtrip.8.constant 10 300 300 300 300
bench ipc.roundtrip.8.assert 10 350 350 350 350
bench handle.copy 10 500 500 500 500
bench time.handle.copy 10 7 7 7 7
END
sed 's/kernel_call.null 10 140 140/kernel_call.null 10 140 151/' before.txt >null.txt
sed 's/assert 10 350 350/assert 10 350 361/' before.txt >assert.txt
sed 's/copy 10 500 500/copy 10 500 600/; s/copy 10 7 7/copy 10 7 9/' before.txt >copy.txt
format save '' before.txt >before.json
expect 'the same figures' 0 '^4 figures compared, 0 differ' format compare before.json before.txt
expect 'a goal that is lost' 1 'kernel_call.null .* 140 -> .* 151 (+7.9 %): over its goal of 150' \
    format compare before.json null.txt
expect 'a goal beside another figure that is lost' 1 '8.assert .*: over its goal of 360' \
    format compare before.json assert.txt
expect 'what never was at its goal is told and no failure; times are not compared' 0 \
    '^4 figures compared, 1 differ' format compare before.json copy.txt
sed 's/"qemu":"1.0"/"qemu":"2.0"/' before.json >other.json
expect 'another QEMU is named' 0 '^changed QEMU 2.0 -> 1.0' format compare other.json before.txt
expect 'a goal that is not reached is marked' 0 'handle.copy .* 330 !' format table '' before.txt

printf '%s\n' 'bench growth.handles.0.close 9 10 20 30 40' 'bench growth.handles.10.close 9 10 25 30 40' >grow.txt
expect 'a plot' 0 '<polyline points="70.0,[0-9.]* 560.0,[0-9.]* "' \
    awk -v what=handles -f "$ROOT/sdk/command/plot.awk" grow.txt

expect 'results are saved, a line each' 0 '^kernel_call.null  *2000 ' $BENCH --save saved.json kernel_call
expect 'and read again' 0 '^2 figures compared, 0 differ' $BENCH --compare saved.json kernel_call
expect 'times of this host' 0 '^time.kernel_call.null .* ns$' $BENCH time.kernel_call.null
expect 'growth' 0 '^growth.rules.1000.roundtrip ' $BENCH growth.rules

expect 'no goal that was reached is lost' 0 'figures compared' $BENCH --compare "$ROOT/tests/bench/baseline.json"
grep '^changed' output
