/*
 * model.c: the models with state: Flow, HashSet, StaticMap, Mic. docs/reference/psl.md, "Models",
 * says what each rule grants.
 */
#include <string.h>

#include "ref.h"

static const struct ref_value fails = {.kind = REF_FAILS};

static bool resource_of(struct ref *ref, const struct psl_expr *dict, const char *name,
                        struct ref_resource *resource)
{
    const struct psl_expr *e = ref_argument(dict, name);
    struct ref_value v = e ? ref_eval(ref, e) : fails;

    *resource = v.resource;
    return v.kind == REF_SID;
}

static bool fini(struct ref *ref, const struct psl_object *object, struct ref_resource resource)
{
    struct ref_item *item = ref_item(ref, object, resource);

    if (!item)
        return false;
    ref_save(ref);
    memset(item, 0, sizeof(*item));
    return true;
}

static int index_of(const struct psl_expr *const *texts, unsigned n, const struct ref_value *v)
{
    for (unsigned i = 0; i < n; i++) {
        if (texts[i]->size == v->size && !memcmp(texts[i]->text, v->text, v->size))
            return (int)i;
    }
    return -1;
}

/* ---- Flow ---- */

static bool flow_rule(struct ref *ref, const struct psl_action *a, struct ref_resource resource)
{
    const struct psl_flow *flow = &a->object->flow;
    struct ref_item *item = ref_item(ref, a->object, resource);
    const struct psl_expr *list;
    struct ref_value state;
    int to;

    switch (a->rule) {
    case PSL_FLOW_INIT:
        item = ref_new_item(ref, a->object, resource, 0);
        if (item)
            item->state = flow->initial;
        return item != NULL;
    case PSL_FLOW_FINI:
        return fini(ref, a->object, resource);
    case PSL_FLOW_ENTER:
        state = ref_eval(ref, ref_argument(a->argument, "state"));
        to = state.kind == REF_TEXT ? index_of(flow->states, flow->nstates, &state) : -1;
        if (!item || to < 0 || !flow->transitions[item->state * flow->nstates + (unsigned)to])
            return false;
        ref_save(ref);
        item->state = (unsigned)to;
        return true;
    default:
        list = ref_argument(a->argument, "states");
        for (unsigned i = 0; item && i < list->nitems; i++) {
            state = ref_eval(ref, list->items[i].value);
            if (index_of(flow->states, flow->nstates, &state) == (int)item->state)
                return true;
        }
        return false;
    }
}

/* ---- HashSet ---- */

static int entry_index(const struct ref_item *item, const ref_number *words)
{
    for (unsigned i = 0; i < item->nentries; i++) {
        if (!memcmp(item->entries[i], words, sizeof(item->entries[i])))
            return (int)i;
    }
    return -1;
}

static bool set_rule(struct ref *ref, const struct psl_action *a, struct ref_resource resource)
{
    const struct psl_hashset *set = &a->object->hashset;
    struct ref_item *item = ref_item(ref, a->object, resource);
    ref_number words[REF_WORDS] = {0};
    unsigned n = 0;
    int at;

    if (a->rule == PSL_SET_INIT)
        return ref_new_item(ref, a->object, resource, set->pool_size) != NULL;
    if (a->rule == PSL_SET_FINI)
        return fini(ref, a->object, resource);
    if (!item || !ref_entry(ref, set->entry, ref_argument(a->argument, "entry"), words, &n))
        return false;
    at = entry_index(item, words);
    if (a->rule == PSL_SET_ADD ? at >= 0 : at < 0)
        return true;
    if (a->rule == PSL_SET_ADD && item->nentries == set->set_size)
        return false;
    ref_save(ref);
    if (a->rule == PSL_SET_ADD)
        memcpy(item->entries[item->nentries++], words, sizeof(words));
    else
        memcpy(item->entries[at], item->entries[--item->nentries], sizeof(words));
    return true;
}

/* ---- StaticMap ---- */

/* -1: there is no such key. */
static int key_of(struct ref *ref, const struct psl_object *object, const struct psl_expr *dict)
{
    struct ref_value v = ref_eval(ref, ref_argument(dict, "key"));

    if (v.kind == REF_PLACE && v.type->kind == NKIDL_ARRAY) {
        v = (struct ref_value){.kind = REF_TEXT, .text = (const char *)v.at, .size = v.type->count};
    } else if (v.kind == REF_PLACE) {
        const uint8_t *bytes;
        uint32_t size;

        if (!ref_chunk(ref, v.at, &bytes, &size))
            return -1;
        v = (struct ref_value){.kind = REF_TEXT, .text = (const char *)bytes, .size = size};
    }
    return v.kind == REF_TEXT ? index_of(object->staticmap.keys, object->staticmap.nkeys, &v) : -1;
}

