/*
 * agent.c: the child: a process that does as it is told.
 */
#include "direct.h"

#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/thread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tessera/pack.h>

static Handle listener;
static Notice notice;
static Retcode last_reply;
static uint64_t requests;

/* The parameters that every method has. */
#define METHOD(name)                                                                               \
    static nk_err_t name(struct caps_Agent *self, const caps_Agent_##name##_req *req,              \
                         const struct nk_arena *req_arena, caps_Agent_##name##_res *res,           \
                         struct nk_arena *res_arena)
#define UNUSED                                                                                     \
    (void)self;                                                                                    \
    (void)req_arena;                                                                               \
    (void)res_arena

METHOD(Give)
{
    struct seen seen = seen_of(&req->h);

    UNUSED;
    res->number = seen.number;
    res->rights = seen.rights;
    res->isDereferenced = (nk_uint32_t)seen.is_dereferenced;
    res->context = seen.context;
    return NK_EOK;
}

METHOD(Give7)
{
    UNUSED;
    for (int i = 0; i < 7; i++) {
        res->numbers[i] = nk_get_handle(&req->h[i]);
        res->rights[i] = nk_get_rights(&req->h[i]);
    }
    return NK_EOK;
}

METHOD(Take)
{
    UNUSED;
    res->h = nk_handle_desc(req->number, req->rights, req->badge);
    return NK_EOK;
}

METHOD(Take7)
{
    UNUSED;
    for (int i = 0; i < 7; i++) {
        res->h[i] = nk_handle_desc(req->numbers[i], req->rights, req->badge);
    }
    return NK_EOK;
}

METHOD(Send)
{
    struct direct direct;
    struct caps_Agent *peer = direct_init(&direct, req->channel, AGENT);
    caps_Agent_Give_req give = {.h = nk_handle_desc(req->number, req->rights, req->badge)};
    caps_Agent_Give_res got;

    UNUSED;
    memset(&got, 0, sizeof(got));
    caps_Agent_Give(peer, &give, NULL, &got, NULL);
    res->rc = direct.rc;
    res->got = got.number;
    res->gotRights = got.rights;
    res->isDereferenced = got.isDereferenced;
    res->context = got.context;
    return NK_EOK;
}

METHOD(Send7)
{
    struct direct direct;
    struct caps_Agent *peer = direct_init(&direct, req->channel, AGENT);
    caps_Agent_Give7_req give;
    caps_Agent_Give7_res got;

    UNUSED;
    memset(&got, 0, sizeof(got));
    for (int i = 0; i < 7; i++) {
        give.h[i] = nk_handle_desc(req->numbers[i], req->rights, req->badge);
    }
    caps_Agent_Give7(peer, &give, NULL, &got, NULL);
    res->rc = direct.rc;
    memcpy(res->got, got.numbers, sizeof(res->got));
    return NK_EOK;
}

METHOD(Fetch)
{
    struct direct direct;
    struct caps_Agent *peer = direct_init(&direct, req->channel, AGENT);
    caps_Agent_Take_req take = {.number = req->number, .rights = req->rights, .badge = req->badge};
    caps_Agent_Take_res got;
    struct seen seen;

    UNUSED;
    memset(&got, 0, sizeof(got));
    caps_Agent_Take(peer, &take, NULL, &got, NULL);
    seen = seen_of(&got.h);
    res->rc = direct.rc;
    res->got = seen.number;
    res->gotRights = seen.rights;
    res->isDereferenced = (nk_uint32_t)seen.is_dereferenced;
    res->context = seen.context;
    return NK_EOK;
}

METHOD(Ping)
{
    nk_badge_t context = 0;

    UNUSED;
    res->y = req->x + 1;
    res->rights = nk_get_rights(&req->base_.self);
    res->isDereferenced = (nk_uint32_t)nk_is_handle_dereferenced(&req->base_.self);
    nk_get_badge(&req->base_.self, &context);
    res->context = context;
    return NK_EOK;
}

