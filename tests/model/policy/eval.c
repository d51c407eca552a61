/*
 * eval.c: values of expressions. Whatever cannot be computed is REF_FAILS, and so is all that needs
 * it.
 */
#include <string.h>

#include "ref.h"

static const struct ref_value fails = {.kind = REF_FAILS};

static struct ref_value number(ref_number n)
{
    return (struct ref_value){.kind = REF_INT, .n = n};
}

static struct ref_value boolean(bool value)
{
    return (struct ref_value){.kind = REF_BOOL, .n = value};
}

static struct ref_value text(const char *bytes, size_t size)
{
    return (struct ref_value){.kind = REF_TEXT, .text = bytes, .size = size};
}

static struct ref_value sid(struct ref_resource resource)
{
    return (struct ref_value){.kind = REF_SID, .resource = resource};
}

/* The number if its type can hold it. */
static struct ref_value checked(const struct ref *ref, const struct psl_expr *e, ref_number n)
{
    struct ref_type type = ref_type(ref, e);

    return type.is_known || ref_type_holds(&type, n) ? number(n) : fails;
}

/* ---- the message ---- */

static uint64_t load(const uint8_t *at, unsigned size)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < size; i++)
        n |= (uint64_t)at[i] << 8 * i;
    return n;
}

bool ref_chunk(const struct ref *ref, const uint8_t *at, const uint8_t **bytes, uint32_t *size)
{
    uint64_t offset = load(at, 4);

    *size = (uint32_t)load(at + 4, 4);
    *bytes = (const uint8_t *)"";
    if (*size == 0)
        return true;
    if (!ref->event->arena || offset + *size > ref->event->arena_size)
        return false;
    *bytes = ref->event->arena + offset;
    return true;
}

static struct ref_value handle_at(const struct ref *ref, const uint8_t *at)
{
    const struct nkidl_message *m = psl_message(&ref->event->occasion);
    struct ref_resource none = {0};
    unsigned n = 0;

    if (!ref->event->handles)
        return sid(none);
    for (unsigned i = 0; i < m->nhandles; i++, n++) {
        if (at == ref->event->message + m->handles[i])
            return sid(ref->event->handles[n]);
    }
    for (unsigned i = 0; i < m->nwords; i++, n++) {
        if (at == ref->event->message + m->words[i])
            return sid(ref->event->handles[n]);
    }
    return fails;
}

static struct ref_value value_at(const struct ref *ref, const struct nkidl_type *declared,
                                 const uint8_t *at)
{
    const struct nkidl_type *type = nkidl_base(declared);
    const uint8_t *bytes;
    uint32_t size, n = 0;
    uint64_t raw;

    if (type->kind == NKIDL_HANDLE || nkidl_is_handle_word(declared))
        return handle_at(ref, at);
    if (type->kind < NKIDL_HANDLE) {
        unsigned bits = 8u << (type->kind % 4);

        raw = load(at, bits / 8);
        if (type->kind >= NKIDL_SINT8 && raw >> (bits - 1))
            return number((ref_number)raw - ((ref_number)1 << bits));
        return number((ref_number)raw);
    }
    if (type->kind != NKIDL_STRING && type->kind != NKIDL_BYTES)
        return (struct ref_value){.kind = REF_PLACE, .type = type, .at = at};
    if (!ref_chunk(ref, at, &bytes, &size))
        return fails;
    while (type->kind == NKIDL_STRING && n < size && bytes[n])
        n++;
    return text((const char *)bytes, type->kind == NKIDL_STRING ? n : size);
}

static struct ref_value parameter(const struct ref *ref, const char *name)
{
    const struct nkidl_message *m = psl_message(&ref->event->occasion);

    for (unsigned i = 0; i < m->nfields; i++) {
        if (!strcmp(m->fields[i]->name, name))
            return value_at(ref, m->fields[i]->type, ref->event->message + m->fields[i]->offset);
    }
    return fails;
}

static struct ref_value field(struct ref *ref, const struct psl_expr *e)
{
    struct ref_value left;
    uint32_t tag = 0;

