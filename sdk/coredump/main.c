/*
 * main.c: kos-core: makes ELF core files of what the kernel sent through the debug port
 * (tessera/coredump.h).
 *
 *     kos-core STREAM DIRECTORY
 *
 * For each process of the stream that is complete: DIRECTORY/core.<process>, and a line on standard
 * output: the file, a tab, the program's file name. x86_64 alone; the files look like Linux's,
 * which debuggers read: registers of each thread, the program's place, memory that may differ from
 * the program's file. Status 0, or 1 with a message if the stream or a file cannot be read or
 * written; a stream that ends in the middle of a process is not an error: the machine may have been
 * stopped.
 */
#include "core.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct dump *dumps;

static _Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "kos-core: error: %s: %s\n", what, why);
    exit(1);
}

void *grow(void *array, size_t count, size_t size)
{
    if (count & (count - 1)) /* room for it since the last power of two */
        return array;
    array = realloc(array, (count ? 2 * count : 1) * size);
    if (!array)
        fail("memory", strerror(ENOMEM));
    return array;
}

/* The process's dump; a new one for one that was not seen yet, if `is_new`. */
static struct dump *find(uint64_t process, int is_new)
{
    struct dump *d = dumps;

    while (d && d->id != process)
        d = d->next;
    if (d || !is_new)
        return d;
    d = grow(NULL, 0, sizeof(*d));
    *d = (struct dump){.id = process, .next = dumps};
    dumps = d;
    return d;
}

static void add_thread(struct dump *d, const struct core_record *r, const void *data)
{
    if (r->size != sizeof(struct core_thread))
        return;
    d->threads = grow(d->threads, d->nthreads, sizeof(*d->threads));
    struct dump_thread *t = &d->threads[d->nthreads++];
    *t = (struct dump_thread){.tid = (uint32_t)r->value};
    memcpy(&t->registers, data, sizeof(t->registers));
}

/* Of the thread that was named last. */
static void add_state(struct dump *d, const struct core_record *r, const void *data)
{
    if (d->nthreads == 0 || d->threads[d->nthreads - 1].state)
        return;
    struct dump_thread *t = &d->threads[d->nthreads - 1];
    t->state = malloc(r->size ? r->size : 1);
    if (!t->state)
        fail("memory", strerror(ENOMEM));
    memcpy(t->state, data, r->size);
    t->state_size = r->size;
}

static void add_page(struct dump *d, const struct core_record *r, const void *data)
{
    if (r->size != 0 && r->size != CORE_PAGE_SIZE)
        return;
    d->pages = grow(d->pages, d->npages, sizeof(*d->pages));
    struct dump_page *p = &d->pages[d->npages++];
    *p = (struct dump_page){.va = r->value, .flags = r->flags};
    if (r->size) {
        p->bytes = malloc(CORE_PAGE_SIZE);
        if (!p->bytes)
            fail("memory", strerror(ENOMEM));
        memcpy(p->bytes, data, CORE_PAGE_SIZE);
    }
}

static void take(const struct core_record *r, const void *data)
{
    struct dump *d = find(r->process, r->type == CORE_PROCESS);

    if (!d)
        return;
    switch (r->type) {
    case CORE_PROCESS:
        if (r->size == sizeof(d->about))
            memcpy(&d->about, data, sizeof(d->about));
        break;
    case CORE_THREAD:
        add_thread(d, r, data);
        break;
    case CORE_STATE:
        add_state(d, r, data);
        break;
    case CORE_PAGE:
        add_page(d, r, data);
        break;
    case CORE_END:
        d->is_complete = 1;
        break;
    }
}

static void read_stream(const char *name)
{
    static unsigned char data[65536];
    struct core_record r;
    FILE *file = fopen(name, "rb");

    if (!file)
        fail(name, strerror(errno));
    while (fread(&r, sizeof(r), 1, file) == 1) {
        if (r.magic != CORE_MAGIC || r.size > sizeof(data))
            fail(name, "not a stream of core dumps");
        if (r.size && fread(data, r.size, 1, file) != 1)
            break;
        take(&r, data);
    }
    fclose(file);
}

/* core.<process>, its unusual characters replaced, with a number if there is one already. */
static FILE *create(const char *directory, const struct dump *d, char *path, size_t size)
{
    char name[sizeof(d->about.name) + 1];
    FILE *file = NULL;

    snprintf(name, sizeof(name), "%.*s", (int)sizeof(d->about.name), d->about.name);
    for (char *c = name; *c; c++) {
        if (*c == '/' || (unsigned char)*c <= ' ')
            *c = '_';
    }
    for (unsigned n = 1; !file; n++) {
        if (n == 1)
            snprintf(path, size, "%s/core.%s", directory, name);
        else
            snprintf(path, size, "%s/core.%s.%u", directory, name, n);
        file = fopen(path, "wbx");
        if (!file && errno != EEXIST)
            fail(path, strerror(errno));
    }
    return file;
}

/* Oldest first: the list has the youngest first. */
static void write_all(const struct dump *d, const char *directory)
{
    char path[4096];
    FILE *file;

    if (!d)
        return;
    write_all(d->next, directory);
    if (!d->is_complete || d->about.machine != CORE_MACHINE_X86_64 || d->nthreads == 0)
        return;
    file = create(directory, d, path, sizeof(path));
    if (core_write(file, d) != 0 || fclose(file) != 0)
        fail(path, strerror(errno));
    printf("%s\t%.*s\n", path, (int)sizeof(d->about.path), d->about.path);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: kos-core STREAM DIRECTORY\n", stderr);
        return 2;
    }
    read_stream(argv[1]);
    write_all(dumps, argv[2]);
    return 0;
}
