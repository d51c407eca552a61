/*
 * calls.c: arguments of functions and rules.
 *
 * Those with named arguments take a dictionary; the tables here say what each is. Everything else
 * takes one value.
 */
#include <string.h>

#include "typing.h"

/* What an argument has to be. */
enum wanted {
    WANTED_SID,
    WANTED_SID_OR_UNIT,
    WANTED_STATE,
    WANTED_STATES,
    WANTED_ENTRY,
    WANTED_KEY,
    WANTED_MAP_VALUE,
    WANTED_LEVEL,
    WANTED_LEVEL_OR_UNIT,
    WANTED_TEXT,
    WANTED_PATTERN,
    WANTED_BOOL,
    WANTED_SCALAR,
};

struct parameter {
    const char *name;
    enum psl_arg arg;
    enum wanted wanted;
    bool is_optional;
};

#define SID {"sid", PSL_ARG_SID, WANTED_SID, false}
#define SOURCE {"source", PSL_ARG_SOURCE, WANTED_SID, false}
#define TARGET {"target", PSL_ARG_TARGET, WANTED_SID, false}
#define CONTAINER {"container", PSL_ARG_CONTAINER, WANTED_SID_OR_UNIT, true}
#define DRIVER {"driver", PSL_ARG_DRIVER, WANTED_SID, false}
#define LEVEL {"level", PSL_ARG_LEVEL, WANTED_LEVEL, false}
#define KEY {"key", PSL_ARG_KEY, WANTED_KEY, false}
#define NONE {NULL, PSL_ARG_VALUE, WANTED_SID, true}
#define PARAMETERS_MAX 6

static const struct parameter sid_only[] = {SID, NONE};
static const struct parameter sid_entry[] = {
    SID, {"entry", PSL_ARG_ENTRY, WANTED_ENTRY, false}, NONE};
static const struct parameter sid_key[] = {SID, KEY, NONE};
static const struct parameter sid_key_value[] = {
    SID, KEY, {"value", PSL_ARG_VALUE, WANTED_MAP_VALUE, false}, NONE};
static const struct parameter sid_state[] = {
    SID, {"state", PSL_ARG_STATE, WANTED_STATE, false}, NONE};
static const struct parameter sid_states[] = {
    SID, {"states", PSL_ARG_STATES, WANTED_STATES, false}, NONE};
static const struct parameter mic_change[] = {SOURCE, TARGET, CONTAINER, DRIVER, LEVEL, NONE};
static const struct parameter mic_delete[] = {SOURCE, TARGET, CONTAINER, DRIVER, NONE};
static const struct parameter mic_execute[] = {
    {"image", PSL_ARG_IMAGE, WANTED_SID_OR_UNIT, true}, TARGET,
    {"level", PSL_ARG_LEVEL, WANTED_LEVEL_OR_UNIT, true},
    {"levelR", PSL_ARG_LEVEL_R, WANTED_LEVEL_OR_UNIT, true}, NONE};
static const struct parameter mic_flow[] = {SOURCE, TARGET, NONE};
static const struct parameter source_only[] = {SOURCE, NONE};
static const struct parameter regex_match[] = {{"text", PSL_ARG_TEXT, WANTED_TEXT, false},
                                               {"pattern", PSL_ARG_PATTERN, WANTED_PATTERN, false},
                                               NONE};
static const struct parameter regex_select[] = {{"text", PSL_ARG_TEXT, WANTED_TEXT, false}, NONE};
static const struct parameter bool_cond[] = {{"if", PSL_ARG_IF, WANTED_BOOL, false},
                                             {"then", PSL_ARG_THEN, WANTED_SCALAR, false},
                                             {"else", PSL_ARG_ELSE, WANTED_SCALAR, false}, NONE};

static const struct parameter *rule_parameters(enum psl_rule rule)
{
    switch (rule) {
    case PSL_SET_ADD:
    case PSL_SET_REMOVE:
        return sid_entry;
    case PSL_MAP_SET:
        return sid_key_value;
    case PSL_FLOW_ENTER:
        return sid_state;
    case PSL_FLOW_ALLOW:
        return sid_states;
    case PSL_MIC_CREATE:
    case PSL_MIC_UPGRADE:
        return mic_change;
    case PSL_MIC_DELETE:
        return mic_delete;
    case PSL_MIC_EXECUTE:
        return mic_execute;
    case PSL_MIC_CALL:
    case PSL_MIC_INVOKE:
    case PSL_MIC_READ:
    case PSL_MIC_WRITE:
        return mic_flow;
    default:
        return sid_only;
    }
}

