/*
 * kos/objects.h: references on objects that libkos counts (a Notice, say).
 */
#ifndef KOS_OBJECTS_H
#define KOS_OBJECTS_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

/* Adds a reference; returns the object. */
void *KosRefObject(void *object);
/* Gives a reference up; the last one destroys the object. */
void KosPutObject(void *object);

__RTL_END_DECLS

#endif
