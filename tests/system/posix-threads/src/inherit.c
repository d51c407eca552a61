/*
 * inherit.c: mutexes with priority inheritance: who is lent what, and that an inversion is bounded,
 * seen by the order of events.
 */
#include "suite.h"

#define LOW    3
#define MIDDLE 7
#define HIGH   11

static pthread_mutex_t make(int type, int protocol)
{
    pthread_mutex_t m;

    make_mutex(&m, type, protocol, PTHREAD_MUTEX_STALLED);
    return m;
}

static pthread_t begin_at(int priority, void *(*routine)(void *), void *arg)
{
    struct sched_param p = { .sched_priority = priority };
    pthread_attr_t attr;
    pthread_t t = NULL;

    pthread_attr_init(&attr);
    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attr, SCHED_RR);
    pthread_attr_setschedparam(&attr, &p);
    if (pthread_create(&t, &attr, routine, arg)) {
        CHECK("a thread is created", 0);
    }
    return t;
}

static uint32_t effective(Tid tid)
{
    KnThreadInfo info;

    return KnThreadGetInfo(INVALID_HANDLE, tid, &info) == rcOk ? info.effectivePriority : 99;
}

/* ---- what is lent ---- */

struct holder {
    pthread_mutex_t *mutexes[3]; /* locked in order, given back one by one */
    volatile Tid tid;
    volatile int let_go, has_let_go;
    int count;
};

static void *hold(void *arg)
{
    struct holder *h = arg;

    for (int i = 0; i < h->count; i++) {
        pthread_mutex_lock(h->mutexes[i]);
    }
    h->tid = KosThreadCurrentId();
    for (int i = h->count - 1; i >= 0; i--) {
        while (h->let_go < h->count - i) {
            KosThreadSleep(1);
        }
        pthread_mutex_unlock(h->mutexes[i]);
        h->has_let_go++;
    }
    while (h->let_go <= h->count) {
        KosThreadSleep(1);
    }
    return NULL;
}

struct want {
    pthread_mutex_t *m;
    long ns; /* or zero: without end */
    volatile Tid tid;
    volatile int result;
};

static void *want(void *arg)
{
    struct want *w = arg;
    struct timespec at = in_ns(CLOCK_REALTIME, w->ns);

    w->tid = KosThreadCurrentId();
    w->result = w->ns ? pthread_mutex_timedlock(w->m, &at) : pthread_mutex_lock(w->m);
    if (w->result == 0) {
        pthread_mutex_unlock(w->m);
    }
    return NULL;
}

static void let_go(struct holder *h)
{
    int wanted = ++h->let_go;

    while (h->has_let_go < wanted) {
        KosThreadSleep(1);
    }
}

static void test_lent(void)
{
    pthread_mutex_t a = make(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT);
    pthread_mutex_t b = make(PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_INHERIT);
    pthread_mutex_t plain = make(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE);
    struct holder h = { .mutexes = { &a, &b, &plain }, .count = 3 };
    struct want middle = { .m = &a }, high = { .m = &b }, timed = { .m = &a, .ns = 30 * MS };
    struct want no_loan = { .m = &plain };
    pthread_t holder = begin_at(LOW, hold, &h), m, p, t, n;

    wait_blocked(&h.tid);
    CHECK_EQUAL("an owner for whom nobody waits", effective(h.tid), LOW);
    n = begin_at(HIGH, want, &no_loan);
    wait_blocked(&no_loan.tid);
    CHECK_EQUAL("no protocol: nothing is lent", effective(h.tid), LOW);
    m = begin_at(MIDDLE, want, &middle);
    wait_blocked(&middle.tid);
    CHECK_EQUAL("inheritance: the waiter's priority is lent", effective(h.tid), MIDDLE);
    t = begin_at(HIGH + 4, want, &timed);
    wait_blocked(&timed.tid);
    CHECK_EQUAL("  the highest one's", effective(h.tid), HIGH + 4);
    end(t);
    CHECK_EQUAL("  its time is over", timed.result, ETIMEDOUT);
    CHECK_EQUAL("  and its loan", effective(h.tid), MIDDLE);
    p = begin_at(HIGH, want, &high);
    wait_blocked(&high.tid);
    CHECK_EQUAL("two mutexes: the higher loan", effective(h.tid), HIGH);
    let_go(&h);
    end(n);
    CHECK_EQUAL("  the plain one is given back", effective(h.tid), HIGH);
    let_go(&h);
    CHECK("  the higher waiter has it", end(p) == NULL && high.result == 0);
    CHECK_EQUAL("  the lower loan is left", effective(h.tid), MIDDLE);
    let_go(&h);
    CHECK("  the other waiter has it", end(m) == NULL && middle.result == 0);
    CHECK_EQUAL("  nothing is lent", effective(h.tid), LOW);
    h.let_go++;
    end(holder);
}

