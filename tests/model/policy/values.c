/*
 * values.c: random expressions that the front end accepts.
 */
#include <inttypes.h>
#include <string.h>

#include "writer.h"

#define format(w, ...) nkidl_format((w)->idl, __VA_ARGS__)

const char *const degree_names[3] = {"LOW", "MID", "HIGH"};
const char *const category_names[3] = {"A", "B", "C"};

/* ---- what the message has ---- */

static void add_path(struct writer *w, const char *text, const struct nkidl_type *declared,
                     int depth)
{
    struct scope *s = &w->scope;
    const struct nkidl_type *type = nkidl_base(declared);

    if (s->npaths == PATHS_MAX)
        return;
    s->paths[s->npaths++] = (struct path){text, type, nkidl_is_handle_word(declared)};
    if (depth == 0)
        return;
    if (type->kind == NKIDL_NAMED) {
        for (const struct nkidl_field *f = type->decl->fields; f; f = f->next)
            add_path(w, format(w, "%s.%s", text, f->name), f->type, depth - 1);
    } else if (type->kind == NKIDL_ARRAY || type->kind == NKIDL_SEQUENCE) {
        unsigned n = below(w->r, type->count);
        struct number index = write_number(w, false, 32, 1);

        add_path(w, format(w, "%s.[%u]", text, n), type->elem, depth - 1);
        if (!index.is_const && chance(w->r, 30))
            add_path(w, format(w, "%s.[%s]", text, index.text), type->elem, depth - 1);
    }
}

static bool is_common(const char *name)
{
    static const char *const names[] = {"n", "s", "h", "text", "r", "code"};

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!strcmp(names[i], name))
            return true;
    }
    return false;
}

void open_scope(struct writer *w, const struct psl_occasion *o, bool has_message, bool common)
{
    const struct nkidl_message *m = psl_message(o);

    w->scope.like = o;
    w->scope.has_message = has_message && m;
    w->scope.is_common = common && m;
    w->scope.npaths = 0;
    for (unsigned i = 0; m && (has_message || common) && i < m->nfields; i++) {
        if (has_message || is_common(m->fields[i]->name))
            add_path(w, format(w, "message.%s", m->fields[i]->name), m->fields[i]->type, 3);
    }
}

static bool is_text(const struct nkidl_type *type)
{
    return type->kind == NKIDL_STRING || type->kind == NKIDL_BYTES;
}

static bool is_list(const struct nkidl_type *type)
{
    return type->kind == NKIDL_ARRAY || type->kind == NKIDL_SEQUENCE;
}

static bool is_number(const struct path *p)
{
    return p->type->kind < NKIDL_HANDLE && !p->is_word;
}

static bool is_handle(const struct path *p)
{
    return p->is_word || p->type->kind == NKIDL_HANDLE;
}

/* A path that `fits`, or null. */
static const struct path *pick_path(struct writer *w, bool (*fits)(const struct path *))
{
    const struct path *found = NULL;
    unsigned n = 0;

    for (unsigned i = 0; i < w->scope.npaths; i++) {
        if (fits(&w->scope.paths[i]) && below(w->r, ++n) == 0)
            found = &w->scope.paths[i];
    }
    return found;
}

static bool path_is_text(const struct path *p)
{
    return is_text(p->type);
}

static bool path_is_list(const struct path *p)
{
    return is_list(p->type);
}

static bool path_is_bytes(const struct path *p)
{
    return is_list(p->type) && nkidl_base(p->type->elem)->kind == NKIDL_UINT8;
}

const struct object *pick_object(struct writer *w, enum psl_model model)
{
    const struct object *found = NULL;
    unsigned n = 0;

    for (unsigned i = 0; i < w->nobjects; i++) {
        if (w->objects[i].model == model && below(w->r, ++n) == 0)
            found = &w->objects[i];
    }
    return found;
}

/* ---- numbers ---- */

static struct number literal(struct writer *w, bool is_signed)
{
    static const int64_t values[] = {0, 1, 2, 3, 5, 7, 10, 100, 127, 128, 255, 256, 32767, 65535};
    int64_t n = values[below(w->r, 14)];
    struct number of = {.is_const = true, .bits = 64, .is_signed = is_signed};

