# test.sh: ./tessera test: finds the suites, runs them, counts.
#
#   unit/NAME      tests/unit/NAME/run.sh BUILD_DIR, or a CMakeLists.txt there whose tests ctest runs
#   model/NAME     tests/model/NAME/run.sh BUILD_DIR: an executable model against the kernel's sources
#   examples/NAME  examples/NAME/expected.txt against the console
#   system/NAME    tests/system/NAME, a solution that prints `ok NAME`, `FAIL NAME: why` and at the
#                  end `N passed, N failed`
#   tools/NAME     tests/tools/NAME.sh BUILD_DIR: scripts that print the same lines
#
# KIND/NAME@N is a suite of the kinds examples and system on N CPUs. A file `cpus` in its folder says on
# which it runs (`1 2 4`); without it on one. --long: on 1, 2 and 4, all of them, and with the words of
# `long.args` for the kernel, and on those of `long.cpus`. A file `timeout` there: seconds for those that take
# longer.
#
# What a suite prints is kept in build/test/KIND-NAME.txt.

TEST_PASSED=0
TEST_FAILED=0
TEST_LONG_TIMEOUT=${TESSERA_TEST_LONG_TIMEOUT:-14400}
TEST_TIMEOUT=${TESSERA_TEST_TIMEOUT:-120}

TEST_LONG=
TEST_FAILURES=${TESSERA_TEST_FAILURES:-}

# suite_on_cpus KIND/NAME FOLDER: the suite once for each number of CPUs that it is to run on.
suite_on_cpus() {
    cpus_list=1
    [ ! -f "$ROOT/$2/cpus" ] || cpus_list=$(cat "$ROOT/$2/cpus")
    [ -z "$TEST_LONG" ] || [ "$cpus_list" = 4 ] || cpus_list="1 2 4"
    [ -z "$TEST_LONG" ] || [ ! -f "$ROOT/$2/long.cpus" ] || cpus_list=$(cat "$ROOT/$2/long.cpus")
    for cpus_n in $cpus_list; do
        if [ "$cpus_n" -eq 1 ]; then echo "$1"; else echo "$1@$cpus_n"; fi
    done
}

