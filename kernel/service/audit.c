/*
 * service/audit.c: kl.core.Audit: programs that read the security module's records.
 */
#include "core/process.h"
#include "core/text.h"
#include "policy/audit.h"
#include "service/kcall.h"

#include <kl/core/Core.edl.h>
#include <core_services.h>

enum { RIGHTS_READER = RIGHT_TRANSFER | RIGHT_COPY | RIGHT_GET_SID | RIGHT_GET_EVENT };

Retcode service_audit_open(struct kcall *call, const kl_core_Audit_Open_req *req,
                           kl_core_Audit_Open_res *res)
{
    struct process *p = call->process;
    struct audit_reader *r;
    char name[64];
    Retcode rc = kcall_string(call, req->name, name, sizeof name);
    if (rc == rcOk && !text_is(name, "kss"))
        rc = rcResourceNotFound;
    if (rc == rcOk)
        rc = handle_reserve(&p->handles, 1);
    if (rc == rcOk)
        rc = audit_reader_create(p->account, &r);
    if (rc != rcOk)
        return rc;
    res->handle = handle_install(&p->handles, &r->object, RIGHTS_READER);
    object_put(&r->object);
    return rcOk;
}

static Retcode find(struct kcall *call, handle_t h, struct audit_reader **out)
{
    struct object *o;
    Retcode rc = handle_get(&call->process->handles, h, OBJECT_AUDIT, 0, &o);
    if (rc == rcOk)
        *out = container_of(o, struct audit_reader, object);
    return rc;
}

Retcode service_audit_close(struct kcall *call, const kl_core_Audit_Close_req *req,
                            kl_core_Audit_Close_res *res)
{
    struct audit_reader *r;
    (void)res;
    Retcode rc = find(call, req->handle, &r);
    return rc == rcOk ? handle_close(&call->process->handles, req->handle) : rc;
}

Retcode service_audit_read(struct kcall *call, const kl_core_Audit_Read_req *req,
                           kl_core_Audit_Read_res *res)
{
    char record[AUDIT_RECORD_MAX];
    struct audit_reader *r;
    uint32_t used, lost;
    Retcode rc = find(call, req->handle, &r);
    if (rc != rcOk)
        return rc;
    audit_read(r, record, &used, &lost);
    res->outDropMsgs = lost;
    return kcall_store(call, &res->msg, record, used);
}
