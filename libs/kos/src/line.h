/*
 * line.h: one line for the console, put together without the C library.
 *
 * Used where libkos has to tell a person something: it must work before the C library is set up and
 * on a full heap. A line that is too long is cut.
 */
#ifndef KOS_LINE_H
#define KOS_LINE_H

#include <stddef.h>
#include <stdint.h>

struct line {
    size_t length;
    char text[1000];
};

/* Starts a line with "[process] ". */
void line_begin(struct line *line);
void line_add(struct line *line, const char *text);
/* The same between double quotes. */
void line_add_quoted(struct line *line, const char *text);
void line_add_number(struct line *line, uint64_t number);
void line_add_hex(struct line *line, uint64_t number);
/* Writes the line with a newline. */
void line_end(struct line *line);

#endif
