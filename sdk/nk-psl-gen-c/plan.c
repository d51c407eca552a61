/*
 * plan.c: which rules decide which event.
 *
 * For a pair of classes the leaves that its classes leave are selected once; for each method those
 * that match it make a program: a list of rules, interned. A program of grants alone is a constant
 * grant, one without rules or with a constant denial a constant denial; any other becomes a
 * function. The programs of all methods of a server make a row, the rows of a source a list by
 * destination; both are interned, so that tables grow with what differs.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "psl_gen.h"

enum { PROGRAM_DENY, PROGRAM_GRANT, PROGRAM_FIRST, TABLE_BITS = 14 };

/* ---- interned lists of numbers ---- */

struct list {
    struct list *next;
    unsigned number, n;
    uint32_t *items;
};
struct lists {
    struct list *buckets[1 << TABLE_BITS];
    unsigned n;
};

static unsigned hash_of(const uint32_t *items, unsigned n)
{
    uint64_t hash = n;

    for (unsigned i = 0; i < n; i++)
        hash = (hash ^ items[i]) * 0x9e3779b97f4a7c15ull;
    return (unsigned)(hash >> (64 - TABLE_BITS));
}

static struct list *intern(struct psl_gen *g, struct lists *lists, const uint32_t *items,
                           unsigned n, bool *is_new)
{
    struct list **bucket = &lists->buckets[hash_of(items, n)], *list;

    *is_new = false;
    for (list = *bucket; list; list = list->next) {
        if (list->n == n && !memcmp(list->items, items, n * sizeof(*items)))
            return list;
    }
    list = nkidl_alloc(g->idl, sizeof(*list));
    list->number = lists->n++;
    list->n = n;
    list->items = nkidl_alloc(g->idl, n * sizeof(*items));
    memcpy(list->items, items, n * sizeof(*items));
    list->next = *bucket;
    *bucket = list;
    *is_new = true;
    return list;
}

/* ---- the plan ---- */

/* A leaf on one kind of message. */
struct instance {
    struct instance *next; /* of the same leaf */
    const struct nkidl_message *message;
    uint64_t matches; /* of the match blocks inside a choice */
    unsigned number;
    struct rule_info info;
};

struct leaf {
    const struct psl_leaf *leaf;
    const struct psl_class *src, *dst; /* null: any */
    bool is_never;                     /* selectors contradict each other */
    bool reads;                        /* the message */
    bool has_matches;                  /* match blocks inside a choice */
    struct instance *instances;
};

struct plan {
    struct psl_gen *g;
    struct psl_policy *policy;
    struct leaf *leaves;
    uint32_t *by_event[PSL_EVENTS]; /* numbers of leaves */
    unsigned nby_event[PSL_EVENTS];
    unsigned ninstances;
    struct lists programs, rows, pairs, selections;
    uint32_t *program_ids; /* of an interned list of instances */
    unsigned nprogram_ids, nprograms;
    FILE *functions;      /* programs */
    /* A digit for each program: what it is; has it a plain function? */
    char *kinds, *plain;
    size_t kinds_size, plain_size;
    FILE *kinds_stream, *plain_stream;
    uint32_t *selected; /* leaves of the pair at hand */
    unsigned nselected;
    struct instance **at_hand; /* instances of the method at hand */
    uint32_t *list;            /* and their numbers */
    uint64_t journal, walks; /* the most of any program */
    bool failed;
    uint32_t row_of_selection[1 << 16];
};

static bool has_matches(const struct psl_action *actions)
{
    for (const struct psl_action *a = actions; a; a = a->next) {
        if (a->kind == PSL_MATCH)
            return true;
        for (const struct psl_branch *b = a->branches; b; b = b->next) {
            if (has_matches(b->actions))
                return true;
        }
    }
    return false;
}

