/*
 * aspace_test.c: address spaces by example: what a program may rely on.
 */
#include "machine.h"

#include <stdlib.h>
#include <string.h>

#define MIB (1ull << 20)

static struct aspace *as;

static int start(void **state)
{
    (void)state;
    machine_start_default();
    as = NULL;
    return aspace_create(&root_account, &as) == rcOk ? 0 : -1;
}

/* Nothing is left behind, whatever the test did. */
static int finish(void **state)
{
    (void)state;
    while (!aspace_teardown_step(as, 7))
        ;
    aspace_put(as);
    kmem_trim();
    if (root_account.used || root_account.refs != 1 || frame_free_count() != frame_total_count())
        return -1;
    return 0;
}

static uint64_t allocate(uint64_t hint, uint64_t size, uint32_t flags)
{
    uint64_t va = 0;
    assert_int_equal(aspace_allocate(as, hint, size, flags, &va), rcOk);
    return va;
}

static void pages_are_zero_and_lazy(void **state)
{
    (void)state;
    uint64_t va = allocate(0, 3 * PAGE_SIZE, VM_READ | VM_WRITE | VM_COMMIT);
    assert_int_equal(as->pages, 0);
    char buf[64];
    memset(buf, 1, sizeof buf);
    assert_true(aspace_read(as, va + PAGE_SIZE - 32, buf, sizeof buf));
    for (unsigned i = 0; i < sizeof buf; i++)
        assert_int_equal(buf[i], 0);
    assert_int_equal(as->pages, 2);
    assert_false(aspace_read(as, va + 3 * PAGE_SIZE - 1, buf, 2));
}

static void commitment_is_charged_at_once(void **state)
{
    (void)state;
    uint64_t used = root_account.used, out = 0;
    uint64_t va = allocate(0, MIB, VM_READ | VM_WRITE | VM_COMMIT);
    assert_true(root_account.used >= used + MIB);
    assert_int_equal(aspace_allocate(as, 0, MACHINE_BYTES, VM_READ | VM_COMMIT, &out),
                     rcQuotaExceeded);
    assert_int_equal(out, 0);
    uint64_t reserved = allocate(0, 1ull << 40, VM_READ | VM_WRITE);
    assert_int_equal(aspace_fault(as, reserved, ACCESS_READ), VM_FAULT_RESERVED);
    assert_int_equal(aspace_free(as, va, MIB), rcOk);
    assert_int_equal(aspace_free(as, reserved, 1ull << 40), rcOk);
    assert_int_equal(root_account.used, used);
}

static void guards(void **state)
{
    (void)state;
    uint64_t va = allocate(0, 2 * PAGE_SIZE,
                           VM_READ | VM_WRITE | VM_COMMIT | VM_LOW_GUARD | VM_HIGH_GUARD);
    assert_int_equal(aspace_fault(as, va - 1, ACCESS_WRITE), VM_FAULT_GUARD);
    assert_int_equal(aspace_fault(as, va + 2 * PAGE_SIZE, ACCESS_READ), VM_FAULT_GUARD);
    assert_int_equal(aspace_fault(as, va, ACCESS_WRITE), VM_FAULT_RESOLVED);
    assert_int_equal(aspace_free(as, va, PAGE_SIZE), rcOk); /* the low guard goes with its page */
    assert_int_equal(aspace_fault(as, va - 1, ACCESS_WRITE), VM_FAULT_UNMAPPED);
    assert_int_equal(aspace_fault(as, va + 2 * PAGE_SIZE, ACCESS_READ), VM_FAULT_GUARD);
    assert_int_equal(aspace_free(as, va + PAGE_SIZE, PAGE_SIZE), rcOk);
    assert_int_equal(as->bytes, 0);
}