static Retcode ping(Handle handle, nk_iid_t riid, uint64_t *context, uint64_t *rights)
{
    struct direct direct;
    struct caps_Agent *peer = direct_init(&direct, handle, riid);
    caps_Agent_Ping_req req = {.x = 41};
    caps_Agent_Ping_res res;

    memset(&res, 0, sizeof(res));
    if (caps_Agent_Ping(peer, &req, NULL, &res, NULL) == NK_EOK && res.y != 42) {
        return rcInternalError;
    }
    *context = res.context;
    *rights = res.rights | (res.isDereferenced ? 1u << 31 : 0);
    return direct.rc;
}

/* ---- a Call that waits ---- */

static Handle call_handle;
static volatile Retcode call_rc;

static int call_main(void *context)
{
    uint64_t seen, rights;

    (void)context;
    call_rc = ping(call_handle, AGENT, &seen, &rights);
    return 0;
}

static Retcode call_start(Handle handle)
{
    Tid tid;

    call_handle = handle;
    call_rc = rcBusy;
    return KosThreadCreate(&tid, ThreadPriorityNormal, 0, call_main, NULL, 0);
}

/* ---- operations ---- */

static Retcode event(uint32_t ms, uint64_t *id, uint64_t *mask)
{
    EventDesc desc;
    rtl_size_t count;
    Retcode rc = KnNoticeGetEvent(notice, ms, 1, &desc, &count);

    if (rc == rcOk) {
        *id = desc.eventId;
        *mask = desc.eventMask;
    }
    return rc;
}

/* Operations that make a handle. */
static Retcode make(const caps_Agent_Do_req *req, Handle *handle)
{
    void *context = (void *)(uintptr_t)req->c;

    switch (req->what) {
    case DO_COPY:
        return KnHandleCopy(req->a, req->b, (Handle)req->c, handle);
    case DO_MAKE:
        return KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, req->a, context, handle);
    case DO_MAKE_CALLABLE:
        return KnHandleCreateUserObjectEx(HANDLE_TYPE_USER_LAST, req->a, context, listener,
                                          (nk_iid_t)req->b, handle);
    default:
        return KnHandleCreateBadge(notice, (rtl_uintptr_t)req->c, context, handle);
    }
}

static Retcode change(const caps_Agent_Do_req *req)
{
    switch (req->what) {
    case DO_CLOSE:
        return KnHandleClose(req->a);
    case DO_REVOKE:
        return KnHandleRevoke(req->a);
    case DO_REVOKE_SUBTREE:
        return KnHandleRevokeSubtree(req->a, req->b);
    case DO_SET_EVENT:
        return KnNoticeSetObjectEvent(req->a, req->b);
    case DO_SUBSCRIBE:
        return KnNoticeSubscribeToObject(notice, req->a, req->b, (rtl_uintptr_t)req->c);
    default:
        return KnNoticeUnsubscribeFromObject(notice, req->a);
    }
}

#define PAGE 4096u

static Retcode map(Handle handle, uint64_t *address)
{
    void *at = NULL;
    Retcode rc = KnPmmMdlMap(handle, 0, PAGE, NULL, VMM_FLAG_READ, &at);

    *address = (uintptr_t)at;
    return rc;
}

/* Reads memory without dying of it. */
static Retcode read_at(uint64_t address)
{
    Handle copy;
    Retcode rc =
        KnPmmMdlCreateFromBuf((const void *)(uintptr_t)address, 8, VMM_FLAG_READ, &copy);

    if (rc == rcOk) {
        KnHandleClose(copy);
    }
    return rc;
}

static Retcode take_last_reply(void)
{
    Retcode rc = last_reply;

    last_reply = rcOk;
    return rc;
}

