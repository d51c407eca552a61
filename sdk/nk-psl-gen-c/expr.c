/*
 * expr.c: expressions as C. Each value gets a variable of its own, in the order in which the policy
 * is evaluated; what cannot be computed leaves the function with a denial.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "psl_gen.h"
#include "regex.h"

void put_text(struct psl_gen *g, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(g->out, format, args);
    va_end(args);
}

void line(struct psl_gen *g, const char *format, ...)
{
    va_list args;

    fprintf(g->out, "%*s", (int)(4 * g->indent), "");
    va_start(args, format);
    vfprintf(g->out, format, args);
    va_end(args);
    fputc('\n', g->out);
}

const char *c_string(struct psl_gen *g, const char *text, size_t size)
{
    char *out = nkidl_alloc(g->idl, 4 * size + 3), *at = out;

    *at++ = '"';
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '"' || c == '\\')
            *at++ = '\\', *at++ = (char)c;
        else if (c < ' ' || c >= 0x7f || c == '?')
            at += sprintf(at, "\\%03o", c);
        else
            *at++ = (char)c;
    }
    *at++ = '"';
    *at = 0;
    return out;
}

unsigned new_temp(struct psl_gen *g)
{
    return g->ntemps++;
}

static const char *name_of(struct psl_gen *g, unsigned temp)
{
    return nkidl_format(g->idl, "t%u", temp);
}

#define DENY "return denied;"

static void deny_unless(struct psl_gen *g, const char *condition)
{
    line(g, "if (!(%s))", condition);
    line(g, "    " DENY);
}

static const char *int_type(struct psl_gen *g, const struct psl_typed *t)
{
    return nkidl_format(g->idl, "%sint%u_t", t->is_signed ? "" : "u", t->bits);
}

static const char *const_int(struct psl_gen *g, const struct psl_typed *t)
{
    if (t->is_signed)
        return nkidl_format(g->idl, "((%s)0x%" PRIx64 "ull)", int_type(g, t), t->number);
    return nkidl_format(g->idl, "((%s)%" PRIu64 "ull)", int_type(g, t), t->number);
}

const char *put_const_text(struct psl_gen *g, const char *text, size_t size)
{
    unsigned n = g->ntexts++;

    fprintf(g->tables, "static const struct rules_text text_%u = {(const uint8_t *)%s, %zu};\n", n,
            c_string(g, text, size), size);
    return nkidl_format(g->idl, "text_%u", n);
}

/* ---- places ---- */

/* "const uint8_t *" to a value of the message. */
static const char *put_place(struct psl_gen *g, const struct psl_typed *t)
{
    const char *left, *index;
    const struct nkidl_type *array;
    unsigned temp;

    if (t->place == PSL_PARAM)
        return nkidl_format(g->idl, "(m + %u)", (unsigned)t->offset);
    left = put_place(g, t->left);
    if (t->place == PSL_INSIDE)
        return nkidl_format(g->idl, "(%s + %u)", left, (unsigned)t->offset);
    if (t->place == PSL_MEMBER) {
        line(g, "if (rules_u32(%s) != %u)", left, (unsigned)t->tag);
        line(g, "    " DENY);
        return nkidl_format(g->idl, "(%s + %u)", left, (unsigned)t->offset);
    }
    array = t->left->type;
    index = put_expr(g, t->right);
    temp = new_temp(g);
    if (array->kind == NKIDL_ARRAY) {
        line(g, "if (%s >= %u)", index, (unsigned)array->count);
        line(g, "    " DENY);
        line(g, "const uint8_t *t%u = %s + (uint32_t)%s * %u;", temp, left, index,
             (unsigned)array->elem->size);
        return name_of(g, temp);
    }
    g->reads_arena = true;
    line(g, "struct rules_text t%u;", temp);
    line(g, "if (!rules_chunk(q, %s, &t%u) || %s >= t%u.size / %u)", left, temp, index, temp,
         (unsigned)array->elem->size);
    line(g, "    " DENY);
    g->bytes += array->elem->size;
    return nkidl_format(g->idl, "(t%u.at + (uint32_t)%s * %u)", temp, index,
                        (unsigned)array->elem->size);
}

