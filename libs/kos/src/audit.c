/*
 * audit.c: the security module's records (coresrv/audit/audit_api.h).
 */
#include "core_call.h"

#include <coresrv/audit/audit_api.h>
#include <string.h>

Retcode KnAudOpen(const char *journal, Handle *handle)
{
    kl_core_Audit_Open_req req = {0};
    kl_core_Audit_Open_res res;
    struct core_arenas arenas = {.in = journal};
    Retcode rc;

    if (!journal || !handle) {
        return rcInvalidArgument;
    }
    arenas.in_size = strlen(journal) + 1;
    if (arenas.in_size > kl_core_Audit_Open_req_arena_size) {
        return rcResourceNotFound;
    }
    req.name.size = (nk_uint32_t)arenas.in_size;
    rc = CORE_CALL_LONG(audit_Audit, Audit, Open, req, res, &arenas);
    if (rc == rcOk) {
        *handle = res.handle;
    }
    return rc;
}

Retcode KnAudRead(Handle handle, void *buf, rtl_size_t bufSize, rtl_size_t *size,
                  rtl_uint32_t *dropped)
{
    kl_core_Audit_Read_req req = {.handle = handle};
    kl_core_Audit_Read_res res;
    char record[KN_AUDIT_RECORD_SIZE];
    struct core_arenas arenas = {.out = record, .out_capacity = sizeof(record)};
    Retcode rc;

    if (!buf || !size) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL_LONG(audit_Audit, Audit, Read, req, res, &arenas);
    if (rc != rcOk) {
        return rc;
    }
    if (res.msg.size > sizeof(record) || res.msg.offset > sizeof(record) - res.msg.size) {
        return rcInternalError;
    }
    if (dropped) {
        *dropped = res.outDropMsgs;
    }
    if (res.msg.size > bufSize) {
        return rcBufferTooSmall;
    }
    memcpy(buf, record + res.msg.offset, res.msg.size);
    *size = res.msg.size;
    return rcOk;
}

Retcode KnAudClose(Handle handle)
{
    kl_core_Audit_Close_req req = {.handle = handle};
    kl_core_Audit_Close_res res;

    return CORE_CALL(audit_Audit, Audit, Close, req, res);
}
