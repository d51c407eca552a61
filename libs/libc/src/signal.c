/*
 * signal.c: signals that a thread sends to itself.
 *
 * The kernel sends none and no process can signal another. What C programs rely on stays: raise()
 * runs the handler or ends the process, and a blocked signal waits until it is unblocked.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "ksigaction.h"
#include "layer.h"
#include "lock.h"
#include "pthread_impl.h"

#define NSIG_USED 64

static volatile int lock[1];
static struct k_sigaction actions[NSIG_USED + 1];

static unsigned long sig_bit(int sig)
{
    return 1ul << (sig - 1);
}

static int is_ignored_by_default(int sig)
{
    return sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT;
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

static void run_handler(struct kos_thread_state *self, int sig, const struct k_sigaction *act)
{
    unsigned long before = self->sig_mask, more;

    memcpy(&more, act->mask, sizeof more);
    self->sig_mask |= more;
    if (!(act->flags & SA_NODEFER)) {
        self->sig_mask |= sig_bit(sig);
    }
    if (act->flags & SA_SIGINFO) {
        siginfo_t info = { .si_signo = sig, .si_code = SI_TKILL };
        ucontext_t context = { 0 };

        ((void (*)(int, siginfo_t *, void *))act->handler)(sig, &info, &context);
    } else {
        act->handler(sig);
    }
    self->sig_mask = before;
}

static void deliver_one(struct kos_thread_state *self, int sig)
{
    struct k_sigaction act = take_action(sig);

    if (act.handler == SIG_IGN || (act.handler == SIG_DFL && is_ignored_by_default(sig))) {
        return;
    }
    if (act.handler == SIG_DFL) {
        KnTaskExitRaw(128 + sig);
    }
    run_handler(self, sig, &act);
}

static void deliver_pending(struct kos_thread_state *self)
{
    unsigned long ready;

    while ((ready = self->sig_pending & ~self->sig_mask)) {
        int sig = __builtin_ctzl(ready) + 1;

        self->sig_pending &= ~sig_bit(sig);
        deliver_one(self, sig);
    }
}

long kos_sigaction(int sig, const struct k_sigaction *act, struct k_sigaction *old)
{
    if (sig < 1 || sig > NSIG_USED || (act && (sig == SIGKILL || sig == SIGSTOP))) {
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
    return 0;
}

long kos_sigprocmask(int how, const unsigned long *set, unsigned long *old)
{
    struct kos_thread_state *self = &__pthread_self()->kos;
    unsigned long mask = self->sig_mask;

    if (set && how == SIG_BLOCK) {
        self->sig_mask |= *set;
    } else if (set && how == SIG_UNBLOCK) {
        self->sig_mask &= ~*set;
    } else if (set && how == SIG_SETMASK) {
        self->sig_mask = *set;
    } else if (set) {
        return -EINVAL;
    }
    self->sig_mask &= ~(sig_bit(SIGKILL) | sig_bit(SIGSTOP));
    if (old) {
        *old = mask;
    }
    deliver_pending(self);
    return 0;
}

/* Only an alert of this thread ends it: no other process sends signals. */
long kos_pause(void)
{
    uint32_t word = 0;
    long result;

    do {
        result = kos_futex(&word, FUTEX_WAIT, 0, NULL);
    } while (result == 0 || result == -EAGAIN);
    return result;
}

long kos_sigpending(unsigned long *set)
{
    *set = __pthread_self()->kos.sig_pending;
    return 0;
}

static long send_to_self(int sig)
{
    struct kos_thread_state *self = &__pthread_self()->kos;

    if (sig != 0) {
        self->sig_pending |= sig_bit(sig);
        deliver_pending(self);
    }
    return 0;
}

long kos_tkill(int tid, int sig)
{
    if (sig < 0 || sig > NSIG_USED) {
        return -EINVAL;
    }
    if (tid != __pthread_self()->tid) {
        return sig == 0 ? 0 : -ENOSYS;
    }
    return send_to_self(sig);
}

long kos_kill(int pid, int sig)
{
    if (sig < 0 || sig > NSIG_USED) {
        return -EINVAL;
    }
    return pid == 0 || pid == kos_getpid() ? send_to_self(sig) : -EPERM;
}
