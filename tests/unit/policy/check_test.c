/*
 * check_test.c: is a message's structure sound? Ranges, sizes, counts, alignment, nested values.
 */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"

#include <nk/types.h>

static const struct ksm_desc words_desc[] = {{.offset = 24, .elem = 4, .max = 10, .align = 4}};
static const struct ksm_form words = {.size = 32, .ndescs = 1, .descs = words_desc};

struct constant {
    nk_message header;
    nk_ptr_t value[2];
};

static bool is_sound(const struct ksm_form *form, uint32_t offset, uint32_t size,
                     const void *arena, uint32_t arena_size)
{
    struct constant *c = malloc(form->size); /* its own block: nothing past the form is read */
    memset(c, 0, form->size);
    c->value[0] = (nk_ptr_t){offset, size};
    bool result = policy_message_is_sound(form, c, arena, arena_size);
    free(c);
    return result;
}

static void test_ranges(void **state)
{
    (void)state;
    assert_true(is_sound(&words, 0, 4, NULL, 4));
    assert_true(is_sound(&words, 60, 4, NULL, 64));
    assert_false(is_sound(&words, 64, 4, NULL, 64));
    assert_false(is_sound(&words, 60, 8, NULL, 64));
    assert_false(is_sound(&words, 0, 8, NULL, 0));
    assert_false(is_sound(&words, 0xfffffffc, 4, NULL, 64));
    assert_false(is_sound(&words, 0xfffffffc, 8, NULL, 64)); /* the sum wraps to 4 */
    assert_false(is_sound(&words, 4, 0xfffffffc, NULL, 64));
    assert_false(is_sound(&words, 0x80000000, 0x80000000, NULL, 64));
}

static void test_an_empty_value_has_no_place(void **state)
{
    (void)state;
    assert_true(is_sound(&words, 0, 0, NULL, 0));
    assert_true(is_sound(&words, 0xffffffff, 0, NULL, 0));
    assert_true(is_sound(&words, 3, 0, NULL, 64));
}

static void test_sizes_and_counts(void **state)
{
    (void)state;
    assert_true(is_sound(&words, 0, 40, NULL, 64));
    assert_false(is_sound(&words, 0, 44, NULL, 64));
    assert_false(is_sound(&words, 0, 3, NULL, 64));
    assert_false(is_sound(&words, 0, 6, NULL, 64));
}

static void test_alignment(void **state)
{
    (void)state;
    assert_false(is_sound(&words, 2, 4, NULL, 64));
    assert_false(is_sound(&words, 1, 4, NULL, 64));
    assert_true(is_sound(&words, 8, 4, NULL, 64));
}

static void test_every_descriptor_counts(void **state)
{
    (void)state;
    static const struct ksm_desc two[] = {{.offset = 24, .elem = 1, .max = 8, .align = 1},
                                          {.offset = 32, .elem = 1, .max = 8, .align = 1}};
    static const struct ksm_form form = {.size = 40, .ndescs = 2, .descs = two};
    struct constant c = {.value = {{0, 8}, {8, 8}}};
    assert_true(policy_message_is_sound(&form, &c, NULL, 16));
    assert_false(policy_message_is_sound(&form, &c, NULL, 15));
    c.value[1].size = 9;
    assert_false(policy_message_is_sound(&form, &c, NULL, 64));
}

static void test_no_descriptors(void **state)
{
    (void)state;
    static const struct ksm_form form = {.size = 32};
    assert_true(is_sound(&form, 77, 77, NULL, 0));
}

static void test_strings(void **state)
{
    (void)state;
    static const struct ksm_desc desc[] = {
        {.offset = 24, .elem = 1, .max = 6, .align = 1, .flags = KSM_DESC_STRING}};
    static const struct ksm_form form = {.size = 32, .ndescs = 1, .descs = desc};
    assert_true(is_sound(&form, 0, 6, "hello", 6));
    assert_false(is_sound(&form, 0, 5, "hello", 6));
    assert_true(is_sound(&form, 0, 0, "hello", 6));
    assert_true(is_sound(&form, 5, 1, "hello", 6));
    assert_false(is_sound(&form, 0, 7, "hello!", 7)); /* longer than the form allows */
}

static const struct ksm_desc inner_desc[] = {{.offset = 8, .elem = 2, .max = 4, .align = 2}};
static const struct ksm_desc outer_desc[] = {
    {.offset = 24, .elem = 16, .max = 4, .align = 8, .nnested = 1, .nested = inner_desc}};
static const struct ksm_form nested = {.size = 32, .ndescs = 1, .descs = outer_desc,
                                       .flags = KSM_FORM_NESTED};

/* A union at 24: tag, then 1: bytes at 28, or 2: inside it another union at 28 with 1: bytes at 32. */
static const struct ksm_desc deep_desc[] = {{.offset = 32, .elem = 1, .max = 4, .align = 1}};
static const struct ksm_desc first_desc[] = {{.offset = 28, .elem = 1, .max = 8, .align = 1}};
static const struct ksm_desc second_desc[] = {
    {.offset = 28, .max = 1, .nnested = 1, .nested = deep_desc, .flags = KSM_DESC_TAGGED}};
static const struct ksm_desc union_desc[] = {
    {.offset = 24, .max = 1, .nnested = 1, .nested = first_desc, .flags = KSM_DESC_TAGGED},
    {.offset = 24, .max = 2, .nnested = 1, .nested = second_desc, .flags = KSM_DESC_TAGGED}};
static const struct ksm_form tagged = {.size = 40, .ndescs = 2, .descs = union_desc};

