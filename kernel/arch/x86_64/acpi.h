/*
 * acpi.h: ACPI's tables, for those who look for one thing in them. Private to this architecture.
 */
#ifndef X86_ACPI_H
#define X86_ACPI_H

#include <stdint.h>

struct acpi_header {
    char signature[4];
    uint32_t length; /* of the whole table */
    uint8_t revision, sum;
    char oem[6], table[8];
    uint32_t oem_revision, creator, creator_revision;
} __attribute__((packed));

/* The first table of this signature whose sum is right, or null. rsdp: the root pointer's physical
 * address or zero; ram_end as in struct boot_info: what lies beyond the direct map is not found. */
const struct acpi_header *x86_acpi_find(uint64_t rsdp, uint64_t ram_end, const char *signature);
/* The table at a physical address, after a call of x86_acpi_find; null if it is damaged. */
const struct acpi_header *x86_acpi_at(uint64_t pa);

#endif
