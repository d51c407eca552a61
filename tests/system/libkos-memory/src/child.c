/*
 * child.c: touches memory in the way that its argument names; what is allowed ends with 1.
 */
#include <coresrv/vmm/vmm_api.h>
#include <string.h>

#define PAGE 4096u

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
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