    if (e->left->kind == PSL_MESSAGE)
        return parameter(ref, e->name);
    left = ref_eval(ref, e->left);
    if (left.kind == REF_SID)
        return strcmp(e->name, "rights") ? left : number(left.resource.rights);
    if (left.kind == REF_ITEMS) {
        for (unsigned i = 0; i < left.items->nitems; i++) {
            const struct psl_expr *key = left.items->items[i].key;

            if (!strcmp(key->kind == PSL_TEXT ? key->text : key->name, e->name))
                return ref_eval(ref, left.items->items[i].value);
        }
    }
    if (left.kind != REF_PLACE)
        return fails;
    for (const struct nkidl_field *f = left.type->decl->fields; f; f = f->next, tag++) {
        if (strcmp(f->name, e->name) != 0)
            continue;
        if (left.type->decl->kind == NKIDL_STRUCT)
            return value_at(ref, f->type, left.at + f->offset);
        return load(left.at, 4) == tag ? value_at(ref, f->type, left.at + left.type->decl->body)
                                       : fails;
    }
    return fails;
}

/* The elements of an array or sequence. */
static bool elements(const struct ref *ref, const struct ref_value *list, const uint8_t **at,
                     uint32_t *n)
{
    uint32_t size;

    if (list->type->kind == NKIDL_ARRAY) {
        *at = list->at;
        *n = list->type->count;
        return true;
    }
    if (!ref_chunk(ref, list->at, at, &size))
        return false;
    *n = size / list->type->elem->size;
    return true;
}

static struct ref_value element(struct ref *ref, const struct psl_expr *e)
{
    struct ref_value left = ref_eval(ref, e->left), index = ref_eval(ref, e->right);
    const uint8_t *at;
    uint32_t n;

    if (left.kind == REF_ITEMS && index.kind == REF_INT)
        return ref_eval(ref, left.items->items[index.n].value);
    if (left.kind != REF_PLACE || index.kind != REF_INT || !elements(ref, &left, &at, &n) ||
        index.n >= n)
        return fails;
    return value_at(ref, left.type->elem, at + (uint32_t)index.n * left.type->elem->size);
}

/* ---- operators ---- */

static bool same_text(const struct ref_value *a, const struct ref_value *b)
{
    return a->size == b->size && !memcmp(a->text, b->text, a->size);
}

static struct ref_value compare(struct ref *ref, const struct psl_expr *e)
{
    struct ref_value a = ref_eval(ref, e->left), b = ref_eval(ref, e->right);
    bool is_same;

    if (a.kind == REF_LEVEL || b.kind == REF_LEVEL) { /* the other one may be written */
        const struct psl_expr *call = a.kind == REF_LEVEL ? e->left : e->right;

        if ((a.kind != REF_LEVEL && !ref_written_level(call->object, e->left, &a.level)) ||
            (b.kind != REF_LEVEL && !ref_written_level(call->object, e->right, &b.level)))
            return fails;
        a.kind = b.kind = REF_LEVEL;
    }
    if (a.kind == REF_FAILS || b.kind == REF_FAILS)
        return fails;
    if (a.kind == REF_TEXT)
        is_same = same_text(&a, &b);
    else if (a.kind == REF_SID)
        is_same = a.resource.sid == b.resource.sid;
    else if (a.kind == REF_LEVEL)
        is_same = a.level.degree == b.level.degree && a.level.categories == b.level.categories;
    else
        is_same = a.n == b.n;
    switch (e->op) {
    case PSL_EQ:
        return boolean(is_same);
    case PSL_NE:
        return boolean(!is_same);
    case PSL_LT:
        return boolean(a.n < b.n);
    case PSL_LE:
        return boolean(a.n <= b.n);
    case PSL_GT:
        return boolean(a.n > b.n);
    default:
        return boolean(a.n >= b.n);
    }
}

static struct ref_value logic(struct ref *ref, const struct psl_expr *e)
{
    struct ref_value a = ref_eval(ref, e->left);

    if (a.kind == REF_FAILS)
        return fails;
    if (e->op == PSL_AND && !a.n)
        return boolean(false);
    if (e->op == PSL_OR ? a.n != 0 : e->op == PSL_IMPLIES && !a.n)
        return boolean(true);
    return ref_eval(ref, e->right);
}

static struct ref_value arithmetic(struct ref *ref, const struct psl_expr *e)
{
    struct ref_value a = ref_eval(ref, e->left), b = ref_eval(ref, e->right);
    ref_number product;

    if (a.kind == REF_FAILS || b.kind == REF_FAILS)
        return fails;
    switch (e->op) {
    case PSL_ADD:
        return checked(ref, e, a.n + b.n);
    case PSL_SUBTRACT:
        return checked(ref, e, a.n - b.n);
    case PSL_MULTIPLY:
        if (__builtin_mul_overflow(a.n, b.n, &product))
            return fails;
        return checked(ref, e, product);
    case PSL_BIT_AND:
        return number(a.n & b.n);
    default:
        return number(a.n | b.n);
    }
}

