/*
 * retcode_hr.c: the names of the generic return codes.
 */
#include <rtl/countof.h>
#include <rtl/retcode_hr.h>

static const char *const names[] = {
    "rcOk",
    "rcInvalidArgument",
    "rcNotConnected",
    "rcOutOfMemory",
    "rcBufferTooSmall",
    "rcInternalError",
    "rcTransferError",
    "rcReceiveError",
    "rcSourceFault",
    "rcTargetFault",
    "rcIpcInterrupt",
    "rcRestart",
    "rcFail",
    "rcNoCapability",
    "rcNotReady",
    "rcUnimplemented",
    "rcBufferTooLarge",
    "rcBusy",
    "rcResourceNotFound",
    "rcTimeout",
    "rcSecurityDisallow",
    "rcFutexWouldBlock",
    "rcAbort",
    "rcInvalidThreadState",
    "rcAlreadyExists",
    "rcInvalidOperation",
    "rcHandleRevoked",
    "rcQuotaExceeded",
    "rcDeviceNotFound",
};

const char *RtlRetcodeName(Retcode rc)
{
    unsigned code = RC_GET_CODE(rc);

    if (rc == rcOk) {
        return names[0];
    }
    if (code == 0 || code >= rtl_countof(names) || rc != RC_GENERAL(code)) {
        return "error";
    }
    return names[code];
}

const char *RtlRetcodeOwner(Retcode rc)
{
    return rc != rcOk && RC_GET_CUSTOMER(rc) ? "of the solution, " : "";
}

const char *RtlRetcodeSpace(Retcode rc)
{
    static const char *const spaces[] = {"general", "kernel", "drivers"};

    return RC_GET_SPACE(rc) < rtl_countof(spaces) ? spaces[RC_GET_SPACE(rc)] : "unknown space";
}

const char *RtlRetcodeFacility(Retcode rc)
{
    static const char *const facilities[] = {"", ", I2C", ", USB", ", block device"};

    return RC_GET_FACILITY(rc) < rtl_countof(facilities) ? facilities[RC_GET_FACILITY(rc)]
                                                         : ", unknown facility";
}
