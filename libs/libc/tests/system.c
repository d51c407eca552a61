/*
 * system.c: start-up, environment, signals to oneself, randomness, limits, and what is refused.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/cdefs.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static int constructed;
static _Thread_local int per_thread = 41;

__attribute__((constructor)) static void construct(void)
{
    constructed = 1;
}

static void test_start(int argc, char **argv)
{
    CHECK("there is a name", argc >= 1 && argv[0][0] && argv[argc] == NULL);
    argv[0][0] ^= 1;
    argv[0][0] ^= 1;
    CHECK("constructors ran", constructed == 1);
    CHECK("thread-local data", ++per_thread == 42);
    CHECK("page size", getauxval(AT_PAGESZ) == 4096 && sysconf(_SC_PAGESIZE) == 4096);
    CHECK("setenv, getenv, unsetenv", setenv("A", "b", 1) == 0 && strcmp(getenv("A"), "b") == 0 &&
                                          unsetenv("A") == 0 && !getenv("A"));
}

static volatile sig_atomic_t caught;

static void handler(int sig)
{
    caught = sig;
}

static void info_handler(int sig, siginfo_t *info, void *context)
{
    (void)context;
    caught = info->si_signo == sig ? sig : -1;
}

static void test_signals(void)
{
    struct sigaction sa = { .sa_sigaction = info_handler, .sa_flags = SA_SIGINFO };
    sigset_t set, pending;

    signal(SIGUSR1, handler);
    CHECK("raise runs the handler", raise(SIGUSR1) == 0 && caught == SIGUSR1);
    caught = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    sigpending(&pending);
    CHECK("a blocked signal waits", caught == 0 && sigismember(&pending, SIGUSR1));
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    CHECK("and comes when it is unblocked", caught == SIGUSR1);
    sigaction(SIGUSR2, &sa, NULL);
    CHECK("kill of oneself, with information", kill(getpid(), SIGUSR2) == 0 && caught == SIGUSR2);
    signal(SIGUSR1, SIG_IGN);
    caught = 0;
    CHECK("an ignored signal", raise(SIGUSR1) == 0 && caught == 0);
    CHECK("no signal to others", kill(getpid() + 1, SIGTERM) == -1 && errno == EPERM);
    CHECK("no such signal", raise(1000) == -1 && errno == EINVAL);
}

static sigjmp_buf place;

static void jumping_handler(int sig)
{
    siglongjmp(place, sig);
}

static void test_jump_out_of_handler(void)
{
    volatile int sig = sigsetjmp(place, 1);
    sigset_t set;

    if (sig == 0) {
        signal(SIGUSR1, jumping_handler);
        raise(SIGUSR1);
    }
    sigprocmask(SIG_BLOCK, NULL, &set);
    CHECK("siglongjmp out of a handler", sig == SIGUSR1 && !sigismember(&set, SIGUSR1));
}

static void test_random(void)
{
    unsigned char a[100] = { 0 }, b[100] = { 0 };
    int bits = 0;

    CHECK("getrandom", getrandom(a, sizeof a, 0) == sizeof a && getentropy(b, sizeof b) == 0);
    CHECK("two answers differ", memcmp(a, b, sizeof a) != 0);
    for (size_t i = 0; i < sizeof a; i++) {
        bits += __builtin_popcount(a[i]);
    }
    CHECK("half of the bits are set", bits > 300 && bits < 500);
}

static void test_system(void)
{
    struct utsname name;
    struct rlimit limit;

    CHECK("uname", uname(&name) == 0 && strcmp(name.sysname, "Tessera") == 0);
    CHECK("getpid", getpid() > 0);
    CHECK("limits", getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur >= 16384);
    CHECK("processors", sysconf(_SC_NPROCESSORS_ONLN) >= 1);
    CHECK("getuid", getuid() == 0);
    CHECK("sys/cdefs.h", strcmp(__STRING(a b), "a b") == 0);
}

static void test_refused(void)
{
    CHECK("fork", fork() == -1 && errno == ENOSYS);
    CHECK("vfork", vfork() == -1 && errno == ENOSYS);
    CHECK("execv", execv("/bin/x", (char *[]){ "x", NULL }) == -1 && errno == ENOSYS);
    CHECK("wait", wait(NULL) == -1 && errno == ENOSYS);
    CHECK("system", system("x") == -1);
    CHECK("popen", !popen("x", "r"));
}

int main(int argc, char **argv)
{
    test_start(argc, argv);
    test_signals();
    test_jump_out_of_handler();
    test_random();
    test_system();
    test_refused();
    return check_report();
}
