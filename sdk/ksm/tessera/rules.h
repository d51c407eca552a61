/*
 * tessera/rules.h: what the code that nk-psl-gen-c writes stands on: the state of policy objects
 * with its undo journal, values of messages, and the models.
 *
 * A rule is a function that answers null (granted) or why it denies. State is changed through the
 * journal alone, so that a denial, or ksm_undo, takes everything back. All sizes are known when the
 * policy is compiled; every loop here is bounded by one of them. judge.c holds the functions that
 * the kernel calls.
 */
#ifndef TESSERA_RULES_H
#define TESSERA_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include <tessera/formats.h>

/* ---- why a rule denies ---- */

struct rules_why {
    const char *file;
    uint32_t line;
    const char *text;
    uint32_t heard; /* levels at which the audit profile wants its denial, by rules_levels */
};

/* No rule ran: of a choice whose branch is empty. */
extern const struct rules_why rules_nothing;

/* ---- the policy's tables ---- */

enum { RULES_ANY = 0xffff, RULES_SELECTORS = 4, RULES_DENY = 0, RULES_GRANT = 1, RULES_FIRST = 2 };

/* Methods of the endpoints (or security interfaces) of a class: first[i] to first[i + 1]. */
struct rules_methods {
    uint16_t n;
    const uint16_t *first;
};

/* The rules of an event: null if they grant. */
typedef const struct rules_why *rules_program(const struct ksm_query *q);

/* What a program is. */
enum { RULES_CONSTANT_PART, RULES_ARENA /* reads it */, RULES_ALWAYS_DENIES /* needs no query */ };

/* A block of the policy, for ksm_explain: "interface=..", "component=..", "endpoint=..",
 * "method=..". */
struct rules_block {
    uint8_t event;
    uint16_t src, dst;
    const char *src_text, *dst_text;
    const char *selectors[RULES_SELECTORS];
    const struct rules_why *why; /* where it stands */
};

struct rules_policy {
    uint32_t nclasses;
    const struct rules_methods *endpoints, *guards;  /* by class */
    const uint16_t *const *const *pairs; /* [event][src][dst]: a row; execute: a program */
    const uint16_t *const *rows;                     /* [row][method]: a program */
    rules_program *const *programs;                  /* from RULES_FIRST */
    ksm_plain *const *plain;                         /* the same, null if there is none */
    const uint8_t *kinds;                            /* from RULES_FIRST: RULES_CONSTANT_PART ... */
    uint32_t nblocks;
    const struct rules_block *blocks;
    uint32_t nlevels;
    const uint64_t *levels; /* of all audit profiles, ascending */
    uint32_t journal_size;
    void (*forget)(uint32_t *slots);
};
extern const struct rules_policy rules_policy;

/* ---- state ---- */

struct rules_write {
    void *at;
    uint64_t old;
    bool is_short; /* 32 bits */
};
extern struct rules_write rules_journal[];
extern uint32_t rules_nwrites;
/* More writes than the compiler has counted: an internal error, denied. */
extern bool rules_is_full;
extern uint32_t rules_heard; /* levels at which something that ran asks for a record */
extern uint64_t rules_level; /* audit level of the run time; starts as the policy says */

void rules_take_back(void);
/* Whether the profile's levels in `heard` hold the one in force. */
bool rules_is_heard(uint32_t heard);

/* A plain judgement around its program. What a program cannot do (write, ask for a record) is a
 * constant false, and nothing is spent on it. */
static inline void rules_plain_begin(bool may_write, bool may_be_heard)
{
    rules_nwrites = 0; /* ksm_undo must find nothing of the judgement before */
    if (may_write)
        rules_is_full = false;
    if (may_be_heard)
        rules_heard = 0;
}

static inline unsigned rules_plain_end(const struct rules_why *why, bool may_write,
                                       bool may_be_heard)
{
    if (why || (may_write && rules_is_full)) {
        if (may_write)
            rules_take_back();
        return 0;
    }
    return KSM_PLAIN_GRANT | (may_be_heard && rules_is_heard(rules_heard) ? KSM_PLAIN_RECORD : 0);
}

