/*
 * descriptors.c: <unistd.h>, <fcntl.h>, <sys/uio.h>, <sys/stat.h>: descriptors, their copies, pipes.
 */
#include "suite.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <stropts.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int fails_with(long result, int error)
{
    return result == -1 && errno == error;
}

static void test_pipe(void)
{
    int fds[2], n = 0;
    char text[16] = "";
    struct stat st;

    HOLDS(pipe(fds) == 0 && fds[0] != fds[1] && fds[0] > 2 && fds[1] > 2);
    HOLDS(write(fds[1], "hello", 5) == 5 && ioctl(fds[0], FIONREAD, &n) == 0 && n == 5);
    HOLDS(read(fds[0], text, 3) == 3 && strcmp(text, "hel") == 0 && read(fds[0], text, 9) == 2);
    HOLDS(fstat(fds[0], &st) == 0 && S_ISFIFO(st.st_mode) && lseek(fds[0], 0, SEEK_CUR) == -1 && errno == ESPIPE);
    HOLDS(fails_with(read(fds[1], text, 1), EBADF) && fails_with(write(fds[0], text, 1), EBADF));
    HOLDS(fails_with(fsync(fds[1]), EINVAL) && fails_with(pread(fds[0], text, 1, 0), ESPIPE));
    HOLDS(read(fds[0], text, 0) == 0 && write(fds[1], text, 0) == 0 && isastream(fds[0]) == 0);
    HOLDS(write(fds[1], "end", 3) == 3 && close(fds[1]) == 0 && read(fds[0], text, 16) == 3);
    HOLDS(read(fds[0], text, 16) == 0 && close(fds[0]) == 0);
    HOLDS(fails_with(close(fds[0]), EBADF) && fails_with(read(fds[0], text, 1), EBADF));
    HOLDS(posix_close(99, 0) == -1 && errno == EBADF);
}

static volatile sig_atomic_t caught;

static void on_pipe(int sig)
{
    caught = sig;
}

static void test_broken(void)
{
    int fds[2];

    signal(SIGPIPE, on_pipe);
    pipe(fds);
    close(fds[0]);
    HOLDS(fails_with(write(fds[1], "x", 1), EPIPE) && caught == SIGPIPE);
    signal(SIGPIPE, SIG_IGN);
    HOLDS(fails_with(write(fds[1], "x", 1), EPIPE) && close(fds[1]) == 0);
}

/* Without waiting: what does not fit is refused whole, or in part if it is longer than PIPE_BUF. */
static void test_nonblocking(void)
{
    static char big[65536];
    int fds[2];
    long all;

    HOLDS(pipe2(fds, O_NONBLOCK | O_CLOEXEC) == 0 && fcntl(fds[0], F_GETFD) == FD_CLOEXEC);
    HOLDS(fcntl(fds[0], F_GETFL) == (O_RDONLY | O_NONBLOCK));
    HOLDS(fails_with(read(fds[0], big, 1), EAGAIN));
    all = write(fds[1], big, sizeof big);
    HOLDS(all > PIPE_BUF && all < (long)sizeof big && fails_with(write(fds[1], big, 1), EAGAIN));
    HOLDS(read(fds[0], big, 100) == 100 && fails_with(write(fds[1], big, PIPE_BUF), EAGAIN));
    HOLDS(write(fds[1], big, 100) == 100 && fails_with(write(fds[1], big, 1), EAGAIN));
    HOLDS(fcntl(fds[1], F_SETFL, 0) == 0 && fcntl(fds[1], F_GETFL) == O_WRONLY);
    HOLDS(close(fds[0]) == 0 && close(fds[1]) == 0 && fails_with(pipe2(fds, 1), EINVAL));
}

static int stream[2];

static void *write_all(void *arg)
{
    static char text[100000];

    (void)arg;
    for (unsigned i = 0; i < sizeof text; i++) {
        text[i] = (char)(i % 251);
    }
    return (void *)(long)write(stream[1], text, sizeof text);
}

/* More than fits: the writer waits for the reader, round the ring. */
static void test_waiting(void)
{
    char part[1000];
    unsigned at = 0, good = 1;
    void *written;
    pthread_t thread;
    long n = 1;

    pipe(stream);
    pthread_create(&thread, NULL, write_all, NULL);
    while (at < 100000 && n > 0) {
        n = read(stream[0], part, sizeof part);
        for (long i = 0; i < n; i++) {
            good &= part[i] == (char)(at++ % 251);
        }
    }
    pthread_join(thread, &written);
    CHECK("what is read is what was written", good && at == 100000 && written == (void *)100000l);
    close(stream[0]);
    close(stream[1]);
}