/* ---- one argument ---- */

struct psl_typed *as_level(struct psl_context *c, const struct psl_object *mic, struct psl_typed *t)
{
    struct psl_typed *level;
    struct psl_typed *categories = NULL, *degree = t;

    if (t->kind == PSL_V_LEVEL && t->object == mic)
        return t;
    if ((t->kind != PSL_V_TEXT && t->kind != PSL_V_DICT) || !t->is_const)
        return type_error(c, t->expr->loc,
                          "for example \"LOW\" or {degree: \"LOW\", categories: [\"A\"]}",
                          "a level of '%s' is due here, not %s", mic->name, kind_name(c, t));
    level = new_typed(c, PSL_V_LEVEL, t->expr);
    level->is_const = true;
    level->object = mic;
    if (t->kind == PSL_V_DICT) {
        degree = NULL;
        for (unsigned i = 0; i < t->nitems; i++) {
            if (!strcmp(t->names[i], "degree"))
                degree = t->items[i];
            else if (!strcmp(t->names[i], "categories"))
                categories = t->items[i];
            else
                return type_error(c, t->expr->items[i].key->loc, "there are: degree, categories",
                                  "a level has no '%s'", t->names[i]);
        }
    }
    if (degree && degree->kind == PSL_V_TEXT) {
        bool is_known = false;

        for (unsigned i = 0; i < mic->mic.ndegrees && !is_known; i++) {
            if (degree->size == mic->mic.degrees[i]->size &&
                !memcmp(degree->text, mic->mic.degrees[i]->text, degree->size)) {
                level->degree = i;
                is_known = true;
            }
        }
        for (unsigned i = 0; t == degree && !mic->mic.ndegrees && i < mic->mic.ncategories; i++) {
            if (!strcmp(degree->text, mic->mic.categories[i]->text)) {
                level->categories = 1u << i;
                is_known = true;
            }
        }
        if (!is_known) {
            const char *list = NULL;

            for (unsigned i = 0; i < mic->mic.ndegrees; i++)
                list = name_list(c->policy->idl, list, mic->mic.degrees[i]->text);
            return type_error(c, degree->expr->loc,
                              list ? nkidl_format(c->policy->idl, "there are: %s", list) : NULL,
                              "'%s' is not a degree of '%s'", degree->text, mic->name);
        }
    } else if (degree && degree->kind != PSL_V_UNIT) {
        return type_error(c, degree->expr->loc, "for example degree: \"LOW\"",
                          "a degree is a text");
    }
    if (categories && categories->kind != PSL_V_LIST && categories->kind != PSL_V_UNIT)
        return type_error(c, categories->expr->loc, "for example [\"A\", \"B\"]",
                          "categories are a list of texts");
    for (unsigned i = 0; categories && i < categories->nitems; i++) {
        const struct psl_typed *text = categories->items[i];
        bool is_known = false;

        for (unsigned k = 0; text->kind == PSL_V_TEXT && k < mic->mic.ncategories; k++) {
            if (!strcmp(text->text, mic->mic.categories[k]->text)) {
                level->categories |= 1u << k;
                is_known = true;
            }
        }
        if (!is_known)
            return type_error(c, text->expr->loc, NULL, "this is not a category of '%s'",
                              mic->name);
    }
    return level;
}

static struct psl_typed *as_state(struct psl_context *c, const struct psl_object *flow,
                                  struct psl_typed *t)
{
    const char *list = NULL;

    if (t->kind == PSL_V_STATE && t->object == flow)
        return t;
    if (t->kind != PSL_V_TEXT)
        return type_error(c, t->expr->loc, "write it in quotes",
                          "a state of '%s' is due here, not %s", flow->name, kind_name(c, t));
    if (!t->is_const || state_number(flow, t->text, t->size) >= 0)
        return t;
    for (unsigned i = 0; i < flow->flow.nstates; i++)
        list = name_list(c->policy->idl, list, flow->flow.states[i]->text);
    return type_error(c, t->expr->loc, nkidl_format(c->policy->idl, "there are: %s", list),
                      "'%s' is not a state of '%s'", t->text, flow->name);
}

