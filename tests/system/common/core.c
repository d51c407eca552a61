/*
 * core.c: see core.h.
 */
#include "core.h"

#include <kl/core/Core.edl.h>
#include <kos/thread.h>
#include <stdio.h>
#include <string.h>
#include <tessera/pack.h>

#define ARENA_BYTES 70000u

/* Room for the strings and blocks of requests; one thread at a time calls methods that have any. */
static char arena_memory[ARENA_BYTES];

Retcode core_call(const struct nk_message *req, const struct nk_arena *req_arena,
                  struct nk_message *res, struct nk_arena *res_arena)
{
    struct kn_words words;
    struct kn_received received;
    struct kn_buf out, in;
    nk_size_t capacity = res->size;

    kn_describe(res, res_arena, &in);
    Retcode rc = kn_call(KN_CORE_HANDLE, &words, kn_pack(req, req_arena, &words, &out), &in, NULL,
                         &received);
    if (rc != rcOk) {
        return rc;
    }
    if (kn_unpack(&words, &received, res, capacity, res_arena) != NK_EOK) {
        return rcTransferError;
    }
    return nk_message_failure(res) ? rcTransferError : rcOk;
}

/* Variables req and res of a method, and their headers. */
#define METHOD(part, iface, method)                                                                \
    kl_core_##iface##_##method##_req req;                                                          \
    kl_core_##iface##_##method##_res res;                                                          \
    memset(&req, 0, sizeof(req));                                                                  \
    memset(&res, 0, sizeof(res));                                                                  \
    nk_req_reset(&req);                                                                            \
    nk_req_reset(&res);                                                                            \
    nk_msg_set_method_id(&req, kl_core_Core_##part##_##iface##_iid,                                \
                         kl_core_##iface##_##method##_mid)

/* The call's code, or the method's. */
#define RESULT(call)                                                                               \
    ({                                                                                             \
        Retcode rc_ = (call);                                                                      \
        rc_ != rcOk ? rc_ : res.rc;                                                                \
    })

static Retcode send(const struct nk_message *req, const struct nk_arena *arena,
                    struct nk_message *res)
{
    return core_call(req, arena, res, NULL);
}

static struct nk_arena arena_take(void)
{
    struct nk_arena arena = NK_ARENA_INITIALIZER(arena_memory, arena_memory + ARENA_BYTES);

    return arena;
}

void core_reset(uint32_t status)
{
    METHOD(hal, HAL, Reset);
    req.status = status;
    for (;;) {
        send(&req.base_, NULL, &res.base_);
    }
}

Retcode core_nop(void)
{
    METHOD(test, Test, Nop);
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_fail_allocation(uint64_t n, uint64_t *outstanding)
{
    METHOD(test, Test, FailAllocation);
    req.n = n;
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    if (outstanding) {
        *outstanding = res.outstanding;
    }
    return rc;
}

static Retcode counters_now(struct counters *counters)
{
    METHOD(test, Test, Counters);
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    counters->frames = res.frames;
    counters->objects = res.objects;
    counters->handles = res.handles;
    counters->threads = res.threads;
    counters->kmem = res.kmem;
    return rc;
}

Retcode core_counters(struct counters *counters)
{
    struct counters again;
    Retcode rc = counters_now(counters);

    for (int i = 0; rc == rcOk && KosCpuCount() > 1 && i < 20; i++) {
        KosThreadSleep(20);
        rc = counters_now(&again);
        if (!memcmp(counters, &again, sizeof(again))) {
            break;
        }
        *counters = again;
    }
    return rc;
}

Retcode core_self_check(void)
{
    METHOD(test, Test, SelfCheck);
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_irq_off(uint32_t watch, uint32_t rank, uint64_t *ticks, char what[200])
{
    char text[kl_core_Test_IrqOff_res_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(text, text + sizeof(text));
    METHOD(test, Test, IrqOff);
    req.watch = watch;
    req.rank = rank;
    Retcode rc = core_call(&req.base_, NULL, &res.base_, &arena);
    nk_size_t n = 0;
    const char *words = rc == rcOk ? nk_arena_get(char, &arena, &res.what, &n) : NULL;
    if (ticks) {
        *ticks = res.ticks;
    }
    if (what) {
        snprintf(what, 200, "%s", words ? words : "?");
    }
    return RESULT(rc);
}

Retcode core_lock_wait(struct lock_wait *wait)
{
    METHOD(test, Test, LockWait);
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    *wait = (struct lock_wait){res.waits, res.ticks, (uint32_t)res.turns};
    return rc;
}

Retcode core_close(Handle handle)
{
    METHOD(handle, Handle, Close);
    req.handle = handle;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_create_listener(Handle *listener)
{
    METHOD(handle, Handle, CreateListener);
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    *listener = res.listener;
    return rc;
}

void core_fill_handle_table(void)
{
    for (int i = 0; i < 1200; i++) {
        Handle handle;

        if (core_create_listener(&handle) == rcOk) {
            core_close(handle);
        }
    }
}

Retcode core_connect(Handle listener, Handle *out_listener, Handle *server, Handle *client)
{
    METHOD(handle, Handle, Connect);
    req.listener = listener;
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    *out_listener = res.outListener;
    *server = res.outServer;
    *client = res.outClient;
    return rc;
}

Retcode core_connect_ex(Handle server_task, Handle client_task, Handle listener,
                        Handle *out_listener, Handle *server, Handle *client)
{
    METHOD(handle, Handle, ConnectEx);
    req.server = server_task;
    req.client = client_task;
    req.serverListener = listener;
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    *out_listener = res.outListener;
    *server = res.outServer;
    *client = res.outClient;
    return rc;
}

Retcode core_futex_wait(const void *ptr, uint32_t val, uint64_t ms, uint64_t *left)
{
    METHOD(sync, Sync, Wait);
    req.ptr = (uintptr_t)ptr;
    req.val = val;
    req.delay = ms;
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    if (left) {
        *left = res.outDelay;
    }
    return rc;
}

Retcode core_futex_wait_owner(const void *ptr, uint32_t val, uint32_t owner, uint64_t ms)
{
    METHOD(sync, Sync, WaitOwner);
    req.ptr = (uintptr_t)ptr;
    req.val = val;
    req.ownerTid = owner;
    req.delay = ms;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_futex_wait_ns(const void *ptr, uint32_t val, uint32_t owner, uint32_t flags,
                           uint64_t ns, uint64_t *left)
{
    METHOD(sync, Sync, WaitNs);
    req.ptr = (uintptr_t)ptr;
    req.val = val;
    req.ownerTid = owner;
    req.flags = flags;
    req.delay = ns;
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    if (left) {
        *left = res.outDelay;
    }
    return rc;
}

Retcode core_futex_wake(const void *ptr, uint32_t count, uint32_t *woken)
{
    METHOD(sync, Sync, Wake);
    req.ptr = (uintptr_t)ptr;
    req.nThreads = count;
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    if (woken) {
        *woken = res.wokenCnt;
    }
    return rc;
}

Retcode core_vm_allocate(uint64_t addr, uint64_t size, uint32_t flags, uint64_t *va)
{
    METHOD(vmm, VMM, Allocate);
    req.addr = addr;
    req.size = size;
    req.flags = flags;
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    *va = res.va;
    return rc;
}

Retcode core_vm_commit(uint64_t va, uint64_t size)
{
    METHOD(vmm, VMM, Commit);
    req.va = va;
    req.size = size;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_vm_decommit(uint64_t va, uint64_t size)
{
    METHOD(vmm, VMM, Decommit);
    req.va = va;
    req.size = size;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_vm_protect(uint64_t va, uint64_t size, uint32_t flags)
{
    METHOD(vmm, VMM, Protect);
    req.va = va;
    req.size = size;
    req.flags = flags;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_vm_protect_rwx(uint64_t va, uint64_t size, uint32_t flags)
{
    METHOD(vmm, VMM, ProtectRwx);
    req.va = va;
    req.size = size;
    req.flags = flags;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_vm_allocate_rwx(uint64_t size, uint32_t flags)
{
    METHOD(vmm, VMM, AllocateRwx);
    req.size = size;
    req.flags = flags;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_probe_write(void *at)
{
    METHOD(hal, HAL, GetEntropy);
    struct nk_arena arena = NK_ARENA_INITIALIZER(at, (char *)at + 64);
    req.size = 1;
    return RESULT(core_call(&req.base_, NULL, &res.base_, &arena));
}

Retcode core_vm_free(uint64_t va, uint64_t size)
{
    METHOD(vmm, VMM, Free);
    req.va = va;
    req.size = size;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_notice_create(Handle *notice)
{
    METHOD(notice, Notice, Create);
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    *notice = res.notify;
    return rc;
}

Retcode core_notice_subscribe(Handle notice, Handle object, uint32_t mask, uint64_t id)
{
    METHOD(notice, Notice, SubscribeToObject);
    req.notify = notice;
    req.object = object;
    req.evMask = mask;
    req.evId = id;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_notice_drop(Handle notice)
{
    METHOD(notice, Notice, DropAndWake);
    req.notify = notice;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_thread_create_into(uint64_t routine, uint64_t head, uint32_t head_size)
{
    METHOD(thread, Thread, Create);
    struct kn_words words;
    struct kn_received received;
    struct kn_buf out, in = {.head = head, .head_size = head_size};

    req.priority = 15;
    req.stackTop = 0x100000;
    req.routine = routine;
    nk_msg_set_ncaps(&req, kl_core_Thread_Create_req_handles);
    return kn_call(KN_CORE_HANDLE, &words, kn_pack(&req.base_, NULL, &words, &out), &in, NULL,
                   &received);
}

Retcode core_thread_create(uint32_t priority, uint64_t stack_top, uint64_t routine,
                           uint32_t flags, Handle *handle, uint32_t *tid)
{
    METHOD(thread, Thread, Create);
    struct kn_words words;
    struct kn_received received;
    struct kn_buf out, in;

    req.priority = priority;
    req.stackTop = stack_top;
    req.routine = routine;
    req.flags = flags;
    nk_msg_set_ncaps(&req, kl_core_Thread_Create_req_handles);
    kn_describe(&res.base_, NULL, &in);
    Retcode rc = kn_call(KN_CORE_HANDLE, &words, kn_pack(&req.base_, NULL, &words, &out), &in,
                         NULL, &received);
    if (rc != rcOk) {
        return rc;
    }
    kn_unpack(&words, &received, &res.base_, sizeof(res), NULL);
    if (handle) {
        *handle = nk_get_handle(&res.thread);
    }
    *tid = res.tid;
    return res.rc;
}

Retcode core_thread_wait(uint32_t tid, uint64_t ms, int32_t *code)
{
    METHOD(thread, Thread, Wait);
    req.tid = tid;
    req.delay = ms;
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    *code = res.exitCode;
    return rc;
}

Retcode core_thread_resume(uint32_t tid)
{
    METHOD(thread, Thread, Resume);
    req.tid = tid;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_set_priority(uint32_t tid, uint32_t priority)
{
    METHOD(thread, Thread, SetPriority);
    req.tid = tid;
    req.priority = priority;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

void core_one_cpu(void)
{
    KosThreadSetAffinity(KosThreadCurrentId(), 1);
}

void core_all_cpus(void)
{
    KosThreadSetAffinity(KosThreadCurrentId(), ~0ull);
}

Retcode core_thread_alert(Handle thread, uint32_t tid)
{
    METHOD(thread, Thread, Alert);
    req.thread = thread;
    req.tid = tid;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_open_current(Handle *thread, uint32_t *tid)
{
    METHOD(thread, Thread, OpenCurrent);
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    *thread = res.thread.handle;
    *tid = res.tid;
    return rc;
}

Retcode core_sleep_ns(uint64_t ns)
{
    METHOD(thread, Thread, Sleep);
    req.delay = ns;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_uptime(uint64_t *ns)
{
    METHOD(time, Time, GetUpTime);
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    *ns = res.nsecs;
    return rc;
}

Retcode core_task_create(const char *name, const char *class, const char *path, uint64_t stack,
                         uint32_t priority, uint64_t memory, Handle *task)
{
    METHOD(task, Task, Create);
    struct nk_arena arena = arena_take();

    nk_arena_store(nk_char_t, &arena, &req.name, name, strlen(name) + 1);
    nk_arena_store(nk_char_t, &arena, &req.eiid, class, strlen(class) + 1);
    nk_arena_store(nk_char_t, &arena, &req.path, path, strlen(path) + 1);
    req.stackSize = stack;
    req.priority = priority;
    req.memory = memory;
    Retcode rc = RESULT(send(&req.base_, &arena, &res.base_));
    *task = res.child;
    return rc;
}

Retcode core_task_set_start(Handle task, const void *block, uint32_t size)
{
    METHOD(task, Task, SetStart);
    struct nk_arena arena = arena_take();

    req.task = task;
    nk_arena_store(nk_uint8_t, &arena, &req.block, block, size);
    return RESULT(send(&req.base_, &arena, &res.base_));
}

Retcode core_task_reseed(Handle task, uint64_t seed)
{
    METHOD(task, Task, ReseedAslr);
    req.task = task;
    req.seed = seed;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_task_resume(Handle task)
{
    METHOD(task, Task, Resume);
    req.task = task;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_task_terminate(Handle task)
{
    METHOD(task, Task, Terminate);
    req.task = task;
    return RESULT(send(&req.base_, NULL, &res.base_));
}

Retcode core_task_wait(Handle task, uint64_t ms, int32_t *status, uint32_t *faulted)
{
    METHOD(task, Task, Wait);
    req.task = task;
    req.delay = ms;
    Retcode rc = RESULT(send(&req.base_, NULL, &res.base_));
    if (status) {
        *status = res.status;
    }
    if (faulted) {
        *faulted = res.faulted;
    }
    return rc;
}
