/*
 * message.c: the three messages of each method: where fields, handles and arena descriptors stand.
 *
 * The constant part is the 24-byte header, then the parameters of the direction at their natural
 * alignment, rounded up to 8. The C headers declare the same structures and assert these sizes, and
 * the format tables are written from them, so compiler, kernel and program agree.
 */
#include <string.h>

#include "internal.h"

enum { HEADER_SIZE = 24, DESCS_MAX = 8192 };

/* Descriptors of one message or element, collected in order. */
struct collector {
    struct nkidl *idl;
    unsigned nhandles, ndescs;
    uint32_t *handles;
    struct nkidl_desc *descs;
    bool counting;
    unsigned *nodes; /* types visited for the whole message */
};

static void collect(struct collector *c, const struct nkidl_type *type, uint32_t offset);

static void collect_both(struct nkidl *idl, struct collector *c, unsigned *nodes,
                         void (*walk)(struct collector *, const void *), const void *what)
{
    memset(c, 0, sizeof(*c));
    c->idl = idl;
    c->nodes = nodes;
    c->counting = true;
    walk(c, what);
    c->handles = nkidl_alloc(idl, (c->nhandles + 1) * sizeof(*c->handles));
    c->descs = nkidl_alloc(idl, (c->ndescs + 1) * sizeof(*c->descs));
    c->nhandles = c->ndescs = 0;
    c->counting = false;
    walk(c, what);
}

static void walk_element(struct collector *c, const void *type)
{
    collect(c, type, 0);
}

static void collect_desc(struct collector *c, const struct nkidl_type *type, uint32_t offset)
{
    struct nkidl_desc *desc;

    if (c->counting) {
        c->ndescs++;
        return;
    }
    desc = &c->descs[c->ndescs++];
    desc->offset = offset;
    desc->elem = desc->align = 1;
    desc->max = type->count;
    if (type->kind == NKIDL_STRING) {
        desc->is_string = true;
        desc->max++;
    } else if (type->kind == NKIDL_SEQUENCE) {
        struct collector inner;

        desc->elem = type->elem->size;
        desc->align = type->elem->align;
        if (type->elem->arena) {
            collect_both(c->idl, &inner, c->nodes, walk_element, type->elem);
            desc->nnested = inner.ndescs;
            desc->nested = inner.descs;
        }
    }
}

struct member {
    const struct nkidl_type *type;
    uint32_t offset;
};

static void walk_member(struct collector *c, const void *what)
{
    const struct member *member = what;

    collect(c, member->type, member->offset);
}

/* What stands in a union depends on its tag: a row a member, with the member's own rows inside. */
static void collect_union(struct collector *c, const struct nkidl_decl *decl, uint32_t offset)
{
    uint32_t tag = 0;

    for (const struct nkidl_field *f = decl->fields; f; f = f->next, tag++) {
        struct member member = {f->type, offset + f->offset};
        struct collector inner;
        struct nkidl_desc *desc;

        if (!f->type->arena)
            continue;
        if (c->counting) {
            c->ndescs++;
            continue;
        }
        collect_both(c->idl, &inner, c->nodes, walk_member, &member);
        desc = &c->descs[c->ndescs++];
        desc->is_member = true;
        desc->offset = offset;
        desc->max = tag;
        desc->nnested = inner.ndescs;
        desc->nested = inner.descs;
    }
}

static void collect(struct collector *c, const struct nkidl_type *type, uint32_t offset)
{
    type = nkidl_base(type);
    if ((!type->has_handles && !type->arena) || ++*c->nodes > NODES_MAX)
        return;
    switch (type->kind) {
    case NKIDL_HANDLE:
        if (!c->counting)
            c->handles[c->nhandles] = offset;
        c->nhandles++;
        break;
    case NKIDL_BYTES:
    case NKIDL_STRING:
    case NKIDL_SEQUENCE:
        collect_desc(c, type, offset);
        break;
    case NKIDL_ARRAY:
        for (uint32_t i = 0; i < type->count && *c->nodes <= NODES_MAX; i++)
            collect(c, type->elem, offset + i * type->elem->size);
        break;
    case NKIDL_NAMED:
        if (type->decl->kind == NKIDL_UNION)
            collect_union(c, type->decl, offset);
        for (const struct nkidl_field *f = type->decl->fields;
             f && type->decl->kind == NKIDL_STRUCT; f = f->next)
            collect(c, f->type, offset + f->offset);
        break;
    default:
        break;
    }
}

static void walk_message(struct collector *c, const void *what)
{
    const struct nkidl_message *message = what;

    for (unsigned i = 0; i < message->nfields; i++)
        collect(c, message->fields[i]->type, message->fields[i]->offset);
}

static const char *direction_name(enum nkidl_direction direction)
{
    return direction == NKIDL_IN ? "in" : direction == NKIDL_OUT ? "out" : "error";
}

