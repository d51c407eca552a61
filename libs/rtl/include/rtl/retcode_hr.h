/*
 * rtl/retcode_hr.h: a Retcode for a person, through printf:
 *
 *     fprintf(stderr, "cannot connect: " RETCODE_HR_FMT "\n", RETCODE_HR_PARAMS(rc));
 */
#ifndef RTL_RETCODE_HR_H
#define RTL_RETCODE_HR_H

#include <rtl/retcode.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The name of a generic return code ("rcTimeout"), or "error" for codes of other spaces. */
const char *RtlRetcodeName(Retcode rc);

#ifdef __cplusplus
}
#endif

#define RETCODE_HR_FMT "%s (customer %u, space %u, facility %u, code %u)"
#define RETCODE_HR_PARAMS(rc)                                                                      \
    RtlRetcodeName(rc), RC_GET_CUSTOMER(rc), RC_GET_SPACE(rc), RC_GET_FACILITY(rc), RC_GET_CODE(rc)

#endif
