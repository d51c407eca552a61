/*
 * arch/uaccess.h: copying between the kernel and the current address space, with fault recovery.
 *
 * Used by mm/usercopy.c, which checks the range and resolves lazily committed pages, and for messages of the
 * shortest path by ipc/held.c.
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

/* For messages, between open and close. An address must have passed arch_may_peek; a range goes upwards from
 * there, and what is behind it is never accessible. The inline bodies are in <arch_uaccess.h>:
 *
 *   void arch_user_open(void);  void arch_user_close(void);
 *   bool arch_may_peek(uint64_t addresses);
 *                    several at once: or'ed together
 *   uint64_t arch_peek_pair(uint64_t va, size_t at, uint64_t *second);
 *                    the word at va and the 32 bits at va + at (a constant); ~0 if either is not there
 *   bool arch_peek_body(void *dst, uint64_t head, size_t words);
 *                    so many words behind the header of a message; false: not all of it is there
 *   bool arch_poke_message(uint64_t head, uint64_t word, const void *body, size_t words);
 *                    a header that is zero but for the message word, and words behind it; the same
 */
#include <arch_uaccess.h>

#endif
