/*
 * core.c: the core file: notes, then one segment for each run of pages. Offsets in the notes are
 * those of Linux on x86_64.
 */
#include "core.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define PRSTATUS_SIZE     336
#define PRSTATUS_CURSIG   12
#define PRSTATUS_PID      32
#define PRSTATUS_REGS     112
#define PRPSINFO_SIZE     136
#define PRPSINFO_PID      24
#define PRPSINFO_NAME     40
#define PRPSINFO_NAME_MAX 16
#define PRPSINFO_ARGS     56
#define PRPSINFO_ARGS_MAX 80
#define FXSAVE_SIZE       512
#define XSAVE_XCR0        464 /* where debuggers look for the components that the area has */
#define XSAVE_HEADER_END  576
#define XSAVE_SIZE_AVX    832

#define USER_CODE 0x2bu
#define USER_DATA 0x23u

/* Bytes that grow. */
struct buffer {
    uint8_t *bytes;
    size_t size, room;
};

static void add(struct buffer *b, const void *data, size_t size)
{
    if (b->size + size > b->room) {
        b->room = (b->size + size) * 2;
        b->bytes = realloc(b->bytes, b->room);
        if (!b->bytes)
            abort();
    }
    memcpy(b->bytes + b->size, data, size);
    b->size += size;
}

static void add_note(struct buffer *b, const char *name, uint32_t type, const void *data,
                     size_t size)
{
    static const uint8_t zeros[4];
    Elf64_Nhdr header = {
        .n_namesz = (uint32_t)strlen(name) + 1, .n_descsz = (uint32_t)size, .n_type = type};

    add(b, &header, sizeof(header));
    add(b, name, header.n_namesz);
    add(b, zeros, -header.n_namesz & 3);
    add(b, data, size);
    add(b, zeros, -size & 3);
}

static uint16_t signal_of(uint32_t vector)
{
    if (vector >= CORE_SIGNAL)
        return (uint16_t)(vector - CORE_SIGNAL);
    switch (vector) {
    case 0:
    case 16:
    case 19:
        return 8; /* SIGFPE */
    case 1:
    case 3:
        return 5; /* SIGTRAP */
    case 6:
        return 4; /* SIGILL */
    default:
        return 11; /* SIGSEGV */
    }
}

/* Where the general registers of struct core_thread go, in words. */
static const uint8_t places[CORE_GENERAL] = {10, 5, 11, 12, 13, 14, 4, 19, 9,
                                             8,  7, 6,  3,  2,  1,  0, 18};

static void add_status(struct buffer *b, const struct dump_thread *t, uint16_t signal)
{
    uint8_t status[PRSTATUS_SIZE] = {0};
    uint64_t words[27] = {0};

    for (size_t i = 0; i < CORE_GENERAL; i++)
        words[places[i]] = t->registers.general[i];
    words[15] = ~0ull; /* in no system call */
    words[16] = t->registers.pc;
    words[17] = USER_CODE;
    words[20] = USER_DATA;
    words[21] = t->registers.fs_base;
    words[22] = t->registers.gs_base;
    memcpy(status + PRSTATUS_CURSIG, &signal, sizeof(signal));
    memcpy(status + PRSTATUS_PID, &t->tid, sizeof(t->tid));
    memcpy(status + PRSTATUS_REGS, words, sizeof(words));
    status[PRSTATUS_SIZE - 8] = t->state != NULL;
    add_note(b, "CORE", NT_PRSTATUS, status, sizeof(status));
}

static void add_process(struct buffer *b, const struct dump *d)
{
    uint8_t info[PRPSINFO_SIZE] = {0};

    info[1] = 'R';
    memcpy(info + PRPSINFO_PID, &d->threads[0].tid, sizeof(d->threads[0].tid));
    strncpy((char *)info + PRPSINFO_NAME, d->about.path, PRPSINFO_NAME_MAX - 1);
    strncpy((char *)info + PRPSINFO_ARGS, d->about.name, PRPSINFO_ARGS_MAX - 1);
    add_note(b, "CORE", NT_PRPSINFO, info, sizeof(info));
}

static void add_auxiliary(struct buffer *b, const struct dump *d)
{
    const uint64_t pairs[][2] = {{AT_PHDR, d->about.phdr},
                                 {AT_PHENT, sizeof(Elf64_Phdr)},
                                 {AT_PHNUM, d->about.phnum},
                                 {AT_PAGESZ, d->about.page_size},
                                 {AT_BASE, 0},
                                 {AT_ENTRY, d->about.entry},
                                 {AT_NULL, 0}};

    add_note(b, "CORE", NT_AUXV, pairs, sizeof(pairs));
}

