/*
 * object/handle.c: create, look up and close handles. See handle.h for the shape of the table.
 */
#include "object/handle.h"

#include "mm/kmem.h"
#include "object/badge.h"

#define PAGE_ENTRIES (1u << HANDLE_PAGE_BITS)
#define PAGE_SIZE_BYTES (PAGE_ENTRIES * sizeof(struct handle_entry))
#define DIR_SIZE_BYTES (sizeof(struct handle_entry *) << HANDLE_DIR_BITS)
#define GENERATION_MASK 0xfffu

static uint64_t live;

uint64_t handle_count(void)
{
    return live;
}

/* Ids of the tables that live, each at its place modulo TABLES_KNOWN. */
static uint64_t living[TABLES_KNOWN];

bool handle_table_lives(uint64_t id)
{
    return id != 0 && living[id % TABLES_KNOWN] == id;
}

/* A new id, whose place is free if one of the next few is. */
static uint64_t take_id(void)
{
    static uint64_t last;
    for (int i = 0; i < 64 && living[(last + 1) % TABLES_KNOWN]; i++)
        last++;
    last++;
    if (!living[last % TABLES_KNOWN])
        living[last % TABLES_KNOWN] = last;
    return last;
}

static void give_id_back(struct handle_table *t)
{
    if (handle_table_lives(t->id))
        living[t->id % TABLES_KNOWN] = 0;
}

void handle_table_init(struct handle_table *t, struct account *account)
{
    static uint32_t tables;
    *t = (struct handle_table){.account = account, .free_head = HANDLE_INDEX_NONE,
                               .free_tail = HANDLE_INDEX_NONE, .id = take_id(),
                               .mask_bit = 1ull << (tables++ % 64)};
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
        page[i].table = t;
        page[i].number = index + i;
        if (index + i != 0) /* number 0 is INVALID_HANDLE */
            queue_fresh(t, &page[i], index + i);
    }
    return rcOk;
}

Retcode handle_make_room(struct handle_table *t, uint32_t count)
{
    while (!handle_has_room(t, count)) {
        Retcode rc = grow(t);
        if (rc != rcOk) {
            /* At the 20-bit end every slot may be used; before it, memory is short. */
            return t->limit + PAGE_ENTRIES > HANDLE_INDEX_NONE && t->free_count >= count ? rcOk : rc;
        }
    }
    return rcOk;
}

const struct handle_entry handle_no_entry;

static enum handle_use use_of(const struct object *o, uint32_t rights)
{
    if (o->kind == OBJECT_CHANNEL && rights & RIGHT_IPC_CALL)
        return HANDLE_USE_CALL;
    if (o->kind == OBJECT_LISTENER && rights & RIGHT_IPC_RECV)
        return HANDLE_USE_RECV;
    return HANDLE_USE_NONE;
}

/* Takes the next free slot for an object; the caller enters it into the tree. */
static inline struct handle_entry *occupy(struct handle_table *t, struct object *object, uint32_t rights)
{
    static uint64_t serial;
    struct handle_entry *e = handle_slot(t, t->free_head);
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
    e->use = (uint8_t)use_of(object, rights);
    e->serial = ++serial;
    return e;
}

static struct handle_journal *journal;

void handle_journal_set(struct handle_journal *j)
{
    journal = j;
    if (j)
        j->n = 0;
}

static void write_journal(const struct handle_entry *e)
{
    if (e->object->kind == OBJECT_CORE || journal->n == HANDLE_JOURNAL_MAX)
        return;
    journal->made[journal->n].table = e->table;
    journal->made[journal->n++].handle = handle_number(e);
}

void handle_journal_undo(const struct handle_journal *j)
{
    for (uint32_t i = j->n; i-- > 0;)
        (void)handle_close(j->made[i].table, j->made[i].handle);
}

handle_t handle_install(struct handle_table *t, struct object *object, uint32_t rights)
{
    struct handle_entry *e = occupy(t, object, rights);
    if (journal)
        write_journal(e);
    tree_add_root(object, e);
    return handle_number(e);
}

