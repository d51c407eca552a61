/*
 * gen_tests.c: functions that fill a message with random values, for fuzzers and tests.
 */
#include "gen.h"

void gen_tests(struct gen *g, const struct nkidl_package *p)
{
    (void)g;
    (void)p;
}
