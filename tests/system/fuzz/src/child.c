/*
 * child.c: one fuzzing process: a few threads that call, and the one that counts.
 */
#include "core.h"
#include "fuzz.h"

#include <kl/core/Core.edl.h>
#include <kos/thread.h>
#include <stdlib.h>
#include <string.h>
#include <tessera/call.h>
#include <tessera/flags.h>

#define RW      (VMM_FLAG_READ | VMM_FLAG_WRITE)
#define HELPERS 2u
#define STARTED "run"

#define EXIT_WORD                                                                                  \
    KN_WORD(kl_core_Core_thread_Thread_iid, kl_core_Thread_Exit_mid,                               \
            sizeof(kl_core_Thread_Exit_req), 0, NK_MESSAGE_REQUEST)

/* A thread that a fuzzed call made has no stack to speak of: it ends at once. */
__attribute__((naked)) void thread_start(void)
{
    __asm__ volatile("movabs %0, %%rsi\n\t"
                     "xor %%eax, %%eax\n\t"
                     "mov $1, %%edi\n\t"
                     "xor %%edx, %%edx\n\t"
                     "xor %%r8d, %%r8d\n\t"
                     "xor %%r9d, %%r9d\n\t"
                     "xor %%r10d, %%r10d\n\t"
                     "xor %%r12d, %%r12d\n\t"
                     "syscall\n\t"
                     "ud2"
                     :
                     : "i"(EXIT_WORD));
}

static int help(void *context)
{
    struct worker *w = calloc(1, sizeof(*w));

    if (!w) {
        return 1;
    }
    w->random = (uintptr_t)context | 1;
    w->is_patient = true;
    for (;;) {
        one_call(w);
    }
}

/* argv: mode, seed, calls, listener, outgoing. Its exit code: 0 if all calls were made. */
int main(int argc, char **argv)
{
    static struct worker me;
    uint64_t calls;
    Tid tid;

    if (argc < 6 || strcmp(argv[1], STARTED)) {
        return 1; /* one that was created by a fuzzed call */
    }
    me.random = strtoull(argv[2], NULL, 0) | 1;
    calls = strtoull(argv[3], NULL, 0);
    shared.listener = (Handle)atoi(argv[4]);
    shared.outgoing = (Handle)atoi(argv[5]);
    if (core_vm_allocate(0, 3 * PLAY_BYTES, RW | VMM_FLAG_RESERVE | VMM_FLAG_COMMIT, &shared.play) !=
        rcOk) {
        return 2;
    }
    shared.play += PLAY_BYTES; /* what lies around it is spoiled, too */
    for (uintptr_t i = 1; i <= HELPERS; i++) {
        KosThreadCreate(&tid, 15, 65536, help, (void *)(uintptr_t)(any(&me) | i), 0);
    }
    while (me.calls < calls) {
        one_call(&me);
    }
    return 0;
}