static inline bool rules_note(void *at, uint64_t old, bool is_short)
{
    if (rules_nwrites == rules_policy.journal_size) {
        rules_is_full = true;
        return false;
    }
    rules_journal[rules_nwrites++] = (struct rules_write){at, old, is_short};
    return true;
}

static inline void rules_set(uint64_t *at, uint64_t value)
{
    if (rules_note(at, *at, false))
        *at = value;
}

static inline void rules_set_slot(uint32_t *at, uint32_t value)
{
    if (rules_note(at, *at, true))
        *at = value;
}

#include <tessera/rules_text.h>

/* ---- resources ---- */

static inline const struct ksm_subject *rules_handle(const struct ksm_query *q, uint32_t n)
{
    static const struct ksm_subject none;
    return q->handles ? &q->handles[n] : &none;
}

/* The handle that stands at `offset` of the message. The last one is where no other one is. */
static inline const struct ksm_subject *rules_handle_at(const struct ksm_query *q, const uint32_t *places,
                                                        uint32_t n, uint32_t offset)
{
    uint32_t i = 0;
    while (i + 1 < n && places[i] != offset)
        i++;
    return rules_handle(q, i);
}

/* The state word of a resource; null: it can have none. */
static inline uint32_t *rules_slot(const struct ksm_subject *s, uint32_t slot)
{
    return s && s->sid && s->slots ? &s->slots[slot] : 0;
}

/* ---- Flow: the slot holds the state, plus one ---- */

struct rules_flow {
    uint32_t slot, nstates, initial;
    const uint8_t *next; /* [from * nstates + to] */
    const struct rules_text *names;
};

static inline bool rules_flow_init(const struct rules_flow *f, const struct ksm_subject *s)
{
    uint32_t *at = rules_slot(s, f->slot);
    if (!at || *at)
        return false;
    rules_set_slot(at, f->initial + 1);
    return true;
}

static inline bool rules_flow_fini(const struct rules_flow *f, const struct ksm_subject *s)
{
    uint32_t *at = rules_slot(s, f->slot);
    if (!at || !*at)
        return false;
    rules_set_slot(at, 0);
    return true;
}

/* The number of the state; -1: none. */
static inline int rules_flow_state(const struct rules_flow *f, const struct ksm_subject *s)
{
    uint32_t *at = rules_slot(s, f->slot);
    return at ? (int)*at - 1 : -1;
}

static inline bool rules_flow_enter(const struct rules_flow *f, const struct ksm_subject *s,
                                    int state)
{
    int now = rules_flow_state(f, s);
    if (now < 0 || state < 0 || !f->next[(uint32_t)now * f->nstates + (uint32_t)state])
        return false;
    rules_set_slot(rules_slot(s, f->slot), (uint32_t)state + 1);
    return true;
}

/* Whether the state is in a bit mask. */
static inline bool rules_flow_is_in(const struct rules_flow *f, const struct ksm_subject *s,
                                    uint64_t mask)
{
    int now = rules_flow_state(f, s);
    return now >= 0 && now < 64 && (mask >> now & 1);
}

/* ---- pools: the slot holds the number of an item, plus one ---- */

struct rules_pool {
    uint64_t free;       /* first returned item, plus one */
    uint64_t fresh;      /* items that were taken at least once */
    uint64_t generation; /* of the set that was made last */
};

/* Takes an item; false: all are taken. next[item * stride] links the returned ones. */
static inline bool rules_take(struct rules_pool *p, uint32_t size, uint64_t *next, uint32_t stride,
                              uint32_t *item)
{
    if (p->free) {
        *item = (uint32_t)p->free - 1;
        rules_set(&p->free, next[(uint64_t)*item * stride]);
        return true;
    }
    if (p->fresh == size)
        return false;
    *item = (uint32_t)p->fresh;
    rules_set(&p->fresh, p->fresh + 1);
    return true;
}

static inline void rules_return(struct rules_pool *p, uint64_t *next, uint32_t stride,
                                uint32_t item)
{
    rules_set(&next[(uint64_t)item * stride], p->free);
    rules_set(&p->free, (uint64_t)item + 1);
}

