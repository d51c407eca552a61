/*
 * bindings.c: names in bindings become what they name: classes, policy objects, rules, functions.
 * The actions of all bindings become one list, the leaves, in the order of the source.
 */
#include <string.h>

#include "internal.h"

struct resolver {
    struct psl_policy *policy;
    struct nkidl *idl;
    const struct psl_binding *binding;
    unsigned capacity;
};

/* ---- rules and functions ---- */

/* "flow.enter" -> the object and "enter"; "assert" -> base and "assert". */
static struct psl_object *split(struct resolver *r, const char *name, const char *implied,
                                struct nkidl_loc loc, const char **last)
{
    const char *dot = strrchr(name, '.');
    const char *owner = dot ? nkidl_format(r->idl, "%.*s", (int)(dot - name), name) : implied;
    struct psl_object *object = find_object(r->policy, owner);
    const char *list = NULL;

    *last = dot ? dot + 1 : name;
    if (object)
        return object;
    for (const struct psl_object *o = r->policy->objects; o; o = o->next)
        list = name_list(r->idl, list, o->name);
    nkidl_error(r->idl, loc, nkidl_format(r->idl, "there are: %s", list),
                "there is no policy object '%s'", owner);
    return NULL;
}

static void resolve_expr(struct resolver *r, struct psl_expr *e)
{
    const char *last;

    if (!e)
        return;
    resolve_expr(r, e->left);
    resolve_expr(r, e->right);
    for (unsigned i = 0; i < e->nitems; i++)
        resolve_expr(r, e->items[i].value);
    if (e->kind != PSL_CALL || !(e->object = split(r, e->name, "struct", e->loc, &last)))
        return;
    e->function = function_by_name(e->object->model, last);
    if (e->function)
        return;
    if (!strchr(e->name, '.'))
        nkidl_error(r->idl, e->loc, "there are: size, and those of policy objects (bool.any ...)",
                    "there is no function '%s'", e->name);
    else if (rule_by_name(e->object->model, last))
        nkidl_error(r->idl, e->loc, "write it as an action of its own",
                    "'%s' is a rule, it has no value", e->name);
    else
        nkidl_error(r->idl, e->loc,
                    nkidl_format(r->idl, "there are: %s", rules_of(r->idl, e->object->model, true)),
                    "%s has no function '%s'", model_names[e->object->model], last);
}

static void resolve_rule(struct resolver *r, struct psl_action *a)
{
    const char *last;

    resolve_expr(r, a->argument);
    a->object = split(r, a->name, "base", a->loc, &last);
    if (!a->object)
        return;
    a->rule = rule_by_name(a->object->model, last);
    if (a->rule)
        return;
    if (function_by_name(a->object->model, last))
        nkidl_error(r->idl, a->loc, "use it in assert (...)",
                    "'%s' is not a rule but an expression", a->name);
    else
        nkidl_error(
            r->idl, a->loc,
            nkidl_format(r->idl, "there are: %s", rules_of(r->idl, a->object->model, false)),
            "%s has no rule '%s'", model_names[a->object->model], last);
}

/* ---- selectors ---- */

static const char *const selector_names[] = {"src", "dst", "interface", "component", "endpoint",
                                             "method"};
static const char *const event_names[] = {"execute", "request", "response", "error", "security"};

static const struct psl_class *resolve_class(struct resolver *r, const struct psl_selector *s)
{
    const struct psl_class *class;
    const char *list = NULL;

    if (!s->text)
        return NULL;
    class = find_class(r->policy, s->text);
    for (unsigned i = 0; i < r->policy->nclasses && !class; i++)
        list = name_list(r->idl, list, r->policy->classes[i]->name);
    if (!class)
        nkidl_error(r->idl, s->loc, nkidl_format(r->idl, "there are: %s", list),
                    "there is no process class '%s'", s->text);
    return class;
}

static bool may_have(enum psl_event event, enum psl_selector_kind kind)
{
    if (event == PSL_SECURITY)
        return kind != PSL_DST && kind != PSL_ENDPOINT;
    return event != PSL_EXECUTE || (kind != PSL_ENDPOINT && kind != PSL_COMPONENT);
}

