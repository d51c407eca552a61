/*
 * coresrv/vmm/vmm_api.h: the caller's address space. Addresses and sizes are multiples of 4 KiB
 * (sizes are rounded up).
 */
#ifndef CORESRV_VMM_VMM_API_H
#define CORESRV_VMM_VMM_API_H

#include <kos/base.h>
#include <vmm/flags.h>

__RTL_BEGIN_DECLS

/* Reserves addresses (VMM_FLAG_RESERVE), with VMM_FLAG_COMMIT memory for them too. `addr` is a
 * wish, or with VMM_FLAG_FIXED an order; null leaves the choice to the kernel. Null on failure. */
void *KnVmAllocate(void *addr, rtl_size_t size, int flags);
/* Gives reserved pages memory. `flags`: VMM_FLAG_LOCKED for frames at once. */
Retcode KnVmCommit(void *addr, rtl_size_t size, int flags);
/* Takes their memory back; the addresses stay reserved. */
Retcode KnVmDecommit(void *addr, rtl_size_t size);
/* Changes the protection to VMM_FLAG_READ and so on; never writable and executable at once
 * (rcSecurityDisallow). */
Retcode KnVmProtect(void *addr, rtl_size_t size, int newFlags);
/* Gives addresses and memory back. */
Retcode KnVmUnmap(void *addr, rtl_size_t size);

__RTL_END_DECLS

#endif
