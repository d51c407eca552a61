/*
 * types.c: types of expressions, for one kind of message; constants are computed on the way.
 *
 * Integers have a sign and 8, 16, 32 or 64 bits. Operands have the same sign; the result has the
 * wider of the two types, and a result that it cannot hold makes the expression fail. A constant
 * takes the type of the other operand if it fits there.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "typing.h"

/* ---- diagnostics ---- */

static bool is_reported(struct psl_context *c, struct nkidl_loc loc)
{
    struct psl_reported *r;

    for (r = c->reported; r; r = r->next) {
        if (r->loc.file == loc.file && r->loc.line == loc.line && r->loc.column == loc.column)
            return true;
    }
    r = nkidl_alloc(c->policy->idl, sizeof(*r));
    r->loc = loc;
    r->next = c->reported;
    c->reported = r;
    return false;
}

struct psl_typed *type_error(struct psl_context *c, struct nkidl_loc loc, const char *help,
                             const char *format, ...)
{
    char text[400];
    va_list args;

    if (is_reported(c, loc))
        return NULL;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    nkidl_error(c->policy->idl, loc, help, "%s", text);
    return NULL;
}

void type_warning(struct psl_context *c, struct nkidl_loc loc, const char *help, const char *format,
                  ...)
{
    char text[400];
    va_list args;

    if (is_reported(c, loc))
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    nkidl_warning(c->policy->idl, loc, help, "%s", text);
}

const char *kind_name(struct psl_context *c, const struct psl_typed *t)
{
    static const char *const names[] = {"", "Boolean", "Text", "()", "Sid", "a handle", "a state",
                                        "a level", "a list", "a dictionary", "a structure"};

    if (t->kind == PSL_V_INT && t->is_const)
        return "a number";
    if (t->kind == PSL_V_INT)
        return nkidl_format(c->policy->idl, "%cInt%u", t->is_signed ? 'S' : 'U', t->bits);
    if (t->kind == PSL_V_IDL && t->type->kind == NKIDL_ARRAY)
        return "an array";
    if (t->kind == PSL_V_IDL && t->type->kind == NKIDL_SEQUENCE)
        return "a sequence";
    return names[t->kind];
}

/* ---- values ---- */

struct psl_typed *new_typed(struct psl_context *c, enum psl_value_kind kind,
                            const struct psl_expr *expr)
{
    struct psl_typed *t = nkidl_alloc(c->policy->idl, sizeof(*t));

    t->kind = kind;
    t->expr = expr;
    t->fixed = -1;
    return t;
}

struct psl_typed *const_bool(struct psl_context *c, const struct psl_expr *expr, bool value)
{
    struct psl_typed *t = new_typed(c, PSL_V_BOOL, expr);

    t->is_const = true;
    t->number = value;
    return t;
}

static struct psl_typed *const_int(struct psl_context *c, const struct psl_expr *expr,
                                   uint64_t number, bool negative)
{
    struct psl_typed *t = new_typed(c, PSL_V_INT, expr);

    t->is_const = true;
    t->number = number;
    t->negative = negative;
    t->is_signed = negative;
    t->bits = 64;
    return t;
}

bool const_fits(const struct psl_typed *t, bool is_signed, unsigned bits)
{
    if (!is_signed)
        return !t->negative && (bits == 64 || t->number >> bits == 0);
    if (t->negative)
        return (int64_t)t->number >= (bits == 64 ? INT64_MIN : -((int64_t)1 << (bits - 1)));
    return t->number >> (bits - 1) == 0;
}

/* The same value as one of another integer type that holds it. */
static struct psl_typed *retype(struct psl_context *c, struct psl_typed *t, bool is_signed,
                                unsigned bits)
{
    struct psl_typed *copy;

    if (t->is_signed == is_signed && t->bits == bits)
        return t;
    copy = new_typed(c, PSL_V_INT, t->expr);
    if (t->is_const) {
        *copy = *t;
    } else {
        copy->is_widened = true;
        copy->left = t;
    }
    copy->is_signed = is_signed;
    copy->bits = bits;
    return copy;
}

