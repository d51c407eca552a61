/*
 * points.c: every cancellation point that exists here. A pending request acts when it is called, and one
 * that arrives while it waits ends the wait; with cancellation off neither happens.
 */
#include "suite.h"

#include <aio.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <threads.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;
static pthread_t sleeper;
static struct timespec hour = { .tv_sec = 3600 }, no_time, later;
static char byte;
static struct iovec iov = { &byte, 0 };
static struct msghdr message;
static sigset_t no_signals;

struct point {
    const char *name;
    void (*call)(void);
};

#define POINT(name, expression)                                                                    \
    static void p_##name(void)                                                                     \
    {                                                                                              \
        (void)(expression);                                                                        \
    }

static void unlock(void *arg)
{
    pthread_mutex_unlock(arg);
}

static void p_pthread_cond_wait(void)
{
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(unlock, &mutex);
    pthread_cond_wait(&cond, &mutex);
    pthread_cleanup_pop(1);
}

static void p_pthread_cond_timedwait(void)
{
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(unlock, &mutex);
    pthread_cond_timedwait(&cond, &mutex, &later);
    pthread_cleanup_pop(1);
}

/* ---- those that wait ---- */

POINT(pthread_join, pthread_join(sleeper, NULL))
POINT(sem_wait, sem_wait(&sem))
POINT(sem_timedwait, sem_timedwait(&sem, &later))
POINT(nanosleep, nanosleep(&hour, NULL))
POINT(clock_nanosleep, clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, NULL))
POINT(clock_nanosleep_until, clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &later, NULL))
POINT(sleep, sleep(3600))
POINT(usleep, usleep(1000000000))
POINT(poll, poll(NULL, 0, -1))
POINT(poll_timed, poll(NULL, 0, 3600000))
POINT(ppoll, ppoll(NULL, 0, &hour, NULL))
POINT(select, select(0, NULL, NULL, NULL, NULL))
POINT(pselect, pselect(0, NULL, NULL, NULL, &hour, NULL))
POINT(pause, pause())
POINT(thrd_sleep, thrd_sleep(&hour, NULL))

static const struct point waiting[] = {
    {"pthread_cond_wait", p_pthread_cond_wait},
    {"pthread_cond_timedwait", p_pthread_cond_timedwait},
    {"pthread_join", p_pthread_join},
    {"sem_wait", p_sem_wait},
    {"sem_timedwait", p_sem_timedwait},
    {"nanosleep", p_nanosleep},
    {"clock_nanosleep", p_clock_nanosleep},
    {"clock_nanosleep until", p_clock_nanosleep_until},
    {"sleep", p_sleep},
    {"usleep", p_usleep},
    {"poll", p_poll},
    {"poll with a limit", p_poll_timed},
    {"ppoll", p_ppoll},
    {"select", p_select},
    {"pselect", p_pselect},
    {"pause", p_pause},
    {"thrd_sleep", p_thrd_sleep},
};

/* ---- those that are over at once here, because nothing that could make them wait exists ---- */

POINT(pthread_testcancel, (pthread_testcancel(), 0))
POINT(read, read(0, &byte, 1))
POINT(readv, readv(0, &iov, 1))
POINT(pread, pread(0, &byte, 1, 0))
POINT(write, write(1, "", 0))
POINT(writev, writev(1, &iov, 1))
POINT(pwrite, pwrite(1, "", 0, 0))
POINT(open, open("/none", O_RDONLY))
POINT(openat, openat(AT_FDCWD, "/none", O_RDONLY))
POINT(creat, creat("/none", 0))
POINT(close, close(99))
POINT(fcntl, fcntl(1, F_SETLKW, &(struct flock){ .l_type = F_UNLCK }))
POINT(fsync, fsync(1))
POINT(fdatasync, fdatasync(1))
POINT(msync, msync(NULL, 0, MS_SYNC))
POINT(tcdrain, tcdrain(1))
POINT(accept, accept(99, NULL, NULL))
POINT(connect, connect(99, NULL, 0))
POINT(recv, recv(99, &byte, 1, 0))
POINT(recvfrom, recvfrom(99, &byte, 1, 0, NULL, NULL))
POINT(recvmsg, recvmsg(99, &message, 0))
POINT(send, send(99, &byte, 1, 0))
POINT(sendto, sendto(99, &byte, 1, 0, NULL, 0))
POINT(sendmsg, sendmsg(99, &message, 0))
POINT(mq_receive, mq_receive(99, &byte, 1, NULL))
POINT(mq_send, mq_send(99, &byte, 1, 0))
POINT(mq_timedreceive, mq_timedreceive(99, &byte, 1, NULL, &later))
POINT(mq_timedsend, mq_timedsend(99, &byte, 1, 0, &later))
POINT(msgrcv, msgrcv(99, &byte, 0, 0, 0))
POINT(msgsnd, msgsnd(99, &byte, 0, 0))
POINT(wait, wait(NULL))
POINT(waitpid, waitpid(1, NULL, 0))
POINT(waitid, waitid(P_ALL, 0, NULL, WEXITED))
POINT(sigsuspend, sigsuspend(&no_signals))
POINT(sigwait, sigwait(&no_signals, &(int){0}))
POINT(sigwaitinfo, sigwaitinfo(&no_signals, NULL))
POINT(sigtimedwait, sigtimedwait(&no_signals, NULL, &hour))
POINT(system, system("none"))
POINT(epoll_wait, epoll_wait(99, NULL, 0, 0))
POINT(aio_suspend, aio_suspend((const struct aiocb *const[]){ NULL }, 1, &no_time))

