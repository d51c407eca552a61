/*
 * classes.c: the process classes of the policy, loaded from their descriptions and numbered.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int compare(const void *a, const void *b)
{
    const struct psl_class *const *left = a, *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

const struct psl_class *find_class(const struct psl_policy *policy, const char *name)
{
    for (unsigned i = 0; i < policy->nclasses; i++) {
        if (!strcmp(policy->classes[i]->name, name))
            return policy->classes[i];
    }
    return NULL;
}

static void add_class(struct reader *r, const struct used *used)
{
    struct psl_policy *policy = r->policy;
    const char *name = used->as.text ? used->as.text : used->name.text;
    const struct psl_class *other = find_class(policy, name);
    struct psl_class *class;
    struct nkidl_unit *unit =
        nkidl_load_name_at(r->idl, NKIDL_EDL, used->name.text, used->name.loc);

    if (!unit)
        return;
    if (other) {
        if (other->unit != unit) {
            nkidl_error(r->idl, used->as.text ? used->as.loc : used->name.loc,
                        "choose another name", "the class '%s' is described twice", name);
            nkidl_note(r->idl, other->loc, "the first is here");
        }
        return;
    }
    class = nkidl_alloc(r->idl, sizeof(*class));
    class->name = name;
    class->loc = used->as.text ? used->as.loc : used->name.loc;
    class->unit = unit;
    class->component = unit->component;
    policy->classes[policy->nclasses++] = class;
}

static bool names(const struct used *used, const char *name)
{
    for (; used; used = used->next) {
        if (!strcmp(used->as.text ? used->as.text : used->name.text, name))
            return true;
    }
    return false;
}

static void require(struct reader *r, const char *name, const char *what)
{
    if (names(r->used.first, name))
        return;
    nkidl_error(r->idl, (struct nkidl_loc){.file = r->policy->file},
                nkidl_format(r->idl, "add: use EDL %s", name),
                "the policy does not name the process class '%s'%s", name, what);
}

/* kl.core.Core first, the others by name: the numbers of the image's table of forms. */
static void number_classes(struct psl_policy *policy)
{
    for (unsigned i = 0; i < policy->nclasses; i++) {
        struct psl_class *class = policy->classes[i];

        if (!strcmp(class->name, "kl.core.Core")) {
            policy->classes[i] = policy->classes[0];
            policy->classes[0] = class;
        }
    }
    qsort(policy->classes + 1, policy->nclasses - 1, sizeof(*policy->classes), compare);
    for (unsigned i = 0; i < policy->nclasses; i++) {
        struct psl_class *class = policy->classes[i];

        class->number = i;
        class->endpoints = nkidl_flatten(policy->idl, class->component);
        class->guards = nkidl_guards(policy->idl, class->component);
    }
}

void resolve_classes(struct reader *r, const struct psl_options *options)
{
    struct psl_policy *policy = r->policy;
    struct nkidl_unit *execute;
    unsigned n = 0;

    require(r, "kl.core.Core", ", the kernel's");
    require(r, "Einit", ", which the kernel starts");
    for (const char *const *name = options->required; name && *name; name++)
        require(r, *name, ", which the image has");
    for (const struct used *used = r->used.first; used; used = used->next)
        n++;
    policy->classes = nkidl_alloc(r->idl, (n + 1) * sizeof(*policy->classes));
    for (const struct used *used = r->used.first; used; used = used->next)
        add_class(r, used);
    execute = nkidl_load_name(r->idl, NKIDL_IDL, "kl.core.Execute");
    if (nkidl_check(r->idl))
        return;
    policy->execute = execute->package;
    if (policy->nclasses >= 0xffff) {
        nkidl_error(r->idl, (struct nkidl_loc){.file = policy->file}, NULL, "too many classes");
        return;
    }
    number_classes(policy);
}
