/*
 * mm/mm.h: the start of memory management.
 */
#ifndef MM_MM_H
#define MM_MM_H

struct boot_info;

/* Takes over the RAM and divides it between kernel_account (1/64, at least 1 MiB) and
 * root_account. */
void mm_init(const struct boot_info *boot);

#endif
