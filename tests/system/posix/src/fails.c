/*
 * fails.c: the functions that cannot do their work here: each returns its error value and sets errno as
 * docs/reference/posix.md says. tests/tools/posix.sh compares the two.
 *
 * FAILS: the call returns -1, or a null pointer. FAILS_CODE: its value is the error. What a call would
 * have changed is a local variable or nothing.
 */
#include "suite.h"

#include <aio.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <mqueue.h>
#include <netdb.h>
#include <net/if.h>
#include <nl_types.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stropts.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <ulimit.h>
#include <unistd.h>
#include <utime.h>
#include <wordexp.h>

static void check_errno(const char *name, long result, int is_pointer, int want)
{
    int got = errno;
    char text[80];

    snprintf(text, sizeof text, "result %ld, errno %d, not %d", result, got, want);
    check_that(name, result == (is_pointer ? 0 : -1) && got == want, text, __FILE__, __LINE__);
}

#define FAILS(name, error, call) (errno = 0, check_errno(#name " fails", (long)(call), 0, error))
#define FAILS_NULL(name, error, call) (errno = 0, check_errno(#name " fails", (long)(call), 1, error))
#define FAILS_CODE(name, error, call) CHECK_EQUAL(#name " fails", call, error)

#define NAME "/no/such"

static void fail_processes(void)
{
    char *argv[] = {(char *)"x", NULL};
    siginfo_t info;
    pid_t pid;
    int status;

    FAILS(fork, ENOSYS, fork());
    FAILS(_Fork, ENOSYS, _Fork());
    FAILS(execl, ENOSYS, execl(NAME, "x", (char *)NULL));
    FAILS(execle, ENOSYS, execle(NAME, "x", (char *)NULL, argv + 1));
    FAILS(execlp, ENOSYS, execlp(NAME, "x", (char *)NULL));
    FAILS(execv, ENOSYS, execv(NAME, argv));
    FAILS(execve, ENOSYS, execve(NAME, argv, argv + 1));
    FAILS(execvp, ENOSYS, execvp(NAME, argv));
    FAILS(fexecve, ENOSYS, fexecve(1, argv, argv + 1));
    FAILS_CODE(posix_spawn, ENOSYS, posix_spawn(&pid, NAME, NULL, NULL, argv, argv + 1));
    FAILS_CODE(posix_spawnp, ENOSYS, posix_spawnp(&pid, NAME, NULL, NULL, argv, argv + 1));
    FAILS(wait, ENOSYS, wait(&status));
    FAILS(waitpid, ENOSYS, waitpid(-1, &status, 0));
    FAILS(waitid, ENOSYS, waitid(P_ALL, 0, &info, WEXITED));
    FAILS(system, ENOSYS, system("x"));
    CHECK_EQUAL("there is no command interpreter", system(NULL), 0);
    FAILS_NULL(popen, ENOSYS, popen("x", "r"));
    FAILS(setpgid, ENOSYS, setpgid(0, 0));
    FAILS(setpgrp, ENOSYS, setpgrp());
    FAILS(setsid, ENOSYS, setsid());
    FAILS(nice, ENOSYS, nice(1));
    FAILS(getpriority, ENOSYS, getpriority(PRIO_PROCESS, 0));
    FAILS(setpriority, ENOSYS, setpriority(PRIO_PROCESS, 0, 1));
}

static void fail_limits(void)
{
    struct rlimit limit = {1, 1};
    struct rusage usage;
    struct tms times_now;
    clockid_t clock_id;
    stack_t stack = {.ss_size = SIGSTKSZ};
    struct timespec ts;

    FAILS(setrlimit, EPERM, setrlimit(RLIMIT_NOFILE, &limit));
    FAILS(getrusage, ENOSYS, getrusage(RUSAGE_SELF, &usage));
    FAILS(times, ENOSYS, times(&times_now));
    FAILS(clock, ENOSYS, clock());
    FAILS_CODE(clock_getcpuclockid, ENOSYS, clock_getcpuclockid(0, &clock_id));
    FAILS_CODE(pthread_getcpuclockid, ENOSYS, pthread_getcpuclockid(pthread_self(), &clock_id));
    FAILS_CODE(getdate, 1, (getdate("x"), getdate_err));
    FAILS(sigaltstack, ENOSYS, sigaltstack(&stack, NULL));
    CHECK("no clock of a process's time", clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) == -1 && errno == EINVAL);
    CHECK("nor of a thread's", clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts) == -1 && errno == EINVAL);
}

