/*
 * core/fault.c: exceptions that a program causes: resolved quietly (a lazily committed page), or the
 * end of its process with a report in words.
 */
#include <arch/entry.h>

#include "core/coredump.h"
#include "core/irq_time.h"
#include "core/log.h"
#include "core/process.h"
#include "core/sched.h"
#include "core/symbols.h"
#include "mm/aspace.h"
#include "mm/usercopy.h"

#define FRAMES_MAX      24
#define FRAMES_STEP     2 /* lines that one step prints: formatting one costs 2,000 to 3,000 instructions */
#define REGISTERS_LINE  3
#define REGISTERS_STEP  6
#define RED_ZONE        256u        /* bytes below the stack pointer that a function may touch */
#define STACK_REACH     (16u << 20) /* how far a function's frame can lead beyond the stack's end */

static const char *access_text(uint32_t access)
{
    if (access & ACCESS_EXEC)
        return "executing";
    return access & ACCESS_WRITE ? "writing" : "reading";
}

/* ---- the report, a few lines a step, so that nobody waits for it long ---- */

/* Progress, in the words that a system call under way would use. */
enum { STEP, FRAME };

static void print_registers(const struct user_regs *r, unsigned first)
{
    for (unsigned i = first; i < first + REGISTERS_STEP && i < REGS_COUNT; i += REGISTERS_LINE) {
        char line[120];
        int n = 0;
        for (unsigned j = i; j < i + REGISTERS_LINE && j < REGS_COUNT; j++)
            n += ksnprintf(line + n, sizeof line - (size_t)n, "  %6s %016lx", regs_name(j),
                           regs_value(r, j));
        klog_notice("kernel: %s", line);
    }
}

/* The name of the program's function at pc, as the process sees it. */
static const char *symbol(const struct process *p, uint64_t pc, uint64_t *offset)
{
    if (!p->program.is_file)
        return NULL;
    return symbol_of_program(p->path, pc - p->program.base, offset);
}

static void print_frame(const struct thread *t, uint64_t number, uint64_t pc)
{
    uint64_t offset;
    /* A return address belongs to the call before it, which may be its function's last instruction. */
    const char *name = symbol(t->process, number ? pc - 1 : pc, &offset);
    if (name)
        klog_notice("kernel:     #%lu  0x%lx  %s + 0x%lx", number, pc, name,
                    number ? offset + 1 : offset);
    else
        klog_notice("kernel:     #%lu  0x%lx", number, pc);
}

static void print_title(const struct process *p)
{
    if (p->program.base)
        klog_notice("kernel:   backtrace in %s, loaded at 0x%lx:", p->path, p->program.base);
    else
        klog_notice("kernel:   backtrace in %s:", p->path);
}

/* The first caller when the function has not made its frame yet: at its first instruction, or at an
 * address that is no function's, as after a call of a null pointer. */
static bool first_caller(struct thread *t, uint64_t *pc)
{
    uint64_t offset;
    if (symbol(t->process, regs_pc(&t->regs), &offset) && offset)
        return false;
    return aspace_read(t->aspace, regs_return_slot(&t->regs), pc, sizeof *pc) &&
           symbol(t->process, *pc - 1, &offset);
}

/* The next caller, from the chain of frames; false at its end. */
static bool next_caller(struct thread *t, uint64_t *pc)
{
    uint64_t frame = t->user_arg[FRAME], link[2];
    if (!frame || frame % 8 || !aspace_read(t->aspace, frame, link, sizeof link) || !link[1])
        return false;
    t->user_arg[FRAME] = link[0] > frame ? link[0] : 0; /* callers lie higher on the stack */
    *pc = link[1];
    return true;
}

/* Frame `number`; false at the end of the backtrace. */
static bool frame_step(struct thread *t, uint64_t number)
{
    uint64_t pc = regs_pc(&t->regs);
    if (number == FRAMES_MAX) {
        klog_notice("kernel:     ... and more");
        return false;
    }
    if (number == 0)
        t->user_arg[FRAME] = regs_fp(&t->regs);
    else if (!(number == 1 && first_caller(t, &pc)) && !next_caller(t, &pc))
        return false;
    print_frame(t, number, pc);
    return true;
}

static void report_step(struct thread *t)
{
    const uint64_t registers = (REGS_COUNT + REGISTERS_STEP - 1) / REGISTERS_STEP;
    uint64_t step = t->user_arg[STEP]++;
    bool has_more = true;
    if (step < registers) {
        print_registers(&t->regs, (unsigned)step * REGISTERS_STEP);
    } else {
        uint64_t first = (step - registers) * FRAMES_STEP;
        if (first == 0)
            print_title(t->process);
        for (uint64_t i = 0; i < FRAMES_STEP && has_more; i++)
            has_more = frame_step(t, first + i);
    }
    if (has_more) {
        t->continuation = report_step;
        (void)sched_should_preempt();
    } else if (!coredump_begin(t)) {
        process_go_on_ending(t);
    }
}

/* The stack pointer has come to the end of the memory that the thread's stack began in, and the
 * access goes below that. *low: that end. */
static bool is_stack_overflow(const struct thread *t, uint64_t va, uint64_t *low)
{
    uint64_t high, sp = regs_sp(&t->regs);
    if (!t->stack_top || !aspace_extent(t->aspace, t->stack_top - 1, low, &high))
        return false;
    /* A stack that began in a guard page has no bytes of its own to overflow. */
    return *low < t->stack_top && va < *low && sp < *low + RED_ZONE &&
           *low - sp + RED_ZONE < STACK_REACH && va + RED_ZONE >= sp;
}

static void describe(const struct thread *t, const struct fault *f, enum vm_fault why, char *buf,
                     size_t size)
{
    uint64_t low;
    if (f->kind != FAULT_KIND_PAGE)
        ksnprintf(buf, size, "%s at 0x%lx", arch_fault_name(f), f->pc);
    else if (is_stack_overflow(t, f->va, &low))
        ksnprintf(buf, size, "stack overflow: %lu bytes of stack, guard page at 0x%lx: %s address "
                  "0x%lx at 0x%lx", t->stack_top - low, low - (uint64_t)PAGE_SIZE,
                  access_text(f->access), f->va, f->pc);
    else
        ksnprintf(buf, size, "page fault %s address 0x%lx at 0x%lx: %s", access_text(f->access),
                  f->va, f->pc, vm_fault_text(why));
}

static void take_fault(struct thread *t, const struct fault *f)
{
    struct process *p = t->process;
    enum vm_fault why = VM_FAULT_UNMAPPED;
    if (f->kind == FAULT_KIND_PAGE) {
        why = aspace_fault(t->aspace, f->va, f->access);
        if (why == VM_FAULT_RESOLVED)
            return;
    }
    char text[160];
    describe(t, f, why, text, sizeof text);
    klog_notice("kernel: process %s (class %s), thread %u: %s", p->name, policy_class_name(p->class),
                t->tid, text);
    coredump_note(t, f);
    process_end(p, -1, true);
    t->user_arg[STEP] = 0;
    t->continuation = report_step; /* the end goes on after it */
    sched_run();
}

void core_user_fault(struct thread *t, const struct fault *f)
{
    if (kernel_enter(IRQ_TIME_FAULT | (uint64_t)f->vector << 8))
        take_fault(t, f);
    else
        sched_run(); /* it was stopped before: if it runs again it will fault again */
    kernel_exit();
}
