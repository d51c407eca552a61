/*
 * coresrv/nk/transport-kos-security.h: asking the security module.
 *
 * A process class names security interfaces in its EDL (`security a.b.Interface`), and so may its
 * components. A proxy of such an interface over this transport asks the policy's `security` rules: the
 * call returns NK_EOK if they grant it and NK_EPERM if not. What follows is the caller's to enforce.
 *
 *     NkKosSecurityTransport transport;
 *     struct kl_drivers_Guard_proxy guard;
 *     NkKosSecurityTransport_Init(&transport);
 *     kl_drivers_Guard_proxy_init(&guard, &transport.base, kl_drivers_X_securityIid);
 *     if (kl_drivers_Guard_Register(&guard.base, &req, NULL, &res, NULL) != NK_EOK)
 *         ...
 */
#ifndef CORESRV_NK_TRANSPORT_KOS_SECURITY_H
#define CORESRV_NK_TRANSPORT_KOS_SECURITY_H

#include <kos/base.h>
#include <nk/transport.h>

__RTL_BEGIN_DECLS

typedef struct NkKosSecurityTransport {
    struct nk_transport base;
    Handle handle; /* of the security module */
} NkKosSecurityTransport;

/* Opens a handle of the security module (KnHandleSecurityConnect). NK_EOK; NK_EPERM: the policy does not
 * let the process use kl.core.Handle.SecurityConnect; NK_ENOMEM. On failure every question is answered by
 * NK_ENOTCONN. */
nk_err_t NkKosSecurityTransport_Init(NkKosSecurityTransport *transport);

/* Closes the handle. */
void NkKosSecurityTransport_Fini(NkKosSecurityTransport *transport);
#define NkKosSecurityTransport_Deinit NkKosSecurityTransport_Fini

__RTL_END_DECLS

#endif
