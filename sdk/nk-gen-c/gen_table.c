/*
 * gen_table.c: the endpoints of a process class as text: a line a class, then a line an endpoint:
 * RIID, qualified name, interface, component class (or "-" for the class's own endpoints), name.
 */
#include "gen.h"

void gen_table(struct gen *g, const struct nkidl_component *component)
{
    const struct nkidl_flat *rows = nkidl_flatten(g->idl, component);

    put(g, "class %s\n", component->name);
    for (unsigned i = 0; i < component->nendpoints; i++)
        put(g, "%u %s %s %s %s\n", rows[i].riid, rows[i].name, rows[i].endpoint->interface_name,
            rows[i].owner == component ? "-" : rows[i].owner->name, rows[i].endpoint->name);
}
