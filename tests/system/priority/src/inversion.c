/*
 * inversion.c: what one of low priority has, one of high priority waits for, and one of middle
 * priority would like to run. All on one CPU, so the order is exact: from the moment at which the high
 * one begins to wait until it has what it wants, the middle one makes no step.
 */
#include "suite.h"

static struct chain chain;
static struct counter middle;
static uint32_t word, inner_word;

/* What the high one saw. */
static volatile uint64_t steps_before, steps_after;
static volatile uint32_t result;

/* ---- the low ones ---- */

static int low_calls(void *context)
{
    (void)context;
    chain_work(&chain, LONG);
    return 0;
}

static void use_time(void)
{
    for (volatile uint64_t i = 0; i < LONG; i++) {
    }
}

static void release(uint32_t *w)
{
    __atomic_store_n(w, 0, __ATOMIC_SEQ_CST);
    core_futex_wake(w, 1, NULL);
}

/* Has the word and works. */
static int low_owns(void *context)
{
    (void)context;
    use_time();
    release(&word);
    return 0;
}

/* Has the word, and waits for another one that `inner` has. */
static int low_waits(void *context)
{
    while (__atomic_load_n(&inner_word, __ATOMIC_SEQ_CST)) {
        core_futex_wait_owner(&inner_word, 1, *(Tid *)context, CORE_FOREVER);
    }
    release(&word);
    return 0;
}

static int inner_owns(void *context)
{
    (void)context;
    use_time();
    release(&inner_word);
    return 0;
}

/* Has the word, and calls servers. */
static int low_owns_and_calls(void *context)
{
    (void)context;
    chain_work(&chain, LONG);
    release(&word);
    return 0;
}

/* ---- the high ones ---- */

static int high_calls(void *context)
{
    (void)context;
    steps_before = middle.steps;
    result = chain_work(&chain, 1);
    steps_after = middle.steps;
    return 0;
}

static int high_waits(void *context)
{
    steps_before = middle.steps;
    while (__atomic_load_n(&word, __ATOMIC_SEQ_CST)) {
        core_futex_wait_owner(&word, 1, *(Tid *)context, CORE_FOREVER);
    }
    steps_after = middle.steps;
    result = DEPTH;
    return 0;
}

/* ---- the order ---- */

/* The low one first, until it is in the middle of its work; then the middle one; then the high one. If
 * the middle one went before the low one for ever, the high one would not come to its end. */
static void order(const char *name, int (*low)(void *), void *low_context, int (*high)(void *))
{
    Tid low_tid, high_tid;
    char text[120];

    result = 0;
    steps_before = steps_after = 0;
    low_tid = thread_start(LOW, low, low_context);
    KosThreadSleep(2);
    counter_start(&middle, MIDDLE);
    KosThreadSleep(20);
    snprintf(text, sizeof(text), "%s: the middle one runs", name);
    CHECK(text, middle.steps > 0);
    high_tid = thread_start(HIGH, high, &low_tid);
    Retcode rc = KosThreadWait(high_tid, 10000);
    snprintf(text, sizeof(text), "%s: the high one comes to its end", name);
    CHECK(text, rc == rcOk && result == DEPTH);
    snprintf(text, sizeof(text), "%s: the middle one makes no step meanwhile", name);
    CHECK_EQUAL(text, steps_after, steps_before);
    uint64_t then = middle.steps;
    KosThreadSleep(20);
    snprintf(text, sizeof(text), "%s: then it does again", name);
    CHECK(text, middle.steps > then);
    counter_end(&middle);
    KosThreadWait(high_tid, INFINITE_TIMEOUT);
    KosThreadWait(low_tid, INFINITE_TIMEOUT);
}

static void test_waiting(void)
{
    Tid inner;

    word = 1;
    order("a word", low_owns, NULL, high_waits);
    word = inner_word = 1;
    inner = thread_start(LOW, inner_owns, NULL);
    order("a word whose owner waits for another one", low_waits, &inner, high_waits);
    KosThreadWait(inner, INFINITE_TIMEOUT);
    word = 1;
    order("a word whose owner calls a chain of servers", low_owns_and_calls, NULL, high_waits);
}

void test_inversion(void)
{
    core_one_cpu();
    chain_start(&chain);
    order("a chain of servers that a low one keeps busy", low_calls, NULL, high_calls);
    test_waiting();
    chain_end(&chain);
    core_all_cpus();
}
