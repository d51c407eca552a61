/*
 * policy/describe.c: an event as a person reads it: who, to whom, which method, with which arguments.
 *
 * Values come from the captured message and are not to be trusted: every offset is checked, every text
 * is cut and its unusual bytes are shown as \xHH, so nothing that a program sends can forge a line.
 */
#include "policy/audit.h"

#include "core/copy.h"
#include "core/log.h"
#include "core/process.h"
#include "core/text.h"
#include "policy/policy.h"

#include <nk/types.h>

#define PARAMS_SHOWN   8
#define ELEMENTS_SHOWN 4
#define TEXT_SHOWN     48
#define REASON_ROOM    160 /* bytes that arguments leave for what follows them */

struct line {
    char *buf;
    uint32_t size, at; /* at < size always */
};

static __attribute__((format(printf, 2, 3))) void put(struct line *l, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    uint32_t n = (uint32_t)kvsnprintf(l->buf + l->at, l->size - l->at, fmt, ap);
    va_end(ap);
    l->at = n < l->size - l->at ? l->at + n : l->size - 1;
}

/* Signs that stand between the parts of a line, or in none. */
static bool is_delimiter(char c)
{
    return c < ' ' || c > 126 || c == '"' || c == '(' || c == ')' || c == ':' || c == '<' || c == '>';
}

/* A name that a program gave to another one. */
static void put_name(struct line *l, const char *name)
{
    for (; *name; name++)
        put(l, "%c", is_delimiter(*name) ? '?' : *name);
}

static void put_process(struct line *l, const struct process *p, uint16_t class)
{
    const char *class_name = policy_class_name(class);
    if (!p || text_is(p->name, class_name)) {
        put(l, "%s", class_name);
        return;
    }
    put_name(l, p->name);
    put(l, " (%s)", class_name);
}

static void put_text(struct line *l, const uint8_t *s, uint32_t n)
{
    put(l, "\"");
    for (uint32_t i = 0; i < n && i < TEXT_SHOWN && s[i]; i++) {
        if (s[i] >= ' ' && s[i] < 127 && s[i] != '"' && s[i] != '\\')
            put(l, "%c", s[i]);
        else
            put(l, "\\x%02x", s[i]);
    }
    put(l, n > TEXT_SHOWN ? "...\"" : "\"");
}

/* A number of one of the integer types; anything else is not shown. */
static void put_number(struct line *l, unsigned type, const uint8_t *at)
{
    uint64_t v = 0;
    switch (type) {
    case KSM_TYPE_UINT8:
    case KSM_TYPE_UINT16:
    case KSM_TYPE_UINT32:
    case KSM_TYPE_UINT64:
        copy_bytes(&v, at, (size_t)1 << (type - KSM_TYPE_UINT8));
        put(l, "%lu", v);
        break;
    case KSM_TYPE_SINT8:
        put(l, "%d", *(const int8_t *)at);
        break;
    case KSM_TYPE_SINT16: {
        int16_t s;
        copy_bytes(&s, at, sizeof s);
        put(l, "%d", s);
        break;
    }
    case KSM_TYPE_SINT32: {
        int32_t s;
        copy_bytes(&s, at, sizeof s);
        put(l, "%d", s);
        break;
    }
    case KSM_TYPE_SINT64:
        copy_bytes(&v, at, sizeof v);
        put(l, "%ld", (int64_t)v);
        break;
    case KSM_TYPE_HANDLE:
    case KSM_TYPE_HANDLE_WORD: {
        uint32_t h;
        copy_bytes(&h, at, sizeof h);
        put(l, "handle 0x%x", h);
        break;
    }
    case KSM_TYPE_UNION: {
        uint32_t tag;
        copy_bytes(&tag, at, sizeof tag);
        put(l, "member %u", tag);
        break;
    }
    default:
        put(l, "...");
    }
}

static void put_elements(struct line *l, const struct ksm_param *p, const uint8_t *at, uint32_t count)
{
    put(l, "[");
    for (uint32_t i = 0; i < count && i < ELEMENTS_SHOWN; i++) {
        put(l, i ? ", " : "");
        put_number(l, p->elem, at + (size_t)i * p->elem_size);
    }
    put(l, count > ELEMENTS_SHOWN ? ", ...]" : "]");
}

/* A value in the arena: is it captured? */
static bool find_chunk(const struct ksm_query *q, const uint8_t *at, struct nk_ptr *chunk)
{
    copy_bytes(chunk, at, sizeof *chunk);
    return q->arena && chunk->offset <= q->arena_size && chunk->size <= q->arena_size - chunk->offset;
}

