#!/bin/sh
# policy-tests.sh: the tests of a policy run when the solution is built; one that fails fails the build.
. "$(dirname "$0")/check.inc"

cp -R "$ROOT/examples/07-forbidden-command" sol
cat >>sol/einit/CMakeLists.txt <<'END'
include(test-generator/add_kss_pal_qemu_tests)
add_kss_pal_qemu_tests(PSL_FILES src/more.psl src/less.psl DEPENDS command_files)
END
cat >sol/einit/src/more.psl <<'END'
use EDL kl.core.Core
use EDL Einit
use EDL plant.Desk
use EDL plant.Pump
request src=plant.Desk dst=plant.Pump { assert (message.value < 7) }
assert { sequence { plant.Desk ~> plant.Pump : control.Command { value: 6 } } }
END
sed 's/value: 6/value: 7/' sol/einit/src/more.psl >sol/einit/src/less.psl

"$ROOT/tessera" run sol --timeout 60 >run 2>&1 </dev/null
build=$(ls -dt "$ROOT"/build/solutions/sol-* | head -n 1) # named after the folder's path
expect 'tests pass: it builds and runs' 0 'desk: command 1: speed is 10' cat run
expect 'the build says how many' 0 'security module: 2 tests of the policy passed' \
    cat "$ROOT/build/log/$(basename "$build").log"
sed -i 's/command: 3/command: 9/' sol/einit/src/security.psl.in
"$ROOT/tessera" run sol --timeout 60 >run 2>&1 </dev/null
expect 'a test fails: the build does not end well' 1 '' test $? -eq 0
expect 'the step is named' 0 \
    'sol/einit/src/security.psl.in:[0-9]*:9: error: commands: factory reset: this is denied' cat run
expect 'the rule that denies is named' 0 'denied by security.psl.in:[0-9]*: assert (message.command != 9)' cat run
makekss() {
    "$BIN/makekss" -o ksm.module -I "$build/_headers_" "$@"
}
expect 'makekss runs them' 1 'less.psl:6:21: error: test: this is denied' makekss sol/einit/src/less.psl
expect 'makekss --tests skip' 0 '' makekss --tests skip sol/einit/src/less.psl
expect 'makekss --tests=run' 0 '1 tests of the policy passed' makekss --tests=run sol/einit/src/more.psl
expect 'add_kss_pal_qemu_tests: a policy whose tests pass' 0 '1 tests of the policy passed' \
    ninja -C "$build" pal-test0
expect 'add_kss_pal_qemu_tests: one whose tests fail' 1 'less.psl:6:21: error' \
    ninja -C "$build" kos-qemu-image-PalTest1-sim
