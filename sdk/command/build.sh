# build.sh: builds the system: host tools, SDK files, libraries, C library, kernel; then solutions.
# Every step costs a few milliseconds when nothing has changed.

# Two builds in one checkout wait for each other.
build_lock() {
    mkdir -p "$BUILD"
    exec 9>"$BUILD/lock"
    if command -v flock >/dev/null 2>&1 && ! flock -n 9; then
        say "waiting for another build in this checkout"
        flock 9
    fi
}

build_unlock() {
    exec 9>&-
}

host_tools() {
    cmake_step host "$ROOT/sdk" "$BUILD/host" -D CMAKE_C_COMPILER=clang
    ninja_step host "building the host tools" "$BUILD/host"
}

# The wrappers under all the names that programs in the field call them by.
sdk_wrappers() {
    wrappers_from=$ROOT/sdk/toolchain/bin
    wrappers_to=$SDK/toolchain/bin
    for wrapper in clang clang++ gcc g++ cc c++; do
        install_file "$wrappers_from/kos-cc" "$wrappers_to/$TARGET-$wrapper"
    done
    for wrapper in ld ld.lld; do
        install_file "$wrappers_from/kos-ld" "$wrappers_to/$TARGET-$wrapper"
    done
    for wrapper in ar nm ranlib objcopy objdump readelf size strip strings; do
        install_file "$wrappers_from/kos-binutil" "$wrappers_to/$TARGET-$wrapper"
    done
    for wrapper in cmake makekss kos_make_kimg kos_make_iso kos-sim kos-gdb kos-template; do
        install_file "$wrappers_from/$wrapper" "$wrappers_to/$wrapper"
    done
}

# Packages that programs in the field ask for and that have not arrived: find_package answers in one
# line. A package that arrives leaves the list and brings a file of the same name.
sdk_missing_packages() {
    grep -v '^#' "$ROOT/sdk/cmake/missing-packages.txt" | while read -r missing_name missing_what; do
        missing_file=$SYSROOT/lib/cmake/$missing_name/${missing_name}Config.cmake
        mkdir -p "$(dirname "$missing_file")"
        cat >"$missing_file.made" <<END
set(\${CMAKE_FIND_PACKAGE_NAME}_FOUND FALSE)
if(\${CMAKE_FIND_PACKAGE_NAME}_FIND_REQUIRED)
    message(FATAL_ERROR "find_package: $missing_name ($missing_what) is not part of this SDK yet")
endif()
message(STATUS "find_package: $missing_name ($missing_what) is not part of this SDK yet")
END
        install_file "$missing_file.made" "$missing_file"
        rm -f "$missing_file.made"
    done
}

# What the SDK takes from the checkout as it stands.
sdk_files() {
    sdk_stamp=$BUILD/sdk.stamp
    if [ -f "$sdk_stamp" ] && [ -z "$(find "$ROOT/sdk/toolchain" "$ROOT/sdk/cmake" "$ROOT/sdk/ksm" "$ROOT/sdk/psl" \
        "$ROOT/sdk/common" \
        "$ROOT/idl" "$ROOT/kernel/abi" "$ROOT"/libs/*/include "$ROOT/sdk/command/build.sh" \
        -newer "$sdk_stamp" -print -quit)" ]; then
        return
    fi
    touch "$BUILD/sdk.stamp.new"
    sdk_wrappers
    install_tree "$ROOT/sdk/toolchain/share" "$SDK/toolchain/share"
    install_tree "$ROOT/sdk/cmake/Modules" "$SDK/toolchain/share/cmake/Modules"
    install_tree "$ROOT/libs/nk/include" "$SDK/toolchain/include"
    for sdk_lib in rtl kos; do
        install_tree "$ROOT/libs/$sdk_lib/include" "$SYSROOT/include"
    done
    install_tree "$ROOT/kernel/abi" "$SYSROOT/include"
    install_tree "$ROOT/idl" "$SYSROOT/include"
    install_tree "$ROOT/kernel/abi" "$LIBEXEC/include"
    install_tree "$ROOT/sdk/ksm" "$LIBEXEC/ksm" '*.c'
    install_tree "$ROOT/sdk/ksm/tessera" "$LIBEXEC/include/tessera"
    install_tree "$ROOT/sdk/psl/nk" "$SDK/toolchain/include/nk"
    install_file "$ROOT/sdk/psl/nonsecurity.psl" "$SDK/toolchain/include/nonsecurity.psl"
    install_file "$(clang --rtlib=compiler-rt --print-libgcc-file-name)" \
        "$SYSROOT/lib/libclang_rt.builtins.a"
    sdk_missing_packages
    install_tree "$ROOT/sdk/common" "$SDK/common"
    mv "$BUILD/sdk.stamp.new" "$sdk_stamp"
}