static void write_and_execute_exclude_each_other(void **state)
{
    (void)state;
    uint64_t va = 0;
    assert_int_equal(aspace_allocate(as, 0, PAGE_SIZE, VM_WRITE | VM_EXEC | VM_COMMIT, &va),
                     rcSecurityDisallow);
    va = allocate(0, PAGE_SIZE, VM_READ | VM_WRITE | VM_COMMIT);
    assert_int_equal(aspace_op_all(as, VM_OP_PROTECT, va, PAGE_SIZE, VM_WRITE | VM_EXEC),
                     rcSecurityDisallow);
    assert_int_equal(aspace_fault(as, va, ACCESS_EXEC), VM_FAULT_PROTECTION);
    assert_int_equal(aspace_fault(as, va, ACCESS_WRITE), VM_FAULT_RESOLVED);
    assert_int_equal(aspace_op_all(as, VM_OP_PROTECT, va, PAGE_SIZE, VM_READ | VM_EXEC), rcOk);
    assert_null(paging_resolve(&as->arch, va, ACCESS_WRITE));
    assert_non_null(paging_resolve(&as->arch, va, ACCESS_EXEC));
    uint32_t byte = 0;
    assert_false(aspace_write(as, va, &byte, 1));
}

static void both_where_it_is_meant(void **state)
{
    (void)state;
    const uint32_t rwx = VM_READ | VM_WRITE | VM_EXEC;
    uint64_t va = allocate(0, PAGE_SIZE, rwx | VM_RWX | VM_COMMIT);
    assert_int_equal(aspace_fault(as, va, ACCESS_EXEC), VM_FAULT_RESOLVED);
    assert_non_null(paging_resolve(&as->arch, va, ACCESS_WRITE));
    assert_non_null(paging_resolve(&as->arch, va, ACCESS_EXEC));
    assert_int_equal(aspace_op_all(as, VM_OP_PROTECT, va, PAGE_SIZE, VM_READ | VM_WRITE), rcOk);
    assert_null(paging_resolve(&as->arch, va, ACCESS_EXEC));
    assert_int_equal(aspace_op_all(as, VM_OP_PROTECT, va, PAGE_SIZE, rwx), rcSecurityDisallow);
    assert_int_equal(aspace_op_all(as, VM_OP_PROTECT, va, PAGE_SIZE, rwx | VM_RWX), rcOk);
    assert_non_null(paging_resolve(&as->arch, va, ACCESS_EXEC));
    assert_int_equal(aspace_free(as, va, PAGE_SIZE), rcOk);
}

static void image_in_place(void **state)
{
    (void)state;
    paddr image = frame_alloc_order(2);
    memset(frame_to_virt(image), 0x42, 4 * PAGE_SIZE);
    uint64_t va = 0, used = frame_free_count();
    assert_int_equal(aspace_map_frames(as, MIB, image, 4 * PAGE_SIZE, VM_READ | VM_WRITE, &va),
                     rcSecurityDisallow);
    assert_int_equal(aspace_map_frames(as, MIB, image, 4 * PAGE_SIZE, VM_READ | VM_EXEC, &va), rcOk);
    assert_int_equal(va, MIB);
    char byte = 0;
    assert_true(aspace_read(as, va + 3 * PAGE_SIZE + 5, &byte, 1));
    assert_int_equal(byte, 0x42);
    assert_int_equal(aspace_op_all(as, VM_OP_PROTECT, va, PAGE_SIZE, VM_READ | VM_WRITE),
                     rcSecurityDisallow);
    assert_int_equal(aspace_free(as, va + PAGE_SIZE, PAGE_SIZE), rcOk);
    assert_true(aspace_read(as, va + 2 * PAGE_SIZE, &byte, 1));
    assert_int_equal(byte, 0x42);
    assert_int_equal(aspace_free(as, va, 4 * PAGE_SIZE), rcOk); /* over the hole */
    kmem_trim();
    assert_true(frame_free_count() >= used);
    frame_free_order(image, 2);
}