/* ---- HashSet ----
 *
 * A set: link, generation, entries taken, first returned entry; then buckets of two words
 * (generation, first entry plus one); then entries of a link and the words. A bucket of another
 * generation is empty, so a new set needs no clearing. */

enum { RULES_SET_LINK, RULES_SET_GENERATION, RULES_SET_FRESH, RULES_SET_FREE, RULES_SET_HEADER };

struct rules_set {
    uint32_t slot, set_size, pool_size, nbuckets /* a power of two */, words, stride;
    uint64_t *items;
    struct rules_pool *pool;
};

static inline uint64_t *rules_set_of(const struct rules_set *h, const struct ksm_subject *s)
{
    uint32_t *at = rules_slot(s, h->slot);
    return at && *at ? h->items + (uint64_t)(*at - 1) * h->stride : 0;
}

static inline bool rules_set_init(const struct rules_set *h, const struct ksm_subject *s)
{
    uint32_t *at = rules_slot(s, h->slot), item;
    if (!at || *at ||
        !rules_take(h->pool, h->pool_size, h->items + RULES_SET_LINK, h->stride, &item))
        return false;
    uint64_t *set = h->items + (uint64_t)item * h->stride;
    rules_set(&h->pool->generation, h->pool->generation + 1);
    rules_set(&set[RULES_SET_GENERATION], h->pool->generation);
    rules_set(&set[RULES_SET_FRESH], 0);
    rules_set(&set[RULES_SET_FREE], 0);
    rules_set_slot(at, item + 1);
    return true;
}

static inline bool rules_set_fini(const struct rules_set *h, const struct ksm_subject *s)
{
    uint32_t *at = rules_slot(s, h->slot);
    if (!at || !*at)
        return false;
    rules_return(h->pool, h->items + RULES_SET_LINK, h->stride, *at - 1);
    rules_set_slot(at, 0);
    return true;
}

static inline uint64_t *rules_set_bucket(const struct rules_set *h, uint64_t *set,
                                         const uint64_t *entry)
{
    uint64_t hash = 0;
    for (uint32_t i = 0; i < h->words; i++)
        hash = (hash ^ entry[i]) * 0x9e3779b97f4a7c15ull;
    return set + RULES_SET_HEADER + 2 * ((hash >> 32) & (h->nbuckets - 1));
}

static inline uint64_t *rules_set_entry(const struct rules_set *h, uint64_t *set, uint64_t n)
{
    return set + RULES_SET_HEADER + 2 * h->nbuckets + (n - 1) * (1 + (uint64_t)h->words);
}

/* The word that leads to the entry: of the bucket, or the link of another entry. Null: not there.
 */
static inline uint64_t *rules_set_find(const struct rules_set *h, uint64_t *set, uint64_t *bucket,
                                       const uint64_t *entry)
{
    uint64_t *link = &bucket[1];
    if (bucket[0] != set[RULES_SET_GENERATION])
        return 0;
    for (uint32_t i = 0; i < h->set_size && *link; i++) {
        uint64_t *e = rules_set_entry(h, set, *link);
        uint32_t w = 0;
        while (w < h->words && e[1 + w] == entry[w])
            w++;
        if (w == h->words)
            return link;
        link = &e[0];
    }
    return 0;
}

/* 1: it is in the set; 0: it is not; -1: there is no set. */
static inline int rules_set_contains(const struct rules_set *h, const struct ksm_subject *s,
                                     const uint64_t *entry)
{
    uint64_t *set = rules_set_of(h, s);
    return set ? rules_set_find(h, set, rules_set_bucket(h, set, entry), entry) != 0 : -1;
}

