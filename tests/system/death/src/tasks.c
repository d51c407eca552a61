/*
 * tasks.c: exit codes, waiting, Terminate in every state, arguments that are wrong.
 */
#include "suite.h"

#include <coresrv/entity/entity_api.h>

static void test_exit_codes(void)
{
    static const uint64_t codes[] = {0, 1, 42, 255, 256, 0x7fffffff};
    struct child child;

    for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        char name[64];

        child_create(&child, CLASS, CHILD_PRIORITY);
        child_start(&child, "exit", 1, &codes[i]);
        snprintf(name, sizeof(name), "exit code %llu", (unsigned long long)codes[i]);
        CHECK_EQUAL(name, child_wait(&child, 2000), codes[i]);
        CHECK_EQUAL("the code stays", child_wait(&child, 0), codes[i]);
        child_drop(&child);
    }
}

/* The same through libkos. */
static void test_entity(void)
{
    static const EndpointInfo endpoints[] = {{(char *)"work", 0, (char *)"death.Work"}};
    EntityInfo info = {.eiid = CLASS, .max_endpoints = 1, .endpoints = endpoints,
                       .args = {"exit", "33", NULL}};
    unsigned code = 0;

    Entity *entity = EntityInitEx(&info, "named.Child", "Child");
    if (!CHECK("EntityInitEx", entity != NULL)) {
        return;
    }
    CHECK_RC("EntityRun", EntityRun(entity), rcOk);
    CHECK_RC("EntityWait", EntityWait(entity, 2000, &code), rcOk);
    CHECK_EQUAL("its exit code", code, 33);
    EntityFree(entity);
    info.args[0] = "divide";
    entity = EntityInitEx(&info, "named.Child", "Child");
    CHECK_RC("EntityRun of one that faults", entity ? EntityRun(entity) : rcFail, rcOk);
    CHECK_RC("EntityWait says so", EntityWait(entity, 2000, &code), rcFail);
    EntityFree(entity);
    entity = EntityInitEx(&info, "never.Started", "Child");
    CHECK("a process that is never started", entity != NULL);
    EntityFree(entity);
    CHECK("a class that does not exist", !EntityInit(&(EntityInfo){.eiid = "no.Such"}));
    CHECK("a file that does not exist", !EntityInitEx(&info, "x", "NoSuchFile"));
}

static uint64_t free_frames(void)
{
    struct counters counters;

    core_counters(&counters);
    return counters.frames;
}

/* Nobody waits for it: its memory comes back when nothing else is to be done; or at the priority of who
 * waits, when somebody does. */
static void test_memory_comes_back(void)
{
    struct child child;
    uint64_t start, end, before = free_frames(), full;

    child_create(&child, CLASS, CHILD_PRIORITY);
    child_start(&child, "fill", 0, NULL);
    KosThreadSleep(100);
    full = free_frames();
    CHECK("a process with megabytes", before - full > 1000);
    core_task_terminate(child.task);
    core_uptime(&start);
    do {
        core_uptime(&end);
    } while (end - start < 60000000);
    if (KosCpuCount() == 1) {
        CHECK("it takes no time from who is busy", before - free_frames() > 500);
    }
    child_wait(&child, 2000);
    CHECK("it is gone when it was waited for", before - free_frames() < 100);
    child_drop(&child);
    child_create(&child, CLASS, CHILD_PRIORITY);
    child_start(&child, "fill", 0, NULL);
    KosThreadSleep(100);
    core_task_terminate(child.task);
    KosThreadSleep(100);
    CHECK("or when there was nothing else to do", before - free_frames() < 100);
    child_drop(&child);
}

static void test_waiting(void)
{
    struct child child;
    Handle task;

    child_create(&child, CLASS, CHILD_PRIORITY);
    child_start(&child, "sleep", 0, NULL);
    CHECK_RC("Wait for no time", core_task_wait(child.task, 0, NULL, NULL), rcTimeout);
    CHECK_RC("Wait for 20 ms", core_task_wait(child.task, 20, NULL, NULL), rcTimeout);
    CHECK_RC("Wait for a handle that is none", core_task_wait(12345, 20, NULL, NULL),
             rcInvalidArgument);
    CHECK_RC("Wait for the kernel", core_task_wait(KN_CORE_HANDLE, 0, NULL, NULL),
             rcInvalidArgument);
    CHECK_RC("start it again", core_task_resume(child.task), rcInvalidOperation);
    child_drop(&child);
    CHECK_RC("a class that does not exist",
             core_task_create("x", "no.Such", "Child", 0, CHILD_PRIORITY, 0, &task),
             rcResourceNotFound);
    CHECK_RC("a file that does not exist",
             core_task_create("x", CLASS, "NoSuchFile", 0, CHILD_PRIORITY, 0, &task),
             rcResourceNotFound);
    CHECK_RC("an empty name", core_task_create("", CLASS, "Child", 0, CHILD_PRIORITY, 0, &task),
             rcInvalidArgument);
    CHECK_RC("a priority that does not exist",
             core_task_create("x", CLASS, "Child", 0, 32, 0, &task), rcInvalidArgument);
    CHECK_RC("a stack of all memory",
             core_task_create("x", CLASS, "Child", ~0ull, CHILD_PRIORITY, 0, &task),
             rcInvalidArgument);
}

static void test_terminate(void)
{
    static const char *const modes[] = {"sleep", "spin", "threads", "never-receive"};
    struct child child;
    const uint64_t numbers[] = {0, 100000};

    for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        char name[64];

        child_create(&child, CLASS, CHILD_PRIORITY - 1);
        child_start(&child, modes[i], 2, numbers);
        KosThreadSleep(3);
        snprintf(name, sizeof(name), "terminate: %s", modes[i]);
        CHECK_RC(name, core_task_terminate(child.task), rcOk);
        CHECK_EQUAL("it ends", child_wait(&child, 2000), -1);
        CHECK_RC("terminate what is dead", core_task_terminate(child.task), rcInvalidOperation);
        child_drop(&child);
    }
    child_create(&child, CLASS, CHILD_PRIORITY);
    CHECK_RC("terminate what was never started", core_task_terminate(child.task), rcOk);
    CHECK_EQUAL("it ends", child_wait(&child, 2000), -1);
    child_drop(&child);
    child_create(&child, CLASS, CHILD_PRIORITY);
    CHECK_RC("close the last handle of what was never started", core_close(child.task), rcOk);
    child.task = INVALID_HANDLE;
    child_create(&child, CLASS, CHILD_PRIORITY);
    child_start(&child, "threads", 0, NULL);
    CHECK_EQUAL("exit with threads that run", child_wait(&child, 2000), 0);
    child_drop(&child);
    KosThreadSleep(5);
}

void test_tasks(void)
{
    test_exit_codes();
    test_entity();
    test_waiting();
    test_memory_comes_back();
    test_terminate();
}
