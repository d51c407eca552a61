/*
 * gen_tests.c: functions that fill a message with random values, for fuzzers and tests.
 *
 * I_M_test_req(msg, arena, rand, failure) and its likes for responses and errors fill every field,
 * the header excepted. Variable-size values get up to 255 elements; handles are left invalid.
 * *failure becomes non-zero when the arena is too small.
 */
#include <inttypes.h>

#include "gen.h"

enum { ELEMENTS_MAX = 255 };

static void put_fill(struct gen *g, const struct nkidl_type *type, const char *place,
                     unsigned depth);

static void put_indent(struct gen *g, unsigned depth)
{
    put(g, "%*s", (int)(depth * 4), "");
}

static unsigned limit(uint32_t count)
{
    return count < ELEMENTS_MAX ? (unsigned)count : ELEMENTS_MAX;
}

static void put_chunk(struct gen *g, const struct nkidl_type *type, const char *place,
                      unsigned depth)
{
    bool is_string = type->kind == NKIDL_STRING;

    put_indent(g, depth);
    put(g, "nk_test_bytes_(arena, &%s, nk_test_number_(next) %% %uu, %d, next, failure);\n", place,
        limit(type->count) + 1, is_string);
}

static void put_loop(struct gen *g, const struct nkidl_type *elem, const char *array,
                     const char *count, unsigned depth)
{
    put_indent(g, depth);
    put(g, "for (nk_uint32_t i%u = 0; i%u < %s; i%u++) {\n", depth, depth, count, depth);
    put_fill(g, elem, nkidl_format(g->idl, "%s[i%u]", array, depth), depth + 1);
    put_indent(g, depth);
    put(g, "}\n");
}

static void put_sequence(struct gen *g, const struct nkidl_type *type, const char *place,
                         unsigned depth)
{
    const struct nkidl_type *elem = type->elem;
    const char *pointer = nkidl_format(g->idl, "p%u", depth);
    const char *count = nkidl_format(g->idl, "n%u", depth);
    bool is_array;

    put_indent(g, depth);
    put(g, "{\n");
    put_indent(g, depth + 1);
    put(g, "nk_uint32_t %s = (nk_uint32_t)(nk_test_number_(next) %% %uu);\n", count,
        limit(type->count) + 1);
    put_indent(g, depth + 1);
    is_array = elem->kind == NKIDL_ARRAY;
    put_declaration(g, elem, nkidl_format(g->idl, is_array ? "(*%s)" : "*%s", pointer));
    put(g, " = (");
    put_declaration(g, elem, is_array ? "(*)" : "*");
    put(g, ")nk_arena_alloc_(arena, &%s, %" PRIu32 ", %" PRIu32 ", %s);\n", place, elem->size,
        elem->align, count);
    put_indent(g, depth + 1);
    put(g, "if (!%s) {\n", pointer);
    put_indent(g, depth + 2);
    put(g, "*failure = 1;\n");
    put_indent(g, depth + 2);
    put(g, "%s = 0;\n", count);
    put_indent(g, depth + 1);
    put(g, "}\n");
    put_loop(g, elem, pointer, count, depth + 1);
    put_indent(g, depth);
    put(g, "}\n");
}

static void put_union(struct gen *g, const struct nkidl_decl *decl, const char *place,
                      unsigned depth)
{
    unsigned tag = 0, count = 0;

    for (const struct nkidl_field *f = decl->fields; f; f = f->next)
        count++;
    put_indent(g, depth);
    put(g, "%s.tag_ = (nk_uint32_t)(nk_test_number_(next) %% %uu);\n", place, count);
    for (const struct nkidl_field *f = decl->fields; f; f = f->next) {
        put_indent(g, depth);
        put(g, "if (%s.tag_ == %u) {\n", place, tag++);
        put_fill(g, f->type, nkidl_format(g->idl, "%s.%s", place, f->name), depth + 1);
        put_indent(g, depth);
        put(g, "}\n");
    }
}

