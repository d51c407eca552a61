/*
 * handle_test.c: transport containers of handles, return codes and the small things of libs/rtl.
 */
#include "check.h"

#include <nk/types.h>
#include <rtl/countof.h>
#include <rtl/retcode_hr.h>
#include <rtl/string.h>
#include <string.h>

static void pack_with_each_number_of_arguments(void **state)
{
    nk_handle_desc_t d = nk_handle_desc();

    (void)state;
    assert_int_equal(nk_get_handle(&d), NK_INVALID_HANDLE);
    assert_int_equal(d.rights, 0);
    d = nk_handle_desc(5);
    assert_int_equal(nk_get_handle(&d), 5);
    assert_int_equal(d.rights, NK_RIGHTS_SAME);
    assert_int_equal(d.badge, 0);
    d = nk_handle_desc(5, 3);
    assert_int_equal(nk_get_rights(&d), 3);
    d = nk_handle_desc(5, 3, 9);
    assert_int_equal(d.badge, 9);
    assert_false(nk_is_handle_dereferenced(&d));
}

static void badge_of_a_dereferenced_handle(void **state)
{
    nk_handle_desc_t d = {5, 0x10000 | 0x20000, 0x123456789abcdefull};
    nk_badge_t badge = 1;

    (void)state;
    assert_int_equal(nk_get_badge(&d, &badge), NK_EINVAL);
    assert_int_equal(nk_get_badge_op(&d, 0x10000, &badge), NK_EINVAL);
    assert_int_equal(badge, 1);
    d.rights |= NK_RIGHTS_DEREFERENCED;
    assert_true(nk_is_handle_dereferenced(&d));
    assert_int_equal(nk_get_rights(&d), 0x30000);
    assert_int_equal(nk_get_badge_op(&d, 0x40000, &badge), NK_EPERM);
    assert_int_equal(badge, 1);
    assert_int_equal(nk_get_badge_op(&d, 0x30000, &badge), NK_EOK);
    assert_true(badge == 0x123456789abcdefull);
}

static void retcodes(void **state)
{
    Retcode own = MAKE_RETCODE(RC_CUSTOMER_TRUE, RC_SPACE_DRIVERS, RC_FACILITY_I2C, 7, "");

    (void)state;
    assert_true(rcTimeout < 0);
    assert_true(own < 0);
    assert_int_equal(RC_GET_CUSTOMER(own), 1);
    assert_int_equal(RC_GET_SPACE(own), RC_SPACE_DRIVERS);
    assert_int_equal(RC_GET_FACILITY(own), RC_FACILITY_I2C);
    assert_int_equal(RC_GET_CODE(own), 7);
    assert_string_equal(RtlRetcodeName(rcOk), "rcOk");
    assert_string_equal(RtlRetcodeName(rcInvalidArgument), "rcInvalidArgument");
    assert_string_equal(RtlRetcodeName(rcTimeout), "rcTimeout");
    assert_string_equal(RtlRetcodeName(rcDeviceNotFound), "rcDeviceNotFound");
    assert_string_equal(RtlRetcodeName(own), "error");
    assert_string_equal(RtlRetcodeName(RC_GENERAL(500)), "error");
}

static void strings(void **state)
{
    char buffer[4];

    (void)state;
    assert_ptr_equal(rtl_strncpy(buffer, "abcdef", sizeof(buffer)), buffer);
    assert_string_equal(buffer, "abc");
    rtl_strncpy(buffer, "x", sizeof(buffer));
    assert_string_equal(buffer, "x");
    assert_int_equal(rtl_strlcpy(buffer, "abcdef", sizeof(buffer)), 6);
    assert_string_equal(buffer, "abc");
    assert_int_equal(rtl_countof(buffer), 4);
    assert_int_equal(rtl_align_up(13, 8), 16);
    assert_int_equal(rtl_min(2, 3), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pack_with_each_number_of_arguments),
        cmocka_unit_test(badge_of_a_dereferenced_handle),
        cmocka_unit_test(retcodes),
        cmocka_unit_test(strings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
