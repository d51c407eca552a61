/*
 * syscall.c: musl's numbered operations, mapped to the functions of this layer.
 *
 * What is not named here or in names.c does not exist: ENOSYS. There are no users: every id is zero.
 * Signals that wait for the caller are delivered when a call returns.
 */
#include <errno.h>
#include <stdint.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>

#include "layer.h"
#include "signal_queue.h"

#define PTR(type, value) ((type *)(uintptr_t)(value))

static long memory_call(long n, long a, long b, long c, long d, long e)
{
    switch (n) {
    case SYS_mmap:
        return kos_mmap(PTR(void, a), (size_t)b, (int)c, (int)d, (int)e);
    case SYS_munmap:
        return kos_munmap(PTR(void, a), (size_t)b);
    case SYS_mprotect:
        return kos_mprotect(PTR(void, a), (size_t)b, (int)c);
    case SYS_madvise:
        return kos_madvise((int)c);
    case SYS_msync:
        return kos_msync(PTR(void, a), (size_t)b, (int)c);
    case SYS_mlock:
        return kos_mlock(PTR(void, a), (size_t)b);
    case SYS_munlock:
        return kos_munlock(PTR(void, a), (size_t)b);
    case SYS_mlockall:
        return kos_mlockall((int)a);
    case SYS_munlockall:
    case SYS_brk: /* never the address asked for: malloc goes to mmap */
        return 0;
    default:
        return -ENOSYS;
    }
}

static long file_call(long n, long a, long b, long c)
{
    switch (n) {
    case SYS_write:
        return kos_write((int)a, PTR(const void, b), (size_t)c);
    case SYS_writev:
        return kos_writev((int)a, PTR(const struct iovec, b), (int)c);
    case SYS_read:
        return kos_read((int)a, PTR(void, b), (size_t)c);
    case SYS_readv:
        return kos_readv((int)a, PTR(const struct iovec, b), (int)c);
    case SYS_close:
        return kos_close((int)a);
    case SYS_dup:
        return kos_dup((int)a);
    case SYS_dup2:
        return kos_dup2((int)a, (int)b, 0);
    case SYS_dup3:
        return kos_dup3((int)a, (int)b, (int)c);
    case SYS_pipe:
        return kos_pipe(PTR(int, a), 0);
    case SYS_pipe2:
        return kos_pipe(PTR(int, a), (int)b);
    case SYS_fcntl:
        return kos_fcntl((int)a, (int)b, c);
    case SYS_fstat:
        return kos_fstat((int)a, PTR(struct kstat, b));
    case SYS_ioctl:
        return kos_ioctl((int)a, (unsigned)b, PTR(int, c));
    default: {
        long r = kos_name_call(n, a, b, c);

        r = r == -ENOSYS ? kos_file_only_call(n, (int)a) : r;
        return r == -ENOSYS ? kos_socket_call(n, (int)a) : r;
    }
    }
}

/* poll's timeout is in milliseconds, negative for ever. */
static long poll_call(long fds, long count, long ms)
{
    struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

    return kos_poll(PTR(struct pollfd, fds), (unsigned long)count, (int)ms < 0 ? NULL : &ts, NULL);
}

static long select_call(long count, long rd, long wr, long ex, const struct timespec *timeout,
                        const unsigned long *mask)
{
    unsigned long *const sets[3] = { PTR(unsigned long, rd), PTR(unsigned long, wr),
                                     PTR(unsigned long, ex) };

    return kos_select((int)count, sets, timeout, mask);
}

/* A timeval of microseconds. */
static long old_select_call(long count, long rd, long wr, long ex, const long *tv)
{
    struct timespec ts = { 0 };

    if (tv) {
        ts = (struct timespec){ .tv_sec = tv[0], .tv_nsec = tv[1] * 1000 };
    }
    return select_call(count, rd, wr, ex, tv ? &ts : NULL, NULL);
}

static long time_call(long n, long a, long b, long c, long d, long e, long f)
{
    switch (n) {
    case SYS_clock_gettime:
        return kos_clock_gettime((int)a, PTR(struct timespec, b));
    case SYS_clock_settime:
        return kos_clock_settime((int)a, PTR(const struct timespec, b));
    case SYS_clock_getres:
        return kos_clock_getres((int)a, PTR(struct timespec, b));
    case SYS_nanosleep:
        return kos_nanosleep(CLOCK_MONOTONIC, 0, PTR(const struct timespec, a),
                             PTR(struct timespec, b));
    case SYS_clock_nanosleep:
        return kos_nanosleep((int)a, (int)b, PTR(const struct timespec, c),
                             PTR(struct timespec, d));
    case SYS_poll:
        return poll_call(a, b, (int)c);
    case SYS_ppoll:
        return kos_poll(PTR(struct pollfd, a), (unsigned long)b, PTR(const struct timespec, c),
                        PTR(const unsigned long, d));
    case SYS_select:
        return old_select_call(a, b, c, d, PTR(const long, e));
    case SYS_pselect6: /* its last argument points to that of the mask */
        return select_call(a, b, c, d, PTR(const struct timespec, e),
                           f ? PTR(const unsigned long, *PTR(long, f)) : NULL);
    default:
        return -ENOSYS;
    }
}

