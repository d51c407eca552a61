#!/bin/sh
# solutions.sh: each solution of tests/solutions, copied out of the tree, built through its own
# cross-build.sh against a copy of the SDK, with make and with Ninja; sim runs it.
. "$(dirname "$0")/check.inc"

expect 'a copy of the SDK' 0 'SDK_PREFIX=' "$ROOT/tessera" sdk "$WORK/sdk"

# run DIR GENERATOR: the console of sim, without what the build prints.
run() {
    rm -rf "$1/build"
    (cd "$1" && SDK_PREFIX=$WORK/sdk TARGET=$TARGET GENERATOR=$2 ./cross-build.sh sim-image) >log 2>&1 </dev/null ||
        { tail -n 20 log; return 1; }
    "$WORK/sdk/toolchain/bin/kos-sim" --args "$1/build/sim.args" --timeout 60 </dev/null | tr -d '\r'
}
for solution in "$ROOT"/tests/solutions/*/cross-build.sh; do
    name=$(basename "$(dirname "$solution")")
    for generator in 'Unix Makefiles' Ninja; do
        rm -rf "$name"
        cp -R "$(dirname "$solution")" "$name"
        run "$name" "$generator" >console
        same "$name with $generator" "$(cat "$name/expected.txt")" console
    done
done

# Unchanged files are not built again, a changed description builds everything that it is in.
cd ring/build && expect 'nothing to do' 0 'no work to do' ninja sim-image
cd "$WORK" || exit 1
sed -i 's/Hops = 0x2/Hops = 0x1/' ring/resources/ring/Types.idl
expect 'a changed import' 0 'passed 1$' sh -c "cd ring && SDK_PREFIX=$WORK/sdk TARGET=$TARGET \
    GENERATOR=Ninja timeout 100 ./cross-build.sh sim | tr -d '\r'"
