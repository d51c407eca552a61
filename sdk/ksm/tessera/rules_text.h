/*
 * tessera/rules_text.h: values and texts of messages, and what rules compute of them. Part of rules.h.
 *
 * How long it takes to go through a text is for its sender to choose. So that is done in pieces. Between two
 * of them the judgement may have to stop (ksm_should_stop); the kernel then asks it again, from its
 * beginning. What a walk found depends on the text alone and not on any state, so it is kept in the message's
 * memo, and each time the judgement comes further than before.
 */
#ifndef TESSERA_RULES_TEXT_H
#define TESSERA_RULES_TEXT_H

#ifndef TESSERA_RULES_H
#error "include <tessera/rules.h>"
#endif

/* ---- values ---- */

struct rules_text {
    const uint8_t *at;
    uint32_t size;
};

#define RULES_LOAD(bits)                                                                           \
    static inline uint##bits##_t rules_u##bits(const uint8_t *at)                                  \
    {                                                                                              \
        uint##bits##_t value;                                                                      \
        __builtin_memcpy(&value, at, sizeof value);                                                \
        return value;                                                                              \
    }
static inline uint8_t rules_u8(const uint8_t *at)
{
    return *at;
}
RULES_LOAD(16)
RULES_LOAD(32)
RULES_LOAD(64)

/* The chunk of the descriptor at `at`. False: it is not in the arena. */
static inline bool rules_chunk(const struct ksm_query *q, const uint8_t *at, struct rules_text *out)
{
    uint32_t offset = rules_u32(at), size = rules_u32(at + 4);
    if (size != 0 && (!q->arena || offset > q->arena_size || size > q->arena_size - offset))
        return false;
    out->at = size ? q->arena + offset : 0;
    out->size = size;
    return true;
}

/* ---- walks through texts ---- */

enum {
    RULES_BRIEF = 32,  /* bytes: a shorter walk is made again rather than kept */
    RULES_PIECE = 512, /* bytes between two questions whether to stop */
};

/* What a walk found. A memo is an array of these, taken in order; `what` is null in those that are free. */
struct rules_kept {
    const void *what, *at;
    uint64_t value;
    uint32_t size, done;
    bool is_over;
};

struct rules_walk {
    const void *what; /* tells apart walks through the same text */
    const uint8_t *at;
    uint32_t size, done; /* bytes */
    uint32_t given;      /* of the piece under way */
    uint64_t value;      /* after `done` bytes */
    struct rules_kept *kept;
    bool is_begun, is_over;
};

static inline struct rules_walk rules_walk(const void *what, struct rules_text t, uint64_t value)
{
    return (struct rules_walk){.what = what, .at = t.at, .size = t.size, .value = value};
}

/* How many bytes to go through next, from `done`; the walk adds them to it. 0: it is at its end, or the
 * judgement stops and its values count for nothing. */
uint32_t rules_piece(struct rules_walk *w);
/* The walk is over before the end of its text. */
void rules_walk_end(struct rules_walk *w);

extern const char rules_cut_walk;

/* A string ends before its first zero. */
static inline struct rules_text rules_cut(struct rules_text t)
{
    struct rules_walk w = rules_walk(&rules_cut_walk, t, 0);
    while (rules_piece(&w)) {
        uint32_t end = w.done + w.given;
        while (w.done < end && t.at[w.done])
            w.done++;
        if (w.done < end)
            rules_walk_end(&w);
    }
    t.size = w.done;
    return t;
}

static inline bool rules_same(const uint8_t *a, const uint8_t *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (a[i] != b[i])
            return false;
    }
    return true;
}

/* For one of which the policy bounds the size. */
static inline bool rules_equal(struct rules_text a, struct rules_text b)
{
    return a.size == b.size && rules_same(a.at, b.at, a.size);
}

/* For two of a message. */
static inline bool rules_long_equal(struct rules_text a, struct rules_text b)
{
    struct rules_walk w = rules_walk(b.at, a, true);
    if (a.size != b.size)
        return false;
    while (rules_piece(&w)) {
        w.value = rules_same(a.at + w.done, b.at + w.done, w.given);
        w.done += w.given;
        if (!w.value)
            rules_walk_end(&w);
    }
    return w.value;
}

/* The same as rules_equal(rules_cut(t), b) for a `b` without zeros; reads no more than b.size + 1.
 */
static inline bool rules_string_is(struct rules_text t, struct rules_text b)
{
    return t.size >= b.size && rules_same(t.at, b.at, b.size) &&
           (t.size == b.size || t.at[b.size] == 0);
}

/* Number of a text in a list; -1: not in it. */
static inline int rules_find(const struct rules_text *list, uint32_t n, struct rules_text t)
{
    for (uint32_t i = 0; i < n; i++) {
        if (rules_equal(list[i], t))
            return (int)i;
    }
    return -1;
}

struct rules_regex {
    uint32_t nclasses;
    const uint8_t *classes;   /* [256] */
    const uint16_t *next;     /* [state * nclasses + class] */
    const uint8_t *accepting; /* [state] */
};

static inline bool rules_matches(const struct rules_regex *r, struct rules_text t)
{
    struct rules_walk w = rules_walk(r, t, 1);
    while (rules_piece(&w)) {
        uint32_t state = (uint32_t)w.value, end = w.done + w.given;
        for (; w.done < end; w.done++)
            state = r->next[state * r->nclasses + r->classes[t.at[w.done]]];
        w.value = state;
    }
    return r->accepting[w.value];
}

#endif
