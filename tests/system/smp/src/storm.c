/*
 * storm.c: all CPUs at one inheritance tree: copying, sending, taking back, using, closing and revoking
 * each other's handles, with no order among them. Any answer is right as long as it is one of those that
 * a handle can give at that moment; what must hold is the kernel's self-check, and that nothing is left.
 */
#include "suite.h"

#define SLOTS  24
#define ROUNDS 150

struct storm {
    struct peer *peers;
    Handle root;
    volatile uint32_t handles[SLOTS];               /* of this process; zero: none */
    volatile uint32_t numbers[CPUS_SHOWN][SLOTS];   /* of each peer */
    volatile uint32_t wrong;                        /* the first answer that cannot be */
    volatile uint64_t done;
};

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* A handle that another CPU may be closing or revoking, or whose number serves another handle. */
static void expect(struct storm *s, Retcode rc)
{
    switch (rc) {
    case rcOk:
    case rcInvalidArgument:
    case rcHandleRevoked:
    case rcSecurityDisallow:
    case rcNotConnected:
        s->done++;
        return;
    default:
        s->wrong = (uint32_t)rc;
    }
}

static void put(volatile uint32_t *slot, uint32_t handle)
{
    uint32_t old = __atomic_exchange_n(slot, handle, __ATOMIC_SEQ_CST);

    if (old) {
        KnHandleClose(old);
    }
}

static void step(struct storm *s, struct peer *p, uint32_t peer, uint32_t *seed)
{
    uint32_t at = next_random(seed) % SLOTS, to = next_random(seed) % SLOTS;
    Handle handle = s->handles[at] ? s->handles[at] : s->root, made = INVALID_HANDLE;
    uint32_t number = s->numbers[peer][at];
    uint64_t va;
    nk_sid_t sid;

    switch (next_random(seed) % 9) {
    case 0:
    case 1:
        expect(s, KnHandleCopy(handle, NK_RIGHTS_SAME, INVALID_HANDLE, &made));
        if (made != INVALID_HANDLE) {
            put(&s->handles[to], made);
        }
        break;
    case 2:
        number = peer_keep(p, handle, SHARE | OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY);
        if (number) {
            s->numbers[peer][to] = number;
        }
        break;
    case 3:
        made = number ? peer_give(p, number, SHARE | OCAP_HANDLE_TRANSFER) : INVALID_HANDLE;
        if (made != INVALID_HANDLE) {
            put(&s->handles[to], made);
        }
        break;
    case 4:
        if (number) {
            expect(s, peer_map(p, number, &va));
        }
        break;
    case 5:
        expect(s, KnHandleGetSidByHandle(handle, &sid));
        break;
    case 6:
        if (handle != s->root) {
            expect(s, KnHandleRevoke(handle));
        }
        break;
    case 7: {
        void *here = NULL;
        if (KnPmmMdlMap(handle, 0, PAGE, NULL, RW, &here) == rcOk) {
            KnVmUnmap(here, PAGE);
        }
        break;
    }
    default:
        put(&s->handles[at], 0);
    }
}

static void storm(void *context, uint32_t i)
{
    struct storm *s = context;
    struct peer mine;
    uint32_t seed = 12345u + i, peer = i % cpus;

    peer_clone(&s->peers[peer], &mine);
    for (uint32_t n = 0; n < ROUNDS; n++) {
        step(s, &mine, peer, &seed);
    }
}

void test_storm(void)
{
    static struct storm s;
    struct peer peers[CPUS_SHOWN];
    struct shared memory;

    memset(&s, 0, sizeof(s));
    shared_make(&memory);
    s.peers = peers;
    s.root = memory.handle;
    for (uint32_t i = 0; i < cpus; i++) {
        peer_start(&peers[i]);
    }
    on_cpus(2 * cpus, storm, &s);
    CHECK_EQUAL("every answer can be", s.wrong, 0);
    CHECK_RC("the kernel's self-check in the middle", core_self_check(), rcOk);
    printf("%u steps\n", (unsigned)s.done);
    KnHandleRevoke(memory.handle);
    for (uint32_t i = 0; i < SLOTS; i++) {
        put(&s.handles[i], 0);
    }
    for (uint32_t i = 0; i < cpus; i++) {
        peer_end(&peers[i]);
    }
    CHECK_RC("the kernel's self-check after it", core_self_check(), rcOk);
}
