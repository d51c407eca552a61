/*
 * messages.c: system calls: messages of the table of forms, with values that make sense here and lies
 * there, to the kernel and to the neighbours; and the other half of each conversation.
 */
#include "fuzz.h"

#include "raw.h"

#include <nk/types.h>
#include <string.h>

#define HEADER 24u

/* ---- the arena ---- */

static const char *const texts[] = {"Child", "fuzz.Child", "Einit", "", "x", "no such thing"};

/* Something at *used for a descriptor; nested ones as deep as they go. */
static void fill_chunk(struct worker *w, const struct ksm_desc *d, nk_ptr_t *p, uint32_t *used,
                       unsigned depth)
{
    uint32_t count = once_in(w, 8) ? below(w, 200) : below(w, 6), size = count * d->elem;
    uint32_t at = (*used + 7u) & ~7u;

    if (d->elem == 1 && !once_in(w, 3)) {
        size = (uint32_t)strlen(texts[below(w, sizeof(texts) / sizeof(texts[0]))]) + 1;
    }
    if (d->elem == 0 || at + size > ARENA_BYTES) {
        *p = (nk_ptr_t){0, 0};
        return;
    }
    *p = (nk_ptr_t){at, size};
    *used = at + size;
    memcpy(w->arena + at, texts[below(w, 3)], size < 6 ? size : 6);
    for (uint32_t e = 0; d->nested && depth > 0 && e + d->elem <= size; e += d->elem) {
        for (unsigned i = 0; i < d->nnested; i++) {
            nk_ptr_t inner = {0, 0};
            if (d->nested[i].flags & KSM_DESC_TAGGED) {
                continue;
            }
            fill_chunk(w, &d->nested[i], &inner, used, depth - 1);
            memcpy(w->arena + at + e + d->nested[i].offset, &inner, sizeof(inner));
        }
    }
}

static void lie_about(struct worker *w, nk_ptr_t *p)
{
    switch (below(w, 4)) {
    case 0:
        p->offset = (uint32_t)any_number(w);
        break;
    case 1:
        p->size = (uint32_t)any_number(w);
        break;
    case 2:
        p->offset += below(w, 16);
        break;
    default:
        p->size += below(w, 16);
    }
}

/* ---- the constant part ---- */

static void put_param(struct worker *w, const struct ksm_param *p)
{
    static const uint8_t bytes[] = {1, 2, 4, 8, 1, 2, 4, 8};
    uint64_t value = value_of(w, p);

    if (p->type <= KSM_TYPE_SINT64) {
        memcpy(w->constant + p->offset, &value, bytes[p->type]);
    } else if (p->type == KSM_TYPE_HANDLE_WORD) {
        memcpy(w->constant + p->offset, &value, 4);
    } else if (p->type == KSM_TYPE_HANDLE) {
        nk_handle_desc_t d = {.handle = (uint32_t)value,
                              .rights = once_in(w, 3) ? (uint32_t)any(w) : 0x7fffffff,
                              .badge = once_in(w, 4) ? any_handle(w) : 0};
        memcpy(w->constant + p->offset, &d, sizeof(d));
    }
}

/* Fills constant part and arena; the used size of the arena. */
static uint32_t fill(struct worker *w, const struct ksm_form *form)
{
    uint32_t used = 0;

    memset(w->constant, 0, HEADER);
    if (form->size > sizeof(w->constant)) {
        return 0;
    }
    for (unsigned i = 0; i < form->nparams; i++) {
        put_param(w, &form->params[i]);
    }
    for (unsigned i = 0; i < form->ndescs; i++) {
        nk_ptr_t p;
        if (form->descs[i].flags & KSM_DESC_TAGGED) {
            continue;
        }
        fill_chunk(w, &form->descs[i], &p, &used, 3);
        if (once_in(w, 16)) {
            lie_about(w, &p);
        }
        memcpy(w->constant + form->descs[i].offset, &p, sizeof(p));
    }
    return once_in(w, 32) ? below(w, ARENA_BYTES) : used;
}

static uint64_t word_of(unsigned iid, unsigned mid, const struct ksm_form *form, unsigned kind)
{
    return iid | (uint64_t)mid << 16 | (uint64_t)form->size << 32 | (uint64_t)form->nhandles << 48 |
           (uint64_t)kind << 56;
}

/* ---- system calls ---- */

