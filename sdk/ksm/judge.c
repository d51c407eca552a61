/*
 * judge.c: the security module's interface (tessera/formats.h) over the tables of a compiled
 * policy.
 */
#include <tessera/rules.h>

const struct rules_why rules_nothing = {0, 0, 0, 0};
uint32_t rules_nwrites;
bool rules_is_full;
uint32_t rules_heard;

const char rules_cut_walk;

/* The judgement under way. */
static const struct ksm_query *query;
static bool is_stopped;
static bool has_progressed;    /* it has found something that its memo did not hold */
static int32_t left;           /* bytes until it asks whether to stop */
static struct rules_kept *next; /* in the memo: where the next walk's is, if all goes as it did before */

/* ---- programs ---- */

static uint32_t program_of(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid,
                           uint16_t mid)
{
    const struct rules_policy *p = &rules_policy;
    if (event == KSM_SECURITY)
        dst = 0;
    if (src >= p->nclasses || dst >= p->nclasses || (unsigned)event > KSM_SECURITY)
        return RULES_DENY;
    uint32_t found = p->pairs[event][src][dst];
    if (event == KSM_EXECUTE)
        return found;
    const struct rules_methods *m =
        event == KSM_SECURITY ? &p->guards[src] : &p->endpoints[event == KSM_REQUEST ? dst : src];
    if (iid >= m->n || mid >= m->first[iid + 1] - m->first[iid])
        return RULES_DENY;
    return p->rows[found][m->first[iid] + mid];
}

enum ksm_verdict ksm_verdict(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid,
                             uint16_t mid)
{
    uint32_t program = program_of(event, src, dst, iid, mid);
    if (program < RULES_FIRST)
        return program == RULES_GRANT ? KSM_GRANT : KSM_DENY;
    if (rules_policy.kinds[program - RULES_FIRST] == RULES_ALWAYS_DENIES)
        return KSM_DENY;
    return rules_policy.kinds[program - RULES_FIRST] == RULES_ARENA ? KSM_RULE_ARENA : KSM_RULE;
}

ksm_plain *ksm_plain_rules(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid,
                           uint16_t mid)
{
    if (event != KSM_REQUEST && event != KSM_RESPONSE && event != KSM_ERROR)
        return 0;
    uint32_t program = program_of(event, src, dst, iid, mid);
    return program < RULES_FIRST ? 0 : rules_policy.plain[program - RULES_FIRST];
}

/* ---- audit ---- */

bool rules_is_heard(uint32_t heard)
{
    uint32_t n = 0;
    if (!heard)
        return false;
    while (n < rules_policy.nlevels && rules_policy.levels[n] <= rules_level)
        n++;
    return n && (heard >> (n - 1) & 1);
}

/* ---- the journal ---- */

void rules_take_back(void)
{
    while (rules_nwrites) {
        const struct rules_write *w = &rules_journal[--rules_nwrites];
        if (w->is_short)
            *(uint32_t *)w->at = (uint32_t)w->old;
        else
            *(uint64_t *)w->at = w->old;
    }
}

void ksm_undo(void)
{
    rules_take_back();
}

void ksm_forget(uint32_t *slots)
{
    rules_nwrites = 0;
    rules_policy.forget(slots);
    rules_nwrites = 0; /* nothing of this is taken back */
}

/* ---- walks ---- */

/* Where nobody has to stop. */
__attribute__((weak)) bool ksm_should_stop(void)
{
    return false;
}

static struct rules_kept *memo_end(void)
{
    return (struct rules_kept *)query->memo + ksm_memo_size / sizeof(struct rules_kept);
}

static bool is_of(const struct rules_kept *k, const struct rules_walk *w)
{
    return k->what == w->what && k->at == w->at && k->size == w->size;
}

/* What an earlier judgement of the message kept of a walk, else the first free place; null: none. */
static struct rules_kept *find_kept(const struct rules_walk *w)
{
    struct rules_kept *k = next, *end = memo_end();
    if (k < end && is_of(k, w))
        return k;
    for (k = query->memo; k < end && k->what && !is_of(k, w); k++)
        ;
    return k < end ? k : 0;
}

static void begin(struct rules_walk *w)
{
    w->is_begun = true;
    if (w->size <= RULES_BRIEF || !query->memo)
        return;
    w->kept = find_kept(w);
    if (!w->kept)
        return;
    next = w->kept + 1;
    if (w->kept->what) {
        w->done = w->kept->done;
        w->value = w->kept->value;
        w->is_over = w->kept->is_over;
    }
}

/* A judgement whose memo has grown comes further next time; and one without a memo gets one. */
static bool may_stop(void)
{
    return query->is_stoppable && ksm_memo_size && (has_progressed || !query->memo);
}

static void end_piece(struct rules_walk *w)
{
    if (!w->given)
        return;
    left -= (int32_t)w->given;
    w->given = 0;
    if (w->kept) {
        *w->kept = (struct rules_kept){w->what, w->at,   w->value,
                                        w->size, w->done, w->is_over};
        has_progressed = true;
    }
    if (left > 0)
        return;
    left = RULES_PIECE;
    is_stopped = is_stopped || (may_stop() && ksm_should_stop());
}

uint32_t rules_piece(struct rules_walk *w)
{
    uint32_t rest;
    if (!w->is_begun)
        begin(w);
    end_piece(w);
    rest = is_stopped || w->is_over ? 0 : w->size - w->done;
    w->given = rest < RULES_PIECE ? rest : RULES_PIECE;
    return w->given;
}

void rules_walk_end(struct rules_walk *w)
{
    w->is_over = true;
    end_piece(w);
}

