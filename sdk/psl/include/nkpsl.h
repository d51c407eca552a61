/*
 * nkpsl.h: the front end of the policy specification language.
 *
 * psl_load reads a policy and what it uses, resolves names against the interface descriptions
 * (nkidl.h), checks types, and reports every defect as "file:line:col: error: ...". What it returns
 * is the policy as written: bindings in source order, expressions as trees with every name
 * resolved. Nothing in it knows of the code that is generated; an interpreter can be written over
 * it (docs/reference/psl.md says what everything means). All of it belongs to the nkidl context.
 *
 * Order: `leaves` lists every action of every binding with the selectors of all blocks around it.
 * For an event the leaves that match it, in the order of the list, are all there is to decide: it
 * is granted if at least one rule ran and no rule denied.
 */
#ifndef NKPSL_H
#define NKPSL_H

#include "nkidl.h"

/* The order of enum ksm_event (kernel/abi/tessera/formats.h). */
enum psl_event {
    PSL_EXECUTE,
    PSL_REQUEST,
    PSL_RESPONSE,
    PSL_ERROR,
    PSL_SECURITY,
    PSL_EVENTS,
};

/* ---- process classes ---- */

/* A process class. Number 0 is kl.core.Core, the others follow in the order of their names. */
struct psl_class {
    const char *name; /* "echo.Server"; of `task class Name : edl`, Name */
    unsigned number;
    struct nkidl_loc loc; /* where the policy names it */
    struct nkidl_unit *unit;
    const struct nkidl_component *component;
    const struct nkidl_flat *endpoints; /* component->nendpoints rows by RIID */
    const struct nkidl_guard *guards;   /* component->nsecurity rows by number */
};

/* ---- expressions ---- */

enum psl_expr_kind {
    PSL_INT,     /* number; below zero if `negative` (then `number` is two's complement) */
    PSL_BOOL,    /* number: 0 or 1 */
    PSL_TEXT,    /* text, size: escapes are undone */
    PSL_UNIT,    /* () */
    PSL_LIST,    /* items, nitems; keys are null */
    PSL_DICT,    /* items, nitems, each with its key */
    PSL_SRC_SID,
    PSL_DST_SID,
    PSL_MESSAGE, /* stands only below PSL_FIELD: message.param */
    PSL_FIELD,   /* left.name */
    PSL_INDEX,   /* left.[right] */
    PSL_UNARY,   /* op left */
    PSL_BINARY,  /* left op right */
    PSL_CALL,    /* function of object with the argument `left` (null: none was written) */
    PSL_NAME,    /* a bare word; after psl_load it is left only in values of configurations */
};

enum psl_op {
    PSL_NOT, PSL_NEGATE, PSL_COMPLEMENT,                                 /* unary */
    PSL_EQ, PSL_NE, PSL_LT, PSL_LE, PSL_GT, PSL_GE,
    PSL_AND, PSL_OR, PSL_IMPLIES,
    PSL_ADD, PSL_SUBTRACT, PSL_MULTIPLY, PSL_BIT_AND, PSL_BIT_OR,
};

/* Expressions that are called. */
enum psl_function {
    PSL_NO_FUNCTION,
    PSL_PRED_EMPTY,
    PSL_BOOL_ALL, PSL_BOOL_ANY, PSL_BOOL_COND,
    PSL_MATH_NEG, PSL_MATH_ABS, PSL_MATH_SUM, PSL_MATH_PRODUCT,
    PSL_MATH_UINT64, PSL_MATH_UINT32, PSL_MATH_UINT16,
    PSL_MATH_SINT64, PSL_MATH_SINT32, PSL_MATH_SINT16,
    PSL_SIZE,
    PSL_RE_MATCH, PSL_RE_SELECT, /* select stands only as the expression of a choice */
    PSL_SET_CONTAINS,
    PSL_MAP_GET, PSL_MAP_GET_UNCOMMITTED,
    PSL_FLOW_QUERY,
    PSL_MIC_QUERY_LEVEL,
};

/* Rules. */
enum psl_rule {
    PSL_NO_RULE,
    PSL_GRANT, PSL_ASSERT, PSL_DENY, PSL_SET_LEVEL,
    PSL_BOOL_ASSERT,
    PSL_SET_INIT, PSL_SET_FINI, PSL_SET_ADD, PSL_SET_REMOVE,
    PSL_MAP_INIT, PSL_MAP_FINI, PSL_MAP_SET, PSL_MAP_COMMIT, PSL_MAP_ROLLBACK,
    PSL_FLOW_INIT, PSL_FLOW_FINI, PSL_FLOW_ENTER, PSL_FLOW_ALLOW,
    PSL_MIC_CREATE, PSL_MIC_DELETE, PSL_MIC_EXECUTE, PSL_MIC_UPGRADE,
    PSL_MIC_CALL, PSL_MIC_INVOKE, PSL_MIC_READ, PSL_MIC_WRITE,
};

