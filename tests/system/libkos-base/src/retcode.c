/*
 * retcode.c: rtl/retcode.h and rtl/retcode_hr.h.
 */
#include "suite.h"

#include <rtl/retcode_hr.h>
#include <stdio.h>
#include <string.h>

#define rcPumpBlocked MAKE_RETCODE(RC_CUSTOMER_TRUE, RC_SPACE_GENERAL, 0, 7, "the pump is blocked")
#define rcUsbStall    MAKE_RETCODE(RC_CUSTOMER_FALSE, RC_SPACE_DRIVERS, RC_FACILITY_USB, 300, "")

static int says(Retcode rc, const char *text)
{
    char line[160];

    snprintf(line, sizeof(line), RETCODE_HR_FMT, RETCODE_HR_PARAMS(rc));
    return !strcmp(line, text);
}

void test_retcode(void)
{
    static const Retcode all[] = {
        rcInvalidArgument, rcNotConnected, rcOutOfMemory, rcBufferTooSmall, rcInternalError,
        rcTransferError, rcReceiveError, rcSourceFault, rcTargetFault, rcIpcInterrupt, rcRestart,
        rcFail, rcNoCapability, rcNotReady, rcUnimplemented, rcBufferTooLarge, rcBusy,
        rcResourceNotFound, rcTimeout, rcSecurityDisallow, rcFutexWouldBlock, rcAbort,
        rcInvalidThreadState, rcAlreadyExists, rcInvalidOperation, rcHandleRevoked, rcQuotaExceeded,
        rcDeviceNotFound};
    int good = 1;

    for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        good &= all[i] < 0 && RC_GET_CODE(all[i]) == i + 1 && !RC_GET_CUSTOMER(all[i]) &&
                RC_GET_SPACE(all[i]) == RC_SPACE_GENERAL && RC_GET_FACILITY(all[i]) == 0 &&
                !strncmp(RtlRetcodeName(all[i]), "rc", 2);
    }
    CHECK("the generic codes are negative, distinct and have names", good);
    CHECK("success", rcOk == 0 && !strcmp(RtlRetcodeName(rcOk), "rcOk"));
    CHECK("a code of a solution", rcPumpBlocked < 0 && RC_GET_CUSTOMER(rcPumpBlocked) == 1 &&
                                      RC_GET_CODE(rcPumpBlocked) == 7 &&
                                      rcPumpBlocked != rcReceiveError);
    CHECK("a code of a driver", RC_GET_SPACE(rcUsbStall) == RC_SPACE_DRIVERS &&
                                    RC_GET_FACILITY(rcUsbStall) == RC_FACILITY_USB &&
                                    RC_GET_CODE(rcUsbStall) == 300);
    CHECK("in words: a generic one", says(rcTimeout, "rcTimeout (general, code 19)"));
    CHECK("success", says(rcOk, "rcOk (general, code 0)"));
    CHECK("one of a solution", says(rcPumpBlocked, "error (of the solution, general, code 7)"));
    CHECK("one of a driver", says(rcUsbStall, "error (drivers, USB, code 300)"));
    CHECK("I2C and block devices",
          says(MAKE_RETCODE(0, RC_SPACE_DRIVERS, RC_FACILITY_I2C, 1, ""),
               "error (drivers, I2C, code 1)") &&
              says(MAKE_RETCODE(0, RC_SPACE_KERNEL, RC_FACILITY_BLKDEV, 2, ""),
                   "error (kernel, block device, code 2)"));
    CHECK("what nobody knows", says(MAKE_RETCODE(1, 9, 99, 65535, ""),
                                    "error (of the solution, unknown space, unknown facility, code 65535)"));
    CHECK("owner, space and facility alone", !strcmp(RtlRetcodeOwner(rcFail), "") &&
                                                 !strcmp(RtlRetcodeSpace(rcFail), "general") &&
                                                 !strcmp(RtlRetcodeFacility(rcFail), ""));
}
