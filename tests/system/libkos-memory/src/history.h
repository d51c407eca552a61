/*
 * history.h: a random sequence of operations on a window of pages, and what each page must be after it.
 */
#ifndef LIBKOS_MEMORY_HISTORY_H
#define LIBKOS_MEMORY_HISTORY_H

#include <stdint.h>

#define HISTORY_PAGES 24

struct history_page {
    char is_taken, is_committed, byte;
    int prot;
};

struct history {
    uint32_t state;  /* of the random numbers: the seed at first */
    char *window;    /* null: the model alone, nothing is called */
    struct history_page pages[HISTORY_PAGES];
};

/* One operation. Zero if the system allowed or refused it where the model does not. */
int history_step(struct history *h);

#endif