static void prepare_leaves(struct plan *p)
{
    for (unsigned i = 0; i < p->policy->nleaves; i++) {
        struct leaf *l = &p->leaves[i];

        l->leaf = &p->policy->leaves[i];
        for (const struct psl_block *b = l->leaf->block; b; b = b->parent) {
            l->is_never = l->is_never || (l->src && b->src && b->src != l->src) ||
                          (l->dst && b->dst && b->dst != l->dst);
            l->src = b->src ? b->src : l->src;
            l->dst = b->dst ? b->dst : l->dst;
        }
        l->reads = psl_action_reads_message(l->leaf->action);
        for (const struct psl_branch *b = l->leaf->action->branches; b; b = b->next)
            l->has_matches = l->has_matches || has_matches(b->actions);
        if (!l->is_never)
            p->by_event[l->leaf->event][p->nby_event[l->leaf->event]++] = i;
    }
}

/* Which match blocks inside a choice match, in the order of the source. */
static void note_matches(struct plan *p, const struct psl_action *actions,
                         const struct psl_occasion *o, uint64_t *bits, unsigned *n)
{
    for (const struct psl_action *a = actions; a; a = a->next) {
        if (a->kind == PSL_MATCH) {
            if (*n == CHOICE_MATCHES_MAX) {
                nkidl_error(p->g->idl, a->loc, "move some of them out",
                            "more than %d match blocks inside one choice", CHOICE_MATCHES_MAX);
                p->failed = true;
                return;
            }
            *bits |= (uint64_t)psl_block_matches(a->match, o) << (*n)++;
            note_matches(p, a->match->actions, o, bits, n);
        }
        for (const struct psl_branch *b = a->branches; b; b = b->next)
            note_matches(p, b->actions, o, bits, n);
    }
}

static struct instance *instance_of(struct plan *p, struct leaf *l, const struct psl_occasion *o)
{
    const struct nkidl_message *message = l->reads ? psl_message(o) : NULL;
    struct instance *i;
    uint64_t bits = 0;
    unsigned n = 0;

    for (const struct psl_branch *b = l->leaf->action->branches; b && l->has_matches; b = b->next)
        note_matches(p, b->actions, o, &bits, &n);
    for (i = l->instances; i; i = i->next) {
        if (i->message == message && i->matches == bits)
            return i;
    }
    i = nkidl_alloc(p->g->idl, sizeof(*i));
    i->message = message;
    i->matches = bits;
    i->number = p->ninstances++;
    if (!put_rule(p->g, l->leaf, o, i->number, &i->info))
        p->failed = true;
    i->next = l->instances;
    l->instances = i;
    return i;
}

/* ---- programs ---- */

static void check_budget(struct plan *p, struct instance **list, unsigned n,
                         const struct psl_leaf *last, const struct psl_occasion *o)
{
    uint64_t bytes = 0, writes = 0, walks = 0;

    for (unsigned i = 0; i < n; i++) {
        walks += list[i]->info.walks;
        bytes += list[i]->info.bytes;
        writes += list[i]->info.writes;
    }
    if (writes > p->journal)
        p->journal = writes;
    if (walks > p->walks)
        p->walks = walks;
    if (bytes > ARENA_BUDGET && !p->failed) {
        nkidl_error(p->g->idl, last->action->loc,
                    "bound the parameters in the interface, or read less of them",
                    "the rules of %s read up to %" PRIu64 " bytes of its arena; %d are possible",
                    o->method->name, bytes, ARENA_BUDGET);
        p->failed = true;
    }
}

/* The program as a function of a message without handles and arena. */
static void put_plain(struct plan *p, bool writes, bool is_heard)
{
    const char *can = nkidl_format(p->g->idl, "%s, %s", writes ? "true" : "false",
                                   is_heard ? "true" : "false");

    fprintf(p->functions,
            "\nstatic unsigned plain_%u(const void *message, const struct ksm_subject *source,\n"
            "                         const struct ksm_subject *target)\n{\n"
            "    const struct ksm_query q = {.message = message, .source = source, "
            ".target = target};\n"
            "    rules_plain_begin(%s);\n    return rules_plain_end(program_%u(&q), %s);\n}\n",
            p->nprograms, can, p->nprograms, can);
}

