/*
 * tests.c: the tests of a policy (assert blocks): what is to be decided, and how.
 *
 *     assert "suite" {
 *         setup { c <- execute dst=echo.Client s <- execute dst=echo.Server }
 *         sequence "case" {
 *             grant "title" request src=c dst=s endpoint=cserver.ping method=Ping { value: 3 }
 *             deny c ~> s : cserver.ping.Ping { value: 100 }
 *         }
 *         finally { ... }
 *     }
 *
 * They have a grammar of their own, read here from the tokens. Which values a message can have is
 * left to who encodes it.
 */
#include <string.h>

#include "internal.h"
#include "parser.h"

struct cursor {
    struct parse *p;
    size_t at;
};

static const char *const event_names[] = {"execute", "request", "response", "error", "security"};
static const char *const selector_names[] = {"src",       "dst",      "interface",
                                             "component", "endpoint", "method"};

/* ---- tokens ---- */

static const struct token *now(const struct cursor *c)
{
    return &c->p->tokens[c->at];
}

static bool is_kind(const struct cursor *c, int kind)
{
    return now(c)->kind == kind;
}

static bool is_word(const struct cursor *c, const char *word)
{
    return is_kind(c, WORD) && !strcmp(now(c)->word.text, word);
}

static bool take(struct cursor *c, int kind)
{
    if (!is_kind(c, kind))
        return false;
    c->at++;
    return true;
}

static bool fail(struct cursor *c, const char *help, const char *text)
{
    if (!c->p->failed)
        nkidl_error(c->p->idl, now(c)->at.loc, help, "%s", text);
    c->p->failed = true;
    return false;
}

static bool expect(struct cursor *c, int kind, const char *what)
{
    return take(c, kind) ||
           fail(c, NULL, nkidl_format(c->p->idl, "%s is due here in a test", what));
}

static const char *take_title(struct cursor *c)
{
    return is_kind(c, TEXT) ? c->p->tokens[c->at++].expr->text : NULL;
}

static bool take_dotted(struct cursor *c, struct word *out)
{
    if (!is_kind(c, WORD))
        return fail(c, NULL, "a name is due here in a test");
    *out = c->p->tokens[c->at++].word;
    while (is_kind(c, '.') && c->p->tokens[c->at + 1].kind == WORD) {
        out->text = nkidl_format(c->p->idl, "%s.%s", out->text, c->p->tokens[c->at + 1].word.text);
        c->at += 2;
    }
    return true;
}

/* ---- values ---- */

static struct psl_expr *new_value(struct cursor *c, enum psl_expr_kind kind)
{
    struct psl_expr *e = nkidl_alloc(c->p->idl, sizeof(*e));

    e->kind = kind;
    e->loc = now(c)->at.loc;
    return e;
}

static struct psl_expr *read_value(struct cursor *c);

static void add_item(struct cursor *c, struct psl_expr *list, struct psl_item item)
{
    struct psl_item *bigger;

    if (!(list->nitems & (list->nitems + 1)) || !list->items) { /* full: 0, 1, 3, 7 ... */
        bigger = nkidl_alloc(c->p->idl, (2 * (size_t)list->nitems + 1) * sizeof(*bigger));
        if (list->nitems)
            memcpy(bigger, list->items, list->nitems * sizeof(*bigger));
        list->items = bigger;
    }
    list->items[list->nitems++] = item;
}

/* "{name: value, ...}" or "[value, ...]". */
static struct psl_expr *read_items(struct cursor *c, bool has_keys)
{
    struct psl_expr *e = new_value(c, has_keys ? PSL_DICT : PSL_LIST);
    int end = has_keys ? '}' : ']';

    c->at++;
    if (++c->p->depth > DEPTH_MAX)
        return fail(c, "simplify it", "more than 200 levels inside each other") ? e : NULL;
    while (!take(c, end)) {
        struct psl_item item = {0};

        if (has_keys) {
            item.key = new_value(c, PSL_NAME);
            if (!is_kind(c, WORD)) {
                fail(c, NULL, "the name of a parameter is due here in a test");
                return NULL;
            }
            item.key->name = now(c)->word.text;
            c->at++;
            if (!expect(c, ':', "':'"))
                return NULL;
        }
        item.value = read_value(c);
        if (!item.value)
            return NULL;
        add_item(c, e, item);
        take(c, ',');
    }
    c->p->depth--;
    return e;
}

