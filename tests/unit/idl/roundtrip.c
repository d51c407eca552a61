/*
 * roundtrip.c: proxies and dispatchers of the generated headers, put together by a transport that
 * copies messages inside one process. Exits 0 when every check holds.
 */
#include <stdio.h>
#include <string.h>

#ifdef UNQUALIFIED
#define NK_USE_UNQUALIFIED_NAMES
#endif
#include <demo/Server.edl.h>
#include <demo/IAll.idl.h>
#include <demo/Client.edl.h>
#include <Single.edl.h>

static int failures;
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                                 \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

/* A transport that dispatches into a server in the same process. */
struct loop {
    struct nk_transport base;
    demo_Server_entity *server;
    demo_Server_entity_req req;
    demo_Server_entity_res res;
    nk_message last_req, last_res;
    nk_err_t dispatched;
};

static nk_err_t loop_call(struct nk_transport *transport, const struct nk_message *req,
                          const struct nk_arena *req_arena, struct nk_message *res,
                          struct nk_arena *res_arena)
{
    struct loop *loop = (struct loop *)transport;

    memset(&loop->res, 0xee, sizeof(loop->res));
    memcpy(&loop->req, req, req->size);
    loop->last_req = *req;
    loop->dispatched = demo_Server_entity_dispatch(loop->server, &loop->req.base_, req_arena,
                                                   &loop->res.base_, res_arena);
    loop->last_res = loop->res.base_;
    if (loop->res.base_.size > res->size)
        return NK_EMSGSIZE;
    memcpy(res, &loop->res, loop->res.base_.size);
    return NK_EOK;
}

static const struct nk_transport_ops loop_ops = {loop_call, NULL, NULL};

/* Implementations */

static nk_err_t ping(struct demo_IOther *self, const struct demo_IOther_Ping_req *req,
                     const struct nk_arena *req_arena, struct demo_IOther_Ping_res *res,
                     struct nk_arena *res_arena)
{
    (void)self;
    (void)req_arena;
    (void)res_arena;
    if (req->value == 7)
        return NK_EBUSY;
    res->result = req->value + 1;
    return NK_EOK;
}

static nk_err_t echo(struct demo_IAll *self, const struct demo_IAll_Echo_req *req,
                     const struct nk_arena *req_arena, struct demo_IAll_Echo_res *res,
                     struct nk_arena *res_arena)
{
    nk_size_t size = 0;
    const char *text = nk_arena_get(char, req_arena, &req->text, &size);

    (void)self;
    if (!text || size == 0) {
        nk_err_reset(res);
        res->err_.code = demo_Types_Negative;
        nk_arena_store(char, res_arena, &res->err_.why, "empty", 6);
        return NK_EOK;
    }
    res->length = size - 1;
    return nk_arena_store(char, res_arena, &res->back, text, size);
}

static nk_err_t give(struct demo_IAll *self, const struct demo_IAll_Give_req *req,
                     const struct nk_arena *req_arena, struct demo_IAll_Give_res *res,
                     struct nk_arena *res_arena)
{
    (void)self;
    (void)req_arena;
    (void)res_arena;
    res->res_.back = req->two[1].thing;
    return NK_EOK;
}

static const struct demo_IOther_ops other_ops = {.Ping = ping};
static const demo_IAll_ops all_ops = {.Echo = echo, .Give = give};
static struct demo_IOther other = {&other_ops};
static demo_IAll all = {.ops = &all_ops};
static demo_Leaf_component left, right, last;
static demo_Branch_component branch;
static demo_Old_component old;
static struct demo_IEmpty empty;
static struct demo_Server_entity server;
static struct loop loop = {.base = {&loop_ops}, .server = &server};

static void build_server(void)
{
    demo_Leaf_component_init(&left, &other, NULL);
    demo_Leaf_component_init(&right, NULL, &all);
    demo_Leaf_component_init(&last, &other, &all);
    demo_Branch_component_init(&branch, &left, &right, &other);
    demo_Old_component_init(&old, &all);
    demo_Server_entity_init(&server, &branch, &last, &old, &other, &empty);
}

/* Tests */

static void test_numbers(void)
{
    CHECK(demo_Server_main_iid == 0 && demo_Server_empty_iid == 1);
    CHECK(demo_Server_branch_iidOffset == 2 && demo_Server_branch_own_iid == 2);
    CHECK(demo_Server_branch_left_iidOffset == 3 && demo_Server_branch_left_a_iid == 3);
    CHECK(demo_Server_branch_right_iidOffset == 5 && demo_Server_branch_right_b_iid == 6);
    CHECK(demo_Server_task_a_iid == 7 && demo_Server_old_IAll_iid == 9);
    CHECK(demo_Server_iidMax == 10 && demo_Server_securityIidMax == 2);
    CHECK(demo_Branch_left_b_iid == 2 && demo_Client_iidMax == 0);
    CHECK(demo_IAll_Nothing_mid == 0 && demo_IAll_Ids_mid == 6 && demo_IAll_mid_max == 7);
    CHECK(!strcmp(demo_Server_component_endpoint_name(6), "branch.right.b"));
    CHECK(Single_c_b_iid == 1);
}

