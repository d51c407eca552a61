/*
 * rule.c: which rules an event has to pass, and whether it does.
 *
 * All rules of all bindings that match run in the order of the source until one denies; if none
 * denied and at least one ran, the event is granted. Else everything is as it was.
 */
#include <string.h>

#include "ref.h"

enum outcome {
    RAN = 1,
    DENIED = 2,
};

struct judging {
    struct ref *ref;
    struct ref_verdict verdict;
    unsigned outcome; /* bits */
    const struct psl_action *first_choice;
};

/* ---- selectors ---- */

/* "a.b" and "c" against "a.b.c". */
static bool is_joined(const char *text, const char *owner, const char *name)
{
    size_t size = strlen(owner);

    return !strncmp(text, owner, size) && text[size] == '.' && !strcmp(text + size + 1, name);
}

static bool is_endpoint(const struct psl_occasion *o, const char *text)
{
    const struct nkidl_flat *row = o->row;

    return row &&
           (!strcmp(text, row->name) || is_joined(text, row->owner->name, row->endpoint->name) ||
            is_joined(text, row->owner->last, row->endpoint->name));
}

/* The class of the component at a path of instances. */
static const char *class_at(const struct nkidl_component *c, const char *path)
{
    for (const struct nkidl_instance *i = c->instances; i; i = i->next) {
        size_t size = strlen(i->name);

        if (!strcmp(i->name, path))
            return i->component->name;
        if (!strncmp(i->name, path, size) && path[size] == '.')
            return class_at(i->component, path + size + 1);
    }
    return *path ? "" : c->name;
}

static bool is_component(const struct psl_occasion *o, const char *text)
{
    if (o->row)
        return !strcmp(text, o->row->instance) || !strcmp(text, o->row->owner->name);
    return o->guard && (!strcmp(text, o->guard->instance) ||
                        !strcmp(text, class_at(o->src->component, o->guard->instance)));
}

static const char *interface_of(const struct psl_occasion *o)
{
    if (o->event == PSL_EXECUTE)
        return "kl.core.Execute";
    return o->guard ? o->guard->interface->name : o->row->endpoint->interface->name;
}

static bool selects(const struct psl_block *block, const struct psl_occasion *o)
{
    const char *of[PSL_SELECTORS];

    for (int i = 0; i < PSL_SELECTORS; i++)
        of[i] = block->selectors[i].text;
    return (!of[PSL_SRC] || !strcmp(of[PSL_SRC], o->src->name)) &&
           (!of[PSL_DST] || (o->dst && !strcmp(of[PSL_DST], o->dst->name))) &&
           (!of[PSL_INTERFACE] || !strcmp(of[PSL_INTERFACE], interface_of(o))) &&
           (!of[PSL_COMPONENT] || is_component(o, of[PSL_COMPONENT])) &&
           (!of[PSL_ENDPOINT] || is_endpoint(o, of[PSL_ENDPOINT])) &&
           (!of[PSL_METHOD] || !strcmp(of[PSL_METHOD], o->method->name));
}

/* ---- rules ---- */

static bool run_base(struct ref *ref, const struct psl_action *a)
{
    const struct psl_expr *e = a->argument;
    struct ref_value v;

    if (a->rule == PSL_GRANT)
        return true;
    if (a->rule == PSL_SET_LEVEL && e->kind == PSL_DICT)
        e = ref_argument(e, "level");
    v = ref_eval(ref, e);
    if (v.kind == REF_FAILS)
        return false;
    if (a->rule == PSL_DENY)
        return v.kind != REF_UNIT && !v.n;
    if (a->rule != PSL_SET_LEVEL)
        return v.n != 0;
    ref_save(ref);
    ref->now.audit_level = (uint64_t)v.n;
    return true;
}

static void deny(struct judging *j, const struct psl_action *a)
{
    j->outcome |= DENIED;
    j->verdict.at = a->loc;
    j->verdict.rule = a->text;
}

