/*
 * rule.c: rules and choices as functions.
 *
 * rule_N answers null if the rule grants, a struct rules_why if it denies, and (choices alone)
 * &rules_nothing if no rule ran.
 */
#include <inttypes.h>
#include <string.h>

#include "psl_gen.h"

unsigned put_why(struct psl_gen *g, struct nkidl_loc loc, const char *text, uint32_t heard)
{
    fprintf(g->tables, "static const struct rules_why why_%u = {%s, %u, %s, 0x%xu};\n", g->nwhys,
            c_string(g, loc.file->path, strlen(loc.file->path)), loc.line,
            c_string(g, text, strlen(text)), heard);
    return g->nwhys++;
}

/* ---- audit ---- */

static bool uses(const struct psl_expr *e, enum psl_function function)
{
    if (!e)
        return false;
    if ((e->kind == PSL_CALL && e->function == function) || uses(e->left, function) ||
        uses(e->right, function))
        return true;
    for (unsigned i = 0; i < e->nitems; i++) {
        if (uses(e->items[i].value, function))
            return true;
    }
    return false;
}

static const struct psl_object *regex_object(const struct psl_policy *policy)
{
    const struct psl_object *object = policy->objects;

    while (object->model != PSL_REGEX)
        object = object->next;
    return object;
}

static const struct psl_object *base_object(const struct psl_policy *policy)
{
    const struct psl_object *object = policy->objects;

    while (object->model != PSL_BASE)
        object = object->next;
    return object;
}

uint32_t heard_of(struct psl_gen *g, const struct psl_action *a, const struct psl_block *block,
                  bool granted)
{
    const struct psl_profile *profile = profile_of(g->policy, block);
    const struct psl_object *object = a->object;
    uint32_t mask;

    if (!object || object->model == PSL_BOOLEAN)
        object = base_object(g->policy); /* bool.assert is recorded as base's */
    mask = audit_mask(g, profile, object, granted);
    if (uses(a->argument, PSL_RE_MATCH) || uses(a->expr, PSL_RE_SELECT))
        mask |= audit_mask(g, profile, regex_object(g->policy), granted);
    return mask;
}

static void put_heard(struct psl_gen *g, const struct psl_typed_rule *r,
                      const struct psl_block *block)
{
    const struct psl_action *a = r->action;
    uint32_t mask = heard_of(g, a, block, true);
    uint64_t omit = a->object->model == PSL_FLOW
                        ? audit_omits(profile_of(g->policy, block), a->object)
                        : 0;

    if (mask && omit)
        line(g, "if (!rules_flow_is_in(&flow_%u, %s, 0x%" PRIx64 "ull))", a->object->number,
             put_expr(g, r->args[PSL_ARG_SID]), omit);
    g->is_heard = g->is_heard || mask;
    if (mask)
        line(g, "%srules_heard |= 0x%xu;", omit ? "    " : "", mask);
}

/* ---- rules ---- */

static const char *sid(struct psl_gen *g, const struct psl_typed_rule *r, enum psl_arg arg)
{
    return put_expr(g, r->args[arg]);
}

static const char *put_states(struct psl_gen *g, const struct psl_typed_rule *r)
{
    const struct psl_typed *list = r->args[PSL_ARG_STATES];
    const struct psl_object *flow = r->action->object;
    const char *state = nkidl_format(g->idl, "t%u", new_temp(g)), *condition = "false";

    line(g, "int %s = rules_flow_state(&flow_%u, %s);", state, flow->number,
         sid(g, r, PSL_ARG_SID));
    for (unsigned i = 0; i < list->nitems; i++)
        condition = nkidl_format(g->idl, "%s || %s == %s", condition, state,
                                 put_state(g, flow, list->items[i]));
    return nkidl_format(g->idl, "%s", condition);
}

