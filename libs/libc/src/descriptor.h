/*
 * descriptor.h: what a descriptor stands for: an open file with its operations.
 *
 * Descriptors are numbers of one process; several may name one open file, which lives until the last
 * of them is closed and the last operation on it has returned.
 */
#ifndef LIBC_DESCRIPTOR_H
#define LIBC_DESCRIPTOR_H

#include <stddef.h>

struct iovec;
struct kstat;
struct kos_file;

#define KOS_OPEN_MAX 256

/* Results as everywhere in the layer. `total` is the sum of the parts' sizes. */
struct kos_file_ops {
    long (*read)(struct kos_file *file, const struct iovec *parts, int count, size_t total);
    long (*write)(struct kos_file *file, const struct iovec *parts, int count, size_t total);
    int (*ready)(struct kos_file *file); /* POLLIN, POLLOUT, POLLHUP, POLLERR */
    void (*stat)(struct kos_file *file, struct kstat *st);
    long (*available)(struct kos_file *file); /* bytes that can be read at once, or an error */
    void (*end)(struct kos_file *file);       /* nobody uses it any more */
};

struct kos_file {
    const struct kos_file_ops *ops;
    volatile int flags; /* of open: the access mode, O_NONBLOCK, O_APPEND */
    int uses;           /* descriptors and operations under way; under the table's lock */
};

/* The file of a descriptor, in use until it is given back; null if there is none. */
struct kos_file *kos_file_take(int fd);
void kos_file_give(struct kos_file *file);
int kos_fd_is_open(int fd);

/* Names `file` by the lowest free descriptor, at least `least`; minus EMFILE if none is left. */
long kos_fd_make(struct kos_file *file, int least, int is_cloexec);
/* Names two files; both or none. */
long kos_fd_make_pair(struct kos_file *first, struct kos_file *second, int is_cloexec, int fds[2]);

/* Something can be read or written that could not before: whoever polls looks again. */
void kos_files_changed(void);

#endif
