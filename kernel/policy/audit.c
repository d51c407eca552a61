/*
 * policy/audit.c: records of verdicts: the ring, its readers, and the console. See audit.h.
 *
 * A program can be denied as often as it likes, so a denial has to be cheap and its output bounded. The
 * texts of the last distinct denials are remembered: a repeated one costs a hash and a copy into the
 * ring. A new one takes a token, of which there are so many a second; without one its record is not
 * explained and the console only counts it. Where no rule denied, the nearest binding is looked for: in a
 * small policy at once, in a large one in steps, and the record is written when it is found.
 */
#include "policy/audit.h"

#include "core/copy.h"
#include "core/log.h"
#include "core/process.h"
#include "core/text.h"
#include "mm/kmem.h"
#include "object/event.h"

#include <arch/timer.h>

#define RING_SIZE     32768u
#define REMEMBERED    32u
#define TOKENS_MAX    50u
#define NS_PER_TOKEN  20000000ull
#define HASHED_BYTES  256u /* of the constant part */
#define HEADER_BYTES  24u
#define EXPLAIN_AT_ONCE 64u /* bindings that are looked at before the denied call returns */
#define EXPLAIN_STEP    1u  /* for each unit of a step's budget */

/* ---- the ring: records of a 16-bit length and text; positions run freely ---- */

static struct {
    uint64_t first, next; /* sequence numbers: the oldest record that is kept, and the one to come */
    uint32_t head, tail;
    uint8_t bytes[RING_SIZE];
} ring;

static struct list readers = {&readers, &readers};
static unsigned nreaders;

static void ring_copy_in(const void *data, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        ring.bytes[ring.head++ % RING_SIZE] = ((const uint8_t *)data)[i];
}

static uint32_t ring_copy_out(uint32_t at, void *data, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        ((uint8_t *)data)[i] = ring.bytes[at++ % RING_SIZE];
    return at;
}

static void ring_put(const char *text)
{
    char line[AUDIT_RECORD_MAX];
    uint64_t us = arch_time_ns() / 1000;
    uint16_t size, old;
    int n = ksnprintf(line, sizeof line, "%lu.%06lu %s", us / 1000000, us % 1000000, text);
    size = (uint16_t)(n < (int)sizeof line ? n : (int)sizeof line - 1);
    while (RING_SIZE - (ring.head - ring.tail) < sizeof size + size) {
        ring.tail = ring_copy_out(ring.tail, &old, sizeof old) + old;
        ring.first++;
    }
    ring_copy_in(&size, sizeof size);
    ring_copy_in(line, size);
    uint64_t sequence = ring.next++;
    for (struct list *l = readers.next; l != &readers; l = l->next) {
        struct audit_reader *r = container_of(l, struct audit_reader, link);
        if (r->sequence == sequence) {
            r->has_news = true;
            object_settle(&r->object);
        }
    }
}

/* ---- readers ---- */

static bool reader_destroy(struct object *o, uint32_t budget)
{
    (void)budget;
    struct audit_reader *r = container_of(o, struct audit_reader, object);
    struct account *account = r->account;
    list_remove(&r->link);
    nreaders--;
    kmem_free(account, r, sizeof *r);
    account_put(account);
    return true;
}

/* Tells those who wait for a record; a record that comes meanwhile is told again. */
static bool reader_settle(struct object *o, uint32_t budget)
{
    struct audit_reader *r = container_of(o, struct audit_reader, object);
    if (object_is_posting(&r->post))
        return object_post_step(&r->post, budget) && !r->has_news;
    r->has_news = false;
    return object_post(&r->post, o, EVENT_AUDIT_RECORD, budget);
}

static const struct object_ops reader_ops = {.name = "audit journal",
                                             .destroy = reader_destroy,
                                             .settle = reader_settle};

Retcode audit_reader_create(struct account *account, struct audit_reader **out)
{
    Retcode rc = rcOk;
    if (nreaders == AUDIT_READERS_MAX)
        return rcBusy;
    struct audit_reader *r = kmem_alloc(account, sizeof *r, &rc);
    if (!r)
        return rc;
    object_init(&r->object, OBJECT_AUDIT, &reader_ops);
    r->account = account_ref(account);
    r->sequence = ring.first;
    r->at = ring.tail;
    list_add_tail(&readers, &r->link);
    nreaders++;
    *out = r;
    return rcOk;
}

