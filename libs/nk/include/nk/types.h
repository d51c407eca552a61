/*
 * nk/types.h: the wire types of messages: integers, identifiers, descriptors and the message header.
 *
 * Everything here has one layout on every target (little endian, natural alignment); the kernel, the
 * generated code and the programs share it. Touch the header through the setters of nk/message.h.
 */
#ifndef NK_TYPES_H
#define NK_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef uint8_t nk_uint8_t;
typedef uint16_t nk_uint16_t;
typedef uint32_t nk_uint32_t;
typedef uint64_t nk_uint64_t;
typedef int8_t nk_sint8_t;
typedef int16_t nk_sint16_t;
typedef int32_t nk_sint32_t;
typedef int64_t nk_sint64_t;
typedef int8_t nk_int8_t;
typedef int16_t nk_int16_t;
typedef int32_t nk_int32_t;
typedef int64_t nk_int64_t;
typedef char nk_char_t;
typedef uint32_t nk_size_t;
typedef uintptr_t nk_uintptr_t;
typedef int nk_bool_t;

typedef nk_uint16_t nk_iid_t;   /* endpoint of a process (RIID) */
typedef nk_uint16_t nk_mid_t;   /* method of an interface (MID) */
typedef nk_uint64_t nk_sid_t;   /* security identifier, never reused */
typedef nk_uint32_t nk_handle_t;
typedef nk_uint32_t nk_rights_t;
typedef nk_uint64_t nk_badge_t; /* transfer context: a pointer of the process that gave the handle */

#define NK_IID_MAX   ((nk_iid_t)0xffff)
#define INVALID_RIID NK_IID_MAX
#define NK_INVALID_HANDLE ((nk_handle_t)0)

#ifndef NK_NULL
#ifdef __cplusplus
#define NK_NULL 0
#else
#define NK_NULL ((void *)0)
#endif
#endif
#define nk_true  1
#define nk_false 0

/* Place of one variable-size value inside the arena of its message: bytes from the arena's start. */
typedef struct nk_ptr {
    nk_uint32_t offset;
    nk_uint32_t size; /* bytes */
} nk_ptr_t;

/* Transport container of one handle. In a sent message `badge` holds the handle of a badge object
 * (or zero); in a received one the transfer context, if the handle was dereferenced. The top bit of
 * `rights` is set by the kernel alone and says "dereferenced". */
typedef struct nk_handle_desc {
    nk_handle_t handle;
    nk_rights_t rights;
    nk_badge_t badge;
} nk_handle_desc_t;

enum nk_message_kind {
    NK_MESSAGE_REQUEST = 0,
    NK_MESSAGE_RESPONSE = 1,
    NK_MESSAGE_ERROR = 2,  /* extended error parameters */
    NK_MESSAGE_FAILED = 3, /* the method returned self.handle (an nk_err_t), no parameters follow */
};

/* Header of every constant part: 24 bytes. The last eight bytes are the "message word" that short
 * messages carry in a register. */
struct nk_message {
    nk_handle_desc_t self; /* set by the kernel on receipt: callable handle and its context */
    nk_iid_t iid;
    nk_mid_t mid;
    nk_uint16_t size; /* bytes of the constant part, this header included; capacity on receipt */
    nk_uint8_t ncaps; /* handles in the constant part */
    nk_uint8_t kind;  /* enum nk_message_kind */
};
typedef struct nk_message nk_message;

#if defined(__cplusplus)
static_assert(sizeof(struct nk_message) == 24, "header is 24 bytes");
static_assert(sizeof(nk_handle_desc_t) == 16, "handle container is 16 bytes");
static_assert(sizeof(nk_ptr_t) == 8, "arena descriptor is 8 bytes");
#else
_Static_assert(sizeof(struct nk_message) == 24, "header is 24 bytes");
_Static_assert(sizeof(nk_handle_desc_t) == 16, "handle container is 16 bytes");
_Static_assert(sizeof(nk_ptr_t) == 8, "arena descriptor is 8 bytes");
#endif

#include <nk/handle_desc.h>

#endif