struct psl_item {
    struct psl_expr *key; /* PSL_NAME, PSL_TEXT or PSL_INT; null in lists */
    struct psl_expr *value;
};

struct psl_expr {
    enum psl_expr_kind kind;
    struct nkidl_loc loc;
    uint64_t number;
    bool negative;
    const char *text; /* PSL_TEXT; may hold zeros */
    size_t size;
    bool is_raw;      /* PSL_TEXT: a ```regex block */
    const char *name; /* PSL_FIELD, PSL_NAME; PSL_CALL: as written, "flow.query" */
    enum psl_op op;
    struct psl_expr *left, *right;
    unsigned height; /* of the tree; bounded, so that walks may recurse */
    unsigned nitems;
    struct psl_item *items;
    struct psl_object *object;  /* PSL_CALL */
    enum psl_function function; /* PSL_CALL */
};

/* ---- policy objects ---- */

enum psl_model {
    PSL_PRED, PSL_BOOLEAN, PSL_MATH, PSL_STRUCT, PSL_BASE, PSL_REGEX,
    PSL_HASHSET, PSL_STATICMAP, PSL_FLOW, PSL_MIC,
};

/* Shape of a HashSet's entries. */
enum psl_shape_kind {
    PSL_SHAPE_UINT, /* bits */
    PSL_SHAPE_SINT, /* bits */
    PSL_SHAPE_BOOL,
    PSL_SHAPE_SID,
    PSL_SHAPE_TUPLE, /* parts without names */
    PSL_SHAPE_DICT,  /* parts with names */
};
struct psl_shape {
    enum psl_shape_kind kind;
    unsigned bits;
    unsigned nparts;
    struct psl_shape **parts;
    const char **names; /* PSL_SHAPE_DICT */
    unsigned words;     /* scalars that it is made of */
};

struct psl_hashset {
    struct psl_shape *entry;
    uint32_t set_size; /* entries in one set */
    uint32_t pool_size; /* sets */
};

/* Keys by number. Values are of type `value`, which is an integer type. */
struct psl_staticmap {
    struct psl_shape *value;
    uint32_t pool_size;
    unsigned nkeys;
    const struct psl_expr **keys;     /* PSL_TEXT */
    const struct psl_expr **defaults; /* PSL_INT */
};

/* States by number. */
struct psl_flow {
    unsigned nstates;
    const struct psl_expr **states; /* PSL_TEXT */
    unsigned initial;
    uint8_t *transitions; /* [from * nstates + to]: 1 if listed */
};

/* A level is a degree (higher: more integrity) and a set of categories. */
struct psl_mic {
    unsigned ndegrees; /* 0: none were named; every level has degree 0 then */
    const struct psl_expr **degrees; /* PSL_TEXT, the lowest first */
    unsigned ncategories;
    const struct psl_expr **categories; /* PSL_TEXT */
};

struct psl_object {
    struct psl_object *next; /* in the order of the source, the predeclared ones first */
    enum psl_model model;
    const char *name;
    struct nkidl_loc loc;
    unsigned number;
    int slot; /* number of its first state slot; -1: it keeps no state per resource */
    union {
        struct psl_hashset hashset;
        struct psl_staticmap staticmap;
        struct psl_flow flow;
        struct psl_mic mic;
    };
};
#define PSL_SLOTS_OF_MIC 2u /* the level, and the level from which it may receive */

/* ---- audit profiles ---- */

/* What a profile wants of one object from a level on. */
struct psl_audit_entry {
    struct psl_audit_entry *next;
    uint64_t level;
    const struct psl_object *object;
    bool granted, denied;
    uint64_t omit; /* PSL_FLOW: bit mask of states in which nothing is recorded */
    bool emit_match, emit_select; /* PSL_REGEX */
};
struct psl_profile {
    struct psl_profile *next;
    const char *name;
    struct nkidl_loc loc;
    struct psl_audit_entry *entries;
    unsigned nlevels;
    uint64_t
        *levels; /* ascending; a level is in force if it is the highest not above the run-time's */
};

/* ---- bindings ---- */

/* Selectors of one block; null where there is none. */
struct psl_selector {
    const char *text; /* as written after '=' */
    struct nkidl_loc loc;
};
enum psl_selector_kind {
    PSL_SRC, PSL_DST, PSL_INTERFACE, PSL_COMPONENT, PSL_ENDPOINT, PSL_METHOD, PSL_SELECTORS,
};

struct psl_block {
    struct psl_block *parent; /* null: the binding itself */
    struct nkidl_loc loc;
    struct psl_selector selectors[PSL_SELECTORS];
    const struct psl_class *src, *dst; /* of the selectors; null: any */
    const struct psl_profile *profile; /* named here; null: the one around, then the default */
    const char *profile_name;
    struct nkidl_loc profile_loc;
    struct psl_action *actions;
};