static void resolve_selectors(struct resolver *r, struct psl_block *block)
{
    enum psl_event event = r->binding->event;

    block->src = resolve_class(r, &block->selectors[PSL_SRC]);
    if (may_have(event, PSL_DST))
        block->dst = resolve_class(r, &block->selectors[PSL_DST]);
    for (int i = 0; i < PSL_SELECTORS; i++) {
        if (block->selectors[i].text && !may_have(event, (enum psl_selector_kind)i))
            nkidl_error(r->idl, block->selectors[i].loc, "leave the selector out",
                        "'%s' events have no %s", event_names[event], selector_names[i]);
    }
}

/* ---- what a selector can name ---- */

/* Calls `visit` for all occasions of the server classes that the block and its parents leave. */
struct visitor {
    const struct psl_block *block; /* whose chain narrows the classes */
    enum psl_event event;
    void (*visit)(void *context, const struct psl_occasion *occasion);
    void *context;
};

static void visit_methods(const struct visitor *v, struct psl_occasion *o,
                          const struct nkidl_package *interface)
{
    for (o->method = interface->methods; o->method; o->method = o->method->next)
        v->visit(v->context, o);
}

static void visit_server(const struct visitor *v, struct psl_occasion *o,
                         const struct psl_class *server)
{
    if (v->event == PSL_REQUEST)
        o->dst = server;
    else
        o->src = server;
    if (v->event == PSL_SECURITY) {
        for (unsigned i = 0; i < server->component->nsecurity; i++) {
            o->guard = &server->guards[i];
            visit_methods(v, o, o->guard->interface);
        }
        return;
    }
    for (unsigned i = 0; i < server->component->nendpoints; i++) {
        o->row = &server->endpoints[i];
        visit_methods(v, o, o->row->endpoint->interface);
    }
}

static void visit_all(const struct visitor *v, const struct psl_policy *policy)
{
    const struct psl_class *src = NULL, *dst = NULL, *server;
    struct psl_occasion o = {.event = v->event};

    for (const struct psl_block *b = v->block; b; b = b->parent) {
        if ((src && b->src && b->src != src) || (dst && b->dst && b->dst != dst))
            return; /* contradicts itself */
        src = b->src ? b->src : src;
        dst = b->dst ? b->dst : dst;
    }
    o.src = src ? src : policy->classes[0];
    o.dst = v->event == PSL_SECURITY ? NULL : dst ? dst : policy->classes[0];
    if (v->event == PSL_EXECUTE) {
        visit_methods(v, &o, policy->execute);
        return;
    }
    server = v->event == PSL_REQUEST ? dst : src;
    for (unsigned i = 0; i < policy->nclasses; i++) {
        if (!server || policy->classes[i] == server)
            visit_server(v, &o, policy->classes[i]);
    }
}

static bool is_named(const char *text, const char *owner, const char *name)
{
    size_t size = strlen(owner);

    return !strncmp(text, owner, size) && text[size] == '.' && !strcmp(text + size + 1, name);
}

static bool endpoint_matches(const char *text, const struct nkidl_flat *row)
{
    return !strcmp(text, row->name) || is_named(text, row->owner->name, row->endpoint->name) ||
           is_named(text, row->owner->last, row->endpoint->name);
}

/* The class of the component instance at a dotted path. */
static const struct nkidl_component *component_at(const struct nkidl_component *c, const char *path)
{
    while (c && *path) {
        size_t size = strcspn(path, ".");
        const struct nkidl_instance *i = c->instances;

        while (i && (strncmp(i->name, path, size) != 0 || i->name[size]))
            i = i->next;
        c = i ? i->component : NULL;
        path += path[size] ? size + 1 : size;
    }
    return c;
}

static bool component_matches(const char *text, const struct psl_occasion *o)
{
    const struct nkidl_component *owner;

    if (o->row)
        return !strcmp(text, o->row->instance) || !strcmp(text, o->row->owner->name);
    owner = o->guard ? component_at(o->src->component, o->guard->instance) : NULL;
    return owner && (!strcmp(text, o->guard->instance) || !strcmp(text, owner->name));
}

static const char *interface_name(const struct psl_occasion *o)
{
    if (o->event == PSL_EXECUTE)
        return "kl.core.Execute";
    return o->guard ? o->guard->interface->name : o->row->endpoint->interface->name;
}