METHOD(Do)
{
    Handle made = INVALID_HANDLE, same = INVALID_HANDLE;

    UNUSED;
    switch (req->what) {
    case DO_COPY:
    case DO_MAKE:
    case DO_MAKE_CALLABLE:
    case DO_BADGE:
        res->rc = make(req, &made);
        res->value = made;
        break;
    case DO_SID:
        res->rc = KnHandleGetSidByHandle(req->a, &res->value);
        break;
    case DO_EVENT:
        res->rc = event(req->a, &res->value, &res->other);
        break;
    case DO_PING:
        res->rc = ping(req->a, (nk_iid_t)req->b, &res->value, &res->other);
        break;
    case DO_CONNECT:
        res->rc = KnHandleConnect(INVALID_HANDLE, &same, NULL, &made);
        res->value = same;
        res->other = made;
        break;
    case DO_CALL:
        res->rc = call_start(req->a);
        break;
    case DO_CALL_RESULT:
        res->rc = call_rc;
        break;
    case DO_LAST_REPLY:
        res->rc = take_last_reply();
        break;
    case DO_REQUESTS:
        res->value = requests;
        break;
    case DO_MEMORY:
        res->rc = KnPmmMdlCreate(PAGE, VMM_FLAG_READ | VMM_FLAG_WRITE, &made);
        res->value = made;
        break;
    case DO_MAP:
        res->rc = map(req->a, &res->value);
        break;
    case DO_UNMAP:
        res->rc = KnVmUnmap((void *)(uintptr_t)req->c, PAGE);
        break;
    case DO_READ:
        res->rc = read_at(req->c);
        break;
    case DO_EXIT:
        exit((int)req->a);
    default:
        res->rc = change(req);
    }
    return NK_EOK;
}

/* Recv, dispatch, Reply, with the kernel's own codes. */
static int serve(caps_Process_entity *entity)
{
    static caps_Process_entity_req req;
    static caps_Process_entity_res res;
    struct kn_words words;
    struct kn_received received;
    struct kn_buf in, out;

    for (;;) {
        memset(&res, 0, sizeof(res));
        nk_req_reset(&req);
        kn_describe(&req.base_, NULL, &in);
        if (kn_recv(listener, &words, &in, NULL, &received) != rcOk) {
            return 1;
        }
        requests++;
        kn_unpack(&words, &received, &req.base_, sizeof(req), NULL);
        req.base_.self.handle = NK_INVALID_HANDLE;
        req.base_.self.rights = (nk_rights_t)received.rights;
        req.base_.self.badge = received.badge;
        caps_Process_entity_dispatch(entity, &req.base_, NULL, &res.base_, NULL);
        Retcode rc = kn_reply(received.token, &words,
                              kn_pack(&res.base_, NULL, &words, &out));
        if (rc != rcOk) {
            last_reply = rc;
        }
    }
}

/* Makes many handles and keeps them. */
static int hoard(void)
{
    static volatile int stays = 1;
    Handle handle;

    for (int i = 0; i < 1500; i++) {
        if (KnHandleCreateListener(&handle) != rcOk) {
            return 1;
        }
    }
    while (stays) {
        KnSleep(1000);
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct caps_Agent_ops ops = {
        .Give = Give, .Give7 = Give7, .Take = Take, .Take7 = Take7, .Send = Send,
        .Send7 = Send7, .Fetch = Fetch, .Do = Do, .Ping = Ping,
    };
    static struct caps_Agent agent = {&ops};
    caps_Process_entity entity;

    if (argc > 1 && !strcmp(argv[1], "big")) {
        return test_big();
    }
    if (argc > 1 && !strcmp(argv[1], "hoard")) {
        return hoard();
    }
    listener = argc > 2 ? (Handle)strtoul(argv[2], NULL, 10) : INVALID_HANDLE;
    if (KnNoticeCreate(&notice) != rcOk) {
        fprintf(stderr, "FAIL agent: no notice\n");
        return 1;
    }
    caps_Process_entity_init(&entity, &agent);
    return serve(&entity);
}
