/*
 * callbacks.c: KosThreadCallbackRegister and KosThreadCallbackUnregister.
 */
#include "suite.h"

#include <pthread.h>

static int created, destroyed, others;
static Tid seen;

static void count(KosThreadCallbackReason reason)
{
    __atomic_fetch_add(reason == KosThreadCallbackReasonCreate ? &created : &destroyed, 1,
                       __ATOMIC_SEQ_CST);
    seen = KosThreadCurrentId();
}

static void count_other(KosThreadCallbackReason reason)
{
    (void)reason;
    __atomic_fetch_add(&others, 1, __ATOMIC_SEQ_CST);
}

static void once_only(KosThreadCallbackReason reason)
{
    (void)reason;
    KosThreadCallbackUnregister(once_only);
}

static int counts_when_running(void *context)
{
    (void)context;
    return created * 10 + destroyed;
}

static int leave_by_pthread_exit(void *context)
{
    (void)context;
    pthread_exit(NULL);
}

static rtl_int32_t run(ThreadRoutine routine)
{
    rtl_int32_t code = -1;
    Tid tid = start(routine, NULL);

    KosThreadWaitEx(tid, 2000, &code);
    CHECK_EQUAL("the callback ran in the thread", seen, tid);
    return code;
}

/* With all memory taken. */
static void test_no_memory(void)
{
    static const size_t sizes[] = {1 << 20, 1 << 16, 4096, 256, 16};
    void **first = NULL;
    Retcode rc;

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (void **p; (p = malloc(sizes[i])) != NULL; first = p) {
            *p = first;
        }
    }
    rc = KosThreadCallbackRegister(count) == rcOutOfMemory ? rcOutOfMemory : rcFail;
    while (first) {
        void *next = *first;

        free(first);
        first = next;
    }
    CHECK_RC("registering without memory", rc, rcOutOfMemory);
    CHECK_RC("  nothing was registered", KosThreadCallbackUnregister(count), rcResourceNotFound);
}

void test_callbacks(void)
{
    CHECK_RC("no callback", KosThreadCallbackRegister(NULL), rcInvalidArgument);
    CHECK_RC("one that is none", KosThreadCallbackUnregister(count), rcResourceNotFound);
    test_no_memory();
    CHECK_RC("KosThreadCallbackRegister", KosThreadCallbackRegister(count), rcOk);
    CHECK_RC("twice", KosThreadCallbackRegister(count), rcAlreadyExists);
    CHECK_RC("a second one", KosThreadCallbackRegister(count_other), rcOk);
    CHECK_EQUAL("one at the beginning", run(counts_when_running), 10);
    CHECK_EQUAL("one at the end", created * 10 + destroyed, 11);
    CHECK_EQUAL("the second one, too", others, 2);
    run(leave_by_pthread_exit);
    CHECK_EQUAL("also of one that leaves by pthread_exit", created * 10 + destroyed, 22);
    CHECK_RC("KosThreadCallbackUnregister", KosThreadCallbackUnregister(count_other), rcOk);
    CHECK_RC("again", KosThreadCallbackUnregister(count_other), rcResourceNotFound);
    CHECK_RC("one that takes itself out", KosThreadCallbackRegister(once_only), rcOk);
    run(counts_when_running);
    CHECK_EQUAL("only the first one is left", others, 4);
    CHECK_RC("  the other one is out", KosThreadCallbackUnregister(once_only),
             rcResourceNotFound);
    CHECK_RC("the first one", KosThreadCallbackUnregister(count), rcOk);
    created = 0;
    Tid tid = start(counts_when_running, NULL);
    KosThreadWait(tid, 2000);
    CHECK_EQUAL("is not called any more", created, 0);
}
