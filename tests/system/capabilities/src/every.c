/*
 * every.c: every call of the kernel that takes a handle, with handles that it must refuse: revoked, closed,
 * never given, of another kind, without the right.
 *
 * One line of `calls` for each handle that a call takes (tests/tools/rights.sh compares them with the
 * interfaces and with docs/reference/rights.md): the kinds that it accepts and the right that it needs. The
 * other handles of the call are good ones.
 */
#include "remote.h"

#include <coresrv/vmm/vmm_api.h>
#include <kl/core/Core.edl.h>
#include <tessera/handle_info.h>
#include <tessera/pack.h>

#define PAGE 4096u

/* One handle of each kind, in this process. */
static Handle good[HANDLE_KIND_MDL + 1];

#define KIND(name)  (1u << HANDLE_KIND_##name)
#define ANY         (~1u)
#define IPC_SERVERS (KIND(LISTENER) | KIND(SERVER))

/* try_INTERFACE_METHOD_PARAMETER(handle): the call's code. `others` sets what else it needs. */
#define TRY(part, iface, method, param, others)                                                    \
    static Retcode try_##iface##_##method##_##param(Handle handle)                                 \
    {                                                                                              \
        kl_core_##iface##_##method##_req req;                                                      \
        kl_core_##iface##_##method##_res res;                                                      \
        struct nk_arena arena = NK_ARENA_INITIALIZER(arena_memory, arena_memory + PAGE);           \
        Retcode rc;                                                                                \
        memset(&req, 0, sizeof(req));                                                              \
        memset(&res, 0, sizeof(res));                                                              \
        nk_req_reset(&req);                                                                        \
        nk_req_reset(&res);                                                                        \
        nk_msg_set_method_id(&req, kl_core_Core_##part##_##iface##_iid,                            \
                             kl_core_##iface##_##method##_mid);                                    \
        others;                                                                                    \
        req.param = handle;                                                                        \
        rc = core_call(&req.base_, &arena, &res.base_, NULL);                                      \
        return rc != rcOk ? rc : res.rc;                                                           \
    }

static char arena_memory[PAGE];

TRY(handle, Handle, Close, handle, (void)0)
TRY(handle, Handle, Connect, listener, (void)0)
TRY(handle, Handle, ConnectEx, server, (void)0)
TRY(handle, Handle, ConnectEx, client, (void)0)
TRY(handle, Handle, Copy, inHandle, (void)0)
TRY(handle, Handle, Copy, copyBadge, req.inHandle = good[HANDLE_KIND_USER])
TRY(handle, Handle, CreateUserObject, ipcChannel,
    (req.type = HANDLE_TYPE_USER_FIRST, req.rights = OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER))
TRY(handle, Handle, CreateBadge, notice, (void)0)
TRY(handle, Handle, Revoke, handle, (void)0)
TRY(handle, Handle, RevokeSubtree, handle, req.badge = good[HANDLE_KIND_BADGE])
TRY(handle, Handle, RevokeSubtree, badge, req.handle = good[HANDLE_KIND_USER])
TRY(handle, Handle, GetSidByHandle, handle, (void)0)
TRY(notice, Notice, SubscribeToObject, notify,
    (req.object = good[HANDLE_KIND_USER], req.evMask = OBJECT_EVENT_USER(1)))
TRY(notice, Notice, SubscribeToObject, object,
    (req.notify = good[HANDLE_KIND_NOTICE], req.evMask = OBJECT_EVENT_USER(1)))
TRY(notice, Notice, UnsubscribeFromEvent, notify, req.object = good[HANDLE_KIND_USER])
TRY(notice, Notice, UnsubscribeFromEvent, object, req.notify = good[HANDLE_KIND_NOTICE])
TRY(notice, Notice, UnsubscribeFromObject, notify, req.object = good[HANDLE_KIND_USER])
TRY(notice, Notice, UnsubscribeFromObject, object, req.notify = good[HANDLE_KIND_NOTICE])
TRY(notice, Notice, GetEvent, notify, (void)0)
TRY(notice, Notice, DropAndWake, notify, (void)0)
TRY(notice, Notice, SetObjectEvent, object, req.evMask = OBJECT_EVENT_USER(1))
TRY(task, Task, SetStart, task,
    nk_arena_store(nk_uint8_t, &arena, &req.block, (const nk_uint8_t *)"x", 1))
TRY(task, Task, Resume, task, (void)0)
TRY(task, Task, Terminate, task, (void)0)
TRY(task, Task, Wait, task, (void)0)
TRY(task, Task, NextHandle, task, (void)0)
TRY(task, Task, LoadSeg, task,
    (req.mdl = good[HANDLE_KIND_MDL], req.size = 1, req.va = 1u << 20, req.memorySize = PAGE,
     req.flags = VMM_FLAG_READ))
TRY(task, Task, LoadSeg, mdl,
    (req.task = good[HANDLE_KIND_PROCESS], req.size = 1, req.va = 1u << 20, req.memorySize = PAGE,
     req.flags = VMM_FLAG_READ))
TRY(task, Task, SetInitialState, task, (void)0)
TRY(task, Task, GetImageBase, task, (void)0)
TRY(task, Task, SetPriorityCeiling, task, req.priority = 8)
TRY(thread, Thread, Alert, thread, (void)0)
TRY(thread, Thread, Terminate, thread, (void)0)
TRY(thread, Thread, GetInfo, thread, (void)0)
TRY(audit, Audit, Close, handle, (void)0)
TRY(audit, Audit, Read, handle, (void)0)
TRY(vmm, VMM, MdlGetSize, mdl, (void)0)
TRY(vmm, VMM, MdlMap, mdl, (req.flags = VMM_FLAG_READ, req.size = PAGE))
TRY(vmm, VMM, MdlClone, mdl, (void)0)

static Retcode try_Call(Handle handle)
{
    struct kn_words words = {
        KN_WORD(AGENT, caps_Agent_Ping_mid, sizeof(caps_Agent_Ping_req), 0, NK_MESSAGE_REQUEST),
        {0},
    };

    return kn_call_short(handle, &words);
}

static Retcode try_Recv(Handle handle)
{
    struct kn_words words;
    struct kn_received received;

    return kn_recv(handle, &words, NULL, NULL, &received);
}

/* A caller that is gone is no reason not to receive. */
static Retcode try_ReplyRecv(Handle handle)
{
    struct kn_words words = {0};
    uint64_t token = 0;

    return kn_reply_recv_short(&token, handle, &words);
}

static const struct {
    const char *name;
    Retcode (*try)(Handle);
    uint32_t kinds; /* accepted: such handles are not tried */
    uint32_t right; /* needed; zero: none */
    int zero;       /* INVALID_HANDLE means something there */
} calls[] = {
#define CALL(iface, method, param, kinds, right, zero)                                             \
    {#iface "." #method " " #param, try_##iface##_##method##_##param, kinds, right, zero}
    CALL(Handle, Close, handle, ANY, 0, 0),
    CALL(Handle, Connect, listener, KIND(LISTENER), OCAP_IPC_LISTEN, 1),
    CALL(Handle, ConnectEx, server, KIND(PROCESS), OCAP_TASK_CONTROL, 1),
    CALL(Handle, ConnectEx, client, KIND(PROCESS), OCAP_TASK_CONTROL, 1),
    CALL(Handle, Copy, inHandle, ANY, OCAP_HANDLE_COPY, 0),
    CALL(Handle, Copy, copyBadge, KIND(BADGE), 0, 1),
    CALL(Handle, CreateUserObject, ipcChannel, IPC_SERVERS, OCAP_IPC_RECV, 1),
    CALL(Handle, CreateBadge, notice, KIND(NOTICE), 0, 0),
    CALL(Handle, Revoke, handle, ANY, 0, 0),
    CALL(Handle, RevokeSubtree, handle, ANY, 0, 0),
    CALL(Handle, RevokeSubtree, badge, KIND(BADGE), 0, 0),
    CALL(Handle, GetSidByHandle, handle, ANY, OCAP_HANDLE_GET_SID, 0),
    CALL(Notice, SubscribeToObject, notify, KIND(NOTICE), 0, 0),
    CALL(Notice, SubscribeToObject, object, ANY, OCAP_HANDLE_GET_EVENT, 0),
    CALL(Notice, UnsubscribeFromEvent, notify, KIND(NOTICE), 0, 0),
    CALL(Notice, UnsubscribeFromEvent, object, ANY, 0, 0),
    CALL(Notice, UnsubscribeFromObject, notify, KIND(NOTICE), 0, 0),
    CALL(Notice, UnsubscribeFromObject, object, ANY, 0, 0),
    CALL(Notice, GetEvent, notify, KIND(NOTICE), 0, 0),
    CALL(Notice, DropAndWake, notify, KIND(NOTICE), 0, 0),
    CALL(Notice, SetObjectEvent, object, KIND(USER), OCAP_HANDLE_SET_EVENT, 0),
    CALL(Task, SetStart, task, KIND(PROCESS), OCAP_TASK_CONTROL, 0),
    CALL(Task, Resume, task, KIND(PROCESS), OCAP_TASK_CONTROL, 0),
    CALL(Task, Terminate, task, KIND(PROCESS), OCAP_TASK_CONTROL, 0),
    CALL(Task, Wait, task, KIND(PROCESS), OCAP_TASK_WAIT, 0),
    CALL(Task, NextHandle, task, KIND(PROCESS), OCAP_TASK_DEBUG, 0),
    CALL(Task, LoadSeg, task, KIND(PROCESS), OCAP_TASK_CONTROL, 0),
    CALL(Task, LoadSeg, mdl, KIND(MDL), OCAP_MDL_READ, 0),
    CALL(Task, SetInitialState, task, KIND(PROCESS), OCAP_TASK_CONTROL, 0),
    CALL(Task, GetImageBase, task, KIND(PROCESS), OCAP_TASK_CONTROL, 0),
    CALL(Task, SetPriorityCeiling, task, KIND(PROCESS), OCAP_TASK_CONTROL, 0),
    CALL(Thread, Alert, thread, KIND(THREAD), OCAP_THREAD_CONTROL, 1),
    CALL(Thread, Terminate, thread, KIND(THREAD), OCAP_THREAD_CONTROL, 1),
    CALL(Thread, GetInfo, thread, KIND(THREAD), OCAP_THREAD_CONTROL, 1),
    CALL(Audit, Close, handle, KIND(AUDIT), 0, 0),
    CALL(Audit, Read, handle, KIND(AUDIT), 0, 0),
    CALL(VMM, MdlGetSize, mdl, KIND(MDL), 0, 0),
    CALL(VMM, MdlMap, mdl, KIND(MDL), OCAP_MDL_READ, 0),
    CALL(VMM, MdlClone, mdl, KIND(MDL), OCAP_MDL_READ, 0),
    {"Call", try_Call, KIND(CHANNEL) | KIND(USER) | KIND(CORE), OCAP_IPC_CALL, 0},
    {"Recv", try_Recv, IPC_SERVERS, OCAP_IPC_RECV, 0},
    {"ReplyRecv", try_ReplyRecv, IPC_SERVERS, OCAP_IPC_RECV, 0},
};

/* One case of many numbers: only what is wrong is told. */
static void expect(int *bad, const char *call, const char *what, Retcode got, Retcode wanted)
{
    if (got != wanted) {
        fprintf(stderr, "  %s with %s: %s\n", call, what, rc_name(got));
        ++*bad;
    }
}

/* Below libkos, which hides the handles of receivers. */
#define MAKE_CALL(part, iface, method, fill)                                                       \
    kl_core_##iface##_##method##_req req;                                                          \
    kl_core_##iface##_##method##_res res;                                                          \
    memset(&req, 0, sizeof(req));                                                                  \
    memset(&res, 0, sizeof(res));                                                                  \
    nk_req_reset(&req);                                                                            \
    nk_req_reset(&res);                                                                            \
    nk_msg_set_method_id(&req, kl_core_Core_##part##_##iface##_iid,                                \
                         kl_core_##iface##_##method##_mid);                                        \
    fill;                                                                                          \
    CHECK_RC(#method, core_call(&req.base_, NULL, &res.base_, NULL), rcOk)

static Handle current_thread(void)
{
    MAKE_CALL(thread, Thread, OpenCurrent, (void)0);
    return nk_get_handle(&res.thread);
}

static Handle make_notice(void)
{
    MAKE_CALL(notice, Notice, Create, (void)0);
    return res.notify;
}

static Handle make_badge(Handle notice)
{
    MAKE_CALL(handle, Handle, CreateBadge, req.notice = notice);
    return res.handle;
}

static void make_good(void)
{
    Handle same;

    KnHandleCreateListener(&good[HANDLE_KIND_LISTENER]);
    KnHandleConnect(good[HANDLE_KIND_LISTENER], &same, &good[HANDLE_KIND_SERVER],
                    &good[HANDLE_KIND_CHANNEL]);
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS_ALL, NULL, &good[HANDLE_KIND_USER]);
    KnPmmMdlCreate(PAGE, VMM_FLAG_READ | VMM_FLAG_WRITE, &good[HANDLE_KIND_MDL]);
    good[HANDLE_KIND_NOTICE] = make_notice();
    good[HANDLE_KIND_BADGE] = make_badge(good[HANDLE_KIND_NOTICE]);
    good[HANDLE_KIND_THREAD] = current_thread();
    good[HANDLE_KIND_CORE] = KN_CORE_HANDLE;
    good[HANDLE_KIND_PROCESS] = A->child.task;
}

static void drop_good(void)
{
    for (int kind = 0; kind <= HANDLE_KIND_MDL; kind++) {
        if (kind != HANDLE_KIND_CORE && kind != HANDLE_KIND_PROCESS) {
            KnHandleClose(good[kind]);
        }
        good[kind] = INVALID_HANDLE;
    }
}

/* A copy with all rights that the handle has but `missing`, or zero: not a handle to copy. */
static Handle weaken(Handle handle, uint32_t missing)
{
    uint32_t rights = OCAP_HANDLE_COPY & ~missing;
    Handle copy = INVALID_HANDLE;

    for (uint32_t bit = 1; bit < 1u << 31; bit <<= 1) {
        if (bit != missing && KnHandleCopy(handle, rights | bit, INVALID_HANDLE, &copy) == rcOk) {
            rights |= bit;
            KnHandleClose(copy);
        }
    }
    copy = INVALID_HANDLE;
    KnHandleCopy(handle, rights, INVALID_HANDLE, &copy);
    return copy;
}

/* Handles of every kind that the call accepts and that can be copied; how many. */
static int try_rights(unsigned i, int *bad)
{
    int tried = 0;

    for (int kind = HANDLE_KIND_CORE + 1; kind <= HANDLE_KIND_MDL && calls[i].right; kind++) {
        /* The user object here is not callable. */
        if (!(calls[i].kinds >> kind & 1) ||
            (kind == HANDLE_KIND_USER && calls[i].try == try_Call)) {
            continue;
        }
        Handle less = weaken(good[kind], calls[i].right);

        if (less) {
            expect(bad, calls[i].name, "a right missing", calls[i].try(less), rcSecurityDisallow);
            KnHandleClose(less);
            tried++;
        }
    }
    return tried;
}

void test_every_call(void)
{
    Handle parent, revoked, closed;
    struct counters before, after;
    int tried = 0;

    make_good();
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS_ALL, NULL, &parent);
    KnHandleCopy(parent, RIGHTS_ALL, INVALID_HANDLE, &closed);
    KnHandleCopy(parent, RIGHTS_ALL, INVALID_HANDLE, &revoked);
    KnHandleClose(closed);
    KnHandleRevoke(parent);
    core_counters(&before);
    for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        const char *name = calls[i].name;
        char title[100];
        int bad = 0;

        if (strcmp(name, "Handle.Close handle") != 0) {
            expect(&bad, name, "a revoked handle", calls[i].try(revoked), rcHandleRevoked);
        }
        expect(&bad, name, "a closed handle", calls[i].try(closed), rcInvalidArgument);
        expect(&bad, name, "a closed handle's parent", calls[i].try(parent), rcInvalidArgument);
        expect(&bad, name, "a number of no slot", calls[i].try(0xfffff), rcInvalidArgument);
        expect(&bad, name, "all bits", calls[i].try(~0u), rcInvalidArgument);
        if (!calls[i].zero) {
            expect(&bad, name, "no handle", calls[i].try(INVALID_HANDLE), rcInvalidArgument);
        }
        for (int kind = 1; kind <= HANDLE_KIND_MDL; kind++) {
            if (!(calls[i].kinds >> kind & 1)) {
                expect(&bad, name, "a handle of another kind", calls[i].try(good[kind]),
                       rcInvalidArgument);
            }
        }
        tried += try_rights(i, &bad);
        snprintf(title, sizeof(title), "%s refuses what is not right", name);
        CHECK_EQUAL(title, bad, 0);
    }
    core_counters(&after);
    CHECK("missing rights were tried", tried >= 15);
    CHECK("nothing was made or lost",
          before.objects == after.objects && before.handles == after.handles);
    KnHandleClose(revoked);
    drop_good();
}
