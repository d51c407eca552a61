/*
 * ipc/deadlock.c: is a system in which nothing moves any more stuck in its Calls?
 */
#include "core/idle.h"
#include "core/log.h"
#include "core/process.h"
#include "ipc/channel.h"

#define CYCLE_MAX 64 /* longest cycle that is found */

/* How many threads of a process live (2: or more), *last being one of them. One that was never started does not:
 * nobody is left who could. */
static unsigned living(const struct process *p, struct thread **last)
{
    unsigned n = 0;
    for (struct list *l = p->threads.next; l != &p->threads; l = l->next) {
        struct thread *t = container_of(l, struct thread, process_link);
        if (t->state == THREAD_STOPPED)
            continue;
        *last = t;
        if (++n > 1)
            break; /* nobody asks for more */
    }
    return n;
}

/* The thread that t waits for in a Call, if it is known. */
static struct thread *waits_for(struct thread *t)
{
    if (t->wait_kind == WAIT_REPLY)
        return t->call.server;
    if (t->wait_kind != WAIT_SEND || t->call.listener->is_closed)
        return NULL;
    /* Not yet received: with a single thread in the server it is that one which does not receive. */
    struct thread *server;
    return living(t->call.listener->process, &server) == 1 ? server : NULL;
}

static void report_call(const struct thread *t)
{
    char method[96];
    const struct policy_method *m = t->call.method;
    policy_method_name(m->pair, m->direction[DIRECTION_REQUEST].word, method, sizeof method);
    klog_notice("kernel:   %s (thread %u) is in Call to %s, %s", t->process->name, t->tid,
                t->call.listener->is_closed ? "?" : t->call.listener->process->name, method);
}

static void find_deadlock(struct thread *t, void *context)
{
    bool *is_found = context;
    struct thread *at = t, *server;
    if (*is_found || (t->wait_kind != WAIT_SEND && t->wait_kind != WAIT_REPLY))
        return;
    if (t->wait_kind == WAIT_SEND && !t->call.listener->is_closed &&
        living(t->call.listener->process, &server) == 0) {
        klog_notice("kernel: deadlock: a Call to a process without a living thread");
        report_call(t);
        *is_found = true;
        return;
    }
    for (int i = 0; i < CYCLE_MAX; i++) {
        at = waits_for(at);
        if (!at)
            return;
        if (at != t)
            continue;
        klog_notice("kernel: deadlock: a cycle of Calls");
        do {
            report_call(at);
            at = waits_for(at);
        } while (at != t);
        *is_found = true;
        return;
    }
}

bool idle_is_deadlock(void)
{
    bool is_found = false;
    thread_for_each(find_deadlock, &is_found);
    return is_found;
}
