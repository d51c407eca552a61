/*
 * flags.c: processor state that the kernel must neither trust nor lose: each case enters the kernel
 * with it and returns zero if it is what it was afterwards.
 */
#include "child.h"

#include <string.h>

#include <kos/thread.h>
#include <tessera/syscall.h>

#include "core.h"
#include "raw.h"

#define FLAG_TRAP      0x100u
#define FLAG_DIRECTION 0x400u
#define FLAG_IOPL      0x3000u
#define FLAG_NESTED    0x4000u
#define FLAG_ALIGNMENT 0x40000u
#define FLAG_ID        0x200000u

/* A system call between popf and pushf; the flags that come back. */
static uint64_t flags_through_kernel(uint64_t flags, uint64_t op)
{
    uint64_t after;

    __asm__ volatile("pushfq\n\t"
                     "orq %%rbx, (%%rsp)\n\t"
                     "popfq\n\t"
                     "syscall\n\t"
                     "pushfq\n\t"
                     "popq %%rcx\n\t"
                     "notq %%rbx\n\t"
                     "pushfq\n\t"
                     "andq %%rbx, (%%rsp)\n\t"
                     "popfq"
                     : "=&c"(after), "+b"(flags), "+a"(op)
                     : "D"(0ull), "S"(0ull)
                     : "r11", "rdx", "r8", "r9", "r10", "r12", "r13", "r14", "r15", "memory",
                       "cc");
    return after;
}

static int keeps_flags(void)
{
    static const uint64_t flags[] = {FLAG_DIRECTION, FLAG_NESTED, FLAG_ALIGNMENT, FLAG_ID,
                                     FLAG_DIRECTION | FLAG_NESTED | FLAG_ALIGNMENT | FLAG_ID};

    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        for (uint64_t op = KN_CALL; op <= KN_REPLY_RECV; op++) {
            if ((flags_through_kernel(flags[i], op) & flags[i]) != flags[i]) {
                return 1 + (int)i;
            }
        }
    }
    return 0;
}

static int no_iopl(void)
{
    return flags_through_kernel(FLAG_IOPL, KN_CALL) & FLAG_IOPL ? 1 : 0;
}

/* Nothing of the stack is used between the two exchanges. */
static int wild_stack(void)
{
    static const uint64_t stacks[] = {0, 1, 8, 0x1000, 0x00007ffffffff000, 0x0000800000000000,
                                      0x8000000000000000, 0xffff800000100000, 0xffffffff80100000,
                                      ~0ull, ~7ull};

    for (unsigned i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++) {
        uint64_t stack = stacks[i];
        __asm__ volatile("xchgq %0, %%rsp\n\t"
                         "syscall\n\t"
                         "xchgq %0, %%rsp"
                         : "+b"(stack)
                         : "a"(KN_CALL), "D"(0ull), "S"(0ull)
                         : "rcx", "r11", "rdx", "r8", "r9", "r10", "r12", "r13", "r14", "r15",
                           "memory", "cc");
        if (stack != stacks[i]) {
            return 1 + (int)i;
        }
    }
    return 0;
}

/* The bases of fs and gs are the program's own, whatever they hold, also across a switch. */
static int wild_bases(void)
{
    static const uint64_t bases[] = {0, 1, 0x00007fffffffffff, 0xffff800000000000,
                                     0xffffffff80000000, ~0ull};
    uint64_t fs, got_fs, got_gs;

    __asm__ volatile("rdfsbase %0" : "=r"(fs));
    for (unsigned i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        struct raw sleep = {.rax = KN_CALL, .rdi = 0};
        __asm__ volatile("wrgsbase %0\n\twrfsbase %0" : : "r"(bases[i]) : "memory");
        raw_syscall(&sleep);
        __asm__ volatile("rdfsbase %0\n\trdgsbase %1\n\twrfsbase %2"
                         : "=&r"(got_fs), "=&r"(got_gs)
                         : "r"(fs)
                         : "memory");
        core_sleep_ns(1000000);
        __asm__ volatile("rdgsbase %0" : "=r"(fs));
        if (got_fs != bases[i] || got_gs != bases[i] || fs != bases[i]) {
            return 1 + (int)i;
        }
        __asm__ volatile("rdfsbase %0" : "=r"(fs));
    }
    return 0;
}

/* Null and flat selectors in every segment register that can be loaded. */
static int wild_selectors(void)
{
    static const uint16_t selectors[] = {0, 1, 2, 3, 0x23};
    uint64_t fs;

    __asm__ volatile("rdfsbase %0" : "=r"(fs));
    for (unsigned i = 0; i < sizeof(selectors) / sizeof(selectors[0]); i++) {
        __asm__ volatile("movw %w0, %%ds\n\t"
                         "movw %w0, %%es\n\t"
                         "movw %w0, %%fs\n\t"
                         "movw %w0, %%gs\n\t"
                         "wrfsbase %1"
                         :
                         : "r"((uint32_t)selectors[i]), "r"(fs)
                         : "memory");
        if (!enter_kernel() || core_sleep_ns(1000000) != rcOk) {
            return 1 + (int)i;
        }
    }
    return 0;
}

/* Every operation with every flag and values that look like something in every register. */
static int wild_registers(void)
{
    static const uint64_t values[] = {0, 1, 0x1000, 0x7fffffffe000, 0x800000000000,
                                      0xffff800000100000, 0xffffffff80100000, 0x8000000000000000,
                                      ~0ull};
    enum { VALUES = sizeof(values) / sizeof(values[0]) };

    for (uint64_t op = 0; op < 0x800; op++) {
        if ((op & 0xff) > 4 && (op & 0xff) < 0xf0) {
            continue;
        }
        for (unsigned i = 0; i < VALUES; i++) {
            uint64_t v = values[i], w = values[(i * 5 + op) % VALUES];
            struct raw r = {op | v << 32, v, w, v, w, v, w, v, w, v, w, v};
            raw_syscall(&r);
            r = (struct raw){op, 1, v, w, v, w, v, w, v, w, v, w}; /* to the kernel itself */
            raw_syscall(&r);
        }
    }
    return 0;
}

int flags_case(const char *name)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } cases[] = {{"flags", keeps_flags},     {"iopl", no_iopl},
                 {"stack", wild_stack},      {"bases", wild_bases},
                 {"selectors", wild_selectors}, {"registers", wild_registers}};

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (!strcmp(name, cases[i].name)) {
            return cases[i].run();
        }
    }
    if (!strcmp(name, "trap-at-entry")) {
        flags_through_kernel(FLAG_TRAP, KN_CALL);
        return 0;
    }
    return -1;
}
