/*
 * cputime.c: there are no clocks of CPU time. Each function says so.
 */
#include <errno.h>
#include <pthread.h>
#include <time.h>

clock_t clock(void)
{
    errno = ENOSYS;
    return -1;
}

int clock_getcpuclockid(pid_t pid, clockid_t *id)
{
    (void)pid;
    (void)id;
    return ENOSYS;
}

int pthread_getcpuclockid(pthread_t thread, clockid_t *id)
{
    (void)thread;
    (void)id;
    return ENOSYS;
}