struct psl_typed *as_sid(struct psl_context *c, struct psl_typed *t)
{
    struct psl_typed *sid;

    if (t->kind == PSL_V_SID)
        return t;
    if (t->kind != PSL_V_HANDLE)
        return NULL;
    sid = new_typed(c, PSL_V_SID, t->expr);
    sid->left = t;
    return sid;
}

int state_number(const struct psl_object *flow, const char *text, size_t size)
{
    for (unsigned i = 0; i < flow->flow.nstates; i++) {
        const struct psl_expr *state = flow->flow.states[i];

        if (state->size == size && !memcmp(state->text, text, size))
            return (int)i;
    }
    return -1;
}

/* ---- places in the message ---- */

static const char *field_names(struct psl_context *c, const struct nkidl_field *f)
{
    const char *list = NULL;

    for (; f; f = f->next)
        list = name_list(c->policy->idl, list, f->name);
    return list ? nkidl_format(c->policy->idl, "there are: %s", list) : "there are none";
}

/* Which of the message's handles stands there; those that are plain words come after the others. */
static unsigned nth_handle(const struct nkidl_message *m, int64_t offset)
{
    for (unsigned i = 0; i < m->nhandles; i++) {
        if (offset >= 0 && m->handles[i] == (uint64_t)offset)
            return i;
    }
    for (unsigned i = 0; i < m->nwords; i++) {
        if (offset >= 0 && m->words[i] == (uint64_t)offset)
            return m->nhandles + i;
    }
    return UINT32_MAX;
}

/* Where a place is if the indices that are computed are 0; negative: not in the constant part. */
static int64_t lowest_offset(const struct psl_typed *t)
{
    int64_t left;

    if (t->fixed >= 0)
        return t->fixed;
    left = t->left ? lowest_offset(t->left) : -1;
    if (left < 0 || t->place == PSL_MEMBER || (t->place == PSL_ELEMENT && t->left->type->kind != NKIDL_ARRAY))
        return -1;
    if (t->place == PSL_ELEMENT)
        return left + (t->right->is_const ? (int64_t)(t->right->number * t->left->type->elem->size) : 0);
    return left + t->offset;
}

static void set_handle(struct psl_context *c, struct psl_typed *t)
{
    t->kind = PSL_V_HANDLE;
    t->nth = nth_handle(c->message, lowest_offset(t));
    t->is_indexed = t->fixed < 0;
    if (t->nth == UINT32_MAX)
        type_error(c, t->expr->loc, "make it a parameter of its own",
                   "a handle's word has a SID only where it is a parameter");
}

/* `declared`: the type with its typedefs. */
static void set_place_kind(struct psl_context *c, struct psl_typed *t,
                           const struct nkidl_type *declared)
{
    const struct nkidl_type *type = t->type;

    if (nkidl_is_handle_word(declared)) {
        set_handle(c, t);
        return;
    }

    switch (type->kind) {
    case NKIDL_HANDLE:
        set_handle(c, t);
        break;
    case NKIDL_BYTES:
    case NKIDL_STRING:
        t->kind = PSL_V_TEXT;
        t->is_text_zero = type->kind == NKIDL_STRING;
        t->max = type->count + t->is_text_zero;
        break;
    case NKIDL_ARRAY:
    case NKIDL_SEQUENCE:
    case NKIDL_NAMED:
        t->kind = PSL_V_IDL;
        break;
    default:
        t->kind = PSL_V_INT;
        t->is_signed = type->kind >= NKIDL_SINT8;
        t->bits = 8u << (type->kind % 4);
    }
}

