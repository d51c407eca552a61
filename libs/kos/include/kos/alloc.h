/*
 * kos/alloc.h: the heap. The memory is that of malloc, and free() may free it.
 */
#ifndef KOS_ALLOC_H
#define KOS_ALLOC_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

void *KosMemAlloc(rtl_size_t size);
/* align: a power of two. zeroed: 1 fills the memory with zeros. Null on failure. */
void *KosMemAllocEx(rtl_size_t size, rtl_size_t align, int zeroed);
void *KosMemZalloc(rtl_size_t size);
void KosMemFree(void *ptr);
/* Usable bytes: at least the size asked for. */
rtl_size_t KosMemGetSize(void *ptr);

__RTL_END_DECLS

#endif
