/*
 * apic.h: registers of the local APIC. Each CPU sees its own at the same address.
 */
#ifndef X86_APIC_H
#define X86_APIC_H

#include <stdint.h>

#include "asm_offsets.h"

#define LAPIC(reg) (*(volatile uint32_t *)(LAPIC_VA + (reg)))
#define LAPIC_ID       0x020
#define LAPIC_TPR      0x080
#define LAPIC_EOI      0x0b0
#define LAPIC_SPURIOUS 0x0f0
#define LAPIC_COMMAND  0x300
#define LAPIC_TARGET   0x310
#define LAPIC_TIMER    0x320
#define LAPIC_LINT0    0x350
#define LAPIC_LINT1    0x360
#define LAPIC_ERROR    0x370
#define LAPIC_COUNT    0x380
#define LAPIC_CURRENT  0x390
#define LAPIC_DIVIDE   0x3e0
#define LAPIC_ENABLE   0x100
#define LAPIC_MASKED   0x10000
#define LAPIC_NMI      0x400

/* From here on the timer's interrupt arrives. */
void x86_apic_timer_enable(void);

#endif
