/*
 * gen.h: what the parts of nk-gen-c share. Each gen_*.c writes one kind of text to gen->out.
 */
#ifndef NK_GEN_C_GEN_H
#define NK_GEN_C_GEN_H

#include <stdio.h>

#include "nkidl.h"

/* Sections of a header; the command line selects them. */
enum section {
    SECTION_TYPES = 1 << 0,
    SECTION_INTERFACE = 1 << 1,
    SECTION_ENDPOINTS = 1 << 2,
    SECTION_COMPONENT_REFL = 1 << 3,
    SECTION_CLIENT = 1 << 4,
    SECTION_SERVER = 1 << 5,
    SECTION_TESTS = 1 << 6,
    SECTION_DEFAULT = SECTION_TESTS - 1,
};

/* What generated code prints of each message that it sends or receives. */
enum trace {
    TRACE_NONE,
    TRACE_HEADERS,
    TRACE_DUMP, /* with contents */
};

struct gen {
    struct nkidl *idl;
    FILE *out;
    unsigned sections;
    bool strict_strings;
    const char *strict_interfaces; /* "a.b.I,a.b.J": these alone; null: all */
    bool is_strict;                /* the interface being written */
    enum trace trace_client, trace_server;
    const char *trace_methods; /* "M,I.M,a.b.I.M": these alone; null: all */
};

__attribute__((format(printf, 2, 3))) void put(struct gen *g, const char *format, ...);

/* "echo.Ping", "TYPES" -> "__echo__Ping__TYPES__" */
const char *guard_name(struct gen *g, const char *dotted, const char *section);
void open_guard(struct gen *g, const char *dotted, const char *section);
void close_guard(struct gen *g);

/* A name with every '.' replaced. */
const char *underscored(struct gen *g, const char *dotted);

/* "nk_uint32_t name" or "nk_uint8_t name[4][2]", without indentation and semicolon. */
void put_declaration(struct gen *g, const struct nkidl_type *type, const char *name);
/* The C name of an element's type; null for arrays without a name. */
const char *type_name(struct gen *g, const struct nkidl_type *type);

/* Arena sizes as the headers state them: cut to what a message can carry. */
unsigned long arena_size(uint64_t size);

/* Whether messages of this method are traced. */
bool is_traced(const struct gen *g, enum trace trace, const struct nkidl_package *package,
               const struct nkidl_method *method);
/* Whether a list "a,b,c" holds the name. */
bool list_holds(const char *list, const char *name);

/* gen_types.c */
void gen_types(struct gen *g, const struct nkidl_package *package);
/* gen_interface.c */
void gen_interface(struct gen *g, const struct nkidl_package *package);
/* gen_client.c */
void gen_vtable(struct gen *g, const struct nkidl_package *package);
void gen_client(struct gen *g, const struct nkidl_package *package);
/* gen_server.c */
void gen_server(struct gen *g, const struct nkidl_package *package);
/* gen_tests.c */
void gen_tests(struct gen *g, const struct nkidl_package *package);
/* gen_component.c */
void gen_component(struct gen *g, const struct nkidl_component *component);
/* gen_aliases.c */
void gen_package_aliases(struct gen *g, const struct nkidl_package *package);
void gen_component_aliases(struct gen *g, const struct nkidl_component *component);
/* gen_header.c: a whole header. */
void gen_header(struct gen *g, struct nkidl_unit *unit);
/* gen_formats.c: the table of kernel/abi/tessera/formats.h; classes[0] is the kernel's. */
void gen_formats(struct gen *g, struct nkidl_component **classes, unsigned count);
/* gen_kernel.c: prototypes of the kernel's services, and its dispatch table. */
void gen_kernel_services(struct gen *g, const struct nkidl_component *core);
void gen_kernel(struct gen *g, const struct nkidl_component *core);
/* gen_table.c: endpoints as text. */
void gen_table(struct gen *g, const struct nkidl_component *component);

#endif
