/*
 * syscalls.c: Call, Recv and Reply on SMsgHdr, and its packing. See coresrv/syscalls.h.
 */
#include <coresrv/syscalls.h>
#include <tessera/pack.h>

/* For a Reply that does not say which request it answers. */
static _Thread_local uint64_t last_token;

nk_err_t PackOutMsg(SMsgHdr *hdr, const struct nk_message *msg, const struct nk_arena *arena)
{
    if (!kn_is_sendable(msg, arena)) {
        return NK_EBADMSG;
    }
    *hdr = (SMsgHdr){0};
    hdr->indirDescs[SMSG_CONSTANT].buf = (void *)(uintptr_t)msg;
    hdr->indirDescs[SMSG_CONSTANT].size = msg->size;
    if (nk_arena_used(arena)) {
        hdr->indirDescs[SMSG_ARENA].buf = arena->start;
        hdr->indirDescs[SMSG_ARENA].size = (rtl_uint32_t)nk_arena_used(arena);
    }
    return NK_EOK;
}

nk_err_t PackInMsg(SMsgHdr *hdr, struct nk_message *msg, struct nk_arena *arena)
{
    if (!kn_is_sendable(msg, arena)) {
        return NK_EBADMSG;
    }
    *hdr = (SMsgHdr){0};
    hdr->indirDescs[SMSG_CONSTANT].buf = msg;
    hdr->indirDescs[SMSG_CONSTANT].size = msg->size;
    if (arena) {
        hdr->indirDescs[SMSG_ARENA].buf = arena->start;
        hdr->indirDescs[SMSG_ARENA].size = (rtl_uint32_t)nk_arena_capacity(arena);
        hdr->arena = arena;
    }
    return NK_EOK;
}

/* What a header describes. */
struct view {
    struct nk_message *msg;
    struct nk_arena arena;
};

/* A null buffer makes an arena of size zero. */
static void bind_arena(struct nk_arena *arena, const SIndirDesc *desc)
{
    nk_arena_init(arena, desc->buf, (void *)((uintptr_t)desc->buf + (desc->buf ? desc->size : 0)));
}

static int view_out(const SMsgHdr *hdr, struct view *view)
{
    const SIndirDesc *constant = &hdr->indirDescs[SMSG_CONSTANT];
    const SIndirDesc *arena = &hdr->indirDescs[SMSG_ARENA];

    if (hdr->immSize || !constant->buf || constant->size < KN_HEADER_BYTES) {
        return 0;
    }
    view->msg = constant->buf;
    bind_arena(&view->arena, arena);
    view->arena.current = view->arena.end;
    return view->msg->size == constant->size;
}

static int view_in(SMsgHdr *hdr, struct view *view, struct kn_buf *in)
{
    const SIndirDesc *constant = &hdr->indirDescs[SMSG_CONSTANT];
    const SIndirDesc *arena = &hdr->indirDescs[SMSG_ARENA];

    if (hdr->immSize || !constant->buf || constant->size < KN_HEADER_BYTES) {
        return 0;
    }
    view->msg = constant->buf;
    bind_arena(&view->arena, arena);
    kn_describe(view->msg, &view->arena, in);
    in->head_size = constant->size;
    return 1;
}

static Retcode finish_in(SMsgHdr *hdr, struct view *view, const struct kn_words *words,
                         const struct kn_received *received)
{
    nk_err_t err = kn_unpack(words, received, view->msg, hdr->indirDescs[SMSG_CONSTANT].size,
                             &view->arena);

    if (hdr->arena) {
        hdr->arena->current = view->arena.current;
    }
    hdr->indirDescs[SMSG_ARENA].size = (rtl_uint32_t)nk_arena_used(&view->arena);
    return err == NK_EOK ? rcOk : rcTargetFault;
}

static const struct kn_ex *fill_ex(struct kn_ex *ex, rtl_uint32_t timeout, Handle sync)
{
    if (timeout == INFINITE_TIMEOUT && sync == INVALID_HANDLE) {
        return NULL;
    }
    ex->timeout = timeout == INFINITE_TIMEOUT ? KN_INFINITE : timeout;
    ex->sync = sync;
    ex->reserved = 0;
    return ex;
}

Retcode CallEx(Handle handle, const SMsgHdr *msgOut, SMsgHdr *msgIn, rtl_uint32_t timeout,
               Handle syncHandle)
{
    struct view out_view, in_view;
    struct kn_words words;
    struct kn_received received;
    struct kn_buf out, in;
    struct kn_ex ex;
    Retcode rc;

    if (!msgOut || !msgIn || !view_out(msgOut, &out_view) || !view_in(msgIn, &in_view, &in)) {
        return rcInvalidArgument;
    }
    rc = kn_call(handle, &words, kn_pack(out_view.msg, &out_view.arena, &words, &out), &in,
                 fill_ex(&ex, timeout, syncHandle), &received);
    return rc == rcOk ? finish_in(msgIn, &in_view, &words, &received) : rc;
}

Retcode Call(Handle handle, const SMsgHdr *msgOut, SMsgHdr *msgIn)
{
    return CallEx(handle, msgOut, msgIn, INFINITE_TIMEOUT, INVALID_HANDLE);
}

Retcode RecvEx(Handle handle, SMsgHdr *msgIn, rtl_uint32_t timeout, Handle syncHandle)
{
    struct view view;
    struct kn_words words;
    struct kn_received received;
    struct kn_buf in;
    struct kn_ex ex;
    Retcode rc;

    if (!msgIn || !view_in(msgIn, &view, &in)) {
        return rcInvalidArgument;
    }
    rc = kn_recv(handle, &words, &in, fill_ex(&ex, timeout, syncHandle), &received);
    if (rc != rcOk) {
        return rc;
    }
    last_token = received.token;
    msgIn->replyToken = received.token;
    msgIn->replyHandle = handle;
    rc = finish_in(msgIn, &view, &words, &received);
    if (rc == rcOk) {
        view.msg->self.handle = NK_INVALID_HANDLE;
        view.msg->self.rights = (nk_rights_t)received.rights;
        view.msg->self.badge = received.badge;
    }
    return rc;
}

Retcode Recv(Handle handle, SMsgHdr *msgIn)
{
    return RecvEx(handle, msgIn, INFINITE_TIMEOUT, INVALID_HANDLE);
}

Retcode Reply(Handle handle, const SMsgHdr *msgOut)
{
    struct view view;
    struct kn_words words;
    struct kn_buf out;
    const struct kn_buf *sent;
    uint64_t token;

    (void)handle;
    if (!msgOut || !view_out(msgOut, &view)) {
        return rcInvalidArgument;
    }
    token = msgOut->replyToken ? msgOut->replyToken : last_token;
    if (!token) {
        return rcInvalidOperation;
    }
    if (token == last_token) {
        last_token = 0;
    }
    sent = kn_pack(view.msg, &view.arena, &words, &out);
    if (KN_WORD_KIND(words.word) == NK_MESSAGE_REQUEST) {
        words.word |= (uint64_t)NK_MESSAGE_RESPONSE << 56;
    }
    return kn_reply(token, &words, sent);
}
