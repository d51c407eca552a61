# The suite ipc, for the solutions ipc and general.
set(IPC_SUITE "${CMAKE_CURRENT_LIST_DIR}")
include("${IPC_SUITE}/../common/suite.cmake")
system_suite(MODULE "ipc"
    IDL "${IPC_SUITE}/resources/Echo.idl"
    EDL "${IPC_SUITE}/resources/Server.edl"
    SUITE "${IPC_SUITE}/src/main.c" "${IPC_SUITE}/src/call.c" "${IPC_SUITE}/src/sizes.c"
          "${IPC_SUITE}/src/hostile.c" "${IPC_SUITE}/src/plain.c" "${IPC_SUITE}/src/timeouts.c"
          "${IPC_SUITE}/src/callers.c"
    CHILD "${IPC_SUITE}/src/server.c" "${IPC_SUITE}/src/both_sides.c" "${IPC_SUITE}/src/serve.c"
          "${IPC_SUITE}/src/call.c")
