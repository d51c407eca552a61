/*
 * rtl/retcode_hr.h: a Retcode for a person, through printf:
 *
 *     fprintf(stderr, "cannot connect: " RETCODE_HR_FMT "\n", RETCODE_HR_PARAMS(rc));
 *     cannot connect: rcTimeout (general, code 19)
 *     cannot connect: error (of the solution, drivers, I2C, code 7)
 */
#ifndef RTL_RETCODE_HR_H
#define RTL_RETCODE_HR_H

#include <rtl/retcode.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The name of a generic return code ("rcTimeout"), or "error" for codes of other spaces and of a
 * solution. Never null, here and below. */
const char *RtlRetcodeName(Retcode rc);
/* Who defined it: "" or "of the solution, ". */
const char *RtlRetcodeOwner(Retcode rc);
/* Its space: "general", "kernel", "drivers" or "unknown space". */
const char *RtlRetcodeSpace(Retcode rc);
/* Its facility with a comma before it: ", I2C", ", USB", ", block device", ", unknown facility", or
 * "" for none. */
const char *RtlRetcodeFacility(Retcode rc);

#ifdef __cplusplus
}
#endif

#define RETCODE_HR_FMT "%s (%s%s%s, code %u)"
#define RETCODE_HR_PARAMS(rc)                                                                      \
    RtlRetcodeName(rc), RtlRetcodeOwner(rc), RtlRetcodeSpace(rc), RtlRetcodeFacility(rc),          \
        RC_GET_CODE(rc)

#endif
