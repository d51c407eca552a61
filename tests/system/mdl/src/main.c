/*
 * main.c: the peer as functions, and every part between counters.
 */
#include "suite.h"

#include <kos/thread.h>

/* ---- the peer ---- */

void peer_start(struct peer *p)
{
    CHECK_RC("a peer", child_serve(&p->child, "mdl.Peer", "serve", CHILD_PRIORITY), rcOk);
    NkKosTransport_Init(&p->transport, p->child.client, NK_NULL, 0);
    mdl_Share_proxy_init(&p->proxy, &p->transport.base, mdl_Peer_share_iid);
}

static int end_within(struct peer *p, uint64_t ms)
{
    int status = child_wait(&p->child, ms);

    child_drop(&p->child);
    return status;
}

int peer_end(struct peer *p)
{
    return end_within(p, 0);
}

int peer_fault(struct peer *p)
{
    return end_within(p, 60000); /* who called it hears of its end before the end is complete */
}

/* A method of the peer; the expression is true if it answered. */
#define TELL(method) (mdl_Share_##method(&p->proxy.base, &req, NK_NULL, &res, NK_NULL) == NK_EOK)

uint32_t peer_keep(struct peer *p, Handle handle, uint32_t rights)
{
    mdl_Share_Keep_req req = {.memory = nk_handle_desc(handle, rights)};
    mdl_Share_Keep_res res;

    return TELL(Keep) ? res.handle : 0;
}

Handle peer_give(struct peer *p, uint32_t handle, uint32_t rights)
{
    mdl_Share_Give_req req = {.handle = handle, .rights = rights};
    mdl_Share_Give_res res;

    return TELL(Give) ? nk_get_handle(&res.memory) : INVALID_HANDLE;
}

Retcode peer_create(struct peer *p, uint64_t size, uint32_t *handle)
{
    mdl_Share_Create_req req = {.size = size};
    mdl_Share_Create_res res;

    if (!TELL(Create)) {
        return rcNotConnected;
    }
    *handle = res.handle;
    return res.rc;
}

Retcode peer_close(struct peer *p, uint32_t handle)
{
    mdl_Share_Close_req req = {.handle = handle};
    mdl_Share_Close_res res;

    return TELL(Close) ? res.rc : rcNotConnected;
}

Retcode peer_map(struct peer *p, uint32_t handle, uint32_t flags, uint64_t offset, uint64_t size,
                 uint64_t *va)
{
    mdl_Share_Map_req req = {.handle = handle, .flags = flags, .offset = offset, .size = size};
    mdl_Share_Map_res res;

    if (!TELL(Map)) {
        return rcNotConnected;
    }
    *va = res.va;
    return res.rc;
}

Retcode peer_protect(struct peer *p, uint64_t va, uint64_t size, uint32_t flags)
{
    mdl_Share_Protect_req req = {.va = va, .size = size, .flags = flags};
    mdl_Share_Protect_res res;

    return TELL(Protect) ? res.rc : rcNotConnected;
}

Retcode peer_unmap(struct peer *p, uint64_t va, uint64_t size)
{
    mdl_Share_Unmap_req req = {.va = va, .size = size};
    mdl_Share_Unmap_res res;

    return TELL(Unmap) ? res.rc : rcNotConnected;
}

int peer_peek(struct peer *p, uint64_t va, uint64_t *value)
{
    mdl_Share_Peek_req req = {.va = va};
    mdl_Share_Peek_res res;
    int lives = TELL(Peek);

    if (lives && value) {
        *value = res.value;
    }
    return lives;
}

int peer_poke(struct peer *p, uint64_t va, uint64_t value)
{
    mdl_Share_Poke_req req = {.va = va, .value = value};
    mdl_Share_Poke_res res;

    return TELL(Poke);
}

uint32_t peer_count(struct peer *p, uint64_t va, uint32_t times)
{
    mdl_Share_Count_req req = {.va = va, .times = times};
    mdl_Share_Count_res res;

    return TELL(Count) ? res.done : 0;
}

/* ---- the parts ---- */

volatile uint64_t *make(uint64_t size, Handle *handle)
{
    void *va = NULL;

    *handle = INVALID_HANDLE;
    CHECK_RC("new memory", KnPmmMdlCreate(size, 0, handle), rcOk);
    CHECK_RC("its mapping", KnPmmMdlMap(*handle, 0, size, NULL, RW, &va), rcOk);
    return va;
}

static void run(const char *name, void (*test)(void))
{
    struct counters before, after;
    char text[64];

    test(); /* grows what stays */
    core_counters(&before);
    fprintf(stderr, "%s again, counted\n", name);
    test();
    core_counters(&after);
    snprintf(text, sizeof(text), "%s: no object is left", name);
    CHECK_EQUAL(text, after.objects, before.objects);
    snprintf(text, sizeof(text), "%s: no handle is left", name);
    CHECK_EQUAL(text, after.handles, before.handles);
    snprintf(text, sizeof(text), "%s: no frame is left", name);
    CHECK_EQUAL(text, after.frames, before.frames);
    snprintf(text, sizeof(text), "%s: no kernel memory is left", name);
    CHECK_EQUAL(text, after.kmem, before.kmem);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

int main(void)
{
    core_fill_handle_table();
    run("alone", test_alone);
    run("sharing", test_sharing);
    run("revoking", test_revoking);
    run("failures", test_failures);
    run("mutex", test_mutex);
    finish();
}
