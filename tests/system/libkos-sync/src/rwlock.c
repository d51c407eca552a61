/*
 * rwlock.c: kos/rwlock.h.
 */
#include "suite.h"

#include <kos/rwlock.h>

static KosRWLock lock = KOS_RWLOCK_INITIALIZER;
static volatile Retcode codes[2];
static volatile int order[8], entered;

static int try_both(void *context)
{
    codes[0] = KosRWLockTryRead(context);
    if (codes[0] == rcOk) {
        KosRWLockUnlock(context);
    }
    codes[1] = KosRWLockTryWrite(context);
    if (codes[1] == rcOk) {
        KosRWLockUnlock(context);
    }
    return 0;
}

/* Whether another thread could read, and write. */
static int admits(KosRWLock *l, Retcode read, Retcode write)
{
    Tid tid = start(try_both, l, 20);

    join_all(&tid, 1);
    return codes[0] == read && codes[1] == write;
}

static void test_alone(void)
{
    KosRWLock l;

    KosRWLockInit(&l);
    CHECK("a free lock", admits(&l, rcOk, rcOk));
    KosRWLockRead(&l);
    CHECK("a reader admits readers", admits(&l, rcOk, rcBusy));
    CHECK_RC("a second reader", KosRWLockTryRead(&l), rcOk);
    KosRWLockUnlock(&l);
    CHECK("the first one still reads", admits(&l, rcOk, rcBusy));
    KosRWLockUnlock(&l);
    CHECK("both have unlocked", admits(&l, rcOk, rcOk));
    KosRWLockWrite(&l);
    CHECK_RC("a writer is no reader", KosRWLockTryRead(&l), rcBusy);
    CHECK_RC("nor can it write twice", KosRWLockTryWrite(&l), rcBusy);
    CHECK("a writer admits nobody", admits(&l, rcBusy, rcBusy));
    KosRWLockUnlock(&l);
    CHECK_RC("KosRWLockTryWrite", KosRWLockTryWrite(&l), rcOk);
    CHECK("it is a writer", admits(&l, rcBusy, rcBusy));
    KosRWLockUnlock(&l);
    CHECK("it has unlocked", admits(&l, rcOk, rcOk));
    KosRWLockUnlock(&l);
    CHECK("an unlock of a free lock does nothing", admits(&l, rcOk, rcOk));
    CHECK_RC("KosRWLockTryRead of null", KosRWLockTryRead(NULL), rcInvalidArgument);
    CHECK_RC("KosRWLockTryWrite of null", KosRWLockTryWrite(NULL), rcInvalidArgument);
    KosRWLockDeinit(&l);
}

static int reader(void *context)
{
    KosRWLockRead(&lock);
    order[__atomic_fetch_add(&entered, 1, __ATOMIC_SEQ_CST)] = (int)(uintptr_t)context;
    KosThreadSleep(3);
    KosRWLockUnlock(&lock);
    return 0;
}

static int writer(void *context)
{
    KosRWLockWrite(&lock);
    order[__atomic_fetch_add(&entered, 1, __ATOMIC_SEQ_CST)] = (int)(uintptr_t)context;
    KosThreadSleep(3);
    KosRWLockUnlock(&lock);
    return 0;
}

/* A writer that waits comes before readers that came later, even of higher priority. */
static void test_order(void)
{
    Tid tids[4];

    KosRWLockRead(&lock);
    tids[0] = start(writer, (void *)1, 16);
    KosThreadSleep(5);
    tids[1] = start(reader, (void *)2, 20);
    tids[2] = start(reader, (void *)3, 20);
    KosThreadSleep(5);
    CHECK_EQUAL("a writer waits for the reader, later readers for the writer", entered, 0);
    CHECK_RC("no reader gets in", KosRWLockTryRead(&lock), rcBusy);
    KosRWLockUnlock(&lock);
    CHECK_EQUAL("all come to their turn", join_all(tids, 3), 3);
    CHECK_EQUAL("the writer first", order[0], 1);
    CHECK("then the lock is free", admits(&lock, rcOk, rcOk));
    KosRWLockWrite(&lock);
    for (int i = 0; i < 4; i++) {
        tids[i] = start(i & 1 ? reader : writer, (void *)(uintptr_t)i, 16);
    }
    KosThreadSleep(5);
    CHECK_EQUAL("all wait for a writer", entered, 3);
    KosRWLockUnlock(&lock);
    CHECK_EQUAL("all come to their turn again", join_all(tids, 4), 4);
}

void test_rwlock(void)
{
    test_alone();
    test_order();
}