static struct psl_expr *read_value(struct cursor *c)
{
    struct psl_expr *e;
    bool is_negative;

    if (is_kind(c, '{') || is_kind(c, '['))
        return read_items(c, is_kind(c, '{'));
    is_negative = take(c, '-');
    if (is_kind(c, NUMBER)) {
        e = new_value(c, PSL_INT);
        e->number = now(c)->expr->number;
        e->negative = is_negative && e->number;
        if (is_negative)
            e->number = -e->number;
    } else if (is_kind(c, TEXT) && !is_negative) {
        e = now(c)->expr;
    } else if (is_kind(c, WORD) && !is_negative) {
        bool is_true = is_word(c, "true");

        e = new_value(c, is_true || is_word(c, "false") ? PSL_BOOL : PSL_NAME);
        e->number = is_true;
        e->name = now(c)->word.text;
    } else {
        fail(c, "a number, a text, true, false, a process, [...] or {...}",
             "a value is due here in a test");
        return NULL;
    }
    c->at++;
    return e;
}

/* ---- steps ---- */

static bool read_selectors(struct cursor *c, struct written_step *step)
{
    while (is_kind(c, WORD)) {
        const struct token *name = now(c);
        int i = 0;

        while (i < PSL_SELECTORS && strcmp(selector_names[i], name->word.text) != 0)
            i++;
        if (i == PSL_SELECTORS || c->p->tokens[c->at + 1].kind != '=')
            break;
        c->at += 2;
        if (step->selectors[i].text)
            return fail(c, "give each selector once", "a second selector of this kind");
        if (!take_dotted(c, &step->selectors[i]))
            return false;
        take(c, ',');
    }
    return true;
}

/* "a ~> b : endpoint.Method". */
static bool read_short(struct cursor *c, struct written_step *step)
{
    struct word path;
    const char *dot;

    step->event = PSL_REQUEST;
    if (!take_dotted(c, &step->selectors[PSL_SRC]) || !expect(c, TO, "'~>'") ||
        !take_dotted(c, &step->selectors[PSL_DST]) || !expect(c, ':', "':'") ||
        !take_dotted(c, &path))
        return false;
    dot = strrchr(path.text, '.');
    if (!dot)
        return fail(c, "for example c ~> s : cserver.ping.Ping {}",
                    "an endpoint and its method "
                    "are due here in a test");
    step->selectors[PSL_ENDPOINT] = path;
    step->selectors[PSL_ENDPOINT].text =
        nkidl_format(c->p->idl, "%.*s", (int)(dot - path.text), path.text);
    step->selectors[PSL_METHOD] = path;
    step->selectors[PSL_METHOD].text = dot + 1;
    return true;
}

static bool read_event(struct cursor *c, struct written_step *step)
{
    for (int e = 0; e < PSL_EVENTS; e++) {
        if (is_word(c, event_names[e]) && c->p->tokens[c->at + 1].kind != TO &&
            c->p->tokens[c->at + 1].kind != '.') {
            step->event = (enum psl_event)e;
            c->at++;
            return read_selectors(c, step);
        }
    }
    return read_short(c, step);
}

static struct written_step *read_step(struct cursor *c)
{
    static const char *const expected[] = {"grant", "deny", "any"};
    struct written_step *step = nkidl_alloc(c->p->idl, sizeof(*step));
    size_t start = now(c)->at.start;

    step->loc = now(c)->at.loc;
    if (is_kind(c, WORD) && c->p->tokens[c->at + 1].kind == ARROW) {
        step->variable = now(c)->word;
        c->at += 2;
    }
    for (int i = 0; i < 3; i++) {
        if (is_word(c, expected[i]) && c->p->tokens[c->at + 1].kind != TO) {
            step->expected = (enum psl_expected)i;
            c->at++;
            break;
        }
    }
    step->title = take_title(c);
    if (!read_event(c, step))
        return NULL;
    if (is_kind(c, '{') && !(step->message = read_items(c, true)))
        return NULL;
    step->text = one_line(c->p->idl, c->p->file, start, c->p->tokens[c->at - 1].at.end);
    return step;
}

static bool read_steps(struct cursor *c, struct written_steps *steps)
{
    if (!expect(c, '{', "'{'"))
        return false;
    while (!take(c, '}')) {
        struct written_step *step;

        if (take(c, ',') || take(c, ';'))
            continue;
        if (!(step = read_step(c)))
            return false;
        if (steps->last)
            steps->last->next = step;
        else
            steps->first = step;
        steps->last = step;
    }
    return true;
}

