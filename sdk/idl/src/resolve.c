/*
 * resolve.c: the types and constants of a package: names, values, layouts.
 *
 * Declarations may stand in any order; each is resolved when first needed, and a second visit
 * while the first is under way is a cycle. package->ordered lists them so that each stands after
 * what it needs. A name is looked up in its own package, then in the imported ones (not in what
 * those import).
 */
#include <inttypes.h>
#include <string.h>

#include "internal.h"

enum { UNRESOLVED, RESOLVING, RESOLVED };

__extension__ typedef __int128 wide;

static void resolve_decl(struct nkidl *idl, struct nkidl_decl *decl);

/* Names */

static struct nkidl_decl *find_in(const struct nkidl_package *package, const char *name)
{
    for (struct nkidl_decl *decl = package ? package->decls : NULL; decl; decl = decl->next) {
        if (!strcmp(decl->name, name))
            return decl;
    }
    return NULL;
}

/* An imported package that imports the name in its turn: a likely slip. */
static const char *unknown_help(struct nkidl *idl, const struct nkidl_package *package,
                                const char *name)
{
    for (struct nkidl_unit *unit = idl->units; unit; unit = unit->next) {
        if (unit->kind == NKIDL_IDL && unit->package != package && find_in(unit->package, name))
            return nkidl_format(idl, "add: import %s", unit->name);
    }
    return "declare it in this file, or import the package that does";
}

static struct nkidl_decl *find_decl(struct nkidl *idl, const struct nkidl_package *package,
                                    const char *name, struct nkidl_loc loc, const char *what)
{
    struct nkidl_decl *found = find_in(package, name);

    if (found)
        return found;
    for (struct nkidl_import *import = package->imports; import; import = import->next) {
        struct nkidl_decl *decl = find_in(import->package, name);

        if (!decl)
            continue;
        if (found) {
            nkidl_error(idl, loc, "rename one of the two",
                        "'%s' is declared in '%s' and in '%s', both imported", name,
                        found->package->name, decl->package->name);
            return NULL;
        }
        found = decl;
    }
    if (!found)
        nkidl_error(idl, loc, unknown_help(idl, package, name), "unknown %s '%s'", what, name);
    return found;
}

/* Constant expressions */

static bool fits(wide value)
{
    return value >= (wide)INT64_MIN && value <= (wide)UINT64_MAX;
}

static bool power(wide base, wide exponent, wide *result)
{
    *result = 1;
    for (wide i = 0; i < exponent; i++) {
        *result *= base;
        if (!fits(*result))
            return false;
        if (*result == 0 || (*result == 1 && base == 1))
            return true;
        if (base == -1) {
            *result = exponent % 2 ? -1 : 1;
            return true;
        }
    }
    return true;
}

static bool operate(enum expr_kind kind, wide left, wide right, wide *result)
{
    switch (kind) {
    case EXPR_ADD:
        *result = left + right;
        break;
    case EXPR_SUBTRACT:
        *result = left - right;
        break;
    case EXPR_MULTIPLY:
        return !__builtin_mul_overflow(left, right, result) && fits(*result);
    case EXPR_SHIFT:
        if (right < 0 || right > 63)
            return false;
        *result = left * ((wide)1 << (int)right);
        break;
    case EXPR_POWER:
        return right >= 0 && power(left, right, result);
    default:
        return false;
    }
    return fits(*result);
}

static bool evaluate(struct nkidl *idl, const struct nkidl_package *package,
                     const struct nkidl_expr *expr, wide *value)
{
    struct nkidl_decl *decl;
    wide left, right;

    switch (expr->kind) {
    case EXPR_NUMBER:
        *value = expr->number;
        return true;
    case EXPR_NAME:
        decl = find_decl(idl, package, expr->name, expr->loc, "constant");
        if (!decl)
            return false;
        if (decl->kind != NKIDL_CONST) {
            nkidl_error(idl, expr->loc, NULL, "'%s' is a type, not a constant", expr->name);
            return false;
        }
        resolve_decl(idl, decl);
        if (decl->is_bad)
            return false;
        *value = decl->negative ? (wide)(int64_t)decl->value : (wide)decl->value;
        return true;
    case EXPR_NEGATE:
        if (!evaluate(idl, package, expr->left, value))
            return false;
        *value = -*value;
        return true;
    default:
        break;
    }
    if (!evaluate(idl, package, expr->left, &left) || !evaluate(idl, package, expr->right, &right))
        return false;
    if (operate(expr->kind, left, right, value))
        return true;
    nkidl_error(idl, expr->loc, "values have at most 64 bits; shifts go from 0 to 63, exponents "
                "are not negative", "the value of this expression is out of range");
    return false;
}

