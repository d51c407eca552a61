/*
 * alloc.c: the heap of kos/alloc.h, which is malloc's.
 */
#include <kos/alloc.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void *KosMemAlloc(rtl_size_t size)
{
    return malloc(size ? size : 1);
}

void *KosMemZalloc(rtl_size_t size)
{
    return calloc(1, size ? size : 1);
}

void *KosMemAllocEx(rtl_size_t size, rtl_size_t align, int zeroed)
{
    void *ptr = NULL;

    if (!align || (align & (align - 1))) {
        return RTL_NULL;
    }
    if (align < sizeof(void *)) {
        align = sizeof(void *);
    }
    if (posix_memalign(&ptr, align, size ? size : 1)) {
        return RTL_NULL;
    }
    if (zeroed) {
        memset(ptr, 0, size);
    }
    return ptr;
}

void KosMemFree(void *ptr)
{
    free(ptr);
}

rtl_size_t KosMemGetSize(void *ptr)
{
    return malloc_usable_size(ptr);
}
