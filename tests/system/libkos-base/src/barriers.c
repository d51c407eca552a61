/*
 * barriers.c: coresrv/io/barriers.h, and the C library's atomics: messages between two threads.
 */
#include "suite.h"

#include <coresrv/io/barriers.h>
#include <kos/thread.h>
#include <stdatomic.h>

#define ROUNDS 20000

static volatile uint32_t data, ready, taken;
static atomic_uint both;

static int writer(void *context)
{
    (void)context;
    for (uint32_t i = 1; i <= ROUNDS; i++) {
        while (taken != i - 1) {
            KosThreadYield();
        }
        IoReadWriteBarrier();
        data = i * 3;
        IoWriteBarrier();
        ready = i;
        atomic_fetch_add(&both, 1);
    }
    return 0;
}

void test_barriers(void)
{
    int good = 1;
    Tid tid;

    KosThreadCreate(&tid, 15, 0, writer, NULL, 0);
    for (uint32_t i = 1; i <= ROUNDS; i++) {
        while (ready != i) {
            KosThreadYield();
        }
        IoReadBarrier();
        good &= data == i * 3;
        IoReadWriteBarrier();
        taken = i;
        atomic_fetch_add(&both, 1);
    }
    KosThreadWait(tid, 10000);
    CHECK("what was written before a barrier is seen after one", good);
    CHECK_EQUAL("atomic additions of two threads", atomic_load(&both), 2 * ROUNDS);
}
