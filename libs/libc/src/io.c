/*
 * io.c: descriptors 0, 1 and 2: the console.
 *
 * Output goes to the kernel's console in pieces of at most 4 KiB, cut behind a line's end where
 * there is one, so that lines of several processes do not mix. Input is at its end. No other
 * descriptor exists until a file system is connected.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "kstat.h"
#include "layer.h"

#define PIECE_MAX  4096 /* bytes that one HAL.DebugWrite takes */
#define GATHER_MAX 1024

int kos_fd_is_console(int fd)
{
    return fd >= 0 && fd <= 2;
}

/* Bytes of the longest beginning of text that ends with a line, or all of it. */
static size_t whole_lines(const char *text, size_t size)
{
    for (size_t n = size; n > 0; n--) {
        if (text[n - 1] == '\n') {
            return n;
        }
    }
    return size;
}

static Retcode emit(const char *text, size_t size)
{
    while (size > 0) {
        size_t n = size <= PIECE_MAX ? size : whole_lines(text, PIECE_MAX);
        Retcode rc = KnDebugWrite(text, n);

        if (rc != rcOk) {
            return rc;
        }
        text += n;
        size -= n;
    }
    return rcOk;
}

long kos_write(int fd, const void *data, size_t size)
{
    if (fd != 1 && fd != 2) {
        return -EBADF;
    }
    if (size > (size_t)PTRDIFF_MAX) {
        return -EINVAL;
    }
    return emit(data, size) == rcOk ? (long)size : -EIO;
}

/* Small parts are put together, so that one line is one piece. */
struct gather {
    size_t used;
    char buf[GATHER_MAX];
};

static Retcode gather_add(struct gather *g, const char *text, size_t size)
{
    while (size > 0) {
        size_t room = GATHER_MAX - g->used;
        size_t n = size < room ? size : room;

        memcpy(g->buf + g->used, text, n);
        g->used += n;
        text += n;
        size -= n;
        if (g->used == GATHER_MAX) {
            size_t out = whole_lines(g->buf, g->used);
            Retcode rc = emit(g->buf, out);

            if (rc != rcOk) {
                return rc;
            }
            memmove(g->buf, g->buf + out, g->used - out);
            g->used -= out;
        }
    }
    return rcOk;
}

/* The sum of the parts, or -1 if it does not fit a result. */
static long total_size(const struct iovec *iov, int count, int *parts)
{
    size_t total = 0;

    for (int i = 0; i < count; i++) {
        if (iov[i].iov_len > (size_t)PTRDIFF_MAX - total) {
            return -1;
        }
        total += iov[i].iov_len;
        *parts += iov[i].iov_len > 0;
    }
    return (long)total;
}

long kos_writev(int fd, const struct iovec *iov, int count)
{
    struct gather g = { .used = 0 };
    int parts = 0;
    long total = count < 0 || count > 1024 ? -1 : total_size(iov, count, &parts);

    if (fd != 1 && fd != 2) {
        return -EBADF;
    }
    if (total < 0) {
        return -EINVAL;
    }
    for (int i = 0; i < count; i++) {
        Retcode rc = parts == 1 ? emit(iov[i].iov_base, iov[i].iov_len)
                                : gather_add(&g, iov[i].iov_base, iov[i].iov_len);

        if (rc != rcOk) {
            return -EIO;
        }
    }
    return emit(g.buf, g.used) == rcOk ? total : -EIO;
}

long kos_read(int fd)
{
    return fd == 0 ? 0 : -EBADF;
}

long kos_close(int fd)
{
    return kos_fd_is_console(fd) ? 0 : -EBADF;
}

long kos_lseek(int fd)
{
    return kos_fd_is_console(fd) ? -ESPIPE : -EBADF;
}

long kos_fcntl(int fd, int command)
{
    if (!kos_fd_is_console(fd)) {
        return -EBADF;
    }
    switch (command) {
    case F_GETFD:
    case F_SETFD:
    case F_SETFL:
        return 0;
    case F_GETFL:
        return fd == 0 ? O_RDONLY : O_WRONLY;
    default:
        return -EINVAL;
    }
}

long kos_fstat(int fd, struct kstat *st)
{
    if (!kos_fd_is_console(fd)) {
        return -EBADF;
    }
    memset(st, 0, sizeof *st);
    st->st_mode = S_IFCHR | 0620;
    st->st_nlink = 1;
    st->st_blksize = GATHER_MAX;
    return 0;
}

/* The console is not a terminal: it has no size and no modes. */
long kos_ioctl(int fd)
{
    return kos_fd_is_console(fd) ? -ENOTTY : -EBADF;
}

long kos_open(int flags)
{
    return flags & O_CREAT ? -ENOSYS : -ENOENT;
}