void audit_read(struct audit_reader *r, char *buf, uint32_t *used, uint32_t *lost)
{
    uint16_t size;
    uint64_t dropped = 0;
    *used = 0;
    if (r->sequence < ring.first) {
        dropped = ring.first - r->sequence;
        r->sequence = ring.first;
        r->at = ring.tail;
    }
    *lost = dropped < UINT32_MAX ? (uint32_t)dropped : UINT32_MAX;
    if (r->sequence == ring.next)
        return;
    r->at = ring_copy_out(r->at, &size, sizeof size);
    r->at = ring_copy_out(r->at, buf, size);
    r->sequence++;
    *used = size;
}

/* ---- how much may be said ---- */

static uint32_t tokens = TOKENS_MAX;
static uint64_t tokens_since; /* when the last one was added */
static uint64_t not_shown;

static bool take_token(void)
{
    uint64_t added = (arch_time_ns() - tokens_since) / NS_PER_TOKEN;
    tokens_since += added * NS_PER_TOKEN;
    tokens = added < TOKENS_MAX - tokens ? tokens + (uint32_t)added : TOKENS_MAX;
    if (tokens == 0)
        return false;
    tokens--;
    return true;
}

/* ---- denials that were seen ---- */

static struct denial {
    uint64_t hash; /* 0: free */
    uint64_t count, shown;
    bool is_open; /* its reason is still looked for */
    uint16_t src, dst, iid, mid;
    enum ksm_event event;
    struct ksm_reason why;
    char text[AUDIT_TEXT_MAX];
} denials[REMEMBERED];
static unsigned oldest;

static uint64_t hash_bytes(uint64_t h, const void *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ ((const uint8_t *)data)[i]) * 0x100000001b3ull;
    return h;
}

/* Of everything that the text shows. */
static uint64_t hash_event(const struct audit_event *e)
{
    const struct ksm_query *q = e->query;
    const struct ksm_reason *why = e->why;
    uint64_t ids[] = {q->event, q->src, q->dst, q->iid, q->mid, q->source->sid,
                      q->target ? q->target->sid : 0, e->verdict, why ? why->line : 0,
                      (uintptr_t)(why ? why->file : NULL)};
    uint64_t h = hash_bytes(0xcbf29ce484222325ull, ids, sizeof ids);
    if (e->form && q->message && e->form->size > HEADER_BYTES) {
        uint32_t size = e->form->size - HEADER_BYTES;
        h = hash_bytes(h, (const char *)q->message + HEADER_BYTES,
                       size < HASHED_BYTES ? size : HASHED_BYTES);
    }
    const void *text;
    uint32_t n;
    for (unsigned i = 0; (text = audit_text_of(e, i, &n)); i++)
        h = hash_bytes(h, text, n);
    return h ? h : 1;
}

static void show_count(struct denial *d, const char *how)
{
    klog_notice("policy: denied %lu times %s: %s", d->count, how, d->text);
    d->shown = d->count;
}

/* The entry of a denial that is not among them yet; null if they are all being explained. */
static struct denial *remember(uint64_t hash)
{
    struct denial *d = &denials[oldest % REMEMBERED];
    for (unsigned i = 1; d->is_open && i < REMEMBERED; i++)
        d = &denials[(oldest + i) % REMEMBERED];
    if (d->is_open)
        return NULL;
    oldest = (unsigned)(d - denials) + 1;
    if (d->hash && d->count > d->shown) {
        if (take_token())
            show_count(d, "in all");
        else
            not_shown += d->count - d->shown;
    }
    *d = (struct denial){.hash = hash};
    return d;
}

static struct denial *find(uint64_t hash)
{
    for (unsigned i = 0; i < REMEMBERED; i++) {
        if (denials[i].hash == hash)
            return &denials[i];
    }
    return NULL;
}

/* ---- the text of a record ---- */

/* Without its folders: where a policy lies differs from one checkout to the next. */
static const char *base_name(const char *path)
{
    const char *name = path;
    for (; *path; path++)
        name = *path == '/' ? path + 1 : name;
    return name;
}

static void put_reason(const struct ksm_reason *why, char *buf, size_t size)
{
    if (why->file)
        ksnprintf(buf, size, ": %s at %s:%u", why->rule ? why->rule : "denied",
                  base_name(why->file), why->line);
    else if (why->near_file)
        ksnprintf(buf, size, ": no rule matches; nearest is %s:%u but for %s",
                  base_name(why->near_file), why->near_line,
                  why->near_selector ? why->near_selector : "its selectors");
    else
        ksnprintf(buf, size, ": no rule matches");
}

