/*
 * nkidl.h: the front end of the interface description languages (.idl, .cdl, .edl).
 *
 * One context holds the include directories and every file read. Load files by path or by dotted
 * name, then call nkidl_check once: it loads what they refer to, resolves names, evaluates
 * constants, computes layouts and reports every defect on stderr as "file:line:col: error: ...".
 * After it returned zero the structures below are complete and may be walked freely. They belong
 * to the context and live until nkidl_free.
 *
 * What the compilers print from this (C headers, format tables) is not here: see sdk/nk-gen-c.
 */
#ifndef NKIDL_H
#define NKIDL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nkidl_kind {
    NKIDL_IDL, /* types and at most one interface */
    NKIDL_CDL, /* a component class */
    NKIDL_EDL, /* a process class */
};

/* A source file that was read. */
struct nkidl_file {
    const char *path;
    const char *text; /* ends with zero */
    size_t size;
    bool is_given; /* to nkidl_load_file, not found by name */
};

/* A place in a source file; lines and columns count from 1. */
struct nkidl_loc {
    const struct nkidl_file *file;
    unsigned line, column;
    unsigned end_column; /* one past the last column, on the same line */
};

enum nkidl_type_kind {
    NKIDL_UINT8,
    NKIDL_UINT16,
    NKIDL_UINT32,
    NKIDL_UINT64,
    NKIDL_SINT8,
    NKIDL_SINT16,
    NKIDL_SINT32,
    NKIDL_SINT64,
    NKIDL_HANDLE,   /* Handle, or handle<interface> when `name` is set */
    NKIDL_BYTES,    /* at most `count` bytes in the arena */
    NKIDL_STRING,   /* at most `count` bytes and a zero in the arena */
    NKIDL_ARRAY,    /* `count` elements in place */
    NKIDL_SEQUENCE, /* at most `count` elements in the arena */
    NKIDL_NAMED,    /* `decl`: a typedef, struct or union */
};

struct nkidl_decl;
struct nkidl_package;

struct nkidl_type {
    enum nkidl_type_kind kind;
    struct nkidl_loc loc;
    const char *name;              /* NAMED: as written; HANDLE: the interface, or null */
    struct nkidl_type *elem;       /* ARRAY, SEQUENCE */
    struct nkidl_expr *count_expr; /* as written */
    uint32_t count;
    const struct nkidl_decl *decl; /* NAMED */
    /* Layout; the same on every target. */
    uint32_t size, align; /* of the value in place, in bytes */
    uint32_t parts;       /* types that it is made of, elements counted once */
    uint64_t arena;       /* most bytes of arena that one value needs, padding included */
    bool has_handles;
    bool resolved;
};

enum nkidl_direction {
    NKIDL_IN,
    NKIDL_OUT,
    NKIDL_ERROR,
    NKIDL_FIELD, /* of a struct or union */
};

/* A field of a struct or union, or a parameter of a method. */
struct nkidl_field {
    struct nkidl_field *next;
    const char *name;
    struct nkidl_loc loc;
    enum nkidl_direction direction;
    struct nkidl_type *type;
    uint32_t offset; /* from the start of the struct, or of the message with its header */
};

enum nkidl_decl_kind {
    NKIDL_CONST,
    NKIDL_TYPEDEF,
    NKIDL_STRUCT,
    NKIDL_UNION,
};

struct nkidl_decl {
    struct nkidl_decl *next;    /* as written */
    struct nkidl_decl *ordered; /* so that each stands after what it needs */
    enum nkidl_decl_kind kind;
    const char *name;
    struct nkidl_loc loc;
    const struct nkidl_package *package;
    struct nkidl_type *type;   /* CONST, TYPEDEF */
    struct nkidl_expr *expr;   /* CONST */
    uint64_t value;            /* CONST: two's complement */
    bool negative;             /* CONST: value is below zero */
    bool is_bad;               /* CONST: it has no value, and a message said why */
    struct nkidl_field *fields; /* STRUCT, UNION */
    uint32_t size, align;       /* STRUCT, UNION */
    uint32_t parts;             /* STRUCT, UNION: types that it is made of */
    uint32_t body;              /* UNION: offset of the members; the tag is a 32-bit word at 0 */
    uint64_t arena;
    bool has_handles;
    int state;
};

