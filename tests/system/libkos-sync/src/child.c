/*
 * child.c: a process that is ended while its threads hold, wait, map and sleep. With the argument
 * "end" its first thread ends it, with "fault" by a fault, otherwise it goes on until it is terminated.
 */
#include <coresrv/vmm/vmm_api.h>
#include <kos/condvar.h>
#include <kos/event.h>
#include <kos/rwlock.h>
#include <kos/semaphore.h>
#include <kos/thread.h>
#include <string.h>

#define KINDS 8
#define PAGE  4096u

static KosMutex mutex = KOS_MUTEX_INITIALIZER, chain = KOS_MUTEX_INITIALIZER;
static KosCondvar condvar = KOS_CONDVAR_INITIALIZER;
static KosEvent event = KOS_EVENT_INITIALIZER;
static KosRWLock rwlock = KOS_RWLOCK_INITIALIZER;
static KosSemaphore semaphore;

static void map_all_the_time(void)
{
    for (;;) {
        char *p = KnVmAllocate(NULL, 60 * PAGE, VMM_FLAG_RESERVE | VMM_FLAG_READ | VMM_FLAG_WRITE);
        KnVmCommit(p, 50 * PAGE, VMM_FLAG_LOCKED);
        KnVmProtect(p, 40 * PAGE, VMM_FLAG_READ);
        KnVmDecommit(p, 30 * PAGE);
        KnVmUnmap(p, 60 * PAGE);
    }
}

static int be_busy(void *context)
{
    KosMutex own = KOS_MUTEX_INITIALIZER;

    switch ((uintptr_t)context % KINDS) {
    case 0: /* holds the one, waits for the other */
        KosMutexLock(&chain);
        KosMutexLock(&mutex);
        break;
    case 1:
        KosMutexLock(&chain);
        break;
    case 2:
        KosMutexLock(&own);
        KosCondvarWait(&condvar, &own);
        break;
    case 3:
        KosEventWait(&event, rtl_true);
        break;
    case 4:
        KosRWLockRead(&rwlock);
        break;
    case 5:
        KosSemaphoreWaitTimeout(&semaphore, 100000);
        break;
    case 6:
        map_all_the_time();
        break;
    default:
        KosThreadSleep(INFINITE_TIMEOUT);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";

    KosSemaphoreInit(&semaphore, 0);
    KosMutexLock(&mutex);
    KosRWLockWrite(&rwlock);
    for (uintptr_t i = 0; i < 2 * KINDS; i++) {
        KosThreadCreate(NULL, (rtl_uint32_t)(8 + i % 7), 16384, be_busy, (void *)i, 0);
    }
    if (!strcmp(mode, "end")) {
        KosThreadSleep(3);
        return 7;
    }
    if (!strcmp(mode, "fault")) {
        KosThreadSleep(3);
        *(volatile char *)16 = 1;
    }
    KosThreadSleep(INFINITE_TIMEOUT);
    return 0;
}
