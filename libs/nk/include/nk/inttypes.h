/*
 * nk/inttypes.h: printf conversions for the integer types of nk/types.h.
 */
#ifndef NK_INTTYPES_H
#define NK_INTTYPES_H

#include <nk/types.h>

#define NK_PRIu8  "u"
#define NK_PRIu16 "u"
#define NK_PRIu32 "u"
#define NK_PRIu64 "lu"
#define NK_PRId8  "d"
#define NK_PRId16 "d"
#define NK_PRId32 "d"
#define NK_PRId64 "ld"
#define NK_PRIx8  "x"
#define NK_PRIx16 "x"
#define NK_PRIx32 "x"
#define NK_PRIx64 "lx"

#endif