static void put_program(struct plan *p, struct instance **list, unsigned n)
{
    bool reads_arena = false, must_count = true, writes = false, is_heard = false;
    bool walks = false, is_plain;
    uint32_t heard = 0;

    for (unsigned i = 0; i < n; i++) {
        reads_arena = reads_arena || list[i]->info.reads_arena;
        must_count = must_count && list[i]->info.may_be_nothing;
        writes = writes || list[i]->info.writes;
        is_heard = is_heard || list[i]->info.is_heard;
        walks = walks || list[i]->info.walks;
        if (list[i]->info.kind == RULE_GRANTS)
            heard |= list[i]->info.heard;
    }
    fprintf(p->kinds_stream, "%d", reads_arena ? 1 : 0);
    fprintf(p->functions,
            "\nstatic const struct rules_why *program_%u(const struct ksm_query *q)\n{\n"
            "    const struct rules_why *w;\n",
            p->nprograms);
    if (must_count)
        fprintf(p->functions, "    bool ran = false;\n");
    if (heard)
        fprintf(p->functions, "    rules_heard |= 0x%xu;\n", heard);
    for (unsigned i = 0; i < n; i++) {
        if (list[i]->info.kind != RULE_RUNS)
            continue;
        fprintf(p->functions, "    w = rule_%u(q);\n", list[i]->number);
        fprintf(p->functions, list[i]->info.may_be_nothing ? "    if (w && w != &rules_nothing)\n"
                                                           : "    if (w)\n");
        fprintf(p->functions, "        return w;\n");
        if (must_count)
            fprintf(p->functions, "    ran = ran || !w;\n");
    }
    fprintf(p->functions, "    (void)q;\n    (void)w;\n");
    if (must_count)
        fprintf(p->functions, "    return ran ? 0 : &why_%u;\n}\n", list[0]->info.why);
    else
        fprintf(p->functions, "    return 0;\n}\n");
    is_plain = !reads_arena && !walks;
    fprintf(p->plain_stream, "%d", is_plain);
    if (is_plain)
        put_plain(p, writes, is_heard || heard);
    p->nprograms++;
}

/* A constant denial of which a rule is the reason. */
static uint32_t put_denial(struct plan *p, const struct instance *of)
{
    fprintf(p->kinds_stream, "2");
    fprintf(p->plain_stream, "0");
    fprintf(p->functions,
            "\nstatic const struct rules_why *program_%u(const struct ksm_query *q)\n{\n"
            "    (void)q;\n    return &why_%u;\n}\n",
            p->nprograms, of->info.why);
    return PROGRAM_FIRST + p->nprograms++;
}

static uint32_t classify(struct plan *p, struct instance **list, unsigned n)
{
    bool is_grant = n > 0;

    for (unsigned i = 0; i < n; i++) {
        if (list[i]->info.kind == RULE_DENIES)
            return put_denial(p, list[i]);
        is_grant = is_grant && list[i]->info.kind == RULE_GRANTS && !list[i]->info.heard;
    }
    if (is_grant || n == 0)
        return is_grant ? PROGRAM_GRANT : PROGRAM_DENY;
    put_program(p, list, n);
    return PROGRAM_FIRST + p->nprograms - 1;
}

