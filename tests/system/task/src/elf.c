/*
 * elf.c: programs started out of memory (coresrv/elf/elf_api.h), good ones and hostile ones.
 */
#include "check.h"
#include "core.h"
#include "suite.h"

#include <coresrv/elf/elf_api.h>
#include <coresrv/entity/entity_api.h>
#include <coresrv/fs/fs_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <elf.h>
#include <kl/core/Core.edl.h>
#include <kos/alloc.h>
#include <kos/task.h>
#include <kos/thread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tessera/flags.h>

#define PAGE 4096u
#define RX   (VMM_FLAG_READ | VMM_FLAG_EXECUTE)
#define RW   (VMM_FLAG_READ | VMM_FLAG_WRITE)
#define HALF 0x800000000000ull /* first address that is no program's */

/* An image and its segments. */
struct image {
    unsigned char *bytes;
    rtl_uint64_t size;
    rtl_uintptr_t entry;
    VmSeg *segs;
    rtl_size_t count, header_size;
    void *header;
};

static int read_image(const char *name, struct image *image)
{
    rtl_uint32_t file;
    rtl_size_t n = 0;

    memset(image, 0, sizeof(*image));
    if (KnFsOpen(name, &file) != rcOk || KnFsGetSize(file, &image->size) != rcOk) {
        return 0;
    }
    image->bytes = KosMemAlloc(image->size);
    for (rtl_size_t at = 0; image->bytes && at < image->size; at += n) {
        if (KnFsRead(file, at, image->bytes + at, image->size - at, &n) != rcOk || !n) {
            return 0;
        }
    }
    KnFsClose(file);
    return image->bytes != NULL;
}

static Retcode cut(struct image *image)
{
    unsigned symbols, names;
    rtl_size_t symbols_size, names_size;

    return KnElfCreateVmSegEx(image->bytes, image->size, &image->entry, &image->segs,
                              &image->count, &symbols, &symbols_size, &names, &names_size,
                              &image->header, &image->header_size);
}

static void drop(struct image *image)
{
    KosMemFree(image->bytes);
    KnElfFreeVmSeg(image->segs, image->count);
    memset(image, 0, sizeof(*image));
}

static Retcode make(const struct image *image, const char *name, const char *what,
                    const char *argument, KosTask **task)
{
    static const EndpointInfo endpoints[] = {{"twice", 0, "task.Twice"}};
    static const char *envs[] = {"TASK_NUMBER=17", RTL_NULL};
    const char *args[] = {what, argument, RTL_NULL};
    KosTaskParams params = {
        .eiid = "task.Child",
        .endpointsCount = 1,
        .endpoints = endpoints,
        .args = args,
        .envs = envs,
    };

    return KosTaskInitFromSegEx(&params, name, "memory", image->count, image->entry, image->segs,
                                0, 0, 0, 0, image->header, image->header_size, task);
}

/* The exit code of a program out of memory; *rc is what the wait said. */
static int run(const struct image *image, const char *what, const char *argument, Retcode *rc)
{
    KosTask *task = RTL_NULL;
    rtl_int32_t code = -1;

    *rc = make(image, "of memory", what, argument, &task);
    if (*rc == rcOk) {
        *rc = KosTaskRun(task);
    }
    if (*rc == rcOk) {
        *rc = KosTaskWait(task, 10000, &code);
    }
    KosTaskPut(task);
    return code;
}

/* ---- good ones ---- */

static void test_runs(const char *file)
{
    struct image image;
    Retcode rc;

    CHECK("an image is read", read_image(file, &image));
    CHECK_RC("its segments", cut(&image), rcOk);
    memset(image.bytes, 0xee, image.size); /* nobody needs it any more */
    CHECK_EQUAL("its exit code", run(&image, "exit", "42", &rc), 42);
    CHECK_EQUAL("a second process of the same segments", run(&image, "env", RTL_NULL, &rc), 17);
    CHECK_EQUAL("thread-local and written data, addresses in constant data",
                run(&image, "data", RTL_NULL, &rc), 123);
    (void)run(&image, "fault", RTL_NULL, &rc);
    CHECK_RC("its fault", rc, rcFail);
    (void)run(&image, "constant", RTL_NULL, &rc);
    CHECK_RC("constant data with addresses is not writable", rc, rcFail);
    drop(&image);
}