static void image_as_private_copy(void **state)
{
    (void)state;
    paddr image = frame_alloc_order(1);
    memset(frame_to_virt(image), 0x42, 2 * PAGE_SIZE);
    uint64_t va = 0;
    assert_int_equal(aspace_map_private(as, MIB, image, PAGE_SIZE + 10, 3 * PAGE_SIZE,
                                        VM_READ | VM_WRITE, &va),
                     rcOk);
    char buf[2];
    assert_true(aspace_read(as, va + PAGE_SIZE + 9, buf, 2));
    assert_int_equal(buf[0], 0x42);
    assert_int_equal(buf[1], 0);
    assert_true(aspace_write(as, va, "xy", 2));
    assert_int_equal(*(char *)frame_to_virt(image), 0x42);
    /* split in the middle: the upper part still knows its bytes */
    assert_int_equal(aspace_free(as, va, PAGE_SIZE), rcOk);
    assert_int_equal(aspace_op_all(as, VM_OP_DECOMMIT, va + 2 * PAGE_SIZE, PAGE_SIZE, 0), rcOk);
    assert_true(aspace_read(as, va + PAGE_SIZE + 9, buf, 1));
    assert_int_equal(buf[0], 0x42);
    assert_int_equal(aspace_fault(as, va + 2 * PAGE_SIZE, ACCESS_READ), VM_FAULT_RESERVED);
    frame_free_order(image, 1);
}

/* Pages that nobody touched yet: a copy, and a touch, stop where enough of them got their frames. */
static void first_touches_are_counted(void **state)
{
    (void)state;
    enum { PAGES = 20 };
    struct aspace *other = NULL;
    assert_int_equal(aspace_create(&root_account, &other), rcOk);
    uint64_t from = allocate(4 * MIB, PAGES * PAGE_SIZE, VM_READ | VM_WRITE | VM_COMMIT), to = 0;
    assert_int_equal(
        aspace_allocate(other, MIB, PAGES * PAGE_SIZE, VM_READ | VM_WRITE | VM_COMMIT, &to), rcOk);
    size_t all = 0, done = 0;
    unsigned steps = 0, fresh;
    Retcode rc;
    do {
        fresh = 4;
        rc = aspace_copy(other, to + all, as, from + all, PAGES * PAGE_SIZE - all, &done, &fresh);
        assert_true(done > 0 && done <= 2 * PAGE_SIZE);
        all += done;
        steps++;
    } while (rc == rcRestart);
    assert_int_equal(rc, rcOk);
    assert_int_equal(all, PAGES * PAGE_SIZE);
    assert_int_equal(steps, PAGES / 2);
    fresh = 1; /* all is there now */
    assert_int_equal(aspace_copy(other, to, as, from, all, &done, &fresh), rcOk);
    assert_int_equal(fresh, 1);
    from = allocate(8 * MIB, PAGES * PAGE_SIZE, VM_READ | VM_WRITE | VM_COMMIT);
    for (steps = 1;; steps++) {
        fresh = 5;
        rc = aspace_touch(as, from, PAGES * PAGE_SIZE, ACCESS_WRITE, &fresh);
        if (rc != rcRestart)
            break;
    }
    assert_int_equal(rc, rcOk);
    assert_int_equal(steps, PAGES / 5);
    fresh = 5;
    assert_int_equal(aspace_touch(as, from, PAGES * PAGE_SIZE + 1, ACCESS_WRITE, &fresh),
                     rcInvalidArgument);
    aspace_put(other);
}

static void copies_between_spaces(void **state)
{
    (void)state;
    struct aspace *other = NULL;
    assert_int_equal(aspace_create(&root_account, &other), rcOk);
    uint64_t from = allocate(4 * MIB, 4 * PAGE_SIZE, VM_READ | VM_WRITE | VM_COMMIT), to = 0;
    assert_int_equal(
        aspace_allocate(other, MIB, 3 * PAGE_SIZE, VM_READ | VM_WRITE | VM_COMMIT, &to), rcOk);
    static char text[2 * PAGE_SIZE], back[2 * PAGE_SIZE];
    for (unsigned i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 7 + i / 256);
    assert_true(aspace_write(as, from + 100, text, sizeof text));
    size_t done = 99;
    unsigned fresh = 100;
    assert_int_equal(aspace_copy(other, to + 4000, as, from + 100, sizeof text, &done, &fresh), rcOk);
    assert_int_equal(done, sizeof text);
    assert_true(aspace_read(other, to + 4000, back, sizeof back));
    assert_memory_equal(text, back, sizeof text);
    machine_run(other);
    memset(back, 0, sizeof back);
    assert_true(user_read(back, to + 4000, sizeof back));
    assert_memory_equal(text, back, sizeof text);
    assert_int_equal(aspace_copy(other, to + 2 * PAGE_SIZE, as, from, 2 * PAGE_SIZE, &done, &fresh),
                     rcTargetFault);
    assert_int_equal(done, PAGE_SIZE);
    assert_int_equal(aspace_copy(other, to, as, from + 4 * PAGE_SIZE - 8, 16, &done, &fresh),
                     rcSourceFault);
    assert_int_equal(done, 8);
    assert_int_equal(aspace_copy(other, to, as, ~0ull - 4, 16, &done, &fresh), rcSourceFault);
    assert_int_equal(aspace_copy(other, USER_TOP - 8, as, from, 16, &done, &fresh), rcTargetFault);
    assert_true(user_write(to, text, 3000));
    assert_false(user_write(to + 3 * PAGE_SIZE - 4, text, 8));
    assert_false(user_read(back, 0xffff800000000000ull, 8));
    assert_false(user_read(back, USER_TOP - 4, 8));
    assert_false(user_read(back, 8, ~(size_t)0));
    machine_run(NULL);
    aspace_put(other);
}

