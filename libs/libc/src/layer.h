/*
 * layer.h: the operations of the C library's system layer, one function each.
 *
 * Results follow musl's convention: zero or a positive value, or minus an errno value. syscall.c
 * maps musl's numbers to these.
 */
#ifndef LIBC_LAYER_H
#define LIBC_LAYER_H

#include <signal.h>

#include "kos_calls.h"

struct iovec;
struct timespec;
struct __pthread;
struct kstat;
struct pollfd;
struct k_sigaction;
struct utsname;
struct rlimit;
struct sysinfo;

long kos_errno(Retcode rc); /* minus an errno value */

/* descriptor.c */
long kos_write(int fd, const void *data, size_t size);
long kos_writev(int fd, const struct iovec *parts, int count);
long kos_read(int fd, void *data, size_t size);
long kos_readv(int fd, const struct iovec *parts, int count);
long kos_close(int fd);
long kos_dup(int fd);
long kos_dup2(int fd, int to, int flags);
long kos_dup3(int fd, int to, int flags);
long kos_fcntl(int fd, int command, long arg);
long kos_fstat(int fd, struct kstat *st);
long kos_ioctl(int fd, unsigned request, int *value);

/* pipe.c */
long kos_pipe(int fds[2], int flags);

/* names.c: minus ENOSYS for a call of another group */
long kos_name_call(long n, long a, long b, long c);
long kos_socket_call(long n, int fd);
long kos_file_only_call(long n, int fd);

/* poll.c. mask: of signals meanwhile; may be null. out: read, write, except; each may be null. */
long kos_poll(struct pollfd *fds, unsigned long count, const struct timespec *timeout,
              const unsigned long *mask);
long kos_select(int count, unsigned long *const out[3], const struct timespec *timeout,
                const unsigned long *mask);

/* stack.c. Keep: under the lock of the thread list; zero if there is no room. Free: one of those that are
 * kept, because memory is short; zero if there is none. */
int kos_stack_keep(void *thread); /* struct pthread */
int kos_stacks_free(void);

/* locks.c. Take: all locks of the library but the thread list's, the queue of signals' and those of streams;
 * what give needs. The queue's is taken under the thread list's. Release: the streams of a thread that is
 * gone. */
unsigned kos_locks_take(void);
void kos_locks_give(unsigned taken);
int kos_queue_lock_take(void);
void kos_queue_lock_give(int is_taken);
void kos_streams_release(int tid);
extern volatile int *const __kos_timer_lockptr, *const __kos_descriptor_lockptr, *const __kos_signal_lockptr,
    *const __kos_semaphore_lockptr, *const __kos_random_lockptr, *const __kos_queue_lockptr;

/* memory.c */
long kos_mmap(void *addr, size_t size, int prot, int flags, int fd);
long kos_munmap(void *addr, size_t size);
long kos_mprotect(void *addr, size_t size, int prot);
long kos_madvise(int advice);
long kos_msync(void *addr, size_t size, int flags);
long kos_mlock(void *addr, size_t size);
long kos_munlock(void *addr, size_t size);
long kos_mlockall(int flags);

/* futex.c. -EINTR: alerted. */
long kos_futex(uint32_t *ptr, int op, uint32_t val, const struct timespec *timeout);

/* cancel.c: whether the caller may be cancelled anywhere; ends it if it is to be. */
int kos_is_async(void);
void kos_test_async(void);

/* time.c */
long kos_clock_gettime(int clock, struct timespec *ts);
long kos_clock_settime(int clock, const struct timespec *ts);
long kos_clock_getres(int clock, struct timespec *ts);
long kos_nanosleep(int clock, int flags, const struct timespec *request, struct timespec *remain);
uint64_t kos_timespec_ns(const struct timespec *ts); /* saturates */
int kos_is_timespec(const struct timespec *ts);      /* not negative, below 10^9 nanoseconds */
uint64_t kos_deadline(uint64_t ns);                  /* so long from now, in ns of uptime; saturates */
void kos_time_left(uint64_t end, struct timespec *ts);

/* thread.c */
_Noreturn void kos_thread_exit(void);
long kos_set_tid_address(volatile int *word);
long kos_gettid(void);

/* signal.c */
long kos_sigaction(int sig, const struct k_sigaction *act, struct k_sigaction *old);
long kos_sigprocmask(int how, const unsigned long *set, unsigned long *old);
long kos_sigpending(unsigned long *set);
long kos_sigsuspend(const unsigned long *set);
long kos_sigtimedwait(const unsigned long *set, siginfo_t *info, const struct timespec *timeout);
long kos_pause(void); /* minus EINTR, if ever */
void kos_signals_deliver(void);
/* After an alert ended a wait: runs handlers. Minus EINTR if one ran (with KOS_MAY_RESTART: one that does
 * not ask for restarts) or the thread is cancelled; zero: wait on. */
#define KOS_NO_RESTART  0
#define KOS_MAY_RESTART 1
long kos_interrupt(int kind);

/* signal_queue.c */
void kos_signal_self(int sig);
long kos_tkill(int tid, int sig);
long kos_kill(int pid, int sig);
long kos_sigqueue(int pid, int sig, const siginfo_t *info);

/* random.c */
long kos_getrandom(void *data, size_t size);

/* sched.c. Find: under the lock of the thread list; null if there is none. */
int kos_sched_set(struct __pthread *thread, int policy, int priority); /* an errno value */
int kos_sched_get(struct __pthread *thread, int *policy, int *priority);
struct __pthread *kos_thread_find(uint32_t tid);

/* name.c */
long kos_prctl(int option, void *arg);

/* system.c */
long kos_getpid(void);
long kos_set_ids(long a, long b, long c); /* each zero or, unchanged, -1 */
long kos_umask(unsigned mask);
long kos_uname(struct utsname *name);
long kos_prlimit(int resource, const struct rlimit *set, struct rlimit *get);
long kos_sysinfo(struct sysinfo *info);
long kos_sched_priority(int policy, int highest);
unsigned kos_cpu_count(void);
long kos_sched_setaffinity(int tid, size_t size, const unsigned char *set);
long kos_sched_getaffinity(int tid, size_t size, unsigned char *set); /* bytes written */
long kos_getcpu(unsigned *cpu);

#endif