suites_all() {
    for suite_path in "$ROOT"/tests/unit/*/; do
        if [ -f "$suite_path/run.sh" ] || [ -f "$suite_path/CMakeLists.txt" ]; then
            echo "unit/$(basename "$suite_path")"
        fi
    done
    for suite_path in "$ROOT"/tests/model/*/run.sh; do
        [ ! -f "$suite_path" ] || echo "model/$(basename "$(dirname "$suite_path")")"
    done
    for suite_path in "$ROOT"/tests/tools/*.sh; do
        [ ! -f "$suite_path" ] || echo "tools/$(basename "$suite_path" .sh)"
    done
    for suite_path in "$ROOT"/examples/*/expected.txt; do
        suite_name=$(basename "$(dirname "$suite_path")")
        suite_on_cpus "examples/$suite_name" "examples/$suite_name"
    done
    for suite_path in "$ROOT"/tests/system/*/CMakeLists.txt; do
        [ -f "$suite_path" ] || continue
        suite_name=$(basename "$(dirname "$suite_path")")
        suite_on_cpus "system/$suite_name" "tests/system/$suite_name"
    done
}

# suites_named WORD...: those of a kind, of a full name or of a last part; WORD@N on so many CPUs.
suites_named() {
    for suite_word; do
        case $suite_word in *@*) suite_on=@${suite_word##*@} ;; *) suite_on= ;; esac
        suite_found=$(suites_all | awk -v word="${suite_word%@*}" -v on="$suite_on" -F/ '
            { name = $0; sub("@.*", "", name); last = $2; sub("@.*", "", last) }
            name != word && $1 != word && last != word { next }
            on == "" { print }
            on != "" && $1 != "examples" && $1 != "system" { next }
            on != "" && !seen[name]++ { print name (on == "@1" ? "" : on) }')
        [ -n "$suite_found" ] || fail "no test suite '$suite_word'; there are: unit, model, tools, examples," \
            "system, $(suites_all | tr '\n' ' ')"
        echo "$suite_found"
    done
}

# count SUITE FILE STATUS: adds a suite's lines up; a bad end without a failed line is one failure.
count() {
    count_lines=$(awk -f "$ROOT/sdk/command/results.awk" "$2")
    count_last=$(echo "$count_lines" | tail -n 1)
    count_passed=${count_last% *}
    count_failed=${count_last#* }
    echo "$count_lines" | sed '$d'
    if [ "$3" -ne 0 ] && [ "$count_failed" -eq 0 ]; then
        echo "  FAIL $1: ended with status $3"
        tail -n 15 "$2" | sed 's/^/    /'
        count_failed=1
    elif [ $((count_passed + count_failed)) -eq 0 ]; then
        echo "  FAIL $1: no test ran"
        count_failed=1
    fi
    echo "suite $1: $count_passed ok, $count_failed failed"
    TEST_PASSED=$((TEST_PASSED + count_passed))
    TEST_FAILED=$((TEST_FAILED + count_failed))
}

suite_unit() {
    unit_dir=$ROOT/tests/unit/$1
    unit_build=$BUILD/test/unit/$1
    mkdir -p "$unit_build"
    if [ -f "$unit_dir/run.sh" ]; then
        timeout 600 sh "$unit_dir/run.sh" "$unit_build" </dev/null >"$2" 2>&1
        return
    fi
    cmake_step "unit-$1" "$unit_dir" "$unit_build" -D CMAKE_C_COMPILER=clang
    ninja_step "unit-$1" "building unit/$1" "$unit_build"
    (cd "$unit_build" && timeout 600 ctest -V) </dev/null >"$2" 2>&1
}

suite_model() {
    mkdir -p "$BUILD/test/model/$1"
    timeout 600 sh "$ROOT/tests/model/$1/run.sh" "$BUILD/test/model/$1" </dev/null >"$2" 2>&1
}

# What tools/iso needs besides what ./tessera image --iso installs.
iso_packages() {
    echo /usr/share/OVMF ovmf
}

disk_packages() {
    cat <<'END'
/usr/share/OVMF ovmf
mformat mtools
grub-mkstandalone grub-common
/usr/lib/grub/x86_64-efi grub-efi-amd64-bin
/usr/sbin/mke2fs e2fsprogs
END
}

coredump_packages() {
    echo gdb gdb
}

gdb_packages() {
    echo gdb gdb
}

suite_tools() {
    case $1 in iso | disk | gdb | coredump) setup "$1_packages" ;; esac
    mkdir -p "$BUILD/test/tools/$1"
    timeout 600 sh "$ROOT/tests/tools/$1.sh" "$BUILD/test/tools/$1" </dev/null >"$2" 2>&1
}

# cpus_of NAME@N: N, else 1.
cpus_of() {
    case $1 in *@*) echo "${1##*@}" ;; *) echo 1 ;; esac
}

# The console must be what expected.txt says, and the status zero.
suite_examples() {
    example_dir=$ROOT/examples/${1%@*}
    example_console=$BUILD/test/examples-$1.console
    solution_build "$example_dir"
    boot "$example_dir" --smp "$(cpus_of "$1")" --timeout "$TEST_TIMEOUT" </dev/null >"$example_console" 2>"$2"
    example_status=$?
    tr -d '\r' <"$example_console" >"$example_console.text"
    if [ $example_status -ne 0 ]; then
        echo "FAIL $1: status $example_status" >>"$2"
    elif ! diff -u "$example_dir/expected.txt" "$example_console.text" >>"$2"; then
        echo "FAIL $1: the console differs from expected.txt" >>"$2"
    else
        echo "ok $1" >>"$2"
    fi
    return $example_status
}

suite_system() {
    system_name=$1
    system_dir=$ROOT/tests/system/${1%@*}
    system_file=$2
    system_timeout=$TEST_TIMEOUT
    [ -z "$TEST_LONG" ] || system_timeout=$((5 * TEST_TIMEOUT)) # more CPUs than the host has take long
    [ ! -f "$system_dir/timeout" ] || system_timeout=$(cat "$system_dir/timeout")
    system_words="test=1 endcheck=1"
    if [ -n "$TEST_LONG" ] && [ -f "$system_dir/long.args" ]; then
        system_timeout=$TEST_LONG_TIMEOUT
        system_words="$system_words $(tr '\n' ' ' <"$system_dir/long.args")"
    fi
    solution_build "$system_dir"
    boot "$system_dir" --smp "$(cpus_of "$system_name")" --timeout "$system_timeout" \
        --append "$system_words" </dev/null >"$system_file" 2>&1
    system_status=$?
    # A suite that stopped half way has no closing line.
    if [ $system_status -eq 0 ] && ! grep -q '^[0-9]* passed, [0-9]* failed' "$system_file"; then
        echo "FAIL $system_name: no closing line" >>"$system_file"
    fi
    [ $system_status -ne 0 ] || system_failures
    return $system_status
}

# The suite again, one of the kernel's allocations failing: whatever it says then, the kernel must end
# well and hold nothing any more. Each run does this with two: one of the first that the suite itself
# makes and one of all, and the run ends soon after. With --long it is all of them (of those after the
# thousandth every hundredth part), and each run goes to its own end; TESSERA_TEST_FAILURES=N: N of them.
system_failures() {
    failures_all=$(sed -n 's/^kernel: end check: \([0-9]*\) allocations.*/\1/p' "$system_file" | tail -n 1)
    [ -n "$failures_all" ] || failures_all=400 # it lets some fail itself, and so disturbs the count
    if [ -z "$TEST_LONG" ]; then
        failures_first=$((failures_all < EINIT_ALLOCATIONS + 300 ? failures_all : EINIT_ALLOCATIONS + 300))
        system_failure "$(failures_pick first "$failures_first")" "endafter=150"
        system_failure "$(failures_pick all "$failures_all")" "endafter=150"
    elif [ -n "$TEST_FAILURES" ]; then
        failures_i=0
        while [ $failures_i -lt "$TEST_FAILURES" ]; do
            failures_i=$((failures_i + 1))
            system_failure "$(failures_pick "$failures_i" "$failures_all")"
        done
    else
        failures_n=1
        while [ "$failures_n" -le "$failures_all" ]; do
            system_failure "$failures_n"
            failures_n=$((failures_n + 1 + failures_n / 1000 * failures_n / 100))
        done
    fi
}