static bool read_part(struct cursor *c, struct suite *suite)
{
    struct sequence *sequence;

    if (is_word(c, "setup") || is_word(c, "finally")) {
        bool is_setup = is_word(c, "setup");

        c->at++;
        return read_steps(c, is_setup ? &suite->setup : &suite->finally);
    }
    if (!is_word(c, "sequence"))
        return fail(c, "there are: setup, sequence, finally", "a test has no such part");
    sequence = nkidl_alloc(c->p->idl, sizeof(*sequence));
    sequence->loc = now(c)->at.loc;
    c->at++;
    sequence->name = take_title(c);
    LIST_ADD(&suite->sequences, sequence);
    return read_steps(c, &sequence->steps);
}

size_t read_suite(struct parse *p, size_t at)
{
    struct cursor c = {p, at + 1};
    struct suite *suite = nkidl_alloc(p->idl, sizeof(*suite));

    LIST_INIT(&suite->sequences);
    suite->name = take_title(&c);
    if (!take(&c, '{'))
        return at; /* the grammar says what is due */
    while (!take(&c, '}')) {
        if (!read_part(&c, suite))
            return at;
    }
    LIST_ADD(&p->reader->suites, suite);
    return c.at;
}

/* ---- what the names mean ---- */

struct resolver {
    struct psl_policy *policy;
    struct nkidl *idl;
    struct psl_test *test;
    const struct psl_class **classes; /* of the test's processes */
    bool failed;
};

static bool bad(struct resolver *r, struct nkidl_loc loc, const char *help, const char *text)
{
    r->failed = true;
    nkidl_error(r->idl, loc, help, "%s", text);
    return false;
}

static unsigned add_process(struct resolver *r, const char *name, const struct psl_class *class)
{
    r->test->processes[r->test->nprocesses] = name;
    r->classes[r->test->nprocesses] = class;
    return r->test->nprocesses++;
}

/* The last process of a name. */
static bool find_process(const struct resolver *r, const char *name, unsigned *n)
{
    for (*n = r->test->nprocesses; *n > 0;) {
        if (!strcmp(r->test->processes[--*n], name))
            return true;
    }
    return false;
}

/* A variable, or a class: then a process of it. */
static bool process_of(struct resolver *r, const struct word *word, unsigned *n)
{
    const struct psl_class *class;

    if (find_process(r, word->text, n))
        return true;
    class = find_class(r->policy, word->text);
    if (!class)
        return bad(r, word->loc, "for example c <- execute dst=CLASS",
                   nkidl_format(r->idl, "there is no process '%s' in this test", word->text));
    *n = add_process(r, word->text, class);
    return true;
}

static bool lacks(struct resolver *r, const struct written_step *w, const char *what)
{
    return bad(r, w->loc, NULL, nkidl_format(r->idl, "the step does not say %s=...", what));
}

/* The kernel starts Einit, Einit the others, unless the test says who does. */
static bool resolve_execute(struct resolver *r, const struct written_step *w, struct psl_step *step)
{
    const struct word *dst = &w->selectors[PSL_DST], *src = &w->selectors[PSL_SRC];
    const struct psl_class *class = dst->text ? find_class(r->policy, dst->text) : NULL;
    struct word starter = *dst;

    if (!dst->text)
        return lacks(r, w, "dst");
    if (!class)
        return bad(r, dst->loc, NULL,
                   nkidl_format(r->idl, "there is no process class '%s'", dst->text));
    starter.text = class->number == 0 || !strcmp(class->name, "Einit") ? "kl.core.Core" : "Einit";
    if (!process_of(r, src->text ? src : &starter, &step->source))
        return false;
    step->target = add_process(r, w->variable.text ? w->variable.text : "", class);
    if (!src->text && class->number == 0)
        step->source = step->target;
    step->occasion.method = r->policy->execute->methods;
    return true;
}

static bool is_wanted(const struct written_step *w, const struct psl_occasion *o)
{
    struct psl_block block = {0};

    for (int i = PSL_INTERFACE; i < PSL_SELECTORS; i++)
        block.selectors[i].text = w->selectors[i].text;
    return psl_block_matches(&block, o);
}

