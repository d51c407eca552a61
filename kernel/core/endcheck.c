/*
 * core/endcheck.c: see endcheck.h.
 *
 * A run that ends leaves processes behind as they are. Here they are all ended first; what the kernel
 * holds then must be what it held before the first program, and its invariants must hold. So each
 * suite, whatever it does and however it ends, is a test of what processes leave behind; with fail=N
 * after the failure of any one allocation.
 */
#include "core/endcheck.h"

#include <arch/entry.h>
#include <arch/timer.h>

#include <stddef.h>

#include "core/boot_args.h"
#include "core/cpu.h"
#include "core/idle.h"
#include "core/lock.h"
#include "core/log.h"
#include "core/process.h"
#include "core/sched.h"
#include "core/selfcheck.h"
#include "core/smp.h"
#include "mm/frame.h"
#include "mm/kmem.h"
#include "object/handle.h"

#define NS_PER_MS  1000000ull
#define PUT_OFF_NS 100000u
#define COUNT_ONLY (1ull << 62) /* allocations are counted, none fails */

enum { STATUS_BROKEN = 5 };

struct held {
    uint64_t frames, objects, handles, threads, kmem;
};

static struct {
    bool is_on, is_ending, is_to_panic;
    int status;
    uint64_t fail, end_after;
    struct held before;
    struct timer timer; /* in the boot CPU's queue */
} check GUARDED_BY(kernel_lock);

/* The number that a word of the command line gives, else zero. */
static uint64_t number(const char *name)
{
    char text[24];
    uint64_t n = 0;
    if (!boot_arg(name, text, sizeof text))
        return 0;
    for (const char *c = text; *c >= '0' && *c <= '9'; c++)
        n = n * 10 + (uint64_t)(*c - '0');
    return n;
}

/* What is handed out now, without the table of thread numbers, which never becomes smaller. */
static struct held held(void) REQUIRES(kernel_lock)
{
    kmem_trim();
    return (struct held){.frames = frame_total_count() - frame_free_count() -
                                   thread_table_bytes() / PAGE_SIZE,
                         .objects = object_count(),
                         .handles = handle_count(),
                         .threads = thread_count(),
                         .kmem = kmem_used() - thread_table_bytes()};
}

static void arm(uint64_t ms) REQUIRES(kernel_lock)
{
    timer_arm(&this_cpu()->timers, &check.timer, arch_time_ns() + ms * NS_PER_MS);
    sched_look(this_cpu());
}

/* The allocation failed. */
static void failed(void)
{
    lock_assert_held();
    if (!check.timer.is_armed && !check.is_ending)
        arm(check.end_after);
}

void endcheck_begin(void)
{
    lock_assert_held();
    if (!boot_arg_is("test", "1") || !boot_arg_is("endcheck", "1"))
        return;
    check.is_on = true;
    check.fail = number("fail");
    if (!check.fail)
        check.fail = COUNT_ONLY;
    uint64_t ms = number("panicafter");
    check.is_to_panic = ms != 0;
    if (ms)
        arm(ms);
    check.end_after = number("endafter");
    mm_fail_tell(check.end_after ? failed : NULL);
    check.before = held();
    mm_fail_nth(check.fail);
}

static void terminate(struct process *p, void *context)
{
    (void)context;
    process_terminate(p);
}

static bool is_same(const char *what, uint64_t now, uint64_t before)
{
    if (now != before)
        klog_notice("kernel: end check: %lu %s are held, %lu at the start", now, what, before);
    return now == before;
}

_Noreturn static void finish(void) REQUIRES(kernel_lock)
{
    if (!process_count())
        policy_pairs_drop(); /* made once for each pair of classes, and kept */
    struct held now = held();
    const struct held *before = &check.before;
    bool is_good = is_same("processes", process_count(), 0);
    is_good &= is_same("frames", now.frames, before->frames);
    is_good &= is_same("objects", now.objects, before->objects);
    is_good &= is_same("handles", now.handles, before->handles);
    is_good &= is_same("threads", now.threads, before->threads);
    is_good &= is_same("bytes of kernel memory", now.kmem, before->kmem);
    is_good &= selfcheck() == rcOk;
    klog_notice("kernel: end check: %s", is_good ? "nothing is left" : "something is left");
    system_exit(is_good ? check.status : STATUS_BROKEN);
}

bool endcheck_holds(int status)
{
    lock_assert_held();
    if (!check.is_on)
        return false;
    if (check.is_ending)
        finish();
    check.is_ending = true;
    check.status = status;
    timer_cancel(check.timer.queue, &check.timer);
    uint64_t left = mm_fail_remaining();
    if (left)
        klog_notice("kernel: end check: %lu allocations", check.fail - left);
    mm_fail_nth(0);
    process_for_each(terminate, NULL);
    return true;
}

bool endcheck_owns(const struct timer *t)
{
    return t == &check.timer;
}

static void panic(void *arg)
{
    (void)arg;
    arch_panic("asked for by panicafter=, on CPU %u", this_cpu()->index);
}

static void panic_on_all(void) REQUIRES(kernel_lock)
{
    uint64_t others = 0;
    for (uint32_t i = 0; i < cpu_count; i++) {
        if (cpus[i] != this_cpu() && cpus[i]->current)
            others |= 1ull << i;
    }
    if (boot_arg_is("panic", "all"))
        smp_call(others, panic, NULL);
    panic(NULL);
}

void endcheck_expired(uint64_t now, bool in_window)
{
    lock_assert_held();
    timer_cancel(check.timer.queue, &check.timer);
    if (in_window)
        timer_arm(&this_cpu()->timers, &check.timer, now + PUT_OFF_NS);
    else if (check.is_to_panic)
        panic_on_all();
    else
        (void)endcheck_holds(0);
}
