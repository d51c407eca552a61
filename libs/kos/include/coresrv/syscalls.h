/*
 * coresrv/syscalls.h: the system calls for messages, on buffers described by SMsgHdr.
 *
 * Every call returns rcOk, or: rcInvalidArgument (malformed message or header, not an IPC handle),
 * rcSecurityDisallow (refused by the security module, or a right is missing), rcNotConnected (the
 * other side is gone), rcIpcInterrupt (the sync object was set), rcTimeout, rcSourceFault and
 * rcTargetFault (a buffer is bad or too small, on the sender's or the receiver's side).
 */
#ifndef CORESRV_SYSCALLS_H
#define CORESRV_SYSCALLS_H

#include <ipc/if_rend.h>
#include <services/rtl/nk_msg.h>

__RTL_BEGIN_DECLS

/* Sends *msgOut through a client or callable handle and waits for the response. */
Retcode Call(Handle handle, const SMsgHdr *msgOut, SMsgHdr *msgIn);
/* timeout in milliseconds, for the whole exchange; syncHandle interrupts while the request waits
 * for a receiver. INFINITE_TIMEOUT and INVALID_HANDLE for none. */
Retcode CallEx(Handle handle, const SMsgHdr *msgOut, SMsgHdr *msgIn, rtl_uint32_t timeout,
               Handle syncHandle);

/* Waits for a request on a server or listener handle. */
Retcode Recv(Handle handle, SMsgHdr *msgIn);
Retcode RecvEx(Handle handle, SMsgHdr *msgIn, rtl_uint32_t timeout, Handle syncHandle);

/* Answers the request named by msgOut->replyToken; if that is zero, the one that the calling thread
 * received last. The handle is the one it was received on and is not looked at. */
Retcode Reply(Handle handle, const SMsgHdr *msgOut);

__RTL_END_DECLS

#endif