static void fail_ceilings(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    int old;

    FAILS_CODE(pthread_mutex_getprioceiling, EINVAL, pthread_mutex_getprioceiling(&mutex, &old));
    FAILS_CODE(pthread_mutex_setprioceiling, EINVAL, pthread_mutex_setprioceiling(&mutex, 1, &old));
}

static int seen(const char *path, const struct stat *st, int type)
{
    (void)path;
    (void)st;
    (void)type;
    return 0;
}

static int seen_too(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)at;
    return seen(path, st, type);
}

static void fail_names(void)
{
    char text[64];
    struct stat st;
    struct statvfs vfs;
    struct dirent **list;

    FAILS(access, ENOENT, access(NAME, F_OK));
    FAILS(faccessat, ENOENT, faccessat(AT_FDCWD, NAME, F_OK, 0));
    FAILS(chdir, ENOENT, chdir(NAME));
    FAILS(chmod, ENOENT, chmod(NAME, 0600));
    FAILS(fchmodat, ENOENT, fchmodat(AT_FDCWD, NAME, 0600, 0));
    FAILS(chown, ENOENT, chown(NAME, 0, 0));
    FAILS(lchown, ENOENT, lchown(NAME, 0, 0));
    FAILS(fchownat, ENOENT, fchownat(AT_FDCWD, NAME, 0, 0, 0));
    FAILS(link, ENOENT, link(NAME, "/b"));
    FAILS(linkat, ENOENT, linkat(AT_FDCWD, NAME, AT_FDCWD, "/b", 0));
    FAILS(readlink, ENOENT, readlink(NAME, text, sizeof text));
    FAILS(readlinkat, ENOENT, readlinkat(AT_FDCWD, NAME, text, sizeof text));
    FAILS(rmdir, ENOENT, rmdir(NAME));
    FAILS(unlink, ENOENT, unlink(NAME));
    FAILS(unlinkat, ENOENT, unlinkat(AT_FDCWD, NAME, 0));
    FAILS(remove, ENOENT, remove(NAME));
    FAILS(rename, ENOENT, rename(NAME, "/b"));
    FAILS(renameat, ENOENT, renameat(AT_FDCWD, NAME, AT_FDCWD, "/b"));
    FAILS(truncate, ENOENT, truncate(NAME, 0));
    FAILS(stat, ENOENT, stat(NAME, &st));
    FAILS(lstat, ENOENT, lstat(NAME, &st));
    FAILS(fstatat, ENOENT, fstatat(AT_FDCWD, NAME, &st, 0));
    FAILS(statvfs, ENOENT, statvfs(NAME, &vfs));
    FAILS(utime, ENOENT, utime(NAME, NULL));
    FAILS(utimes, ENOENT, utimes(NAME, NULL));
    FAILS(utimensat, ENOENT, utimensat(AT_FDCWD, NAME, NULL, 0));
    FAILS(open, ENOENT, open(NAME, O_RDONLY));
    FAILS(openat, ENOENT, openat(AT_FDCWD, NAME, O_RDONLY));
    FAILS_NULL(fopen, ENOENT, fopen(NAME, "r"));
    FAILS_NULL(opendir, ENOENT, opendir(NAME));
    FAILS(scandir, ENOENT, scandir(NAME, &list, NULL, alphasort));
    FAILS(ftw, ENOENT, ftw(NAME, seen, 1));
    FAILS(nftw, ENOENT, nftw(NAME, seen_too, 1, 0));
    FAILS_NULL(realpath, ENOENT, realpath(NAME, text));
    FAILS(catopen, ENOENT, catopen(NAME, 0));
    FAILS(ftok, ENOENT, ftok(NAME, 1));
    FAILS(shm_unlink, ENOENT, shm_unlink("/a"));
    FAILS(posix_openpt, ENOENT, posix_openpt(O_RDWR));
}

