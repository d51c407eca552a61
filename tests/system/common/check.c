/*
 * check.c: see check.h.
 */
#include "check.h"

#include "core.h"

#include <stdio.h>
#include <string.h>

static int passed, failed;

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

int check_that(const char *name, int holds, const char *what, const char *file, int line)
{
    if (holds) {
        passed++;
        fprintf(stderr, "ok %s\n", name);
    } else {
        failed++;
        fprintf(stderr, "FAIL %s: %s (%s:%d)\n", name, what, base_name(file), line);
    }
    return holds;
}

int check_equal(const char *name, uint64_t got, uint64_t wanted, const char *what,
                const char *file, int line)
{
    char text[200];

    snprintf(text, sizeof(text), "%s is %lld (0x%llx), not %lld", what, (long long)got,
             (unsigned long long)got, (long long)wanted);
    return check_that(name, got == wanted, text, file, line);
}

int check_rc(const char *name, Retcode got, Retcode wanted, const char *what, const char *file,
             int line)
{
    char text[200];

    snprintf(text, sizeof(text), "%s is %s (0x%x), not %s", what, rc_name(got), (unsigned)got,
             rc_name(wanted));
    return check_that(name, got == wanted, text, file, line);
}

const char *rc_name(Retcode rc)
{
    static const char *const names[] = {
        "rcOk", "rcInvalidArgument", "rcNotConnected", "rcOutOfMemory", "rcBufferTooSmall",
        "rcInternalError", "rcTransferError", "rcReceiveError", "rcSourceFault", "rcTargetFault",
        "rcIpcInterrupt", "rcRestart", "rcFail", "rcNoCapability", "rcNotReady",
        "rcUnimplemented", "rcBufferTooLarge", "rcBusy", "rcResourceNotFound", "rcTimeout",
        "rcSecurityDisallow", "rcFutexWouldBlock", "rcAbort", "rcInvalidThreadState",
        "rcAlreadyExists", "rcInvalidOperation", "rcHandleRevoked", "rcQuotaExceeded",
        "rcDeviceNotFound",
    };
    unsigned code = RC_GET_CODE(rc);

    if (rc == rcOk || (rc == RC_GENERAL(code) && code < sizeof(names) / sizeof(names[0]))) {
        return names[code];
    }
    return "not a return code";
}

int check_failures(void)
{
    return failed;
}

void check_add_failures(int count)
{
    failed += count;
}

void finish(void)
{
    fprintf(stderr, "%d passed, %d failed\n", passed, failed);
    core_reset(failed ? 1 : 0);
}
