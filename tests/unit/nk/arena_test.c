/*
 * arena_test.c: arenas and the message header (libs/nk).
 */
#include "check.h"

#include <nk/stand.h>
#include <string.h>

static unsigned reports;
static const char *last_report;

void nk_arena_report(const char *what, const struct nk_arena *arena, size_t needed)
{
    (void)arena;
    (void)needed;
    reports++;
    last_report = what;
}

static void alloc_places_and_aligns(void **state)
{
    _Alignas(8) char buffer[64];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    nk_ptr_t a, b, c;
    char *text = nk_arena_alloc(nk_char_t, &arena, &a, 3);
    nk_uint64_t *words = nk_arena_alloc(nk_uint64_t, &arena, &b, 2);
    nk_uint16_t *halves = nk_arena_alloc(nk_uint16_t, &arena, &c, 1);

    (void)state;
    assert_ptr_equal(text, buffer);
    assert_int_equal(a.offset, 0);
    assert_int_equal(a.size, 3);
    assert_ptr_equal(words, buffer + 8);
    assert_int_equal(b.offset, 8);
    assert_int_equal(b.size, 16);
    assert_ptr_equal(halves, buffer + 24);
    assert_int_equal(nk_arena_used(&arena), 26);
    assert_ptr_equal(arena.current, buffer + 26);
}

static void alloc_fills_to_the_last_byte(void **state)
{
    _Alignas(8) char buffer[16];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    nk_ptr_t desc = {7, 7};

    (void)state;
    reports = 0;
    assert_non_null(nk_arena_alloc(nk_uint8_t, &arena, &desc, 16));
    assert_int_equal(reports, 0);
    assert_null(nk_arena_alloc(nk_uint8_t, &arena, &desc, 1));
    assert_int_equal(desc.offset, 0);
    assert_int_equal(desc.size, 0);
    assert_int_equal(reports, 1);
    assert_string_equal(last_report, "the arena is full");
    nk_arena_reset(&arena);
    assert_non_null(nk_arena_alloc(nk_uint64_t, &arena, &desc, 2));
}

static void alloc_refuses_what_overflows(void **state)
{
    _Alignas(8) char buffer[16];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    nk_ptr_t desc;

    (void)state;
    assert_null(nk_arena_alloc(nk_uint64_t, &arena, &desc, SIZE_MAX / 4));
    assert_null(nk_arena_alloc(nk_uint64_t, &arena, &desc, -1));
    assert_null(nk_arena_alloc(nk_uint8_t, &arena, &desc, SIZE_MAX));
    assert_ptr_equal(arena.current, arena.start);
    assert_non_null(nk_arena_alloc(nk_uint8_t, &arena, &desc, 0));
    assert_int_equal(desc.size, 0);
}

static void alloc_without_an_arena(void **state)
{
    struct nk_arena none = {0}, *absent = NULL;
    char buffer[8];
    struct nk_arena crossed = {buffer + 8, buffer, buffer};
    nk_ptr_t desc;

    (void)state;
    reports = 0;
    assert_null(nk_arena_alloc(nk_uint8_t, &none, &desc, 1));
    assert_null(nk_arena_alloc(nk_uint8_t, absent, &desc, 1));
    assert_null(nk_arena_alloc(nk_uint8_t, &crossed, &desc, 1));
    assert_int_equal(reports, 3);
}

static void store_then_get(void **state)
{
    _Alignas(8) char buffer[64];
    struct nk_arena arena;
    static const nk_uint32_t numbers[3] = {1, 2, 3};
    nk_ptr_t text, list, empty;
    nk_size_t n = 99;
    nk_uint32_t *back;

    (void)state;
    nk_arena_init(&arena, buffer, buffer + sizeof(buffer));
    assert_int_equal(nk_arena_store(nk_char_t, &arena, &text, "hi", 3), NK_EOK);
    assert_int_equal(nk_arena_store(nk_uint32_t, &arena, &list, numbers, 3), NK_EOK);
    assert_int_equal(nk_arena_store(nk_uint32_t, &arena, &empty, NULL, 0), NK_EOK);
    assert_string_equal(nk_arena_get(nk_char_t, &arena, &text, &n), "hi");
    assert_int_equal(n, 3);
    back = nk_arena_get(nk_uint32_t, &arena, &list, &n);
    assert_int_equal(n, 3);
    assert_memory_equal(back, numbers, sizeof(numbers));
    assert_non_null(nk_arena_get(nk_uint32_t, &arena, &empty, &n));
    assert_int_equal(n, 0);
    assert_int_equal(nk_arena_store(nk_char_t, &arena, &text, buffer, 60), NK_ENOMEM);
}

