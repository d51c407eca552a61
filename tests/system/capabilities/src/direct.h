/*
 * direct.h: a transport that keeps the kernel's own return code, and what both sides of the suite share.
 */
#ifndef CAPS_DIRECT_H
#define CAPS_DIRECT_H

#include <caps/Process.edl.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <kos/base.h>
#include <nk/transport.h>

#define CLASS "caps.Process"
#define AGENT caps_Process_agent_iid

/* Rights of the user objects here: everything general, and three special bits. */
#define RIGHT_A    OCAP_HANDLE_SPEC(2)
#define RIGHT_B    OCAP_HANDLE_SPEC(4)
#define RIGHT_C    OCAP_HANDLE_SPEC(8)
#define RIGHTS_ALL (OCAP_HANDLE_GENERAL | RIGHT_A | RIGHT_B | RIGHT_C)

struct direct {
    struct nk_transport base;
    Handle handle;
    Retcode rc; /* of the last call */
    struct caps_Agent_proxy proxy;
};

/* A proxy of the agent behind a handle; riid INVALID_RIID for a callable one. */
struct caps_Agent *direct_init(struct direct *direct, Handle handle, nk_iid_t riid);

/* What the receiver of a handle found in its container. */
struct seen {
    Retcode rc;
    Handle number;
    uint32_t rights;
    int is_dereferenced;
    uint64_t context;
};
/* Reads a container that was received. */
struct seen seen_of(const nk_handle_desc_t *desc);

/* Operations of Agent.Do: a, b, c in; value, other out. */
enum operation {
    DO_CLOSE,          /* handle a */
    DO_COPY,           /* handle a, rights b, badge c: value */
    DO_REVOKE,         /* handle a */
    DO_REVOKE_SUBTREE, /* handle a, badge b */
    DO_SID,            /* handle a: value */
    DO_MAKE,           /* rights a, context c: value */
    DO_MAKE_CALLABLE,  /* rights a, endpoint b of its own listener, context c: value */
    DO_BADGE,          /* context and event id c: value */
    DO_EVENT,          /* at most a ms: id value, mask other */
    DO_SET_EVENT,      /* handle a, mask b */
    DO_SUBSCRIBE,      /* handle a, mask b, id c */
    DO_UNSUBSCRIBE,    /* handle a */
    DO_PING,           /* handle a, endpoint b: value: context, other: rights with bit 31 */
    DO_CONNECT,        /* value: listener, other: client handle */
    DO_CALL,           /* a thread calls Ping on handle a, and waits */
    DO_CALL_RESULT,    /* rc of that; rcBusy while it waits */
    DO_LAST_REPLY,     /* rc of the last Reply that failed since this was asked */
    DO_REQUESTS,       /* value: requests received */
    DO_MEMORY,         /* a page of shared memory: value */
    DO_MAP,            /* handle a, to read: value: address */
    DO_UNMAP,          /* address c */
    DO_READ,           /* address c: rcSourceFault if nothing is there */
    DO_EXIT,           /* status a */
};

/* In a process of its own: trees of many handles; the number of cases that failed. */
int test_big(void);

#endif
