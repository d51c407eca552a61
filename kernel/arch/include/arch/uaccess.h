/*
 * arch/uaccess.h: copying between the kernel and the current address space, with fault recovery.
 *
 * Used by mm/usercopy.c alone, which checks the range and resolves lazily committed pages.
 */
#ifndef ARCH_UACCESS_H
#define ARCH_UACCESS_H

#include <stddef.h>
#include <stdint.h>

/* Both return the bytes NOT copied: zero when all went well. */
size_t arch_copy_from_user(void *dst, uint64_t src, size_t n);
size_t arch_copy_to_user(uint64_t dst, const void *src, size_t n);
/* Where the last incomplete copy of this CPU faulted. */
uint64_t arch_uaccess_fault_address(void);

#endif
