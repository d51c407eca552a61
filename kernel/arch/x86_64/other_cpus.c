/*
 * other_cpus.c: starting the other CPUs: INIT, then the start interrupt, which makes a CPU run a page of
 * low memory in real mode (boot/other_cpu.S); and the test whether its cycle counter agrees with ours.
 */
#include "apic.h"
#include "x86.h"

#include <arch/entry.h>
#include <arch/paging.h>
#include <arch/timer.h>

#define CPUS_FOUND_MAX 255u
#define MS 1000000ull
#define INIT_WAIT   (10 * MS)
#define START_RETRY (20 * MS)
#define START_WAIT  (1000 * MS)

static uint32_t apic_ids[CPUS_FOUND_MAX];
static uint64_t low_page;

extern const char other_cpu_entry[], other_cpu_entry_end[];
/* For boot/other_cpu.S: what the CPU that starts next is given. */
extern uint64_t other_cpu_root, other_cpu_stack, other_cpu_self;

/* Whoever starts says when, and waits until it may go on. */
static struct {
    uint64_t tsc;
    bool may_go_on;
} meeting;

unsigned arch_cpus_find(const struct boot_info *boot)
{
    unsigned n = x86_acpi_cpus(boot->rsdp, boot->ram_end, apic_ids, CPUS_FOUND_MAX);
    uint32_t self = x86_apic_id();
    low_page = boot->low_page;
    if (n == 0 || !low_page)
        return 1;
    for (unsigned i = 0; i < n; i++) {
        if (apic_ids[i] == self) {
            apic_ids[i] = apic_ids[0];
            apic_ids[0] = self;
        }
    }
    __builtin_memcpy(arch_direct_map(low_page), other_cpu_entry,
                     (size_t)(other_cpu_entry_end - other_cpu_entry));
    for (unsigned i = 1; i < n; i++)
        x86_apic_send(apic_ids[i], IPI_INIT);
    uint64_t until = arch_time_ns() + INIT_WAIT;
    while (n > 1 && arch_time_ns() < until)
        arch_pause();
    return n;
}

static bool wait_started(const struct arch_cpu *cpu, uint64_t ns)
{
    uint64_t until = arch_time_ns() + ns;
    while (!__atomic_load_n(&cpu->is_started, __ATOMIC_ACQUIRE)) {
        if (arch_time_ns() >= until)
            return false;
        arch_pause();
    }
    return true;
}

const char *arch_cpu_start(unsigned nth, struct cpu *storage, uint64_t stacks)
{
    struct arch_cpu *cpu = (struct arch_cpu *)storage;
    uint64_t exception_stacks = stacks + KERNEL_STACK_SIZE;
    static unsigned index;
    cpu->self = storage;
    cpu->apic_id = apic_ids[nth];
    cpu->root = x86_image_phys(x86_kernel_root);
    cpu->stack_top = x86_map_stack(index++, stacks);
    other_cpu_root = cpu->root;
    other_cpu_stack = cpu->stack_top;
    other_cpu_self = (uint64_t)cpu;
    cpu->tss.ist[0] = (uint64_t)arch_direct_map(exception_stacks); /* for the CPU to spread */
    meeting.tsc = 0;
    meeting.may_go_on = false;
    uint64_t before = arch_tsc();
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    x86_apic_send(cpu->apic_id, IPI_START | (uint32_t)(low_page >> PAGE_SHIFT));
    if (!wait_started(cpu, START_RETRY)) {
        x86_apic_send(cpu->apic_id, IPI_START | (uint32_t)(low_page >> PAGE_SHIFT));
        if (!wait_started(cpu, START_WAIT))
            return "it does not start";
    }
    uint64_t after = arch_tsc();
    if (meeting.tsc < before || meeting.tsc > after)
        return "its cycle counter does not agree with the others";
    __atomic_store_n(&meeting.may_go_on, true, __ATOMIC_RELEASE);
    return (void *)0;
}

_Noreturn void x86_other_cpu_start(struct arch_cpu *cpu);

/* Called by boot/other_cpu.S on the CPU's own stack. */
_Noreturn void x86_other_cpu_start(struct arch_cpu *cpu)
{
    x86_other_cpu_init(cpu, cpu->tss.ist[0]);
    x86_apic_init();
    x86_apic_timer_enable();
    meeting.tsc = arch_tsc();
    __atomic_store_n(&cpu->is_started, 1, __ATOMIC_RELEASE);
    while (!__atomic_load_n(&meeting.may_go_on, __ATOMIC_ACQUIRE))
        arch_pause();
    core_cpu_main();
}

void arch_cpu_interrupt(struct cpu *cpu)
{
    x86_apic_send(((struct arch_cpu *)cpu)->apic_id, IPI_FIXED | VECTOR_CPU);
}