    if (is_signed && chance(w->r, 50))
        n = -n;
    of.value = n;
    of.text = n >= 0 && chance(w->r, 20) ? format(w, "0x%" PRIx64, n) : format(w, "%" PRId64, n);
    return of;
}

static struct number from_message(struct writer *w, bool is_signed, unsigned max_bits)
{
    const struct path *found = NULL;
    unsigned n = 0;

    for (unsigned i = 0; i < w->scope.npaths; i++) {
        const struct path *p = &w->scope.paths[i];

        if (is_number(p) && (p->type->kind >= NKIDL_SINT8) == is_signed &&
            8u << (p->type->kind % 4) <= max_bits && below(w->r, ++n) == 0)
            found = p;
    }
    if (!found)
        return literal(w, is_signed);
    return (struct number){
        .text = found->text, .is_signed = is_signed, .bits = 8u << (found->type->kind % 4)};
}

static struct number from_model(struct writer *w, bool is_signed, unsigned max_bits)
{
    const struct object *map = pick_object(w, PSL_STATICMAP);
    const struct path *p = pick_path(w, is_handle);

    if (map && map->is_signed == is_signed && map->bits <= max_bits)
        return (struct number){.text = format(w, "%s.%s {sid: %s, key: %s}", map->name,
                                              chance(w->r, 50) ? "get" : "get_uncommitted",
                                              write_sid(w), write_key(w)),
                               .is_signed = is_signed,
                               .bits = map->bits};
    if (p && !is_signed && max_bits >= 32)
        return (struct number){.text = format(w, "%s.rights", p->text), .bits = 32};
    return from_message(w, is_signed, max_bits);
}

static struct number sized(struct writer *w)
{
    const struct path *p = pick_path(w, chance(w->r, 50) ? path_is_text : path_is_list);

    if (!p)
        return (struct number){.text = "size \"abc\"", .is_const = true, .bits = 64, .value = 3};
    return (struct number){.text = format(w, "size (%s)", p->text), .bits = 64};
}

/* Whether a constant can be written where the other number stands. */
static bool fits(const struct number *c, const struct number *other)
{
    return c->is_signed == other->is_signed || c->value >= 0;
}

static struct number two(struct writer *w, bool is_signed, unsigned max_bits, int depth)
{
    static const char signs[] = "+-*|&";
    struct number a = write_number(w, is_signed, max_bits, depth - 1);
    struct number b = write_number(w, is_signed, max_bits, depth - 1), of = a;
    char sign = signs[below(w->r, is_signed ? 3 : 5)];

    if ((a.is_const && b.is_const) || !fits(&a, &b) || !fits(&b, &a))
        return a.is_const ? b : a;
    of.is_const = false;
    of.is_signed = is_signed;
    of.bits = a.is_const ? b.bits : b.is_const ? a.bits : a.bits > b.bits ? a.bits : b.bits;
    /* A constant that does not fit makes 64 bits of it. */
    if ((a.is_const || b.is_const) && of.bits < 64) {
        int64_t value = a.is_const ? a.value : b.value;

        if (value >= (int64_t)1 << (of.bits - is_signed) || value < -((int64_t)1 << (of.bits - 1)))
            of.bits = 64;
        if (of.bits > max_bits)
            return a.is_const ? b : a;
    }
    of.text = format(w, "(%s %c %s)", a.text, sign, b.text);
    return of;
}

static struct number folded(struct writer *w, bool is_signed, unsigned max_bits, int depth)
{
    const char *name = chance(w->r, 60) ? "sum" : "product";
    struct number a, b;

    for (unsigned i = 0, start = below(w->r, PATHS_MAX); i < w->scope.npaths; i++) {
        const struct path *p = &w->scope.paths[(start + i) % w->scope.npaths];
        const struct nkidl_type *elem = is_list(p->type) ? nkidl_base(p->type->elem) : NULL;

        if (elem && elem->kind < NKIDL_HANDLE && (elem->kind >= NKIDL_SINT8) == is_signed &&
            8u << (elem->kind % 4) <= max_bits)
            return (struct number){.text = format(w, "math.%s %s", name, p->text),
                                   .is_signed = is_signed,
                                   .bits = 8u << (elem->kind % 4)};
    }
    a = from_message(w, is_signed, max_bits);
    b = write_number(w, is_signed, max_bits, depth - 1);
    if (a.is_const || b.is_const)
        return b;
    b.text = format(w, "math.%s [%s, %s]", name, a.text, b.text);
    b.bits = a.bits > b.bits ? a.bits : b.bits;
    return b;
}

