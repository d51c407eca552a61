#!/bin/sh
# Tests of the description languages' front end and of nk-gen-c, built with sanitizers under
# build/test/idl. Ends with "N passed, N failed". With --update the expected messages of bad/ are
# written anew.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$root/build/test/idl
gen=$work/bin/nk-gen-c
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
    name=$1
    shift
    "$@" >"$work/log" 2>&1
    status=$?
    [ $status -eq 0 ] || sed 's/^/    /' "$work/log"
    result "$name" $status
}

mkdir -p "$work"
cmake -S "$here" -B "$work" -G Ninja -DCMAKE_C_COMPILER=clang >"$work/log" 2>&1 &&
    ninja -j2 -C "$work" >"$work/log" 2>&1 || {
    cat "$work/log"
    echo "0 passed, 1 failed"
    exit 1
}

# Headers of every feature: they compile everywhere without a warning, and calls work.
warnings="-Wall -Wextra -Wshadow -Werror"
sections="--types --interface --endpoints --component-refl --client --server --tests"
out=$work/out
rm -rf "$out"
run "headers" "$gen" -I "$here/good" $sections -o "$out/demo" "$here"/good/demo/*
run "headers without package" "$gen" -I "$here/good" $sections -o "$out" "$here/good/Single.edl"
run "headers of kl.core" "$gen" -I "$root/idl" $sections -o "$out/kl/core" "$root"/idl/kl/core/*

compile() { # name compiler... : roundtrip, then run
    name=$1
    shift
    run "$name compiles" "$@" $warnings -I "$root/libs/nk/include" -I "$out" -o "$work/roundtrip"
    run "$name runs" "$work/roundtrip"
}
compile "C11" clang -std=c11 -Wpedantic -Wstrict-prototypes "$here/roundtrip.c"
compile "gnu11 with sanitizers" clang -std=gnu11 -fsanitize=address,undefined \
    -fno-sanitize-recover=all -DTESTS "$here/roundtrip.c"
compile "unqualified names" clang -std=gnu11 -O2 -DUNQUALIFIED "$here/roundtrip.c"
compile "C++20" clang++ -std=c++20 "$here/roundtrip.cc"
compile "C++14" clang++ -std=c++14 "$here/roundtrip.cc"
if command -v g++ >/dev/null; then
    compile "gcc" gcc -std=gnu11 -DUNQUALIFIED -DTESTS "$here/roundtrip.c"
    compile "g++" g++ -std=c++20 "$here/roundtrip.cc"
fi
for header in "$out"/demo/*.h "$out"/kl/core/*.h; do
    echo "#include \"$header\"" >"$work/one.c"
    run "alone: ${header##*/}" clang -std=c11 -Wpedantic $warnings -I "$root/libs/nk/include" \
        -fsyntax-only "$work/one.c"
done
run "kernel headers" "$gen" -I "$root/idl" --types --interface -o "$out/kernel/kl/core" \
    "$root/idl/kl/core/Core.edl"
run "kernel dispatch" "$gen" -I "$root/idl" --kernel -o "$out/kernel/dispatch.h" \
    "$root/idl/kl/core/Core.edl"
cat >"$work/one.c" <<END
#include <dispatch.h>
const void *const use = kernel_endpoints;
END
run "kernel dispatch compiles" clang --target=x86_64-unknown-none-elf -ffreestanding $warnings \
    -I "$root/kernel" -I "$root/libs/nk/include" -I "$root/libs/rtl/include" -I "$out/kernel" \
    -fsyntax-only "$work/one.c"

# Tables of message forms: what they say, and that the compiler is repeatable.
run "formats" "$gen" -I "$root/idl" -I "$here/good" --formats --strict-strings -o "$work/formats.c" \
    "$here/good/demo/Server.edl" "$here/good/demo/Client.edl" "$here/good/Single.edl" \
    "$here/good/demo/Guarded.edl"
cp "$work/formats.c" "$work/formats.1.c"
run "formats again" "$gen" -I "$root/idl" -I "$here/good" --formats --strict-strings \
    -o "$work/formats.c" "$here/good/Single.edl" "$here/good/demo/Client.edl" \
    "$here/good/demo/Guarded.edl" "$here/good/demo/Server.edl" "$here/good/demo/Server.edl"
