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

static Retcode map_segment(struct aspace *as, const char *path, const struct romfs_file *f,
                           const Elf64_Phdr *ph)
{
    uint64_t at = PAGE_DOWN(ph->p_vaddr), skew = ph->p_vaddr - at, mapped;
    if (ph->p_filesz > ph->p_memsz || ph->p_offset > f->size ||
        ph->p_filesz > f->size - ph->p_offset)
        return bad(path, "a segment lies outside the file");
    if (ph->p_vaddr >= USER_TOP || ph->p_memsz >= USER_TOP - ph->p_vaddr)
        return bad(path, "a segment lies outside the address space of programs");
    if ((ph->p_offset ^ ph->p_vaddr) & (PAGE_SIZE - 1))
        return bad(path, "a segment is not aligned to pages");
    if ((ph->p_flags & PF_W) && (ph->p_flags & PF_X))
        return bad(path, "a segment is both writable and executable");
    uint64_t frame = f->frame + PAGE_DOWN(ph->p_offset), size = PAGE_UP(skew + ph->p_memsz);
    if (ph->p_flags & PF_W)
        return aspace_map_private(as, at, frame, skew + ph->p_filesz, size,
                                  protection(ph->p_flags), &mapped);
    if (ph->p_filesz != ph->p_memsz)
        return bad(path, "a read-only segment is larger than its data");
    return aspace_map_frames(as, at, frame, size, protection(ph->p_flags), &mapped);
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

Retcode elf_load(struct aspace *as, const char *path, struct program *out)
{
    struct romfs_file f;
    Elf64_Ehdr eh;
    if (!romfs_find(path, &f)) {
        klog_notice("kernel: the image has no file %s", path);
        return rcResourceNotFound;
    }
    if (f.size < sizeof eh)
        return bad(path, "too short");
    copy_bytes(&eh, f.data, sizeof eh);
    if (__builtin_memcmp(eh.e_ident, ELFMAG, SELFMAG) || eh.e_ident[EI_CLASS] != ELFCLASS64 ||
        eh.e_machine != ARCH_ELF_MACHINE || eh.e_type != ET_EXEC)
        return bad(path, "not a static ELF64 program for this machine");
    if (eh.e_phentsize != sizeof(Elf64_Phdr) || eh.e_phnum > SEGMENTS_MAX || eh.e_phoff > f.size ||
        eh.e_phnum * sizeof(Elf64_Phdr) > f.size - eh.e_phoff)
        return bad(path, "damaged program headers");
    *out = (struct program){.entry = eh.e_entry, .phnum = eh.e_phnum};
    for (int i = 0; i < eh.e_phnum; i++) {
        Elf64_Phdr ph;
        copy_bytes(&ph, f.data + eh.e_phoff + (size_t)i * sizeof ph, sizeof ph);
        if (ph.p_type == PT_INTERP || ph.p_type == PT_DYNAMIC)
            return bad(path, "dynamically linked");
        if (ph.p_type == PT_NOTE && !is_for_this_kernel(path, &f, &ph))
            return rcInvalidArgument;
        if (ph.p_type != PT_LOAD || ph.p_memsz == 0)
            continue;
        Retcode rc = map_segment(as, path, &f, &ph);
        if (rc != rcOk)
            return rc;
        if (eh.e_phoff >= ph.p_offset && eh.e_phoff < ph.p_offset + ph.p_filesz)
            out->phdr = ph.p_vaddr + (eh.e_phoff - ph.p_offset);
    }
    return rcOk;
}
