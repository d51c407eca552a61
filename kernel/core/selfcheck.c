/*
 * core/selfcheck.c: walks every process and thread and compares what should agree.
 */
#include "core/selfcheck.h"

#include "core/log.h"
#include "core/process.h"

struct state {
    uint64_t threads, handles;
    bool is_broken;
};

static void expect(struct state *s, bool is_good, const char *who, const char *what)
{
    if (is_good)
        return;
    klog_notice("kernel: self-check: %s: %s", who, what);
    s->is_broken = true;
}

static void check_thread(struct thread *t, void *context)
{
    struct state *s = context;
    const char *who = t->process->name;
    uint32_t owed = 0, lent = 0;
    s->threads++;
    expect(s, t->object.refs > 0, who, "a living thread has no reference");
    expect(s, (t->state == THREAD_BLOCKED) == (t->wait_kind != WAIT_NONE), who,
           "a thread's state and its wait disagree");
    for (struct list *l = t->owed.next; l != &t->owed; l = l->next) {
        struct thread *c = container_of(l, struct thread, call.owed_by_thread);
        expect(s, c->call.server == t, who, "a caller does not know who owes it a reply");
        owed++;
    }
    expect(s, !t->direct || t->direct->call.server == t, who,
           "the last caller does not know who owes it a reply");
    for (int i = 0; i < PRIORITIES; i++) {
        lent += t->lent[i];
        expect(s, (t->lent[i] != 0) == ((t->lent_mask >> i & 1) != 0), who,
               "the mask of lent priorities is wrong");
    }
    expect(s, owed + t->queues_owned + t->is_taking == lent, who,
           "calls owed, words owned, a request taken in and priorities lent differ in number");
    expect(s, t->wait_kind != WAIT_FUTEX || futex_is_sound(t), who,
           "a thread that waits on a word is not in its queue");
}

static void check_process(struct process *p, void *context)
{
    struct state *s = context;
    uint32_t used = 0, free = 0, threads = 0;
    for (uint32_t i = 0; i < p->handles.limit; i++)
        used += handle_slot(&p->handles, i)->object || handle_slot(&p->handles, i)->is_revoked;
    for (uint32_t i = p->handles.free_head; i != HANDLE_INDEX_NONE && free <= p->handles.limit;
         i = handle_slot(&p->handles, i)->next_free)
        free++;
    for (struct list *l = p->threads.next; l != &p->threads; l = l->next)
        threads++;
    s->handles += used;
    expect(s, used == p->handles.used, p->name, "the count of handles is wrong");
    expect(s, free == p->handles.free_count, p->name, "the queue of free slots is wrong");
    expect(s, threads == p->nthreads, p->name, "the count of threads is wrong");
    expect(s, p->account->used <= p->account->limit, p->name, "more is charged than allowed");
}

Retcode selfcheck(void)
{
    struct state s = {0};
    thread_for_each(check_thread, &s);
    process_for_each(check_process, &s);
    const char *defect = arch_map_defect();
    expect(&s, !defect, "memory of the kernel", defect);
    expect(&s, s.handles == handle_count(), "all processes", "the count of handles is wrong");
    return s.is_broken ? rcInternalError : rcOk;
}
