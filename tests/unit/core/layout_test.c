/*
 * layout_test.c: places of processes: in range, different, reproducible from a seed; and the
 * generator behind them against the published key stream of ChaCha20.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arch/paging.h>

#include "core/layout.h"
#include "core/random.h"

#define ROUNDS 1000

static void check_range(const struct layout *l, uint64_t stack_size)
{
    assert_true(l->image >= LAYOUT_IMAGE_LOW && l->image < LAYOUT_IMAGE_HIGH);
    assert_true(l->stack >= LAYOUT_AREA_LOW && l->top <= USER_TOP);
    assert_true(l->stack + stack_size <= l->time_page);
    assert_true(l->time_page < l->top && l->top - l->time_page <= 1 << 20);
    assert_true(l->stack / LAYOUT_AREA_SIZE == (l->top - 1) / LAYOUT_AREA_SIZE); /* tables shared */
    assert_false((l->image | l->stack | l->top | l->time_page) & PAGE_MASK);
}

static void places_are_in_range_and_differ(void **state)
{
    static struct layout l[ROUNDS];
    (void)state;
    layout_init(true);
    random_init("");
    for (int i = 0; i < ROUNDS; i++) {
        layout_choose(&l[i], NULL);
        check_range(&l[i], 256u << 20);
        for (int j = 0; j < i; j++) {
            assert_int_not_equal(l[i].image, l[j].image);
            assert_int_not_equal(l[i].stack, l[j].stack);
            assert_int_not_equal(l[i].top, l[j].top);
        }
    }
}

static void a_seed_decides(void **state)
{
    struct random_state a = {0}, b = {0}, c = {0};
    struct layout la, lb, lc;
    (void)state;
    layout_init(true);
    random_mix(&a, 1);
    random_mix(&b, 1);
    random_mix(&c, 2);
    layout_choose(&la, &a);
    layout_choose(&lb, &b);
    layout_choose(&lc, &c);
    assert_memory_equal(&la, &lb, sizeof la);
    assert_int_not_equal(la.top, lc.top);
    layout_choose(&lb, &b);
    assert_int_not_equal(la.top, lb.top);
}

static void off_means_always_the_same(void **state)
{
    struct layout a, b;
    (void)state;
    layout_init(false);
    layout_choose(&a, NULL);
    layout_choose(&b, NULL);
    assert_memory_equal(&a, &b, sizeof a);
    assert_int_equal(a.image, LAYOUT_IMAGE_LOW);
    assert_int_equal(a.top, USER_TOP);
    assert_int_equal(a.stack | a.time_page, 0);
    layout_init(true);
}

/* The key is zero; the first half of the first block becomes the next key, the rest is given out.
 */
static void the_generator_is_chacha20(void **state)
{
    static const uint8_t stream[64] = {
        0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5, 0x53,
        0x86, 0xbd, 0x28, 0xbd, 0xd2, 0x19, 0xb8, 0xa0, 0x8d, 0xed, 0x1a, 0xa8, 0x36,
        0xef, 0xcc, 0x8b, 0x77, 0x0d, 0xc7, 0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48,
        0x8d, 0x77, 0x24, 0xe0, 0x3f, 0xb8, 0xd8, 0x4a, 0x37, 0x6a, 0x43, 0xb8, 0xf4,
        0x15, 0x18, 0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69, 0xb2, 0xee, 0x65, 0x86};
    struct random_state s = {0};
    uint8_t out[256], longer[256];
    (void)state;
    random_generate(&s, out, 32);
    assert_memory_equal(out, stream + 32, 32);
    assert_memory_equal(s.key, stream, 32);
    s = (struct random_state){0};
    random_generate(&s, longer, sizeof longer); /* over several blocks */
    assert_memory_equal(longer, stream + 32, 32);
    for (size_t i = 32; i < sizeof longer; i += 32)
        assert_memory_not_equal(longer + i, longer + i - 32, 32);
}

static void numbers_do_not_repeat(void **state)
{
    uint64_t a, b;
    (void)state;
    random_init("word=1");
    a = random_word();
    b = random_word();
    assert_int_not_equal(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_in_range_and_differ),
        cmocka_unit_test(a_seed_decides),
        cmocka_unit_test(off_means_always_the_same),
        cmocka_unit_test(the_generator_is_chacha20),
        cmocka_unit_test(numbers_do_not_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
