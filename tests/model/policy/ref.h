/*
 * ref.h: the reference interpreter of policies.
 *
 * It answers what docs/reference/psl.md says, over the tree of nkpsl.h, in the plainest way that
 * can be written: state is a table of SIDs, numbers are mathematical, a pattern is matched by the
 * sets of places that its parts can reach. It knows nothing of the compiler's code, of sdk/ksm, of
 * the typed tree (nkpsl_types.h) or of the front end's own matching of selectors and patterns.
 */
#ifndef MODEL_POLICY_REF_H
#define MODEL_POLICY_REF_H

#include "nkpsl.h"

enum {
    REF_OBJECTS = 10,   /* policy objects with state */
    REF_RESOURCES = 10, /* that have state at one time */
    REF_KEYS = 4,       /* of a StaticMap */
    REF_ENTRIES = 6,    /* of a set */
    REF_WORDS = 6,      /* scalars of an entry */
};

typedef __int128 ref_number;

struct ref_resource {
    uint64_t sid; /* 0: there is none */
    bool has_state;
    uint32_t rights;
};

/* What is to be decided. A chunk of the arena that is not inside [0, arena_size) cannot be read;
 * neither can any that is not empty if there is no arena. */
struct ref_event {
    struct psl_occasion occasion;
    struct ref_resource source, target;
    const uint8_t *message; /* constant part with its header; null for execute */
    const uint8_t *arena;   /* null: none */
    uint32_t arena_size;
    const struct ref_resource *handles; /* by number in the message, plain words last; null: none */
};

struct ref_verdict {
    bool granted;
    bool is_constant;    /* a rule of the event denies whatever the message says: the first such is
                          * `constant` */
    struct nkidl_loc at; /* of the rule or choice that denied; file null: no rule */
    const char *rule;
    struct nkidl_loc constant;
    bool is_recorded; /* by the audit profile in force */
};

/* ---- state ---- */

struct ref_level {
    bool is_set;
    unsigned degree;
    uint32_t categories;
};

/* What one policy object knows of one resource. */
struct ref_item {
    uint64_t sid; /* 0: the place is free */
    unsigned state;
    struct ref_level level, from;
    ref_number base[REF_KEYS], working[REF_KEYS];
    unsigned nentries;
    ref_number entries[REF_ENTRIES][REF_WORDS];
};

struct ref_state {
    uint64_t audit_level;
    struct ref_item items[REF_OBJECTS][REF_RESOURCES];
};

struct ref {
    const struct psl_policy *policy;
    unsigned first;               /* number of the first object with state */
    struct ref_state now, before; /* the last event that was granted or is being judged */
    bool is_saved;                /* `before` is valid: something was changed since */
    bool may_undo;
    const struct ref_event *event;
    uint64_t rules[PSL_MIC_WRITE + 1][2]; /* how often each granted [1] and denied [0] */
};

struct ref *ref_new(const struct psl_policy *policy);
void ref_free(struct ref *ref);

struct ref_verdict ref_judge(struct ref *ref, const struct ref_event *event);
/* Takes back what the last event has changed, if it was granted and nothing came after it. */
void ref_undo(struct ref *ref);
/* The resource is gone. */
void ref_forget(struct ref *ref, uint64_t sid);

/* ---- parts ---- */

/* state.c: null if the resource has none there. */
struct ref_item *ref_item(struct ref *ref, const struct psl_object *object,
                          struct ref_resource resource);
/* A new one, of which there can be `pool` (0: as many as there are resources); null: impossible. */
struct ref_item *ref_new_item(struct ref *ref, const struct psl_object *object,
                              struct ref_resource resource, uint32_t pool);
/* Before every change. */
void ref_save(struct ref *ref);

bool ref_level_le(struct ref_level a, struct ref_level b);

enum ref_kind {
    REF_FAILS, /* the expression cannot be computed */
    REF_INT,
    REF_BOOL,
    REF_TEXT,
    REF_UNIT,
    REF_SID,
    REF_LEVEL,
    REF_ITEMS, /* a list or dictionary: its expression */
    REF_PLACE, /* a struct, union, array or sequence of the message */
};
struct ref_value {
    enum ref_kind kind;
    ref_number n;
    const char *text;
    size_t size;
    struct ref_resource resource;
    struct ref_level level;
    const struct psl_expr *items;
    const struct nkidl_type *type;
    const uint8_t *at;
};

/* eval.c */
struct ref_value ref_eval(struct ref *ref, const struct psl_expr *expr);
/* The value of an argument by name; null: it is not there or is (). */
const struct psl_expr *ref_argument(const struct psl_expr *dictionary, const char *name);
/* The scalars of an entry; false if one of them cannot be computed. */
bool ref_entry(struct ref *ref, const struct psl_shape *shape, const struct psl_expr *expr,
               ref_number *words, unsigned *n);
bool ref_chunk(const struct ref *ref, const uint8_t *at, const uint8_t **bytes, uint32_t *size);

/* model.c: the rules of Flow, HashSet, StaticMap, Mic; false: denied. */
bool ref_model_rule(struct ref *ref, const struct psl_action *action);
struct ref_value ref_model_value(struct ref *ref, const struct psl_expr *call);
/* A level as written. */
bool ref_written_level(const struct psl_object *mic, const struct psl_expr *expr,
                       struct ref_level *level);

/* type.c: what is known of a value without computing it. */
struct ref_type {
    bool is_int;   /* is_signed, bits count */
    bool is_known; /* a literal, or made of literals: n (of an integer or Boolean) */
    bool is_signed;
    unsigned bits;
    ref_number n;
    const struct nkidl_type *type; /* in the message; null: not there */
    const struct psl_expr *items;  /* list or dictionary */
};
struct ref_type ref_type(const struct ref *ref, const struct psl_expr *expr);
bool ref_type_holds(const struct ref_type *type, ref_number n);

/* regex.c */
bool ref_regex_matches(const char *pattern, size_t pattern_size, const char *text, size_t size);

#endif
