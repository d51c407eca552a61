/*
 * occasions.c: everything that can happen between the classes of a policy.
 */
#include <stdlib.h>

#include "world.h"

const char *const world_texts[WORLD_TEXTS] = {"a",   "b",  "ab",  "ba",  "open",
                                              "aab", "on", "off", "a b", "LOW"};

static void add(struct world *w, struct psl_occasion *o, const struct nkidl_package *interface)
{
    for (o->method = interface->methods; o->method; o->method = o->method->next) {
        if (w->n == w->capacity) {
            w->capacity = w->capacity ? 2 * w->capacity : 1024;
            w->occasions = realloc(w->occasions, w->capacity * sizeof(*w->occasions));
            if (!w->occasions)
                abort();
        }
        w->occasions[w->n++] = *o;
    }
}

/* All messages of one kind of `src` to `dst`. */
static void add_pair(struct world *w, enum psl_event event, const struct psl_class *src,
                     const struct psl_class *dst)
{
    const struct psl_class *server = event == PSL_REQUEST ? dst : src;
    struct psl_occasion o = {.event = event, .src = src, .dst = dst};

    for (unsigned i = 0; i < server->component->nendpoints; i++) {
        o.row = &server->endpoints[i];
        add(w, &o, o.row->endpoint->interface);
    }
}

void list_occasions(struct world *w, const struct psl_policy *p)
{
    w->n = 0;
    for (unsigned s = 0; s < p->nclasses; s++) {
        struct psl_occasion o = {.src = p->classes[s]};

        for (unsigned d = 0; d < p->nclasses; d++) {
            o.event = PSL_EXECUTE;
            o.dst = p->classes[d];
            add(w, &o, p->execute);
            for (int e = PSL_REQUEST; e <= PSL_ERROR; e++)
                add_pair(w, (enum psl_event)e, o.src, o.dst);
        }
        o.event = PSL_SECURITY;
        o.dst = NULL;
        for (unsigned i = 0; i < o.src->component->nsecurity; i++) {
            o.guard = &o.src->guards[i];
            add(w, &o, o.guard->interface);
        }
    }
}
