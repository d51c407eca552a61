/*
 * service/test.c: kl.core.Test: fault injection, counters, self-check. Only with test=1, but for Nop.
 */
#include "core/boot_args.h"
#include "core/cpu.h"
#include "core/irq_time.h"
#include "core/lock.h"
#include "core/log.h"
#include "core/process.h"
#include "core/selfcheck.h"
#include "core/text.h"
#include "mm/frame.h"
#include "mm/kmem.h"
#include "object/handle.h"
#include "service/kcall.h"

#include <kl/core/Core.edl.h>
#include <core_services.h>
#include <tessera/syscall.h>

enum { IRQ_OFF_END, IRQ_OFF_BEGIN, IRQ_OFF_LEAVE };

static Retcode allowed(void)
{
    return boot_arg_is("test", "1") ? rcOk : rcSecurityDisallow;
}

Retcode service_test_nop(struct kcall *call, const kl_core_Test_Nop_req *req,
                         kl_core_Test_Nop_res *res)
{
    (void)call;
    (void)req;
    (void)res;
    return rcOk;
}

Retcode service_test_failallocation(struct kcall *call, const kl_core_Test_FailAllocation_req *req,
                                    kl_core_Test_FailAllocation_res *res)
{
    (void)call;
    Retcode rc = allowed();
    if (rc != rcOk)
        return rc;
    res->outstanding = mm_fail_remaining();
    mm_fail_nth(req->n);
    return rcOk;
}

Retcode service_test_counters(struct kcall *call, const kl_core_Test_Counters_req *req,
                              kl_core_Test_Counters_res *res)
{
    (void)call;
    (void)req;
    Retcode rc = allowed();
    if (rc != rcOk)
        return rc;
    kmem_trim();
    res->frames = frame_free_count();
    res->objects = object_count();
    res->handles = handle_count();
    res->threads = thread_count();
    res->kmem = kmem_used();
    return rcOk;
}

Retcode service_test_selfcheck(struct kcall *call, const kl_core_Test_SelfCheck_req *req,
                               kl_core_Test_SelfCheck_res *res)
{
    (void)call;
    (void)req;
    (void)res;
    Retcode rc = allowed();
    return rc == rcOk ? selfcheck() : rc;
}

/* An entry to the kernel in words; a method of the kernel by name. */
static void name_entry(const struct kcall *call, uint64_t what, char *buf, uint32_t size)
{
    static const char *const kinds[] = {"nothing", "a system call", "fault", "timer",
                                        "another CPU's request", "idle"};
    static const char *const operations[] = {[KN_CALL] = "Call", [KN_RECV] = "Recv",
                                             [KN_REPLY] = "Reply", [KN_REPLY_RECV] = "ReplyRecv"};
    uint32_t kind = what & IRQ_TIME_KIND, detail = (uint32_t)(what >> 8) & 0xff;
    const char *later = what & IRQ_TIME_LATER ? ", a later step" : "";
    if (kind == IRQ_TIME_SYSCALL && what & IRQ_TIME_KERNEL) {
        policy_method_name(call->process->core_pair, what >> 32, buf, size);
        uint32_t n = (uint32_t)text_length(buf);
        text_copy(buf + n, later, size - n);
    } else if (kind == IRQ_TIME_SYSCALL && (detail & KN_OP_MASK) <= KN_REPLY_RECV) {
        ksnprintf(buf, size, "%s%s%s", operations[detail & KN_OP_MASK],
                  detail & KN_LONG ? " (long)" : "", later);
    } else {
        ksnprintf(buf, size, "%s %u%s", kinds[kind <= IRQ_TIME_IDLE ? kind : 0], detail, later);
    }
}

Retcode service_test_irqoff(struct kcall *call, const kl_core_Test_IrqOff_req *req,
                            kl_core_Test_IrqOff_res *res)
{
    char text[128];
    uint64_t what;
    Retcode rc = allowed();
    if (rc != rcOk)
        return rc;
    if (req->watch > IRQ_OFF_LEAVE)
        return rcInvalidArgument;
    uint64_t ticks = irq_time_longest(&what);
    name_entry(call, what, text, sizeof text);
    rc = kcall_store(call, &res->what, text, (uint32_t)text_length(text) + 1);
    if (rc != rcOk)
        return rc;
    res->ticks = ticks;
    if (req->watch != IRQ_OFF_LEAVE)
        irq_time_watch(req->watch == IRQ_OFF_BEGIN);
    return rcOk;
}

Retcode service_test_lockwait(struct kcall *call, const kl_core_Test_LockWait_req *req,
                              kl_core_Test_LockWait_res *res)
{
    (void)call;
    (void)req;
    Retcode rc = allowed();
    if (rc != rcOk)
        return rc;
    for (uint32_t i = 0; i < cpu_count; i++) {
        res->waits += cpus[i]->lock_waits;
        res->ticks += cpus[i]->lock_wait_ticks;
    }
    res->turns = kernel_lock.turns;
    return rcOk;
}
