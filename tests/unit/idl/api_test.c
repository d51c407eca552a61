/*
 * api_test.c: the front end's interface for other tools: flattening, layouts, the hash.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "nkidl.h"

static const char *good_dir;

static struct nkidl_unit *load(struct nkidl *idl, enum nkidl_kind kind, const char *name)
{
    struct nkidl_unit *unit;

    nkidl_add_include(idl, good_dir);
    unit = nkidl_load_name(idl, kind, name);
    assert_non_null(unit);
    assert_int_equal(nkidl_check(idl), 0);
    return unit;
}

static void test_flatten(void **state)
{
    static const char *const names[] = {
        "main", "empty", "branch.own", "branch.left.a", "branch.left.b",
        "branch.right.a", "branch.right.b", "task.a", "task.b", "old.IAll",
    };
    struct nkidl *idl = nkidl_new();
    const struct nkidl_component *server = load(idl, NKIDL_EDL, "demo.Server")->component;
    const struct nkidl_flat *rows = nkidl_flatten(idl, server);

    (void)state;
    assert_int_equal(server->nendpoints, 10);
    for (unsigned i = 0; i < 10; i++) {
        assert_int_equal(rows[i].riid, i);
        assert_string_equal(rows[i].name, names[i]);
    }
    assert_ptr_equal(rows[0].owner, server);
    assert_string_equal(rows[0].instance, "");
    assert_string_equal(rows[5].instance, "branch.right");
    assert_string_equal(rows[5].owner->name, "demo.Leaf");
    assert_string_equal(rows[5].endpoint->interface->name, "demo.IOther");
    nkidl_free(idl);
}

static const struct nkidl_method *method(const struct nkidl_package *package, const char *name)
{
    for (const struct nkidl_method *m = package->methods; m; m = m->next) {
        if (!strcmp(m->name, name))
            return m;
    }
    fail();
    return NULL;
}

static void test_layout(void **state)
{
    struct nkidl *idl = nkidl_new();
    const struct nkidl_package *all = load(idl, NKIDL_IDL, "demo.IAll")->package;
    const struct nkidl_message *give = &method(all, "Give")->req;
    const struct nkidl_message *deep = &method(all, "Deep")->req;

    (void)state;
    /* one@24, two@40 {id@0 thing@8} x 2, three@88 */
    assert_int_equal(give->nhandles, 4);
    assert_int_equal(give->handles[0], 24);
    assert_int_equal(give->handles[1], 48);
    assert_int_equal(give->handles[2], 72);
    assert_int_equal(give->handles[3], 88);
    assert_int_equal(give->size, 104);
    /* tree {rows@0 blob@8}@24, choice@40 (its members are not described), table@64 */
    assert_int_equal(deep->ndescs, 3);
    assert_int_equal(deep->descs[0].offset, 24);
    assert_int_equal(deep->descs[0].elem, 64);
    assert_int_equal(deep->descs[0].max, 3);
    assert_int_equal(deep->descs[0].align, 8);
    assert_int_equal(deep->descs[0].nnested, 1);
    assert_int_equal(deep->descs[0].nested[0].offset, 56);
    assert_int_equal(deep->descs[0].nested[0].max, 33);
    assert_true(deep->descs[0].nested[0].is_string);
    assert_int_equal(deep->descs[1].offset, 32);
    assert_int_equal(deep->descs[2].offset, 64);
    assert_int_equal(deep->descs[2].nested[0].elem, 4);
    assert_int_equal(deep->descs[2].nested[0].max, 3);
    nkidl_free(idl);
}

static void test_hash(void **state)
{
    struct nkidl *one = nkidl_new(), *two = nkidl_new();
    const struct nkidl_component *server = load(one, NKIDL_EDL, "demo.Server")->component;
    const struct nkidl_component *again = load(two, NKIDL_EDL, "demo.Server")->component;
    uint64_t hash = nkidl_abi_hash(one, server);

    (void)state;
    assert_true(hash == nkidl_abi_hash(two, again));
    again->endpoints->interface->methods->params->name = "other";
    assert_true(hash != nkidl_abi_hash(two, again));
    nkidl_free(one);
    nkidl_free(two);
}

static void test_closure(void **state)
{
    struct nkidl *idl = nkidl_new();
    struct nkidl_unit *unit = load(idl, NKIDL_EDL, "demo.Server");
    struct nkidl_unit **units = nkidl_closure(idl, unit);
    unsigned n = 0;

    (void)state;
    while (units[n])
        n++;
    assert_int_equal(n, 10);
    assert_ptr_equal(units[n - 1], unit);
    nkidl_free(idl);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flatten),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_closure),
    };

    good_dir = argc > 1 ? argv[1] : "good";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
