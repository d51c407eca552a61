/*
 * transport.c: NkKosTransport, the nk transport over Call, Recv and Reply.
 *
 * Sizes that decide what is copied come from the message word that the kernel checked. What a
 * response leaves in the response arena is its owner's; a reply empties the arena it was sent from,
 * so that a server that never resets it does not fill it up.
 */
#include <coresrv/nk/transport-kos.h>
#include <string.h>
#include <tessera/pack.h>

#define DEAD_STACK 4096u /* below the stack pointer: surely memory of a function that returned */

nk_err_t NkKosErrorFromRetcode(Retcode rc)
{
    switch (rc) {
    case rcOk:
        return NK_EOK;
    case rcSecurityDisallow:
        return NK_EPERM;
    case rcNotConnected:
        return NK_ENOTCONN;
    case rcInvalidArgument:
        return NK_EINVAL;
    case rcOutOfMemory:
    case rcQuotaExceeded:
        return NK_ENOMEM;
    case rcTimeout:
        return NK_ETIMEDOUT;
    case rcIpcInterrupt:
    case rcRestart:
    case rcBusy:
        return NK_EAGAIN;
    case rcHandleRevoked:
        return NK_ESTALE;
    case rcBufferTooSmall:
    case rcBufferTooLarge:
        return NK_EMSGSIZE;
    case rcSourceFault:
    case rcTargetFault:
        return NK_EFAULT;
    case rcUnimplemented:
        return NK_ENOSYS;
    case rcResourceNotFound:
        return NK_ENOENT;
    default:
        return NK_EIO;
    }
}

/* Says what is wrong with an arena. Zero if it cannot be used at all. */
static __attribute__((noinline, cold)) int report_arena(const struct nk_arena *arena)
{
    if (!nk_arena_is_sound(arena)) {
        nk_arena_report("its bounds are crossed (start <= current <= end must hold)", arena, 0);
        return 0;
    }
    nk_arena_report("it lies in the stack frame of a function that has returned", arena, 0);
    return 1;
}

/* Zero for an arena that cannot be right; one on the dead part of the stack is told but tried. */
static inline int is_arena_good(const struct nk_arena *arena)
{
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

    if (!arena || __builtin_expect(nk_arena_is_sound(arena) &&
                                       frame - (uintptr_t)arena->end >= DEAD_STACK,
                                   1)) {
        return 1;
    }
    return report_arena(arena);
}

static inline const struct kn_ex *sync_ex(const NkKosTransport *transport, struct kn_ex *ex)
{
    if (__builtin_expect(transport->sync == INVALID_HANDLE, 1)) {
        return NULL;
    }
    ex->timeout = KN_INFINITE;
    ex->sync = transport->sync;
    ex->reserved = 0;
    return ex;
}

static nk_err_t transport_call(struct nk_transport *base, const struct nk_message *req,
                               const struct nk_arena *req_arena, struct nk_message *res,
                               struct nk_arena *res_arena)
{
    NkKosTransport *transport = (NkKosTransport *)base;
    struct kn_words words;
    struct kn_received received;
    struct kn_buf out, in;
    struct kn_ex ex;
    nk_size_t capacity = res->size;
    Retcode rc;

    if (req->size < KN_HEADER_BYTES || !is_arena_good(req_arena) || !is_arena_good(res_arena)) {
        return NK_EBADMSG;
    }
    kn_describe(res, res_arena, &in);
    rc = kn_call(transport->handle, &words, kn_pack(req, req_arena, &words, &out), &in,
                 sync_ex(transport, &ex), &received);
    if (rc != rcOk) {
        return NkKosErrorFromRetcode(rc);
    }
    return kn_unpack(&words, &received, res, capacity, res_arena);
}

/* A request that does not fit its buffer is refused to its sender. */
static void refuse(NkKosTransport *transport, const struct kn_words *request)
{
    struct kn_words words = {KN_WORD(KN_WORD_IID(request->word), KN_WORD_MID(request->word),
                                     KN_HEADER_BYTES, 0, NK_MESSAGE_FAILED),
                             {NK_EBADMSG}};

    kn_reply(transport->token, &words, NULL);
    transport->token = 0;
}

/* What a Recv left: token, self, payload. */
static nk_err_t take_request(NkKosTransport *transport, const struct kn_words *words,
                             const struct kn_received *received, struct nk_message *req,
                             nk_size_t capacity, struct nk_arena *arena)
{
    transport->token = received->token;
    if (kn_unpack(words, received, req, capacity, arena) != NK_EOK) {
        refuse(transport, words);
        return NK_EBADMSG;
    }
    req->self.handle = NK_INVALID_HANDLE;
    req->self.rights = (nk_rights_t)received->rights;
    req->self.badge = received->badge;
    return NK_EOK;
}

