/*
 * profiles.c: audit profiles.
 *
 *     audit profile p = {0: {base: {kss: ["granted", "denied"]}, door: {kss: ["denied"],
 *                                                                        omit: ["closed"]}}}
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int compare_levels(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;

    return *left < *right ? -1 : *left > *right;
}

static bool is_text(const struct psl_expr *e, const char *text)
{
    return e->kind == PSL_TEXT && !strcmp(e->text, text);
}

static void omit_state(struct reader *r, struct psl_audit_entry *entry, const struct psl_expr *text)
{
    const struct psl_object *object = entry->object;

    for (unsigned i = 0; object->model == PSL_FLOW && i < object->flow.nstates; i++) {
        const struct psl_expr *state = object->flow.states[i];

        if (text->kind == PSL_TEXT && text->size == state->size &&
            !memcmp(text->text, state->text, text->size)) {
            if (i < 64)
                entry->omit |= 1ull << i;
            return;
        }
    }
    nkidl_error(r->idl, text->loc, "only states of a Flow can be left out",
                "'%s' is not a state of '%s'", text->kind == PSL_TEXT ? text->text : "this",
                object->name);
}

/* One of "kss", "omit" and "emit". */
static void read_condition(struct reader *r, struct psl_audit_entry *entry, const char *name,
                           const struct psl_expr *key, const struct psl_expr *list)
{
    if (list->kind != PSL_LIST) {
        nkidl_error(r->idl, list->loc, "for example: kss: [\"denied\"]", "a list is due here");
        return;
    }
    for (unsigned i = 0; i < list->nitems; i++) {
        const struct psl_expr *text = list->items[i].value;

        if (!strcmp(name, "kss") && is_text(text, "granted"))
            entry->granted = true;
        else if (!strcmp(name, "kss") && is_text(text, "denied"))
            entry->denied = true;
        else if (!strcmp(name, "omit"))
            omit_state(r, entry, text);
        else if (!strcmp(name, "emit") && is_text(text, "match"))
            entry->emit_match = true;
        else if (!strcmp(name, "emit") && is_text(text, "select"))
            entry->emit_select = true;
        else
            nkidl_error(r->idl, strcmp(name, "kss") && strcmp(name, "emit") ? key->loc : text->loc,
                        "kss: \"granted\", \"denied\"; omit: states of a Flow; emit: \"match\", "
                        "\"select\"", "this has no meaning in an audit profile");
    }
}

static void read_entry(struct reader *r, struct psl_profile *profile, uint64_t level,
                       const struct psl_item *item)
{
    const char *name = item->key->kind == PSL_NAME ? item->key->name
                       : item->key->kind == PSL_TEXT ? item->key->text : "";
    const struct psl_object *object = find_object(r->policy, name);
    struct psl_audit_entry *entry, **end = &profile->entries;

    if (!object || object->model < PSL_BASE) {
        nkidl_error(r->idl, item->key->loc,
                    object ? "objects of Pred, Bool, Math and Struct decide nothing"
                           : "declare it, or take it out",
                    "there is no policy object '%s' that can be audited", name);
        return;
    }
    if (item->value->kind != PSL_DICT) {
        nkidl_error(r->idl, item->value->loc, "for example: {kss: [\"denied\"]}",
                    "what is recorded is a dictionary");
        return;
    }
    entry = nkidl_alloc(r->idl, sizeof(*entry));
    entry->level = level;
    entry->object = object;
    for (unsigned i = 0; i < item->value->nitems; i++) {
        const struct psl_item *part = &item->value->items[i];

        read_condition(r, entry, part->key->kind == PSL_NAME ? part->key->name
                                 : part->key->kind == PSL_TEXT ? part->key->text : "",
                       part->key, part->value);
    }
    while (*end)
        end = &(*end)->next;
    *end = entry;
}

static const struct psl_profile *find_profile(const struct psl_policy *policy, const char *name)
{
    const struct psl_profile *profile = policy->profiles;

    while (profile && strcmp(profile->name, name) != 0)
        profile = profile->next;
    return profile;
}

static void read_profile(struct reader *r, const struct declared_profile *d)
{
    struct psl_profile *profile = nkidl_alloc(r->idl, sizeof(*profile)),
                       **end = &r->policy->profiles;

    if (find_profile(r->policy, d->name.text)) {
        nkidl_error(r->idl, d->name.loc, "choose another name", "a second audit profile '%s'",
                    d->name.text);
        return;
    }
    profile->name = d->name.text;
    profile->loc = d->name.loc;
    if (d->value->kind != PSL_DICT && d->value->kind != PSL_UNIT) {
        nkidl_error(r->idl, d->value->loc, "for example: {0: {base: {kss: [\"denied\"]}}}",
                    "an audit profile is a dictionary of levels");
        return;
    }
    profile->levels = nkidl_alloc(r->idl, (d->value->nitems + 1) * sizeof(*profile->levels));
    for (unsigned i = 0; i < d->value->nitems; i++) {
        const struct psl_item *item = &d->value->items[i];

        if (item->key->kind != PSL_INT || item->value->kind != PSL_DICT) {
            nkidl_error(r->idl, item->key->loc, "for example: 0: {base: {kss: [\"denied\"]}}",
                        "each level is a number with a dictionary of policy objects");
            continue;
        }
        profile->levels[profile->nlevels++] = item->key->number;
        for (unsigned k = 0; k < item->value->nitems; k++)
            read_entry(r, profile, item->key->number, &item->value->items[k]);
    }
    qsort(profile->levels, profile->nlevels, sizeof(*profile->levels), compare_levels);
    while (*end)
        end = &(*end)->next;
    *end = profile;
}

static const struct psl_profile *named_profile(struct psl_policy *policy, const char *name,
                                               struct nkidl_loc loc)
{
    const struct psl_profile *profile = find_profile(policy, name);
    const char *list = NULL;

    for (const struct psl_profile *p = policy->profiles; p && !profile; p = p->next)
        list = name_list(policy->idl, list, p->name);
    if (!profile)
        nkidl_error(policy->idl, loc, list ? nkidl_format(policy->idl, "there are: %s", list)
                                           : "declare it: audit profile NAME = {...}",
                    "there is no audit profile '%s'", name);
    return profile;
}

static void name_in_actions(struct psl_policy *policy, struct psl_action *actions);

static void name_in_block(struct psl_policy *policy, struct psl_block *block)
{
    if (block->profile_name)
        block->profile = named_profile(policy, block->profile_name, block->profile_loc);
    name_in_actions(policy, block->actions);
}

static void name_in_actions(struct psl_policy *policy, struct psl_action *actions)
{
    for (struct psl_action *a = actions; a; a = a->next) {
        if (a->kind == PSL_MATCH)
            name_in_block(policy, a->match);
        for (struct psl_branch *b = a->branches; b; b = b->next)
            name_in_actions(policy, b->actions);
    }
}

void resolve_profiles(struct reader *r)
{
    for (const struct declared_profile *d = r->profiles.first; d; d = d->next)
        read_profile(r, d);
    if (r->audit_default.text)
        r->policy->audit_default =
            named_profile(r->policy, r->audit_default.text, r->audit_default.loc);
    r->policy->audit_level = r->audit_level;
    for (struct psl_binding *b = r->bindings.first; b; b = b->next)
        name_in_block(r->policy, &b->block);
}
