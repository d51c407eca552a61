/*
 * objects.c: policy objects: the predeclared ones, and the configurations of those that the policy
 * declares.
 */
#include <string.h>

#include "internal.h"

static struct psl_object *add_object(struct psl_policy *policy, enum psl_model model,
                                     const char *name, struct nkidl_loc loc)
{
    struct psl_object **end = &policy->objects, *object = nkidl_alloc(policy->idl, sizeof(*object));
    unsigned n = 0;

    for (; *end; end = &(*end)->next)
        n++;
    object->model = model;
    object->name = name;
    object->loc = loc;
    object->number = n;
    object->slot = -1;
    *end = object;
    return object;
}

void predeclare_objects(struct psl_policy *policy)
{
    static const struct {
        enum psl_model model;
        const char *name;
    } objects[] = {{PSL_PRED, "pred"},     {PSL_BOOLEAN, "bool"}, {PSL_MATH, "math"},
                   {PSL_STRUCT, "struct"}, {PSL_BASE, "base"},    {PSL_REGEX, "re"}};

    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
        add_object(policy, objects[i].model, objects[i].name, (struct nkidl_loc){0});
}

struct psl_object *find_object(const struct psl_policy *policy, const char *name)
{
    struct psl_object *object = policy->objects;

    while (object && strcmp(object->name, name) != 0)
        object = object->next;
    return object;
}

/* ---- pieces of configurations ---- */

static void bad(struct reader *r, struct nkidl_loc loc, const char *help, const char *text)
{
    nkidl_error(r->idl, loc, help, "%s", text);
}

static const struct psl_expr *field(const struct psl_expr *dict, const char *name)
{
    for (unsigned i = 0; i < dict->nitems; i++) {
        const struct psl_expr *key = dict->items[i].key;

        if (key && key->kind != PSL_INT &&
            !strcmp(key->kind == PSL_TEXT ? key->text : key->name, name))
            return dict->items[i].value;
    }
    return NULL;
}

/* Every key is one of `names`, "a b c". */
static void check_fields(struct reader *r, const struct psl_expr *dict, const char *names,
                         const char *model)
{
    for (unsigned i = 0; i < dict->nitems; i++) {
        const struct psl_expr *key = dict->items[i].key;
        const char *name = key->kind == PSL_TEXT   ? key->text
                           : key->kind == PSL_NAME ? key->name
                                                   : "?";
        const char *at = strstr(names, name);

        if (!at || (at != names && at[-1] != ' ') || (at[strlen(name)] && at[strlen(name)] != ' '))
            nkidl_error(r->idl, key->loc, nkidl_format(r->idl, "there are: %s", names),
                        "the configuration of %s has no '%s'", model, name);
        else if (field(dict, name) != dict->items[i].value)
            nkidl_error(r->idl, key->loc, NULL, "'%s' stands twice in the configuration", name);
    }
}

static uint32_t count_field(struct reader *r, const struct psl_expr *dict, const char *name)
{
    const struct psl_expr *value = field(dict, name);

    if (!value) {
        nkidl_error(r->idl, dict->loc, nkidl_format(r->idl, "for example: %s: 16", name),
                    "the configuration lacks '%s'", name);
        return 1;
    }
    if (value->kind != PSL_INT || value->negative || value->number == 0 ||
        value->number > POOL_WORDS_MAX) {
        nkidl_error(r->idl, value->loc, nkidl_format(r->idl, "1 to %d", (int)POOL_WORDS_MAX),
                    "'%s' is not a number that is possible here", name);
        return 1;
    }
    return (uint32_t)value->number;
}

static bool same_text(const struct psl_expr *a, const struct psl_expr *b)
{
    return a->size == b->size && !memcmp(a->text, b->text, a->size);
}

static int text_index(const struct psl_expr *text, const struct psl_expr **list, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (same_text(text, list[i]))
            return (int)i;
    }
    return -1;
}

