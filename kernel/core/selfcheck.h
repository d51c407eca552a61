/*
 * core/selfcheck.h: checks the kernel's invariants, for tests.
 */
#ifndef CORE_SELFCHECK_H
#define CORE_SELFCHECK_H

#include <rtl/retcode.h>

/* rcOk, or rcInternalError with a line in the log for each broken invariant. */
Retcode selfcheck(void);

#endif