/* Vector registers: the area as it is, its legacy part for those who know no more. */
static void add_state(struct buffer *b, const struct dump_thread *t)
{
    if (t->state_size < FXSAVE_SIZE)
        return;
    add_note(b, "CORE", NT_FPREGSET, t->state, FXSAVE_SIZE);
    if (t->state_size < XSAVE_HEADER_END)
        return;
    uint64_t components = t->state_size >= XSAVE_SIZE_AVX ? 7 : 3;
    memcpy(t->state + XSAVE_XCR0, &components, sizeof(components));
    add_note(b, "LINUX", NT_X86_XSTATE, t->state, components == 7 ? XSAVE_SIZE_AVX : t->state_size);
}

static struct buffer make_notes(const struct dump *d)
{
    struct buffer b = {0};

    for (size_t i = 0; i < d->nthreads; i++) {
        add_status(&b, &d->threads[i],
                   signal_of(d->about.vector)); /* debuggers take the last one */
        if (i == 0) {
            add_process(&b, d);
            add_auxiliary(&b, d);
        }
        if (d->threads[i].state)
            add_state(&b, &d->threads[i]);
    }
    return b;
}

/* Whether page i goes on what page i - 1 began. */
static int continues(const struct dump *d, size_t i)
{
    return i > 0 && d->pages[i].va == d->pages[i - 1].va + CORE_PAGE_SIZE &&
           d->pages[i].flags == d->pages[i - 1].flags;
}

static int put(FILE *file, const void *data, size_t size)
{
    return size == 0 || fwrite(data, size, 1, file) == 1 ? 0 : -1;
}

static int put_zeros(FILE *file, size_t size)
{
    static const uint8_t zeros[CORE_PAGE_SIZE];
    return put(file, zeros, size);
}

/* The headers of the runs of pages; the first lies at `offset` of the file. */
static int put_headers(FILE *file, const struct dump *d, uint64_t offset)
{
    for (size_t i = 0, next; i < d->npages; i = next) {
        next = i + 1;
        while (next < d->npages && continues(d, next))
            next++;
        uint64_t size = (next - i) * CORE_PAGE_SIZE;
        Elf64_Phdr ph = {.p_type = PT_LOAD,
                         .p_flags = d->pages[i].flags,
                         .p_offset = offset,
                         .p_vaddr = d->pages[i].va,
                         .p_filesz = size,
                         .p_memsz = size,
                         .p_align = CORE_PAGE_SIZE};
        if (put(file, &ph, sizeof(ph)) != 0)
            return -1;
        offset += size;
    }
    return 0;
}

static int put_pages(FILE *file, const struct dump *d)
{
    for (size_t i = 0; i < d->npages; i++) {
        const uint8_t *bytes = d->pages[i].bytes;
        if ((bytes ? put(file, bytes, CORE_PAGE_SIZE) : put_zeros(file, CORE_PAGE_SIZE)) != 0)
            return -1;
    }
    return 0;
}

int core_write(FILE *file, const struct dump *d)
{
    struct buffer notes = make_notes(d);
    size_t runs = 0;

    for (size_t i = 0; i < d->npages; i++)
        runs += !continues(d, i);
    if (runs >= PN_XNUM - 1)
        runs = 0; /* more than a core file can name: registers alone */
    uint64_t notes_at = sizeof(Elf64_Ehdr) + (runs + 1) * sizeof(Elf64_Phdr);
    uint64_t end = notes_at + notes.size,
             pages_at = (end + CORE_PAGE_SIZE - 1) & -(uint64_t)CORE_PAGE_SIZE;
    Elf64_Ehdr header = {
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_CORE,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = (uint16_t)(runs + 1),
    };
    Elf64_Phdr ph = {.p_type = PT_NOTE, .p_offset = notes_at, .p_filesz = notes.size, .p_align = 4};
    int rc = put(file, &header, sizeof(header)) || put(file, &ph, sizeof(ph)) ||
             (runs && put_headers(file, d, pages_at)) || put(file, notes.bytes, notes.size) ||
             put_zeros(file, pages_at - end) || (runs && put_pages(file, d));
    free(notes.bytes);
    return rc ? -1 : 0;
}
