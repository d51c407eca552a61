/*
 * writer.h: what the parts of the policy writer share. All text is allocated in the context `idl`.
 */
#ifndef MODEL_POLICY_WRITER_H
#define MODEL_POLICY_WRITER_H

#include <stdio.h>

#include "world.h"

enum { PATHS_MAX = 80, OBJECTS_MAX = 8, SHAPES = 9 };

/* A value of the message, as rules write it. */
struct path {
    const char *text;
    const struct nkidl_type *type; /* without typedefs */
    bool is_word;                  /* a handle as a plain word */
};

/* Where rules stand: what they can read. */
struct scope {
    const struct psl_occasion *like; /* the event is like this one */
    bool has_message;                /* rules see all parameters of like->method ... */
    bool is_common;                  /* ... or those that all methods of its interface have */
    unsigned npaths;
    struct path paths[PATHS_MAX];
};

/* A policy object with state. */
struct object {
    enum psl_model model;
    const char *name;
    unsigned n; /* states, keys or degrees */
    unsigned ncategories;
    bool is_signed; /* StaticMap: its values */
    unsigned bits;
    unsigned shape; /* HashSet: its entries */
};

struct writer {
    struct random *r;
    struct nkidl *idl;
    FILE *out;
    const struct psl_policy *policy; /* with the classes, without bindings */
    struct world world;
    unsigned nobjects, nrules;
    struct object objects[OBJECTS_MAX];
    const struct nkidl_decl *pair; /* m.I0.Pair */
    struct scope scope;
};

/* Whether `o` stands for itself alone or for all methods of its interface is in has_message. */
void open_scope(struct writer *w, const struct psl_occasion *o, bool has_message, bool is_common);

/* values.c: well-typed expressions, up to `depth` operators deep. */
struct number {
    const char *text;
    bool is_const, is_signed;
    unsigned bits;
    int64_t value; /* of a constant */
};
struct number write_number(struct writer *w, bool is_signed, unsigned max_bits, int depth);
const char *write_bool(struct writer *w, int depth);
const char *write_text(struct writer *w, int depth);
const char *write_sid(struct writer *w);
const char *write_entry(struct writer *w, const struct object *set);
const char *write_level(struct writer *w, const struct object *mic);
const char *write_state(struct writer *w, const struct object *flow);
const char *write_key(struct writer *w);
const char *pick_text(struct writer *w);
const char *pick_pattern(struct writer *w);
/* The type of a set's entries, as the policy writes it. */
const char *entry_type(struct writer *w, unsigned shape);
/* Any object of a model, or null. */
const struct object *pick_object(struct writer *w, enum psl_model model);
extern const char *const degree_names[3];
extern const char *const category_names[3];

/* rules.c: a rule or a choice in one line. */
const char *write_rule(struct writer *w, int depth);
const char *write_model_rule(struct writer *w, const struct object *o, unsigned rule);
unsigned rule_count(const struct object *o);

#endif
