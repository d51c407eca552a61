/*
 * terminate.c: KosThreadTerminate: wherever the thread is.
 */
#include "suite.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <fcntl.h>
#include <kos/alloc.h>
#include <kos/semaphore.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

#define PAGE 4096u

static KosSemaphore semaphore;
static volatile int is_there;
static uint32_t word;
static Notice notice;

static int spin(void *context)
{
    (void)context;
    for (;;) {
        is_there = 1;
    }
}

static int sleep_long(void *context)
{
    (void)context;
    is_there = 1;
    return KosThreadSleep(INFINITE_TIMEOUT);
}

static int wait_semaphore(void *context)
{
    (void)context;
    is_there = 1;
    return KosSemaphoreWait(&semaphore);
}

static int wait_word(void *context)
{
    (void)context;
    is_there = 1;
    return core_futex_wait(&word, 0, CORE_FOREVER, NULL);
}

static int wait_event(void *context)
{
    EventDesc event;
    rtl_size_t count;

    (void)context;
    is_there = 1;
    return KnNoticeGetEvent(notice, INFINITE_TIMEOUT, 1, &event, &count);
}

static int wait_thread(void *context)
{
    is_there = 1;
    return KosThreadWait(*(Tid *)context, INFINITE_TIMEOUT);
}

static int suspend(void *context)
{
    (void)context;
    is_there = 1;
    return KosThreadSuspend(KosThreadCurrentId());
}

/* One after the other: large allocations, freed again. */
static int allocate_all_the_time(void *context)
{
    (void)context;
    for (;;) {
        void *p = KnVmAllocate(NULL, 400 * PAGE, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT |
                                                     VMM_FLAG_LOCKED | VMM_FLAG_READ |
                                                     VMM_FLAG_WRITE);
        is_there = 1;
        KnVmUnmap(p, 400 * PAGE);
    }
}

static int share_all_the_time(void *context)
{
    Handle mdl = INVALID_HANDLE;

    (void)context;
    for (;;) {
        KnPmmMdlCreate(400 * PAGE, VMM_FLAG_LOCKED, &mdl);
        is_there = 1;
        KnHandleRevoke(mdl);
        KnHandleClose(mdl);
    }
}

static int write_all_the_time(void *context)
{
    (void)context;
    for (;;) {
        core_nop();
        is_there = 1;
    }
}

struct place {
    const char *name;
    ThreadRoutine routine;
    int tries; /* at so many different moments */
};

/* Terminated at once, or after a while that is different each time. */
static void terminate_at(const struct place *place)
{
    static Tid here;
    rtl_int32_t code = 0;
    int good = 1;

    here = KosThreadCurrentId();
    for (int i = 0; i < place->tries; i++) {
        Tid tid = 0;
        is_there = 0;
        KosThreadCreate(&tid, 10, 0, place->routine, &here, 0);
        good &= wait_value(&is_there, 1);
        core_sleep_ns(50000 + (uint64_t)i * 137000);
        good &= KosThreadTerminate(tid, 1000 + i) == rcOk;
        good &= KosThreadWaitEx(tid, 0, &code) == rcOk && code == 1000 + i;
        good &= KosThreadTerminate(tid, 0) == rcResourceNotFound;
    }
    CHECK(place->name, good);
    CHECK_RC("  the kernel's self-check", core_self_check(), rcOk);
}

static void test_places(void)
{
    static const struct place places[] = {
        {"one that runs", spin, 5},
        {"one that sleeps", sleep_long, 2},
        {"one that waits for a semaphore", wait_semaphore, 2},
        {"one that waits on a word", wait_word, 2},
        {"one that waits for an event", wait_event, 2},
        {"one that waits for a thread", wait_thread, 2},
        {"one that is suspended", suspend, 2},
        {"one that allocates and frees", allocate_all_the_time, 20},
        {"one that makes shared memory", share_all_the_time, 20},
        {"one that calls the kernel", write_all_the_time, 20},
    };
    struct counters before, after;

    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (i == 7) {
            core_counters(&before);
        }
        terminate_at(&places[i]);
        if (i == 6) { /* the semaphore's waiter is gone, though it could not say so */
            KosSemaphoreInit(&semaphore, 0);
        }
    }
    core_counters(&after);
    CHECK_EQUAL("no thread is left", after.threads, before.threads);
}

