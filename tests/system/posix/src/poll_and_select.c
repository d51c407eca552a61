/*
 * poll.c: <poll.h>, <sys/select.h>: what is ready, waiting for it, and for time alone.
 */
#include "suite.h"

#include <poll.h>
#include <pthread.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

static int fds[2];

static void test_poll(void)
{
    struct pollfd p[3] = {{.fd = fds[0], .events = POLLIN}, {.fd = fds[1], .events = POLLOUT}, {.fd = -1}};

    HOLDS(poll(p, 3, 0) == 1 && p[0].revents == 0 && p[1].revents == POLLOUT && p[2].revents == 0);
    write(fds[1], "x", 1);
    HOLDS(poll(p, 2, -1) == 2 && p[0].revents == POLLIN);
    p[2] = (struct pollfd){.fd = 77, .events = POLLIN};
    HOLDS(poll(p, 3, 1000) == 3 && p[2].revents == POLLNVAL);
    p[2] = (struct pollfd){.fd = 0, .events = POLLIN | POLLOUT};
    HOLDS(poll(p + 2, 1, 0) == 1 && p[2].revents == (POLLIN));
    HOLDS(poll(NULL, 0, 2) == 0);
    errno = 0;
    HOLDS(poll(p, 1000000, 0) == -1 && errno == EINVAL);
}

static void test_select(void)
{
    fd_set rd, wr, ex;
    struct timeval tv = {0, 2000}, bad = {-1, 0};
    struct timespec ts = {0, 2000000};

    FD_ZERO(&rd);
    FD_ZERO(&wr);
    FD_ZERO(&ex);
    FD_SET(fds[0], &rd);
    FD_SET(fds[1], &wr);
    FD_SET(fds[0], &ex);
    HOLDS(select(fds[1] + 1, &rd, &wr, &ex, &tv) == 2 && FD_ISSET(fds[0], &rd) && FD_ISSET(fds[1], &wr));
    HOLDS(!FD_ISSET(fds[0], &ex));
    FD_CLR(fds[0], &rd);
    HOLDS(!FD_ISSET(fds[0], &rd) && select(fds[1] + 1, &rd, NULL, NULL, &tv) == 0);
    HOLDS(pselect(0, NULL, NULL, NULL, &ts, NULL) == 0);
    FD_SET(77, &rd);
    errno = 0;
    HOLDS(select(78, &rd, NULL, NULL, &tv) == -1 && errno == EBADF && FD_ISSET(77, &rd));
    errno = 0;
    HOLDS(select(-1, NULL, NULL, NULL, &tv) == -1 && errno == EINVAL && select(2000, NULL, NULL, NULL, &tv) == -1);
    HOLDS(select(0, NULL, NULL, NULL, &bad) == -1 && errno == EINVAL);
}

static void *write_later(void *arg)
{
    usleep(2000);
    write(fds[1], "y", 1);
    usleep(2000);
    close(fds[1]);
    return arg;
}

/* Data, and then the end, come while somebody waits. */
static void test_wakeup(void)
{
    struct pollfd p = {.fd = fds[0], .events = POLLIN};
    pthread_t thread;
    char c;
    fd_set set;

    read(fds[0], &c, 1);
    pthread_create(&thread, NULL, write_later, NULL);
    HOLDS(poll(&p, 1, -1) == 1 && p.revents == POLLIN && read(fds[0], &c, 1) == 1 && c == 'y');
    FD_ZERO(&set);
    FD_SET(fds[0], &set);
    HOLDS(select(fds[0] + 1, &set, NULL, NULL, NULL) == 1 && read(fds[0], &c, 1) == 0);
    HOLDS(poll(&p, 1, 0) == 1 && p.revents == POLLHUP);
    pthread_join(thread, NULL);
    close(fds[0]);
    pipe(fds);
    close(fds[0]);
    p = (struct pollfd){.fd = fds[1], .events = POLLOUT};
    HOLDS(poll(&p, 1, 0) == 1 && p.revents == POLLERR && close(fds[1]) == 0);
}

void run_poll_and_select(void)
{
    pipe(fds);
    test_poll();
    test_select();
    test_wakeup();
}