# install_newer SOURCE DESTINATION: install_file for what a build makes; cheap when it did not.
install_newer() {
    [ "$2" -nt "$1" ] || { install_file "$1" "$2" && touch "$2"; }
}

sdk_tools() {
    for sdk_tool in nk-gen-c nk-psl-gen-c nk-driver einit mkromfs mksymtab kos-core imgsplit; do
        if [ -x "$BUILD/host/bin/$sdk_tool" ]; then
            install_newer "$BUILD/host/bin/$sdk_tool" "$SDK/toolchain/bin/$sdk_tool"
        fi
    done
}

libraries() {
    cmake_step libs "$ROOT/libs" "$BUILD/libs" \
        -D CMAKE_TOOLCHAIN_FILE="$SDK/toolchain/share/toolchain-$TARGET.cmake" \
        -D CMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY # no program can be linked without them
    ninja_step libs "building the libraries" "$BUILD/libs"
    install_newer "$BUILD/libs/libkos.a" "$SYSROOT/lib/libkos.a"
}

libc() {
    [ -f "$SYSROOT/lib/libc.a" ] || say "building the C library"
    CC=clang AR=llvm-ar OBJDUMP=llvm-objdump logged libc "$ROOT/libs/libc/build.sh" \
        "$BUILD/cache" "$BUILD/libc" "$SYSROOT" \
        "$ROOT/kernel/abi" "$ROOT/libs/nk/include" "$ROOT/libs/rtl/include" "$ROOT/libs/kos/include"
}

kernel() {
    cmake_step kernel "$ROOT/kernel" "$BUILD/kernel" -D CMAKE_C_COMPILER=clang \
        -D CMAKE_ASM_COMPILER=clang
    ninja_step kernel "building the kernel" "$BUILD/kernel"
    install_newer "$BUILD/kernel/kernel.o" "$LIBEXEC/kernel.o"
    install_newer "$BUILD/kernel/kernel.ld" "$LIBEXEC/kernel.ld"
}

# Everything but solutions.
system_build() {
    build_lock
    host_tools
    sdk_files
    sdk_tools
    libc
    libraries
    kernel
    build_unlock
}

# A solution that has a Makefile instead: its default target makes $(BUILD)/kos-qemu-image with the
# SDK at $(SDK_PREFIX).
solution_make() {
    mkdir -p "$SOLUTION_BUILD"
    set -- make -C "$1" "SDK_PREFIX=$SDK" "TARGET=$TARGET" "BUILD=$SOLUTION_BUILD"
    if ! "$@" -q >/dev/null 2>&1; then
        say "building $solution_name"
        logged "$solution_name" "$@" -j "$JOBS"
    fi
    echo "$SOLUTION_BUILD/kos-qemu-image" >"$SOLUTION_BUILD/sim.args"
}

# The folder of a solution, from a path or from the name of an example.
solution_find() {
    for find_dir in "$1" "$ROOT/$1" "$ROOT/examples/$1" "$ROOT"/examples/[0-9]*-"$1"; do
        if [ -f "$find_dir/CMakeLists.txt" ] || [ -f "$find_dir/Makefile" ]; then
            (cd "$find_dir" && pwd)
            return
        fi
    done
    fail "$1: not a solution (no CMakeLists.txt or Makefile there); examples: $(ls "$ROOT/examples" |
        grep '^[0-9]' | tr '\n' ' ')"
}

# solution_build DIR: builds the solution in build/solutions/NAME; sets SOLUTION_BUILD. A solution
# outside the repository carries a number in its name, so that two of one name do not meet.
solution_build() {
    solution_name=$(basename "$1")
    case $1 in
    "$ROOT"/examples/* | "$ROOT"/tests/*) ;;
    *) solution_name=$solution_name-$(printf '%s' "$1" | cksum | cut -d' ' -f1) ;;
    esac
    SOLUTION_BUILD=$BUILD/solutions/$solution_name
    build_lock
    if [ ! -f "$1/CMakeLists.txt" ]; then
        solution_make "$1"
        build_unlock
        return
    fi
    cmake_step "$solution_name" "$1" "$SOLUTION_BUILD" \
        -D CMAKE_BUILD_TYPE=Debug \
        -D CMAKE_INSTALL_PREFIX="$SOLUTION_BUILD/install" \
        -D CMAKE_FIND_ROOT_PATH="$SYSROOT" \
        -D CMAKE_TOOLCHAIN_FILE="$SDK/toolchain/share/toolchain-$TARGET.cmake"
    ninja_step "$solution_name" "building $solution_name" "$SOLUTION_BUILD" sim-image
    build_unlock
}
