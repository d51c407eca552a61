/*
 * check.c: types of every rule, for every kind of message that its selectors leave.
 */
#include <string.h>

#include "regex.h"
#include "typing.h"

struct checker {
    struct psl_policy *policy;
    const struct psl_leaf *leaf;
    struct psl_reported *reported;
    const struct nkidl_message **done; /* messages that the leaf was checked for */
    unsigned ndone, capacity;
    bool reads; /* the message */
    bool is_done;
};

static void check_actions(struct psl_context *c, const struct psl_occasion *o,
                          const struct psl_action *actions);

static void check_pattern(struct psl_context *c, const struct psl_expr *pattern)
{
    const char *why;
    size_t at;

    if (!psl_regex_compile(c->policy->idl, pattern->text, pattern->size, &why, &at))
        type_error(c, pattern->loc, NULL, "the pattern is not valid at its character %zu: %s",
                   at + 1, why);
}

static void check_patterns(struct psl_context *c, const struct psl_typed *t)
{
    if (!t)
        return;
    if (t->args[PSL_ARG_PATTERN])
        check_pattern(c, t->args[PSL_ARG_PATTERN]->expr);
    check_patterns(c, t->left);
    check_patterns(c, t->right);
    for (unsigned i = 0; i < t->nitems; i++)
        check_patterns(c, t->items[i]);
    for (int i = 0; i < PSL_ARGS; i++)
        check_patterns(c, t->args[i]);
}

/* re.select has no value of its own. */
static void check_select(struct psl_context *c, const struct psl_expr *e, bool is_head)
{
    if (!e)
        return;
    if (e->kind == PSL_CALL && e->function == PSL_RE_SELECT && !is_head)
        type_error(c, e->loc, "write choice re.select {text: ...} {\"pattern\": ...}",
                   "'re.select' stands only at the head of a choice");
    check_select(c, e->left, false);
    check_select(c, e->right, false);
    for (unsigned i = 0; i < e->nitems; i++)
        check_select(c, e->items[i].value, false);
}

static void check_rule(struct psl_context *c, const struct psl_action *a)
{
    struct psl_typed_rule *rule = psl_type_rule(c, a);

    check_select(c, a->argument, false);
    for (int i = 0; rule && i < PSL_ARGS; i++)
        check_patterns(c, rule->args[i]);
}

static bool same_label(const struct psl_expr *a, const struct psl_expr *b)
{
    if (a->kind != b->kind || a->number != b->number || a->size != b->size)
        return false;
    return a->kind != PSL_TEXT || !memcmp(a->text, b->text, a->size);
}

static void check_label(struct psl_context *c, const struct psl_action *a,
                        const struct psl_branch *branch, struct psl_typed *head, bool is_select)
{
    struct psl_typed *label, *value = head;

    for (const struct psl_branch *b = a->branches; b != branch; b = b->next) {
        bool is_same = !b->label || !branch->label ? !b->label && !branch->label
                                                   : same_label(b->label, branch->label);

        if (is_same) {
            type_warning(c, branch->loc, NULL,
                         "this branch is never reached: another has the same label");
            return;
        }
    }
    if (!branch->label)
        return;
    label = psl_type(c, branch->label);
    if (is_select) {
        if (label->kind == PSL_V_TEXT)
            check_pattern(c, branch->label);
        else
            type_error(c, branch->loc, "write it in quotes", "a label of re.select is a pattern");
        return;
    }
    join(c, branch->label, &value, &label);
}

static void check_choice(struct psl_context *c, const struct psl_occasion *o,
                         const struct psl_action *a)
{
    struct psl_typed *head = psl_type(c, a->expr);
    bool is_select = a->expr->kind == PSL_CALL && a->expr->function == PSL_RE_SELECT;

    check_select(c, a->expr, true);
    if (!a->branches)
        type_error(c, a->loc, NULL, "a choice needs a branch");
    check_patterns(c, head);
    if (head && head->kind != PSL_V_INT && head->kind != PSL_V_BOOL && head->kind != PSL_V_TEXT &&
        head->kind != PSL_V_STATE && head->kind != PSL_V_LEVEL) {
        type_error(c, a->expr->loc, NULL, "a choice is made by a text or a number, not by %s",
                   kind_name(c, head));
        head = NULL;
    }
    for (const struct psl_branch *b = a->branches; b; b = b->next) {
        if (head)
            check_label(c, a, b, head, is_select);
        check_actions(c, o, b->actions);
    }
}

