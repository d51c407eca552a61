/*
 * random.c: random operations on a window of pages, against a model; every page is touched after each.
 */
#include "suite.h"

#define PAGES 24
#define STEPS 1500

struct page {
    char is_taken, is_committed, byte;
    int prot;
};

static struct page model[PAGES];
static char *window;
static uint32_t state = 4711;

static uint32_t next(uint32_t limit)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % limit;
}

static int is_as_modelled(void)
{
    for (int i = 0; i < PAGES; i++) {
        char *at = window + i * PAGE;
        const struct page *m = &model[i];
        int is_readable = m->is_taken && m->is_committed && m->prot;
        if (can_read(at) != is_readable || can_write(at) != (is_readable && (m->prot & 2)) ||
            (is_readable && at[100] != m->byte)) {
            return 0;
        }
    }
    return 1;
}

static int all(int first, int count, char what)
{
    for (int i = first; i < first + count; i++) {
        if (!(what == 't' ? model[i].is_taken : !model[i].is_taken)) {
            return 0;
        }
    }
    return 1;
}

static int one_step(void)
{
    static const int prots[] = {0, R, RW, RX, RW};
    int first = (int)next(PAGES), count = 1 + (int)next((uint32_t)(PAGES - first));
    int prot = prots[next(5)], is_whole = all(first, count, 't'), is_ok;
    char *at = window + first * PAGE;
    uint32_t what = next(8);
    rtl_size_t size = (rtl_size_t)count * PAGE;

    switch (what) {
    case 0:
    case 1:
        is_ok = all(first, count, 'f');
        if ((KnVmAllocate(at, size, (what ? LAZY : VMM_FLAG_RESERVE) | prot | VMM_FLAG_FIXED) ==
             at) != is_ok) {
            return 0;
        }
        break;
    case 2:
    case 3:
        is_ok = is_whole;
        if ((KnVmCommit(at, size, what == 2 ? VMM_FLAG_LOCKED : 0) == rcOk) != is_ok) {
            return 0;
        }
        break;
    case 4:
        is_ok = is_whole;
        if ((KnVmDecommit(at, size) == rcOk) != is_ok) {
            return 0;
        }
        break;
    case 5:
        is_ok = is_whole;
        if ((KnVmProtect(at, size, prot) == rcOk) != is_ok) {
            return 0;
        }
        break;
    case 6:
        is_ok = model[first].is_taken;
        if ((KnVmUnmap(at, size) == rcOk) != is_ok) {
            return 0;
        }
        break;
    default:
        is_ok = 1;
    }
    for (int i = first; is_ok && i < first + count; i++) {
        struct page *m = &model[i];
        if (what < 2) {
            *m = (struct page){1, (char)what, 0, prot};
        } else if (what < 4) {
            m->byte = m->is_committed ? m->byte : 0;
            m->is_committed = 1;
        } else if (what == 4) {
            m->byte = m->is_committed = 0;
        } else if (what == 5) {
            m->prot = prot;
        } else if (what == 6) {
            *m = (struct page){0};
        } else if (m->is_taken && m->is_committed && (m->prot & 2)) {
            m->byte = (char)next(100);
            window[i * PAGE + 100] = m->byte;
        }
    }
    return is_as_modelled();
}

void test_random(void)
{
    struct counters before, after;
    int i;

    _Static_assert(R == 1 && (RW & 2) == 2, "the model tests bits");
    window = KnVmAllocate(NULL, PAGES * PAGE, VMM_FLAG_RESERVE);
    KnVmUnmap(window, PAGES * PAGE);
    core_counters(&before);
    for (i = 0; i < STEPS && one_step(); i++) {
    }
    CHECK_EQUAL("random operations agree with the model", i, STEPS);
    for (i = 0; i < PAGES; i++) {
        KnVmUnmap(window + i * PAGE, PAGE);
    }
    core_counters(&after);
    CHECK("and leave nothing behind", after.kmem == before.kmem &&
                                          after.frames + 8 >= before.frames);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}
