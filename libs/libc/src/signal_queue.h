/*
 * signal_queue.h: signals that wait for a thread of this process, or for any of them.
 */
#ifndef LIBC_SIGNAL_QUEUE_H
#define LIBC_SIGNAL_QUEUE_H

#include <signal.h>
#include <stdint.h>

#define SIG_LAST        64
#define SIG_UNBLOCKABLE (sig_bit(SIGKILL) | sig_bit(SIGSTOP))

static inline unsigned long sig_bit(int sig)
{
    return 1ul << (sig - 1);
}

/* Expirations of a timer: those since its signal was queued, and those told with the last one. */
struct kos_overrun {
    volatile int missed, told;
};

extern volatile int kos_signals_queued;  /* how many wait, for whomever */
extern volatile int kos_signal_arrivals; /* counts what was queued; signals are awaited here */

/* Queues a signal for thread tid, or for any that does not block it if tid is zero, and gets them out of
 * their waits. overrun may be null. 1: one like it waits already; 0; minus EAGAIN: the queue is full. */
long kos_signal_send(int tid, const siginfo_t *info, struct kos_overrun *overrun);
/* Takes the next one of `set` that is for the caller. */
int kos_signal_take(unsigned long set, siginfo_t *info);
unsigned long kos_signals_waiting(void); /* for the caller */
void kos_signal_forget(int sig);
/* Forgets that a timer's count is to be told. */
void kos_signal_forget_timer(const struct kos_overrun *overrun);
/* Until something is queued after `seen` was, or the end in ns of uptime; minus EINTR: alerted. */
long kos_signal_wait(int seen, const uint64_t *end);

#endif
