/*
 * random.c: random operations on a window of pages, against a model: every page is asked about after each,
 * and after a few histories touched for real, which a child does, since a wrong touch ends it.
 */
#include "suite.h"

#include "history.h"
#include "task.h"

#define STEPS     1500
#define WINDOW    (HISTORY_PAGES * PAGE)
#define HISTORIES 3
#define SURVIVED  1 /* the child's status; another one: it failed before */

static int is_as_modelled(const struct history *h)
{
    for (unsigned i = 0; i < HISTORY_PAGES; i++) {
        char *at = h->window + i * PAGE;
        const struct history_page *m = &h->pages[i];
        int is_readable = m->is_taken && m->is_committed && m->prot;
        if (can_read(at) != is_readable || can_write(at) != (is_readable && (m->prot & 2)) ||
            (is_readable && at[100] != m->byte)) {
            return 0;
        }
    }
    return 1;
}

static void test_steps(void)
{
    struct history h = {.state = 4711};
    struct counters before, after;
    int i;

    h.window = KnVmAllocate(NULL, WINDOW, VMM_FLAG_RESERVE);
    KnVmUnmap(h.window, WINDOW);
    core_counters(&before);
    for (i = 0; i < STEPS && history_step(&h) && is_as_modelled(&h); i++) {
    }
    CHECK_EQUAL("random operations agree with the model", i, STEPS);
    for (i = 0; i < HISTORY_PAGES; i++) {
        KnVmUnmap(h.window + (unsigned)i * PAGE, PAGE);
    }
    core_counters(&after);
    CHECK("and leave nothing behind", after.kmem == before.kmem &&
                                          after.frames + 8 >= before.frames);
}

/* Whether a child that touches page i of a history in one way survives it. */
static int touch(uint32_t seed, int steps, unsigned i, const char *how)
{
    struct child child;
    uint64_t numbers[3] = {seed, (uint64_t)steps, i};

    child_create(&child, CLASS, CHILD_PRIORITY);
    child_start(&child, how, 3, numbers);
    int status = child_wait(&child, 10000);
    child_drop(&child);
    return status == SURVIVED ? 1 : status == -1000 ? 0 : -1;
}

/* kinds[1][k]: pages that may be touched in way k; kinds[0][k]: that may not. */
static void test_touches(uint32_t seed, int steps, int kinds[2][3])
{
    struct history h = {.state = seed};
    int good = 1;

    for (int i = 0; i < steps; i++) {
        history_step(&h);
    }
    for (unsigned i = 0; good && i < HISTORY_PAGES; i++) {
        const struct history_page *m = &h.pages[i];
        int prot = m->is_taken && m->is_committed ? m->prot : 0;
        int may[3] = {prot != 0, (prot & 2) != 0, (prot & VMM_FLAG_EXECUTE) != 0};

        good = touch(seed, steps, i, "touch-read") == may[0] &&
               touch(seed, steps, i, "touch-write") == may[1] &&
               touch(seed, steps, i, "touch-execute") == may[2];
        for (int k = 0; k < 3; k++) {
            kinds[may[k]][k]++;
        }
        if (!good) {
            CHECK_EQUAL("the page that is not as the model says", i, HISTORY_PAGES);
        }
    }
    CHECK("each page can be touched as the model says, for real", good);
}

void test_random(void)
{
    int kinds[2][3] = {{0}};

    test_steps();
    for (uint32_t i = 0; i < HISTORIES; i++) {
        test_touches(100 + i, 200 + (int)i, kinds);
    }
    CHECK("there were all kinds of pages", kinds[0][0] && kinds[0][1] && kinds[0][2] && kinds[1][0] &&
                                               kinds[1][1] && kinds[1][2]);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}
