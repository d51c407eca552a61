/*
 * syscalls_test.c: Call, Recv and Reply on SMsgHdr, and the ready-made server loop.
 */
#include "check.h"
#include "fake/kernel.h"

#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/syscalls.h>
#include <string.h>

struct message {
    nk_message base_;
    uint64_t field[5];
};

static struct message req, res;
static char req_buffer[32], res_buffer[32];
static struct nk_arena req_arena, res_arena;
static SMsgHdr out, in;

static int setup(void **state)
{
    (void)state;
    fake_reset();
    memset(&req, 0, sizeof(req));
    memset(&res, 0, sizeof(res));
    nk_req_reset(&req);
    nk_req_reset(&res);
    nk_arena_init(&req_arena, req_buffer, req_buffer + sizeof(req_buffer));
    nk_arena_init(&res_arena, res_buffer, res_buffer + sizeof(res_buffer));
    return 0;
}

static void buffers_have_the_kernel_layout(void **state)
{
    struct kn_buf buf;

    (void)state;
    req_arena.current = req_buffer + 8;
    assert_int_equal(PackOutMsg(&out, &req.base_, &req_arena), NK_EOK);
    memcpy(&buf, out.indirDescs, sizeof(buf));
    assert_int_equal(sizeof(out.indirDescs), sizeof(buf));
    assert_true(buf.head == (uintptr_t)&req);
    assert_int_equal(buf.head_size, sizeof(req));
    assert_true(buf.arena == (uintptr_t)req_buffer);
    assert_int_equal(buf.arena_size, 8);
    assert_int_equal(PackInMsg(&in, &res.base_, &res_arena), NK_EOK);
    assert_int_equal(in.indirDescs[1].size, sizeof(res_buffer));
    nk_message_set_size(&req.base_, 8);
    assert_int_equal(PackOutMsg(&out, &req.base_, NULL), NK_EBADMSG);
}

static void call_with_an_arena(void **state)
{
    nk_ptr_t desc;

    (void)state;
    assert_int_equal(nk_arena_store(nk_char_t, &req_arena, &desc, "abc", 4), 0);
    PackOutMsg(&out, &req.base_, &req_arena);
    PackInMsg(&in, &res.base_, &res_arena);
    fake_next_long(KN_WORD(0, 0, 64, 0, NK_MESSAGE_RESPONSE), &res, "xyz", 4);
    assert_int_equal(CallEx(5, &out, &in, 100, 9), rcOk);
    assert_true(fake.sent.is_long);
    assert_int_equal(fake.sent.arena_size, 4);
    assert_int_equal(fake.ex.timeout, 100);
    assert_int_equal(fake.ex.sync, 9);
    assert_string_equal(res_buffer, "xyz");
    assert_int_equal(nk_arena_used(&res_arena), 4);
    fake.rc = rcNotConnected;
    PackInMsg(&in, &res.base_, &res_arena);
    assert_int_equal(Call(5, &out, &in), rcNotConnected);
    assert_false(fake.has_ex);
}

static void short_form_is_chosen(void **state)
{
    (void)state;
    req.field[0] = 7;
    PackOutMsg(&out, &req.base_, NULL);
    PackInMsg(&in, &res.base_, NULL);
    fake_next_short(KN_WORD(0, 0, 32, 0, NK_MESSAGE_RESPONSE), 9, 0);
    assert_int_equal(Call(5, &out, &in), rcOk);
    assert_false(fake.sent.is_long);
    assert_int_equal(fake.sent.payload[0], 7);
    assert_int_equal(res.field[0], 9);
}

