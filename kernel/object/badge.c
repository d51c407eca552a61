/*
 * object/badge.c: see badge.h.
 */
#include "object/badge.h"

#include "mm/kmem.h"
#include "object/event.h"
#include "object/handle.h"

static void unplant(struct badge *b)
{
    struct object *under = b->under;
    tree_remove_badge(b);
    b->under = NULL;
    object_put(under);
    object_put(&b->object); /* what the tree held */
}

static void badge_destroy(struct object *o)
{
    struct badge *b = container_of(o, struct badge, object);
    struct account *account = b->account;
    kmem_free(account, b, sizeof *b);
    account_put(account);
}

static const struct object_ops badge_ops = {"badge", NULL, badge_destroy, NULL};

Retcode badge_create(struct account *account, uint64_t context, struct badge **out)
{
    Retcode rc = rcOk;
    struct badge *b = kmem_alloc(account, sizeof *b, &rc);
    if (!b)
        return rc;
    object_init(&b->object, OBJECT_BADGE, &badge_ops);
    b->account = account_ref(account);
    b->context = context;
    *out = b;
    return rcOk;
}

void badge_use(struct badge *b, struct handle_entry *parent, struct handle_entry *e)
{
    b->is_used = true;
    b->owner = parent->table;
    b->under = parent->object;
    object_ref(b->under);
    object_ref(&b->object);
    tree_add_child(parent, e, b);
}

static struct list pending = {&pending, &pending};

void badge_closed(struct badge *b)
{
    if (b->is_closed)
        return;
    b->is_closed = true;
    list_add_tail(&pending, &b->pending);
}

bool badges_settle(uint32_t budget)
{
    for (; budget > 0 && !list_empty(&pending); budget--) {
        struct badge *b = container_of(pending.next, struct badge, pending);
        list_remove(&b->pending);
        object_post(&b->object, EVENT_BADGE_CLOSED);
        unplant(b);
    }
    return list_empty(&pending);
}
