/*
 * main.c: runs the cases.
 */
#include "suite.h"

int main(void)
{
    run_aio();
    run_complex();
    run_ctype();
    run_descriptors();
    run_ends();
    run_fenv();
    run_inttypes();
    run_locale();
    run_math();
    run_mman();
    run_network();
    run_patterns();
    run_poll_and_select();
    run_search();
    run_semaphore();
    run_setjmp();
    run_signal();
    run_spawn();
    run_stdio();
    run_stdlib();
    run_string();
    run_system();
    run_time();
    run_timers();
    run_users();
    run_wchar();
    run_wctype();
    run_wide_streams();
    run_fails();
    finish();
}
