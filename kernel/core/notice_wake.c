/*
 * core/notice_wake.c: wakes threads that wait for notifications; object/ knows no threads.
 */
#include "core/sched.h"
#include "object/notice.h"

/* Each entry that can be read wakes one waiter; a dropped receiver all of them. */
bool notice_wake(struct notice *n, uint32_t budget)
{
    while (!list_empty(&n->waiters) && (n->is_dropped || !list_empty(&n->pending))) {
        if (budget-- == 0)
            return false;
        wait_cancel(container_of(n->waiters.next, struct thread, wait.link), rcOk);
    }
    return true;
}
