/*
 * mm.c: address spaces and user copies. A fake address space is a window of pages from USER_LOW on,
 * each with a protection and its own malloc'ed bytes; what is not mapped or not allowed faults.
 */
#include "fake.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <arch/cpu.h>
#include <arch/thread.h>

#include "core/cpu.h"
#include "mm/aspace.h"
#include "mm/kmem.h"
#include "mm/shared.h"
#include "mm/usercopy.h"

#define PAGES 4096u /* 16 MiB */

enum page_state { PAGE_FREE, PAGE_PRIVATE, PAGE_BORROWED, PAGE_GUARD };

struct page {
    uint8_t *bytes;
    uint8_t prot;
    uint8_t state; /* enum page_state */
    struct vm_mapping *mapping; /* of shared memory; its region list stays empty */
};

struct window {
    struct aspace as; /* first */
    uint32_t next;    /* where a search for addresses starts */
    uint32_t cursor;  /* of teardown */
    struct page pages[PAGES];
};

void (*fake_copy_hook)(void);

static struct window *window_of(const struct aspace *as)
{
    return (struct window *)(uintptr_t)as;
}

static struct page *page_at(const struct aspace *as, uint64_t va)
{
    uint64_t i = (va - USER_LOW) >> PAGE_SHIFT;
    return va < USER_LOW || i >= PAGES ? NULL : &window_of(as)->pages[i];
}

/* The byte at va if `access` is allowed, and how many follow in its page. */
static uint8_t *reach(const struct aspace *as, uint64_t va, uint32_t access, size_t *n)
{
    struct page *p = page_at(as, va);
    if (!p || (p->state != PAGE_PRIVATE && p->state != PAGE_BORROWED) || (access & ~p->prot))
        return NULL;
    if (!p->bytes)
        p->bytes = calloc(1, PAGE_SIZE);
    *n = PAGE_SIZE - (va & PAGE_MASK);
    return p->bytes + (va & PAGE_MASK);
}

Retcode aspace_create(struct account *account, struct aspace **out)
{
    if (mm_should_fail())
        return rcOutOfMemory;
    Retcode rc = account_charge(account, PAGE_SIZE);
    if (rc != rcOk)
        return rc;
    struct window *w = calloc(1, sizeof *w);
    w->as.account = account_ref(account);
    w->as.refs = 1;
    w->next = (0x800000 - USER_LOW) >> PAGE_SHIFT; /* past where programs are linked */
    *out = &w->as;
    return rcOk;
}

void aspace_put(struct aspace *as)
{
    assert(as->refs > 0);
    if (--as->refs)
        return;
    assert(as->is_dying && as->pages == 0 && "torn down before");
    struct account *account = as->account;
    free(as);
    account_uncharge(account, PAGE_SIZE);
    account_put(account);
}

/* Whether some page belongs to a mapping. */
static bool shows(const struct aspace *as, const struct vm_mapping *m)
{
    for (uint32_t i = 0; i < PAGES; i++) {
        if (window_of(as)->pages[i].mapping == m)
            return true;
    }
    return false;
}

static void clear(struct aspace *as, struct page *p)
{
    if (p->state == PAGE_PRIVATE) {
        free(p->bytes);
        account_uncharge(as->account, PAGE_SIZE);
    }
    if (p->state != PAGE_FREE)
        as->pages--;
    struct vm_mapping *m = p->mapping;
    *p = (struct page){0};
    if (m && !shows(as, m))
        m->release(m);
}

bool aspace_teardown_step(struct aspace *as, unsigned max_pages)
{
    struct window *w = window_of(as);
    as->is_dying = true;
    for (unsigned freed = 0; w->cursor < PAGES; w->cursor++) {
        if (w->pages[w->cursor].state == PAGE_FREE)
            continue;
        if (freed++ == max_pages)
            return false;
        clear(as, &w->pages[w->cursor]);
    }
    return true;
}

/* Free pages of the window: at va, or anywhere if va is zero. Null if there are none. */
static struct page *place(struct window *w, uint64_t va, uint64_t count)
{
    uint64_t first = va ? (va - USER_LOW) >> PAGE_SHIFT : w->next;
    if (va && (va < USER_LOW || va & PAGE_MASK))
        return NULL;
    if (count > PAGES || first > PAGES - count)
        return NULL;
    for (uint64_t i = 0; i < count; i++) {
        if (w->pages[first + i].state != PAGE_FREE)
            return NULL;
    }
    if (!va)
        w->next += (uint32_t)count + 1;
    return &w->pages[first];
}

static uint64_t address(const struct window *w, const struct page *p)
{
    return USER_LOW + ((uint64_t)(p - w->pages) << PAGE_SHIFT);
}

