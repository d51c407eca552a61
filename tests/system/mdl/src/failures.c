/*
 * failures.c: the n-th allocation fails, for every n, in a sequence of all calls; and quota.
 */
#include "suite.h"

#define LOCKED   (RW | VMM_FLAG_LOCKED)
#define HANDLES  4
#define MAPPINGS 4

/* What a sequence holds, so that it can be given back wherever it stopped. */
struct held {
    Handle handles[HANDLES];
    void *mappings[MAPPINGS];
    uint64_t sizes[MAPPINGS];
};

static void give_back(struct held *h)
{
    for (int i = 0; i < MAPPINGS; i++) {
        if (h->mappings[i]) {
            KnVmUnmap(h->mappings[i], h->sizes[i]);
        }
    }
    for (int i = 0; i < HANDLES; i++) {
        if (h->handles[i]) {
            core_close(h->handles[i]);
        }
    }
}

/* Every call once; no page is touched that has no frame yet. */
static Retcode all_calls(struct held *h)
{
    static char bytes[3 * PAGE];
    char *own;

    bytes[0] = bytes[PAGE] = bytes[2 * PAGE] = bytes[3 * PAGE - 1] = 1;
    Retcode rc = KnPmmMdlCreate(600 * PAGE, LOCKED, &h->handles[0]);
    if (rc == rcOk) {
        h->sizes[0] = 600 * PAGE;
        rc = KnPmmMdlMap(h->handles[0], 0, h->sizes[0], NULL, LOCKED, &h->mappings[0]);
    }
    if (rc == rcOk) {
        h->sizes[1] = 2 * PAGE;
        rc = KnPmmMdlMap(h->handles[0], 5 * PAGE, h->sizes[1], NULL, R, &h->mappings[1]);
    }
    if (rc == rcOk) {
        rc = KnPmmMdlCreateFromBuf(bytes, sizeof(bytes), RW, &h->handles[1]);
    }
    if (rc == rcOk) {
        rc = KnPmmMdlClone(h->handles[1], &h->handles[2]);
    }
    if (rc == rcOk) {
        h->sizes[2] = 20 * PAGE;
        h->mappings[2] = own = KnVmAllocate(NULL, h->sizes[2], LAZY | VMM_FLAG_LOCKED);
        rc = own ? KnPmmMdlCreateFromVm(own + PAGE, 10 * PAGE, RW, &h->handles[3]) : rcOutOfMemory;
    }
    if (rc == rcOk) {
        rc = KnVmProtect((char *)h->mappings[0] + 7 * PAGE, PAGE, R);
    }
    return rc;
}

static int is_equal(const struct counters *a, const struct counters *b)
{
    return a->frames == b->frames && a->objects == b->objects && a->handles == b->handles &&
           a->kmem == b->kmem;
}

static void test_allocations(void)
{
    uint64_t n = 1, outstanding = 0;
    int good = 1;
    struct held whole = {0};

    CHECK_RC("all calls", all_calls(&whole), rcOk); /* and the suite's own pages are there then */
    give_back(&whole);
    for (; outstanding == 0 && n < 5000; n++) {
        struct held held = {0};
        struct counters before, after;

        core_counters(&before);
        core_fail_allocation(n, NULL);
        Retcode rc = all_calls(&held);
        core_fail_allocation(0, &outstanding);
        give_back(&held);
        core_counters(&after);
        int is_good = is_equal(&before, &after) && (outstanding != 0) == (rc == rcOk) &&
                      (rc == rcOk || rc == rcOutOfMemory);
        if (!is_good) {
            fprintf(stderr, "  allocation %llu: %s; frames %lld, objects %lld, kernel memory %lld\n",
                    (unsigned long long)n, rc_name(rc), (long long)(after.frames - before.frames),
                    (long long)(after.objects - before.objects),
                    (long long)(after.kmem - before.kmem));
        }
        good &= is_good;
    }
    CHECK("a failure of any allocation is told and leaves nothing", good);
    CHECK("many were tried", n > 600 && n < 5000);
    fprintf(stderr, "%llu allocations failed, one at a time\n", (unsigned long long)n - 2);
}

/* What a peer with a limit makes is charged to it; what it only maps is not. */
static void test_quota(void)
{
    struct peer peer;
    Handle handle;
    uint32_t theirs = 0, first = 0;
    uint64_t va = 0;

    memset(&peer, 0, sizeof(peer));
    CHECK_RC("a process with 8 MiB",
             core_task_create("Child", "mdl.Peer", "Child", 0, CHILD_PRIORITY, 8ull << 20,
                              &peer.child.task),
             rcOk);
    child_add_server(&peer.child);
    uint64_t number = peer.child.listener;
    CHECK_RC("starts", child_start(&peer.child, "serve", 1, &number), rcOk);
    NkKosTransport_Init(&peer.transport, peer.child.client, NK_NULL, 0);
    mdl_Share_proxy_init(&peer.proxy, &peer.transport.base, mdl_Peer_share_iid);
    CHECK_RC("cannot make 8 MiB", peer_create(&peer, 8ull << 20, &theirs), rcQuotaExceeded);
    CHECK_RC("makes 5 MiB", peer_create(&peer, 5ull << 20, &first), rcOk);
    CHECK_RC("and no more", peer_create(&peer, 5ull << 20, &theirs), rcQuotaExceeded);
    CHECK_RC("closed they are given back", peer_close(&peer, first), rcOk);
    CHECK_RC("at once", peer_create(&peer, 5ull << 20, &theirs), rcOk);
    KnPmmMdlCreate(16ull << 20, RW, &handle);
    theirs = peer_keep(&peer, handle, NK_RIGHTS_SAME);
    CHECK_RC("it maps 16 MiB of others", peer_map(&peer, theirs, RW, 0, 16ull << 20, &va), rcOk);
    CHECK("and uses them", peer_poke(&peer, va + (12ull << 20), 1));
    CHECK_EQUAL("it is well", peer_end(&peer), -2000);
    core_close(handle);
}

void test_failures(void)
{
    test_allocations();
    test_quota();
}
