/*
 * policy/policy.c: classes, and the tables of pairs with their constant verdicts.
 */
#include "policy/policy.h"

#include "core/log.h"
#include "core/process.h"
#include "core/text.h"
#include "mm/kmem.h"

#include <nk/types.h>
#include <tessera/syscall.h>

Retcode policy_class_find(const char *name, uint16_t *out)
{
    for (uint32_t i = 0; i < ksm_image.nclasses; i++) {
        if (text_is(ksm_image.classes[i]->name, name)) {
            *out = (uint16_t)i;
            return rcOk;
        }
    }
    return rcResourceNotFound;
}

const char *policy_class_name(uint16_t class_number)
{
    return ksm_image.classes[class_number]->name;
}

uint64_t policy_word(uint32_t iid, uint32_t mid, const struct ksm_form *f, unsigned kind)
{
    return iid | (uint64_t)mid << 16 | (uint64_t)f->size << 32 | (uint64_t)f->nhandles << 48 |
           (uint64_t)kind << 56;
}

static bool reads_arena(const struct ksm_form *f)
{
    for (uint32_t i = 0; i < f->ndescs; i++) {
        if (f->descs[i].nested || (f->descs[i].flags & KSM_DESC_STRING))
            return true;
    }
    return false;
}

static void fill(struct policy_direction *d, const struct ksm_form *f, unsigned kind, uint32_t iid,
                 uint32_t mid, enum ksm_verdict verdict)
{
    d->form = f->size ? f : NULL;
    d->word = f->size ? policy_word(iid, mid, f, kind) : NO_WORD;
    d->verdict = (uint8_t)verdict;
    d->is_simple = f->nhandles == 0 && f->ndescs == 0;
    d->is_arena_checked = reads_arena(f);
    d->may_be_short = f->nhandles == 0 && f->size <= KN_HEADER_BYTES + KN_SHORT_BYTES;
    bool is_word_enough = f->size && d->is_simple;
    bool may_be_fast_long = f->size && f->size <= FAST_LONG_MAX && f->size % 8 == 0 &&
                            f->ndescs == 0 && f->nhandles <= FAST_CAPS_MAX;
    bool is_fast = is_word_enough && d->may_be_short;
    d->fast_word = is_fast && verdict == KSM_GRANT ? d->word : NO_WORD;
    d->fast_long_word = may_be_fast_long && verdict == KSM_GRANT ? d->word : NO_WORD;
    d->held_long_word = f->nhandles == 0 ? d->fast_long_word : NO_WORD;
    d->ruled_word = d->ruled_long_word = NO_WORD;
}

/* Messages that need no more than their word and these rules. */
static void fill_rules(struct policy_direction *d, ksm_plain *rules)
{
    if (!rules || !d->form || !d->is_simple || d->form->size > FAST_LONG_MAX)
        return;
    d->rules = rules;
    if (d->form->size % 8 == 0)
        d->ruled_long_word = d->word;
    if (d->may_be_short)
        d->ruled_word = d->word;
}

/* One direction, of an event from class src to dst. */
static void fill_event(struct policy_direction *d, const struct ksm_form *f, unsigned kind,
                       enum ksm_event event, uint16_t src, uint16_t dst, uint32_t iid, uint32_t mid)
{
    uint16_t i = (uint16_t)iid, n = (uint16_t)mid;
    enum ksm_verdict verdict = ksm_verdict(event, src, dst, i, n);
    fill(d, f, kind, iid, mid, verdict);
    if (verdict == KSM_RULE)
        fill_rules(d, ksm_plain_rules(event, src, dst, i, n));
}

