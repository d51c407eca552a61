/*
 * cpu.c: brings one CPU into the state that the kernel runs in: features and control registers,
 * descriptor tables, system call registers.
 */
#include "x86.h"

#include <arch/entry.h>

#define CR0_MP (1ull << 1)
#define CR0_EM (1ull << 2)
#define CR0_TS (1ull << 3)
#define CR0_NE (1ull << 5)
#define CR0_WP (1ull << 16)
#define CR0_AM (1ull << 18)

#define CR4_PGE        (1ull << 7)
#define CR4_OSFXSR     (1ull << 9)
#define CR4_OSXMMEXCPT (1ull << 10)
#define CR4_UMIP       (1ull << 11)
#define CR4_FSGSBASE   (1ull << 16)
#define CR4_OSXSAVE    (1ull << 18)
#define CR4_SMEP       (1ull << 20)
#define CR4_SMAP       (1ull << 21)

/* Flags that a system call clears: all but the reserved ones. */
#define SYSCALL_FLAG_MASK 0x257fd5u

#define IST_DOUBLE_FAULT 1
#define IST_NMI          2
#define IST_MACHINE      3
#define IST_DEBUG        4
#define IST_STACK_SIZE   4096

struct idt_gate {
    uint16_t offset0, selector;
    uint8_t ist, type;
    uint16_t offset1;
    uint32_t offset2, reserved;
};
struct vector_entry {
    uint64_t vector, entry;
};

struct x86_features x86_features;
uint64_t x86_movsb_from = ~0ull;
uint64_t x86_nmi_count;

extern const struct vector_entry x86_vectors[];
extern const char vector_ignore[], syscall_entry[];
extern char boot_stack_top[];
extern const uint64_t smap_sites_start[], smap_sites_end[];

static struct idt_gate idt[256] __attribute__((aligned(16)));
static uint8_t ist_stacks[4][IST_STACK_SIZE] __attribute__((aligned(16)));
static char cpu_name[49];

static void detect_features(void)
{
    struct x86_features *f = &x86_features;
    uint32_t max = x86_cpuid(0, 0).a;
    struct x86_cpuid one = x86_cpuid(1, 0);
    struct x86_cpuid seven = {0};
    if (max >= 7)
        seven = x86_cpuid(7, 0);
    struct x86_cpuid ext = x86_cpuid(0x80000001u, 0);
    f->pge = one.d >> 13 & 1;
    f->xsave = one.c >> 26 & 1;
    f->avx = one.c >> 28 & 1;
    f->rdrand = one.c >> 30 & 1;
    f->fsgsbase = seven.b & 1;
    f->smep = seven.b >> 7 & 1;
    f->erms = seven.b >> 9 & 1;
    f->avx512 = seven.b >> 16 & 1;
    f->rdseed = seven.b >> 18 & 1;
    f->smap = seven.b >> 20 & 1;
    f->umip = seven.c >> 2 & 1;
    f->nx = ext.d >> 20 & 1;
    f->pdpe1gb = ext.d >> 26 & 1;
    if (f->erms)
        x86_movsb_from = 4097;
}

static void read_name(void)
{
    if (x86_cpuid(0x80000000u, 0).a < 0x80000004u)
        return;
    for (uint32_t i = 0; i < 3; i++) {
        struct x86_cpuid r = x86_cpuid(0x80000002u + i, 0);
        __builtin_memcpy(cpu_name + 16 * i, &r, 16);
    }
}

/* Puts three-byte no-operations in the place of clac and stac. The image is still writable. */
static void remove_smap_sites(void)
{
    static const uint8_t nop[3] = {0x0f, 0x1f, 0x00};
    for (const uint64_t *site = smap_sites_start; site < smap_sites_end; site++)
        __builtin_memcpy((void *)*site, nop, sizeof nop);
}

static void set_control_registers(void)
{
    const struct x86_features *f = &x86_features;
    uint64_t cr0 = x86_read_cr0();
    x86_write_cr0((cr0 & ~(CR0_EM | CR0_TS | CR0_AM)) | CR0_MP | CR0_NE | CR0_WP);
    uint64_t cr4 = x86_read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT;
    cr4 |= f->pge ? CR4_PGE : 0;
    cr4 |= f->umip ? CR4_UMIP : 0;
    cr4 |= f->fsgsbase ? CR4_FSGSBASE : 0;
    cr4 |= f->xsave ? CR4_OSXSAVE : 0;
    cr4 |= f->smep ? CR4_SMEP : 0;
    cr4 |= f->smap ? CR4_SMAP : 0;
    x86_write_cr4(cr4);
}

static void enable_fpu(void)
{
    if (x86_features.xsave)
        __asm__ volatile("xsetbv" : : "c"(0), "a"(x86_features.xcr0), "d"(0));
}

static void init_fpu(void)
{
    struct x86_features *f = &x86_features;
    if (!f->xsave) {
        f->fpu_size = 512;
        return;
    }
    f->xcr0 = 3; /* x87, SSE */
    if (f->avx)
        f->xcr0 |= 4;
    if (f->avx && f->avx512)
        f->xcr0 |= 0xe0;
    struct x86_cpuid have = x86_cpuid(0xd, 0);
    f->xcr0 &= have.a;
    enable_fpu();
    f->fpu_size = (x86_cpuid(0xd, 0).b + 63) & ~63u;
    f->xsaveopt = x86_cpuid(0xd, 1).a & 1;
    f->has_fast_switch = f->xsaveopt && f->fsgsbase;
}