static const char *put_flow_rule(struct psl_gen *g, const struct psl_typed_rule *r)
{
    const struct psl_object *o = r->action->object;
    const char *at = r->args[PSL_ARG_SID] ? sid(g, r, PSL_ARG_SID) : "0";

    g->writes += 1;
    switch (r->action->rule) {
    case PSL_FLOW_INIT:
        return nkidl_format(g->idl, "rules_flow_init(&flow_%u, %s)", o->number, at);
    case PSL_FLOW_FINI:
        return nkidl_format(g->idl, "rules_flow_fini(&flow_%u, %s)", o->number, at);
    case PSL_FLOW_ENTER:
        return nkidl_format(g->idl, "rules_flow_enter(&flow_%u, %s, %s)", o->number, at,
                            put_state(g, o, r->args[PSL_ARG_STATE]));
    default:
        return put_states(g, r);
    }
}

static const char *put_set_rule(struct psl_gen *g, const struct psl_typed_rule *r)
{
    const struct psl_object *o = r->action->object;
    const char *at = sid(g, r, PSL_ARG_SID);

    switch (r->action->rule) {
    case PSL_SET_INIT:
        g->writes += 6;
        return nkidl_format(g->idl, "rules_set_init(&set_%u, %s)", o->number, at);
    case PSL_SET_FINI:
        g->writes += 3;
        return nkidl_format(g->idl, "rules_set_fini(&set_%u, %s)", o->number, at);
    default:
        g->writes += 4 + o->hashset.entry->words;
        return nkidl_format(g->idl, "rules_set_%s(&set_%u, %s, %s)",
                            r->action->rule == PSL_SET_ADD ? "add" : "remove", o->number, at,
                            put_entry(g, o->hashset.entry, r->args[PSL_ARG_ENTRY]));
    }
}

static const char *put_map_rule(struct psl_gen *g, const struct psl_typed_rule *r)
{
    const struct psl_object *o = r->action->object;
    const char *at = sid(g, r, PSL_ARG_SID), *key;

    switch (r->action->rule) {
    case PSL_MAP_INIT:
        g->writes += 3 + 2 * o->staticmap.nkeys;
        return nkidl_format(g->idl, "rules_map_init(&map_%u, %s)", o->number, at);
    case PSL_MAP_FINI:
        g->writes += 3;
        return nkidl_format(g->idl, "rules_map_fini(&map_%u, %s)", o->number, at);
    case PSL_MAP_SET:
        g->writes += 1;
        key = put_key(g, o, r->args[PSL_ARG_KEY]);
        return nkidl_format(g->idl, "rules_map_set(&map_%u, %s, %s, (uint64_t)%s)", o->number, at,
                            key, put_expr(g, r->args[PSL_ARG_VALUE]));
    default:
        g->writes += o->staticmap.nkeys;
        return nkidl_format(g->idl, "rules_map_copy(&map_%u, %s, %s)", o->number, at,
                            r->action->rule == PSL_MAP_COMMIT ? "true" : "false");
    }
}

static const char *level(struct psl_gen *g, const struct psl_typed_rule *r, enum psl_arg arg)
{
    return r->args[arg] ? put_level(g, r->args[arg]) : "0";
}

static const char *put_mic_rule(struct psl_gen *g, const struct psl_typed_rule *r)
{
    static const char *const names[] = {"create", "delete", "execute", "upgrade", "receive", "send",
                                        "receive", "send"};
    const char *name = names[r->action->rule - PSL_MIC_CREATE];
    const char *target = sid(g, r, PSL_ARG_TARGET), *container = "0", *driver, *source;
    int slot = r->action->object->slot;

    if (r->action->rule >= PSL_MIC_CALL)
        return nkidl_format(g->idl, "rules_mic_%s(%d, %s, %s)", name, slot,
                            sid(g, r, PSL_ARG_SOURCE), target);
    g->writes += 2;
    if (r->action->rule == PSL_MIC_EXECUTE)
        return nkidl_format(g->idl, "rules_mic_execute(%d, %s, %s, %s, %s, %s)", slot,
                            r->args[PSL_ARG_IMAGE] ? "true" : "false",
                            r->args[PSL_ARG_IMAGE] ? sid(g, r, PSL_ARG_IMAGE) : "0", target,
                            level(g, r, PSL_ARG_LEVEL), level(g, r, PSL_ARG_LEVEL_R));
    source = sid(g, r, PSL_ARG_SOURCE);
    driver = sid(g, r, PSL_ARG_DRIVER);
    if (r->args[PSL_ARG_CONTAINER])
        container = sid(g, r, PSL_ARG_CONTAINER);
    return nkidl_format(g->idl, "rules_mic_%s(%d, %s, %s, %s, %s, %s%s%s)", name, slot, source,
                        target, r->args[PSL_ARG_CONTAINER] ? "true" : "false", container, driver,
                        r->action->rule == PSL_MIC_DELETE ? "" : ", ",
                        r->action->rule == PSL_MIC_DELETE ? "" : level(g, r, PSL_ARG_LEVEL));
}

