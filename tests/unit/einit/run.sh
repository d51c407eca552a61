#!/bin/sh
# Tests of einit; see README.md. run.sh BUILD_DIR [--update]
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=${1:?usage: run.sh BUILD_DIR [--update]}
update=${2:-}
mkdir -p "$work"
work=$(cd "$work" && pwd)
# The tool frees nothing before it ends, on purpose.
export ASAN_OPTIONS=detect_leaks=0
passed=0
failed=0

result() { # NAME STATUS WHY
    if [ "$2" -eq 0 ]; then
        echo "ok $1"
        passed=$((passed + 1))
    else
        echo "FAIL $1: $3"
        failed=$((failed + 1))
    fi
}

# same NAME FILE EXPECTED
same() {
    [ -z "$update" ] || cp "$2" "$3"
    diff -u "$3" "$2"
    result "$1" $? "differs from $(basename "$3")"
}

cmake -S "$root/sdk" -B "$work/host" -G Ninja -D CMAKE_C_COMPILER=clang \
    -D CMAKE_C_FLAGS="-fsanitize=address,undefined -fno-sanitize-recover=all" >"$work/log" 2>&1 &&
    ninja -j2 -C "$work/host" einit >>"$work/log" 2>&1 || {
    cat "$work/log"
    echo "FAIL build: einit does not build"
    exit 1
}
einit=$work/host/bin/einit

cd "$here" || exit 1
for input in good/*.yaml; do
    name=good/$(basename "$input" .yaml)
    "$einit" "$input" -o "$work/out.c" -I xdl
    result "$name runs" $? "status is not zero"
    same "$name text" "$work/out.c" "$name.c"
    clang -std=gnu11 -Wall -Wextra -Wshadow -Werror -fsyntax-only -I good -I "$root/libs/kos/include" \
        -I "$root/libs/nk/include" -I "$root/libs/rtl/include" -I "$root/kernel/abi" "$work/out.c"
    result "$name compiles" $? "the program has defects"
done
for input in bad/*.yaml; do
    name=bad/$(basename "$input" .yaml)
    rm -f "$work/out.c"
    "$einit" "$input" -o "$work/out.c" -I xdl 2>"$work/messages"
    status=$?
    if grep -q ': error: ' "$work/messages"; then
        [ $status -eq 1 ] && [ ! -e "$work/out.c" ]
    else
        [ $status -eq 0 ]
    fi
    result "$name status" $? "status $status"
    same "$name messages" "$work/messages" "$name.expected"
done
"$einit" names/init.yaml -o "$work/out.c" -I xdl --source Client=names/client.c \
    --source Server=names/server.c --source Nobody=names/server.c 2>"$work/messages"
result "names in sources runs" $? "status is not zero"
same "names in sources" "$work/messages" names/expected
printf 'entities: [{name: demo.Client}, {name: demo.Server, path: Server}]\n' >"$work/short.yaml"
"$einit" "$work/short.yaml" -o "$work/out.c" -I xdl --file dir/Client --file Server 2>&1 &&
    grep -q 'EntityInitEx(&info_0, "demo.Client", "Client")' "$work/out.c"
result "a file called like the last part of the class" $? "is not found"
"$einit" "$work/short.yaml" -o "$work/out.c" -I xdl --file Client --file Server --file demo.Client &&
    grep -q 'EntityInitEx(&info_0, "demo.Client", "demo.Client")' "$work/out.c"
result "a file called like the class" $? "is not taken first"
"$einit" >"$work/messages" 2>&1
[ $? -eq 1 ] && grep -q '^usage: ' "$work/messages"
result "usage" $? "no usage text"
"$einit" "$work/absent.yaml" -o "$work/out.c" >"$work/messages" 2>&1
[ $? -eq 1 ] && grep -q 'cannot open' "$work/messages"
result "absent input" $? "no message"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
