/*
 * transport_test.c: NkKosTransport against the fake kernel.
 */
#include "check.h"
#include "fake/kernel.h"

#include <coresrv/nk/transport-kos.h>
#include <kos/internal.h>
#include <string.h>

#define WORD(size, kind) KN_WORD(2, 3, size, 0, kind)

struct message { /* a constant part of up to 64 bytes, and a guard behind it */
    nk_message base_;
    uint64_t field[5];
    uint64_t guard;
};

static NkKosTransport transport;
static struct message req, res;
static char req_buffer[64], res_buffer[64];
static struct nk_arena req_arena, res_arena;

static int setup(void **state)
{
    (void)state;
    fake_reset();
    __kos_start_init(NULL); /* as every program does; it brings the report of misused arenas */
    NkKosTransport_Init(&transport, 77, NK_NULL, 0);
    memset(&req, 0x55, sizeof(req));
    memset(&res, 0x55, sizeof(res));
    nk_req_reset(&req);
    nk_msg_set_method_id(&req, 2, 3);
    nk_message_set_size(&req.base_, 24);
    nk_req_reset(&res);
    nk_message_set_size(&res.base_, 64);
    nk_arena_init(&req_arena, req_buffer, req_buffer + sizeof(req_buffer));
    nk_arena_init(&res_arena, res_buffer, res_buffer + sizeof(res_buffer));
    return 0;
}

static nk_err_t call(void)
{
    return nk_transport_call(&transport.base, &req.base_, &req_arena, &res.base_, &res_arena);
}

static void short_call_copies_what_exists(void **state)
{
    unsigned size, i;

    (void)state;
    for (size = 24; size <= 64; size += 8) {
        setup(NULL);
        for (i = 0; i < 40; i++) {
            ((char *)req.field)[i] = (char)(i + 1);
        }
        nk_message_set_size(&req.base_, size);
        fake_next_short(WORD(size, NK_MESSAGE_RESPONSE), 0, 0);
        memset(fake.next.payload, 0xaa, sizeof(fake.next.payload));
        assert_int_equal(call(), NK_EOK);
        assert_false(fake.sent.is_long);
        assert_int_equal(fake.handle, 77);
        assert_int_equal(KN_WORD_SIZE(fake.sent.word), size);
        assert_int_equal(KN_WORD_IID(fake.sent.word), 2);
        assert_int_equal(KN_WORD_MID(fake.sent.word), 3);
        assert_memory_equal(fake.sent.payload, req.field, size - 24);
        for (i = size - 24; i < 40; i++) {
            assert_int_equal(((char *)fake.sent.payload)[i], 0);
            assert_int_equal(((char *)res.field)[i], 0x55);
        }
        for (i = 0; i < size - 24; i++) {
            assert_int_equal(((unsigned char *)res.field)[i], 0xaa);
        }
        assert_int_equal(res.base_.size, size);
        assert_int_equal(res.base_.kind, NK_MESSAGE_RESPONSE);
    }
}

static void larger_or_with_handles_goes_long(void **state)
{
    (void)state;
    nk_message_set_size(&req.base_, 65);
    fake_next_short(WORD(24, NK_MESSAGE_RESPONSE), 0, 0);
    assert_int_equal(call(), NK_EOK);
    assert_true(fake.sent.is_long);
    assert_int_equal(fake.sent.constant_size, 65);
    setup(NULL);
    nk_message_set_size(&req.base_, 30); /* not in words */
    fake_next_short(WORD(24, NK_MESSAGE_RESPONSE), 0, 0);
    assert_int_equal(call(), NK_EOK);
    assert_true(fake.sent.is_long);
    assert_int_equal(fake.sent.constant_size, 30);
    setup(NULL);
    nk_message_set_ncaps(&req.base_, 1);
    fake_next_short(WORD(24, NK_MESSAGE_RESPONSE), 0, 0);
    assert_int_equal(call(), NK_EOK);
    assert_true(fake.sent.is_long);
}

static void arenas_both_ways(void **state)
{
    nk_ptr_t desc;

    (void)state;
    assert_int_equal(NkKosCopyStringToArena(&req_arena, &desc, "hello"), 0);
    assert_int_equal(desc.size, 6);
    res_arena.current = res_arena.end; /* never reset: all of it is room nevertheless */
    fake_next_long(WORD(40, NK_MESSAGE_RESPONSE), &res, "answer", 7);
    assert_int_equal(call(), NK_EOK);
    assert_true(fake.sent.is_long);
    assert_int_equal(fake.sent.arena_size, 6);
    assert_string_equal((char *)fake.sent.arena, "hello");
    assert_int_equal(fake.in.arena_size, sizeof(res_buffer));
    assert_int_equal(fake.in.head_size, 64);
    assert_int_equal(nk_arena_used(&res_arena), 7);
    assert_string_equal(res_buffer, "answer");
    assert_int_equal(nk_arena_used(&req_arena), 6); /* the caller's to keep */
}

