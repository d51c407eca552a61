/*
 * policy.c: random policies. First the classes are read, then rules are written for what can happen
 * between them, each where its parameters exist.
 */
#include <stdlib.h>
#include <string.h>

#include "writer.h"

#define format(w, ...) nkidl_format((w)->idl, __VA_ARGS__)

enum { CLIENTS = 5 };

static void write_classes(FILE *out)
{
    fprintf(out, "use nk.base._\nuse EDL kl.core.Core\nuse EDL Einit\nuse EDL m.Server\n"
                 "use EDL m.Client\ntask class t.Twin : m.Server\n");
    for (int i = 0; i < CLIENTS; i++)
        fprintf(out, "task class t.C%d : m.Client\n", i);
}

/* ---- policy objects ---- */

static void write_flow(struct writer *w, struct object *o)
{
    o->n = 2 + below(w->r, 3);
    fprintf(w->out, "policy object %s : Flow {\n    config = {states: [", o->name);
    for (unsigned i = 0; i < o->n; i++)
        fprintf(w->out, "\"%s\", ", world_texts[i]);
    fprintf(w->out, "], initial: \"%s\", transitions: {", world_texts[below(w->r, o->n)]);
    for (unsigned i = 0; i < o->n; i++) {
        fprintf(w->out, "\"%s\": [", world_texts[i]);
        for (unsigned k = 0; k < o->n; k++) {
            if (chance(w->r, 60))
                fprintf(w->out, "\"%s\", ", world_texts[k]);
        }
        fprintf(w->out, "], ");
    }
    fprintf(w->out, "}}\n}\n");
}

static void write_set(struct writer *w, struct object *o)
{
    o->shape = below(w->r, SHAPES);
    fprintf(w->out,
            "policy object %s : HashSet { type Entry = %s "
            "config = {set_size: %u, pool_size: %u} }\n",
            o->name, entry_type(w, o->shape), 1 + below(w->r, 5), 1 + below(w->r, 4));
}

static void write_map(struct writer *w, struct object *o)
{
    o->is_signed = chance(w->r, 40);
    o->bits = 8u << below(w->r, 4);
    fprintf(w->out,
            "policy object %s : StaticMap { type Value = %cInt%u "
            "config = {keys: {\"%s\": %u, \"%s\": %s%u}, pool_size: %u} }\n",
            o->name, o->is_signed ? 'S' : 'U', o->bits, world_texts[0], below(w->r, 100),
            world_texts[1], o->is_signed ? "-" : "", below(w->r, 100), 1 + below(w->r, 4));
}

static void write_mic(struct writer *w, struct object *o)
{
    o->n = below(w->r, 4);
    o->ncategories = o->n && chance(w->r, 40) ? 0 : 1 + below(w->r, 3);
    fprintf(w->out, "policy object %s : Mic { config = ", o->name);
    if (o->ncategories)
        fprintf(w->out, "{degrees: ");
    fprintf(w->out, o->n ? "[" : "()");
    for (unsigned i = 0; i < o->n; i++)
        fprintf(w->out, "\"%s\", ", degree_names[i]);
    fprintf(w->out, o->n ? "]" : "");
    if (o->ncategories) {
        fprintf(w->out, ", categories: [");
        for (unsigned i = 0; i < o->ncategories; i++)
            fprintf(w->out, "\"%s\", ", category_names[i]);
        fprintf(w->out, "]}");
    }
    fprintf(w->out, " }\n");
}

static void write_objects(struct writer *w)
{
    static void (*const write[])(struct writer *, struct object *) = {[PSL_HASHSET] = write_set,
                                                                      [PSL_STATICMAP] = write_map,
                                                                      [PSL_FLOW] = write_flow,
                                                                      [PSL_MIC] = write_mic};

    for (unsigned n = below(w->r, 5); w->nobjects < n; w->nobjects++) {
        struct object *o = &w->objects[w->nobjects];

        o->model = (enum psl_model)(PSL_HASHSET + (int)below(w->r, 4));
        o->name = format(w, "o%u", w->nobjects);
        write[o->model](w, o);
    }
}

/* ---- bindings ---- */

static const char *const events[] = {"execute", "request", "response", "error", "security"};

/* Selectors that `o` matches, and what rules below them can read. */
static const char *write_selectors(struct writer *w, const struct psl_occasion *o, unsigned percent)
{
    bool src = chance(w->r, percent), dst = o->dst && chance(w->r, percent);
    bool endpoint = o->row && chance(w->r, 50), interface = chance(w->r, endpoint ? 15 : 60);
    bool method = chance(w->r, 65), server = o->event == PSL_REQUEST ? dst : src, known;
    const char *text = "", *separator = chance(w->r, 50) ? " " : ", ";

    if (o->event == PSL_EXECUTE)
        endpoint = interface = method = false;
    known = interface || (endpoint && server);
    if (src)
        text = format(w, "%ssrc=%s%s", text, o->src->name, separator);
    if (dst)
        text = format(w, "%sdst = %s%s", text, o->dst->name, separator);
    if (o->row && chance(w->r, 10))
        text =
            format(w, "%scomponent=%s%s", text,
                   o->row->instance[0] && chance(w->r, 50) ? o->row->instance : o->row->owner->name,
                   separator);
    if (endpoint)
        text = format(w, "%sendpoint=%s%s", text,
                      chance(w->r, 60)
                          ? o->row->name
                          : format(w, "%s.%s", o->row->owner->name, o->row->endpoint->name),
                      separator);
    if (interface)
        text = format(w, "%sinterface=%s%s", text,
                      o->guard ? o->guard->interface->name : o->row->endpoint->interface->name,
                      separator);
    if (method)
        text = format(w, "%smethod=%s", text, o->method->name);
    open_scope(w, o, known && method,
               known && o->src->number != 0 && !(o->event == PSL_REQUEST && o->dst->number == 0));
    return text;
}

