/*
 * layer.h: the operations of the C library's system layer, one function each.
 *
 * Results follow musl's convention: zero or a positive value, or minus an errno value. syscall.c
 * maps musl's numbers to these.
 */
#ifndef LIBC_LAYER_H
#define LIBC_LAYER_H

#include "kos_calls.h"

struct iovec;
struct timespec;
struct kstat;
struct pollfd;
struct k_sigaction;
struct utsname;
struct rlimit;
struct sysinfo;

long kos_errno(Retcode rc); /* minus an errno value */

/* io.c: the console behind descriptors 0, 1 and 2 */
int kos_fd_is_console(int fd);
long kos_write(int fd, const void *data, size_t size);
long kos_writev(int fd, const struct iovec *iov, int count);
long kos_read(int fd);
long kos_close(int fd);
long kos_lseek(int fd);
long kos_fcntl(int fd, int command);
long kos_fstat(int fd, struct kstat *st);
long kos_ioctl(int fd);
long kos_open(int flags);

/* poll.c */
long kos_poll(struct pollfd *fds, unsigned long count, const struct timespec *timeout);
long kos_select(int count, unsigned long *read, unsigned long *write, unsigned long *except,
                const struct timespec *timeout);

/* stack.c. Keep: under the lock of the thread list; zero if there is no room. Free: one of those that are
 * kept, because memory is short; zero if there is none. */
int kos_stack_keep(void *thread); /* struct pthread */
int kos_stacks_free(void);

/* memory.c */
long kos_mmap(void *addr, size_t size, int prot, int flags, int fd);
long kos_munmap(void *addr, size_t size);
long kos_mprotect(void *addr, size_t size, int prot);
long kos_madvise(int advice);

/* futex.c */
long kos_futex(uint32_t *ptr, int op, uint32_t val, const struct timespec *timeout);

/* time.c */
long kos_clock_gettime(int clock, struct timespec *ts);
long kos_clock_getres(int clock, struct timespec *ts);
long kos_nanosleep(int clock, int flags, const struct timespec *request, struct timespec *remain);
uint64_t kos_timespec_ns(const struct timespec *ts); /* saturates */

/* thread.c */
_Noreturn void kos_thread_exit(void);
long kos_set_tid_address(volatile int *word);
long kos_gettid(void);

/* signal.c */
long kos_sigaction(int sig, const struct k_sigaction *act, struct k_sigaction *old);
long kos_sigprocmask(int how, const unsigned long *set, unsigned long *old);
long kos_sigpending(unsigned long *set);
long kos_pause(void); /* minus EINTR, if ever */
long kos_tkill(int tid, int sig);
long kos_kill(int pid, int sig);

/* random.c */
long kos_getrandom(void *data, size_t size);

/* system.c */
long kos_getpid(void);
long kos_uname(struct utsname *name);
long kos_prlimit(int resource, const struct rlimit *set, struct rlimit *get);
long kos_sysinfo(struct sysinfo *info);
long kos_sched_priority(int policy, int highest);
long kos_sched_setaffinity(int tid, size_t size, const unsigned char *set);
long kos_sched_getaffinity(int tid, size_t size, unsigned char *set); /* bytes written */
long kos_getcpu(unsigned *cpu);

#endif
