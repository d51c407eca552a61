/*
 * tests.c: the tests of a policy as data (tessera/policy_tests.h): each step with its message as it
 * is on the wire.
 */
#include <inttypes.h>
#include <string.h>

#include "psl_gen.h"

enum { ARENA_MAX = 64 * 1024, HANDLES_MAX = 64 };

struct encoder {
    struct psl_gen *g;
    const struct psl_test *test;
    const struct psl_step *step;
    const struct nkidl_message *message;
    uint8_t *constant, *arena;
    uint32_t used;
    int processes[HANDLES_MAX]; /* by number of the handle; -1: none */
    uint32_t rights[HANDLES_MAX];
};

static void bad(struct encoder *e, struct nkidl_loc loc, const char *help, const char *text)
{
    nkidl_error(e->g->idl, loc, help, "%s", text);
}

static void encode(struct encoder *e, const struct nkidl_type *declared, uint8_t *at,
                   const struct psl_expr *value);

/* ---- numbers and handles ---- */

static void encode_number(struct encoder *e, const struct nkidl_type *type, uint8_t *at,
                          const struct psl_expr *value)
{
    unsigned bits = 8u << (type->kind % 4);
    bool is_signed = type->kind >= NKIDL_SINT8, fits = value->kind == PSL_BOOL;

    if (value->kind == PSL_INT && value->negative)
        fits = is_signed && (bits == 64 || (int64_t)value->number >= -((int64_t)1 << (bits - 1)));
    else if (value->kind == PSL_INT)
        fits = bits - is_signed == 64 || value->number >> (bits - is_signed) == 0;
    if (!fits)
        bad(e, value->loc, NULL,
            nkidl_format(e->g->idl, "%cInt%u is due here in a test", is_signed ? 'S' : 'U', bits));
    else
        memcpy(at, &value->number, bits / 8);
}

/* Which of the message's handles stands at `at`; HANDLES_MAX: none, it is in the arena. */
static unsigned handle_at(const struct encoder *e, const uint8_t *at)
{
    const struct nkidl_message *m = e->message;

    for (unsigned i = 0; i < m->nhandles; i++) {
        if (at == e->constant + m->handles[i])
            return i;
    }
    for (unsigned i = 0; i < m->nwords; i++) {
        if (at == e->constant + m->words[i])
            return m->nhandles + i;
    }
    return HANDLES_MAX;
}

static int process_of(const struct encoder *e, const struct psl_expr *value)
{
    for (unsigned i = e->step->nprocesses; value->kind == PSL_NAME && i > 0; i--) {
        if (!strcmp(e->test->processes[i - 1], value->name))
            return (int)i - 1;
    }
    return -1;
}

/* A process, or {handle: process, rights: number}. */
static void encode_handle(struct encoder *e, const uint8_t *at, const struct psl_expr *value)
{
    const struct psl_expr *handle = value->kind == PSL_DICT ? NULL : value, *rights = NULL;
    unsigned n = handle_at(e, at);

    for (unsigned i = 0; value->kind == PSL_DICT && i < value->nitems; i++) {
        if (!strcmp(value->items[i].key->name, "handle"))
            handle = value->items[i].value;
        else if (!strcmp(value->items[i].key->name, "rights"))
            rights = value->items[i].value;
        else
            bad(e, value->items[i].key->loc, "there are: handle, rights",
                "a handle has no such field");
    }
    if (n >= HANDLES_MAX) {
        bad(e, value->loc, NULL, "rules do not see this handle: leave it out");
        return;
    }
    if (handle && (e->processes[n] = process_of(e, handle)) < 0)
        bad(e, handle->loc, "for example {h: c}, after c <- execute dst=CLASS",
            "a process of this test is due here");
    if (rights && (rights->kind != PSL_INT || rights->number > UINT32_MAX))
        bad(e, rights->loc, NULL, "UInt32 is due here in a test");
    else if (rights)
        e->rights[n] = (uint32_t)rights->number;
}

/* ---- what is in the arena ---- */

static uint8_t *allocate(struct encoder *e, uint8_t *at, uint32_t size, uint32_t align)
{
    uint32_t descriptor[2];

    e->used = (e->used + align - 1) / align * align;
    descriptor[0] = e->used;
    descriptor[1] = size;
    memcpy(at, descriptor, sizeof(descriptor));
    e->used += size;
    return e->arena + descriptor[0];
}

static bool has_room(struct encoder *e, uint64_t size, const struct psl_expr *value)
{
    if (e->used + size + 16 <= ARENA_MAX)
        return true;
    bad(e, value->loc, NULL, "the values of this test are too long");
    return false;
}

