/*
 * loading.c: see core/loading.h.
 */
#include "core/loading.h"

#include "core/process.h"
#include "mm/frame.h"
#include "mm/load.h"
#include "object/mdl.h"

#define PHDR_SIZE  56u /* of Elf64_Phdr */
#define PHDRS_MAX  64u

static bool may_load(const struct process *p)
{
    return p->state == PROCESS_STOPPED && !p->program.is_file;
}

Retcode loading_begin(struct process *p, const struct loading_segment *s, uint32_t prot)
{
    uint64_t at;
    if (!may_load(p))
        return rcInvalidOperation;
    if ((s->va | s->offset) & PAGE_MASK || !(prot & ACCESS_READ))
        return rcInvalidArgument;
    if (s->memory_size == 0 || s->va < USER_LOW || s->va >= USER_TOP ||
        s->memory_size > USER_TOP - s->va || s->size > s->memory_size)
        return rcInvalidArgument;
    if (s->size && (s->size > mdl_size(s->mdl) || s->offset > mdl_size(s->mdl) - s->size))
        return rcInvalidArgument;
    return aspace_allocate(p->aspace, s->va, s->memory_size, prot | VM_COMMIT | VM_FIXED, &at);
}

/* Pages of shared memory that nobody touched are zeros, as the segment's are already. */
static Retcode copy_page(struct process *p, const struct loading_segment *s, uint64_t n)
{
    paddr frame = shared_find(&s->mdl->memory, (s->offset + s->done) >> PAGE_SHIFT);
    return frame ? aspace_load_page(p->aspace, s->va + s->done, frame_to_virt(frame), n) : rcOk;
}

Retcode loading_step(struct process *p, struct loading_segment *s)
{
    if (!may_load(p))
        return rcInvalidOperation;
    for (unsigned i = 0; i < VM_STEP_ZERO && s->done < s->size; i++) {
        uint64_t left = s->size - s->done, n = left < PAGE_SIZE ? left : PAGE_SIZE;
        Retcode rc = copy_page(p, s, n);
        if (rc != rcOk)
            return rc;
        s->done += n;
    }
    return s->done < s->size ? rcRestart : rcOk;
}

Retcode loading_set_entry(struct process *p, uint64_t entry, uint64_t base, uint64_t phdr,
                          uint32_t phnum)
{
    if (!may_load(p))
        return rcInvalidOperation;
    if (!aspace_is_executable(p->aspace, entry) || base & PAGE_MASK || base >= USER_TOP ||
        phnum > PHDRS_MAX || phdr > USER_TOP - PHDRS_MAX * PHDR_SIZE)
        return rcInvalidArgument;
    Retcode rc = process_set_headers(p, phdr, phnum);
    if (rc == rcOk)
        p->program = (struct program){.base = base, .entry = entry, .phdr = phdr, .phnum = phnum};
    return rc;
}
