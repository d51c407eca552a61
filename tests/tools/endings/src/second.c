/* second.c: the counterpart: waits for a request for ever unless the case says something else. */
#include "ring.h"

#include <kos/thread.h>

static int never(void *context)
{
    (void)context;
    return 0;
}

int main(void)
{
    Tid tid;

    if (case_is("gone") || case_is("both"))
        return case_is("both") ? 7 : 0;
    if (case_is("dump_both")) /* at about the same time as First */
        *(volatile int *)16 = 1;
    if (case_is("mutual"))
        push("back");
    if (case_is("lifeless")) { /* the only thread left was never started */
        KosThreadCreate(&tid, ThreadPriorityNormal, 0, never, 0, 1);
        KosThreadExit(0);
    }
    take("forth");
    if (case_is("cycle"))
        push("back");
    if (case_is("dropped"))
        return 0;
    take("forth");
    return 0;
}
