#!/bin/sh
# Builds this solution with the SDK alone: SDK_PREFIX=<build/sdk> ./cross-build.sh [TARGET-TO-BUILD]
set -eu
export LANG=C
export TARGET="${TARGET:-x86_64-pc-kos}"
export PKG_CONFIG=""
export SDK_PREFIX="${SDK_PREFIX:?the SDK folder, as ./tessera sdk DIR makes it}"
export INSTALL_PREFIX="$PWD/install"
export PATH="$SDK_PREFIX/toolchain/bin:$PATH"

cmake -G "Unix Makefiles" -B build \
    -D CMAKE_BUILD_TYPE:STRING=Debug \
    -D CMAKE_INSTALL_PREFIX:STRING="$INSTALL_PREFIX" \
    -D CMAKE_FIND_ROOT_PATH="$SDK_PREFIX/sysroot-$TARGET" \
    -D CMAKE_TOOLCHAIN_FILE="$SDK_PREFIX/toolchain/share/toolchain-$TARGET.cmake" \
    .
cmake --build build --target "${1:-sim}"
