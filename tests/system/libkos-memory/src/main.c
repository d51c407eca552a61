/*
 * main.c: runs the cases.
 */
#include "suite.h"

int main(void)
{
    core_fill_handle_table();
    test_vmm();
    test_random();
    test_failures();
    test_alloc();
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    finish();
}
