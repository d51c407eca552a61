#!/bin/sh
# Tests of the policy language and of nk-psl-gen-c, built with sanitizers under build/test/psl. Ends with
# "N passed, N failed". With --update the expected messages of bad/ and good/ are written anew.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$root/build/test/psl
gen=$work/bin/nk-psl-gen-c
update=${1:-}
passed=0
failed=0
export ASAN_OPTIONS=detect_leaks=0

result() { # name status
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
        echo "ok $1"
    else
        failed=$((failed + 1))
        echo "FAIL $1"
    fi
}

run() { # name command...
    run_name=$1
    shift
    "$@" >"$work/log" 2>&1
    run_status=$?
    [ $run_status -eq 0 ] || sed 's/^/    /' "$work/log"
    result "$run_name" $run_status
}

mkdir -p "$work"
cmake -S "$here" -B "$work" -G Ninja -DCMAKE_C_COMPILER=clang >"$work/log" 2>&1 &&
    ninja -j2 -C "$work" >"$work/log" 2>&1 || {
    cat "$work/log"
    echo "0 passed, 1 failed"
    exit 1
}

# compile POLICY NAME: the policy as C, with its forms.
compile() {
    run "$2: policy" "$gen" -I "$here/good" -I "$root/idl" -I "$root/sdk/psl" "$1" -o "$work/$2.c" \
        --out-formats "$work/$2.formats.c" --out-depends "$work/$2.d"
}

# build NAME TEST: the module on the host, under sanitizers, with a test.
build() {
    run "$1: compiles" clang -g -std=gnu11 -Wall -Wextra -Wno-unused -Wno-parentheses-equality -Werror -fbracket-depth=4096 \
        -fsanitize=address,undefined -fno-sanitize-recover=all -I "$work/headers" -I "$work" \
        -I "$root/libs/nk/include" -I "$root/kernel/abi" -I "$root/sdk/ksm" "$here/$2" "$work/$1.c" \
        "$work/$1.formats.c" "$root/sdk/ksm/judge.c" -o "$work/$1"
}
run "headers" "$work/bin/nk-gen-c" -I "$here/good" -o "$work/headers/model" "$here/good/model/IAll.idl" \
    "$here/good/model/ISecure.idl" "$here/good/model/ILong.idl"

# Every rule and expression of every model.
cp "$here/cases.head" "$work/cases.psl"
awk -v policy="$work/cases.rules" -v table="$work/table.h" -f "$here/cases.awk" "$here/cases.txt" &&
    cat "$work/cases.rules" >>"$work/cases.psl"
compile "$work/cases.psl" cases
build cases cases_test.c
"$work/cases" >"$work/cases.out" 2>&1
result "cases: end" $?
cat "$work/cases.out"
passed=$((passed + $(grep -c '^ok ' "$work/cases.out")))
failed=$((failed + $(grep -c '^FAIL ' "$work/cases.out")))

# Every function of the module's interface.
compile "$here/good/policies/events.psl" events
build events judge_test.c
run "events: judged" "$work/events"
run "events: make rule" grep -q "good/model/IAll.idl:" "$work/events.d"
cp "$work/events.c" "$work/events.1.c"
compile "$here/good/policies/events.psl" events
run "events: the same each time" cmp "$work/events.c" "$work/events.1.c"

# The tests of a policy: they run with the code that goes into the image; what fails says where and why.
policy_tests() { # policy name: its tests as a program
    compile "$1" "$2"
    run "$2: tests" "$gen" -I "$here/good" -I "$root/idl" -I "$root/sdk/psl" "$1" -o "$work/$2.c" \
        --out-tests "$work/$2.tests.c"
    run "$2: compiles" clang -g -std=gnu11 -Wall -Wextra -Wno-unused -Wno-parentheses-equality -Werror \
        -fbracket-depth=4096 -fsanitize=address,undefined -fno-sanitize-recover=all \
        -I "$root/kernel/abi" -I "$root/sdk/ksm" "$work/$2.c" "$work/$2.tests.c" "$work/$2.formats.c" \
        "$root/sdk/ksm/judge.c" "$root/sdk/ksm/run_tests.c" -o "$work/$2"
}
policy_tests "$here/good/policies/tests.psl" tests
run "tests: pass" "$work/tests"
policy_tests "$here/good/failing-tests.psl" failing-tests
("$work/failing-tests" 2>&1; echo "status $?") | sed "s:$here/good/::g" >"$work/messages"
[ "$update" != --update ] || cp "$work/messages" "$here/good/expected/failing-tests"
run "failing-tests: fail" diff -u "$here/good/expected/failing-tests" "$work/messages"
run "tests: skipped" "$gen" -I "$here/good" -I "$root/idl" -I "$root/sdk/psl" --tests skip \
    "$here/good/policies/tests.psl" -o "$work/tests.c" --out-tests "$work/tests.tests.c"
run "tests: none" test ! -s "$work/tests.tests.c"

# Judgements that stop in the middle.
compile "$here/good/policies/long.psl" long
build long stop_test.c
run "long: stopped and asked again" "$work/long"

