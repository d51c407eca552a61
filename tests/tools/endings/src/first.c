/* first.c: ends as the case says. */
#include "ring.h"

#include <stdio.h>
#include <stdlib.h>

#include <coresrv/hal/hal_api.h>
#include <kos/thread.h>

void fault_by_name(void);

/* More text than the kernel keeps at once, at the very end of a run. */
static void flood(void)
{
    for (int i = 0; i < 2000; i++)
        printf("line %d of a long text that must not be lost\n", i);
    puts("the last line");
}

/* On all CPUs, without an end. */
static int shout(void *context)
{
    (void)context;
    for (int i = 0;; i++)
        printf("line %d of a text without an end\n", i);
}

static void shout_everywhere(void)
{
    for (int i = 0; i < 7; i++)
        KosThreadCreate(0, ThreadPriorityNormal, 65536, shout, 0, 0);
    shout(0);
}

static void sleep_in_steps(void)
{
    for (int i = 0; i < 3; i++)
        KosThreadSleep(150);
    puts("slept");
}

int main(void)
{
    if (case_is("nonzero") || case_is("both"))
        return 3;
    if (case_is("abort"))
        abort();
    if (case_is("reset"))
        KnHalResetSystem();
    if (case_is("busy"))
        for (volatile unsigned i = 0;; i++)
            ;
    if (case_is("sleep"))
        sleep_in_steps();
    if (case_is("flood"))
        flood();
    if (case_is("shout"))
        shout_everywhere();
    if (case_is("cycle") || case_is("mutual") || case_is("lifeless") || case_is("dropped"))
        printf("the call ended with %d\n", push("forth"));
    if (case_is("idle"))
        take("back");
    fault_by_name();
    return 0;
}
