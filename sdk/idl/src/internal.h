/*
 * internal.h: what the parts of the front end share.
 */
#ifndef NKIDL_INTERNAL_H
#define NKIDL_INTERNAL_H

#include "nkidl.h"

struct block {
    struct block *next;
    size_t used, size;
};

struct include_dir {
    struct include_dir *next;
    const char *path;
};

/* A file that is not on disk. */
struct source {
    struct source *next;
    const char *path, *text;
    size_t size;
};

struct nkidl {
    struct block *blocks;
    struct source *sources;
    struct include_dir *includes, **includes_end;
    struct nkidl_unit *units, **units_end;
    struct nkidl_options options;
    unsigned errors, warnings;
    unsigned depth; /* of declarations being resolved inside each other */
};

/* Constant expressions, kept as written until names can be resolved. */
enum expr_kind {
    EXPR_NUMBER,
    EXPR_NAME,
    EXPR_NEGATE,
    EXPR_ADD,
    EXPR_SUBTRACT,
    EXPR_MULTIPLY,
    EXPR_SHIFT,
    EXPR_POWER,
};

struct nkidl_expr {
    enum expr_kind kind;
    struct nkidl_loc loc;
    uint64_t number;
    const char *name;
    struct nkidl_expr *left, *right;
};

struct word {
    const char *text;
    struct nkidl_loc loc;
};

struct fields {
    struct nkidl_field *first, *last;
};

/* State of one parse. The parser fills package or component. */
struct parse {
    struct nkidl *idl;
    const struct nkidl_file *file;
    enum nkidl_kind kind;
    bool started; /* the token that tells the grammar the kind was handed out */
    unsigned line, column;
    struct nkidl_loc comment; /* where the comment being read starts */
    struct nkidl_package *package;
    struct nkidl_component *component;
    struct nkidl_import **imports_end;
    struct nkidl_decl **decls_end;
    struct nkidl_method **methods_end;
    bool failed;
    bool seen_endpoints, seen_components;
    struct nkidl_loc endpoints_loc, components_loc;
};

/* parser.y: reads parse->file. Returns false after a defect. */
bool parse_text(struct parse *parse);

/* builder.c: called by the grammar. */
void build_package(struct parse *p, struct word name);
void build_import(struct parse *p, struct word name);
struct nkidl_decl *build_decl(struct parse *p, enum nkidl_decl_kind kind, struct word name);
void build_interface(struct parse *p, struct nkidl_loc loc);
void build_method(struct parse *p, struct word name, struct fields params);
struct nkidl_field *build_field(struct parse *p, enum nkidl_direction direction,
                                struct nkidl_type *type, struct word name);
void build_component(struct parse *p, enum nkidl_kind kind, struct word name);
void build_security(struct parse *p, struct word interface);
void build_endpoint(struct parse *p, struct word name, struct word interface);
void build_instance(struct parse *p, struct word name, struct word component);
void build_section(struct parse *p, struct nkidl_loc loc, bool is_endpoints);
struct nkidl_type *build_type(struct parse *p, enum nkidl_type_kind kind, struct nkidl_loc loc);
struct nkidl_type *build_handle_type(struct parse *p, struct nkidl_loc loc, struct word interface);
struct nkidl_type *build_word_type(struct parse *p, struct word name);
struct nkidl_expr *build_expr(struct parse *p, enum expr_kind kind, struct nkidl_loc loc,
                              struct nkidl_expr *left, struct nkidl_expr *right);
struct word build_dotted(struct parse *p, struct word left, struct word right);

/* The source text at a place. */
const char *location_text(const struct nkidl_loc *loc);

/* context.c */
char *copy_text(struct nkidl *idl, const char *text, size_t size);
const char *c_name(struct nkidl *idl, const char *dotted);
const char *last_part(const char *dotted);
const char *kind_extension(enum nkidl_kind kind);
struct nkidl_unit *find_unit(struct nkidl *idl, enum nkidl_kind kind, const char *name);
struct nkidl_unit *load_name_at(struct nkidl *idl, enum nkidl_kind kind, const char *name,
                                struct nkidl_loc loc);

/* resolve.c: names, constants and layouts of one package. */
void resolve_package(struct nkidl *idl, struct nkidl_package *package);

/* message.c: the messages of one interface. */
void resolve_interface(struct nkidl *idl, struct nkidl_package *package);

/* component.c */
void resolve_component(struct nkidl *idl, struct nkidl_component *component);

/* names.c: rules for names. */
void check_package_names(struct nkidl *idl, const struct nkidl_package *package);
void check_component_names(struct nkidl *idl, const struct nkidl_component *component);

#define COUNT_MAX 0xffffffffu
#define SIZE_LIMIT (16u << 20) /* of anything in place: the largest arena */
#define DEPTH_MAX 256u         /* of types inside types */
#define NODES_MAX 65536u       /* of types that one message is made of */
#define INSTANCES_MAX 65534u   /* of components in a process */
#define CONSTANT_PART_MAX 65528u
#define HANDLES_MAX 7u

#endif
