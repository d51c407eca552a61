/*
 * signal_queue.c: the queue of signals, and who sends.
 *
 * Signals below SIGRTMIN wait once for each thread and once for the process; the others as often as
 * they are sent. The lowest number comes first, of equal ones the oldest.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include "futex.h"
#include "layer.h"
#include "lock.h"
#include "pthread_impl.h"
#include "signal_queue.h"

#define QUEUE_MAX 64

struct entry {
    int sig, code, tid, pid;
    union sigval value;
    struct kos_overrun *overrun;
};

static volatile int lock[1];
volatile int *const __kos_queue_lockptr = lock;
static struct entry queue[QUEUE_MAX];
volatile int kos_signals_queued;
volatile int kos_signal_arrivals;

static void remove_at(int i)
{
    kos_signals_queued--;
    memmove(queue + i, queue + i + 1, (size_t)(kos_signals_queued - i) * sizeof queue[0]);
}

static int is_for(const struct entry *e, int tid)
{
    return e->tid == 0 || e->tid == tid;
}

int kos_signal_take(unsigned long set, siginfo_t *info)
{
    int tid = (int)kos_gettid(), best = -1;

    LOCK(lock);
    for (int i = 0; i < kos_signals_queued; i++) {
        if (is_for(&queue[i], tid) && (set & sig_bit(queue[i].sig)) &&
            (best < 0 || queue[i].sig < queue[best].sig)) {
            best = i;
        }
    }
    if (best >= 0) {
        struct entry *e = &queue[best];

        *info = (siginfo_t){ .si_signo = e->sig, .si_code = e->code };
        info->si_pid = e->pid; /* shares its place with the timer's number, which is not told */
        info->si_value = e->value;
        if (e->overrun) {
            e->overrun->told = info->si_overrun = e->overrun->missed;
            e->overrun->missed = 0;
        }
        remove_at(best);
    }
    UNLOCK(lock);
    return best >= 0;
}

unsigned long kos_signals_waiting(void)
{
    int tid = (int)kos_gettid();
    unsigned long set = 0;

    LOCK(lock);
    for (int i = 0; i < kos_signals_queued; i++) {
        set |= is_for(&queue[i], tid) ? sig_bit(queue[i].sig) : 0;
    }
    UNLOCK(lock);
    return set;
}

void kos_signal_forget(int sig)
{
    LOCK(lock);
    for (int i = kos_signals_queued - 1; i >= 0; i--) {
        if (queue[i].sig == sig) {
            remove_at(i);
        }
    }
    UNLOCK(lock);
}

void kos_signal_forget_timer(const struct kos_overrun *overrun)
{
    LOCK(lock);
    for (int i = kos_signals_queued - 1; i >= 0; i--) {
        if (queue[i].overrun == overrun) {
            remove_at(i);
        }
    }
    UNLOCK(lock);
}

/* Whether a thread lives. Under the lock of the thread list. */
static int lives(int tid)
{
    struct pthread *self = __pthread_self(), *t = self;

    do {
        if ((t->tid > 0 ? t->tid : (int)kn_start_info->tid) == tid) {
            return 1;
        }
        t = t->next;
    } while (t != self);
    return 0;
}

/* Under both locks: signals for threads that have ended go. */
static void purge(void)
{
    for (int i = kos_signals_queued - 1; i >= 0; i--) {
        if (queue[i].tid && !lives(queue[i].tid)) {
            remove_at(i);
        }
    }
}

/* Under both locks. */
static long add(int tid, const siginfo_t *info, struct kos_overrun *overrun)
{
    for (int i = 0; i < kos_signals_queued; i++) {
        int is_once = info->si_signo < SIGRTMIN || (overrun && queue[i].overrun == overrun);

        if (queue[i].sig == info->si_signo && queue[i].tid == tid && is_once) {
            return 1;
        }
    }
    if (kos_signals_queued == QUEUE_MAX) {
        purge();
    }
    if (kos_signals_queued == QUEUE_MAX) {
        return -EAGAIN;
    }
    queue[kos_signals_queued++] = (struct entry){
        info->si_signo, info->si_code, tid, info->si_code == SI_TIMER ? 0 : info->si_pid,
        info->si_value, overrun,
    };
    return 0;
}

/* Under the lock of the thread list: gets those out of their waits that may take the signal. */
static void alert(int tid, int sig)
{
    struct pthread *self = __pthread_self();

    if (!tid && !(self->kos.sig_mask & sig_bit(sig))) {
        return; /* the caller takes it */
    }
    for (struct pthread *t = self->next; t != self; t = t->next) {
        int its = t->tid > 0 ? t->tid : (int)kn_start_info->tid;

        if (tid ? its == tid : !(t->kos.sig_mask & sig_bit(sig))) {
            KnThreadAlert(0, (uint32_t)its);
        }
    }
}

long kos_signal_send(int tid, const siginfo_t *info, struct kos_overrun *overrun)
{
    long r;

    __tl_lock();
    LOCK(lock);
    r = tid && !lives(tid) ? -ESRCH : add(tid, info, overrun);
    UNLOCK(lock);
    if (r == 0) {
        __atomic_fetch_add(&kos_signal_arrivals, 1, __ATOMIC_SEQ_CST);
        kos_futex((uint32_t *)&kos_signal_arrivals, FUTEX_WAKE, INT_MAX, NULL);
        alert(tid, info->si_signo);
    }
    __tl_unlock();
    return r;
}

long kos_signal_wait(int seen, const uint64_t *end)
{
    struct timespec ts;

    if (end) {
        kos_time_left(*end, &ts);
    }
    return kos_futex((uint32_t *)&kos_signal_arrivals, FUTEX_WAIT, (uint32_t)seen,
                     end ? &ts : NULL);
}

/* A signal, or none if the number is zero, to a thread or (tid zero) the process. */
static long send(int tid, int sig, int code)
{
    siginfo_t info = { .si_signo = sig, .si_code = code };
    long r;

    if (sig == 0) {
        return 0;
    }
    info.si_pid = (int)kos_getpid();
    r = kos_signal_send(tid, &info, NULL);
    return r > 0 ? 0 : r;
}

void kos_signal_self(int sig)
{
    send((int)kos_gettid(), sig, SI_KERNEL);
}

long kos_tkill(int tid, int sig)
{
    return sig < 0 || sig > SIG_LAST ? -EINVAL : send(tid, sig, SI_TKILL);
}

/* This process is the only one of its group. */
static int is_self(int pid)
{
    return pid == 0 || pid == kos_getpid() || pid == -kos_getpid();
}

long kos_kill(int pid, int sig)
{
    if (sig < 0 || sig > SIG_LAST) {
        return -EINVAL;
    }
    return is_self(pid) ? send(0, sig, SI_USER) : -EPERM;
}

long kos_sigqueue(int pid, int sig, const siginfo_t *info)
{
    long r;

    if (sig < 0 || sig > SIG_LAST) {
        return -EINVAL;
    }
    if (pid != kos_getpid()) {
        return -EPERM;
    }
    r = sig == 0 ? 0 : kos_signal_send(0, info, NULL);
    return r > 0 ? 0 : r;
}
