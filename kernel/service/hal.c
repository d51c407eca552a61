/*
 * service/hal.c: kl.core.HAL: console output, environment, entropy, the end of a run.
 */
#include "core/boot_args.h"
#include "core/copy.h"
#include "core/endcheck.h"
#include "core/idle.h"
#include "core/log.h"
#include "core/process.h"
#include "core/sched.h"
#include "core/random.h"
#include "core/text.h"
#include "ipc/ipc.h"
#include "mm/kmem.h"
#include "service/kcall.h"

#include <kl/core/Core.edl.h>
#include <core_services.h>

#define NAME_MAX  128
#define VALUE_MAX 1024
#define STATUS_MAX 100
#define WRITE_STEP 256 /* bytes given to the port between two preemption points */

Retcode service_hal_getenv(struct kcall *call, const kl_core_HAL_GetEnv_req *req,
                           kl_core_HAL_GetEnv_res *res)
{
    char name[NAME_MAX], value[VALUE_MAX];
    Retcode rc = kcall_string(call, req->name, name, sizeof name);
    if (rc != rcOk)
        return rc;
    if (!boot_arg(name, value, sizeof value))
        return rcResourceNotFound;
    return kcall_store(call, &res->value, value, (uint32_t)text_length(value) + 1);
}

/* Text that finds no room in the ring is kept where ipc keeps a message under way, which is freed with
 * the thread, and written as the port takes it. */
static void write_on(struct thread *t)
{
    struct transfer *x = &t->transfer;
    kl_core_HAL_DebugWrite_res res = {0};
    log_drain(WRITE_STEP);
    x->done += (uint32_t)console_write((const char *)x->constant + x->done,
                                       x->constant_size - x->done);
    if (x->done < x->constant_size) {
        t->continuation = write_on;
        (void)sched_should_preempt();
        return;
    }
    kmem_free(t->process->account, x->constant, x->constant_size);
    x->constant = NULL;
    kcall_finish(t, (const char *)&res + sizeof res.base_, sizeof res - sizeof res.base_);
}

Retcode service_hal_debugwrite(struct kcall *call, const kl_core_HAL_DebugWrite_req *req,
                               kl_core_HAL_DebugWrite_res *res)
{
    struct thread *t = call->thread;
    struct transfer *x = &t->transfer;
    const char *text = (const char *)call->arena + req->text.offset;
    uint32_t size = req->text.size;
    Retcode rc;
    (void)res;
    if (console_has_room(size)) {
        console_write(text, size);
        return rcOk;
    }
    uint8_t *copy = kmem_alloc(t->process->account, size, &rc);
    if (!copy)
        return rc;
    /* commit */
    copy_bytes(copy, text, size);
    leg_drop(t); /* a call that was captured there itself */
    x->sender = t;
    x->constant = copy;
    x->constant_size = size;
    x->done = 0;
    t->continuation = write_on;
    return KCALL_PENDING;
}

Retcode service_hal_reset(struct kcall *call, const kl_core_HAL_Reset_req *req,
                          kl_core_HAL_Reset_res *res)
{
    (void)res;
    klog("kernel: %s powers the machine off, status %u", call->process->name, req->status);
    int status = req->status > STATUS_MAX ? STATUS_MAX : (int)req->status;
    if (!endcheck_holds(status))
        system_exit(status);
    return KCALL_PENDING; /* the caller was ended, too */
}

Retcode service_hal_getentropy(struct kcall *call, const kl_core_HAL_GetEntropy_req *req,
                               kl_core_HAL_GetEntropy_res *res)
{
    uint8_t data[256];
    if (req->size == 0 || req->size > sizeof data)
        return rcInvalidArgument;
    random_bytes(data, req->size);
    return kcall_store(call, &res->data, data, req->size);
}