static struct ref_value unary(struct ref *ref, const struct psl_expr *e)
{
    struct ref_value a = ref_eval(ref, e->left);
    struct ref_type type = ref_type(ref, e->left);

    if (a.kind == REF_FAILS)
        return fails;
    if (e->op == PSL_NOT)
        return boolean(!a.n);
    if (e->op == PSL_NEGATE)
        return checked(ref, e, -a.n);
    return number(((ref_number)1 << (type.is_known ? 64 : type.bits)) - 1 - a.n);
}

/* ---- functions ---- */

const struct psl_expr *ref_argument(const struct psl_expr *dict, const char *name)
{
    for (unsigned i = 0; i < dict->nitems; i++) {
        if (!strcmp(dict->items[i].key->name, name))
            return dict->items[i].value->kind == PSL_UNIT ? NULL : dict->items[i].value;
    }
    return NULL;
}

static struct ref_value bools(struct ref *ref, const struct psl_expr *e)
{
    bool is_all = e->function == PSL_BOOL_ALL;
    struct ref_value list = ref_eval(ref, e->left);

    if (list.kind != REF_ITEMS)
        return fails;
    for (unsigned i = 0; i < list.items->nitems; i++) {
        struct ref_value v = ref_eval(ref, list.items->items[i].value);

        if (v.kind == REF_FAILS || (v.n != 0) != is_all)
            return v;
    }
    return boolean(is_all);
}

/* One step of a sum or product. */
static bool step(enum psl_function function, ref_number *sum, ref_number n)
{
    if (function == PSL_MATH_SUM)
        *sum += n;
    else if (__builtin_mul_overflow(*sum, n, sum))
        return false;
    return true;
}

static struct ref_value fold_message(struct ref *ref, const struct psl_expr *e,
                                     const struct ref_value *list)
{
    struct ref_type type = ref_type(ref, e);
    ref_number sum = e->function == PSL_MATH_PRODUCT;
    const uint8_t *at;
    uint32_t n;

    if (!elements(ref, list, &at, &n))
        return fails;
    for (uint32_t i = 0; i < n; i++, at += list->type->elem->size) {
        if (!step(e->function, &sum, value_at(ref, list->type->elem, at).n) ||
            !ref_type_holds(&type, sum))
            return fails;
    }
    return number(sum);
}

/* As if written with + or *: each step has the type of what has been added up to it. */
static struct ref_value fold(struct ref *ref, const struct psl_expr *e)
{
    struct ref_value list = ref_eval(ref, e->left), first;
    struct psl_expr part, front;

    if (list.kind == REF_PLACE)
        return fold_message(ref, e, &list);
    if (list.kind != REF_ITEMS)
        return fails;
    if (!list.items->nitems)
        return number(e->function == PSL_MATH_PRODUCT);
    first = ref_eval(ref, list.items->items[0].value);
    part = *e;
    front = *list.items;
    part.left = &front;
    for (unsigned i = 1; i < list.items->nitems && first.kind != REF_FAILS; i++) {
        struct ref_value next = ref_eval(ref, list.items->items[i].value);

        if (next.kind == REF_FAILS || !step(e->function, &first.n, next.n))
            return fails;
        front.nitems = i + 1;
        first = checked(ref, &part, first.n);
    }
    return first;
}

static struct ref_value cond(struct ref *ref, const struct psl_expr *dict)
{
    struct ref_value condition = ref_eval(ref, ref_argument(dict, "if"));

    if (condition.kind == REF_FAILS)
        return fails;
    return ref_eval(ref, ref_argument(dict, condition.n ? "then" : "else"));
}

static struct ref_value size_of(struct ref *ref, const struct ref_value *v)
{
    const uint8_t *at;
    uint32_t n;

    if (v->kind == REF_TEXT)
        return number((ref_number)v->size);
    if (v->kind == REF_ITEMS)
        return number(v->items->nitems);
    if (v->kind == REF_UNIT)
        return number(0);
    return v->kind == REF_PLACE && elements(ref, v, &at, &n) ? number(n) : fails;
}

static struct ref_value regex(struct ref *ref, const struct psl_expr *dict)
{
    struct ref_value t = ref_eval(ref, ref_argument(dict, "text"));
    const struct psl_expr *pattern = ref_argument(dict, "pattern");

    if (t.kind != REF_TEXT)
        return fails;
    return boolean(ref_regex_matches(pattern->text, pattern->size, t.text, t.size));
}

static struct ref_value call(struct ref *ref, const struct psl_expr *e)
{
    struct ref_value v;

