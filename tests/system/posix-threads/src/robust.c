/*
 * robust.c: robust mutexes: whose owner ends, in whatever way, they are handed on with EOWNERDEAD.
 */
#include "suite.h"

enum how { EXIT, RETURN, CANCEL, TERMINATE, DETACHED, HOWS };
static const char *const hows[] = {"exits", "returns", "is cancelled", "is terminated",
                                   "ends detached"};

struct owner {
    pthread_mutex_t *m;
    enum how how;
    volatile Tid tid;
};

static void make(pthread_mutex_t *m, int type, int protocol)
{
    make_mutex(m, type, protocol, PTHREAD_MUTEX_ROBUST);
}

/* Locks the mutex and ends. */
static void *own(void *arg)
{
    struct owner *o = arg;

    pthread_mutex_lock(o->m);
    o->tid = KosThreadCurrentId();
    if (o->how == EXIT) {
        pthread_exit(NULL);
    }
    while (o->how == CANCEL || o->how == TERMINATE) {
        pause();
    }
    return NULL;
}

/* A thread owns the mutex and ends. */
static void die_owning(pthread_mutex_t *m, enum how how)
{
    struct owner o = { .m = m, .how = how };
    pthread_attr_t attr;
    pthread_t t;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, how == DETACHED);
    if (pthread_create(&t, &attr, own, &o)) {
        CHECK("a thread is created", 0);
    }
    if (how == CANCEL || how == TERMINATE) {
        wait_blocked(&o.tid);
    }
    if (how == CANCEL) {
        pthread_cancel(t);
    } else if (how == TERMINATE) {
        CHECK_RC("  KosThreadTerminate", KosThreadTerminate(o.tid, 1), rcOk);
    }
    if (how == DETACHED) {
        while (!o.tid) {
            KosThreadSleep(1);
        }
        KosThreadWait(o.tid, 10000);
        return;
    }
    CHECK("  it ends", end(t) != NOT_ENDED);
}

static void try_end(int type, int protocol, enum how how)
{
    struct timespec at = in_ns(CLOCK_REALTIME, 0);
    pthread_mutex_t m;
    char name[80];

    at.tv_sec += 10;
    make(&m, type, protocol);
    snprintf(name, sizeof name, "type %d%s: the owner %s", type, protocol ? ", inheriting" : "",
             hows[how]);
    die_owning(&m, how);
    CHECK_EQUAL(name, pthread_mutex_lock(&m), EOWNERDEAD);
    CHECK_EQUAL("  pthread_mutex_consistent", pthread_mutex_consistent(&m), 0);
    CHECK_EQUAL("  once", pthread_mutex_consistent(&m), EINVAL);
    CHECK_EQUAL("  unlock", pthread_mutex_unlock(&m), 0);
    CHECK("  a mutex as before", pthread_mutex_lock(&m) == 0 && pthread_mutex_unlock(&m) == 0);
    die_owning(&m, how);
    CHECK_EQUAL("  trylock", pthread_mutex_trylock(&m), EOWNERDEAD);
    pthread_mutex_consistent(&m);
    pthread_mutex_unlock(&m);
    die_owning(&m, how);
    CHECK_EQUAL("  timedlock", pthread_mutex_timedlock(&m, &at), EOWNERDEAD);
    CHECK_EQUAL("  unlock as it is", pthread_mutex_unlock(&m), 0);
    CHECK_EQUAL("  lost for lock", pthread_mutex_lock(&m), ENOTRECOVERABLE);
    CHECK_EQUAL("  for trylock", pthread_mutex_trylock(&m), ENOTRECOVERABLE);
    CHECK_EQUAL("  for timedlock", pthread_mutex_timedlock(&m, &at), ENOTRECOVERABLE);
    CHECK_EQUAL("  destroy", pthread_mutex_destroy(&m), 0);
}

/* ---- others wait when the owner ends ---- */

#define WAITERS 4

static pthread_mutex_t shared;
static int dead_seen, lost_seen, give_up;

static void *wait_for_it(void *arg)
{
    int err = pthread_mutex_lock(&shared);

    *(volatile Tid *)arg = 0;
    if (err == EOWNERDEAD) {
        __atomic_fetch_add(&dead_seen, 1, __ATOMIC_SEQ_CST);
        if (!give_up) {
            pthread_mutex_consistent(&shared);
        }
        err = 0;
    }
    if (err == ENOTRECOVERABLE) {
        __atomic_fetch_add(&lost_seen, 1, __ATOMIC_SEQ_CST);
    } else {
        pthread_mutex_unlock(&shared);
    }
    return NULL;
}

