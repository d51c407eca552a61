/*
 * tessera/formats.h: the form of every message of an image, and the verdicts (design: M2).
 *
 * nk-gen-c --formats writes the tables from the EDLs of the image's process classes and of
 * kl.core.Core; the policy compiler (or the module that grants everything) fills in the verdicts.
 * Everything is constant data, reached from `ksm_image`.
 */
#ifndef TESSERA_FORMATS_H
#define TESSERA_FORMATS_H

#include <stdbool.h>
#include <stdint.h>

struct ksm_desc; /* one arena descriptor */

/* One variable-size value. A chunk of `size` bytes is well formed when size % elem == 0,
 * size / elem <= max, offset % align == 0 (the arena's start counts as aligned), and offset + size
 * lies within the used arena. If `nested` is not null every element holds `nnested` descriptors (and
 * no handles) at the offsets given there, checked the same way.
 *
 * With KSM_DESC_TAGGED the row is a member of a union instead: only if the 32-bit tag at `offset` is
 * `max` are the `nnested` rows of `nested` looked at; their offsets count from the same place as
 * `offset` does. */
struct ksm_desc {
    uint32_t offset;  /* of the nk_ptr_t in the constant part, or in the element of the outer chunk */
    uint32_t elem;    /* bytes of an element; 1 for string and bytes */
    uint32_t max;     /* elements; a string counts its terminator */
    uint16_t align;
    uint16_t nnested;
    const struct ksm_desc *nested;
    uint32_t flags;   /* KSM_DESC_* */
};
#define KSM_DESC_STRING 1u /* a chunk that is not empty must end with zero (--strict-strings) */
#define KSM_DESC_TAGGED 2u /* a member of a union */

/* What a parameter is, for messages to a person. Fields of structures stand in the table by
 * themselves ("position.x"). */
enum ksm_type {
    KSM_TYPE_UINT8,
    KSM_TYPE_UINT16,
    KSM_TYPE_UINT32,
    KSM_TYPE_UINT64,
    KSM_TYPE_SINT8,
    KSM_TYPE_SINT16,
    KSM_TYPE_SINT32,
    KSM_TYPE_SINT64,
    KSM_TYPE_HANDLE,      /* nk_handle_desc_t */
    KSM_TYPE_HANDLE_WORD, /* of the kernel's interfaces: a handle as 32 bits */
    KSM_TYPE_STRING,      /* nk_ptr_t of text */
    KSM_TYPE_BYTES,       /* nk_ptr_t */
    KSM_TYPE_SEQUENCE,    /* nk_ptr_t of elements */
    KSM_TYPE_ARRAY,       /* elements in place */
    KSM_TYPE_UNION,       /* 32-bit tag, then a member */
    KSM_TYPE_STRUCT,      /* only as an element */
};
struct ksm_param {
    const char *name;
    uint32_t offset;   /* in the constant part, header included */
    uint32_t count;    /* KSM_TYPE_ARRAY: elements */
    uint16_t type;     /* enum ksm_type */
    uint16_t elem;     /* KSM_TYPE_SEQUENCE, KSM_TYPE_ARRAY: enum ksm_type of an element */
    uint32_t elem_size; /* of these, in bytes */
};

/* One direction of a method: request, response or error response. */
struct ksm_form {
    uint16_t size;      /* constant part, header included; 0 = this direction does not exist */
    uint8_t nhandles;   /* of the constant part */
    uint8_t flags;      /* KSM_FORM_* */
    uint16_t ndescs;
    uint8_t nwords;     /* handles as plain words: the kernel's interfaces alone have them */
    uint8_t nparams;
    const uint16_t *handles; /* offsets of nk_handle_desc_t, header included */
    const struct ksm_desc *descs;
    const uint16_t *words;   /* offsets of the words, header included */
    const struct ksm_param *params;
};
#define KSM_FORM_SHORT  1u /* no handles, no descriptors, at most 40 bytes after the header */
#define KSM_FORM_NESTED 2u /* some descriptor has nested ones: the check reads the arena */

struct ksm_method {
    const char *name;
    struct ksm_form req, res, err;
};
struct ksm_endpoint {
    const char *name;      /* qualified: "cserver.ping" */
    const char *interface; /* "echo.Ping" */
    uint32_t nmethods;
    const struct ksm_method *methods;
};
struct ksm_class {
    const char *name;
    uint32_t nendpoints;
    const struct ksm_endpoint *endpoints; /* by riid */
    /* Interfaces through which the class asks the security module, by number; the name is the
     * component instance's ("a.b"), or empty for the class's own. */
    uint32_t nsecurity;
    const struct ksm_endpoint *security;
};

enum ksm_event {
    KSM_EXECUTE,
    KSM_REQUEST,
    KSM_RESPONSE,
    KSM_ERROR,
    KSM_SECURITY,
};

/* What ksm_verdict answers for an event of a pair of classes and a method. */
enum ksm_verdict {
    KSM_DENY = 0,       /* constant denial */
    KSM_GRANT = 1,      /* constant grant, of which no audit profile wants a record: one bit to test */
    KSM_RULE = 2,       /* call ksm_judge; its rules read nothing of the arena */
    KSM_RULE_ARENA = 3, /* call ksm_judge with the captured arena */
};

/* A resource as rules see it: its SID, and the words in which the module keeps what it knows of it.
 * The words belong to the object of that SID: all zero when it is made, handed to ksm_forget when it
 * goes. The kernel never looks into them. */