static void test_constants(void)
{
    CHECK(demo_Types_Total == 32 && demo_Types_Octal == 15 && demo_Types_Minus == -1);
    CHECK(demo_Types_Zero == 0 && demo_Types_Negative == -15 && demo_Types_Words == 12);
    CHECK(demo_Types_Big == 0xffffffffffffffffull && demo_Types_Wide == 0x80000000u);
    CHECK(demo_Types_Small == -9223372036854775807ll - 1 && demo_Types_Lowest < -2147483647);
    CHECK(demo_IAll_Limit == 20);
}

static void test_sizes(void)
{
    CHECK(demo_IAll_Echo_req_arena_size == 257 && demo_IAll_Echo_req_text_size == 257);
    CHECK(demo_IAll_Echo_res_back_size == 33 && demo_IAll_Echo_err_why_size == 21);
    CHECK(demo_IAll_Echo_res_arena_size == 33);
    CHECK(demo_IAll_Give_req_handles == 4 && demo_IAll_Give_res_handles == 1);
    CHECK(demo_IAll_req_handles == 4 && demo_IAll_err_handles == 0);
    CHECK(sizeof(demo_IAll_Nothing_req) == 24 && sizeof(demo_IAll_Nothing_res) == 24);
    CHECK(offsetof(demo_IAll_Ints_req, a) == 24 && offsetof(demo_IAll_Ints_req, b) == 32);
    CHECK(offsetof(demo_IAll_Ints_req, c) == 40 && offsetof(demo_IAll_Ints_req, d) == 44);
    CHECK(sizeof(demo_IAll_Ints_req) == 48);
    CHECK(offsetof(demo_Types_Choice, inner) == 8 && sizeof(demo_Types_Choice) == 24);
    CHECK(demo_Types_Choice_words_tag == 2 && demo_Types_Choice_tag_max == 3);
    CHECK(demo_Server_component_req_arena_size == (int)demo_IAll_req_arena_size);
    CHECK(demo_Server_entity_req_handles == 4);
    CHECK(demo_IAll_Ids_req_ids_size == 64);
}

static void test_call(void)
{
    demo_IOther_proxy proxy;
    demo_IOther_Ping_req req = {.value = 41};
    demo_IOther_Ping_res res;

    demo_IOther_proxy_init(&proxy, &loop.base, demo_Server_branch_left_a_iid);
    CHECK(demo_IOther_Ping(&proxy.base, &req, NULL, &res, NULL) == NK_EOK);
    CHECK(res.result == 42 && res.res_.result == 42);
    CHECK(loop.last_req.size == sizeof(req) && loop.last_req.kind == NK_MESSAGE_REQUEST);
    CHECK(loop.last_req.iid == 3 && loop.last_req.mid == demo_IOther_Ping_mid);
    CHECK(loop.last_res.size == sizeof(struct demo_IOther_Ping_res_));
    CHECK(loop.last_res.kind == NK_MESSAGE_RESPONSE && loop.last_res.iid == 3);
}

static void test_failure(void)
{
    demo_IOther_proxy proxy;
    demo_IOther_Ping_req req = {.value = 7};
    demo_IOther_Ping_res res;
    demo_IOther_Pong_req pong = {0};
    demo_IOther_Pong_res pong_res;

    demo_IOther_proxy_init(&proxy, &loop.base, demo_Server_main_iid);
    CHECK(demo_IOther_Ping(&proxy.base, &req, NULL, &res, NULL) == NK_EBUSY);
    CHECK(loop.dispatched == NK_EBUSY && loop.last_res.kind == NK_MESSAGE_FAILED);
    CHECK(loop.last_res.size == 24 && loop.last_res.self.handle == NK_EBUSY);
    /* A method that the implementation left out, an endpoint left out, one that does not exist. */
    CHECK(demo_IOther_Pong(&proxy.base, &pong, NULL, &pong_res, NULL) == NK_ENOENT);
    proxy.iid = demo_Server_branch_right_a_iid;
    CHECK(demo_IOther_Ping(&proxy.base, &req, NULL, &res, NULL) == NK_ENOENT);
    proxy.iid = 77;
    CHECK(demo_IOther_Ping(&proxy.base, &req, NULL, &res, NULL) == NK_ENOENT);
    CHECK(loop.last_res.iid == 77 && loop.last_res.kind == NK_MESSAGE_FAILED);
    CHECK(demo_IOther_interface_dispatch(&other, 5, &req.base_, NULL, &res.base_, NULL) ==
          NK_ENOENT);
}