static struct psl_typed *place(struct psl_context *c, const struct psl_expr *expr,
                               enum psl_place kind, struct psl_typed *left,
                               const struct nkidl_type *type, uint32_t offset)
{
    struct psl_typed *t = new_typed(c, PSL_V_IDL, expr);

    t->place = kind;
    t->left = left;
    t->type = nkidl_base(type);
    t->offset = offset;
    if (kind == PSL_PARAM)
        t->fixed = offset;
    else if (left->fixed >= 0 && kind != PSL_ELEMENT)
        t->fixed = left->fixed + offset;
    return t;
}

static const char *message_of(enum psl_event event)
{
    static const char *const names[] = {"execute", "request", "response", "error response",
                                        "question"};

    return names[event];
}

static struct psl_typed *type_param(struct psl_context *c, const struct psl_expr *e)
{
    const char *list = NULL;

    if (!c->message)
        return type_error(c, e->loc, NULL, "an execute event has no message");
    for (unsigned i = 0; i < c->message->nfields; i++) {
        const struct nkidl_field *f = c->message->fields[i];

        if (!strcmp(f->name, e->name)) {
            struct psl_typed *t = place(c, e, PSL_PARAM, NULL, f->type, f->offset);

            set_place_kind(c, t, f->type);
            return t;
        }
        list = name_list(c->policy->idl, list, f->name);
    }
    return type_error(
        c, e->loc, list ? nkidl_format(c->policy->idl, "there are: %s", list) : "it has none",
        "the %s of %s has no parameter '%s'", message_of(c->event), c->method, e->name);
}

static struct psl_typed *type_idl_field(struct psl_context *c, const struct psl_expr *e,
                                        struct psl_typed *left)
{
    const struct nkidl_decl *decl = left->type->decl;
    struct psl_typed *t;
    uint32_t tag = 0;

    for (const struct nkidl_field *f = decl->fields; f; f = f->next, tag++) {
        if (strcmp(f->name, e->name) != 0)
            continue;
        if (decl->kind == NKIDL_UNION) {
            t = place(c, e, PSL_MEMBER, left, f->type, decl->body);
            t->tag = tag;
        } else {
            t = place(c, e, PSL_INSIDE, left, f->type, f->offset);
        }
        set_place_kind(c, t, f->type);
        return t;
    }
    return type_error(c, e->loc, field_names(c, decl->fields), "%s has no field '%s'", decl->name,
                      e->name);
}

static struct psl_typed *type_handle_field(struct psl_context *c, const struct psl_expr *e,
                                           struct psl_typed *left)
{
    struct psl_typed *t;

    if (!strcmp(e->name, "handle"))
        t = new_typed(c, PSL_V_SID, e);
    else if (!strcmp(e->name, "rights"))
        t = new_typed(c, PSL_V_INT, e);
    else
        return type_error(c, e->loc, "there are: handle, rights", "a handle has no field '%s'",
                          e->name);
    t->left = left;
    t->is_rights = t->kind == PSL_V_INT;
    t->bits = 32;
    return t;
}

static struct psl_typed *type_field(struct psl_context *c, const struct psl_expr *e)
{
    struct psl_typed *left;

    if (e->left->kind == PSL_MESSAGE)
        return type_param(c, e);
    left = psl_type(c, e->left);
    if (!left)
        return NULL;
    if (left->kind == PSL_V_HANDLE)
        return type_handle_field(c, e, left);
    if (left->kind == PSL_V_IDL && left->type->kind == NKIDL_NAMED)
        return type_idl_field(c, e, left);
    for (unsigned i = 0; left->kind == PSL_V_DICT && i < left->nitems; i++) {
        if (!strcmp(left->names[i], e->name))
            return left->items[i];
    }
    return type_error(c, e->loc, "fields are of structures and handles", "%s has no field '%s'",
                      kind_name(c, left), e->name);
}

static struct psl_typed *type_index(struct psl_context *c, const struct psl_expr *e)
{
    struct psl_typed *left = psl_type(c, e->left), *index = psl_type(c, e->right), *t;
    const struct nkidl_type *elem;