static ref_number default_of(const struct psl_expr *e)
{
    return e->negative ? (ref_number)(int64_t)e->number : (ref_number)e->number;
}

static bool map_rule(struct ref *ref, const struct psl_action *a, struct ref_resource resource)
{
    const struct psl_staticmap *map = &a->object->staticmap;
    struct ref_item *item = ref_item(ref, a->object, resource);
    struct ref_value value;
    int key;

    if (a->rule == PSL_MAP_INIT) {
        item = ref_new_item(ref, a->object, resource, map->pool_size);
        for (unsigned i = 0; item && i < map->nkeys; i++)
            item->base[i] = item->working[i] = default_of(map->defaults[i]);
        return item != NULL;
    }
    if (a->rule == PSL_MAP_FINI)
        return fini(ref, a->object, resource);
    if (!item)
        return false;
    if (a->rule == PSL_MAP_SET) {
        key = key_of(ref, a->object, a->argument);
        value = ref_eval(ref, ref_argument(a->argument, "value"));
        if (key < 0 || value.kind == REF_FAILS)
            return false;
        ref_save(ref);
        item->working[key] = value.n;
        return true;
    }
    ref_save(ref);
    if (a->rule == PSL_MAP_COMMIT)
        memcpy(item->base, item->working, sizeof(item->base));
    else
        memcpy(item->working, item->base, sizeof(item->base));
    return true;
}

/* ---- Mic ---- */

bool ref_level_le(struct ref_level a, struct ref_level b)
{
    if (!a.is_set || !b.is_set || a.degree > b.degree)
        return false;
    for (unsigned c = 0; c < 32; c++) {
        if ((a.categories >> c & 1) && !(b.categories >> c & 1))
            return false;
    }
    return true;
}

static int index_of_text(const struct psl_expr *const *texts, unsigned n, const struct psl_expr *e)
{
    struct ref_value v = {.text = e->text, .size = e->size};

    return index_of(texts, n, &v);
}

bool ref_written_level(const struct psl_object *mic, const struct psl_expr *e,
                       struct ref_level *level)
{
    const struct psl_expr *degree = e, *categories = NULL;
    int at;

    *level = (struct ref_level){.is_set = true};
    if (e->kind == PSL_DICT) {
        degree = ref_argument(e, "degree");
        categories = ref_argument(e, "categories");
    }
    if (degree && degree->kind != PSL_TEXT)
        return false;
    if (degree && (at = index_of_text(mic->mic.degrees, mic->mic.ndegrees, degree)) >= 0) {
        level->degree = (unsigned)at;
    } else if (degree) { /* without degrees, a category by itself */
        at = index_of_text(mic->mic.categories, mic->mic.ncategories, degree);
        if (at < 0)
            return false;
        level->categories = 1u << at;
    }
    for (unsigned i = 0; categories && i < categories->nitems; i++) {
        at = index_of_text(mic->mic.categories, mic->mic.ncategories, categories->items[i].value);
        if (at < 0)
            return false;
        level->categories |= 1u << at;
    }
    return true;
}

static struct ref_level level_of(struct ref *ref, const struct psl_object *mic,
                                 struct ref_resource resource, bool is_from)
{
    struct ref_item *item = ref_item(ref, mic, resource);
    struct ref_level none = {0};

    return !item ? none : is_from ? item->from : item->level;
}

/* The level that an argument states; not set if there is none. False: it cannot be computed. */
static bool level_argument(struct ref *ref, const struct psl_action *a, const char *name,
                           struct ref_level *level)
{
    const struct psl_expr *e = ref_argument(a->argument, name);

    *level = (struct ref_level){0};
    if (!e)
        return true;
    if (e->kind == PSL_CALL) {
        struct ref_value v = ref_eval(ref, e);

        *level = v.level;
        return v.kind == REF_LEVEL;
    }
    return ref_written_level(a->object, e, level);
}

static bool assign(struct ref *ref, const struct psl_object *mic, struct ref_resource target,
                   struct ref_level level, struct ref_level from)
{
    struct ref_item *item = ref_item(ref, mic, target);

    if (!item)
        item = ref_new_item(ref, mic, target, 0);
    if (!item)
        return false;
    ref_save(ref);
    item->level = level;
    item->from = from;
    return true;
}