static const char *put_chunk(struct psl_gen *g, const struct psl_typed *t)
{
    const char *at = put_place(g, t);
    unsigned temp = new_temp(g);

    g->reads_arena = true;
    line(g, "struct rules_text t%u;", temp);
    line(g, "if (!rules_chunk(q, %s, &t%u))", at, temp);
    line(g, "    " DENY);
    return name_of(g, temp);
}

static const char *put_loaded(struct psl_gen *g, const struct psl_typed *t)
{
    const char *at;
    unsigned temp;

    if (t->kind == PSL_V_TEXT)
        return put_chunk(g, t);
    at = put_place(g, t);
    temp = new_temp(g);
    line(g, "%s t%u = (%s)rules_u%u(%s);", int_type(g, t), temp, int_type(g, t), t->bits, at);
    return name_of(g, temp);
}

/* ---- texts ---- */

static bool is_string(const struct psl_typed *t)
{
    return t->place && t->is_text_zero;
}

static uint32_t most_bytes(const struct psl_typed *t)
{
    return t->is_const ? 0 : t->max;
}

static const char *state_names(struct psl_gen *g, const struct psl_object *flow)
{
    return nkidl_format(g->idl, "states_%u", flow->number);
}

const char *put_whole_text(struct psl_gen *g, const struct psl_typed *t)
{
    const char *value;
    unsigned temp;

    if (t->kind == PSL_V_STATE) {
        value = put_expr(g, t);
        deny_unless(g, nkidl_format(g->idl, "%s >= 0", value));
        return nkidl_format(g->idl, "%s[%s]", state_names(g, t->object), value);
    }
    value = put_expr(g, t);
    g->bytes += most_bytes(t);
    if (!is_string(t))
        return value;
    temp = new_temp(g);
    g->walks++;
    line(g, "struct rules_text t%u = rules_cut(%s);", temp, value);
    return name_of(g, temp);
}

static const char *put_text_equality(struct psl_gen *g, const struct psl_typed *a,
                                     const struct psl_typed *b)
{
    const char *left;
    bool is_bounded;

    if (a->is_const) {
        const struct psl_typed *swap = a;

        a = b;
        b = swap;
    }
    if (b->kind == PSL_V_TEXT && b->is_const && is_string(a)) {
        left = put_expr(g, a); /* it can fail, whatever it is compared with */
        if (memchr(b->text, 0, b->size))
            return "false";
        g->bytes += b->size + 1 < a->max ? b->size + 1 : a->max;
        return nkidl_format(g->idl, "rules_string_is(%s, %s)", left,
                            put_const_text(g, b->text, b->size));
    }
    left = put_whole_text(g, a);
    is_bounded = a->kind == PSL_V_STATE || b->kind == PSL_V_STATE || b->is_const;
    g->walks += !is_bounded;
    return nkidl_format(g->idl, is_bounded ? "rules_equal(%s, %s)" : "rules_long_equal(%s, %s)", left,
                        put_whole_text(g, b));
}

/* ---- states, keys, levels, entries ---- */

static unsigned state_of(const struct psl_object *flow, const char *text, size_t size)
{
    for (unsigned i = 0; i < flow->flow.nstates; i++) {
        const struct psl_expr *state = flow->flow.states[i];

        if (state->size == size && !memcmp(state->text, text, size))
            return i;
    }
    return 0;
}

const char *put_state(struct psl_gen *g, const struct psl_object *flow, const struct psl_typed *t)
{
    if (t->kind == PSL_V_STATE && t->object == flow)
        return put_expr(g, t);
    if (t->kind == PSL_V_TEXT && t->is_const)
        return nkidl_format(g->idl, "%u", state_of(flow, t->text, t->size));
    return nkidl_format(g->idl, "rules_find(%s, %u, %s)", state_names(g, flow), flow->flow.nstates,
                        put_whole_text(g, t));
}

