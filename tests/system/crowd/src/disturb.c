/*
 * disturb.c: see disturb.h.
 */
#include "disturb.h"

#include "core.h"

#include <kos/thread.h>

#define PRIORITY 20
#define PAUSE_NS 60000u

static volatile int is_over;
static volatile unsigned turns, wrong;
static Tid tid;

static int disturber(void *context)
{
    (void)context;
    while (!is_over) {
        core_sleep_ns(PAUSE_NS);
        if (++turns % 10 == 0) {
            wrong += core_self_check() != rcOk;
        }
    }
    return 0;
}

void disturb_begin(void)
{
    is_over = 0;
    turns = wrong = 0;
    KosThreadCreate(&tid, PRIORITY, 0, disturber, (void *)0, 0);
}

int disturb_end(void)
{
    is_over = 1;
    KosThreadWait(tid, 1000);
    return turns > 10 && wrong == 0;
}
