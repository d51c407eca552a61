/*
 * elf_image.c: reads an ELF image in memory (coresrv/elf/elf_api.h).
 *
 * Everything is checked before anything is allocated; the image may be at any address, so headers are
 * copied before they are read. The result is one block of memory: the segments, what they have in
 * common, copies of the headers and relocations, the data.
 */
#include "elf_image.h"
#include "line.h"

#include <kos/internal.h>
#include <stdlib.h>
#include <string.h>
#include <tessera/start.h>
#include <vmm/flags.h>

#define PAGE         4096ull
#define PAGE_DOWN(x) ((x) & ~(PAGE - 1))
#define PAGE_UP(x)   PAGE_DOWN((x) + PAGE - 1)
#define HEADERS_MAX  16
#define DYNAMIC_MAX  64
#define NOTES_MAX    16
#define SECTIONS_MAX 4096
#define VA_MAX       (1ull << 47)
#define MACHINE      EM_X86_64
#define RELATIVE     ELF64_R_INFO(0, R_X86_64_RELATIVE)
#ifndef DT_RELR
#define DT_RELR 36 /* newer than the C library */
#endif

/* An image while it is read. */
struct reading {
    const unsigned char *img;
    size_t size;
    Elf64_Ehdr eh;
    Elf64_Phdr phdrs[HEADERS_MAX];
    uint64_t relocs, relocs_size; /* offset in the image, bytes */
};

static Retcode refuse(const char *why)
{
    struct line line;

    line_begin(&line);
    line_add(&line, "an ELF image in memory cannot be loaded: ");
    line_add(&line, why);
    line_end(&line);
    return rcInvalidArgument;
}

static int is_inside(const struct reading *r, uint64_t offset, uint64_t size)
{
    return offset <= r->size && size <= r->size - offset;
}

static const Elf64_Phdr *find_header(const struct reading *r, uint32_t type)
{
    for (unsigned i = 0; i < r->eh.e_phnum; i++) {
        if (r->phdrs[i].p_type == type) {
            return &r->phdrs[i];
        }
    }
    return NULL;
}

static int is_load(const Elf64_Phdr *ph)
{
    return ph->p_type == PT_LOAD && ph->p_memsz;
}

/* ---- checks ---- */

static Retcode read_headers(struct reading *r)
{
    if (r->size < sizeof(r->eh)) {
        return refuse("too short");
    }
    memcpy(&r->eh, r->img, sizeof(r->eh));
    if (memcmp(r->eh.e_ident, ELFMAG, SELFMAG) || r->eh.e_ident[EI_CLASS] != ELFCLASS64 ||
        r->eh.e_ident[EI_DATA] != ELFDATA2LSB || r->eh.e_machine != MACHINE ||
        (r->eh.e_type != ET_EXEC && r->eh.e_type != ET_DYN)) {
        return refuse("not an ELF64 program for this machine");
    }
    if (r->eh.e_phentsize != sizeof(Elf64_Phdr) || r->eh.e_phnum > HEADERS_MAX ||
        !is_inside(r, r->eh.e_phoff, r->eh.e_phnum * sizeof(Elf64_Phdr))) {
        return refuse("damaged program headers");
    }
    memcpy(r->phdrs, r->img + r->eh.e_phoff, r->eh.e_phnum * sizeof(Elf64_Phdr));
    return rcOk;
}

static Retcode check_load(const struct reading *r, const Elf64_Phdr *ph)
{
    if (ph->p_filesz > ph->p_memsz || !is_inside(r, ph->p_offset, ph->p_filesz)) {
        return refuse("a segment lies outside the image");
    }
    if (ph->p_vaddr >= VA_MAX || ph->p_memsz > VA_MAX - ph->p_vaddr) {
        return refuse("a segment lies outside the address space of programs");
    }
    if ((ph->p_flags & PF_W) && (ph->p_flags & PF_X)) {
        return refuse("a segment is both writable and executable");
    }
    return rcOk;
}

static int is_overlap(const Elf64_Phdr *a, const Elf64_Phdr *b)
{
    return PAGE_DOWN(a->p_vaddr) < PAGE_UP(b->p_vaddr + b->p_memsz) &&
           PAGE_DOWN(b->p_vaddr) < PAGE_UP(a->p_vaddr + a->p_memsz);
}