static void test_strings(void)
{
    char req_buffer[demo_IAll_Echo_req_arena_size], res_buffer[demo_IAll_Echo_res_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    demo_IAll_proxy proxy;
    demo_IAll_Echo_req req = {0};
    demo_IAll_Echo_res res;
    nk_size_t size;

    demo_IAll_proxy_init(&proxy, &loop.base, demo_Server_old_IAll_iid);
    for (int i = 0; i < 3; i++) { /* the response arena is not reset in between */
        nk_arena_reset(&req_arena);
        CHECK(nk_arena_store(char, &req_arena, &req.text, "hello", 6) == NK_EOK);
        CHECK(demo_IAll_Echo(&proxy.base, &req, &req_arena, &res, &res_arena) == NK_EOK);
        CHECK(res.length == 5 && !nk_msg_check_err(&res));
        CHECK(!strcmp(nk_arena_get(char, &res_arena, &res.back, &size), "hello") && size == 6);
    }
    nk_arena_reset(&req_arena);
    memset(&req.text, 0, sizeof(req.text));
    CHECK(demo_IAll_Echo(&proxy.base, &req, &req_arena, &res, &res_arena) == NK_EOK);
    CHECK(nk_msg_check_err(&res) && res.err_.code == -15);
    CHECK(!strcmp(nk_arena_get(char, &res_arena, &res.err_.why, &size), "empty"));
    CHECK(loop.last_res.size == sizeof(demo_IAll_Echo_err));
}

static void test_handles(void)
{
    demo_IAll_proxy proxy;
    demo_IAll_Give_req req = {0};
    demo_IAll_Give_res res;

    demo_IAll_proxy_init(&proxy, &loop.base, demo_Server_task_b_iid);
    req.two[1].thing.handle = 99;
    CHECK(demo_IAll_Give(&proxy.base, &req, NULL, &res, NULL) == NK_EOK);
    CHECK(res.back.handle == 99 && res.back.rights == 0);
    CHECK(loop.last_req.ncaps == 4 && loop.last_res.ncaps == 1);
}

#ifdef UNQUALIFIED
static void test_unqualified(void)
{
    struct IOther_proxy proxy;
    IOther_Ping_req req = {.value = 1};
    IOther_Ping_res res;
    Server_entity *entity = &server;
    struct Types_Inner inner = {Types_Half, IAll_Limit};

    IOther_proxy_init(&proxy, &loop.base, Server_main_iid);
    CHECK(IOther_Ping(&proxy.base, &req, NULL, &res, NULL) == NK_EOK && res.result == 2);
    CHECK(entity->branch == &branch && inner.value == 16);
    CHECK(IAll_Echo_req_text_size == 257 && Server_branch_iidOffset == 2);
}
#endif

#ifdef TESTS
static unsigned seed = 1;

static int next_number(void)
{
    seed = seed * 1103515245u + 12345u;
    return (int)(seed >> 1);
}

/* Fillers reach every field and stay within the arena that the size constants promise. */
static void test_fillers(void)
{
    static char buffer[demo_IAll_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    nk_bool_t failure = 0;
    demo_IAll_Deep_req deep;
    demo_IAll_Deep_res names;
    demo_IAll_Ids_req ids;

    for (int i = 0; i < 200; i++) {
        nk_arena_reset(&arena);
        demo_IAll_Deep_test_req(&deep, &arena, next_number, &failure);
        CHECK(deep.choice.tag_ < demo_Types_Choice_tag_max);
        CHECK(nk_arena_used(&arena) <= demo_IAll_Deep_req_arena_size);
        nk_arena_reset(&arena);
        demo_IAll_Deep_test_res(&names, &arena, next_number, &failure);
        CHECK(nk_arena_used(&arena) <= demo_IAll_Deep_res_arena_size);
        nk_arena_reset(&arena);
        demo_IAll_Ids_test_req(&ids, &arena, next_number, &failure);
        CHECK(nk_arena_used(&arena) <= demo_IAll_Ids_req_arena_size);
    }
    CHECK(!failure);
}
#endif

int main(void)
{
    build_server();
    test_numbers();
    test_constants();
    test_sizes();
    test_call();
    test_failure();
    test_strings();
    test_handles();
#ifdef UNQUALIFIED
    test_unqualified();
#endif
#ifdef TESTS
    test_fillers();
#endif
    return failures != 0;
}
