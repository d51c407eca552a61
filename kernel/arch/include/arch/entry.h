/*
 * arch/entry.h: what the architecture's entry code and the rest of the kernel call of each other.
 *
 * One kernel stack per CPU; interrupts are off in the kernel; no thread ever blocks inside it. A
 * function named core_* is called on that stack with the user's registers saved in the thread;
 * when it returns, the CPU resumes this_cpu()->current, which may be another thread by then.
 */
#ifndef ARCH_ENTRY_H
#define ARCH_ENTRY_H

#include <stddef.h>
#include <stdint.h>

#include <arch/paging.h>
#include <arch/regs.h>

struct cpu;
struct thread;

#define BOOT_REGIONS_MAX 64
#define BOOT_CMDLINE_MAX 2048

/* Usable RAM. What the kernel's image and the early tables take is already cut out. */
struct boot_region {
    paddr base;
    uint64_t size; /* bytes; both multiples of PAGE_SIZE */
};

struct boot_info {
    const char *loader;   /* "pvh" or "multiboot2" */
    uint64_t ram;         /* bytes of usable RAM, the kernel's image included */
    uint64_t ram_end;     /* first physical address past all RAM */
    paddr rsdp;           /* ACPI tables, or zero */
    paddr kernel_start, kernel_end; /* image in memory */
    paddr files; /* the file system: behind the image, or where a loader put it; on a page */
    uint64_t files_size;
    paddr low_page;       /* RAM below 1 MiB where other CPUs begin, or zero */
    unsigned nregions;
    struct boot_region regions[BOOT_REGIONS_MAX];
    char cmdline[BOOT_CMDLINE_MAX];
};

/* An exception taken in user mode. */
enum fault_kind {
    FAULT_KIND_PAGE,       /* va and access tell where and what */
    FAULT_KIND_PROTECTION, /* general protection, bad selector, wild stack or address */
    FAULT_KIND_ILLEGAL,    /* undefined instruction */
    FAULT_KIND_ARITHMETIC, /* division */
    FAULT_KIND_FPU,        /* floating point or vector exception */
    FAULT_KIND_ALIGNMENT,
    FAULT_KIND_DEBUG,      /* breakpoint, single step */
    FAULT_KIND_OTHER,
};
struct fault {
    enum fault_kind kind;
    uint32_t access; /* enum mem_access, page faults only */
    uint32_t vector; /* the architecture's number */
    uint64_t error;  /* the architecture's code */
    uint64_t va;     /* address that faulted; zero unless a page fault */
    uint64_t pc;
};

/* ---- core offers ---- */

/* Runs on the boot CPU's kernel stack after the architecture's own start; ends in
 * arch_resume_user(). */
_Noreturn void kernel_main(const struct boot_info *boot);
/* A system call of t; its registers are in t. */
void core_syscall(struct thread *t);
/* An exception in user mode. Page faults come here too: core asks aspace_fault first. */
void core_user_fault(struct thread *t, const struct fault *f);
/* The timer fired, from user mode or inside arch_irq_enable_wait_disable(). */
void core_timer_interrupt(void);
/* Another CPU wants something of this one (arch_cpu_interrupt); where the timer may come, too. */
void core_cpu_interrupt(void);
/* Where another CPU goes when it has started; ends in arch_resume_user(). */
_Noreturn void core_cpu_main(void);
/* Has other CPUs run f(arg), by a mask of their numbers, and waits for all of them. */
void core_cpus_call(uint64_t mask, void (*f)(void *), void *arg);
/* CPUs that run; their numbers are 0 .. count - 1. */
unsigned core_cpu_count(void);
/* Zeroed storage of CPU `index`, whose first members are `struct arch_cpu arch` and
 * `struct thread *current`. Asked for before anything else runs. */
struct cpu *core_cpu(unsigned index);

/* ---- the architecture offers ---- */

/* "divide error", "page fault" and so on. */
const char *arch_fault_name(const struct fault *f);
/* Prints the message, the registers if the panic came from an exception, and a backtrace with
 * symbols, straight to the ports; ends the run with status 5. */
_Noreturn __attribute__((format(printf, 1, 2))) void arch_panic(const char *fmt, ...);
/* Name of the kernel function that holds pc, and the distance from its start; null if unknown. */
const char *arch_symbol(uint64_t pc, uint64_t *offset);

#endif
