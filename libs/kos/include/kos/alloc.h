/*
 * kos/alloc.h: the heap. The memory is that of malloc, and free() may free it.
 */
#ifndef KOS_ALLOC_H
#define KOS_ALLOC_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

/* Memory of so many bytes, readable and writable, aligned for any type; of zero bytes: a pointer that is
 * good for KosMemFree. RTL_NULL: no memory. */
void *KosMemAlloc(rtl_size_t size);
/* The same, aligned to `align` bytes, a power of two (RTL_NULL for others). zeroed: 1 fills the memory with
 * zeros. */
void *KosMemAllocEx(rtl_size_t size, rtl_size_t align, int zeroed);
/* KosMemAlloc filled with zeros. */
void *KosMemZalloc(rtl_size_t size);
/* Gives it back; a null pointer does nothing. */
void KosMemFree(void *ptr);
/* Bytes that may be used: at least the size asked for; of a null pointer none. */
rtl_size_t KosMemGetSize(void *ptr);

__RTL_END_DECLS

#endif
