/*
 * main.c: children that take all they can; see README.md.
 */
#include "check.h"
#include "core.h"
#include "kinds.h"
#include "task.h"

#include <coresrv/handle/handle_api.h>
#include <stdio.h>
#include <tessera/flags.h>

#define CLASS "quota.Child"
#define QUOTA (3ull << 20)
#define MS    1000000ull

static struct counters before, after;

static void check_counters(const char *when)
{
    char name[80];

    core_sleep_ns(50 * MS); /* what nobody waits for is given back when nothing else is to be done */
    core_counters(&after);
    if (!before.frames) {
        before = after;
    }
    snprintf(name, sizeof(name), "%s: all frames are back", when);
    CHECK_EQUAL(name, after.frames, before.frames);
    snprintf(name, sizeof(name), "%s: all objects", when);
    CHECK_EQUAL(name, after.objects, before.objects);
    snprintf(name, sizeof(name), "%s: all handles", when);
    CHECK_EQUAL(name, after.handles, before.handles);
    snprintf(name, sizeof(name), "%s: all threads", when);
    CHECK_EQUAL(name, after.threads, before.threads);
    snprintf(name, sizeof(name), "%s: all kernel memory", when);
    CHECK_EQUAL(name, after.kmem, before.kmem);
    snprintf(name, sizeof(name), "%s: the kernel's self-check", when);
    CHECK_RC(name, core_self_check(), rcOk);
}

/* This process, in another account, gets what it asks for meanwhile; none of it from its own heap, whose
 * size would be counted, too. */
static int can_go_on(void)
{
    Handle listener, object, task;
    uint64_t va;
    int is_good = core_create_listener(&listener) == rcOk && core_close(listener) == rcOk &&
                  KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, 0, NULL, &object) == rcOk &&
                  core_close(object) == rcOk;

    is_good &= core_vm_allocate(0, 65536, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_LOCKED |
                                              VMM_FLAG_READ | VMM_FLAG_WRITE, &va) == rcOk &&
               core_vm_free(va, 65536) == rcOk;
    is_good &= core_task_create("Child", CLASS, "Child", 0, CHILD_PRIORITY, 0, &task) == rcOk &&
               core_close(task) == rcOk;
    return is_good;
}

/* One child of a mode with a quota; its exit code. */
static int run(const char *mode, unsigned count, const uint64_t *numbers, int *could_go_on)
{
    struct child child = {0};
    int code;

    if (core_task_create("Hungry", CLASS, "Child", 0, CHILD_PRIORITY, QUOTA, &child.task) != rcOk ||
        child_start(&child, mode, count, numbers) != rcOk) {
        child_drop(&child);
        return -1;
    }
    *could_go_on = 1;
    while ((code = child_wait(&child, 1)) == -2000) {
        *could_go_on &= can_go_on();
        core_sleep_ns(10 * MS);
    }
    child_drop(&child);
    return code;
}

static void test_own_account(const char *kind)
{
    char name[80];
    int could_go_on = 0, code = run(kind, 0, NULL, &could_go_on);

    snprintf(name, sizeof(name), "%s until the quota is used up", kind);
    CHECK_EQUAL(name, code, REFUSED);
    snprintf(name, sizeof(name), "%s: others go on", kind);
    CHECK(name, could_go_on);
    check_counters(kind);
}

static void test_shared_account(uint64_t kind)
{
    char name[80];
    int could_go_on = 0, code = run("share", 1, &kind, &could_go_on);

    snprintf(name, sizeof(name), "%s in a shared account: the next is refused", kinds[kind]);
    CHECK_EQUAL(name, code, REFUSED);
    snprintf(name, sizeof(name), "%s in a shared account: others go on", kinds[kind]);
    CHECK(name, could_go_on);
    check_counters(kinds[kind]);
}

/* A limit is taken out of the creator's, and there is an end to accounts within accounts. */
static void test_limits(void)
{
    Handle task;

    CHECK_RC("a quota that is too small for a process",
             core_task_create("tiny", CLASS, "Child", 0, CHILD_PRIORITY, 4096, &task),
             rcQuotaExceeded);
    CHECK_RC("a quota larger than what the creator has",
             core_task_create("huge", CLASS, "Child", 0, CHILD_PRIORITY, 1ull << 50, &task),
             rcQuotaExceeded);
    CHECK_RC("the largest number", core_task_create("huge", CLASS, "Child", 0, CHILD_PRIORITY,
                                                    ~0ull, &task), rcQuotaExceeded);
    check_counters("limits");
}

int main(void)
{
    int could_go_on;
    uint64_t first = 0;

    core_fill_handle_table();
    run("share", 1, &first, &could_go_on); /* grows what stays */
    run("threads", 0, NULL, &could_go_on);
    run("channels", 0, NULL, &could_go_on);
    check_counters("warming up");
    core_counters(&before);
    test_limits();
    for (unsigned i = 0; i < KINDS; i++) {
        test_own_account(kinds[i]);
    }
    for (unsigned i = 0; i < KINDS; i++) {
        test_shared_account(i);
    }
    finish();
}