const char *put_key(struct psl_gen *g, const struct psl_object *map, const struct psl_typed *t)
{
    const char *text;

    for (unsigned i = 0; t->is_const && i < map->staticmap.nkeys; i++) {
        const struct psl_expr *key = map->staticmap.keys[i];

        if (key->size == t->size && !memcmp(key->text, t->text, t->size))
            return nkidl_format(g->idl, "%u", i);
    }
    if (t->kind == PSL_V_IDL && t->type->kind == NKIDL_ARRAY) {
        text = nkidl_format(g->idl, "(struct rules_text){%s, %u}", put_place(g, t),
                            (unsigned)t->type->count);
    } else if (t->kind == PSL_V_IDL) {
        text = put_chunk(g, t);
        g->bytes += t->type->count;
    } else {
        text = put_whole_text(g, t);
    }
    return nkidl_format(g->idl, "rules_find(keys_%u, %u, %s)", map->number, map->staticmap.nkeys,
                        text);
}

const char *put_level(struct psl_gen *g, const struct psl_typed *t)
{
    if (t->is_const)
        return nkidl_format(g->idl, "0x%xu", 0x80000000u | t->degree << 20 | t->categories);
    return put_expr(g, t);
}

static void put_entry_words(struct psl_gen *g, const struct psl_shape *shape,
                            const struct psl_typed *t, const char *array, unsigned *at);

/* The words of a structure or array of the message. */
static void put_idl_words(struct psl_gen *g, const struct nkidl_type *type, const char *place,
                          const char *array, unsigned *at)
{
    type = nkidl_base(type);
    if (type->kind == NKIDL_ARRAY) {
        for (uint32_t i = 0; i < type->count; i++)
            put_idl_words(g, type->elem,
                          nkidl_format(g->idl, "%s + %u", place, (unsigned)(i * type->elem->size)),
                          array, at);
    } else if (type->kind == NKIDL_NAMED) {
        for (const struct nkidl_field *f = type->decl->fields; f; f = f->next)
            put_idl_words(g, f->type, nkidl_format(g->idl, "%s + %u", place, (unsigned)f->offset),
                          array, at);
    } else if (type->kind >= NKIDL_SINT8) {
        line(g, "%s[%u] = (uint64_t)(int%u_t)rules_u%u(%s);", array, (*at)++, 8u << type->kind % 4,
             8u << type->kind % 4, place);
    } else {
        line(g, "%s[%u] = rules_u%u(%s);", array, (*at)++, 8u << type->kind % 4, place);
    }
}

static void put_parts(struct psl_gen *g, const struct psl_shape *shape, const struct psl_typed *t,
                      const char *array, unsigned *at)
{
    for (unsigned i = 0; i < shape->nparts; i++) {
        const struct psl_typed *part = t->items[i];

        for (unsigned k = 0; shape->kind == PSL_SHAPE_DICT && k < t->nitems; k++)
            part = !strcmp(t->names[k], shape->names[i]) ? t->items[k] : part;
        put_entry_words(g, shape->parts[i], part, array, at);
    }
}

static void put_entry_words(struct psl_gen *g, const struct psl_shape *shape,
                            const struct psl_typed *t, const char *array, unsigned *at)
{
    const char *value;

    if (t->kind == PSL_V_IDL) {
        unsigned temp;

        value = put_place(g, t);
        temp = new_temp(g);
        line(g, "const uint8_t *t%u = %s;", temp, value);
        put_idl_words(g, t->type, name_of(g, temp), array, at);
    } else if (shape->kind == PSL_SHAPE_TUPLE || shape->kind == PSL_SHAPE_DICT) {
        put_parts(g, shape, t, array, at);
    } else if (shape->kind == PSL_SHAPE_SID) {
        value = put_expr(g, t);
        line(g, "%s[%u] = %s->sid;", array, (*at)++, value);
    } else {
        value = put_expr(g, t);
        line(g, "%s[%u] = (uint64_t)%s;", array, (*at)++, value);
    }
}

