# The toolchain file with the gcc names of the compilers.
set(KOS_COMPILER gcc)
include("${CMAKE_CURRENT_LIST_DIR}/toolchain-x86_64-pc-kos.cmake")
