/*
 * object/handle.c: create, look up and close handles. See handle.h for the shape of the table.
 */
#include "object/handle.h"

#include "mm/kmem.h"

#define PAGE_ENTRIES (1u << HANDLE_PAGE_BITS)
#define PAGE_SIZE_BYTES (PAGE_ENTRIES * sizeof(struct handle_entry))
#define DIR_SIZE_BYTES (sizeof(struct handle_entry *) << HANDLE_DIR_BITS)
#define GENERATION_MASK 0xfffu

static uint64_t live;

uint64_t handle_count(void)
{
    return live;
}

void handle_table_init(struct handle_table *t, struct account *account)
{
    *t = (struct handle_table){.account = account, .free_head = HANDLE_INDEX_NONE,
                               .free_tail = HANDLE_INDEX_NONE};
}

/* A slot that was never used goes to the head of the queue: it cannot be mistaken for an older one. */
static void queue_fresh(struct handle_table *t, struct handle_entry *e, uint32_t index)
{
    e->next_free = t->free_head;
    t->free_head = index;
    if (t->free_tail == HANDLE_INDEX_NONE)
        t->free_tail = index;
    t->free_count++;
    t->fresh++;
}

static void queue_free(struct handle_table *t, struct handle_entry *e, uint32_t index)
{
    e->next_free = HANDLE_INDEX_NONE;
    if (t->free_tail == HANDLE_INDEX_NONE)
        t->free_head = index;
    else
        handle_slot(t, t->free_tail)->next_free = index;
    t->free_tail = index;
    t->free_count++;
}

/* Adds one page of slots. */
static Retcode grow(struct handle_table *t)
{
    Retcode rc = rcOk;
    uint32_t index = t->limit;
    if (index + PAGE_ENTRIES > HANDLE_INDEX_NONE)
        return rcQuotaExceeded;
    struct handle_entry ***dir = &t->directories[index >> (HANDLE_PAGE_BITS + HANDLE_DIR_BITS)];
    if (!*dir) {
        *dir = kmem_alloc(t->account, DIR_SIZE_BYTES, &rc);
        if (!*dir)
            return rc;
    }
    struct handle_entry *page = kmem_alloc(t->account, PAGE_SIZE_BYTES, &rc);
    if (!page)
        return rc; /* an empty directory stays for the next attempt and goes with the table */
    (*dir)[(index >> HANDLE_PAGE_BITS) & ((1u << HANDLE_DIR_BITS) - 1)] = page;
    t->limit += PAGE_ENTRIES;
    for (uint32_t i = PAGE_ENTRIES; i-- > 0;) {
        if (index + i != 0) /* number 0 is INVALID_HANDLE */
            queue_fresh(t, &page[i], index + i);
    }
    return rcOk;
}

/* Fresh slots go first, in order; used ones only once HANDLE_FREE_MIN are free. */
static bool has_room(const struct handle_table *t, uint32_t count)
{
    return t->fresh >= count || t->free_count >= HANDLE_FREE_MIN + count;
}

Retcode handle_reserve(struct handle_table *t, uint32_t count)
{
    while (!has_room(t, count)) {
        Retcode rc = grow(t);
        if (rc != rcOk) {
            /* At the 20-bit end every slot may be used; before it, memory is short. */
            return t->limit + PAGE_ENTRIES > HANDLE_INDEX_NONE && t->free_count >= count ? rcOk : rc;
        }
    }
    return rcOk;
}

handle_t handle_install(struct handle_table *t, struct object *object, uint32_t rights)
{
    uint32_t index = t->free_head;
    struct handle_entry *e = handle_slot(t, index);
    t->free_head = e->next_free;
    if (t->free_head == HANDLE_INDEX_NONE)
        t->free_tail = HANDLE_INDEX_NONE;
    t->fresh -= t->fresh > 0;
    t->free_count--;
    t->used++;
    live++;
    object_ref(object);
    object->handles++;
    e->object = object;
    e->rights = rights;
    list_init(&e->open);
    list_init(&e->close);
    return index | e->generation << HANDLE_INDEX_BITS;
}

Retcode handle_get(const struct handle_table *t, handle_t h, enum object_kind kind, uint32_t rights,
                   struct object **out)
{
    struct handle_entry *e = handle_lookup(t, h);
    if (!e || e->object->kind != kind)
        return rcInvalidArgument;
    if (rights & ~e->rights)
        return rcSecurityDisallow;
    *out = e->object;
    return rcOk;
}

static void release(struct handle_table *t, struct handle_entry *e, uint32_t index)
{
    struct object *o = e->object;
    e->object = NULL;
    e->rights = 0;
    e->generation = (e->generation + 1) & GENERATION_MASK;
    t->used--;
    live--;
    queue_free(t, e, index);
    if (--o->handles == 0 && o->ops->last_handle)
        o->ops->last_handle(o);
    object_put(o);
}

Retcode handle_close(struct handle_table *t, handle_t h)
{
    struct handle_entry *e = handle_lookup(t, h);
    if (!e)
        return rcInvalidArgument;
    if (e->object->kind == OBJECT_CORE)
        return rcSecurityDisallow;
    release(t, e, h & HANDLE_INDEX_MASK);
    return rcOk;
}

static void free_pages(struct handle_table *t)
{
    for (uint32_t i = 0; i < t->limit; i += PAGE_ENTRIES)
        kmem_free(t->account, handle_slot(t, i), PAGE_SIZE_BYTES);
    for (uint32_t i = 0; i < HANDLE_TOP; i++) {
        if (t->directories[i])
            kmem_free(t->account, t->directories[i], DIR_SIZE_BYTES);
        t->directories[i] = NULL;
    }
    t->limit = 0;
    t->free_count = t->fresh = 0;
    t->free_head = t->free_tail = HANDLE_INDEX_NONE;
}

bool handle_table_teardown_step(struct handle_table *t, uint32_t *cursor, uint32_t budget)
{
    while (budget-- > 0 && *cursor < t->limit) {
        struct handle_entry *e = handle_slot(t, *cursor);
        if (e->object)
            release(t, e, *cursor);
        (*cursor)++;
    }
    if (*cursor < t->limit)
        return false;
    free_pages(t);
    return true;
}
