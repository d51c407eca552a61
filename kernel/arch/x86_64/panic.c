/*
 * panic.c: the kernel's last words: message, registers, and a backtrace with names.
 *
 * The kernel is built without frame pointers; a backtrace is every word of the stack that points
 * behind a call instruction in the kernel's code. Names come from the image's symbol table.
 */
#include "x86.h"

#include "core/text.h"

#include <stdarg.h>

#include <arch/console.h>
#include <arch/entry.h>
#include <tessera/ksymtab.h>

#include "core/log.h"
#include "core/symbols.h"

#define STATUS_PANIC    5u
#define BACKTRACE_MAX   24u
#define BACKTRACE_BYTES KERNEL_STACK_SIZE

#pragma weak ksymtab

extern const char kernel_text_start[], kernel_text_end[];
extern char boot_stack_top[];

/* 1 + APIC number of the CPU that panics. */
static uint32_t panicking;

static void put(const char *text)
{
    size_t n = text_length(text);
    arch_console_write(CONSOLE_KERNEL, text, n);
    arch_console_write(CONSOLE_PROGRAMS, text, n);
}

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
    char line[256];
    va_list ap;
    va_start(ap, fmt);
    kvsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    put(line);
    put("\n");
}

const char *arch_symbol(uint64_t pc, uint64_t *offset)
{
    return symbol_find(&ksymtab, ~0ull, pc, offset);
}

static void say_place(uint64_t pc)
{
    uint64_t offset;
    const char *name = arch_symbol(pc, &offset);
    if (name)
        say("  %016lx %s + 0x%lx", pc, name, offset);
    else
        say("  %016lx", pc);
}

/* A return address stands behind a call: direct, or through a register or memory. */
static bool is_return_address(uint64_t pc)
{
    if (pc < (uint64_t)kernel_text_start + 8 || pc >= (uint64_t)kernel_text_end)
        return false;
    const uint8_t *p = (const uint8_t *)pc;
    if (p[-5] == 0xe8)
        return true;
    for (int n = 2; n <= 7; n++) {
        if (p[-n] == 0xff && (p[1 - n] >> 3 & 7) == 2)
            return true;
    }
    return false;
}

/* The stack that sp lies on, or below it. */
static uint64_t stack_top_of(uint64_t sp)
{
    return sp >= STACKS_VA && sp < LAPIC_VA ? sp / STACK_SLOT * STACK_SLOT + STACK_SLOT
                                            : (uint64_t)boot_stack_top;
}

static void backtrace(uint64_t pc, uint64_t sp)
{
    say("backtrace:");
    if (pc)
        say_place(pc);
    uint64_t top = stack_top_of(sp), low = top - BACKTRACE_BYTES;
    if (sp < low && sp >= low - PAGE_SIZE)
        sp = low; /* the stack overflowed into its guard page */
    if (sp >= top || sp < low)
        return;
    unsigned found = 0;
    for (sp = (sp + 7) & ~7ull; sp < top && found < BACKTRACE_MAX; sp += 8) {
        uint64_t word = *(const uint64_t *)sp;
        if (is_return_address(word)) {
            say_place(word);
            found++;
        }
    }
}

static void begin(void)
{
    uint32_t nobody = 0, self = (x86_cpuid(1, 0).b >> 24) + 1;
    __asm__ volatile("cli");
    if (!__atomic_compare_exchange_n(&panicking, &nobody, self, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST)) {
        while (nobody != self) /* another CPU was first, and is about to stop this one */
            arch_pause();
        arch_exit(STATUS_PANIC);
    }
    x86_stop_others();
    log_drain_all();
    put("\n");
}

_Noreturn void arch_panic(const char *fmt, ...)
{
    char line[256];
    va_list ap;
    begin();
    va_start(ap, fmt);
    kvsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    say("KERNEL PANIC: %s", line);
    backtrace(0, (uint64_t)__builtin_frame_address(0));
    arch_exit(STATUS_PANIC);
}

_Noreturn void x86_panic_at(const struct user_regs *frame, uint64_t fault_va, const char *what)
{
    begin();
    say("KERNEL PANIC: %s in the kernel, address 0x%lx, error 0x%lx", what, fault_va, frame->error);
    say("  pc     %016lx", frame->rip);
    for (unsigned i = 0; i < REGS_COUNT; i += 2)
        say("  %-6s %016lx  %-6s %016lx", regs_name(i), regs_value(frame, i),
            i + 1 < REGS_COUNT ? regs_name(i + 1) : "",
            i + 1 < REGS_COUNT ? regs_value(frame, i + 1) : 0);
    backtrace(frame->rip, frame->rsp);
    arch_exit(STATUS_PANIC);
}
