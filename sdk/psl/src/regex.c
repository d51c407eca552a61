/*
 * regex.c: patterns to automata: a recursive descent to a tree, Thompson's construction to states
 * with empty steps, subsets of those as the states of a deterministic automaton.
 */
#include "regex.h"

#include <stdlib.h>
#include <string.h>

enum {
    DEPTH = 50,          /* of groups */
    REPEAT_MAX = 1000,
    NFA_MAX = 4096,
    DFA_MAX = 2048,
    DFA_WORK_MAX = 1 << 26, /* of building one: steps over bits */
    NODES_MAX = 20000,
};

enum node_kind {
    NODE_EMPTY,
    NODE_SET,
    NODE_CAT,
    NODE_ALT,
    NODE_REPEAT, /* left, from min to max times (-1: for ever) */
};

struct set {
    uint64_t bits[4];
};

struct node {
    enum node_kind kind;
    struct set set;
    struct node *left, *right;
    int min, max;
};

struct pattern {
    struct nkidl *idl;
    const char *text;
    size_t size, at;
    const char *why;
    unsigned depth, nnodes;
};

static void set_add(struct set *set, unsigned byte)
{
    set->bits[byte / 64] |= 1ull << byte % 64;
}

static bool set_has(const struct set *set, unsigned byte)
{
    return set->bits[byte / 64] >> byte % 64 & 1;
}

static void set_invert(struct set *set)
{
    for (int i = 0; i < 4; i++)
        set->bits[i] = ~set->bits[i];
}

static struct node *fail(struct pattern *p, const char *why)
{
    if (!p->why)
        p->why = why;
    return NULL;
}

static struct node *new_node(struct pattern *p, enum node_kind kind, struct node *left,
                             struct node *right)
{
    struct node *node;

    if (++p->nnodes > NODES_MAX)
        return fail(p, "the pattern is too long");
    node = nkidl_alloc(p->idl, sizeof(*node));
    node->kind = kind;
    node->left = left;
    node->right = right;
    return node;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_space(struct pattern *p)
{
    while (p->at < p->size && is_space(p->text[p->at]))
        p->at++;
}

static bool next_is(struct pattern *p, char c)
{
    skip_space(p);
    return p->at < p->size && p->text[p->at] == c;
}

/* ---- sets ---- */

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool class_escape(char c, struct set *set)
{
    char lower = (char)(c | 0x20);

    if (!strchr("dws", lower) || !c)
        return false;
    for (unsigned b = 0; b < 256; b++) {
        bool is_digit = b >= '0' && b <= '9';
        bool is_in = lower == 'd' ? is_digit
                     : lower == 's'
                         ? is_space((char)b)
                         : is_digit || b == '_' || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');

        if (is_in)
            set_add(set, b);
    }
    if (c != lower)
        set_invert(set);
    return true;
}

/* Behind a backslash; *byte is -1 if a whole set was added. */
static bool escape(struct pattern *p, struct set *set, int *byte)
{
    static const char from[] = "nrtfv0", to[] = "\n\r\t\f\v\0";
    const char *at;
    char c;

    if (p->at == p->size)
        return fail(p, "a backslash at the end");
    c = p->text[p->at++];
    *byte = -1;
    if (class_escape(c, set))
        return true;
    if (c == 'x') {
        if (p->at + 2 > p->size || hex(p->text[p->at]) < 0 || hex(p->text[p->at + 1]) < 0)
            return fail(p, "two hexadecimal digits are due after \\x");
        *byte = hex(p->text[p->at]) << 4 | hex(p->text[p->at + 1]);
        p->at += 2;
    } else if ((at = strchr(from, c)) && c) {
        *byte = (unsigned char)to[at - from];
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '1' && c <= '9')) {
        return fail(p, "this escape has no meaning");
    } else {
        *byte = (unsigned char)c;
    }
    return true;
}

static bool set_item(struct pattern *p, struct set *set, int *byte)
{
    char c = p->text[p->at++];

    if (c == '\\')
        return escape(p, set, byte);
    if (is_space(c)) {
        p->at--;
        return fail(p, "write white space behind a backslash");
    }
    *byte = (unsigned char)c;
    return true;
}

static struct node *parse_set(struct pattern *p)
{
    struct node *node = new_node(p, NODE_SET, NULL, NULL);
    bool is_inverted = p->at < p->size && p->text[p->at] == '^', is_first = true;

