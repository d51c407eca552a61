/*
 * main.c: runs the cases.
 */
#include "suite.h"

int main(void)
{
    core_fill_handle_table();
    test_thread();
    test_callbacks();
    test_terminate();
    test_control();
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    finish();
}