/* ---- in the middle of the C library ---- */

static int use_heap(void *context)
{
    (void)context;
    for (unsigned i = 0;; i++) {
        void *p = malloc(100 + i % 4000), *q = KosMemAlloc(i % 100 + 1);

        is_there = 1;
        free(p);
        KosMemFree(q);
    }
}

static FILE *text;

static int use_stream(void *context)
{
    (void)context;
    for (;;) {
        fprintf(text, "%d %s", 7, "words");
        is_there = 1;
        rewind(text);
    }
}

static int hold_stream(void *context)
{
    (void)context;
    flockfile(text);
    is_there = 1;
    return KosThreadSleep(INFINITE_TIMEOUT);
}

static int want_stream(void *context)
{
    flockfile(text);
    funlockfile(text);
    *(volatile int *)context = 1;
    return 0;
}

static int open_streams(void *context)
{
    static char memory[100];

    (void)context;
    for (;;) {
        FILE *f = fmemopen(memory, sizeof(memory), "w");

        is_there = 1;
        fclose(f);
    }
}

static int use_names(void *context)
{
    (void)context;
    for (;;) {
        sem_t *s = sem_open("/name", O_CREAT, 0600, 1);

        is_there = 1;
        sem_close(s);
        sem_unlink("/name");
    }
}

static int use_pipes(void *context)
{
    int fds[2];

    (void)context;
    for (;;) {
        if (pipe(fds) == 0) {
            close(fds[0]);
            close(fds[1]);
        }
        is_there = 1;
        rand();
    }
}

static void no_callback(KosThreadCallbackReason reason)
{
    (void)reason;
}

static int use_callbacks(void *context)
{
    (void)context;
    for (;;) {
        KosThreadCallbackRegister(no_callback);
        is_there = 1;
        KosThreadCallbackUnregister(no_callback);
    }
}

/* All of it works still; a lock that was left held would end the suite's time. */
static int works(void)
{
    char memory[20] = "";
    FILE *f = fmemopen(memory, sizeof(memory), "w");
    int fds[2], good = f != NULL && fprintf(f, "%d", 5) == 1 && fclose(f) == 0 && memory[0] == '5';
    void *p = malloc(5000);
    sem_t *s = sem_open("/other", O_CREAT, 0600, 1);

    good = good && p && s != SEM_FAILED && sem_close(s) == 0 && sem_unlink("/other") == 0;
    free(p);
    KosThreadCallbackUnregister(no_callback);
    good = good && KosThreadCallbackRegister(no_callback) == rcOk &&
           KosThreadCallbackUnregister(no_callback) == rcOk;
    return good && pipe(fds) == 0 && close(fds[0]) == 0 && close(fds[1]) == 0;
}

static void test_library(void)
{
    static const struct place places[] = {
        {"one that uses the heap", use_heap, 60},
        {"one that uses a stream", use_stream, 40},
        {"one that opens streams", open_streams, 40},
        {"one that names semaphores", use_names, 40},
        {"one that makes pipes", use_pipes, 30},
        {"one that registers callbacks", use_callbacks, 40},
    };
    volatile int has_it = 0;
    char memory[100];
    Tid holder, waiter;

    text = fmemopen(memory, sizeof(memory), "w+");
    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        terminate_at(&places[i]);
        CHECK("  what it used can be used", works());
        CHECK("  its stream, too", fprintf(text, "x") == 1);
        rewind(text);
    }
    is_there = 0;
    holder = start(hold_stream, NULL);
    wait_value(&is_there, 1);
    waiter = start(want_stream, (void *)(uintptr_t)&has_it);
    KosThreadSleep(5);
    CHECK_EQUAL("a stream that a thread holds", has_it, 0);
    KosThreadTerminate(holder, 0);
    CHECK_RC("  goes to who waits for it", KosThreadWait(waiter, 2000), rcOk);
    fclose(text);
}

/* Frees of a terminated thread are finished: its addresses can be used again. */
static void *volatile range;

static int free_range(void *context)
{
    (void)context;
    is_there = 1;
    KnVmUnmap(range, 2000 * PAGE);
    is_there = 2;
    return 0;
}

