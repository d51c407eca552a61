/*
 * regex.c: patterns by their meaning: from a set of places in the text, the set of places that a
 * part of the pattern can reach. A pattern covers the text if the end is reached from the start.
 *
 * The pattern is valid (the front end has checked it), so this reads it without looking for
 * defects.
 */
#include <stdlib.h>
#include <string.h>

#include "ref.h"

enum { PLACES = 1024 };

struct places {
    bool at[PLACES];
};

struct matcher {
    const char *pattern;
    size_t npattern;
    const char *text;
    size_t size;
};

static size_t alternatives(struct matcher *m, size_t p, const struct places *from,
                           struct places *to);

static bool is_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t white(const struct matcher *m, size_t p)
{
    while (p < m->npattern && is_white(m->pattern[p]))
        p++;
    return p;
}

static int digit(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* Adds what the escape behind the backslash at `p` stands for; its byte, or -1 for a class. */
static size_t escape(const struct matcher *m, size_t p, bool *set, int *byte)
{
    char c = m->pattern[p + 1];
    const char *named = c ? strchr("n\nr\rt\tf\fv\v", c) : NULL;

    *byte = -1;
    if (c && strchr("dDwWsS", c)) {
        for (int b = 0; b < 256; b++) {
            bool is_digit = b >= '0' && b <= '9';
            bool is_word = is_digit || b == '_' || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
            bool is_in = (c | 0x20) == 'd'   ? is_digit
                         : (c | 0x20) == 'w' ? is_word
                                             : is_white((char)b);

            set[b] = set[b] || is_in == (c >= 'a');
        }
        return p + 2;
    }
    if (c == 'x') {
        *byte = digit(m->pattern[p + 2]) * 16 + digit(m->pattern[p + 3]);
        return p + 4;
    }
    *byte = c == '0' ? 0 : named && c >= 'a' ? (unsigned char)named[1] : (unsigned char)c;
    return p + 2;
}

/* [...] from the sign behind the bracket. */
static size_t bracket(const struct matcher *m, size_t p, bool *set)
{
    bool is_inverted = m->pattern[p] == '^', is_first = true;

    for (p += is_inverted; m->pattern[p] != ']' || is_first; is_first = false) {
        int from, to;

        if (m->pattern[p] == '\\')
            p = escape(m, p, set, &from);
        else
            from = (unsigned char)m->pattern[p++];
        to = from;
        if (from >= 0 && m->pattern[p] == '-' && m->pattern[p + 1] != ']') {
            if (m->pattern[++p] == '\\')
                p = escape(m, p, set, &to);
            else
                to = (unsigned char)m->pattern[p++];
        }
        for (int b = from; b >= 0 && b <= to; b++)
            set[b] = true;
    }
    for (int b = 0; is_inverted && b < 256; b++)
        set[b] = !set[b];
    return p + 1;
}

static void consume(const struct matcher *m, const bool *set, const struct places *from,
                    struct places *to)
{
    memset(to, 0, sizeof(*to));
    for (size_t i = 0; i < m->size; i++)
        to->at[i + 1] = from->at[i] && set[(unsigned char)m->text[i]];
}

static size_t atom(struct matcher *m, size_t p, const struct places *from, struct places *to)
{
    bool set[256] = {false};
    char c = m->pattern[p];
    int byte;

    if (c == '(') {
        p = alternatives(m, m->pattern[p + 1] == '?' ? p + 3 : p + 1, from, to);
        return white(m, p) + 1;
    }
    if (c == '^' || c == '$') {
        *to = *from;
        return p + 1;
    }
    if (c == '[') {
        p = bracket(m, p + 1, set);
    } else if (c == '\\') {
        p = escape(m, p, set, &byte);
        if (byte >= 0)
            set[byte] = true;
    } else if (c == '.') {
        memset(set, true, sizeof(set));
        set['\n'] = false;
        p++;
    } else {
        set[(unsigned char)c] = true;
        p++;
    }
    consume(m, set, from, to);
    return p;
}

static size_t count(const struct matcher *m, size_t p, int *n)
{
    *n = -1;
    for (p = white(m, p); m->pattern[p] >= '0' && m->pattern[p] <= '9'; p++)
        *n = (*n < 0 ? 0 : *n) * 10 + (m->pattern[p] - '0');
    return white(m, p);
}

/* The repetition at `p`, if there is one. */
static size_t bounds(const struct matcher *m, size_t p, int *min, int *max)
{
    *min = 0;
    *max = -1;
    switch (m->pattern[p]) {
    case '*':
        return p + 1;
    case '+':
        *min = 1;
        return p + 1;
    case '?':
        *max = 1;
        return p + 1;
    default:
        p = count(m, p + 1, min);
        *max = *min;
        if (m->pattern[p] == ',')
            p = count(m, p + 1, max);
        return p + 1;
    }
}

/* What the part [start, end) with its first `depth` repetitions reaches. */
struct repetition {
    int min, max;
};

static void repeated(struct matcher *m, size_t start, const struct repetition *list, int n,
                     const struct places *from, struct places *to)
{
    struct places now = *from, next, all;
    int min, max;

    if (n == 0) {
        atom(m, start, from, to);
        return;
    }
    min = list[n - 1].min;
    max = list[n - 1].max;
    memset(&all, 0, sizeof(all));
    /* Beyond as many rounds as there are places nothing new is reached. */
    for (int i = 0; i <= (max < 0 ? min + (int)m->size + 1 : max); i++) {
        for (size_t k = 0; i >= min && k <= m->size; k++)
            all.at[k] = all.at[k] || now.at[k];
        repeated(m, start, list, n - 1, &now, &next);
        now = next;
    }
    *to = all;
}

static size_t sequence(struct matcher *m, size_t p, const struct places *from, struct places *to)
{
    struct places now = *from, next;

    for (p = white(m, p); p < m->npattern && m->pattern[p] != '|' && m->pattern[p] != ')';
         p = white(m, p)) {
        struct repetition list[8];
        size_t start = p;
        int n = 0;

        p = white(m, atom(m, p, &now, &next));
        while (p < m->npattern && m->pattern[p] && strchr("*+?{", m->pattern[p]) && n < 8) {
            p = white(m, bounds(m, p, &list[n].min, &list[n].max));
            n++;
        }
        repeated(m, start, list, n, &now, &next);
        now = next;
    }
    *to = now;
    return p;
}

static size_t alternatives(struct matcher *m, size_t p, const struct places *from,
                           struct places *to)
{
    struct places one;

    memset(to, 0, sizeof(*to));
    for (;; p++) {
        p = sequence(m, p, from, &one);
        for (size_t i = 0; i <= m->size; i++)
            to->at[i] = to->at[i] || one.at[i];
        if (p >= m->npattern || m->pattern[p] != '|')
            return p;
    }
}

bool ref_regex_matches(const char *pattern, size_t npattern, const char *text, size_t size)
{
    struct matcher m = {pattern, npattern, text, size};
    struct places from = {{true}}, to;

    if (size >= PLACES)
        abort();
    alternatives(&m, 0, &from, &to);
    return to.at[size];
}
