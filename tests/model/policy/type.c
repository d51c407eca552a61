/*
 * type.c: the types of numbers. A literal has none of its own and takes that of what it meets, or
 * 64 bits where it does not fit there; of two others the wider counts. What is made of literals
 * alone is a literal.
 */
#include <string.h>

#include "ref.h"

bool ref_type_holds(const struct ref_type *t, ref_number n)
{
    ref_number one = 1;

    if (t->is_signed)
        return n >= -(one << (t->bits - 1)) && n < one << (t->bits - 1);
    return n >= 0 && n < one << t->bits;
}

static struct ref_type known(ref_number n, bool is_int)
{
    return (struct ref_type){
        .is_int = is_int, .is_known = true, .n = n, .bits = 64, .is_signed = n < 0};
}

static struct ref_type integer(bool is_signed, unsigned bits)
{
    return (struct ref_type){.is_int = true, .is_signed = is_signed, .bits = bits};
}

static struct ref_type of_message(const struct nkidl_type *declared)
{
    const struct nkidl_type *type = nkidl_base(declared);
    struct ref_type t = {.type = type};

    if (type->kind < NKIDL_HANDLE && !nkidl_is_handle_word(declared)) {
        t = integer(type->kind >= NKIDL_SINT8, 8u << (type->kind % 4));
        t.type = type;
    }
    return t;
}

/* The common type of two. */
static struct ref_type meet(struct ref_type a, struct ref_type b)
{
    if (!a.is_int)
        return (struct ref_type){0};
    if (a.is_known && b.is_known)
        return integer(a.n < 0 || b.n < 0, 64);
    if (b.is_known)
        return integer(a.is_signed, ref_type_holds(&a, b.n) ? a.bits : 64);
    if (a.is_known)
        return integer(b.is_signed, ref_type_holds(&b, a.n) ? b.bits : 64);
    return integer(a.is_signed, a.bits > b.bits ? a.bits : b.bits);
}

static struct ref_type of_field(const struct ref *ref, const struct psl_expr *e)
{
    struct ref_type left;

    if (e->left->kind == PSL_MESSAGE) {
        const struct nkidl_message *m = psl_message(&ref->event->occasion);

        for (unsigned i = 0; i < m->nfields; i++) {
            if (!strcmp(m->fields[i]->name, e->name))
                return of_message(m->fields[i]->type);
        }
        return (struct ref_type){0};
    }
    left = ref_type(ref, e->left);
    if (left.items) {
        for (unsigned i = 0; i < left.items->nitems; i++) {
            const struct psl_expr *key = left.items->items[i].key;

            if (!strcmp(key->kind == PSL_TEXT ? key->text : key->name, e->name))
                return ref_type(ref, left.items->items[i].value);
        }
    }
    if (left.type && left.type->kind == NKIDL_NAMED) {
        for (const struct nkidl_field *f = left.type->decl->fields; f; f = f->next) {
            if (!strcmp(f->name, e->name))
                return of_message(f->type);
        }
    }
    return strcmp(e->name, "rights") ? (struct ref_type){0} : integer(false, 32);
}

static struct ref_type of_index(const struct ref *ref, const struct psl_expr *e)
{
    struct ref_type left = ref_type(ref, e->left), index = ref_type(ref, e->right);

    if (left.items)
        return ref_type(ref, left.items->items[index.n].value);
    return of_message(left.type->elem);
}

static bool holds(enum psl_op op, ref_number a, ref_number b)
{
    switch (op) {
    case PSL_EQ:
        return a == b;
    case PSL_NE:
        return a != b;
    case PSL_LT:
        return a < b;
    case PSL_LE:
        return a <= b;
    case PSL_GT:
        return a > b;
    default:
        return a >= b;
    }
}

static ref_number compute(enum psl_op op, ref_number a, ref_number b)
{
    switch (op) {
    case PSL_ADD:
        return a + b;
    case PSL_SUBTRACT:
        return a - b;
    case PSL_MULTIPLY:
        return a * b;
    case PSL_BIT_AND:
        return a & b;
    default:
        return a | b;
    }
}

static struct ref_type of_binary(const struct ref *ref, const struct psl_expr *e)
{
    struct ref_type a = ref_type(ref, e->left), b = ref_type(ref, e->right);
    struct ref_type none = {0};

    if (e->op >= PSL_AND && e->op <= PSL_IMPLIES) {
        if (!a.is_known)
            return none;
        if (e->op == PSL_AND)
            return a.n ? b : a;
        if (e->op == PSL_OR)
            return a.n ? a : b;
        return a.n ? b : known(1, false);
    }
    if (e->left->kind == PSL_TEXT && e->right->kind == PSL_TEXT)
        return known((e->left->size == e->right->size &&
                      !memcmp(e->left->text, e->right->text, e->left->size)) == (e->op == PSL_EQ),
                     false);
    if (e->op <= PSL_GE)
        return a.is_known && b.is_known ? known(holds(e->op, a.n, b.n), false) : none;
    if (a.is_known && b.is_known)
        return known(compute(e->op, a.n, b.n), true);
    return meet(a, b);
}