/* Over the end of a table, from any offset to any other, into pages that are there or not yet; each side
 * may lie in an image whose pages cannot be written. */
static void copies_of_many_pages(void **state)
{
    (void)state;
    enum { PAGES = 12, BYTES = PAGES * PAGE_SIZE };
    static char text[BYTES], back[BYTES], want[BYTES];
    const uint64_t low = 6 * MIB - 5 * PAGE_SIZE; /* a table's end lies inside */
    struct aspace *other = NULL;
    uint64_t from = allocate(low, BYTES, VM_READ | VM_WRITE | VM_COMMIT), to = 0;
    size_t done;
    unsigned fresh = ~0u;
    assert_int_equal(aspace_create(&root_account, &other), rcOk);
    assert_int_equal(aspace_allocate(other, low - PAGE_SIZE, BYTES, VM_READ | VM_WRITE | VM_COMMIT, &to),
                     rcOk);
    srand(5);
    for (unsigned i = 0; i < BYTES; i++)
        text[i] = (char)rand();
    assert_true(aspace_write(as, from, text, BYTES));
    for (unsigned turn = 0; turn < 500; turn++) {
        size_t source = (size_t)rand() % BYTES, target = (size_t)rand() % BYTES;
        size_t room = BYTES - (source > target ? source : target), size = (size_t)rand() % (room + 1);
        if (turn % 3 == 0) /* the same offset in both pages */
            target = (target & ~PAGE_MASK) | (source & PAGE_MASK);
        if (target + size > BYTES)
            continue;
        if (turn % 5 == 0) {
            uint64_t page = (uint64_t)rand() % PAGES * PAGE_SIZE;
            assert_int_equal(aspace_op_all(other, VM_OP_DECOMMIT, to + page, PAGE_SIZE, 0), rcOk);
            assert_int_equal(aspace_op_all(other, VM_OP_COMMIT, to + page, PAGE_SIZE, 0), rcOk);
            memset(want + page, 0, PAGE_SIZE);
        }
        assert_int_equal(aspace_copy(other, to + target, as, from + source, size, &done, &fresh), rcOk);
        assert_int_equal(done, size);
        memcpy(want + target, text + source, size);
        assert_true(aspace_read(other, to, back, BYTES));
        assert_memory_equal(want, back, BYTES);
    }
    assert_int_equal(aspace_op_all(other, VM_OP_PROTECT, to + 7 * PAGE_SIZE, PAGE_SIZE, VM_READ), rcOk);
    assert_int_equal(aspace_copy(other, to, as, from, BYTES, &done, &fresh), rcTargetFault);
    assert_int_equal(done, 7 * PAGE_SIZE);
    aspace_put(other);
}

