/*
 * event.c: random events: messages with values at the edges and near the numbers of the policy, now
 * and then one that no sound message could be.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "case.h"

/* ---- numbers of the policy ---- */

static void note(struct comparison *c, const struct psl_expr *e)
{
    if (!e)
        return;
    if (e->kind == PSL_INT && c->npool < POOL)
        c->pool[c->npool++] = (int64_t)e->number;
    note(c, e->left);
    note(c, e->right);
    for (unsigned i = 0; i < e->nitems; i++)
        note(c, e->items[i].value);
}

static void note_actions(struct comparison *c, const struct psl_action *a)
{
    for (; a; a = a->next) {
        note(c, a->argument);
        note(c, a->expr);
        if (a->match)
            note_actions(c, a->match->actions);
        for (const struct psl_branch *b = a->branches; b; b = b->next) {
            note(c, b->label);
            note_actions(c, b->actions);
        }
    }
}

void collect_numbers(struct comparison *c)
{
    for (const struct psl_binding *b = c->policy->bindings; b; b = b->next)
        note_actions(c, b->block.actions);
}

static uint64_t number(struct comparison *c)
{
    static const uint64_t edges[] = {0,          1,         127,        128,       255,
                                     32767,      32768,     65535,      INT32_MAX, 0x80000000,
                                     UINT32_MAX, INT64_MAX, 1ull << 63, UINT64_MAX};

    switch (below(&c->r, 5)) {
    case 0:
        return random_next(&c->r) >> below(&c->r, 64);
    case 1:
        return edges[below(&c->r, 14)];
    case 2:
        return below(&c->r, 4);
    default:
        return c->npool ? (uint64_t)c->pool[below(&c->r, c->npool)] + below(&c->r, 3) - 1 : 0;
    }
}

/* ---- messages ---- */

static void put_value(struct comparison *c, const struct nkidl_type *type, uint8_t *at);

/* A chunk of the arena; the descriptor at `at` leads to it. */
static uint8_t *put_chunk(struct comparison *c, uint8_t *at, uint32_t size, uint32_t align)
{
    uint32_t descriptor[2];

    c->used = (c->used + align - 1) / align * align;
    if (c->used + size > ARENA)
        size = 0;
    descriptor[0] = c->used;
    descriptor[1] = size;
    memcpy(at, descriptor, sizeof(descriptor));
    c->used += size;
    return c->arena + descriptor[0];
}

static void put_text(struct comparison *c, const struct nkidl_type *type, uint8_t *at)
{
    const char *text = world_texts[below(&c->r, WORLD_TEXTS)];
    uint32_t size = (uint32_t)strlen(text), max = type->count + (type->kind == NKIDL_STRING);
    uint8_t bytes[64] = {0}, *chunk;

    memcpy(bytes, text, size);
    if (chance(&c->r, 30)) {
        size = below(&c->r, 9);
        for (uint32_t i = 0; i < size; i++)
            bytes[i] = (uint8_t) "ab on\nx\0"[below(&c->r, 8)];
    }
    if (type->kind == NKIDL_STRING && chance(&c->r, 90))
        bytes[size++] = 0;
    size = size > max ? max : size;
    if (type->kind == NKIDL_STRING && size && chance(&c->r, 90))
        bytes[size - 1] = 0;
    if (chance(&c->r, 5))
        size = 0;
    chunk = put_chunk(c, at, size, 1);
    memcpy(chunk, bytes, c->used - (uint32_t)(chunk - c->arena));
}

static void put_sequence(struct comparison *c, const struct nkidl_type *type, uint8_t *at)
{
    uint32_t n = chance(&c->r, 70) ? below(&c->r, type->count + 1) : type->count;
    uint32_t elem = type->elem->size;
    uint8_t *chunk = put_chunk(c, at, n * elem, type->elem->align);

    if (c->arena + c->used < chunk + n * elem)
        return;
    for (uint32_t i = 0; i < n; i++)
        put_value(c, type->elem, chunk + i * elem);
}

static void put_union(struct comparison *c, const struct nkidl_decl *decl, uint8_t *at)
{
    uint32_t n = 0, tag;
    const struct nkidl_field *f;

    for (f = decl->fields; f; f = f->next)
        n++;
    tag = below(&c->r, n + chance(&c->r, 5));
    memcpy(at, &tag, sizeof(tag));
    for (f = decl->fields; f && tag > 0; f = f->next)
        tag--;
    if (f)
        put_value(c, f->type, at + decl->body);
}

static void put_value(struct comparison *c, const struct nkidl_type *declared, uint8_t *at)
{
    const struct nkidl_type *type = nkidl_base(declared);
    uint64_t n;

    switch (type->kind) {
    case NKIDL_HANDLE:
        return;
    case NKIDL_STRING:
    case NKIDL_BYTES:
        put_text(c, type, at);
        return;
    case NKIDL_SEQUENCE:
        put_sequence(c, type, at);
        return;
    case NKIDL_ARRAY:
        for (uint32_t i = 0; i < type->count; i++)
            put_value(c, type->elem, at + i * type->elem->size);
        return;
    case NKIDL_NAMED:
        if (type->decl->kind == NKIDL_UNION) {
            put_union(c, type->decl, at);
            return;
        }
        for (const struct nkidl_field *f = type->decl->fields; f; f = f->next)
            put_value(c, f->type, at + f->offset);
        return;
    default:
        n = number(c);
        memcpy(at, &n, (size_t)1 << (type->kind % 4));
    }
}

