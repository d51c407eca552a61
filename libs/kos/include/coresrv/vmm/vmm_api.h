/*
 * coresrv/vmm/vmm_api.h: the caller's address space, and memory that processes share. Addresses and
 * sizes are multiples of 4 KiB (sizes are rounded up).
 */
#ifndef CORESRV_VMM_VMM_API_H
#define CORESRV_VMM_VMM_API_H

#include <kos/base.h>
#include <vmm/flags.h>

__RTL_BEGIN_DECLS

/*
 * Reserves addresses (VMM_FLAG_RESERVE, always set), which costs nothing until they are used; with
 * VMM_FLAG_COMMIT memory for them too, zeroed, given when it is touched, and with VMM_FLAG_LOCKED
 * beside that at once. `addr` is a wish, or with VMM_FLAG_FIXED an order; null leaves the choice to
 * the kernel. Protection: none, VMM_FLAG_READ, and with that VMM_FLAG_WRITE or VMM_FLAG_EXECUTE. All
 * three (VMM_FLAG_RWX_MASK) ask the kernel by methods of their own, VMM.AllocateRwx and VMM.ProtectRwx,
 * which a policy can refuse. VMM_FLAG_LOW_GUARD, _HIGH_GUARD: one page more on that side that is never accessible.
 * VMM_FLAG_GROW_DOWN says that it will be used from the top and changes nothing. Caching other than
 * VMM_FLAG_WRITE_BACK, VMM_FLAG_ALIAS and unknown flags are refused. Null on failure.
 */
void *KnVmAllocate(void *addr, rtl_size_t size, int flags);
/* The next three do all of the range or, on failure, nothing. All: rcInvalidArgument: not whole
 * pages, a page that is not reserved, a guard, unknown flags. */
/* Gives reserved pages memory, zeroed; what has some keeps it. `flags`: VMM_FLAG_LOCKED for frames
 * at once. rcQuotaExceeded, rcOutOfMemory. */
Retcode KnVmCommit(void *addr, rtl_size_t size, int flags);
/* Takes their memory back; the addresses stay reserved. rcInvalidArgument also: shared memory, or
 * the program's constants. rcOutOfMemory. */
Retcode KnVmDecommit(void *addr, rtl_size_t size);
/* Changes the protection, of reserved pages too. rcSecurityDisallow: the policy refuses it (writing
 * together with executing has a method of its own), or it is more than the memory allows; rcInvalidArgument also: writing or executing without
 * reading; rcOutOfMemory. */
Retcode KnVmProtect(void *addr, rtl_size_t size, int newFlags);
/* Gives addresses and memory back; holes in the range do not matter. rcInvalidArgument: nothing is
 * there. Of shared memory: ends this showing of it, or a part. */
Retcode KnVmUnmap(void *addr, rtl_size_t size);

/* What KnVmQuery tells. */
typedef struct KnVmInfo {
    void *base;        /* of the part of the address space that is alike throughout */
    rtl_size_t size;   /* of that part, in bytes */
    /* Zero: free. VMM_FLAG_RESERVE; with VMM_FLAG_LOW_GUARD: a guard page, with VMM_FLAG_COMMIT: it
     * has memory. VMM_FLAG_READ, _WRITE, _EXECUTE. VMM_FLAG_ALIAS: it shows shared memory.
     * VMM_FLAG_LOCKED: the page at the address has its frame. */
    rtl_uint32_t flags;
} KnVmInfo;
/* What there is around an address. rcInvalidArgument: no address of programs, or a null pointer. */
Retcode KnVmQuery(const void *addr, KnVmInfo *info);

/*
 * Shared memory (MDL). A handle of it is sent by IPC like any other (OCAP_HANDLE_TRANSFER) and
 * mapped by whoever has it, any number of times. A mapping allows at most what the rights of its
 * handle do (OCAP_MDL_READ, _WRITE, _EXEC), and stays when that handle is closed; revoking the
 * handle, or one that it was derived from, unmaps at once. The memory lives until the last handle
 * and the last mapping are gone, and is charged to its maker until then.
 *
 * `flags` of the three that create: what any mapping may ever be, VMM_FLAG_READ, VMM_FLAG_WRITE,
 * VMM_FLAG_EXECUTE (none of them: READ and WRITE), never writable and executable at once
 * (rcSecurityDisallow). *handle has OCAP_MDL_FULL as far as they allow, and stays untouched on
 * failure. All: rcInvalidArgument (a size of zero or that cannot be, a pointer that is null or not
 * at a page, a handle of another kind), rcHandleRevoked, rcQuotaExceeded, rcOutOfMemory.
 */

/* New memory of zeros, given frames when touched, or at once with VMM_FLAG_LOCKED. */
Retcode KnPmmMdlCreate(rtl_size_t size, int flags, Handle *handle);
/* With a copy of `size` bytes of any address; zeros fill the last page. rcSourceFault: the bytes
 * cannot be read. */
Retcode KnPmmMdlCreateFromBuf(const void *buf, rtl_size_t size, int flags, Handle *handle);
/* The caller's own committed memory, whole pages of one KnVmAllocate, becomes shared memory with
 * its contents and stays where it is, now as a mapping. */
Retcode KnPmmMdlCreateFromVm(void *addr, rtl_size_t size, int flags, Handle *handle);
/* Shows [offset, offset + size) at an address that the kernel chooses, or at `hint`
 * (VMM_FLAG_FIXED: there or rcAlreadyExists). `flags`: protection, VMM_FLAG_LOW_GUARD, _HIGH_GUARD,
 * _LOCKED. Needs OCAP_MDL_READ, and OCAP_MDL_WRITE or OCAP_MDL_EXEC for such a mapping
 * (rcSecurityDisallow). */
Retcode KnPmmMdlMap(Handle handle, rtl_size_t offset, rtl_size_t size, void *hint, int flags,
                    void **addr);
/* Its size in bytes: whole pages. Needs no right. */
Retcode KnPmmMdlGetSize(Handle handle, rtl_size_t *size);
/* New memory with a copy of the contents and the same possible protections. Needs OCAP_MDL_READ. */
Retcode KnPmmMdlClone(Handle orig, Handle *clone);

__RTL_END_DECLS

#endif