static void spoil(struct worker *w, struct kn_buf *b)
{
    switch (below(w, 4)) {
    case 0:
        b->head = any_address(w);
        break;
    case 1:
        b->arena = any_address(w);
        break;
    case 2:
        b->head_size = (uint32_t)any_number(w);
        break;
    default:
        b->arena_size = (uint32_t)any_number(w);
    }
}

struct exchange {
    struct raw r;
    struct kn_buf out, in;
    struct kn_ex ex;
};

/* Both buffers, sometimes wrong ones, and a limit to the time. */
static void prepare(struct worker *w, struct exchange *x, uint32_t op, const struct ksm_form *form)
{
    bool is_short = form && form->size <= HEADER + KN_SHORT_BYTES && !form->ndescs &&
                    !form->nhandles && !once_in(w, 4);

    x->out = (struct kn_buf){.head = (uintptr_t)w->constant, .head_size = form ? form->size : 0,
                             .arena = (uintptr_t)w->arena};
    x->in = (struct kn_buf){.head = (uintptr_t)w->result, .head_size = sizeof(w->result),
                            .arena = (uintptr_t)w->results, .arena_size = sizeof(w->results)};
    x->out.arena_size = form ? fill(w, form) : 0;
    if (once_in(w, 40)) { /* a long one, from wherever it may be */
        x->out.arena_size = below(w, 200000);
        x->out.arena = any_address(w);
    }
    if (once_in(w, 32)) {
        spoil(w, once_in(w, 2) ? &x->out : &x->in);
    }
    x->ex = (struct kn_ex){.timeout = w->is_patient && once_in(w, 100) ? any_number(w) : below(w, 3),
                           .sync = once_in(w, 100) ? any_handle(w) : 0};
    x->r.rax = op | (is_short ? 0 : KN_LONG);
    x->r.r13 = once_in(w, 64) ? any_address(w) : (uintptr_t)&x->in;
    x->r.r14 = once_in(w, 64) ? any_address(w) : (uintptr_t)&x->out;
    x->r.r15 = once_in(w, 64) ? any_address(w) : (uintptr_t)&x->ex;
    if (is_short) {
        uint64_t payload[KN_SHORT_WORDS];
        memcpy(payload, w->constant + HEADER, sizeof(payload));
        x->r.rdx = payload[0];
        x->r.r8 = payload[1];
        x->r.r9 = payload[2];
        x->r.r10 = payload[3];
        x->r.r12 = payload[4];
    }
}

/* Handles among the results; a word that is none does no harm in the pool. */
static void keep_results(struct worker *w, const struct ksm_form *res, const struct exchange *x)
{
    uint64_t short_payload[KN_SHORT_WORDS] = {x->r.rdx, x->r.r8, x->r.r9, x->r.r10, x->r.r12};
    const uint8_t *at = x->r.rdi & KN_LONG ? w->result : (const uint8_t *)short_payload - HEADER;
    uint32_t end = x->r.rdi & KN_LONG ? sizeof(w->result) : HEADER + sizeof(short_payload);

    for (unsigned i = 0; i < res->nparams; i++) {
        const struct ksm_param *p = &res->params[i];
        uint32_t number;
        if (p->offset + sizeof(number) > end) {
            continue;
        }
        memcpy(&number, at + p->offset, sizeof(number));
        if (p->type == KSM_TYPE_HANDLE_WORD || p->type == KSM_TYPE_HANDLE) {
            keep_handle(number);
        } else if (!strcmp(p->name, "tid")) {
            keep_tid(number);
        }
    }
}

/* What would end the run, what ends this process too often, and what is said to a person. */
static bool is_avoided(struct worker *w, const char *name)
{
    return !strcmp(name, "Reset") || !strcmp(name, "DebugWrite") || !strcmp(name, "SelfCheck") ||
           (!strcmp(name, "FailAllocation") && !once_in(w, 50)) ||
           (!strcmp(name, "Exit") && !once_in(w, 400)) ||
           (!strcmp(name, "Terminate") && !once_in(w, 400)) ||
           (!strcmp(name, "Suspend") && !once_in(w, 400)) ||
           (!strcmp(name, "SetTls") && !once_in(w, 400));
}

/* A bit of the word that was turned over may have made another method of it. */
static bool is_reset(uint64_t word)
{
    const struct ksm_class *c = ksm_image.classes[CLASS_CORE];
    unsigned iid = (uint16_t)word, mid = (uint16_t)(word >> 16);

    return iid < c->nendpoints && mid < c->endpoints[iid].nmethods &&
           !strcmp(c->endpoints[iid].methods[mid].name, "Reset");
}

