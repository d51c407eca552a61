/*
 * policy/policy.h: forms and verdicts of messages, ready for the hot path.
 *
 * The image's tables (tessera/formats.h) say what each method's messages look like; the security
 * module says what is allowed. For each pair (source class, destination class) that is ever
 * connected, this folder keeps one flat array with an entry a method, filled in with the method's first
 * message: the message words that a
 * correct request or response has, and the verdicts. Checking a message is then one comparison, and
 * a constant verdict one bit. A verdict by rules is asked for with policy_judge; every denial leaves a
 * record there (audit.h).
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include <rtl/retcode.h>
#include <tessera/formats.h>

struct account;
struct object;
struct process;

/* Requests, and the three kinds of answers. A failed method answers with its code alone; to the policy
 * that is an error, like an error response. */
enum { DIRECTION_REQUEST, DIRECTION_RESPONSE, DIRECTION_ERROR, DIRECTION_FAILED, DIRECTIONS };

#define FAST_LONG_MAX 4096u /* bytes of a constant part that the fast path copies */
#define FAST_CAPS_MAX 7u    /* handles in it */
#define NO_WORD (~0ull) /* names no method of any pair; but a program can send it as a response */

struct policy_direction {
    uint64_t word;     /* the message word of a well-formed message */
    uint8_t verdict;   /* enum ksm_verdict */
    bool is_simple;    /* no handles, no descriptors: nothing to check but the word */
    bool is_arena_checked; /* nested values or strings: the check reads the arena */
    bool may_be_short; /* fits the registers; its values of variable size must then be empty */
    /* The word, if a message needs no more than this comparison; else no word. Short; in memory without an
     * arena, its handles aside; and that without handles. */
    uint64_t fast_word, fast_long_word, held_long_word;
    /* The same for messages that need `rules` besides, and in memory have no handles. */
    uint64_t ruled_word, ruled_long_word;
    ksm_plain *rules;
    const struct ksm_form *form; /* null: this direction does not exist */
};

struct policy_method {
    const struct ksm_method *method; /* null: not filled in, no word of it matches */
    const struct policy_pair *pair; /* of whose table it is */
    struct policy_direction direction[DIRECTIONS];
};

/* Methods of a pair by their requests' words, for the shortest path (ipc/held.c, service/kcall.c): those that are
 * granted whatever they say; and others, with rules to be asked or, in memory, with handles. A method whose place
 * is taken, or that nobody has called yet, is not in it. Of the kernel's only such are in it whose response is always granted, too. */
struct policy_held {
    uint32_t factor, mask;
    struct policy_held_slot {
        uint64_t word, other_word; /* none: one that is looked for elsewhere */
        const struct policy_method *method;
        uint64_t unused;
    } slots[];
};
#define POLICY_HELD_SHIFT 11 /* of the product: 16, less the binary logarithm of a slot's size */

struct policy_pair {
    struct policy_pair *next;
    struct policy_held *held, *held_long; /* short requests; those in memory, without an arena (null: the kernel's) */
    uint16_t src, dst;
    uint32_t nendpoints;
    struct policy_endpoint {
        uint32_t nmethods; /* zero until one is asked for */
        struct policy_method *methods;
    } endpoints[];
};

#define POLICY_CORE 0 /* class number of the kernel */

/* Class number of a process class. rcResourceNotFound: not in the image. */
Retcode policy_class_find(const char *name, uint16_t *out);
const char *policy_class_name(uint16_t class_number);

/* The table of a pair, made on first use from the kernel's own account. rcOutOfMemory. */
Retcode policy_pair_get(uint16_t src, uint16_t dst, const struct policy_pair **out);
/* Frees all of these tables; nobody may use one any more. For tests that look for leaks. */
void policy_pairs_drop(void);

/* The word of a well-formed message of a form. */
uint64_t policy_word(uint32_t iid, uint32_t mid, const struct ksm_form *f, unsigned kind);

/* The method a message word names, else null. Its entry is filled in when it is first asked for. */
const struct policy_method *policy_method(const struct policy_pair *pair, uint64_t word);

/* The same for the fast paths, without filling in: where no message of the method has come this way yet,
 * null, or an entry that no word matches. */
static inline const struct policy_method *policy_method_known(const struct policy_pair *pair,
                                                              uint64_t word)
{
    uint32_t iid = (uint16_t)word, mid = (uint16_t)(word >> 16);
    if (iid >= pair->nendpoints || mid >= pair->endpoints[iid].nmethods)
        return 0;
    return &pair->endpoints[iid].methods[mid];
}