static inline bool rules_set_add(const struct rules_set *h, const struct ksm_subject *s,
                                 const uint64_t *entry)
{
    uint64_t *set = rules_set_of(h, s);
    if (!set)
        return false;
    uint64_t *bucket = rules_set_bucket(h, set, entry), *e, n = set[RULES_SET_FREE];
    if (rules_set_find(h, set, bucket, entry))
        return true;
    if (n) {
        rules_set(&set[RULES_SET_FREE], rules_set_entry(h, set, n)[0]);
    } else {
        n = set[RULES_SET_FRESH] + 1;
        if (n > h->set_size)
            return false;
        rules_set(&set[RULES_SET_FRESH], n);
    }
    e = rules_set_entry(h, set, n);
    rules_set(&e[0], bucket[0] == set[RULES_SET_GENERATION] ? bucket[1] : 0);
    for (uint32_t i = 0; i < h->words; i++)
        rules_set(&e[1 + i], entry[i]);
    rules_set(&bucket[0], set[RULES_SET_GENERATION]);
    rules_set(&bucket[1], n);
    return true;
}

static inline bool rules_set_remove(const struct rules_set *h, const struct ksm_subject *s,
                                    const uint64_t *entry)
{
    uint64_t *set = rules_set_of(h, s);
    if (!set)
        return false;
    uint64_t *link = rules_set_find(h, set, rules_set_bucket(h, set, entry), entry);
    if (!link)
        return true;
    uint64_t n = *link, *e = rules_set_entry(h, set, n);
    rules_set(link, e[0]);
    rules_set(&e[0], set[RULES_SET_FREE]);
    rules_set(&set[RULES_SET_FREE], n);
    return true;
}

/* ---- StaticMap: link, then base values, then working values ---- */

struct rules_map {
    uint32_t slot, nkeys, pool_size, stride;
    const uint64_t *defaults;
    const struct rules_text *keys;
    uint64_t *items;
    struct rules_pool *pool;
};

static inline uint64_t *rules_map_of(const struct rules_map *m, const struct ksm_subject *s)
{
    uint32_t *at = rules_slot(s, m->slot);
    return at && *at ? m->items + (uint64_t)(*at - 1) * m->stride + 1 : 0;
}

static inline bool rules_map_init(const struct rules_map *m, const struct ksm_subject *s)
{
    uint32_t *at = rules_slot(s, m->slot), item;
    if (!at || *at || !rules_take(m->pool, m->pool_size, m->items, m->stride, &item))
        return false;
    uint64_t *values = m->items + (uint64_t)item * m->stride + 1;
    for (uint32_t i = 0; i < m->nkeys; i++) {
        rules_set(&values[i], m->defaults[i]);
        rules_set(&values[m->nkeys + i], m->defaults[i]);
    }
    rules_set_slot(at, item + 1);
    return true;
}

static inline bool rules_map_fini(const struct rules_map *m, const struct ksm_subject *s)
{
    uint32_t *at = rules_slot(s, m->slot);
    if (!at || !*at)
        return false;
    rules_return(m->pool, m->items, m->stride, *at - 1);
    rules_set_slot(at, 0);
    return true;
}

static inline bool rules_map_set(const struct rules_map *m, const struct ksm_subject *s, int key,
                                 uint64_t value)
{
    uint64_t *values = rules_map_of(m, s);
    if (!values || key < 0)
        return false;
    rules_set(&values[m->nkeys + (uint32_t)key], value);
    return true;
}

/* Copies the working values to the base, or back. */
static inline bool rules_map_copy(const struct rules_map *m, const struct ksm_subject *s,
                                  bool is_commit)
{
    uint64_t *values = rules_map_of(m, s);
    if (!values)
        return false;
    for (uint32_t i = 0; i < m->nkeys; i++) {
        uint64_t *base = &values[i], *working = &values[m->nkeys + i];
        if (*base != *working)
            rules_set(is_commit ? base : working, is_commit ? *working : *base);
    }
    return true;
}

static inline bool rules_map_get(const struct rules_map *m, const struct ksm_subject *s, int key,
                                 bool is_working, uint64_t *value)
{
    const uint64_t *values = rules_map_of(m, s);
    if (!values || key < 0)
        return false;
    *value = values[(is_working ? m->nkeys : 0) + (uint32_t)key];
    return true;
}

/* ---- Mic ----
 *
 * A level is degree << 20 | categories, with the top bit set where one is assigned; 0: none. Slot n
 * holds the level, slot n + 1 the level from which the resource may receive. */

