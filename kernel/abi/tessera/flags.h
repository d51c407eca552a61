/*
 * tessera/flags.h: the bits of the `flags` parameters of idl/kl/core.
 */
#ifndef TESSERA_FLAGS_H
#define TESSERA_FLAGS_H

/* VMM: protection, in Allocate and Protect. */
#define VMM_FLAG_READ     0x1
#define VMM_FLAG_WRITE    0x2
#define VMM_FLAG_EXECUTE  0x4
#define VMM_FLAG_RWX_MASK 0x7

/* VMM.Allocate. COMMIT alone gives frames when pages are touched, with LOCKED at once. */
#define VMM_FLAG_RESERVE    0x10 /* always set */
#define VMM_FLAG_COMMIT     0x20
#define VMM_FLAG_LOCKED     0x40
#define VMM_FLAG_LOW_GUARD  0x80  /* one page below that is never accessible */
#define VMM_FLAG_HIGH_GUARD 0x100 /* the same above */
#define VMM_FLAG_GROW_DOWN  0x200 /* used from the top; changes nothing */
#define VMM_FLAG_ALIAS      0x400
#define VMM_FLAG_FIXED      0x800 /* exactly at the address, or rcAlreadyExists */

#define VMM_FLAG_WRITE_BACK    0x0000
#define VMM_FLAG_WRITE_THROUGH 0x1000
#define VMM_FLAG_WRITE_COMBINE 0x2000
#define VMM_FLAG_CACHE_DISABLE 0x3000
#define VMM_FLAG_CACHE_MASK    0x3000

/* Task.Create. */
#define KN_TASK_EMPTY 0x1 /* no program: Task.LoadSeg brings it */

/* Thread.Create. */
#define KN_THREAD_SUSPENDED 0x1 /* waits for Thread.Resume */
#define KN_THREAD_NO_HANDLE 0x2 /* the creator wants no handle: zero is returned for it */

/* Thread.GetInfo's state. */
#define KN_THREAD_STOPPED 0 /* not started, or suspended */
#define KN_THREAD_READY   1 /* runs or could run */
#define KN_THREAD_BLOCKED 2
#define KN_THREAD_ENDED   3

/* Sync.WaitNs. */
#define KN_WAIT_ALERTABLE 0x1 /* Thread.Alert ends it */

/* How long a thread runs while others of its priority wait for the processor. */
#define KN_TIME_SLICE_NS 10000000

/* Thread.Create's priority: that of the caller. */
#define KN_PRIORITY_INHERIT 0xffffffffu

#endif