    p->at += is_inverted;
    for (; node; is_first = false) {
        int from, to;

        if (p->at >= p->size)
            return fail(p, "a [ without its ]");
        if (p->text[p->at] == ']' && !is_first)
            break;
        if (!set_item(p, &node->set, &from))
            return NULL;
        to = from;
        if (from >= 0 && p->at + 1 < p->size && p->text[p->at] == '-' &&
            p->text[p->at + 1] != ']') {
            p->at++;
            if (!set_item(p, &node->set, &to))
                return NULL;
            if (to < from)
                return fail(p, "the range is empty");
        }
        for (int b = from; from >= 0 && b <= to; b++)
            set_add(&node->set, (unsigned)b);
    }
    p->at++;
    if (node && is_inverted)
        set_invert(&node->set);
    return node;
}

/* ---- the tree ---- */

static struct node *parse_alternatives(struct pattern *p);

static struct node *parse_group(struct pattern *p)
{
    struct node *node;

    if (++p->depth > DEPTH)
        return fail(p, "too many groups inside each other");
    if (p->at + 1 < p->size && p->text[p->at] == '?' && p->text[p->at + 1] == ':')
        p->at += 2;
    else if (p->at < p->size && p->text[p->at] == '?')
        return fail(p, "there is only (?: )");
    node = parse_alternatives(p);
    p->depth--;
    if (!node)
        return NULL;
    if (!next_is(p, ')'))
        return fail(p, "a ( without its )");
    p->at++;
    return node;
}

static bool is_at_start(const struct pattern *p)
{
    size_t at = p->at - 1;

    while (at > 0 && is_space(p->text[at - 1]))
        at--;
    return at == 0 || p->text[at - 1] == '(' || p->text[at - 1] == '|' || p->text[at - 1] == ':';
}

static bool is_at_end(struct pattern *p)
{
    skip_space(p);
    return p->at == p->size || p->text[p->at] == ')' || p->text[p->at] == '|';
}

static struct node *parse_atom(struct pattern *p)
{
    char c = p->text[p->at++];
    struct node *node;
    int byte;

    switch (c) {
    case '(':
        return parse_group(p);
    case '[':
        return parse_set(p);
    case '^':
        return is_at_start(p) ? new_node(p, NODE_EMPTY, NULL, NULL)
                              : fail(p, "^ stands only at the start");
    case '$':
        return is_at_end(p) ? new_node(p, NODE_EMPTY, NULL, NULL)
                            : fail(p, "$ stands only at the end");
    case '*':
    case '+':
    case '?':
        p->at--;
        return fail(p, "nothing to repeat");
    default:
        break;
    }
    node = new_node(p, NODE_SET, NULL, NULL);
    if (!node)
        return NULL;
    if (c == '.') {
        set_add(&node->set, '\n');
        set_invert(&node->set);
    } else if (c == '\\') {
        if (!escape(p, &node->set, &byte))
            return NULL;
        if (byte >= 0)
            set_add(&node->set, (unsigned)byte);
    } else {
        set_add(&node->set, (unsigned char)c);
    }
    return node;
}

static int parse_count(struct pattern *p)
{
    int n = -1;

    skip_space(p);
    while (p->at < p->size && p->text[p->at] >= '0' && p->text[p->at] <= '9' && n <= REPEAT_MAX)
        n = (n < 0 ? 0 : n) * 10 + (p->text[p->at++] - '0');
    return n;
}

/* {n}, {n,} and {n,m}, behind the {. */
static bool parse_bounds(struct pattern *p, int *min, int *max)
{
    *min = *max = parse_count(p);
    if (next_is(p, ',')) {
        p->at++;
        *max = parse_count(p);
    }
    if (*min < 0 || !next_is(p, '}'))
        return fail(p, "a repetition is {n}, {n,} or {n,m}");
    if (*min > REPEAT_MAX || *max > REPEAT_MAX || (*max >= 0 && *max < *min))
        return fail(p, "a repetition goes from n to m, at most 1000");
    p->at++;
    return true;
}

static struct node *parse_repeated(struct pattern *p)
{
    struct node *node = parse_atom(p);
    unsigned times = 0;

    while (node) {
        int min = 0, max = -1;

        skip_space(p);
        if (p->at == p->size || !p->text[p->at] || !strchr("*+?{", p->text[p->at]))
            return node;
        if (++times > 4)
            return fail(p, "a repetition of a repetition");
        switch (p->text[p->at++]) {
        case '+':
            min = 1;
            break;
        case '?':
            max = 1;
            break;
        case '{':
            if (!parse_bounds(p, &min, &max))
                return NULL;
        }
        node = new_node(p, NODE_REPEAT, node, NULL);
        if (node) {
            node->min = min;
            node->max = max;
        }
    }
    return NULL;
}

static struct node *parse_sequence(struct pattern *p)
{
    struct node *node = new_node(p, NODE_EMPTY, NULL, NULL);

