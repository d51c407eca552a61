/*
 * kmem.c: slabs over frames (mm/kmem.h).
 *
 * A slab is a naturally aligned block of frames that starts with its header, so an object's slab is
 * found from its address. Objects that were never used are handed out in order, freed ones first. A
 * class keeps at most one empty slab.
 */
#include "mm/kmem.h"

#include "core/list.h"
#include "core/lock.h"
#include "mm/frame.h"

#define SLAB_HEADER 64u
#define SMALL_MAX   256u /* classes up to this size have slabs of one frame, others of four */
#define CLASS_MAX   2048u
#define CLASSES     12u

struct slab {
    struct list link; /* of its class's list, while it has room */
    void *free;       /* freed objects, linked through their first word */
    uint32_t used;    /* objects handed out */
    uint32_t fresh;   /* bytes from the slab's start to the first object never used */
};
_Static_assert(sizeof(struct slab) <= SLAB_HEADER, "objects start behind the header");

struct size_class {
    struct list partial; /* slabs with room */
    uint32_t size;
    uint32_t nempty; /* of them without any object */
};

static struct size_class classes[CLASSES] GUARDED_BY(kernel_lock) = {
    {.size = 32},  {.size = 64},  {.size = 96},  {.size = 128},  {.size = 192},  {.size = 256},
    {.size = 384}, {.size = 512}, {.size = 768}, {.size = 1024}, {.size = 1536}, {.size = 2048}};
static uint8_t class_of_units[CLASS_MAX / 32 + 1]; /* by size in units of 32 bytes, rounded up */
static bool is_ready;
static uint64_t used_bytes GUARDED_BY(kernel_lock);

__attribute__((cold, noinline)) static void init_classes(void)
{
    lock_assert_held();
    unsigned c = 0;
    for (unsigned units = 1; units <= CLASS_MAX / 32; units++) {
        while (classes[c].size < units * 32)
            c++;
        class_of_units[units] = (uint8_t)c;
    }
    for (c = 0; c < CLASSES; c++)
        list_init(&classes[c].partial);
    is_ready = true;
}

static inline unsigned slab_order(const struct size_class *c)
{
    return c->size <= SMALL_MAX ? 0 : 2;
}

static inline uint32_t slab_bytes(const struct size_class *c)
{
    return (uint32_t)PAGE_SIZE << slab_order(c);
}

static inline struct slab *slab_of(const struct size_class *c, void *p)
{
    return (struct slab *)((uintptr_t)p & ~(uintptr_t)(slab_bytes(c) - 1));
}

static inline bool slab_is_full(const struct size_class *c, const struct slab *s)
{
    return !s->free && s->fresh + c->size > slab_bytes(c);
}

__attribute__((noinline)) static struct slab *slab_create(struct size_class *c)
{
    paddr frame = frame_take(slab_order(c));
    if (!frame)
        return (struct slab *)0;
    struct slab *s = frame_to_virt(frame);
    s->free = (void *)0;
    s->used = 0;
    s->fresh = SLAB_HEADER;
    list_add_head(&c->partial, &s->link);
    c->nempty++;
    return s;
}

static void slab_destroy(struct size_class *c, struct slab *s)
{
    list_remove(&s->link);
    c->nempty--;
    frame_free_order(virt_to_frame(s), slab_order(c));
}

static void *small_alloc(struct size_class *c)
{
    struct slab *s = container_of(c->partial.next, struct slab, link);
    if (list_empty(&c->partial) && !(s = slab_create(c)))
        return (void *)0;
    void *p = s->free;
    if (p) {
        s->free = *(void **)p;
    } else {
        p = (char *)s + s->fresh;
        s->fresh += c->size;
    }
    if (s->used++ == 0)
        c->nempty--;
    if (slab_is_full(c, s))
        list_remove(&s->link);
    return p;
}

static void small_free(struct size_class *c, void *p)
{
    struct slab *s = slab_of(c, p);
    if (slab_is_full(c, s))
        list_add_head(&c->partial, &s->link);
    *(void **)p = s->free;
    s->free = p;
    if (--s->used > 0)
        return;
    c->nempty++;
    if (c->nempty > 1)
        slab_destroy(c, s);
}

/* What a request occupies and is charged for. */
static inline struct size_class *class_of(size_t size)
{
    return &classes[class_of_units[(size + 31) / 32]];
}

static unsigned order_of(size_t size)
{
    unsigned order = 0;
    while ((PAGE_SIZE << order) < size)
        order++;
    return order;
}

static size_t charged_size(size_t size)
{
    return size <= CLASS_MAX ? class_of(size)->size : PAGE_SIZE << order_of(size);
}

void *kmem_alloc_dirty(struct account *a, size_t size, Retcode *why)
{
    lock_assert_held();
    if (size == 0 || size > KMEM_MAX) {
        *why = rcInvalidArgument;
        return (void *)0;
    }
    if (!is_ready)
        init_classes();
    size_t bytes = charged_size(size);
    if (mm_should_fail()) {
        *why = rcOutOfMemory;
        return (void *)0;
    }
    if ((*why = account_charge(a, bytes)) != rcOk)
        return (void *)0;
    void *p;
    if (size <= CLASS_MAX) {
        p = small_alloc(class_of(size));
    } else {
        paddr frame = frame_take(order_of(size));
        p = frame ? frame_to_virt(frame) : (void *)0;
    }
    if (!p) {
        account_uncharge(a, bytes);
        *why = rcOutOfMemory;
        return (void *)0;
    }
    used_bytes += bytes;
    return p;
}

void *kmem_alloc(struct account *a, size_t size, Retcode *why)
{
    void *p = kmem_alloc_dirty(a, size, why);
    return p ? __builtin_memset(p, 0, (size + 7) & ~(size_t)7) : p;
}

void kmem_free(struct account *a, void *p, size_t size)
{
    lock_assert_held();
    if (!p)
        return;
    size_t bytes = charged_size(size);
    if (size <= CLASS_MAX)
        small_free(class_of(size), p);
    else
        frame_free_order(virt_to_frame(p), order_of(size));
    used_bytes -= bytes;
    account_uncharge(a, bytes);
}

uint64_t kmem_used(void)
{
    lock_assert_held();
    return used_bytes;
}

void kmem_trim(void)
{
    for (unsigned i = 0; is_ready && i < CLASSES; i++) {
        struct size_class *c = &classes[i];
        for (struct list *l = c->partial.next; l != &c->partial && c->nempty;) {
            struct slab *s = container_of(l, struct slab, link);
            l = l->next;
            if (s->used == 0)
                slab_destroy(c, s);
        }
    }
}
