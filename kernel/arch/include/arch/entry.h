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

/* Whether this CPU's system calls that may be a message try the shortest path first, before the registers are
 * saved: ipc/held.c, or ipc/claimed.c. Neither at first. A CPU that cannot leaves it so. */
enum arch_shortest {
    ARCH_SHORTEST_NONE,
    ARCH_SHORTEST_HELD,    /* only while one CPU runs and nothing is measured */
    ARCH_SHORTEST_CLAIMED, /* several */
};
void arch_syscall_hold(enum arch_shortest which);

/* A short Call to the kernel, called then; of the caller's registers only what a system call preserves is
 * in t. message: room for a header, and the payload. Not null: t goes on with this message, the word and
 * five words of payload, as the answer. Null: as after core_syscall. Or it ends in the other one, and the
 * general path does it. */
const uint64_t *core_call_held(uint64_t handle, uint64_t word, uint64_t unused, struct thread *t,
                               uint64_t in, const uint64_t *message);
const uint64_t *arch_core_call_refused(uint64_t handle, uint64_t word, uint64_t unused,
                                       struct thread *t, uint64_t in, const uint64_t *unused_too);

/* Called then, with what the system call got (tessera/syscall.h); of the caller's registers only what the call
 * preserves was saved. in: where a long message may be written; out: where one is that is sent. Each ends in one
 * of the calls below. */
void fast_call_held(uint64_t handle, uint64_t word, uint64_t unused, struct thread *client,
                    uint64_t in, uint64_t unused_too);
void fast_reply_recv_held(uint64_t token, uint64_t word, uint64_t listener, struct thread *server,
                          uint64_t in, uint64_t unused);
void fast_call_held_long(uint64_t handle, uint64_t word, uint64_t unused, struct thread *client,
                         uint64_t in, uint64_t out);
void fast_reply_recv_held_long(uint64_t token, uint64_t word, uint64_t listener,
                               struct thread *server, uint64_t in, uint64_t out);
/* Where rules want to see the message: it is written down (a header, zero but for the word, and the payload), and
 * the functions that follow go on with the arguments that these get and its address as the last one. entry: the
 * address of the handle's. */
void arch_held_call_judged(uint64_t handle, uint64_t word, uint64_t entry, struct thread *client,
                           uint64_t in, uint64_t unused);
void arch_held_reply_recv_judged(uint64_t entry, uint64_t word, uint64_t listener,
                                 struct thread *server, uint64_t in, uint64_t unused);
void fast_call_judged(uint64_t handle, uint64_t word, uint64_t entry, struct thread *client,
                      uint64_t in, uint64_t message);
void fast_reply_recv_judged(uint64_t entry, uint64_t word, uint64_t listener, struct thread *server,
                            uint64_t in, uint64_t message);
void fast_call_claimed(uint64_t handle, uint64_t word, uint64_t unused, struct thread *client,
                       uint64_t in, uint64_t unused_too);
void fast_reply_recv_claimed(uint64_t token, uint64_t word, uint64_t listener, struct thread *server,
                             uint64_t in, uint64_t unused);
/* The general path does it: the same arguments, zero for the unused and for out. */
void arch_held_call_refused(uint64_t handle, uint64_t word, uint64_t unused, struct thread *client,
                            uint64_t in, uint64_t unused_too);
void arch_held_reply_recv_refused(uint64_t token, uint64_t word, uint64_t listener,
                                  struct thread *server, uint64_t in, uint64_t unused);
void arch_held_call_long_refused(uint64_t handle, uint64_t word, uint64_t unused,
                                 struct thread *client, uint64_t in, uint64_t out);
void arch_held_reply_recv_long_refused(uint64_t token, uint64_t word, uint64_t listener,
                                       struct thread *server, uint64_t in, uint64_t out);
/* Switches from a thread to the one that its message is for, and leaves the kernel with these results of
 * its system call; `in` is kept for `from`. Long: that was stored already; the message is in the buffer of
 * `to`, without an arena, and its address space is loaded. */
void arch_held_switch(uint64_t to, uint64_t word, uint64_t token, struct thread *from, uint64_t in,
                      uint64_t rights);
void arch_held_switch_long(uint64_t to, uint64_t word, uint64_t token, struct thread *from,
                           uint64_t unused, uint64_t rights);
/* The same of a short message when this CPU has a claim and has taken a listener, by the byte at is_taken: both
 * are given back as soon as `from` is saved. `in` was stored. */
void arch_claimed_switch(uint64_t to, uint64_t word, uint64_t token, struct thread *from,
                         uint64_t is_taken, uint64_t rights);

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
