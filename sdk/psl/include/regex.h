/*
 * regex.h: patterns of the Regex model, compiled to automata whose matching takes one step a byte.
 *
 * A pattern covers the whole text. It knows: . (any byte but line feed), [a-z] [^a-z], \d \w \s \D
 * \W \S, \n \r \t \f \v \0 \xHH, any other sign behind a backslash as itself, groups ( ) and (?: ),
 * |, and the repetitions * + ? {n} {n,} {n,m}. White space counts only behind a backslash. ^ at the
 * start and $ at the end of a pattern or group mean nothing more.
 */
#ifndef NKPSL_REGEX_H
#define NKPSL_REGEX_H

#include "nkidl.h"

/* State 0 is the one that no text leaves, state 1 the first. */
struct psl_regex {
    unsigned nstates;
    unsigned nclasses;     /* of bytes that no state tells apart */
    uint8_t classes[256];
    const uint16_t *next;  /* [state * nclasses + class] */
    const bool *accepting; /* [state] */
};

/* Null if the pattern is not valid or its automaton too large: `why` says what, `at` the byte. */
const struct psl_regex *psl_regex_compile(struct nkidl *idl, const char *text, size_t size,
                                          const char **why, size_t *at);

/* Whether the pattern covers the text. */
bool psl_regex_matches(const struct psl_regex *regex, const char *text, size_t size);

#endif
