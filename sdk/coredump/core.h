/*
 * core.h: a process that was dumped, and its core file.
 */
#ifndef KOS_CORE_H
#define KOS_CORE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <tessera/coredump.h>

#define CORE_PAGE_SIZE      4096u
#define CORE_MACHINE_X86_64 62u

struct dump_thread {
    uint32_t tid;
    struct core_thread registers;
    uint8_t *state; /* as XSAVE or FXSAVE writes it; may be null */
    uint32_t state_size;
};
struct dump_page {
    uint64_t va;
    uint32_t flags; /* of a program header */
    uint8_t *bytes; /* null: zero */
};
struct dump {
    struct dump *next;
    uint64_t id;
    struct core_process about;
    struct dump_thread *threads; /* the one that faulted first */
    size_t nthreads;
    struct dump_page *pages; /* ascending */
    size_t npages;
    int is_complete;
};

/* Writes the core file; 0, or -1 with errno. */
int core_write(FILE *file, const struct dump *d);
/* An array of `count` elements of `size` bytes with room for one more; ends the program without
 * memory. */
void *grow(void *array, size_t count, size_t size);

#endif
