/*
 * child.c: prepares a page as its first argument says, then touches it. Status zero: the touch was
 * possible. A fault ends the process.
 */
#include "core.h"

#include <string.h>
#include <tessera/flags.h>

#define PAGE 4096ull
#define RW   (VMM_FLAG_READ | VMM_FLAG_WRITE)
#define LAZY (VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | RW)

static int read_at(uint64_t va)
{
    return *(volatile char *)(uintptr_t)va;
}

static void write_at(uint64_t va)
{
    *(volatile char *)(uintptr_t)va = 1;
}

static int is_mode(const char *mode, const char *name)
{
    return !strcmp(mode, name);
}

static uint64_t pages(unsigned n, uint32_t flags)
{
    uint64_t va = 0;

    return core_vm_allocate(0, n * PAGE, flags, &va) == rcOk ? va : 0;
}

/* Touches that must succeed. */
static int touch_good(const char *mode)
{
    uint64_t va;

    if (is_mode(mode, "lazy")) {
        va = pages(4, LAZY);
        write_at(va + 3 * PAGE);
        return read_at(va) || read_at(va + 3 * PAGE) != 1;
    }
    if (is_mode(mode, "locked")) {
        va = pages(4, LAZY | VMM_FLAG_LOCKED);
        write_at(va);
        return read_at(va + PAGE);
    }
    if (is_mode(mode, "commit")) {
        va = pages(4, VMM_FLAG_RESERVE | RW);
        if (core_vm_commit(va + PAGE, PAGE) != rcOk) {
            return 2;
        }
        write_at(va + PAGE);
        return read_at(va + PAGE) != 1;
    }
    if (is_mode(mode, "commit-again")) {
        va = pages(2, LAZY);
        write_at(va);
        core_vm_decommit(va, PAGE);
        core_vm_commit(va, PAGE);
        return read_at(va); /* its contents are gone */
    }
    if (is_mode(mode, "guard-inside")) {
        va = pages(2, LAZY | VMM_FLAG_LOW_GUARD | VMM_FLAG_HIGH_GUARD);
        write_at(va);
        write_at(va + 2 * PAGE - 1);
        return 0;
    }
    if (is_mode(mode, "protect-back")) {
        va = pages(1, LAZY);
        write_at(va);
        core_vm_protect(va, PAGE, VMM_FLAG_READ);
        core_vm_protect(va, PAGE, RW);
        write_at(va + 1);
        return read_at(va) != 1;
    }
    return 99;
}

/* Touches that must fault. */
static int touch_bad(const char *mode)
{
    uint64_t va = pages(4, LAZY);

    if (is_mode(mode, "reserved")) {
        return read_at(pages(4, VMM_FLAG_RESERVE | RW));
    }
    if (is_mode(mode, "decommitted")) {
        write_at(va);
        core_vm_decommit(va, PAGE);
        return read_at(va);
    }
    if (is_mode(mode, "freed")) {
        write_at(va);
        core_vm_free(va, 4 * PAGE);
        return read_at(va);
    }
    if (is_mode(mode, "freed-middle")) {
        write_at(va);
        core_vm_free(va + PAGE, PAGE);
        write_at(va + 2 * PAGE);
        return read_at(va + PAGE);
    }
    if (is_mode(mode, "write-protected")) {
        write_at(va);
        core_vm_protect(va, PAGE, VMM_FLAG_READ);
        if (read_at(va) == 1) {
            write_at(va);
        }
    }
    if (is_mode(mode, "protected-middle")) {
        core_vm_protect(va + PAGE, PAGE, VMM_FLAG_READ);
        write_at(va);
        write_at(va + 2 * PAGE);
        write_at(va + PAGE);
    }
    if (is_mode(mode, "no-access")) {
        core_vm_protect(va, PAGE, 0);
        return read_at(va);
    }
    if (is_mode(mode, "execute")) {
        *(volatile unsigned char *)(uintptr_t)va = 0xc3;
        ((void (*)(void))(uintptr_t)va)();
    }
    if (is_mode(mode, "low-guard")) {
        return read_at(pages(1, LAZY | VMM_FLAG_LOW_GUARD) - 1);
    }
    if (is_mode(mode, "high-guard")) {
        return read_at(pages(1, LAZY | VMM_FLAG_HIGH_GUARD) + PAGE);
    }
    if (is_mode(mode, "behind")) {
        va = pages(1, LAZY | VMM_FLAG_HIGH_GUARD | VMM_FLAG_LOW_GUARD);
        return read_at(va + PAGE);
    }
    return 0;
}

/* Code that is written, then made executable. */
static int run_code(void)
{
    static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3}; /* mov eax, 42; ret */
    uint64_t va = pages(1, LAZY);

    memcpy((void *)(uintptr_t)va, code, sizeof(code));
    if (core_vm_protect(va, PAGE, VMM_FLAG_READ | VMM_FLAG_EXECUTE) != rcOk) {
        return 2;
    }
    return ((int (*)(void))(uintptr_t)va)() == 42 ? 0 : 3;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";

    if (is_mode(mode, "code")) {
        return run_code();
    }
    int result = touch_good(mode);
    return result == 99 ? touch_bad(mode) : result;
}