static nk_err_t transport_recv(struct nk_transport *base, struct nk_message *req,
                               struct nk_arena *req_arena)
{
    NkKosTransport *transport = (NkKosTransport *)base;
    struct kn_words words;
    struct kn_received received;
    struct kn_buf in;
    struct kn_ex ex;
    nk_size_t capacity = req->size;
    Retcode rc;

    if (!is_arena_good(req_arena)) {
        return NK_EBADMSG;
    }
    kn_describe(req, req_arena, &in);
    rc = kn_recv(transport->handle, &words, &in, sync_ex(transport, &ex), &received);
    if (rc != rcOk) {
        return NkKosErrorFromRetcode(rc);
    }
    return take_request(transport, &words, &received, req, capacity, req_arena);
}

/* Programs that answer without the generated dispatcher leave the kind at "request". */
static inline uint64_t response_word(uint64_t word)
{
    return word >> 56 ? word : word | (uint64_t)NK_MESSAGE_RESPONSE << 56;
}

static inline void empty_sent_arena(const struct nk_arena *arena)
{
    if (arena && arena->current != arena->start) {
        nk_arena_reset((struct nk_arena *)(uintptr_t)arena);
    }
}

static nk_err_t transport_reply(struct nk_transport *base, const struct nk_message *res,
                                const struct nk_arena *res_arena)
{
    NkKosTransport *transport = (NkKosTransport *)base;
    struct kn_words words;
    struct kn_buf out;
    const struct kn_buf *sent;
    Retcode rc;

    if (!transport->token) {
        return NK_ENOMSG;
    }
    if (res->size < KN_HEADER_BYTES || !is_arena_good(res_arena)) {
        return NK_EBADMSG;
    }
    sent = kn_pack(res, res_arena, &words, &out);
    words.word = response_word(words.word);
    rc = kn_reply(transport->token, &words, sent);
    transport->token = 0;
    if (rc == rcOk) {
        empty_sent_arena(res_arena);
    }
    return NkKosErrorFromRetcode(rc);
}

nk_err_t NkKosTransport_ReplyRecv(NkKosTransport *transport, const struct nk_message *res,
                                  const struct nk_arena *res_arena, struct nk_message *req,
                                  struct nk_arena *req_arena)
{
    struct kn_words words;
    struct kn_received received;
    struct kn_buf out, in;
    const struct kn_buf *sent;
    nk_size_t capacity = req->size;
    nk_err_t err;
    Retcode rc;

    if (!transport->token || transport->sync != INVALID_HANDLE) {
        err = transport->token ? transport_reply(&transport->base, res, res_arena) : NK_EOK;
        return err == NK_EOK ? transport_recv(&transport->base, req, req_arena) : err;
    }
    if (res->size < KN_HEADER_BYTES || !is_arena_good(res_arena) || !is_arena_good(req_arena)) {
        return NK_EBADMSG;
    }
    sent = kn_pack(res, res_arena, &words, &out);
    words.word = response_word(words.word);
    kn_describe(req, req_arena, &in);
    rc = kn_reply_recv(transport->token, transport->handle, &words, sent, &in, &received);
    transport->token = 0;
    if (rc != rcOk) {
        return NkKosErrorFromRetcode(rc);
    }
    if (res_arena != req_arena) {
        empty_sent_arena(res_arena);
    }
    return take_request(transport, &words, &received, req, capacity, req_arena);
}

static const struct nk_transport_ops ops = {
    .call = transport_call,
    .recv = transport_recv,
    .reply = transport_reply,
};

void NkKosTransport_Init(NkKosTransport *transport, Handle handle, void *buf, nk_size_t size)
{
    (void)buf;
    (void)size;
    NkKosTransportSync_Init(transport, handle, INVALID_HANDLE);
}

void NkKosTransportSync_Init(NkKosTransport *transport, Handle handle, Handle sync)
{
    transport->base.ops = &ops;
    transport->handle = handle;
    transport->sync = sync;
    transport->token = 0;
}

nk_err_t NkKosCopyStringToArena(struct nk_arena *arena, nk_ptr_t *desc, const char *str)
{
    return nk_arena_store(nk_char_t, arena, desc, str, strlen(str) + 1);
}