/* Where a request of this word would stand: one multiplication puts the endpoint's number beside the
 * method's. */
static inline const struct policy_held_slot *policy_held(const struct policy_held *h, uint64_t word)
{
    return (const struct policy_held_slot *)((const char *)h->slots +
                                             ((uint32_t)word * h->factor >> POLICY_HELD_SHIFT &
                                              h->mask));
}

/* ---- resources as rules see them: subject.c ---- */

/* Fills *out for an object; its words are made when it has none yet and the policy keeps state,
 * charged to payer. rcQuotaExceeded, rcOutOfMemory: *out is then untouched. */
Retcode policy_subject(struct object *o, struct account *payer, struct ksm_subject *out);

/* ---- verdicts: judge.c ---- */

/* A message whose structure was checked. A null process is the kernel. */
struct policy_message {
    const struct policy_pair *pair;
    int direction;
    const struct process *from, *to;
    const void *constant;  /* header included; of a short message, all payload words */
    const uint8_t *arena;  /* captured, or null */
    uint32_t arena_size;
    const struct ksm_subject *handles; /* of the form's handles and words; or null */
    /* The caller can ask again (rcRestart), with the same bytes in the same places. `memo` is null at first,
     * then what policy_memo made. */
    bool is_stoppable;
    void *memo;
};

/* Runs the rules of a message whose verdict is KSM_RULE or KSM_RULE_ARENA and writes down what is to be
 * written down. A grant has changed the policy's state: nothing may fail after it, or policy_undo must
 * follow at once. rcSecurityDisallow: denied. rcRestart: somebody waits for this CPU; nothing was done, ask
 * again, with a memo. */
Retcode policy_judge(const struct policy_message *m);
/* For the fast path, which calls policy_direction.rules itself: a grant of which a record is wanted. */
void policy_granted(const struct policy_pair *pair, int direction, const struct process *from,
                    const struct process *to, const void *message);
/* The same verdict without a change and, if granted, without a record. */
Retcode policy_try(const struct policy_message *m);
/* After rcRestart: makes *memo, charged to payer, if there is none yet. rcRestart, and where there is no memory
 * rcQuotaExceeded or rcOutOfMemory. */
Retcode policy_memo(struct account *payer, void **memo);
/* Of one that was made. */
void policy_memo_free(struct account *payer, void **memo);
void policy_undo(void);

/* Writes down a denial that no rule gave: a constant one, or a message that was malformed (of which the
 * constant part is not looked at; word is what the sender gave). */
void policy_denied(const struct policy_message *m);
void policy_malformed(const struct policy_pair *pair, int direction, const struct process *from,
                      const struct process *to, uint64_t word);

/* Start of a process; a null src is the kernel, which itself is asked for with both null. A grant may
 * have changed state, as of policy_judge. */
bool policy_may_execute(const struct process *src, const struct process *dst);

/* What a process asks through its security interface iid. rcOk, rcSecurityDisallow, rcRestart: as policy_judge. */
Retcode policy_security(const struct process *src, uint16_t iid, uint16_t mid,
                        const struct policy_message *m);
/* Writes down that such a question was malformed. */
void policy_security_malformed(const struct process *src, uint16_t iid, uint16_t mid);

/* Ranges, sizes and alignment of every descriptor of a constant part, `arena` being the captured
 * arena (needed only for nested descriptors). */
bool policy_message_is_sound(const struct ksm_form *form, const void *message, const void *arena,
                             uint32_t arena_size);

/* The same in steps of `budget` descriptors. Nothing in it points into the message, which may be moved
 * between steps but not changed. */
#define CHECK_DEPTH 16u /* of nesting; a message that goes deeper is not sound */
struct check_place {
    const struct ksm_desc *descs;
    uint32_t next, count; /* of descs */
    uint32_t at, end;     /* element under way; where the chunk ends */
    uint32_t elem;
    bool is_in_arena;     /* else in the constant part */
};
struct check_walk {
    uint32_t depth;
    uint32_t nested; /* bytes of chunks gone into */
    struct check_place places[CHECK_DEPTH];
};
enum check_result { CHECK_UNSOUND, CHECK_SOUND, CHECK_GOES_ON };
void check_start(struct check_walk *w, const struct ksm_form *form);
enum check_result check_step(struct check_walk *w, const void *message, const void *arena,
                             uint32_t arena_size, uint32_t budget);

/* "echo.Ping.Ping" for a message to a person. */
void policy_method_name(const struct policy_pair *pair, uint64_t word, char *buf, uint32_t size);
void policy_class_method_name(uint16_t class_number, uint64_t word, char *buf, uint32_t size);

#endif