static void fail_making(void)
{
    char text[32];

    FAILS(creat, ENOSYS, creat("/a", 0600));
    FAILS(mkdir, ENOSYS, mkdir("/a", 0700));
    FAILS(mkdirat, ENOSYS, mkdirat(AT_FDCWD, "/a", 0700));
    FAILS(mkfifo, ENOSYS, mkfifo("/a", 0600));
    FAILS(mkfifoat, ENOSYS, mkfifoat(AT_FDCWD, "/a", 0600));
    FAILS(mknod, ENOSYS, mknod("/a", S_IFIFO, 0));
    FAILS(mknodat, ENOSYS, mknodat(AT_FDCWD, "/a", S_IFIFO, 0));
    FAILS(symlink, ENOSYS, symlink("/a", "/b"));
    FAILS(symlinkat, ENOSYS, symlinkat("/a", AT_FDCWD, "/b"));
    FAILS(mkstemp, ENOSYS, mkstemp(strcpy(text, "/aXXXXXX")));
    FAILS(mkostemp, ENOSYS, mkostemp(strcpy(text, "/aXXXXXX"), 0));
    FAILS_NULL(mkdtemp, ENOSYS, mkdtemp(strcpy(text, "/aXXXXXX")));
    FAILS_NULL(tmpfile, ENOSYS, tmpfile());
    FAILS(shm_open, ENOSYS, shm_open("/a", O_CREAT | O_RDWR, 0600));
    FAILS_NULL(getcwd, ENOSYS, getcwd(text, sizeof text));
}

static void fail_descriptors(void)
{
    struct statvfs vfs;
    char text[8];
    int number = 0;

    FAILS(fchdir, ENOTDIR, fchdir(1));
    FAILS_NULL(fdopendir, ENOTDIR, fdopendir(1));
    FAILS(fchmod, EINVAL, fchmod(1, 0600));
    FAILS(fchown, EINVAL, fchown(1, 0, 0));
    FAILS(ftruncate, EINVAL, ftruncate(1, 0));
    FAILS(futimens, EINVAL, futimens(1, NULL));
    FAILS(fstatvfs, ENOSYS, fstatvfs(1, &vfs));
    FAILS(pread, ESPIPE, pread(0, text, 1, 0));
    FAILS(pwrite, ESPIPE, pwrite(1, "x", 1, 0));
    FAILS(lseek, ESPIPE, lseek(1, 0, SEEK_SET));
    FAILS(lockf, EINVAL, lockf(1, F_LOCK, 0));
    FAILS_CODE(posix_fadvise, ESPIPE, posix_fadvise(1, 0, 0, POSIX_FADV_NORMAL));
    FAILS_CODE(posix_fallocate, ESPIPE, posix_fallocate(1, 0, 1));
    FAILS(ioctl, ENOTTY, ioctl(1, 0x5413, &number));
}

static void fail_terminals(void)
{
    struct termios modes = {0};
    struct winsize size = {0};
    char text[16];

    FAILS(tcgetattr, ENOTTY, tcgetattr(1, &modes));
    FAILS(tcsetattr, ENOTTY, tcsetattr(1, TCSANOW, &modes));
    FAILS(tcdrain, ENOTTY, tcdrain(1));
    FAILS(tcflow, ENOTTY, tcflow(1, TCOON));
    FAILS(tcflush, ENOTTY, tcflush(1, TCIFLUSH));
    FAILS(tcsendbreak, ENOTTY, tcsendbreak(1, 0));
    FAILS(tcgetwinsize, ENOTTY, tcgetwinsize(1, &size));
    FAILS(tcsetwinsize, ENOTTY, tcsetwinsize(1, &size));
    FAILS(tcgetsid, ENOTTY, tcgetsid(1));
    FAILS(tcgetpgrp, ENOTTY, tcgetpgrp(1));
    FAILS(tcsetpgrp, ENOTTY, tcsetpgrp(1, getpid()));
    FAILS_NULL(isatty, ENOTTY, isatty(1));
    FAILS_NULL(ttyname, ENOTTY, ttyname(1));
    FAILS_CODE(ttyname_r, ENOTTY, ttyname_r(1, text, sizeof text));
    FAILS(unlockpt, ENOTTY, unlockpt(1));
    FAILS_NULL(ptsname, ENOTTY, ptsname(1));
}

