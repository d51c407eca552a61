/*
 * core/log.c: formatting and the two output rings.
 */
#include "core/log.h"

#include "core/lock.h"

#include <arch/console.h>

#include "core/copy.h"

#define RING_SIZE 32768u
#define REFUSALS_MAX 10000000u

enum { PORT_CONSOLE = 0, PORT_LOG = 1 };

struct ring {
    uint32_t head, tail; /* free running; head - tail bytes are waiting */
    uint32_t refused;    /* how often in a row the port took nothing */
    char text[RING_SIZE];
};

static struct ring rings[2] GUARDED_BY(kernel_lock);
static bool verbose;

void log_set_verbose(bool is_verbose)
{
    verbose = is_verbose;
}

static bool debug;

void log_set_debug(bool is_debug)
{
    debug = is_debug;
}

bool log_is_debug(void)
{
    return debug;
}

/* What the port takes now, or with must_wait all, of at most `max` bytes. */
static bool ring_drain(int port, size_t max, bool must_wait)
{
    struct ring *r = &rings[port];
    while (r->head != r->tail && max > 0) {
        uint32_t at = r->tail % RING_SIZE;
        uint32_t n = r->head - r->tail;
        if (n > RING_SIZE - at)
            n = RING_SIZE - at;
        if (n > max)
            n = (uint32_t)max;
        if (must_wait)
            arch_console_write(port, r->text + at, n);
        else
            n = (uint32_t)arch_console_write_some(port, r->text + at, n);
        if (n == 0 && ++r->refused < REFUSALS_MAX)
            return true;
        if (n == 0)
            n = r->head - r->tail; /* it never gets ready: its text is lost, not the machine */
        r->refused = 0;
        r->tail += n;
        max -= n < max ? n : max;
    }
    return r->head != r->tail;
}

static size_t ring_room(const struct ring *r)
{
    return RING_SIZE - (r->head - r->tail);
}

/* Appends what there is room for; returns how much. */
static size_t ring_put(int port, const char *text, size_t size)
{
    struct ring *r = &rings[port];
    size_t room = ring_room(r), at = r->head % RING_SIZE;
    if (size > room)
        size = room;
    size_t first = size < RING_SIZE - at ? size : RING_SIZE - at;
    copy_bytes(r->text + at, text, first);
    copy_bytes(r->text, text + first, size - first);
    r->head += (uint32_t)size;
    return size;
}

/* The kernel's own lines are short, and not lost. */
static void ring_write(int port, const char *text, size_t size)
{
    for (;;) {
        size_t n = ring_put(port, text, size);
        text += n;
        size -= n;
        if (size == 0)
            return;
        ring_drain(port, 256, true);
    }
}

bool log_drain(size_t max)
{
    bool has_more = ring_drain(PORT_CONSOLE, max, false);
    return ring_drain(PORT_LOG, max, false) || has_more;
}

void log_drain_all(void)
{
    ring_drain(PORT_CONSOLE, RING_SIZE, true);
    ring_drain(PORT_LOG, RING_SIZE, true);
}

size_t console_write(const char *text, size_t size)
{
    return ring_put(PORT_CONSOLE, text, size);
}

bool console_has_room(size_t size)
{
    return size <= ring_room(&rings[PORT_CONSOLE]);
}

static void put(char *buf, size_t size, size_t *at, char c)
{
    if (*at + 1 < size)
        buf[*at] = c;
    (*at)++;
}

static void put_number(char *buf, size_t size, size_t *at, uint64_t value, unsigned base, int width,
                       char pad, bool is_negative)
{
    char digits[24];
    int n = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    if (is_negative)
        digits[n++] = '-';
    for (int i = n; i < width; i++)
        put(buf, size, at, pad);
    while (n > 0)
        put(buf, size, at, digits[--n]);
}

static void put_string(char *buf, size_t size, size_t *at, const char *s, int width)
{
    int n = 0;
    for (; s && *s; s++, n++)
        put(buf, size, at, *s);
    for (; n < width; n++)
        put(buf, size, at, ' ');
}

int kvsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
    size_t at = 0;
    for (; *fmt; fmt++) {
        if (*fmt != '%') {
            put(buf, size, &at, *fmt);
            continue;
        }
        char pad = ' ';
        int width = 0;
        bool is_long = false;
        if (*++fmt == '0')
            pad = '0';
        while (*fmt == '-' || (*fmt >= '0' && *fmt <= '9')) {
            if (*fmt != '-')
                width = width * 10 + (*fmt - '0');
            fmt++;
        }
        while (*fmt == 'l' || *fmt == 'z') {
            is_long = true;
            fmt++;
        }
        switch (*fmt) {
        case 's':
            put_string(buf, size, &at, va_arg(ap, const char *), width);
            break;
        case 'c':
            put(buf, size, &at, (char)va_arg(ap, int));
            break;
        case 'd': {
            int64_t v = is_long ? va_arg(ap, int64_t) : va_arg(ap, int);
            put_number(buf, size, &at, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, width, pad, v < 0);
            break;
        }
        case 'u':
            put_number(buf, size, &at, is_long ? va_arg(ap, uint64_t) : va_arg(ap, unsigned), 10,
                       width, pad, false);
            break;
        case 'x':
            put_number(buf, size, &at, is_long ? va_arg(ap, uint64_t) : va_arg(ap, unsigned), 16,
                       width, pad, false);
            break;
        case 'p':
            put_number(buf, size, &at, (uint64_t)(uintptr_t)va_arg(ap, void *), 16, 16, '0', false);
            break;
        default:
            put(buf, size, &at, *fmt);
        }
        if (!*fmt)
            break;
    }
    if (size)
        buf[at < size ? at : size - 1] = 0;
    return (int)at;
}

int ksnprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = kvsnprintf(buf, size, fmt, ap);
    va_end(ap);
    return n;
}

static void line(bool is_for_person, const char *fmt, va_list ap)
{
    char buf[512];
    int n = kvsnprintf(buf, sizeof buf - 1, fmt, ap);
    if (n > (int)sizeof buf - 2)
        n = (int)sizeof buf - 2;
    buf[n++] = '\n';
    ring_write(PORT_LOG, buf, (size_t)n);
    if (is_for_person || verbose)
        ring_write(PORT_CONSOLE, buf, (size_t)n);
}

void klog(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    line(false, fmt, ap);
    va_end(ap);
}

void klog_notice(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    line(true, fmt, ap);
    va_end(ap);
}