/* What happened, and why as far as that is known without a search. */
static void make_text(const struct audit_event *e, char *buf)
{
    uint32_t n = audit_describe(e, buf, AUDIT_TEXT_MAX);
    if (e->verdict == AUDIT_MALFORMED)
        ksnprintf(buf + n, AUDIT_TEXT_MAX - n, ": the message is malformed");
    else if (e->verdict == AUDIT_DENIED && e->why && !e->why->is_open)
        put_reason(e->why, buf + n, AUDIT_TEXT_MAX - n);
}

static void put_record(const char *verdict, const char *text)
{
    char line[AUDIT_TEXT_MAX + 16];
    ksnprintf(line, sizeof line, "%s: %s", verdict, text);
    ring_put(line);
}

static bool is_power_of_ten(uint64_t n)
{
    while (n >= 10 && n % 10 == 0)
        n /= 10;
    return n == 1;
}

static void tell_hidden(void)
{
    if (!not_shown)
        return;
    klog_notice("policy: %lu more denials were not shown", not_shown);
    not_shown = 0;
}

static void show(struct denial *d)
{
    d->shown = d->count;
    put_record("denied", d->text);
    klog_notice("policy: denied %s", d->text);
}

/* ---- why: the search among the bindings, in steps ---- */

static bool explain_step(struct denial *d, uint32_t budget)
{
    if (!ksm_explain(d->event, d->src, d->dst, d->iid, d->mid, &d->why, budget))
        return false;
    uint32_t n = (uint32_t)text_length(d->text);
    put_reason(&d->why, d->text + n, AUDIT_TEXT_MAX - n);
    d->is_open = false;
    show(d);
    return true;
}

/* The one that was denied first. */
static struct denial *first_open(void)
{
    for (unsigned i = 0; i < REMEMBERED; i++) {
        struct denial *d = &denials[(oldest + i) % REMEMBERED];
        if (d->is_open)
            return d;
    }
    return NULL;
}

static bool explainer_settle(struct object *o, uint32_t budget)
{
    struct denial *d = first_open();
    (void)o;
    if (d)
        (void)explain_step(d, budget * EXPLAIN_STEP);
    return !first_open();
}

static const struct object_ops explainer_ops = {.name = "explanation", .settle = explainer_settle};
static struct object explainer = {.ops = &explainer_ops,
                                  .refs = 1,
                                  .pending = {&explainer.pending, &explainer.pending}};

static void explain(struct denial *d, const struct audit_event *e)
{
    const struct ksm_query *q = e->query;
    d->event = q->event;
    d->src = q->src;
    d->dst = q->dst;
    d->iid = q->iid;
    d->mid = q->mid;
    d->is_open = true;
    if (first_open() != d || !explain_step(d, EXPLAIN_AT_ONCE))
        object_settle_later(&explainer);
}

static void write_denial(const struct audit_event *e)
{
    uint64_t hash = hash_event(e);
    struct denial *d = find(hash);
    if (d) {
        d->count++;
        put_record("denied", d->text);
        if (!d->is_open && is_power_of_ten(d->count))
            show_count(d, "so far");
        return;
    }
    d = take_token() ? remember(hash) : NULL;
    if (!d) {
        char text[AUDIT_TEXT_MAX];
        make_text(e, text);
        put_record("denied", text);
        not_shown++;
        return;
    }
    tell_hidden();
    make_text(e, d->text);
    d->count = 1;
    if (e->verdict == AUDIT_DENIED && (!e->why || e->why->is_open))
        explain(d, e);
    else
        show(d);
}

void audit_write(const struct audit_event *e)
{
    char text[AUDIT_TEXT_MAX];
    if (e->verdict != AUDIT_GRANTED) {
        write_denial(e);
        return;
    }
    make_text(e, text);
    put_record("granted", text);
}

void audit_finish(void)
{
    for (struct denial *d; (d = first_open());)
        (void)explain_step(d, UINT32_MAX);
    for (unsigned i = 0; i < REMEMBERED; i++) {
        if (denials[i].hash && denials[i].count > denials[i].shown)
            show_count(&denials[i], "in all");
    }
    tell_hidden();
}