const char *put_entry(struct psl_gen *g, const struct psl_shape *shape, const struct psl_typed *t)
{
    const char *array = name_of(g, new_temp(g));
    unsigned at = 0;

    line(g, "uint64_t %s[%u];", array, shape->words);
    put_entry_words(g, shape, t, array, &at);
    return array;
}

/* ---- operators ---- */

static const char *put_comparison(struct psl_gen *g, const struct psl_typed *t)
{
    static const char *const signs[] = {[PSL_EQ] = "==", [PSL_NE] = "!=", [PSL_LT] = "<",
                                        [PSL_LE] = "<=", [PSL_GT] = ">",  [PSL_GE] = ">="};
    const struct psl_typed *a = t->left, *b = t->right;
    enum psl_op op = t->expr->op;
    const char *left, *right;

    if (a->kind == PSL_V_STATE && b->kind == PSL_V_TEXT && b->is_const) {
        left = put_state(g, a->object, a);
        right = put_state(g, a->object, b);
    } else if (b->kind == PSL_V_STATE && a->kind == PSL_V_TEXT && a->is_const) {
        left = put_state(g, b->object, a);
        right = put_state(g, b->object, b);
    } else if (a->kind == PSL_V_STATE && b->kind == PSL_V_STATE && a->object == b->object) {
        left = put_state(g, a->object, a);
        right = put_state(g, a->object, b);
    } else if (a->kind == PSL_V_TEXT || a->kind == PSL_V_STATE) {
        left = put_text_equality(g, a, b);
        return op == PSL_EQ ? left : nkidl_format(g->idl, "!%s", left);
    } else if (a->kind == PSL_V_SID) {
        left = put_expr(g, a);
        right = put_expr(g, b);
        return nkidl_format(g->idl, "(%s->sid %s %s->sid)", left, signs[op], right);
    } else if (a->kind == PSL_V_LEVEL) {
        left = put_level(g, a);
        right = put_level(g, b);
    } else {
        left = put_expr(g, a);
        right = put_expr(g, b);
    }
    return nkidl_format(g->idl, "(%s %s %s)", left, signs[op], right);
}

/* `a && b`, `a || b`, `a ==> b`: b is computed only if a does not decide. */
static const char *put_logic(struct psl_gen *g, const struct psl_typed *t)
{
    const char *left = put_expr(g, t->left);
    unsigned temp = new_temp(g);

    line(g, "bool t%u = %s%s;", temp, t->expr->op == PSL_IMPLIES ? "!" : "", left);
    line(g, "if (%st%u) {", t->expr->op == PSL_AND ? "" : "!", temp);
    g->indent++;
    line(g, "t%u = %s;", temp, put_expr(g, t->right));
    g->indent--;
    line(g, "}");
    return name_of(g, temp);
}

static const char *checked(struct psl_gen *g, const struct psl_typed *t, const char *function,
                           const char *a, const char *b)
{
    unsigned temp = new_temp(g);

    line(g, "%s t%u;", int_type(g, t), temp);
    line(g, "if (__builtin_%s_overflow(%s, %s, &t%u))", function, a, b, temp);
    line(g, "    " DENY);
    return name_of(g, temp);
}

static const char *put_arithmetic(struct psl_gen *g, const struct psl_typed *t)
{
    const char *left = put_expr(g, t->left), *right = put_expr(g, t->right);
    unsigned temp;

    switch (t->expr->op) {
    case PSL_ADD:
        return checked(g, t, "add", left, right);
    case PSL_SUBTRACT:
        return checked(g, t, "sub", left, right);
    case PSL_MULTIPLY:
        return checked(g, t, "mul", left, right);
    default:
        temp = new_temp(g); /* long chains of flags are common; C compilers limit nesting */
        line(g, "%s t%u = (%s)(%s %c %s);", int_type(g, t), temp, int_type(g, t), left,
             t->expr->op == PSL_BIT_AND ? '&' : '|', right);
        return name_of(g, temp);
    }
}