    if (!left || !index)
        return NULL;
    if (index->kind != PSL_V_INT || index->negative || (index->is_signed && !index->is_const))
        return type_error(c, e->right->loc, "0 is the first",
                          "an index is an unsigned number, not %s", kind_name(c, index));
    if (left->kind == PSL_V_LIST) {
        if (!index->is_const || index->number >= left->nitems)
            return type_error(c, e->right->loc, NULL, "the index is not inside the list");
        return left->items[index->number];
    }
    if (left->kind != PSL_V_IDL || left->type->kind == NKIDL_NAMED)
        return type_error(c, e->loc, "arrays and sequences have elements", "%s has no elements",
                          kind_name(c, left));
    if (left->type->kind == NKIDL_ARRAY && index->is_const && index->number >= left->type->count)
        return type_error(c, e->right->loc, NULL, "the array has %u elements",
                          (unsigned)left->type->count);
    elem = left->type->elem;
    t = place(c, e, PSL_ELEMENT, left, elem, 0);
    t->right = index;
    if (left->type->kind == NKIDL_ARRAY && index->is_const && left->fixed >= 0)
        t->fixed = left->fixed + (int64_t)(index->number * elem->size);
    set_place_kind(c, t, elem);
    return t;
}

/* ---- lists and dictionaries ---- */

static struct psl_typed *type_items(struct psl_context *c, const struct psl_expr *e)
{
    struct psl_typed *t = new_typed(c, e->kind == PSL_DICT ? PSL_V_DICT : PSL_V_LIST, e);

    t->nitems = e->nitems;
    t->items = nkidl_alloc(c->policy->idl, (e->nitems + 1) * sizeof(*t->items));
    t->names = nkidl_alloc(c->policy->idl, (e->nitems + 1) * sizeof(*t->names));
    t->is_const = true;
    for (unsigned i = 0; i < e->nitems; i++) {
        const struct psl_expr *key = e->items[i].key;

        t->items[i] = psl_type(c, e->items[i].value);
        if (!t->items[i])
            return NULL;
        if (key)
            t->names[i] = key->kind == PSL_NAME   ? key->name
                          : key->kind == PSL_TEXT ? key->text
                                                  : "";
        t->is_const = t->is_const && t->items[i]->is_const;
    }
    return t;
}

/* ---- operators ---- */

static bool join_ints(struct psl_context *c, const struct psl_expr *at, struct psl_typed **a,
                      struct psl_typed **b)
{
    struct psl_typed *x = *a, *y = *b;
    unsigned bits;

    if (x->is_const && !y->is_const) {
        if (const_fits(x, y->is_signed, y->bits)) {
            *a = retype(c, x, y->is_signed, y->bits);
            return true;
        }
        if (const_fits(x, y->is_signed, 64)) {
            *a = retype(c, x, y->is_signed, 64);
            *b = retype(c, y, y->is_signed, 64);
            return true;
        }
    } else if (y->is_const && !x->is_const) {
        return join_ints(c, at, b, a);
    } else if (x->is_const) {
        bool is_signed = x->negative || y->negative;

        if (const_fits(x, is_signed, 64) && const_fits(y, is_signed, 64)) {
            *a = retype(c, x, is_signed, 64);
            *b = retype(c, y, is_signed, 64);
            return true;
        }
    } else if (x->is_signed == y->is_signed) {
        bits = x->bits > y->bits ? x->bits : y->bits;
        *a = retype(c, x, x->is_signed, bits);
        *b = retype(c, y, x->is_signed, bits);
        return true;
    }
    type_error(c, at->loc, "one is signed and the other is not", "%s and %s do not go together",
               kind_name(c, x), kind_name(c, y));
    return false;
}