static bool selector_matches(const struct psl_block *block, enum psl_selector_kind kind,
                             const struct psl_occasion *o)
{
    const char *text = block->selectors[kind].text;

    if (!text)
        return true;
    switch (kind) {
    case PSL_SRC:
        return o->src == block->src;
    case PSL_DST:
        return o->dst == block->dst;
    case PSL_INTERFACE:
        return !strcmp(text, interface_name(o));
    case PSL_COMPONENT:
        return component_matches(text, o);
    case PSL_ENDPOINT:
        return o->row && endpoint_matches(text, o->row);
    default:
        return !strcmp(text, o->method ? o->method->name : "main");
    }
}

bool psl_block_matches(const struct psl_block *block, const struct psl_occasion *o)
{
    for (int i = 0; i < PSL_SELECTORS; i++) {
        if (!selector_matches(block, (enum psl_selector_kind)i, o))
            return false;
    }
    return true;
}

bool psl_matches(const struct psl_block *block, const struct psl_occasion *o)
{
    for (; block; block = block->parent) {
        if (!psl_block_matches(block, o))
            return false;
    }
    return true;
}

const struct nkidl_message *psl_message(const struct psl_occasion *o)
{
    switch (o->event) {
    case PSL_EXECUTE:
        return NULL;
    case PSL_RESPONSE:
        return &o->method->res;
    case PSL_ERROR:
        return &o->method->err;
    default:
        return &o->method->req;
    }
}

/* ---- selectors that match nothing ---- */

struct count {
    struct nkidl *idl;
    const struct psl_block *block;
    enum psl_selector_kind kind; /* PSL_SELECTORS: the whole chain */
    unsigned n;
    const char *names; /* that the selector could have */
};

static void count_one(void *context, const struct psl_occasion *o)
{
    struct count *c = context;

    if (c->kind == PSL_SELECTORS)
        c->n += psl_matches(c->block, o);
    else
        c->n += selector_matches(c->block, c->kind, o);
}

static bool in_list(const char *list, const char *name)
{
    size_t size = strlen(name);

    for (const char *at = list; at && (at = strstr(at, name)); at++) {
        if ((at == list || at[-1] == ' ') && (at[size] == ',' || !at[size]))
            return true;
    }
    return false;
}

static void collect_name(void *context, const struct psl_occasion *o)
{
    struct count *c = context;
    const char *name = o->method->name;

    if (c->kind == PSL_INTERFACE)
        name = interface_name(o);
    else if (c->kind == PSL_ENDPOINT)
        name = o->row->name;
    else if (c->kind == PSL_COMPONENT)
        name = o->row ? o->row->instance : o->guard->instance;
    else /* methods of the endpoints that the other selectors leave */
        for (int i = PSL_INTERFACE; i < PSL_METHOD; i++) {
            for (const struct psl_block *b = c->block; b; b = b->parent) {
                if (!selector_matches(b, (enum psl_selector_kind)i, o))
                    return;
            }
        }
    if (*name && c->n < 40 && !in_list(c->names, name)) {
        c->names = name_list(c->idl, c->names, name);
        c->n++;
    }
}

static unsigned count(struct resolver *r, const struct psl_block *block,
                      enum psl_selector_kind kind)
{
    struct count c = {r->idl, block, kind, 0, NULL};
    struct visitor v = {block, r->binding->event, count_one, &c};

    visit_all(&v, r->policy);
    return c.n;
}

/* Names of the kernel's interfaces that other systems have and this one does not are no defect. */
static bool is_foreign(const struct resolver *r, const struct psl_block *block, const char *text)
{
    const struct psl_class *server = NULL;

    for (const struct psl_block *b = block; b && !server; b = b->parent)
        server = r->binding->event == PSL_REQUEST ? b->dst : b->src;
    return (server && server->number == 0) || !strncmp(text, "kl.", 3);
}

static void report_nothing(struct resolver *r, const struct psl_block *block,
                           enum psl_selector_kind kind)
{
    const struct psl_selector *s = &block->selectors[kind];
    struct count c = {r->idl, block, kind, 0, NULL};
    struct visitor v = {block, r->binding->event, collect_name, &c};
    const char *help;

