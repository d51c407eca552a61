/*
 * system.c: memory, time, names, the machine.
 */
#include "suite.h"

#include <coresrv/hal/hal_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/time/time_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/alloc.h>
#include <kos/thread.h>
#include <kos/trace.h>
#include <string.h>

static void test_memory(void)
{
    char *page = KnVmAllocate(NULL, 8192, VMM_FLAG_RESERVE | VMM_FLAG_READ | VMM_FLAG_WRITE);
    char *text = KosMemAllocEx(100, 4096, 1);

    CHECK("vm.reserve", page != NULL);
    CHECK("vm.commit", KnVmCommit(page, 4096, VMM_FLAG_LOCKED) == rcOk);
    page[4095] = 1;
    CHECK("vm.zeroed", page[0] == 0);
    CHECK("vm.protect", KnVmProtect(page, 4096, VMM_FLAG_READ) == rcOk && page[4095] == 1);
    CHECK("vm.decommit", KnVmDecommit(page, 4096) == rcOk);
    CHECK("vm.unmap", KnVmUnmap(page, 8192) == rcOk && KnVmUnmap(page, 8192) != rcOk);
    CHECK("heap.aligned", text && !((uintptr_t)text & 4095) && text[99] == 0);
    CHECK("heap.size", KosMemGetSize(text) >= 100);
    KosMemFree(text);
    text = KosMemZalloc(10);
    CHECK("heap.zeroed", text && text[9] == 0);
    KosMemFree(text);
}

static void test_time(void)
{
    RtlTimeSpec before, after, wall = {1000000000, 5};
    rtl_size_t ms = KnGetMSecSinceStart();
    RtlRtcTime date;

    KnGetUpTime(&before);
    CHECK("time.sleep", KnSleep(20) == rcOk);
    KnGetUpTime(&after);
    CHECK("time.uptime", (after.sec - before.sec) * 1000000000 + after.nsec - before.nsec >=
                             20000000);
    CHECK("time.ms", KnGetMSecSinceStart() >= ms + 20);
    CHECK("time.set", KnSetSystemTime(&wall) == rcOk);
    CHECK("time.get", KnGetSystemTime(&after) == rcOk && after.sec >= 1000000000 &&
                          after.sec < 1000000010);
    CHECK("time.date", KnGetRtcTime(&date) == rcOk && date.year == 101 && date.month == 8 &&
                           date.mday == 9 && date.hour == 1 && date.min == 46 && date.wday == 0);
    wall.nsec = 1000000000;
    CHECK("time.set-bad", KnSetSystemTime(&wall) == rcInvalidArgument);
    KosThreadYield();
}

static void test_names(void)
{
    char text[64], tiny[3], random[2][300];

    CHECK("name.task", KnTaskGetName(text, sizeof(text)) == rcOk && !strcmp(text, "client"));
    CHECK("name.path", KnTaskGetPath(text, sizeof(text)) == rcOk && !strcmp(text, "Client"));
    CHECK("name.cut", KnTaskGetName(tiny, sizeof(tiny)) == rcBufferTooSmall && !strcmp(tiny, "cl"));
    CHECK("env.word", KnHalGetEnv("suite_word", text, sizeof(text)) == rcOk &&
                          !strcmp(text, "hello"));
    CHECK("env.none", KnHalGetEnv("no_word", text, sizeof(text)) == rcResourceNotFound);
    CHECK("env.cut", KnHalGetEnv("suite_word", tiny, sizeof(tiny)) == rcBufferTooSmall);
    CHECK("entropy", KnHalGetEntropy(random[0], 300) == rcOk &&
                         KnHalGetEntropy(random[1], 300) == rcOk &&
                         memcmp(random[0], random[1], 300));
    CHECK("console", KnHalDebugWrite("written by KnHalDebugWrite\n", 27) == rcOk);
    INFO("suite", "%s", RtlRetcodeName(rcTimeout));
}

void test_system(void)
{
    test_memory();
    test_time();
    test_names();
}