static void check_actions(struct psl_context *c, const struct psl_occasion *o,
                          const struct psl_action *actions)
{
    for (const struct psl_action *a = actions; a; a = a->next) {
        if (a->kind == PSL_RULE)
            check_rule(c, a);
        else if (a->kind == PSL_CHOICE)
            check_choice(c, o, a);
        else if (!o || psl_block_matches(a->match, o))
            check_actions(c, o, a->match->actions);
    }
}

static void check_leaf_for(struct checker *k, const struct psl_occasion *o)
{
    const struct psl_leaf *leaf = k->leaf;
    const struct nkidl_message *message = o ? psl_message(o) : NULL;
    struct psl_context c = {k->policy, leaf->event, message, "", k->reported};

    for (unsigned i = 0; i < k->ndone; i++) {
        if (k->done[i] == message)
            return;
    }
    if (k->ndone == k->capacity) {
        unsigned wanted = k->capacity ? 2 * k->capacity : 64;
        const struct nkidl_message **bigger = nkidl_alloc(k->policy->idl, wanted * sizeof(*bigger));

        if (k->ndone)
            memcpy(bigger, k->done, k->ndone * sizeof(*bigger));
        k->done = bigger;
        k->capacity = wanted;
    }
    k->done[k->ndone++] = message;
    if (o && o->method)
        c.method = nkidl_format(k->policy->idl, "%s.%s",
                                o->guard ? o->guard->interface->name
                                         : o->row ? o->row->endpoint->interface->name : "",
                                o->method->name);
    if (leaf->action->kind == PSL_RULE)
        check_rule(&c, leaf->action);
    else
        check_choice(&c, o, leaf->action);
    k->reported = c.reported;
}

static void check_methods(struct checker *k, struct psl_occasion *o,
                          const struct nkidl_package *interface)
{
    for (o->method = interface->methods; o->method && !k->is_done; o->method = o->method->next) {
        if (!psl_matches(k->leaf->block, o))
            continue;
        check_leaf_for(k, o);
        k->is_done = !k->reads; /* once is enough */
    }
}

static void check_server(struct checker *k, struct psl_occasion *o, const struct psl_class *server)
{
    if (o->event == PSL_SECURITY) {
        for (unsigned i = 0; i < server->component->nsecurity; i++) {
            o->guard = &server->guards[i];
            check_methods(k, o, o->guard->interface);
        }
        return;
    }
    for (unsigned i = 0; i < server->component->nendpoints; i++) {
        o->row = &server->endpoints[i];
        check_methods(k, o, o->row->endpoint->interface);
    }
}

static void check_leaf(struct checker *k)
{
    const struct psl_policy *policy = k->policy;
    const struct psl_class *src = NULL, *dst = NULL, *server;
    struct psl_occasion o = {.event = k->leaf->event};

    for (const struct psl_block *b = k->leaf->block; b; b = b->parent) {
        src = b->src ? b->src : src;
        dst = b->dst ? b->dst : dst;
    }
    k->ndone = 0;
    k->is_done = false;
    k->reads = psl_action_reads_message(k->leaf->action);
    o.src = src ? src : policy->classes[0];
    o.dst = dst ? dst : policy->classes[0];
    if (o.event == PSL_EXECUTE) {
        o.method = policy->execute->methods;
        check_leaf_for(k, &o);
        return;
    }
    server = o.event == PSL_REQUEST ? dst : src;
    for (unsigned i = 0; i < policy->nclasses && !k->is_done; i++) {
        if (server && policy->classes[i] != server)
            continue;
        if (o.event == PSL_REQUEST)
            o.dst = policy->classes[i];
        else
            o.src = policy->classes[i];
        check_server(k, &o, policy->classes[i]);
    }
    if (!k->ndone && !k->reads)
        check_leaf_for(k, NULL); /* matches nothing; its names can still be wrong */
}

void check_leaves(struct psl_policy *policy)
{
    struct checker k = {.policy = policy};

    for (unsigned i = 0; i < policy->nleaves; i++) {
        k.leaf = &policy->leaves[i];
        check_leaf(&k);
    }
}
