/*
 * boot/main.c: from the end of the architecture's start to the first program, as a numbered list; and
 * the three ways into the kernel.
 */
#include <arch/console.h>
#include <arch/entry.h>
#include <arch/thread.h>

#include "core/boot_args.h"
#include "core/coredump.h"
#include "core/cpu.h"
#include "core/endcheck.h"
#include "core/idle.h"
#include "core/irq_time.h"
#include "core/layout.h"
#include "core/log.h"
#include "core/process.h"
#include "core/random.h"
#include "core/romfs.h"
#include "core/sched.h"
#include "core/smp.h"
#include "core/time.h"
#include "ipc/ipc.h"
#include "mm/frame.h"
#include "policy/policy.h"
#include "service/kcall.h"

#include <tessera/syscall.h>

#define KERNEL_RESERVE_SHARE 64 /* the kernel keeps 1/64 of memory */
#define EINIT_PRIORITY 15

static void memory_init(const struct boot_info *boot)
{
    frame_init(boot);
    uint64_t total = frame_free_count() * PAGE_SIZE;
    kernel_account.limit = total / KERNEL_RESERVE_SHARE;
    root_account.limit = total - kernel_account.limit;
}

/* smp=N on the command line; without it all that there are. */
static unsigned cpus_wanted(void)
{
    char text[8];
    unsigned n = 0;
    if (!boot_arg("smp", text, sizeof text))
        return CPUS_MAX;
    for (const char *c = text; *c >= '0' && *c <= '9'; c++)
        n = n * 10 + (unsigned)(*c - '0');
    return n ? n : 1;
}

static void check_abi(void)
{
    if (ksm_image.abi_hash == kernel_abi_hash)
        return;
    klog_notice("kernel: this image was built for interface %lx, the kernel has %lx: rebuild it with "
                "./tessera run", ksm_image.abi_hash, kernel_abi_hash);
    system_exit(5);
}

/* The kernel takes part in the policy like a process, and starts like one. What never goes is paid by the
 * kernel, not by the process in whose message rules see it first. */
static void start_policy(void)
{
    struct ksm_subject subject;
    if (policy_subject(kernel_object(), &kernel_account, &subject) != rcOk ||
        policy_subject(security_object(), &kernel_account, &subject) != rcOk)
        arch_panic("no memory for the security module's state");
    if (policy_may_execute(NULL, NULL))
        return;
    klog_notice("kernel: the policy does not let the kernel run (execute src=kl.core.Core, "
                "dst=kl.core.Core): halted");
    system_exit(5);
}

static void start_einit(void)
{
    struct process *einit;
    Retcode rc = process_create(NULL, "Einit", "Einit", romfs_first(), false, 0, EINIT_PRIORITY, 0, &einit);
    if (rc == rcOk)
        rc = process_start(NULL, einit);
    if (rc != rcOk) {
        klog_notice("kernel: cannot start Einit (code %u)", RC_GET_CODE(rc));
        if (!endcheck_holds(5))
            system_exit(5);
    }
}

_Noreturn void kernel_main(const struct boot_info *boot)
{
    lock_assert_held();
    /* 1. command line and log */
    boot_args_init(boot->cmdline);
    log_set_verbose(boot_arg_is("verbose", "1"));
    log_set_debug(boot_arg_is("log", "debug"));
    klog("Tessera kernel, %lu MiB of memory, %s", boot->ram >> 20, arch_cpu_name());
    klog("kernel: started by %s, ACPI root pointer at %lx", boot->loader, boot->rsdp);
    /* 2. memory and its accounts */
    memory_init(boot);
    /* 3. this CPU's queues, the clock */
    sched_init(this_cpu());
    if (time_init() != rcOk)
        arch_panic("no memory for the time page");
    idle_set_keep(boot_arg_is("exit", "keep"));
    coredump_init(boot_arg_is("coredump", "1"));
    this_cpu()->is_fast_path_off = boot_arg_is("fastpath", "off");
    /* 4. random numbers, and whether addresses are */
    random_init(boot->cmdline);
    layout_init(!boot_arg_is("aslr", "off"));
    /* 5. the other CPUs */
    smp_start(boot, cpus_wanted());
    kernel_hooks_changed();
    /* 6. the image: files, formats, policy */
    if (!romfs_init(boot->files, boot->files_size))
        arch_panic("the image's file system is damaged");
    check_abi();
    klog("kernel: security module: %s, %u process classes", ksm_policy_name, ksm_image.nclasses);
    /* 7. the first program */
    irq_time_init(boot_arg_is("irqoff", "trace"));
    start_policy();
    endcheck_begin();
    start_einit();
    sched_run();
    kernel_exit();
    arch_resume_user();
}

/* Everything that the fast paths do not do. */
static void syscall_general(struct thread *t, uint32_t op)
{
    bool may_have_deadline = (op & KN_OP_MASK) != KN_REPLY;
    if (op & ~(uint32_t)(KN_OP_MASK | KN_LONG | (may_have_deadline ? KN_EX : 0))) {
        regs_set_result(&t->regs, rcInvalidArgument);
        return;
    }
    switch (op & KN_OP_MASK) {
    case KN_CALL:
        ipc_call(t, op);
        break;
    case KN_RECV:
        ipc_recv(t, op);
        break;
    case KN_REPLY:
        ipc_reply(t, op);
        break;
    case KN_REPLY_RECV:
        ipc_reply_recv(t, op);
        break;
    default:
        regs_set_result(&t->regs, rcInvalidArgument);
    }
}

/* True if the fast path did it all. */
static inline bool syscall_fast(struct thread *t, uint32_t op)
{
    switch (op) {
    case KN_CALL:
    case KN_CALL | KN_LONG:
        return fast_call(t, op & KN_LONG);
    case KN_REPLY_RECV:
    case KN_REPLY_RECV | KN_LONG:
        return fast_reply_recv(t, op & KN_LONG);
    default:
        return false;
    }
}

static void syscall(struct thread *t)
{
    uint32_t op = regs_operation(&t->regs);
    if (op == KN_CALL && regs_handle(&t->regs) == KN_CORE_HANDLE)
        kernel_call(t, op, regs_word(&t->regs));
    else if (syscall_fast(t, op))
        return;
    else
        syscall_general(t, op);
    sched_leave();
}

static inline uint64_t what_of(const struct thread *t)
{
    return IRQ_TIME_SYSCALL | (regs_handle(&t->regs) == KN_CORE_HANDLE ? IRQ_TIME_KERNEL : 0u) |
           (uint64_t)(regs_operation(&t->regs) & 0xffu) << 8 | regs_word(&t->regs) << 32;
}

void core_syscall(struct thread *t)
{
    if (kernel_enter(what_of(t)))
        syscall(t);
    else
        sched_run(); /* it was stopped before: if it runs again it will call again */
    kernel_exit();
}