static void short_response_empties_the_arena(void **state)
{
    (void)state;
    res_arena.current = res_arena.end;
    fake_next_short(WORD(24, NK_MESSAGE_RESPONSE), 0, 0);
    assert_int_equal(call(), NK_EOK);
    assert_int_equal(nk_arena_used(&res_arena), 0);
}

static void no_arenas_at_all(void **state)
{
    (void)state;
    fake_next_short(WORD(32, NK_MESSAGE_RESPONSE), 9, 0);
    assert_int_equal(nk_transport_call(&transport.base, &req.base_, NULL, &res.base_, NULL), 0);
    assert_int_equal(res.field[0], 9);
    assert_int_equal(fake.in.arena, 0);
    assert_int_equal(fake.in.arena_size, 0);
}

static void failed_method_is_the_result(void **state)
{
    struct nk_message failed = {0};

    (void)state;
    fake_next_short(WORD(24, NK_MESSAGE_FAILED), NK_ENOENT, 0);
    assert_int_equal(call(), NK_ENOENT);
    nk_message_make_failed(&failed, NK_EINVAL);
    nk_message_set_size(&res.base_, 64);
    fake_next_long(WORD(24, NK_MESSAGE_FAILED), &failed, NULL, 0);
    assert_int_equal(call(), NK_EINVAL);
}

static void response_too_large_writes_nothing(void **state)
{
    (void)state;
    nk_message_set_size(&res.base_, 32);
    fake_next_short(WORD(40, NK_MESSAGE_RESPONSE), 1, 2);
    assert_int_equal(call(), NK_EBADMSG);
    assert_int_equal(res.field[0], 0x5555555555555555ull);
    setup(NULL);
    nk_message_set_size(&res.base_, 200);
    fake_next_short(WORD(80, NK_MESSAGE_RESPONSE), 1, 2);
    assert_int_equal(call(), NK_EBADMSG);
    assert_true(res.guard == 0x5555555555555555ull);
}

static void codes_of_the_kernel(void **state)
{
    static const struct {
        Retcode rc;
        nk_err_t err;
    } table[] = {
        {rcSecurityDisallow, NK_EPERM}, {rcNotConnected, NK_ENOTCONN},
        {rcInvalidArgument, NK_EINVAL}, {rcOutOfMemory, NK_ENOMEM},
        {rcQuotaExceeded, NK_ENOMEM},   {rcTimeout, NK_ETIMEDOUT},
        {rcIpcInterrupt, NK_EAGAIN},    {rcHandleRevoked, NK_ESTALE},
        {rcTargetFault, NK_EFAULT},     {rcInternalError, NK_EIO},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        fake.rc = table[i].rc;
        assert_int_equal(call(), table[i].err);
    }
}

static void bad_headers_and_arenas_are_not_sent(void **state)
{
    (void)state;
    nk_message_set_size(&req.base_, 23);
    assert_int_equal(call(), NK_EBADMSG);
    nk_message_set_size(&req.base_, 24);
    req_arena.end = req_arena.start;
    req_arena.current = req_buffer + 8;
    assert_int_equal(call(), NK_EBADMSG);
    assert_int_equal(fake.calls, 0);
    assert_non_null(strstr(fake.console, "bounds are crossed"));
}

static __attribute__((noinline)) void bind_dead_buffer(struct nk_arena *arena)
{
    char local[64];
    char *volatile begin = local;

    nk_arena_init(arena, begin, begin + sizeof(local));
}

static void dead_stack_buffer_is_told(void **state)
{
    (void)state;
#if !__has_feature(address_sanitizer) /* which moves locals off the stack */
    bind_dead_buffer(&req_arena);
    fake_next_short(WORD(24, NK_MESSAGE_RESPONSE), 0, 0);
    assert_int_equal(call(), NK_EOK);
    assert_non_null(strstr(fake.console, "function that has returned"));
#else
    (void)bind_dead_buffer;
#endif
}

static void recv_then_reply(void **state)
{
    (void)state;
    fake_next_short(WORD(32, NK_MESSAGE_REQUEST), 41, 0);
    fake.next_token = 0x1234567890ull;
    fake.next_badge = 0xabcdef0123ull;
    fake.next_rights = NK_RIGHTS_DEREFERENCED | 0x10000;
    nk_message_set_size(&req.base_, 64);
    assert_int_equal(nk_transport_recv(&transport.base, &req.base_, &req_arena), NK_EOK);
    assert_int_equal(req.field[0], 41);
    assert_int_equal(req.base_.iid, 2);
    assert_int_equal(req.base_.self.handle, NK_INVALID_HANDLE);
    assert_true(nk_is_handle_dereferenced(&req.base_.self));
    assert_true(req.base_.self.badge == 0xabcdef0123ull);
    nk_message_set_size(&res.base_, 32); /* kind still "request" */
    assert_int_equal(nk_transport_reply(&transport.base, &res.base_, &res_arena), NK_EOK);
    assert_true(fake.token == 0x1234567890ull);
    assert_int_equal(KN_WORD_KIND(fake.sent.word), NK_MESSAGE_RESPONSE);
    fake.calls = 0;
    assert_int_equal(nk_transport_reply(&transport.base, &res.base_, &res_arena), NK_ENOMSG);
    assert_int_equal(fake.calls, 0);
}

