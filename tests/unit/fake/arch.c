/*
 * arch.c: the fake machine: one CPU, a clock that only tests move, ports that end in a buffer.
 */
#include "fake.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/console.h>
#include <arch/cpu.h>
#include <arch/entry.h>
#include <arch/thread.h>
#include <arch/timer.h>

#include "core/cpu.h"
#include "core/thread.h"
#include "ipc/ipc.h"

#define LOG_SIZE 65536

uint64_t fake_now, fake_deadline = ~0ull, fake_windows;
void (*fake_window)(void);
_Thread_local struct cpu *fake_cpu_here;
bool fake_irq_pending;
jmp_buf *fake_leave;

static char log_text[LOG_SIZE];
static size_t log_used;

struct cpu *fake_cpu(void)
{
    return fake_cpu_here ? fake_cpu_here : core_cpu(0);
}

struct thread *fake_thread(void)
{
    return core_cpu(0)->current;
}

void fake_set_current(struct thread *t)
{
    core_cpu(0)->current = t;
}

void fake_idle(void)
{
    assert(fake_leave && "the CPU is idle outside world_run()");
    core_cpu(0)->is_in_kernel_window = false;
    core_cpu(0)->is_idle = false;
    longjmp(*fake_leave, 1);
}

void fake_irq_window(void)
{
    fake_windows++;
    if (fake_window)
        fake_window();
}

uint64_t fake_tsc(void)
{
    return fake_now;
}

bool arch_dump_open(void)
{
    return false;
}

void arch_dump_write(const void *data, size_t size)
{
    (void)data;
    (void)size;
}

const char *arch_map_defect(void)
{
    return NULL;
}

bool arch_has_fsgsbase(void)
{
    return true;
}

uint64_t arch_random(void)
{
    static uint64_t x = 88172645463325252ull;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return x;
}

const char *arch_cpu_name(void)
{
    return "host";
}

size_t arch_fpu_size(void)
{
    return 64;
}

void arch_thread_init(struct thread *t, void *fpu, uint64_t tls)
{
    t->arch = (struct arch_thread){.tls = tls, .fpu = fpu};
}

void arch_thread_set_tls(struct thread *t, uint64_t tls)
{
    t->arch.tls = tls;
}

static struct aspace *loaded; /* until the next switch */

void arch_aspace_load(struct aspace *as)
{
    loaded = as;
}

struct aspace *fake_loaded_aspace(void)
{
    return loaded ? loaded : arch_current_aspace();
}

/* Touches both threads' FPU areas, as the real switch does: an ended thread must not be given. */
void arch_switch_to(struct thread *prev, struct thread *next)
{
    if (prev)
        memset(prev->arch.fpu, 1, arch_fpu_size());
    memset(next->arch.fpu, 2, arch_fpu_size());
    assert(next->state == THREAD_READY);
    assert(!loaded || loaded == next->aspace || (prev && loaded == prev->aspace));
    loaded = NULL;
    fake_set_current(next);
}

void arch_thread_save(struct thread *t)
{
    memset(t->arch.fpu, 1, arch_fpu_size());
}

void arch_aspace_leave(void)
{
}

unsigned arch_cpus_find(const struct boot_info *boot)
{
    (void)boot;
    return 1;
}

const char *arch_cpu_start(unsigned nth, struct cpu *cpu, uint64_t stacks)
{
    (void)nth;
    (void)cpu;
    (void)stacks;
    return "there is one CPU";
}

void arch_cpu_interrupt(struct cpu *cpu)
{
    (void)cpu;
    abort();
}

void arch_syscall_hold(enum arch_shortest which)
{
    (void)which;
}

/* The calls with the payload in the CPU's registers end in one of these; no test makes them. */
#define NEVER(name)                                                                                \
    void name(uint64_t a, uint64_t b, uint64_t c, struct thread *t, uint64_t d, uint64_t e)        \
    {                                                                                              \
        (void)a, (void)b, (void)c, (void)t, (void)d, (void)e;                                      \
        abort();                                                                                   \
    }
NEVER(arch_held_call_judged)
NEVER(arch_held_reply_recv_judged)
NEVER(arch_held_call_refused)
NEVER(arch_held_reply_recv_refused)
NEVER(arch_held_call_long_refused)
NEVER(arch_held_reply_recv_long_refused)
NEVER(arch_held_switch)
NEVER(arch_held_switch_long)
NEVER(arch_claimed_switch)

void arch_resume_user(void)
{
    abort();
}

const struct arch_clock *arch_clock(void)
{
    static const struct arch_clock clock = {.mult = 1, .tsc_hz = 1000000000};
    return &clock;
}

uint64_t arch_time_ns(void)
{
    return fake_now;
}

void arch_timer_set(uint64_t deadline)
{
    fake_deadline = deadline;
}

void arch_timer_stop(void)
{
    fake_deadline = ~0ull;
}

uint64_t arch_wall_clock(void)
{
    return 1700000000;
}

void arch_console_putc(unsigned port, char c)
{
    arch_console_write(port, &c, 1);
}

size_t arch_console_write_some(unsigned port, const char *text, size_t size)
{
    arch_console_write(port, text, size);
    return size;
}

void arch_console_write(unsigned port, const char *text, size_t size)
{
    if (port != CONSOLE_KERNEL)
        return;
    if (getenv("FAKE_LOG"))
        fwrite(text, 1, size, stderr);
    if (log_used + size >= LOG_SIZE)
        log_used = 0;
    memcpy(log_text + log_used, text, size);
    log_used += size;
}

const char *fake_log(void)
{
    log_text[log_used] = 0;
    log_used = 0;
    return log_text;
}

void arch_exit(unsigned status)
{
    assert(fake_leave && "the kernel ends the run");
    longjmp(*fake_leave, 100 + (int)status);
}

const char *arch_fault_name(const struct fault *f)
{
    (void)f;
    return "fault";
}

const char *arch_symbol(uint64_t pc, uint64_t *offset)
{
    *offset = pc & 0xff;
    return "function";
}

void arch_panic(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    abort();
}
