/*
 * plain.c: messages in memory without an arena, whose buffers or their descriptions are not there, or not
 * all of them: these are looked at by the kernel's shortest path, which must leave them to the general one.
 */
#include "suite.h"

#include <coresrv/vmm/vmm_api.h>

#define PAGE           4096u
#define USER_END       0x0000800000000000ull
#define KERNEL_ADDRESS 0xffff800000100000ull
#define NOT_CANONICAL  0x8000000000000000ull
#define RW             (VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE)

static uint64_t hole; /* where a page ends behind which nothing is */

static struct call {
    struct kn_buf out, in;
    ipc_Echo_Six_req req;
    ipc_Echo_Six_res res;
} call;

/* A good Six. */
static void good(void)
{
    uint64_t word = REQUEST(Six);

    memset(&call, 0, sizeof(call));
    memcpy((char *)&call.req + 16, &word, 8);
    for (unsigned i = 0; i < 6; i++) {
        call.req.given[i] = 7 * i;
    }
    call.out = (struct kn_buf){.head = (uintptr_t)&call.req, .head_size = sizeof(call.req)};
    call.in = (struct kn_buf){.head = (uintptr_t)&call.res, .head_size = sizeof(call.res)};
}

static Retcode tell(Handle handle, uint64_t out, uint64_t in)
{
    struct raw r = {.rax = KN_CALL | KN_LONG, .rdi = handle, .rsi = REQUEST(Six), .r12 = out, .r8 = in};

    return raw_syscall(&r);
}

/* The same text in each run, wherever the page is. */
static void name_place(char *text, size_t size, uint64_t at)
{
    if (at >= hole - PAGE && at <= hole) {
        snprintf(text, size, "%u before the hole", (unsigned)(hole - at));
    } else {
        snprintf(text, size, "0x%llx", (unsigned long long)at);
    }
}

/* One call that cannot be, and one that can. */
static void check(Handle handle, const char *what, uint64_t at, uint64_t out, uint64_t in,
                  Retcode wanted)
{
    char place[40], name[120];

    name_place(place, sizeof(place), at);
    snprintf(name, sizeof(name), "%s at %s", what, place);
    CHECK_RC(name, tell(handle, out, in), wanted);
    good();
    snprintf(name, sizeof(name), "after %s at %s the server answers", what, place);
    CHECK(name, tell(handle, (uintptr_t)&call.out, (uintptr_t)&call.in) == rcOk &&
                    call.res.taken[0] == ~35ull && call.res.taken[5] == ~0ull);
}

static void test_place(Handle h, uint64_t at)
{
    uint64_t out = (uintptr_t)&call.out, in = (uintptr_t)&call.in;

    good();
    check(h, "the request's kn_buf", at, at, in, rcSourceFault);
    good();
    check(h, "the response's kn_buf", at, out, at, rcTargetFault);
    good();
    call.out.head = at;
    check(h, "the request", at, out, in, rcSourceFault);
    good();
    call.in.head = at;
    check(h, "the response", at, out, in, rcTargetFault);
}

/* The buffers themselves lie where they end with the page. */
static void test_end_of_page(Handle h)
{
    good();
    memcpy((void *)(hole - sizeof(call.req)), &call.req, sizeof(call.req));
    call.out.head = hole - sizeof(call.req);
    check(h, "a request that ends with its page", hole, (uintptr_t)&call.out, (uintptr_t)&call.in, rcOk);
    good();
    call.in.head = hole - sizeof(call.res);
    check(h, "a response that ends with its page", hole, (uintptr_t)&call.out, (uintptr_t)&call.in,
          rcOk);
    good();
    memcpy((void *)(hole - sizeof(call.out)), &call.out, sizeof(call.out));
    check(h, "a kn_buf that ends with its page", hole, hole - sizeof(call.out), (uintptr_t)&call.in,
          rcOk);
}

void test_plain(Handle h)
{
    Retcode rc = core_vm_allocate(0, 2 * PAGE, RW, &hole);

    hole += PAGE;
    CHECK_RC("two pages", rc, rcOk);
    CHECK_RC("but one", core_vm_free(hole, PAGE), rcOk);
    const uint64_t places[] = {
        0, 8, 0x1000, hole - 4, hole - 8, hole - 12, hole - 16, hole - 24, hole, USER_END - PAGE - 4,
        USER_END - 4, USER_END - 8, USER_END - 12, USER_END - 16, USER_END - 24, USER_END - 28,
        USER_END, KERNEL_ADDRESS, NOT_CANONICAL, ~0ull - 4, ~0ull};

    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        test_place(h, places[i]);
    }
    test_end_of_page(h);
    good();
    call.in.head = (uintptr_t)(void *)test_plain; /* code */
    check(h, "a response in read-only memory", 0, (uintptr_t)&call.out, (uintptr_t)&call.in,
          rcTargetFault);
    good();
    call.in.head_size = sizeof(call.res) - 1;
    check(h, "a response buffer a byte too small", 0, (uintptr_t)&call.out,
          (uintptr_t)&call.in, rcTargetFault);
    core_vm_free(hole - PAGE, PAGE);
}
