/*
 * object/handle.h: the handle table of a process.
 *
 * A handle is 32 bits: 20 of index, 12 of generation. Entries live in pages that never move, reached
 * by two directories, grown on demand and charged to the process's account. A freed slot goes to the
 * end of a queue and is taken again only when 1,024 are free, with the next generation: a stale
 * number matches nothing for four million creations.
 */
#ifndef OBJECT_HANDLE_H
#define OBJECT_HANDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rtl/retcode.h>

#include "core/list.h"
#include "mm/account.h"
#include "object/object.h"
#include "object/tree.h"

typedef uint32_t handle_t;

#define HANDLE_INDEX_BITS 20
#define HANDLE_INDEX_MASK ((1u << HANDLE_INDEX_BITS) - 1)
#define HANDLE_INDEX_NONE HANDLE_INDEX_MASK /* never a slot */
#define HANDLE_FREE_MIN   1024u

#define TABLES_KNOWN 1024u

#define HANDLE_PAGE_BITS  5 /* entries of a page */
#define HANDLE_DIR_BITS   9 /* pages of a directory */
#define HANDLE_TOP        (1u << (HANDLE_INDEX_BITS - HANDLE_PAGE_BITS - HANDLE_DIR_BITS))

/* Rights (services/ocap.h shows them to programs). */
enum {
    RIGHT_TRANSFER = 1u << 0,
    RIGHT_COPY = 1u << 1,
    RIGHT_GET_SID = 1u << 2,
    RIGHT_SET_EVENT = 1u << 3,
    RIGHT_GET_EVENT = 1u << 4,
    RIGHT_IPC_CALL = 1u << 16,
    RIGHT_IPC_RECV = 1u << 17,
    RIGHT_IPC_LISTEN = 1u << 18, /* add channels to a listener */
    RIGHT_TASK_CONTROL = 1u << 16,
    RIGHT_TASK_WAIT = 1u << 17,
    RIGHT_TASK_DEBUG = 1u << 18, /* look into the process */
    RIGHT_THREAD_CONTROL = 1u << 16,
    RIGHT_MDL_READ = 1u << 16,
    RIGHT_MDL_WRITE = 1u << 17,
    RIGHT_MDL_EXEC = 1u << 18,
};

#define RIGHTS_SAME 0x7fffffffu /* in a transfer: what the source has; also all that can exist */

/* What a message may do with a handle, its object's kind and its rights in one. */
enum handle_use {
    HANDLE_USE_NONE,
    HANDLE_USE_CALL, /* client end of a channel, RIGHT_IPC_CALL */
    HANDLE_USE_RECV, /* listener, RIGHT_IPC_RECV */
};

struct handle_entry {
    struct object *object; /* null: free, or revoked */
    union {
        struct {
            handle_t number; /* index and generation */
            uint8_t use;     /* enum handle_use; none without an object */
            bool is_revoked; /* still occupied, answers rcHandleRevoked until it is closed */
            uint16_t zero;
        };
        uint64_t number_and_use; /* handle_match */
    };
    struct tree_pair pair; /* in object's inheritance tree: tree.h */
    uint64_t ancestors;    /* mask of the tables that hold its ancestors; a clear bit is certain */
    struct handle_table *table;
    uint32_t rights;
    uint32_t next_free; /* index, while free */
    uint64_t serial;    /* of this use of the slot; never given twice */
    struct tree_ref up; /* nearest ancestor in another table, if that still lives: tree.h */
    struct badge *up_badge; /* of its transfer this way, or null */
} __attribute__((aligned(128)));
_Static_assert(sizeof(struct handle_entry) == 128, "a page of entries is a page of memory");

struct handle_table {
    struct account *account;
    uint64_t id;         /* never given twice: handle_table_lives */
    uint64_t mask_bit;   /* of struct handle_entry's ancestors */
    uint32_t limit;      /* slots that exist */
    uint32_t used;       /* entries with an object */
    uint32_t free_count; /* slots in the queue */
    uint32_t fresh;      /* of these, at its head: never used */
    uint32_t free_head, free_tail;
    struct handle_entry **directories[HANDLE_TOP];
};

void handle_table_init(struct handle_table *t, struct account *account);
/* Whether the table with this id was not torn down yet. May say no of one that lives while more than
 * TABLES_KNOWN do: then what was remembered of it is found again by walking. */
bool handle_table_lives(uint64_t id);

/* The entry of a slot that exists, else null. O(1), three loads. */
static inline struct handle_entry *handle_slot(const struct handle_table *t, uint32_t index)
{
    if (index >= t->limit)
        return NULL;
    struct handle_entry **dir = t->directories[index >> (HANDLE_PAGE_BITS + HANDLE_DIR_BITS)];
    struct handle_entry *page = dir[(index >> HANDLE_PAGE_BITS) & ((1u << HANDLE_DIR_BITS) - 1)];
    if (!page)
        __builtin_unreachable(); /* all pages below the limit exist */
    return &page[index & ((1u << HANDLE_PAGE_BITS) - 1)];
}