/* A C expression that is true if the rule grants. */
static const char *put_condition(struct psl_gen *g, const struct psl_typed_rule *r)
{
    const struct psl_typed *value = r->args[PSL_ARG_VALUE];

    switch (r->action->rule) {
    case PSL_GRANT:
        return "true";
    case PSL_ASSERT:
    case PSL_BOOL_ASSERT:
        return put_expr(g, value);
    case PSL_DENY:
        return value ? nkidl_format(g->idl, "!%s", put_expr(g, value)) : "false";
    case PSL_SET_LEVEL:
        g->writes += 1;
        line(g, "rules_set(&rules_level, %s);", put_expr(g, value));
        return "true";
    default:
        break;
    }
    switch (r->action->object->model) {
    case PSL_FLOW:
        return put_flow_rule(g, r);
    case PSL_HASHSET:
        return put_set_rule(g, r);
    case PSL_STATICMAP:
        return put_map_rule(g, r);
    default:
        return put_mic_rule(g, r);
    }
}

static bool put_one_rule(struct psl_gen *g, const struct psl_action *a,
                         const struct psl_block *block)
{
    struct psl_typed_rule *r = psl_type_rule(&g->context, a);
    const char *condition;

    if (!r)
        return false;
    line(g, "denied = &why_%u;", put_why(g, a->loc, a->text, heard_of(g, a, block, false)));
    condition = put_condition(g, r);
    if (strcmp(condition, "true") != 0) {
        line(g, "if (!(%s))", condition);
        line(g, "    return denied;");
    }
    put_heard(g, r, block);
    return true;
}

/* ---- choices ---- */

static bool put_actions(struct psl_gen *g, const struct psl_occasion *o,
                        const struct psl_block *block, const struct psl_action *actions);

/* The condition under which a branch is taken; `head` is a C value that may be used many times. */
static const char *put_label(struct psl_gen *g, const struct psl_typed *head, const char *value,
                             const struct psl_expr *label, bool is_select)
{
    struct psl_typed *text = psl_type(&g->context, label);

    g->walks += is_select;
    if (is_select)
        return nkidl_format(g->idl, "rules_matches(&regex_%u, %s)", put_regex(g, label), value);
    if (head->kind == PSL_V_STATE)
        return nkidl_format(g->idl, "%s == %s", value, put_state(g, head->object, text));
    if (head->kind == PSL_V_TEXT)
        return nkidl_format(g->idl, "rules_equal(%s, %s)", value,
                            put_const_text(g, label->text, label->size));
    if (head->kind == PSL_V_BOOL)
        return nkidl_format(g->idl, "%s%s", label->number ? "" : "!", value);
    if (head->kind == PSL_V_INT && !head->is_signed)
        return label->negative ? "false"
                               : nkidl_format(g->idl, "%s == %" PRIu64 "ull", value, label->number);
    return nkidl_format(g->idl, "%s == %" PRId64 "ll", value, (int64_t)label->number);
}

