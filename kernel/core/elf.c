/*
 * core/elf.c: maps programs. Nothing is copied here: a start costs a few regions, and pages arrive
 * when they are touched. Files of the ROMFS start on a page, and the linker keeps file offsets and
 * addresses equal modulo the page size, so segments can be shown where they lie.
 */
#include "core/elf.h"

#include "core/copy.h"
#include "core/log.h"
#include "core/romfs.h"
#include "mm/aspace.h"

#include "core/elf_format.h"

#include <tessera/formats.h>
#include <tessera/start.h>

#define SEGMENTS_MAX 16
#define NOTES_MAX    16
#define DYNAMIC_MAX  64
#define PAGE_DOWN(x) ((x) & ~(uint64_t)(PAGE_SIZE - 1))
#define PAGE_UP(x)   PAGE_DOWN((x) + PAGE_SIZE - 1)

static Retcode bad(const char *path, const char *why)
{
    klog_notice("kernel: %s is not a program that can run here: %s", path, why);
    return rcInvalidArgument;
}

static uint32_t protection(uint32_t flags)
{
    return (flags & PF_R ? ACCESS_READ : 0u) | (flags & PF_W ? ACCESS_WRITE : 0u) |
           (flags & PF_X ? ACCESS_EXEC : 0u);
}

/* A program while it is looked at. */
struct loading {
    struct aspace *as;
    const char *path;
    struct romfs_file file;
    uint64_t base;
    uint32_t phnum;
    Elf64_Phdr phdrs[SEGMENTS_MAX];
};

static const Elf64_Phdr *find_segment(const struct loading *l, uint32_t type)
{
    for (uint32_t i = 0; i < l->phnum; i++) {
        if (l->phdrs[i].p_type == type)
            return &l->phdrs[i];
    }
    return NULL;
}

static bool is_in_file(const struct loading *l, const Elf64_Phdr *ph)
{
    return ph->p_offset <= l->file.size && ph->p_filesz <= l->file.size - ph->p_offset;
}

/* Written data. What the linker marked as constant from the start on (RELRO) is a region of its own
 * that cannot be written. */
static Retcode map_data(const struct loading *l, const Elf64_Phdr *ph, uint64_t at,
                        uint64_t file_size, uint64_t size)
{
    uint64_t frame = l->file.frame + PAGE_DOWN(ph->p_offset), constant = 0, mapped;
    const Elf64_Phdr *relro = find_segment(l, PT_GNU_RELRO);
    if (relro && PAGE_DOWN(relro->p_vaddr) == PAGE_DOWN(ph->p_vaddr) && relro->p_memsz <= size)
        constant = PAGE_DOWN(relro->p_vaddr + relro->p_memsz) - PAGE_DOWN(relro->p_vaddr);
    if (constant > size)
        constant = size;
    uint64_t constant_file = file_size < constant ? file_size : constant;
    Retcode rc = rcOk;
    if (constant)
        rc = aspace_map_private(l->as, at, frame, constant_file, constant, ACCESS_READ, &mapped);
    if (rc == rcOk && size > constant)
        rc = aspace_map_private(l->as, at + constant, frame + constant, file_size - constant_file,
                                size - constant, protection(ph->p_flags), &mapped);
    return rc;
}

static Retcode map_segment(const struct loading *l, const Elf64_Phdr *ph)
{
    const char *path = l->path;
    uint64_t at = l->base + PAGE_DOWN(ph->p_vaddr), skew = ph->p_vaddr & (PAGE_SIZE - 1), mapped;
    if (ph->p_filesz > ph->p_memsz || !is_in_file(l, ph))
        return bad(path, "a segment lies outside the file");
    if (ph->p_vaddr >= USER_TOP - l->base || ph->p_memsz >= USER_TOP - l->base - ph->p_vaddr)
        return bad(path, "a segment lies outside the address space of programs");
    if ((ph->p_offset ^ ph->p_vaddr) & (PAGE_SIZE - 1))
        return bad(path, "a segment is not aligned to pages");
    if ((ph->p_flags & PF_W) && (ph->p_flags & PF_X))
        return bad(path, "a segment is both writable and executable");
    uint64_t frame = l->file.frame + PAGE_DOWN(ph->p_offset), size = PAGE_UP(skew + ph->p_memsz);
    if (ph->p_flags & PF_W)
        return map_data(l, ph, at, skew + ph->p_filesz, size);
    if (ph->p_filesz != ph->p_memsz)
        return bad(path, "a read-only segment is larger than its data");
    return aspace_map_frames(l->as, at, frame, size, protection(ph->p_flags), &mapped);
}

/* The bytes of the file behind an address of the program; null if they are not in one segment. */
static const void *file_at(const struct loading *l, uint64_t va, uint64_t size)
{
    for (uint32_t i = 0; i < l->phnum; i++) {
        const Elf64_Phdr *ph = &l->phdrs[i];
        if (ph->p_type == PT_LOAD && is_in_file(l, ph) && va >= ph->p_vaddr &&
            va - ph->p_vaddr <= ph->p_filesz && size <= ph->p_filesz - (va - ph->p_vaddr))
            return l->file.data + ph->p_offset + (va - ph->p_vaddr);
    }
    return NULL;
}

/* What has to be done to a program that can lie anywhere: one table of words that get the base
 * added. Everything else would be work for a dynamic linker. */