static const char *put_unary(struct psl_gen *g, const struct psl_typed *t)
{
    const char *of = put_expr(g, t->left);

    if (t->expr->op == PSL_NOT)
        return nkidl_format(g->idl, "!%s", of);
    if (t->expr->op == PSL_COMPLEMENT)
        return nkidl_format(g->idl, "((%s)~%s)", int_type(g, t), of);
    return checked(g, t, "sub", nkidl_format(g->idl, "(%s)0", int_type(g, t)), of);
}

/* ---- functions ---- */

static const char *put_bools(struct psl_gen *g, const struct psl_typed *t)
{
    bool is_all = t->expr->function == PSL_BOOL_ALL;
    unsigned temp = new_temp(g);

    line(g, "bool t%u = %s;", temp, is_all ? "true" : "false");
    for (unsigned i = 0; i < t->left->nitems; i++) {
        line(g, "if (%st%u) {", is_all ? "" : "!", temp);
        g->indent++;
        line(g, "t%u = %s;", temp, put_expr(g, t->left->items[i]));
        g->indent--;
        line(g, "}");
    }
    return name_of(g, temp);
}

static const char *c_type(struct psl_gen *g, const struct psl_typed *t)
{
    if (t->kind == PSL_V_INT)
        return int_type(g, t);
    return t->kind == PSL_V_BOOL ? "bool" : "struct rules_text";
}

static const char *put_cond(struct psl_gen *g, const struct psl_typed *t)
{
    const char *condition = put_expr(g, t->args[PSL_ARG_IF]);
    unsigned temp = new_temp(g);

    line(g, "%s t%u;", c_type(g, t), temp);
    for (int i = PSL_ARG_THEN; i <= PSL_ARG_ELSE; i++) {
        const struct psl_typed *value = t->args[i];

        if (i == PSL_ARG_THEN)
            line(g, "if (%s) {", condition);
        else
            line(g, "} else {");
        g->indent++;
        line(g, "t%u = %s;", temp,
             t->kind == PSL_V_TEXT ? put_whole_text(g, value) : put_expr(g, value));
        g->indent--;
    }
    line(g, "}");
    return name_of(g, temp);
}

enum { FOLD_BRIEF = 256 }; /* bytes of an array that is gone through at once */

static const char *put_brief_fold(struct psl_gen *g, const struct psl_typed *t, const char *bytes)
{
    bool is_sum = t->expr->function == PSL_MATH_SUM;
    unsigned sum = new_temp(g), i = new_temp(g);

    line(g, "%s t%u = %d;", int_type(g, t), sum, is_sum ? 0 : 1);
    line(g, "for (uint32_t t%u = 0; t%u < %s.size / %u; t%u++) {", i, i, bytes, t->bits / 8, i);
    line(g, "    if (__builtin_%s_overflow(t%u, (%s)rules_u%u(%s.at + t%u * %u), &t%u))",
         is_sum ? "add" : "mul", sum, int_type(g, t), t->bits, bytes, i, t->bits / 8, sum);
    line(g, "        " DENY);
    line(g, "}");
    return name_of(g, sum);
}