/* A list of texts without duplicates (which are dropped). */
static unsigned text_list(struct reader *r, const struct psl_expr *list, const char *what,
                          const struct psl_expr ***out)
{
    unsigned n = 0;

    *out = NULL;
    if (list->kind != PSL_LIST) {
        nkidl_error(r->idl, list->loc, "[\"a\", \"b\"]", "%s is a list of texts", what);
        return 0;
    }
    *out = nkidl_alloc(r->idl, (list->nitems + 1) * sizeof(**out));
    for (unsigned i = 0; i < list->nitems; i++) {
        const struct psl_expr *text = list->items[i].value;

        if (text->kind != PSL_TEXT)
            nkidl_error(r->idl, text->loc, "\"a\"", "%s is a list of texts", what);
        else if (text_index(text, *out, n) < 0)
            (*out)[n++] = text;
    }
    return n;
}

/* ---- types ---- */

static const struct type *alias(struct reader *r, const struct setting *settings, const char *name)
{
    for (const struct setting *s = settings; s; s = s->next) {
        if (s->type && !strcmp(s->name.text, name))
            return s->type;
    }
    for (const struct setting *s = r->types.first; s; s = s->next) {
        if (!strcmp(s->name.text, name))
            return s->type;
    }
    return NULL;
}

static bool scalar_shape(const char *name, struct psl_shape *shape)
{
    static const struct {
        const char *name;
        enum psl_shape_kind kind;
        unsigned bits;
    } scalars[] = {
        {"UInt8", PSL_SHAPE_UINT, 8},   {"UInt16", PSL_SHAPE_UINT, 16},
        {"UInt32", PSL_SHAPE_UINT, 32}, {"UInt64", PSL_SHAPE_UINT, 64},
        {"SInt8", PSL_SHAPE_SINT, 8},   {"SInt16", PSL_SHAPE_SINT, 16},
        {"SInt32", PSL_SHAPE_SINT, 32}, {"SInt64", PSL_SHAPE_SINT, 64},
        {"Boolean", PSL_SHAPE_BOOL, 1}, {"Sid", PSL_SHAPE_SID, 64},
        {"Handle", PSL_SHAPE_SID, 64},
    };

    for (size_t i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++) {
        if (!strcmp(scalars[i].name, name)) {
            shape->kind = scalars[i].kind;
            shape->bits = scalars[i].bits;
            shape->words = 1;
            return true;
        }
    }
    return false;
}

static struct psl_shape *shape_of(struct reader *r, const struct setting *settings,
                                  const struct type *type, unsigned depth);

static void compose(struct reader *r, const struct setting *settings, const struct type *type,
                    struct psl_shape *shape, unsigned depth)
{
    unsigned n = 0;

    shape->kind = type->kind == TYPE_DICT ? PSL_SHAPE_DICT : PSL_SHAPE_TUPLE;
    for (const struct type *part = type->parts; part; part = part->next)
        shape->nparts++;
    shape->parts = nkidl_alloc(r->idl, shape->nparts * sizeof(*shape->parts));
    shape->names = nkidl_alloc(r->idl, shape->nparts * sizeof(*shape->names));
    for (const struct type *part = type->parts; part; part = part->next, n++) {
        shape->parts[n] = shape_of(r, settings, part, depth + 1);
        shape->names[n] = part->part_name;
        shape->words += shape->parts[n]->words;
    }
}

static struct psl_shape *shape_of(struct reader *r, const struct setting *settings,
                                  const struct type *type, unsigned depth)
{
    enum { WORDS_MAX = 64, ALIASES_MAX = 16 };
    struct psl_shape *shape = nkidl_alloc(r->idl, sizeof(*shape));
    const struct type *named;

    shape->kind = PSL_SHAPE_UINT;
    shape->bits = 64;
    shape->words = 1;
    if (type->kind == TYPE_NAME && !type->parts && scalar_shape(type->name, shape))
        return shape;
    if (type->kind == TYPE_NAME && !type->parts && depth < ALIASES_MAX &&
        (named = alias(r, settings, type->name)))
        return shape_of(r, settings, named, depth + 1);
    shape->words = 0;
    if ((type->kind == TYPE_TUPLE || type->kind == TYPE_DICT) && depth < ALIASES_MAX)
        compose(r, settings, type, shape, depth);
    else
        bad(r, type->loc, "integers, Boolean, Sid, [T, ...] and {name: T, ...} are",
            "this type is not possible here");
    if (shape->words > WORDS_MAX) {
        bad(r, type->loc, NULL, "the type has more than 64 parts");
        shape->words = 1;
    }
    return shape;
}