/* ---- judging ---- */

int ksm_judge(const struct ksm_query *q, struct ksm_reason *reason, bool *audit)
{
    uint32_t program = program_of(q->event, q->src, q->dst, q->iid, q->mid);
    const struct rules_why *why = &rules_nothing;

    rules_nwrites = 0;
    rules_heard = 0;
    rules_is_full = false;
    query = q;
    is_stopped = has_progressed = false;
    left = RULES_PIECE;
    next = q->memo;
    if (program == RULES_GRANT)
        why = 0;
    else if (program >= RULES_FIRST)
        why = rules_policy.programs[program - RULES_FIRST](q);
    if (is_stopped) {
        rules_take_back();
        return KSM_STOPPED;
    }
    if (!why && !rules_is_full) {
        if (audit)
            *audit = rules_is_heard(rules_heard);
        return 1;
    }
    rules_take_back();
    if (!why)
        why = &rules_nothing;
    if (audit)
        *audit = rules_is_heard(why->heard);
    if (reason && why->file)
        *reason = (struct ksm_reason){.file = why->file, .line = why->line, .rule = why->text};
    else if (reason)
        *reason = (struct ksm_reason){.is_open = true};
    return 0;
}

/* ---- explaining ---- */

static bool is_same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static const char *value_of(const char *selector)
{
    while (*selector != '=')
        selector++;
    return selector + 1;
}

static const char *last_of(const char *name)
{
    const char *last = name;
    for (; *name; name++) {
        if (*name == '.')
            last = name + 1;
    }
    return last;
}

/* The endpoint by its qualified name, or by its class and name. */
static bool is_endpoint(const char *text, const char *name)
{
    return is_same(text, name) || is_same(last_of(text), last_of(name));
}

static bool is_component(const char *text, const char *name)
{
    while (*text && *text == *name) {
        text++;
        name++;
    }
    return !*text && *name == '.';
}

/* The endpoint of a message, or the interface of a question; null for a start. */
static const struct ksm_endpoint *endpoint_of(enum ksm_event event, uint16_t src, uint16_t dst,
                                              uint16_t iid)
{
    uint16_t server = event == KSM_REQUEST ? dst : src;
    if (event == KSM_EXECUTE || server >= ksm_image.nclasses)
        return 0;
    const struct ksm_class *class = ksm_image.classes[server];
    if (event == KSM_SECURITY)
        return iid < class->nsecurity ? &class->security[iid] : 0;
    return iid < class->nendpoints ? &class->endpoints[iid] : 0;
}

static bool selector_holds(int kind, const char *selector, const struct ksm_endpoint *e,
                           uint16_t mid)
{
    const char *text = value_of(selector);
    if (!e)
        return true;
    if (kind == 0)
        return is_same(text, e->interface);
    if (kind == 1)
        return is_component(text, e->name);
    if (kind == 2)
        return is_endpoint(text, e->name);
    return mid < e->nmethods && is_same(text, e->methods[mid].name);
}

/* How far a block is from the event; *first is the selector that matters most among those that
 * differ. */
static uint32_t distance(const struct rules_block *b, uint16_t src, uint16_t dst,
                         const struct ksm_endpoint *e, uint16_t mid, const char **first)
{
    static const uint8_t weights[RULES_SELECTORS] = {2, 2, 2, 1};
    uint32_t sum = 0;
    *first = 0;
    for (int i = RULES_SELECTORS - 1; i >= 0; i--) {
        if (b->selectors[i] && !selector_holds(i, b->selectors[i], e, mid)) {
            sum += weights[i];
            *first = b->selectors[i];
        }
    }
    if (b->src != RULES_ANY && b->src != src) {
        sum += 3;
        *first = b->src_text;
    }
    if (b->dst != RULES_ANY && b->dst != dst && b->event != KSM_SECURITY) {
        sum += 3;
        *first = b->dst_text;
    }
    return sum;
}

/* The rule that denies an event whatever its message says; null: there is none. */
static const struct rules_why *constant_denial(uint32_t program)
{
    if (program < RULES_FIRST ||
        rules_policy.kinds[program - RULES_FIRST] != RULES_ALWAYS_DENIES)
        return 0;
    return rules_policy.programs[program - RULES_FIRST](0);
}

bool ksm_explain(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid, uint16_t mid,
                 struct ksm_reason *reason, uint32_t budget)
{
    enum { FAR = 6 }; /* two classes that differ are not near */
    const struct ksm_endpoint *e = endpoint_of(event, src, dst, iid);
    const struct rules_why *why = constant_denial(program_of(event, src, dst, iid, mid));

    if (why) {
        *reason = (struct ksm_reason){.file = why->file, .line = why->line, .rule = why->text};
        return true;
    }
    for (; reason->looked < rules_policy.nblocks; reason->looked++, budget--) {
        const struct rules_block *b = &rules_policy.blocks[reason->looked];
        const char *first;
        uint32_t d;
        if (budget == 0)
            return false;
        if (b->event != event)
            continue;
        d = distance(b, src, dst, e, mid, &first);
        if (d != 0 && d < FAR && FAR - d > reason->nearness) {
            reason->nearness = FAR - d;
            reason->near_file = b->why->file;
            reason->near_line = b->why->line;
            reason->near_selector = first;
        }
    }
    return true;
}

bool ksm_audits(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid, uint16_t mid,
                bool granted)
{
    const struct rules_why *why = constant_denial(program_of(event, src, dst, iid, mid));
    return !granted && why && rules_is_heard(why->heard);
}