static void test_talks(void)
{
    struct image image;
    KosTask *server = RTL_NULL, *client = RTL_NULL;
    rtl_int32_t answer = -1, code = -1;

    CHECK("an image is read", read_image("Child", &image) && cut(&image) == rcOk);
    CHECK_RC("a server", make(&image, "server of memory", "serve", RTL_NULL, &server), rcOk);
    CHECK_RC("a client", make(&image, "client of memory", "call", RTL_NULL, &client), rcOk);
    drop(&image); /* before they run */
    CHECK_RC("a channel", KosTaskConnectToService(client, server, "first"), rcOk);
    CHECK_RC("start the server", KosTaskRun(server), rcOk);
    CHECK_RC("start the client", KosTaskRun(client), rcOk);
    CHECK_RC("its end", KosTaskWait(client, 10000, &answer), rcOk);
    CHECK_EQUAL("a call between programs out of memory", answer, 42);
    CHECK_RC("the server's end", KosTaskWait(server, 10000, &code), rcOk);
    CHECK_EQUAL("its exit code", code, 0);
    KosTaskPut(server);
    KosTaskPut(client);
}

static void test_forms(void)
{
    static const char *args[] = {"exit", "7", RTL_NULL};
    static const EntityInfo info = {.eiid = "task.Child", .args = {"exit", "6", RTL_NULL}};
    KosTaskParams params = {.eiid = "task.Child", .args = args};
    struct image image;
    KosTask *task = RTL_NULL;
    Entity *entity;
    rtl_int32_t code = -1;
    unsigned status = 0;

    CHECK("an image is read", read_image("Child", &image) && cut(&image) == rcOk);
    CHECK_RC("create", KosTaskCreate("steps", RTL_NULL, &task), rcOk);
    CHECK_RC("no segments", KosTaskLoadSegments(task, 0, image.entry, image.segs),
             rcInvalidArgument);
    CHECK_RC("segments", KosTaskLoadSegments(task, image.count, image.entry, image.segs), rcOk);
    CHECK_RC("set up", KosTaskSetup(task, &params), rcOk);
    CHECK_RC("too late", KosTaskLoadSegments(task, image.count, image.entry, image.segs),
             rcInvalidOperation);
    CHECK_RC("run", KosTaskRun(task), rcOk);
    CHECK_RC("wait", KosTaskWait(task, 10000, &code), rcOk);
    CHECK_EQUAL("its exit code", code, 7);
    KosTaskPut(task);
    entity = EntityInitFromSegEx(&info, "entity", RTL_NULL, image.count, image.entry, image.segs,
                                 0, 0, 0, 0, image.header, image.header_size);
    CHECK("an Entity", entity != RTL_NULL);
    CHECK_RC("it runs", EntityRun(entity), rcOk);
    CHECK_RC("it ends", EntityWait(entity, 10000, &status), rcOk);
    CHECK_EQUAL("with its code", status, 6);
    EntityFree(entity);
    drop(&image);
}

/* ---- images that lie ---- */

static Elf64_Ehdr *header_of(unsigned char *bytes)
{
    return (Elf64_Ehdr *)(void *)bytes;
}

static Elf64_Phdr *segment_of(unsigned char *bytes, uint32_t type, uint32_t flags)
{
    Elf64_Phdr *ph = (Elf64_Phdr *)(void *)(bytes + header_of(bytes)->e_phoff);

    while (ph->p_type != type || (ph->p_flags & flags) != flags) {
        ph++;
    }
    return ph;
}