static void reply_empties_its_arena(void **state)
{
    nk_ptr_t desc;

    (void)state;
    transport.token = 5;
    assert_int_equal(NkKosCopyStringToArena(&res_arena, &desc, "text"), 0);
    fake.rc = rcTargetFault;
    assert_int_equal(nk_transport_reply(&transport.base, &res.base_, &res_arena), NK_EFAULT);
    assert_int_equal(nk_arena_used(&res_arena), 5);
    fake.rc = rcOk;
    transport.token = 6;
    assert_int_equal(nk_transport_reply(&transport.base, &res.base_, &res_arena), NK_EOK);
    assert_int_equal(fake.sent.arena_size, 5);
    assert_int_equal(nk_arena_used(&res_arena), 0);
}

static void failed_reply_travels_short(void **state)
{
    (void)state;
    transport.token = 5;
    nk_message_make_failed(&res.base_, NK_ENOMEM);
    assert_int_equal(nk_transport_reply(&transport.base, &res.base_, NULL), NK_EOK);
    assert_false(fake.sent.is_long);
    assert_int_equal(fake.sent.payload[0], NK_ENOMEM);
    assert_int_equal(KN_WORD_KIND(fake.sent.word), NK_MESSAGE_FAILED);
    assert_int_equal(KN_WORD_SIZE(fake.sent.word), 24);
}

static void request_too_large_is_answered(void **state)
{
    (void)state;
    fake_next_short(WORD(64, NK_MESSAGE_REQUEST), 1, 2);
    fake.next_token = 9;
    nk_message_set_size(&req.base_, 32);
    assert_int_equal(nk_transport_recv(&transport.base, &req.base_, NULL), NK_EBADMSG);
    assert_int_equal(fake.operation, KN_REPLY);
    assert_int_equal(fake.token, 9);
    assert_int_equal(KN_WORD_KIND(fake.sent.word), NK_MESSAGE_FAILED);
    assert_int_equal(fake.sent.payload[0], NK_EBADMSG);
    assert_int_equal(transport.token, 0);
}

static void reply_recv_in_one(void **state)
{
    (void)state;
    transport.token = 5;
    fake_next_short(WORD(32, NK_MESSAGE_REQUEST), 8, 0);
    fake.next_token = 6;
    nk_message_set_size(&req.base_, 64);
    nk_message_set_size(&res.base_, 32);
    res.field[0] = 3;
    assert_int_equal(NkKosTransport_ReplyRecv(&transport, &res.base_, NULL, &req.base_, NULL), 0);
    assert_int_equal(fake.operation, KN_REPLY_RECV);
    assert_int_equal(fake.token, 5);
    assert_int_equal(fake.handle, 77);
    assert_int_equal(fake.sent.payload[0], 3);
    assert_int_equal(req.field[0], 8);
    assert_int_equal(transport.token, 6);
    transport.token = 0;
    nk_message_set_size(&req.base_, 64);
    assert_int_equal(NkKosTransport_ReplyRecv(&transport, &res.base_, NULL, &req.base_, NULL), 0);
    assert_int_equal(fake.operation, KN_RECV);
}

static void sync_object_goes_along(void **state)
{
    (void)state;
    NkKosTransportSync_Init(&transport, 77, 88);
    fake.rc = rcIpcInterrupt;
    assert_int_equal(call(), NK_EAGAIN);
    assert_true(fake.has_ex);
    assert_int_equal(fake.ex.sync, 88);
    assert_true(fake.ex.timeout == KN_INFINITE);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(short_call_copies_what_exists),
        TEST(larger_or_with_handles_goes_long),
        TEST(arenas_both_ways),
        TEST(short_response_empties_the_arena),
        TEST(no_arenas_at_all),
        TEST(failed_method_is_the_result),
        TEST(response_too_large_writes_nothing),
        TEST(codes_of_the_kernel),
        TEST(bad_headers_and_arenas_are_not_sent),
        TEST(dead_stack_buffer_is_told),
        TEST(recv_then_reply),
        TEST(reply_empties_its_arena),
        TEST(failed_reply_travels_short),
        TEST(request_too_large_is_answered),
        TEST(reply_recv_in_one),
        TEST(sync_object_goes_along),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
