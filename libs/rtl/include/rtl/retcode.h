/*
 * rtl/retcode.h: Retcode, the result of every kernel and libkos call.
 *
 * Layout (ours to fix): bit 31 severity (set on error, so errors are negative), bit 30 customer,
 * bits 29..24 space, bits 23..16 facility, bits 15..0 code. The generic codes of the table below
 * live in RC_SPACE_GENERAL with facility 0; the code is the position in the documented table.
 */
#ifndef RTL_RETCODE_H
#define RTL_RETCODE_H

typedef __INT32_TYPE__ Retcode;

#define RC_CUSTOMER_FALSE 0
#define RC_CUSTOMER_TRUE  1

#define RC_SPACE_GENERAL 0
#define RC_SPACE_KERNEL  1
#define RC_SPACE_DRIVERS 2

#define RC_FACILITY_GENERAL 0
#define RC_FACILITY_I2C     1
#define RC_FACILITY_USB     2
#define RC_FACILITY_BLKDEV  3

#define MAKE_RETCODE(customer, space, facility, code, desc)                                        \
    ((Retcode)(0x80000000u | ((((unsigned)(customer)) & 1u) << 30) |                               \
               ((((unsigned)(space)) & 0x3fu) << 24) | ((((unsigned)(facility)) & 0xffu) << 16) |  \
               (((unsigned)(code)) & 0xffffu)))

#define RC_GET_CUSTOMER(rc) (((unsigned)(rc) >> 30) & 1u)
#define RC_GET_SPACE(rc)    (((unsigned)(rc) >> 24) & 0x3fu)
#define RC_GET_FACILITY(rc) (((unsigned)(rc) >> 16) & 0xffu)
#define RC_GET_CODE(rc)     ((unsigned)(rc) & 0xffffu)

#define RC_GENERAL(code) MAKE_RETCODE(RC_CUSTOMER_FALSE, RC_SPACE_GENERAL, 0, code, "")

#define rcOk                 ((Retcode)0)
#define rcInvalidArgument    RC_GENERAL(1)
#define rcNotConnected       RC_GENERAL(2)
#define rcOutOfMemory        RC_GENERAL(3)
#define rcBufferTooSmall     RC_GENERAL(4)
#define rcInternalError      RC_GENERAL(5)
#define rcTransferError      RC_GENERAL(6)
#define rcReceiveError       RC_GENERAL(7)
#define rcSourceFault        RC_GENERAL(8)
#define rcTargetFault        RC_GENERAL(9)
#define rcIpcInterrupt       RC_GENERAL(10)
#define rcRestart            RC_GENERAL(11)
#define rcFail               RC_GENERAL(12)
#define rcNoCapability       RC_GENERAL(13)
#define rcNotReady           RC_GENERAL(14)
#define rcUnimplemented      RC_GENERAL(15)
#define rcBufferTooLarge     RC_GENERAL(16)
#define rcBusy               RC_GENERAL(17)
#define rcResourceNotFound   RC_GENERAL(18)
#define rcTimeout            RC_GENERAL(19)
#define rcSecurityDisallow   RC_GENERAL(20)
#define rcFutexWouldBlock    RC_GENERAL(21)
#define rcAbort              RC_GENERAL(22)
#define rcInvalidThreadState RC_GENERAL(23)
#define rcAlreadyExists      RC_GENERAL(24)
#define rcInvalidOperation   RC_GENERAL(25)
#define rcHandleRevoked      RC_GENERAL(26)
#define rcQuotaExceeded      RC_GENERAL(27)
#define rcDeviceNotFound     RC_GENERAL(28)

#endif
