/*
 * timer.c: the cycle counter as the clock, the local APIC's one-shot as the alarm.
 *
 * Both are measured against the old interval timer (PIT) for half a millisecond: more would only
 * cost boot time. Start and end are known to lie between two readings of the cycle counter; where
 * these are far apart the measurement is repeated. The error is some tenths of a percent.
 */
#include "apic.h"
#include "x86.h"

#include <arch/timer.h>

#define PIT_HZ       1193182ull
#define PIT_TICKS    596u /* 0.5 ms */
#define PIT_CHANNEL2 0x42
#define PIT_COMMAND  0x43
#define PIT_GATE     0x61
#define PIT_OUTPUT   0x20
#define POLL_LIMIT   2000000u
#define TRIES        8u
#define GOOD_SHARE   128u /* a doubt of less than this part of the whole is good enough */

#define HYPERVISOR_LEAF   0x40000000u
#define HYPERVISOR_TIMING 0x40000010u

#define NS_PER_SECOND 1000000000ull
#define CLOCK_SHIFT   32u

static struct arch_clock the_clock;
static uint64_t ticks_mult; /* timer ticks a nanosecond, << 32 */
static uint64_t longest_ns;

static uint64_t scale(uint64_t v, uint64_t mult)
{
    return (uint64_t)((unsigned __int128)v * mult >> CLOCK_SHIFT);
}

static uint64_t midpoint(uint64_t a, uint64_t b)
{
    return a + (b - a) / 2;
}

struct measure {
    uint64_t cycles, ticks; /* that passed while the PIT ran */
    uint64_t doubt;         /* cycles between the readings around its start and its end */
};

/* Runs the PIT once. False if it never fired. */
static bool measure_once(struct measure *m)
{
    uint8_t gate = x86_inb(PIT_GATE);
    x86_outb(PIT_GATE, (uint8_t)((gate & ~2u) | 1u)); /* counting on, speaker off */
    x86_outb(PIT_COMMAND, 0xb0);                     /* channel 2, two bytes, mode 0 */
    x86_outb(PIT_CHANNEL2, PIT_TICKS & 0xff);
    LAPIC(LAPIC_COUNT) = 0xffffffffu;
    uint64_t before = arch_tsc();
    x86_outb(PIT_CHANNEL2, PIT_TICKS >> 8);
    uint32_t first = LAPIC(LAPIC_CURRENT);
    uint64_t after = arch_tsc();
    uint64_t start = midpoint(before, after);
    m->doubt = after - before;
    for (unsigned i = 0; i < POLL_LIMIT; i++) {
        before = after; /* the poll before: the PIT fired between that one and this one */
        bool has_fired = x86_inb(PIT_GATE) & PIT_OUTPUT;
        uint32_t last = has_fired ? LAPIC(LAPIC_CURRENT) : 0;
        after = arch_tsc();
        if (has_fired) {
            m->cycles = midpoint(before, after) - start;
            m->ticks = first - last;
            m->doubt += after - before;
            x86_outb(PIT_GATE, gate);
            return true;
        }
    }
    return false;
}

/* An emulator's CPU may be taken away in the middle: then once more, and the best one counts. */
static bool measure(struct measure *best)
{
    best->cycles = 0;
    for (unsigned i = 0; i < TRIES; i++) {
        struct measure m;
        if (!measure_once(&m) || m.cycles == 0 || m.ticks == 0)
            return best->cycles != 0;
        if (best->cycles == 0 || m.doubt < best->doubt)
            *best = m;
        if (best->doubt < best->cycles / GOOD_SHARE)
            break;
    }
    return true;
}

/* What a hypervisor says about the cycle counter, in Hz, or 0. */
static uint64_t hypervisor_tsc_hz(void)
{
    if (!(x86_cpuid(1, 0).c >> 31) || x86_cpuid(HYPERVISOR_LEAF, 0).a < HYPERVISOR_TIMING)
        return 0;
    return x86_cpuid(HYPERVISOR_TIMING, 0).a * 1000ull;
}