static struct psl_typed *as_states(struct psl_context *c, const struct psl_object *flow,
                                   struct psl_typed *t)
{
    if (t->kind != PSL_V_LIST)
        return type_error(c, t->expr->loc, "for example [\"a\", \"b\"]",
                          "a list of states is due here");
    for (unsigned i = 0; i < t->nitems; i++) {
        if (!as_state(c, flow, t->items[i]))
            return NULL;
        if (t->items[i]->kind != PSL_V_TEXT || !t->items[i]->is_const)
            return type_error(c, t->items[i]->expr->loc, "write it in quotes",
                              "the states of a list are literals");
    }
    return t;
}

static struct psl_typed *as_key(struct psl_context *c, const struct psl_object *map,
                                struct psl_typed *t)
{
    const char *list = NULL;

    if (t->kind == PSL_V_IDL && t->type->kind != NKIDL_NAMED &&
        nkidl_base(t->type->elem)->kind == NKIDL_UINT8)
        return t; /* a List<UInt8> */
    if (t->kind != PSL_V_TEXT)
        return type_error(c, t->expr->loc, NULL, "a key is a text, not %s", kind_name(c, t));
    if (!t->is_const)
        return t;
    for (unsigned i = 0; i < map->staticmap.nkeys; i++) {
        const struct psl_expr *key = map->staticmap.keys[i];

        if (key->size == t->size && !memcmp(key->text, t->text, t->size))
            return t;
        list = name_list(c->policy->idl, list, key->text);
    }
    return type_error(c, t->expr->loc, nkidl_format(c->policy->idl, "there are: %s", list),
                      "'%s' is not a key of '%s'", t->text, map->name);
}

static struct psl_typed *as_int(struct psl_context *c, const struct psl_shape *shape,
                                struct psl_typed *t)
{
    bool is_signed = shape->kind == PSL_SHAPE_SINT, fits;

    if (t->kind != PSL_V_INT)
        fits = false;
    else if (t->is_const)
        fits = const_fits(t, is_signed, shape->bits);
    else
        fits = t->is_signed == is_signed && t->bits <= shape->bits;
    if (fits)
        return t;
    return type_error(c, t->expr->loc, NULL, "%cInt%u is due here, not %s", is_signed ? 'S' : 'U',
                      shape->bits, kind_name(c, t));
}

static bool entry_fits(struct psl_context *c, const struct psl_shape *shape, struct psl_typed *t);

static bool idl_fits(const struct psl_shape *shape, const struct nkidl_type *type)
{
    const struct nkidl_field *f;
    unsigned i = 0;

    type = nkidl_base(type);
    if (shape->kind == PSL_SHAPE_UINT || shape->kind == PSL_SHAPE_SINT)
        return type->kind < NKIDL_HANDLE &&
               (type->kind >= NKIDL_SINT8) == (shape->kind == PSL_SHAPE_SINT) &&
               8u << (type->kind % 4) <= shape->bits;
    if (shape->kind == PSL_SHAPE_TUPLE && type->kind == NKIDL_ARRAY) {
        for (i = 0; i < shape->nparts && type->count == shape->nparts; i++) {
            if (!idl_fits(shape->parts[i], type->elem))
                return false;
        }
        return type->count == shape->nparts;
    }
    if ((shape->kind != PSL_SHAPE_DICT && shape->kind != PSL_SHAPE_TUPLE) ||
        type->kind != NKIDL_NAMED || type->decl->kind != NKIDL_STRUCT)
        return false;
    for (f = type->decl->fields; f && i < shape->nparts; f = f->next, i++) {
        if ((shape->kind == PSL_SHAPE_DICT && strcmp(shape->names[i], f->name) != 0) ||
            !idl_fits(shape->parts[i], f->type))
            return false;
    }
    return !f && i == shape->nparts;
}

static bool parts_fit(struct psl_context *c, const struct psl_shape *shape, struct psl_typed *t)
{
    if (t->nitems != shape->nparts) {
        type_error(c, t->expr->loc, NULL, "an entry has %u parts, not %u", shape->nparts,
                   t->nitems);
        return false;
    }
    for (unsigned i = 0; i < shape->nparts; i++) {
        struct psl_typed *part = t->items[i];

        if (shape->kind == PSL_SHAPE_DICT) {
            part = NULL;
            for (unsigned k = 0; k < t->nitems; k++)
                part = !strcmp(t->names[k], shape->names[i]) ? t->items[k] : part;
        }
        if (!part) {
            type_error(c, t->expr->loc, NULL, "the entry has no '%s'", shape->names[i]);
            return false;
        }
        if (!entry_fits(c, shape->parts[i], part))
            return false;
    }
    return true;
}

