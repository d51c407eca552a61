/*
 * nk/message.h: setters of the message header, and the macros that take a whole generated
 * structure.
 *
 * The macros want a pointer to a structure or union whose first member is `base_`. They touch the
 * header alone: fields that were filled before a reset stay as they are.
 */
#ifndef NK_MESSAGE_H
#define NK_MESSAGE_H

#include <nk/types.h>

/* Bytes of the whole constant part; of a buffer to receive into: its capacity. */
static inline void nk_message_set_size(struct nk_message *msg, nk_size_t size)
{
    msg->size = (nk_uint16_t)size;
}

static inline void nk_message_set_iid(struct nk_message *msg, nk_iid_t iid)
{
    msg->iid = iid;
}

static inline void nk_message_set_mid(struct nk_message *msg, nk_mid_t mid)
{
    msg->mid = mid;
}

/* Handles in the constant part. */
static inline void nk_message_set_ncaps(struct nk_message *msg, nk_size_t ncaps)
{
    msg->ncaps = (nk_uint8_t)ncaps;
}

/* Clears the whole header and makes it a request of `size` bytes and the given kind. */
static inline void nk_message_reset_(struct nk_message *msg, nk_size_t size, nk_uint8_t kind)
{
    msg->self.handle = NK_INVALID_HANDLE;
    msg->self.rights = 0;
    msg->self.badge = 0;
    msg->iid = 0;
    msg->mid = 0;
    msg->size = (nk_uint16_t)size;
    msg->ncaps = 0;
    msg->kind = kind;
}

/* Clears the header except the size and makes it a request's. */
static inline void nk_message_make_req(struct nk_message *msg)
{
    nk_message_reset_(msg, msg->size, NK_MESSAGE_REQUEST);
}

/* Makes the header say that the method returned `err`; no parameters follow. iid and mid stay. */
static inline void nk_message_make_failed(struct nk_message *msg, int err)
{
    msg->self.handle = (nk_handle_t)err;
    msg->self.rights = 0;
    msg->self.badge = 0;
    msg->size = sizeof(*msg);
    msg->ncaps = 0;
    msg->kind = NK_MESSAGE_FAILED;
}

/* The error of a message of kind "failed"; zero for every other. */
static inline int nk_message_failure(const struct nk_message *msg)
{
    return msg->kind == NK_MESSAGE_FAILED ? (int)msg->self.handle : 0;
}

/* A request (or the room for a message to receive) of the size of *p. */
#define nk_req_reset(p) nk_message_reset_(&(p)->base_, sizeof(*(p)), NK_MESSAGE_REQUEST)
/* The parameters of a method that succeeded. */
#define nk_res_reset(p) nk_message_reset_(&(p)->base_, sizeof(*(p)), NK_MESSAGE_RESPONSE)
/* The error parameters of a method that answers with them (extended errors). */
#define nk_err_reset(p) nk_message_reset_(&(p)->base_, sizeof(*(p)), NK_MESSAGE_ERROR)

#define nk_msg_set_method_id(p, iid_, mid_)                                                        \
    ((void)((p)->base_.iid = (nk_iid_t)(iid_)), (void)((p)->base_.mid = (nk_mid_t)(mid_)))
#define nk_msg_set_ncaps(p, n) ((void)((p)->base_.ncaps = (nk_uint8_t)(n)))

/* Non-zero if the message carries error parameters. */
#define nk_msg_check_err(p) ((p)->base_.kind == NK_MESSAGE_ERROR)

#endif