/* A descriptor of a variable-size value: where its nk_ptr_t stands and what the chunk holds. */
struct nkidl_desc {
    uint32_t offset; /* of the nk_ptr_t in the constant part or in the element around it */
    uint32_t elem;   /* bytes of an element */
    uint32_t max;    /* elements; a string counts its terminator */
    uint32_t align;
    bool is_string;
    bool is_member; /* of a union: `nested` counts if the tag at `offset` is `max`; the nested
                     * offsets are from where this one is from */
    unsigned nnested;
    struct nkidl_desc *nested; /* in every element */
};

/* One direction of a method. Fields are the parameters of that direction, in order. */
struct nkidl_message {
    unsigned nfields;
    struct nkidl_field **fields;
    uint32_t size; /* constant part with header, a multiple of 8 */
    uint64_t arena;
    unsigned nhandles;
    uint32_t *handles; /* offsets of nk_handle_desc_t */
    unsigned nwords;
    uint32_t *words;   /* offsets of handles in the kernel's interfaces: nkidl_is_handle_word */
    unsigned ndescs;
    struct nkidl_desc *descs;
};

struct nkidl_method {
    struct nkidl_method *next;
    const char *name;
    struct nkidl_loc loc;
    unsigned mid;
    struct nkidl_field *params;
    struct nkidl_message req, res, err;
    /* The older error scheme: the one error parameter is the method's return code; else null. */
    const struct nkidl_field *error_code;
};

struct nkidl_import {
    struct nkidl_import *next;
    const char *name;
    struct nkidl_loc loc;
    struct nkidl_package *package;
};

/* An IDL file. */
struct nkidl_package {
    const char *name;  /* "echo.Ping" */
    const char *cname; /* "echo_Ping" */
    const char *last;  /* "Ping" */
    struct nkidl_loc loc;
    const struct nkidl_file *file;
    struct nkidl_import *imports;
    struct nkidl_decl *decls;
    struct nkidl_decl *ordered; /* along nkidl_decl.ordered */
    bool has_interface;
    struct nkidl_loc interface_loc;
    unsigned nmethods;
    struct nkidl_method *methods;
    struct nkidl_import *handle_interfaces; /* named by handle<...> */
    int state;
};

struct nkidl_endpoint {
    struct nkidl_endpoint *next;
    const char *name;
    struct nkidl_loc loc;
    const char *interface_name;
    struct nkidl_loc interface_loc;
    struct nkidl_package *interface;
};

struct nkidl_instance {
    struct nkidl_instance *next;
    const char *name;
    struct nkidl_loc loc;
    const char *component_name;
    struct nkidl_loc component_loc;
    struct nkidl_component *component;
    uint32_t riid_offset;
};

/* A component class (CDL) or a process class (EDL). */
struct nkidl_component {
    enum nkidl_kind kind;
    const char *name, *cname, *last;
    struct nkidl_loc loc;
    const struct nkidl_file *file;
    const char *security_name; /* or null */
    struct nkidl_loc security_loc;
    struct nkidl_package *security;
    struct nkidl_endpoint *endpoints;
    struct nkidl_instance *instances;
    bool has_section;    /* an endpoints or components section, possibly empty */
    unsigned nown;       /* own endpoints */
    unsigned nendpoints; /* with those of all instances */
    unsigned ninstances; /* of the whole tree */
    unsigned nsecurity;  /* security interfaces of the tree */
    int state;
};

/* Anything that was loaded, in loading order. */
struct nkidl_unit {
    struct nkidl_unit *next;
    enum nkidl_kind kind;
    const char *name;
    const struct nkidl_file *file;
    struct nkidl_loc loc; /* of the name */
    struct nkidl_package *package;     /* IDL */
    struct nkidl_component *component; /* CDL, EDL */
    bool is_checked;
};

struct nkidl_options {
    bool old_errors; /* one UInt16 error parameter, carried as the method's return code */
    bool no_warnings;
    bool no_import_warnings; /* none about files that were found by name */
    bool warnings_are_errors;
};

struct nkidl;

/* A new context, or null when memory is short. */
struct nkidl *nkidl_new(void);
void nkidl_free(struct nkidl *idl);

/* Set before nkidl_check. */
struct nkidl_options *nkidl_options(struct nkidl *idl);