static const struct point passing[] = {
    {"pthread_testcancel", p_pthread_testcancel},
    {"read", p_read},
    {"readv", p_readv},
    {"pread", p_pread},
    {"write", p_write},
    {"writev", p_writev},
    {"pwrite", p_pwrite},
    {"open", p_open},
    {"openat", p_openat},
    {"creat", p_creat},
    {"close", p_close},
    {"fcntl(F_SETLKW)", p_fcntl},
    {"fsync", p_fsync},
    {"fdatasync", p_fdatasync},
    {"msync", p_msync},
    {"tcdrain", p_tcdrain},
    {"accept", p_accept},
    {"connect", p_connect},
    {"recv", p_recv},
    {"recvfrom", p_recvfrom},
    {"recvmsg", p_recvmsg},
    {"send", p_send},
    {"sendto", p_sendto},
    {"sendmsg", p_sendmsg},
    {"mq_receive", p_mq_receive},
    {"mq_send", p_mq_send},
    {"mq_timedreceive", p_mq_timedreceive},
    {"mq_timedsend", p_mq_timedsend},
    {"msgrcv", p_msgrcv},
    {"msgsnd", p_msgsnd},
    {"wait", p_wait},
    {"waitpid", p_waitpid},
    {"waitid", p_waitid},
    {"sigsuspend", p_sigsuspend},
    {"sigwait", p_sigwait},
    {"sigwaitinfo", p_sigwaitinfo},
    {"sigtimedwait", p_sigtimedwait},
    {"system", p_system},
    {"epoll_wait", p_epoll_wait},
    {"aio_suspend", p_aio_suspend},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- one point ---- */

static volatile Tid tid;
static volatile int has_returned, is_handled;

static void handle(void *arg)
{
    (void)arg;
    is_handled = 1;
}

static void *call_it(void *arg)
{
    const struct point *p = arg;

    pthread_cleanup_push(handle, NULL);
    tid = KosThreadCurrentId();
    p->call();
    has_returned = 1;
    pthread_cleanup_pop(0);
    return NULL;
}

static void *call_pending(void *arg)
{
    pthread_cancel(pthread_self());
    return call_it(arg);
}

static void *call_disabled(void *arg)
{
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    return call_pending(arg);
}

/* A name of a case. */
static const char *of(const char *text, const struct point *p)
{
    static char name[100];

    snprintf(name, sizeof name, text, p->name);
    return name;
}

static int ends_cancelled(pthread_t t)
{
    return end(t) == PTHREAD_CANCELED && is_handled && !has_returned;
}

static void try_pending(const struct point *p)
{
    has_returned = is_handled = 0;
    CHECK(of("%s: a pending request acts", p), ends_cancelled(begin(call_pending, (void *)p)));
}

static void try_waiting(const struct point *p)
{
    pthread_t t;

    has_returned = is_handled = tid = 0;
    t = begin(call_it, (void *)p);
    wait_blocked(&tid);
    pthread_cancel(t);
    CHECK(of("%s: one that comes while it waits", p), ends_cancelled(t));
}

static void try_disabled(const struct point *p)
{
    has_returned = is_handled = tid = 0;
    end(begin(call_disabled, (void *)p));
    CHECK(of("%s: none while cancellation is off", p), has_returned && !is_handled);
}

static void *sleep_on(void *arg)
{
    for (;;) {
        pause();
    }
    return arg;
}

void test_points(void)
{
    sem_init(&sem, 0, 0);
    later = in_ns(CLOCK_REALTIME, 0);
    later.tv_sec += 3600;
    sigemptyset(&no_signals);
    sleeper = begin(sleep_on, NULL);
    for (unsigned i = 0; i < COUNT(waiting); i++) {
        try_pending(&waiting[i]);
        try_waiting(&waiting[i]);
    }
    for (unsigned i = 0; i < COUNT(passing); i++) {
        try_pending(&passing[i]);
    }
    for (unsigned i = 0; i < COUNT(passing); i++) {
        if (strncmp(passing[i].name, "sig", 3)) { /* these may wait for ever */
            try_disabled(&passing[i]);
        }
    }
    pthread_cancel(sleeper);
    CHECK("the joined thread ends", end(sleeper) == PTHREAD_CANCELED);
}
