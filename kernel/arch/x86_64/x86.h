/*
 * x86.h: instructions and private functions of the x86_64 code. Not part of the contract.
 */
#ifndef X86_X86_H
#define X86_X86_H

#include <stdbool.h>
#include <stdint.h>

#include <arch/cpu.h>
#include <arch/regs.h>

struct boot_info;

#define MSR_APIC_BASE      0x1bu
#define MSR_EFER           0xc0000080u
#define MSR_STAR           0xc0000081u
#define MSR_LSTAR          0xc0000082u
#define MSR_FMASK          0xc0000084u
#define MSR_FS_BASE        0xc0000100u
#define MSR_GS_BASE        0xc0000101u
#define MSR_KERNEL_GS_BASE 0xc0000102u

#define EFER_SCE 1u
#define EFER_NXE 0x800u

/* What the CPU has; filled by x86_cpu_init before anything else. */
struct x86_features {
    bool fsgsbase, smep, smap, umip, xsave, xsaveopt, avx, avx512, erms, pdpe1gb, pge, nx;
    bool rdrand, rdseed;
    bool has_fast_switch; /* XSAVEOPT and FSGSBASE */
    uint32_t xcr0;        /* state components in use; none has a number above 31 */
    uint32_t fpu_size; /* multiple of 64 */
};
extern struct x86_features x86_features;
extern uint64_t x86_movsb_from; /* copies from this size on use rep movsb */
extern uint64_t x86_nmi_count;

/* Boot steps, in the order in which kernel/boot calls them. */
void x86_cpu_init(void);
void x86_console_init(void);
void x86_kernel_map_init(struct boot_info *boot);
void x86_timer_init(void);
/* The same for another CPU, on that CPU. ist: its four exception stacks. */
void x86_other_cpu_init(struct arch_cpu *cpu, uint64_t ist);
void x86_apic_init(void);

/* kernel_map.c: the other CPUs' stacks, with unmapped pages below. Returns the top. */
uint64_t x86_map_stack(unsigned index, uint64_t frames);
/* apic.c */
uint32_t x86_apic_id(void);
enum x86_ipi { IPI_FIXED = 0, IPI_NMI = 0x400, IPI_INIT = 0x500, IPI_START = 0x600 };
void x86_apic_send(uint32_t apic_id, uint32_t kind_and_vector);
/* The other CPUs stop for good. */
void x86_stop_others(void);
extern uint8_t x86_is_stopped;
/* acpi.c: APIC numbers of the usable CPUs. */
unsigned x86_acpi_cpus(uint64_t rsdp, uint64_t ram_end, uint32_t *apic_ids, unsigned max);

/* Looks for the way to power off; tables are read through the direct map. */
void x86_power_init(uint64_t rsdp, uint64_t ram_end);
/* Powers off, or returns: the machine did not say how. */
void x86_power_off(void);

/* Entries that entry.S calls. */
void x86_user_exception(struct user_regs *regs);
void x86_kernel_exception(struct user_regs *frame);
void x86_fatal_exception(struct user_regs *frame);

void x86_apic_acknowledge(void);
_Noreturn void x86_panic_at(const struct user_regs *frame, uint64_t fault_va, const char *what);

/* Physical memory that nobody may write: code and constants, files. */
#define X86_CONSTANT_RANGES 2u
struct x86_range {
    uint64_t from, to;
};
extern struct x86_range x86_constant[X86_CONSTANT_RANGES];

/* The root with the kernel's half alone; what runs when no address space does. */
extern uint64_t x86_kernel_root[512];
/* Root entries that every address space shares. */
#define ROOT_DIRECT_MAP 256
#define ROOT_KERNEL     511

#define PTE_PRESENT  1ull
#define PTE_WRITE    2ull
#define PTE_USER     4ull
#define PTE_UNCACHED 0x18ull
#define PTE_LARGE    0x80ull
#define PTE_GLOBAL   0x100ull
#define PTE_BORROWED 0x200ull /* free for software */
#define PTE_HIDDEN   0x400ull /* the same; in place of PTE_PRESENT: the page has a frame and no access */
#define PTE_NX       (1ull << 63)
#define PTE_FRAME    0x000ffffffffff000ull

static inline void x86_outb(uint16_t port, uint8_t v)
{
    __asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void x86_outw(uint16_t port, uint16_t v)
{
    __asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline void x86_outl(uint16_t port, uint32_t v)
{
    __asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}

static inline uint16_t x86_inw(uint16_t port)
{
    uint16_t v;
    __asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

static inline uint8_t x86_inb(uint16_t port)
{
    uint8_t v;
    __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

static inline void x86_wrmsr(uint32_t msr, uint64_t v)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)) : "memory");
}

static inline uint64_t x86_rdmsr(uint32_t msr)
{
    uint32_t lo, hi;
    __asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
    return (uint64_t)hi << 32 | lo;
}

static inline uint64_t x86_read_cr0(void)
{
    uint64_t v;
    __asm__ volatile("mov %%cr0, %0" : "=r"(v));
    return v;
}

static inline void x86_write_cr0(uint64_t v)
{
    __asm__ volatile("mov %0, %%cr0" : : "r"(v) : "memory");
}

static inline uint64_t x86_read_cr2(void)
{
    uint64_t v;
    __asm__ volatile("mov %%cr2, %0" : "=r"(v));
    return v;
}

static inline void x86_write_cr3(uint64_t v)
{
    __asm__ volatile("mov %0, %%cr3" : : "r"(v) : "memory");
}

static inline uint64_t x86_read_cr4(void)
{
    uint64_t v;
    __asm__ volatile("mov %%cr4, %0" : "=r"(v));
    return v;
}

static inline void x86_write_cr4(uint64_t v)
{
    __asm__ volatile("mov %0, %%cr4" : : "r"(v) : "memory");
}

static inline void x86_invlpg(uint64_t va)
{
    __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

struct x86_cpuid {
    uint32_t a, b, c, d;
};

static inline struct x86_cpuid x86_cpuid(uint32_t leaf, uint32_t sub)
{
    struct x86_cpuid r;
    __asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(sub));
    return r;
}

/* This CPU's own part of struct cpu. */
static inline struct arch_cpu *x86_this(void)
{
    return (struct arch_cpu *)this_cpu();
}

/* Frames of the image are linked at KERNEL_BASE above their physical address. */
static inline uint64_t x86_image_phys(const void *p)
{
    return (uint64_t)p - KERNEL_BASE;
}

#endif