static void places(void **state)
{
    (void)state;
    uint64_t va = 0;
    assert_int_equal(aspace_allocate(as, MIB, PAGE_SIZE, VM_READ, &va), rcOk);
    assert_int_equal(va, MIB);
    assert_int_equal(aspace_allocate(as, MIB, PAGE_SIZE, VM_READ | VM_FIXED, &va), rcAlreadyExists);
    assert_int_equal(aspace_allocate(as, MIB, PAGE_SIZE, VM_READ, &va), rcOk);
    assert_int_not_equal(va, MIB);
    assert_int_equal(aspace_allocate(as, 100, PAGE_SIZE, VM_READ, &va), rcInvalidArgument);
    assert_int_equal(aspace_allocate(as, 0, 0, VM_READ, &va), rcInvalidArgument);
    assert_int_equal(aspace_allocate(as, 0, ~0ull, VM_READ, &va), rcInvalidArgument);
    assert_int_equal(aspace_allocate(as, 0, USER_TOP, VM_READ, &va), rcOutOfMemory);
    assert_int_equal(aspace_allocate(as, ~0ull & ~PAGE_MASK, PAGE_SIZE, VM_READ, &va),
                     rcInvalidArgument);
    assert_int_equal(aspace_allocate(as, USER_TOP - PAGE_SIZE, 2 * PAGE_SIZE, VM_READ | VM_FIXED,
                                     &va),
                     rcAlreadyExists);
    assert_int_equal(aspace_allocate(as, PAGE_SIZE, PAGE_SIZE, VM_READ | VM_FIXED, &va),
                     rcAlreadyExists);
}

static void operations_refuse_nonsense(void **state)
{
    (void)state;
    uint64_t va = allocate(MIB, 4 * PAGE_SIZE, VM_READ | VM_WRITE | VM_COMMIT);
    assert_int_equal(aspace_free(as, va + 1, PAGE_SIZE), rcInvalidArgument);
    assert_int_equal(aspace_free(as, va, 0), rcInvalidArgument);
    assert_int_equal(aspace_free(as, va - PAGE_SIZE, PAGE_SIZE), rcInvalidArgument);
    assert_int_equal(aspace_free(as, va, ~0ull), rcInvalidArgument);
    assert_int_equal(aspace_op_all(as, VM_OP_PROTECT, va, 5 * PAGE_SIZE, VM_READ),
                     rcInvalidArgument);
    assert_int_equal(aspace_op_all(as, VM_OP_COMMIT, va + 4 * PAGE_SIZE, PAGE_SIZE, 0),
                     rcInvalidArgument);
}

static void long_operations_take_steps(void **state)
{
    (void)state;
    uint64_t va = allocate(0, 200 * PAGE_SIZE, VM_READ | VM_WRITE | VM_COMMIT);
    struct vm_op op;
    assert_int_equal(aspace_op_start(as, &op, VM_OP_POPULATE, va, 200 * PAGE_SIZE, 0), rcOk);
    unsigned steps = 1;
    for (Retcode rc; (rc = aspace_op_step(as, &op)) != rcOk; steps++)
        assert_int_equal(rc, rcRestart);
    assert_int_equal(as->pages, 200);
    assert_true(steps >= 200 / VM_STEP_ZERO);
    assert_int_equal(aspace_op_start(as, &op, VM_OP_FREE, va, 200 * PAGE_SIZE, 0), rcOk);
    assert_int_equal(aspace_op_step(as, &op), rcRestart);
    assert_true(as->pages >= 200 - VM_STEP_PAGES);
    assert_int_equal(aspace_fault(as, va, ACCESS_READ), VM_FAULT_UNMAPPED);
    for (steps = 1; aspace_op_step(as, &op) != rcOk; steps++)
        assert_true(steps < 10);
    assert_int_equal(as->pages, 0);
    assert_int_equal(as->bytes, 0);
}

static void regions_join_again(void **state)
{
    (void)state;
    uint64_t va = allocate(0, 64 * PAGE_SIZE, VM_READ | VM_WRITE);
    uint64_t before = kmem_used();
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(aspace_op_all(as, VM_OP_COMMIT, va + i * PAGE_SIZE, PAGE_SIZE, 0), rcOk);
    assert_int_equal(kmem_used(), before);
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(aspace_op_all(as, VM_OP_PROTECT, va + i * PAGE_SIZE, PAGE_SIZE,
                                       i % 2 ? VM_READ : 0),
                         rcOk);
    assert_true(kmem_used() > before);
    assert_int_equal(aspace_op_all(as, VM_OP_PROTECT, va, 64 * PAGE_SIZE, VM_READ), rcOk);
    assert_int_equal(kmem_used(), before);
}

