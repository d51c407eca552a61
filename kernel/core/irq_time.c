/*
 * core/irq_time.c: see irq_time.h.
 */
#include "core/irq_time.h"

#include <arch/entry.h>

#include "core/cpu.h"
#include "core/log.h"
#include "core/text.h"
#include "policy/policy.h"

#include <tessera/syscall.h>

#define REPORTED 10u

static bool is_traced_run;

/* ---- measuring: each CPU on its own, without the lock ---- */

static bool is_same(const struct irq_time_place *a, const struct irq_time_place *b)
{
    return a->what == b->what && a->from == b->from && a->step == b->step && a->to == b->to;
}

/* The entry of a place, else the one that is the least loss. */
static struct irq_time_stretch *slot_of(struct irq_time *t, const struct irq_time_place *place)
{
    struct irq_time_stretch *least = &t->kept[0];
    for (unsigned i = 0; i < IRQ_TIME_KEPT; i++) {
        struct irq_time_stretch *s = &t->kept[i];
        if (s->ticks && is_same(&s->place, place))
            return s;
        if (s->ticks < least->ticks)
            least = s;
    }
    return least;
}

static void keep(struct irq_time *t, uint64_t took)
{
    struct irq_time_stretch *s = slot_of(t, &t->place);
    if (!s->ticks || !is_same(&s->place, &t->place)) {
        if (took <= s->ticks)
            return;
        *s = (struct irq_time_stretch){.place = t->place};
    }
    s->count++;
    if (took > s->ticks)
        s->ticks = took;
}

static void begin(struct irq_time *t)
{
    t->place.step = t->place.to = NULL;
    t->began = arch_tsc();
}

static void end(struct irq_time *t)
{
    uint64_t took = arch_tsc() - t->began;
    if (!t->began)
        return;
    t->began = 0;
    unsigned bucket = 63u - (unsigned)__builtin_clzll(took | 1);
    t->histogram[bucket < IRQ_TIME_BUCKETS ? bucket : IRQ_TIME_BUCKETS - 1]++;
    if (took > t->longest)
        t->longest = took;
    if (took > IRQ_TIME_SHORT)
        keep(t, took);
}

void irq_time_begin(struct cpu *cpu, uint64_t what)
{
    struct irq_time *t = &cpu->irq_time;
    t->place.what = what;
    t->place.from = NULL;
    begin(t);
}

void irq_time_end(struct cpu *cpu)
{
    end(&cpu->irq_time);
}

void irq_time_pause(struct cpu *cpu, void *where)
{
    if (!(kernel_hooks & HOOK_MEASURE))
        return;
    cpu->irq_time.place.to = where;
    end(&cpu->irq_time);
}

void irq_time_resume(struct cpu *cpu, void *where)
{
    struct irq_time *t = &cpu->irq_time;
    if (!(kernel_hooks & HOOK_MEASURE))
        return;
    t->place.what |= IRQ_TIME_LATER;
    t->place.from = t->place.step ? t->place.step : where; /* a step may end by a jump to the window */
    begin(t);
}

void irq_time_nested_begin(struct cpu *cpu, struct irq_time_place *outer, uint64_t what)
{
    if (!(kernel_hooks & HOOK_MEASURE))
        return;
    *outer = cpu->irq_time.place;
    irq_time_begin(cpu, what);
}

void irq_time_nested_end(struct cpu *cpu, const struct irq_time_place *outer)
{
    if (!(kernel_hooks & HOOK_MEASURE))
        return;
    end(&cpu->irq_time);
    cpu->irq_time.place = *outer;
}

void irq_time_step(struct cpu *cpu, void *step)
{
    cpu->irq_time.place.step = step;
}

void irq_time_watch(bool is_on)
{
    kernel_hooks &= ~(uint32_t)HOOK_MEASURE;
    if (is_on) {
        for (uint32_t i = 0; i < cpu_count; i++)
            __builtin_memset(&cpus[i]->irq_time, 0, sizeof cpus[i]->irq_time);
        kernel_hooks |= HOOK_MEASURE;
    }
    kernel_hooks_changed(); /* the shortest path measures nothing: it is left out */
}

/* ---- asking ---- */

/* How many places of all CPUs are longer, or as long and come first. */
static unsigned rank_of(unsigned cpu, unsigned slot)
{
    uint64_t ticks = cpus[cpu]->irq_time.kept[slot].ticks;
    unsigned rank = 0;
    for (unsigned c = 0; c < cpu_count; c++) {
        for (unsigned i = 0; i < IRQ_TIME_KEPT; i++) {
            uint64_t other = cpus[c]->irq_time.kept[i].ticks;
            rank += other > ticks || (other == ticks && (c < cpu || (c == cpu && i < slot)));
        }
    }
    return rank;
}

