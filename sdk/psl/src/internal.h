/*
 * internal.h: what the parts of the policy front end share.
 */
#ifndef NKPSL_INTERNAL_H
#define NKPSL_INTERNAL_H

#include "nkpsl.h"

/* A place with its text: bytes [start, end) of the file. */
struct span {
    struct nkidl_loc loc;
    size_t start, end;
};

struct word {
    const char *text;
    struct nkidl_loc loc;
};

/* What the scanner hands out. */
struct token {
    int kind; /* of the grammar */
    struct span at;
    struct word word;      /* words */
    struct psl_expr *expr; /* numbers and texts */
};

/* Types of policy objects, as written. */
enum type_kind {
    TYPE_NAME,    /* name, and `parts` between angle brackets */
    TYPE_LITERAL, /* literal */
    TYPE_VARIANT, /* parts */
    TYPE_TUPLE,   /* parts */
    TYPE_DICT,    /* parts with names */
};
struct type {
    enum type_kind kind;
    struct nkidl_loc loc;
    const char *name;
    struct psl_expr *literal;
    struct type *parts, *next; /* a list along `next` */
    const char *part_name;     /* in a dictionary */
};

/* "type X = ..." or "config = ..." of a policy object. */
struct setting {
    struct setting *next;
    struct word name;
    struct type *type;      /* null for config */
    struct psl_expr *value; /* null for types */
};

/* A policy object as written. */
struct declared {
    struct declared *next;
    struct word name, model;
    struct setting *settings;
};

struct used {
    struct used *next;
    struct word name; /* of the EDL */
    struct word as;   /* of the class; text null: the same */
};

struct declared_profile {
    struct declared_profile *next;
    struct word name;
    struct psl_expr *value;
};

/* Growing lists keep their ends. */
#define LIST(type) struct { type *first, **end; }
#define LIST_INIT(list) ((list)->first = NULL, (list)->end = &(list)->first)
#define LIST_ADD(list, item) (*(list)->end = (item), (list)->end = &(item)->next)

/* A test's step as written. */
struct written_step {
    struct written_step *next;
    struct nkidl_loc loc;
    const char *text, *title;
    struct word variable; /* text null: none */
    enum psl_expected expected;
    enum psl_event event;
    struct word selectors[PSL_SELECTORS]; /* text null: none */
    struct psl_expr *message;
};
struct written_steps {
    struct written_step *first, *last;
};
struct sequence {
    struct sequence *next;
    const char *name;
    struct nkidl_loc loc;
    struct written_steps steps;
};
/* An assert block. */
struct suite {
    struct suite *next;
    const char *name;
    struct written_steps setup, finally;
    LIST(struct sequence) sequences;
};

/* The policy while it is read. */
struct reader {
    struct nkidl *idl;
    struct psl_policy *policy;
    LIST(struct declared) declared;
    LIST(struct used) used;
    LIST(struct declared_profile) profiles;
    LIST(struct setting) types; /* outside of objects */
    LIST(struct psl_binding) bindings;
    LIST(struct suite) suites;
    struct word audit_default; /* text null: none */
    uint64_t audit_level;
    bool has_execute;
    unsigned depth; /* of files that use each other */
};

/* One file being parsed. */
struct parse {
    struct reader *reader;
    struct nkidl *idl;
    const struct nkidl_file *file;
    struct token *tokens;
    size_t ntokens, at;
    bool failed;
    unsigned depth; /* of expressions and blocks inside each other */
};

enum {
    DEPTH_MAX = 200,       /* of expressions, blocks and types inside each other */
    HEIGHT_MAX = 1000,     /* of an expression's tree */
    FILES_MAX = 256,       /* that one policy uses */
    USE_DEPTH_MAX = 32,    /* of files that use each other */
    SET_SIZE_MAX = 1024,   /* entries that one look-up may have to pass */
    POOL_WORDS_MAX = 1 << 21, /* 16 MiB of state in all */
};

/* lexer.l: reads parse->file into parse->tokens. */
bool scan_text(struct parse *parse);
/* parser.y: the tokens into the reader's lists. */
bool parse_tokens(struct parse *parse);

/* tokens.c: which words are keywords here. */
void sort_tokens(struct parse *parse);

/* tests.c: reads the assert block at tokens[at], keywords not told apart yet; the place behind it, or
 * `at` if it is none or has a defect (reported). */
size_t read_suite(struct parse *parse, size_t at);
void resolve_tests(struct reader *reader);

/* read.c */
void read_use(struct parse *parse, struct word name);
char *copy_bytes(struct nkidl *idl, const char *text, size_t size);
/* The source text of a span in one line, cut to something readable. */
const char *one_line(struct nkidl *idl, const struct nkidl_file *file, size_t start, size_t end);
/* "a, b, c" grows by one name; null starts it. */
const char *name_list(struct nkidl *idl, const char *list, const char *name);

/* classes.c */
void resolve_classes(struct reader *reader, const struct psl_options *options);
const struct psl_class *find_class(const struct psl_policy *policy, const char *name);

/* objects.c */
void predeclare_objects(struct psl_policy *policy);
void resolve_objects(struct reader *reader);
struct psl_object *find_object(const struct psl_policy *policy, const char *name);

/* profiles.c */
void resolve_profiles(struct reader *reader);

/* bindings.c: selectors, names of rules and functions, the list of leaves. */
void resolve_bindings(struct reader *reader);

/* names.c: rules and functions by name. PSL_NO_RULE and PSL_NO_FUNCTION if there is none. */
enum psl_rule rule_by_name(enum psl_model model, const char *name);
enum psl_function function_by_name(enum psl_model model, const char *name);
const char *rules_of(struct nkidl *idl, enum psl_model model, bool functions);
extern const char *const model_names[];

/* check.c: types of all rules on all occasions. */
void check_leaves(struct psl_policy *policy);

#endif