/* Adds a directory to search; searched in the order given. */
void nkidl_add_include(struct nkidl *idl, const char *dir);

/* A file in memory: wherever `path` would be read from disk, this text is taken. Copies both. */
void nkidl_add_source(struct nkidl *idl, const char *path, const char *text, size_t size);

/* Reads a file; its kind follows from its name. Null after a defect (reported). */
struct nkidl_unit *nkidl_load_file(struct nkidl *idl, const char *path);

/* Reads the file of a dotted name, a.b.C -> a/b/C.edl under an include directory. */
struct nkidl_unit *nkidl_load_name(struct nkidl *idl, enum nkidl_kind kind, const char *name);
/* The same, where a file at `loc` asks for it: a missing file is reported there. */
struct nkidl_unit *nkidl_load_name_at(struct nkidl *idl, enum nkidl_kind kind, const char *name,
                                      struct nkidl_loc loc);

/* Reads any text. Null after a defect (reported). */
const struct nkidl_file *nkidl_read(struct nkidl *idl, const char *path);

/* The path of `relative` below the first include directory that has it; null if none has. */
const char *nkidl_search(struct nkidl *idl, const char *relative);
/* Reports at `loc` that no include directory has `relative`, which `name` stands for. */
void nkidl_report_missing(struct nkidl *idl, struct nkidl_loc loc, const char *name,
                          const char *relative);

/* Completes everything loaded since the last call. Returns the number of errors reported since
 * nkidl_new. */
unsigned nkidl_check(struct nkidl *idl);

unsigned nkidl_error_count(const struct nkidl *idl);
unsigned nkidl_warning_count(const struct nkidl *idl);

/* Reports a defect found by a tool. `help` says what to do about it, or is null. */
void nkidl_error(struct nkidl *idl, struct nkidl_loc loc, const char *help, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void nkidl_warning(struct nkidl *idl, struct nkidl_loc loc, const char *help, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/* A further line of the defect just reported. */
void nkidl_note(struct nkidl *idl, struct nkidl_loc loc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Strips typedefs. */
const struct nkidl_type *nkidl_base(const struct nkidl_type *type);

/* Whether the type is kl.core.Types.HandleWord: a handle of the calling process as a plain 32-bit
 * word. Parameters of the kernel's methods have it; the kernel looks such a handle up and does not
 * transfer it, and rules of a policy see it as they see a Handle. */
bool nkidl_is_handle_word(const struct nkidl_type *type);

/* An endpoint of a process class, seen from outside. */
struct nkidl_flat {
    unsigned riid;
    const char *name;     /* qualified: "inst.sub.endpoint" or "endpoint" */
    const char *instance; /* "inst.sub", or "" */
    const struct nkidl_component *owner; /* the component class, or the process class itself */
    const struct nkidl_endpoint *endpoint;
};

/* A security interface of a process class. */
struct nkidl_guard {
    unsigned number;
    const char *instance; /* "inst.sub", or "" for the class's own */
    const struct nkidl_package *interface;
};

/* The security interfaces of a checked component: array of component->nsecurity rows by number. */
const struct nkidl_guard *nkidl_guards(struct nkidl *idl, const struct nkidl_component *component);

/* The flattened endpoints of a checked component: array of component->nendpoints rows by RIID. */
const struct nkidl_flat *nkidl_flatten(struct nkidl *idl, const struct nkidl_component *component);

/* All units that `unit` refers to, itself last, each after what it needs; null ends the array. */
struct nkidl_unit **nkidl_closure(struct nkidl *idl, struct nkidl_unit *unit);

/* The hash of a process class's interface: names, numbers, directions and layouts of everything
 * that is on the wire. Comments, file names and names of types do not change it. */
uint64_t nkidl_abi_hash(struct nkidl *idl, const struct nkidl_component *component);

/* Memory that lives as long as the context; never null (ends the program when there is none). */
void *nkidl_alloc(struct nkidl *idl, size_t size);
char *nkidl_format(struct nkidl *idl, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* For the tools' command lines: the value of "-Ivalue", "-I value", "--name value" or "--name=value"
 * if argv[*i] is the option `name`, else null; *i goes on to the value. Ends `tool` with status 1 and
 * a message when the value is missing. */
const char *nkidl_option_value(const char *tool, char **argv, int argc, int *i, const char *name);

#endif
