/*
 * apic.c: the local APIC: set-up, end of interrupt, interrupts to other CPUs.
 */
#include "apic.h"

#include "x86.h"

#include <arch/entry.h>

#define DIVIDE_BY_16     3u
#define COMMAND_PENDING  0x1000u
#define COMMAND_ASSERT   0x4000u
#define COMMAND_OTHERS   0xc0000u
#define PENDING_LIMIT    1000000u

uint8_t x86_is_stopped;

void x86_apic_init(void)
{
    x86_wrmsr(MSR_APIC_BASE, x86_rdmsr(MSR_APIC_BASE) | 0x800);
    LAPIC(LAPIC_SPURIOUS) = LAPIC_ENABLE | VECTOR_SPURIOUS;
    LAPIC(LAPIC_TPR) = 0;
    LAPIC(LAPIC_LINT0) = LAPIC_MASKED;
    LAPIC(LAPIC_LINT1) = LAPIC_NMI;
    LAPIC(LAPIC_ERROR) = LAPIC_MASKED;
    LAPIC(LAPIC_DIVIDE) = DIVIDE_BY_16;
    LAPIC(LAPIC_TIMER) = LAPIC_MASKED | VECTOR_TIMER;
}

void x86_apic_timer_enable(void)
{
    LAPIC(LAPIC_TIMER) = VECTOR_TIMER;
}

void x86_apic_acknowledge(void)
{
    LAPIC(LAPIC_EOI) = 0;
}

uint32_t x86_apic_id(void)
{
    return LAPIC(LAPIC_ID) >> 24;
}

static void wait_until_sent(void)
{
    for (unsigned i = 0; i < PENDING_LIMIT && LAPIC(LAPIC_COMMAND) & COMMAND_PENDING; i++)
        arch_pause();
}

void x86_apic_send(uint32_t apic_id, uint32_t kind_and_vector)
{
    wait_until_sent();
    LAPIC(LAPIC_TARGET) = apic_id << 24;
    LAPIC(LAPIC_COMMAND) = kind_and_vector | COMMAND_ASSERT;
}

void x86_stop_others(void)
{
    if (core_cpu_count() == 1)
        return;
    __atomic_store_n(&x86_is_stopped, 1, __ATOMIC_SEQ_CST);
    wait_until_sent();
    LAPIC(LAPIC_COMMAND) = COMMAND_OTHERS | COMMAND_ASSERT | IPI_NMI;
    wait_until_sent();
}