#define LOAD(flags) segment_of(b, PT_LOAD, flags)

/* lie(name, change): the image with one change is refused, and the results are left alone. */
#define LIE(name, change)                                                                          \
    do {                                                                                           \
        unsigned char *b = copy.bytes;                                                             \
        memcpy(b, image.bytes, image.size);                                                        \
        change;                                                                                    \
        CHECK_RC(name, cut(&copy), rcInvalidArgument);                                             \
        CHECK("nothing is given", !copy.segs && !copy.entry);                                      \
    } while (0)

static void test_lies(void)
{
    struct image image, copy = {0};

    CHECK("an image is read", read_image("Child", &image));
    copy.bytes = KosMemAlloc(image.size);
    copy.size = image.size;
    LIE("no ELF", b[0] = 'E');
    LIE("another machine", header_of(b)->e_machine = EM_AARCH64);
    LIE("an object file", header_of(b)->e_type = ET_REL);
    LIE("headers beyond the image", header_of(b)->e_phoff = image.size - 8);
    LIE("headers that wrap", header_of(b)->e_phoff = ~0ull - 8);
    LIE("too many headers", header_of(b)->e_phnum = 0xffff);
    LIE("no headers", header_of(b)->e_phnum = 0);
    LIE("an entry in data", header_of(b)->e_entry = LOAD(PF_W)->p_vaddr);
    LIE("an entry nowhere", header_of(b)->e_entry = ~0ull);
    LIE("data beyond the image", LOAD(PF_W)->p_offset = image.size);
    LIE("data that wraps", LOAD(PF_W)->p_offset = ~0ull);
    LIE("more data than memory", LOAD(PF_W)->p_filesz = LOAD(PF_W)->p_memsz + 1);
    LIE("memory that wraps", LOAD(PF_W)->p_memsz = ~0ull);
    LIE("memory in the kernel's half", LOAD(PF_W)->p_vaddr = HALF);
    LIE("writable and executable", LOAD(PF_W)->p_flags |= PF_X);
    LIE("segments that overlap", LOAD(PF_W)->p_vaddr = LOAD(PF_X)->p_vaddr);
    LIE("a linker is needed", segment_of(b, PT_GNU_STACK, 0)->p_type = PT_INTERP);
    LIE("linked dynamically", header_of(b)->e_type = ET_EXEC);
    LIE("relocations elsewhere", segment_of(b, PT_DYNAMIC, 0)->p_offset = image.size);
    copy.size = 63;
    CHECK_RC("a cut header", cut(&copy), rcInvalidArgument);
    copy.size = image.size / 2;
    memcpy(copy.bytes, image.bytes, image.size);
    CHECK_RC("half an image", cut(&copy), rcInvalidArgument);
    copy.size = image.size;
    CHECK_RC("the whole one", cut(&copy), rcOk);
    drop(&copy);
    drop(&image);
}

/* ---- segments that lie ---- */

static const unsigned char spin[] = {0xeb, 0xfe};

static Retcode make_of(const VmSeg *segs, rtl_size_t count, rtl_uintptr_t entry)
{
    struct image image = {.segs = (VmSeg *)segs, .count = count, .entry = entry};
    KosTask *task = RTL_NULL;
    Retcode rc = make(&image, "by hand", "exit", "1", &task);

    KosTaskPut(task);
    return rc;
}