static void mask_pic(void)
{
    static const uint8_t init[][2] = {{0x20, 0x11}, {0xa0, 0x11}, {0x21, 0x20}, {0xa1, 0x28},
                                      {0x21, 4},    {0xa1, 2},    {0x21, 1},    {0xa1, 1},
                                      {0x21, 0xff}, {0xa1, 0xff}};
    for (unsigned i = 0; i < sizeof init / sizeof init[0]; i++)
        x86_outb(init[i][0], init[i][1]);
}

void x86_timer_init(void)
{
    mask_pic();
    x86_apic_init();
    struct measure m;
    if (!measure(&m)) {
        m.cycles = PIT_TICKS * NS_PER_SECOND / PIT_HZ; /* as if 1 GHz: time is then not exact */
        m.ticks = m.cycles / 16;
    }
    LAPIC(LAPIC_COUNT) = 0;
    the_clock.tsc_hz = hypervisor_tsc_hz();
    if (the_clock.tsc_hz == 0)
        the_clock.tsc_hz = m.cycles * PIT_HZ / PIT_TICKS;
    the_clock.shift = CLOCK_SHIFT;
    the_clock.mult = (NS_PER_SECOND << CLOCK_SHIFT) / the_clock.tsc_hz;
    uint64_t timer_hz = m.ticks * PIT_HZ / PIT_TICKS;
    ticks_mult = (timer_hz << CLOCK_SHIFT) / NS_PER_SECOND;
    longest_ns = 0xf0000000ull * NS_PER_SECOND / timer_hz;
    the_clock.base_tsc = arch_tsc();
    x86_apic_timer_enable();
}

const struct arch_clock *arch_clock(void)
{
    return &the_clock;
}

uint64_t arch_time_ns(void)
{
    return the_clock.base_ns + scale(arch_tsc() - the_clock.base_tsc, the_clock.mult);
}

void arch_timer_set(uint64_t deadline)
{
    uint64_t now = arch_time_ns();
    uint64_t wait = deadline > now ? deadline - now : 0;
    if (wait > longest_ns)
        wait = longest_ns;
    uint32_t ticks = (uint32_t)scale(wait, ticks_mult);
    LAPIC(LAPIC_COUNT) = ticks + 1; /* rounded up: never before the deadline by the same clock */
}

void arch_timer_stop(void)
{
    LAPIC(LAPIC_COUNT) = 0;
}

/* ---- wall clock ---- */

#define RTC_INDEX  0x70
#define RTC_DATA   0x71
#define RTC_TRIES  1000u

struct rtc {
    uint8_t second, minute, hour, day, month, year, status_b;
};

static uint8_t rtc_read(uint8_t reg)
{
    x86_outb(RTC_INDEX, reg);
    return x86_inb(RTC_DATA);
}

static struct rtc rtc_sample(void)
{
    return (struct rtc){rtc_read(0), rtc_read(2), rtc_read(4), rtc_read(7),
                        rtc_read(8), rtc_read(9), rtc_read(11)};
}

static unsigned from_bcd(uint8_t v, bool is_binary)
{
    return is_binary ? v : (v >> 4) * 10u + (v & 15u);
}

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
static uint64_t days_until(unsigned year, unsigned month, unsigned day)
{
    year -= month <= 2;
    month += month <= 2 ? 9 : (unsigned)-3; /* March is 0 */
    uint64_t days = 365ull * year + year / 4 - year / 100 + year / 400;
    return days + (153 * month + 2) / 5 + day - 1 - 719468;
}

uint64_t arch_wall_clock(void)
{
    struct rtc a = rtc_sample(), b = a;
    for (unsigned i = 0; i < RTC_TRIES; i++) { /* two equal samples, no update between them */
        a = rtc_sample();
        b = rtc_sample();
        if (__builtin_memcmp(&a, &b, sizeof a) == 0 && !(rtc_read(10) & 0x80))
            break;
    }
    bool is_binary = b.status_b & 4;
    unsigned hour = from_bcd(b.hour & 0x7f, is_binary);
    if (!(b.status_b & 2))
        hour = hour % 12 + (b.hour & 0x80 ? 12 : 0);
    uint64_t days = days_until(2000 + from_bcd(b.year, is_binary), from_bcd(b.month, is_binary),
                               from_bcd(b.day, is_binary));
    return ((days * 24 + hour) * 60 + from_bcd(b.minute, is_binary)) * 60 +
           from_bcd(b.second, is_binary);
}
