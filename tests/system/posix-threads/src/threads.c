/*
 * threads.c: pthread_create, join, detach, exit, self, equal, names; stacks.
 */
#include "suite.h"

#include <sys/prctl.h>

static pthread_t seen_self;
static char *volatile seen_stack;

static void *note_self(void *arg)
{
    char here;

    seen_self = pthread_self();
    seen_stack = &here;
    return arg;
}

static void *exit_with(void *arg)
{
    pthread_exit(arg);
}

static void *sleep_long(void *arg)
{
    *(volatile Tid *)arg = KosThreadCurrentId();
    for (;;) {
        pause();
    }
}

static void *join_main(void *arg)
{
    return (void *)(intptr_t)pthread_join(*(pthread_t *)arg, NULL);
}

static void test_join(void)
{
    volatile Tid tid = 0;
    struct timespec at;
    pthread_attr_t attr;
    pthread_t t, other;
    void *result;
    int x;

    t = begin(note_self, &x);
    CHECK("pthread_join", pthread_join(t, &result) == 0 && result == &x);
    CHECK("pthread_self, pthread_equal", pthread_equal(t, seen_self) &&
                                             !pthread_equal(t, pthread_self()));
    CHECK("pthread_exit", end(begin(exit_with, &x)) == &x);
    CHECK_EQUAL("pthread_join of oneself", pthread_join(pthread_self(), NULL), EDEADLK);
    t = begin(sleep_long, (void *)&tid);
    CHECK_EQUAL("pthread_tryjoin_np", pthread_tryjoin_np(t, NULL), EBUSY);
    at = in_ns(CLOCK_REALTIME, 2 * MS);
    CHECK_EQUAL("pthread_timedjoin_np", pthread_timedjoin_np(t, NULL, &at), ETIMEDOUT);
    at.tv_nsec = 1000000000;
    CHECK_EQUAL("  time out of range", pthread_timedjoin_np(t, NULL, &at), EINVAL);
    other = begin(join_main, &t);
    wait_blocked(&tid);
    pthread_cancel(t);
    CHECK("joined by another thread", end(other) == NULL);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    tid = 0;
    pthread_create(&t, &attr, sleep_long, (void *)&tid);
    CHECK_EQUAL("pthread_join of a detached thread", pthread_join(t, NULL), EINVAL);
    CHECK_EQUAL("pthread_detach of one", pthread_detach(t), EINVAL);
    wait_blocked(&tid);
    pthread_cancel(t);
    CHECK("  it ends", KosThreadWait(tid, 10000) == rcOk);
    tid = 0;
    t = begin(sleep_long, (void *)&tid);
    wait_blocked(&tid);
    CHECK_EQUAL("pthread_detach", pthread_detach(t), 0);
    pthread_cancel(t);
    CHECK("  it ends", KosThreadWait(tid, 10000) == rcOk);
    t = begin(exit_with, NULL);
    KosThreadSleep(5);
    CHECK_EQUAL("pthread_detach of one that has ended", pthread_detach(t), 0);
}

static void test_stacks(void)
{
    static char own[65536] __attribute__((aligned(4096)));
    volatile Tid tid = 0;
    pthread_attr_t attr;
    pthread_t t;
    void *low;
    size_t size, guard;
    char here;

    pthread_attr_init(&attr);
    CHECK_EQUAL("pthread_attr_setstack", pthread_attr_setstack(&attr, own, sizeof own), 0);
    CHECK_EQUAL("  a thread on it", pthread_create(&t, &attr, note_self, NULL), 0);
    end(t);
    CHECK("  it was there", seen_stack > own && seen_stack < own + sizeof own);
    pthread_attr_init(&attr);
    CHECK_EQUAL("pthread_attr_setstacksize", pthread_attr_setstacksize(&attr, 1 << 20), 0);
    CHECK_EQUAL("  a thread", pthread_create(&t, &attr, note_self, NULL), 0);
    end(t);
    CHECK_EQUAL("  more than memory", pthread_attr_setstacksize(&attr, 1ul << 44), 0);
    CHECK_EQUAL("  no thread", pthread_create(&t, &attr, note_self, NULL), EAGAIN);
    CHECK_EQUAL("pthread_getattr_np", pthread_getattr_np(pthread_self(), &attr), 0);
    pthread_attr_getstack(&attr, &low, &size);
    CHECK("  the stack of the first thread",
          &here > (char *)low && &here < (char *)low + size);
    t = begin(sleep_long, (void *)&tid);
    wait_blocked(&tid);
    CHECK_EQUAL("pthread_getattr_np of another one", pthread_getattr_np(t, &attr), 0);
    pthread_attr_getstack(&attr, &low, &size);
    pthread_attr_getguardsize(&attr, &guard);
    CHECK("  its stack and guard", size >= 65536 && size <= 1 << 20 && guard == 8192 && low);
    pthread_cancel(t);
    CHECK("  it ends", end(t) == PTHREAD_CANCELED);
}

static void *read_name(void *arg)
{
    pthread_getname_np(pthread_self(), arg, 16);
    return NULL;
}

static void test_names(void)
{
    char name[16] = "", long_name[32] = "";
    volatile Tid tid = 0;
    pthread_t t;

    CHECK_EQUAL("pthread_getname_np", pthread_getname_np(pthread_self(), name, sizeof name), 0);
    CHECK("  the process's name", name[0] != '\0');
    CHECK_EQUAL("  no room", pthread_getname_np(pthread_self(), name, 15), ERANGE);
    CHECK_EQUAL("pthread_setname_np", pthread_setname_np(pthread_self(), "fifteen letters"), 0);
    CHECK("  it is kept", pthread_getname_np(pthread_self(), name, sizeof name) == 0 &&
                              !strcmp(name, "fifteen letters"));
    CHECK_EQUAL("  too long", pthread_setname_np(pthread_self(), "sixteen letters!"), ERANGE);
    t = begin(read_name, name);
    end(t);
    CHECK("a new thread has its maker's", !strcmp(name, "fifteen letters"));
    t = begin(sleep_long, (void *)&tid);
    CHECK_EQUAL("another thread's", pthread_setname_np(t, "sleeper"), 0);
    CHECK("  is kept", pthread_getname_np(t, long_name, sizeof long_name) == 0 &&
                           !strcmp(long_name, "sleeper"));
    CHECK("  one's own stays", prctl(PR_GET_NAME, name) == 0 && !strcmp(name, "fifteen letters"));
    CHECK("prctl sets it", prctl(PR_SET_NAME, "main") == 0 && prctl(PR_GET_NAME, name) == 0 &&
                               !strcmp(name, "main"));
    CHECK("prctl knows nothing else", prctl(PR_SET_DUMPABLE, 1) == -1 && errno == EINVAL);
    wait_blocked(&tid);
    pthread_cancel(t);
    CHECK("  it ends", end(t) == PTHREAD_CANCELED);
}

void test_threads(void)
{
    test_join();
    test_stacks();
    test_names();
}
