/*
 * main.c: processes as KosTask, on the running system.
 */
#include "check.h"
#include "suite.h"

#include <coresrv/handle/handle_api.h>
#include <kos/task.h>

static const EndpointInfo endpoints[] = {
    {"twice", 0, "task.Twice"},
    {"task.Child.twice", 0, "task.Twice"},
};

/* A stopped child with up to two arguments. */
static KosTask *make(const char *name, const char *what, const char *argument)
{
    static const char *envs[] = {"TASK_NUMBER=17", RTL_NULL};
    const char *args[] = {what, argument, RTL_NULL};
    KosTaskParams params = {
        .eiid = "task.Child",
        .endpointsCount = 2,
        .endpoints = endpoints,
        .args = args,
        .envs = envs,
    };
    KosTask *task = RTL_NULL;
    Retcode rc = KosTaskInitEx(&params, name, "Child", &task);

    return rc == rcOk ? task : RTL_NULL;
}

/* Starts a child and waits; its exit code, or -1. */
static int run(KosTask *task, Retcode *rc)
{
    rtl_int32_t code = -1;

    *rc = KosTaskRun(task);
    if (*rc == rcOk) {
        *rc = KosTaskWait(task, 10000, &code);
    }
    KosTaskPut(task);
    return code;
}

static void test_ends(void)
{
    KosTask *task;
    Retcode rc;

    CHECK_EQUAL("an exit code", run(make("one", "exit", "42"), &rc), 42);
    CHECK_RC("waiting for it", rc, rcOk);
    CHECK_EQUAL("the environment", run(make("two", "env", RTL_NULL), &rc), 17);
    (void)run(make("three", "fault", RTL_NULL), &rc);
    CHECK_RC("a fault", rc, rcFail);
    task = make("four", "wait", RTL_NULL);
    CHECK_RC("start", KosTaskRun(task), rcOk);
    CHECK_RC("start again", KosTaskRun(task), rcInvalidOperation);
    CHECK_RC("a wait that is too short", KosTaskWait(task, 1, RTL_NULL), rcTimeout);
    CHECK_RC("stop", KosTaskStop(task), rcOk);
    CHECK("it has ended", KosTaskWait(task, 10000, RTL_NULL) != rcTimeout);
    KosTaskPut(task);
}

static void test_channel(void)
{
    KosTask *server = make("server", "serve", RTL_NULL), *client = make("client", "call", RTL_NULL);
    rtl_int32_t code = -1;
    Retcode rc;

    CHECK_RC("connect", KosTaskConnectToService(client, server, "first"), rcOk);
    CHECK_RC("connect again", KosTaskConnectToService(client, server, "first"), rcAlreadyExists);
    CHECK_RC("connect by the server's name", KosTaskConnect(client, server), rcOk);
    CHECK_RC("start the server", KosTaskRun(server), rcOk);
    CHECK_RC("connect to one that runs", KosTaskConnectToService(client, server, "late"),
             rcInvalidArgument);
    CHECK_EQUAL("a call over the channel", run(client, &rc), 42);
    CHECK_RC("the server's end", KosTaskWait(server, 10000, &code), rcOk);
    CHECK_EQUAL("its exit code", code, 0);
    KosTaskPut(server);
}

static void test_two_steps(void)
{
    static const char *args[] = {"exit", "5", RTL_NULL};
    KosTaskParams params = {.eiid = "task.Child", .args = args};
    KosTask *task = RTL_NULL;
    Retcode rc;

    CHECK_RC("create", KosTaskCreate("six", "Child", &task), rcOk);
    CHECK_EQUAL("no handle yet", KosTaskGetHandle(task), INVALID_HANDLE);
    CHECK_RC("no start yet", KosTaskRun(task), rcInvalidArgument);
    CHECK_RC("set up", KosTaskSetup(task, &params), rcOk);
    CHECK("a handle", KosTaskGetHandle(task) != INVALID_HANDLE);
    CHECK_RC("set up again", KosTaskSetup(task, &params), rcInvalidOperation);
    CHECK_EQUAL("run", run(task, &rc), 5);
    CHECK_RC("no file of the class's name", KosTaskLaunch(&params), rcResourceNotFound);
    CHECK("the calling process has a handle",
          KosTaskGetHandle(KosTaskGetSelf()) != INVALID_HANDLE);
    CHECK_RC("a process does not stop itself this way", KosTaskStop(KosTaskGetSelf()), rcSecurityDisallow);
    CHECK_RC("a process does not start itself", KosTaskRun(KosTaskGetSelf()), rcInvalidArgument);
}

int main(void)
{
    test_ends();
    test_channel();
    test_two_steps();
    test_elf();
    finish();
}