static Retcode check_loads(const struct reading *r)
{
    int has_entry = 0;

    for (unsigned i = 0; i < r->eh.e_phnum; i++) {
        const Elf64_Phdr *ph = &r->phdrs[i];
        Retcode rc = is_load(ph) ? check_load(r, ph) : rcOk;

        if (rc != rcOk) {
            return rc;
        }
        for (unsigned j = 0; j < i && is_load(ph); j++) {
            if (is_load(&r->phdrs[j]) && is_overlap(&r->phdrs[j], ph)) {
                return refuse("segments share a page");
            }
        }
        has_entry |= is_load(ph) && (ph->p_flags & PF_X) && r->eh.e_entry >= ph->p_vaddr &&
                     r->eh.e_entry - ph->p_vaddr < ph->p_memsz;
    }
    return has_entry ? rcOk : refuse("its entry is not in an executable segment");
}

/* The segment whose bytes of the image hold [va, va + size). */
static const Elf64_Phdr *find_bytes(const struct reading *r, uint64_t va, uint64_t size)
{
    for (unsigned i = 0; i < r->eh.e_phnum; i++) {
        const Elf64_Phdr *ph = &r->phdrs[i];

        if (is_load(ph) && va >= ph->p_vaddr && va - ph->p_vaddr <= ph->p_filesz &&
            size <= ph->p_filesz - (va - ph->p_vaddr)) {
            return ph;
        }
    }
    return NULL;
}

static Retcode check_relocs(const struct reading *r)
{
    for (uint64_t at = 0; at < r->relocs_size; at += sizeof(Elf64_Rela)) {
        Elf64_Rela row;
        const Elf64_Phdr *ph;

        memcpy(&row, r->img + r->relocs + at, sizeof(row));
        ph = find_bytes(r, row.r_offset, sizeof(uint64_t));
        if (row.r_info != RELATIVE || !ph || !(ph->p_flags & PF_W)) {
            return refuse("relocations of a kind that is not supported");
        }
    }
    return rcOk;
}

/* One table of words that hold addresses; everything else would be work for a dynamic linker. */
static Retcode read_dynamic(struct reading *r, const Elf64_Phdr *ph)
{
    uint64_t table = 0, size = 0;
    const Elf64_Phdr *in;

    if (!is_inside(r, ph->p_offset, ph->p_filesz)) {
        return refuse("a segment lies outside the image");
    }
    for (uint64_t i = 0; i < DYNAMIC_MAX && (i + 1) * sizeof(Elf64_Dyn) <= ph->p_filesz; i++) {
        Elf64_Dyn d;

        memcpy(&d, r->img + ph->p_offset + i * sizeof(d), sizeof(d));
        switch (d.d_tag) {
        case DT_NULL:
            i = DYNAMIC_MAX;
            break;
        case DT_NEEDED:
            return refuse("it needs shared libraries");
        case DT_TEXTREL:
        case DT_JMPREL:
        case DT_RELR:
        case DT_REL:
            return refuse("relocations of a kind that is not supported");
        case DT_RELA:
            table = d.d_un.d_ptr;
            break;
        case DT_RELASZ:
            size = d.d_un.d_val;
            break;
        default:
            break;
        }
    }
    if (!size) {
        return rcOk;
    }
    in = find_bytes(r, table, size);
    if (!in || size % sizeof(Elf64_Rela)) {
        return refuse("relocations of a kind that is not supported");
    }
    r->relocs = in->p_offset + (table - in->p_vaddr);
    r->relocs_size = size;
    return check_relocs(r);
}

/* As the kernel does for files: a program without our note is on its own. */
static Retcode check_note(const struct reading *r, const Elf64_Phdr *ph)
{
    uint64_t at = ph->p_offset, left = ph->p_filesz;
    struct kn_note note;

    if (!is_inside(r, at, left)) {
        return rcOk;
    }
    for (int n = 0; n < NOTES_MAX && left >= sizeof(note); n++) {
        uint64_t size;

        memcpy(&note, r->img + at, sizeof(note));
        if (note.type == KN_NOTE_ABI && note.namesz == sizeof(KN_NOTE_NAME) &&
            note.descsz == sizeof(note.abi_hash) &&
            !memcmp(note.name, KN_NOTE_NAME, sizeof(KN_NOTE_NAME))) {
            uint64_t hash = note.abi_hash[0] | (uint64_t)note.abi_hash[1] << 32;

            return !kn_start_info || hash == kn_start_info->abi_hash
                       ? rcOk
                       : refuse("it was built for another interface of the kernel");
        }
        size = 12 + ((note.namesz + 3ull) & ~3ull) + ((note.descsz + 3ull) & ~3ull);
        if (size > left) {
            break;
        }
        at += size;
        left -= size;
    }
    return rcOk;
}

