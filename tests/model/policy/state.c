/*
 * state.c: what policy objects know of resources: a table of SIDs for each object. An event that is
 * denied, or undone, gets the table back as it was.
 */
#include <stdlib.h>
#include <string.h>

#include "ref.h"

struct ref *ref_new(const struct psl_policy *policy)
{
    struct ref *ref = calloc(1, sizeof(*ref));

    if (!ref)
        abort();
    ref->policy = policy;
    for (const struct psl_object *o = policy->objects; o && o->model <= PSL_REGEX; o = o->next)
        ref->first = o->number + 1;
    ref->now.audit_level = policy->audit_level;
    return ref;
}

void ref_free(struct ref *ref)
{
    free(ref);
}

void ref_save(struct ref *ref)
{
    if (!ref->is_saved)
        ref->before = ref->now;
    ref->is_saved = true;
}

struct ref_item *ref_item(struct ref *ref, const struct psl_object *object,
                          struct ref_resource resource)
{
    struct ref_item *items = ref->now.items[object->number - ref->first];

    if (!resource.sid || !resource.has_state)
        return NULL;
    for (int i = 0; i < REF_RESOURCES; i++) {
        if (items[i].sid == resource.sid)
            return &items[i];
    }
    return NULL;
}

struct ref_item *ref_new_item(struct ref *ref, const struct psl_object *object,
                              struct ref_resource resource, uint32_t pool)
{
    struct ref_item *items = ref->now.items[object->number - ref->first], *free = NULL;
    uint32_t n = 0;

    if (!resource.sid || !resource.has_state || ref_item(ref, object, resource))
        return NULL;
    for (int i = 0; i < REF_RESOURCES; i++) {
        n += items[i].sid != 0;
        free = items[i].sid ? free : &items[i];
    }
    if (pool && n == pool)
        return NULL;
    if (!free)
        abort();
    ref_save(ref);
    memset(free, 0, sizeof(*free));
    free->sid = resource.sid;
    return free;
}

void ref_undo(struct ref *ref)
{
    if (ref->may_undo && ref->is_saved)
        ref->now = ref->before;
    ref->may_undo = ref->is_saved = false;
}

void ref_forget(struct ref *ref, uint64_t sid)
{
    for (int o = 0; o < REF_OBJECTS; o++) {
        for (int i = 0; i < REF_RESOURCES; i++) {
            if (ref->now.items[o][i].sid == sid)
                memset(&ref->now.items[o][i], 0, sizeof(ref->now.items[o][i]));
        }
    }
    ref->may_undo = ref->is_saved = false;
}
