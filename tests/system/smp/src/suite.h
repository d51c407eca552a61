/*
 * suite.h: what the files of this suite share.
 */
#ifndef SMP_SUITE_H
#define SMP_SUITE_H

#include "busy.h"
#include "check.h"
#include "core.h"
#include "task.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/thread.h>
#include <services/ocap.h>
#include <smp/Peer.edl.h>
#include <stdio.h>
#include <string.h>

#define PAGE       4096u
#define RW         (VMM_FLAG_READ | VMM_FLAG_WRITE)
#define SHARE      (OCAP_MDL_READ | OCAP_MDL_WRITE)
#define CPUS_SHOWN 8u /* the parts use no more than so many */

/* How many CPUs run, at most CPUS_SHOWN. */
extern uint32_t cpus;

/* A child and the way to it. */
struct peer {
    struct child child;
    NkKosTransport transport;
    struct smp_Work_proxy proxy;
};
/* It may run on the CPUs that the caller may run on now. */
void peer_start(struct peer *p);
/* Ends it; its status, -1000: it faulted. */
int peer_end(struct peer *p);
/* One more way to call it, for another thread. */
void peer_clone(const struct peer *p, struct peer *other);

/* Zero, or a code below zero, if it is dead. */
int peer_where(struct peer *p, uint32_t *cpu);
int peer_add(struct peer *p, uint32_t a, uint32_t b, uint32_t *sum);
uint32_t peer_keep(struct peer *p, Handle handle, uint32_t rights);
/* A new handle; invalid, too, if it is one that this process holds already. */
Handle peer_give(struct peer *p, uint32_t number, uint32_t rights);
Retcode peer_map(struct peer *p, uint32_t number, uint64_t *va);
Retcode peer_busy(struct peer *p, enum busy kind, uint32_t threads, uint64_t board, uint64_t va);

/* A page that this process and others share: the suite's board, and what they read. */
struct shared {
    Handle handle;
    volatile uint64_t *va;
};
void shared_make(struct shared *s);
void shared_drop(struct shared *s);
/* Lets the peer map it; its address there. */
uint64_t shared_with(const struct shared *s, struct peer *p, Handle through);

/* Runs body(context, i) in `n` threads, thread i on CPU i % cpus alone, and waits for all. */
void on_cpus(uint32_t n, void (*body)(void *, uint32_t), void *context);
/* The caller may run on this CPU alone, or on all. */
void go_to(uint32_t cpu);
void go_anywhere(void);
static inline void relax(void)
{
    __builtin_ia32_pause();
}

void test_places(void);
void test_waking(void);
void test_calls(void);
void test_memory(void);
void test_kill(void);
void test_clocks(void);
void test_beside_each_other(void);
void test_storm(void);

#endif