struct psl_branch {
    struct psl_branch *next;
    const struct psl_expr *label; /* PSL_TEXT, PSL_INT or PSL_BOOL; null: `_` */
    struct nkidl_loc loc;
    struct psl_action *actions;
};

enum psl_action_kind {
    PSL_RULE,
    PSL_MATCH,
    PSL_CHOICE,
};

struct psl_action {
    struct psl_action *next;
    enum psl_action_kind kind;
    struct nkidl_loc loc;
    const char *text; /* RULE: the rule in one line; CHOICE: its head */
    /* RULE */
    const char *name; /* as written: "flow.enter", "grant" */
    struct psl_object *object;
    enum psl_rule rule;
    struct psl_expr *argument; /* null: none was written */
    /* MATCH */
    struct psl_block *match;
    /* CHOICE: the first branch whose label equals the expression's value (for re.select: whose
     * pattern matches the text) runs, else `_`, else the choice denies. */
    struct psl_expr *expr;
    struct psl_branch *branches;
};

struct psl_binding {
    struct psl_binding *next;
    enum psl_event event;
    struct psl_block block;
};

/* A rule or a choice of a binding, at the block it stands in. */
struct psl_leaf {
    unsigned number; /* position in psl_policy.leaves */
    enum psl_event event;
    const struct psl_binding *binding;
    const struct psl_block *block;   /* the innermost: selectors are its own and its parents' */
    const struct psl_action *action; /* PSL_RULE or PSL_CHOICE */
};

/* ---- tests ---- */

enum psl_expected {
    PSL_EXPECT_GRANT,
    PSL_EXPECT_DENY,
    PSL_EXPECT_ANY, /* whatever the verdict is */
};

/* An event. Of PSL_REQUEST, PSL_RESPONSE, PSL_ERROR: `server` is dst of a request and src of the others,
 * `row` the endpoint. PSL_SECURITY: `guard`, a security interface of src. PSL_EXECUTE: none of
 * them. */
struct psl_occasion {
    enum psl_event event;
    const struct psl_class *src, *dst;
    const struct nkidl_flat *row;
    const struct nkidl_guard *guard;
    const struct nkidl_method *method;
};
struct psl_step {
    struct nkidl_loc loc;
    const char *text; /* in one line */
    const char *title; /* or null */
    enum psl_expected expected;
    struct psl_occasion occasion;
    unsigned source, target;        /* numbers in psl_test.processes; target counts if there is one */
    unsigned nprocesses;            /* those that the step can name */
    const struct psl_expr *message; /* PSL_DICT: values by parameter; null: none */
};

/* A sequence with the setup and finally around it. Its processes are the variables and the classes
 * that steps name; all exist from the start, without state. */
struct psl_test {
    struct psl_test *next;
    const char *suite, *name; /* empty where none was written */
    struct nkidl_loc loc;
    unsigned nsteps, nprocesses;
    struct psl_step *steps;
    const char **processes; /* names */
};

struct psl_policy {
    struct nkidl *idl;
    const struct nkidl_file *file; /* the top one */
    unsigned nfiles;
    const struct nkidl_file **files;
    unsigned nclasses;
    struct psl_class **classes;
    struct psl_object *objects;
    unsigned nslots; /* words of state that a resource has */
    struct psl_profile *profiles;
    const struct psl_profile *audit_default; /* null: the empty profile */
    uint64_t audit_level;                    /* run-time level at start */
    struct psl_binding *bindings;
    unsigned nleaves;
    struct psl_leaf *leaves;
    struct psl_test *tests; /* of all assert blocks, in the order of the source */
    const struct nkidl_package
        *execute; /* kl.core.Execute: what `method=` of an execute event names */
};

struct psl_options {
    /* Lists end with null, and may be null. */
    const char *const *required; /* classes that the policy must name */
    const char *const *added;    /* classes as if the policy said use EDL */
    const char *shown_as;        /* the top file's path in messages; null: its own */
};

/* Reads and checks the policy in `path`; include directories are those of `idl`. Null after a
 * defect, which has been reported (nkidl_error_count). */
struct psl_policy *psl_load(struct nkidl *idl, const char *path, const struct psl_options *options);

/* ---- what an event is ---- */

/* Whether the selectors of a block alone, without its parents', match. */
bool psl_block_matches(const struct psl_block *block, const struct psl_occasion *occasion);
/* Whether they and its parents' do. */
bool psl_matches(const struct psl_block *block, const struct psl_occasion *occasion);

/* The message of an occasion: its parameters are what `message.` names. Null for PSL_EXECUTE. */
const struct nkidl_message *psl_message(const struct psl_occasion *occasion);

#endif
