/*
 * account.c: accounts, and allocations that fail on demand.
 */
#include "mm/account.h"

#include "mm/kmem.h"

struct account kernel_account = {.refs = 1};
struct account root_account = {.refs = 1};

uint64_t mm_fail_in; /* allocations until one fails; 0: off */
static void (*fail_tell)(void);

Retcode account_create(struct account *parent, uint64_t limit, struct account **out)
{
    if (parent->depth == ACCOUNT_DEPTH_MAX)
        return rcQuotaExceeded;
    Retcode rc = account_charge(parent, limit);
    if (rc != rcOk)
        return rc;
    struct account *a = kmem_alloc(parent, sizeof *a, &rc);
    if (!a) {
        account_uncharge(parent, limit);
        return rc;
    }
    a->limit = limit;
    a->refs = 1;
    a->parent = account_ref(parent);
    a->depth = parent->depth + 1;
    *out = a;
    return rcOk;
}

void account_put(struct account *a)
{
    /* A chain of accounts can end with one: each step frees one and goes to its parent. */
    while (--a->refs == 0) {
        struct account *parent = a->parent;
        account_uncharge(parent, a->limit);
        kmem_free(parent, a, sizeof *a);
        a = parent;
    }
}

void mm_fail_nth(uint64_t n)
{
    mm_fail_in = n;
}

void mm_fail_tell(void (*tell)(void))
{
    fail_tell = tell;
}

bool mm_fail_reached(void)
{
    if (fail_tell)
        fail_tell();
    return true;
}

uint64_t mm_fail_remaining(void)
{
    return mm_fail_in;
}