static struct number widened(struct writer *w, bool is_signed, unsigned max_bits, int depth)
{
    unsigned bits = 16u << below(w->r, 3);
    struct number of;

    if (bits > max_bits)
        return from_message(w, is_signed, max_bits);
    of = write_number(w, is_signed, bits, depth - 1);
    if (of.is_const)
        return of;
    of.text = format(w, "math.%cint%u %s%s%s", is_signed ? 's' : 'u', bits, "(", of.text, ")");
    of.bits = bits;
    return of;
}

static struct number chosen(struct writer *w, bool is_signed, unsigned max_bits, int depth)
{
    struct number a = from_message(w, is_signed, max_bits);
    struct number b = from_model(w, is_signed, max_bits);

    if (a.is_const || b.is_const)
        return a;
    if (chance(w->r, 30)) {
        a.text = format(w, "{one: %s, two: %s}.one", a.text, b.text);
        return a;
    }
    a.text = format(w, "bool.cond {if: %s, then: %s, else: %s}", write_bool(w, depth - 1), a.text,
                    b.text);
    a.bits = a.bits > b.bits ? a.bits : b.bits;
    return a;
}

static struct number flipped(struct writer *w, bool is_signed, unsigned max_bits, int depth)
{
    struct number of = write_number(w, is_signed, max_bits, depth - 1);

    if (of.is_const)
        return of;
    if (!is_signed)
        of.text = format(w, "~(%s)", of.text);
    else
        of.text = format(w,
                         chance(w->r, 30)   ? "-(%s)"
                         : chance(w->r, 50) ? "math.neg (%s)"
                                            : "math.abs (%s)",
                         of.text);
    return of;
}

struct number write_number(struct writer *w, bool is_signed, unsigned max_bits, int depth)
{
    switch (below(w->r, depth > 0 ? 14 : 6)) {
    case 0:
        return literal(w, is_signed);
    default:
        return from_message(w, is_signed, max_bits);
    case 4:
        return from_model(w, is_signed, max_bits);
    case 5:
        return !is_signed && max_bits == 64 ? sized(w) : from_message(w, is_signed, max_bits);
    case 6:
    case 7:
    case 8:
        return two(w, is_signed, max_bits, depth);
    case 9:
        return folded(w, is_signed, max_bits, depth);
    case 10:
        return widened(w, is_signed, max_bits, depth);
    case 11:
        return chosen(w, is_signed, max_bits, depth);
    case 12:
        return flipped(w, is_signed, max_bits, depth);
    }
}

/* ---- texts, states, keys, levels, entries, resources ---- */

const char *pick_text(struct writer *w)
{
    if (chance(w->r, 6))
        return "\"a\\0b\"";
    return format(w, "\"%s\"", world_texts[below(w->r, WORLD_TEXTS)]);
}

const char *write_text(struct writer *w, int depth)
{
    const struct path *p = pick_path(w, path_is_text);

    if (!p || chance(w->r, 15))
        return pick_text(w);
    if (depth > 0 && chance(w->r, 15))
        return format(w, "bool.cond {if: %s, then: %s, else: %s}", write_bool(w, depth - 1),
                      p->text, write_text(w, depth - 1));
    return p->text;
}

const char *write_sid(struct writer *w)
{
    const struct path *p = pick_path(w, is_handle);

    if (p && chance(w->r, 45))
        return chance(w->r, 50) ? p->text : format(w, "%s.handle", p->text);
    return w->scope.like->event != PSL_SECURITY && chance(w->r, 50) ? "dst_sid" : "src_sid";
}

