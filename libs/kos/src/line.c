/*
 * line.c: see line.h.
 */
#include "line.h"

#include <kos/internal.h>

static void add_char(struct line *line, char c)
{
    if (line->length < sizeof(line->text) - 1) {
        line->text[line->length++] = c;
    }
}

static void add_radix(struct line *line, uint64_t number, unsigned radix)
{
    char digits[20];
    unsigned n = 0;

    do {
        digits[n++] = "0123456789abcdef"[number % radix];
        number /= radix;
    } while (number);
    while (n) {
        add_char(line, digits[--n]);
    }
}

void line_begin(struct line *line)
{
    line->length = 0;
    add_char(line, '[');
    line_add(line, kn_start_info && kn_start_info->task_name[0] ? kn_start_info->task_name : "?");
    line_add(line, "] ");
}

void line_add(struct line *line, const char *text)
{
    while (*text) {
        add_char(line, *text++);
    }
}

void line_add_quoted(struct line *line, const char *text)
{
    add_char(line, '"');
    line_add(line, text);
    add_char(line, '"');
}

void line_add_number(struct line *line, uint64_t number)
{
    add_radix(line, number, 10);
}

void line_add_hex(struct line *line, uint64_t number)
{
    line_add(line, "0x");
    add_radix(line, number, 16);
}

void line_end(struct line *line)
{
    line->text[line->length++] = '\n';
    KnDebugWrite(line->text, line->length);
}
