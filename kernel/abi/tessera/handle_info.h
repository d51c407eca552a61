/*
 * tessera/handle_info.h: what Task.NextHandle says of a handle.
 *
 * Its `kind` holds an enum handle_kind in the low eight bits and above them how many ancestors the handle
 * has in its inheritance tree.
 */
#ifndef TESSERA_HANDLE_INFO_H
#define TESSERA_HANDLE_INFO_H

enum handle_kind {
    HANDLE_KIND_REVOKED = 0, /* was revoked and is not closed yet */
    HANDLE_KIND_CORE = 1,    /* the channel to the kernel */
    HANDLE_KIND_PROCESS = 2,
    HANDLE_KIND_THREAD = 3,
    HANDLE_KIND_CHANNEL = 4,  /* client IPC handle */
    HANDLE_KIND_SERVER = 5,   /* server IPC handle, distinct from its listener */
    HANDLE_KIND_LISTENER = 6,
    HANDLE_KIND_USER = 7,     /* a program's resource; callable ones too */
    HANDLE_KIND_BADGE = 8,    /* resource transfer context */
    HANDLE_KIND_NOTICE = 9,   /* notification receiver */
    HANDLE_KIND_MDL = 10,     /* shared memory */
    HANDLE_KIND_AUDIT = 11,   /* a reader of the security module's records */
    HANDLE_KIND_SECURITY = 12, /* what the security module is asked through */
};

#define HANDLE_KIND_MASK        0xffu
#define HANDLE_GENERATION_SHIFT 8
#define HANDLE_GENERATION_MAX   0xffffffu /* or more */

#endif