const char *write_state(struct writer *w, const struct object *flow)
{
    const struct path *p = pick_path(w, path_is_text);

    if (p && chance(w->r, 20))
        return p->text;
    if (chance(w->r, 8))
        return format(w, "%s.query {sid: %s}", flow->name, write_sid(w));
    return format(w, "\"%s\"", world_texts[below(w->r, flow->n)]);
}

const char *write_key(struct writer *w)
{
    const struct path *p = pick_path(w, chance(w->r, 50) ? path_is_text : path_is_bytes);

    return p && chance(w->r, 30) ? p->text : format(w, "\"%s\"", world_texts[below(w->r, 2)]);
}

const char *write_level(struct writer *w, const struct object *mic)
{
    const char *categories = "";

    if (chance(w->r, 8))
        return format(w, "%s.query_level {source: %s}", mic->name, write_sid(w));
    if (mic->n && (!mic->ncategories || chance(w->r, 40)))
        return format(w, "\"%s\"", degree_names[below(w->r, mic->n)]);
    if (!mic->n && chance(w->r, 40))
        return format(w, "\"%s\"", category_names[below(w->r, mic->ncategories)]);
    for (unsigned i = 0; i < mic->ncategories; i++) {
        if (chance(w->r, 50))
            categories = format(w, "%s\"%s\",", categories, category_names[i]);
    }
    if (!mic->n)
        return format(w, "{categories: [%s]}", categories);
    return format(w, "{degree: \"%s\", categories: [%s]}", degree_names[below(w->r, mic->n)],
                  categories);
}

static bool is_pair(const struct path *p)
{
    return p->type->kind == NKIDL_NAMED && !strcmp(p->type->decl->name, "Pair");
}

static const char *type_name(const struct nkidl_type *type)
{
    static const char *const names[] = {"UInt8", "UInt16", "UInt32", "UInt64",
                                        "SInt8", "SInt16", "SInt32", "SInt64"};

    return names[nkidl_base(type)->kind];
}

const char *entry_type(struct writer *w, unsigned shape)
{
    static const char *const types[SHAPES] = {"UInt32",
                                              "SInt16",
                                              "Boolean",
                                              "Sid",
                                              "[UInt8, SInt32]",
                                              "{who: Sid, flag: Boolean}",
                                              "[UInt16, [Sid, UInt64]]"};
    const struct nkidl_field *f = w->pair->fields;

    if (shape == 7)
        return format(w, "{x: %s, y: %s}", type_name(f->type), type_name(f->next->type));
    if (shape == 8)
        return format(w, "[%s, %s]", type_name(f->type), type_name(f->next->type));
    return types[shape];
}

static const char *scalar(struct writer *w, const struct nkidl_type *type)
{
    enum nkidl_type_kind kind = nkidl_base(type)->kind;
    struct number n = write_number(w, kind >= NKIDL_SINT8, 8u << (kind % 4), 1);

    return n.is_const ? format(w, "%u", below(w->r, 4)) : n.text;
}

static const char *small(struct writer *w, bool is_signed, unsigned bits)
{
    struct number n = write_number(w, is_signed, bits, 1);

    return n.is_const ? format(w, "%u", below(w->r, 4)) : n.text;
}

const char *write_entry(struct writer *w, const struct object *set)
{
    const struct nkidl_field *f = w->pair->fields;
    const struct path *p;

    switch (set->shape) {
    case 0:
        return small(w, false, 32);
    case 1:
        return small(w, true, 16);
    case 2:
        return write_bool(w, 0);
    case 3:
        return write_sid(w);
    case 4:
        return format(w, "[%s, %s]", small(w, false, 8), small(w, true, 32));
    case 5:
        return format(w, "{flag: %s, who: %s}", write_bool(w, 0), write_sid(w));
    case 6:
        return format(w, "[%s, [%s, %s]]", small(w, false, 16), write_sid(w), small(w, false, 64));
    default:
        p = pick_path(w, is_pair);
        if (p && p->type->decl == w->pair && chance(w->r, 70))
            return p->text;
        return format(w, set->shape == 7 ? "{x: %s, y: %s}" : "[%s, %s]", scalar(w, f->type),
                      scalar(w, f->next->type));
    }
}

/* ---- patterns ---- */