static void set_gate(unsigned vector, const void *entry, unsigned ist, unsigned dpl)
{
    uint64_t at = (uint64_t)entry;
    idt[vector] = (struct idt_gate){
        .offset0 = (uint16_t)at,
        .offset1 = (uint16_t)(at >> 16),
        .offset2 = (uint32_t)(at >> 32),
        .selector = SEL_KERNEL_CODE,
        .ist = (uint8_t)ist,
        .type = (uint8_t)(0x8e | dpl << 5), /* interrupt gate, present */
    };
}

static unsigned ist_of(uint64_t vector)
{
    switch (vector) {
    case 1:
        return IST_DEBUG;
    case 2:
        return IST_NMI;
    case 8:
        return IST_DOUBLE_FAULT;
    case 18:
        return IST_MACHINE;
    default:
        return 0;
    }
}

static void init_idt(void)
{
    for (unsigned v = 0; v < 256; v++)
        set_gate(v, vector_ignore, 0, 0);
    for (const struct vector_entry *s = x86_vectors; s->entry; s++) {
        bool may_user_raise = s->vector == 3 || s->vector == 4;
        set_gate((unsigned)s->vector, (const void *)s->entry, ist_of(s->vector),
                 may_user_raise ? 3 : 0);
    }
}

/* ist: four stacks of IST_STACK_SIZE. */
static void load_tables(struct arch_cpu *cpu, uint64_t ist)
{
    uint64_t tss = (uint64_t)&cpu->tss;
    cpu->gdt[1] = 0x00af9a000000ffffull; /* kernel code */
    cpu->gdt[2] = 0x00cf92000000ffffull; /* kernel data */
    cpu->gdt[4] = 0x00cff2000000ffffull; /* user data */
    cpu->gdt[5] = 0x00affa000000ffffull; /* user code, 64-bit */
    cpu->gdt[6] = 0x0000890000000000ull | (sizeof cpu->tss - 1) | (tss & 0xffffff) << 16 |
                  (tss >> 24 & 0xff) << 56;
    cpu->gdt[7] = tss >> 32;
    for (unsigned i = 0; i < 4; i++)
        cpu->tss.ist[i] = ist + (i + 1) * IST_STACK_SIZE;
    cpu->tss.iomap_base = sizeof cpu->tss;

    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) gdtr = {sizeof cpu->gdt - 1, (uint64_t)cpu->gdt},
                              idtr = {sizeof idt - 1, (uint64_t)idt};
    __asm__ volatile("lgdt %0\n\t"
                     "lidt %1\n\t"
                     "pushq %q2\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\n\t"
                     "mov %w3, %%ss\n\t"
                     "mov %w4, %%ds\n\t"
                     "mov %w4, %%es\n\t"
                     "mov %w4, %%fs\n\t"
                     "mov %w4, %%gs\n\t"
                     "ltr %w5"
                     :
                     : "m"(gdtr), "m"(idtr), "i"(SEL_KERNEL_CODE), "r"(SEL_KERNEL_DATA), "r"(0),
                       "r"(SEL_TSS)
                     : "rax", "memory");
}

static void init_syscall(void)
{
    x86_wrmsr(MSR_EFER, x86_rdmsr(MSR_EFER) | EFER_SCE | EFER_NXE);
    x86_wrmsr(MSR_STAR, (uint64_t)(SEL_USER_DATA - 8) << 48 | (uint64_t)SEL_KERNEL_CODE << 32);
    x86_wrmsr(MSR_LSTAR, (uint64_t)syscall_entry);
    x86_wrmsr(MSR_FMASK, SYSCALL_FLAG_MASK);
}

void x86_cpu_init(void)
{
    struct arch_cpu *cpu = (struct arch_cpu *)core_cpu(0);
    cpu->self = (struct cpu *)cpu;
    cpu->stack_top = (uint64_t)boot_stack_top;
    init_idt();
    load_tables(cpu, (uint64_t)ist_stacks);
    x86_wrmsr(MSR_GS_BASE, (uint64_t)cpu); /* after the selectors, which clear it */
    x86_wrmsr(MSR_KERNEL_GS_BASE, 0);
    detect_features();
    read_name();
    if (!x86_features.smap)
        remove_smap_sites();
    set_control_registers();
    init_fpu();
    init_syscall();
}

void x86_other_cpu_init(struct arch_cpu *cpu, uint64_t ist)
{
    load_tables(cpu, ist);
    x86_wrmsr(MSR_GS_BASE, (uint64_t)cpu);
    x86_wrmsr(MSR_KERNEL_GS_BASE, 0);
    set_control_registers();
    enable_fpu();
    init_syscall();
}

bool arch_has_fsgsbase(void)
{
    return x86_features.fsgsbase;
}

const char *arch_cpu_name(void)
{
    return cpu_name;
}

uint64_t arch_random(void)
{
    uint64_t v = 0;
    bool is_good = false;
    for (unsigned i = 0; x86_features.rdseed && !is_good && i < 10; i++)
        __asm__ volatile("rdseed %0; setc %1" : "=r"(v), "=qm"(is_good) : : "cc");
    for (unsigned i = 0; x86_features.rdrand && !is_good && i < 10; i++)
        __asm__ volatile("rdrand %0; setc %1" : "=r"(v), "=qm"(is_good) : : "cc");
    if (is_good)
        return v;
    /* splitmix64 of the cycle counter */
    static uint64_t state;
    state += arch_tsc() | 1;
    v = (state ^ state >> 30) * 0xbf58476d1ce4e5b9ull;
    v = (v ^ v >> 27) * 0x94d049bb133111ebull;
    return v ^ v >> 31;
}
