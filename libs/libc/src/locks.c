/*
 * locks.c: the locks inside the C library, all at once: for ending a thread wherever it is.
 *
 * A thread that is ended while it holds the heap's lock would stop all others at their next malloc. So
 * whoever ends it takes these locks first: then the other one holds none of them. They are taken in an order
 * in which the library nests them. None is waited for longer than a second: one that is held for long (a
 * fflush of all streams that waits for a reader) stays with its holder.
 *
 * The locks of streams are held while they are read, so they are not taken but given back afterwards.
 */
#include <limits.h>

#include "fork_impl.h"
#include "layer.h"
#include "libc.h"
#include "lock.h"
#include "pthread_impl.h"
#include "stdio_impl.h"

#define WAIT_MS   1000
#define NS_PER_MS 1000000ull
#define OWNER     0x3fffffff /* the lock of a stream without MAYBE_WAITERS */

/* Those of files that the program does not use are not there. */
static volatile int *const no_lock = 0;
weak_alias(no_lock, __at_quick_exit_lockptr);
weak_alias(no_lock, __atexit_lockptr);
weak_alias(no_lock, __gettext_lockptr);
weak_alias(no_lock, __locale_lockptr);
weak_alias(no_lock, __random_lockptr);
weak_alias(no_lock, __stdio_ofl_lockptr);
weak_alias(no_lock, __syslog_lockptr);
weak_alias(no_lock, __timezone_lockptr);
weak_alias(no_lock, __bump_lockptr);
weak_alias(no_lock, __kos_timer_lockptr);
weak_alias(no_lock, __kos_descriptor_lockptr);
weak_alias(no_lock, __kos_signal_lockptr);
weak_alias(no_lock, __kos_semaphore_lockptr);
weak_alias(no_lock, __kos_random_lockptr);
weak_alias(no_lock, __kos_queue_lockptr);
extern hidden int __malloc_lock[1] __attribute__((__weak__));

static volatile int *const *const locks[] = {
    &__kos_timer_lockptr, /* held while a thread is made */
    &__at_quick_exit_lockptr,
    &__atexit_lockptr,
    &__gettext_lockptr,
    &__locale_lockptr,
    &__random_lockptr,
    &__stdio_ofl_lockptr, /* held while streams are written, so before those of descriptors */
    &__syslog_lockptr,
    &__timezone_lockptr,
    &__bump_lockptr,
    &__kos_descriptor_lockptr,
    &__kos_signal_lockptr,
    &__kos_semaphore_lockptr,
    &__kos_random_lockptr,
};
#define LOCKS  (sizeof locks / sizeof *locks)
#define MALLOC (1u << LOCKS)

/* musl's lock: the sign says that it is held, the rest counts those who hold or want it. */
static int try(volatile int *lock)
{
    int old = *lock;

    return old >= 0 && a_cas(lock, old, INT_MIN + old + 1) == old;
}

/* Sleeps on a word of its own: the lock's one gets a wake-up for each who waits there, and a sleep would
 * use up an alert. */
static int take(volatile int *lock)
{
    static uint32_t nobody_wakes;

    for (int ms = 0; ms < WAIT_MS; ms++) {
        if (try(lock)) {
            return 1;
        }
        KnFutexWaitNs(&nobody_wakes, 0, 0, 0, NS_PER_MS);
    }
    return 0;
}

unsigned kos_locks_take(void)
{
    unsigned taken = 0;

    for (unsigned i = 0; i < LOCKS; i++) {
        if (*locks[i] && take(*locks[i])) {
            taken |= 1u << i;
        }
    }
    if (__malloc_lock && take(__malloc_lock)) {
        taken |= MALLOC;
    }
    return taken;
}

void kos_locks_give(unsigned taken)
{
    if (taken & MALLOC) {
        UNLOCK(__malloc_lock);
    }
    for (unsigned i = LOCKS; i-- > 0;) {
        if (taken & (1u << i)) {
            UNLOCK(*locks[i]);
        }
    }
}

int kos_queue_lock_take(void)
{
    return __kos_queue_lockptr && take(__kos_queue_lockptr);
}

void kos_queue_lock_give(int is_taken)
{
    if (is_taken) {
        UNLOCK(__kos_queue_lockptr);
    }
}

/* ---- streams ---- */

static FILE *volatile no_stream = 0;
weak_alias(no_stream, __stdin_used);
weak_alias(no_stream, __stdout_used);
weak_alias(no_stream, __stderr_used);
extern hidden FILE **__ofl_lock(void) __attribute__((__weak__));
extern hidden void __ofl_unlock(void) __attribute__((__weak__));

/* It may have been the one that was woken for the lock, too: then another one is. */
static void release_stream(FILE *f, int tid)
{
    if (!f || f->lock < 0) {
        return;
    }
    if ((f->lock & OWNER) == tid) {
        f->lockcount = 0;
        f->prev_locked = f->next_locked = 0;
        __unlockfile(f);
    }
    __wake(&f->lock, 1, 1);
}

void kos_streams_release(int tid)
{
    release_stream(__stdin_used, tid);
    release_stream(__stdout_used, tid);
    release_stream(__stderr_used, tid);
    if (__ofl_lock && try(__stdio_ofl_lockptr)) {
        UNLOCK(__stdio_ofl_lockptr);
        for (FILE *f = *__ofl_lock(); f; f = f->next) {
            release_stream(f, tid);
        }
        __ofl_unlock();
    }
}
