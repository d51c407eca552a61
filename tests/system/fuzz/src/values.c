/*
 * values.c: values of parameters: such as make sense, so that calls get past the first check, and
 * such as do not.
 */
#include "fuzz.h"

#include <string.h>

#define PAGE       4096ull
#define USER_TOP   0x0000800000000000ull
#define KERNEL     0xffff800000100000ull
#define NONSENSE   0x8000000000000000ull
#define HANDLE_CORE 1u

struct shared shared;

void keep_handle(uint32_t handle)
{
    shared.handles[shared.next++ % POOL] = handle;
}

void keep_tid(uint32_t tid)
{
    shared.tids[shared.next % POOL] = tid;
}

static const uint64_t borders[] = {
    0, 1, 2, 3, 7, 8, 31, 32, 63, 64, 127, 255, 256, 4095, 4096, 4097, 65535, 65536, 65537,
    0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, USER_TOP - 1, USER_TOP, KERNEL, NONSENSE,
    ~0ull - PAGE, ~0ull - 1, ~0ull,
};

uint64_t any_number(struct worker *w)
{
    switch (below(w, 4)) {
    case 0:
        return borders[below(w, sizeof(borders) / sizeof(borders[0]))];
    case 1:
        return any(w) & ((1ull << below(w, 64)) - 1);
    case 2:
        return below(w, 16);
    default:
        return any(w);
    }
}

uint32_t any_handle(struct worker *w)
{
    switch (below(w, 16)) {
    case 0:
        return 0;
    case 1:
        return HANDLE_CORE;
    case 2:
        return (uint32_t)any(w);
    case 3:
        return shared.handles[below(w, POOL)] + (1u << 20); /* of another time */
    case 4:
        return shared.listener;
    case 5:
        return shared.outgoing;
    default:
        return shared.handles[below(w, POOL)];
    }
}

/* Mostly inside the range that is there to be spoiled. */
uint64_t any_address(struct worker *w)
{
    uint64_t page = shared.play + below(w, PLAY_BYTES / PAGE) * PAGE;

    switch (below(w, 16)) {
    case 0:
        return borders[below(w, sizeof(borders) / sizeof(borders[0]))];
    case 1:
        return page + below(w, PAGE);
    case 2:
        return 0;
    case 3:
        return once_in(w, 200) ? (uint64_t)(uintptr_t)thread_start : page; /* its own program */
    case 4:
        return any(w) & (USER_TOP - PAGE);
    default:
        return page;
    }
}

static uint64_t any_size(struct worker *w)
{
    switch (below(w, 64)) {
    case 0:
        return any_number(w);
    case 1:
        return 1ull << below(w, 40);
    case 2:
    case 3:
    case 4:
    case 5:
        return below(w, 20000);
    default:
        return (1 + below(w, 24)) * PAGE;
    }
}

/* Mostly none or little: who waits for ever is of no use. */
static uint64_t any_delay(struct worker *w)
{
    switch (below(w, w->is_patient ? 64 : 16)) {
    case 30:
        return ~0ull - below(w, 3);
    case 31:
        return ~0ull / 1000000 + below(w, 3) - 1;
    case 2:
        return below(w, 20);
    default:
        return below(w, 2);
    }
}

static bool is_named(const char *name, const char *list)
{
    const char *at = strstr(list, name);
    size_t size = strlen(name);

    return at && (at == list || at[-1] == ' ') && (at[size] == ' ' || at[size] == 0);
}

uint64_t value_of(struct worker *w, const struct ksm_param *p)
{
    if (p->type == KSM_TYPE_HANDLE_WORD || p->type == KSM_TYPE_HANDLE) {
        return any_handle(w);
    } else if (is_named(p->name, "va addr ptr hint source stackTop tls clearPtr unmapAddr")) {
        return any_address(w);
    } else if (!strcmp(p->name, "routine")) {
        return once_in(w, 4) ? any_address(w) : (uint64_t)(uintptr_t)thread_start;
    } else if (is_named(p->name, "size stackSize offset unmapSize")) {
        return any_size(w);
    } else if (is_named(p->name, "delay")) {
        return any_delay(w);
    } else if (!strcmp(p->name, "tid")) {
        return once_in(w, 8) ? any_number(w) : shared.tids[below(w, POOL)];
    } else if (!strcmp(p->name, "priority")) {
        return below(w, 36);
    } else if (is_named(p->name, "flags evMask rights newRightsMask")) {
        return once_in(w, 8) ? any_number(w) : any(w) & any(w) & 0xfff;
    } else if (!strcmp(p->name, "type")) {
        return once_in(w, 4) ? any_number(w) : 0x10000;
    } else if (!strcmp(p->name, "memory")) {
        return once_in(w, 2) ? 0 : any_size(w);
    } else if (!strcmp(p->name, "serverListener")) {
        return any_handle(w);
    }
    return any_number(w);
}