static void encode_text(struct encoder *e, const struct nkidl_type *type, uint8_t *at,
                        const struct psl_expr *value)
{
    bool is_string = type->kind == NKIDL_STRING;

    if (value->kind != PSL_TEXT)
        bad(e, value->loc, "write it in quotes", "a text is due here in a test");
    else if (value->size > type->count)
        bad(e, value->loc, NULL,
            nkidl_format(e->g->idl, "at most %u bytes are possible here", (unsigned)type->count));
    else if (has_room(e, value->size, value))
        memcpy(allocate(e, at, (uint32_t)value->size + is_string, 1), value->text,
               value->size + is_string);
}

static void encode_list(struct encoder *e, const struct nkidl_type *type, uint8_t *at,
                        const struct psl_expr *value)
{
    uint32_t size = type->elem->size;

    if (value->kind != PSL_LIST) {
        bad(e, value->loc, "for example [1, 2]", "a list is due here in a test");
        return;
    }
    if (value->nitems > type->count) {
        bad(e, value->loc, NULL,
            nkidl_format(e->g->idl, "at most %u elements are possible here",
                         (unsigned)type->count));
        return;
    }
    if (type->kind == NKIDL_SEQUENCE) {
        if (!has_room(e, (uint64_t)value->nitems * size, value))
            return;
        at = allocate(e, at, value->nitems * size, type->elem->align);
    }
    for (unsigned i = 0; i < value->nitems; i++)
        encode(e, type->elem, at + i * size, value->items[i].value);
}

/* ---- structures ---- */

static const char *names_of(struct encoder *e, const struct nkidl_field *f)
{
    const char *names = NULL;

    for (; f; f = f->next)
        names = names ? nkidl_format(e->g->idl, "%s, %s", names, f->name) : f->name;
    return nkidl_format(e->g->idl, "there are: %s", names ? names : "none");
}

static void encode_named(struct encoder *e, const struct nkidl_type *type, uint8_t *at,
                         const struct psl_expr *value)
{
    bool is_union = type->decl->kind == NKIDL_UNION;

    if (value->kind != PSL_DICT || (is_union && value->nitems > 1)) {
        bad(e, value->loc, names_of(e, type->decl->fields),
            is_union ? "one member of the union is due here in a test: {name: value}"
                     : "a structure is due here in a test: {name: value, ...}");
        return;
    }
    for (unsigned i = 0; i < value->nitems; i++) {
        const struct nkidl_field *f = type->decl->fields;
        uint32_t tag = 0;

        while (f && strcmp(f->name, value->items[i].key->name) != 0) {
            f = f->next;
            tag++;
        }
        if (!f) {
            bad(e, value->items[i].key->loc, names_of(e, type->decl->fields),
                nkidl_format(e->g->idl, "%s has no field '%s'", type->decl->name,
                             value->items[i].key->name));
            return;
        }
        if (is_union)
            memcpy(at, &tag, sizeof(tag));
        encode(e, f->type, at + (is_union ? type->decl->body : f->offset), value->items[i].value);
    }
}

static void encode(struct encoder *e, const struct nkidl_type *declared, uint8_t *at,
                   const struct psl_expr *value)
{
    const struct nkidl_type *type = nkidl_base(declared);

    if (type->kind == NKIDL_HANDLE || nkidl_is_handle_word(declared))
        encode_handle(e, at, value);
    else if (type->kind < NKIDL_HANDLE)
        encode_number(e, type, at, value);
    else if (type->kind == NKIDL_STRING || type->kind == NKIDL_BYTES)
        encode_text(e, type, at, value);
    else if (type->kind == NKIDL_NAMED)
        encode_named(e, type, at, value);
    else
        encode_list(e, type, at, value);
}

static void encode_message(struct encoder *e)
{
    const struct psl_expr *values = e->step->message;
    const struct nkidl_message *m = e->message;

    for (unsigned i = 0; values && i < values->nitems; i++) {
        const struct nkidl_field *found = NULL;
        const char *names = NULL;

        for (unsigned k = 0; m && k < m->nfields; k++) {
            if (!strcmp(m->fields[k]->name, values->items[i].key->name))
                found = m->fields[k];
            names = names ? nkidl_format(e->g->idl, "%s, %s", names, m->fields[k]->name)
                          : m->fields[k]->name;
        }
        if (found)
            encode(e, found->type, e->constant + found->offset, values->items[i].value);
        else
            bad(e, values->items[i].key->loc,
                names ? nkidl_format(e->g->idl, "there are: %s", names) : "it has none",
                nkidl_format(e->g->idl, "the message of this test has no parameter '%s'",
                             values->items[i].key->name));
    }
}

