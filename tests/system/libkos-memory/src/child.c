/*
 * child.c: touches memory in the way that its argument names; what is allowed ends with 1.
 */
#include "history.h"

#include <coresrv/vmm/vmm_api.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096u

/* argv: what, seed, steps, page. Repeats the history and touches the page. */
static int touch_after_history(char **argv)
{
    struct history h = {.state = (uint32_t)strtoul(argv[2], NULL, 0)};
    unsigned steps = (unsigned)strtoul(argv[3], NULL, 0), page = (unsigned)strtoul(argv[4], NULL, 0);
    const struct history_page *m = &h.pages[page];
    volatile char *at;

    h.window = KnVmAllocate(NULL, HISTORY_PAGES * PAGE, VMM_FLAG_RESERVE);
    KnVmUnmap(h.window, HISTORY_PAGES * PAGE);
    for (unsigned i = 0; i < steps; i++) {
        if (!history_step(&h)) {
            return 3;
        }
    }
    at = h.window + page * PAGE;
    if (!strcmp(argv[1], "touch-read")) {
        return at[100] == m->byte ? 1 : 4;
    }
    if (!strcmp(argv[1], "touch-write")) {
        at[100] = 1;
        return at[100];
    }
    if (m->is_taken && m->is_committed) { /* an instruction to execute, under the same protection again */
        KnVmProtect((void *)(uintptr_t)at, PAGE, VMM_FLAG_READ | VMM_FLAG_WRITE);
        at[0] = (char)0xc3; /* ret */
        KnVmProtect((void *)(uintptr_t)at, PAGE, m->prot);
    }
    ((void (*)(void))(uintptr_t)at)();
    return 1;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";

    if (argc > 4 && !strncmp(mode, "touch-", 6)) {
        return touch_after_history(argv);
    }
    int flags = VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE;
    volatile char *p = KnVmAllocate(NULL, 2 * PAGE, flags | VMM_FLAG_LOW_GUARD |
                                                        VMM_FLAG_HIGH_GUARD);
    char *reserved = KnVmAllocate(NULL, PAGE, VMM_FLAG_RESERVE | VMM_FLAG_READ | VMM_FLAG_WRITE);

    if (!p || !reserved) {
        return 2;
    }
    if (!strcmp(mode, "write")) {
        p[0] = p[2 * PAGE - 1] = 1;
    } else if (!strcmp(mode, "low-guard")) {
        p[-1] = 1;
    } else if (!strcmp(mode, "high-guard")) {
        p[2 * PAGE] = 1;
    } else if (!strcmp(mode, "reserved")) {
        *(volatile char *)reserved = 1;
    } else if (!strcmp(mode, "read-only")) {
        KnVmProtect((void *)(uintptr_t)p, PAGE, VMM_FLAG_READ);
        p[0] = 1;
    } else if (!strcmp(mode, "no-access")) {
        KnVmProtect((void *)(uintptr_t)p, PAGE, 0);
        return p[0] + 1;
    } else if (!strcmp(mode, "decommitted")) {
        KnVmDecommit((void *)(uintptr_t)p, PAGE);
        return p[0] + 1;
    } else if (!strcmp(mode, "freed")) {
        KnVmUnmap((void *)(uintptr_t)p, PAGE);
        return p[0] + 1;
    } else {
        p[0] = (char)0xc3; /* ret */
        if (!strcmp(mode, "execute")) {
            KnVmProtect((void *)(uintptr_t)p, PAGE, VMM_FLAG_READ | VMM_FLAG_EXECUTE);
        }
        ((void (*)(void))(uintptr_t)p)();
    }
    return 1;
}
