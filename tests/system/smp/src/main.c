/*
 * main.c: what the parts use, and the parts, each between two looks at what the kernel holds.
 */
#include "suite.h"

#include <coresrv/hal/hal_api.h>

uint32_t cpus;

/* ---- the peer ---- */

void peer_start(struct peer *p)
{
    Retcode rc = child_serve(&p->child, "smp.Peer", "serve", CHILD_PRIORITY);

    if (rc != rcOk) {
        CHECK_RC("a peer", rc, rcOk);
    }
    NkKosTransport_Init(&p->transport, p->child.client, NK_NULL, 0);
    smp_Work_proxy_init(&p->proxy, &p->transport.base, smp_Peer_work_iid);
}

void peer_clone(const struct peer *p, struct peer *other)
{
    other->child = p->child;
    NkKosTransport_Init(&other->transport, p->child.client, NK_NULL, 0);
    smp_Work_proxy_init(&other->proxy, &other->transport.base, smp_Peer_work_iid);
}

int peer_end(struct peer *p)
{
    int status = child_wait(&p->child, 0);

    child_drop(&p->child);
    return status;
}

/* A method of the peer; the expression is true if it answered. */
#define TELL(method) (smp_Work_##method(&p->proxy.base, &req, NK_NULL, &res, NK_NULL) == NK_EOK)

int peer_where(struct peer *p, uint32_t *cpu)
{
    smp_Work_Where_req req;
    smp_Work_Where_res res;

    if (!TELL(Where)) {
        return -1;
    }
    *cpu = res.cpu;
    return 0;
}

int peer_add(struct peer *p, uint32_t a, uint32_t b, uint32_t *sum)
{
    smp_Work_Add_req req = {.a = a, .b = b};
    smp_Work_Add_res res;

    if (!TELL(Add)) {
        return -1;
    }
    *sum = res.sum;
    return 0;
}

uint32_t peer_keep(struct peer *p, Handle handle, uint32_t rights)
{
    smp_Work_Keep_req req = {.h = nk_handle_desc(handle, rights)};
    smp_Work_Keep_res res;

    return TELL(Keep) ? res.number : 0;
}

Handle peer_give(struct peer *p, uint32_t number, uint32_t rights)
{
    smp_Work_Give_req req = {.number = number, .rights = rights};
    smp_Work_Give_res res;

    return TELL(Give) && !nk_is_handle_dereferenced(&res.h) ? nk_get_handle(&res.h) : INVALID_HANDLE;
}

Retcode peer_map(struct peer *p, uint32_t number, uint64_t *va)
{
    smp_Work_Map_req req = {.number = number};
    smp_Work_Map_res res;

    if (!TELL(Map)) {
        return rcNotConnected;
    }
    *va = res.va;
    return res.rc;
}

Retcode peer_busy(struct peer *p, enum busy kind, uint32_t threads, uint64_t board, uint64_t va)
{
    smp_Work_Start_req req = {.kind = kind, .threads = threads, .board = board, .va = va};
    smp_Work_Start_res res;

    return TELL(Start) ? res.rc : rcNotConnected;
}

/* ---- shared memory ---- */

void shared_make(struct shared *s)
{
    void *va = NULL;

    CHECK_RC("shared memory", KnPmmMdlCreate(PAGE, 0, &s->handle), rcOk);
    CHECK_RC("its mapping", KnPmmMdlMap(s->handle, 0, PAGE, NULL, RW, &va), rcOk);
    s->va = va;
}

void shared_drop(struct shared *s)
{
    KnHandleRevoke(s->handle);
}

uint64_t shared_with(const struct shared *s, struct peer *p, Handle through)
{
    uint64_t va = 0;
    uint32_t number = peer_keep(p, through == INVALID_HANDLE ? s->handle : through, SHARE);

    if (peer_map(p, number, &va) != rcOk) {
        CHECK("the peer maps shared memory", 0);
    }
    return va;
}

/* ---- threads and places ---- */

void go_to(uint32_t cpu)
{
    KosThreadSetAffinity(KosThreadCurrentId(), 1ull << cpu);
}

void go_anywhere(void)
{
    KosThreadSetAffinity(KosThreadCurrentId(), ~0ull);
}

struct run {
    void (*body)(void *, uint32_t);
    void *context;
    uint32_t number;
    volatile uint32_t is_done;
};

static int run(void *context)
{
    struct run *r = context;

    go_to(r->number % cpus);
    r->body(r->context, r->number);
    r->is_done = 1;
    return 0;
}

void on_cpus(uint32_t n, void (*body)(void *, uint32_t), void *context)
{
    struct run runs[2 * CPUS_SHOWN];
    Tid tids[2 * CPUS_SHOWN];

    for (uint32_t i = 0; i < n; i++) {
        runs[i] = (struct run){.body = body, .context = context, .number = i};
        CHECK_RC("a thread for each CPU",
                 KosThreadCreate(&tids[i], ThreadPriorityNormal, 0, run, &runs[i], 0), rcOk);
    }
    for (uint32_t i = 0; i < n; i++) {
        KosThreadWait(tids[i], INFINITE_TIMEOUT);
        if (!runs[i].is_done) {
            CHECK("a thread came to its end", 0);
        }
    }
}

/* ---- the parts ---- */

static void part(const char *name, void (*body)(void))
{
    struct counters before, after;
    char text[80], only[16] = "";

    if (KnHalGetEnv("part", only, sizeof(only)) == rcOk && strcmp(only, name)) {
        return; /* part=NAME on the kernel's command line */
    }
    body(); /* what is made once and stays is made now */
    core_counters(&before);
    body();
    core_counters(&after);
    snprintf(text, sizeof(text), "%s: no thread is left", name);
    CHECK_EQUAL(text, after.threads, before.threads);
    snprintf(text, sizeof(text), "%s: no handle is left", name);
    CHECK_EQUAL(text, after.handles, before.handles);
    snprintf(text, sizeof(text), "%s: no object is left", name);
    CHECK_EQUAL(text, after.objects, before.objects);
    snprintf(text, sizeof(text), "%s: self-check", name);
    CHECK_RC(text, core_self_check(), rcOk);
}

int main(void)
{
    cpus = KosCpuCount() < CPUS_SHOWN ? KosCpuCount() : CPUS_SHOWN;
    core_fill_handle_table();
    printf("%u CPUs\n", cpus);
    part("places", test_places);
    part("waking", test_waking);
    part("calls", test_calls);
    part("memory", test_memory);
    part("kill", test_kill);
    part("clocks", test_clocks);
    part("beside", test_beside_each_other);
    part("storm", test_storm);
    finish();
}