/* Another thread's operation joins the regions at both ends of a range while an operation on it waits
 * for its next step. Only the range is freed, all of it. */
static void neighbours_joined_meanwhile(void **state)
{
    (void)state;
    const uint64_t page = PAGE_SIZE, part = 2 * page;
    uint64_t va = allocate(0, 3 * part, VM_READ | VM_WRITE | VM_COMMIT), value = 1;
    struct vm_op op;
    for (unsigned i = 0; i < 6; i++)
        assert_true(aspace_write(as, va + i * page, &value, sizeof value));
    assert_int_equal(aspace_op_start(as, &op, VM_OP_FREE, va + part, part, 0), rcOk);
    assert_int_equal(aspace_op_all(as, VM_OP_COMMIT, va, 3 * part, 0), rcOk);
    Retcode rc;
    while ((rc = aspace_op_step(as, &op)) == rcRestart)
        ;
    assert_int_equal(rc, rcOk);
    assert_int_equal(as->pages, 4);
    assert_int_equal(as->bytes, 2 * part);
    assert_false(aspace_read(as, va + part, &value, sizeof value));
    assert_true(aspace_read(as, va + part - page, &value, sizeof value));
    assert_true(aspace_read(as, va + 2 * part, &value, sizeof value));
    assert_int_equal(aspace_free(as, va, 3 * part), rcOk);
    assert_int_equal(as->bytes, 0);
}

/* The same at one end, and the operation is refused when there is no memory to divide them again. */
static void neighbours_joined_and_no_memory(void **state)
{
    (void)state;
    const uint64_t part = 2 * PAGE_SIZE;
    uint64_t va = allocate(0, 2 * part, VM_READ | VM_WRITE | VM_COMMIT);
    struct vm_op op;
    assert_int_equal(aspace_op_start(as, &op, VM_OP_FREE, va + part, part, 0), rcOk);
    assert_int_equal(aspace_op_all(as, VM_OP_COMMIT, va, 2 * part, 0), rcOk);
    mm_fail_nth(1);
    assert_int_equal(aspace_op_step(as, &op), rcOutOfMemory);
    mm_fail_nth(0);
    assert_int_equal(as->bytes, 2 * part);
    assert_int_equal(aspace_op_step(as, &op), rcOk);
    assert_int_equal(as->bytes, part);
}

/* Words with addresses: two beside each other, one over the end of the page, one in the zeroed rest
 * (nobody makes such a file; the zeroes stay), rows of other kinds. */
static void words_move_with_the_program(void **state)
{
    (void)state;
    static struct vm_reloc rows[] = {
        {0x2000, ARCH_RELOC_RELATIVE, 0x10}, {0x2008, ARCH_RELOC_RELATIVE, 0x20},
        {0x2010, ARCH_RELOC_RELATIVE + 1, 0x30}, {0x2ffb, ARCH_RELOC_RELATIVE, 0x1234},
        {0x3100, ARCH_RELOC_RELATIVE, 0x40}, {0x4000, ARCH_RELOC_RELATIVE, 0x50}};
    const uint64_t base = 0x7000000000ull;
    char file[2 * PAGE_SIZE];
    uint64_t va, word;
    memset(file, 0x11, sizeof file);
    paddr frame = frame_alloc_order(1);
    memcpy(frame_to_virt(frame), file, sizeof file);
    as->program = (struct vm_program){base, rows, sizeof rows / sizeof rows[0]};
    assert_int_equal(aspace_map_private(as, base + 0x2000, frame, sizeof file, 3 * PAGE_SIZE,
                                        VM_READ | VM_WRITE, &va), rcOk);
    static const struct { uint64_t at, value; } expected[] = {
        {0x3100, 0x40}, {0x2ffb, 0x1234}, {0x2000, 0x10}, {0x2008, 0x20}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(aspace_read(as, base + expected[i].at, &word, sizeof word));
        assert_int_equal(word, base + expected[i].value);
    }
    assert_true(aspace_read(as, base + 0x2010, &word, sizeof word));
    assert_int_equal(word, 0x1111111111111111);
    assert_true(aspace_read(as, base + 0x4000, &word, sizeof word));
    assert_int_equal(word, 0);
    char text[8];
    assert_memory_equal(frame_to_virt(frame), file, sizeof file); /* the image stays as it is */
    assert_true(aspace_read(as, base + 0x2ff3, text, sizeof text));
    assert_memory_equal(text, file, sizeof text);
    frame_free_order(frame, 1);
}

