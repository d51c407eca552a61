/*
 * names.c: calls that name a file, and calls for sockets. No file system and no network is connected:
 * names stand for nothing (ENOENT), nothing can be made (ENOSYS), no family of addresses is known.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include "console.h"
#include "layer.h"

/* A descriptor that cannot do it. */
static long on_descriptor(int fd, long error)
{
    return kos_fd_is_open(fd) ? error : -EBADF;
}

static long open_call(int flags)
{
    return flags & O_CREAT ? -ENOSYS : -ENOENT;
}

/* With a null path the call is for the descriptor itself. */
static long utimens_call(int fd, const char *path)
{
    return path ? -ENOENT : on_descriptor(fd, -EINVAL);
}

long kos_name_call(long n, long a, long b, long c)
{
    switch (n) {
    case SYS_open:
        return open_call((int)b);
    case SYS_openat:
        return open_call((int)c);
    case SYS_utimensat:
        return utimens_call((int)a, (const char *)(uintptr_t)b);
    case SYS_stat:
    case SYS_lstat:
    case SYS_newfstatat:
    case SYS_access:
    case SYS_faccessat:
    case SYS_faccessat2:
    case SYS_readlink:
    case SYS_readlinkat:
    case SYS_unlink:
    case SYS_unlinkat:
    case SYS_rmdir:
    case SYS_chdir:
    case SYS_rename:
    case SYS_renameat:
    case SYS_chmod:
    case SYS_fchmodat:
    case SYS_chown:
    case SYS_lchown:
    case SYS_fchownat:
    case SYS_link:
    case SYS_linkat:
    case SYS_truncate:
    case SYS_statfs:
        return -ENOENT;
    default:
        return -ENOSYS;
    }
}

long kos_socket_call(long n, int fd)
{
    switch (n) {
    case SYS_socket:
    case SYS_socketpair:
        return -EAFNOSUPPORT;
    case SYS_accept:
    case SYS_accept4:
    case SYS_bind:
    case SYS_connect:
    case SYS_getpeername:
    case SYS_getsockname:
    case SYS_getsockopt:
    case SYS_setsockopt:
    case SYS_listen:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_shutdown:
        return on_descriptor(fd, -ENOTSOCK);
    default:
        return -ENOSYS;
    }
}

/* What only regular files and folders can do. */
long kos_file_only_call(long n, int fd)
{
    switch (n) {
    case SYS_lseek:
    case SYS_pread64:
    case SYS_pwrite64:
    case SYS_preadv:
    case SYS_pwritev:
    case SYS_fadvise64:
    case SYS_fallocate:
        return on_descriptor(fd, -ESPIPE);
    case SYS_fchdir:
        return on_descriptor(fd, -ENOTDIR);
    case SYS_fchmod:
    case SYS_fchown:
    case SYS_ftruncate:
        return on_descriptor(fd, -EINVAL);
    case SYS_fsync:
    case SYS_fdatasync:
        return kos_fd_is_console(fd) ? 0 : on_descriptor(fd, -EINVAL);
    default:
        return -ENOSYS;
    }
}
