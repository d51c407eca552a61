/*
 * object/badge.h: resource transfer contexts.
 *
 * A badge is sent with one handle; its pair of brackets then encloses everything that this transfer
 * produced. When nothing of it is left EVENT_BADGE_CLOSED fires, once. The owner then closes the badge's
 * handle, and EVENT_OBJECT_DESTROYED tells that the context can be freed.
 */
#ifndef OBJECT_BADGE_H
#define OBJECT_BADGE_H

#include <rtl/retcode.h>

#include "object/notice.h"
#include "object/object.h"
#include "object/tree.h"

struct account;
struct handle_entry;
struct handle_table;

struct badge {
    struct object object;
    struct account *account;
    struct tree_pair pair;
    struct tree_ref parent; /* that handle, for RevokeSubtree */
    struct object *under; /* in whose tree the pair stands; reference held while planted */
    uint64_t context;     /* of the process that made it: means nothing to any other */
    const struct handle_table *owner; /* whose handle it was sent with; compared, not followed */
    bool is_used;         /* sent with a handle, once for all */
    bool is_planted;
    bool is_closed;
    struct post post; /* of its closing */
};

/* rcQuotaExceeded, rcOutOfMemory. One reference for the caller. */
Retcode badge_create(struct account *account, uint64_t context, struct badge **out);
/* Plants the pair around e, a child of parent; cannot fail. */
void badge_use(struct badge *b, struct handle_entry *parent, struct handle_entry *e);
/* The tree found nothing between the brackets any more: the event will be told (objects_settle). */
void badge_closed(struct badge *b);

#endif
