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
# The program with other rows in its table of words that hold addresses.
at=$(llvm-readelf -SW program | sed -n 's/.* \.rela\.dyn  *RELA  *[0-9a-f]*  *\([0-9a-f]*\) \([0-9a-f]*\) .*/0x\1 0x\2/p')
from=$((${at% *}))
size=$((${at#* }))
with_rows() { # FILE COMMAND...: the command turns the rows into others
    with_rows_file=$1
    shift
    head -c $from program >"$with_rows_file"
    tail -c +$((from + 1)) program | head -c $size >rows
    "$@" <rows >>"$with_rows_file"
    tail -c +$((from + size + 1)) program >>"$with_rows_file"
}
swap() { tail -c 24 rows && tail -c +25 rows | head -c -24 && head -c 24 rows; }
spoil() { head -c 8 rows && printf '\006' && tail -c +10 rows; }
with_rows same.program cat
expect 'a program that can lie anywhere' 0 '' "$BIN/mkromfs" out einit=same.program
with_rows mixed.program swap
expect 'addresses to move out of order' 1 'mixed.program: its relocations are not in ascending order' \
    "$BIN/mkromfs" out einit=mixed.program
with_rows other.program spoil
expect 'work for a dynamic linker' 1 'other.program: it has relocations other than relative ones' \
    "$BIN/mkromfs" out einit=other.program
names cut >at && same 'half a program has none' 0 at