static void put_fill(struct gen *g, const struct nkidl_type *type, const char *place,
                     unsigned depth)
{
    type = nkidl_base(type);
    switch (type->kind) {
    case NKIDL_HANDLE:
        put_indent(g, depth);
        put(g, "__builtin_memset(&%s, 0, sizeof(%s));\n", place, place);
        break;
    case NKIDL_BYTES:
    case NKIDL_STRING:
        put_chunk(g, type, place, depth);
        break;
    case NKIDL_ARRAY:
        put_loop(g, type->elem, place, nkidl_format(g->idl, "%" PRIu32 "u", type->count), depth);
        break;
    case NKIDL_SEQUENCE:
        put_sequence(g, type, place, depth);
        break;
    case NKIDL_NAMED:
        if (type->decl->kind == NKIDL_UNION) {
            put_union(g, type->decl, place, depth);
            break;
        }
        for (const struct nkidl_field *f = type->decl->fields; f; f = f->next)
            put_fill(g, f->type, nkidl_format(g->idl, "%s.%s", place, f->name), depth);
        break;
    default:
        put_indent(g, depth);
        put(g, "%s = (%s)nk_test_number_(next);\n", place, type_name(g, type));
        break;
    }
}

static void put_helpers(struct gen *g)
{
    put(g, "#ifndef __NK_TEST_HELPERS__\n#define __NK_TEST_HELPERS__\n"
           "static inline nk_uint64_t nk_test_number_(int (*next)(void))\n{\n"
           "    nk_uint64_t number = 0;\n\n    for (int i = 0; i < 5; i++)\n"
           "        number = number << 15 ^ (nk_uint64_t)(next() & 0x7fffffff);\n"
           "    return number;\n}\n");
    put(g, "static inline void nk_test_bytes_(struct nk_arena *arena, nk_ptr_t *desc, "
           "nk_uint64_t size,\n    int is_string, int (*next)(void), nk_bool_t *failure)\n{\n"
           "    nk_uint8_t *p = (nk_uint8_t *)nk_arena_alloc_(arena, desc, 1, 1,\n"
           "        (size_t)size + (is_string ? 1 : 0));\n\n"
           "    if (!p) {\n        *failure = 1;\n        return;\n    }\n"
           "    for (nk_uint64_t i = 0; i < size; i++)\n"
           "        p[i] = (nk_uint8_t)(is_string ? 1 + nk_test_number_(next) %% 127\n"
           "                                      : nk_test_number_(next));\n"
           "    if (is_string)\n        p[size] = 0;\n}\n#endif\n");
}

static void put_filler(struct gen *g, const struct nkidl_package *p, const struct nkidl_method *m,
                       const char *direction, const char *member,
                       const struct nkidl_message *message)
{
    put(g, "static inline void %s_%s_test_%s(\n    %s_%s_%s *msg, struct nk_arena *arena, "
           "int (*next)(void), nk_bool_t *failure)\n{\n", p->cname, m->name, direction, p->cname,
        m->name, direction);
    put(g, "    nk_unused(msg);\n    nk_unused(arena);\n    nk_unused(next);\n"
           "    nk_unused(failure);\n");
    for (unsigned i = 0; i < message->nfields; i++)
        put_fill(g, message->fields[i]->type,
                 nkidl_format(g->idl, "msg->%s%s", member, message->fields[i]->name), 1);
    put(g, "}\n");
}

void gen_tests(struct gen *g, const struct nkidl_package *p)
{
    if (!p->has_interface)
        return;
    put_helpers(g);
    open_guard(g, p->name, "TESTS");
    for (const struct nkidl_method *m = p->methods; m; m = m->next) {
        put_filler(g, p, m, "req", "", &m->req);
        put_filler(g, p, m, "res", "res_.", &m->res);
        put_filler(g, p, m, "err", "", &m->err);
    }
    close_guard(g);
}