static void fill_method(struct policy_method *m, const struct ksm_method *k,
                        const struct policy_pair *pair, uint32_t iid, uint32_t mid)
{
    static const struct ksm_form failed = {.size = sizeof(struct nk_message),
                                           .flags = KSM_FORM_SHORT};
    uint16_t src = pair->src, dst = pair->dst;
    struct policy_direction *d = m->direction;
    m->method = k;
    m->pair = pair;
    fill_event(&d[DIRECTION_REQUEST], &k->req, NK_MESSAGE_REQUEST, KSM_REQUEST, src, dst, iid, mid);
    /* For what comes back the server is the source. */
    fill_event(&d[DIRECTION_RESPONSE], &k->res, NK_MESSAGE_RESPONSE, KSM_RESPONSE, dst, src, iid, mid);
    fill_event(&d[DIRECTION_ERROR], &k->err, NK_MESSAGE_ERROR, KSM_ERROR, dst, src, iid, mid);
    /* Rules read the parameters of the error response, which are not there: never in the fast path. */
    fill(&d[DIRECTION_FAILED], &failed, NK_MESSAGE_FAILED, iid, mid,
         (enum ksm_verdict)d[DIRECTION_ERROR].verdict);
}

#define HELD_MAX 1024u /* slots: clearing such a table is a part of one step */
_Static_assert(sizeof(struct policy_held_slot) == 1u << (16 - POLICY_HELD_SHIFT), "a slot's size");

static size_t held_size(const struct policy_held *h)
{
    return sizeof *h + h->mask + sizeof h->slots[0];
}

static void held_free(struct policy_held *h)
{
    if (h)
        kmem_free(&kernel_account, h, held_size(h));
}

/* Enters a method, with the words of its requests that the shortest path takes. */
static void held_enter(struct policy_held *h, const struct policy_method *m, bool is_long)
{
    const struct policy_direction *d = &m->direction[DIRECTION_REQUEST];
    uint64_t word = is_long ? d->held_long_word : d->fast_word;
    uint64_t other_word = is_long ? d->ruled_long_word : d->ruled_word;
    if (is_long && other_word == NO_WORD)
        other_word = d->fast_long_word; /* it has handles, or is the one above */
    struct policy_held_slot *s = &h->slots[policy_held(h, d->word) - h->slots];
    if (m->pair->dst == POLICY_CORE && m->direction[DIRECTION_RESPONSE].fast_word == NO_WORD)
        return;
    if (s->method || (word == NO_WORD && other_word == NO_WORD))
        return;
    s->method = m;
    if (word != NO_WORD)
        s->word = word;
    else
        s->other_word = other_word;
}

/* Empty: a method is entered when it is filled in. Each endpoint gets as many slots as the largest needs, where
 * that is not too much. */
static struct policy_held *held_create(const struct policy_pair *p, Retcode *rc)
{
    const struct ksm_class *class = ksm_image.classes[p->dst];
    uint32_t stride = 1, n = 2;
    for (uint32_t i = 0; i < p->nendpoints; i++)
        while (stride < class->endpoints[i].nmethods && stride < HELD_MAX)
            stride *= 2;
    while (stride > 1 && stride * p->nendpoints > HELD_MAX)
        stride /= 2;
    while (n < stride * p->nendpoints && n < HELD_MAX)
        n *= 2;
    struct policy_held *h =
        kmem_alloc(&kernel_account, sizeof *h + n * sizeof(struct policy_held_slot), rc);
    if (!h)
        return NULL;
    h->factor = stride << 16 | 1;
    h->mask = (n - 1) * (uint32_t)sizeof(struct policy_held_slot);
    /* Word zero belongs to the first slot, that of method one to another: in these places they match nothing. */
    h->slots[0].word = h->slots[0].other_word = 1u << 16;
    return h;
}

static size_t pair_size(const struct ksm_class *class)
{
    return sizeof(struct policy_pair) + class->nendpoints * sizeof(struct policy_endpoint);
}

static void pair_free(struct policy_pair *p)
{
    const struct ksm_class *class = ksm_image.classes[p->dst];
    for (uint32_t i = 0; i < p->nendpoints; i++)
        kmem_free(&kernel_account, p->endpoints[i].methods,
                  class->endpoints[i].nmethods * sizeof(struct policy_method));
    held_free(p->held);
    held_free(p->held_long);
    kmem_free(&kernel_account, p, pair_size(class));
}

/* No word matches an entry that is not filled in. */
static void clear_method(struct policy_method *m)
{
    m->method = NULL;
    for (unsigned i = 0; i < DIRECTIONS; i++) {
        struct policy_direction *d = &m->direction[i];
        d->word = d->fast_word = d->fast_long_word = NO_WORD;
        d->ruled_word = d->ruled_long_word = d->held_long_word = NO_WORD;
        d->form = NULL;
    }
}

