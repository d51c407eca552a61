#!/bin/sh
# path.sh: folders whose names hold blanks and are long: the C library's build, the SDK, solutions.
. "$(dirname "$0")/check.inc"

LONG="$WORK/a folder/of-a-name-that-alone-is-longer-than-one-hundred-characters-as-some-home-folders-and-build-servers-have-them"
mkdir -p "$LONG/tools" "$LONG/cache"

# The build of the C library with compilers that make empty files: what is tested is its quoting.
cat >"$LONG/tools/cc" <<'END'
#!/bin/sh
while [ $# -gt 1 ]; do
    case $1 in
    -o | -MF) : >"$2" ;;
    -isystem) [ -d "$2" ] || exit 1 ;;
    -I*) [ -d "${1#-I}" ] || exit 1 ;;
    esac
    shift
done
[ -f "$1" ]
END
printf '#!/bin/sh\nfor word; do case $word in *.new) : >"$word" ;; esac; done\n' >"$LONG/tools/ar"
chmod +x "$LONG/tools/cc" "$LONG/tools/ar"
cp "$ROOT"/build/cache/musl* "$LONG/cache/"
cp -R "$ROOT/libs" "$LONG/libs"
cp -R "$ROOT/kernel/abi" "$LONG/abi"
mkdir "$WORK/bin" # names without blanks for the tools
ln -s "$LONG/tools/cc" "$WORK/bin/cc"
ln -s "$LONG/tools/ar" "$WORK/bin/ar"
libc() {
    CC=$WORK/bin/cc AR=$WORK/bin/ar OBJDUMP=true "$LONG/libs/libc/build.sh" "$LONG/cache" "$LONG/build" \
        "$LONG/sysroot" "$LONG/abi" "$LONG/libs/nk/include" "$LONG/libs/rtl/include" "$LONG/libs/kos/include"
}
expect 'the C library is built' 0 '' libc
expect 'and installed' 0 '' ls "$LONG/sysroot/lib/libc.a" "$LONG/sysroot/lib/crt0.o" "$LONG/sysroot/include/stdio.h"
expect 'a second time nothing is done' 0 '' libc
rm -rf "$LONG/build" "$LONG/libs"

expect 'the SDK' 0 'SDK_PREFIX=' "$ROOT/tessera" sdk "$LONG/the sdk"
expect 'a new solution' 0 '' "$ROOT/tessera" new "$LONG/green"
for generator in Ninja 'Unix Makefiles'; do
    rm -rf "$LONG/green/build"
    expect "it runs, with $generator" 0 '^client: "Hello, mars' timeout 200 sh -c \
        'cd "$1/green" && SDK_PREFIX="$1/the sdk" TARGET="$2" GENERATOR="$3" ./cross-build.sh sim' \
        run "$LONG" "$TARGET" "$generator"
done
expect 'run from the checkout' 0 '^client: "Hello, mars' "$ROOT/tessera" run "$LONG/green" --timeout 60
cp -R "$ROOT/examples/04-makefile" "$WORK/make"
rm -rf "$WORK/make/build"
expect 'a plain Makefile with a copy of the SDK' 0 '' sh -c "$ROOT/tessera sdk '$WORK/plain' && make -C '$WORK/make' \
    SDK_PREFIX='$WORK/plain' && '$WORK/plain/toolchain/bin/kos-sim' --timeout 60 '$WORK/make/build/kos-qemu-image'"