static const char *write_pattern(struct writer *w, int depth)
{
    static const char *const atoms[] = {"a",     "b", ".", "[ab]",  "[^a]",    "\\\\w", "\\\\ ",
                                        "\\\\D", "o", "n", "[a-n]", "\\\\x61", "\\\\S"};
    static const char *const counts[] = {"*", "+", "?", "{2}", "{1,}", "{0,2}", " *"};

    switch (below(w->r, depth > 0 ? 6 : 1)) {
    default:
        return atoms[below(w->r, 13)];
    case 1:
        return format(w, "(%s|%s)", write_pattern(w, depth - 1), write_pattern(w, depth - 1));
    case 2:
        return format(w, "(?:%s)%s", write_pattern(w, depth - 1), counts[below(w->r, 7)]);
    case 3:
    case 4:
        return format(w, "%s%s", write_pattern(w, depth - 1), write_pattern(w, depth - 1));
    case 5:
        return format(w, "%s%s", atoms[below(w->r, 13)], counts[below(w->r, 7)]);
    }
}

const char *pick_pattern(struct writer *w)
{
    return format(w, "\"%s%s\"", write_pattern(w, 3), chance(w->r, 50) ? ".*" : "");
}

/* ---- Booleans ---- */

static const char *compared(struct writer *w, int depth)
{
    static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};
    bool is_signed = chance(w->r, 35);
    struct number a = write_number(w, is_signed, 64, depth - 1);
    struct number b = write_number(w, is_signed, 64, depth - 1);

    if (!fits(&a, &b) || !fits(&b, &a))
        return "true";
    if (a.is_const && b.is_const && chance(w->r, 90))
        return "!false";
    return format(w, "%s %s %s", a.text, signs[below(w->r, 6)], b.text);
}

static const char *of_model(struct writer *w)
{
    static const enum psl_model models[] = {PSL_FLOW, PSL_HASHSET, PSL_MIC, PSL_FLOW};
    const struct object *o = pick_object(w, models[below(w->r, 4)]);
    const char *sign = chance(w->r, 60) ? "==" : "!=";

    if (!o)
        return format(w, "%s %s %s", write_sid(w), sign, write_sid(w));
    if (o->model == PSL_HASHSET)
        return format(w, "%s.contains {sid: %s, entry: %s}", o->name, write_sid(w),
                      write_entry(w, o));
    if (o->model == PSL_MIC)
        return format(w, "%s.query_level {source: %s} %s %s", o->name, write_sid(w), sign,
                      write_level(w, o));
    return format(w, "%s.query {sid: %s} %s %s", o->name, write_sid(w), sign, write_state(w, o));
}

static const char *logical(struct writer *w, int depth)
{
    static const char *const signs[] = {"&&", "||", "==>"};

    return format(w, "(%s) %s (%s)", write_bool(w, depth - 1), signs[below(w->r, 3)],
                  write_bool(w, depth - 1));
}

static const char *emptied(struct writer *w)
{
    const struct path *p = pick_path(w, chance(w->r, 50) ? path_is_text : path_is_list);

    return format(w, "%spred.empty %s", chance(w->r, 60) ? "!" : "", p ? p->text : "[]");
}

const char *write_bool(struct writer *w, int depth)
{
    switch (below(w->r, depth > 0 ? 13 : 7)) {
    default:
        return compared(w, depth > 0 ? depth : 1);
    case 3:
        return format(w, "%s %s %s", write_text(w, depth),
                      chance(w->r, 40) ? "==" : "!=", write_text(w, depth));
    case 4:
        return of_model(w);
    case 5:
        return emptied(w);
    case 6:
        return format(w, "re.match {text: %s, pattern: %s}", write_text(w, depth), pick_pattern(w));
    case 7:
    case 8:
        return logical(w, depth);
    case 9:
        return format(w, "bool.%s [%s, %s]", chance(w->r, 50) ? "all" : "any",
                      write_bool(w, depth - 1), write_bool(w, depth - 1));
    case 10:
        return format(w, "!(%s)", write_bool(w, depth - 1));
    case 11:
        return format(w, "bool.cond {if: %s, then: %s, else: %s}", write_bool(w, depth - 1),
                      write_bool(w, depth - 1), write_bool(w, depth - 1));
    }
}
