/*
 * core/time.c: the time page (tessera/start.h) and the wall clock.
 */
#include "core/time.h"

#include "core/copy.h"
#include "mm/frame.h"

#include <arch/timer.h>
#include <tessera/start.h>

#define NS_PER_S 1000000000ull

static paddr frame;

static struct kn_time_page *page(void)
{
    return frame_to_virt(frame);
}

Retcode time_init(void)
{
    frame = frame_alloc();
    if (!frame)
        return rcOutOfMemory;
    zero_bytes(page(), PAGE_SIZE);
    const struct arch_clock *c = arch_clock();
    page()->base_tsc = c->base_tsc;
    page()->base_ns = c->base_ns;
    page()->mult = c->mult;
    page()->shift = c->shift;
    page()->tsc_hz = c->tsc_hz;
    time_set_wall_ns(arch_wall_clock() * NS_PER_S);
    return rcOk;
}

paddr time_page_frame(void)
{
    return frame;
}

uint64_t time_wall_ns(void)
{
    return arch_time_ns() + page()->wall_offset_ns;
}

/* Readers retry while seq is odd or has changed. */
void time_set_wall_ns(uint64_t ns)
{
    struct kn_time_page *p = page();
    __atomic_store_n(&p->seq, p->seq + 1, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    p->wall_offset_ns = ns - arch_time_ns();
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n(&p->seq, p->seq + 1, __ATOMIC_RELEASE);
}