/* The program of an occasion, of the leaves selected for its classes. */
static uint32_t program_of(struct plan *p, const struct psl_occasion *o)
{
    struct instance **list = p->at_hand;
    const struct psl_leaf *last = NULL;
    struct list *interned;
    unsigned n = 0;
    bool is_new;

    for (unsigned i = 0; i < p->nselected && !p->failed; i++) {
        struct leaf *l = &p->leaves[p->selected[i]];

        if (!psl_matches(l->leaf->block, o))
            continue;
        last = l->leaf;
        list[n] = instance_of(p, l, o);
        p->list[n] = list[n]->number;
        n++;
    }
    if (p->failed || n == 0)
        return PROGRAM_DENY;
    check_budget(p, list, n, last, o);
    interned = intern(p->g, &p->programs, p->list, n, &is_new);
    if (is_new) {
        if (p->nprogram_ids <= interned->number) {
            unsigned wanted = 2 * interned->number + 256;
            uint32_t *bigger = nkidl_alloc(p->g->idl, wanted * sizeof(*bigger));

            if (p->nprogram_ids)
                memcpy(bigger, p->program_ids, p->nprogram_ids * sizeof(*bigger));
            p->program_ids = bigger;
            p->nprogram_ids = wanted;
        }
        p->program_ids[interned->number] = classify(p, list, n);
        if (p->nprograms > 0xfff0) {
            nkidl_error(p->g->idl, last->action->loc, NULL, "the policy has too many programs");
            p->failed = true;
        }
    }
    return p->program_ids[interned->number];
}

/* ---- rows and pairs ---- */

static void select_leaves(struct plan *p, enum psl_event event, const struct psl_class *src,
                          const struct psl_class *dst)
{
    p->nselected = 0;
    for (unsigned i = 0; i < p->nby_event[event]; i++) {
        uint32_t n = p->by_event[event][i];
        const struct leaf *l = &p->leaves[n];

        if ((!l->src || l->src == src) && (!l->dst || l->dst == dst || !dst))
            p->selected[p->nselected++] = n;
    }
}

static unsigned row_methods(struct plan *p, struct psl_occasion *o, const struct nkidl_package *i,
                            uint32_t *row, unsigned n)
{
    for (o->method = i->methods; o->method; o->method = o->method->next)
        row[n++] = program_of(p, o);
    return n;
}

static unsigned method_count(const struct psl_class *class, bool is_guard)
{
    unsigned n = 0;

    for (unsigned i = 0; is_guard && i < class->component->nsecurity; i++)
        n += class->guards[i].interface->nmethods;
    for (unsigned i = 0; !is_guard && i < class->component->nendpoints; i++)
        n += class->endpoints[i].endpoint->interface->nmethods;
    return n;
}

static uint32_t make_row(struct plan *p, struct psl_occasion *o, const struct psl_class *server)
{
    bool is_guard = o->event == PSL_SECURITY, is_new;
    uint32_t *row = nkidl_alloc(p->g->idl, (method_count(server, is_guard) + 1) * sizeof(*row));
    unsigned n = 0;

    o->row = NULL;
    o->guard = NULL;
    for (unsigned i = 0; is_guard && i < server->component->nsecurity; i++) {
        o->guard = &server->guards[i];
        n = row_methods(p, o, o->guard->interface, row, n);
    }
    for (unsigned i = 0; !is_guard && i < server->component->nendpoints; i++) {
        o->row = &server->endpoints[i];
        n = row_methods(p, o, o->row->endpoint->interface, row, n);
    }
    return intern(p->g, &p->rows, row, n, &is_new)->number;
}

/* The same leaves on the same server make the same row, unless a choice looks at the classes
 * itself. */
static uint32_t row_of(struct plan *p, struct psl_occasion *o)
{
    const struct psl_class *server = o->event == PSL_REQUEST ? o->dst : o->src;
    bool is_new, depends = false;
    struct list *selection;
    unsigned n = p->nselected;

    for (unsigned i = 0; i < n; i++)
        depends = depends || p->leaves[p->selected[i]].has_matches;
    p->selected[n] = server->number;
    p->selected[n + 1] = (uint32_t)o->event;
    p->selected[n + 2] = depends ? o->src->number : 0;
    p->selected[n + 3] = depends && o->dst ? o->dst->number : 0;
    selection = intern(p->g, &p->selections, p->selected, n + 4, &is_new);
    if (selection->number >= sizeof(p->row_of_selection) / sizeof(p->row_of_selection[0]))
        return make_row(p, o, server);
    if (is_new)
        p->row_of_selection[selection->number] = make_row(p, o, server);
    return p->row_of_selection[selection->number];
}

