/*
 * signal.c: <signal.h>: handlers, masks, waiting, queues, other threads; what interrupts what.
 */
#include "suite.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t caught, count, value;

static void handler(int sig)
{
    caught = sig;
    count++;
}

static void info_handler(int sig, siginfo_t *info, void *context)
{
    caught = context && info->si_signo == sig ? sig : -1;
    value = info->si_value.sival_int;
    count++;
}

static int on(int sig, void (*function)(int), int flags)
{
    struct sigaction sa = {.sa_handler = function, .sa_flags = flags};

    return sigaction(sig, &sa, NULL);
}

static void test_sets(void)
{
    sigset_t set;

    HOLDS(sigemptyset(&set) == 0 && !sigismember(&set, SIGINT) && sigaddset(&set, SIGINT) == 0);
    HOLDS(sigismember(&set, SIGINT) == 1 && sigdelset(&set, SIGINT) == 0 && !sigismember(&set, SIGINT));
    HOLDS(sigfillset(&set) == 0 && sigismember(&set, SIGTERM) == 1);
    errno = 0;
    HOLDS(sigaddset(&set, 99) == -1 && errno == EINVAL && sigdelset(&set, 0) == -1);
}

static void test_handlers(void)
{
    struct sigaction sa = {.sa_sigaction = info_handler, .sa_flags = SA_SIGINFO}, old;

    HOLDS(signal(SIGUSR1, handler) == SIG_DFL && raise(SIGUSR1) == 0 && caught == SIGUSR1);
    HOLDS(sigaction(SIGUSR1, &sa, &old) == 0 && old.sa_handler == handler);
    HOLDS(kill(getpid(), SIGUSR1) == 0 && caught == SIGUSR1 && killpg(getpgrp(), 0) == 0);
    HOLDS(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 77}) == 0 && value == 77);
    count = 0;
    HOLDS(on(SIGUSR1, handler, (int)SA_RESETHAND) == 0 && raise(SIGUSR1) == 0 && count == 1);
    HOLDS(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == SIG_DFL);
    HOLDS(signal(SIGUSR1, SIG_IGN) == SIG_DFL && raise(SIGUSR1) == 0 && count == 1);
    errno = 0;
    HOLDS(signal(SIGKILL, handler) == SIG_ERR && errno == EINVAL && signal(99, handler) == SIG_ERR);
    errno = 0;
    HOLDS(on(SIGSTOP, handler, 0) == -1 && errno == EINVAL && siginterrupt(SIGUSR1, 1) == 0);
    HOLDS(raise(SIGCHLD) == 0 && raise(SIGURG) == 0);
}

static void test_errors(void)
{
    errno = 0;
    HOLDS(kill(getpid() + 1, SIGTERM) == -1 && errno == EPERM);
    HOLDS(killpg(getpid() + 1, SIGTERM) == -1 && errno == EPERM);
    HOLDS(sigqueue(getpid() + 1, SIGTERM, (union sigval){0}) == -1 && errno == EPERM);
    errno = 0;
    HOLDS(kill(getpid(), 99) == -1 && errno == EINVAL && kill(getpid(), -1) == -1 && kill(getpid(), 0) == 0);
    HOLDS(sigqueue(getpid(), 99, (union sigval){0}) == -1 && errno == EINVAL);
    HOLDS(raise(99) == -1 && errno == EINVAL && pthread_kill(pthread_self(), 99) == EINVAL);
    HOLDS(pthread_kill(pthread_self(), 0) == 0 && pthread_sigmask(99, &(sigset_t){{0}}, NULL) == EINVAL);
}

static void test_masks(void)
{
    sigset_t set, old, pending;

    on(SIGUSR1, handler, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    HOLDS(sigprocmask(SIG_BLOCK, &set, &old) == 0 && !sigismember(&old, SIGUSR1));
    count = 0;
    HOLDS(raise(SIGUSR1) == 0 && raise(SIGUSR1) == 0 && count == 0);
    HOLDS(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) && !sigismember(&pending, SIGUSR2));
    HOLDS(pthread_sigmask(SIG_SETMASK, &old, NULL) == 0 && count == 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    signal(SIGUSR1, SIG_IGN);
    on(SIGUSR1, handler, 0);
    HOLDS(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0 && count == 1); /* ignoring forgets */
    errno = 0;
    HOLDS(sigprocmask(99, &set, NULL) == -1 && errno == EINVAL);
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    sigprocmask(SIG_SETMASK, &old, &set);
    HOLDS(sigismember(&set, SIGTERM) && !sigismember(&set, SIGKILL) && !sigismember(&set, SIGSTOP));
}

/* Signals from SIGRTMIN on wait as often as they were sent, in order; the lowest number comes first. */
static void test_queue(void)
{
    sigset_t set, old;
    siginfo_t info;
    struct timespec no_time = {0, 0}, bad = {0, -1};
    int sent = 0, order = 1, sig = 0;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigaddset(&set, SIGRTMIN + 1);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, &old);
    while (sent < 1000 && sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = sent}) == 0) {
        sent++;
    }
    HOLDS(sent == sysconf(_SC_SIGQUEUE_MAX) && errno == EAGAIN);
    for (int i = 0; i < sent; i++) {
        order &= sigwaitinfo(&set, &info) == SIGRTMIN && info.si_value.sival_int == i &&
                 info.si_code == SI_QUEUE && info.si_pid == getpid();
    }
    CHECK("sigwaitinfo: in the order in which they were sent", order);
    errno = 0;
    HOLDS(sigtimedwait(&set, &info, &no_time) == -1 && errno == EAGAIN);
    no_time.tv_nsec = 2000000;
    HOLDS(sigtimedwait(&set, NULL, &no_time) == -1 && errno == EAGAIN);
    HOLDS(sigtimedwait(&set, NULL, &bad) == -1 && errno == EINVAL);
    raise(SIGRTMIN + 1);
    raise(SIGRTMIN);
    raise(SIGTERM);
    HOLDS(sigwait(&set, &sig) == 0 && sig == SIGTERM && sigwait(&set, &sig) == 0 && sig == SIGRTMIN);
    HOLDS(sigwait(&set, &sig) == 0 && sig == SIGRTMIN + 1);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

