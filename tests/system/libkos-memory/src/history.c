/*
 * history.c: see history.h. An operation succeeds where the model says so and changes the model.
 */
#include "history.h"

#include <coresrv/vmm/vmm_api.h>
#include <stddef.h>

#define PAGE 4096u
#define R    VMM_FLAG_READ
#define RW   (VMM_FLAG_READ | VMM_FLAG_WRITE)
#define RX   (VMM_FLAG_READ | VMM_FLAG_EXECUTE)
#define LAZY (VMM_FLAG_RESERVE | VMM_FLAG_COMMIT)

enum operation { RESERVE, ALLOCATE, COMMIT_LOCKED, COMMIT, DECOMMIT, PROTECT, UNMAP, WRITE };

_Static_assert(R == 1 && (RW & 2) == 2, "the model tests bits");

static uint32_t next(struct history *h, uint32_t limit)
{
    h->state = h->state * 1664525u + 1013904223u;
    return (h->state >> 8) % limit;
}

static int all(const struct history *h, int first, int count, int is_taken)
{
    for (int i = first; i < first + count; i++) {
        if (h->pages[i].is_taken != is_taken) {
            return 0;
        }
    }
    return 1;
}

/* Whether the model allows it. */
static int is_allowed(const struct history *h, enum operation what, int first, int count)
{
    switch (what) {
    case RESERVE:
    case ALLOCATE:
        return all(h, first, count, 0);
    case UNMAP:
        return h->pages[first].is_taken;
    case WRITE:
        return 1;
    default:
        return all(h, first, count, 1);
    }
}

/* Whether the system does it. */
static int perform(struct history *h, enum operation what, char *at, rtl_size_t size, int prot)
{
    (void)h;
    switch (what) {
    case RESERVE:
        return KnVmAllocate(at, size, VMM_FLAG_RESERVE | prot | VMM_FLAG_FIXED) == at;
    case ALLOCATE:
        return KnVmAllocate(at, size, LAZY | prot | VMM_FLAG_FIXED) == at;
    case COMMIT_LOCKED:
        return KnVmCommit(at, size, VMM_FLAG_LOCKED) == rcOk;
    case COMMIT:
        return KnVmCommit(at, size, 0) == rcOk;
    case DECOMMIT:
        return KnVmDecommit(at, size) == rcOk;
    case PROTECT:
        return KnVmProtect(at, size, prot) == rcOk;
    case UNMAP:
        return KnVmUnmap(at, size) == rcOk;
    default:
        return 1;
    }
}

static void change_page(struct history *h, enum operation what, int i, int prot)
{
    struct history_page *p = &h->pages[i];

    switch (what) {
    case RESERVE:
    case ALLOCATE:
        *p = (struct history_page){1, what == ALLOCATE, 0, prot};
        break;
    case COMMIT_LOCKED:
    case COMMIT:
        p->byte = p->is_committed ? p->byte : 0;
        p->is_committed = 1;
        break;
    case DECOMMIT:
        p->byte = p->is_committed = 0;
        break;
    case PROTECT:
        p->prot = prot;
        break;
    case UNMAP:
        *p = (struct history_page){0};
        break;
    default:
        if (p->is_taken && p->is_committed && (p->prot & 2)) {
            p->byte = (char)next(h, 100);
            if (h->window) {
                h->window[(unsigned)i * PAGE + 100] = p->byte;
            }
        }
    }
}

int history_step(struct history *h)
{
    static const int prots[] = {0, R, RW, RX, RW, VMM_FLAG_RWX_MASK};
    int first = (int)next(h, HISTORY_PAGES);
    int count = 1 + (int)next(h, (uint32_t)(HISTORY_PAGES - first));
    int prot = prots[next(h, 6)];
    enum operation what = (enum operation)next(h, 8);
    int is_ok = is_allowed(h, what, first, count);

    if (h->window && perform(h, what, h->window + (unsigned)first * PAGE, (rtl_size_t)count * PAGE,
                             prot) != is_ok) {
        return 0;
    }
    for (int i = first; is_ok && i < first + count; i++) {
        change_page(h, what, i, prot);
    }
    return 1;
}