/* Lengths that go round the pipe's memory at all places. */
static void test_round(void)
{
    static unsigned char in[3001], out[3001];
    unsigned char next = 0, wanted = 0;
    int fds[2], good = pipe(fds) == 0;

    for (int round = 0; round < 40 && good; round++) {
        for (size_t i = 0; i < sizeof(in); i++) {
            in[i] = next++;
        }
        good = write(fds[1], in, sizeof(in)) == sizeof(in) && read(fds[0], out, sizeof(out)) == sizeof(out);
        for (size_t i = 0; i < sizeof(out); i++) {
            good &= out[i] == wanted++;
        }
    }
    HOLDS(good);
    close(fds[0]);
    close(fds[1]);
}

static void test_parts(void)
{
    char a[4] = "", b[8] = "";
    struct iovec out[3] = {{(void *)"ab", 2}, {NULL, 0}, {(void *)"cdef", 4}}, in[2] = {{a, 3}, {b, 8}};
    int fds[2];

    pipe(fds);
    HOLDS(writev(fds[1], out, 3) == 6 && readv(fds[0], in, 2) == 6);
    HOLDS(strcmp(a, "abc") == 0 && strcmp(b, "def") == 0);
    out[0].iov_len = (size_t)-1;
    HOLDS(fails_with(writev(fds[1], out, 3), EINVAL) && fails_with(readv(fds[0], in, -1), EINVAL));
    HOLDS(fails_with(writev(77, out, 1), EBADF) && fails_with(readv(77, in, 1), EBADF));
    close(fds[0]);
    close(fds[1]);
}

static void test_copies(void)
{
    int fds[2], copy, many = 0, list[300];
    char text[4] = "";

    pipe(fds);
    copy = dup(fds[1]);
    HOLDS(copy > fds[1] && close(fds[1]) == 0 && write(copy, "abc", 3) == 3 && read(fds[0], text, 3) == 3);
    HOLDS(dup2(copy, 100) == 100 && dup2(100, 100) == 100 && fcntl(100, F_GETFD) == 0);
    HOLDS(dup3(copy, 101, O_CLOEXEC) == 101 && fcntl(101, F_GETFD) == FD_CLOEXEC);
    HOLDS(fcntl(101, F_SETFD, 0) == 0 && fcntl(101, F_GETFD) == 0);
    HOLDS(fcntl(copy, F_DUPFD, 50) == 50 && fcntl(copy, F_DUPFD_CLOEXEC, 50) == 51 && fcntl(51, F_GETFD) == FD_CLOEXEC);
    HOLDS(fails_with(dup(77), EBADF) && fails_with(dup2(77, 1), EBADF) && fails_with(dup2(1, -1), EBADF));
    HOLDS(fails_with(dup2(1, 100000), EBADF) && fails_with(dup3(1, 1, 0), EINVAL));
    HOLDS(fails_with(fcntl(1, F_DUPFD, -1), EINVAL) && fails_with(fcntl(77, F_GETFL), EBADF));
    HOLDS(fails_with(fcntl(1, 999), EINVAL));
    while (many < 300 && (list[many] = dup(copy)) >= 0) {
        many++;
    }
    HOLDS(errno == EMFILE && many > 200 && sysconf(_SC_OPEN_MAX) == 256);
    HOLDS(fails_with(pipe(list), EMFILE) && fails_with(dup(1), EMFILE));
    while (many > 0) {
        close(list[--many]);
    }
    close(copy);
    close(50);
    close(51);
    close(100);
    HOLDS(write(101, "x", 1) == 1 && close(101) == 0 && read(fds[0], text, 3) == 1 && read(fds[0], text, 3) == 0);
    close(fds[0]);
}

/* Standard output led into a pipe and back. */
static void test_standard(void)
{
    int fds[2], kept = dup(1), kept_in = dup(0);
    char text[8] = "";
    struct stat st;

    pipe(fds);
    HOLDS(kept > 2 && dup2(fds[1], 1) == 1 && write(1, "caught", 6) == 6 && dup2(kept, 1) == 1);
    HOLDS(read(fds[0], text, 6) == 6 && strcmp(text, "caught") == 0 && write(1, "written\n", 8) == 8);
    HOLDS(close(0) == 0 && fails_with(read(0, text, 1), EBADF) && dup2(fds[0], 0) == 0 && close(0) == 0);
    HOLDS(fstat(1, &st) == 0 && S_ISCHR(st.st_mode) && fsync(1) == 0 && fdatasync(1) == 0);
    HOLDS(fails_with(write(0, "x", 1), EBADF) && fails_with(fstat(77, &st), EBADF));
    close(fds[0]);
    close(fds[1]);
    close(kept);
    HOLDS(dup2(kept_in, 0) == 0 && close(kept_in) == 0 && read(0, text, 1) == 0);
}

void run_descriptors(void)
{
    test_pipe();
    test_broken();
    test_nonblocking();
    test_waiting();
    test_round();
    test_parts();
    test_copies();
    test_standard();
    HOLDS(umask(027) == 022 && umask(022) == 027);
    sync();
}