static struct psl_shape *type_setting(struct reader *r, const struct declared *d, const char *name)
{
    for (const struct setting *s = d->settings; s; s = s->next) {
        if (s->type && !strcmp(s->name.text, name))
            return shape_of(r, d->settings, s->type, 0);
    }
    return NULL;
}

/* ---- models ---- */

static void make_hashset(struct reader *r, const struct declared *d, const struct psl_expr *config,
                         struct psl_hashset *set)
{
    check_fields(r, config, "set_size pool_size", "HashSet");
    set->set_size = count_field(r, config, "set_size");
    set->pool_size = count_field(r, config, "pool_size");
    set->entry = type_setting(r, d, "Entry");
    if (!set->entry) {
        bad(r, d->name.loc, "for example: type Entry = UInt32",
            "a HashSet needs the type of its entries");
        set->entry = nkidl_alloc(r->idl, sizeof(*set->entry));
    }
    if (set->set_size > SET_SIZE_MAX)
        nkidl_error(r->idl, field(config, "set_size")->loc, "a look-up has to stay short",
                    "a set has at most %d entries", SET_SIZE_MAX);
    /* An entry's words, a link and a bucket of two words. */
    if ((uint64_t)set->set_size * (set->entry->words + 3) * set->pool_size > POOL_WORDS_MAX)
        bad(r, config->loc, "make set_size or pool_size smaller", "the sets need more than 16 MiB");
}

static bool fits(const struct psl_expr *value, const struct psl_shape *shape)
{
    if (value->kind != PSL_INT)
        return false;
    if (shape->kind == PSL_SHAPE_UINT)
        return !value->negative && (shape->bits == 64 || value->number >> shape->bits == 0);
    if (value->negative)
        return (int64_t)value->number >= -((int64_t)1 << (shape->bits - 1));
    return value->number >> (shape->bits - 1) == 0;
}

static void make_staticmap(struct reader *r, const struct declared *d,
                           const struct psl_expr *config, struct psl_staticmap *map)
{
    const struct psl_expr *keys = field(config, "keys");

    check_fields(r, config, "keys pool_size", "StaticMap");
    map->pool_size = count_field(r, config, "pool_size");
    map->value = type_setting(r, d, "Value");
    if (!map->value || (map->value->kind != PSL_SHAPE_UINT && map->value->kind != PSL_SHAPE_SINT)) {
        bad(r, d->name.loc, "for example: type Value = UInt32",
            "a StaticMap needs an integer as the type of its values");
        return;
    }
    if (!keys || keys->kind != PSL_DICT || !keys->nitems) {
        bad(r, keys ? keys->loc : config->loc, "for example: keys: {\"limit\": 10}",
            "a StaticMap needs its keys with their first values");
        return;
    }
    map->keys = nkidl_alloc(r->idl, keys->nitems * sizeof(*map->keys));
    map->defaults = nkidl_alloc(r->idl, keys->nitems * sizeof(*map->defaults));
    for (unsigned i = 0; i < keys->nitems; i++) {
        const struct psl_expr *key = keys->items[i].key, *value = keys->items[i].value;

        if (key->kind != PSL_TEXT)
            bad(r, key->loc, "write it in quotes", "a key is a text");
        else if (text_index(key, map->keys, map->nkeys) >= 0)
            bad(r, key->loc, NULL, "this key stands twice");
        else if (!fits(value, map->value))
            bad(r, value->loc, NULL, "this is not a value of the type Value");
        else {
            map->keys[map->nkeys] = key;
            map->defaults[map->nkeys++] = value;
        }
    }
    if ((uint64_t)map->nkeys * 2 * map->pool_size > POOL_WORDS_MAX || map->nkeys > 1024)
        bad(r, config->loc, "make it smaller", "the map needs too much memory");
}

