/*
 * builder.c: makes the tree while the grammar reads. Nothing is resolved here; of the rules of the
 * language only those are checked that the tree could not hold otherwise (two interfaces, two
 * sections of one kind).
 */
#include <string.h>

#include "internal.h"

void build_package(struct parse *p, struct word name)
{
    struct nkidl_package *package = nkidl_alloc(p->idl, sizeof(*package));

    package->name = name.text;
    package->cname = c_name(p->idl, name.text);
    package->last = last_part(name.text);
    package->loc = name.loc;
    package->file = p->file;
    p->package = package;
    p->imports_end = &package->imports;
    p->decls_end = &package->decls;
    p->methods_end = &package->methods;
}

void build_import(struct parse *p, struct word name)
{
    struct nkidl_import *import;

    for (import = p->package->imports; import; import = import->next) {
        if (!strcmp(import->name, name.text))
            return; /* once is enough, twice does no harm */
    }
    import = nkidl_alloc(p->idl, sizeof(*import));
    import->name = name.text;
    import->loc = name.loc;
    *p->imports_end = import;
    p->imports_end = &import->next;
}

struct nkidl_decl *build_decl(struct parse *p, enum nkidl_decl_kind kind, struct word name)
{
    struct nkidl_decl *decl = nkidl_alloc(p->idl, sizeof(*decl));

    decl->kind = kind;
    decl->name = name.text;
    decl->loc = name.loc;
    decl->package = p->package;
    *p->decls_end = decl;
    p->decls_end = &decl->next;
    return decl;
}

void build_interface(struct parse *p, struct nkidl_loc loc)
{
    if (p->package->has_interface) {
        nkidl_error(p->idl, loc, "a file describes one interface: move this one into a file of its "
                    "own", "second interface");
        nkidl_note(p->idl, p->package->interface_loc, "the first is here");
        p->failed = true;
    }
    p->package->has_interface = true;
    p->package->interface_loc = loc;
}

void build_method(struct parse *p, struct word name, struct fields params)
{
    struct nkidl_method *method = nkidl_alloc(p->idl, sizeof(*method));

    method->name = name.text;
    method->loc = name.loc;
    method->params = params.first;
    method->mid = p->package->nmethods++;
    *p->methods_end = method;
    p->methods_end = &method->next;
}

struct nkidl_field *build_field(struct parse *p, enum nkidl_direction direction,
                                struct nkidl_type *type, struct word name)
{
    struct nkidl_field *field = nkidl_alloc(p->idl, sizeof(*field));

    field->direction = direction;
    field->type = type;
    field->name = name.text;
    field->loc = name.loc;
    return field;
}

void build_component(struct parse *p, enum nkidl_kind kind, struct word name)
{
    struct nkidl_component *component = nkidl_alloc(p->idl, sizeof(*component));

    component->kind = kind;
    component->name = name.text;
    component->cname = c_name(p->idl, name.text);
    component->last = last_part(name.text);
    component->loc = name.loc;
    component->file = p->file;
    p->component = component;
}

static void report_second(struct parse *p, const char *what, struct nkidl_loc loc,
                          struct nkidl_loc first)
{
    nkidl_error(p->idl, loc, "write all of it in one section", "second %s section", what);
    nkidl_note(p->idl, first, "the first is here");
    p->failed = true;
}

void build_security(struct parse *p, struct word interface)
{
    if (p->component->security_name)
        report_second(p, "security", interface.loc, p->component->security_loc);
    p->component->security_name = interface.text;
    p->component->security_loc = interface.loc;
}

void build_section(struct parse *p, struct nkidl_loc loc, bool is_endpoints)
{
    bool *seen = is_endpoints ? &p->seen_endpoints : &p->seen_components;
    struct nkidl_loc *first = is_endpoints ? &p->endpoints_loc : &p->components_loc;

    if (*seen)
        report_second(p, is_endpoints ? "endpoints" : "components", loc, *first);
    *seen = true;
    *first = loc;
    p->component->has_section = true;
}

void build_endpoint(struct parse *p, struct word name, struct word interface)
{
    struct nkidl_endpoint *endpoint = nkidl_alloc(p->idl, sizeof(*endpoint));
    struct nkidl_endpoint **end = &p->component->endpoints;

    endpoint->name = name.text;
    endpoint->loc = name.loc;
    endpoint->interface_name = interface.text;
    endpoint->interface_loc = interface.loc;
    while (*end)
        end = &(*end)->next;
    *end = endpoint;
}

void build_instance(struct parse *p, struct word name, struct word component)
{
    struct nkidl_instance *instance = nkidl_alloc(p->idl, sizeof(*instance));
    struct nkidl_instance **end = &p->component->instances;

    instance->name = name.text;
    instance->loc = name.loc;
    instance->component_name = component.text;
    instance->component_loc = component.loc;
    while (*end)
        end = &(*end)->next;
    *end = instance;
}

struct nkidl_type *build_type(struct parse *p, enum nkidl_type_kind kind, struct nkidl_loc loc)
{
    struct nkidl_type *type = nkidl_alloc(p->idl, sizeof(*type));

    type->kind = kind;
    type->loc = loc;
    return type;
}

struct nkidl_type *build_handle_type(struct parse *p, struct nkidl_loc loc, struct word interface)
{
    struct nkidl_type *type = build_type(p, NKIDL_HANDLE, loc);
    struct nkidl_import *use = nkidl_alloc(p->idl, sizeof(*use));

    type->name = interface.text;
    use->name = interface.text;
    use->loc = interface.loc;
    use->next = p->package->handle_interfaces;
    p->package->handle_interfaces = use;
    return type;
}

struct nkidl_type *build_word_type(struct parse *p, struct word name)
{
    static const struct {
        const char *name;
        enum nkidl_type_kind kind;
    } basic[] = {
        {"UInt8", NKIDL_UINT8},   {"UInt16", NKIDL_UINT16},   {"UInt32", NKIDL_UINT32},
        {"UInt64", NKIDL_UINT64}, {"SInt8", NKIDL_SINT8},     {"SInt16", NKIDL_SINT16},
        {"SInt32", NKIDL_SINT32}, {"SInt64", NKIDL_SINT64},   {"Handle", NKIDL_HANDLE},
        {"UIntSize", NKIDL_UINT64}, {"UIntPtr", NKIDL_UINT64},
    };
    struct nkidl_type *type = build_type(p, NKIDL_NAMED, name.loc);

    for (size_t i = 0; i < sizeof(basic) / sizeof(basic[0]); i++) {
        if (!strcmp(basic[i].name, name.text)) {
            type->kind = basic[i].kind;
            return type;
        }
    }
    type->name = name.text;
    return type;
}

struct nkidl_expr *build_expr(struct parse *p, enum expr_kind kind, struct nkidl_loc loc,
                              struct nkidl_expr *left, struct nkidl_expr *right)
{
    struct nkidl_expr *expr = nkidl_alloc(p->idl, sizeof(*expr));

    expr->kind = kind;
    expr->loc = loc;
    expr->left = left;
    expr->right = right;
    return expr;
}

struct word build_dotted(struct parse *p, struct word left, struct word right)
{
    struct word joined = {nkidl_format(p->idl, "%s.%s", left.text, right.text), left.loc};

    if (right.loc.line == left.loc.line)
        joined.loc.end_column = right.loc.end_column;
    return joined;
}
