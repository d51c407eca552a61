#!/bin/sh
# sdk.sh: the compiler wrappers, and a solution outside the tree built by its own cross-build.sh.
. "$(dirname "$0")/check.inc"

CC=$BIN/$TARGET-clang
TMPDIR=$WORK/tmp
export TMPDIR
mkdir tmp
cat >main.c <<'END'
#include <stdio.h>
#include <string.h>
_Thread_local int t = 4;
int main(int argc, char **argv)
{
    return printf("%d %s\n", argc, argv[0]) + t + (int)strlen(argv[0]);
}
END
echo 'int answer(void); int answer(void) { return 42; }' >lib.c
echo 'extern "C" int main() { return 0; }' >main.cc

expect 'compile and link at once' 0 '' "$CC" main.c lib.c -o one
expect 'the result can lie anywhere' 0 'Type: *DYN' readelf -h one
expect 'nothing is left for a dynamic linker' 1 '' sh -c "readelf -lrW one | grep -E 'INTERP|R_X86' | grep -v RELATIVE"
expect '-no-pie: fixed addresses' 0 'Type: *EXEC' sh -c "$CC -no-pie main.c lib.c -o fixed && readelf -h fixed"
expect 'code for fixed addresses does not get in' 1 'recompile with -fPIC' \
    sh -c "$CC -fno-pie main.c lib.c -o not"
expect 'link of objects and archives' 0 '' sh -c "$CC -c main.c -o main.o && $CC -c lib.c &&
    $BIN/$TARGET-ar rcs libx.a lib.o && $CC main.o -L. -lx -o two"
expect 'flags seen in the field' 0 '' "$CC" -fPIE -pie -static -fsanitize=undefined \
    -fsanitize-undefined-trap-on-error -mbranch-protection=standard -pthread \
    -Wl,-Map,map -no-pie -Ttext 0x100000 -L. main.c -lm -o three
expect 'the map was written' 0 'VMA.*Symbol' cat map
expect 'the last word counts: fixed addresses' 0 'Type: *EXEC' readelf -h three
expect '-Ttext moves the program' 0 '0x00*100000' readelf -lW three
expect 'gcc and g++' 0 '' sh -c "$BIN/$TARGET-gcc main.c -o four && $BIN/$TARGET-g++ main.cc -o five"
expect 'an undefined symbol is reported' 1 'undefined symbol: nowhere' sh -c \
    "echo 'int nowhere(void); int main(void) { return nowhere(); }' >bad.c; $CC bad.c -o bad"
expect 'a syntax error is reported' 1 'bad.c:1:' sh -c "echo 'int main(' >bad.c; $CC bad.c -o bad"
expect 'shared libraries are refused' 1 'link statically' "$CC" -shared lib.c -o lib.so
expect 'no temporary files stay' 0 '' rmdir tmp
unset TMPDIR

cp -R "$ROOT/examples/02-echo" solution
rm -rf solution/build
expect 'cross-build.sh of a solution' 0 'kos-qemu-image' sh -c \
    "cd solution && SDK_PREFIX=$SDK TARGET=$TARGET sh cross-build.sh kos-qemu-image"
expect 'the image is where it is expected' 0 '' test -f solution/build/einit/kos-qemu-image
expect 'sim runs it' 0 '10 calls answered' timeout 100 sh -c \
    "cd solution && SDK_PREFIX=$SDK TARGET=$TARGET sh cross-build.sh sim"
