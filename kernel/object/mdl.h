/*
 * object/mdl.h: shared memory as an object (the documents call it MDL, memory descriptor list).
 *
 * Whoever holds a handle with the rights can map it. A mapping has a pair in the inheritance tree inside
 * that of the handle it was made through: revoking that handle, or one above it, unmaps. Closing it
 * leaves the mapping where it is, inside the parent's pair. A mapping keeps the object alive.
 *
 * What an object may ever be is fixed when it is made, and is never both writable and executable.
 * Freeing a large one takes steps: objects_settle().
 */
#ifndef OBJECT_MDL_H
#define OBJECT_MDL_H

#include "mm/shared.h"
#include "object/handle.h"
#include "object/object.h"

struct mdl {
    struct object object;
    struct shared memory;
    uint8_t max_prot; /* enum mem_access */
};

static inline struct mdl *mdl_of(struct object *o)
{
    return container_of(o, struct mdl, object);
}

/* Zeroed memory of `size` bytes, rounded up to pages, charged whole. One reference for the caller.
 * rcInvalidArgument: size zero or not representable. rcSecurityDisallow: writable and executable.
 * rcQuotaExceeded, rcOutOfMemory. */
Retcode mdl_create(struct account *account, uint64_t size, uint32_t max_prot, struct mdl **out);
static inline uint64_t mdl_size(const struct mdl *m)
{
    return m->memory.pages << PAGE_SHIFT;
}
/* The rights of its maker's handle. */
uint32_t mdl_rights(const struct mdl *m);

/* Maps a part into `as` through e, a handle of an MDL: flags as of aspace_allocate. *is_filled: it has all
 * its pages already (VM_FILL).
 * rcInvalidArgument: part empty, not on a page, not inside. rcSecurityDisallow: more than e's rights
 * allow, or writable and executable. rcAlreadyExists, rcQuotaExceeded, rcOutOfMemory. */
Retcode mdl_map(struct handle_entry *e, struct aspace *as, uint64_t offset, uint64_t size,
                uint64_t hint, uint32_t flags, uint64_t *out, bool *is_filled);

/* ---- long operations on a new one, driven by the thread that makes it ---- */

enum mdl_work_kind {
    MDL_WORK_FILL,    /* gives every page its frame */
    MDL_WORK_READ,    /* copies bytes of the current program */
    MDL_WORK_CLONE,   /* copies another one's contents */
    MDL_WORK_PREPARE, /* makes all tables, so that pages can be moved in */
    MDL_WORK_MOVE,    /* moves pages of a program's range that is a mapping of it already */
};
struct mdl_work {
    enum mdl_work_kind kind;
    struct mdl *to;    /* reference held; null: no work under way */
    struct mdl *from;  /* reference held, or null */
    struct aspace *as; /* of the thread */
    uint64_t cursor;   /* bytes done */
    uint64_t source;   /* address in the program */
    uint64_t size;     /* bytes to do */
};

/* rcRestart: call again. rcOk: done. rcOutOfMemory. rcSourceFault: the program's bytes are not there. */
Retcode mdl_work_step(struct mdl_work *w);
/* After MDL_WORK_PREPARE: makes the program's range, private committed memory, the first mapping of
 * w->to, enters a handle, and goes on as MDL_WORK_MOVE. rcInvalidArgument: not such memory.
 * rcSecurityDisallow: it may be used in ways that w->to may not. rcQuotaExceeded, rcOutOfMemory. */
Retcode mdl_share(struct mdl_work *w, struct handle_table *t, handle_t *out);
/* Drops the references. */
void mdl_work_end(struct mdl_work *w);

#endif
