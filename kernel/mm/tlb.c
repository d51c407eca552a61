/*
 * tlb.c: see tlb.h. There is one batch: it is emptied before the kernel's lock is given back.
 */
#include "mm/tlb.h"

#include "core/lock.h"
#include "mm/frame.h"

#define PAGES_MAX  64u
#define FRAMES_MAX 128u

static struct {
    uint64_t pages[PAGES_MAX];
    unsigned npages; /* may exceed PAGES_MAX: then everything is forgotten */
    paddr frames[FRAMES_MAX];
    unsigned nframes;
} batch GUARDED_BY(kernel_lock);

void tlb_forget(struct aspace *as, uint64_t va)
{
    lock_assert_held();
    paging_flush_page(&as->arch, va);
    if (!paging_is_elsewhere(&as->arch))
        return;
    if (batch.npages < PAGES_MAX)
        batch.pages[batch.npages] = va;
    batch.npages++;
}

void tlb_free(struct aspace *as, paddr frame)
{
    lock_assert_held();
    if (!paging_is_elsewhere(&as->arch)) {
        frame_free(frame);
        return;
    }
    if (batch.nframes == FRAMES_MAX)
        tlb_finish(as);
    batch.frames[batch.nframes++] = frame;
}

void tlb_finish(struct aspace *as)
{
    lock_assert_held();
    if (batch.npages == 0 && batch.nframes == 0)
        return;
    /* Tables alone: nothing that they showed was there, but the way to them may be remembered. */
    paging_flush_elsewhere(&as->arch, batch.pages,
                           batch.npages > PAGES_MAX ? 0 : batch.npages);
    for (unsigned i = 0; i < batch.nframes; i++)
        frame_free(batch.frames[i]);
    batch.npages = 0;
    batch.nframes = 0;
}