static void write_rules(struct writer *w, unsigned n, int depth, const char *indent)
{
    for (; n > 0; n--)
        fprintf(w->out, "%s%s\n", indent, write_rule(w, depth));
}

static const struct psl_occasion *pick_occasion(struct writer *w)
{
    const struct psl_occasion *o;

    for (;;) {
        o = &w->world.occasions[below(w->r, w->world.n)];
        /* Between one's own or with the kernel: less often. */
        if (o->event == PSL_EXECUTE
                ? chance(w->r, 20)
                : o->event == PSL_SECURITY || o->src != o->dst || chance(w->r, 5))
            return o;
    }
}

static void write_match(struct writer *w, const struct psl_occasion *o, int depth)
{
    struct scope saved = w->scope;
    const char *selectors = format(w, "src=%s", o->src->name);

    if (o->row && chance(w->r, 70)) {
        bool has_method = chance(w->r, 60);

        selectors = format(w, "interface=%s%s%s", o->row->endpoint->interface->name,
                           has_method ? " method=" : "", has_method ? o->method->name : "");
        open_scope(w, o, has_method || saved.has_message, o->row->owner->name[0] == 'm');
    }
    fprintf(w->out, "    match %s {\n", selectors);
    write_rules(w, 1 + below(w->r, 2), 2, "        ");
    if (depth > 0 && chance(w->r, 40))
        write_match(w, o, depth - 1);
    fprintf(w->out, "    }\n");
    w->scope = saved;
}

static void write_binding(struct writer *w)
{
    const struct psl_occasion *o = pick_occasion(w);

    fprintf(w->out, "%s %s {\n", events[o->event], write_selectors(w, o, 60));
    write_rules(w, below(w->r, 3), 3, "    ");
    if (chance(w->r, 40))
        write_match(w, o, 1);
    if (chance(w->r, 30))
        write_rules(w, 1, 2, "    ");
    fprintf(w->out, "}\n");
}

/* Every rule of every object by itself, so that states come about. */
static void write_steps(struct writer *w)
{
    for (unsigned i = 0; i < w->nobjects; i++) {
        unsigned n = rule_count(&w->objects[i]);

        for (unsigned k = 0, rule = 0; k < 2 * n; rule = ++k % n) {
            const struct psl_occasion *o = pick_occasion(w);

            while (o->event == PSL_EXECUTE || !psl_message(o)->nfields)
                o = pick_occasion(w);
            open_scope(w, o, true, true);
            fprintf(w->out, "%s src=%s %s%s %s%s method=%s { %s }\n", events[o->event],
                    o->src->name, o->dst ? "dst=" : "", o->dst ? o->dst->name : "",
                    o->row ? "endpoint=" : "", o->row ? o->row->name : "", o->method->name,
                    write_model_rule(w, &w->objects[i], rule));
            w->nrules++;
        }
    }
}

static const struct nkidl_decl *find_pair(struct writer *w)
{
    const struct nkidl_decl *decl = nkidl_load_name(w->idl, NKIDL_IDL, "m.I0")->package->decls;

    while (strcmp(decl->name, "Pair") != 0)
        decl = decl->next;
    return decl;
}

void write_policy(struct random *r, const char *dir, const char *library, const char *path)
{
    struct writer *w = calloc(1, sizeof(*w));

    if (!w || !(w->idl = nkidl_new()) || !(w->out = fopen(path, "w")))
        abort();
    w->r = r;
    write_classes(w->out);
    fflush(w->out);
    nkidl_add_include(w->idl, dir);
    nkidl_add_include(w->idl, library);
    w->policy = psl_load(w->idl, path, NULL);
    if (!w->policy)
        abort();
    list_occasions(&w->world, w->policy);
    w->pair = find_pair(w);
    write_objects(w);
    write_steps(w);
    for (unsigned n = 2 + below(r, w->nobjects ? 10 : 20); n > 0; n--)
        write_binding(w);
    for (int e = 0; e <= PSL_SECURITY; e++) {
        if (chance(r, 40))
            fprintf(w->out, "%s { grant () }\n", events[e]);
    }
    fclose(w->out);
    free(w->world.occasions);
    nkidl_free(w->idl);
    free(w);
}
