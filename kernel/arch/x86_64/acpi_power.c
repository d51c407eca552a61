/*
 * acpi_power.c: the way to power the machine off (state S5), looked for at boot: the registers
 * stand in the FADT, the numbers to write in the object _S5_ of the DSDT. That table is a program;
 * a name and a package of small numbers are found in it without running it.
 */
#include "acpi.h"
#include "x86.h"

#define FADT_DSDT          40
#define FADT_SMI_COMMAND   48
#define FADT_ACPI_ENABLE   52
#define FADT_PM1A_CONTROL  64
#define FADT_PM1B_CONTROL  68
#define FADT_FLAGS         112
#define FADT_X_DSDT        140
#define FADT_SLEEP_CONTROL 244 /* a generic address: space, width, offset, access, 64 bits of it */

#define FADT_HARDWARE_REDUCED (1u << 20)
#define SPACE_IO              1
#define SCI_ENABLED           1u
#define SLEEP_ENABLE          (1u << 13)
#define SLEEP_TYPE            10 /* bit */
#define SLEEP_REDUCED_ENABLE  0x20u
#define SLEEP_REDUCED_TYPE    2 /* bit */
#define ENABLE_SPINS          1000000u

#define AML_ZERO    0x00
#define AML_ONE     0x01
#define AML_NAME    0x08
#define AML_BYTE    0x0a
#define AML_PACKAGE 0x12

static struct {
    bool is_known;
    uint16_t control[2]; /* ports of PM1a and PM1b; zero: none */
    uint16_t reduced;    /* port of the sleep control register, on machines that have only that */
    uint8_t type[2];
    uint16_t smi_command; /* zero: ACPI is on */
    uint8_t enable;
} power;

static uint64_t field(const struct acpi_header *h, uint32_t offset, uint32_t size)
{
    uint64_t value = 0;
    if (offset + size <= h->length)
        __builtin_memcpy(&value, (const char *)h + offset, size);
    return value;
}

/* A small number of a package; false for anything else. */
static bool small_number(const uint8_t **p, const uint8_t *end, uint8_t *value)
{
    if (*p >= end)
        return false;
    uint8_t first = *(*p)++;
    if (first == AML_ZERO || first == AML_ONE) {
        *value = first;
        return true;
    }
    if (first != AML_BYTE || *p >= end)
        return false;
    *value = *(*p)++;
    return true;
}

/* p stands behind the name _S5_: a package of at least two numbers. */
static bool read_package(const uint8_t *p, const uint8_t *end)
{
    if (end - p < 4 || *p++ != AML_PACKAGE)
        return false;
    p += 1 + (*p >> 6); /* its length, one to four bytes */
    if (p >= end || *p++ < 2)
        return false;
    return small_number(&p, end, &power.type[0]) && small_number(&p, end, &power.type[1]);
}

static bool find_s5(const struct acpi_header *dsdt)
{
    const uint8_t *p = (const uint8_t *)(dsdt + 1), *end = (const uint8_t *)dsdt + dsdt->length;
    for (; end - p > 8; p++) {
        if (p[0] != '_' || p[1] != 'S' || p[2] != '5' || p[3] != '_')
            continue;
        bool is_name = p[-1] == AML_NAME || (p[-1] == '\\' && p[-2] == AML_NAME);
        if (is_name && read_package(p + 4, end))
            return true;
    }
    return false;
}

void x86_power_init(uint64_t rsdp, uint64_t ram_end)
{
    const struct acpi_header *fadt = x86_acpi_find(rsdp, ram_end, "FACP");
    if (!fadt)
        return;
    uint64_t at = field(fadt, FADT_X_DSDT, 8);
    const struct acpi_header *dsdt = x86_acpi_at(at ? at : field(fadt, FADT_DSDT, 4));
    if (!dsdt || !find_s5(dsdt))
        return;
    if (field(fadt, FADT_FLAGS, 4) & FADT_HARDWARE_REDUCED) {
        if (field(fadt, FADT_SLEEP_CONTROL, 1) == SPACE_IO)
            power.reduced = (uint16_t)field(fadt, FADT_SLEEP_CONTROL + 4, 8);
        power.is_known = power.reduced != 0;
        return;
    }
    power.control[0] = (uint16_t)field(fadt, FADT_PM1A_CONTROL, 4);
    power.control[1] = (uint16_t)field(fadt, FADT_PM1B_CONTROL, 4);
    power.enable = (uint8_t)field(fadt, FADT_ACPI_ENABLE, 1);
    power.smi_command = power.enable ? (uint16_t)field(fadt, FADT_SMI_COMMAND, 4) : 0;
    power.is_known = power.control[0] != 0;
}

/* Until ACPI is on, the registers are the firmware's. */
static void enable_acpi(void)
{
    if (!power.smi_command || (x86_inw(power.control[0]) & SCI_ENABLED))
        return;
    x86_outb(power.smi_command, power.enable);
    for (unsigned i = 0; i < ENABLE_SPINS && !(x86_inw(power.control[0]) & SCI_ENABLED); i++)
        ;
}

void x86_power_off(void)
{
    if (!power.is_known)
        return;
    if (power.reduced) {
        x86_outb(power.reduced,
                 (uint8_t)(power.type[0] << SLEEP_REDUCED_TYPE | SLEEP_REDUCED_ENABLE));
        return;
    }
    enable_acpi();
    for (unsigned i = 0; i < 2; i++) {
        uint16_t port = power.control[i];
        if (port)
            x86_outw(port, (uint16_t)((x86_inw(port) & ~(7u << SLEEP_TYPE)) |
                                      (uint32_t)power.type[i] << SLEEP_TYPE | SLEEP_ENABLE));
    }
}
