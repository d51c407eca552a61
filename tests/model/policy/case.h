/*
 * case.h: one policy, compiled and interpreted side by side.
 */
#ifndef MODEL_POLICY_CASE_H
#define MODEL_POLICY_CASE_H

#include <tessera/formats.h>

#include "ref.h"
#include "world.h"

/* How the compiled code is made. */
struct tools {
    const char *compiler; /* nk-psl-gen-c */
    const char *root;     /* of the repository */
    const char *work;     /* folder for the cases */
};

/* The functions of tessera/formats.h in a compiled policy. */
struct module {
    void *library;
    enum ksm_verdict (*verdict)(enum ksm_event, uint16_t, uint16_t, uint16_t, uint16_t);
    int (*judge)(const struct ksm_query *, struct ksm_reason *, bool *);
    ksm_plain *(*plain)(enum ksm_event, uint16_t, uint16_t, uint16_t, uint16_t);
    void (*undo)(void);
    void (*forget)(uint32_t *);
    const uint32_t *nslots;
};

enum { RESOURCES = 8, SLOTS = 24, ARENA = 4096, MESSAGE = 2048, HANDLES = 40, POOL = 256 };

struct resource {
    uint64_t sid;
    uint32_t slots[SLOTS];
};

struct comparison {
    struct random r;
    uint64_t seed;
    const char *path; /* of the policy */
    struct nkidl *idl;
    const struct psl_policy *policy;
    struct module module;
    struct ref *ref;
    struct world world;    /* what can happen */
    unsigned ninteresting; /* what a binding matches */
    unsigned *interesting;
    unsigned nsingle; /* what one binding with more than grant () matches */
    unsigned *single;
    struct resource resources[RESOURCES];
    uint64_t last_sid;
    unsigned npool;
    int64_t pool[POOL]; /* numbers of the policy */
    /* the event at hand */
    uint8_t message[MESSAGE] __attribute__((aligned(16))), arena[ARENA];
    uint32_t used;
    struct ref_event event;
    struct ref_resource handles[HANDLES];
    struct ksm_query query;
    struct ksm_subject source, target, subjects[HANDLES];
    unsigned n; /* events so far */
    uint64_t granted, denied, nplain;
};

/* module.c: writes, compiles and loads the case of a seed. False: `why` says what went wrong.
 * `is_checked`: the compiled code runs under sanitizers. */
bool make_module(struct comparison *c, const struct tools *tools, bool is_checked,
                 const char **why);
void drop_module(struct comparison *c);

/* event.c: the next random event. */
void collect_numbers(struct comparison *c);
void make_event(struct comparison *c);
void show_event(const struct comparison *c);

/* compare.c: runs events; false after a difference, which has been printed. */
bool compare(struct comparison *c, unsigned nevents);

#endif
