/*
 * elf_image.h: between the reader of ELF images (elf_image.c) and what puts them into a process
 * (elf_load.c).
 */
#ifndef KOS_ELF_IMAGE_H
#define KOS_ELF_IMAGE_H

#include <coresrv/elf/elf_api.h>
#include <elf.h>

/* What segments of one image have in common; behind their array. */
struct elf_image {
    rtl_uintptr_t phdr; /* where the program headers lie, as the segments' va; zero: nowhere */
    rtl_uint32_t phnum;
    int is_movable; /* can lie anywhere: a base is added to every address */
    const Elf64_Rela *relocs; /* words that hold addresses; all lie in data of segments */
    rtl_size_t nrelocs;
};

/*
 * Gives the empty process `task` these segments and its entry. rcInvalidArgument: none, more than
 * VM_SEGS_MAX, of several images, or ones that the kernel refuses; rcAlreadyExists: they overlap;
 * rcSecurityDisallow: writable and executable, or the policy; rcOutOfMemory, rcQuotaExceeded. The process
 * cannot be used after a failure.
 */
Retcode elf_load(Handle task, rtl_size_t count, rtl_uintptr_t entry, const VmSeg *segs);

#endif
