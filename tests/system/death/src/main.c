/*
 * main.c: every way to die, one after the other.
 */
#include "suite.h"

static int caller_main(void *context)
{
    struct caller *caller = context;

    caller->rc = call_short(caller->handle, caller->word, caller->argument);
    caller->is_done = 1;
    return 0;
}

void caller_start(struct caller *caller, Handle handle, uint64_t word, uint64_t argument)
{
    Tid tid;

    *caller = (struct caller){.handle = handle, .word = word, .argument = argument};
    KosThreadCreate(&tid, CHILD_PRIORITY, 0, caller_main, caller, 0);
}

Retcode caller_result(struct caller *caller)
{
    for (int i = 0; i < 2000 && !caller->is_done; i++) {
        KosThreadSleep(1);
    }
    return caller->is_done ? caller->rc : rcBusy;
}

static void run(const char *name, void (*test)(void))
{
    struct counters before, after;
    char text[64];

    test(); /* grows what stays: tables, the C library's heap */
    core_counters(&before);
    fprintf(stderr, "%s again, counted\n", name);
    test();
    core_counters(&after);
    snprintf(text, sizeof(text), "%s: no object is left", name);
    CHECK_EQUAL(text, after.objects, before.objects);
    snprintf(text, sizeof(text), "%s: no handle is left", name);
    CHECK_EQUAL(text, after.handles, before.handles);
    snprintf(text, sizeof(text), "%s: no thread is left", name);
    CHECK_EQUAL(text, after.threads, before.threads);
    snprintf(text, sizeof(text), "%s: no frame is left", name);
    CHECK_EQUAL(text, after.frames, before.frames);
    snprintf(text, sizeof(text), "%s: no kernel memory is left", name);
    CHECK_EQUAL(text, after.kmem, before.kmem);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

static int end_at_once(void *context)
{
    (void)context;
    return 0;
}

/* libkos remembers the threads made last: the memory for that is touched before frames are counted. */
static void make_threads(void)
{
    Tid tid;

    for (int i = 0; i < 1100; i++) {
        KosThreadCreate(&tid, CHILD_PRIORITY, 0, end_at_once, NULL, 0);
        KosThreadWait(tid, INFINITE_TIMEOUT);
    }
}

int main(void)
{
    core_fill_handle_table();
    make_threads();
    run("servers", test_servers);
    run("clients", test_clients);
    run("copies", test_copies);
    run("tasks", test_tasks);
    run("faults", test_faults);
    finish();
}
