#!/bin/sh
# fuzz.sh: a few seconds of the fuzzers; for longer runs see tests/fuzz.
. "$(dirname "$0")/check.inc"

expect 'description languages' 0 '^Done [0-9]' sh "$ROOT/tests/fuzz/idl/run.sh" 8
expect 'policies' 0 '^Done [0-9]' sh "$ROOT/tests/fuzz/psl/run.sh" 8
