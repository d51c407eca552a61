/*
 * getattr.c: the attributes of a running thread; the first one's stack is known from its start.
 */
#include "layer.h"
#include "pthread_impl.h"

int pthread_getattr_np(pthread_t thread, pthread_attr_t *attr)
{
    *attr = (pthread_attr_t){ 0 };
    attr->_a_detach = thread->detach_state >= DT_DETACHED;
    attr->_a_guardsize = thread->guard_size;
    if (thread->stack) {
        attr->_a_stackaddr = (uintptr_t)thread->stack;
        attr->_a_stacksize = thread->stack_size;
    } else {
        attr->_a_stackaddr = kn_start_info->stack_high;
        attr->_a_stacksize = kn_start_info->stack_high - kn_start_info->stack_low;
    }
    if (kos_sched_get(thread, &attr->_a_policy, &attr->_a_prio) == 0) {
        attr->_a_sched = PTHREAD_EXPLICIT_SCHED;
    }
    return 0;
}