static void call(struct worker *w, unsigned class, uint32_t handle)
{
    const struct ksm_class *c = ksm_image.classes[class];
    unsigned iid = below(w, c->nendpoints), mid = below(w, c->endpoints[iid].nmethods);
    const struct ksm_method *m = &c->endpoints[iid].methods[mid];
    struct exchange x = {0};
    bool has_limit = handle != KN_CORE_HANDLE || once_in(w, 16);

    if (class == CLASS_CORE && is_avoided(w, m->name)) {
        return;
    }
    prepare(w, &x, KN_CALL | (has_limit ? KN_EX : 0), &m->req);
    x.r.rdi = handle;
    x.r.rsi = word_of(iid, mid, &m->req, 0);
    if (once_in(w, 64)) {
        x.r.rsi ^= 1ull << below(w, 64);
    }
    if (is_reset(x.r.rsi)) {
        return;
    }
    if (raw_syscall(&x.r) == rcOk) {
        keep_results(w, &m->res, &x);
    }
}

static const struct ksm_form *response_form(uint64_t word, unsigned *kind)
{
    const struct ksm_class *c = ksm_image.classes[CLASS_CHILD];
    unsigned iid = (uint16_t)word, mid = (uint16_t)(word >> 16);

    *kind = 1;
    if (iid >= c->nendpoints || mid >= c->endpoints[iid].nmethods) {
        return NULL;
    }
    return &c->endpoints[iid].methods[mid].res;
}

static void after_recv(struct worker *w, const struct exchange *x)
{
    unsigned slot = shared.next++ % POOL;
    const struct ksm_class *c = ksm_image.classes[CLASS_CHILD];
    unsigned iid = (uint16_t)x->r.rsi, mid = (uint16_t)(x->r.rsi >> 16);

    shared.tokens[slot] = x->r.r14;
    shared.words[slot] = x->r.rsi;
    if (iid < c->nendpoints && mid < c->endpoints[iid].nmethods) {
        keep_results(w, &c->endpoints[iid].methods[mid].req, x);
    }
}

static void receive(struct worker *w)
{
    struct exchange x = {0};

    prepare(w, &x, KN_RECV | KN_EX, NULL);
    x.r.rax &= ~(uint64_t)KN_LONG;
    x.r.rdi = once_in(w, 8) ? any_handle(w) : shared.listener;
    if (raw_syscall(&x.r) == rcOk) {
        after_recv(w, &x);
    }
}

static void reply(struct worker *w, uint32_t op)
{
    struct exchange x = {0};
    unsigned slot = once_in(w, 8) ? below(w, POOL) : (shared.next - 1) % POOL, kind;
    uint64_t word = shared.words[slot];
    const struct ksm_form *form = response_form(word, &kind);

    prepare(w, &x, op | KN_EX, form);
    x.r.rdi = once_in(w, 32) ? any(w) : shared.tokens[slot];
    x.r.rbx = once_in(w, 8) ? any_handle(w) : shared.listener;
    x.r.rsi = form ? word_of((uint16_t)word, (uint16_t)(word >> 16), form, kind) : any(w);
    if (once_in(w, 64)) {
        x.r.rsi ^= 1ull << below(w, 64);
    }
    if (raw_syscall(&x.r) == rcOk && op == KN_REPLY_RECV) {
        after_recv(w, &x);
    }
}

static void nonsense(struct worker *w)
{
    struct exchange x = {0};

    x.r = (struct raw){.rax = any_number(w), .rdi = any_handle(w), .rsi = any(w),
                       .rdx = any_number(w), .r8 = any_number(w), .r9 = any_number(w),
                       .r10 = any_number(w), .r12 = any_number(w), .r13 = any_address(w),
                       .r14 = any_address(w), .r15 = (uintptr_t)&x.ex, .rbx = any_handle(w)};
    x.r.rax |= KN_EX;
    x.ex.timeout = 1;
    raw_syscall(&x.r);
}

void one_call(struct worker *w)
{
    uint32_t n = below(w, 100);

    w->calls++;
    if (n < 60) {
        call(w, CLASS_CORE, KN_CORE_HANDLE);
    } else if (n < 70) {
        call(w, CLASS_CHILD, once_in(w, 4) ? any_handle(w) : shared.outgoing);
    } else if (n < 78) {
        receive(w);
    } else if (n < 86) {
        reply(w, KN_REPLY);
    } else if (n < 94) {
        reply(w, KN_REPLY_RECV);
    } else if (n < 97) {
        call(w, below(w, 2), any_handle(w));
    } else {
        nonsense(w);
    }
}
