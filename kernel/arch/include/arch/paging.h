/*
 * arch/paging.h: page tables of user address spaces. Used by kernel/mm alone.
 *
 * Pages are 4 KiB. struct arch_aspace is the first member of struct aspace. The functions never
 * touch accounts; page_table_alloc and page_table_free (mm/aspace.c) give and take the frames of
 * tables, so that mm can charge them. A table that loses its last entry is freed at once.
 */
#ifndef ARCH_PAGING_H
#define ARCH_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096ull
#define PAGE_MASK  (PAGE_SIZE - 1)

#define USER_LOW 0x10000ull          /* lowest address a program may use */
#define USER_TOP 0x00007fffffffe000ull /* first address past the programs' */

typedef uint64_t paddr; /* a physical address; 0 is never a usable frame */

/* Kinds of access; a set of them is a protection. */
enum mem_access {
    ACCESS_READ = 1,
    ACCESS_WRITE = 2,
    ACCESS_EXEC = 4,
};

struct arch_aspace {
    paddr root;
};

/* A leaf entry taken apart. */
struct page_info {
    paddr frame;
    uint32_t prot;    /* enum mem_access */
    bool is_borrowed; /* the frame belongs to the image or is shared: never freed with the mapping */
};

/* An empty root with the kernel's half. False if no frame could be had. */
bool paging_create(struct arch_aspace *as);
/* Frees the root. Every page has been unmapped before. */
void paging_destroy(struct arch_aspace *as);
/* Maps one page that is not mapped. False if a table could not be had; nothing changed then. */
bool paging_map(struct arch_aspace *as, uint64_t va, paddr frame, uint32_t prot, bool is_borrowed);
/* The page at va; false if there is none. */
bool paging_query(const struct arch_aspace *as, uint64_t va, struct page_info *out);
/* The direct-map address of the byte at va if the page is there and allows `access`, else null. */
void *paging_resolve(const struct arch_aspace *as, uint64_t va, uint32_t access);
/* The same for pages in a row: only the first, and one in another table, is looked for from the root.
 * Starts as {0}; forgotten when a page of the address space may have gone. */
struct paging_walk {
    const uint64_t *slot; /* of the page at va, or null */
    uint64_t va;
};
void *paging_walk_to(struct paging_walk *w, const struct arch_aspace *as, uint64_t va, uint32_t access);
/* Changes the protection of a page; harmless if there is none. */
void paging_protect(struct arch_aspace *as, uint64_t va, uint32_t prot);
/* The frame of the page at va, which is there, does not belong to the mapping any more. */
void paging_lend(struct arch_aspace *as, uint64_t va);
/* Removes the page at va and says what it was; false if there was none. */
bool paging_unmap(struct arch_aspace *as, uint64_t va, struct page_info *out);
/* An address in [va, end) with no page before it, or end: the next page, or where to look again.
 * Missing tables are skipped whole. One call looks at no more than PAGING_LOOKS entries, and says at how
 * many it did. */
#define PAGING_LOOKS 128u
uint64_t paging_next(const struct arch_aspace *as, uint64_t va, uint64_t end, unsigned *looks);
/* After a change: this CPU forgets one page. */
void paging_flush_page(struct arch_aspace *as, uint64_t va);
/* Whether another CPU has the address space loaded, so that it, too, has to forget. */
bool paging_is_elsewhere(const struct arch_aspace *as);
/* The other CPUs forget n pages (zero: all of it) of the address space; returns when they have. */
void paging_flush_elsewhere(struct arch_aspace *as, const uint64_t *va, unsigned n);
/* What is wrong with the kernel's own half (a page writable and executable, code that is writable
 * under another address ...), or null. Linear in the tables: for self-checks. */
const char *arch_map_defect(void);
/* Where a frame of RAM can be reached, and back. */
static inline void *arch_direct_map(paddr pa);
static inline paddr arch_direct_unmap(const void *p);

/* Offered by mm: a zeroed frame for a table of this address space, charged to its account; 0 if
 * there is none. */
paddr page_table_alloc(struct arch_aspace *as);
void page_table_free(struct arch_aspace *as, paddr table);
/* A number that mm keeps for the table's frame: entries in use. Zero at first. */
uint16_t *page_table_count(paddr table);

#include <arch_impl.h>

#endif
