/*
 * kos_thread_state.h: what our layer keeps for each thread, inside musl's struct pthread.
 *
 * build.sh adds `struct kos_thread_state kos;` to that structure. Only the thread itself touches
 * its state, except that its creator fills it before the thread runs, and what has to do with its
 * end, its cancellation, its name and its policy, which others change under the lock of the thread list.
 */
#ifndef KOS_THREAD_STATE_H
#define KOS_THREAD_STATE_H

struct kos_thread_request;

struct kos_thread_state {
    volatile int *clear_word;           /* set to zero and woken by the kernel when it has ended */
    int exit_code;                      /* told to whoever waits for the thread in the kernel */
    int (*entry)(void *);               /* of a thread made by __kos_thread_create */
    struct kos_thread_request *request; /* of the thread that this one is creating, or null */
    unsigned long sig_mask;             /* bit n-1: signal n is blocked */
    void *next_kept;                    /* of the stacks kept for further use: stack.c */
    int policy;                         /* SCHED_*: sched.c */
    int priority;                       /* the kernel's, as far as it is known here */
    char name[16];                      /* empty: that of the process */
};

#endif