static bool entry_fits(struct psl_context *c, const struct psl_shape *shape, struct psl_typed *t)
{
    if (t->kind == PSL_V_IDL && idl_fits(shape, t->type))
        return true;
    switch (shape->kind) {
    case PSL_SHAPE_UINT:
    case PSL_SHAPE_SINT:
        return as_int(c, shape, t) != NULL;
    case PSL_SHAPE_BOOL:
        if (t->kind == PSL_V_BOOL)
            return true;
        break;
    case PSL_SHAPE_SID:
        if (as_sid(c, t))
            return true;
        break;
    case PSL_SHAPE_TUPLE:
        if (t->kind == PSL_V_LIST)
            return parts_fit(c, shape, t);
        break;
    default:
        if (t->kind == PSL_V_DICT)
            return parts_fit(c, shape, t);
    }
    type_error(c, t->expr->loc, NULL, "%s is not what the type Entry says", kind_name(c, t));
    return false;
}

static struct psl_typed *as_wanted(struct psl_context *c, enum wanted wanted,
                                   const struct psl_object *object, struct psl_typed *t)
{
    struct nkidl_loc loc = t->expr->loc;

    switch (wanted) {
    case WANTED_SID:
    case WANTED_SID_OR_UNIT:
        if (as_sid(c, t) || (wanted == WANTED_SID_OR_UNIT && t->kind == PSL_V_UNIT))
            return as_sid(c, t) ? as_sid(c, t) : t;
        return type_error(c, loc, "src_sid, dst_sid or message.PARAMETER.handle",
                          "a SID is due here, not %s", kind_name(c, t));
    case WANTED_STATE:
        return as_state(c, object, t);
    case WANTED_STATES:
        return as_states(c, object, t);
    case WANTED_ENTRY:
        return entry_fits(c, object->hashset.entry, t) ? t : NULL;
    case WANTED_KEY:
        return as_key(c, object, t);
    case WANTED_MAP_VALUE:
        return as_int(c, object->staticmap.value, t);
    case WANTED_LEVEL_OR_UNIT:
        if (t->kind == PSL_V_UNIT)
            return t;
        return as_level(c, object, t);
    case WANTED_LEVEL:
        return as_level(c, object, t);
    case WANTED_TEXT:
        if (t->kind == PSL_V_TEXT)
            return t;
        return type_error(c, loc, NULL, "a text is due here, not %s", kind_name(c, t));
    case WANTED_PATTERN:
        if (t->kind == PSL_V_TEXT && t->is_const)
            return t;
        return type_error(c, loc, NULL, "a pattern is a literal");
    case WANTED_BOOL:
        if (t->kind == PSL_V_BOOL)
            return t;
        return type_error(c, loc, t->kind == PSL_V_INT ? "compare it: ... != 0" : NULL,
                          "a Boolean is due here, not %s", kind_name(c, t));
    default:
        if (t->kind == PSL_V_INT || t->kind == PSL_V_BOOL || t->kind == PSL_V_TEXT)
            return t;
        return type_error(c, loc, NULL, "a number, a Boolean or a text is due here, not %s",
                          kind_name(c, t));
    }
}

/* ---- dictionaries of arguments ---- */

static const char *parameter_names(struct psl_context *c, const struct parameter *list)
{
    const char *names = NULL;

    for (; list->name; list++)
        names = name_list(c->policy->idl, names, list->name);
    return nkidl_format(c->policy->idl, "there are: %s", names);
}