# What goes into an image: nothing but the parts that are linked, no recursion, no loop without bound.
run "events: freestanding" sh -c "clang --target=x86_64-unknown-none-elf -mgeneral-regs-only \
    -ffreestanding -mno-red-zone -fno-pic -fno-stack-protector -O2 -w -I '$root/kernel/abi' \
    -I '$root/sdk/ksm' -c '$work/events.c' -o '$work/free.1.o' &&
    clang --target=x86_64-unknown-none-elf -mgeneral-regs-only -ffreestanding -mno-red-zone -fno-pic \
    -fno-stack-protector -O2 -Wall -Wextra -Werror -I '$root/kernel/abi' -I '$root/sdk/ksm' \
    -c '$root/sdk/ksm/judge.c' -o '$work/free.2.o' &&
    ld.lld -r -o '$work/free.o' '$work/free.1.o' '$work/free.2.o' &&
    llvm-nm -u '$work/free.o' | awk '{print \$2}' | sort | tr '\n' ' ' | grep -qx 'ksm_image '"

run "patterns" "$work/bin/regex_test"
run "levels" "$work/bin/mic_test"

# Policies as they are written in the field are accepted; the messages are warnings at most.
for policy in "$here"/good/policies/*.psl "$root"/sdk/psl/nonsecurity.psl; do
    name=$(basename "$policy" .psl)
    classes=
    [ "$name" != nonsecurity ] || classes='--class Einit --class model.Client'
    # shellcheck disable=SC2086 # two words each
    (cd "$here/good" && "$gen" -I . -I "$root/idl" -I "$root/sdk/psl" --check $classes \
        "$policy" 2>&1 | sed "s:$here/good/::g"
     echo "status $?") >"$work/messages"
    [ "$update" != --update ] || cp "$work/messages" "$here/good/expected/$name"
    run "accepted: $name" diff -u "$here/good/expected/$name" "$work/messages"
done

# Defects: each policy of bad/ and the messages it earns.
for policy in "$here"/bad/*.psl; do
    name=$(basename "$policy" .psl)
    (cd "$here/bad" && "$gen" -I common -I ../good -I "$root/idl" -I "$root/sdk/psl" --check \
        "$name.psl" 2>"$work/messages.all"
     echo "status $?" >>"$work/messages.all")
    sed "s:$root/::g" "$work/messages.all" >"$work/messages"
    [ "$update" != --update ] || cp "$work/messages" "$here/bad/expected/$name"
    run "defect: $name" diff -u "$here/bad/expected/$name" "$work/messages"
done

# The command line.
wrong() { # expected arguments... : a call that fails with a message
    pattern=$1
    shift
    run "nk-psl-gen-c: $pattern" sh -c '"$@" 2>&1 >/dev/null | grep -q -e "$0"' "$pattern" "$gen" "$@"
}
wrong 'no policy given (see --help)'
wrong 'unknown option (see --help): ' --nonsense
wrong '--tests is skip, generate or run, not sometimes' --tests sometimes a.psl
wrong 'one policy at a time: b.psl' a.psl b.psl
wrong 'missing.psl: error: cannot read' missing.psl
wrong "does not name the process class 'model.Other'" -I "$here/good" -I "$root/idl" \
    -I "$here/bad/common" --require model.Other "$here/bad/common/head.psl"
wrong 'No such file' -I "$here/good" -I "$root/idl" -I "$here/bad/common" "$here/bad/common/head.psl" \
    -o "$work/nowhere/x.c"
wrong 'other.psl.in:9:1: error' -I "$here/good" -I "$root/idl" --shown-as "$here/other.psl.in" \
    --check "$here/bad/common/shown.psl"
mkdir -p "$work/uses"
for i in $(seq 0 40); do echo "use uses$((i + 1))._" >"$work/uses/uses$i.psl"; done
wrong 'too many files use each other' -I "$work/uses" --check "$work/uses/uses0.psl"
mkdir -p "$work/large/large"
awk -v dir="$work/large" -f "$here/large.awk"
wrong 'the pattern is too long' -I "$work/large" -I "$root/idl" -I "$root/sdk/psl" --check "$work/large/pattern.psl"
wrong 'the policy has too many programs' -I "$work/large" -I "$root/idl" -I "$root/sdk/psl" \
    --check "$work/large/programs.psl"
run "options of other compilers" "$gen" -I "$here/good" -I "$root/idl" -I "$root/sdk/psl" \
    -P system.platform --out-tests x.c --psl-build-type=debug --check "$here/good/policies/events.psl"

run "every message has a test" awk -f "$here/messages.awk" "$here"/bad/expected/* "$here"/good/expected/* \
    "$here/run.sh" sources=1 "$root"/sdk/psl/src/*.[cly] "$root"/sdk/nk-psl-gen-c/*.c

# A policy of 1,000 rules over 100 classes takes less than a second of CPU time, sanitizers included.
mkdir -p "$work/big/big"
awk -v dir="$work/big" -f "$here/big.awk"
run "1,000 rules and 100 classes in a second" sh -c 'ulimit -t 1; exec "$@"' limit "$gen" -I "$work/big" \
    -I "$root/idl" -I "$root/sdk/psl" "$work/big/big.psl" -o "$work/big/big.c" \
    --out-formats "$work/big/formats.c"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
