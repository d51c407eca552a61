/*
 * memory.c: mmap and its companions on the kernel's address-space calls.
 *
 * Memory is charged when it is committed: a mapping with any access at once, one of PROT_NONE when
 * mprotect gives it access, so that reserving addresses costs nothing. Frames come when pages are
 * touched. Whether pages may be writable and executable at once is the policy's decision. There are no
 * files to map, and nobody to share with.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

#include "layer.h"

#define PAGE       4096ul
#define ALL_PROT   (PROT_READ | PROT_WRITE | PROT_EXEC)
#define SIZE_LIMIT ((size_t)1 << 47)

/* Rounds up to pages; zero stands for a size that cannot be. */
static size_t whole_pages(size_t size)
{
    return size > SIZE_LIMIT ? 0 : (size + PAGE - 1) & ~(PAGE - 1);
}

static int is_aligned(const void *addr)
{
    return ((uintptr_t)addr & (PAGE - 1)) == 0;
}

static int vmm_protection(int prot)
{
    int flags = 0;

    if (prot & PROT_READ) {
        flags |= VMM_FLAG_READ;
    }
    if (prot & PROT_WRITE) {
        flags |= VMM_FLAG_READ | VMM_FLAG_WRITE;
    }
    if (prot & PROT_EXEC) {
        flags |= VMM_FLAG_READ | VMM_FLAG_EXECUTE;
    }
    return flags;
}

static int is_writable_code(int prot)
{
    return (prot & PROT_WRITE) && (prot & PROT_EXEC);
}

static long check_mmap(const void *addr, size_t size, int prot, int flags, int fd)
{
    if (size == 0 || (prot & ~ALL_PROT) || ((flags & MAP_FIXED) && !is_aligned(addr))) {
        return -EINVAL;
    }
    if (!(flags & MAP_ANONYMOUS)) {
        return fd < 0 ? -EBADF : -ENODEV;
    }
    return whole_pages(size) ? 0 : -ENOMEM;
}

long kos_mmap(void *addr, size_t size, int prot, int flags, int fd)
{
    int first = is_writable_code(prot) ? PROT_READ | PROT_WRITE : prot;
    int vmm = VMM_FLAG_RESERVE | vmm_protection(first);
    long err = check_mmap(addr, size, prot, flags, fd);
    void *got = NULL;

    if (err) {
        return err;
    }
    size = whole_pages(size);
    if (prot != PROT_NONE) {
        vmm |= VMM_FLAG_COMMIT;
    }
    if (flags & (MAP_POPULATE | MAP_LOCKED)) {
        vmm |= VMM_FLAG_LOCKED;
    }
    if (flags & MAP_FIXED) {
        KnVmUnmap(addr, size); /* whatever is there; nothing there is no error */
        vmm |= VMM_FLAG_FIXED;
    }
    got = KnVmAllocate(is_aligned(addr) ? addr : NULL, size, vmm);
    if (!got && addr && !(flags & MAP_FIXED)) {
        got = KnVmAllocate(NULL, size, vmm);
    }
    while (!got && kos_stacks_free()) {
        got = KnVmAllocate(flags & MAP_FIXED ? addr : NULL, size, vmm);
    }
    if (got && first != prot && KnVmProtect(got, size, vmm_protection(prot)) != rcOk) {
        KnVmUnmap(got, size);
        return -EACCES; /* the policy says why */
    }
    return got ? (long)(uintptr_t)got : -ENOMEM;
}

long kos_munmap(void *addr, size_t size)
{
    if (!is_aligned(addr) || !whole_pages(size)) {
        return -EINVAL;
    }
    return kos_errno(KnVmUnmap(addr, whole_pages(size)));
}

/* Gives reserved pages memory and sets the protection. */
static Retcode give_access(void *addr, size_t size, int prot)
{
    Retcode rc = prot == PROT_NONE ? rcOk : KnVmCommit(addr, size, 0);

    return rc == rcOk ? KnVmProtect(addr, size, vmm_protection(prot)) : rc;
}

long kos_mprotect(void *addr, size_t size, int prot)
{
    if (!is_aligned(addr) || (prot & ~ALL_PROT)) {
        return -EINVAL;
    }
    if (size == 0) {
        return 0;
    }
    return whole_pages(size) ? kos_errno(give_access(addr, whole_pages(size), prot)) : -ENOMEM;
}

/* Advice may be ignored, except where the contents are said to change. */
long kos_madvise(int advice)
{
    switch (advice) {
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_FREE:
        return 0;
    default:
        return -EINVAL;
    }
}

/* Whether each page of a range is reserved, and has all of `flags`. */
static int is_mapped(const void *addr, size_t size, uint32_t flags)
{
    uintptr_t at = (uintptr_t)addr & ~(PAGE - 1), end = (uintptr_t)addr + size;

    while (at < end) {
        KnVmInfo info;

        if (KnVmQuery((void *)at, &info) != rcOk || (info.flags & flags) != flags) {
            return 0;
        }
        at = (uintptr_t)info.base + info.size;
    }
    return end >= (uintptr_t)addr;
}

/* There are no files to write to. */
long kos_msync(void *addr, size_t size, int flags)
{
    int known = MS_ASYNC | MS_SYNC | MS_INVALIDATE;

    if (!is_aligned(addr) || (flags & ~known) || (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC)) {
        return -EINVAL;
    }
    return is_mapped(addr, size, VMM_FLAG_RESERVE) ? 0 : -ENOMEM;
}

/* Memory never leaves: locking it takes the frames now. */
long kos_mlock(void *addr, size_t size)
{
    uintptr_t at = (uintptr_t)addr & ~(PAGE - 1);
    Retcode rc;

    if (!is_mapped(addr, size, VMM_FLAG_RESERVE | VMM_FLAG_READ)) {
        return -ENOMEM;
    }
    if (size == 0) {
        return 0;
    }
    rc = KnVmCommit((void *)at, whole_pages((uintptr_t)addr + size - at), VMM_FLAG_LOCKED);
    return kos_errno(rc);
}

long kos_munlock(void *addr, size_t size)
{
    return is_mapped(addr, size, VMM_FLAG_RESERVE) ? 0 : -ENOMEM;
}

long kos_mlockall(int flags)
{
    return flags == 0 || (flags & ~(MCL_CURRENT | MCL_FUTURE)) ? -EINVAL : 0;
}
