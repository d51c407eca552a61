/*
 * services/rtl/nk_msg.h: binds a message and its arena to the header of the system calls.
 */
#ifndef SERVICES_RTL_NK_MSG_H
#define SERVICES_RTL_NK_MSG_H

#include <ipc/if_rend.h>
#include <nk/message.h>

__RTL_BEGIN_DECLS

/* For a message to send: the constant part, whose size stands in its header, and the used part of
 * the arena (or null). NK_EBADMSG if the header or the arena cannot be right. */
nk_err_t PackOutMsg(SMsgHdr *hdr, const struct nk_message *msg, const struct nk_arena *arena);

/* For a message to receive: room for the constant part of the size that the header says
 * (nk_req_reset) and the whole arena (or null). The arena's used part is set when the message is
 * there. NK_EBADMSG as above. */
nk_err_t PackInMsg(SMsgHdr *hdr, struct nk_message *msg, struct nk_arena *arena);

__RTL_END_DECLS

#endif
