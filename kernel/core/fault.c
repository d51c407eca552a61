/*
 * core/fault.c: exceptions that a program causes: resolved quietly (a lazily committed page), or the
 * end of its process with a report in words.
 */
#include <arch/entry.h>

#include "core/log.h"
#include "core/process.h"
#include "core/sched.h"
#include "mm/aspace.h"
#include "mm/usercopy.h"

#define FRAMES_MAX 16

static const char *access_text(uint32_t access)
{
    if (access & ACCESS_EXEC)
        return "executing";
    return access & ACCESS_WRITE ? "writing" : "reading";
}

/* Addresses only: names are added from the program's file by the tools. */
static void backtrace(struct thread *t)
{
    uint64_t frame = regs_fp(&t->regs);
    klog_notice("kernel:   backtrace (addresses in %s):", t->process->path);
    klog_notice("kernel:     #0  0x%lx", regs_pc(&t->regs));
    for (int i = 1; i < FRAMES_MAX; i++) {
        uint64_t link[2];
        if (!frame || frame % 8 || !aspace_read(t->aspace, frame, link, sizeof link) || !link[1])
            return;
        klog_notice("kernel:     #%d  0x%lx", i, link[1]);
        if (link[0] <= frame)
            return;
        frame = link[0];
    }
}

static void registers(const struct user_regs *r)
{
    for (unsigned i = 0; i < REGS_COUNT; i += 3) {
        char line[120];
        int n = 0;
        for (unsigned j = i; j < i + 3 && j < REGS_COUNT; j++)
            n += ksnprintf(line + n, sizeof line - (size_t)n, "  %6s %016lx", regs_name(j),
                           regs_value(r, j));
        klog_notice("kernel: %s", line);
    }
}

static void describe(const struct fault *f, enum vm_fault why, char *buf, size_t size)
{
    if (f->kind != FAULT_KIND_PAGE)
        ksnprintf(buf, size, "%s at 0x%lx", arch_fault_name(f), f->pc);
    else if (why == VM_FAULT_GUARD)
        ksnprintf(buf, size, "stack overflow or guard page: %s address 0x%lx at 0x%lx",
                  access_text(f->access), f->va, f->pc);
    else
        ksnprintf(buf, size, "page fault %s address 0x%lx at 0x%lx: %s", access_text(f->access),
                  f->va, f->pc, vm_fault_text(why));
}

void core_user_fault(struct thread *t, const struct fault *f)
{
    struct process *p = t->process;
    enum vm_fault why = VM_FAULT_UNMAPPED;
    if (f->kind == FAULT_KIND_PAGE) {
        why = aspace_fault(t->aspace, f->va, f->access);
        if (why == VM_FAULT_RESOLVED)
            return;
    }
    char text[160];
    describe(f, why, text, sizeof text);
    klog_notice("kernel: process %s (class %s), thread %u: %s", p->name, policy_class_name(p->class),
                t->tid, text);
    registers(&t->regs);
    backtrace(t);
    process_end(p, -1, true);
    sched_run();
}
