/*
 * pipe.c: pipes inside the process.
 *
 * A ring of bytes with two ends. `change` counts what happens to it: who waits, waits for that word.
 * A write of at most PIPE_BUF bytes is whole, however many parts it has; a longer one goes piece by
 * piece. Nobody left to read: EPIPE and SIGPIPE; nobody left to write: the end of the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "descriptor.h"
#include "futex.h"
#include "kstat.h"
#include "layer.h"
#include "lock.h"

#define PIPE_BYTES 16384

struct pipe {
    struct kos_file ends[2]; /* 0: of reading */
    volatile int lock[1];
    volatile int change;
    volatile int waiting; /* threads in wait_change */
    unsigned char is_gone[2];
    size_t first, used;
    unsigned char ring[];
};

#define RING_BYTES (PIPE_BYTES - sizeof(struct pipe))

static struct pipe *pipe_of(struct kos_file *file)
{
    return (struct pipe *)(file - !!(file->flags & O_ACCMODE));
}

/* Under the lock. */
static void changed(struct pipe *p)
{
    p->change++;
    if (p->waiting) {
        kos_futex((uint32_t *)&p->change, FUTEX_WAKE, INT_MAX, NULL);
    }
}

/* Lets go of the lock, waits until something happens and takes it again. Zero or minus EINTR. */
static long wait_change(struct pipe *p)
{
    int seen = p->change;
    long r;

    p->waiting++;
    UNLOCK(p->lock);
    r = kos_futex((uint32_t *)&p->change, FUTEX_WAIT, (uint32_t)seen, NULL);
    if (r == -EINTR) {
        r = kos_interrupt(KOS_MAY_RESTART);
    }
    LOCK(p->lock);
    p->waiting--;
    return r == -EINTR ? r : 0;
}

/* Moves n bytes between the ring and the parts, from the offset `at` of their whole. */
static void copy(struct pipe *p, const struct iovec *parts, size_t at, size_t n, int is_write)
{
    size_t place = is_write ? (p->first + p->used) % RING_BYTES : p->first;

    for (; n > 0; parts++) {
        if (at >= parts->iov_len) {
            at -= parts->iov_len;
            continue;
        }
        for (size_t in = at; in < parts->iov_len && n > 0;) {
            unsigned char *data = (unsigned char *)parts->iov_base + in;
            size_t step = parts->iov_len - in;

            step = step < n ? step : n;
            step = step < RING_BYTES - place ? step : RING_BYTES - place;
            if (is_write) {
                memcpy(p->ring + place, data, step);
            } else {
                memcpy(data, p->ring + place, step);
            }
            place = (place + step) % RING_BYTES;
            in += step;
            n -= step;
        }
        at = 0;
    }
}

static long pipe_read(struct kos_file *file, const struct iovec *parts, int count, size_t total)
{
    struct pipe *p = pipe_of(file);
    long r = 0;

    (void)count;
    if (total == 0) {
        return 0;
    }
    LOCK(p->lock);
    while (r == 0 && p->used == 0 && !p->is_gone[1]) {
        r = file->flags & O_NONBLOCK ? -EAGAIN : wait_change(p);
    }
    if (r == 0 && p->used > 0) {
        r = (long)(total < p->used ? total : p->used);
        copy(p, parts, 0, (size_t)r, 0);
        p->first = (p->first + (size_t)r) % RING_BYTES;
        p->used -= (size_t)r;
        changed(p);
    }
    UNLOCK(p->lock);
    if (r > 0) {
        kos_files_changed();
    }
    return r;
}

/* Bytes that may be written now of `left`, so that short writes stay whole. */
static size_t room_for(const struct pipe *p, size_t left, size_t total)
{
    size_t room = RING_BYTES - p->used;

    if (total <= PIPE_BUF && room < left) {
        return 0;
    }
    return left < room ? left : room;
}

/* Under the lock. The bytes written, or an error if there are none. */
static long fill(struct kos_file *file, struct pipe *p, const struct iovec *parts, size_t total)
{
    size_t done = 0;
    long r = 0;

    while (r == 0 && done < total) {
        size_t n = room_for(p, total - done, total);

        if (p->is_gone[0]) {
            r = -EPIPE;
        } else if (n > 0) {
            copy(p, parts, done, n, 1);
            p->used += n;
            done += n;
            changed(p);
            kos_files_changed();
        } else {
            r = file->flags & O_NONBLOCK ? -EAGAIN : wait_change(p);
        }
    }
    return done > 0 ? (long)done : r;
}

static long pipe_write(struct kos_file *file, const struct iovec *parts, int count, size_t total)
{
    struct pipe *p = pipe_of(file);
    long r;

    (void)count;
    LOCK(p->lock);
    r = fill(file, p, parts, total);
    UNLOCK(p->lock);
    if (r == -EPIPE) {
        kos_signal_self(SIGPIPE);
    }
    return r;
}

static int pipe_ready(struct kos_file *file)
{
    struct pipe *p = pipe_of(file);
    int events = 0;

    LOCK(p->lock);
    if (file == &p->ends[0]) {
        events |= p->used > 0 ? POLLIN : 0;
        events |= p->is_gone[1] ? POLLHUP : 0;
    } else if (p->is_gone[0]) {
        events = POLLERR;
    } else {
        events = RING_BYTES - p->used >= PIPE_BUF ? POLLOUT : 0;
    }
    UNLOCK(p->lock);
    return events;
}

static void pipe_stat(struct kos_file *file, struct kstat *st)
{
    (void)file;
    st->st_mode = S_IFIFO | 0600;
    st->st_blksize = PIPE_BUF;
}

static long pipe_available(struct kos_file *file)
{
    struct pipe *p = pipe_of(file);
    long used;

    LOCK(p->lock);
    used = (long)p->used;
    UNLOCK(p->lock);
    return used;
}

static void pipe_end(struct kos_file *file)
{
    struct pipe *p = pipe_of(file);
    int both;

    LOCK(p->lock);
    p->is_gone[file == &p->ends[1]] = 1;
    both = p->is_gone[0] && p->is_gone[1];
    changed(p);
    UNLOCK(p->lock);
    if (both) {
        kos_munmap(p, PIPE_BYTES);
    }
    kos_files_changed();
}

static const struct kos_file_ops pipe_ops = {
    .read = pipe_read,
    .write = pipe_write,
    .ready = pipe_ready,
    .stat = pipe_stat,
    .available = pipe_available,
    .end = pipe_end,
};

long kos_pipe(int fds[2], int flags)
{
    struct pipe *p;
    long r;

    if (flags & ~(O_CLOEXEC | O_NONBLOCK)) {
        return -EINVAL;
    }
    r = kos_mmap(NULL, PIPE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    if (r < 0) {
        return r;
    }
    p = (struct pipe *)r;
    for (int i = 0; i < 2; i++) {
        p->ends[i].ops = &pipe_ops;
        p->ends[i].flags = (i ? O_WRONLY : O_RDONLY) | (flags & O_NONBLOCK);
    }
    r = kos_fd_make_pair(&p->ends[0], &p->ends[1], flags & O_CLOEXEC, fds);
    if (r < 0) {
        kos_munmap(p, PIPE_BYTES);
    }
    return r;
}
