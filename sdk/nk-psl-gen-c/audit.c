/*
 * audit.c: audit profiles as masks: bit n stands for the run-time levels from the n-th level of all
 * profiles up to the next.
 */
#include "psl_gen.h"

bool collect_levels(struct psl_gen *g)
{
    for (const struct psl_profile *p = g->policy->profiles; p; p = p->next) {
        for (unsigned i = 0; i < p->nlevels; i++) {
            unsigned at = 0;

            while (at < g->nlevels && g->levels[at] < p->levels[i])
                at++;
            if (at < g->nlevels && g->levels[at] == p->levels[i])
                continue;
            if (g->nlevels == LEVELS_MAX) {
                nkidl_error(g->idl, p->loc, NULL, "the audit profiles have more than %d levels",
                            LEVELS_MAX);
                return false;
            }
            for (unsigned k = g->nlevels++; k > at; k--)
                g->levels[k] = g->levels[k - 1];
            g->levels[at] = p->levels[i];
        }
    }
    return true;
}

const struct psl_profile *profile_of(const struct psl_policy *policy, const struct psl_block *block)
{
    for (; block; block = block->parent) {
        if (block->profile)
            return block->profile;
    }
    return policy->audit_default;
}

uint32_t audit_mask(const struct psl_gen *g, const struct psl_profile *profile,
                    const struct psl_object *object, bool granted)
{
    uint32_t mask = 0;

    for (unsigned i = 0; profile && i < g->nlevels; i++) {
        uint64_t in_force = 0;
        bool is_any = false;

        for (unsigned k = 0; k < profile->nlevels && profile->levels[k] <= g->levels[i]; k++) {
            in_force = profile->levels[k];
            is_any = true;
        }
        for (const struct psl_audit_entry *e = profile->entries; e && is_any; e = e->next) {
            if (e->level == in_force && e->object == object && (granted ? e->granted : e->denied) &&
                (object->model != PSL_REGEX || e->emit_match || e->emit_select))
                mask |= 1u << i;
        }
    }
    return mask;
}

uint64_t audit_omits(const struct psl_profile *profile, const struct psl_object *object)
{
    for (const struct psl_audit_entry *e = profile ? profile->entries : NULL; e; e = e->next) {
        if (e->object == object && e->omit)
            return e->omit;
    }
    return 0;
}
