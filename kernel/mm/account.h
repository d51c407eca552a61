/*
 * mm/account.h: who pays for memory (design: M6).
 *
 * An account counts bytes: user pages, page tables, kernel objects, handle tables. A limited child's
 * limit is charged to its parent when it is created and comes back at its end, so a charge is one
 * comparison and never walks up.
 */
#ifndef MM_ACCOUNT_H
#define MM_ACCOUNT_H

#include <stdint.h>

#include <rtl/retcode.h>

#define ACCOUNT_DEPTH_MAX 64u /* the end of a chain of accounts is one step */

struct account {
    uint64_t limit, used; /* bytes; used <= limit */
    uint64_t refs;
    struct account *parent; /* pays for the limit and for this structure; null for the first two */
    uint32_t depth;         /* accounts above it */
};

/* The two accounts at the start; core sets their limits at boot. */
extern struct account kernel_account; /* the reserve: what no process pays for */
extern struct account root_account;   /* everything else; the first process starts with it */

/* rcOk, or rcQuotaExceeded with nothing changed. */
static inline Retcode account_charge(struct account *a, uint64_t bytes)
{
    if (bytes > a->limit - a->used)
        return rcQuotaExceeded;
    a->used += bytes;
    return rcOk;
}

static inline void account_uncharge(struct account *a, uint64_t bytes)
{
    a->used -= bytes;
}

/* A new account whose limit (bytes) is taken out of the parent's; one reference.
 * rcQuotaExceeded: the parent has less, or stands ACCOUNT_DEPTH_MAX deep. rcOutOfMemory: no memory for the structure. */
Retcode account_create(struct account *parent, uint64_t limit, struct account **out);

static inline struct account *account_ref(struct account *a)
{
    a->refs++;
    return a;
}

/* Gives a reference back; the last one gives the limit back to the parent. */
void account_put(struct account *a);

#endif
