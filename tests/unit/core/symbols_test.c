/*
 * symbols_test.c: names are found where a function is and nowhere else, and a damaged table yields no
 * names instead of a read outside it (the address sanitizer watches: each table is its own block).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tessera/ksymtab.h>

#include "core/symbols.h"

#define ENTRIES 3
#define NAMES (sizeof(struct ksymtab) + ENTRIES * sizeof(struct ksymtab_entry))
#define BYTES (NAMES + sizeof "one\0two\0three")

static struct ksymtab *make(void)
{
    struct ksymtab *t = malloc(BYTES);
    assert_non_null(t);
    t->count = ENTRIES;
    t->entries[0] = (struct ksymtab_entry){.addr = 0x1000, .name = NAMES, .size = 0x10};
    t->entries[1] = (struct ksymtab_entry){.addr = 0x1010, .name = NAMES + 4, .size = 0x20};
    t->entries[2] = (struct ksymtab_entry){.addr = 0x2000, .name = NAMES + 8, .size = 1};
    memcpy((char *)t + NAMES, "one\0two\0three", sizeof "one\0two\0three");
    return t;
}

static void expect(const struct ksymtab *t, uint64_t pc, const char *name, uint64_t distance)
{
    uint64_t offset = 77;
    const char *found = symbol_find(t, BYTES, pc, &offset);
    if (name)
        assert_string_equal(found, name);
    else
        assert_null(found);
    assert_int_equal(offset, name ? distance : 77);
}

static void finds_functions(void **state)
{
    struct ksymtab *t = make();
    (void)state;
    expect(t, 0x1000, "one", 0);
    expect(t, 0x100f, "one", 0xf);
    expect(t, 0x1010, "two", 0);
    expect(t, 0x102f, "two", 0x1f);
    expect(t, 0x2000, "three", 0);
    free(t);
}

static void knows_gaps(void **state)
{
    struct ksymtab *t = make();
    (void)state;
    expect(t, 0, NULL, 0);
    expect(t, 0xfff, NULL, 0);
    expect(t, 0x1030, NULL, 0);
    expect(t, 0x2001, NULL, 0);
    expect(t, ~0ull, NULL, 0);
    t->count = 0;
    expect(t, 0x1000, NULL, 0);
    expect(NULL, 0x1000, NULL, 0);
    free(t);
}

static void survives_damage(void **state)
{
    uint64_t offset;
    struct ksymtab *t = make();
    (void)state;
    for (uint64_t bytes = 0; bytes < NAMES; bytes++)
        assert_null(symbol_find(t, bytes, 0x1000, &offset));
    t->entries[0].name = BYTES;
    expect(t, 0x1000, NULL, 0);
    t->entries[0].name = ~0u;
    expect(t, 0x1000, NULL, 0);
    ((char *)t)[BYTES - 1] = 'x'; /* the last name does not end */
    ((char *)t)[BYTES - 2] = 'x';
    expect(t, 0x2000, NULL, 0);
    t->count = ~0ull;
    expect(t, 0x1000, NULL, 0);
    t->count = ENTRIES + 1;
    expect(t, 0x1000, NULL, 0);
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_functions),
        cmocka_unit_test(knows_gaps),
        cmocka_unit_test(survives_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