static Retcode map(struct aspace *as, uint64_t va, uint64_t size, uint32_t prot,
                   enum page_state state, struct page **out)
{
    uint64_t count = (size + PAGE_MASK) >> PAGE_SHIFT;
    if (mm_should_fail())
        return rcOutOfMemory;
    struct page *p = place(window_of(as), va, count);
    if (!p)
        return va ? rcAlreadyExists : rcOutOfMemory;
    if (state == PAGE_PRIVATE && account_charge(as->account, count * PAGE_SIZE) != rcOk)
        return rcQuotaExceeded;
    for (uint64_t i = 0; i < count; i++)
        p[i] = (struct page){.prot = (uint8_t)prot, .state = (uint8_t)state};
    as->pages += count;
    *out = p;
    return rcOk;
}

Retcode aspace_allocate(struct aspace *as, uint64_t hint, uint64_t size, uint32_t flags,
                        uint64_t *out)
{
    struct page *p;
    if (!size || (hint & PAGE_MASK))
        return rcInvalidArgument;
    Retcode rc = map(as, flags & VM_FIXED ? hint : 0, size, flags & VM_PROT_MASK, PAGE_PRIVATE, &p);
    if (rc == rcOk)
        *out = address(window_of(as), p);
    return rc;
}

static Retcode map_bytes(struct aspace *as, uint64_t va, paddr frame, uint64_t size, uint32_t prot,
                         uint64_t *out)
{
    struct page *p;
    Retcode rc = map(as, va, size, prot, PAGE_BORROWED, &p);
    if (rc != rcOk)
        return rc;
    for (uint64_t i = 0; i < size; i += PAGE_SIZE)
        p[i >> PAGE_SHIFT].bytes = (uint8_t *)(uintptr_t)frame + i;
    *out = address(window_of(as), p);
    return rcOk;
}

Retcode aspace_map_frames(struct aspace *as, uint64_t va, paddr frame, uint64_t size, uint32_t prot,
                          uint64_t *out)
{
    return map_bytes(as, va, frame, size, prot, out);
}

Retcode aspace_map_shared(struct vm_mapping *m, uint64_t hint, uint64_t offset, uint64_t size,
                          uint32_t flags, uint64_t *out)
{
    struct page *p;
    Retcode rc = map(m->as, flags & VM_FIXED ? hint : 0, size, flags & VM_PROT_MASK, PAGE_BORROWED,
                     &p);
    if (rc != rcOk)
        return rc;
    for (uint64_t i = 0; i < (size + PAGE_MASK) >> PAGE_SHIFT; i++) {
        p[i].bytes = (uint8_t *)(uintptr_t)shared_frame(m->memory, (offset >> PAGE_SHIFT) + i);
        p[i].mapping = m;
        assert(p[i].bytes);
    }
    *out = address(window_of(m->as), p);
    return rcOk;
}

bool vm_mapping_unmap_step(struct vm_mapping *m, uint32_t *budget)
{
    struct window *w = window_of(m->as);
    m->is_revoked = true;
    for (uint32_t i = 0; i < PAGES; i++) {
        if (w->pages[i].mapping != m)
            continue;
        if (*budget == 0)
            return false;
        --*budget;
        clear(&w->as, &w->pages[i]);
        if (!shows(&w->as, m))
            return true;
    }
    return true;
}

/* Private memory does not become shared here. */
Retcode aspace_share_start(struct vm_mapping *m, uint64_t va)
{
    (void)m;
    (void)va;
    return rcInvalidArgument;
}

bool aspace_share_step(struct aspace *as, struct shared *memory, uint64_t va, uint64_t *cursor,
                       uint64_t end)
{
    (void)as;
    (void)memory;
    (void)va;
    *cursor = end;
    return true;
}

bool aspace_next_written(struct aspace *as, uint64_t *cursor, struct vm_page *out)
{
    (void)as;
    (void)cursor;
    (void)out;
    return false;
}

bool aspace_extent(const struct aspace *as, uint64_t va, uint64_t *low, uint64_t *high)
{
    (void)as;
    *low = va & ~PAGE_MASK;
    *high = *low + PAGE_SIZE;
    return page_at(as, va) != NULL;
}

void aspace_set_top(struct aspace *as, uint64_t top)
{
    as->top = top;
}

Retcode aspace_map_kernel_page(struct aspace *as, uint64_t va, paddr frame, uint64_t *out)
{
    return map_bytes(as, va, frame, PAGE_SIZE, ACCESS_READ, out);
}

Retcode aspace_map_private(struct aspace *as, uint64_t va, paddr frame, uint64_t file_size,
                           uint64_t size, uint32_t prot, uint64_t *out)
{
    struct page *p;
    Retcode rc = map(as, va, size, prot, PAGE_PRIVATE, &p);
    if (rc != rcOk)
        return rc;
    for (uint64_t i = 0; i < file_size; i += PAGE_SIZE) {
        uint8_t *bytes = calloc(1, PAGE_SIZE);
        memcpy(bytes, (uint8_t *)(uintptr_t)frame + i,
               file_size - i < PAGE_SIZE ? file_size - i : PAGE_SIZE);
        p[i >> PAGE_SHIFT].bytes = bytes;
    }
    *out = address(window_of(as), p);
    return rcOk;
}