    switch (e->function) {
    case PSL_PRED_EMPTY:
        v = ref_eval(ref, e->left);
        v = size_of(ref, &v);
        return v.kind == REF_FAILS ? v : boolean(v.n == 0);
    case PSL_SIZE:
        v = ref_eval(ref, e->left);
        return size_of(ref, &v);
    case PSL_BOOL_ALL:
    case PSL_BOOL_ANY:
        return bools(ref, e);
    case PSL_BOOL_COND:
        return cond(ref, e->left);
    case PSL_MATH_NEG:
    case PSL_MATH_ABS:
        v = ref_eval(ref, e->left);
        if (v.kind == REF_FAILS)
            return v;
        return checked(ref, e, e->function == PSL_MATH_NEG || v.n < 0 ? -v.n : v.n);
    case PSL_MATH_SUM:
    case PSL_MATH_PRODUCT:
        return fold(ref, e);
    case PSL_MATH_UINT64:
    case PSL_MATH_UINT32:
    case PSL_MATH_UINT16:
    case PSL_MATH_SINT64:
    case PSL_MATH_SINT32:
    case PSL_MATH_SINT16:
        return ref_eval(ref, e->left);
    case PSL_RE_MATCH:
        return regex(ref, e->left);
    case PSL_RE_SELECT:
        return ref_eval(ref, ref_argument(e->left, "text"));
    default:
        return ref_model_value(ref, e);
    }
}

/* ---- entries of sets ---- */

static bool entry_at(const struct ref *ref, const struct nkidl_type *type, const uint8_t *at,
                     ref_number *words, unsigned *n)
{
    struct ref_value v = value_at(ref, type, at);

    if (v.kind == REF_INT) {
        words[(*n)++] = v.n;
        return true;
    }
    if (v.kind != REF_PLACE)
        return false;
    for (uint32_t i = 0; v.type->kind == NKIDL_ARRAY && i < v.type->count; i++) {
        if (!entry_at(ref, v.type->elem, at + i * v.type->elem->size, words, n))
            return false;
    }
    for (const struct nkidl_field *f = v.type->kind == NKIDL_NAMED ? v.type->decl->fields : NULL; f;
         f = f->next) {
        if (!entry_at(ref, f->type, at + f->offset, words, n))
            return false;
    }
    return true;
}

bool ref_entry(struct ref *ref, const struct psl_shape *shape, const struct psl_expr *e,
               ref_number *words, unsigned *n)
{
    struct ref_value v = ref_eval(ref, e);

    if (v.kind == REF_PLACE)
        return entry_at(ref, v.type, v.at, words, n);
    if (v.kind == REF_ITEMS) {
        for (unsigned i = 0; i < shape->nparts; i++) {
            const struct psl_expr *part = v.items->items[i].value;

            if (shape->kind == PSL_SHAPE_DICT) {
                for (unsigned k = 0; k < v.items->nitems; k++) {
                    if (!strcmp(v.items->items[k].key->name, shape->names[i]))
                        part = v.items->items[k].value;
                }
            }
            if (!ref_entry(ref, shape->parts[i], part, words, n))
                return false;
        }
        return true;
    }
    words[(*n)++] = v.kind == REF_SID ? (ref_number)v.resource.sid : v.n;
    return v.kind != REF_FAILS;
}

/* ---- all of them ---- */

struct ref_value ref_eval(struct ref *ref, const struct psl_expr *e)
{
    switch (e->kind) {
    case PSL_INT:
        return number(e->negative ? (ref_number)(int64_t)e->number : (ref_number)e->number);
    case PSL_BOOL:
        return boolean(e->number);
    case PSL_TEXT:
        return text(e->text, e->size);
    case PSL_UNIT:
        return (struct ref_value){.kind = REF_UNIT};
    case PSL_LIST:
    case PSL_DICT:
        return (struct ref_value){.kind = REF_ITEMS, .items = e};
    case PSL_SRC_SID:
        return sid(ref->event->source);
    case PSL_DST_SID:
        return sid(ref->event->target);
    case PSL_FIELD:
        return field(ref, e);
    case PSL_INDEX:
        return element(ref, e);
    case PSL_UNARY:
        return unary(ref, e);
    case PSL_BINARY:
        if (e->op <= PSL_GE)
            return compare(ref, e);
        return e->op <= PSL_IMPLIES ? logic(ref, e) : arithmetic(ref, e);
    case PSL_CALL:
        return call(ref, e);
    default:
        return fails;
    }
}