run "formats do not depend on order" cmp "$work/formats.c" "$work/formats.1.c"
run "formats compile" clang $warnings -I "$root/kernel/abi" -o "$work/formats" "$work/formats.c" \
    "$here/formats_test.c"
run "formats say what they should" "$work/formats"
run "endpoints" "$gen" -I "$here/good" --endpoints-table -o "$work/endpoints" \
    "$here/good/demo/Server.edl" "$here/good/Single.edl"
run "endpoints table" diff -u "$here/endpoints.expected" "$work/endpoints"

run "formats, one strict interface" "$gen" -I "$root/idl" -I "$here/good" --formats \
    --strict-strings=demo.IUnion -o "$work/strict.c" "$here/good/demo/Guarded.edl" \
    "$here/good/demo/Server.edl"
run "formats of the strict interface" test "$(grep -c KSM_DESC_STRING "$work/strict.c")" = 14

run "formats, interfaces of one strict class" "$gen" -I "$root/idl" -I "$here/good" --formats \
    --strict-strings=demo.Guarded --strict-strings=demo.Nothing -o "$work/strict2.c" \
    "$here/good/demo/Guarded.edl" "$here/good/demo/Server.edl"
# The class's component has demo.IAll as well, and so has the other class.
run "formats of the strict class" sh -c "grep KSM_DESC_STRING '$work/strict2.c' | wc -l |
    grep -qx 19"

run "numbers of security interfaces" sh -c "tr -d '\n ' <'$out/demo/Guarded.edl.h' |
    grep -q 'demo_Guarded_securityIid=0,demo_Guarded_branch_securityIid=1,.*securityIidMax=2}' &&
    grep -q 'demo_ISecure_proxy_init' '$out/demo/Guarded.edl.h'"

