/*
 * core/symbols.h: names of functions, of the kernel and of programs, for reports.
 */
#ifndef CORE_SYMBOLS_H
#define CORE_SYMBOLS_H

#include <stdint.h>

struct ksymtab;

/* The function of a table (tessera/ksymtab.h, `bytes` long) that holds pc: its name, and in *offset
 * how far pc lies behind its start. Null: none does, or the table is damaged. O(log n). */
const char *symbol_find(const struct ksymtab *t, uint64_t bytes, uint64_t pc, uint64_t *offset);

/* The same for a program: `path` names its ROMFS file. */
const char *symbol_of_program(const char *path, uint64_t pc, uint64_t *offset);

#endif