static void flow_transitions(struct reader *r, const struct psl_expr *list, struct psl_flow *flow)
{
    if (!list || list->kind != PSL_DICT) {
        bad(r, list ? list->loc : flow->states[0]->loc,
            "for example: transitions: {\"a\": [\"b\"]}", "a Flow needs its transitions");
        return;
    }
    for (unsigned i = 0; i < list->nitems; i++) {
        const struct psl_expr *key = list->items[i].key, *to = list->items[i].value;
        int from = key->kind == PSL_TEXT ? text_index(key, flow->states, flow->nstates) : -1;

        if (from < 0) {
            bad(r, key->loc, "list it in states", "this is not a state");
            continue;
        }
        if (to->kind != PSL_LIST) {
            bad(r, to->loc, "[\"b\", \"c\"]", "the states that can follow are a list");
            continue;
        }
        for (unsigned k = 0; k < to->nitems; k++) {
            const struct psl_expr *text = to->items[k].value;
            int next = text->kind == PSL_TEXT ? text_index(text, flow->states, flow->nstates) : -1;

            if (next < 0)
                bad(r, text->loc, "list it in states", "this is not a state");
            else
                flow->transitions[(unsigned)from * flow->nstates + (unsigned)next] = 1;
        }
    }
}

/* Where `states` is left out of the configuration, `type State` names them. */
static const struct psl_expr *states_of_type(struct reader *r, const struct declared *d)
{
    const struct type *type = alias(r, d->settings, "State");
    struct psl_expr *list;
    unsigned n = 0;

    if (!type)
        type = alias(r, d->settings, "States");
    if (!type || (type->kind != TYPE_VARIANT && type->kind != TYPE_LITERAL))
        return NULL;
    list = nkidl_alloc(r->idl, sizeof(*list));
    list->kind = PSL_LIST;
    list->loc = type->loc;
    for (const struct type *t = type->kind == TYPE_VARIANT ? type->parts : type; t; t = t->next)
        list->nitems++;
    list->items = nkidl_alloc(r->idl, list->nitems * sizeof(*list->items));
    for (const struct type *t = type->kind == TYPE_VARIANT ? type->parts : type; t; t = t->next) {
        if (t->kind == TYPE_LITERAL)
            list->items[n++].value = t->literal;
    }
    list->nitems = n;
    return list;
}

static void make_flow(struct reader *r, const struct declared *d, const struct psl_expr *config,
                      struct psl_flow *flow)
{
    const struct psl_expr *states = field(config, "states"), *initial = field(config, "initial");
    int first;

    check_fields(r, config, "states initial transitions", "Flow");
    if (!states)
        states = states_of_type(r, d);
    if (!states || (flow->nstates = text_list(r, states, "states", &flow->states)) == 0 ||
        flow->nstates > 1024) {
        bad(r, states ? states->loc : config->loc, "for example: states: [\"off\", \"on\"]",
            "a Flow needs between 1 and 1024 states");
        return;
    }
    first = initial && initial->kind == PSL_TEXT
                ? text_index(initial, flow->states, flow->nstates)
                : -1;
    if (first < 0)
        bad(r, initial ? initial->loc : config->loc, "for example: initial: \"off\"",
            "a Flow needs one of its states as the initial one");
    flow->initial = first < 0 ? 0 : (unsigned)first;
    flow->transitions = nkidl_alloc(r->idl, (size_t)flow->nstates * flow->nstates);
    flow_transitions(r, field(config, "transitions"), flow);
}