bool irq_time_longest(unsigned n, struct irq_time_stretch *out, unsigned *cpu)
{
    for (unsigned c = 0; c < cpu_count; c++) {
        for (unsigned i = 0; i < IRQ_TIME_KEPT; i++) {
            if (!cpus[c]->irq_time.kept[i].ticks || rank_of(c, i) != n)
                continue;
            *out = cpus[c]->irq_time.kept[i];
            *cpu = c;
            return true;
        }
    }
    return false;
}

uint64_t irq_time_count(unsigned bucket)
{
    uint64_t count = 0;
    for (unsigned c = 0; c < cpu_count && bucket < IRQ_TIME_BUCKETS; c++)
        count += cpus[c]->irq_time.histogram[bucket];
    return count;
}

/* ---- in words ---- */

/* How the kernel was entered; a method of the kernel by name. */
static int put_entry(char *buf, size_t size, uint64_t what)
{
    static const char *const kinds[] = {"nothing", "a system call", "fault", "timer",
                                        "another CPU's request", "idle"};
    static const char *const operations[] = {[KN_CALL] = "Call", [KN_RECV] = "Recv",
                                             [KN_REPLY] = "Reply", [KN_REPLY_RECV] = "ReplyRecv"};
    uint32_t kind = what & IRQ_TIME_KIND, detail = (uint32_t)(what >> 8) & 0xff;
    if (kind == IRQ_TIME_SYSCALL && what & IRQ_TIME_KERNEL) {
        policy_class_method_name(POLICY_CORE, what >> 32, buf, (uint32_t)size);
        return (int)text_length(buf);
    }
    if (kind == IRQ_TIME_SYSCALL && (detail & KN_OP_MASK) <= KN_REPLY_RECV)
        return ksnprintf(buf, size, "%s%s", operations[detail & KN_OP_MASK],
                         detail & KN_LONG ? " (long)" : "");
    if (kind == IRQ_TIME_FAULT)
        return ksnprintf(buf, size, "fault %u", detail);
    return ksnprintf(buf, size, "%s", kinds[kind <= IRQ_TIME_IDLE ? kind : 0]);
}

static int put_place(char *buf, size_t size, const char *before, const void *at)
{
    uint64_t offset;
    if (!at)
        return 0;
    const char *name = arch_symbol((uintptr_t)at, &offset);
    return name ? ksnprintf(buf, size, "%s%s+0x%lx", before, name, offset)
                : ksnprintf(buf, size, "%s%p", before, at);
}

void irq_time_describe(const struct irq_time_place *place, char *buf, size_t size)
{
    const struct {
        const char *before;
        const void *at;
    } parts[] = {{", after ", place->from},
                 {", step ", place->step},
                 {", until ", place->step ? NULL : place->to}};
    size_t at = (size_t)put_entry(buf, size, place->what);
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0] && at < size; i++)
        at += (size_t)put_place(buf + at, size - at, parts[i].before, parts[i].at);
}

void irq_time_init(bool is_traced)
{
    is_traced_run = is_traced;
    if (is_traced)
        irq_time_watch(true);
}

void irq_time_report(void)
{
    char text[200];
    struct irq_time_stretch s;
    unsigned cpu;
    if (!is_traced_run)
        return;
    irq_time_watch(false);
    klog_notice("kernel: longest stretches with interrupts off, in ticks of the cycle counter:");
    for (unsigned n = 0; n < REPORTED && irq_time_longest(n, &s, &cpu); n++) {
        irq_time_describe(&s.place, text, sizeof text);
        klog_notice("kernel:   %lu (%lu times, CPU %u): %s", s.ticks, s.count, cpu, text);
    }
    for (unsigned c = 0; cpu_count > 1 && c < cpu_count; c++)
        klog_notice("kernel:   CPU %u: longest %lu", c, cpus[c]->irq_time.longest);
    for (unsigned i = 0; i < IRQ_TIME_BUCKETS; i++) {
        if (irq_time_count(i))
            klog_notice("kernel:   %lu to %lu ticks: %lu times", 1ul << i,
                        i + 1 < IRQ_TIME_BUCKETS ? (2ul << i) - 1 : ~0ul, irq_time_count(i));
    }
}
