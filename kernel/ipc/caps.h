/*
 * ipc/caps.h: handles inside messages.
 *
 * Three phases (design: M3, M8). caps_check looks at every handle of a captured constant part and
 * reserves room at the receiver; caps_write puts the numbers that the receiver will see into the
 * constant part; caps_commit makes the handles and cannot fail. All handles arrive, or none.
 *
 * A handle whose receiver holds an ancestor of it is dereferenced: the receiver gets that ancestor, the
 * sender's rights, and the context of the transfer.
 */
#ifndef IPC_CAPS_H
#define IPC_CAPS_H

#include <rtl/retcode.h>
#include <tessera/formats.h>

struct badge;
struct handle_entry;
struct process;

#define CAPS_MAX 64 /* handles of one constant part; IDL allows 7 parameters of type Handle */

struct cap {
    struct handle_entry *from;     /* null: no handle was sent */
    struct handle_entry *ancestor; /* dereferenced: the receiver's own */
    struct badge *badge;           /* transfer context given with the transfer, or null */
    uint32_t rights;
    uint64_t context; /* when dereferenced */
};
struct caps {
    uint32_t n;
    struct cap cap[CAPS_MAX];
};

/* rcInvalidArgument (not a handle, or a badge that is none or was used), rcHandleRevoked,
 * rcSecurityDisallow (no right to transfer, or more rights than held), rcQuotaExceeded and rcOutOfMemory
 * (the receiver's). */
Retcode caps_check(struct caps *caps, const struct ksm_form *form, const void *constant,
                   struct process *from, struct process *to);
void caps_write(const struct caps *caps, const struct ksm_form *form, void *constant,
                struct process *to);
void caps_commit(const struct caps *caps, struct process *to);
/* Context and rights that the owner of a callable handle sees. */
uint64_t caps_context(struct handle_entry *e, struct process *owner, uint32_t *rights);

#endif