EINIT_ALLOCATIONS=60 # about so many belong to the start of the first program

# failures_pick SEED N: one of 1 to N, the same each time. Not one of those of Einit, if there are others.
failures_pick() {
    pick_sum=$(echo "$system_name $1" | cksum)
    if [ "$2" -gt $((2 * EINIT_ALLOCATIONS)) ]; then
        echo $((1 + EINIT_ALLOCATIONS + ${pick_sum%% *} % ($2 - EINIT_ALLOCATIONS)))
    else
        echo $((1 + ${pick_sum%% *} % $2))
    fi
}

# system_failure N [WORD]
system_failure() {
    boot "$system_dir" --smp "$(cpus_of "$system_name")" --timeout "$system_timeout" \
        --append "test=1 endcheck=1 fail=$1 ${2:-}" </dev/null >"$system_file.fail" 2>&1
    if grep -q '^kernel: end check: nothing is left' "$system_file.fail"; then
        echo "ok allocation $1 fails" >>"$system_file"
    else
        echo "FAIL allocation $1 fails: no good end, see $system_file.fail-$1" >>"$system_file"
        mv "$system_file.fail" "$system_file.fail-$1"
    fi
}

command_test() {
    if [ "${1:-}" = --long ]; then
        TEST_LONG=yes
        shift
    fi
    setup
    system_build
    mkdir -p "$BUILD/test"
    if [ $# -gt 0 ]; then
        test_suites=$(suites_named "$@") || exit 2
    else
        test_suites=$(suites_all)
    fi
    for test_suite in $test_suites; do
        test_kind=${test_suite%%/*}
        test_name=${test_suite#*/}
        test_file=$BUILD/test/$test_kind-$test_name.txt
        : >"$test_file"
        # A subshell: a suite that cannot be built fails alone.
        ("suite_$test_kind" "$test_name" "$test_file")
        count "$test_suite" "$test_file" $?
    done
    echo "$TEST_PASSED passed, $TEST_FAILED failed"
    [ "$TEST_FAILED" -eq 0 ] && [ "$TEST_PASSED" -gt 0 ]
}
