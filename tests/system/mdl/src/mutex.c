/*
 * mutex.c: a mutex in shared memory keeps two processes apart, which show it at different addresses.
 */
#include "suite.h"

#include <kos/mutex.h>
#include <kos/thread.h>

#define TIMES 1500u

static struct peer peer;
static uint64_t its_va;
static volatile uint32_t its_count;

static int have_it_count(void *context)
{
    (void)context;
    its_count = peer_count(&peer, its_va, TIMES);
    return 0;
}

void test_mutex(void)
{
    Handle handle;
    volatile uint64_t *word = make(PAGE, &handle);
    KosMutex *mutex = (KosMutex *)(uintptr_t)(word + 8);
    Tid tid = 0;

    *word = 0;
    KosMutexInit(mutex);
    peer_start(&peer);
    uint32_t theirs = peer_keep(&peer, handle, OCAP_MDL_READ | OCAP_MDL_WRITE);
    CHECK_RC("the peer maps the mutex", peer_map(&peer, theirs, RW, 0, PAGE, &its_va), rcOk);
    KosMutexLock(mutex);
    KosThreadCreate(&tid, 15, 0, have_it_count, NULL, 0);
    KosThreadSleep(20);
    CHECK_EQUAL("it waits while this process holds it", *word, 0);
    KosMutexUnlock(mutex);
    for (unsigned i = 0; i < TIMES; i++) {
        KosMutexLock(mutex);
        uint64_t value = *word;
        if (i % 5 == 0) {
            KosThreadYield();
        }
        *word = value + 1;
        KosMutexUnlock(mutex);
    }
    CHECK_RC("both come to their end", KosThreadWait(tid, 30000), rcOk);
    CHECK_EQUAL("the peer counted", its_count, TIMES);
    CHECK_EQUAL("and no addition was lost", *word, 2 * TIMES);
    peer_end(&peer);
    KnVmUnmap((void *)(uintptr_t)word, PAGE);
    KnHandleClose(handle);
}