static void put_chunk(struct line *l, const struct ksm_query *q, const struct ksm_param *p,
                      const uint8_t *at)
{
    struct nk_ptr chunk;
    bool is_here = find_chunk(q, at, &chunk);
    uint32_t elem_size = p->type == KSM_TYPE_SEQUENCE && p->elem_size ? p->elem_size : 1;
    if (p->type == KSM_TYPE_STRING && (is_here || chunk.size == 0))
        put_text(l, chunk.size ? q->arena + chunk.offset : NULL, chunk.size);
    else if (p->type == KSM_TYPE_SEQUENCE && is_here)
        put_elements(l, p, q->arena + chunk.offset, chunk.size / elem_size);
    else if (p->type == KSM_TYPE_SEQUENCE)
        put(l, "%u elements", chunk.size / elem_size);
    else
        put(l, "%u bytes", chunk.size);
}

static void put_value(struct line *l, const struct ksm_query *q, const struct ksm_param *p)
{
    const uint8_t *at = (const uint8_t *)q->message + p->offset;
    switch (p->type) {
    case KSM_TYPE_STRING:
    case KSM_TYPE_BYTES:
    case KSM_TYPE_SEQUENCE:
        put_chunk(l, q, p, at);
        break;
    case KSM_TYPE_ARRAY:
        put_elements(l, p, at, p->count);
        break;
    default:
        put_number(l, p->type, at);
    }
}

/* Whole ones, as many as leave room for the reason: no argument pushes it out of the line. */
static void put_arguments(struct line *l, const struct audit_event *e)
{
    const struct ksm_form *f = e->form;
    put(l, "(");
    for (unsigned i = 0; f && e->query->message && i < f->nparams; i++) {
        const struct ksm_param *p = &f->params[i];
        uint32_t before = l->at;
        if (i < PARAMS_SHOWN) {
            put(l, "%s%s=", i ? ", " : "", p->name);
            put_value(l, e->query, p);
        }
        if (i == PARAMS_SHOWN || l->at + REASON_ROOM > l->size) {
            l->at = before;
            put(l, i ? ", ..." : "...");
            break;
        }
    }
    put(l, ")");
}

const void *audit_text_of(const struct audit_event *e, unsigned i, uint32_t *size)
{
    const struct ksm_query *q = e->query;
    const struct ksm_param *p;
    struct nk_ptr chunk;
    if (!e->form || !q->message || i >= e->form->nparams || i >= PARAMS_SHOWN)
        return NULL;
    *size = 0;
    p = &e->form->params[i];
    if ((p->type != KSM_TYPE_STRING && p->type != KSM_TYPE_SEQUENCE) ||
        !find_chunk(q, (const uint8_t *)q->message + p->offset, &chunk))
        return q->message;
    *size = chunk.size < TEXT_SHOWN ? chunk.size : TEXT_SHOWN;
    return q->arena + chunk.offset;
}

/* The server's class, or the asking one's; its endpoint; the method. */
static void put_method(struct line *l, const struct audit_event *e)
{
    const struct ksm_query *q = e->query;
    bool is_security = q->event == KSM_SECURITY;
    const struct ksm_class *class = ksm_image.classes[q->event == KSM_REQUEST ? q->dst : q->src];
    uint32_t count = is_security ? class->nsecurity : class->nendpoints;
    const struct ksm_endpoint *list = is_security ? class->security : class->endpoints;
    if (q->iid >= count) {
        put(l, "endpoint %u, method %u", q->iid, q->mid);
        return;
    }
    const struct ksm_endpoint *endpoint = &list[q->iid];
    const char *name = is_security ? endpoint->interface : endpoint->name;
    if (q->mid >= endpoint->nmethods) {
        put(l, "%s, method %u", name, q->mid);
        return;
    }
    put(l, "%s.%s", name, endpoint->methods[q->mid].name);
    if (e->verdict != AUDIT_MALFORMED)
        put_arguments(l, e);
}

uint32_t audit_describe(const struct audit_event *e, char *buf, uint32_t size)
{
    static const char *const names[] = {[KSM_EXECUTE] = "execute", [KSM_REQUEST] = "request",
                                        [KSM_RESPONSE] = "response", [KSM_ERROR] = "error",
                                        [KSM_SECURITY] = "security"};
    struct line l = {buf, size, 0};
    buf[0] = 0;
    put(&l, "%s ", names[e->query->event]);
    put_process(&l, e->from, e->query->src);
    if (e->query->event != KSM_SECURITY) {
        put(&l, " -> ");
        put_process(&l, e->to, e->query->dst);
    }
    if (e->query->event != KSM_EXECUTE) {
        put(&l, ": ");
        put_method(&l, e);
    }
    return l.at;
}
