/*
 * kmem.c: kernel memory and frames over malloc: every object is its own block, so a sanitizer sees the
 * first byte past its end and every use after its end. Accounts are the real ones (mm/account.c).
 */
#include <assert.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "mm/frame.h"
#include "mm/kmem.h"

#define FRAMES_IN_ALL 1000000u

static uint64_t used, frames;

static size_t charged(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

static void *alloc(struct account *a, size_t size, Retcode *why, int fill)
{
    if (size == 0 || size > KMEM_MAX) {
        *why = rcInvalidArgument;
        return NULL;
    }
    if (mm_should_fail()) {
        *why = rcOutOfMemory;
        return NULL;
    }
    if (account_charge(a, charged(size)) != rcOk) {
        *why = rcQuotaExceeded;
        return NULL;
    }
    void *p;
    size_t alignment = size >= PAGE_SIZE ? PAGE_SIZE : size % 64 == 0 ? 64 : 16;
    if (posix_memalign(&p, alignment, size))
        abort();
    memset(p, fill, size);
    used += charged(size);
    return p;
}

void *kmem_alloc(struct account *a, size_t size, Retcode *why)
{
    return alloc(a, size, why, 0);
}

void *kmem_alloc_dirty(struct account *a, size_t size, Retcode *why)
{
    return alloc(a, size, why, 0xa5);
}

void kmem_free(struct account *a, void *p, size_t size)
{
    if (!p)
        return;
    assert(malloc_usable_size(p) == size && "freed with another size than allocated");
    assert(a->used >= charged(size) && "freed to another account");
    memset(p, 0xdd, size);
    free(p);
    account_uncharge(a, charged(size));
    used -= charged(size);
}

uint64_t kmem_used(void)
{
    return used;
}

void kmem_trim(void)
{
}

void frame_init(const struct boot_info *boot)
{
    (void)boot;
}

paddr frame_take(unsigned order)
{
    void *p;
    if (posix_memalign(&p, PAGE_SIZE << order, PAGE_SIZE << order))
        abort();
    frames += 1u << order;
    return (paddr)(uintptr_t)p;
}

paddr frame_alloc_order(unsigned order)
{
    return mm_should_fail() ? 0 : frame_take(order);
}

paddr frame_alloc(void)
{
    return frame_alloc_order(0);
}

void frame_free_order(paddr frame, unsigned order)
{
    frames -= 1u << order;
    free((void *)(uintptr_t)frame);
}

void frame_free(paddr frame)
{
    frame_free_order(frame, 0);
}

uint64_t frame_free_count(void)
{
    return FRAMES_IN_ALL - frames;
}

uint64_t frame_total_count(void)
{
    return FRAMES_IN_ALL;
}
