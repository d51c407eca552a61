/*
 * abort.c: ends the process at once with status 134, as a shell shows an abort elsewhere.
 *
 * A handler for SIGABRT, if there is one, runs first. Buffered output is not written.
 */
#include <signal.h>
#include <stdlib.h>

#include "kos_calls.h"

#define ABORT_STATUS (128 + SIGABRT)

_Noreturn void abort(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGABRT);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(SIGABRT);
    KnTaskExitRaw(ABORT_STATUS);
}
