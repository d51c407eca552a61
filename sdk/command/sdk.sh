# sdk.sh: ./tessera sdk DIR: a copy of the SDK, usable without this repository.

command_sdk() {
    [ $# -eq 1 ] || fail "usage: ./tessera sdk DIR"
    if [ -e "$1" ] && [ ! -f "$1/toolchain/bin/kos_make_kimg" ] && [ -n "$(ls -A "$1")" ]; then
        fail "$1 exists and is not an SDK"
    fi
    setup
    system_build
    mkdir -p "$1" || exit 2
    cp -a "$SDK/." "$1/" || fail "cannot write $1"
    say "the SDK is in $1; build a solution with SDK_PREFIX=$(cd "$1" && pwd) TARGET=$TARGET"
}
