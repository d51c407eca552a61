/*
 * coresrv/elf/elf_api.h: programs that are no files of the image: an ELF image in memory as the segments
 * that EntityInitFromSegEx and KosTaskInitFromSeg make a process of.
 *
 *     KnElfCreateVmSegEx(img, size, &entry, &segs, &n, ...);
 *     entity = EntityInitFromSegEx(info, name, path, n, entry, segs, ...);
 *     KnElfFreeVmSeg(segs, n);
 *
 * The image may lie: nothing outside of it is read, and what cannot be a program is refused.
 */
#ifndef CORESRV_ELF_ELF_API_H
#define CORESRV_ELF_ELF_API_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

struct elf_image;

/* Memory that a new process gets. Those of KnElfCreateVmSegEx belong together; others can be made by
 * hand, for fixed addresses: image null, everything else as wished. */
typedef struct VmSeg {
    rtl_uintptr_t va;    /* a page; of a program that can lie anywhere: from its beginning on */
    rtl_size_t size;     /* bytes; whole pages are taken */
    const void *data;    /* that it starts with; the rest is zero */
    rtl_size_t dataSize; /* at most size */
    rtl_uint32_t flags;  /* VMM_FLAG_READ, with VMM_FLAG_WRITE or VMM_FLAG_EXECUTE or neither */
    const struct elf_image *image;
} VmSeg;

#define VM_SEGS_MAX 32 /* of one image */

/*
 * The segments of a static ELF64 program, position-independent or not, with a copy of its data: img can
 * be freed. *entry: where it begins, as the segments' va. *symIndex, *strIndex: its sections of symbols and
 * of their names, with sizes; zeros if it has none. *hdrData: its file header and program headers, which
 * go with the segments. The results but entry, segs and segsCount may be null pointers; none is set on
 * failure. rcInvalidArgument, with the reason on the console: no such program for this machine and this
 * kernel; segments that overlap, lie outside of img, or are writable and executable at once; an entry
 * that is not in executable memory; a program that needs a dynamic linker. rcOutOfMemory.
 */
Retcode KnElfCreateVmSegEx(const void *img, rtl_size_t size, rtl_uintptr_t *entry, VmSeg **segs,
                           rtl_size_t *segsCount, unsigned *symIndex, rtl_size_t *symSize,
                           unsigned *strIndex, rtl_size_t *strSize, void **hdrData,
                           rtl_size_t *hdrSize);
/* The same without symbols and headers. */
Retcode KnElfCreateVmSeg(const void *img, rtl_size_t size, rtl_uintptr_t *entry, VmSeg **segs,
                         rtl_size_t *segsCount);
/* Frees what these gave; processes made of it go on. Null is allowed. */
void KnElfFreeVmSeg(VmSeg *segs, rtl_size_t segsCount);

__RTL_END_DECLS

#endif