static void test_segments(void)
{
    const rtl_uintptr_t at = 1u << 22;
    const VmSeg good = {.va = at, .size = PAGE, .data = spin, .dataSize = 2, .flags = RX};
    VmSeg s[2] = {good, good};

#define SEGMENT(name, change, code)                                                                \
    do {                                                                                           \
        s[0] = good;                                                                               \
        change;                                                                                    \
        CHECK_RC(name, make_of(s, 1, s[0].va), code);                                              \
    } while (0)
    SEGMENT("made by hand", (void)0, rcOk);
    SEGMENT("without data", s[0].dataSize = 0, rcOk);
    SEGMENT("both writable and executable", s[0].flags |= VMM_FLAG_WRITE, rcSecurityDisallow);
    SEGMENT("no protection", s[0].flags = 0, rcInvalidArgument);
    SEGMENT("another flag", s[0].flags |= VMM_FLAG_LOW_GUARD, rcInvalidArgument);
    SEGMENT("not on a page", s[0].va++, rcInvalidArgument);
    SEGMENT("address zero", s[0].va = 0, rcInvalidArgument);
    SEGMENT("in the kernel's half", s[0].va = HALF, rcInvalidArgument);
    SEGMENT("at the last page", s[0].va = ~0ull << 12, rcInvalidArgument);
    SEGMENT("reaching into the kernel's half", s[0].size = HALF, rcInvalidArgument);
    SEGMENT("wrapping", s[0].size = ~0ull, rcInvalidArgument);
    SEGMENT("more than there is", s[0].size = 1ull << 45, rcQuotaExceeded);
    SEGMENT("empty", (s[0].size = 0, s[0].dataSize = 0), rcInvalidArgument);
    SEGMENT("more data than memory", s[0].dataSize = PAGE + 1, rcInvalidArgument);
    SEGMENT("no data at all", s[0].data = RTL_NULL, rcInvalidArgument);
    s[0] = good;
    CHECK_RC("an entry elsewhere", make_of(s, 1, at + PAGE), rcInvalidArgument);
    CHECK_RC("an entry in the kernel's half", make_of(s, 1, HALF + at), rcInvalidArgument);
    CHECK_RC("overlap", make_of(s, 2, at), rcAlreadyExists);
    s[1].va += PAGE;
    s[1].flags = RW;
    CHECK_RC("neighbours", make_of(s, 2, at), rcOk);
    CHECK_RC("an entry in data", make_of(s, 2, at + PAGE), rcInvalidArgument);
    CHECK_RC("none", make_of(s, 0, at), rcInvalidArgument);
    CHECK_RC("too many", make_of(s, VM_SEGS_MAX + 1, at), rcInvalidArgument);
}

/* ---- the kernel's methods ---- */

