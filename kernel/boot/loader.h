/*
 * loader.h: readers of the loaders' descriptions, one for each loader.
 */
#ifndef BOOT_LOADER_H
#define BOOT_LOADER_H

#include <stdint.h>

struct boot_info;

/* A range of RAM that the loader names; low memory and the image are cut out. */
void boot_add_ram(uint64_t base, uint64_t end);
/* The command line, cut to BOOT_CMDLINE_MAX. */
void boot_set_cmdline(const char *text);

/* Reads the copy that multiboot.S made: memory map, command line, ACPI tables. Returns what is wrong,
 * or null. */
const char *multiboot_read(struct boot_info *boot);

#endif
