/*
 * console.c: what standard input, output and error are when a program starts.
 *
 * Output goes to the kernel's console in pieces of at most 4 KiB, cut behind a line's end where
 * there is one, so that lines of several processes do not mix. Input is at its end.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "console.h"
#include "kstat.h"
#include "layer.h"

#define PIECE_MAX  4096 /* bytes that one HAL.DebugWrite takes */
#define GATHER_MAX 1024

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

/* Apart from console_write, which most often does without the stack that this takes. */
static __attribute__((__noinline__)) Retcode write_parts(const struct iovec *parts, int count)
{
    struct gather g = { .used = 0 };
    Retcode rc = rcOk;

    for (int i = 0; rc == rcOk && i < count; i++) {
        rc = gather_add(&g, parts[i].iov_base, parts[i].iov_len);
    }
    return rc == rcOk ? emit(g.buf, g.used) : rc;
}

static long console_write(struct kos_file *file, const struct iovec *parts, int count, size_t total)
{
    const struct iovec *only = NULL;
    int filled = 0;
    Retcode rc;

    (void)file;
    for (int i = 0; i < count; i++) {
        if (parts[i].iov_len > 0) {
            only = &parts[i];
            filled++;
        }
    }
    rc = filled > 1 ? write_parts(parts, count)
                    : only ? emit(only->iov_base, only->iov_len) : rcOk;
    return rc == rcOk ? (long)total : -EIO;
}

static long console_read(struct kos_file *file, const struct iovec *parts, int count, size_t total)
{
    (void)file;
    (void)parts;
    (void)count;
    (void)total;
    return 0;
}

/* Never blocks: reading is at its end, writing is always possible. */
static int console_ready(struct kos_file *file)
{
    return (file->flags & O_ACCMODE) == O_RDONLY ? POLLIN : POLLOUT;
}

static void console_stat(struct kos_file *file, struct kstat *st)
{
    (void)file;
    st->st_mode = S_IFCHR | 0620;
    st->st_blksize = GATHER_MAX;
}

static long console_available(struct kos_file *file)
{
    (void)file;
    return -ENOTTY;
}

static void console_end(struct kos_file *file)
{
    (void)file;
}

static const struct kos_file_ops console_ops = {
    .read = console_read,
    .write = console_write,
    .ready = console_ready,
    .stat = console_stat,
    .available = console_available,
    .end = console_end,
};

struct kos_file kos_console_in = { &console_ops, O_RDONLY, 1 };
struct kos_file kos_console_out = { &console_ops, O_WRONLY, 1 };
struct kos_file kos_console_err = { &console_ops, O_WRONLY, 1 };

int kos_fd_is_console(int fd)
{
    struct kos_file *file = kos_file_take(fd);
    int is = file && file->ops == &console_ops;

    if (file) {
        kos_file_give(file);
    }
    return is;
}