/* ---- output ---- */

static void put_bytes(struct psl_gen *g, const char *name, unsigned n, const uint8_t *bytes,
                      uint32_t size)
{
    put_text(g, "static const uint8_t %s_%u[] __attribute__((aligned(8))) = {", name, n);
    for (uint32_t i = 0; i < size; i++)
        put_text(g, "%s%u,", i % 24 ? "" : "\n    ", bytes[i]);
    put_text(g, "%s};\n", size ? "" : "0");
}

static unsigned put_data(struct encoder *e, unsigned n)
{
    unsigned nhandles = e->message ? e->message->nhandles + e->message->nwords : 0;

    if (nhandles > HANDLES_MAX)
        nhandles = HANDLES_MAX;
    put_bytes(e->g, "message", n, e->constant, e->message ? e->message->size : 0);
    put_bytes(e->g, "arena", n, e->arena, e->used);
    put_text(e->g, "static const struct policy_handle handles_%u[] = {", n);
    for (unsigned i = 0; i < nhandles; i++)
        put_text(e->g, "{%d, %u}, ", e->processes[i], (unsigned)e->rights[i]);
    put_text(e->g, "%s};\n", nhandles ? "" : "{-1, 0}");
    return nhandles;
}

static const char *step_row(struct encoder *e, unsigned n, unsigned nhandles)
{
    const struct psl_step *s = e->step;
    const struct psl_occasion *o = &s->occasion;
    struct psl_gen *g = e->g;
    const char *at =
        nkidl_format(g->idl, "%s:%u:%u", s->loc.file->path, s->loc.line, s->loc.column);
    const char *text = s->title ? s->title : s->text;

    return nkidl_format(
        g->idl, "    {%s, %s, %d, %d, %u, %u, %u, %u, %u, %u, %s, arena_%u, %u, %u, handles_%u},\n",
        c_string(g, at, strlen(at)), c_string(g, text, strlen(text)), (int)s->expected,
        (int)o->event, o->src->number, o->dst ? o->dst->number : 0,
        o->row     ? o->row->riid
        : o->guard ? o->guard->number
                   : 0,
        o->method->mid, s->source, s->target,
        e->message ? nkidl_format(g->idl, "message_%u", n) : "0", n, (unsigned)e->used, nhandles,
        n);
}

static void put_test(struct psl_gen *g, const struct psl_test *test, unsigned number, unsigned *n)
{
    static uint8_t arena[ARENA_MAX];
    const char **rows = nkidl_alloc(g->idl, (test->nsteps + 1) * sizeof(*rows));

    for (unsigned i = 0; i < test->nsteps; i++, ++*n) {
        struct encoder e = {.g = g, .test = test, .step = &test->steps[i]};

        e.message = psl_message(&e.step->occasion);
        e.constant = nkidl_alloc(g->idl, e.message ? e.message->size + 8u : 8);
        e.arena = arena;
        memset(e.processes, 0xff, sizeof(e.processes));
        encode_message(&e);
        rows[i] = step_row(&e, *n, put_data(&e, *n));
        memset(arena, 0, e.used);
    }
    put_text(g, "static const struct policy_step steps_%u[] = {\n", number);
    for (unsigned i = 0; i < test->nsteps; i++)
        put_text(g, "%s", rows[i]);
    put_text(g, "%s};\n", test->nsteps ? "" : "{0}");
}

void put_tests(struct psl_gen *g)
{
    unsigned ntests = 0, nsteps = 0;

    if (!g->policy->tests)
        return;
    put_text(g, "/* Generated by nk-psl-gen-c from a policy's tests. Changes are lost. */\n"
                "#include <tessera/policy_tests.h>\n\n");
    for (const struct psl_test *t = g->policy->tests; t; t = t->next)
        put_test(g, t, ntests++, &nsteps);
    put_text(g, "const struct policy_test policy_tests[] = {\n");
    ntests = 0;
    for (const struct psl_test *t = g->policy->tests; t; t = t->next) {
        put_text(g, "    {%s, %s, %u, %u, steps_%u},\n", c_string(g, t->suite, strlen(t->suite)),
                 c_string(g, t->name, strlen(t->name)), t->nprocesses, t->nsteps, ntests);
        ntests++;
    }
    put_text(g, "};\nconst uint32_t policy_ntests = %u;\n", ntests);
}
