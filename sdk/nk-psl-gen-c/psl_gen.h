/*
 * psl_gen.h: what the parts of nk-psl-gen-c share. Text is collected in three streams, joined at
 * the end: tables of objects and patterns, rules, and tables of verdicts.
 */
#ifndef NK_PSL_GEN_C_PSL_GEN_H
#define NK_PSL_GEN_C_PSL_GEN_H

#include <stdio.h>

#include "nkpsl_types.h"

enum {
    ARENA_BUDGET = 16 * 1024, /* bytes that all rules of one event may read */
    LEVELS_MAX = 32,          /* of all audit profiles */
    CHOICE_MATCHES_MAX = 64,  /* match blocks inside one choice */
};

struct psl_gen {
    struct psl_policy *policy;
    struct nkidl *idl;
    FILE *out;     /* where put() writes now */
    FILE *rules;   /* functions */
    FILE *tables;  /* data that the functions use */
    struct psl_context context;
    unsigned ntemps, indent;
    unsigned nregexes, ntexts, nwhys;
    uint64_t bytes;  /* of the arena that the rule being written reads */
    uint64_t writes; /* to the journal */
    bool is_heard;   /* it may ask for a record of a grant */
    unsigned walks;  /* through texts that the message's sender makes long */
    unsigned nfolds, nplaces;
    bool reads_arena;
    unsigned nlevels;
    uint64_t levels[LEVELS_MAX];
    struct regex_entry *regexes;
};

__attribute__((format(printf, 2, 3))) void put_text(struct psl_gen *g, const char *format, ...);
/* A line of the function being written, at its indentation. */
__attribute__((format(printf, 2, 3))) void line(struct psl_gen *g, const char *format, ...);
/* "\"text\"" as C writes it. */
const char *c_string(struct psl_gen *g, const char *text, size_t size);
unsigned new_temp(struct psl_gen *g);

/* expr.c: writes what computes the value, and returns a C expression for it: uintN_t or intN_t,
 * bool, struct rules_text, const struct ksm_subject *, a state's number (int, -1: none), a level
 * (uint32_t). Where the value cannot be had the written code denies. */
const char *put_expr(struct psl_gen *g, const struct psl_typed *t);
/* A constant text as a struct rules_text. */
const char *put_const_text(struct psl_gen *g, const char *text, size_t size);
/* The number of the compiled pattern, written to the tables once. */
unsigned put_regex(struct psl_gen *g, const struct psl_expr *pattern);
/* Any text as the model sees it: a string cut at its first zero. */
const char *put_whole_text(struct psl_gen *g, const struct psl_typed *t);
/* A state of `flow` as its number, of a state or a text. */
const char *put_state(struct psl_gen *g, const struct psl_object *flow, const struct psl_typed *t);
/* A key of `map` as its number. */
const char *put_key(struct psl_gen *g, const struct psl_object *map, const struct psl_typed *t);
/* The words of an entry in an array; its name. */
const char *put_entry(struct psl_gen *g, const struct psl_shape *shape, const struct psl_typed *t);
const char *put_level(struct psl_gen *g, const struct psl_typed *t);

/* rule.c */
enum rule_kind {
    RULE_GRANTS, /* whatever the message says */
    RULE_DENIES,
    RULE_RUNS,   /* has a function */
};
struct rule_info {
    enum rule_kind kind;
    unsigned why;          /* of a choice and of RULE_DENIES: number of its struct rules_why */
    uint32_t heard;        /* audit levels that want to hear of its grant */
    uint64_t bytes, writes;
    bool reads_arena;
    unsigned walks;
    bool is_heard;         /* its function may ask for a record of a grant */
    bool may_be_nothing;   /* a choice that may run no rule */
};
/* Writes the function rule_N of a leaf for one occasion; false after a defect. */
bool put_rule(struct psl_gen *g, const struct psl_leaf *leaf, const struct psl_occasion *occasion,
              unsigned number, struct rule_info *info);
/* A struct rules_why; returns its number. */
unsigned put_why(struct psl_gen *g, struct nkidl_loc loc, const char *text, uint32_t heard);
/* Whether a rule denies whatever the message says. */
bool always_denies(const struct psl_action *action);
uint32_t heard_of(struct psl_gen *g, const struct psl_action *action, const struct psl_block *block,
                  bool granted);

/* audit.c: levels of all profiles. False after a defect. */
bool collect_levels(struct psl_gen *g);
uint32_t audit_mask(const struct psl_gen *g, const struct psl_profile *profile,
                    const struct psl_object *object, bool granted);
/* States of a Flow that the profile leaves out at the lowest level that wants them; 0: none. */
uint64_t audit_omits(const struct psl_profile *profile, const struct psl_object *object);
const struct psl_profile *profile_of(const struct psl_policy *policy,
                                     const struct psl_block *block);

/* objects.c: state and configuration of policy objects. */
void put_objects(struct psl_gen *g);
void put_forget(struct psl_gen *g);

/* tests.c: the policy's tests as data for sdk/ksm/run_tests.c; nothing if there are none. */
void put_tests(struct psl_gen *g);

/* plan.c: which rules decide which event; the tables of verdicts. False after a defect. */
bool put_plan(struct psl_gen *g);

#endif