static Retcode check(struct reading *r)
{
    const Elf64_Phdr *dynamic;
    Retcode rc = read_headers(r);

    if (rc == rcOk) {
        rc = check_loads(r);
    }
    for (unsigned i = 0; rc == rcOk && i < r->eh.e_phnum; i++) {
        if (r->phdrs[i].p_type == PT_NOTE) {
            rc = check_note(r, &r->phdrs[i]);
        }
    }
    if (rc != rcOk) {
        return rc;
    }
    dynamic = find_header(r, PT_DYNAMIC);
    if (find_header(r, PT_INTERP) || (dynamic && r->eh.e_type == ET_EXEC)) {
        return refuse("dynamically linked");
    }
    return dynamic ? read_dynamic(r, dynamic) : rcOk;
}

/* ---- the result ---- */

struct built {
    VmSeg *segs;
    size_t count;
    struct elf_image *image;
    unsigned char *headers;
    size_t headers_size;
    unsigned char *data; /* free place for more */
};

static void add(struct built *b, const VmSeg *seg)
{
    if (seg->size) {
        b->segs[b->count++] = *seg;
    }
}

/* Bytes at the segment's beginning that are constant once its addresses are right. */
static uint64_t constant_size(const struct reading *r, const Elf64_Phdr *ph, uint64_t size)
{
    const Elf64_Phdr *relro = find_header(r, PT_GNU_RELRO);
    uint64_t low = PAGE_DOWN(ph->p_vaddr);

    if (!relro || PAGE_DOWN(relro->p_vaddr) != low || relro->p_memsz > size ||
        !(ph->p_flags & PF_W)) {
        return 0;
    }
    low = PAGE_DOWN(relro->p_vaddr + relro->p_memsz) - low;
    return low < size ? low : size;
}

static void add_load(struct built *b, const struct reading *r, const Elf64_Phdr *ph)
{
    uint64_t skew = ph->p_vaddr - PAGE_DOWN(ph->p_vaddr);
    uint64_t data_size = ph->p_filesz ? skew + ph->p_filesz : 0;
    uint64_t size = PAGE_UP(skew + ph->p_memsz), constant = constant_size(r, ph, size);
    uint64_t first = data_size < constant ? data_size : constant;
    VmSeg seg = {
        .va = PAGE_DOWN(ph->p_vaddr),
        .size = constant,
        .data = b->data,
        .dataSize = first,
        .flags = VMM_FLAG_READ,
        .image = b->image,
    };

    memcpy(b->data + skew, r->img + ph->p_offset, ph->p_filesz);
    add(b, &seg);
    seg.va += constant;
    seg.size = size - constant;
    seg.data = b->data + first;
    seg.dataSize = data_size - first;
    seg.flags |= (ph->p_flags & PF_W ? VMM_FLAG_WRITE : 0u) |
                 (ph->p_flags & PF_X ? VMM_FLAG_EXECUTE : 0u);
    add(b, &seg);
    b->data += data_size;
    if (r->eh.e_phoff >= ph->p_offset && r->eh.e_phoff - ph->p_offset < ph->p_filesz) {
        b->image->phdr = ph->p_vaddr + (r->eh.e_phoff - ph->p_offset);
    }
}

/* How much room the data of all segments takes; segments of a hostile image may share their bytes. Zero:
 * more than can be. */
static size_t data_size(const struct reading *r)
{
    size_t sum = 0;

    for (unsigned i = 0; i < r->eh.e_phnum; i++) {
        size_t size = r->phdrs[i].p_filesz + PAGE;

        if (is_load(&r->phdrs[i]) && __builtin_add_overflow(sum, size, &sum)) {
            return 0;
        }
    }
    return sum;
}