/* The list of an event and a source, by destination. */
static unsigned pairs_of(struct plan *p, enum psl_event event, const struct psl_class *src)
{
    unsigned n = event == PSL_SECURITY ? 1 : p->policy->nclasses;
    uint32_t *pairs = nkidl_alloc(p->g->idl, n * sizeof(*pairs));
    bool is_new;

    for (unsigned i = 0; i < n && !p->failed; i++) {
        struct psl_occasion o = {.event = event, .src = src};

        o.dst = event == PSL_SECURITY ? NULL : p->policy->classes[i];
        select_leaves(p, event, src, o.dst);
        if (event == PSL_EXECUTE) {
            o.method = p->policy->execute->methods;
            pairs[i] = program_of(p, &o);
        } else {
            pairs[i] = row_of(p, &o);
        }
    }
    return intern(p->g, &p->pairs, pairs, n, &is_new)->number;
}

/* ---- output ---- */

static void put_list(struct psl_gen *g, const char *name, const struct list *list)
{
    put_text(g, "static const uint16_t %s_%u[] = {", name, list->number);
    for (unsigned i = 0; i < list->n; i++)
        put_text(g, "%s%u,", i % 24 ? "" : "\n    ", list->items[i]);
    put_text(g, "%s};\n", list->n ? "\n" : "0");
}

static void put_lists(struct psl_gen *g, const char *name, const struct lists *lists)
{
    for (unsigned i = 0; i < 1u << TABLE_BITS; i++) {
        for (const struct list *list = lists->buckets[i]; list; list = list->next)
            put_list(g, name, list);
    }
}

static void put_methods_of(struct psl_gen *g, const struct psl_class *class, bool is_guard)
{
    unsigned n = is_guard ? class->component->nsecurity : class->component->nendpoints, sum = 0;

    put_text(g, "static const uint16_t %s_%u[] = {0,", is_guard ? "guards" : "endpoints",
             class->number);
    for (unsigned i = 0; i < n; i++) {
        sum += is_guard ? class->guards[i].interface->nmethods
                        : class->endpoints[i].endpoint->interface->nmethods;
        put_text(g, " %u,", sum);
    }
    put_text(g, "};\n");
}

static void put_methods(struct psl_gen *g, bool is_guard)
{
    const struct psl_policy *policy = g->policy;
    const char *name = is_guard ? "guards" : "endpoints";

    for (unsigned i = 0; i < policy->nclasses; i++)
        put_methods_of(g, policy->classes[i], is_guard);
    put_text(g, "static const struct rules_methods %s[] = {\n", name);
    for (unsigned i = 0; i < policy->nclasses; i++) {
        const struct nkidl_component *c = policy->classes[i]->component;

        put_text(g, "    {%u, %s_%u},\n", is_guard ? c->nsecurity : c->nendpoints, name, i);
    }
    put_text(g, "};\n");
}

/* Selectors of a block, the innermost of each kind. */
static void put_block_row(struct psl_gen *g, const struct psl_leaf *leaf, unsigned why)
{
    static const char *const names[] = {"src",       "dst",      "interface",
                                        "component", "endpoint", "method"};
    const char *texts[PSL_SELECTORS] = {NULL};
    const struct psl_class *src = NULL, *dst = NULL;

    for (const struct psl_block *b = leaf->block; b; b = b->parent) {
        src = src ? src : b->src;
        dst = dst ? dst : b->dst;
        for (int i = 0; i < PSL_SELECTORS; i++) {
            if (b->selectors[i].text && !texts[i])
                texts[i] = nkidl_format(g->idl, "%s=%s", names[i], b->selectors[i].text);
        }
    }
    put_text(g, "    {%d, %u, %u, ", leaf->event, src ? src->number : 0xffff,
             dst ? dst->number : 0xffff);
    for (int i = 0; i < PSL_SELECTORS; i++) {
        put_text(g, "%s%s%s", i == PSL_INTERFACE ? "{" : "",
                 texts[i] ? c_string(g, texts[i], strlen(texts[i])) : "0",
                 i + 1 == PSL_SELECTORS ? "}, " : ", ");
    }
    put_text(g, "&why_%u},\n", why);
}

