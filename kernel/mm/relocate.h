/*
 * mm/relocate.h: programs that were linked to no fixed address.
 *
 * Such a program carries a table of the words of its data that hold addresses, as if it lay at
 * zero. The kernel puts a program wherever it likes and adds that place to the words of a page when
 * the page is first touched. So data pages arrive one by one as before, read-only data (RELRO) is
 * never writable, and start-up needs no code and no kernel call of the program.
 */
#ifndef MM_RELOCATE_H
#define MM_RELOCATE_H

#include <stdint.h>

/* As it stands in the file: one row of ELF64's RELA tables. */
struct vm_reloc {
    uint64_t offset; /* address of the word, for a program at zero */
    uint64_t info;   /* ARCH_RELOC_RELATIVE; rows with another value are skipped */
    uint64_t addend; /* address that it holds, for a program at zero */
};

/* The program of an address space. All zero: none, or one with fixed addresses. */
struct vm_program {
    uint64_t base;                 /* where it lies */
    const struct vm_reloc *relocs; /* in the image, in ascending order of offset (mkromfs checks) */
    uint64_t nrelocs;
};

/* Rows that are applied to one page at most: each word once, and one that reaches in from below. */
#define RELOCS_PAGE_MAX 513u

/* Adds the base to the words of the page at `va` whose contents are at `page`. A word may reach
 * over either end. O(log n) and at most RELOCS_PAGE_MAX rows. */
void vm_relocate_page(const struct vm_program *program, uint64_t va, void *page);

#endif
