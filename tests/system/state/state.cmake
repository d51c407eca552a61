# The suite state, for the solutions state and oldcpu.
set(STATE_SUITE "${CMAKE_CURRENT_LIST_DIR}")
include("${STATE_SUITE}/../common/suite.cmake")
enable_language(ASM)
system_suite(MODULE "state"
    EDL "${STATE_SUITE}/resources/Child.edl"
    SUITE "${STATE_SUITE}/src/main.c" "${STATE_SUITE}/src/vectors.c" "${STATE_SUITE}/src/vectors.S"
    CHILD "${STATE_SUITE}/src/child.c" "${STATE_SUITE}/src/vectors.c" "${STATE_SUITE}/src/vectors.S")
