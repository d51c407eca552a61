# include(platform/options): BOARD and what follows from it. One machine exists here, QEMU's q35 and
# PCs like it; the name of another board is answered with that.
include_guard(GLOBAL)
include(platform)

if(NOT DEFINED BOARD)
    set(BOARD "QEMU" CACHE STRING "the machine: QEMU")
elseif(NOT BOARD STREQUAL "QEMU")
    message(WARNING "platform/options: BOARD ${BOARD}: this target has QEMU alone; taken as that")
endif()
