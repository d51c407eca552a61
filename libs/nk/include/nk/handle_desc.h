/*
 * nk/handle_desc.h: packing a handle into its transport container and reading what was received.
 *
 * nk/types.h brings this in. A container that was received is one of two things: a new handle of
 * the receiver's own (a transfer), or, when the handle came back to a process that it once left,
 * the sender's rights and the context given with that transfer (a dereference).
 */
#ifndef NK_HANDLE_DESC_H
#define NK_HANDLE_DESC_H

#include <nk/errno.h>
#include <nk/types.h>

/* Set by the kernel in `rights` of a received container. */
#define NK_RIGHTS_DEREFERENCED ((nk_rights_t)0x80000000u)

/* In a sent container: whatever rights the sender's handle has now. */
#define NK_RIGHTS_SAME ((nk_rights_t)0x7fffffffu)

static inline nk_handle_desc_t nk_handle_desc_make_(nk_handle_t handle, nk_rights_t rights,
                                                    nk_handle_t badge)
{
    nk_handle_desc_t desc;

    desc.handle = handle;
    desc.rights = rights;
    desc.badge = badge;
    return desc;
}

static inline nk_handle_desc_t nk_handle_desc_0_(void)
{
    return nk_handle_desc_make_(NK_INVALID_HANDLE, 0, 0);
}

static inline nk_handle_desc_t nk_handle_desc_1_(nk_handle_t handle)
{
    return nk_handle_desc_make_(handle, NK_RIGHTS_SAME, 0);
}

static inline nk_handle_desc_t nk_handle_desc_2_(nk_handle_t handle, nk_rights_t rights)
{
    return nk_handle_desc_make_(handle, rights, 0);
}

static inline nk_handle_desc_t nk_handle_desc_3_(nk_handle_t handle, nk_rights_t rights,
                                                 nk_handle_t badge)
{
    return nk_handle_desc_make_(handle, rights, badge);
}

/*
 * nk_handle_desc([handle [, rights [, badge]]]): a container to send. Without arguments it is
 * empty; without rights the receiver gets the rights that the handle has; badge is the handle of an
 * object from KnHandleCreateBadge() that ties this transfer to a context.
 */
#define nk_handle_desc(...)                                                                        \
    NK_HANDLE_DESC_PICK_(0, ##__VA_ARGS__, nk_handle_desc_3_, nk_handle_desc_2_,                   \
                         nk_handle_desc_1_, nk_handle_desc_0_, 0)(__VA_ARGS__)
#define NK_HANDLE_DESC_PICK_(zero, a, b, c, name, ...) name

/* The handle in a container, or NK_INVALID_HANDLE. */
static inline nk_handle_t nk_get_handle(const nk_handle_desc_t *desc)
{
    return desc->handle;
}

/* The rights of a received handle; of a dereferenced one the rights that its sender had. */
static inline nk_rights_t nk_get_rights(const nk_handle_desc_t *desc)
{
    return desc->rights & ~NK_RIGHTS_DEREFERENCED;
}

/* Non-zero if the container was received by a dereference, zero if by a transfer. */
static inline nk_bool_t nk_is_handle_dereferenced(const nk_handle_desc_t *desc)
{
    return (desc->rights & NK_RIGHTS_DEREFERENCED) != 0;
}

/* The context of a dereferenced handle. NK_EINVAL if the handle was not dereferenced. */
static inline nk_err_t nk_get_badge(const nk_handle_desc_t *desc, nk_badge_t *badge)
{
    if (!nk_is_handle_dereferenced(desc)) {
        return NK_EINVAL;
    }
    *badge = desc->badge;
    return NK_EOK;
}

/* The context of a dereferenced handle whose sender holds every right of `operation`; NK_EPERM if
 * one is missing, NK_EINVAL if the handle was not dereferenced. */
static inline nk_err_t nk_get_badge_op(const nk_handle_desc_t *desc, nk_rights_t operation,
                                       nk_badge_t *badge)
{
    if ((nk_get_rights(desc) & operation) != operation) {
        return NK_EPERM;
    }
    return nk_get_badge(desc, badge);
}

#endif