/* Takes the memory for all methods; nothing of them is filled in, which would be long. */
static Retcode pair_create(uint16_t src, uint16_t dst, struct policy_pair **out)
{
    const struct ksm_class *class = ksm_image.classes[dst];
    Retcode rc = rcOk;
    struct policy_pair *p = kmem_alloc(&kernel_account, pair_size(class), &rc);
    if (!p)
        return rc;
    p->src = src;
    p->dst = dst;
    p->nendpoints = class->nendpoints;
    for (uint32_t i = 0; i < class->nendpoints; i++) {
        const struct ksm_endpoint *e = &class->endpoints[i];
        if (!e->nmethods)
            continue;
        p->endpoints[i].methods =
            kmem_alloc_dirty(&kernel_account, e->nmethods * sizeof(struct policy_method), &rc);
        if (!p->endpoints[i].methods)
            goto fail;
    }
    p->held = held_create(p, &rc);
    if (p->held && dst != POLICY_CORE) /* long calls of the kernel go no short path */
        p->held_long = held_create(p, &rc);
    if (rc != rcOk)
        goto fail;
    *out = p;
    return rcOk;
fail:
    pair_free(p);
    return rc;
}

#define BUCKETS 256u

static struct policy_pair *pairs[BUCKETS];

static struct policy_pair **bucket(uint16_t src, uint16_t dst)
{
    return &pairs[(src * 31u + dst) % BUCKETS];
}

Retcode policy_pair_get(uint16_t src, uint16_t dst, const struct policy_pair **out)
{
    struct policy_pair **first = bucket(src, dst), *p;
    for (p = *first; p; p = p->next) {
        if (p->src == src && p->dst == dst) {
            *out = p;
            return rcOk;
        }
    }
    Retcode rc = pair_create(src, dst, &p);
    if (rc != rcOk)
        return rc;
    p->next = *first;
    *first = p;
    *out = p;
    return rcOk;
}

void policy_pairs_drop(void)
{
    for (uint32_t i = 0; i < BUCKETS; i++) {
        while (pairs[i]) {
            struct policy_pair *p = pairs[i];
            pairs[i] = p->next;
            pair_free(p);
        }
    }
}

/* The pair's tables are a cache: who looks something up may fill it. */
const struct policy_method *policy_method(const struct policy_pair *pair, uint64_t word)
{
    const struct ksm_class *class = ksm_image.classes[pair->dst];
    uint32_t iid = (uint16_t)word, mid = (uint16_t)(word >> 16);
    if (iid >= class->nendpoints || mid >= class->endpoints[iid].nmethods)
        return NULL;
    struct policy_endpoint *e = (struct policy_endpoint *)&pair->endpoints[iid];
    if (!e->nmethods) {
        for (uint32_t i = 0; i < class->endpoints[iid].nmethods; i++)
            clear_method(&e->methods[i]);
        e->nmethods = class->endpoints[iid].nmethods;
    }
    struct policy_method *m = &e->methods[mid];
    if (!m->method) {
        fill_method(m, &class->endpoints[iid].methods[mid], pair, iid, mid);
        held_enter(pair->held, m, false);
        if (pair->held_long)
            held_enter(pair->held_long, m, true);
    }
    return m;
}

void policy_class_method_name(uint16_t class_number, uint64_t word, char *buf, uint32_t size)
{
    const struct ksm_class *class = ksm_image.classes[class_number];
    uint32_t iid = (uint16_t)word, mid = (uint16_t)(word >> 16);
    if (iid < class->nendpoints && mid < class->endpoints[iid].nmethods)
        ksnprintf(buf, size, "%s.%s", class->endpoints[iid].name,
                  class->endpoints[iid].methods[mid].name);
    else
        ksnprintf(buf, size, "endpoint %u, method %u", iid, mid);
}

void policy_method_name(const struct policy_pair *pair, uint64_t word, char *buf, uint32_t size)
{
    policy_class_method_name(pair->dst, word, buf, size);
}
