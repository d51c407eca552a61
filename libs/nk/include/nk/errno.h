/*
 * nk/errno.h: nk_err_t, the result of generated code and of transports.
 *
 * Zero is success. The values are the usual ones of POSIX systems (ours to fix: the documents leave
 * them open). What a transport makes of a kernel's return code:
 *
 *   rcOk                                    NK_EOK
 *   rcSecurityDisallow                      NK_EPERM      the security module or a missing right
 *   rcNotConnected                          NK_ENOTCONN   the other side is gone
 *   rcInvalidArgument                       NK_EINVAL     bad handle, or a malformed message
 *   rcOutOfMemory, rcQuotaExceeded          NK_ENOMEM
 *   rcTimeout                               NK_ETIMEDOUT
 *   rcIpcInterrupt, rcRestart, rcBusy       NK_EAGAIN
 *   rcHandleRevoked                         NK_ESTALE
 *   rcBufferTooSmall, rcBufferTooLarge      NK_EMSGSIZE
 *   rcSourceFault, rcTargetFault            NK_EFAULT     a buffer is bad or too small
 *   rcUnimplemented                         NK_ENOSYS
 *   rcResourceNotFound                      NK_ENOENT
 *   anything else                           NK_EIO
 *
 * NK_EBADMSG is what a transport itself answers when a header cannot be right before it is sent,
 * and when a message does not fit the buffer that nk_req_reset() described.
 */
#ifndef NK_ERRNO_H
#define NK_ERRNO_H

typedef int nk_err_t;

#define NK_EOK       0
#define NK_EPERM     1
#define NK_ENOENT    2
#define NK_EINTR     4
#define NK_EIO       5
#define NK_E2BIG     7
#define NK_EBADF     9
#define NK_EAGAIN    11
#define NK_ENOMEM    12
#define NK_EACCES    13
#define NK_EFAULT    14
#define NK_EBUSY     16
#define NK_EEXIST    17
#define NK_ENODEV    19
#define NK_EINVAL    22
#define NK_ENOSPC    28
#define NK_EPIPE     32
#define NK_ERANGE    34
#define NK_ENOSYS    38
#define NK_ENOTEMPTY 39
#define NK_ENOMSG    42
#define NK_EPROTO    71
#define NK_EBADMSG   74
#define NK_EOVERFLOW 75
#define NK_EMSGSIZE  90
#define NK_ENOTSUP   95
#define NK_ENOTCONN  107
#define NK_ETIMEDOUT 110
#define NK_EALREADY  114
#define NK_ESTALE    116
#define NK_ECANCELED 125

#endif
