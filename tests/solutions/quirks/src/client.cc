/*
 * client.cc: the C interface as programs in the field use it, from C++. Prints a line for each
 * quirk.
 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <stdio.h>
#include <string.h>

#define NK_USE_UNQUALIFIED_NAMES
#include <Store.idl.h> // of package quirk: the project has its name
#include <quirk/Client.edl.h>

static void ok(const char *what, bool holds)
{
    fprintf(stderr, "%s %s\n", holds ? "ok" : "FAIL", what);
}

// An arena with memory of its own: the members are assigned.
template <size_t Size> struct Arena : public nk_arena {
    alignas(8) char memory[Size];
    Arena()
    {
        start = memory;
        current = memory;
        end = memory + Size;
    }
};

// A class over the generated interface.
class Local : public Store {
public:
    Local()
    {
        static const Store_ops table = {Add, Echo};
        this->ops = &table;
    }

private:
    static nk_err_t Add(struct Store *, const Store_Add_req *req, const nk_arena *, Store_Add_res *res,
                        nk_arena *)
    {
        res->result = req->a + req->b;
        return NK_EOK;
    }
    static nk_err_t Echo(struct Store *, const Store_Echo_req *, const nk_arena *, Store_Echo_res *,
                         nk_arena *)
    {
        return NK_ENOENT;
    }
};

// A channel's transport and proxy; the endpoint is asked for before its server runs.
struct Channel {
    NkKosTransport transport;
    Store_proxy proxy;
    nk_iid_t riid;

    explicit Channel(const char *name)
    {
        Handle handle = ServiceLocatorConnect(name);
        riid = ServiceLocatorGetRiid(handle, "inner.store");
        NkKosTransport_Init(&transport, handle, NK_NULL, 0);
        Store_proxy_init(&proxy, &transport.base, riid);
    }
};

static void plain(Channel &channel)
{
    Store_Add_req req = {{}, 40, 2};
    Store_Add_res res;

    nk_req_reset(&req);
    nk_err_t err = Store_Add(&channel.proxy.base, &req, NULL, &res, NULL);
    ok("a request filled by position, reset when it is full", err == NK_EOK && res.result == 42);
    ok("no arenas on either side", err == NK_EOK);
    ok("fields of a response by both names", res.result == res.res_.result);
}

static bool echo(Channel &channel, Store_Echo_req &req, Arena<Store_Echo_req_arena_size> &arena,
                 const void *text, nk_uint32_t size)
{
    Arena<Store_Echo_res_arena_size> answer;
    Store_Echo_res res;
    nk_size_t got = 0;

    if (Store_Echo(&channel.proxy.base, &req, &arena, &res, &answer) != NK_EOK) {
        return false;
    }
    const nk_char_t *back = nk_arena_get(nk_char_t, &answer, &res.answer, &got);
    return res.result == size && got == size && !memcmp(back, text, size);
}

static void arenas(Channel &channel)
{
    Store_Echo_req req;
    bool good = true;

    for (int i = 0; i < 100; i++) {
        Arena<Store_Echo_req_arena_size> arena;
        good = good && NkKosCopyStringToArena(&arena, &req.text, "a text") == NK_EOK &&
               echo(channel, req, arena, "a text", 7);
    }
    ok("a response arena that is never reset, in a hundred answers", good);
    {
        Arena<Store_Echo_req_arena_size> arena;
        nk_arena_store(nk_char_t, &arena, &req.text, "abcd", 4);
        ok("a text without its terminator", echo(channel, req, arena, "abcd", 4));
    }
    {
        Arena<Store_Echo_req_arena_size> arena;
        nk_ptr_t *rows = nk_arena_alloc(nk_ptr_t, &arena, &req.text, 2);
        memset(rows, 0x5a, 2 * sizeof(*rows));
        ok("a text filled as an array of descriptors", echo(channel, req, arena, rows, 16));
    }
}

int main()
{
    Channel simple("plain"), store("arenas");
    Store_Add_req req = {{}, 1, 2};
    Store_Add_res res;
    Local local;

    ok("an endpoint asked for before its server runs", simple.riid != INVALID_RIID);
    ok("members of transport and proxy", simple.transport.handle != INVALID_HANDLE &&
                                             simple.proxy.transport == &simple.transport.base);
    ok("a class over an interface", Store_Add(&local, &req, NULL, &res, NULL) == NK_EOK &&
                                        res.result == 3);
    plain(simple);
    arenas(store);
    return 0;
}
