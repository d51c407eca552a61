/*
 * main.c: runs the cases.
 */
#include "suite.h"

int main(void)
{
    test_time();
    test_retcode();
    test_rtl();
    test_barriers();
    finish();
}
