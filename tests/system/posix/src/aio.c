/*
 * aio.c: <aio.h>: asynchronous reading and writing of pipes and the console.
 */
#include "suite.h"

#include <aio.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void wait_for(struct aiocb *cb)
{
    const struct aiocb *list[1] = {cb};

    while (aio_error(cb) == EINPROGRESS) {
        aio_suspend(list, 1, NULL);
    }
}

static void test_transfer(void)
{
    int fds[2];
    char text[8] = "";
    struct aiocb in, out;
    const struct aiocb *list[1] = {&in};
    struct timespec ms = {0, 2000000};

    memset(&in, 0, sizeof in);
    memset(&out, 0, sizeof out);
    pipe(fds);
    in.aio_fildes = fds[0];
    in.aio_buf = text;
    in.aio_nbytes = 5;
    out.aio_fildes = fds[1];
    out.aio_buf = (void *)"async";
    out.aio_nbytes = 5;
    HOLDS(aio_read(&in) == 0 && aio_error(&in) == EINPROGRESS);
    errno = 0;
    HOLDS(aio_suspend(list, 1, &ms) == -1 && errno == EAGAIN);
    HOLDS(aio_write(&out) == 0);
    wait_for(&out);
    wait_for(&in);
    HOLDS(aio_return(&out) == 5 && aio_return(&in) == 5 && strcmp(text, "async") == 0);
    HOLDS(aio_fsync(O_SYNC, &out) == 0);
    wait_for(&out);
    HOLDS(aio_error(&out) == EINVAL); /* of a pipe */
    HOLDS(aio_cancel(fds[0], NULL) == AIO_ALLDONE);
    in.aio_fildes = 77;
    errno = 0;
    HOLDS(aio_read(&in) == -1 && errno == EBADF);
    errno = 0;
    HOLDS(aio_fsync(99, &out) == -1 && errno == EINVAL);
    close(fds[0]);
    close(fds[1]);
}

static void test_list(void)
{
    struct aiocb out;
    struct aiocb *list[1] = {&out};

    memset(&out, 0, sizeof out);
    out.aio_fildes = 1;
    out.aio_buf = (void *)"listed\n";
    out.aio_nbytes = 7;
    out.aio_lio_opcode = LIO_WRITE;
    HOLDS(lio_listio(LIO_WAIT, list, 1, NULL) == 0 && aio_error(&out) == 0 && aio_return(&out) == 7);
}

void run_aio(void)
{
    test_transfer();
    test_list();
}