static bool join_state(struct psl_context *c, struct psl_typed **state, struct psl_typed **text)
{
    struct psl_typed *t = *text;

    if (t->kind != PSL_V_TEXT || !t->is_const)
        return t->kind == PSL_V_TEXT;
    if (state_number((*state)->object, t->text, t->size) < 0) {
        const char *list = NULL;

        for (unsigned i = 0; i < (*state)->object->flow.nstates; i++)
            list = name_list(c->policy->idl, list, (*state)->object->flow.states[i]->text);
        type_error(c, t->expr->loc, nkidl_format(c->policy->idl, "there are: %s", list),
                   "'%s' is not a state of '%s'", t->text, (*state)->object->name);
        return false;
    }
    return true;
}

bool join(struct psl_context *c, const struct psl_expr *at, struct psl_typed **a,
          struct psl_typed **b)
{
    struct psl_typed *x = *a, *y = *b;

    if (x->kind == PSL_V_INT && y->kind == PSL_V_INT)
        return join_ints(c, at, a, b);
    if (x->kind == PSL_V_LEVEL || y->kind == PSL_V_LEVEL) {
        const struct psl_object *mic = x->kind == PSL_V_LEVEL ? x->object : y->object;

        *a = as_level(c, mic, x);
        *b = as_level(c, mic, y);
        return *a && *b;
    }
    if (as_sid(c, x) && as_sid(c, y)) {
        *a = as_sid(c, x);
        *b = as_sid(c, y);
        return true;
    }
    if (x->kind == PSL_V_STATE && y->kind == PSL_V_TEXT)
        return join_state(c, a, b);
    if (y->kind == PSL_V_STATE && x->kind == PSL_V_TEXT)
        return join_state(c, b, a);
    if (x->kind == PSL_V_STATE && y->kind == PSL_V_STATE)
        return true;
    if (x->kind == y->kind && (x->kind == PSL_V_BOOL || x->kind == PSL_V_TEXT))
        return true;
    type_error(c, at->loc,
               x->kind == PSL_V_BOOL || y->kind == PSL_V_BOOL
                   ? "a Boolean of an interface is a UInt8: compare it with 0" : NULL,
               "%s and %s cannot be compared", kind_name(c, x), kind_name(c, y));
    return false;
}

/* Values of two constants of one type: -1, 0, 1. */
static int compare_consts(const struct psl_typed *a, const struct psl_typed *b)
{
    if (a->kind == PSL_V_TEXT) {
        size_t size = a->size < b->size ? a->size : b->size;
        int order = memcmp(a->text, b->text, size);

        return order ? order : a->size < b->size ? -1 : a->size > b->size;
    }
    if (a->kind == PSL_V_INT && a->is_signed)
        return (int64_t)a->number < (int64_t)b->number ? -1
                                                       : (int64_t)a->number > (int64_t)b->number;
    if (a->kind == PSL_V_LEVEL)
        return a->degree != b->degree || a->categories != b->categories;
    return a->number < b->number ? -1 : a->number > b->number;
}