/* One row for each block with rules that do not all deny. */
static unsigned put_blocks(struct plan *p)
{
    struct psl_gen *g = p->g;
    const struct psl_block *last = NULL;
    unsigned n = 0;
    char *rows = NULL;
    size_t size;
    FILE *stream = open_memstream(&rows, &size), *saved = g->out;

    g->out = stream;
    for (unsigned i = 0; i < p->policy->nleaves && stream; i++) {
        const struct psl_leaf *leaf = &p->policy->leaves[i];

        if (p->leaves[i].is_never || always_denies(leaf->action) || leaf->block == last)
            continue;
        last = leaf->block;
        put_block_row(g, leaf, put_why(g, leaf->block->loc, "", 0));
        n++;
    }
    g->out = saved;
    if (stream)
        fclose(stream);
    put_text(g, "static const struct rules_block blocks[] = {\n%s", rows ? rows : "");
    put_text(g, n ? "};\n" : "    {0}};\n");
    free(rows);
    return n;
}

static void put_levels(struct psl_gen *g)
{
    put_text(g, "static const uint64_t levels[] = {");
    for (unsigned i = 0; i < g->nlevels; i++)
        put_text(g, "%" PRIu64 "u, ", g->levels[i]);
    put_text(g, "%s};\n", g->nlevels ? "" : "0");
}

static void put_programs(struct plan *p)
{
    struct psl_gen *g = p->g;

    put_text(g, "static rules_program *const programs[] = {");
    for (unsigned i = 0; i < p->nprograms; i++)
        put_text(g, "%sprogram_%u,", i % 8 ? " " : "\n    ", i);
    put_text(g, "%s};\nstatic ksm_plain *const plain[] = {", p->nprograms ? "\n" : "0");
    for (unsigned i = 0; i < p->nprograms; i++)
        put_text(g, p->plain[i] == '1' ? "%splain_%u," : "%s0,", i % 8 ? " " : "\n    ", i);
    put_text(g, "%s};\nstatic const uint8_t kinds[] = {", p->nprograms ? "\n" : "0");
    for (unsigned i = 0; i < p->nprograms; i++)
        put_text(g, "%s%c,", i % 32 ? "" : "\n    ", p->kinds[i]);
    put_text(g, "%s};\n", p->nprograms ? "\n" : "0");
}

