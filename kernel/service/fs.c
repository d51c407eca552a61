/*
 * service/fs.c: kl.core.FS: the files of the image, read sector by sector.
 *
 * An open file's id is its number and a mark, so that neither zero nor a handle of another kind is
 * taken for one. There is no state behind it, hence nothing to exhaust and nothing to leak.
 */
#include "core/romfs.h"
#include "core/text.h"
#include "service/kcall.h"

#include <kl/core/Core.edl.h>
#include <core_services.h>
#include <tessera/romfs.h>

#define ID_MARK 0x46530000u /* "FS" */
#define ID_MASK 0x0000ffffu

static Retcode find(uint32_t id, struct romfs_file *file)
{
    if ((id & ~ID_MASK) != ID_MARK || !romfs_at(id & ID_MASK, NULL, file))
        return rcInvalidArgument;
    return rcOk;
}

Retcode service_fs_open(struct kcall *call, const kl_core_FS_Open_req *req,
                        kl_core_FS_Open_res *res)
{
    char name[ROMFS_NAME_MAX];
    const char *other;
    struct romfs_file file;
    Retcode rc = kcall_string(call, req->name, name, sizeof name);
    if (rc != rcOk)
        return req->name.size > sizeof name ? rcResourceNotFound : rc;
    for (uint32_t i = 0; i <= ID_MASK && romfs_at(i, &other, &file); i++) {
        if (text_is(name, other)) {
            res->handle = ID_MARK | i;
            return rcOk;
        }
    }
    return rcResourceNotFound;
}

Retcode service_fs_close(struct kcall *call, const kl_core_FS_Close_req *req,
                         kl_core_FS_Close_res *res)
{
    struct romfs_file file;
    (void)call, (void)res;
    return find(req->handle, &file);
}

Retcode service_fs_read(struct kcall *call, const kl_core_FS_Read_req *req,
                        kl_core_FS_Read_res *res)
{
    struct romfs_file file;
    Retcode rc = find(req->handle, &file);
    if (rc != rcOk)
        return rc;
    uint64_t sectors = (file.size + kl_core_FS_SectorSize - 1) / kl_core_FS_SectorSize, size = 0;
    const uint8_t *from = file.data;
    if (req->sectorNumber < sectors) {
        uint64_t at = req->sectorNumber * kl_core_FS_SectorSize;
        from += at;
        size = file.size - at;
        if (size > kl_core_FS_SectorSize)
            size = kl_core_FS_SectorSize;
    }
    rc = kcall_store(call, &res->data, from, (uint32_t)size);
    if (rc == rcOk)
        res->read = (uint32_t)size;
    return rc;
}

Retcode service_fs_getsize(struct kcall *call, const kl_core_FS_GetSize_req *req,
                           kl_core_FS_GetSize_res *res)
{
    struct romfs_file file;
    (void)call;
    Retcode rc = find(req->handle, &file);
    if (rc == rcOk)
        res->size = file.size;
    return rc;
}

Retcode service_fs_getid(struct kcall *call, const kl_core_FS_GetId_req *req,
                         kl_core_FS_GetId_res *res)
{
    struct romfs_file file;
    (void)call;
    Retcode rc = find(req->handle, &file);
    if (rc == rcOk)
        res->id = req->handle & ID_MASK;
    return rc;
}

Retcode service_fs_count(struct kcall *call, const kl_core_FS_Count_req *req,
                         kl_core_FS_Count_res *res)
{
    (void)call, (void)req;
    res->count = romfs_count();
    return rcOk;
}

Retcode service_fs_getinfo(struct kcall *call, const kl_core_FS_GetInfo_req *req,
                           kl_core_FS_GetInfo_res *res)
{
    const char *name;
    struct romfs_file file;
    if (!romfs_at(req->index, &name, &file))
        return rcResourceNotFound;
    Retcode rc = kcall_store(call, &res->name, name, (uint32_t)text_length(name) + 1);
    if (rc == rcOk)
        res->id = req->index;
    return rc;
}

Retcode service_fs_getfssize(struct kcall *call, const kl_core_FS_GetFsSize_req *req,
                             kl_core_FS_GetFsSize_res *res)
{
    (void)call, (void)req;
    res->size = romfs_size();
    return rcOk;
}
