/*
 * stack.c: stacks of threads that have ended, kept for the next ones.
 *
 * A stack is reserved, committed, touched and freed by several kernel calls and page faults; most
 * of that is saved by using it again. A few are kept, linked through the struct pthread that lies
 * in each, under the lock of the thread list: a thread that ends while it stands on its stack gives
 * that back before the kernel releases the lock for it. Only the part that has to be zero is
 * cleared again.
 */
#include <string.h>
#include <sys/mman.h>

#include "layer.h"
#include "libc.h"
#include "pthread_impl.h"

#define KEPT_MAX  8
#define BYTES_MAX 0x200000u /* of one stack that is kept; reserved, most of it never touched */

extern hidden volatile size_t __pthread_tsd_size;

static struct pthread *kept;
static unsigned kept_count;

int kos_stack_keep(void *of)
{
    struct pthread *thread = of;

    if (kept_count == KEPT_MAX || thread->map_size > BYTES_MAX) {
        return 0;
    }
    thread->kos.next_kept = kept;
    kept = thread;
    kept_count++;
    return 1;
}

unsigned char *__kos_stack_take(size_t size, size_t guard)
{
    size_t dirty = libc.tls_size + __pthread_tsd_size;
    struct pthread *found, *before = NULL;
    unsigned char *map = NULL;

    __tl_lock();
    for (found = kept; found; before = found, found = found->kos.next_kept) {
        if (found->map_size == size && found->guard_size == guard) {
            break;
        }
    }
    if (found) {
        if (before) {
            before->kos.next_kept = found->kos.next_kept;
        } else {
            kept = found->kos.next_kept;
        }
        kept_count--;
        map = found->map_base;
    }
    __tl_unlock();
    if (map) {
        memset(map + size - dirty, 0, dirty);
    }
    return map;
}

void __kos_stack_give(struct pthread *thread)
{
    int is_kept;

    __tl_lock();
    is_kept = kos_stack_keep(thread);
    __tl_unlock();
    if (!is_kept) {
        munmap(thread->map_base, thread->map_size);
    }
}

int kos_stacks_free(void)
{
    struct pthread *thread;

    __tl_lock();
    thread = kept;
    if (thread) {
        kept = thread->kos.next_kept;
        kept_count--;
    }
    __tl_unlock();
    return thread && kos_munmap(thread->map_base, thread->map_size) == 0;
}