static void put_tables(struct plan *p, unsigned *const *pairs)
{
    struct psl_gen *g = p->g;
    unsigned nblocks;

    put_programs(p);
    put_lists(g, "row", &p->rows);
    put_text(g, "static const uint16_t *const rows[] = {");
    for (unsigned i = 0; i < p->rows.n; i++)
        put_text(g, "%srow_%u,", i % 10 ? " " : "\n    ", i);
    put_text(g, "%s};\n", p->rows.n ? "\n" : "0");
    put_lists(g, "pairs", &p->pairs);
    for (int e = 0; e < PSL_EVENTS; e++) {
        put_text(g, "static const uint16_t *const event_%d[] = {", e);
        for (unsigned i = 0; i < p->policy->nclasses; i++)
            put_text(g, "%spairs_%u,", i % 10 ? " " : "\n    ", pairs[e][i]);
        put_text(g, "\n};\n");
    }
    put_text(g,
             "static const uint16_t *const *const events[] = {event_0, event_1, event_2, event_3, "
             "event_4};\n");
    put_methods(g, false);
    put_methods(g, true);
    put_levels(g);
    nblocks = put_blocks(p);
    put_text(g,
             "\nstruct rules_write rules_journal[%" PRIu64 "];\nconst uint32_t ksm_nslots = %u;\n"
             "const uint32_t ksm_memo_size = %" PRIu64 " * sizeof(struct rules_kept);\n"
             "uint64_t rules_level = %" PRIu64 "u;\n",
             p->journal + 8, p->policy->nslots, p->walks, p->policy->audit_level);
    put_text(g, "const struct rules_policy rules_policy = {\n"
             "    .nclasses = %u,\n    .endpoints = endpoints,\n    .guards = guards,\n"
             "    .pairs = events,\n    .rows = rows,\n    .programs = programs,\n"
             "    .plain = plain,\n    .kinds = kinds,\n    .nblocks = %u,\n    .blocks = blocks,\n"
             "    .nlevels = %u,\n    .levels = levels,\n"
             "    .journal_size = %" PRIu64 ",\n    .forget = forget,\n};\n",
             p->policy->nclasses, nblocks, g->nlevels, p->journal + 8);
}

static void put_name(struct psl_gen *g)
{
    const char *path = g->policy->file->path, *slash = strrchr(path, '/');
    const char *name = nkidl_format(g->idl, "%s, %u rules", slash ? slash + 1 : path,
                                    g->policy->nleaves);

    put_text(g, "\nconst char ksm_policy_name[] = %s;\n", c_string(g, name, strlen(name)));
}

static bool make_plan(struct plan *p, unsigned **pairs)
{
    const struct psl_policy *policy = p->policy;

    for (int e = 0; e < PSL_EVENTS; e++) {
        p->by_event[e] = nkidl_alloc(p->g->idl, (policy->nleaves + 1) * sizeof(*p->by_event[e]));
        pairs[e] = nkidl_alloc(p->g->idl, policy->nclasses * sizeof(*pairs[e]));
    }
    prepare_leaves(p);
    for (int e = 0; e < PSL_EVENTS; e++) {
        for (unsigned i = 0; i < policy->nclasses && !p->failed; i++)
            pairs[e][i] = pairs_of(p, (enum psl_event)e, policy->classes[i]);
    }
    return !p->failed;
}

bool put_plan(struct psl_gen *g)
{
    struct plan *p = calloc(1, sizeof(*p));
    unsigned *pairs[PSL_EVENTS];
    char *functions = NULL;
    size_t size;
    bool is_good;

    if (!p)
        return false;
    p->g = g;
    p->policy = g->policy;
    p->leaves = nkidl_alloc(g->idl, (g->policy->nleaves + 1) * sizeof(*p->leaves));
    p->selected = nkidl_alloc(g->idl, (g->policy->nleaves + 8) * sizeof(*p->selected));
    p->list = nkidl_alloc(g->idl, (g->policy->nleaves + 1) * sizeof(*p->list));
    p->at_hand = nkidl_alloc(g->idl, (g->policy->nleaves + 1) * sizeof(struct instance *));
    p->functions = open_memstream(&functions, &size);
    p->kinds_stream = open_memstream(&p->kinds, &p->kinds_size);
    p->plain_stream = open_memstream(&p->plain, &p->plain_size);
    is_good = p->functions && p->kinds_stream && p->plain_stream && make_plan(p, pairs);
    if (p->functions)
        fclose(p->functions);
    if (p->kinds_stream)
        fclose(p->kinds_stream);
    if (p->plain_stream)
        fclose(p->plain_stream);
    if (is_good) {
        g->out = g->rules;
        put_text(g, "%s", functions);
        put_forget(g);
        put_tables(p, pairs);
        put_name(g);
    }
    free(functions);
    free(p->kinds);
    free(p->plain);
    free(p);
    return is_good;
}
