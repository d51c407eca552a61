/*
 * core/coredump.c: sends a process that faulted through the machine's debug port, a page or a
 * thread a step. The host makes a core file of it: the kernel knows nothing of that format and
 * needs no memory for it. No thread of the process runs any more, so nothing changes but memory
 * that others share.
 */
#include "core/coredump.h"

#include <arch/console.h>
#include <arch/entry.h>

#include "core/copy.h"
#include "core/log.h"
#include "core/process.h"
#include "core/sched.h"
#include "core/text.h"

#include <tessera/coredump.h>

_Static_assert(REGS_COUNT <= CORE_GENERAL, "the record has room for all registers");

#define STATUS_SIGNAL 128u /* a process that a signal ended: this and its number */

static bool is_on;

void coredump_init(bool is_wanted)
{
    is_on = is_wanted && arch_dump_open();
    if (is_wanted && !is_on)
        klog_notice("kernel: coredump=1: this machine has no debug port");
}

static void send(const struct thread *t, enum core_type type, uint64_t value, uint32_t flags,
                 const void *data, uint32_t size)
{
    const struct core_record r = {CORE_MAGIC, type, t->process->object.subject.sid, value, flags, size};
    arch_dump_write(&r, sizeof r);
    arch_dump_write(data, size);
}

static void send_process(const struct thread *t)
{
    const struct process *p = t->process;
    struct core_process c = {
        .machine = ARCH_ELF_MACHINE,
        .vector = p->fault_vector,
        .fault_address = p->fault_address,
        .base = p->program.base,
        .entry = p->program.entry,
        .phdr = p->program.phdr,
        .phnum = p->program.phnum,
        .page_size = PAGE_SIZE,
    };
    text_copy(c.name, p->name, sizeof c.name);
    text_copy(c.path, p->path, sizeof c.path);
    send(t, CORE_PROCESS, 0, 0, &c, sizeof c);
}

static void send_thread(const struct thread *t)
{
    struct core_thread c = {
        .pc = regs_pc(&t->regs), .fs_base = t->arch.tls, .gs_base = t->arch.gs_base};
    for (unsigned i = 0; i < REGS_COUNT; i++)
        c.general[i] = regs_value(&t->regs, i);
    send(t, CORE_THREAD, t->tid, 0, &c, sizeof c);
    send(t, CORE_STATE, t->tid, 0, t->arch.fpu, (uint32_t)arch_fpu_size());
}

static bool is_zero(const void *page)
{
    const uint64_t *words = page;
    for (unsigned i = 0; i < PAGE_SIZE / sizeof *words; i++) {
        if (words[i])
            return false;
    }
    return true;
}

/* Progress, in the words that a system call under way would use. */
enum { PHASE, CURSOR };
enum { PHASE_THREADS, PHASE_PAGES };

static void send_page(const struct thread *t, const struct vm_page *page)
{
    uint32_t flags = (page->prot & ACCESS_READ ? 4u : 0) | (page->prot & ACCESS_WRITE ? 2u : 0) |
                     (page->prot & ACCESS_EXEC ? 1u : 0);
    send(t, CORE_PAGE, page->va, flags, page->bytes, is_zero(page->bytes) ? 0 : PAGE_SIZE);
}

/* One more thread than t, or false: that was the last. */
static bool next_thread(struct thread *t)
{
    struct list *l = t->user_arg[CURSOR] ? (struct list *)(uintptr_t)t->user_arg[CURSOR]
                                         : t->process->threads.next;
    if (l == &t->process->threads)
        return false;
    const struct thread *other = container_of(l, struct thread, process_link);
    if (other != t)
        send_thread(other);
    t->user_arg[CURSOR] = (uintptr_t)l->next;
    return true;
}

static void step(struct thread *t)
{
    struct vm_page page;
    t->continuation = step;
    if (t->user_arg[PHASE] == PHASE_THREADS) {
        if (!next_thread(t)) {
            t->user_arg[PHASE] = PHASE_PAGES;
            t->user_arg[CURSOR] = 0;
        }
    } else if (aspace_next_written(t->aspace, &t->user_arg[CURSOR], &page)) {
        if (page.bytes)
            send_page(t, &page);
    } else {
        send(t, CORE_END, 0, 0, NULL, 0);
        process_go_on_ending(t);
    }
    (void)sched_should_preempt();
}

void coredump_note(struct thread *t, const struct fault *f)
{
    t->process->fault_vector = f->vector;
    t->process->fault_address = f->va;
}

bool coredump_begin(struct thread *t)
{
    if (!is_on)
        return false;
    send_process(t);
    arch_thread_save(t);
    send_thread(t);
    t->user_arg[PHASE] = PHASE_THREADS;
    t->user_arg[CURSOR] = 0;
    t->continuation = step;
    return true;
}

bool coredump_begin_exit(struct thread *t, int32_t status)
{
    /* SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS */
    const uint32_t signals = 1u << 3 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 11 |
                             1u << 24 | 1u << 25 | 1u << 31;
    uint32_t signal = (uint32_t)status - STATUS_SIGNAL;
    if (signal > CORE_SIGNAL_MAX || !(signals >> signal & 1))
        return false;
    t->process->fault_vector = CORE_SIGNAL + signal;
    return coredump_begin(t);
}