    while (node) {
        struct node *next;

        skip_space(p);
        if (p->at == p->size || p->text[p->at] == '|' || p->text[p->at] == ')')
            return node;
        next = parse_repeated(p);
        node = next ? new_node(p, NODE_CAT, node, next) : NULL;
    }
    return NULL;
}

static struct node *parse_alternatives(struct pattern *p)
{
    struct node *node = parse_sequence(p);

    while (node && next_is(p, '|')) {
        struct node *right;

        p->at++;
        right = parse_sequence(p);
        node = right ? new_node(p, NODE_ALT, node, right) : NULL;
    }
    return node;
}

/* ---- states with empty steps ---- */

struct nfa_state {
    const struct set *set; /* null: empty steps */
    int out, other;        /* -1: none */
};

struct nfa {
    struct nfa_state *states;
    int n;
};

static int nfa_add(struct nfa *nfa, const struct set *set, int out, int other)
{
    if (nfa->n == NFA_MAX)
        return -1;
    nfa->states[nfa->n] = (struct nfa_state){set, out, other};
    return nfa->n++;
}

/* The first state of an automaton for `node` that goes on at `out`; -1 if there are too many. The
 * left side of a sequence is a chain, so it is walked without recursion. */
static int build(struct nfa *nfa, const struct node *node, int out)
{
    while (out >= 0 && node->kind == NODE_CAT) {
        out = build(nfa, node->right, out);
        node = node->left;
    }
    if (out < 0)
        return -1;
    switch (node->kind) {
    case NODE_SET:
        return nfa_add(nfa, &node->set, out, -1);
    case NODE_ALT: {
        int join = nfa_add(nfa, NULL, -1, -1), at = join;
        const struct node *n = node;

        for (; at >= 0 && n->kind == NODE_ALT; n = n->left) {
            int right = build(nfa, n->right, out), next;

            next = right < 0 ? -1 : nfa_add(nfa, NULL, -1, -1);
            if (next < 0)
                return -1;
            nfa->states[at].out = right;
            nfa->states[at].other = next;
            at = next;
        }
        int first = at < 0 ? -1 : build(nfa, n, out);
        if (first < 0)
            return -1;
        nfa->states[at].out = first;
        return join;
    }
    case NODE_REPEAT: {
        int at = out;

        if (node->max < 0) {
            int loop = nfa_add(nfa, NULL, -1, out), first;

            if (loop < 0 || (first = build(nfa, node->left, loop)) < 0)
                return -1;
            nfa->states[loop].out = first;
            at = loop;
        }
        for (int i = node->min; i < node->max && at >= 0; i++) {
            int first = build(nfa, node->left, at);

            at = first < 0 ? -1 : nfa_add(nfa, NULL, first, out);
        }
        for (int i = 0; i < node->min && at >= 0; i++)
            at = build(nfa, node->left, at);
        return at;
    }
    default:
        return out;
    }
}

/* ---- subsets ---- */

struct dfa {
    struct nkidl *idl;
    const struct nfa *nfa;
    unsigned nwords, nstates, nclasses;
    uint8_t classes[256], samples[256]; /* a byte of each class */
    uint64_t *subsets;                  /* [state * nwords] */
    uint16_t *next;
    bool *accepting;
    int final;
    int *stack;
    uint64_t work;
};

/* Bytes that are in the same sets belong together. */
static void make_classes(struct dfa *d)
{
    d->nclasses = 0;
    for (unsigned b = 0; b < 256; b++) {
        unsigned k = 0;

        for (; k < d->nclasses; k++) {
            bool is_same = true;

            for (int i = 0; i < d->nfa->n && is_same; i++) {
                const struct set *set = d->nfa->states[i].set;

                is_same = !set || set_has(set, b) == set_has(set, d->samples[k]);
            }
            if (is_same)
                break;
        }
        if (k == d->nclasses)
            d->samples[d->nclasses++] = (uint8_t)b;
        d->classes[b] = (uint8_t)k;
    }
}

static void close_over(struct dfa *d, uint64_t *subset, int from)
{
    int depth = 0;

    d->stack[depth++] = from;
    while (depth) {
        int at = d->stack[--depth];

        if (at < 0 || subset[at / 64] >> at % 64 & 1)
            continue;
        subset[at / 64] |= 1ull << at % 64;
        if (!d->nfa->states[at].set) {
            d->stack[depth++] = d->nfa->states[at].out;
            d->stack[depth++] = d->nfa->states[at].other;
        }
    }
}