    visit_all(&v, r->policy);
    help = c.names ? nkidl_format(r->idl, "there are: %s", c.names) : "there is none";
    if (is_foreign(r, block, s->text))
        nkidl_warning(r->idl, s->loc, help, "no %s is called '%s': this never matches",
                      selector_names[kind], s->text);
    else
        nkidl_error(r->idl, s->loc, help, "no %s is called '%s'", selector_names[kind], s->text);
}

/* One diagnostic for a block that no event can match. */
static void check_selectors(struct resolver *r, const struct psl_block *block)
{
    bool is_narrow = false;

    for (int i = PSL_INTERFACE; i < PSL_SELECTORS; i++)
        is_narrow = is_narrow || block->selectors[i].text;
    if (block->parent && !is_narrow)
        is_narrow = block->src || block->dst;
    if (!is_narrow || count(r, block, PSL_SELECTORS))
        return;
    if (block->parent && !count(r, block->parent, PSL_SELECTORS))
        return; /* has been said */
    for (int i = PSL_INTERFACE; i < PSL_SELECTORS; i++) {
        if (block->selectors[i].text && !count(r, block, (enum psl_selector_kind)i)) {
            report_nothing(r, block, (enum psl_selector_kind)i);
            return;
        }
    }
    if (block->selectors[PSL_METHOD].text && !is_foreign(r, block, "")) {
        struct count c = {r->idl, block, PSL_METHOD, 0, NULL};
        struct visitor v = {block, r->binding->event, collect_name, &c};

        visit_all(&v, r->policy);
        if (c.names && !in_list(c.names, block->selectors[PSL_METHOD].text) && !block->parent) {
            nkidl_error(r->idl, block->selectors[PSL_METHOD].loc,
                        nkidl_format(r->idl, "there are: %s", c.names),
                        "no method is called '%s' there", block->selectors[PSL_METHOD].text);
            return;
        }
    }
    nkidl_warning(r->idl, block->loc, NULL,
                  "this can never match: its selectors contradict each other or those around it");
}

/* ---- the walk ---- */

static void resolve_block(struct resolver *r, struct psl_block *block);

static void add_leaf(struct resolver *r, const struct psl_block *block, const struct psl_action *a)
{
    struct psl_policy *policy = r->policy;

    if (policy->nleaves == r->capacity) {
        unsigned wanted = r->capacity ? 2 * r->capacity : 256;
        struct psl_leaf *bigger = nkidl_alloc(r->idl, wanted * sizeof(*bigger));

        if (policy->nleaves)
            memcpy(bigger, policy->leaves, policy->nleaves * sizeof(*bigger));
        policy->leaves = bigger;
        r->capacity = wanted;
    }
    policy->leaves[policy->nleaves] = (struct psl_leaf){policy->nleaves, r->binding->event,
                                                        r->binding, block, a};
    policy->nleaves++;
}

/* `is_leaf`: not inside a choice, which is a leaf as a whole. */
static void resolve_actions(struct resolver *r, struct psl_block *block, struct psl_action *actions,
                            bool is_leaf)
{
    for (struct psl_action *a = actions; a; a = a->next) {
        if (a->kind == PSL_RULE) {
            resolve_rule(r, a);
        } else if (a->kind == PSL_CHOICE) {
            resolve_expr(r, a->expr);
            for (struct psl_branch *b = a->branches; b; b = b->next)
                resolve_actions(r, block, b->actions, false);
        } else {
            a->match->parent = block;
            if (is_leaf) {
                resolve_block(r, a->match);
            } else {
                resolve_selectors(r, a->match);
                resolve_actions(r, a->match, a->match->actions, false);
            }
            continue;
        }
        if (is_leaf)
            add_leaf(r, block, a);
    }
}

static void resolve_block(struct resolver *r, struct psl_block *block)
{
    unsigned errors = nkidl_error_count(r->idl);

    resolve_selectors(r, block);
    if (nkidl_error_count(r->idl) == errors)
        check_selectors(r, block);
    resolve_actions(r, block, block->actions, true);
}

void resolve_bindings(struct reader *reader)
{
    struct resolver r = {.policy = reader->policy, .idl = reader->idl};

    r.policy->bindings = reader->bindings.first;
    for (struct psl_binding *b = r.policy->bindings; b; b = b->next) {
        r.binding = b;
        resolve_block(&r, &b->block);
    }
}