static Retcode build(const struct reading *r, struct built *b)
{
    size_t segs = VM_SEGS_MAX * sizeof(VmSeg), data = data_size(r), sum;
    size_t headers = sizeof(r->eh) + r->eh.e_phnum * sizeof(Elf64_Phdr);
    size_t fixed = segs + sizeof(struct elf_image) + headers;
    unsigned char *at;

    if (!data || __builtin_add_overflow(fixed, r->relocs_size, &sum) ||
        __builtin_add_overflow(sum, data, &sum)) {
        return rcOutOfMemory;
    }
    at = calloc(1, sum);
    if (!at) {
        return rcOutOfMemory;
    }
    b->segs = (VmSeg *)(void *)at;
    b->image = (struct elf_image *)(void *)(at + segs);
    b->headers = at + segs + sizeof(struct elf_image);
    b->headers_size = headers;
    b->data = at + fixed + r->relocs_size;
    memcpy(b->headers, &r->eh, sizeof(r->eh));
    memcpy(b->headers + sizeof(r->eh), r->phdrs, r->eh.e_phnum * sizeof(Elf64_Phdr));
    memcpy(at + fixed, r->img + r->relocs, r->relocs_size);
    b->image->relocs = (const Elf64_Rela *)(void *)(at + fixed);
    b->image->nrelocs = r->relocs_size / sizeof(Elf64_Rela);
    b->image->phnum = r->eh.e_phnum;
    b->image->is_movable = r->eh.e_type == ET_DYN;
    for (unsigned i = 0; i < r->eh.e_phnum; i++) {
        if (is_load(&r->phdrs[i])) {
            add_load(b, r, &r->phdrs[i]);
        }
    }
    return rcOk;
}

static int read_section(const struct reading *r, unsigned index, Elf64_Shdr *sh)
{
    if (index >= r->eh.e_shnum || r->eh.e_shnum > SECTIONS_MAX ||
        r->eh.e_shentsize != sizeof(*sh) ||
        !is_inside(r, r->eh.e_shoff, r->eh.e_shnum * sizeof(*sh))) {
        return 0;
    }
    memcpy(sh, r->img + r->eh.e_shoff + index * sizeof(*sh), sizeof(*sh));
    return is_inside(r, sh->sh_offset, sh->sh_size);
}

/* Symbols are a help for people: without good ones there are none. */
static void find_symbols(const struct reading *r, unsigned index[2], rtl_size_t size[2])
{
    Elf64_Shdr symbols, names;

    index[0] = index[1] = 0;
    size[0] = size[1] = 0;
    for (unsigned i = 0; i < r->eh.e_shnum && i < SECTIONS_MAX; i++) {
        if (read_section(r, i, &symbols) && symbols.sh_type == SHT_SYMTAB &&
            read_section(r, symbols.sh_link, &names) && names.sh_type == SHT_STRTAB) {
            index[0] = i;
            index[1] = symbols.sh_link;
            size[0] = symbols.sh_size;
            size[1] = names.sh_size;
            return;
        }
    }
}

#define SET(pointer, value)                                                                        \
    do {                                                                                           \
        if (pointer) {                                                                             \
            *(pointer) = (value);                                                                  \
        }                                                                                          \
    } while (0)

Retcode KnElfCreateVmSegEx(const void *img, rtl_size_t size, rtl_uintptr_t *entry, VmSeg **segs,
                           rtl_size_t *segsCount, unsigned *symIndex, rtl_size_t *symSize,
                           unsigned *strIndex, rtl_size_t *strSize, void **hdrData,
                           rtl_size_t *hdrSize)
{
    struct reading r = {.img = img, .size = size};
    struct built b = {0};
    unsigned index[2];
    rtl_size_t sizes[2];
    Retcode rc;

    if (!img || !entry || !segs || !segsCount) {
        return rcInvalidArgument;
    }
    rc = check(&r);
    if (rc == rcOk) {
        rc = build(&r, &b);
    }
    if (rc != rcOk) {
        return rc;
    }
    find_symbols(&r, index, sizes);
    *entry = r.eh.e_entry;
    *segs = b.segs;
    *segsCount = b.count;
    SET(symIndex, index[0]);
    SET(symSize, sizes[0]);
    SET(strIndex, index[1]);
    SET(strSize, sizes[1]);
    SET(hdrData, b.headers);
    SET(hdrSize, b.headers_size);
    return rcOk;
}

Retcode KnElfCreateVmSeg(const void *img, rtl_size_t size, rtl_uintptr_t *entry, VmSeg **segs,
                         rtl_size_t *segsCount)
{
    return KnElfCreateVmSegEx(img, size, entry, segs, segsCount, NULL, NULL, NULL, NULL, NULL,
                              NULL);
}

void KnElfFreeVmSeg(VmSeg *segs, rtl_size_t segsCount)
{
    (void)segsCount;
    free(segs);
}
