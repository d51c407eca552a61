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
struct thread;
struct tree_walk;

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

/* Steps that one look at the trees may take before the caller lets others run. */
#define CAPS_STEP 256u

/* rcRestart: more than `budget` steps would be needed; call again, with the same walk.
 * rcInvalidArgument (not a handle, or a badge that is none or was used), rcHandleRevoked,
 * rcSecurityDisallow (no right to transfer, or more rights than held), rcQuotaExceeded and rcOutOfMemory
 * (the receiver's). */
Retcode caps_check(struct caps *caps, struct tree_walk *walk, uint32_t budget,
                   const struct ksm_form *form, const void *constant, struct process *from,
                   struct process *to);
void caps_write(const struct caps *caps, const struct ksm_form *form, void *constant,
                struct process *to);
void caps_commit(const struct caps *caps, struct process *to);
/* Context and rights that the owner of a callable handle sees. rcRestart: call again. */
Retcode caps_context(struct tree_walk *walk, struct handle_entry *e, struct process *owner,
                     uint64_t *context, uint32_t *rights);

/* For the fast paths: caps_check and caps_write for a message from one thread's process to another's. False:
 * something is wrong, takes longer, or is short of memory; nothing was allocated, the general path will tell. */
bool caps_prepare(struct caps *caps, struct thread *from, struct thread *to,
                  const struct ksm_form *form, void *constant);

#endif
