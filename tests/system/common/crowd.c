/*
 * crowd.c: see crowd.h.
 */
#include "crowd.h"

#include "core.h"
#include "crowd_plan.h"

#include <kl/core/Core.edl.h>
#include <stddef.h>
#include <string.h>
#include <tessera/flags.h>
#include <tessera/pack.h>

#define STACK_TOP 0x100000u /* any address: nothing is there and nobody looks */

void crowd_thread(void);

static struct crowd_plan plan;
static struct crowd_result results[CROWD_MAX];
static uint32_t order[CROWD_MAX];
static struct kn_ex limit;

_Static_assert(offsetof(struct crowd_plan, rbx) == PLAN_RBX &&
                   offsetof(struct crowd_plan, until) == PLAN_UNTIL &&
                   offsetof(struct crowd_plan, exit_word) == PLAN_EXIT_WORD &&
                   offsetof(struct crowd_plan, results) == PLAN_RESULTS &&
                   offsetof(struct crowd_plan, order) == PLAN_ORDER &&
                   offsetof(struct crowd_plan, begun) == PLAN_BEGUN &&
                   offsetof(struct crowd_plan, ended) == PLAN_ENDED,
               "crowd.S reads the plan");

struct crowd_plan *crowd_plan(void)
{
    return &plan;
}

#define WORD_OF(part, iface, method)                                                               \
    KN_WORD(kl_core_Core_##part##_##iface##_iid, kl_core_##iface##_##method##_mid,                 \
            sizeof(kl_core_##iface##_##method##_req), 0, NK_MESSAGE_REQUEST)

/* A short call of the kernel. */
static void begin(uint64_t word)
{
    memset(&plan, 0, sizeof(plan));
    memset(results, 0, sizeof(results));
    memset(order, 0xff, sizeof(order));
    plan.rax = KN_CALL;
    plan.rdi = KN_CORE_HANDLE;
    plan.rsi = word;
    plan.exit_word = WORD_OF(thread, Thread, Exit);
    plan.results = results;
    plan.order = order;
}

static void set_payload(const struct nk_message *req)
{
    uint64_t payload[KN_SHORT_WORDS];

    kn_load_payload(req, kn_short_words(plan.rsi), payload);
    plan.r12 = payload[0];
    plan.r13 = payload[1];
    plan.r14 = payload[2];
    plan.r15 = payload[3];
    plan.rbx = payload[4];
}

void crowd_wait_futex(const void *word, uint32_t value, uint64_t ms)
{
    kl_core_Sync_Wait_req req = {.ptr = (uintptr_t)word, .val = value, .delay = ms};

    begin(WORD_OF(sync, Sync, Wait));
    set_payload(&req.base_);
}

void crowd_wait_owner(const void *word, uint32_t value, uint32_t owner)
{
    kl_core_Sync_WaitOwner_req req = {.ptr = (uintptr_t)word, .val = value, .ownerTid = owner,
                                      .delay = CORE_FOREVER};

    begin(WORD_OF(sync, Sync, WaitOwner));
    set_payload(&req.base_);
}

void crowd_wait_notice(Handle notice)
{
    kl_core_Notice_GetEvent_req req = {.notify = notice, .delay = CORE_FOREVER};

    begin(WORD_OF(notice, Notice, GetEvent));
    set_payload(&req.base_);
}

void crowd_wait_thread(uint32_t tid)
{
    kl_core_Thread_Wait_req req = {.tid = tid, .delay = CORE_FOREVER};

    begin(WORD_OF(thread, Thread, Wait));
    set_payload(&req.base_);
}

void crowd_wait_task(Handle task)
{
    kl_core_Task_Wait_req req = {.task = task, .delay = CORE_FOREVER};

    begin(WORD_OF(task, Task, Wait));
    set_payload(&req.base_);
}

void crowd_sleep(uint64_t until)
{
    begin(WORD_OF(thread, Thread, Sleep));
    plan.until = until;
}

void crowd_call(Handle client, uint64_t word, uint64_t ms)
{
    begin(word);
    plan.rdi = client;
    if (ms != CORE_FOREVER) {
        limit.timeout = ms;
        plan.rax |= KN_EX;
        plan.r9 = (uintptr_t)&limit;
    }
}

Retcode crowd_add(unsigned n, uint32_t priority, uint32_t *tid)
{
    kl_core_Thread_Create_req req = {.priority = priority, .stackTop = STACK_TOP,
                                     .routine = (uintptr_t)crowd_thread,
                                     .context = (uintptr_t)&plan, .context2 = n,
                                     .flags = KN_THREAD_NO_HANDLE};
    kl_core_Thread_Create_res res;
    struct kn_words words;
    struct kn_received received;
    struct kn_buf out, in;

    nk_req_reset(&req);
    nk_req_reset(&res);
    nk_msg_set_method_id(&req, kl_core_Core_thread_Thread_iid, kl_core_Thread_Create_mid);
    nk_msg_set_ncaps(&req, kl_core_Thread_Create_req_handles);
    kn_describe(&res.base_, NULL, &in);
    Retcode rc = kn_call(KN_CORE_HANDLE, &words, kn_pack(&req.base_, NULL, &words, &out), &in,
                         NULL, &received);
    if (rc != rcOk) {
        return rc;
    }
    kn_unpack(&words, &received, &res.base_, sizeof(res), NULL);
    if (tid) {
        *tid = res.tid;
    }
    return res.rc;
}

unsigned crowd_start(unsigned count, uint32_t low, uint32_t high)
{
    unsigned n = 0;

    while (n < count && crowd_add(n, low + n % (high - low + 1), NULL) == rcOk) {
        n++;
    }
    for (unsigned i = 0; i < 1000 && plan.begun < n; i++) {
        core_sleep_ns(1000000);
    }
    core_sleep_ns(1000000); /* the last one is on its way into its call */
    return n;
}

int crowd_ended(unsigned count)
{
    for (unsigned i = 0; i < 10000 && plan.ended < count; i++) {
        core_sleep_ns(1000000);
    }
    return plan.ended == count;
}