static bool union_is_sound(uint32_t tag, uint32_t a, uint32_t b, uint32_t c)
{
    struct {
        nk_message header;
        uint32_t word[4];
    } m = {.word = {tag, a, b, c}};
    return policy_message_is_sound(&tagged, &m, NULL, 16);
}

static void test_members_of_a_union(void **state)
{
    (void)state;
    assert_true(union_is_sound(0, 100, 100, 0)); /* the tag says: numbers */
    assert_true(union_is_sound(7, 100, 100, 0)); /* nobody knows that tag */
    assert_true(union_is_sound(1, 8, 8, 100));
    assert_false(union_is_sound(1, 9, 8, 0));
    assert_false(union_is_sound(1, 0, 9, 0));
    assert_true(union_is_sound(2, 0, 100, 100));
    assert_true(union_is_sound(2, 1, 12, 4));
    assert_false(union_is_sound(2, 1, 12, 5));
}

struct element {
    uint64_t number;
    nk_ptr_t value;
};

static void test_nested(void **state)
{
    (void)state;
    struct {
        struct element e[2];
        uint16_t values[4];
    } *arena = calloc(1, 40);
    arena->e[0].value = (nk_ptr_t){32, 8};
    arena->e[1].value = (nk_ptr_t){36, 4};
    assert_true(is_sound(&nested, 0, 32, arena, 40));
    arena->e[1].value = (nk_ptr_t){36, 6}; /* past the end */
    assert_false(is_sound(&nested, 0, 32, arena, 40));
    assert_true(is_sound(&nested, 0, 16, arena, 40)); /* the second is not part of the value */
    arena->e[1].value = (nk_ptr_t){33, 2};
    assert_false(is_sound(&nested, 0, 32, arena, 40));
    arena->e[1].value = (nk_ptr_t){0, 8}; /* overlapping the outer value is no harm */
    assert_true(is_sound(&nested, 0, 32, arena, 40));
    arena->e[1].value = (nk_ptr_t){0, 10};
    assert_false(is_sound(&nested, 0, 32, arena, 40));
    free(arena);
}

/* Values that hold descriptors do not overlap: together they would be any amount of work. */
static void test_nested_in_steps(void **state)
{
    (void)state;
    static const struct ksm_desc low[] = {{.offset = 0, .elem = 1, .max = 8, .align = 1}};
    static const struct ksm_desc middle[] = {
        {.offset = 0, .elem = 8, .max = 64, .align = 8, .nnested = 1, .nested = low}};
    static const struct ksm_desc top[] = {
        {.offset = 24, .elem = 8, .max = 64, .align = 8, .nnested = 1, .nested = middle}};
    static const struct ksm_form form = {.size = 32, .ndescs = 1, .descs = top};
    nk_ptr_t arena[64];
    struct constant c = {.value = {{0, 8 * 8}}};
    for (uint32_t i = 0; i < 64; i++)
        arena[i] = i < 8 ? (nk_ptr_t){64 + 56 * i, 56} : (nk_ptr_t){i, 8};
    for (uint32_t budget = 1; budget < 100; budget++) {
        struct check_walk w;
        unsigned steps = 1;
        enum check_result r;
        check_start(&w, &form);
        while ((r = check_step(&w, &c, arena, sizeof arena, budget)) == CHECK_GOES_ON)
            steps++;
        assert_int_equal(r, CHECK_SOUND);
        assert_true(steps >= 65 / budget && steps <= 66 / budget + 1);
    }
    arena[7] = arena[6];
    assert_true(policy_message_is_sound(&form, &c, arena, sizeof arena));
    arena[7].size += 8;
    arena[7].offset -= 8;
    assert_false(policy_message_is_sound(&form, &c, arena, sizeof arena));
    for (uint32_t i = 0; i < 8; i++)
        arena[i] = (nk_ptr_t){0, sizeof arena};
    assert_false(policy_message_is_sound(&form, &c, arena, sizeof arena));
}

static void test_nested_needs_the_arena(void **state)
{
    (void)state;
    assert_false(is_sound(&nested, 0, 16, NULL, 40));
    assert_true(is_sound(&nested, 0, 0, NULL, 40));
}

/* Random descriptors: whatever is accepted stays inside, and the check itself never leaves the
 * captured bytes (the sanitizer watches). */
static void test_random(void **state)
{
    (void)state;
    srand(7);
    unsigned accepted = 0;
    for (int i = 0; i < 200000; i++) {
        uint32_t size = (uint32_t)(rand() % 64) & ~7u;
        uint8_t *arena = malloc(size ? size : 1);
        for (uint32_t j = 0; j < size; j++)
            arena[j] = (uint8_t)(rand() % 4 ? 0 : rand() % 48);
        uint32_t offset = (uint32_t)(rand() % 9) * 8, n = (uint32_t)(rand() % 5) * 16;
        if (is_sound(&nested, offset, n, arena, size)) {
            accepted++;
            assert_true(n == 0 || offset + n <= size);
            for (uint32_t at = 0; at < n; at += 16) {
                struct element e;
                memcpy(&e, arena + offset + at, sizeof e);
                assert_true(e.value.size == 0 ||
                            (uint64_t)e.value.offset + e.value.size <= size);
                assert_true(e.value.size <= 8);
            }
        }
        free(arena);
    }
    assert_true(accepted > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_an_empty_value_has_no_place),
        cmocka_unit_test(test_sizes_and_counts),
        cmocka_unit_test(test_alignment),
        cmocka_unit_test(test_every_descriptor_counts),
        cmocka_unit_test(test_no_descriptors),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_members_of_a_union),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_nested_in_steps),
        cmocka_unit_test(test_nested_needs_the_arena),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests_name("policy/check", tests, NULL, NULL);
}