/* A thread that is in some wait; the others send it a signal. */
struct waiting {
    int (*wait)(void);
    volatile int result, error;
    sem_t ready;
};

static void *wait_main(void *arg)
{
    struct waiting *w = arg;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    sem_post(&w->ready);
    w->result = w->wait();
    w->error = errno;
    return NULL;
}

static void wait_interrupted(const char *name, int (*wait)(void), int flags, int to_thread)
{
    struct waiting w = {.wait = wait, .result = 99};
    pthread_t thread;
    sigset_t set, old;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    on(SIGUSR2, handler, flags);
    pthread_sigmask(SIG_BLOCK, &set, &old);
    sem_init(&w.ready, 0, 0);
    caught = 0;
    pthread_create(&thread, NULL, wait_main, &w);
    sem_wait(&w.ready);
    usleep(2000); /* most often it waits by now; if not it is interrupted before */
    if (to_thread) {
        pthread_kill(thread, SIGUSR2);
    } else {
        kill(getpid(), SIGUSR2);
    }
    pthread_join(thread, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    sem_destroy(&w.ready);
    CHECK(name, caught == SIGUSR2 && w.result == -1 && w.error == EINTR);
}

static int wait_pause(void)
{
    return caught ? (errno = EINTR, -1) : pause();
}

static int wait_suspend(void)
{
    sigset_t set;

    sigfillset(&set);
    sigdelset(&set, SIGUSR2);
    return caught ? (errno = EINTR, -1) : sigsuspend(&set);
}

static int wait_sleep(void)
{
    struct timespec long_time = {60, 0}, left = {0, 0};
    int r = nanosleep(&long_time, &left);

    return left.tv_sec > 30 || caught ? r : 5;
}

static int wait_semaphore(void)
{
    sem_t sem;

    sem_init(&sem, 0, 0);
    return sem_wait(&sem);
}

static int pipe_fds[2];

static int wait_read(void)
{
    char c;

    return (int)read(pipe_fds[0], &c, 1);
}

static int wait_poll(void)
{
    struct pollfd p = {.fd = pipe_fds[0], .events = POLLIN};

    return poll(&p, 1, -1);
}

static int wait_select(void)
{
    fd_set set;
    sigset_t mask;

    FD_ZERO(&set);
    FD_SET(pipe_fds[0], &set);
    sigemptyset(&mask);
    return pselect(pipe_fds[0] + 1, &set, NULL, NULL, NULL, &mask);
}

static void *read_main(void *arg)
{
    sigset_t set;
    char c = 0;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    sem_post(arg);
    return (void *)(long)(read(pipe_fds[0], &c, 1) == 1 ? c : -1);
}

/* With SA_RESTART the handler runs and the read goes on. */
static void test_restart(void)
{
    pthread_t thread;
    void *result;
    sem_t ready;

    on(SIGUSR2, handler, SA_RESTART);
    sem_init(&ready, 0, 0);
    caught = 0;
    pthread_create(&thread, NULL, read_main, &ready);
    sem_wait(&ready);
    usleep(2000);
    pthread_kill(thread, SIGUSR2);
    while (!caught) {
        sched_yield();
    }
    HOLDS(write(pipe_fds[1], "r", 1) == 1 && pthread_join(thread, &result) == 0 && result == (void *)'r');
    HOLDS(pthread_kill(pthread_self(), SIGUSR2) == 0);
}

static void test_interruptions(void)
{
    pipe(pipe_fds);
    wait_interrupted("pause is interrupted", wait_pause, 0, 0);
    wait_interrupted("sigsuspend", wait_suspend, SA_RESTART, 1);
    wait_interrupted("nanosleep, with what is left", wait_sleep, 0, 0);
    wait_interrupted("sem_wait", wait_semaphore, 0, 1);
    wait_interrupted("read of an empty pipe", wait_read, 0, 0);
    wait_interrupted("poll, in spite of SA_RESTART", wait_poll, SA_RESTART, 1);
    wait_interrupted("pselect", wait_select, 0, 0);
    test_restart();
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

static void test_old(void)
{
    sigset_t before;

    HOLDS(sigset(SIGUSR1, handler) != SIG_ERR && sighold(SIGUSR1) == 0);
    caught = 0;
    HOLDS(raise(SIGUSR1) == 0 && caught == 0 && sigpause(SIGUSR1) == -1 && caught == SIGUSR1);
    HOLDS(sigrelse(SIGUSR1) == 0 && sigprocmask(0, NULL, &before) == 0 && !sigismember(&before, SIGUSR1));
    HOLDS(sigignore(SIGUSR1) == 0 && raise(SIGUSR1) == 0);
    psignal(SIGTERM, "psignal");
    psiginfo(&(siginfo_t){.si_signo = SIGINT}, "psiginfo");
}

void run_signal(void)
{
    test_sets();
    test_handlers();
    test_errors();
    test_masks();
    test_queue();
    test_interruptions();
    test_old();
}
