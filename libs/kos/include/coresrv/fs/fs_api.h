/*
 * coresrv/fs/fs_api.h: files of the image, to read; no file system server is needed.
 */
#ifndef CORESRV_FS_FS_API_H
#define CORESRV_FS_FS_API_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

/* An id to read the file by; it is no handle of an object. rcResourceNotFound: the image has no file of
 * that name. */
Retcode KnFsOpen(const char *name, rtl_uint32_t *file);
/* rcInvalidArgument, here and below: no id of a file. */
Retcode KnFsClose(rtl_uint32_t file);
/* At most size bytes from offset on; *read gets their number, less than size only at the file's end.
 * Nothing is stored in *read on failure. */
Retcode KnFsRead(rtl_uint32_t file, rtl_uint64_t offset, void *buf, rtl_size_t size,
                 rtl_size_t *read);
Retcode KnFsGetSize(rtl_uint32_t file, rtl_uint64_t *size);
/* The number of the file in the image, from 0. */
Retcode KnFsGetId(rtl_uint32_t file, rtl_uint32_t *id);
/* How many files there are. */
Retcode KnFsCount(rtl_uint32_t *count);
/* Name and number of file `index`. rcBufferTooSmall: the name was cut to fit. rcResourceNotFound: there
 * are not so many. */
Retcode KnFsGetInfo(rtl_uint32_t index, char *name, rtl_size_t size, rtl_uint32_t *id);
/* Bytes of the whole file system. */
Retcode KnFsGetFsSize(rtl_uint64_t *size);

__RTL_END_DECLS

#endif