/* Types */

const struct nkidl_type *nkidl_base(const struct nkidl_type *type)
{
    while (type->kind == NKIDL_NAMED && type->decl && type->decl->kind == NKIDL_TYPEDEF)
        type = type->decl->type;
    return type;
}

bool nkidl_is_handle_word(const struct nkidl_type *type)
{
    for (; type->kind == NKIDL_NAMED && type->decl && type->decl->kind == NKIDL_TYPEDEF;
         type = type->decl->type) {
        if (!strcmp(type->decl->name, "HandleWord") &&
            !strcmp(type->decl->package->name, "kl.core.Types"))
            return true;
    }
    return false;
}

static uint64_t add_capped(uint64_t a, uint64_t b)
{
    return a + b < a ? UINT64_MAX : a + b;
}

static uint64_t multiply_capped(uint64_t a, uint64_t b)
{
    uint64_t product;

    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static bool resolve_count(struct nkidl *idl, const struct nkidl_package *package,
                          struct nkidl_type *type)
{
    wide value;

    if (!evaluate(idl, package, type->count_expr, &value))
        return false;
    if (value < 1 || value > COUNT_MAX - 1) {
        nkidl_error(idl, type->count_expr->loc, "sizes go from 1 to 4294967294",
                    "the size is out of range");
        return false;
    }
    type->count = (uint32_t)value;
    return true;
}

static void resolve_type(struct nkidl *idl, const struct nkidl_package *package,
                         struct nkidl_type *type);

static void resolve_elements(struct nkidl *idl, const struct nkidl_package *package,
                             struct nkidl_type *type)
{
    const struct nkidl_type *elem = type->elem;
    uint64_t size;

    resolve_type(idl, package, type->elem);
    type->parts = elem->parts + 1;
    if (!resolve_count(idl, package, type) || !elem->size)
        return;
    size = multiply_capped(elem->size, type->count);
    if (type->kind == NKIDL_ARRAY) {
        if (size > SIZE_LIMIT) {
            nkidl_error(idl, type->loc, "nothing is larger than an arena, 16 MiB",
                        "the array is too large");
            return;
        }
        type->size = (uint32_t)size;
        type->align = elem->align;
        type->arena = multiply_capped(elem->arena, type->count);
        type->has_handles = elem->has_handles;
        return;
    }
    if (elem->has_handles)
        nkidl_error(idl, type->loc, "handles stand in the constant part only: use an array, or "
                    "parameters of their own", "a sequence cannot hold handles");
    type->size = 8;
    type->align = 4;
    type->arena = add_capped(add_capped(size, elem->align - 1),
                             multiply_capped(elem->arena, type->count));
}

static void resolve_named(struct nkidl *idl, const struct nkidl_package *package,
                          struct nkidl_type *type)
{
    struct nkidl_decl *decl = find_decl(idl, package, type->name, type->loc, "type");

    if (!decl)
        return;
    if (decl->kind == NKIDL_CONST) {
        nkidl_error(idl, type->loc, NULL, "'%s' is a constant, not a type", type->name);
        return;
    }
    if (decl->state == RESOLVING) {
        nkidl_error(idl, type->loc, "a type cannot contain itself", "'%s' needs itself",
                    type->name);
        return;
    }
    resolve_decl(idl, decl);
    type->decl = decl;
    if (decl->kind == NKIDL_TYPEDEF) {
        type->size = decl->type->size;
        type->align = decl->type->align;
        type->arena = decl->type->arena;
        type->has_handles = decl->type->has_handles;
        type->parts = decl->type->parts;
        return;
    }
    type->parts = decl->parts + 1;
    type->size = decl->size;
    type->align = decl->align;
    type->arena = decl->arena;
    type->has_handles = decl->has_handles;
}

static void resolve_type(struct nkidl *idl, const struct nkidl_package *package,
                         struct nkidl_type *type)
{
    if (type->resolved)
        return;
    type->resolved = true;
    type->parts = 1;
    switch (type->kind) {
    case NKIDL_UINT8:
    case NKIDL_SINT8:
        type->size = type->align = 1;
        break;
    case NKIDL_UINT16:
    case NKIDL_SINT16:
        type->size = type->align = 2;
        break;
    case NKIDL_UINT32:
    case NKIDL_SINT32:
        type->size = type->align = 4;
        break;
    case NKIDL_UINT64:
    case NKIDL_SINT64:
        type->size = type->align = 8;
        break;
    case NKIDL_HANDLE:
        type->size = 16;
        type->align = 8;
        type->has_handles = true;
        break;
    case NKIDL_BYTES:
    case NKIDL_STRING:
        if (!resolve_count(idl, package, type))
            break;
        type->size = 8;
        type->align = 4;
        type->arena = (uint64_t)type->count + (type->kind == NKIDL_STRING);
        break;
    case NKIDL_ARRAY:
    case NKIDL_SEQUENCE:
        resolve_elements(idl, package, type);
        break;
    case NKIDL_NAMED:
        resolve_named(idl, package, type);
        break;
    }
}

/* Declarations */

static void resolve_const(struct nkidl *idl, struct nkidl_decl *decl)
{
    const struct nkidl_type *base;
    wide value, low, high;
    unsigned bits;

    resolve_type(idl, decl->package, decl->type);
    if (!decl->type->size || !evaluate(idl, decl->package, decl->expr, &value))
        return;
    base = nkidl_base(decl->type);
    if (base->kind > NKIDL_SINT64) {
        nkidl_error(idl, decl->type->loc, "constants have an integer type",
                    "the type of '%s' is not an integer", decl->name);
        return;
    }
    bits = base->size * 8;
    low = base->kind >= NKIDL_SINT8 ? -((wide)1 << (bits - 1)) : 0;
    high = ((wide)1 << (base->kind >= NKIDL_SINT8 ? bits - 1 : bits)) - 1;
    if (value < low || value > high) {
        nkidl_error(idl, decl->expr->loc, NULL, "the value does not fit the type of '%s'",
                    decl->name);
        return;
    }
    decl->value = (uint64_t)value;
    decl->negative = value < 0;
    decl->is_bad = false;
}

static uint64_t align_up(uint64_t offset, uint32_t align)
{
    return (offset + align - 1) / align * align;
}

static void check_large(struct nkidl *idl, const struct nkidl_decl *decl, uint64_t size)
{
    if (size > SIZE_LIMIT)
        nkidl_error(idl, decl->loc, "nothing is larger than an arena, 16 MiB",
                    "'%s' is too large", decl->name);
}

/* Everything that walks a type part by part stays within bounds. */
static bool add_parts(struct nkidl *idl, struct nkidl_decl *decl, const struct nkidl_type *type)
{
    decl->parts += type->parts;
    if (decl->parts <= NODES_MAX)
        return true;
    nkidl_error(idl, decl->loc, "use arrays or sequences instead of many fields",
                "'%s' has more than %u parts", decl->name, NODES_MAX);
    return false;
}

static void resolve_struct(struct nkidl *idl, struct nkidl_decl *decl)
{
    uint64_t size = 0;

    decl->align = 1;
    for (struct nkidl_field *field = decl->fields; field; field = field->next) {
        const struct nkidl_type *type = field->type;

        resolve_type(idl, decl->package, field->type);
        if (!type->size)
            return;
        size = align_up(size, type->align);
        field->offset = (uint32_t)size;
        size += type->size;
        if (type->align > decl->align)
            decl->align = type->align;
        decl->arena = add_capped(decl->arena, type->arena);
        decl->has_handles |= type->has_handles;
        check_large(idl, decl, size);
        if (size > SIZE_LIMIT || !add_parts(idl, decl, type))
            return;
    }
    decl->size = (uint32_t)align_up(size, decl->align);
}

static void resolve_union(struct nkidl *idl, struct nkidl_decl *decl)
{
    uint32_t size = 0;

    decl->align = 4;
    for (struct nkidl_field *field = decl->fields; field; field = field->next) {
        const struct nkidl_type *type = field->type;

        resolve_type(idl, decl->package, field->type);
        if (!type->size)
            return;
        if (type->has_handles)
            nkidl_error(idl, field->loc, "a handle's place must not depend on a tag: use a struct",
                        "a union cannot hold handles");
        if (!add_parts(idl, decl, type))
            return;
        if (type->size > size)
            size = type->size;
        if (type->align > decl->align)
            decl->align = type->align;
        if (type->arena > decl->arena)
            decl->arena = type->arena;
    }
    decl->body = (uint32_t)align_up(4, decl->align);
    decl->size = (uint32_t)align_up((uint64_t)decl->body + size, decl->align);
    for (struct nkidl_field *field = decl->fields; field; field = field->next)
        field->offset = decl->body;
}

static void append_ordered(struct nkidl_decl *decl)
{
    struct nkidl_package *package = (struct nkidl_package *)decl->package;
    struct nkidl_decl **end = &package->ordered;

    while (*end)
        end = &(*end)->ordered;
    *end = decl;
}

static void resolve_decl(struct nkidl *idl, struct nkidl_decl *decl)
{
    if (decl->state == RESOLVED)
        return;
    if (decl->state == RESOLVING) {
        nkidl_error(idl, decl->loc, "a constant cannot be defined by itself", "'%s' needs itself",
                    decl->name);
        return;
    }
    decl->state = RESOLVING;
    decl->is_bad = decl->kind == NKIDL_CONST; /* until it has its value */
    if (++idl->depth > DEPTH_MAX) {
        nkidl_error(idl, decl->loc, NULL, "'%s' is needed by more than %u declarations inside each "
                    "other", decl->name, DEPTH_MAX);
        idl->depth--;
        decl->state = RESOLVED;
        return;
    }
    switch (decl->kind) {
    case NKIDL_CONST:
        resolve_const(idl, decl);
        break;
    case NKIDL_TYPEDEF:
        resolve_type(idl, decl->package, decl->type);
        break;
    case NKIDL_STRUCT:
        resolve_struct(idl, decl);
        break;
    case NKIDL_UNION:
        resolve_union(idl, decl);
        break;
    }
    idl->depth--;
    decl->state = RESOLVED;
    append_ordered(decl);
}

/* Packages */

/* Follows imports depth first; a package met again on the way down closes a cycle. */
static bool import_cycle(struct nkidl *idl, struct nkidl_package *package)
{
    bool cycle = false;

    package->state = RESOLVING;
    for (struct nkidl_import *import = package->imports; import && !cycle; import = import->next) {
        if (import->package->state == RESOLVING) {
            nkidl_error(idl, import->loc, "move what both need into a package of its own",
                        "'%s' imports itself through '%s'", import->package->name,
                        package->name);
            cycle = true;
        } else if (import->package->state == UNRESOLVED) {
            cycle = import_cycle(idl, import->package);
        }
    }
    package->state = RESOLVED;
    return cycle;
}

void resolve_package(struct nkidl *idl, struct nkidl_package *package)
{
    check_package_names(idl, package);
    if (package->state == UNRESOLVED && import_cycle(idl, package))
        return;
    for (struct nkidl_decl *decl = package->decls; decl; decl = decl->next)
        resolve_decl(idl, decl);
    for (struct nkidl_method *method = package->methods; method; method = method->next) {
        for (struct nkidl_field *param = method->params; param; param = param->next)
            resolve_type(idl, package, param->type);
    }
}
