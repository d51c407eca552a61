/*
 * roundtrip.cc: the generated headers used from C++: an implementation derived from the interface.
 */
#include <demo/Server.edl.h>

#include <cstdio>

namespace
{
struct Impl : demo_IOther {
    int calls = 0;
    Impl()
    {
        static const demo_IOther_ops table = {ping, nullptr};
        this->ops = &table;
    }
    static nk_err_t ping(struct demo_IOther *self, const demo_IOther_Ping_req *req,
                         const nk_arena *, demo_IOther_Ping_res *res, nk_arena *)
    {
        static_cast<Impl *>(self)->calls++;
        res->result = req->value * 2;
        return NK_EOK;
    }
};
} // namespace

int main()
{
    Impl impl;
    demo_Server_entity server{};
    demo_Server_entity_req req{};
    demo_Server_entity_res res{};

    server.main = &impl;
    req.main.Ping.value = 21;
    nk_req_reset(&req.main.Ping);
    nk_msg_set_method_id(&req, demo_Server_main_iid, demo_IOther_Ping_mid);
    if (demo_Server_entity_dispatch(&server, &req.base_, nullptr, &res.base_, nullptr) != NK_EOK)
        return 1;
    return res.main.Ping.res_.result == 42 && impl.calls == 1 ? 0 : 2;
}
