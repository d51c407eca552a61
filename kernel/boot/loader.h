/*
 * loader.h: readers of the loaders' descriptions, one for each loader.
 */
#ifndef BOOT_LOADER_H
#define BOOT_LOADER_H

#include <stdint.h>

struct boot_info;

/* A range of RAM that the loader names; low memory and the image are cut out. */
void boot_add_ram(uint64_t base, uint64_t end);
/* Memory that holds something: boot_add_ram leaves it out. Before it. */
void boot_reserve(uint64_t base, uint64_t end);
/* Where the file system is. Called once, before boot_add_ram; module_end zero: the loader brought
 * none of its own, so the one that is part of the image. Returns what is wrong, or null. */
const char *boot_set_files(uint64_t module, uint64_t module_end);
/* The command line, cut to BOOT_CMDLINE_MAX. */
void boot_set_cmdline(const char *text);

/* Reads the copy that multiboot.S made: memory map, command line, ACPI tables. Returns what is wrong,
 * or null. */
const char *multiboot_read(struct boot_info *boot);

#endif