static bool type_arguments(struct psl_context *c, const char *name, struct nkidl_loc loc,
                           const struct psl_object *object, const struct psl_expr *dict,
                           const struct parameter *list, struct psl_typed **args)
{
    bool seen[PARAMETERS_MAX] = {false};

    if (!dict || dict->kind != PSL_DICT) {
        type_error(c, dict ? dict->loc : loc, parameter_names(c, list),
                   "'%s' takes a dictionary: {%s: ...}", name, list->name);
        return false;
    }
    for (unsigned i = 0; i < dict->nitems; i++) {
        const struct psl_expr *key = dict->items[i].key;
        const struct parameter *p = list;
        struct psl_typed *value;

        while (p->name && (key->kind != PSL_NAME || strcmp(p->name, key->name) != 0))
            p++;
        if (!p->name) {
            type_error(c, key->loc, parameter_names(c, list), "'%s' has no argument of this name",
                       name);
            return false;
        }
        if (seen[p - list]) {
            type_error(c, key->loc, NULL, "'%s' stands twice", p->name);
            return false;
        }
        seen[p - list] = true;
        value = psl_type(c, dict->items[i].value);
        if (!value || !(value = as_wanted(c, p->wanted, object, value)))
            return false;
        args[p->arg] = value->kind == PSL_V_UNIT ? NULL : value;
    }
    for (const struct parameter *p = list; p->name; p++) {
        if (!seen[p - list] && !p->is_optional) {
            type_error(c, dict->loc, parameter_names(c, list), "'%s' lacks '%s'", name, p->name);
            return false;
        }
    }
    return true;
}

/* ---- functions ---- */

static struct psl_typed *type_cast(struct psl_context *c, struct psl_typed *t, struct psl_typed *of)
{
    static const struct {
        enum psl_function function;
        bool is_signed;
        unsigned bits;
    } casts[] = {{PSL_MATH_UINT64, false, 64}, {PSL_MATH_UINT32, false, 32},
                 {PSL_MATH_UINT16, false, 16}, {PSL_MATH_SINT64, true, 64},
                 {PSL_MATH_SINT32, true, 32},  {PSL_MATH_SINT16, true, 16}};
    size_t i = 0;

    while (casts[i].function != t->expr->function)
        i++;
    if (of->kind != PSL_V_INT ||
        (of->is_const ? !const_fits(of, casts[i].is_signed, casts[i].bits)
                      : of->is_signed != casts[i].is_signed || of->bits > casts[i].bits))
        return type_error(c, of->expr->loc, "it widens, and leaves the sign as it is",
                          "'%s' does not take %s", t->expr->name, kind_name(c, of));
    t->kind = PSL_V_INT;
    t->is_signed = casts[i].is_signed;
    t->bits = casts[i].bits;
    t->left = of;
    if (of->is_const) {
        t->is_const = true;
        t->number = of->number;
        t->negative = of->negative;
    }
    return t;
}

static bool is_list_of_ints(const struct psl_typed *t)
{
    return t->kind == PSL_V_IDL && t->type->kind != NKIDL_NAMED &&
           nkidl_base(t->type->elem)->kind < NKIDL_HANDLE;
}

/* math.sum and math.product: of a list as written, or of an array or sequence of the message. */
static struct psl_typed *type_fold(struct psl_context *c, struct psl_typed *t, struct psl_typed *of)
{
    t->kind = PSL_V_INT;
    t->left = of;
    t->bits = 64;
    if (is_list_of_ints(of)) {
        const struct nkidl_type *elem = nkidl_base(of->type->elem);

        t->is_signed = elem->kind >= NKIDL_SINT8;
        t->bits = 8u << (elem->kind % 4);
        return t;
    }
    if (of->kind != PSL_V_LIST)
        return type_error(c, of->expr->loc, NULL, "a list of numbers is due here, not %s",
                          kind_name(c, of));
    if (of->nitems == 0) { /* 0 and 1 */
        t->is_const = true;
        t->number = t->expr->function == PSL_MATH_PRODUCT;
        return t;
    }
    for (unsigned i = 0; i < of->nitems; i++) {
        struct psl_typed *item = of->items[i];

        if (item->kind != PSL_V_INT)
            return type_error(c, item->expr->loc, NULL, "a number is due here, not %s",
                              kind_name(c, item));
    }
    /* As if written with + or *. */
    struct psl_expr *e = NULL;
    for (unsigned i = 0; i < of->nitems; i++) {
        struct psl_expr *step;

        if (!e) {
            e = of->expr->items[i].value;
            continue;
        }
        step = nkidl_alloc(c->policy->idl, sizeof(*step));
        step->kind = PSL_BINARY;
        step->op = t->expr->function == PSL_MATH_SUM ? PSL_ADD : PSL_MULTIPLY;
        step->loc = t->expr->loc;
        step->left = e;
        step->right = of->expr->items[i].value;
        e = step;
    }
    return psl_type(c, e);
}

