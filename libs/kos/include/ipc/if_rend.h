/*
 * ipc/if_rend.h: the header of a message for the system calls of coresrv/syscalls.h.
 *
 * It describes buffers; PackOutMsg() and PackInMsg() of services/rtl/nk_msg.h fill it in.
 */
#ifndef IPC_IF_REND_H
#define IPC_IF_REND_H

#include <kos/base.h>

typedef rtl_uint32_t TaskId;

/* One buffer. */
typedef struct SIndirDesc {
    void *buf;
    rtl_uint32_t size; /* bytes: to send, or the capacity */
    rtl_uint32_t reserved;
} SIndirDesc;

#define SMSG_CONSTANT 0 /* indirDescs: the constant part */
#define SMSG_ARENA    1 /* the arena, or a null pointer */
#define SMSG_IMM_MAX  sizeof(SIndirDesc[2])

typedef struct SMsgHdr {
    Handle replyHandle;       /* Recv: not INVALID_HANDLE when a reply is owed */
    TaskId sender;            /* zero: the kernel does not tell who sends */
    rtl_uint32_t threadId;
    rtl_uint32_t immSize;     /* zero: the buffers are described, nothing is immediate */
    rtl_uint64_t traceId;
    rtl_uint64_t spanId;
    union {
        rtl_uint8_t imm[SMSG_IMM_MAX];
        SIndirDesc indirDescs[2];
    };
    rtl_uint64_t replyToken;  /* Recv: names the request; in Reply: zero means the last received */
    struct nk_arena *arena;   /* PackInMsg: gets the used size after the call */
} SMsgHdr;

#endif
