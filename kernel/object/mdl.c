/*
 * object/mdl.c: see mdl.h. The frames and what shows them: mm/shared.h.
 */
#include "object/mdl.h"

#include "mm/frame.h"
#include "mm/kmem.h"
#include "mm/usercopy.h"

/* One mapping: what mm knows of it, and its place in the inheritance tree. Charged to the process. */
struct mapping {
    struct vm_mapping vm;
    struct tree_mapping node;
    struct mdl *mdl; /* reference held */
};

/* ---- create ---- */

/* Frees the structure when the frames are gone. */
static bool mdl_destroy(struct object *o, uint32_t budget)
{
    struct mdl *m = mdl_of(o);
    struct account *account = account_ref(m->memory.account);
    bool is_done = shared_teardown_step(&m->memory, budget);
    if (is_done)
        kmem_free(account, m, sizeof *m);
    account_put(account);
    return is_done;
}

static const struct object_ops mdl_ops = {.name = "shared memory", .destroy = mdl_destroy};

static bool is_writable_code(uint32_t prot)
{
    return (prot & VM_WRITE) && (prot & VM_EXEC);
}

Retcode mdl_create(struct account *account, uint64_t size, uint32_t max_prot, struct mdl **out)
{
    Retcode rc = rcOk;
    if (size == 0 || size > ~0ull - PAGE_MASK)
        return rcInvalidArgument;
    if (is_writable_code(max_prot))
        return rcSecurityDisallow;
    struct mdl *m = kmem_alloc(account, sizeof *m, &rc);
    if (!m)
        return rc;
    rc = shared_init(&m->memory, account, (size + PAGE_MASK) >> PAGE_SHIFT);
    if (rc != rcOk) {
        kmem_free(account, m, sizeof *m);
        return rc;
    }
    object_init(&m->object, OBJECT_MDL, &mdl_ops);
    m->max_prot = (uint8_t)max_prot;
    *out = m;
    return rcOk;
}

static uint32_t rights_of(uint32_t prot)
{
    return (prot & VM_READ ? RIGHT_MDL_READ : 0u) | (prot & VM_WRITE ? RIGHT_MDL_WRITE : 0u) |
           (prot & VM_EXEC ? RIGHT_MDL_EXEC : 0u);
}

uint32_t mdl_rights(const struct mdl *m)
{
    return RIGHT_TRANSFER | RIGHT_COPY | RIGHT_GET_SID | RIGHT_GET_EVENT | rights_of(m->max_prot);
}

/* ---- map ---- */

static uint32_t prot_of(uint32_t rights)
{
    return (rights & RIGHT_MDL_READ ? VM_READ : 0u) | (rights & RIGHT_MDL_WRITE ? VM_WRITE : 0u) |
           (rights & RIGHT_MDL_EXEC ? VM_EXEC : 0u);
}

/* The last region of a mapping is gone, by the program's own doing or by a revocation. */
static void mapping_release(struct vm_mapping *vm)
{
    struct mapping *m = container_of(vm, struct mapping, vm);
    struct mdl *mdl = m->mdl;
    tree_remove_mapping(&mdl->object, &m->node);
    kmem_free(vm->as->account, m, sizeof *m);
    object_put(&mdl->object);
}

static bool mapping_revoke_step(struct tree_mapping *node, uint32_t *budget)
{
    return vm_mapping_unmap_step(&container_of(node, struct mapping, node)->vm, budget);
}

static struct mapping *mapping_create(struct mdl *mdl, struct aspace *as, uint32_t max_prot,
                                      Retcode *rc)
{
    struct mapping *m = kmem_alloc_dirty(as->account, sizeof *m, rc);
    if (!m)
        return NULL;
    m->mdl = mdl;
    m->node.revoke_step = mapping_revoke_step;
    m->vm.as = as;
    m->vm.memory = &mdl->memory;
    m->vm.max_prot = (uint8_t)max_prot;
    m->vm.release = mapping_release;
    m->vm.cursor = 0;
    m->vm.is_revoked = m->vm.is_filled = false;
    return m;
}

