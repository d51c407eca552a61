/*
 * service/audit.c: kl.core.Audit. No journals exist before the security module writes any, so every
 * name is unknown.
 */
#include "service/kcall.h"

#include <kl/core/Core.edl.h>
#include <core_services.h>

Retcode service_audit_open(struct kcall *call, const kl_core_Audit_Open_req *req,
                           kl_core_Audit_Open_res *res)
{
    char name[64];
    (void)res;
    Retcode rc = kcall_string(call, req->name, name, sizeof name);
    return rc == rcOk ? rcResourceNotFound : rc;
}

Retcode service_audit_close(struct kcall *call, const kl_core_Audit_Close_req *req,
                            kl_core_Audit_Close_res *res)
{
    (void)call;
    (void)req;
    (void)res;
    return rcInvalidArgument;
}

Retcode service_audit_read(struct kcall *call, const kl_core_Audit_Read_req *req,
                           kl_core_Audit_Read_res *res)
{
    (void)call;
    (void)req;
    (void)res;
    return rcInvalidArgument;
}
