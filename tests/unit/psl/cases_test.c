/*
 * cases_test.c: the compiled policy of cases.txt, event by event. Prints "ok NAME" or "FAIL NAME:
 * ..." for every case.
 *
 * Eight resources (1 to 8; 0 is none) stand for whatever has a SID; source is 1 and target 2 unless
 * the event says otherwise.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <model/IAll.idl.h>
#include <tessera/formats.h>

enum { RESOURCES = 9, SLOTS = 64, ARENA = 4096 };

struct entry {
    const char *name; /* a case starts */
    int line;
    const char *method, *expected;
    unsigned from, to, h, other;
    uint32_t n, mid;
    int32_t s;
    uint8_t small;
    int8_t tiny;
    uint64_t big;
    const char *text, *raw; /* of raw's bytes the terminator is left out */
    unsigned text_size;     /* not 0: bytes of text as they are */
    const char *list, *four; /* bytes as letters: "abc" is 97, 98, 99 */
    uint32_t a;
    int16_t b;
    uint32_t tag;
    const char *any, *name0, *name1;
    bool no_arena, bad_chunk, no_slots;
    uint32_t rights;
};

static const struct entry entries[] = {
#include "table.h"
};

static uint32_t slots[RESOURCES][SLOTS];
static struct ksm_subject subjects[RESOURCES];
static uint8_t arena[ARENA];
static uint32_t used;

static nk_ptr_t put(const void *data, uint32_t size, uint32_t align)
{
    used = (used + align - 1) / align * align;
    nk_ptr_t p = {used, size};
    if (size)
        memcpy(arena + used, data, size);
    used += size;
    return p;
}

static nk_ptr_t put_string(const char *text)
{
    return text ? put(text, (uint32_t)strlen(text) + 1, 1) : (nk_ptr_t){0, 0};
}

static uint16_t class_number(const char *name)
{
    for (uint32_t i = 0; i < ksm_image.nclasses; i++) {
        if (!strcmp(ksm_image.classes[i]->name, name))
            return (uint16_t)i;
    }
    printf("FAIL no class %s\n", name);
    exit(1);
}

static uint16_t method_number(const char *name)
{
    const struct ksm_endpoint *e = &ksm_image.classes[class_number("model.Server")]->endpoints[0];
    for (uint32_t i = 0; i < e->nmethods; i++) {
        if (!strcmp(e->methods[i].name, name))
            return (uint16_t)i;
    }
    printf("FAIL no method %s\n", name);
    exit(1);
}

static void fill(struct model_IAll_Mi_req *req, const struct entry *e)
{
    uint16_t list[8];
    nk_ptr_t names[2];
    uint32_t nnames = 0, n = e->list ? (uint32_t)strlen(e->list) : 0;

    memset(req, 0, sizeof *req);
    used = 0;
    req->n = e->n;
    req->s = e->s;
    req->small = e->small;
    req->tiny = e->tiny;
    req->big = e->big;
    req->mid = (uint16_t)e->mid;
    req->text = e->text_size ? put(e->text, e->text_size, 1) : put_string(e->text);
    req->raw = e->raw ? put(e->raw, (uint32_t)strlen(e->raw), 1) : (nk_ptr_t){0, 0};
    for (uint32_t i = 0; i < n; i++)
        list[i] = (uint8_t)e->list[i];
    req->list = put(list, 2 * n, 2);
    if (e->four)
        memcpy(req->four, e->four, 4);
    req->pair.a = e->a;
    req->pair.b = e->b;
    memcpy((uint8_t *)&req->any, &e->tag, 4);
    if (e->tag != 1)
        ((uint8_t *)&req->any)[4] = e->small;
    nk_ptr_t any = put_string(e->any);
    if (e->tag == 1)
        memcpy((uint8_t *)&req->any + 4, &any, sizeof any);
    if (e->name0)
        names[nnames++] = put_string(e->name0);
    if (e->name1)
        names[nnames++] = put_string(e->name1);
    req->names = put(names, nnames * (uint32_t)sizeof names[0], 4);
    req->h.rights = req->other.rights = e->rights;
    if (e->bad_chunk)
        req->text = (nk_ptr_t){ARENA - 4, 8};
}

