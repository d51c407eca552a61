/*
 * tessera/formats.h: the form of every message of an image, and the verdicts (design: M2).
 *
 * nk-gen-c --formats writes the tables from the EDLs of the image's process classes and of
 * kl.core.Core; the policy compiler (or the module that grants everything) fills in the verdicts.
 * Everything is constant data, reached from `ksm_image`.
 */
#ifndef TESSERA_FORMATS_H
#define TESSERA_FORMATS_H

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

/* One direction of a method: request, response or error response. */
struct ksm_form {
    uint16_t size;      /* constant part, header included; 0 = this direction does not exist */
    uint8_t nhandles;   /* of the constant part */
    uint8_t flags;      /* KSM_FORM_* */
    uint16_t ndescs;
    uint16_t reserved;
    const uint16_t *handles; /* offsets of nk_handle_desc_t, header included */
    const struct ksm_desc *descs;
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

/* Verdict words: two bits an event and method; see kernel/policy. */
enum ksm_verdict {
    KSM_DENY = 0,  /* constant denial */
    KSM_GRANT = 1, /* constant grant: one bit to test */
    KSM_RULE = 2,  /* call ksm_image.judge */
};

/* What a rule sees. `message` is the captured constant part (header included), `arena` the captured
 * arena or null. For KSM_EXECUTE there is no message. */
struct ksm_query {
    enum ksm_event event;
    uint16_t src, dst; /* class numbers */
    uint64_t src_sid, dst_sid;
    const void *message;
    const uint8_t *arena;
    uint32_t arena_size;
    uint16_t iid, mid;
};

struct ksm_image {
    uint64_t abi_hash;   /* of idl/kl/core */
    uint32_t nclasses;
    const struct ksm_class *const *classes; /* class 0 is kl.core.Core */
};

/* Written by nk-gen-c --formats. */
extern const struct ksm_image ksm_image;

/* Written by the policy compiler, or the module that grants everything (sdk/ksm/grant_all.c).
 * ksm_policy_name is printed in the boot log. ksm_verdict returns the constant verdict of a pair of
 * classes, or KSM_RULE; ksm_judge returns 1 to grant and 0 to deny. */
extern const char ksm_policy_name[];
enum ksm_verdict ksm_verdict(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid,
                             uint16_t mid);
int ksm_judge(const struct ksm_query *query);

#endif
