/*
 * coresrv/io/barriers.h: order of accesses to memory that devices see too.
 *
 * What comes before the barrier in the program has happened, for every processor and device, before what
 * comes after it. All three order both reads and writes.
 */
#ifndef CORESRV_IO_BARRIERS_H
#define CORESRV_IO_BARRIERS_H

#include <rtl/compiler.h>

__RTL_BEGIN_DECLS

/* Orders reads. */
static inline void IoReadBarrier(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* Orders writes. */
static inline void IoWriteBarrier(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* Orders reads and writes. */
static inline void IoReadWriteBarrier(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

__RTL_END_DECLS

#endif