# Traced messages.
trace=$work/trace
rm -rf "$trace"
run "traced headers" "$gen" -I "$here/good" $sections --trace-client-ipc headers \
    --trace-server-ipc=dump --ipc-trace-method-filter demo.IAll.Ints,Echo -o "$trace/demo" \
    "$here"/good/demo/*
run "headers without traces beside them" "$gen" -I "$here/good" $sections -o "$trace" \
    "$here/good/Single.edl"
run "traced headers compile" clang -std=c11 -Wpedantic $warnings -I "$root/libs/nk/include" \
    -I "$trace" -o "$work/traced" "$here/roundtrip.c"
run "traced headers compile as C++" clang++ -std=c++20 $warnings -I "$root/libs/nk/include" \
    -I "$trace" -fsyntax-only "$here/roundtrip.cc"
"$work/traced" 2>"$work/traced.txt"
run "trace of a client" grep -q '^\[client\] demo.IAll.Echo request: iid [0-9]*, mid 2, 40 bytes' \
    "$work/traced.txt"
run "trace of a server, with contents" grep -q '^\[server\]   constant 0000: [0-9a-f ]*$' \
    "$work/traced.txt"
run "trace of chosen methods" sh -c "! grep -q 'IOther\|IAll.Give' '$work/traced.txt'"
run "trace of an unknown kind" sh -c "'$gen' --trace-client-ipc all '$here/good/Single.edl' 2>&1 |
    grep -q \"'headers' or 'dump', not all\""

# JSON.
for file in Types.idl IAll.idl Server.edl; do
    run "JSON of $file" "$work/bin/nk-driver" -I "$here/good" --schema-version idl2 \
        -o "$work/$file.json" "$here/good/demo/$file"
    run "JSON of $file is right" diff -u "$here/json/$file.json" "$work/$file.json"
done
json() { # expected arguments... : a call that fails with a message
    pattern=$1
    shift
    run "nk-driver: $pattern" sh -c '"$@" 2>&1 >/dev/null | grep -q -e "$0"' "$pattern" \
        "$work/bin/nk-driver" "$@"
}
json 'no file given'
json 'there is --schema-version idl2, not 7' --schema-version 7 x.idl
json 'unknown option' --nonsense
json 'one file at a time: b.idl' a.idl b.idl
json 'missing.idl: error: cannot read' missing.idl
json 'error: ' -I "$here/bad/exponential" "$here/bad/exponential/IExp.idl"
json 'No such file' -I "$here/good" -o "$work/nowhere/x.json" "$here/good/demo/Types.idl"

# A large interface: a second of CPU time is the limit for the compiler and for its header.
mkdir -p "$work/big/big"
awk 'BEGIN {
    print "package big.Big\ntypedef string<64> Name;"
    print "struct Item { UInt32 id; Name name; sequence<Name, 4> tags; array<UInt16, 4> grid; }"
    print "interface {"
    for (i = 0; i < 300; i++)
        printf "M%d(in UInt32 a, in Name b, in sequence<Item, 8> c, in Handle d, out Item e,\n" \
               "    out UInt32 f, error SInt32 code, error Name why);\n", i
    print "}"
}' >"$work/big/big/Big.idl"
printf 'task class big.Server\nendpoints { big : big.Big }\n' >"$work/big/big/Server.edl"
printf '#include <big/Server.edl.h>\n' >"$work/big/one.c"
a_second() { # name command...
    name=$1
    shift
    run "$name" sh -c 'ulimit -t 1; exec "$@"' limit "$@"
}
a_second "300 methods" "$gen" -I "$work/big" -o "$work/big/out/big" "$work/big/big/Server.edl"
a_second "the header of 300 methods" clang -std=gnu11 $warnings -I "$root/libs/nk/include" \
    -I "$work/big/out" -fsyntax-only "$work/big/one.c"
a_second "the same in C++" clang++ -std=c++20 $warnings -I "$root/libs/nk/include" \
    -I "$work/big/out" -fsyntax-only -x c++ "$work/big/one.c"

# The older error scheme.
run "old errors" "$gen" -I "$here/old" --deprecated-no-extended-errors -o "$out/old" \
    "$here/old/old/IOld.idl"
sed -n '/^typedef struct old_IOld_Do_err {/,/^}/p' "$out/old/IOld.idl.h" >"$work/err"
run "old errors carry no parameters" test "$(grep -c 'base_\|code' "$work/err")" = 1
run "make rule" grep -q "good/demo/Types.idl:" "$out/demo/Server.edl.nk.d"

# The library.
run "library" "$work/bin/api_test" "$here/good"
for file in Types.idl IAll.idl Branch.cdl Server.edl; do
    run "damaged $file" "$work/bin/mutate" "$here/good/demo/$file" "$here/good" "$work/$file" 1500
done

# Messages about a description that stands in its place as a link, and about imports.
mkdir -p "$work/links/real" "$work/links/x"
printf 'package x.A\n\ninterface {\n    M(out UInt32 b, in UInt32 a);\n}\n' >"$work/links/real/A.idl"
printf 'task class x.B\nendpoints { a : x.A }\n' >"$work/links/x/B.edl"
ln -sf "$work/links/real/A.idl" "$work/links/x/A.idl"
run "a message names the file behind a link" sh -c "cd '$work/links' && '$gen' -I . -o out x/A.idl 2>&1 |
    grep -q '^$work/links/real/A.idl:4:31: warning: '"
run "a warning about an import" sh -c "cd '$work/links' && '$gen' -I . -o out x/B.edl 2>&1 | grep -q 'A.idl:4'"
run "no warning about an import" sh -c "cd '$work/links' && ! '$gen' -Wno-imports -I . -o out x/B.edl 2>&1 |
    grep ."
run "errors in imports stay" sh -c "cd '$work/links' && sed -i s/UInt32/UInt33/ real/A.idl &&
    '$gen' -Wno-imports -I . -o out x/B.edl 2>&1 | grep -q 'A.idl:4.*error: '"

# Defects: each folder of bad/ holds descriptions and the messages they earn.
for dir in "$here"/bad/*/; do
    name=$(basename "$dir")
    arguments='-I. *.?dl'
    [ -f "$dir/arguments" ] && arguments=$(cat "$dir/arguments")
    (cd "$dir" && eval "\"$gen\" -o \"$work/bad\" $arguments" 2>"$work/messages"
     echo "status $?" >>"$work/messages")
    if [ "$update" = --update ]; then
        cp "$work/messages" "$dir/expected"
    fi
    run "defect: $name" diff -u "$dir/expected" "$work/messages"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