static struct ref_type of_unary(const struct ref *ref, const struct psl_expr *e)
{
    struct ref_type t = ref_type(ref, e->left);

    if (!t.is_known)
        return t;
    if (e->op == PSL_NOT)
        return known(!t.n, false);
    return known(e->op == PSL_NEGATE ? -t.n : (ref_number)UINT64_MAX - t.n, true);
}

static struct ref_type of_bools(const struct ref *ref, const struct psl_expr *list, bool is_all)
{
    bool value = is_all;

    for (unsigned i = 0; i < list->nitems; i++) {
        struct ref_type t = ref_type(ref, list->items[i].value);

        if (!t.is_known)
            return (struct ref_type){0};
        value = is_all ? value && t.n : value || t.n;
    }
    return known(value, false);
}

/* As if the list were written with + or *. */
static struct ref_type of_fold(const struct ref *ref, const struct psl_expr *e)
{
    struct ref_type list = ref_type(ref, e->left), sum;

    if (!list.items)
        return of_message(list.type->elem);
    if (!list.items->nitems)
        return known(e->function == PSL_MATH_PRODUCT, true);
    sum = ref_type(ref, list.items->items[0].value);
    for (unsigned i = 1; i < list.items->nitems; i++) {
        struct ref_type next = ref_type(ref, list.items->items[i].value);

        if (sum.is_known && next.is_known)
            sum = known(
                compute(e->function == PSL_MATH_SUM ? PSL_ADD : PSL_MULTIPLY, sum.n, next.n), true);
        else
            sum = meet(sum, next);
    }
    return sum;
}

static struct ref_type of_cond(const struct ref *ref, const struct psl_expr *dict)
{
    struct ref_type condition = ref_type(ref, ref_argument(dict, "if"));
    struct ref_type a = ref_type(ref, ref_argument(dict, "then"));
    struct ref_type b = ref_type(ref, ref_argument(dict, "else"));

    if (condition.is_known && (condition.n ? a : b).is_known)
        return condition.n ? a : b;
    return meet(a, b);
}

static struct ref_type of_cast(const struct ref *ref, const struct psl_expr *e, bool is_signed,
                               unsigned bits)
{
    struct ref_type of = ref_type(ref, e->left);

    return of.is_known ? of : integer(is_signed, bits);
}

static struct ref_type of_call(const struct ref *ref, const struct psl_expr *e)
{
    struct ref_type of;

    switch (e->function) {
    case PSL_PRED_EMPTY:
        of = ref_type(ref, e->left);
        if (e->left->kind == PSL_UNIT || of.items)
            return known(!of.items || of.items->nitems == 0, false);
        return e->left->kind == PSL_TEXT ? known(e->left->size == 0, false) : (struct ref_type){0};
    case PSL_BOOL_ALL:
    case PSL_BOOL_ANY:
        of = ref_type(ref, e->left);
        return of_bools(ref, of.items, e->function == PSL_BOOL_ALL);
    case PSL_BOOL_COND:
        return of_cond(ref, e->left);
    case PSL_MATH_NEG:
    case PSL_MATH_ABS:
        of = ref_type(ref, e->left);
        if (of.is_known)
            return known(e->function == PSL_MATH_NEG || of.n < 0 ? -of.n : of.n, true);
        return of;
    case PSL_MATH_SUM:
    case PSL_MATH_PRODUCT:
        return of_fold(ref, e);
    case PSL_MATH_UINT64:
        return of_cast(ref, e, false, 64);
    case PSL_MATH_UINT32:
        return of_cast(ref, e, false, 32);
    case PSL_MATH_UINT16:
        return of_cast(ref, e, false, 16);
    case PSL_MATH_SINT64:
        return of_cast(ref, e, true, 64);
    case PSL_MATH_SINT32:
        return of_cast(ref, e, true, 32);
    case PSL_MATH_SINT16:
        return of_cast(ref, e, true, 16);
    case PSL_SIZE:
        of = ref_type(ref, e->left);
        if (of.items)
            return known(of.items->nitems, true);
        if (e->left->kind == PSL_TEXT)
            return known((ref_number)e->left->size, true);
        return integer(false, 64);
    case PSL_MAP_GET:
    case PSL_MAP_GET_UNCOMMITTED:
        return integer(e->object->staticmap.value->kind == PSL_SHAPE_SINT,
                       e->object->staticmap.value->bits);
    default:
        return (struct ref_type){0};
    }
}

struct ref_type ref_type(const struct ref *ref, const struct psl_expr *e)
{
    switch (e->kind) {
    case PSL_INT:
        return known(e->negative ? (ref_number)(int64_t)e->number : (ref_number)e->number, true);
    case PSL_BOOL:
        return known((ref_number)e->number, false);
    case PSL_LIST:
    case PSL_DICT:
        return (struct ref_type){.items = e};
    case PSL_FIELD:
        return of_field(ref, e);
    case PSL_INDEX:
        return of_index(ref, e);
    case PSL_UNARY:
        return of_unary(ref, e);
    case PSL_BINARY:
        return of_binary(ref, e);
    case PSL_CALL:
        return of_call(ref, e);
    default:
        return (struct ref_type){0};
    }
}