static void places_below_the_top(void **state)
{
    (void)state;
    const uint64_t top = 1ull << 40;
    uint64_t high = allocate(0, PAGE_SIZE, VM_READ);
    assert_int_equal(high, USER_TOP - PAGE_SIZE);
    aspace_set_top(as, top);
    uint64_t first = allocate(0, 4 * PAGE_SIZE, VM_READ);
    assert_int_equal(first, top - 4 * PAGE_SIZE);
    uint64_t hole = allocate(0, 2 * PAGE_SIZE, VM_READ);
    assert_int_equal(allocate(0, PAGE_SIZE, VM_READ), first - 3 * PAGE_SIZE);
    assert_int_equal(aspace_free(as, hole, 2 * PAGE_SIZE), rcOk);
    assert_int_equal(allocate(0, 2 * PAGE_SIZE, VM_READ), hole); /* the highest one large enough */
    /* A region across the top: what is below it counts. */
    uint64_t across = allocate(top - 8 * MIB - PAGE_SIZE, 2 * PAGE_SIZE, VM_READ | VM_FIXED);
    aspace_set_top(as, across + PAGE_SIZE);
    assert_int_equal(allocate(0, PAGE_SIZE, VM_READ), across - PAGE_SIZE);
    /* No room below: anywhere. */
    aspace_set_top(as, USER_LOW + PAGE_SIZE);
    assert_int_equal(allocate(0, PAGE_SIZE, VM_READ), USER_LOW);
    assert_int_equal(allocate(0, PAGE_SIZE, VM_READ), high - PAGE_SIZE);
}

/* Against a search from page to page. */
static void places_below_the_top_at_random(void **state)
{
    enum { PAGES = 64, ROUNDS = 400 };
    const uint64_t low = 1ull << 30;
    uint8_t taken[PAGES] = {0};
    (void)state;
    allocate(USER_LOW, low - USER_LOW, VM_FIXED); /* nothing is free below the window */
    for (int round = 0; round < ROUNDS; round++) {
        unsigned n = 1 + (unsigned)machine_random(4), end = (unsigned)machine_random(PAGES + 1);
        aspace_set_top(as, low + end * PAGE_SIZE);
        int place = -1;
        for (int at = (int)end - (int)n; at >= 0 && place < 0; at--) {
            unsigned used = 0;
            for (unsigned i = 0; i < n; i++)
                used += taken[at + (int)i];
            if (!used)
                place = at;
        }
        if (place >= 0) {
            assert_int_equal(allocate(0, n * PAGE_SIZE, VM_READ),
                             low + (uint64_t)place * PAGE_SIZE);
            memset(taken + place, 1, n);
        }
        unsigned gone = (unsigned)machine_random(PAGES);
        if (taken[gone]) {
            assert_int_equal(aspace_free(as, low + gone * PAGE_SIZE, PAGE_SIZE), rcOk);
            taken[gone] = 0;
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_are_zero_and_lazy),
        TEST(commitment_is_charged_at_once),
        TEST(guards),
        TEST(write_and_execute_exclude_each_other),
        TEST(both_where_it_is_meant),
        TEST(image_in_place),
        TEST(image_as_private_copy),
        TEST(first_touches_are_counted), TEST(copies_between_spaces), TEST(copies_of_many_pages),
        TEST(places),
        TEST(operations_refuse_nonsense),
        TEST(long_operations_take_steps),
        TEST(regions_join_again),
        TEST(neighbours_joined_meanwhile),
        TEST(neighbours_joined_and_no_memory),
        TEST(words_move_with_the_program),
        TEST(places_below_the_top),
        TEST(places_below_the_top_at_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
