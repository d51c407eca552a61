/*
 * object.c: objects with a count of references (kos/objects.h). See object.h.
 */
#include "object.h"

#include <kos/objects.h>
#include <stdlib.h>

struct header {
    _Alignas(16) void (*destroy)(void *object);
    rtl_uint32_t refs;
};

static struct header *header_of(void *object)
{
    return (struct header *)object - 1;
}

void *object_create(size_t size, void (*destroy)(void *object))
{
    struct header *header = calloc(1, sizeof(*header) + size);

    if (!header) {
        return NULL;
    }
    header->destroy = destroy;
    header->refs = 1;
    return header + 1;
}

void *KosRefObject(void *object)
{
    __atomic_add_fetch(&header_of(object)->refs, 1, __ATOMIC_RELAXED);
    return object;
}

void KosPutObject(void *object)
{
    struct header *header = header_of(object);

    if (__atomic_sub_fetch(&header->refs, 1, __ATOMIC_ACQ_REL) == 0) {
        header->destroy(object);
        free(header);
    }
}
