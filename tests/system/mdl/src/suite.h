/*
 * suite.h: what the files of this suite share.
 */
#ifndef MDL_SUITE_H
#define MDL_SUITE_H

#include "check.h"
#include "core.h"
#include "task.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/vmm/vmm_api.h>
#include <mdl/Peer.edl.h>
#include <services/ocap.h>
#include <stdio.h>
#include <string.h>

#define PAGE 4096ull
#define R    VMM_FLAG_READ
#define RW   (VMM_FLAG_READ | VMM_FLAG_WRITE)
#define LAZY (VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | RW)

/* A child and the way to it. */
struct peer {
    struct child child;
    NkKosTransport transport;
    struct mdl_Share_proxy proxy;
};
void peer_start(struct peer *p);
/* -1000: it faulted. */
int peer_end(struct peer *p);
/* The same for one that has touched what it must not. */
int peer_fault(struct peer *p);

/* What the peer is told; numbers are of its own table and memory. Zero or rcNotConnected if it is dead. */
uint32_t peer_keep(struct peer *p, Handle handle, uint32_t rights);
Handle peer_give(struct peer *p, uint32_t handle, uint32_t rights);
Retcode peer_create(struct peer *p, uint64_t size, uint32_t *handle);
Retcode peer_close(struct peer *p, uint32_t handle);
Retcode peer_map(struct peer *p, uint32_t handle, uint32_t flags, uint64_t offset, uint64_t size,
                 uint64_t *va);
Retcode peer_protect(struct peer *p, uint64_t va, uint64_t size, uint32_t flags);
Retcode peer_unmap(struct peer *p, uint64_t va, uint64_t size);
/* False if it died of it. */
int peer_peek(struct peer *p, uint64_t va, uint64_t *value);
int peer_poke(struct peer *p, uint64_t va, uint64_t value);
/* How often the peer has added one to the word at va, under the mutex at va + 64. */
uint32_t peer_count(struct peer *p, uint64_t va, uint32_t times);

/* New memory with a mapping, both good. */
volatile uint64_t *make(uint64_t size, Handle *handle);

void test_alone(void);
void test_sharing(void);
void test_revoking(void);
void test_failures(void);
void test_mutex(void);

#endif
