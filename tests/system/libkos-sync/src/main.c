/*
 * main.c: runs the cases of each header, then the stress.
 */
#include "suite.h"

int main(void)
{
    test_mutex();
    test_condvar();
    test_event();
    test_rwlock();
    test_semaphore();
    test_stress();
    test_storms();
    test_inversion();
    test_dying();
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    finish();
}
