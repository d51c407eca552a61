#!/bin/bash
# GENERATOR and SDK_PREFIX may come from outside.
set -eu
export LANG=C
export TARGET="${TARGET:-x86_64-pc-kos}"
export PKG_CONFIG=""
export SDK_PREFIX="${SDK_PREFIX:-/opt/KasperskyOS-Community-Edition}"
export INSTALL_PREFIX="$(dirname "$0")/../install"
BUILD="$(dirname "$0")/build"
export PATH="$SDK_PREFIX/toolchain/bin:$PATH"

"$SDK_PREFIX/toolchain/bin/cmake" -G "${GENERATOR:-Unix Makefiles}" -B "$BUILD" \
      -D CMAKE_BUILD_TYPE:STRING=Debug \
      -D CMAKE_INSTALL_PREFIX:STRING="$INSTALL_PREFIX" \
      -D CMAKE_FIND_ROOT_PATH="$SDK_PREFIX/sysroot-$TARGET" \
      -D CMAKE_TOOLCHAIN_FILE="$SDK_PREFIX/toolchain/share/toolchain-$TARGET.cmake" \
      -S "$(dirname "$0")"
"$SDK_PREFIX/toolchain/bin/cmake" --build "$BUILD" --parallel 2 --target "${1:-sim}"
