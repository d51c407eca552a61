/*
 * usercopy.c: copies between the kernel and programs, and between programs (mm/usercopy.h).
 *
 * The current address space is read and written through its own mapping, with fault recovery; any
 * other through the direct map, page by page. A page that is not there is resolved as if the program
 * had touched it. Nothing can take a page away meanwhile: interrupts are off and the kernel's lock
 * is held.
 */
#include "mm/usercopy.h"

#include "mm/fault.h"

#include <arch/thread.h>
#include <arch/uaccess.h>

static inline bool is_user_range(uint64_t va, size_t n)
{
    return n <= USER_TOP && va <= USER_TOP - n;
}

/* Lets a copy that stopped at a missing page go on; false if the page cannot be had. */
static bool resolve_current(uint32_t access)
{
    struct aspace *as = arch_current_aspace();
    return as && aspace_fault(as, arch_uaccess_fault_address(), access) == VM_FAULT_RESOLVED;
}

bool user_read(void *dst, uint64_t va, size_t n)
{
    if (!is_user_range(va, n))
        return false;
    for (;;) {
        size_t left = arch_copy_from_user(dst, va, n);
        if (left == 0)
            return true;
        if (!resolve_current(ACCESS_READ))
            return false;
        dst = (char *)dst + (n - left);
        va += n - left;
        n = left;
    }
}

bool user_write(uint64_t va, const void *src, size_t n)
{
    if (!is_user_range(va, n))
        return false;
    for (;;) {
        size_t left = arch_copy_to_user(va, src, n);
        if (left == 0)
            return true;
        if (!resolve_current(ACCESS_WRITE))
            return false;
        src = (const char *)src + (n - left);
        va += n - left;
        n = left;
    }
}

bool user_peek(void *dst, uint64_t va, size_t n)
{
    return is_user_range(va, n) && arch_copy_from_user(dst, va, n) == 0;
}

bool user_poke(uint64_t va, const void *src, size_t n)
{
    return is_user_range(va, n) && arch_copy_to_user(va, src, n) == 0;
}

void aspace_load(struct aspace *as)
{
    arch_aspace_load(as);
}

/* How many pages were touched for the first time, by cost, in what is under way. */
static unsigned touched;

/* The byte at va of any address space, its page made present; null if that is not allowed. */
static inline char *resolve(struct aspace *as, uint64_t va, uint32_t access)
{
    char *p = paging_resolve(&as->arch, va, access);
    if (p || aspace_fault(as, va, access) != VM_FAULT_RESOLVED)
        return p;
    touched += aspace_fault_cost(as, va);
    return paging_resolve(&as->arch, va, access);
}

static inline size_t to_page_end(uint64_t va, size_t n)
{
    size_t room = PAGE_SIZE - (va & PAGE_MASK);
    return n < room ? n : room;
}

bool aspace_read(struct aspace *as, uint64_t va, void *buf, size_t n)
{
    if (!is_user_range(va, n) || !as->arch.root)
        return false;
    for (char *to = buf; n > 0;) {
        size_t part = to_page_end(va, n);
        const char *from = resolve(as, va, ACCESS_READ);
        if (!from)
            return false;
        __builtin_memcpy(to, from, part);
        to += part;
        va += part;
        n -= part;
    }
    return true;
}

bool aspace_write(struct aspace *as, uint64_t va, const void *buf, size_t n)
{
    if (!is_user_range(va, n) || !as->arch.root)
        return false;
    for (const char *from = buf; n > 0;) {
        size_t part = to_page_end(va, n);
        char *to = resolve(as, va, ACCESS_WRITE);
        if (!to)
            return false;
        __builtin_memcpy(to, from, part);
        from += part;
        va += part;
        n -= part;
    }
    return true;
}

Retcode aspace_touch(struct aspace *as, uint64_t va, size_t n, uint32_t access, unsigned *fresh)
{
    if (!is_user_range(va, n) || !as->arch.root)
        return rcInvalidArgument;
    touched = 0;
    while (n > 0) {
        size_t part = to_page_end(va, n);
        if (touched >= *fresh)
            return rcRestart;
        if (!resolve(as, va, access))
            return rcInvalidArgument;
        va += part;
        n -= part;
    }
    *fresh -= touched < *fresh ? touched : *fresh;
    return rcOk;
}

bool aspace_probe(struct aspace *as, uint64_t va, size_t n, uint32_t access)
{
    if (!is_user_range(va, n) || !as->arch.root)
        return false;
    while (n > 0) {
        size_t part = to_page_end(va, n);
        if (!resolve(as, va, access))
            return false;
        va += part;
        n -= part;
    }
    return true;
}

/* resolve() for pages in a row. */
static inline char *walk_to(struct paging_walk *w, struct aspace *as, uint64_t va, uint32_t access)
{
    char *p = paging_walk_to(w, &as->arch, va, access);
    if (p)
        return p;
    w->slot = (const uint64_t *)0;
    return resolve(as, va, access);
}

Retcode aspace_copy(struct aspace *dst, uint64_t dva, struct aspace *src, uint64_t sva, size_t len,
                    size_t *done, unsigned *fresh)
{
    struct paging_walk source = {0}, target = {0};
    const char *from = (const char *)0;
    char *to = (char *)0;
    *done = 0;
    touched = 0;
    if (!is_user_range(sva, len) || !src->arch.root)
        return rcSourceFault;
    if (!is_user_range(dva, len) || !dst->arch.root)
        return rcTargetFault;
    while (len > 0) {
        size_t part = to_page_end(sva, to_page_end(dva, len));
        if (touched >= *fresh)
            return rcRestart;
        if (!from || !(sva & PAGE_MASK)) /* the first page, or the next one */
            from = walk_to(&source, src, sva, ACCESS_READ);
        if (!from)
            return rcSourceFault;
        if (!to || !(dva & PAGE_MASK))
            to = walk_to(&target, dst, dva, ACCESS_WRITE);
        if (!to)
            return rcTargetFault;
        __builtin_memcpy(to, from, part);
        *done += part;
        from += part;
        to += part;
        sva += part;
        dva += part;
        len -= part;
    }
    *fresh -= touched < *fresh ? touched : *fresh;
    return rcOk;
}
