/*
 * relocs.h: checks what the kernel takes for granted of a program that can lie anywhere.
 */
#ifndef IMAGE_RELOCS_H
#define IMAGE_RELOCS_H

#include <stddef.h>
#include <stdint.h>

/* Null, or what is wrong: the kernel adds the program's place to words of its data (mm/relocate.h),
 * and looks for those of a page by bisection; so the table's rows have to be of that kind alone, in
 * ascending order, no two for the same bytes. A file that is no such program, or whose sections are
 * gone, is not looked at: the kernel reads nothing outside the table, whatever it holds.
 * data: aligned to 8. */
const char *relocs_check(const uint8_t *data, size_t size);

#endif
