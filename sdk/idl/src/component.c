/*
 * component.c: component and process classes: numbering of endpoints.
 *
 * RIIDs: the class's own endpoints from 0 in order, then the endpoints of its instances in order,
 * numbered in each the same way.
 */
#include <string.h>

#include "internal.h"

enum { UNRESOLVED, RESOLVING, RESOLVED };

static void check_sections(struct nkidl *idl, const struct nkidl_component *component)
{
    if (component->kind == NKIDL_CDL && !component->has_section && !component->security_name)
        nkidl_error(idl, component->loc,
                    "add 'endpoints { name : a.b.Interface }' or 'components { name : a.b.Class }'",
                    "component '%s' has no section", component->name);
}

/* The security module is asked, it has nothing to answer but its decision. */
static void check_security(struct nkidl *idl, const struct nkidl_component *component)
{
    const struct nkidl_package *security = component->security;

    for (const struct nkidl_method *m = security ? security->methods : NULL; m; m = m->next) {
        for (const struct nkidl_field *p = m->params; p; p = p->next) {
            if (p->direction != NKIDL_IN) {
                nkidl_error(idl, component->security_loc,
                            "methods of a security interface have 'in' parameters only",
                            "'%s' cannot be a security interface", security->name);
                nkidl_note(idl, p->loc, "because of this parameter");
                return;
            }
        }
    }
}

static void number_endpoints(struct nkidl *idl, struct nkidl_component *component)
{
    uint64_t riid = 0, instances = 0;

    for (struct nkidl_endpoint *e = component->endpoints; e; e = e->next)
        riid++;
    component->nown = (unsigned)riid;
    component->nsecurity = component->security != NULL;
    for (struct nkidl_instance *i = component->instances; i; i = i->next) {
        i->riid_offset = (uint32_t)riid;
        riid += i->component->nendpoints;
        component->nsecurity += i->component->nsecurity;
        instances += 1 + (uint64_t)i->component->ninstances;
        if (riid >= 0xffff || instances > INSTANCES_MAX) {
            nkidl_error(idl, i->loc, NULL, "'%s' has more than 65534 %s", component->name,
                        riid >= 0xffff ? "endpoints" : "component instances");
            return;
        }
    }
    component->ninstances = (unsigned)instances;
    component->nendpoints = (unsigned)riid;
}

void resolve_component(struct nkidl *idl, struct nkidl_component *component)
{
    if (component->state == RESOLVED)
        return;
    component->state = RESOLVING;
    check_component_names(idl, component);
    check_sections(idl, component);
    check_security(idl, component);
    for (struct nkidl_instance *i = component->instances; i; i = i->next) {
        if (i->component->state == RESOLVING) {
            nkidl_error(idl, i->component_loc, "a component cannot contain itself",
                        "'%s' is inside itself", i->component_name);
            break;
        }
        if (component->kind == NKIDL_EDL && !strcmp(component->name, i->component_name)) {
            nkidl_error(idl, i->component_loc, "give one of the two another name",
                        "the process class and its component have the same name");
            break;
        }
        resolve_component(idl, i->component);
    }
    if (!idl->errors)
        number_endpoints(idl, component);
    component->state = RESOLVED;
}

static void flatten(struct nkidl *idl, const struct nkidl_component *component,
                    const char *instance, struct nkidl_flat *rows, unsigned riid)
{
    const char *dot = *instance ? "." : "";

    for (const struct nkidl_endpoint *e = component->endpoints; e; e = e->next, riid++)
        rows[riid] = (struct nkidl_flat){
            .riid = riid,
            .name = nkidl_format(idl, "%s%s%s", instance, dot, e->name),
            .instance = instance,
            .owner = component,
            .endpoint = e,
        };
    for (const struct nkidl_instance *i = component->instances; i; i = i->next) {
        flatten(idl, i->component, nkidl_format(idl, "%s%s%s", instance, dot, i->name), rows, riid);
        riid += i->component->nendpoints;
    }
}

static unsigned collect_guards(struct nkidl *idl, const struct nkidl_component *component,
                               const char *instance, struct nkidl_guard *rows, unsigned number)
{
    if (component->security) {
        rows[number] = (struct nkidl_guard){number, instance, component->security};
        number++;
    }
    for (const struct nkidl_instance *i = component->instances; i; i = i->next)
        number = collect_guards(idl, i->component,
                                nkidl_format(idl, "%s%s%s", instance, *instance ? "." : "",
                                             i->name), rows, number);
    return number;
}

const struct nkidl_guard *nkidl_guards(struct nkidl *idl, const struct nkidl_component *component)
{
    struct nkidl_guard *rows = nkidl_alloc(idl, (component->nsecurity + 1) * sizeof(*rows));

    collect_guards(idl, component, "", rows, 0);
    return rows;
}

const struct nkidl_flat *nkidl_flatten(struct nkidl *idl, const struct nkidl_component *component)
{
    struct nkidl_flat *rows = nkidl_alloc(idl, (component->nendpoints + 1) * sizeof(*rows));

    flatten(idl, component, "", rows, 0);
    return rows;
}
