/*
 * signal.c: signals inside the process: what is done with each, masks, handlers.
 *
 * No process can signal another and the kernel sends none: they come from raise, kill of oneself,
 * pthread_kill, sigqueue and timers. A signal waits in a queue (signal_queue.c) until the thread it is
 * for makes a call of the layer or is alerted out of a wait; its handler runs there. A thread that
 * computes without a call runs no handler meanwhile.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>

#include "ksigaction.h"
#include "layer.h"
#include "lock.h"
#include "pthread_impl.h"
#include "signal_queue.h"

#define RAN           1 /* a handler */
#define RAN_INTERRUPT 2 /* one without SA_RESTART */

static volatile int lock[1];
volatile int *const __kos_signal_lockptr = lock;
static struct k_sigaction actions[SIG_LAST + 1];

static int is_ignored_by_default(int sig)
{
    return sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT;
}

static int is_ignored(int sig, const struct k_sigaction *act)
{
    return act->handler == SIG_IGN || (act->handler == SIG_DFL && is_ignored_by_default(sig));
}

/* Takes the action for one delivery; SA_RESETHAND makes it the last. */
static struct k_sigaction take_action(int sig)
{
    struct k_sigaction act;

    LOCK(lock);
    act = actions[sig];
    if (act.flags & SA_RESETHAND) {
        actions[sig].handler = SIG_DFL;
    }
    UNLOCK(lock);
    return act;
}

static void run_handler(struct kos_thread_state *self, siginfo_t *info,
                        const struct k_sigaction *act)
{
    unsigned long before = self->sig_mask, more;
    int sig = info->si_signo;

    memcpy(&more, act->mask, sizeof more);
    self->sig_mask |= more & ~SIG_UNBLOCKABLE;
    if (!(act->flags & SA_NODEFER)) {
        self->sig_mask |= sig_bit(sig) & ~SIG_UNBLOCKABLE;
    }
    if (act->flags & SA_SIGINFO) {
        ucontext_t context = { 0 };

        memcpy(&context.uc_sigmask, &before, sizeof before);
        ((void (*)(int, siginfo_t *, void *))act->handler)(sig, info, &context);
    } else {
        act->handler(sig);
    }
    self->sig_mask = before;
}

/* Runs what waits for the thread and is not blocked. */
static int deliver(struct kos_thread_state *self)
{
    siginfo_t info;
    int done = 0;

    while (kos_signals_queued && kos_signal_take(~self->sig_mask, &info)) {
        struct k_sigaction act = take_action(info.si_signo);

        if (is_ignored(info.si_signo, &act)) {
            continue;
        }
        if (act.handler == SIG_DFL) {
            KnTaskExitRaw(128 + info.si_signo);
        }
        done |= act.flags & SA_RESTART ? RAN : RAN | RAN_INTERRUPT;
        run_handler(self, &info, &act);
    }
    return done;
}

void kos_signals_deliver(void)
{
    deliver(&__pthread_self()->kos);
}

static int is_cancelled(void)
{
    struct pthread *self = __pthread_self();

    return self->cancel && self->canceldisable != PTHREAD_CANCEL_DISABLE;
}

long kos_interrupt(int kind)
{
    int done = deliver(&__pthread_self()->kos);

    if (is_cancelled() || (done & (kind == KOS_MAY_RESTART ? RAN_INTERRUPT : RAN))) {
        return -EINTR;
    }
    return 0;
}

long kos_sigaction(int sig, const struct k_sigaction *act, struct k_sigaction *old)
{
    if (sig < 1 || sig > SIG_LAST || (act && (sig_bit(sig) & SIG_UNBLOCKABLE))) {
        return -EINVAL;
    }
    LOCK(lock);
    if (old) {
        *old = actions[sig];
    }
    if (act) {
        actions[sig] = *act;
    }
    UNLOCK(lock);
    if (act && is_ignored(sig, act)) {
        kos_signal_forget(sig);
    }
    return 0;
}

long kos_sigprocmask(int how, const unsigned long *set, unsigned long *old)
{
    struct kos_thread_state *self = &__pthread_self()->kos;
    unsigned long before = self->sig_mask, mask = before;

    if (set && how == SIG_BLOCK) {
        mask |= *set;
    } else if (set && how == SIG_UNBLOCK) {
        mask &= ~*set;
    } else if (set && how == SIG_SETMASK) {
        mask = *set;
    } else if (set) {
        return -EINVAL;
    }
    self->sig_mask = mask & ~SIG_UNBLOCKABLE;
    if (old) {
        *old = before;
    }
    return 0;
}

long kos_sigpending(unsigned long *set)
{
    *set = kos_signals_waiting() & __pthread_self()->kos.sig_mask;
    return 0;
}

/* Waits with the mask given until a handler has run. */
long kos_sigsuspend(const unsigned long *set)
{
    struct kos_thread_state *self = &__pthread_self()->kos;
    unsigned long before = self->sig_mask;

    self->sig_mask = *set & ~SIG_UNBLOCKABLE;
    for (;;) {
        int seen = kos_signal_arrivals;

        if ((deliver(self) & RAN) || is_cancelled()) {
            break;
        }
        kos_signal_wait(seen, NULL);
    }
    self->sig_mask = before;
    return -EINTR;
}

long kos_pause(void)
{
    unsigned long mask = __pthread_self()->kos.sig_mask;

    return kos_sigsuspend(&mask);
}

/* The next signal of the set, which are blocked; minus EAGAIN when the time is up. */
long kos_sigtimedwait(const unsigned long *set, siginfo_t *info, const struct timespec *timeout)
{
    siginfo_t unused;
    uint64_t end = 0;

    if (!info) {
        info = &unused;
    }
    if (timeout && (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= 1000000000)) {
        return -EINVAL;
    }
    if (timeout) {
        end = kos_deadline(kos_timespec_ns(timeout));
    }
    for (;;) {
        int seen = kos_signal_arrivals;

        if (kos_signal_take(*set, info)) {
            return info->si_signo;
        }
        if (timeout && KnUptimeNs() >= end) {
            return -EAGAIN;
        }
        if (kos_signal_wait(seen, timeout ? &end : NULL) == -EINTR &&
            kos_interrupt(KOS_NO_RESTART)) {
            return -EINTR;
        }
    }
}