/* The live entry that a number names, else null (never issued, closed, stale). */
static inline struct handle_entry *handle_lookup(const struct handle_table *t, handle_t h)
{
    struct handle_entry *e = handle_slot(t, h & HANDLE_INDEX_MASK);
    if (!e || !e->object || e->number != h)
        return NULL;
    return e;
}

/* Is this the live entry that a program's number (all 64 bits of it) names, and may it be used that way? One
 * comparison says that the number was issued and is neither closed nor revoked, the kind of the object,
 * and that the right is there. */
static inline bool handle_is(const struct handle_entry *e, uint64_t number, enum handle_use use)
{
    return e->number_and_use == number + ((uint64_t)use << 32);
}

/* The object of such an entry; null if there is none. */
static inline struct object *handle_match(const struct handle_table *t, uint64_t number,
                                          enum handle_use use, const struct handle_entry **out)
{
    const struct handle_entry *e = handle_slot(t, (uint32_t)number & HANDLE_INDEX_MASK);
    if (!e || !handle_is(e, number, use))
        return NULL;
    *out = e;
    return e->object;
}

/* An entry that is nobody's and that no number names. */
extern const struct handle_entry handle_no_entry;

/* Why handle_lookup found nothing: rcHandleRevoked or rcInvalidArgument. */
Retcode handle_miss(const struct handle_table *t, handle_t h);

/* Looks up and checks kind and rights: rcInvalidArgument (no such handle or another kind),
 * rcHandleRevoked, rcSecurityDisallow (a right is missing). *out stays untouched on failure. */
Retcode handle_get(const struct handle_table *t, handle_t h, enum object_kind kind, uint32_t rights,
                   struct object **out);

/* Offered by core: an operation on e needs rights of which it lacks some. rcSecurityDisallow; the log says
 * who was refused what. */
Retcode handle_refuse(const struct handle_entry *e, uint32_t needed);

/* Whether handle_reserve would have nothing to do. Fresh slots go first, in order; used ones only once
 * HANDLE_FREE_MIN are free. */
static inline bool handle_has_room(const struct handle_table *t, uint32_t count)
{
    return t->fresh >= count || t->free_count >= HANDLE_FREE_MIN + count;
}

/* Makes room for `count` further handle_install calls, so that they cannot fail.
 * rcQuotaExceeded, rcOutOfMemory. */
Retcode handle_make_room(struct handle_table *t, uint32_t count);
static inline Retcode handle_reserve(struct handle_table *t, uint32_t count)
{
    return handle_has_room(t, count) ? rcOk : handle_make_room(t, count);
}

/* Enters object (taking a reference of its own) after handle_reserve; returns the number. */
handle_t handle_install(struct handle_table *t, struct object *object, uint32_t rights);

/* The number of an occupied entry. */
static inline handle_t handle_number(const struct handle_entry *e)
{
    return e->number;
}

/* The entry that handle_install will take after `e`, or with null next; after a handle_reserve. */
static inline const struct handle_entry *handle_next_free(const struct handle_table *t,
                                                          const struct handle_entry *e)
{
    return handle_slot(t, e ? e->next_free : t->free_head);
}

/* The number that the k-th handle_install after this will give (k from 0), after a handle_reserve of
 * more than k. */
handle_t handle_upcoming(const struct handle_table *t, uint32_t k);

/* Enters a handle derived from parent (of any table), after handle_reserve. With a badge, the transfer
 * is tied to it. */
handle_t handle_install_child(struct handle_table *t, struct handle_entry *parent, uint32_t rights,
                              struct badge *badge);

/* Remembers the handles that are entered while it is set, so that an operation that made some can still be
 * taken back as a whole (a kernel response that the policy denies). One at a time; null: nobody wants to
 * know. The channel to the kernel does not count. */
#define HANDLE_JOURNAL_MAX 4
struct handle_journal {
    uint32_t n;
    struct {
        struct handle_table *table;
        handle_t handle;
    } made[HANDLE_JOURNAL_MAX];
};
void handle_journal_set(struct handle_journal *j);
/* Closes what was entered, the last first. */
void handle_journal_undo(const struct handle_journal *j);

/* Takes the handle out of its table and its tree. */
void handle_release(struct handle_entry *e);
/* A handle that a revocation has taken out of its tree stays in its table as revoked. The caller holds a
 * reference on its object. */
void handle_revoke(struct handle_entry *e);

/* rcInvalidArgument: no such handle. rcSecurityDisallow: the kernel's own channel. */
Retcode handle_close(struct handle_table *t, handle_t h);

/* Closes slots from *cursor on and then frees pages, `budget` in all; true when the table is empty
 * and its pages are freed. */
bool handle_table_teardown_step(struct handle_table *t, uint32_t *cursor, uint32_t budget);

/* Live handles of all tables (for tests that look for leaks). */
uint64_t handle_count(void);

#endif
