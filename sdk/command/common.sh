# common.sh: what every command of ./tessera uses: folders, messages, steps.
# Everything that is made lies below build/. TESSERA_ROOT is the checkout.

ROOT=$TESSERA_ROOT
BUILD=$ROOT/build
SDK=$BUILD/sdk
TARGET=x86_64-pc-kos
SYSROOT=$SDK/sysroot-$TARGET
LIBEXEC=$SDK/libexec/$TARGET
JOBS=${TESSERA_JOBS:-$(nproc 2>/dev/null || echo 1)}

# say TEXT: progress; the console of a run stays on standard output alone.
say() {
    echo "tessera: $*" >&2
}

fail() {
    echo "tessera: error: $*" >&2
    exit 2
}

# warnings FILE: what a step that succeeded has to say: warnings of CMake, of the compilers, and
# einit's about names that do not exist.
warnings() {
    awk '/^CMake (Deprecation )?Warning/ { block = 1 }
        block && /^-- |^\[[0-9]+\/[0-9]+\] / { block = 0 }
        block || /: warning: /' "$1" >&2
}

# logged NAME COMMAND...: runs a step with its output in build/log/NAME.log; shows it on failure, and
# as it comes on a terminal.
logged() {
    step_log=$BUILD/log/$1.log
    shift
    mkdir -p "$BUILD/log"
    if [ -t 2 ] && [ -z "${CI:-}" ]; then
        "$@" >&2 || fail "this step failed: $*"
    elif ! "$@" >"$step_log" 2>&1; then
        tail -n 60 "$step_log" >&2
        fail "this step failed: $* (all of its output: $step_log)"
    else
        warnings "$step_log"
    fi
}

# ninja_step NAME TITLE DIR [TARGET...]: builds what is out of date, silently if nothing is.
ninja_step() {
    step_name=$1
    step_title=$2
    step_dir=$3
    shift 3
    case $(ninja -C "$step_dir" -n "$@" 2>/dev/null | tail -n 1) in
    "ninja: no work to do.") return ;;
    *"Re-running CMake...")
        # Where CMake lists a folder's files a dry run says no more than this. So the list is brought
        # up to date, and the dry run made with a copy that ninja does not bring up to date itself.
        mkdir -p "$BUILD/log"
        if ninja -C "$step_dir" build.ninja >"$BUILD/log/$step_name-configure.log" 2>&1; then
            warnings "$BUILD/log/$step_name-configure.log"
            cp "$step_dir/build.ninja" "$step_dir/dry.ninja"
            case $(ninja -C "$step_dir" -f dry.ninja -n "$@" 2>/dev/null | tail -n 1) in
            "ninja: no work to do.") return ;;
            esac
        fi ;;
    esac
    say "$step_title"
    logged "$step_name" ninja -C "$step_dir" -j "$JOBS" "$@"
}

# cmake_step NAME SOURCE DIR [ARGUMENT...]: configures once; ninja does it again when files change.
cmake_step() {
    step_name=$1
    step_source=$2
    step_dir=$3
    shift 3
    if [ -f "$step_dir/CMakeCache.txt" ] &&
        ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$step_source" "$step_dir/CMakeCache.txt"; then
        rm -rf "$step_dir" # the checkout was moved
    fi
    [ ! -f "$step_dir/build.ninja" ] || return 0
    say "configuring $step_name"
    logged "$step_name-configure" cmake -G Ninja -S "$step_source" -B "$step_dir" "$@"
}

# install_file SOURCE DESTINATION: a copy, untouched if it is the same already.
install_file() {
    cmp -s "$1" "$2" && return
    mkdir -p "$(dirname "$2")"
    cp -p "$1" "$2.new" && mv "$2.new" "$2" || fail "cannot write $2"
}

# install_tree SOURCE DESTINATION [PATTERN]: every file of a folder.
install_tree() {
    [ -d "$1" ] || return 0
    (cd "$1" && find . -type f -name "${3:-*}" ! -name README.md) | while IFS= read -r tree_file; do
        install_file "$1/$tree_file" "$2/${tree_file#./}" || exit 1
    done || exit 1
}
