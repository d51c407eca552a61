#!/bin/sh
# posix.sh: docs/reference/posix.md against the built C library, its headers and the suites: what is listed as
# working or failing is declared and defined, every declared function is listed, what is not there is not
# defined; what fails is called by fails.c with that error, what works is called by some suite.
. "$(dirname "$0")/check.inc"

PAGE=$ROOT/docs/reference/posix.md
INCLUDE=$SDK/sysroot-$TARGET/include
LIBC=$SDK/sysroot-$TARGET/lib/libc.a
FAILS=$ROOT/tests/system/posix/src/fails.c

# rows PAGE: "header kind function [error]" for each function of the page, "-" for the header of those that
# are not there.
rows() {
    awk -F'|' '
        /^## </ { header = $0; gsub(/## <|>.*/, "", header); next }
        /^## Not there/ { header = "-"; next }
        /^\| *(works|fails|never|macro)/ || (header == "-" && /^\| [a-z]/) {
            kind = header == "-" ? "absent" : $2
            if (kind == "absent" && $2 ~ /^ why/) next
            error = ""
            if (kind ~ /fails/) { split(kind, parts, "`"); error = parts[2] }
            sub(/^ */, "", kind)
            sub(/[ :].*/, "", kind)
            n = split(header == "-" ? $4 : $3, words, /[` ]+/)
            for (i = 1; i <= n; i++)
                if (words[i] != "") print header, kind, words[i] (error == "" ? "" : " " error)
        }' "$1"
}

# declared HEADER: the functions that are declared when it is included.
declared() {
    echo "#include <$1>" |
        clang --target=x86_64-unknown-none-elf -std=c99 -D_XOPEN_SOURCE=700 -D__KOS__=1 -nostdinc \
            -isystem "$INCLUDE" -x c - -fsyntax-only -Xclang -ast-dump -fno-color-diagnostics 2>/dev/null |
        sed -n "s/^.-FunctionDecl 0x.* \([A-Za-z_0-9]*\) '[^']*'.*/\1/p" | grep -v '^__\|^_pthread' | sort -u
}

macros() {
    echo "#include <$1>" |
        clang --target=x86_64-unknown-none-elf -std=c99 -D_XOPEN_SOURCE=700 -nostdinc -isystem "$INCLUDE" \
            -x c - -dM -E 2>/dev/null | sed -n 's/^#define \([a-zA-Z_0-9]*\)(.*/\1/p' | sort -u
}

# none NAME FILE: holds if the file is empty; shows what is in it if not.
none() {
    if [ -s "$2" ]; then
        echo "FAIL $1: $(tr '\n' ' ' <"$2")"
    else
        echo "ok $1"
    fi
}

# functions HEADER KIND...: those that the page has there, sorted.
functions() {
    functions_header=$1
    shift
    for functions_kind; do
        awk -v h="$functions_header" -v k="$functions_kind" '(h == "" || $1 == h) && $2 == k { print $3 }' rows
    done | sort -u
}

llvm-nm --defined-only --extern-only "$LIBC" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u >defined

# compare PAGE: a page against the headers and the library.
compare() {
    rows "$1" >rows
    : >declared.all
    for header in $(awk '$1 != "-" { print $1 }' rows | sort -u); do
        known=$(echo "$header" | tr / _)
        [ -f "$known.functions" ] || declared "$header" >"$known.functions"
        [ -f "$known.macros" ] || macros "$header" >"$known.macros"
        cat "$known.functions" >>declared.all
        functions "$header" works fails never >listed
        comm -23 listed "$known.functions" >wrong
        none "<$header> declares its functions" wrong
        functions "$header" macro >listed
        comm -23 listed "$known.macros" >wrong
        [ ! -s listed ] || none "<$header> defines its macros" wrong
    done
    functions '' works fails never >listed
    comm -23 listed defined >wrong
    none 'what is listed is in the library' wrong
    functions '' absent >absent
    sort -u declared.all | comm -23 - listed | comm -23 - absent >wrong
    none 'every declared function is listed' wrong
    comm -12 absent defined >wrong
    none 'what is not there is not in the library' wrong
    awk '{ print $3 }' rows | sort | uniq -d >wrong
    none 'each is listed once' wrong
}
compare "$PAGE"

# What fails, and with which error, as the suite tries it.
rows "$PAGE" >rows
awk '$2 == "fails" { print $3, $4 }' rows | sort >said
sed -n 's/^ *FAILS[_A-Z]*(\([A-Za-z_0-9]*\), \([A-Z_0-9]*\), .*/\1 \2/p' "$FAILS" | sort >tried
diff said tried | grep '^[<>]' >wrong
none 'what fails is tried, with the error of the page' wrong

# called FILE...: the words of C sources once macros are replaced, without those of headers and comments.
called() {
    for file; do
        clang --target=x86_64-unknown-none-elf -std=gnu11 -D_GNU_SOURCE -D__KOS__=1 -nostdinc \
            -isystem "$INCLUDE" -I "$ROOT/tests/system/common" -E "$file" 2>/dev/null |
            awk -v main="$file" '/^# [0-9]/ { is_main = index($0, "\"" main "\""); next } is_main' |
            grep -o '[A-Za-z_][A-Za-z0-9_]*'
    done | sort -u
}

# What works is called by some suite.
called "$ROOT"/tests/system/posix*/src/*.c "$ROOT"/tests/system/posix*/child/*.c "$ROOT"/libs/libc/tests/*.c >calls
functions '' works >listed
comm -23 listed calls >wrong
none 'what works is called by a suite' wrong

# The check itself: it finds what is wrong with a page.
sed 's/`fork` //; s/`waitid`/`nosuch`/; s/`posix_mem_offset`/`memcpy`/; s/`fclose`/`fclose` `fclose`/' "$PAGE" >lie.md
compare lie.md >lie.out
expect 'a function that the page forgets is found' 0 '^FAIL every declared.* fork ' cat lie.out
expect 'one that no header declares is found' 0 '^FAIL <sys/wait.h> declares.*nosuch' cat lie.out
expect 'one that the library has not is found' 0 '^FAIL what is listed is in.*nosuch' cat lie.out
expect 'one that the library has after all is found' 0 '^FAIL what is not there.*memcpy' cat lie.out
echo 'int main(void) { /* strlen */ return puts("x"); }' >fresh.c
called fresh.c >calls
expect 'a function that no suite calls is found' 1 '' grep -x strlen calls
expect 'one that a suite calls is found' 0 '' grep -x puts calls
expect 'one that is listed twice is found' 0 '^FAIL each is listed once: .*fclose' cat lie.out
