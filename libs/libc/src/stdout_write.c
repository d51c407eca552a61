/*
 * stdout_write.c: the first write to stdout decides how it is buffered.
 *
 * The console gets whole lines at once, so that a program that is stopped has printed what it said;
 * anything else is written in full buffers.
 */
#include "stdio_impl.h"
#include "console.h"

size_t __stdout_write(FILE *f, const unsigned char *buf, size_t len)
{
    f->write = __stdio_write;
    if (!(f->flags & F_SVB) && !kos_fd_is_console(f->fd)) {
        f->lbf = -1;
    }
    return __stdio_write(f, buf, len);
}
