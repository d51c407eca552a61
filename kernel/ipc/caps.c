/*
 * ipc/caps.c: see caps.h.
 */
#include "ipc/caps.h"

#include "core/copy.h"
#include "core/process.h"
#include "ipc/user_object.h"
#include "object/badge.h"

#include <nk/types.h>

#define RIGHTS_DEREFERENCED 0x80000000u /* in a received one */

/* The badge named in a container; it can be used once. */
static Retcode find_badge(const struct handle_table *t, uint64_t handle, struct badge **out)
{
    struct object *o;
    if (handle >> 32)
        return rcInvalidArgument;
    Retcode rc = handle_get(t, (handle_t)handle, OBJECT_BADGE, 0, &o);
    if (rc != rcOk)
        return rc;
    *out = container_of(o, struct badge, object);
    return (*out)->is_used ? rcInvalidArgument : rcOk;
}

/* What the ancestor's own handle stands for: the context given when the resource was made. */
static uint64_t own_context(struct handle_entry *e)
{
    return e->object->kind == OBJECT_USER ? user_object_of(e->object)->context : 0;
}

/* Whether tree_ancestor would find none without a look at the tree. */
static inline bool has_no_ancestor(const struct tree_walk *walk, const struct handle_entry *e,
                                   const struct handle_table *table)
{
    return !walk->object && !(e->ancestors & table->mask_bit);
}

static Retcode check_one(struct cap *c, struct tree_walk *walk, uint32_t *budget,
                         const nk_handle_desc_t *d, struct process *from, struct process *to)
{
    struct badge *context = NULL;
    c->from = c->ancestor = NULL;
    c->badge = NULL;
    if (d->handle == NK_INVALID_HANDLE)
        return rcOk;
    struct handle_entry *e = handle_lookup(&from->handles, d->handle);
    if (!e)
        return handle_miss(&from->handles, d->handle);
    uint32_t rights = d->rights == RIGHTS_SAME ? e->rights : d->rights;
    if (!(e->rights & RIGHT_TRANSFER) || (rights & ~e->rights))
        return handle_refuse(e, rights | RIGHT_TRANSFER);
    c->from = e;
    c->rights = rights;
    if (!has_no_ancestor(walk, e, &to->handles) &&
        !tree_ancestor(walk, e, &to->handles, budget, &c->ancestor, &context))
        return rcRestart;
    if (c->ancestor) {
        c->context = context ? context->context : own_context(c->ancestor);
        return rcOk;
    }
    return d->badge ? find_badge(&from->handles, d->badge, &c->badge) : rcOk;
}

static nk_handle_desc_t container(const struct ksm_form *form, uint32_t i, const void *constant)
{
    nk_handle_desc_t d;
    copy_bytes(&d, (const uint8_t *)constant + form->handles[i], sizeof d);
    return d;
}

/* caps_check, for both kinds of callers. */
static inline __attribute__((always_inline)) Retcode
check(struct caps *caps, struct tree_walk *walk, uint32_t budget, const struct ksm_form *form,
      const void *constant, struct process *from, struct process *to)
{
    uint32_t fresh = 0;
    if (form->nhandles > CAPS_MAX)
        return rcInvalidArgument;
    caps->n = form->nhandles;
    for (uint32_t i = 0; i < caps->n; i++) {
        nk_handle_desc_t d = container(form, i, constant);
        Retcode rc = check_one(&caps->cap[i], walk, &budget, &d, from, to);
        if (rc != rcOk)
            return rc;
        for (uint32_t j = 0; caps->cap[i].badge && j < i; j++) {
            if (caps->cap[i].badge == caps->cap[j].badge)
                return rcInvalidArgument; /* one transfer a badge */
        }
        fresh += caps->cap[i].from && !caps->cap[i].ancestor;
    }
    return fresh ? handle_reserve(&to->handles, fresh) : rcOk;
}

Retcode caps_check(struct caps *caps, struct tree_walk *walk, uint32_t budget,
                   const struct ksm_form *form, const void *constant, struct process *from,
                   struct process *to)
{
    return check(caps, walk, budget, form, constant, from, to);
}

void caps_write(const struct caps *caps, const struct ksm_form *form, void *constant,
                struct process *to)
{
    const struct handle_entry *fresh = NULL;
    for (uint32_t i = 0; i < caps->n; i++) {
        const struct cap *c = &caps->cap[i];
        nk_handle_desc_t d = {0, 0, 0};
        if (c->ancestor) {
            d.handle = handle_number(c->ancestor);
            d.rights = c->rights | RIGHTS_DEREFERENCED;
            d.badge = c->context;
        } else if (c->from) {
            fresh = handle_next_free(&to->handles, fresh);
            d.handle = handle_number(fresh);
            d.rights = c->rights;
        }
        copy_bytes((uint8_t *)constant + form->handles[i], &d, sizeof d);
    }
}

bool caps_prepare(struct caps *caps, struct thread *from, struct thread *to,
                  const struct ksm_form *form, void *constant)
{
    if (!handle_has_room(&to->process->handles, form->nhandles) ||
        check(caps, &from->walk, CAPS_STEP, form, constant, from->process, to->process) != rcOk)
        return false;
    caps_write(caps, form, constant, to->process);
    return true;
}

void caps_commit(const struct caps *caps, struct process *to)
{
    for (uint32_t i = 0; i < caps->n; i++) {
        const struct cap *c = &caps->cap[i];
        if (c->from && !c->ancestor)
            handle_install_child(&to->handles, c->from, c->rights, c->badge);
    }
}

Retcode caps_context(struct tree_walk *walk, struct handle_entry *e, struct process *owner,
                     uint64_t *context, uint32_t *rights)
{
    struct handle_entry *ancestor;
    struct badge *badge;
    uint32_t budget = CAPS_STEP;
    if (!tree_ancestor(walk, e, &owner->handles, &budget, &ancestor, &badge))
        return rcRestart;
    *rights = e->rights | RIGHTS_DEREFERENCED;
    *context = ancestor && badge ? badge->context : own_context(e);
    return rcOk;
}
