# setup.sh: installs the Debian packages that are missing.

# One line for each: what shows that it is there, and the package that brings it.
packages_needed() {
    cat <<'END'
clang clang
ld.lld lld
llvm-ar llvm
clang-rt libclang-rt-dev
cmake cmake
make make
ninja ninja-build
flex flex
bison bison
qemu-system-x86_64 qemu-system-x86
yaml.h libyaml-dev
cmocka.h libcmocka-dev
END
}

packages_missing() {
    "$setup_list" | while read -r packages_sign packages_name; do
        case $packages_sign in
        clang-rt) # the compiler's own library: builtins, and the sanitizers of the host tests
            [ -e "$(clang --rtlib=compiler-rt --print-libgcc-file-name 2>/dev/null)" ] ||
                echo "$packages_name" ;;
        /*) [ -e "$packages_sign" ] || echo "$packages_name" ;;
        *.h)
            [ -e "/usr/include/$packages_sign" ] ||
                echo '#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <'"$packages_sign"'>' | clang -E - >/dev/null 2>&1 || echo "$packages_name" ;;
        *) command -v "$packages_sign" >/dev/null 2>&1 || echo "$packages_name" ;;
        esac
    done
}

# Names what cannot be installed here; goes on if only headers are not where Debian has them.
setup_by_hand() {
    say "missing: $setup_missing(names of Debian's packages); as root: $setup_command"
    for setup_tool in clang ld.lld llvm-ar cmake ninja flex bison qemu-system-x86_64; do
        command -v "$setup_tool" >/dev/null 2>&1 || fail "without $setup_tool nothing can be built"
    done
}

# setup [LIST]: installs what is missing of a list of packages, by default the build's; where that is
# not possible, names it and goes on.
setup() {
    setup_list=${1:-packages_needed}
    setup_missing=$(packages_missing | tr '\n' ' ')
    [ -n "$setup_missing" ] || return 0
    setup_command="apt-get install -y --no-install-recommends $setup_missing"
    setup_root=
    if [ "$(id -u)" -ne 0 ]; then
        setup_root=sudo
    fi
    if ! command -v apt-get >/dev/null 2>&1 ||
        { [ -n "$setup_root" ] && ! command -v sudo >/dev/null 2>&1; }; then
        setup_by_hand
        return
    fi
    say "installing Debian packages: $setup_missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # a list of words
    logged packages-update $setup_root apt-get update
    # shellcheck disable=SC2086
    logged packages $setup_root $setup_command
    setup_missing=$(packages_missing | tr '\n' ' ')
    [ -z "$setup_missing" ] || fail "still missing after the installation: $setup_missing"
}
