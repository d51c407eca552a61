/*
 * kos/libc_thread.h: threads as the C library makes them, for libkos.
 *
 * Every user thread owns the C library's thread structure (TLS, errno, number), however it is made.
 * KosThreadCreate calls __kos_thread_create; programs use KosThreadCreate or pthread_create.
 */
#ifndef KOS_LIBC_THREAD_H
#define KOS_LIBC_THREAD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KOS_THREAD_PRIORITY_INHERIT (~0u)

struct kos_thread_params {
    int (*entry)(void *arg); /* what it returns is the thread's exit code */
    void *arg;
    uint32_t priority;       /* 0..31, or KOS_THREAD_PRIORITY_INHERIT */
    uint32_t flags;          /* passed to Thread.Create as they are */
    size_t stack_size;       /* bytes; zero: the default of pthread_create */
};

/*
 * Makes a thread that runs entry(arg). It is detached: its memory goes when it ends; wait for it
 * with the kernel's Thread.Wait on its number, which yields the exit code.
 *
 * Returns 0, with the thread's number in *tid if tid is not null; EINVAL: stack_size below 2 KiB;
 * EAGAIN: no memory, or the kernel refused (a priority above the ceiling, quota).
 */
int __kos_thread_create(const struct kos_thread_params *params, uint32_t *tid);

/* Ends the calling thread, after its cleanup handlers and key destructors. The last thread of a
 * process ends the process, with status zero. */
void __kos_thread_exit(int code) __attribute__((__noreturn__));

/* What runs in every thread made by __kos_thread_create: `begin` before its entry, `end` when it ends by
 * itself, after which it does nothing but leave. Null: nothing. */
struct kos_thread_hooks {
    void (*begin)(void);
    void (*end)(int code);
};
extern const struct kos_thread_hooks *__kos_thread_hooks;

/* Ends another thread at once, wherever it is; a pthread counts as cancelled. What it holds stays held,
 * except robust mutexes, streams and the locks inside the C library. 0; ESRCH: no such thread of the C library; EINVAL: the caller itself;
 * EPERM: the kernel refused. */
int __kos_thread_terminate(uint32_t tid, int code);
/* The stack of a thread: lowest address and size in bytes, without guard. 0; ESRCH. */
int __kos_thread_stack(uint32_t tid, void **low, size_t *size);

#ifdef __cplusplus
}
#endif

#endif