static void test_half_way(void)
{
    int good = 1;

    for (int i = 0; i < 16; i++) {
        Tid tid;
        is_there = 0;
        range = KnVmAllocate(NULL, 2000 * PAGE, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT |
                                                    VMM_FLAG_LOCKED | VMM_FLAG_READ |
                                                    VMM_FLAG_WRITE);
        KosThreadCreate(&tid, 10, 0, free_range, NULL, 0);
        while (!is_there) {
            core_sleep_ns(50000);
        }
        core_sleep_ns(20000 + (uint64_t)i * 30000);
        good &= KosThreadTerminate(tid, 0) == rcOk || is_there == 2;
        void *again = KnVmAllocate(range, 2000 * PAGE, VMM_FLAG_RESERVE | VMM_FLAG_FIXED);
        if (is_there == 1 && again != range) { /* it had not begun to free */
            again = KnVmUnmap(range, 2000 * PAGE) == rcOk
                        ? KnVmAllocate(range, 2000 * PAGE, VMM_FLAG_RESERVE | VMM_FLAG_FIXED)
                        : NULL;
        }
        good &= again == range;
        KnVmUnmap(range, 2000 * PAGE);
    }
    CHECK("what a thread was freeing when it was ended is freed to the end", good);
}

static int wait_to_call(void *context)
{
    (void)context;
    is_there = 1;
    core_sleep_ns(1000000);
    return 0;
}

static void *posix_sleep(void *context)
{
    (void)context;
    *(Tid *)context = KosThreadCurrentId();
    is_there = 1;
    KosThreadSleep(INFINITE_TIMEOUT);
    return NULL;
}

static void test_kinds(void)
{
    pthread_t posix;
    rtl_int32_t code = 0;
    void *result = NULL;
    Tid tid;

    is_there = 0;
    pthread_create(&posix, NULL, posix_sleep, &tid);
    wait_value(&is_there, 1);
    CHECK_RC("a pthread", KosThreadTerminate(tid, 1), rcOk);
    CHECK("  can be joined", pthread_join(posix, &result) == 0);
    CHECK("  and counts as cancelled", result == PTHREAD_CANCELED);
    CHECK_RC("one that never started",
             KosThreadCreate(&tid, 10, 0, wait_to_call, NULL, 1) == rcOk
                 ? KosThreadTerminate(tid, 42)
                 : rcFail,
             rcOk);
    CHECK_RC("  has ended", KosThreadWaitEx(tid, 0, &code), rcOk);
    CHECK_EQUAL("  with this code", code, 42);
    CHECK_RC("nobody", KosThreadTerminate(NOBODY, 0), rcResourceNotFound);
    CHECK("threads can be made after all that", start(wait_to_call, NULL) != 0);
}

static int end_myself(void *context)
{
    (void)context;
    KosThreadTerminate(KosThreadCurrentId(), 31);
    return 0;
}

static void test_oneself(void)
{
    rtl_int32_t code = 0;
    Tid tid = start(end_myself, NULL);

    CHECK_RC("oneself", KosThreadWaitEx(tid, 2000, &code), rcOk);
    CHECK_EQUAL("  with this code", code, 31);
}

/* Who waits for a thread hears of its end. */
static int wait_for_it(void *context)
{
    rtl_int32_t code = 0;

    KosThreadWaitEx(*(Tid *)context, INFINITE_TIMEOUT, &code);
    return code;
}

static void test_waiter(void)
{
    rtl_int32_t code = 0;
    Tid victim, waiter;

    is_there = 0;
    victim = start(sleep_long, NULL);
    waiter = start(wait_for_it, &victim);
    KosThreadSleep(5);
    KosThreadTerminate(victim, 17);
    CHECK_RC("who waits for it", KosThreadWaitEx(waiter, 2000, &code), rcOk);
    CHECK_EQUAL("  hears its code", code, 17);
}

void test_terminate(void)
{
    KosSemaphoreInit(&semaphore, 0);
    KnNoticeCreate(&notice);
    test_places();
    test_library();
    test_half_way();
    test_kinds();
    test_oneself();
    test_waiter();
    KnNoticeRelease(notice);
}
