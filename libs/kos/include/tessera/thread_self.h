/*
 * tessera/thread_self.h: the calling thread's number without a call (x86_64): it stands at a fixed place
 * behind the thread pointer. libs/libc/src/thread.c checks the place.
 */
#ifndef TESSERA_THREAD_SELF_H
#define TESSERA_THREAD_SELF_H

#include <stdint.h>

#define KN_SELF_TID_OFFSET 48

static inline uint32_t kn_self_tid(void)
{
    uint32_t tid;

    __asm__("movl %%fs:%c1, %0" : "=r"(tid) : "i"(KN_SELF_TID_OFFSET));
    return tid;
}

#endif
