/*
 * errno.c: the kernel's return codes as errno values.
 */
#include <errno.h>

#include "layer.h"

long kos_errno(Retcode rc)
{
    switch (rc) {
    case rcOk:
        return 0;
    case rcInvalidArgument:
        return -EINVAL;
    case rcOutOfMemory:
    case rcQuotaExceeded:
        return -ENOMEM;
    case rcFutexWouldBlock:
    case rcBusy:
        return -EAGAIN;
    case rcTimeout:
        return -ETIMEDOUT;
    case rcIpcInterrupt:
        return -EINTR;
    case rcSecurityDisallow:
        return -EACCES;
    case rcUnimplemented:
        return -ENOSYS;
    case rcResourceNotFound:
        return -ESRCH;
    default:
        return -EIO;
    }
}
