/*
 * frame_test.c: physical memory: no frame twice, none lost, blocks aligned and merged again.
 */
#include "machine.h"

#include <stdlib.h>
#include <string.h>

#define FRAMES (MACHINE_BYTES / PAGE_SIZE)

static uint8_t owner[FRAMES];

static void mark(paddr frame, unsigned order, uint8_t from, uint8_t to)
{
    for (uint64_t i = 0; i < 1ull << order; i++) {
        assert_int_equal(owner[frame / PAGE_SIZE + i], from);
        owner[frame / PAGE_SIZE + i] = to;
    }
}

static void gives_every_frame_once(void **state)
{
    (void)state;
    machine_start_default();
    memset(owner, 0, sizeof owner);
    uint64_t n = 0;
    paddr frame;
    while ((frame = frame_alloc())) {
        assert_true(frame % PAGE_SIZE == 0);
        mark(frame, 0, 0, 1);
        memset(frame_to_virt(frame), 0x5a, PAGE_SIZE);
        n++;
    }
    assert_int_equal(n, frame_total_count());
    assert_int_equal(frame_free_count(), 0);
    for (uint64_t i = 0; i < FRAMES; i++) {
        if (owner[i])
            frame_free(i * PAGE_SIZE);
    }
    assert_int_equal(frame_free_count(), n);
}

static void merges_what_was_split(void **state)
{
    static const uint64_t ranges[][2] = {{0x100, 0x1000}, {0, 0}};
    (void)state;
    machine_start(ranges);
    uint64_t before = 0, after = 0;
    paddr blocks[64];
    while ((blocks[before] = frame_alloc_order(FRAME_ORDER_MAX)))
        before++;
    assert_true(before >= 13);
    for (uint64_t i = 0; i < before; i++)
        frame_free_order(blocks[i], FRAME_ORDER_MAX);
    static paddr single[FRAMES];
    uint64_t n = 0;
    while ((single[n] = frame_alloc()))
        n++;
    for (uint64_t i = 0; i < n; i++)
        frame_free(single[i]);
    while ((blocks[after] = frame_alloc_order(FRAME_ORDER_MAX)))
        after++;
    assert_int_equal(before, after);
}

static void survives_random_use(void **state)
{
    static struct {
        paddr frame;
        unsigned order;
    } held[2000];
    (void)state;
    machine_start_default();
    machine_seed(7);
    memset(owner, 0, sizeof owner);
    for (unsigned round = 0; round < 200000; round++) {
        unsigned i = (unsigned)machine_random(2000);
        if (held[i].frame) {
            mark(held[i].frame, held[i].order, 1, 0);
            frame_free_order(held[i].frame, held[i].order);
            held[i].frame = 0;
            continue;
        }
        held[i].order = (unsigned)machine_random(machine_random(3) ? 2 : FRAME_ORDER_MAX + 1);
        held[i].frame = frame_alloc_order(held[i].order);
        if (held[i].frame) {
            assert_true(held[i].frame % (PAGE_SIZE << held[i].order) == 0);
            mark(held[i].frame, held[i].order, 0, 1);
        }
    }
    for (unsigned i = 0; i < 2000; i++) {
        if (held[i].frame)
            frame_free_order(held[i].frame, held[i].order);
        held[i].frame = 0;
    }
    assert_int_equal(frame_free_count(), frame_total_count());
}

static void lives_without_memory(void **state)
{
    static const uint64_t none[][2] = {{0, 0}};
    static const uint64_t few[][2] = {{0x100, 0x102}, {0, 0}};
    (void)state;
    machine_start(none);
    assert_int_equal(frame_alloc(), 0);
    machine_start(few);
    while (frame_alloc())
        ;
    assert_int_equal(frame_free_count(), 0);
    assert_int_equal(frame_alloc_order(FRAME_ORDER_MAX + 1), 0);
}

static void fails_on_demand(void **state)
{
    (void)state;
    machine_start_default();
    mm_fail_nth(3);
    assert_int_not_equal(frame_alloc(), 0);
    assert_int_not_equal(frame_alloc(), 0);
    assert_int_equal(mm_fail_remaining(), 1);
    assert_int_equal(frame_alloc(), 0);
    assert_int_equal(mm_fail_remaining(), 0);
    assert_int_not_equal(frame_alloc(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_every_frame_once), cmocka_unit_test(merges_what_was_split),
        cmocka_unit_test(survives_random_use),    cmocka_unit_test(lives_without_memory),
        cmocka_unit_test(fails_on_demand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
