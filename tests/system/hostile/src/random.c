/*
 * random.c: jumps to pages of random bytes with random registers. Bytes that begin system calls,
 * privileged instructions and loads of base registers are made more frequent than chance.
 */
#include "child.h"

#include <string.h>

#include <tessera/flags.h>

#include "core.h"

#define CODE_BYTES 16384u

static uint64_t state;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* What looks like an address, a small number, a system call's operation, or nothing at all. */
static uint64_t value(uint64_t code)
{
    switch (next() % 6) {
    case 0:
        return next() % 4;
    case 1:
        return code + next() % CODE_BYTES;
    case 2:
        return next() % 0x400;
    case 3:
        return 0xffff800000000000 | next() % 0x10000000;
    case 4:
        return (uint64_t)&state;
    default:
        return next();
    }
}

static void fill(uint8_t *code)
{
    static const char *const favoured[] = {
        "\x0f\x05", "\x0f\x05", "\x0f\x05",   /* syscall */
        "\xf3\x48\x0f\xae\xd8",               /* wrgsbase rax */
        "\xf3\x48\x0f\xae\xd0",               /* wrfsbase rax */
        "\x9d", "\x48\xcf", "\x48\xcb",       /* popf, iret, lret */
        "\x8e\xd8", "\x8e\xd0", "\x0f\x01\xf8", /* mov ds, mov ss, swapgs */
        "\x48\x89\xc4", "\x0f\xae\x28",       /* mov rsp, xrstor */
        "\xcd\x40", "\xf1", "\xcc"};          /* int, icebp, int3 */

    for (unsigned i = 0; i < CODE_BYTES; i++) {
        code[i] = (uint8_t)next();
    }
    for (unsigned i = 0; i < CODE_BYTES / 32; i++) {
        const char *bytes = favoured[next() % (sizeof(favoured) / sizeof(favoured[0]))];
        memcpy(code + next() % (CODE_BYTES - 8), bytes, strlen(bytes));
    }
}

int random_case(uint64_t seed)
{
    uint64_t code, registers[15];

    state = seed * 0x9e3779b97f4a7c15 + 1;
    if (core_vm_allocate(0, CODE_BYTES,
                         VMM_FLAG_READ | VMM_FLAG_WRITE | VMM_FLAG_RESERVE | VMM_FLAG_COMMIT,
                         &code) != rcOk) {
        return 1;
    }
    fill((uint8_t *)code);
    core_vm_protect(code, CODE_BYTES, VMM_FLAG_READ | VMM_FLAG_EXECUTE);
    for (int i = 0; i < 15; i++) {
        registers[i] = value(code);
    }
    registers[14] = code + next() % 4096;
    __asm__ volatile("movq %0, %%rsp\n\t"
                     "popq %%rax\n\t"
                     "popq %%rbx\n\t"
                     "popq %%rcx\n\t"
                     "popq %%rdx\n\t"
                     "popq %%rsi\n\t"
                     "popq %%rdi\n\t"
                     "popq %%rbp\n\t"
                     "popq %%r8\n\t"
                     "popq %%r9\n\t"
                     "popq %%r10\n\t"
                     "popq %%r11\n\t"
                     "popq %%r12\n\t"
                     "popq %%r13\n\t"
                     "popq %%r14\n\t"
                     "ret"
                     :
                     : "r"(registers)
                     : "memory");
    __builtin_unreachable();
}