Retcode aspace_op_all(struct aspace *as, enum vm_op_kind kind, uint64_t va, uint64_t size,
                      uint32_t flags)
{
    uint64_t end = va + ((size + PAGE_MASK) & ~PAGE_MASK);
    for (uint64_t at = va; at < end; at += PAGE_SIZE) {
        struct page *p = page_at(as, at);
        if (!p || p->state == PAGE_FREE)
            return rcInvalidArgument;
    }
    if (kind == VM_OP_PROTECT && mm_should_fail())
        return rcOutOfMemory;
    for (uint64_t at = va; at < end; at += PAGE_SIZE) {
        if (kind == VM_OP_FREE)
            clear(as, page_at(as, at));
        else if (kind == VM_OP_PROTECT)
            page_at(as, at)->prot = (uint8_t)(flags & VM_PROT_MASK);
    }
    return rcOk;
}

struct word_place aspace_word_place(const struct aspace *as, uint64_t va)
{
    const struct page *p = page_at(as, va);
    if (p && p->mapping)
        return (struct word_place){p->mapping->memory->id, va & PAGE_MASK};
    return (struct word_place){(uintptr_t)as, va};
}

enum vm_fault aspace_fault(struct aspace *as, uint64_t va, uint32_t access)
{
    size_t n;
    return reach(as, va, access, &n) ? VM_FAULT_RESOLVED : VM_FAULT_UNMAPPED;
}

const char *vm_fault_text(enum vm_fault f)
{
    return f == VM_FAULT_RESOLVED ? "resolved" : "no memory mapped there";
}

void fake_protect(struct aspace *as, uint64_t va, size_t size, uint32_t prot)
{
    for (uint64_t at = va & ~PAGE_MASK; at < va + size; at += PAGE_SIZE)
        page_at(as, at)->prot = (uint8_t)prot;
}

uint8_t *fake_bytes(struct aspace *as, uint64_t va)
{
    size_t n;
    return reach(as, va, 0, &n);
}

/* ---- user copies ---- */

bool aspace_read(struct aspace *as, uint64_t va, void *buf, size_t n)
{
    for (size_t done = 0, run; done < n; done += run) {
        const uint8_t *p = reach(as, va + done, ACCESS_READ, &run);
        if (!p)
            return false;
        run = run < n - done ? run : n - done;
        memcpy((uint8_t *)buf + done, p, run);
    }
    return true;
}

bool aspace_write(struct aspace *as, uint64_t va, const void *buf, size_t n)
{
    for (size_t done = 0, run; done < n; done += run) {
        uint8_t *p = reach(as, va + done, ACCESS_WRITE, &run);
        if (!p)
            return false;
        run = run < n - done ? run : n - done;
        memcpy(p, (const uint8_t *)buf + done, run);
    }
    return true;
}

bool aspace_probe(struct aspace *as, uint64_t va, size_t n, uint32_t access)
{
    for (size_t done = 0, run; done < n; done += run) {
        if (!reach(as, va + done, access, &run))
            return false;
    }
    return true;
}

Retcode aspace_touch(struct aspace *as, uint64_t va, size_t n, uint32_t access, unsigned *fresh)
{
    (void)fresh;
    return aspace_probe(as, va, n, access) ? rcOk : rcInvalidArgument;
}

void aspace_load(struct aspace *as)
{
    arch_aspace_load(as);
}

bool user_peek(void *dst, uint64_t va, size_t n)
{
    return aspace_read(fake_loaded_aspace(), va, dst, n);
}

bool user_poke(uint64_t va, const void *src, size_t n)
{
    return aspace_write(fake_loaded_aspace(), va, src, n);
}

bool user_read(void *dst, uint64_t va, size_t n)
{
    return aspace_read(arch_current_aspace(), va, dst, n);
}

bool user_write(uint64_t va, const void *src, size_t n)
{
    return aspace_write(arch_current_aspace(), va, src, n);
}

Retcode aspace_copy(struct aspace *dst, uint64_t dva, struct aspace *src, uint64_t sva, size_t len,
                    size_t *done, unsigned *fresh)
{
    (void)fresh;
    *done = 0;
    if (fake_copy_hook)
        fake_copy_hook();
    while (*done < len) {
        size_t a, b;
        const uint8_t *from = reach(src, sva + *done, ACCESS_READ, &a);
        if (!from)
            return rcSourceFault;
        uint8_t *to = reach(dst, dva + *done, ACCESS_WRITE, &b);
        if (!to)
            return rcTargetFault;
        size_t n = a < b ? a : b;
        n = n < len - *done ? n : len - *done;
        memmove(to, from, n);
        *done += n;
    }
    return rcOk;
}
