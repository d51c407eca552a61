/*
 * descriptor.c: the table of descriptors, and what is the same for all files.
 *
 * 0, 1 and 2 are the console when a program starts (console.c); others are ends of pipes (pipe.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "console.h"
#include "descriptor.h"
#include "kstat.h"
#include "layer.h"
#include "lock.h"

#define PARTS_MAX 1024
#define SETTABLE  (O_NONBLOCK | O_APPEND) /* by F_SETFL */

static volatile int lock[1];
volatile int *const __kos_descriptor_lockptr = lock;
static struct kos_file *table[KOS_OPEN_MAX] = { &kos_console_in, &kos_console_out, &kos_console_err };
static unsigned char is_cloexec_set[KOS_OPEN_MAX];

static int is_number(int fd)
{
    return fd >= 0 && fd < KOS_OPEN_MAX;
}

struct kos_file *kos_file_take(int fd)
{
    struct kos_file *file = NULL;

    if (!is_number(fd)) {
        return NULL;
    }
    LOCK(lock);
    file = table[fd];
    if (file) {
        file->uses++;
    }
    UNLOCK(lock);
    return file;
}

void kos_file_give(struct kos_file *file)
{
    int left;

    LOCK(lock);
    left = --file->uses;
    UNLOCK(lock);
    if (left == 0) {
        file->ops->end(file);
    }
}

int kos_fd_is_open(int fd)
{
    return is_number(fd) && table[fd];
}

/* Under the lock. */
static int free_number(int least)
{
    int fd = least;

    while (fd < KOS_OPEN_MAX && table[fd]) {
        fd++;
    }
    return fd;
}

static void put(int fd, struct kos_file *file, int is_cloexec)
{
    table[fd] = file;
    is_cloexec_set[fd] = (unsigned char)!!is_cloexec;
    file->uses++;
}

long kos_fd_make(struct kos_file *file, int least, int is_cloexec)
{
    long fd;

    LOCK(lock);
    fd = free_number(least);
    if (fd < KOS_OPEN_MAX) {
        put((int)fd, file, is_cloexec);
    } else {
        fd = -EMFILE;
    }
    UNLOCK(lock);
    return fd;
}

long kos_fd_make_pair(struct kos_file *first, struct kos_file *second, int is_cloexec, int fds[2])
{
    int a, b;

    LOCK(lock);
    a = free_number(0);
    b = a < KOS_OPEN_MAX ? free_number(a + 1) : a;
    if (b < KOS_OPEN_MAX) {
        put(a, first, is_cloexec);
        put(b, second, is_cloexec);
    }
    UNLOCK(lock);
    if (b == KOS_OPEN_MAX) {
        return -EMFILE;
    }
    fds[0] = a;
    fds[1] = b;
    return 0;
}

long kos_close(int fd)
{
    struct kos_file *file = NULL;

    if (is_number(fd)) {
        LOCK(lock);
        file = table[fd];
        table[fd] = NULL;
        UNLOCK(lock);
    }
    if (!file) {
        return -EBADF;
    }
    kos_file_give(file);
    return 0;
}

static long duplicate(int fd, int least, int is_cloexec)
{
    struct kos_file *file = kos_file_take(fd);
    long r;

    if (!file) {
        return -EBADF;
    }
    r = least < 0 || least >= KOS_OPEN_MAX ? -EINVAL : kos_fd_make(file, least, is_cloexec);
    kos_file_give(file);
    return r;
}

long kos_dup(int fd)
{
    return duplicate(fd, 0, 0);
}

long kos_dup2(int fd, int to, int flags)
{
    struct kos_file *file, *old = NULL;

    if (!is_number(to)) {
        return -EBADF;
    }
    file = kos_file_take(fd);
    if (!file) {
        return -EBADF;
    }
    if (fd != to) {
        LOCK(lock);
        old = table[to];
        put(to, file, flags & O_CLOEXEC);
        UNLOCK(lock);
    }
    kos_file_give(file);
    if (old) {
        kos_file_give(old);
    }
    return to;
}

/* dup3 knows one flag and does not do nothing. */
long kos_dup3(int fd, int to, int flags)
{
    return fd == to || (flags & ~O_CLOEXEC) ? -EINVAL : kos_dup2(fd, to, flags);
}

long kos_fcntl(int fd, int command, long arg)
{
    struct kos_file *file;
    long r = 0;

    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) {
        return duplicate(fd, (int)arg, command == F_DUPFD_CLOEXEC);
    }
    file = kos_file_take(fd);
    if (!file) {
        return -EBADF;
    }
    switch (command) {
    case F_GETFD:
        r = is_cloexec_set[fd] ? FD_CLOEXEC : 0;
        break;
    case F_SETFD:
        is_cloexec_set[fd] = arg & FD_CLOEXEC;
        break;
    case F_GETFL:
        r = file->flags;
        break;
    case F_SETFL:
        file->flags = (file->flags & ~SETTABLE) | ((int)arg & SETTABLE);
        break;
    default:
        r = -EINVAL;
    }
    kos_file_give(file);
    return r;
}

/* The sum of the parts, or -1 if it does not fit a result. */
static long total_size(const struct iovec *parts, int count)
{
    size_t total = 0;

    if (count < 0 || count > PARTS_MAX) {
        return -1;
    }
    for (int i = 0; i < count; i++) {
        if (parts[i].iov_len > (size_t)PTRDIFF_MAX - total) {
            return -1;
        }
        total += parts[i].iov_len;
    }
    return (long)total;
}

static long transfer(int fd, const struct iovec *parts, int count, int is_write)
{
    struct kos_file *file = kos_file_take(fd);
    long total, r;

    if (!file) {
        return -EBADF;
    }
    total = total_size(parts, count);
    if ((file->flags & O_ACCMODE) == (is_write ? O_RDONLY : O_WRONLY)) {
        r = -EBADF;
    } else if (total < 0) {
        r = -EINVAL;
    } else {
        r = (is_write ? file->ops->write : file->ops->read)(file, parts, count, (size_t)total);
    }
    kos_file_give(file);
    return r;
}

long kos_readv(int fd, const struct iovec *parts, int count)
{
    return transfer(fd, parts, count, 0);
}

long kos_writev(int fd, const struct iovec *parts, int count)
{
    return transfer(fd, parts, count, 1);
}

long kos_read(int fd, void *data, size_t size)
{
    return transfer(fd, &(struct iovec){ data, size }, 1, 0);
}

long kos_write(int fd, const void *data, size_t size)
{
    return transfer(fd, &(struct iovec){ (void *)(uintptr_t)data, size }, 1, 1);
}

long kos_fstat(int fd, struct kstat *st)
{
    struct kos_file *file = kos_file_take(fd);

    if (!file) {
        return -EBADF;
    }
    memset(st, 0, sizeof *st);
    st->st_nlink = 1;
    file->ops->stat(file, st);
    kos_file_give(file);
    return 0;
}

/* Nothing is a terminal: it has no size and no modes. */
long kos_ioctl(int fd, unsigned request, int *value)
{
    struct kos_file *file = kos_file_take(fd);
    long r = -ENOTTY;

    if (!file) {
        return -EBADF;
    }
    if (request == FIONREAD && (r = file->ops->available(file)) >= 0) {
        *value = (int)r;
        r = 0;
    }
    kos_file_give(file);
    return r;
}