/* math.sum and math.product of an array or a sequence. */
static const char *put_fold(struct psl_gen *g, const struct psl_typed *t)
{
    const struct nkidl_type *type = t->left->type;
    bool is_sum = t->expr->function == PSL_MATH_SUM;
    const char *bytes;
    unsigned sum = new_temp(g), i = new_temp(g), size = t->bits / 8, walk;

    if (type->kind == NKIDL_ARRAY) {
        bytes = nkidl_format(g->idl, "((struct rules_text){%s, %u})", put_place(g, t->left),
                             (unsigned)(type->count * type->elem->size));
    } else {
        bytes = put_chunk(g, t->left);
        g->bytes += (uint64_t)type->count * type->elem->size;
    }
    if (type->kind == NKIDL_ARRAY && type->count * type->elem->size <= FOLD_BRIEF)
        return put_brief_fold(g, t, bytes);
    g->walks++;
    walk = new_temp(g);
    fprintf(g->tables, "static const char fold_%u;\n", g->nfolds);
    line(g, "struct rules_text t%u = %s;", i, bytes);
    line(g, "t%u.size -= t%u.size %% %u;", i, i, size);
    line(g, "struct rules_walk t%u = rules_walk(&fold_%u, t%u, %d);", walk, g->nfolds++, i, !is_sum);
    line(g, "while (rules_piece(&t%u)) {", walk);
    line(g, "    %s value = (%s)t%u.value;", int_type(g, t), int_type(g, t), walk);
    line(g, "    for (uint32_t end = t%u.done + t%u.given; t%u.done < end; t%u.done += %u) {", walk, walk,
         walk, walk, size);
    line(g, "        if (__builtin_%s_overflow(value, (%s)rules_u%u(t%u.at + t%u.done), &value))",
         is_sum ? "add" : "mul", int_type(g, t), t->bits, i, walk);
    line(g, "            " DENY);
    line(g, "    }");
    line(g, "    t%u.value = (uint64_t)value;", walk);
    line(g, "}");
    line(g, "%s t%u = (%s)t%u.value;", int_type(g, t), sum, int_type(g, t), walk);
    return name_of(g, sum);
}

/* Elements of a sequence, or bytes of a text. */
static const char *put_size(struct psl_gen *g, const struct psl_typed *t)
{
    if (t->kind == PSL_V_TEXT)
        return nkidl_format(g->idl, "((uint64_t)%s.size)", put_whole_text(g, t));
    if (t->type->kind == NKIDL_ARRAY) {
        put_place(g, t); /* it may not be there */
        return nkidl_format(g->idl, "((uint64_t)%uu)", (unsigned)t->type->count);
    }
    return nkidl_format(g->idl, "((uint64_t)(%s.size / %u))", put_chunk(g, t),
                        (unsigned)t->type->elem->size);
}

static const char *put_empty(struct psl_gen *g, const struct psl_typed *t)
{
    const char *chunk;

    if (t->kind == PSL_V_IDL && t->type->kind == NKIDL_ARRAY) {
        put_place(g, t);
        return "false"; /* arrays have an element at least */
    }
    if (t->kind == PSL_V_TEXT && !t->place)
        return nkidl_format(g->idl, "(%s.size == 0)", put_expr(g, t));
    chunk = put_chunk(g, t);
    if (!is_string(t))
        return nkidl_format(g->idl, "(%s.size == 0)", chunk);
    g->bytes += 1;
    return nkidl_format(g->idl, "(%s.size == 0 || %s.at[0] == 0)", chunk, chunk);
}

static const char *put_abs(struct psl_gen *g, const struct psl_typed *t)
{
    const char *value = put_expr(g, t->left), *of = name_of(g, new_temp(g)), *negative;

    line(g, "%s %s = %s;", int_type(g, t), of, value);
    negative = checked(g, t, "sub", nkidl_format(g->idl, "(%s)0", int_type(g, t)),
                                   t->expr->function == PSL_MATH_NEG
                                       ? of
                                       : nkidl_format(g->idl, "(%s < 0 ? %s : 0)", of, of));

    if (t->expr->function == PSL_MATH_NEG)
        return negative;
    return nkidl_format(g->idl, "(%s < 0 ? %s : %s)", of, negative, of);
}

struct regex_entry {
    struct regex_entry *next;
    const struct psl_expr *pattern;
    unsigned number;
};

