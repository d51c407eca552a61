/*
 * limits.c: every wait with a limit of time: nothing, a millisecond, long, for ever, and numbers whose
 * nanoseconds are more than a word holds.
 */
#include "suite.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <tessera/call.h>

static uint32_t word;
static Notice notice;
static Handle object, listener;
static uint32_t waiter_tid, target_tid;
static struct child process;

/* ---- the waits, and what ends each of them ---- */

static Retcode wait_futex(uint64_t ms)
{
    return core_futex_wait(&word, 0, ms, NULL);
}

static Retcode wait_owner(uint64_t ms)
{
    return core_futex_wait_owner(&word, 0, target_tid, ms);
}

static void wake(void)
{
    uint32_t woken;
    core_futex_wake(&word, ~0u, &woken);
}

static Retcode wait_event(uint64_t ms)
{
    EventDesc desc;
    rtl_size_t count = 0;
    return KnNoticeGetEvent(notice, ms, 1, &desc, &count);
}

static void post(void)
{
    KnNoticeSetObjectEvent(object, 1u << 16);
}

static int sleep_long(void *context)
{
    static uint32_t other;
    (void)context;
    core_futex_wait(&other, 0, CORE_FOREVER, NULL);
    return 0;
}

/* The thread is alerted out of its wait, and ends. */
static Retcode wait_thread(uint64_t ms)
{
    int32_t code;
    return core_thread_wait(target_tid, ms, &code);
}

static void end_thread(void)
{
    core_thread_alert(INVALID_HANDLE, target_tid);
}

static Retcode wait_process(uint64_t ms)
{
    return core_task_wait(process.task, ms, NULL, NULL);
}

static void end_process(void)
{
    core_task_terminate(process.task);
}

static Retcode wait_recv(uint64_t ms)
{
    struct kn_words words;
    struct kn_received received;
    struct kn_ex ex = {.timeout = ms};
    return kn_recv(listener, &words, NULL, &ex, &received);
}

static void close_listener(void)
{
    core_close(listener);
}

static Retcode wait_sleep(uint64_t ms)
{
    uint64_t ns = ms > ~0ull / MS ? ms : ms * MS;
    Retcode rc = core_sleep_ns(ns);
    return rc == rcOk ? rcTimeout : rc;
}

static void alert(void)
{
    core_thread_alert(INVALID_HANDLE, waiter_tid);
}

static const struct wait {
    const char *name;
    Retcode (*wait)(uint64_t ms);
    void (*end)(void);
    Retcode ended; /* what the wait says when it was ended */
} waits[] = {
    {"a word", wait_futex, wake, rcOk},
    {"an owned word", wait_owner, wake, rcOk},
    {"an event", wait_event, post, rcOk},
    {"a thread", wait_thread, end_thread, rcOk},
    {"a process", wait_process, end_process, rcOk},
    {"a message", wait_recv, close_listener, rcNotConnected},
    {"time", wait_sleep, alert, rcIpcInterrupt},
};

static const uint64_t long_limits[] = {
    100000, 1ull << 32, ~0ull / MS - 1, ~0ull / MS, ~0ull / MS + 1, 1ull << 63, ~0ull - 1, ~0ull,
};

/* ---- */

/* What can be waited for once has to be made again. */
static int prepare(void)
{
    if (target_tid) {
        end_thread();
    }
    child_drop(&process);
    return core_create_listener(&listener) == rcOk &&
           KosThreadCreate(&target_tid, 15, 16384, sleep_long, NULL, 0) == rcOk &&
           child_create(&process, CLASS, 15) == rcOk;
}

static void test_short(const struct wait *w)
{
    char name[80];

    prepare();
    for (uint64_t ms = 0; ms <= 1; ms++) {
        uint64_t start = now_ns();
        Retcode rc = w->wait(ms), wanted = rcTimeout;
        snprintf(name, sizeof(name), "%s, %llu ms", w->name, (unsigned long long)ms);
        CHECK_RC(name, rc, wanted);
        snprintf(name, sizeof(name), "%s: not before %llu ms", w->name, (unsigned long long)ms);
        CHECK(name, now_ns() - start >= ms * MS);
    }
}

struct attempt {
    const struct wait *wait;
    uint64_t ms;
    volatile Retcode rc;
    volatile int is_done;
};

static int run_attempt(void *context)
{
    struct attempt *a = context;
    a->rc = a->wait->wait(a->ms);
    a->is_done = 1;
    return 0;
}

/* A limit that does not pass: the wait is there after a while, and ends when it is ended. */
static void test_long(const struct wait *w, uint64_t ms)
{
    static struct attempt a;
    char name[80];

    prepare();
    a = (struct attempt){.wait = w, .ms = ms};
    KosThreadCreate(&waiter_tid, 16, 65536, run_attempt, &a, 0);
    KosThreadSleep(3);
    snprintf(name, sizeof(name), "%s, 0x%llx ms: waits", w->name, (unsigned long long)ms);
    CHECK(name, !a.is_done);
    w->end();
    wait_flag(&a.is_done);
    snprintf(name, sizeof(name), "%s, 0x%llx ms: is ended", w->name, (unsigned long long)ms);
    CHECK_RC(name, a.is_done ? a.rc : rcBusy, w->ended);
}

void test_limits(void)
{
    CHECK("an object with events",
          KnNoticeCreate(&notice) == rcOk &&
              KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, 0x1f, NULL, &object) == rcOk &&
              KnNoticeSubscribeToObject(notice, object, 1u << 16, 1) == rcOk);
    for (unsigned i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
        test_short(&waits[i]);
        for (unsigned k = 0; k < sizeof(long_limits) / sizeof(long_limits[0]); k++) {
            test_long(&waits[i], long_limits[k]);
        }
    }
    child_drop(&process);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}
