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

static bool badge_destroy(struct object *o, uint32_t budget)
{
    struct badge *b = container_of(o, struct badge, object);
    struct account *account = b->account;
    (void)budget;
    kmem_free(account, b, sizeof *b);
    account_put(account);
    return true;
}

/* Tells that it is closed; then its brackets go, which may close the next one. */
static bool badge_settle(struct object *o, uint32_t budget)
{
    struct badge *b = container_of(o, struct badge, object);
    bool is_told = object_is_posting(&b->post)
                       ? object_post_step(&b->post, budget)
                       : object_post(&b->post, o, EVENT_BADGE_CLOSED, budget);
    if (is_told)
        unplant(b);
    return is_told;
}

static const struct object_ops badge_ops = {.name = "badge", .destroy = badge_destroy,
                                            .settle = badge_settle};

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

void badge_closed(struct badge *b)
{
    if (b->is_closed)
        return;
    b->is_closed = true;
    object_settle_later(&b->object);
}
