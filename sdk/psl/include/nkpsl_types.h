/*
 * nkpsl_types.h: what expressions and rules of a policy are on one kind of message: the checker's
 * second result, for who generates code. One expression has as many of these trees as there are
 * messages that it is checked for. (An interpreter needs nkpsl.h alone.)
 */
#ifndef NKPSL_TYPES_H
#define NKPSL_TYPES_H

#include "nkpsl.h"

enum psl_value_kind {
    PSL_V_INT,    /* is_signed, bits */
    PSL_V_BOOL,
    PSL_V_TEXT,   /* string: up to the first zero, or bytes; constant: text, size */
    PSL_V_UNIT,
    PSL_V_SID,
    PSL_V_HANDLE, /* a handle in the message; .handle is its SID */
    PSL_V_STATE,  /* of `object`, a Flow: number of the state */
    PSL_V_LEVEL,  /* of `object`, a Mic; constant: degree, categories */
    PSL_V_LIST,   /* items */
    PSL_V_DICT,   /* items with names */
    PSL_V_IDL,    /* a struct, union, array or sequence of the message: `type` */
};

/* How a value of the message is reached. */
enum psl_place {
    PSL_NO_PLACE,
    PSL_PARAM,   /* `offset` in the constant part */
    PSL_INSIDE,  /* field of a struct: `offset` from `left` */
    PSL_MEMBER,  /* member of a union: the same, if the 32-bit tag at `left` is `tag` */
    PSL_ELEMENT, /* `right` of the array or sequence `left` */
};

/* Arguments of functions and rules, by meaning. */
enum psl_arg {
    PSL_ARG_VALUE,
    PSL_ARG_SID,
    PSL_ARG_ENTRY,
    PSL_ARG_KEY,
    PSL_ARG_STATE,
    PSL_ARG_STATES,
    PSL_ARG_SOURCE,
    PSL_ARG_TARGET,
    PSL_ARG_CONTAINER,
    PSL_ARG_DRIVER,
    PSL_ARG_IMAGE,
    PSL_ARG_LEVEL,
    PSL_ARG_LEVEL_R,
    PSL_ARG_TEXT,
    PSL_ARG_PATTERN,
    PSL_ARG_IF,
    PSL_ARG_THEN,
    PSL_ARG_ELSE,
    PSL_ARGS,
};

struct psl_typed {
    enum psl_value_kind kind;
    const struct psl_expr *expr;
    bool is_const;    /* INT, BOOL, TEXT, LEVEL, and lists and dictionaries of such */
    bool is_signed;   /* INT */
    unsigned bits;    /* INT: 8, 16, 32, 64 */
    uint64_t number;  /* constant INT (two's complement), BOOL */
    bool negative;    /* constant INT */
    const char *text; /* constant TEXT */
    size_t size;
    unsigned degree;  /* constant LEVEL */
    uint32_t categories;
    const struct psl_object *object; /* STATE, LEVEL, and of a function */
    enum psl_place place;
    const struct nkidl_type *type; /* of a place, without typedefs */
    uint32_t offset, tag;
    int64_t fixed;     /* of a place: offset in the constant part if it is known, else -1 */
    unsigned nth;      /* HANDLE: number among the handles of the message */
    bool is_indexed;   /* HANDLE: of an array, and an index is computed */
    bool is_widened;   /* INT: the value of `left`, which has fewer bits */
    bool is_rights;    /* INT: the rights of the handle `left` */
    bool is_text_zero; /* TEXT of the message: it ends before its first zero */
    uint32_t max;      /* TEXT that is not constant: most bytes */
    unsigned nitems;
    struct psl_typed **items;
    const char **names; /* DICT */
    struct psl_typed *left, *right;
    struct psl_typed *args[PSL_ARGS]; /* of a function */
};

struct psl_typed_rule {
    const struct psl_action *action;
    struct psl_typed *args[PSL_ARGS]; /* null: not given, or () */
};

struct psl_context {
    struct psl_policy *policy;
    enum psl_event event;
    const struct nkidl_message *message; /* null: there is none */
    const char *method;                  /* for messages: "fan.IFan.Stop" */
    struct psl_reported *reported;       /* places with a diagnostic already */
};

/* Null after a defect, which has been reported. */
struct psl_typed *psl_type(struct psl_context *context, const struct psl_expr *expr);
struct psl_typed_rule *psl_type_rule(struct psl_context *context, const struct psl_action *action);

/* Whether an expression or an action, those inside it included, reads the message. */
bool psl_reads_message(const struct psl_expr *expr);
bool psl_action_reads_message(const struct psl_action *action);

#endif
