/*
 * regex_test.c: patterns against texts: a table, and random patterns against a matcher that follows
 * the definition (all ways to split the text).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regex.h"

static int failures;

static void check(struct nkidl *idl, const char *pattern, const char *text, bool expected)
{
    const char *why;
    size_t at;
    const struct psl_regex *r = psl_regex_compile(idl, pattern, strlen(pattern), &why, &at);

    if (!r || psl_regex_matches(r, text, strlen(text)) != expected) {
        printf("FAIL /%s/ on '%s': %s\n", pattern, text, r ? "the other way" : why);
        failures++;
    }
}

static void refuse(struct nkidl *idl, const char *pattern, const char *expected)
{
    const char *why;
    size_t at;

    if (psl_regex_compile(idl, pattern, strlen(pattern), &why, &at) || strcmp(why, expected) != 0) {
        printf("FAIL /%s/: not refused as '%s'\n", pattern, expected);
        failures++;
    }
}

static void test_table(struct nkidl *idl)
{
    static const struct {
        const char *pattern, *text;
        bool expected;
    } rows[] = {
        {"", "", true},
        {"", "a", false},
        {"a", "a", true},
        {"a", "aa", false},
        {"a b", "ab", true},
        {"a\\ b", "a b", true},
        {"a\\ b", "ab", false},
        {".", "\n", false},
        {".", "x", true},
        {"a*", "", true},
        {"a*", "aaaa", true},
        {"a+", "", false},
        {"a?b", "b", true},
        {"a|b|cd", "cd", true},
        {"a|b|cd", "bc", false},
        {"(a|b)*c", "ababc", true},
        {"(?:ab){2,3}", "ab", false},
        {"(?:ab){2,3}", "abab", true},
        {"(?:ab){2,3}", "ababab", true},
        {"(?:ab){2,3}", "abababab", false},
        {"a{3}", "aaa", true},
        {"a{3}", "aa", false},
        {"a{2,}", "aaaaa", true},
        {"a{2,}", "a", false},
        {"a{0}b", "b", true},
        {"[a-c]", "b", true},
        {"[a-c]", "d", false},
        {"[^a-c]", "d", true},
        {"[^a-c]", "a", false},
        {"[]a]", "]", true},
        {"[a-]", "-", true},
        {"[\\]\\-]", "-", true},
        {"[\\d_]+", "1_2", true},
        {"\\d+\\.\\d+", "1.25", true},
        {"\\w\\W\\s\\S\\D", "a- ab", true},
        {"\\x41", "A", true},
        {"\\n\\t", "\n\t", true},
        {"^a$", "a", true},
        {"(^a|b$)", "b", true},
        {"\\*\\+\\?", "*+?", true},
        {"a{2}{2}", "aaaa", true},
        {"(a*)*b", "aab", true},
        {"()", "", true},
        {"(|a)b", "b", true},
        {"[A-Za-z_][A-Za-z0-9_]*", "x9_", true},
        {"(a|aa)+", "aaa", true},
        {"\\[\\]", "[]", true},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check(idl, rows[i].pattern, rows[i].text, rows[i].expected);
}

static void test_refusals(struct nkidl *idl)
{
    refuse(idl, "(a", "a ( without its )");
    refuse(idl, "a)", "a ) without its (");
    refuse(idl, "[a", "a [ without its ]");
    refuse(idl, "*a", "nothing to repeat");
    refuse(idl, "a|*", "nothing to repeat");
    refuse(idl, "a\\", "a backslash at the end");
    refuse(idl, "a{2,1}", "a repetition goes from n to m, at most 1000");
    refuse(idl, "a{x}", "a repetition is {n}, {n,} or {n,m}");
    refuse(idl, "[b-a]", "the range is empty");
    refuse(idl, "[a b]", "write white space behind a backslash");
    refuse(idl, "\\q", "this escape has no meaning");
    refuse(idl, "\\x4", "two hexadecimal digits are due after \\x");
    refuse(idl, "a^b", "^ stands only at the start");
    refuse(idl, "a$b", "$ stands only at the end");
    refuse(idl, "(?=a)", "there is only (?: )");
    refuse(idl, "(a|b)*a(a|b){14}", "its automaton is too large");
    refuse(idl, "(a{1000}){1000}", "its automaton is too large");
    refuse(idl, "a*******", "a repetition of a repetition");
}

/* ---- random patterns over {a, b} ---- */

struct tree {
    char kind; /* 'a', 'b', '.', '*', '+', '?', '|', ',' (sequence), 'e' (empty) */
    struct tree *left, *right;
};

static struct tree *random_tree(unsigned depth)
{
    static const char kinds[] = "ab.ab,,|*+?e";
    struct tree *t = calloc(1, sizeof(*t));

    t->kind = kinds[(unsigned)rand() % (depth ? sizeof(kinds) - 1 : 3)];
    if (strchr(",|*+?", t->kind))
        t->left = random_tree(depth - 1);
    if (strchr(",|", t->kind))
        t->right = random_tree(depth - 1);
    return t;
}

static void write_tree(const struct tree *t, char *out)
{
    char left[2000] = "", right[2000] = "";

    if (t->left)
        write_tree(t->left, left);
    if (t->right)
        write_tree(t->right, right);
    if (strchr("ab.", t->kind))
        sprintf(out, "%c", t->kind);
    else if (t->kind == 'e')
        strcpy(out, "()");
    else if (t->kind == ',')
        sprintf(out, "(%.900s%.900s)", left, right);
    else if (t->kind == '|')
        sprintf(out, "(%.900s|%.900s)", left, right);
    else
        sprintf(out, "(%.1900s)%c", left, t->kind);
}

/* Ends that are reached from the starts in `from`, bit n standing for "behind n characters". */
static unsigned ends(const struct tree *t, const char *text, unsigned from)
{
    unsigned out = 0, more;

    switch (t->kind) {
    case 'e':
        return from;
    case ',':
        return ends(t->right, text, ends(t->left, text, from));
    case '|':
        return ends(t->left, text, from) | ends(t->right, text, from);
    case '?':
        return from | ends(t->left, text, from);
    case '*':
    case '+':
        out = t->kind == '*' ? from : 0;
        for (more = ends(t->left, text, from); more & ~out; more = ends(t->left, text, more))
            out |= more;
        return out;
    default:
        for (unsigned i = 0; text[i]; i++) {
            if ((from >> i & 1) && (t->kind == '.' || t->kind == text[i]))
                out |= 1u << (i + 1);
        }
        return out;
    }
}

static void free_tree(struct tree *t)
{
    if (t) {
        free_tree(t->left);
        free_tree(t->right);
        free(t);
    }
}

static void test_random(struct nkidl *idl)
{
    char pattern[2000], text[9];

    srand(1);
    for (int i = 0; i < 400; i++) {
        struct tree *t = random_tree(4);

        write_tree(t, pattern);
        for (int k = 0; k < 20; k++) {
            unsigned n = (unsigned)rand() % 8;

            for (unsigned c = 0; c < n; c++)
                text[c] = "ab"[rand() & 1];
            text[n] = 0;
            check(idl, pattern, text, ends(t, text, 1) >> n & 1);
        }
        free_tree(t);
    }
}

int main(void)
{
    struct nkidl *idl = nkidl_new();

    test_table(idl);
    test_refusals(idl);
    test_random(idl);
    nkidl_free(idl);
    return failures != 0;
}
