#!/bin/sh
# fetch.sh DEST: puts the pinned musl source tarball into DEST.
#
# The source comes from the distribution's source package through apt, with a private configuration:
# nothing on the machine is changed and root is not needed. The archive's address is read from the
# machine's own apt sources. Already there with the right checksum: nothing is done. On a machine
# without a Debian archive, place the tarball named below in DEST by hand.
set -eu

NAME=musl_1.2.3.orig.tar.gz
PACKAGE=musl=1.2.3-1
SUITE=bookworm
SHA256=7d5b0b6062521e4627e099e4c9dc8248d32a30285e959b7eecaa780cf8cfd4a4

die() { echo "libc: $*" >&2; exit 1; }

[ $# -eq 1 ] || die "usage: fetch.sh DEST"
mkdir -p "$1"
dest=$(cd "$1" && pwd)

is_good() { [ "$(sha256sum "$1" 2>/dev/null | cut -d' ' -f1)" = "$SHA256" ]; }

# Prints the addresses of Debian archives in the machine's sources, in both of apt's formats. A
# machine of another release finds SUITE there as well.
archive_uris() {
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        if [ -f "$file" ]; then
            sed -n 's/^deb[[:space:]]\{1,\}\(\[[^]]*\][[:space:]]*\)\{0,1\}//p' "$file" |
                awk '{ print $1 }'
        fi
    done | debian_only
    for file in /etc/apt/sources.list.d/*.sources; do
        if [ -f "$file" ]; then
            sed -n 's/^URIs:[[:space:]]*//p' "$file" | tr -s '[:space:]' '\n'
        fi
    done | debian_only
}

debian_only() { grep '/debian/*$' | sort -u || true; }

download() {
    work=$dest/apt
    rm -rf "$work"
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/get"
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $1 $SUITE main" \
        >"$work/sources.list"
    cat >"$work/apt.conf" <<CONF
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/lists";
Dir::Cache "$work/cache";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "2";
CONF
    APT_CONFIG=$work/apt.conf apt-get -qq update &&
        (cd "$work/get" && APT_CONFIG=$work/apt.conf \
            apt-get -qq --download-only source "$PACKAGE") || return 1
    is_good "$work/get/$NAME" || die "$NAME: the checksum is not the pinned one"
    mv "$work/get/$NAME" "$dest/$NAME"
    rm -rf "$work"
}

is_good "$dest/$NAME" && exit 0
command -v apt-get >/dev/null || die "no apt-get here: put $NAME into $dest"
for uri in $(archive_uris); do
    echo "libc: fetching $NAME"
    download "$uri" && exit 0
done
die "cannot fetch $PACKAGE: put $NAME into $dest"