static void put_regex_table(struct psl_gen *g, const struct psl_regex *r, unsigned n)
{
    FILE *saved = g->out;

    g->out = g->tables;
    put_text(g, "static const uint8_t classes_%u[256] = {", n);
    for (int i = 0; i < 256; i++)
        put_text(g, "%s%u,", i % 32 ? "" : "\n    ", r->classes[i]);
    put_text(g, "\n};\nstatic const uint16_t next_%u[] = {", n);
    for (unsigned i = 0; i < r->nstates * r->nclasses; i++)
        put_text(g, "%s%u,", i % 24 ? "" : "\n    ", r->next[i]);
    put_text(g, "\n};\nstatic const uint8_t accepting_%u[] = {", n);
    for (unsigned i = 0; i < r->nstates; i++)
        put_text(g, "%s%u,", i % 32 ? "" : "\n    ", r->accepting[i]);
    put_text(g, "\n};\nstatic const struct rules_regex regex_%u = {%u, classes_%u, next_%u, "
             "accepting_%u};\n", n, r->nclasses, n, n, n);
    g->out = saved;
}

unsigned put_regex(struct psl_gen *g, const struct psl_expr *pattern)
{
    struct regex_entry *entry;
    const char *why;
    size_t at;

    for (entry = g->regexes; entry; entry = entry->next) {
        if (entry->pattern->size == pattern->size &&
            !memcmp(entry->pattern->text, pattern->text, pattern->size))
            return entry->number;
    }
    entry = nkidl_alloc(g->idl, sizeof(*entry));
    entry->pattern = pattern;
    entry->number = g->nregexes++;
    entry->next = g->regexes;
    g->regexes = entry;
    put_regex_table(g, psl_regex_compile(g->idl, pattern->text, pattern->size, &why, &at),
                    entry->number);
    return entry->number;
}

static const char *put_map_get(struct psl_gen *g, const struct psl_typed *t)
{
    const char *key = put_key(g, t->object, t->args[PSL_ARG_KEY]);
    const char *sid = put_expr(g, t->args[PSL_ARG_SID]);
    unsigned temp = new_temp(g);

    line(g, "uint64_t t%u;", temp);
    line(g, "if (!rules_map_get(&map_%u, %s, %s, %s, &t%u))", t->object->number, sid, key,
         t->expr->function == PSL_MAP_GET ? "false" : "true", temp);
    line(g, "    " DENY);
    return nkidl_format(g->idl, "((%s)t%u)", int_type(g, t), temp);
}

static const char *put_contains(struct psl_gen *g, const struct psl_typed *t)
{
    const char *sid = put_expr(g, t->args[PSL_ARG_SID]);
    const char *entry = put_entry(g, t->object->hashset.entry, t->args[PSL_ARG_ENTRY]);
    unsigned temp = new_temp(g);

    line(g, "int t%u = rules_set_contains(&set_%u, %s, %s);", temp, t->object->number, sid, entry);
    line(g, "if (t%u < 0)", temp);
    line(g, "    " DENY);
    return nkidl_format(g->idl, "(t%u == 1)", temp);
}

static const char *put_model_call(struct psl_gen *g, const struct psl_typed *t)
{
    unsigned temp;
    const char *value;

    switch (t->expr->function) {
    case PSL_RE_MATCH:
        g->walks++;
        value = put_whole_text(g, t->args[PSL_ARG_TEXT]);
        return nkidl_format(g->idl, "rules_matches(&regex_%u, %s)",
                            put_regex(g, t->args[PSL_ARG_PATTERN]->expr), value);
    case PSL_SET_CONTAINS:
        return put_contains(g, t);
    case PSL_MAP_GET:
    case PSL_MAP_GET_UNCOMMITTED:
        return put_map_get(g, t);
    case PSL_FLOW_QUERY:
        value = put_expr(g, t->args[PSL_ARG_SID]);
        temp = new_temp(g);
        line(g, "int t%u = rules_flow_state(&flow_%u, %s);", temp, t->object->number, value);
        line(g, "if (t%u < 0)", temp);
        line(g, "    " DENY);
        return name_of(g, temp);
    default:
        value = put_expr(g, t->args[PSL_ARG_SOURCE]);
        temp = new_temp(g);
        line(g, "uint32_t t%u = rules_mic_level(%d, %s);", temp, t->object->slot, value);
        line(g, "if (!t%u)", temp);
        line(g, "    " DENY);
        return name_of(g, temp);
    }
}

