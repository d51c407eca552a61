/*
 * rules.c: random rules and choices.
 */
#include "writer.h"

#define format(w, ...) nkidl_format((w)->idl, __VA_ARGS__)

unsigned rule_count(const struct object *o)
{
    switch (o->model) {
    case PSL_FLOW:
    case PSL_HASHSET:
        return 4;
    case PSL_STATICMAP:
        return 5;
    default:
        return 8;
    }
}

static const char *map_value(struct writer *w, const struct object *o)
{
    struct number n = write_number(w, o->is_signed, o->bits, 1);

    return n.is_const ? format(w, "%u", below(w->r, 100)) : n.text;
}

static const char *flow_rule(struct writer *w, const struct object *o, unsigned rule)
{
    if (rule == 2)
        return format(w, "%s.enter {sid: %s, state: %s}", o->name, write_sid(w), write_state(w, o));
    if (rule == 3)
        return format(w, "%s.allow {sid: %s, states: [\"%s\", \"%s\"]}", o->name, write_sid(w),
                      world_texts[below(w->r, o->n)], world_texts[below(w->r, o->n)]);
    return format(w, "%s.%s {sid: %s}", o->name, rule ? "fini" : "init", write_sid(w));
}

static const char *set_rule(struct writer *w, const struct object *o, unsigned rule)
{
    if (rule < 2)
        return format(w, "%s.%s {sid: %s}", o->name, rule ? "fini" : "init", write_sid(w));
    return format(w, "%s.%s {sid: %s, entry: %s}", o->name, rule == 2 ? "add" : "remove",
                  write_sid(w), write_entry(w, o));
}

static const char *map_rule(struct writer *w, const struct object *o, unsigned rule)
{
    static const char *const names[] = {"init", "fini", "commit", "rollback"};

    if (rule < 4)
        return format(w, "%s.%s {sid: %s}", o->name, names[rule], write_sid(w));
    return format(w, "%s.set {sid: %s, key: %s, value: %s}", o->name, write_sid(w), write_key(w),
                  map_value(w, o));
}

static const char *container(struct writer *w)
{
    return chance(w->r, 30)   ? ", container: ()"
           : chance(w->r, 30) ? ""
                              : format(w, ", container: %s", write_sid(w));
}

static const char *mic_execute(struct writer *w, const struct object *o)
{
    const char *image = chance(w->r, 75) ? "()" : write_sid(w);
    const char *level = chance(w->r, 20) ? "()" : write_level(w, o);
    const char *from = chance(w->r, 60) ? "" : format(w, ", levelR: %s", write_level(w, o));

    return format(w, "%s.execute {image: %s, target: %s, level: %s%s}", o->name, image,
                  write_sid(w), level, from);
}

static const char *mic_rule(struct writer *w, const struct object *o, unsigned rule)
{
    static const char *const names[] = {"call",   "invoke", "read",   "write",
                                        "delete", "create", "upgrade"};

    if (rule == 7)
        return mic_execute(w, o);
    return format(w, "%s.%s {source: %s, target: %s%s%s%s%s}", o->name, names[rule], write_sid(w),
                  write_sid(w), rule >= 4 ? container(w) : "", rule >= 4 ? ", driver: " : "",
                  rule >= 4 ? write_sid(w) : "",
                  rule >= 5 ? format(w, ", level: %s", write_level(w, o)) : "");
}

const char *write_model_rule(struct writer *w, const struct object *o, unsigned rule)
{
    switch (o->model) {
    case PSL_FLOW:
        return flow_rule(w, o, rule);
    case PSL_HASHSET:
        return set_rule(w, o, rule);
    case PSL_STATICMAP:
        return map_rule(w, o, rule);
    default:
        return mic_rule(w, o, rule);
    }
}

/* ---- choices ---- */

static const char *branch(struct writer *w, int depth)
{
    const char *text = "";
    unsigned n = chance(w->r, 15) ? 0 : 1 + below(w->r, 2);

    if (n == 1 && chance(w->r, 60))
        return write_rule(w, depth - 1);
    for (unsigned i = 0; i < n; i++)
        text = format(w, "%s%s ", text, write_rule(w, depth - 1));
    if (n && chance(w->r, 25))
        text = format(w, "%smatch src=%s { %s }", text, w->scope.like->src->name,
                      write_rule(w, depth - 1));
    return format(w, "{ %s }", text);
}

/* The head, and which labels go with it. */
static const char *head(struct writer *w, int depth, char *labels, const struct object **object)
{
    switch (*labels = "ntbfms"[below(w->r, 6)]) {
    case 'f':
        if ((*object = pick_object(w, PSL_FLOW)))
            return format(w, "%s.query {sid: %s}", (*object)->name, write_sid(w));
        break;
    case 'm':
        if ((*object = pick_object(w, PSL_MIC)))
            return format(w, "%s.query_level {source: %s}", (*object)->name, write_sid(w));
        break;
    case 's':
        return format(w, "re.select {text: %s}", write_text(w, 1));
    case 't':
        return write_text(w, depth);
    case 'b':
        return format(w, "(%s)", write_bool(w, depth));
    default:
        break;
    }
    *labels = 'n';
    return format(w, "(%s)", write_number(w, false, 64, depth).text);
}

static const char *label(struct writer *w, char kind, const struct object *o)
{
    switch (kind) {
    case 'f':
        return format(w, "\"%s\"", world_texts[below(w->r, o->n)]);
    case 'm':
        return format(w, "\"%s\"",
                      o->n ? degree_names[below(w->r, o->n)]
                           : category_names[below(w->r, o->ncategories)]);
    case 's':
        return pick_pattern(w);
    case 't':
        return pick_text(w);
    case 'b':
        return chance(w->r, 50) ? "true" : "false";
    default:
        return format(w, "%u", below(w->r, 4) * below(w->r, 4));
    }
}

static const char *write_choice(struct writer *w, int depth)
{
    const struct object *object = NULL;
    char labels;
    const char *text = format(w, "choice %s { ", head(w, depth, &labels, &object));

    for (unsigned i = 0, n = 1 + below(w->r, 3); i < n; i++)
        text = format(w, "%s%s: %s%s ", text, label(w, labels, object), branch(w, depth),
                      chance(w->r, 30) ? "," : "");
    if (chance(w->r, 75))
        text = format(w, "%s_: %s ", text, branch(w, depth));
    return format(w, "%s}", text);
}

const char *write_rule(struct writer *w, int depth)
{
    w->nrules++;
    switch (below(w->r, 16)) {
    case 0:
    case 1:
        return "grant ()";
    case 2:
        return format(w, "deny (%s)", write_bool(w, depth));
    case 3:
        return chance(w->r, 30) ? "deny ()" : chance(w->r, 20) ? "assert (false)" : "assert true";
    case 4:
        return format(w, "set_level %u", below(w->r, 4));
    case 5:
        return format(w, "bool.assert (%s)", write_bool(w, depth));
    case 6:
    case 7:
        if (depth > 0)
            return write_choice(w, depth);
        /* fall through */
    default:
        return format(w, "assert (%s)", write_bool(w, depth));
    case 13:
    case 14:
    case 15:
        if (w->nobjects) {
            const struct object *o = &w->objects[below(w->r, w->nobjects)];

            return write_model_rule(w, o, below(w->r, rule_count(o)));
        }
        return "grant ()";
    }
}