handle_t handle_install_child(struct handle_table *t, struct handle_entry *parent, uint32_t rights,
                              struct badge *badge)
{
    struct handle_entry *e = occupy(t, parent->object, rights);
    if (journal)
        write_journal(e);
    if (badge)
        badge_use(badge, parent, e);
    else
        tree_add_child(parent, e, NULL);
    return handle_number(e);
}

handle_t handle_upcoming(const struct handle_table *t, uint32_t k)
{
    const struct handle_entry *e = handle_next_free(t, NULL);
    while (k-- > 0)
        e = handle_next_free(t, e);
    return handle_number(e);
}

Retcode handle_miss(const struct handle_table *t, handle_t h)
{
    const struct handle_entry *e = handle_slot(t, h & HANDLE_INDEX_MASK);
    return e && e->is_revoked && e->number == h ? rcHandleRevoked : rcInvalidArgument;
}

Retcode handle_get(const struct handle_table *t, handle_t h, enum object_kind kind, uint32_t rights,
                   struct object **out)
{
    struct handle_entry *e = handle_lookup(t, h);
    if (!e)
        return handle_miss(t, h);
    if (e->object->kind != kind)
        return rcInvalidArgument;
    if (rights & ~e->rights)
        return handle_refuse(e, rights);
    *out = e->object;
    return rcOk;
}

/* The slot becomes free; its old number matches nothing any more. */
static void vacate(struct handle_entry *e)
{
    struct handle_table *t = e->table;
    e->is_revoked = false;
    e->rights = 0;
    e->number += 1u << HANDLE_INDEX_BITS; /* the next generation */
    t->used--;
    live--;
    queue_free(t, e, e->number & HANDLE_INDEX_MASK);
}

/* The entry names its object no longer, whose reference is the caller's now. */
static inline struct object *let_go(struct handle_entry *e)
{
    struct object *o = e->object;
    e->object = NULL;
    e->use = HANDLE_USE_NONE;
    return o;
}

/* It had one handle more. */
static inline void count_out(struct object *o)
{
    if (--o->handles == 0 && o->ops->last_handle)
        o->ops->last_handle(o);
}

void handle_release(struct handle_entry *e)
{
    tree_remove(e);
    struct object *o = let_go(e);
    vacate(e); /* with the object the table may go, too */
    count_out(o);
    object_put(o);
}

void handle_revoke(struct handle_entry *e)
{
    e->is_revoked = true;
    struct object *o = let_go(e);
    count_out(o);
    if (o->ops->handle_revoked)
        o->ops->handle_revoked(o);
    o->refs--; /* not the last */
}

Retcode handle_close(struct handle_table *t, handle_t h)
{
    struct handle_entry *e = handle_lookup(t, h);
    if (e) {
        if (e->object->kind == OBJECT_CORE)
            return rcSecurityDisallow;
        handle_release(e);
        return rcOk;
    }
    if (handle_miss(t, h) != rcHandleRevoked)
        return rcInvalidArgument;
    vacate(handle_slot(t, h & HANDLE_INDEX_MASK));
    return rcOk;
}

/* Frees pages from the end on; true when none is left. */
static bool free_pages(struct handle_table *t, uint32_t budget)
{
    t->free_count = t->fresh = 0;
    t->free_head = t->free_tail = HANDLE_INDEX_NONE;
    for (; t->limit > 0 && budget > 0; budget--) {
        struct handle_entry *page = handle_slot(t, t->limit - PAGE_ENTRIES);
        t->limit -= PAGE_ENTRIES;
        kmem_free(t->account, page, PAGE_SIZE_BYTES);
    }
    if (t->limit > 0)
        return false;
    for (uint32_t i = 0; i < HANDLE_TOP; i++) {
        if (t->directories[i])
            kmem_free(t->account, t->directories[i], DIR_SIZE_BYTES);
        t->directories[i] = NULL;
    }
    return true;
}

bool handle_table_teardown_step(struct handle_table *t, uint32_t *cursor, uint32_t budget)
{
    for (; budget > 0 && *cursor < t->limit; budget--, ++*cursor) {
        struct handle_entry *e = handle_slot(t, *cursor);
        if (e->object)
            handle_release(e);
        else if (e->is_revoked)
            vacate(e);
    }
    if (*cursor < t->limit)
        return false;
    give_id_back(t);
    return free_pages(t, budget);
}