Retcode mdl_map(struct handle_entry *e, struct aspace *as, uint64_t offset, uint64_t size,
                uint64_t hint, uint32_t flags, uint64_t *out, bool *is_filled)
{
    struct mdl *mdl = mdl_of(e->object);
    uint32_t allowed = prot_of(e->rights), wanted = flags & VM_PROT_MASK;
    Retcode rc = rcOk;
    if (offset & PAGE_MASK || size == 0 || size > mdl_size(mdl) || offset > mdl_size(mdl) - size)
        return rcInvalidArgument; /* the object is whole pages, so a rounded size fits as well */
    if (!wanted)
        return rcInvalidArgument;
    if ((wanted | VM_READ) & ~allowed)
        return handle_refuse(e, rights_of(wanted | VM_READ));
    if (is_writable_code(wanted))
        return rcSecurityDisallow;
    struct mapping *m = mapping_create(mdl, as, allowed, &rc);
    if (!m)
        return rc;
    rc = aspace_map_shared(&m->vm, hint, offset, size, flags, out);
    if (rc != rcOk) {
        kmem_free(as->account, m, sizeof *m);
        return rc;
    }
    /* commit */
    object_ref(&mdl->object);
    tree_add_mapping(e, &m->node);
    *is_filled = m->vm.is_filled;
    return rcOk;
}

/* ---- long operations ---- */

static Retcode fill_page(struct mdl_work *w, uint64_t page)
{
    return shared_frame(&w->to->memory, page) ? rcOk : rcOutOfMemory;
}

static Retcode read_page(struct mdl_work *w, uint64_t page)
{
    uint64_t left = w->size - w->cursor;
    paddr frame = shared_frame(&w->to->memory, page);
    if (!frame)
        return rcOutOfMemory;
    return aspace_read(w->as, w->source + w->cursor, frame_to_virt(frame),
                       left < PAGE_SIZE ? left : PAGE_SIZE)
               ? rcOk
               : rcSourceFault;
}

/* Pages that nobody touched yet stay so. */
static Retcode clone_page(struct mdl_work *w, uint64_t page)
{
    paddr from = shared_find(&w->from->memory, page);
    if (!from)
        return rcOk;
    paddr to = shared_frame(&w->to->memory, page);
    if (!to)
        return rcOutOfMemory;
    __builtin_memcpy(frame_to_virt(to), frame_to_virt(from), PAGE_SIZE);
    return rcOk;
}

static Retcode prepare_page(struct mdl_work *w, uint64_t page)
{
    return shared_prepare(&w->to->memory, page) ? rcOk : rcOutOfMemory;
}

static Retcode (*const page_step[])(struct mdl_work *, uint64_t) = {
    [MDL_WORK_FILL] = fill_page,
    [MDL_WORK_READ] = read_page,
    [MDL_WORK_CLONE] = clone_page,
    [MDL_WORK_PREPARE] = prepare_page,
};

static Retcode move_step(struct mdl_work *w)
{
    uint64_t at = w->source + w->cursor;
    bool is_done =
        aspace_share_step(w->as, &w->to->memory, w->source, &at, w->source + w->size);
    w->cursor = at - w->source;
    return is_done ? rcOk : rcRestart;
}

Retcode mdl_work_step(struct mdl_work *w)
{
    if (w->kind == MDL_WORK_MOVE)
        return move_step(w);
    for (unsigned n = 0; n < VM_STEP_ZERO && w->cursor < w->size; n++) {
        Retcode rc = page_step[w->kind](w, w->cursor >> PAGE_SHIFT);
        if (rc != rcOk)
            return rc;
        w->cursor += w->kind == MDL_WORK_PREPARE ? SHARED_TABLE_BYTES : PAGE_SIZE;
    }
    return w->cursor < w->size ? rcRestart : rcOk;
}

Retcode mdl_share(struct mdl_work *w, struct handle_table *t, handle_t *out)
{
    Retcode rc = handle_reserve(t, 1);
    if (rc != rcOk)
        return rc;
    struct mapping *m = mapping_create(w->to, w->as, w->to->max_prot, &rc);
    if (!m)
        return rc;
    rc = aspace_share_start(&m->vm, w->source);
    if (rc != rcOk) {
        kmem_free(w->as->account, m, sizeof *m);
        return rc;
    }
    /* commit */
    object_ref(&w->to->object);
    *out = handle_install(t, &w->to->object, mdl_rights(w->to));
    tree_add_mapping(handle_lookup(t, *out), &m->node);
    w->kind = MDL_WORK_MOVE;
    w->cursor = 0;
    return rcOk;
}

void mdl_work_end(struct mdl_work *w)
{
    struct mdl *to = w->to, *from = w->from;
    w->to = w->from = NULL;
    if (to)
        object_put(&to->object);
    if (from)
        object_put(&from->object);
}
