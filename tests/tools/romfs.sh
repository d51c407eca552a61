#!/bin/sh
# romfs.sh: mkromfs keeps order, place and padding, and refuses what the kernel could not tell apart.
. "$(dirname "$0")/check.inc"

printf 'first' >a
printf 'second file' >b
: >empty
word() { od -A n -t u8 -j "$1" -N 8 out | tr -d ' '; }

expect packs 0 '' "$BIN/mkromfs" out einit=b zz=a a empty
word 8 >count && same 'counts the files' 4 count
word 24 >offset && same 'first file on a page boundary' 4096 offset
dd if=out bs=1 skip=4096 count=11 2>/dev/null >text && same 'first file stays first' 'second file' text
dd if=out bs=1 skip=184 count=1 2>/dev/null >text && same 'the others are sorted' a text
wc -c <out | tr -d ' ' >size && same 'padded to pages' 16384 size
expect 'a name twice' 1 "two files are named 'a'" "$BIN/mkromfs" out einit=b a a=b
expect 'einit twice' 1 "two files are named 'einit'" "$BIN/mkromfs" out einit=b einit=a
expect 'a missing file' 1 'nowhere: No such file' "$BIN/mkromfs" out einit=nowhere
expect 'a folder' 1 'not a file' "$BIN/mkromfs" out einit=/tmp
expect 'a name too long' 1 'longer than 111 bytes' \
    "$BIN/mkromfs" out "$(printf '%0112d' 0)=a"
expect 'no output folder' 1 'No such file' "$BIN/mkromfs" no/where/out a
expect 'no files' 2 usage "$BIN/mkromfs" out

echo 'int answer_to_all(int n) { return n; } int main(void) { return answer_to_all(1); }' >p.c
"$BIN/$TARGET-clang" p.c -o program
llvm-objcopy --strip-all program stripped
head -c 3000 program >cut
# Where the first file's names start: behind its name.
names() { "$BIN/mkromfs" out "einit=$1" && word 152; }
names program >at
expect "a program's function names are stored" 0 answer_to_all sh -c "tail -c +$(cat at) out | strings"
names stripped >at && same 'a stripped program has none' 0 at
names cut >at && same 'half a program has none' 0 at
