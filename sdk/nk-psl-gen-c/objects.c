/*
 * objects.c: the state and the configuration of policy objects.
 */
#include <inttypes.h>

#include "psl_gen.h"

static void put_names(struct psl_gen *g, const char *what, unsigned number,
                      const struct psl_expr **list, unsigned n)
{
    put_text(g, "static const struct rules_text %s_%u[] = {\n", what, number);
    for (unsigned i = 0; i < n; i++)
        put_text(g, "    {(const uint8_t *)%s, %zu},\n", c_string(g, list[i]->text, list[i]->size),
                 list[i]->size);
    put_text(g, "};\n");
}

static void put_flow(struct psl_gen *g, const struct psl_object *o)
{
    const struct psl_flow *f = &o->flow;

    put_names(g, "states", o->number, f->states, f->nstates);
    put_text(g, "static const uint8_t transitions_%u[] = {", o->number);
    for (unsigned i = 0; i < f->nstates * f->nstates; i++)
        put_text(g, "%s%u,", i % f->nstates ? "" : "\n    ", f->transitions[i]);
    put_text(
        g,
        "\n};\nstatic const struct rules_flow flow_%u = {%d, %u, %u, transitions_%u, states_%u};\n",
        o->number, o->slot, f->nstates, f->initial, o->number, o->number);
}

/* Twice as many buckets as entries, a power of two. */
static unsigned buckets(uint32_t set_size)
{
    unsigned n = 1;

    while (n < set_size)
        n *= 2;
    return n;
}

static void put_hashset(struct psl_gen *g, const struct psl_object *o)
{
    const struct psl_hashset *h = &o->hashset;
    unsigned nbuckets = buckets(h->set_size), words = h->entry->words;
    uint64_t stride = 4 + 2 * (uint64_t)nbuckets + (uint64_t)h->set_size * (1 + words);

    put_text(g, "static uint64_t items_%u[%" PRIu64 "];\nstatic struct rules_pool pool_%u;\n",
             o->number, stride * h->pool_size, o->number);
    put_text(g, "static const struct rules_set set_%u = {%d, %u, %u, %u, %u, %" PRIu64
             ", items_%u, &pool_%u};\n", o->number, o->slot, (unsigned)h->set_size,
             (unsigned)h->pool_size, nbuckets, words, stride, o->number, o->number);
}

static void put_staticmap(struct psl_gen *g, const struct psl_object *o)
{
    const struct psl_staticmap *m = &o->staticmap;
    uint64_t stride = 1 + 2 * (uint64_t)m->nkeys;

    put_names(g, "keys", o->number, m->keys, m->nkeys);
    put_text(g, "static const uint64_t defaults_%u[] = {", o->number);
    for (unsigned i = 0; i < m->nkeys; i++)
        put_text(g, "0x%" PRIx64 "ull, ", m->defaults[i]->number);
    put_text(g, "};\nstatic uint64_t items_%u[%" PRIu64 "];\nstatic struct rules_pool pool_%u;\n",
             o->number, stride * m->pool_size, o->number);
    put_text(g, "static const struct rules_map map_%u = {%d, %u, %u, %" PRIu64
             ", defaults_%u, keys_%u, items_%u, &pool_%u};\n", o->number, o->slot, m->nkeys,
             (unsigned)m->pool_size, stride, o->number, o->number, o->number, o->number);
}

void put_objects(struct psl_gen *g)
{
    g->out = g->tables;
    for (const struct psl_object *o = g->policy->objects; o; o = o->next) {
        if (o->model == PSL_FLOW)
            put_flow(g, o);
        else if (o->model == PSL_HASHSET)
            put_hashset(g, o);
        else if (o->model == PSL_STATICMAP)
            put_staticmap(g, o);
    }
}

/* What is kept of an object that is gone. */
void put_forget(struct psl_gen *g)
{
    put_text(g, "\nstatic void forget(uint32_t *slots)\n{\n");
    if (g->policy->nslots)
        put_text(g, "    struct ksm_subject s = {.sid = 1, .slots = slots};\n");
    else
        put_text(g, "    (void)slots;\n");
    for (const struct psl_object *o = g->policy->objects; o; o = o->next) {
        if (o->model == PSL_HASHSET)
            put_text(g, "    rules_nwrites = 0;\n    (void)rules_set_fini(&set_%u, &s);\n",
                     o->number);
        else if (o->model == PSL_STATICMAP)
            put_text(g, "    rules_nwrites = 0;\n    (void)rules_map_fini(&map_%u, &s);\n",
                     o->number);
    }
    if (g->policy->nslots)
        put_text(g, "    for (uint32_t i = 0; i < %u; i++)\n        s.slots[i] = 0;\n",
                 g->policy->nslots);
    put_text(g, "}\n");
}
