/*
 * control.c: coresrv/thread/thread_api.h.
 */
#include "suite.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/thread/thread_api.h>
#include <services/ocap.h>

static Handle its_handle;
static volatile int stage;
static Retcode suspended;

static int live(void *context)
{
    uint32_t tid;

    (void)context;
    KnThreadOpenCurrent(&its_handle, &tid);
    stage = 1;
    suspended = KnThreadSuspend();
    stage = 2;
    while (KnSleep(INFINITE_TIMEOUT) != rcIpcInterrupt) {
    }
    return 55;
}

static void test_life(void)
{
    KnThreadInfo info = {0};
    rtl_int32_t code = 0;
    Tid tid;

    stage = 0;
    tid = start(live, NULL);
    CHECK("it suspends itself", wait_value(&stage, 1));
    KosThreadSleep(2);
    CHECK_RC("KnThreadGetInfo by number", KnThreadGetInfo(INVALID_HANDLE, tid, &info), rcOk);
    CHECK("stopped", info.state == KnThreadStopped && info.tid == tid && info.priority == 16);
    CHECK_RC("KnThreadResume", KnThreadResume(tid), rcOk);
    CHECK("it goes on", wait_value(&stage, 2));
    CHECK_RC("what KnThreadSuspend said", suspended, rcOk);
    KosThreadSleep(2);
    CHECK_RC("by handle", KnThreadGetInfo(its_handle, 0, &info), rcOk);
    CHECK("blocked", info.state == KnThreadBlocked && info.tid == tid);
    CHECK_RC("resuming it", KnThreadResume(tid), rcInvalidOperation);
    CHECK_RC("KnThreadSetPriority", KnThreadSetPriority(tid, 9), rcOk);
    CHECK_RC("KnThreadGetInfo", KnThreadGetInfo(its_handle, 0, &info), rcOk);
    CHECK("its priority", info.priority == 9 && info.effectivePriority == 9);
    CHECK_RC("KnThreadWait, no time", KnThreadWait(tid, 0, &code), rcTimeout);
    CHECK_RC("a little time", KnThreadWait(tid, 3, NULL), rcTimeout);
    CHECK_RC("KnThreadAlert by handle", KnThreadAlert(its_handle, 0), rcOk);
    CHECK_RC("KnThreadWait", KnThreadWait(tid, 2000, &code), rcOk);
    CHECK_EQUAL("  its code", code, 55);
    CHECK_RC("KnThreadGetInfo of one that has ended", KnThreadGetInfo(its_handle, 0, &info), rcOk);
    CHECK("ended", info.state == KnThreadEnded && info.exitCode == 55);
    CHECK_RC("alert of one that has ended", KnThreadAlert(its_handle, 0), rcResourceNotFound);
    CHECK_RC("KnThreadWait while a handle holds it", KnThreadWait(tid, 0, &code), rcOk);
    KnHandleClose(its_handle);
    CHECK_RC("it is forgotten then", KnThreadGetInfo(INVALID_HANDLE, tid, &info),
             rcResourceNotFound);
}

static void test_arguments(void)
{
    KnThreadInfo info;
    Handle other = INVALID_HANDLE, self = INVALID_HANDLE;
    uint32_t tid = 0;

    CHECK_RC("KnThreadOpenCurrent", KnThreadOpenCurrent(&self, &tid), rcOk);
    CHECK_EQUAL("the own number", tid, KosThreadCurrentId());
    CHECK_RC("no handle", KnThreadOpenCurrent(NULL, &tid), rcInvalidArgument);
    CHECK_RC("no number", KnThreadOpenCurrent(&self, NULL), rcInvalidArgument);
    CHECK_RC("KnThreadGetInfo of oneself", KnThreadGetInfo(self, 0, &info), rcOk);
    CHECK("ready", info.state == KnThreadReady && info.tid == tid);
    CHECK_RC("no place", KnThreadGetInfo(self, 0, NULL), rcInvalidArgument);
    CHECK_RC("nobody", KnThreadGetInfo(INVALID_HANDLE, NOBODY, &info), rcResourceNotFound);
    CHECK_RC("no such handle", KnThreadGetInfo(0x4321, 0, &info), rcInvalidArgument);
    core_create_listener(&other);
    CHECK_RC("a handle of something else", KnThreadGetInfo(other, 0, &info), rcInvalidArgument);
    CHECK_RC("alert of something else", KnThreadAlert(other, 0), rcInvalidArgument);
    core_close(other);
    CHECK_RC("alert of nobody", KnThreadAlert(INVALID_HANDLE, NOBODY), rcResourceNotFound);
    CHECK_RC("alert of oneself", KnThreadAlert(self, 0), rcOk);
    CHECK_RC("  ends the next sleep", KnSleep(INFINITE_TIMEOUT), rcIpcInterrupt);
    CHECK_RC("a priority of 32", KnThreadSetPriority(tid, 32), rcInvalidArgument);
    CHECK_RC("nobody's priority", KnThreadSetPriority(NOBODY, 3), rcResourceNotFound);
    CHECK_RC("resuming nobody", KnThreadResume(NOBODY), rcResourceNotFound);
    CHECK_RC("waiting for nobody", KnThreadWait(NOBODY, 1, NULL), rcResourceNotFound);
    CHECK_RC("waiting for oneself", KnThreadWait(tid, 1, NULL), rcInvalidArgument);
    CHECK_RC("KnSleep(0)", KnSleep(0), rcOk);
    CHECK_RC("KnSleep(1)", KnSleep(1), rcOk);
    CHECK_RC("a thread's handle is its process's alone",
             KnHandleCopy(self, OCAP_THREAD_CONTROL, INVALID_HANDLE, &other), rcSecurityDisallow);
    KnHandleClose(self);
}

/* Handles until the table has to grow and cannot. */
static void test_no_memory(void)
{
    static Handle handles[4096];
    int count = 0;
    Retcode rc = rcOk;
    uint32_t tid;

    while (rc == rcOk && count < 4096) {
        core_fail_allocation(1, NULL);
        rc = KnThreadOpenCurrent(&handles[count], &tid) == rcOutOfMemory ? rcOutOfMemory : rcOk;
        count += rc == rcOk;
    }
    core_fail_allocation(0, NULL);
    CHECK_RC("a handle without memory", rc, rcOutOfMemory);
    CHECK_EQUAL("  is untouched", handles[count], 0);
    while (count > 0) {
        KnHandleClose(handles[--count]);
    }
}

void test_control(void)
{
    test_no_memory();
    test_life();
    test_arguments();
}
