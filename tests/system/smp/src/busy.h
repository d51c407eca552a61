/*
 * busy.h: threads of the peer that keep a CPU busy, and what they tell the suite through shared memory.
 */
#ifndef SMP_BUSY_H
#define SMP_BUSY_H

#include <rtl/retcode.h>
#include <stdint.h>

#define BUSY_MAX 8

/* One page, shared with the suite. */
struct board {
    volatile uint64_t steps[BUSY_MAX]; /* each thread counts what it has done */
    volatile uint64_t largest;         /* of the values that BUSY_READ saw */
    volatile uint64_t is_gone;         /* set when the memory must not be readable any more */
    volatile uint64_t has_leaked;      /* somebody read it all the same */
};

enum busy {
    BUSY_COUNT,  /* user mode alone */
    BUSY_CALL,   /* kernel calls */
    BUSY_MEMORY, /* maps and unmaps */
    BUSY_SLEEP,  /* sleeps of no length and short ones */
    BUSY_READ,   /* reads a word, as fast as it can */
    BUSY_HANDLE, /* makes, copies, revokes */
    BUSY_KINDS,
};

enum lose {
    LOSE_UNMAP,    /* the page is unmapped */
    LOSE_PROTECT,  /* nothing may be done with it any more */
    LOSE_DECOMMIT, /* its memory is given back */
    LOSE_KINDS,
};

Retcode busy_start(uint32_t kind, uint32_t threads, uint64_t board, uint64_t va);
/* Starts readers, takes the page away, says so on the board and stays. The process should fault. */
Retcode busy_lose(uint32_t how, uint32_t threads, uint64_t board);

#endif