/* A variable with the head's value. */
static const char *put_head(struct psl_gen *g, const struct psl_typed *head, bool is_select)
{
    static const char *const types[] = {[PSL_V_BOOL] = "bool", [PSL_V_TEXT] = "struct rules_text",
                                        [PSL_V_STATE] = "int", [PSL_V_LEVEL] = "uint32_t"};
    const char *value, *type = types[head->kind];
    unsigned temp;

    if (is_select)
        value = put_whole_text(g, head->args[PSL_ARG_TEXT]);
    else if (head->kind == PSL_V_TEXT)
        value = put_whole_text(g, head);
    else
        value = put_expr(g, head);
    if (head->kind == PSL_V_INT)
        type = head->is_signed ? "int64_t" : "uint64_t";
    temp = new_temp(g);
    line(g, "%s t%u = %s;", type, temp, value);
    return nkidl_format(g->idl, "t%u", temp);
}

/* A label of a level is a literal, too. */
static const char *put_level_label(struct psl_gen *g, const struct psl_typed *head,
                                   const char *value, const struct psl_expr *label)
{
    const struct psl_mic *mic = &head->object->mic;

    for (unsigned i = 0; i < mic->ndegrees; i++) {
        if (mic->degrees[i]->size == label->size &&
            !memcmp(mic->degrees[i]->text, label->text, label->size))
            return nkidl_format(g->idl, "%s == 0x%xu", value, 0x80000000u | i << 20);
    }
    for (unsigned i = 0; i < mic->ncategories; i++) {
        if (!strcmp(mic->categories[i]->text, label->text))
            return nkidl_format(g->idl, "%s == 0x%xu", value, 0x80000000u | 1u << i);
    }
    return "false";
}

static bool put_branch(struct psl_gen *g, const struct psl_occasion *o,
                       const struct psl_block *block, const char *label,
                       const struct psl_action *actions)
{
    bool is_good;

    line(g, "%s: {", label);
    g->indent++;
    is_good = put_actions(g, o, block, actions);
    line(g, "break;");
    g->indent--;
    line(g, "}");
    return is_good;
}

static bool put_choice(struct psl_gen *g, const struct psl_occasion *o,
                       const struct psl_block *block, const struct psl_action *a)
{
    bool is_select = a->expr->kind == PSL_CALL && a->expr->function == PSL_RE_SELECT;
    struct psl_typed *head = psl_type(&g->context, a->expr);
    const struct psl_branch *rest = NULL;
    const char *value;
    unsigned why, n = 0, taken;

    if (!head)
        return false;
    why = put_why(g, a->loc, a->text, heard_of(g, a, block, false));
    line(g, "denied = &why_%u;", why);
    value = put_head(g, head, is_select);
    if (is_select && heard_of(g, a, block, true)) {
        g->is_heard = true;
        line(g, "rules_heard |= 0x%xu;", heard_of(g, a, block, true));
    }
    taken = new_temp(g);
    line(g, "int t%u = -1;", taken);
    for (const struct psl_branch *b = a->branches; b; b = b->next, n++) {
        if (!b->label) {
            rest = rest ? rest : b;
            continue;
        }
        line(g, "if (t%u < 0 && (%s))", taken,
             head->kind == PSL_V_LEVEL ? put_level_label(g, head, value, b->label)
                                       : put_label(g, head, value, b->label, is_select));
        line(g, "    t%u = %u;", taken, n);
        if (is_select)
            g->bytes += head->args[PSL_ARG_TEXT]->max;
    }
    line(g, "switch (t%u) {", taken);
    n = 0;
    for (const struct psl_branch *b = a->branches; b; b = b->next, n++) {
        if (b->label && !put_branch(g, o, block, nkidl_format(g->idl, "case %u", n), b->actions))
            return false;
    }
    if (rest && !put_branch(g, o, block, "default", rest->actions))
        return false;
    if (!rest)
        line(g, "default: return &why_%u;", why);
    line(g, "}");
    return true;
}