/* The plain function of the event, if it has one, says the same; what it changed is taken back. Returns
 * how many were asked. */
static unsigned check_plain(const struct ksm_query *q, const struct entry *e, bool is_granted)
{
    uint32_t before[RESOURCES][SLOTS];
    ksm_plain *plain = ksm_plain_rules(q->event, q->src, q->dst, q->iid, q->mid);

    if (!plain || e->h || e->other || e->rights)
        return 0;
    memcpy(before, slots, sizeof before);
    if ((plain(q->message, q->source, q->target) != 0) != is_granted)
        printf("FAIL line %d: the plain function differs\n", e->line);
    ksm_undo();
    if (memcmp(before, slots, sizeof before) != 0)
        printf("FAIL line %d: the plain function has changed something\n", e->line);
    return 1;
}

static unsigned nplain;

static bool judge(const char *class, const struct entry *e, char *why, size_t size)
{
    static struct model_IAll_Mi_req req;
    struct ksm_subject source = subjects[e->from ? e->from : 1];
    struct ksm_subject target = subjects[e->to ? e->to : 2];
    struct ksm_subject handles[2] = {subjects[e->h], subjects[e->other]};
    struct ksm_reason reason = {0};
    bool audit = true, granted;

    fill(&req, e);
    handles[0].rights = handles[1].rights = e->rights;
    if (e->no_slots)
        source.slots = NULL;
    struct ksm_query q = {.event = KSM_REQUEST, .src = class_number(class),
                          .dst = class_number("model.Server"), .iid = 0,
                          .mid = method_number(e->method), .source = &source, .target = &target,
                          .message = &req, .arena = e->no_arena ? NULL : arena,
                          .arena_size = used, .handles = handles};
    uint32_t before[RESOURCES][SLOTS];
    memcpy(before, slots, sizeof before);
    enum ksm_verdict v = ksm_verdict(q.event, q.src, q.dst, q.iid, q.mid);
    granted = ksm_judge(&q, &reason, &audit) == 1;
    ksm_undo();
    nplain += check_plain(&q, e, granted);
    granted = ksm_judge(&q, &reason, &audit) == 1;
    if ((v == KSM_GRANT && !granted) || (v == KSM_DENY && granted))
        printf("FAIL line %d: ksm_verdict and ksm_judge differ\n", e->line);
    if (!granted && memcmp(before, slots, sizeof before) != 0)
        printf("FAIL line %d: a denial has changed something\n", e->line);
    if (!granted && v != KSM_DENY && (!reason.file || !reason.line || !reason.rule))
        printf("FAIL line %d: a denial without a reason\n", e->line);
    snprintf(why, size, "%s (%s:%u %s)", granted ? "granted" : "denied",
             reason.file ? "policy" : "none", (unsigned)reason.line,
             reason.rule ? reason.rule : "");
    return granted;
}

int main(void)
{
    char class[80] = "", why[300];
    const char *name = NULL;
    bool is_good = true;

    for (unsigned i = 1; i < RESOURCES; i++)
        subjects[i] = (struct ksm_subject){.sid = i, .slots = slots[i]};
    if (ksm_nslots > SLOTS)
        return 1;
    for (size_t i = 0; i <= sizeof entries / sizeof entries[0]; i++) {
        const struct entry *e = &entries[i];
        bool is_end = i == sizeof entries / sizeof entries[0];

        if (is_end || e->name) {
            if (name && is_good)
                printf("ok %s\n", name);
            for (unsigned k = 1; k < RESOURCES; k++)
                ksm_forget(slots[k]);
            if (is_end)
                break;
            name = e->name;
            is_good = true;
            snprintf(class, sizeof class, "t.%s", name);
        } else if (!strcmp(e->method, "undo")) {
            ksm_undo();
        } else if (!strcmp(e->method, "forget")) {
            ksm_forget(slots[e->h]);
        } else if (judge(class, e, why, sizeof why) != !strcmp(e->expected, "grant") && is_good) {
            printf("FAIL %s: line %d: %s\n", name, e->line, why);
            is_good = false;
        }
    }
    printf(nplain > 50 ? "ok plain functions\n" : "FAIL plain functions: %u only\n", nplain);
    return 0;
}
