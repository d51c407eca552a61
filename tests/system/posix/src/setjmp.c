/*
 * setjmp.c: <setjmp.h>: jumps, with and without the mask of signals.
 */
#include "suite.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

static jmp_buf place;
static sigjmp_buf masked;

static int is_blocked(int sig)
{
    sigset_t set;

    sigprocmask(SIG_BLOCK, NULL, &set);
    return sigismember(&set, sig);
}

static void block(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static void jump_from_handler(int sig)
{
    siglongjmp(masked, sig);
}

static void test_plain(void)
{
    volatile int turns = 0;
    int value = setjmp(place);

    if (turns++ == 0) {
        longjmp(place, 5);
    }
    CHECK("longjmp", value == 5 && turns == 2);
    turns = 0;
    value = setjmp(place);
    if (turns++ == 0) {
        longjmp(place, 0);
    }
    CHECK("longjmp with zero gives one", value == 1);
    turns = 0;
    value = _setjmp(place);
    if (turns++ == 0) {
        _longjmp(place, 7);
    }
    CHECK("_longjmp", value == 7);
}

static void test_masks(void)
{
    sigset_t none;
    volatile int turns = 0;
    int value = sigsetjmp(masked, 1);

    if (turns++ == 0) {
        block();
        siglongjmp(masked, 3);
    }
    CHECK("siglongjmp brings the mask back", value == 3 && !is_blocked(SIGUSR1));
    turns = 0;
    value = sigsetjmp(masked, 0);
    if (turns++ == 0) {
        block();
        siglongjmp(masked, 4);
    }
    CHECK("it does not if the mask was not kept", value == 4 && is_blocked(SIGUSR1));
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    turns = 0;
    value = sigsetjmp(masked, 1);
    if (turns++ == 0) {
        signal(SIGUSR2, jump_from_handler);
        raise(SIGUSR2);
    }
    CHECK("siglongjmp out of a handler", value == SIGUSR2 && !is_blocked(SIGUSR2));
}

void run_setjmp(void)
{
    test_plain();
    test_masks();
}