static void recv_remembers_whom_to_answer(void **state)
{
    (void)state;
    PackInMsg(&in, &req.base_, &req_arena);
    fake_next_short(KN_WORD(1, 2, 64, 0, NK_MESSAGE_REQUEST), 1, 2);
    fake.next_token = 0x500000001ull;
    assert_int_equal(Recv(3, &in), rcOk);
    assert_int_not_equal(in.replyHandle, INVALID_HANDLE);
    assert_int_equal(req.field[1], 2);
    PackOutMsg(&out, &res.base_, NULL);
    assert_int_equal(Reply(3, &out), rcOk);
    assert_true(fake.token == 0x500000001ull);
    assert_int_equal(KN_WORD_KIND(fake.sent.word), NK_MESSAGE_RESPONSE);
    assert_int_equal(Reply(3, &out), rcInvalidOperation);
    out.replyToken = 4;
    assert_int_equal(Reply(3, &out), rcOk);
    assert_int_equal(fake.token, 4);
}

static void headers_that_cannot_be_right(void **state)
{
    (void)state;
    assert_int_equal(Call(5, NULL, &in), rcInvalidArgument);
    memset(&out, 0, sizeof(out));
    PackInMsg(&in, &res.base_, NULL);
    assert_int_equal(Call(5, &out, &in), rcInvalidArgument);
    PackOutMsg(&out, &req.base_, NULL);
    out.indirDescs[0].size = 8;
    assert_int_equal(Call(5, &out, &in), rcInvalidArgument);
    PackOutMsg(&out, &req.base_, NULL);
    out.immSize = 8;
    assert_int_equal(Call(5, &out, &in), rcInvalidArgument);
    assert_int_equal(fake.calls, 0);
}

/* ---- NkKosDoDispatch ---- */

typedef struct sample_entity {
    int served;
} sample_entity;
typedef union sample_entity_req {
    nk_message base_;
    struct message say;
} sample_entity_req;
typedef sample_entity_req sample_entity_res;
enum { sample_entity_req_arena_size = 16, sample_entity_res_arena_size = 16 };

static nk_err_t sample_entity_dispatch(sample_entity *self, const nk_message *request,
                                       const struct nk_arena *request_arena, nk_message *response,
                                       struct nk_arena *response_arena)
{
    (void)request_arena;
    (void)response_arena;
    self->served++;
    if (request->mid == 1) {
        return NK_ENOENT;
    }
    response->size = 32;
    response->kind = NK_MESSAGE_RESPONSE;
    ((struct message *)response)->field[0] = ((const struct message *)request)->field[0] * 2;
    return NK_EOK;
}

static void dispatch_script(struct fake_kernel *kernel)
{
    switch (kernel->calls) {
    case 1:
        assert_int_equal(kernel->operation, KN_RECV);
        fake_next_short(KN_WORD(0, 0, 32, 0, 0), 21, 0);
        kernel->next_token = 1;
        break;
    case 2:
        assert_int_equal(kernel->operation, KN_REPLY_RECV);
        assert_int_equal(kernel->sent.payload[0], 42);
        fake_next_short(KN_WORD(0, 1, 32, 0, 0), 0, 0);
        kernel->next_token = 2;
        break;
    default:
        assert_int_equal(KN_WORD_KIND(kernel->sent.word), NK_MESSAGE_FAILED);
        assert_int_equal(kernel->sent.payload[0], NK_ENOENT);
        assert_int_equal(KN_WORD_MID(kernel->sent.word), 1);
        kernel->rc = rcNotConnected;
        break;
    }
}

static void dispatch_loop(void **state)
{
    sample_entity entity = {0}, *pointer = &entity;
    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(sample, entity);
    NkKosDispatchInfo same = NK_ENTITY_DISPATCH_INFO_INITIALIZER(sample, pointer);

    (void)state;
    assert_ptr_equal(info.entity, same.entity);
    fake.method = dispatch_script;
    assert_int_equal(NkKosDoDispatch(6, &info), NK_ENOTCONN);
    assert_int_equal(entity.served, 2);
    assert_int_equal(fake.calls, 3);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(buffers_have_the_kernel_layout),
        TEST(call_with_an_arena),
        TEST(short_form_is_chosen),
        TEST(recv_remembers_whom_to_answer),
        TEST(headers_that_cannot_be_right),
        TEST(dispatch_loop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