static int find_subset(struct dfa *d, const uint64_t *subset)
{
    for (unsigned i = 0; i < d->nstates; i++) {
        d->work += 1;
        if (!memcmp(d->subsets + (size_t)i * d->nwords, subset, d->nwords * 8))
            return (int)i;
    }
    if (d->nstates == DFA_MAX)
        return -1;
    memcpy(d->subsets + (size_t)d->nstates * d->nwords, subset, d->nwords * 8);
    d->accepting[d->nstates] = subset[d->final / 64] >> d->final % 64 & 1;
    return (int)d->nstates++;
}

static bool step(struct dfa *d, unsigned state, unsigned class, uint64_t *subset)
{
    int target;

    memset(subset, 0, d->nwords * 8);
    for (unsigned w = 0; w < d->nwords; w++) {
        uint64_t bits = d->subsets[(size_t)state * d->nwords + w];

        for (; bits; bits &= bits - 1) {
            const struct nfa_state *s = &d->nfa->states[w * 64 + (unsigned)__builtin_ctzll(bits)];

            d->work++;
            if (s->set && set_has(s->set, d->samples[class]))
                close_over(d, subset, s->out);
        }
    }
    target = find_subset(d, subset);
    if (target < 0 || d->work > DFA_WORK_MAX)
        return false;
    d->next[(size_t)state * d->nclasses + class] = (uint16_t)target;
    return true;
}

static struct psl_regex *make_dfa(struct dfa *d, int first)
{
    uint64_t *subset = calloc(d->nwords, 8);
    struct psl_regex *regex = NULL;
    bool is_good = subset && d->subsets && d->next && d->accepting && d->stack;

    if (is_good) {
        find_subset(d, subset); /* the empty one */
        close_over(d, subset, first);
        find_subset(d, subset);
        if (d->nstates == 1) /* no text at all would match: keep the numbering */
            d->nstates = 2;
    }
    for (unsigned state = 0; is_good && state < d->nstates; state++) {
        for (unsigned k = 0; k < d->nclasses && is_good; k++)
            is_good = step(d, state, k, subset);
    }
    free(subset);
    if (!is_good)
        return NULL;
    regex = nkidl_alloc(d->idl, sizeof(*regex));
    regex->nstates = d->nstates;
    regex->nclasses = d->nclasses;
    memcpy(regex->classes, d->classes, sizeof(regex->classes));
    uint16_t *next = nkidl_alloc(d->idl, (size_t)d->nstates * d->nclasses * sizeof(*next));
    bool *accepting = nkidl_alloc(d->idl, d->nstates * sizeof(*accepting));
    memcpy(next, d->next, (size_t)d->nstates * d->nclasses * sizeof(*next));
    memcpy(accepting, d->accepting, d->nstates * sizeof(*accepting));
    regex->next = next;
    regex->accepting = accepting;
    return regex;
}

static struct psl_regex *determine(struct nkidl *idl, const struct nfa *nfa, int first, int final)
{
    struct dfa d = {.idl = idl, .nfa = nfa, .final = final};
    struct psl_regex *regex;

    make_classes(&d);
    d.nwords = ((unsigned)nfa->n + 63) / 64;
    d.subsets = calloc(DFA_MAX + 1, d.nwords * 8);
    d.next = calloc((size_t)DFA_MAX * d.nclasses, sizeof(*d.next));
    d.accepting = calloc(DFA_MAX + 1, sizeof(*d.accepting));
    d.stack = calloc(2 * (size_t)nfa->n + 4, sizeof(*d.stack));
    regex = make_dfa(&d, first);
    free(d.subsets);
    free(d.next);
    free(d.accepting);
    free(d.stack);
    return regex;
}

const struct psl_regex *psl_regex_compile(struct nkidl *idl, const char *text, size_t size,
                                          const char **why, size_t *at)
{
    struct pattern p = {.idl = idl, .text = text, .size = size};
    struct nfa nfa = {.states = NULL};
    struct psl_regex *regex = NULL;
    struct node *tree = parse_alternatives(&p);
    int final, first;

    if (tree && p.at < p.size)
        tree = fail(&p, "a ) without its (");
    *why = p.why;
    *at = p.at;
    if (!tree)
        return NULL;
    nfa.states = calloc(NFA_MAX, sizeof(*nfa.states));
    if (nfa.states) {
        final = nfa_add(&nfa, NULL, -1, -1);
        first = build(&nfa, tree, final);
        if (first >= 0)
            regex = determine(idl, &nfa, first, final);
        free(nfa.states);
    }
    if (!regex)
        *why = "its automaton is too large";
    return regex;
}

bool psl_regex_matches(const struct psl_regex *regex, const char *text, size_t size)
{
    unsigned state = 1;

    for (size_t i = 0; i < size; i++)
        state = regex->next[state * regex->nclasses + regex->classes[(unsigned char)text[i]]];
    return regex->accepting[state];
}