static const char *put_call(struct psl_gen *g, const struct psl_typed *t)
{
    switch (t->expr->function) {
    case PSL_PRED_EMPTY:
        return put_empty(g, t->left);
    case PSL_BOOL_ALL:
    case PSL_BOOL_ANY:
        return put_bools(g, t);
    case PSL_BOOL_COND:
        return put_cond(g, t);
    case PSL_MATH_NEG:
    case PSL_MATH_ABS:
        return put_abs(g, t);
    case PSL_MATH_SUM:
    case PSL_MATH_PRODUCT:
        return put_fold(g, t);
    case PSL_SIZE:
        return put_size(g, t->left);
    case PSL_MATH_UINT64:
    case PSL_MATH_UINT32:
    case PSL_MATH_UINT16:
    case PSL_MATH_SINT64:
    case PSL_MATH_SINT32:
    case PSL_MATH_SINT16:
        return nkidl_format(g->idl, "((%s)%s)", int_type(g, t), put_expr(g, t->left));
    default:
        return put_model_call(g, t);
    }
}

/* An index that is computed leads to a place; the handle is that whose place it is. */
static const char *put_handle(struct psl_gen *g, const struct psl_typed *t)
{
    const struct nkidl_message *m = g->context.message;
    unsigned n = g->nplaces;
    const char *at;

    if (!t->is_indexed)
        return nkidl_format(g->idl, "rules_handle(q, %u)", t->nth);
    g->nplaces++;
    fprintf(g->tables, "static const uint32_t places_%u[] = {", n);
    for (unsigned i = 0; i < m->nhandles; i++)
        fprintf(g->tables, "%u, ", (unsigned)m->handles[i]);
    fprintf(g->tables, "};\n");
    at = put_place(g, t);
    return nkidl_format(g->idl, "rules_handle_at(q, places_%u, %u, (uint32_t)(%s - m))", n,
                        (unsigned)m->nhandles, at);
}

static const char *put_sid(struct psl_gen *g, const struct psl_typed *t)
{
    const struct psl_typed *handle = t->left;

    if (handle && handle->kind == PSL_V_HANDLE)
        return put_handle(g, handle);
    return t->expr->kind == PSL_SRC_SID ? "q->source" : "q->target";
}

static const char *put_const(struct psl_gen *g, const struct psl_typed *t)
{
    switch (t->kind) {
    case PSL_V_INT:
        return const_int(g, t);
    case PSL_V_BOOL:
        return t->number ? "true" : "false";
    case PSL_V_LEVEL:
        return put_level(g, t);
    default:
        return put_const_text(g, t->text, t->size);
    }
}

const char *put_expr(struct psl_gen *g, const struct psl_typed *t)
{
    if (t->is_const)
        return put_const(g, t);
    if (t->kind == PSL_V_SID)
        return put_sid(g, t);
    if (t->is_widened)
        return nkidl_format(g->idl, "((%s)%s)", int_type(g, t), put_expr(g, t->left));
    if (t->is_rights)
        return nkidl_format(g->idl, "%s->rights", put_handle(g, t->left));
    if (t->place && t->kind == PSL_V_HANDLE)
        return put_handle(g, t);
    if (t->place)
        return put_loaded(g, t);
    if (t->expr->kind == PSL_UNARY)
        return put_unary(g, t);
    if (t->expr->kind == PSL_CALL)
        return put_call(g, t);
    if (t->expr->op <= PSL_GE)
        return put_comparison(g, t);
    if (t->expr->op <= PSL_IMPLIES)
        return put_logic(g, t);
    return put_arithmetic(g, t);
}
