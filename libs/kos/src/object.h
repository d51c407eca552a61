/*
 * object.h: objects with a count of references.
 *
 * The count stands in front of what the program sees, so a pointer to the object is all that
 * KosRefObject() and KosPutObject() need.
 */
#ifndef KOS_OBJECT_H
#define KOS_OBJECT_H

#include <stddef.h>

/* `size` bytes, zero, with one reference; null without memory. destroy runs before they are freed. */
void *object_create(size_t size, void (*destroy)(void *object));

#endif
