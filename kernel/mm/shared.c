/*
 * shared.c: the frames of shared memory (mm/shared.h).
 */
#include "mm/shared.h"

#include "mm/frame.h"

#define NODE_BITS  9
#define NODE_PAGES (1ull << NODE_BITS)
#define NODE_MASK  (NODE_PAGES - 1)

static unsigned depth_of(uint64_t pages)
{
    unsigned depth = 0;
    for (uint64_t covered = 1; covered < pages; covered <<= NODE_BITS)
        depth++;
    return depth;
}

/* Tables of all levels for so many pages. */
static uint64_t tables_of(uint64_t pages, unsigned depth)
{
    uint64_t tables = 0;
    for (; depth > 0; depth--) {
        pages = (pages + NODE_MASK) >> NODE_BITS;
        tables += pages;
    }
    return tables;
}

Retcode shared_init(struct shared *s, struct account *account, uint64_t pages)
{
    unsigned depth = depth_of(pages);
    if (pages == 0 || pages > SHARED_PAGES_MAX)
        return pages ? rcQuotaExceeded : rcInvalidArgument;
    uint64_t charge = (pages + tables_of(pages, depth)) << PAGE_SHIFT;
    Retcode rc = account_charge(account, charge);
    if (rc != rcOk)
        return rc;
    static uint64_t latest_id = 1;
    latest_id += 2;
    *s = (struct shared){
        .account = account_ref(account), .id = latest_id, .pages = pages, .charge = charge, .depth = depth};
    return rcOk;
}

static paddr zeroed_frame(void)
{
    paddr frame = frame_alloc();
    if (frame)
        __builtin_memset(frame_to_virt(frame), 0, PAGE_SIZE);
    return frame;
}

static paddr *slot_in(paddr table, uint64_t page, unsigned level)
{
    return (paddr *)frame_to_virt(table) + (page >> (NODE_BITS * level) & NODE_MASK);
}

/* Where the frame of a page is noted, or null if a table on the way is missing; *missing is then the
 * level of that table's entry: 2^(9 * level) pages have none. */
static paddr *find_slot(const struct shared *s, uint64_t page, unsigned *missing)
{
    paddr *slot = (paddr *)&s->root;
    for (unsigned level = s->depth; level > 0; level--) {
        if (!*slot) {
            *missing = level;
            return (paddr *)0;
        }
        slot = slot_in(*slot, page, level - 1);
    }
    return slot;
}

/* The same, making the tables that are missing. */
static paddr *make_slot(struct shared *s, uint64_t page)
{
    paddr *slot = &s->root;
    for (unsigned level = s->depth; level > 0; level--) {
        if (!*slot)
            *slot = zeroed_frame();
        if (!*slot)
            return (paddr *)0;
        slot = slot_in(*slot, page, level - 1);
    }
    return slot;
}

paddr shared_find(const struct shared *s, uint64_t page)
{
    unsigned missing;
    const paddr *slot = find_slot(s, page, &missing);
    return slot ? *slot : 0;
}

paddr shared_frame(struct shared *s, uint64_t page)
{
    paddr *slot = make_slot(s, page);
    if (!slot)
        return 0;
    if (!*slot)
        *slot = zeroed_frame();
    return *slot;
}

bool shared_prepare(struct shared *s, uint64_t page)
{
    return make_slot(s, page);
}

bool shared_adopt(struct shared *s, uint64_t page, paddr frame)
{
    unsigned missing;
    paddr *slot = find_slot(s, page, &missing);
    if (!slot || *slot)
        return false;
    *slot = frame;
    return true;
}

/* ---- teardown ---- */

/* Frees the tables whose last page is `page`. */
static void free_tables(struct shared *s, uint64_t page)
{
    for (unsigned level = 1; level <= s->depth; level++) {
        uint64_t last = page | ((1ull << (NODE_BITS * level)) - 1);
        if (last != page && page != s->pages - 1)
            return;
        paddr *slot = &s->root;
        for (unsigned l = s->depth; l > level && *slot; l--)
            slot = slot_in(*slot, page, l - 1);
        if (*slot)
            frame_free(*slot);
        *slot = 0;
    }
}

bool shared_teardown_step(struct shared *s, unsigned max_pages)
{
    for (; s->cursor < s->pages && max_pages > 0; max_pages--) {
        unsigned missing = 0;
        paddr *slot = find_slot(s, s->cursor, &missing);
        if (slot && *slot)
            frame_free(*slot);
        uint64_t last = s->cursor | ((1ull << (NODE_BITS * missing)) - 1);
        if (last >= s->pages)
            last = s->pages - 1;
        if (slot)
            *slot = 0;
        free_tables(s, last);
        s->cursor = last + 1;
    }
    if (s->cursor < s->pages)
        return false;
    account_uncharge(s->account, s->charge);
    account_put(s->account);
    return true;
}
