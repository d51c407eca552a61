/*
 * main.c: runs the cases of each group.
 */
#include "suite.h"

int main(void)
{
    test_threads();
    test_attr();
    test_mutex();
    test_robust();
    test_inherit();
    test_cond();
    test_rwlock();
    test_others();
    test_sched();
    test_cancel();
    test_points();
    test_mix();
    test_dying();
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    finish();
}