#define METHOD(method)                                                                             \
    kl_core_Task_##method##_req req;                                                               \
    kl_core_Task_##method##_res res;                                                               \
    memset(&req, 0, sizeof(req));                                                                  \
    memset(&res, 0, sizeof(res));                                                                  \
    nk_req_reset(&req);                                                                            \
    nk_req_reset(&res);                                                                            \
    nk_msg_set_method_id(&req, kl_core_Core_task_Task_iid, kl_core_Task_##method##_mid)

static Retcode load(Handle task, Handle mdl, uint64_t offset, uint64_t size, uint64_t memory)
{
    METHOD(LoadSeg);
    req.task = task;
    req.mdl = mdl;
    req.offset = offset;
    req.size = size;
    req.va = 1u << 22;
    req.memorySize = memory;
    req.flags = RX;
    Retcode rc = core_call(&req.base_, NULL, &res.base_, NULL);
    return rc == rcOk ? res.rc : rc;
}

static Retcode set_entry(Handle task, uint64_t entry, uint64_t base, uint64_t phdr, uint32_t phnum)
{
    METHOD(SetInitialState);
    req.task = task;
    req.entry = entry;
    req.base = base;
    req.phdr = phdr;
    req.phnum = phnum;
    Retcode rc = core_call(&req.base_, NULL, &res.base_, NULL);
    return rc == rcOk ? res.rc : rc;
}

static Retcode get_base(Handle task, uint64_t *base)
{
    METHOD(GetImageBase);
    req.task = task;
    Retcode rc = core_call(&req.base_, NULL, &res.base_, NULL);
    *base = res.base;
    return rc == rcOk ? res.rc : rc;
}

static Retcode create_empty(uint32_t flags, Handle *task)
{
    static char memory[PAGE];
    struct nk_arena arena = NK_ARENA_INITIALIZER(memory, memory + sizeof(memory));
    METHOD(Create);

    nk_arena_store(nk_char_t, &arena, &req.name, "empty", 6);
    nk_arena_store(nk_char_t, &arena, &req.eiid, "task.Child", 11);
    nk_arena_store(nk_char_t, &arena, &req.path, "nothing", 8);
    req.priority = 10;
    req.flags = flags;
    Retcode rc = core_call(&req.base_, &arena, &res.base_, NULL);
    *task = res.child;
    return rc == rcOk ? res.rc : rc;
}

static void test_methods(void)
{
    const uint64_t at = 1u << 22;
    Handle task = INVALID_HANDLE, mdl = INVALID_HANDLE, file = INVALID_HANDLE;
    uint64_t base = 0;

    CHECK_RC("an unknown flag", create_empty(2, &task), rcInvalidArgument);
    CHECK_RC("an empty process", create_empty(KN_TASK_EMPTY, &task), rcOk);
    CHECK_RC("shared memory", KnPmmMdlCreateFromBuf(spin, sizeof(spin), VMM_FLAG_READ, &mdl), rcOk);
    CHECK_RC("it cannot start yet", core_task_resume(task), rcInvalidOperation);
    CHECK_RC("a place", get_base(task, &base), rcOk);
    CHECK("on a page", base && base % PAGE == 0);
    CHECK_RC("beyond the shared memory", load(task, mdl, PAGE, 1, PAGE), rcInvalidArgument);
    CHECK_RC("more than the shared memory", load(task, mdl, 0, PAGE + 1, 2 * PAGE),
             rcInvalidArgument);
    CHECK_RC("an offset that wraps", load(task, mdl, ~0ull << 12, 2 * PAGE, 2 * PAGE),
             rcInvalidArgument);
    CHECK_RC("an offset not on a page", load(task, mdl, 1, 1, PAGE), rcInvalidArgument);
    CHECK_RC("more bytes than memory", load(task, mdl, 0, 2, 1), rcInvalidArgument);
    CHECK_RC("no entry there", set_entry(task, at, 0, 0, 0), rcInvalidArgument);
    CHECK_RC("after all that", load(task, mdl, 0, 2, PAGE), rcOk);
    CHECK_RC("once more", load(task, mdl, 0, 2, PAGE), rcAlreadyExists);
    CHECK_RC("a base not on a page", set_entry(task, at, 1, 0, 0), rcInvalidArgument);
    CHECK_RC("headers in the kernel's half", set_entry(task, at, 0, HALF, 1), rcInvalidArgument);
    CHECK_RC("many headers", set_entry(task, at, 0, at, ~0u), rcInvalidArgument);
    CHECK_RC("it cannot start still", core_task_resume(task), rcInvalidOperation);
    CHECK_RC("an entry", set_entry(task, at, 0, 0, 0), rcOk);
    CHECK_RC("it starts", core_task_resume(task), rcOk);
    CHECK_RC("a segment of one that runs", load(task, mdl, 0, 2, PAGE), rcInvalidOperation);
    CHECK_RC("an entry of one that runs", set_entry(task, at, 0, 0, 0), rcInvalidOperation);
    CHECK_RC("its place", get_base(task, &base), rcInvalidOperation);
    CHECK_RC("end", core_task_terminate(task), rcOk);
    KnHandleClose(task);
    CHECK_RC("one of a file",
             core_task_create("file", "task.Child", "Child", 0, 10, 0, &file), rcOk);
    CHECK_RC("takes no segment", load(file, mdl, 0, 2, PAGE), rcInvalidOperation);
    CHECK_RC("nor an entry", set_entry(file, at, 0, 0, 0), rcInvalidOperation);
    KnHandleClose(file);
    KnHandleClose(mdl);
}

/* ---- no memory ---- */

static int is_equal(const struct counters *a, const struct counters *b)
{
    return a->frames == b->frames && a->objects == b->objects && a->handles == b->handles &&
           a->threads == b->threads && a->kmem == b->kmem;
}

/* Ended processes are torn down by and by. */
static int is_back(const struct counters *before)
{
    struct counters after;

    for (int i = 0; i < 2000; i++) {
        core_counters(&after);
        if (is_equal(before, &after)) {
            return 1;
        }
        KosThreadSleep(1);
    }
    fprintf(stderr, "  left: frames %lld, objects %lld, handles %lld, kernel memory %lld\n",
            (long long)(after.frames - before->frames),
            (long long)(after.objects - before->objects),
            (long long)(after.handles - before->handles), (long long)(after.kmem - before->kmem));
    return 0;
}

#define PAGES 20 /* of the segment: more than one step copies */

/* A whole process of one segment, with nothing of this program's own that could fail. */
static Retcode attempt(Handle mdl)
{
    Handle task = INVALID_HANDLE;
    Retcode rc = create_empty(KN_TASK_EMPTY, &task);

    if (rc != rcOk) {
        return rc;
    }
    rc = load(task, mdl, 0, PAGES * PAGE, 2 * PAGES * PAGE);
    /* One allocation fails: then the place is free again. */
    if (rc == rcOutOfMemory && load(task, mdl, 0, PAGES * PAGE, 2 * PAGES * PAGE) != rcOk) {
        rc = rcFail;
    }
    if (rc == rcOk) {
        rc = set_entry(task, 1u << 22, 0, 0, 0);
    }
    core_close(task);
    return rc;
}

static void test_failures(void)
{
    struct counters before;
    uint64_t outstanding = 0, n = 1;
    Handle mdl = INVALID_HANDLE;
    int good = 1;

    CHECK_RC("shared memory with frames",
             KnPmmMdlCreate(PAGES * PAGE, RW | VMM_FLAG_LOCKED, &mdl), rcOk);
    core_fill_handle_table();
    CHECK_RC("without a failure", attempt(mdl), rcOk);
    KosThreadSleep(50);
    core_counters(&before);
    CHECK_RC("again", attempt(mdl), rcOk);
    CHECK("nothing is left of it", is_back(&before));
    for (; outstanding == 0 && n < 2000; n++) {
        core_fail_allocation(n, NULL);
        Retcode rc = attempt(mdl);
        core_fail_allocation(0, &outstanding);
        int is_good = is_back(&before) && (outstanding != 0) == (rc == rcOk) &&
                      (rc == rcOk || rc == rcOutOfMemory);

        if (!is_good) {
            fprintf(stderr, "  allocation %llu: %s\n", (unsigned long long)n, rc_name(rc));
        }
        good &= is_good;
    }
    CHECK("a failure of any allocation is told and leaves nothing", good);
    CHECK("many were tried", n > PAGES + 5 && n < 2000);
    fprintf(stderr, "%llu allocations failed, one at a time\n", (unsigned long long)n - 2);
    CHECK_RC("the kernel is well", core_self_check(), rcOk);
    core_close(mdl);
}

void test_elf(void)
{
    struct counters before, after;

    test_runs("Child");
    test_runs("Fixed");
    test_talks();
    test_forms();
    test_lies();
    core_counters(&before);
    test_segments();
    for (int i = 0; i < 2000; i++) { /* ended processes are torn down by and by */
        core_counters(&after);
        if (after.handles == before.handles && after.objects == before.objects) {
            break;
        }
        KosThreadSleep(1);
    }
    CHECK_EQUAL("no handle is left of refused segments", after.handles, before.handles);
    CHECK_EQUAL("and no object", after.objects, before.objects);
    test_methods();
    test_failures();
}