static void make_mic(struct reader *r, const struct psl_expr *config, struct psl_mic *mic)
{
    enum { CATEGORIES_MAX = 20, DEGREES_MAX = 1024 };
    const struct psl_expr *degrees = config, *categories = NULL;

    if (config->kind == PSL_DICT) {
        check_fields(r, config, "degrees categories", "Mic");
        degrees = field(config, "degrees");
        categories = field(config, "categories");
    }
    if (degrees && degrees->kind != PSL_UNIT)
        mic->ndegrees = text_list(r, degrees, "degrees", &mic->degrees);
    if (categories && categories->kind != PSL_UNIT)
        mic->ncategories = text_list(r, categories, "categories", &mic->categories);
    if (mic->ndegrees + mic->ncategories == 0)
        bad(r, config->loc, "for example: config = [\"LOW\", \"HIGH\"]", "a Mic needs levels");
    if (mic->ndegrees > DEGREES_MAX || mic->ncategories > CATEGORIES_MAX)
        bad(r, config->loc, NULL, "a Mic has at most 1024 degrees and 20 categories");
}

static const struct psl_expr *config_of(struct reader *r, const struct declared *d)
{
    const struct psl_expr *config = NULL;
    struct psl_expr *empty;

    for (const struct setting *s = d->settings; s; s = s->next) {
        if (s->value && strcmp(s->name.text, "config") != 0)
            nkidl_error(r->idl, s->name.loc, "there are: type NAME = ..., config = ...",
                        "a policy object has no '%s'", s->name.text);
        else if (s->value && config)
            bad(r, s->name.loc, NULL, "the configuration is given twice");
        else if (s->value)
            config = s->value;
    }
    if (config)
        return config;
    empty = nkidl_alloc(r->idl, sizeof(*empty));
    empty->kind = PSL_DICT;
    empty->loc = d->name.loc;
    return empty;
}

static bool find_model(struct reader *r, const struct declared *d, enum psl_model *model)
{
    const char *list = NULL, *last = strrchr(d->model.text, '.');

    last = last ? last + 1 : d->model.text;
    for (int i = PSL_PRED; i <= PSL_MIC; i++) {
        if (!strcmp(model_names[i], last)) {
            *model = (enum psl_model)i;
            return true;
        }
        list = name_list(r->idl, list, model_names[i]);
    }
    nkidl_error(r->idl, d->model.loc, nkidl_format(r->idl, "there are: %s", list),
                "there is no model '%s'", d->model.text);
    return false;
}

static void resolve_object(struct reader *r, const struct declared *d)
{
    struct psl_object *object = find_object(r->policy, d->name.text);
    const struct psl_expr *config;
    enum psl_model model;

    if (!find_model(r, d, &model))
        return;
    if (object && object->model == model && model <= PSL_REGEX)
        return; /* one that exists by itself */
    if (object) {
        nkidl_error(r->idl, d->name.loc, "choose another name",
                    "a policy object '%s' exists already", d->name.text);
        return;
    }
    if (d->name.text[0] < 'a' || d->name.text[0] > 'z')
        nkidl_error(r->idl, d->name.loc, NULL,
                    "the name of a policy object starts with a lower-case letter: '%s'",
                    d->name.text);
    object = add_object(r->policy, model, d->name.text, d->name.loc);
    config = config_of(r, d);
    if (model == PSL_MIC) {
        make_mic(r, config, &object->mic);
    } else if (model >= PSL_HASHSET && config->kind != PSL_DICT) {
        bad(r, config->loc, "for example: config = {pool_size: 16, ...}",
            "the configuration is a dictionary");
    } else if (model == PSL_HASHSET) {
        make_hashset(r, d, config, &object->hashset);
    } else if (model == PSL_STATICMAP) {
        make_staticmap(r, d, config, &object->staticmap);
    } else if (model == PSL_FLOW) {
        make_flow(r, d, config, &object->flow);
    }
    if (model >= PSL_HASHSET) {
        object->slot = (int)r->policy->nslots;
        r->policy->nslots += model == PSL_MIC ? PSL_SLOTS_OF_MIC : 1;
    }
}

void resolve_objects(struct reader *r)
{
    for (const struct declared *d = r->declared.first; d; d = d->next)
        resolve_object(r, d);
}
