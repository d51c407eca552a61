/*
 * acpi.c: finds ACPI's tables; which CPUs there are (the MADT). The way to power off: acpi_power.c.
 *
 * Tables are read through the direct map; what lies outside it, or does not add up to zero, is as if it
 * were not there, and the machine then has one CPU.
 */
#include "acpi.h"
#include "x86.h"

#include <arch/paging.h>

#define DIRECT_GRAIN (1ull << 30) /* the direct map is whole GiB */
#define EBDA_POINTER 0x40eull
#define EBDA_SIZE    1024u
#define BIOS_START   0xe0000ull
#define BIOS_END     0x100000ull
#define TABLE_MAX    (1u << 20)

#define MADT_LAPIC       0
#define MADT_X2APIC      9
#define MADT_ENABLED     1u
#define MADT_CAN_ENABLE  2u
#define APIC_ID_MAX      254u /* as long as the APIC's own registers are used */

struct rsdp {
    char signature[8];
    uint8_t sum;
    char oem[6];
    uint8_t revision;
    uint32_t rsdt;
    uint32_t length;
    uint64_t xsdt;
    uint8_t sum_all, reserved[3];
} __attribute__((packed));

struct madt {
    struct acpi_header header;
    uint32_t lapic, flags;
} __attribute__((packed));

static uint64_t reachable_end;

static const void *at(uint64_t pa, uint64_t size)
{
    return pa && pa < reachable_end && size <= reachable_end - pa ? arch_direct_map(pa) : (void *)0;
}

static bool is_sum_zero(const void *p, uint64_t size)
{
    uint8_t sum = 0;
    for (const uint8_t *b = p; size > 0; size--)
        sum = (uint8_t)(sum + *b++);
    return sum == 0;
}

static bool is_signed(const char *p, const char *text)
{
    while (*text) {
        if (*p++ != *text++)
            return false;
    }
    return true;
}

static const struct rsdp *rsdp_at(uint64_t pa)
{
    const struct rsdp *r = at(pa, sizeof *r);
    return r && is_signed(r->signature, "RSD PTR ") && is_sum_zero(r, 20) ? r : (void *)0;
}

static const struct rsdp *scan(uint64_t from, uint64_t end)
{
    for (; from < end; from += 16) {
        const struct rsdp *r = rsdp_at(from);
        if (r)
            return r;
    }
    return (void *)0;
}

/* Where a BIOS leaves it, if the loader did not say. */
static const struct rsdp *find_rsdp(uint64_t told)
{
    const struct rsdp *r = rsdp_at(told);
    if (!r) {
        uint64_t ebda = (uint64_t)(*(const uint16_t *)arch_direct_map(EBDA_POINTER)) << 4;
        if (ebda >= 0x80000 && ebda < 0xa0000)
            r = scan(ebda, ebda + EBDA_SIZE);
    }
    return r ? r : scan(BIOS_START, BIOS_END);
}

const struct acpi_header *x86_acpi_at(uint64_t pa)
{
    const struct acpi_header *h = at(pa, sizeof *h);
    if (!h || h->length < sizeof *h || h->length > TABLE_MAX || !at(pa, h->length) ||
        !is_sum_zero(h, h->length))
        return (void *)0;
    return h;
}

static const struct acpi_header *find_table(const struct rsdp *r, const char *signature)
{
    bool is_wide = r->revision >= 2 && r->xsdt;
    const struct acpi_header *root = x86_acpi_at(is_wide ? r->xsdt : r->rsdt);
    uint32_t size = is_wide ? 8 : 4;
    if (!root)
        return (void *)0;
    for (uint32_t offset = sizeof *root; offset + size <= root->length; offset += size) {
        uint64_t pa = 0;
        __builtin_memcpy(&pa, (const char *)root + offset, size);
        const struct acpi_header *h = x86_acpi_at(pa);
        if (h && is_signed(h->signature, signature))
            return h;
    }
    return (void *)0;
}

const struct acpi_header *x86_acpi_find(uint64_t rsdp, uint64_t ram_end, const char *signature)
{
    reachable_end = (ram_end + DIRECT_GRAIN - 1) & ~(DIRECT_GRAIN - 1);
    const struct rsdp *r = find_rsdp(rsdp);
    return r ? find_table(r, signature) : (void *)0;
}

/* The APIC number of a usable CPU's entry; false for another entry. */
static bool cpu_of(const uint8_t *entry, uint32_t *id)
{
    uint32_t flags = 0;
    if (entry[0] == MADT_LAPIC && entry[1] >= 8) {
        *id = entry[3];
        __builtin_memcpy(&flags, entry + 4, 4);
    } else if (entry[0] == MADT_X2APIC && entry[1] >= 16) {
        __builtin_memcpy(id, entry + 4, 4);
        __builtin_memcpy(&flags, entry + 8, 4);
    }
    return flags & (MADT_ENABLED | MADT_CAN_ENABLE) && *id <= APIC_ID_MAX;
}

unsigned x86_acpi_cpus(uint64_t rsdp, uint64_t ram_end, uint32_t *apic_ids, unsigned max)
{
    const struct acpi_header *h = x86_acpi_find(rsdp, ram_end, "APIC");
    unsigned n = 0;
    if (!h || h->length < sizeof(struct madt))
        return 0;
    const uint8_t *p = (const uint8_t *)h + sizeof(struct madt), *end = (const uint8_t *)h + h->length;
    for (; end - p >= 2 && p[1] >= 2 && p[1] <= end - p; p += p[1]) {
        uint32_t id;
        if (n < max && cpu_of(p, &id))
            apic_ids[n++] = id;
    }
    return n;
}