/* Actions inside a choice. */
static bool put_actions(struct psl_gen *g, const struct psl_occasion *o,
                        const struct psl_block *block, const struct psl_action *actions)
{
    for (const struct psl_action *a = actions; a; a = a->next) {
        bool is_good = true;

        if (a->kind == PSL_RULE) {
            is_good = put_one_rule(g, a, block);
            line(g, "ran = 0;");
        } else if (a->kind == PSL_CHOICE) {
            is_good = put_choice(g, o, block, a);
        } else if (psl_block_matches(a->match, o)) {
            is_good = put_actions(g, o, a->match, a->match->actions);
        }
        if (!is_good)
            return false;
    }
    return true;
}

/* ---- leaves ---- */

bool always_denies(const struct psl_action *a)
{
    if (a->kind != PSL_RULE ||
        (a->rule != PSL_DENY && a->rule != PSL_ASSERT && a->rule != PSL_BOOL_ASSERT))
        return false;
    if (a->argument->kind == PSL_UNIT)
        return a->rule == PSL_DENY;
    return a->argument->kind == PSL_BOOL && (a->argument->number != 0) == (a->rule == PSL_DENY);
}

/* Rules that always end the same way need no function. */
static bool is_constant(struct psl_gen *g, const struct psl_leaf *leaf, struct rule_info *info)
{
    const struct psl_action *a = leaf->action;
    struct psl_typed_rule *r;
    bool grants;

    if (a->rule == PSL_GRANT) {
        info->kind = RULE_GRANTS;
        return true;
    }
    if (a->rule != PSL_ASSERT && a->rule != PSL_BOOL_ASSERT && a->rule != PSL_DENY)
        return false;
    r = psl_type_rule(&g->context, a);
    if (!r || (r->args[PSL_ARG_VALUE] && !r->args[PSL_ARG_VALUE]->is_const))
        return false;
    grants = r->args[PSL_ARG_VALUE] && r->args[PSL_ARG_VALUE]->number;
    if (a->rule == PSL_DENY)
        grants = r->args[PSL_ARG_VALUE] && !r->args[PSL_ARG_VALUE]->number;
    info->kind = grants ? RULE_GRANTS : RULE_DENIES;
    if (!grants)
        info->why = put_why(g, a->loc, a->text, heard_of(g, a, leaf->block, false));
    return true;
}

bool put_rule(struct psl_gen *g, const struct psl_leaf *leaf, const struct psl_occasion *o,
              unsigned number, struct rule_info *info)
{
    const struct psl_action *a = leaf->action;
    bool is_choice = a->kind == PSL_CHOICE, is_good;

    *info = (struct rule_info){.kind = RULE_RUNS, .may_be_nothing = is_choice};
    g->context.event = leaf->event;
    g->context.message = psl_message(o);
    g->context.method = o->method ? o->method->name : "";
    info->heard = is_choice ? 0 : heard_of(g, a, leaf->block, true);
    if (!is_choice && is_constant(g, leaf, info))
        return true;
    g->bytes = g->writes = 0;
    g->walks = 0;
    g->reads_arena = g->is_heard = false;
    g->out = g->rules;
    g->ntemps = 0;
    g->indent = 1;
    put_text(g, "\n/* %s:%u */\n",
             strrchr(a->loc.file->path, '/') ? strrchr(a->loc.file->path, '/') + 1
                                             : a->loc.file->path,
             a->loc.line);
    put_text(g, "static const struct rules_why *rule_%u(const struct ksm_query *q)\n{\n", number);
    line(g, "const struct rules_why *denied%s;", is_choice ? ", *ran = &rules_nothing" : "");
    if (g->context.message)
        line(g, "const uint8_t *m = q->message;");
    info->why = g->nwhys; /* of a choice; its own comes first */
    is_good = is_choice ? put_choice(g, o, leaf->block, a) : put_one_rule(g, a, leaf->block);
    line(g, is_choice ? "return ran;" : "return 0;");
    put_text(g, "}\n");
    info->bytes = g->bytes;
    info->writes = g->writes;
    info->reads_arena = g->reads_arena;
    info->is_heard = g->is_heard;
    info->walks = g->walks;
    return is_good;
}