static Retcode read_dynamic(const struct loading *l, const Elf64_Phdr *ph)
{
    uint64_t table = 0, size = 0, plain = 0;
    if (!is_in_file(l, ph))
        return bad(l->path, "a segment lies outside the file");
    for (uint32_t i = 0; i < DYNAMIC_MAX && (i + 1) * sizeof(Elf64_Dyn) <= ph->p_filesz; i++) {
        Elf64_Dyn d;
        copy_bytes(&d, l->file.data + ph->p_offset + i * sizeof d, sizeof d);
        if (d.d_tag == DT_NULL)
            break;
        if (d.d_tag == DT_NEEDED)
            return bad(l->path, "it needs shared libraries");
        if (d.d_tag == DT_TEXTREL)
            return bad(l->path, "its code depends on its address");
        if (d.d_tag == DT_JMPREL || d.d_tag == DT_RELR || d.d_tag == DT_REL)
            return bad(l->path, "relocations of a kind that is not supported");
        if (d.d_tag == DT_RELA)
            table = d.d_val;
        else if (d.d_tag == DT_RELASZ)
            size = d.d_val;
        else if (d.d_tag == DT_RELACOUNT)
            plain = d.d_val;
    }
    if (size == 0)
        return rcOk;
    const void *rows = file_at(l, table, size);
    if (!rows || (uintptr_t)rows % 8 || size / sizeof(struct vm_reloc) != plain)
        return bad(l->path, "relocations of a kind that is not supported");
    l->as->program = (struct vm_program){l->base, rows, plain};
    return rcOk;
}

/* A segment of notes: is the program built for this kernel's interface? One without our note was
 * linked without libkos and is on its own. */
static bool is_for_this_kernel(const char *path, const struct romfs_file *f, const Elf64_Phdr *ph)
{
    struct kn_note note;
    if (ph->p_offset > f->size || ph->p_filesz > f->size - ph->p_offset)
        return true; /* nothing of it is used */
    const uint8_t *at = f->data + ph->p_offset;
    uint64_t left = ph->p_filesz;
    for (int n = 0; n < NOTES_MAX && left >= sizeof note; n++) {
        copy_bytes(&note, at, sizeof note);
        if (note.type == KN_NOTE_ABI && note.descsz == sizeof note.abi_hash &&
            note.namesz == sizeof KN_NOTE_NAME &&
            !__builtin_memcmp(note.name, KN_NOTE_NAME, sizeof KN_NOTE_NAME)) {
            uint64_t hash = note.abi_hash[0] | (uint64_t)note.abi_hash[1] << 32;
            if (hash != ksm_image.abi_hash)
                klog_notice("kernel: %s was built for interface %lx, the kernel has %lx: rebuild it "
                            "with ./tessera run", path, hash, ksm_image.abi_hash);
            return hash == ksm_image.abi_hash;
        }
        uint64_t size = 12 + ((note.namesz + 3ull) & ~3ull) + ((note.descsz + 3ull) & ~3ull);
        if (size > left)
            break;
        at += size;
        left -= size;
    }
    return true;
}

/* Reads the headers. A program that can lie anywhere gets `base`. */
static Retcode read_headers(struct loading *l, Elf64_Ehdr *eh, uint64_t base)
{
    if (l->file.size < sizeof *eh)
        return bad(l->path, "too short");
    copy_bytes(eh, l->file.data, sizeof *eh);
    if (__builtin_memcmp(eh->e_ident, ELFMAG, SELFMAG) || eh->e_ident[EI_CLASS] != ELFCLASS64 ||
        eh->e_machine != ARCH_ELF_MACHINE || (eh->e_type != ET_EXEC && eh->e_type != ET_DYN))
        return bad(l->path, "not a static ELF64 program for this machine");
    if (eh->e_phentsize != sizeof(Elf64_Phdr) || eh->e_phnum > SEGMENTS_MAX ||
        eh->e_phoff > l->file.size ||
        eh->e_phnum * sizeof(Elf64_Phdr) > l->file.size - eh->e_phoff)
        return bad(l->path, "damaged program headers");
    l->phnum = eh->e_phnum;
    copy_bytes(l->phdrs, l->file.data + eh->e_phoff, l->phnum * sizeof(Elf64_Phdr));
    l->base = eh->e_type == ET_DYN ? base : 0;
    const Elf64_Phdr *dynamic = find_segment(l, PT_DYNAMIC);
    if (find_segment(l, PT_INTERP) || (dynamic && eh->e_type == ET_EXEC))
        return bad(l->path, "dynamically linked");
    return dynamic ? read_dynamic(l, dynamic) : rcOk;
}

Retcode elf_load(struct aspace *as, const char *path, uint64_t base, struct program *out)
{
    struct loading l = {.as = as, .path = path};
    Elf64_Ehdr eh;
    if (!romfs_find(path, &l.file)) {
        klog_notice("kernel: the image has no file %s", path);
        return rcResourceNotFound;
    }
    Retcode rc = read_headers(&l, &eh, base);
    if (rc != rcOk)
        return rc;
    *out = (struct program){.base = l.base, .entry = l.base + eh.e_entry, .phnum = l.phnum,
                            .is_file = true};
    for (uint32_t i = 0; i < l.phnum; i++) {
        const Elf64_Phdr *ph = &l.phdrs[i];
        if (ph->p_type == PT_NOTE && !is_for_this_kernel(path, &l.file, ph))
            return rcInvalidArgument;
        if (ph->p_type != PT_LOAD || ph->p_memsz == 0)
            continue;
        rc = map_segment(&l, ph);
        if (rc != rcOk)
            return rc;
        if (eh.e_phoff >= ph->p_offset && eh.e_phoff < ph->p_offset + ph->p_filesz)
            out->phdr = l.base + ph->p_vaddr + (eh.e_phoff - ph->p_offset);
    }
    return rcOk;
}