/* A chain: each holds one mutex and waits for the next one's. */
static void test_chain(void)
{
    pthread_mutex_t a = make(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_INHERIT);
    pthread_mutex_t b = make(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT);
    struct holder first = { .mutexes = { &a }, .count = 1 };
    struct holder second = { .mutexes = { &b, &a }, .count = 2, .let_go = 3 };
    struct want high = { .m = &b };
    pthread_t one, two, three;

    one = begin_at(LOW, hold, &first);
    wait_blocked(&first.tid);
    two = begin_at(MIDDLE, hold, &second);
    while (effective(first.tid) != MIDDLE) {
        KosThreadSleep(1);
    }
    three = begin_at(HIGH, want, &high);
    wait_blocked(&high.tid);
    CHECK_EQUAL("a chain of two: the end of it is lent to", effective(first.tid), HIGH);
    let_go(&first);
    CHECK("  all get what they want", end(three) == NULL && high.result == 0);
    CHECK_EQUAL("  nothing is lent", effective(first.tid), LOW);
    first.let_go++;
    end(one);
    end(two);
}

/* ---- the order of events ---- */

static pthread_mutex_t contended;
static volatile int stop, is_held, may_let_go, events;
static volatile int got_it, hog_ended;
static volatile Tid high_tid;

static void *low(void *arg)
{
    pthread_mutex_lock(&contended);
    is_held = 1;
    while (!may_let_go) {
    }
    pthread_mutex_unlock(&contended);
    return arg;
}

static void *high(void *arg)
{
    high_tid = KosThreadCurrentId();
    pthread_mutex_lock(&contended);
    got_it = ++events;
    stop = 1;
    pthread_mutex_unlock(&contended);
    return arg;
}

/* Would run for a long time, and ends when the high one has the mutex. */
static void *hog(void *arg)
{
    for (volatile int i = 0; i < 3000000 && !stop; i++) {
    }
    hog_ended = ++events;
    return arg;
}

/*
 * On one CPU; whether the high one came before the hog's end. The owner goes on once all are there, and this
 * thread, which is above them, waits.
 */
static int is_bounded(int protocol)
{
    pthread_t l, m, h;

    contended = make(PTHREAD_MUTEX_NORMAL, protocol);
    stop = is_held = may_let_go = events = 0;
    high_tid = 0;
    core_one_cpu();
    l = begin_at(LOW, low, NULL);
    while (!is_held) {
        core_sleep_ns(20000);
    }
    h = begin_at(HIGH, high, NULL);
    wait_blocked(&high_tid);
    m = begin_at(MIDDLE, hog, NULL);
    may_let_go = 1;
    end(h);
    end(m);
    end(l);
    core_all_cpus();
    return got_it < hog_ended;
}

void test_inherit(void)
{
    test_lent();
    test_chain();
    CHECK("without a protocol the thread between runs to its end first",
          !is_bounded(PTHREAD_PRIO_NONE));
    CHECK("with inheritance the high one comes first", is_bounded(PTHREAD_PRIO_INHERIT));
}