/* No sound message: bytes changed at random, or an arena that is shorter than it says. */
static void spoil(struct comparison *c, uint32_t size)
{
    for (unsigned n = 1 + below(&c->r, 4); n > 0; n--) {
        if (c->used && chance(&c->r, 30))
            c->arena[below(&c->r, c->used)] = (uint8_t)random_next(&c->r);
        else if (size)
            c->message[below(&c->r, size)] =
                (uint8_t)(chance(&c->r, 50) ? below(&c->r, 8) : random_next(&c->r));
    }
    if (chance(&c->r, 30))
        c->used = below(&c->r, c->used + 1);
}

/* ---- resources ---- */

static struct ref_resource pick_resource(struct comparison *c, struct ksm_subject *subject)
{
    struct resource *of = &c->resources[below(&c->r, RESOURCES)];
    struct ref_resource r = {of->sid, !chance(&c->r, 3), 0};

    *subject = (struct ksm_subject){of->sid, r.has_state ? of->slots : NULL, 0};
    return r;
}

static void pick_handles(struct comparison *c, const struct nkidl_message *m)
{
    for (unsigned i = 0; m && i < m->nhandles + m->nwords && i < HANDLES; i++) {
        c->handles[i] = pick_resource(c, &c->subjects[i]);
        if (chance(&c->r, 10)) {
            c->handles[i] = (struct ref_resource){0};
            c->subjects[i] = (struct ksm_subject){0};
        } else {
            c->handles[i].rights = c->subjects[i].rights = (uint32_t)number(c);
        }
    }
}

/* ---- events ---- */

static void put_message(struct comparison *c, const struct nkidl_message *m)
{
    c->used = 0;
    if (!m)
        return;
    memset(c->message, 0, m->size);
    for (unsigned i = 0; i < m->nfields; i++)
        put_value(c, m->fields[i]->type, c->message + m->fields[i]->offset);
    if (chance(&c->r, 4))
        spoil(c, m->size);
}

static const struct psl_occasion *pick_occasion(struct comparison *c)
{
    unsigned n = below(&c->r, c->world.n);

    if (c->nsingle && chance(&c->r, 50))
        n = c->single[below(&c->r, c->nsingle)];
    else if (c->ninteresting && chance(&c->r, 90))
        n = c->interesting[below(&c->r, c->ninteresting)];
    return &c->world.occasions[n];
}

void make_event(struct comparison *c)
{
    const struct psl_occasion *o = pick_occasion(c);
    const struct nkidl_message *m = psl_message(o);
    bool has_handles = !chance(&c->r, 3), has_arena = !chance(&c->r, 3);

    put_message(c, m);
    pick_handles(c, m);
    c->event = (struct ref_event){.occasion = *o,
                                  .source = pick_resource(c, &c->source),
                                  .target = pick_resource(c, &c->target),
                                  .message = m ? c->message : NULL,
                                  .arena = has_arena ? c->arena : NULL,
                                  .arena_size = c->used,
                                  .handles = has_handles ? c->handles : NULL};
    c->query = (struct ksm_query){.event = (enum ksm_event)o->event,
                                  .src = (uint16_t)o->src->number,
                                  .dst = (uint16_t)(o->dst ? o->dst->number : 0),
                                  .iid = (uint16_t)(o->row     ? o->row->riid
                                                    : o->guard ? o->guard->number
                                                               : 0),
                                  .mid = (uint16_t)o->method->mid,
                                  .source = &c->source,
                                  .target = o->dst ? &c->target : NULL,
                                  .message = m ? c->message : NULL,
                                  .arena = c->event.arena,
                                  .arena_size = c->used,
                                  .handles = has_handles ? c->subjects : NULL};
}

/* ---- a case that failed ---- */

static void show_bytes(const char *name, const uint8_t *bytes, uint32_t size)
{
    printf("  %s:", name);
    for (uint32_t i = 0; i < size; i++)
        printf("%s%02x", i % 4 ? "" : " ", bytes[i]);
    printf("\n");
}

void show_event(const struct comparison *c)
{
    static const char *const names[] = {"execute", "request", "response", "error", "security"};
    const struct psl_occasion *o = &c->event.occasion;
    const struct nkidl_message *m = psl_message(o);

    printf("  %s src=%s%s%s %s%s method=%s\n", names[o->event], o->src->name, o->dst ? " dst=" : "",
           o->dst ? o->dst->name : "",
           o->row     ? "endpoint="
           : o->guard ? "guard="
                      : "",
           o->row     ? o->row->name
           : o->guard ? o->guard->instance
                      : "",
           o->method->name);
    printf("  source %" PRIu64 "%s, target %" PRIu64 "%s\n", c->event.source.sid,
           c->event.source.has_state ? "" : " without state", c->event.target.sid,
           c->event.target.has_state ? "" : " without state");
    for (unsigned i = 0; m && c->event.handles && i < m->nhandles + m->nwords; i++)
        printf("  handle %u: %" PRIu64 "%s, rights 0x%x\n", i, c->handles[i].sid,
               c->handles[i].has_state ? "" : " without state", c->handles[i].rights);
    for (unsigned i = 0; m && i < m->nfields; i++)
        show_bytes(m->fields[i]->name, c->message + m->fields[i]->offset, m->fields[i]->type->size);
    if (c->event.arena)
        show_bytes("arena", c->arena, c->used);
}