/* The method of the endpoint or security interface that `o` has. */
static void try_methods(const struct written_step *w, struct psl_occasion *o,
                        const struct nkidl_package *interface, struct psl_occasion *found,
                        unsigned *n)
{
    for (o->method = interface->methods; o->method; o->method = o->method->next) {
        if (is_wanted(w, o)) {
            *found = *o;
            ++*n;
        }
    }
}

static bool resolve_method(struct resolver *r, const struct written_step *w, struct psl_step *step)
{
    struct psl_occasion o = step->occasion, found = o;
    const struct psl_class *server = o.event == PSL_REQUEST ? o.dst : o.src;
    unsigned n = 0;

    if (!w->selectors[PSL_METHOD].text)
        return lacks(r, w, "method");
    if (o.event == PSL_SECURITY) {
        for (unsigned i = 0; i < server->component->nsecurity; i++) {
            o.guard = &server->guards[i];
            try_methods(w, &o, o.guard->interface, &found, &n);
        }
    } else {
        for (unsigned i = 0; i < server->component->nendpoints; i++) {
            o.row = &server->endpoints[i];
            try_methods(w, &o, o.row->endpoint->interface, &found, &n);
        }
    }
    step->occasion = found;
    if (n == 1)
        return true;
    return bad(r, w->selectors[PSL_METHOD].loc,
               n ? "say which endpoint" : "see endpoint, interface, component and method",
               nkidl_format(r->idl,
                            n ? "'%s' has more than one such method" : "'%s' has no such method",
                            server->name));
}

static bool resolve_message(struct resolver *r, const struct written_step *w, struct psl_step *step)
{
    bool has_target = w->event != PSL_SECURITY;

    if (!w->selectors[PSL_SRC].text)
        return lacks(r, w, "src");
    if (has_target && !w->selectors[PSL_DST].text)
        return lacks(r, w, "dst");
    if (w->variable.text)
        return bad(r, w->variable.loc, NULL, "only execute makes a process");
    if (!process_of(r, &w->selectors[PSL_SRC], &step->source) ||
        (has_target && !process_of(r, &w->selectors[PSL_DST], &step->target)))
        return false;
    step->occasion.src = r->classes[step->source];
    step->occasion.dst = has_target ? r->classes[step->target] : NULL;
    return resolve_method(r, w, step);
}

static void resolve_steps(struct resolver *r, const struct written_step *w)
{
    for (; w && !r->failed; w = w->next) {
        struct psl_step *step = &r->test->steps[r->test->nsteps++];

        step->loc = w->loc;
        step->text = w->text;
        step->title = w->title;
        step->expected = w->expected;
        step->message = w->message;
        step->nprocesses = r->test->nprocesses;
        step->occasion.event = w->event;
        if (w->event != PSL_EXECUTE) {
            resolve_message(r, w, step);
        } else if (resolve_execute(r, w, step)) {
            step->occasion.src = r->classes[step->source];
            step->occasion.dst = r->classes[step->target];
        }
    }
}

static unsigned count_steps(const struct written_step *w)
{
    unsigned n = 0;

    for (; w; w = w->next)
        n++;
    return n;
}

static void resolve_sequence(struct resolver *r, const struct suite *suite,
                             const struct sequence *sequence)
{
    struct psl_test **end = &r->policy->tests;
    unsigned n = count_steps(suite->setup.first) + count_steps(sequence->steps.first) +
                 count_steps(suite->finally.first);

    r->test = nkidl_alloc(r->idl, sizeof(*r->test));
    r->test->suite = suite->name ? suite->name : "";
    r->test->name = sequence->name ? sequence->name : "";
    r->test->loc = sequence->loc;
    r->test->steps = nkidl_alloc(r->idl, (n + 1) * sizeof(*r->test->steps));
    r->test->processes = nkidl_alloc(r->idl, (2 * n + 1) * sizeof(*r->test->processes));
    r->classes = nkidl_alloc(r->idl, (2 * n + 1) * sizeof(*r->classes));
    resolve_steps(r, suite->setup.first);
    resolve_steps(r, sequence->steps.first);
    resolve_steps(r, suite->finally.first);
    while (*end)
        end = &(*end)->next;
    *end = r->test;
}

void resolve_tests(struct reader *reader)
{
    struct resolver r = {.policy = reader->policy, .idl = reader->idl};

    for (const struct suite *suite = reader->suites.first; suite; suite = suite->next) {
        r.failed = false;
        for (const struct sequence *s = suite->sequences.first; s && !r.failed; s = s->next)
            resolve_sequence(&r, suite, s);
    }
}