static bool holds(enum psl_op op, int order)
{
    switch (op) {
    case PSL_EQ:
        return order == 0;
    case PSL_NE:
        return order != 0;
    case PSL_LT:
        return order < 0;
    case PSL_LE:
        return order <= 0;
    case PSL_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

/* A constant that the other operand's type can never hold. */
static void warn_of_range(struct psl_context *c, const struct psl_typed *constant,
                          const struct psl_typed *other)
{
    if (constant->kind == PSL_V_INT && constant->is_const && !other->is_const &&
        !const_fits(constant, other->is_signed, other->bits))
        type_warning(c, constant->expr->loc, NULL, "no value of %s is that large or small",
                     kind_name(c, other));
}

static struct psl_typed *type_comparison(struct psl_context *c, const struct psl_expr *e,
                                         struct psl_typed *a, struct psl_typed *b)
{
    struct psl_typed *t;

    if (a->kind == PSL_V_INT && b->kind == PSL_V_INT) {
        warn_of_range(c, a, b);
        warn_of_range(c, b, a);
    }
    if (!join(c, e, &a, &b))
        return NULL;
    if (a->kind != PSL_V_INT && e->op != PSL_EQ && e->op != PSL_NE)
        return type_error(c, e->loc, "compare with == or !=", "%s has no order", kind_name(c, a));
    if (a->is_const && b->is_const)
        return const_bool(c, e, holds(e->op, compare_consts(a, b)));
    t = new_typed(c, PSL_V_BOOL, e);
    t->left = a;
    t->right = b;
    return t;
}

static struct psl_typed *fold_ints(struct psl_context *c, const struct psl_expr *e,
                                   const struct psl_typed *a, const struct psl_typed *b)
{
    __int128 x = a->negative ? (int64_t)a->number : (__int128)a->number;
    __int128 y = b->negative ? (int64_t)b->number : (__int128)b->number, z;

    switch (e->op) {
    case PSL_ADD:
        z = x + y;
        break;
    case PSL_SUBTRACT:
        z = x - y;
        break;
    case PSL_MULTIPLY:
        if (__builtin_mul_overflow(x, y, &z))
            return type_error(c, e->loc, NULL, "the result has more than 64 bits");
        break;
    case PSL_BIT_AND:
        z = (__int128)(a->number & b->number);
        break;
    default:
        z = (__int128)(a->number | b->number);
    }
    if (z < INT64_MIN || z > (__int128)UINT64_MAX)
        return type_error(c, e->loc, NULL, "the result has more than 64 bits");
    return const_int(c, e, (uint64_t)z, z < 0);
}

static struct psl_typed *type_arithmetic(struct psl_context *c, const struct psl_expr *e,
                                         struct psl_typed *a, struct psl_typed *b)
{
    struct psl_typed *t;

    if (a->kind != PSL_V_INT || b->kind != PSL_V_INT)
        return type_error(c, e->loc, NULL, "numbers are due here, not %s",
                          kind_name(c, a->kind != PSL_V_INT ? a : b));
    if ((e->op == PSL_BIT_AND || e->op == PSL_BIT_OR) &&
        ((a->is_signed && !a->is_const) || (b->is_signed && !b->is_const) || a->negative ||
         b->negative))
        return type_error(c, e->loc, NULL, "& and | take unsigned numbers");
    if (a->is_const && b->is_const)
        return fold_ints(c, e, a, b);
    if (!join_ints(c, e, &a, &b))
        return NULL;
    t = new_typed(c, PSL_V_INT, e);
    t->is_signed = a->is_signed;
    t->bits = a->bits;
    t->left = a;
    t->right = b;
    return t;
}

static struct psl_typed *type_logic(struct psl_context *c, const struct psl_expr *e,
                                    struct psl_typed *a, struct psl_typed *b)
{
    struct psl_typed *t;

    if (a->kind != PSL_V_BOOL || b->kind != PSL_V_BOOL) {
        const struct psl_typed *wrong = a->kind != PSL_V_BOOL ? a : b;

        return type_error(c, wrong->expr->loc,
                          wrong->kind == PSL_V_INT ? "compare it: ... != 0" : NULL,
                          "a Boolean is due here, not %s", kind_name(c, wrong));
    }
    if (a->is_const) { /* the left one decides, or the right one does */
        if (e->op == PSL_AND)
            return a->number ? b : a;
        if (e->op == PSL_OR)
            return a->number ? a : b;
        return a->number ? b : const_bool(c, e, true);
    }
    t = new_typed(c, PSL_V_BOOL, e);
    t->left = a;
    t->right = b;
    return t;
}

static struct psl_typed *type_binary(struct psl_context *c, const struct psl_expr *e)
{
    struct psl_typed *a = psl_type(c, e->left), *b = psl_type(c, e->right);

    if (!a || !b)
        return NULL;
    if (e->op <= PSL_GE)
        return type_comparison(c, e, a, b);
    return e->op <= PSL_IMPLIES ? type_logic(c, e, a, b) : type_arithmetic(c, e, a, b);
}

static struct psl_typed *type_unary(struct psl_context *c, const struct psl_expr *e)
{
    struct psl_typed *a = psl_type(c, e->left), *t;

    if (!a)
        return NULL;
    if (e->op == PSL_NOT) {
        if (a->kind != PSL_V_BOOL)
            return type_error(c, a->expr->loc, a->kind == PSL_V_INT ? "compare it: ... == 0" : NULL,
                              "a Boolean is due here, not %s", kind_name(c, a));
        if (a->is_const)
            return const_bool(c, e, !a->number);
        t = new_typed(c, PSL_V_BOOL, e);
    } else {
        bool wants_signed = e->op == PSL_NEGATE;

        if (a->kind != PSL_V_INT || (!a->is_const && a->is_signed != wants_signed) ||
            (!wants_signed && a->negative))
            return type_error(c, a->expr->loc, NULL, "a number %s is due here, not %s",
                              wants_signed ? "with a sign" : "without a sign", kind_name(c, a));
        if (a->is_const && !wants_signed)
            return const_int(c, e, ~a->number, false);
        if (a->is_const && (a->negative || a->number <= (uint64_t)1 << 63))
            return const_int(c, e, -a->number, a->number != 0 && !a->negative);
        if (a->is_const)
            return type_error(c, e->loc, NULL, "the result has more than 64 bits");
        t = new_typed(c, PSL_V_INT, e);
        t->is_signed = a->is_signed;
        t->bits = a->bits;
    }
    t->left = a;
    return t;
}

static struct psl_typed *type_literal(struct psl_context *c, const struct psl_expr *e)
{
    struct psl_typed *t;

    if (e->kind == PSL_INT)
        return const_int(c, e, e->number, e->negative);
    if (e->kind == PSL_BOOL)
        return const_bool(c, e, e->number);
    t = new_typed(c, e->kind == PSL_TEXT ? PSL_V_TEXT : PSL_V_UNIT, e);
    t->is_const = true;
    t->text = e->text;
    t->size = e->size;
    return t;
}

struct psl_typed *psl_type(struct psl_context *c, const struct psl_expr *e)
{
    switch (e->kind) {
    case PSL_INT:
    case PSL_BOOL:
    case PSL_TEXT:
    case PSL_UNIT:
        return type_literal(c, e);
    case PSL_LIST:
    case PSL_DICT:
        return type_items(c, e);
    case PSL_DST_SID:
        if (c->event == PSL_SECURITY)
            return type_error(c, e->loc, NULL, "a security event has no destination");
        return new_typed(c, PSL_V_SID, e);
    case PSL_SRC_SID:
        return new_typed(c, PSL_V_SID, e);
    case PSL_FIELD:
        return type_field(c, e);
    case PSL_INDEX:
        return type_index(c, e);
    case PSL_UNARY:
        return type_unary(c, e);
    case PSL_BINARY:
        return type_binary(c, e);
    case PSL_CALL:
        return type_call(c, e);
    default:
        return type_error(c, e->loc, "write message.PARAMETER",
                          "the message as a whole is no value");
    }
}

bool psl_reads_message(const struct psl_expr *e)
{
    if (!e)
        return false;
    if (e->kind == PSL_MESSAGE || psl_reads_message(e->left) || psl_reads_message(e->right))
        return true;
    for (unsigned i = 0; i < e->nitems; i++) {
        if (psl_reads_message(e->items[i].value))
            return true;
    }
    return false;
}

bool psl_action_reads_message(const struct psl_action *a)
{
    if (psl_reads_message(a->argument) || psl_reads_message(a->expr))
        return true;
    for (const struct psl_branch *b = a->branches; b; b = b->next) {
        for (const struct psl_action *i = b->actions; i; i = i->next) {
            if (psl_action_reads_message(i))
                return true;
        }
    }
    for (const struct psl_action *i = a->match ? a->match->actions : NULL; i; i = i->next) {
        if (psl_action_reads_message(i))
            return true;
    }
    return false;
}
