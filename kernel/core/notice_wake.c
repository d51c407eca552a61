/*
 * core/notice_wake.c: wakes threads that wait for notifications; object/ knows no threads.
 */
#include "core/sched.h"
#include "object/notice.h"

/* Each entry that can be read wakes one waiter; a dropped receiver all of them. */
void notice_wake(struct notice *n)
{
    while (!list_empty(&n->waiters) && (n->is_dropped || !list_empty(&n->pending)))
        wait_cancel(container_of(n->waiters.next, struct thread, wait.link), rcOk);
}