static void get_refuses_what_lies_outside(void **state)
{
    _Alignas(8) char buffer[32];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    static const nk_ptr_t bad[] = {
        {0, 17}, {16, 1}, {17, 0}, {UINT32_MAX, 1}, {1, UINT32_MAX}, {8, 0xfffffff8u},
    };
    nk_ptr_t desc;
    nk_size_t n;
    size_t i;

    (void)state;
    assert_non_null(nk_arena_alloc(nk_uint8_t, &arena, &desc, 16));
    for (i = 0; i < nk_countof(bad); i++) {
        n = 5;
        assert_null(nk_arena_get(nk_uint8_t, &arena, &bad[i], &n));
        assert_int_equal(n, 0);
    }
    assert_null(nk_arena_get(nk_uint8_t, (const struct nk_arena *)NULL, &desc, &n));
}

static void nested_sequence(void **state)
{
    _Alignas(8) char buffer[256];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    static const char *const words[] = {"one", "two", "three"};
    nk_ptr_t outer, *inner;
    nk_size_t n, i;

    (void)state;
    inner = nk_arena_alloc(nk_ptr_t, &arena, &outer, 3);
    for (i = 0; i < 3; i++) {
        assert_int_equal(nk_arena_store(nk_char_t, &arena, &inner[i], words[i],
                                        strlen(words[i]) + 1), NK_EOK);
    }
    inner = nk_arena_get(nk_ptr_t, &arena, &outer, &n);
    assert_int_equal(n, 3);
    for (i = 0; i < 3; i++) {
        nk_size_t size;

        assert_string_equal(nk_arena_get(nk_char_t, &arena, &inner[i], &size), words[i]);
        assert_int_equal(size, strlen(words[i]) + 1);
    }
}

typedef struct sample_req {
    nk_message base_;
    nk_uint32_t value;
    nk_ptr_t text;
} sample_req;

static void reset_keeps_the_fields(void **state)
{
    sample_req req;

    (void)state;
    memset(&req, 0xee, sizeof(req));
    req.value = 5;
    nk_req_reset(&req);
    assert_int_equal(req.value, 5);
    assert_int_equal(req.base_.size, sizeof(req));
    assert_int_equal(req.base_.kind, NK_MESSAGE_REQUEST);
    assert_int_equal(req.base_.self.handle, 0);
    assert_int_equal(req.base_.self.badge, 0);
    assert_int_equal(req.base_.ncaps, 0);
    nk_msg_set_method_id(&req, 3, 4);
    nk_msg_set_ncaps(&req, 2);
    assert_int_equal(req.base_.iid, 3);
    assert_int_equal(req.base_.mid, 4);
    assert_int_equal(req.base_.ncaps, 2);
    assert_false(nk_msg_check_err(&req));
    nk_err_reset(&req);
    assert_true(nk_msg_check_err(&req));
    nk_res_reset(&req);
    assert_int_equal(req.base_.kind, NK_MESSAGE_RESPONSE);
    assert_int_equal(req.value, 5);
}

static void setters(void **state)
{
    struct nk_message msg = {0};

    (void)state;
    nk_message_set_size(&msg, 40);
    nk_message_set_iid(&msg, 1);
    nk_message_set_mid(&msg, 2);
    nk_message_set_ncaps(&msg, 3);
    assert_int_equal(msg.size, 40);
    assert_int_equal(msg.iid, 1);
    assert_int_equal(msg.mid, 2);
    assert_int_equal(msg.ncaps, 3);
    nk_message_make_failed(&msg, NK_ENOENT);
    assert_int_equal(nk_message_failure(&msg), NK_ENOENT);
    assert_int_equal(msg.size, 24);
    assert_int_equal(msg.iid, 1);
    nk_message_set_size(&msg, 40);
    nk_message_make_req(&msg);
    assert_int_equal(nk_message_failure(&msg), 0);
    assert_int_equal(msg.size, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alloc_places_and_aligns),
        cmocka_unit_test(alloc_fills_to_the_last_byte),
        cmocka_unit_test(alloc_refuses_what_overflows),
        cmocka_unit_test(alloc_without_an_arena),
        cmocka_unit_test(store_then_get),
        cmocka_unit_test(get_refuses_what_lies_outside),
        cmocka_unit_test(nested_sequence),
        cmocka_unit_test(reset_keeps_the_fields),
        cmocka_unit_test(setters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
