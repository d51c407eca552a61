/*
 * service/vm_flags.h: what the two files of kl.core.VMM share: programs' flags as mm's, and giving a
 * new range its frames.
 */
#ifndef SERVICE_VM_FLAGS_H
#define SERVICE_VM_FLAGS_H

#include <stdint.h>

#include <rtl/retcode.h>
#include <tessera/flags.h>

#include "mm/aspace.h"

struct thread;

static inline uint32_t vm_protection(uint32_t flags)
{
    return (flags & VMM_FLAG_READ ? VM_READ : 0u) | (flags & VMM_FLAG_WRITE ? VM_WRITE : 0u) |
           (flags & VMM_FLAG_EXECUTE ? VM_EXEC : 0u);
}

/* The protections that a program may ask for, but for the two methods that say RWX: none, or reading,
 * with writing or executing.
 * rcInvalidArgument: writing or executing alone. rcSecurityDisallow: both. */
static inline Retcode vm_check_protection(uint32_t flags)
{
    if ((flags & VMM_FLAG_WRITE) && (flags & VMM_FLAG_EXECUTE))
        return rcSecurityDisallow;
    if ((flags & VMM_FLAG_RWX_MASK) && !(flags & VMM_FLAG_READ))
        return rcInvalidArgument;
    return rcOk;
}

/* And back. */
static inline uint32_t vm_protection_flags(uint32_t prot)
{
    return (prot & VM_READ ? VMM_FLAG_READ : 0u) | (prot & VM_WRITE ? VMM_FLAG_WRITE : 0u) |
           (prot & VM_EXEC ? VMM_FLAG_EXECUTE : 0u);
}

static inline uint32_t vm_region_flags(uint32_t flags)
{
    return vm_protection(flags) | (flags & VMM_FLAG_COMMIT ? VM_COMMIT : 0u) |
           (flags & VMM_FLAG_LOW_GUARD ? VM_LOW_GUARD : 0u) |
           (flags & VMM_FLAG_HIGH_GUARD ? VM_HIGH_GUARD : 0u) |
           (flags & VMM_FLAG_FIXED ? VM_FIXED : 0u);
}

/* Gives every page of a new range of the caller its frame, in steps, and answers {va, rc}; frees the
 * range if memory runs out. Returns KCALL_PENDING, or why it did not begin. */
Retcode vm_populate(struct thread *t, uint64_t va, uint64_t size);

#endif
