/*
 * compare.c: events go to the compiled policy and to the interpreter; verdict, reason and state
 * have to be the same.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "case.h"

/* ---- what the two say ---- */

static const char *name_of(const struct nkidl_loc *at)
{
    return at->file ? at->file->path : "no rule";
}

static bool same_place(const struct ksm_reason *reason, const struct nkidl_loc *at)
{
    if (!reason->file || !at->file)
        return !reason->file && !at->file;
    return !strcmp(reason->file, at->file->path) && reason->line == at->line;
}

static bool differs(const struct comparison *c, const char *what)
{
    printf("FAIL difference: %s\n  policy %s, seed %" PRIu64 ", event %u\n", what, c->path, c->seed,
           c->n);
    show_event(c);
    return false;
}

static bool same_reason(const struct comparison *c, enum ksm_verdict kind,
                        const struct ksm_reason *reason, const struct ref_verdict *v)
{
    static const struct nkidl_loc nowhere;
    const struct nkidl_loc *at =
        kind == KSM_DENY ? v->is_constant ? &v->constant : &nowhere : &v->at;

    if (!same_place(reason, at)) {
        printf("compiled: %s:%u %s\ninterpreted: %s:%u %s\n", reason->file ? reason->file : "-",
               reason->line, reason->rule ? reason->rule : "", name_of(at), at->line,
               v->rule ? v->rule : "");
        return differs(c, "the reason of a denial");
    }
    if (kind != KSM_DENY && v->rule && (!reason->rule || strcmp(reason->rule, v->rule) != 0))
        return differs(c, "the text of a denial's reason");
    return true;
}

/* ---- state ---- */

static void copy_slots(const struct comparison *c, uint32_t (*out)[SLOTS])
{
    for (int i = 0; i < RESOURCES; i++)
        memcpy(out[i], c->resources[i].slots, sizeof(out[i]));
}

static bool same_slots(const struct comparison *c, uint32_t (*before)[SLOTS])
{
    for (int i = 0; i < RESOURCES; i++) {
        if (memcmp(before[i], c->resources[i].slots, sizeof(before[i])) != 0)
            return false;
    }
    return true;
}

static bool undo(struct comparison *c, bool granted, uint32_t (*before)[SLOTS])
{
    c->module.undo();
    ref_undo(c->ref);
    if (granted && !same_slots(c, before))
        return differs(c, "an undo that left something");
    if (chance(&c->r, 20)) { /* a second one does nothing */
        c->module.undo();
        if (granted && !same_slots(c, before))
            return differs(c, "a second undo that did something");
    }
    return true;
}

static bool forget(struct comparison *c)
{
    struct resource *of = &c->resources[below(&c->r, RESOURCES)];
    static const uint32_t zeros[SLOTS];

    c->module.forget(of->slots);
    ref_forget(c->ref, of->sid);
    of->sid = ++c->last_sid;
    if (memcmp(of->slots, zeros, sizeof(zeros)) != 0)
        return differs(c, "a forgotten resource that keeps something");
    return true;
}

/* ---- one event ---- */

/* The compiled policy's verdict; now and then by the function for messages without handles. */
static bool judge(struct comparison *c, struct ksm_reason *reason, bool *audit)
{
    const struct ksm_query *q = &c->query;
    const struct nkidl_message *m = psl_message(&c->event.occasion);
    ksm_plain *plain = c->module.plain(q->event, q->src, q->dst, q->iid, q->mid);
    unsigned verdict;

    if (!plain || m->nhandles || m->nwords || chance(&c->r, 50))
        return c->module.judge(q, reason, audit) == 1;
    c->nplain++;
    verdict = plain(q->message, q->source, q->target);
    *audit = verdict & KSM_PLAIN_RECORD;
    return verdict || c->module.judge(q, reason, audit) == 1;
}

static bool compare_one(struct comparison *c)
{
    const struct ksm_query *q = &c->query;
    uint32_t before[RESOURCES][SLOTS];
    struct ksm_reason reason = {0};
    struct ref_verdict v;
    bool audit = false, granted;
    enum ksm_verdict kind;

    make_event(c);
    copy_slots(c, before);
    kind = c->module.verdict(q->event, q->src, q->dst, q->iid, q->mid);
    if (kind == KSM_RULE && chance(&c->r, 50))
        c->query.arena = NULL; /* it says that it does not read it */
    granted = judge(c, &reason, &audit);
    v = ref_judge(c->ref, &c->event);
    c->granted += granted;
    c->denied += !granted;
    if (granted != v.granted) {
        printf("compiled: %s (%s:%u %s)\ninterpreted: %s (%s:%u %s)\n",
               granted ? "granted" : "denied", reason.file ? reason.file : "-", reason.line,
               reason.rule ? reason.rule : "", v.granted ? "granted" : "denied", name_of(&v.at),
               v.at.line, v.rule ? v.rule : "");
        return differs(c, "the verdict");
    }
    if ((kind == KSM_GRANT && !granted) || (kind == KSM_DENY && granted))
        return differs(c, "ksm_verdict and ksm_judge");
    if (!granted && !same_reason(c, kind, &reason, &v))
        return false;
    if (!granted && !same_slots(c, before))
        return differs(c, "a denial that changed something");
    if (chance(&c->r, 12) && !undo(c, granted, before))
        return false;
    return !chance(&c->r, 2) || forget(c);
}

bool compare(struct comparison *c, unsigned nevents)
{
    for (int i = 0; i < RESOURCES; i++)
        c->resources[i].sid = ++c->last_sid;
    for (c->n = 0; c->n < nevents; c->n++) {
        if (!compare_one(c))
            return false;
    }
    return true;
}