static void *say_and_wait(void *arg)
{
    *(volatile Tid *)arg = KosThreadCurrentId();
    return wait_for_it(arg);
}

static void try_waiters(int protocol, enum how how, int lose)
{
    volatile Tid tids[WAITERS] = {0};
    pthread_t waiters[WAITERS], t;
    struct owner o = { .m = &shared, .how = how };
    char name[80];
    int ended = 0;

    snprintf(name, sizeof name, "%d wait%s, the owner %s%s", WAITERS,
             protocol ? " (inheriting)" : "", hows[how], lose ? ", the mutex is lost" : "");
    make(&shared, PTHREAD_MUTEX_NORMAL, protocol);
    dead_seen = lost_seen = 0;
    give_up = lose;
    t = begin(own, &o);
    wait_blocked(&o.tid);
    for (int i = 0; i < WAITERS; i++) {
        waiters[i] = begin(say_and_wait, (void *)&tids[i]);
        wait_blocked(&tids[i]);
    }
    if (how == CANCEL) {
        pthread_cancel(t);
    } else {
        KosThreadTerminate(o.tid, 0);
    }
    for (int i = 0; i < WAITERS; i++) {
        ended += end(waiters[i]) == NULL;
    }
    CHECK_EQUAL(name, ended, WAITERS);
    CHECK_EQUAL("  one is told", dead_seen, 1);
    CHECK_EQUAL("  the others", lost_seen, lose ? WAITERS - 1 : 0);
    CHECK("  it ends", end(t) != NOT_ENDED);
}

/* ---- the rest ---- */

static int other_consistent(void *arg)
{
    return pthread_mutex_consistent(arg);
}

static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static volatile int is_waiting;

static void *wait_for_signal(void *arg)
{
    int err;

    (void)arg;
    pthread_mutex_lock(&shared);
    is_waiting = 1;
    err = pthread_cond_wait(&cond, &shared);
    pthread_mutex_consistent(&shared);
    pthread_mutex_unlock(&shared);
    return (void *)(intptr_t)err;
}

static void *signal_and_die(void *arg)
{
    pthread_mutex_lock(&shared);
    pthread_cond_signal(&cond);
    return arg;
}

static void *own_many(void *arg)
{
    pthread_mutex_t *m = arg;

    for (int i = 0; i < 5; i++) {
        pthread_mutex_lock(&m[i]);
    }
    pthread_mutex_unlock(&m[2]);
    return NULL;
}

static void test_rest(void)
{
    pthread_mutex_t many[5];
    pthread_t t;
    int good = 0;

    make(&shared, PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE);
    die_owning(&shared, EXIT);
    CHECK_EQUAL("the next owner", pthread_mutex_lock(&shared), EOWNERDEAD);
    CHECK_EQUAL("another one cannot make it consistent", in_other(other_consistent, &shared),
                EPERM);
    pthread_mutex_consistent(&shared);
    pthread_mutex_unlock(&shared);
    t = begin(wait_for_signal, NULL);
    while (!is_waiting) {
        KosThreadSleep(1);
    }
    end(begin(signal_and_die, NULL));
    CHECK_EQUAL("pthread_cond_wait tells it too", (int)(intptr_t)end(t), EOWNERDEAD);
    for (int i = 0; i < 5; i++) {
        make(&many[i], i % 3, i & 1);
    }
    end(begin(own_many, many));
    for (int i = 0; i < 5; i++) {
        good += pthread_mutex_lock(&many[i]) == (i == 2 ? 0 : EOWNERDEAD);
        pthread_mutex_unlock(&many[i]);
    }
    CHECK_EQUAL("a thread that owned four of five", good, 5);
}

void test_robust(void)
{
    for (int type = 0; type < 3; type++) {
        for (enum how how = 0; how < HOWS; how++) {
            try_end(type, PTHREAD_PRIO_NONE, how);
            try_end(type, PTHREAD_PRIO_INHERIT, how);
        }
    }
    for (int lose = 0; lose < 2; lose++) {
        try_waiters(PTHREAD_PRIO_NONE, CANCEL, lose);
        try_waiters(PTHREAD_PRIO_NONE, TERMINATE, lose);
        try_waiters(PTHREAD_PRIO_INHERIT, CANCEL, lose);
        try_waiters(PTHREAD_PRIO_INHERIT, TERMINATE, lose);
    }
    test_rest();
}