static void fail_sockets(void)
{
    struct sockaddr address = {.sa_family = AF_INET};
    socklen_t size = sizeof address;
    struct msghdr message = {0};
    int pair[2], value = 0;
    char text[8];

    FAILS(socket, EAFNOSUPPORT, socket(AF_INET, SOCK_STREAM, 0));
    FAILS(socketpair, EAFNOSUPPORT, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    FAILS(accept, ENOTSOCK, accept(1, &address, &size));
    FAILS(accept4, ENOTSOCK, accept4(1, &address, &size, 0));
    FAILS(bind, ENOTSOCK, bind(1, &address, size));
    FAILS(connect, ENOTSOCK, connect(1, &address, size));
    FAILS(getpeername, ENOTSOCK, getpeername(1, &address, &size));
    FAILS(getsockname, ENOTSOCK, getsockname(1, &address, &size));
    FAILS(getsockopt, ENOTSOCK, getsockopt(1, SOL_SOCKET, SO_ERROR, &value, &size));
    FAILS(setsockopt, ENOTSOCK, setsockopt(1, SOL_SOCKET, SO_ERROR, &value, sizeof value));
    FAILS(listen, ENOTSOCK, listen(1, 1));
    FAILS(recv, ENOTSOCK, recv(1, text, 1, 0));
    FAILS(recvfrom, ENOTSOCK, recvfrom(1, text, 1, 0, &address, &size));
    FAILS(recvmsg, ENOTSOCK, recvmsg(1, &message, 0));
    FAILS(send, ENOTSOCK, send(1, text, 1, 0));
    FAILS(sendto, ENOTSOCK, sendto(1, text, 1, 0, &address, size));
    FAILS(sendmsg, ENOTSOCK, sendmsg(1, &message, 0));
    FAILS(shutdown, ENOTSOCK, shutdown(1, SHUT_RD));
    FAILS(sockatmark, ENOTTY, sockatmark(1));
    FAILS_NULL(if_nametoindex, EAFNOSUPPORT, if_nametoindex("lo"));
    FAILS_NULL(if_indextoname, EAFNOSUPPORT, if_indextoname(1, text));
    FAILS_NULL(if_nameindex, ENOBUFS, if_nameindex());
}

static void fail_spawning(void)
{
    posix_spawnattr_t attr;
    struct sched_param param = {0};
    int policy;

    posix_spawnattr_init(&attr);
    FAILS_CODE(posix_spawnattr_setschedparam, ENOSYS, posix_spawnattr_setschedparam(&attr, &param));
    FAILS_CODE(posix_spawnattr_getschedparam, ENOSYS, posix_spawnattr_getschedparam(&attr, &param));
    FAILS_CODE(posix_spawnattr_setschedpolicy, ENOSYS, posix_spawnattr_setschedpolicy(&attr, SCHED_FIFO));
    FAILS_CODE(posix_spawnattr_getschedpolicy, ENOSYS, posix_spawnattr_getschedpolicy(&attr, &policy));
}

static void fail_exchange(void)
{
    struct mq_attr attr = {0};
    struct timespec ts = {0};
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    struct { long type; char text[8]; } message = {1, ""};
    struct sembuf op = {0};
    char text[8];
    unsigned priority;

    FAILS(mq_open, ENOSYS, mq_open("/a", O_CREAT | O_RDWR, 0600, NULL));
    FAILS(mq_unlink, ENOSYS, mq_unlink("/a"));
    FAILS(mq_getattr, ENOSYS, mq_getattr(1, &attr));
    FAILS(mq_setattr, ENOSYS, mq_setattr(1, &attr, NULL));
    FAILS(mq_notify, ENOSYS, mq_notify(1, &event));
    FAILS(mq_send, ENOSYS, mq_send(1, "x", 1, 0));
    FAILS(mq_timedsend, ENOSYS, mq_timedsend(1, "x", 1, 0, &ts));
    FAILS(mq_receive, ENOSYS, mq_receive(1, text, 8, &priority));
    FAILS(mq_timedreceive, ENOSYS, mq_timedreceive(1, text, 8, &priority, &ts));
    FAILS(msgget, ENOSYS, msgget(IPC_PRIVATE, 0600));
    FAILS(msgctl, ENOSYS, msgctl(1, IPC_RMID, NULL));
    FAILS(msgsnd, ENOSYS, msgsnd(1, &message, 1, 0));
    FAILS(msgrcv, ENOSYS, msgrcv(1, &message, 1, 0, 0));
    FAILS(semget, ENOSYS, semget(IPC_PRIVATE, 1, 0600));
    FAILS(semctl, ENOSYS, semctl(1, 0, GETVAL));
    FAILS(semop, ENOSYS, semop(1, &op, 1));
    FAILS(shmget, ENOSYS, shmget(IPC_PRIVATE, 1, 0600));
    FAILS(shmat, ENOSYS, shmat(1, NULL, 0));
    FAILS(shmctl, ENOSYS, shmctl(1, IPC_RMID, NULL));
    FAILS(shmdt, ENOSYS, shmdt(text));
}

static void fail_words(void)
{
    wordexp_t words = {0};

    FAILS_CODE(wordexp, WRDE_NOSPACE, wordexp("a b", &words, 0));
    wordfree(&words);
}

void run_fails(void)
{
    fail_processes();
    fail_limits();
    fail_ceilings();
    fail_names();
    fail_making();
    fail_descriptors();
    fail_terminals();
    fail_sockets();
    fail_spawning();
    fail_exchange();
    fail_words();
}