static struct psl_typed *type_bools(struct psl_context *c, struct psl_typed *t,
                                    struct psl_typed *of)
{
    if (of->kind != PSL_V_LIST)
        return type_error(c, of->expr->loc, "for example [a, b]",
                          "a list of Booleans is due here, not %s", kind_name(c, of));
    for (unsigned i = 0; i < of->nitems; i++) {
        if (!as_wanted(c, WANTED_BOOL, NULL, of->items[i]))
            return NULL;
    }
    if (of->is_const) {
        bool is_all = t->expr->function == PSL_BOOL_ALL, value = is_all;

        for (unsigned i = 0; i < of->nitems; i++)
            value = is_all ? value && of->items[i]->number : value || of->items[i]->number;
        return const_bool(c, t->expr, value);
    }
    t->kind = PSL_V_BOOL;
    t->left = of;
    return t;
}

static struct psl_typed *type_empty(struct psl_context *c, struct psl_typed *t,
                                    struct psl_typed *of)
{
    if (of->kind == PSL_V_UNIT)
        return const_bool(c, t->expr, true);
    if (of->kind == PSL_V_LIST)
        return const_bool(c, t->expr, of->nitems == 0);
    if (of->kind == PSL_V_TEXT && of->is_const)
        return const_bool(c, t->expr, of->size == 0);
    if (of->kind != PSL_V_TEXT && (of->kind != PSL_V_IDL || of->type->kind == NKIDL_NAMED))
        return type_error(c, of->expr->loc, NULL, "a text, a list or () is due here, not %s",
                          kind_name(c, of));
    t->kind = PSL_V_BOOL;
    t->left = of;
    return t;
}

static struct psl_typed *type_size(struct psl_context *c, struct psl_typed *t, struct psl_typed *of)
{
    t->kind = PSL_V_INT;
    t->bits = 64;
    t->left = of;
    if (of->kind == PSL_V_LIST || (of->kind == PSL_V_TEXT && of->is_const)) {
        t->is_const = true;
        t->number = of->kind == PSL_V_LIST ? of->nitems : of->size;
        return t;
    }
    if (of->kind != PSL_V_TEXT && (of->kind != PSL_V_IDL || of->type->kind == NKIDL_NAMED))
        return type_error(c, of->expr->loc, NULL, "%s has no size", kind_name(c, of));
    return t;
}

static struct psl_typed *type_sign(struct psl_context *c, struct psl_typed *t, struct psl_typed *of)
{
    if (of->kind != PSL_V_INT || (!of->is_signed && !of->is_const))
        return type_error(c, of->expr->loc, NULL, "a signed number is due here, not %s",
                          kind_name(c, of));
    t->kind = PSL_V_INT;
    t->is_signed = true;
    t->bits = of->bits;
    t->left = of;
    if (of->is_const) {
        bool is_flipped = t->expr->function == PSL_MATH_NEG || of->negative;

        if (!const_fits(of, true, 64) || of->number == (uint64_t)INT64_MIN)
            return type_error(c, of->expr->loc, NULL, "the result has more than 64 bits");
        t->is_const = true;
        t->number = is_flipped ? -of->number : of->number;
        t->negative = (int64_t)t->number < 0;
        t->is_signed = t->negative;
    }
    return t;
}

static struct psl_typed *type_cond(struct psl_context *c, struct psl_typed *t)
{
    struct psl_typed **args = t->args;

    if (!type_arguments(c, t->expr->name, t->expr->loc, t->object, t->expr->left, bool_cond,
                        args) ||
        !join(c, t->expr, &args[PSL_ARG_THEN], &args[PSL_ARG_ELSE]))
        return NULL;
    if (args[PSL_ARG_IF]->is_const)
        return args[args[PSL_ARG_IF]->number ? PSL_ARG_THEN : PSL_ARG_ELSE];
    t->kind = args[PSL_ARG_THEN]->kind;
    t->is_signed = args[PSL_ARG_THEN]->is_signed;
    t->bits = args[PSL_ARG_THEN]->bits;
    for (int i = PSL_ARG_THEN; i <= PSL_ARG_ELSE && t->kind == PSL_V_TEXT; i++) {
        uint32_t max = args[i]->is_const ? (uint32_t)args[i]->size : args[i]->max;

        t->max = max > t->max ? max : t->max;
    }
    return t;
}

