/*
 * fs.c: files of the image (coresrv/fs/fs_api.h).
 */
#include "core_call.h"

#include <coresrv/fs/fs_api.h>
#include <string.h>

Retcode KnFsOpen(const char *name, rtl_uint32_t *file)
{
    kl_core_FS_Open_req req = {0};
    kl_core_FS_Open_res res;
    struct core_arenas arenas = {.in = name};
    Retcode rc;

    if (!name || !file) {
        return rcInvalidArgument;
    }
    arenas.in_size = strlen(name) + 1;
    if (arenas.in_size > kl_core_FS_Open_req_arena_size) {
        return rcResourceNotFound;
    }
    req.name.size = (nk_uint32_t)arenas.in_size;
    rc = CORE_CALL_LONG(fs_FS, FS, Open, req, res, &arenas);
    if (rc == rcOk) {
        *file = res.handle;
    }
    return rc;
}

Retcode KnFsClose(rtl_uint32_t file)
{
    kl_core_FS_Close_req req = {.handle = file};
    kl_core_FS_Close_res res;

    return CORE_CALL(fs_FS, FS, Close, req, res);
}

/* The part of one sector that belongs to [offset, offset + size). */
static Retcode read_sector(rtl_uint32_t file, rtl_uint64_t offset, char *to, rtl_size_t size,
                           rtl_size_t *done)
{
    kl_core_FS_Read_req req = {.handle = file, .sectorNumber = offset / kl_core_FS_SectorSize};
    kl_core_FS_Read_res res;
    char data[kl_core_FS_SectorSize];
    struct core_arenas arenas = {.out = data, .out_capacity = sizeof(data)};
    rtl_size_t skip = offset % kl_core_FS_SectorSize, n;
    Retcode rc = CORE_CALL_LONG(fs_FS, FS, Read, req, res, &arenas);

    *done = 0;
    if (rc != rcOk) {
        return rc;
    }
    if (res.data.size > sizeof(data) || res.data.offset > sizeof(data) - res.data.size) {
        return rcInternalError;
    }
    if (skip < res.data.size) {
        n = res.data.size - skip;
        *done = n < size ? n : size;
        memcpy(to, data + res.data.offset + skip, *done);
    }
    return rcOk;
}

Retcode KnFsRead(rtl_uint32_t file, rtl_uint64_t offset, void *buf, rtl_size_t size,
                 rtl_size_t *read)
{
    char *to = buf;
    rtl_size_t total = 0, done;

    if (!read || (!buf && size)) {
        return rcInvalidArgument;
    }
    do {
        Retcode rc = read_sector(file, offset + total, to + total, size - total, &done);

        if (rc != rcOk) {
            return rc;
        }
        total += done;
    } while (done && total < size);
    *read = total;
    return rcOk;
}

Retcode KnFsGetSize(rtl_uint32_t file, rtl_uint64_t *size)
{
    kl_core_FS_GetSize_req req = {.handle = file};
    kl_core_FS_GetSize_res res;
    Retcode rc = CORE_CALL(fs_FS, FS, GetSize, req, res);

    if (rc == rcOk) {
        *size = res.size;
    }
    return rc;
}

Retcode KnFsGetId(rtl_uint32_t file, rtl_uint32_t *id)
{
    kl_core_FS_GetId_req req = {.handle = file};
    kl_core_FS_GetId_res res;
    Retcode rc = CORE_CALL(fs_FS, FS, GetId, req, res);

    if (rc == rcOk) {
        *id = res.id;
    }
    return rc;
}

Retcode KnFsCount(rtl_uint32_t *count)
{
    kl_core_FS_Count_req req = {0};
    kl_core_FS_Count_res res;
    Retcode rc = CORE_CALL(fs_FS, FS, Count, req, res);

    if (rc == rcOk) {
        *count = res.count;
    }
    return rc;
}

Retcode KnFsGetInfo(rtl_uint32_t index, char *name, rtl_size_t size, rtl_uint32_t *id)
{
    kl_core_FS_GetInfo_req req = {.index = index};
    kl_core_FS_GetInfo_res res;
    char answer[kl_core_FS_GetInfo_res_arena_size];
    struct core_arenas arenas = {.out = answer, .out_capacity = sizeof(answer)};
    Retcode rc;

    if (!name || !id) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL_LONG(fs_FS, FS, GetInfo, req, res, &arenas);
    if (rc != rcOk) {
        return rc;
    }
    *id = res.id;
    return core_copy_text(&arenas, &res.name, name, size);
}

Retcode KnFsGetFsSize(rtl_uint64_t *size)
{
    kl_core_FS_GetFsSize_req req = {0};
    kl_core_FS_GetFsSize_res res;
    Retcode rc = CORE_CALL(fs_FS, FS, GetFsSize, req, res);

    if (rc == rcOk) {
        *size = res.size;
    }
    return rc;
}