#define RULES_LEVEL 0x80000000u

static inline bool rules_level_le(uint32_t a, uint32_t b)
{
    return (a & b & RULES_LEVEL) && a >> 20 <= b >> 20 && (a & ~b & 0xfffffu) == 0;
}

static inline uint32_t rules_mic_level(uint32_t slot, const struct ksm_subject *s)
{
    const uint32_t *at = rules_slot(s, slot);
    return at ? *at : 0;
}

static inline bool rules_mic_assign(uint32_t slot, const struct ksm_subject *s, uint32_t level,
                                    uint32_t from)
{
    uint32_t *at = rules_slot(s, slot);
    if (!at)
        return false;
    rules_set_slot(at, level);
    rules_set_slot(at + 1, from);
    return true;
}

/* call and read: the target's data reach the source. */
static inline bool rules_mic_receive(uint32_t slot, const struct ksm_subject *source,
                                     const struct ksm_subject *target)
{
    uint32_t from = rules_mic_level(slot, target);
    return rules_level_le(rules_mic_level(slot, source), from) ||
           rules_level_le(rules_mic_level(slot + 1, source), from);
}

/* invoke and write: the source's data reach the target. */
static inline bool rules_mic_send(uint32_t slot, const struct ksm_subject *source,
                                  const struct ksm_subject *target)
{
    return rules_level_le(rules_mic_level(slot, target), rules_mic_level(slot, source));
}

/* `level` is within what source, driver and container (null: a root resource) have. */
static inline bool rules_mic_within(uint32_t slot, uint32_t level, const struct ksm_subject *source,
                                    const struct ksm_subject *driver, bool has_container,
                                    const struct ksm_subject *container)
{
    return rules_level_le(level, rules_mic_level(slot, source)) &&
           rules_level_le(level, rules_mic_level(slot, driver)) &&
           (!has_container || rules_level_le(level, rules_mic_level(slot, container)));
}

static inline bool rules_mic_execute(uint32_t slot, bool has_image, const struct ksm_subject *image,
                                     const struct ksm_subject *target, uint32_t level,
                                     uint32_t from)
{
    uint32_t top = has_image ? rules_mic_level(slot, image) : 0;
    if (!level)
        level = top;
    if (!from)
        from = level;
    if (!level || rules_mic_level(slot, target) || !rules_level_le(from, level) ||
        (has_image && !rules_level_le(level, top)))
        return false;
    return rules_mic_assign(slot, target, level, from);
}

static inline bool rules_mic_create(uint32_t slot, const struct ksm_subject *source,
                                    const struct ksm_subject *target, bool has_container,
                                    const struct ksm_subject *container,
                                    const struct ksm_subject *driver, uint32_t level)
{
    if (rules_mic_level(slot, target) ||
        !rules_mic_within(slot, level, source, driver, has_container, container))
        return false;
    return rules_mic_assign(slot, target, level, level);
}

/* Only upwards. What the resource may receive from stays, unless it was the level itself. */
static inline bool rules_mic_upgrade(uint32_t slot, const struct ksm_subject *source,
                                     const struct ksm_subject *target, bool has_container,
                                     const struct ksm_subject *container,
                                     const struct ksm_subject *driver, uint32_t level)
{
    uint32_t now = rules_mic_level(slot, target), from = rules_mic_level(slot + 1, target);
    if (!rules_level_le(now, level) ||
        !rules_mic_within(slot, level, source, driver, has_container, container))
        return false;
    return rules_mic_assign(slot, target, level, from == now ? level : from);
}

static inline bool rules_mic_delete(uint32_t slot, const struct ksm_subject *source,
                                    const struct ksm_subject *target, bool has_container,
                                    const struct ksm_subject *container,
                                    const struct ksm_subject *driver)
{
    uint32_t now = rules_mic_level(slot, target);
    if (!now || !rules_mic_within(slot, now, source, driver, has_container, container))
        return false;
    return rules_mic_assign(slot, target, 0, 0);
}

#endif