static void run_rule(struct judging *j, const struct psl_action *a)
{
    bool granted = a->rule <= PSL_BOOL_ASSERT ? run_base(j->ref, a) : ref_model_rule(j->ref, a);

    j->ref->rules[a->rule][granted]++;
    j->outcome |= RAN;
    if (!granted)
        deny(j, a);
}

static void run_actions(struct judging *j, const struct psl_block *block,
                        const struct psl_action *a);

static bool label_is(struct judging *j, const struct psl_expr *head, const struct ref_value *v,
                     const struct psl_expr *label)
{
    struct ref_level level;

    if (head->kind == PSL_CALL && head->function == PSL_RE_SELECT)
        return ref_regex_matches(label->text, label->size, v->text, v->size);
    switch (v->kind) {
    case REF_TEXT:
        return label->size == v->size && !memcmp(label->text, v->text, v->size);
    case REF_LEVEL:
        return ref_written_level(head->object, label, &level) && level.degree == v->level.degree &&
               level.categories == v->level.categories;
    default:
        return ref_eval(j->ref, label).n == v->n;
    }
}

static void run_choice(struct judging *j, const struct psl_block *block, const struct psl_action *a)
{
    const struct psl_branch *taken = NULL, *rest = NULL;
    struct ref_value head;

    if (!j->first_choice)
        j->first_choice = a;
    head = ref_eval(j->ref, a->expr);
    for (const struct psl_branch *b = a->branches; b && head.kind != REF_FAILS; b = b->next) {
        if (!b->label)
            rest = rest ? rest : b;
        else if (!taken && label_is(j, a->expr, &head, b->label))
            taken = b;
    }
    taken = taken ? taken : rest;
    if (!taken || head.kind == REF_FAILS) {
        deny(j, a);
        return;
    }
    run_actions(j, block, taken->actions);
}

static void run_actions(struct judging *j, const struct psl_block *block,
                        const struct psl_action *a)
{
    for (; a && !(j->outcome & DENIED); a = a->next) {
        if (a->kind == PSL_RULE)
            run_rule(j, a);
        else if (a->kind == PSL_CHOICE)
            run_choice(j, block, a);
        else if (selects(a->match, &j->ref->event->occasion))
            run_actions(j, a->match, a->match->actions);
    }
}

/* ---- rules that deny whatever the message says ---- */

static bool is_denial(const struct ref *ref, const struct psl_action *a)
{
    struct ref_type value;

    if (a->rule != PSL_DENY && a->rule != PSL_ASSERT && a->rule != PSL_BOOL_ASSERT)
        return false;
    if (a->argument->kind == PSL_UNIT)
        return true;
    value = ref_type(ref, a->argument);
    return value.is_known && (value.n != 0) == (a->rule == PSL_DENY);
}

static void find_denial(struct judging *j, const struct psl_action *a)
{
    for (; a && !j->verdict.is_constant; a = a->next) {
        if (a->kind == PSL_RULE && is_denial(j->ref, a)) {
            j->verdict.is_constant = true;
            j->verdict.constant = a->loc;
        } else if (a->kind == PSL_MATCH && selects(a->match, &j->ref->event->occasion)) {
            find_denial(j, a->match->actions);
        }
    }
}

struct ref_verdict ref_judge(struct ref *ref, const struct ref_event *event)
{
    struct judging j = {.ref = ref};

    ref->event = event;
    ref->is_saved = ref->may_undo = false;
    for (const struct psl_binding *b = ref->policy->bindings; b; b = b->next) {
        if (b->event != event->occasion.event || !selects(&b->block, &event->occasion))
            continue;
        find_denial(&j, b->block.actions);
        if (!(j.outcome & DENIED))
            run_actions(&j, &b->block, b->block.actions);
    }
    if (!j.outcome && j.first_choice)
        deny(&j, j.first_choice);
    j.verdict.granted = j.outcome == RAN;
    if (!j.verdict.granted && ref->is_saved)
        ref->now = ref->before;
    ref->may_undo = j.verdict.granted;
    return j.verdict;
}