static bool mic_execute(struct ref *ref, const struct psl_action *a, struct ref_resource target)
{
    struct ref_level level, from, bound = {0};
    bool has_image = ref_argument(a->argument, "image") != NULL;
    struct ref_resource image = {0};

    if ((has_image && !resource_of(ref, a->argument, "image", &image)) ||
        !level_argument(ref, a, "level", &level) || !level_argument(ref, a, "levelR", &from))
        return false;
    bound = level_of(ref, a->object, image, false);
    level = level.is_set ? level : bound;
    from = from.is_set ? from : level;
    return !level_of(ref, a->object, target, false).is_set && ref_level_le(from, level) &&
           (!has_image || ref_level_le(level, bound)) &&
           assign(ref, a->object, target, level, from);
}

/* create, upgrade, delete: within what source, driver and container have. */
static bool mic_change(struct ref *ref, const struct psl_action *a, struct ref_resource source,
                       struct ref_resource target)
{
    bool has_container = ref_argument(a->argument, "container") != NULL;
    struct ref_resource driver, container = {0};
    struct ref_level level, now = level_of(ref, a->object, target, false);
    struct ref_level from = level_of(ref, a->object, target, true);

    if (!resource_of(ref, a->argument, "driver", &driver) ||
        (has_container && !resource_of(ref, a->argument, "container", &container)) ||
        !level_argument(ref, a, "level", &level))
        return false;
    if (a->rule == PSL_MIC_DELETE)
        level = now;
    if (!ref_level_le(level, level_of(ref, a->object, source, false)) ||
        !ref_level_le(level, level_of(ref, a->object, driver, false)) ||
        (has_container && !ref_level_le(level, level_of(ref, a->object, container, false))))
        return false;
    if (a->rule == PSL_MIC_DELETE)
        return fini(ref, a->object, target);
    if (a->rule == PSL_MIC_CREATE)
        return !now.is_set && assign(ref, a->object, target, level, level);
    if (!ref_level_le(now, level))
        return false;
    /* R stays, unless it was the level itself. */
    if (from.degree == now.degree && from.categories == now.categories)
        from = level;
    return assign(ref, a->object, target, level, from);
}

static bool mic_rule(struct ref *ref, const struct psl_action *a)
{
    struct ref_resource source = {0}, target;
    struct ref_level l, r, t;

    if (!resource_of(ref, a->argument, "target", &target))
        return false;
    if (a->rule == PSL_MIC_EXECUTE)
        return mic_execute(ref, a, target);
    if (!resource_of(ref, a->argument, "source", &source))
        return false;
    if (a->rule < PSL_MIC_CALL)
        return mic_change(ref, a, source, target);
    l = level_of(ref, a->object, source, false);
    r = level_of(ref, a->object, source, true);
    t = level_of(ref, a->object, target, false);
    if (a->rule == PSL_MIC_CALL || a->rule == PSL_MIC_READ)
        return ref_level_le(l, t) || ref_level_le(r, t);
    return ref_level_le(t, l);
}

/* ---- all ---- */

bool ref_model_rule(struct ref *ref, const struct psl_action *a)
{
    struct ref_resource resource;

    if (a->object->model == PSL_MIC)
        return mic_rule(ref, a);
    if (!resource_of(ref, a->argument, "sid", &resource))
        return false;
    if (a->object->model == PSL_FLOW)
        return flow_rule(ref, a, resource);
    return a->object->model == PSL_HASHSET ? set_rule(ref, a, resource)
                                           : map_rule(ref, a, resource);
}

struct ref_value ref_model_value(struct ref *ref, const struct psl_expr *e)
{
    struct ref_resource resource;
    struct ref_item *item;
    struct ref_value v = {0};
    ref_number words[REF_WORDS] = {0};
    unsigned n = 0;
    int key;

    if (!resource_of(ref, e->left, e->function == PSL_MIC_QUERY_LEVEL ? "source" : "sid",
                     &resource))
        return fails;
    item = ref_item(ref, e->object, resource);
    if (!item)
        return fails;
    switch (e->function) {
    case PSL_FLOW_QUERY:
        v.kind = REF_TEXT;
        v.text = e->object->flow.states[item->state]->text;
        v.size = e->object->flow.states[item->state]->size;
        return v;
    case PSL_SET_CONTAINS:
        if (!ref_entry(ref, e->object->hashset.entry, ref_argument(e->left, "entry"), words, &n))
            return fails;
        v.kind = REF_BOOL;
        v.n = entry_index(item, words) >= 0;
        return v;
    case PSL_MIC_QUERY_LEVEL:
        v.kind = item->level.is_set ? REF_LEVEL : REF_FAILS;
        v.level = item->level;
        return v;
    default:
        key = key_of(ref, e->object, e->left);
        if (key < 0)
            return fails;
        v.kind = REF_INT;
        v.n = e->function == PSL_MAP_GET ? item->base[key] : item->working[key];
        return v;
    }
}
