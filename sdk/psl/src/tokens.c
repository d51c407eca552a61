/*
 * tokens.c: which words are keywords. The language's words are words like any others where a name
 * is due
 * (`endpoint=x.request`, `mic.execute`, `{audit: 1}`), so they are told apart by what stands around
 * them:
 *
 *     declarations (use, execute, request ...)   outside of all braces, not after '.' or '=', and
 * not before ':' except `execute :` match, choice, audit                       inside braces, not
 * after '.' or '=', not before ':' message, src_sid, dst_sid, true, false     anywhere but after
 * '.' or '=' and before ':' or '=' grant, deny                                without an argument
 * get the () that the grammar wants
 *
 * Test blocks (assert "..." {...} outside of braces) are taken out here; tests.c reads them.
 */
#include <string.h>

#include "internal.h"
#include "parser.h"

struct keyword {
    const char *text;
    int token;
};

static const struct keyword declarations[] = {
    {"use", USE},         {"task", TASK},         {"policy", POLICY},     {"audit", AUDIT},
    {"execute", EVENT},   {"request", EVENT},     {"response", EVENT},    {"error", EVENT},
    {"security", EVENT},  {"assert", TEST},       {"type", TYPE},
};
static const struct keyword actions[] = {
    {"match", MATCH}, {"choice", CHOICE}, {"audit", AUDIT}, {"type", TYPE},
};
static const struct keyword values[] = {
    {"message", MESSAGE}, {"src_sid", SRC_SID}, {"dst_sid", DST_SID},
    {"true", TRUE},       {"false", FALSE},
};

/* Words behind which a name follows, outside of braces. */
static const struct keyword naming[] = {
    {"use", USE}, {"EDL", USE}, {"class", TASK}, {"object", POLICY}, {"profile", AUDIT},
};

#define LOOK_UP(table, word) look_up(table, sizeof(table) / sizeof((table)[0]), word)

static int look_up(const struct keyword *table, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(table[i].text, word))
            return table[i].token;
    }
    return 0;
}

static int kind_of_word(const struct token *before, const struct token *token,
                        const struct token *after, int depth)
{
    int kind;

    if (before && (before->kind == '.' || before->kind == '='))
        return WORD;
    if (before && depth == 0 && before->kind == WORD && LOOK_UP(naming, before->word.text))
        return WORD;
    if (depth == 0 && after->kind == ':' && strcmp(token->word.text, "execute") != 0)
        return WORD;
    if (depth > 0 && (after->kind == ':' || after->kind == '=')) {
        kind = LOOK_UP(values, token->word.text); /* true and false may be labels */
        return after->kind == ':' && (kind == TRUE || kind == FALSE) ? kind : WORD;
    }
    kind =
        depth == 0 ? LOOK_UP(declarations, token->word.text) : LOOK_UP(actions, token->word.text);
    /* `audit p` and `type X =` are followed by a word, `match` by a selector. */
    if (depth > 0 && (kind == AUDIT || kind == TYPE || kind == MATCH) && after->kind != WORD &&
        !(kind == MATCH && after->kind == '{'))
        kind = 0;
    if (!kind)
        kind = LOOK_UP(values, token->word.text);
    return kind ? kind : WORD;
}

static int depth_change(int kind)
{
    switch (kind) {
    case '{':
    case '(':
    case '[':
        return 1;
    case '}':
    case ')':
    case ']':
        return -1;
    default:
        return 0;
    }
}

/* `grant` or `deny` (or `base.grant` ...) as a rule without its (). `deny` can have another
 * argument, so it counts only before the end of the rule. */
static bool is_bare_rule(const struct parse *p, size_t at, int depth)
{
    const struct token *t = &p->tokens[at];
    int next = t[1].kind;
    bool is_grant;

    if (depth == 0 || at == 0 || t->kind != WORD || t[-1].kind == '=')
        return false;
    is_grant = !strcmp(t->word.text, "grant");
    if (!is_grant && strcmp(t->word.text, "deny") != 0)
        return false;
    if (t[-1].kind == '.' && (at < 2 || t[-2].kind != WORD || strcmp(t[-2].word.text, "base") != 0))
        return false;
    if (is_grant)
        return next != '(' && next != ':' && next != '=' && next != '.';
    return next == '}' || next == ',' || next == ';';
}

void sort_tokens(struct parse *p)
{
    struct token *out = nkidl_alloc(p->idl, (3 * p->ntokens + 1) * sizeof(*out));
    size_t n = 0;
    int depth = 0;

    for (size_t i = 0; i < p->ntokens; i++) {
        struct token token = p->tokens[i];
        const struct token *before = i ? &p->tokens[i - 1] : NULL;

        if (token.kind == WORD)
            token.kind = kind_of_word(before, &token, &p->tokens[i + 1], depth);
        if (token.kind == TEST) {
            size_t behind = read_suite(p, i);

            if (behind != i) {
                i = behind - 1;
                continue;
            }
        }
        depth += depth_change(token.kind);
        if (depth < 0)
            depth = 0;
        out[n++] = token;
        if (is_bare_rule(p, i, depth)) {
            out[n] = token;
            out[n++].kind = '(';
            out[n] = token;
            out[n++].kind = ')';
        }
    }
    p->tokens = out;
    p->ntokens = n;
}
