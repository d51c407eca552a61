/*
 * elf_load.c: puts the segments of a program into an empty process (elf_image.h).
 *
 * The kernel says where a program that can lie anywhere goes; its addresses are made right in shared
 * memory, from which the kernel copies the segment. So constant data is never writable in the new process.
 */
#include "core_call.h"
#include "elf_image.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <string.h>

/* Stores the bytes of a word that fall into the segment: it may reach over either end. */
static void store(unsigned char *data, const VmSeg *seg, uint64_t va, uint64_t value)
{
    for (unsigned i = 0; i < sizeof(value); i++, va++, value >>= 8) {
        if (va >= seg->va && va - seg->va < seg->dataSize) {
            data[va - seg->va] = (unsigned char)value;
        }
    }
}

static void relocate(unsigned char *data, const VmSeg *seg, uint64_t base)
{
    const struct elf_image *image = seg->image;

    for (rtl_size_t i = 0; image && image->is_movable && i < image->nrelocs; i++) {
        store(data, seg, image->relocs[i].r_offset, base + (uint64_t)image->relocs[i].r_addend);
    }
}

/* The segment's data as it will be in the process. */
static Retcode make_data(const VmSeg *seg, uint64_t base, Handle *mdl)
{
    void *at;
    Retcode rc = KnPmmMdlCreate(seg->dataSize, VMM_FLAG_READ | VMM_FLAG_WRITE, mdl);

    if (rc != rcOk) {
        return rc;
    }
    rc = KnPmmMdlMap(*mdl, 0, seg->dataSize, NULL, VMM_FLAG_READ | VMM_FLAG_WRITE | VMM_FLAG_LOCKED,
                     &at);
    if (rc != rcOk) {
        KnHandleClose(*mdl);
        return rc;
    }
    memcpy(at, seg->data, seg->dataSize);
    relocate(at, seg, base);
    return KnVmUnmap(at, seg->dataSize);
}

static Retcode load_segment(Handle task, const VmSeg *seg, uint64_t base)
{
    kl_core_Task_LoadSeg_req req = {
        .task = task,
        .size = seg->dataSize,
        .va = base + seg->va,
        .memorySize = seg->size,
        .flags = seg->flags,
    };
    kl_core_Task_LoadSeg_res res;
    struct core_arenas arenas = {0};
    Handle mdl = INVALID_HANDLE;
    Retcode rc = rcOk;

    if (seg->dataSize > seg->size || (seg->dataSize && !seg->data)) {
        return rcInvalidArgument;
    }
    if (seg->dataSize) {
        rc = make_data(seg, base, &mdl);
        req.mdl = mdl;
    }
    if (rc == rcOk) {
        rc = CORE_CALL_LONG(task_Task, Task, LoadSeg, req, res, &arenas);
        if (mdl != INVALID_HANDLE) {
            KnHandleClose(mdl);
        }
    }
    return rc;
}

static Retcode get_base(Handle task, uint64_t *base)
{
    kl_core_Task_GetImageBase_req req = {.task = task};
    kl_core_Task_GetImageBase_res res;
    Retcode rc = CORE_CALL(task_Task, Task, GetImageBase, req, res);

    if (rc == rcOk) {
        *base = res.base;
    }
    return rc;
}

static Retcode set_entry(Handle task, uint64_t entry, uint64_t base, const struct elf_image *image)
{
    int has_headers = image && image->phdr;
    kl_core_Task_SetInitialState_req req = {
        .task = task,
        .entry = base + entry,
        .base = base,
        .phdr = has_headers ? base + image->phdr : 0,
        .phnum = has_headers ? image->phnum : 0,
    };
    kl_core_Task_SetInitialState_res res;

    return CORE_CALL(task_Task, Task, SetInitialState, req, res);
}

Retcode elf_load(Handle task, rtl_size_t count, rtl_uintptr_t entry, const VmSeg *segs)
{
    const struct elf_image *image = segs && count ? segs[0].image : NULL;
    uint64_t base = 0;
    Retcode rc = rcOk;

    if (!segs || !count || count > VM_SEGS_MAX) {
        return rcInvalidArgument;
    }
    for (rtl_size_t i = 0; i < count; i++) {
        if (segs[i].image != image) {
            return rcInvalidArgument;
        }
    }
    if (image && image->is_movable) {
        rc = get_base(task, &base);
    }
    for (rtl_size_t i = 0; rc == rcOk && i < count; i++) {
        rc = load_segment(task, &segs[i], base);
    }
    return rc == rcOk ? set_entry(task, entry, base, image) : rc;
}
