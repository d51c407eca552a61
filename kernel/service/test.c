/*
 * service/test.c: kl.core.Test: fault injection, counters, self-check. Only with test=1, but for Nop.
 */
#include "core/boot_args.h"
#include "core/cpu.h"
#include "core/irq_time.h"
#include "core/lock.h"
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

Retcode service_test_irqoff(struct kcall *call, const kl_core_Test_IrqOff_req *req,
                            kl_core_Test_IrqOff_res *res)
{
    char text[200] = "nothing";
    struct irq_time_stretch s = {0};
    unsigned cpu;
    Retcode rc = allowed();
    if (rc != rcOk)
        return rc;
    if (req->watch > IRQ_OFF_LEAVE)
        return rcInvalidArgument;
    if (irq_time_longest(req->rank, &s, &cpu))
        irq_time_describe(&s.place, text, sizeof text);
    rc = kcall_store(call, &res->what, text, (uint32_t)text_length(text) + 1);
    if (rc != rcOk)
        return rc;
    res->ticks = s.ticks;
    res->times = s.count;
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
