/*
 * child.c: a process that does what its first argument says.
 */
#include "core.h"

#include <kos/thread.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Goes on until the stack is used up: what `above` points to is never one. */
static __attribute__((noinline)) int overflow(volatile char *above)
{
    volatile char frame[2000];

    frame[0] = above[0];
    return frame[0] == 1 ? 0 : overflow(frame) + frame[1];
}

static int overflow_main(void *context)
{
    return overflow(context);
}

static int exit_late(void *context)
{
    KosThreadSleep(20);
    exit(*(int *)context);
}

static int return_late(void *context)
{
    KosThreadSleep(20);
    return *(int *)context;
}

static uint32_t word;

static int wait_forever(void *context)
{
    for (;;) {
        core_futex_wait(context, 0, CORE_FOREVER, NULL);
    }
}

/* Two hundred threads, woken at once and again. */
static void wake_forever(void)
{
    uint32_t woken;
    Tid tid;

    for (int i = 0; i < 200; i++) {
        KosThreadCreate(&tid, 10, 16384, wait_forever, &word, 0);
    }
    for (;;) {
        KosThreadYield();
        core_futex_wake(&word, ~0u, &woken);
    }
}

int main(int argc, char **argv)
{
    static char zero[8];
    static int code = 21;
    const char *mode = argc > 1 ? argv[1] : "";
    Tid tid;

    if (!strcmp(mode, "overflow")) {
        KosThreadCreate(&tid, 15, 16384, overflow_main, zero, 0);
        KosThreadSleep(1000);
    }
    if (!strcmp(mode, "first-ends")) { /* another thread ends the process */
        KosThreadCreate(&tid, 15, 0, exit_late, &code, 0);
        KosThreadExit(5);
    }
    if (!strcmp(mode, "pthread-exit")) { /* the last thread's end is the process's */
        KosThreadCreate(&tid, 15, 0, return_late, &code, 0);
        pthread_exit(NULL);
    }
    if (!strcmp(mode, "wake-forever")) {
        wake_forever();
    }
    return 0;
}
