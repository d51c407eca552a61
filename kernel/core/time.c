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

/* What the adjustment has done at this uptime. */
static uint64_t adjusted(const struct kn_time_page *p, uint64_t now)
{
    uint64_t since = now - p->adj_start_ns;
    return since >= p->adj_duration_ns ? p->adj_total_ns : since * p->adj_slew / 1000000;
}

uint64_t time_wall_ns(void)
{
    const struct kn_time_page *p = page();
    uint64_t now = arch_time_ns(), done = adjusted(p, now);
    return now + p->wall_offset_ns + (p->adj_is_back ? -done : done);
}

struct time_adjustment time_adjustment_left(void)
{
    const struct kn_time_page *p = page();
    return (struct time_adjustment){p->adj_total_ns - adjusted(p, arch_time_ns()), p->adj_is_back};
}

/* Readers retry while seq is odd or has changed. */
static void write_begin(struct kn_time_page *p)
{
    __atomic_store_n(&p->seq, p->seq + 1, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void write_end(struct kn_time_page *p)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n(&p->seq, p->seq + 1, __ATOMIC_RELEASE);
}

void time_set_wall_ns(uint64_t ns)
{
    struct kn_time_page *p = page();
    write_begin(p);
    p->wall_offset_ns = ns - arch_time_ns();
    p->adj_total_ns = p->adj_duration_ns = 0;
    write_end(p);
}

void time_adjust(struct time_adjustment a, uint32_t slew)
{
    struct kn_time_page *p = page();
    uint64_t now = arch_time_ns(), done = adjusted(p, now);
    write_begin(p);
    p->wall_offset_ns += p->adj_is_back ? -done : done;
    p->adj_start_ns = now;
    p->adj_total_ns = a.ns;
    p->adj_duration_ns = a.ns * 1000000 / slew;
    p->adj_slew = slew;
    p->adj_is_back = a.is_back;
    write_end(p);
}