static void check_limits(struct nkidl *idl, const struct nkidl_method *method,
                         const struct nkidl_message *message, uint64_t size,
                         enum nkidl_direction direction)
{
    const char *name = direction_name(direction);

    if (size > CONSTANT_PART_MAX)
        nkidl_error(idl, method->loc, "carry large values in the arena: bytes<N> or sequence<T, N>",
                    "the constant part of the '%s' parameters of '%s' has %llu bytes, at most %u "
                    "are allowed", name, method->name, (unsigned long long)size,
                    CONSTANT_PART_MAX);
    if (message->nhandles > HANDLES_MAX)
        nkidl_error(idl, method->loc, "split the method",
                    "'%s' has %u handles among its '%s' parameters, at most %u are allowed",
                    method->name, message->nhandles, name, HANDLES_MAX);
    if (message->ndescs > DESCS_MAX)
        nkidl_error(idl, method->loc, "use a sequence instead of an array",
                    "'%s' has more than %d variable-size values in place", method->name,
                    (int)DESCS_MAX);
}

/* Handles as plain words are parameters themselves; the kernel alone knows what they mean. */
static void collect_words(struct nkidl *idl, struct nkidl_message *message)
{
    message->words = nkidl_alloc(idl, (message->nfields + 1) * sizeof(*message->words));
    for (unsigned i = 0; i < message->nfields; i++) {
        if (nkidl_is_handle_word(message->fields[i]->type))
            message->words[message->nwords++] = message->fields[i]->offset;
    }
}

static void lay_out(struct nkidl *idl, const struct nkidl_method *method,
                    struct nkidl_message *message, enum nkidl_direction direction)
{
    struct collector collector;
    uint64_t size = HEADER_SIZE;
    unsigned count = 0, nodes = 0;

    for (struct nkidl_field *p = method->params; p; p = p->next)
        count += p->direction == direction;
    message->fields = nkidl_alloc(idl, (count + 1) * sizeof(*message->fields));
    for (struct nkidl_field *p = method->params; p; p = p->next) {
        if (p->direction != direction)
            continue;
        message->fields[message->nfields++] = p;
        size = (size + p->type->align - 1) / p->type->align * p->type->align;
        p->offset = size < SIZE_LIMIT ? (uint32_t)size : SIZE_LIMIT;
        size += p->type->size;
        if (p->type->arena > UINT64_MAX - message->arena)
            message->arena = UINT64_MAX;
        else
            message->arena += p->type->arena;
    }
    size = (size + 7) / 8 * 8;
    message->size = size <= CONSTANT_PART_MAX ? (uint32_t)size : 0;
    collect_both(idl, &collector, &nodes, walk_message, message);
    message->nhandles = collector.nhandles;
    message->handles = collector.handles;
    message->ndescs = collector.ndescs;
    message->descs = collector.descs;
    collect_words(idl, message);
    check_limits(idl, method, message, size, direction);
    if (nodes > NODES_MAX)
        nkidl_error(idl, method->loc, "use sequences instead of arrays, or fewer types",
                    "the '%s' parameters of '%s' have more than %u parts",
                    direction_name(direction), method->name, NODES_MAX);
}

/* The older scheme has one UInt16 error parameter, carried as the return code. */
static void take_error_code(struct nkidl *idl, struct nkidl_method *method)
{
    for (struct nkidl_field *p = method->params; p; p = p->next) {
        if (p->direction != NKIDL_ERROR)
            continue;
        if (method->error_code)
            nkidl_error(idl, p->loc, "compile with --extended-errors, or merge them",
                        "second 'error' parameter");
        else if (nkidl_base(p->type)->kind != NKIDL_UINT16)
            nkidl_error(idl, p->loc, "compile with --extended-errors, or use UInt16",
                        "the 'error' parameter is not a UInt16");
        method->error_code = p;
    }
}

static void check_order(struct nkidl *idl, const struct nkidl_method *method)
{
    for (const struct nkidl_field *p = method->params; p && p->next; p = p->next) {
        if (p->next->direction < p->direction) {
            nkidl_warning(idl, p->next->loc, "write all 'in', then all 'out', then all 'error'",
                          "'%s' parameter after an '%s' parameter",
                          direction_name(p->next->direction), direction_name(p->direction));
            return;
        }
    }
}

void resolve_interface(struct nkidl *idl, struct nkidl_package *package)
{
    if (package->nmethods > 0xffff)
        nkidl_error(idl, package->loc, NULL, "an interface has at most 65535 methods");
    for (struct nkidl_method *m = package->methods; m; m = m->next) {
        check_order(idl, m);
        lay_out(idl, m, &m->req, NKIDL_IN);
        lay_out(idl, m, &m->res, NKIDL_OUT);
        if (idl->options.old_errors)
            take_error_code(idl, m);
        else
            lay_out(idl, m, &m->err, NKIDL_ERROR);
    }
}
