/*
 * typing.h: what types.c, calls.c and check.c share.
 */
#ifndef NKPSL_TYPING_H
#define NKPSL_TYPING_H

#include "internal.h"
#include "nkpsl_types.h"

struct psl_reported {
    struct psl_reported *next;
    struct nkidl_loc loc;
};

/* Reports a place once, however many messages it is wrong for. Returns null. */
struct psl_typed *type_error(struct psl_context *c, struct nkidl_loc loc, const char *help,
                             const char *format, ...) __attribute__((format(printf, 4, 5)));
void type_warning(struct psl_context *c, struct nkidl_loc loc, const char *help, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

struct psl_typed *new_typed(struct psl_context *c, enum psl_value_kind kind,
                            const struct psl_expr *expr);
struct psl_typed *const_bool(struct psl_context *c, const struct psl_expr *expr, bool value);
const char *kind_name(struct psl_context *c, const struct psl_typed *t);

/* The common type of two values that are compared or chosen between; false after a defect. */
bool join(struct psl_context *c, const struct psl_expr *at, struct psl_typed **a,
          struct psl_typed **b);
/* A SID of a SID or a handle, else null. */
struct psl_typed *as_sid(struct psl_context *c, struct psl_typed *t);
/* A level of a literal, else null (reported). */
struct psl_typed *as_level(struct psl_context *c, const struct psl_object *mic,
                           struct psl_typed *t);
int state_number(const struct psl_object *flow, const char *text, size_t size);

/* Whether a constant is a value of an integer type. */
bool const_fits(const struct psl_typed *t, bool is_signed, unsigned bits);

/* calls.c */
struct psl_typed *type_call(struct psl_context *c, const struct psl_expr *expr);

#endif