static bool type_named(struct psl_context *c, struct psl_typed *t, const struct parameter *list)
{
    return type_arguments(c, t->expr->name, t->expr->loc, t->object, t->expr->left, list, t->args);
}

static struct psl_typed *type_model_call(struct psl_context *c, struct psl_typed *t)
{
    const struct psl_expr *e = t->expr;

    switch (e->function) {
    case PSL_BOOL_COND:
        return type_cond(c, t);
    case PSL_RE_MATCH:
        t->kind = PSL_V_BOOL;
        return type_named(c, t, regex_match) ? t : NULL;
    case PSL_RE_SELECT:
        t->kind = PSL_V_TEXT;
        return type_named(c, t, regex_select) ? t : NULL;
    case PSL_SET_CONTAINS:
        t->kind = PSL_V_BOOL;
        return type_named(c, t, sid_entry) ? t : NULL;
    case PSL_MAP_GET:
    case PSL_MAP_GET_UNCOMMITTED:
        t->kind = PSL_V_INT;
        t->is_signed = t->object->staticmap.value->kind == PSL_SHAPE_SINT;
        t->bits = t->object->staticmap.value->bits;
        return type_named(c, t, sid_key) ? t : NULL;
    case PSL_FLOW_QUERY:
        t->kind = PSL_V_STATE;
        return type_named(c, t, sid_only) ? t : NULL;
    default:
        t->kind = PSL_V_LEVEL;
        return type_named(c, t, source_only) ? t : NULL;
    }
}

struct psl_typed *type_call(struct psl_context *c, const struct psl_expr *e)
{
    struct psl_typed *t = new_typed(c, PSL_V_BOOL, e), *of;

    t->object = e->object;
    if (e->function == PSL_BOOL_COND || e->function >= PSL_RE_MATCH)
        return type_model_call(c, t);
    of = psl_type(c, e->left);
    if (!of)
        return NULL;
    switch (e->function) {
    case PSL_PRED_EMPTY:
        return type_empty(c, t, of);
    case PSL_BOOL_ALL:
    case PSL_BOOL_ANY:
        return type_bools(c, t, of);
    case PSL_MATH_NEG:
    case PSL_MATH_ABS:
        return type_sign(c, t, of);
    case PSL_MATH_SUM:
    case PSL_MATH_PRODUCT:
        return type_fold(c, t, of);
    case PSL_SIZE:
        return type_size(c, t, of);
    default:
        return type_cast(c, t, of);
    }
}

/* ---- rules ---- */

static bool type_base_rule(struct psl_context *c, const struct psl_action *a,
                           struct psl_typed **args)
{
    struct psl_typed *value;
    const struct psl_expr *e = a->argument;

    if (a->rule == PSL_SET_LEVEL && e->kind == PSL_DICT && e->nitems == 1 &&
        e->items[0].key->kind == PSL_NAME && !strcmp(e->items[0].key->name, "level"))
        e = e->items[0].value;
    value = psl_type(c, e);
    if (!value)
        return false;
    if (value->kind == PSL_V_UNIT && (a->rule == PSL_GRANT || a->rule == PSL_DENY))
        return true;
    args[PSL_ARG_VALUE] = value;
    if (a->rule == PSL_GRANT) {
        type_error(c, e->loc, "write grant (), or assert (...)", "'grant' takes no argument");
        return false;
    }
    if (a->rule != PSL_SET_LEVEL)
        return as_wanted(c, WANTED_BOOL, NULL, value) != NULL;
    if (value->kind == PSL_V_INT && !value->negative && (!value->is_signed || value->is_const))
        return true;
    type_error(c, e->loc, "for example set_level 1", "an audit level is an unsigned number, not %s",
               kind_name(c, value));
    return false;
}

struct psl_typed_rule *psl_type_rule(struct psl_context *c, const struct psl_action *a)
{
    struct psl_typed_rule *rule = nkidl_alloc(c->policy->idl, sizeof(*rule));
    bool is_good;

    rule->action = a;
    if (a->rule <= PSL_BOOL_ASSERT)
        is_good = type_base_rule(c, a, rule->args);
    else
        is_good = type_arguments(c, a->name, a->loc, a->object, a->argument,
                                 rule_parameters(a->rule), rule->args);
    return is_good ? rule : NULL;
}
