# The toolchain file with the clang names of the compilers.
set(KOS_COMPILER clang)
include("${CMAKE_CURRENT_LIST_DIR}/toolchain-x86_64-pc-kos.cmake")