static long signal_call(long n, long a, long b, long c)
{
    switch (n) {
    case SYS_rt_sigaction:
        return kos_sigaction((int)a, PTR(const struct k_sigaction, b), PTR(struct k_sigaction, c));
    case SYS_rt_sigprocmask:
        return kos_sigprocmask((int)a, PTR(const unsigned long, b), PTR(unsigned long, c));
    case SYS_rt_sigpending:
        return kos_sigpending(PTR(unsigned long, a));
    case SYS_rt_sigsuspend:
        return kos_sigsuspend(PTR(const unsigned long, a));
    case SYS_rt_sigtimedwait:
        return kos_sigtimedwait(PTR(const unsigned long, a), PTR(siginfo_t, b),
                                PTR(const struct timespec, c));
    case SYS_rt_sigqueueinfo:
        return kos_sigqueue((int)a, (int)b, PTR(const siginfo_t, c));
    case SYS_pause:
        return kos_pause();
    case SYS_tkill:
        return kos_tkill((int)a, (int)b);
    case SYS_kill:
        return kos_kill((int)a, (int)b);
    default:
        return -ENOSYS;
    }
}

/* There is one user, root, in one group; the process is a group and a session of its own. */
static long identity_call(long n, long a, long b, long c)
{
    switch (n) {
    case SYS_getpid:
        return kos_getpid();
    case SYS_getpgid:
    case SYS_getsid:
        return a == 0 || a == kos_getpid() ? kos_getpid() : -ESRCH;
    case SYS_getppid: /* the parent has no number */
    case SYS_getuid:
    case SYS_geteuid:
    case SYS_getgid:
    case SYS_getegid:
    case SYS_getgroups:
        return 0;
    case SYS_setuid:
    case SYS_setgid:
        return kos_set_ids(a, 0, 0);
    case SYS_setreuid:
    case SYS_setregid:
        return kos_set_ids(a, b, 0);
    case SYS_setresuid:
    case SYS_setresgid:
        return kos_set_ids(a, b, c);
    default:
        return -ENOSYS;
    }
}

static long system_call(long n, long a, long b, long c, long d)
{
    switch (n) {
    case SYS_set_robust_list: /* musl walks the list itself when a thread ends */
    case SYS_get_robust_list:
        return 0;
    case SYS_prctl:
        return kos_prctl((int)a, PTR(void, b));
    case SYS_umask:
        return kos_umask((unsigned)a);
    case SYS_uname:
        return kos_uname(PTR(struct utsname, a));
    case SYS_prlimit64:
        return kos_prlimit((int)b, PTR(const struct rlimit, c), PTR(struct rlimit, d));
    case SYS_sysinfo:
        return kos_sysinfo(PTR(struct sysinfo, a));
    case SYS_sched_get_priority_max:
        return kos_sched_priority((int)a, 1);
    case SYS_sched_get_priority_min:
        return kos_sched_priority((int)a, 0);
    case SYS_sched_setaffinity:
        return kos_sched_setaffinity((int)a, (size_t)b, PTR(const unsigned char, c));
    case SYS_sched_getaffinity:
        return kos_sched_getaffinity((int)a, (size_t)b, PTR(unsigned char, c));
    case SYS_getcpu:
        return kos_getcpu(PTR(unsigned, a));
    case SYS_getrandom:
        return kos_getrandom(PTR(void, a), (size_t)b);
    default:
        return identity_call(n, a, b, c);
    }
}

/* Numbers not handled by a group come back as ENOSYS from the last. */
static long dispatch(long n, long a, long b, long c, long d, long e, long f)
{
    switch (n) {
    case SYS_sched_yield:
        kos_test_async();
        return kos_errno(KnSleepNs(0));
    case SYS_clock_gettime:
    case SYS_clock_settime:
    case SYS_clock_getres:
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
    case SYS_poll:
    case SYS_ppoll:
    case SYS_select:
    case SYS_pselect6:
        return time_call(n, a, b, c, d, e, f);
    case SYS_rt_sigaction:
    case SYS_rt_sigprocmask:
    case SYS_rt_sigpending:
    case SYS_rt_sigsuspend:
    case SYS_rt_sigtimedwait:
    case SYS_rt_sigqueueinfo:
    case SYS_pause:
    case SYS_tkill:
    case SYS_kill:
        return signal_call(n, a, b, c);
    default: {
        long r = file_call(n, a, b, c);

        return r == -ENOSYS ? system_call(n, a, b, c, d) : r;
    }
    }
}

long __kos_syscall(long n, long a, long b, long c, long d, long e, long f);

/* The one entry. What the library calls with locks of its own held runs no handlers. */
long __kos_syscall(long n, long a, long b, long c, long d, long e, long f)
{
    long r;

    switch (n) {
    case SYS_futex:
        r = kos_futex(PTR(uint32_t, a), (int)b, (uint32_t)c, PTR(const struct timespec, d));
        return r == -EINTR ? kos_interrupt(KOS_NO_RESTART) : r;
    case SYS_exit_group:
        KnTaskExitRaw((int)a);
    case SYS_exit:
        kos_thread_exit();
    case SYS_gettid:
        return kos_gettid();
    case SYS_set_tid_address:
        return kos_set_tid_address(PTR(volatile int, a));
    case SYS_mmap:
    case SYS_munmap:
    case SYS_mprotect:
    case SYS_madvise:
    case SYS_msync:
    case SYS_mlock:
    case SYS_munlock:
    case SYS_mlockall:
    case SYS_munlockall:
    case SYS_brk:
        return memory_call(n, a, b, c, d, e);
    default:
        r = dispatch(n, a, b, c, d, e, f);
        if (kos_signals_queued) {
            kos_signals_deliver();
        }
        return r;
    }
}