struct ksm_subject {
    uint64_t sid;    /* 0: there is no such resource */
    uint32_t *slots; /* ksm_nslots words; null: no state can hang there, rules that need one deny */
    uint32_t rights; /* of a handle in a message: its rights there; else 0 */
};

/* An event. `message` is the captured constant part (header included), `arena` the captured arena;
 * the message's structure has been checked. For KSM_EXECUTE there is no message. For KSM_RESPONSE and
 * KSM_ERROR the source is the server. */
struct ksm_query {
    enum ksm_event event;
    uint16_t src, dst; /* class numbers; dst counts for nothing in KSM_SECURITY */
    uint16_t iid, mid; /* KSM_SECURITY: number in ksm_class.security */
    const struct ksm_subject *source;
    const struct ksm_subject *target; /* null for KSM_SECURITY */
    const void *message;
    const uint8_t *arena; /* null: not captured; rules that read it deny */
    uint32_t arena_size;
    /* One for each handle of the form, in the order of ksm_form.handles, then one for each of
     * ksm_form.words; sid 0: no handle. Null: as if all were 0. */
    const struct ksm_subject *handles;
    /* The judgement may answer KSM_STOPPED. It keeps what it has found out by then in `memo`, if there is
     * one: ksm_memo_size bytes of this message's, zero at first; its bytes and theirs stay where they are.
     * With a memo each judgement comes further than the one before. */
    bool is_stoppable;
    void *memo;
};

/* Why a verdict fell. All text is constant and belongs to the module. */
struct ksm_reason {
    const char *file; /* of the rule that denied; null: no binding matches */
    uint32_t line;
    const char *rule;          /* its text in one line: "assert (message.speed <= 100)" */
    const char *near_file;     /* the binding of this event that misses by the fewest selectors */
    uint32_t near_line;        /* (null: none is near) */
    const char *near_selector; /* the first that differed, as written: "method=Stop" */
    bool is_open;              /* no rule denied: ksm_explain would find out what is near */
    uint32_t looked, nearness; /* ksm_explain's: bindings looked at, and how near the nearest is */
};

struct ksm_image {
    uint64_t abi_hash;   /* of idl/kl/core */
    uint32_t nclasses;
    const struct ksm_class *const *classes; /* class 0 is kl.core.Core */
};

/* Written by nk-gen-c --formats. */
extern const struct ksm_image ksm_image;

/* ---- the security module: written by nk-psl-gen-c, or sdk/ksm/grant_all.c ----
 *
 * Calls are made one at a time, under the kernel's lock. None allocates, recurses or waits; the longest
 * is bounded when the policy is compiled. */

extern const char ksm_policy_name[]; /* printed in the boot log */
extern const uint32_t ksm_nslots;    /* words of state a resource has; 0: the policy keeps none */
extern const uint32_t ksm_memo_size; /* bytes of a memo; 0: no judgement is ever stopped */

/* The verdict of a pair of classes, in time that does not depend on the number of rules. Numbers that
 * are not in the image: KSM_DENY. `dst` counts for nothing in KSM_SECURITY, `iid` and `mid` for nothing
 * in KSM_EXECUTE. */
enum ksm_verdict ksm_verdict(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid,
                             uint16_t mid);

/* Runs the rules of an event whose verdict is KSM_RULE or KSM_RULE_ARENA, in the order of the source,
 * on the live state; constant verdicts are answered, too. Returns 1 to grant, 0 to deny, KSM_STOPPED
 * where it must be asked again. Only a grant has changed anything. A denial fills `why`. *audit tells
 * whether the audit profile in force wants a record. `why` and `audit` may be null. */
int ksm_judge(const struct ksm_query *query, struct ksm_reason *why, bool *audit);

#define KSM_STOPPED (-1)

/* Offered by the kernel: somebody waits for this CPU. Asked by judgements that may be stopped, at least
 * once in a few thousand instructions that they spend on what the message's sender made long. */
bool ksm_should_stop(void);

/* The rules of a message without handles whose arena they do not read, as a function of their own: no
 * query is made and nothing is looked up. Of the two resources each is that of a process, with its
 * rights 0. Returns KSM_PLAIN_GRANT, with KSM_PLAIN_RECORD if the audit profile in force wants a record;
 * or 0: nothing was changed, and ksm_judge tells why. What it changed is taken back by ksm_undo. */
typedef unsigned ksm_plain(const void *message, const struct ksm_subject *source,
                           const struct ksm_subject *target);
#define KSM_PLAIN_GRANT  1u
#define KSM_PLAIN_RECORD 2u

/* That function for a request, response or error whose verdict is KSM_RULE. Null: ask ksm_judge. */
ksm_plain *ksm_plain_rules(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid,
                           uint16_t mid);

/* Takes back what the last judgement that granted has changed: the message could not be delivered.
 * Only before the next judgement or ksm_forget; else, and a second time, it does nothing. */
void ksm_undo(void);

/* The object of these slots is gone: its state goes back to the pools and the words become zero. */
void ksm_forget(uint32_t *slots);

/* Why an event that no rule denied is denied. Walks the bindings, at most `budget` at a time: for messages
 * to a person, not for the path of a call. *why is zero before the first call for an event; false: it goes
 * on with the next call. */
bool ksm_explain(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid, uint16_t mid,
                 struct ksm_reason *why, uint32_t budget);

/* Whether the audit profile in force wants a record of a constant verdict. A constant grant that a
 * profile could want to see is KSM_RULE, so this tells something about denials alone. */
bool ksm_audits(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid, uint16_t mid,
                bool granted);

#endif
