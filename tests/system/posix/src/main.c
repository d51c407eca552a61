/*
 * main.c: runs the cases.
 */
#include "suite.h"

int main(void)
{
    test_complex();
    test_ctype();
    test_inttypes();
    test_locale();
    test_math();
    test_semaphore();
    test_signal();
    test_stdio();
    test_stdlib();
    test_string();
    test_time();
    test_timers();
    test_wchar();
    test_wctype();
    test_wide_streams();
    test_fails();
    finish();
}
