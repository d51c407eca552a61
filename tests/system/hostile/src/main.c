/*
 * main.c: starts a process for each case and looks at how it ended.
 */
#include <stdio.h>

#include "check.h"
#include "core.h"
#include "task.h"

#define CLASS   "hostile.Child"
#define FAULTED (-1000)
#define RANDOM  120 /* processes that run random instructions */

/* These go on. */
static const char *const harmless[] = {"flags", "iopl", "stack", "bases", "selectors", "registers"};

/* These are ended. */
static const char *const fatal[] = {
    "trap-at-entry", "gate_timer", "gate_128", "gate_page_fault", "gate_double_fault", "gate_nmi",
    "icebp", "overflow_trap", "sysenter", "sysret", "swap", "interrupts_off", "interrupts_on",
    "write_msr", "read_cr3", "write_cr4", "write_dr7", "flush", "cache", "load_gdt", "load_task",
    "set_xcr", "monitor", "hypervisor", "input", "kernel_selector", "kernel_stack_selector",
    "null_stack_selector", "beyond_table", "far_call", "lret_kernel", "lret_32", "lret_null",
    "iret_kernel", "iret_wild", "iret_nested", "syscall_at_top", "x87_exception"};

/* The emulator does not raise these; a processor does. */
static const char *const either[] = {"sse_exception", "bad_mxcsr"};

static int run(const char *name, uint64_t number, uint64_t ms)
{
    struct child child;
    int status = -3000;

    if (child_create(&child, CLASS, CHILD_PRIORITY - 1) == rcOk &&
        child_start(&child, name, 1, &number) == rcOk) {
        status = child_wait(&child, ms);
    }
    child_drop(&child);
    return status;
}

static void run_named(void)
{
    for (unsigned i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
        CHECK_EQUAL(harmless[i], run(harmless[i], 0, 10000), 0);
    }
    for (unsigned i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
        CHECK_EQUAL(fatal[i], run(fatal[i], 0, 2000), FAULTED);
    }
    for (unsigned i = 0; i < sizeof(either) / sizeof(either[0]); i++) {
        int status = run(either[i], 0, 2000);
        CHECK(either[i], status == FAULTED || status == 0);
    }
}

/* Whatever they do: the kernel goes on. One that runs for ever is terminated. */
static void run_random(void)
{
    unsigned faulted = 0, ended = 0, endless = 0;

    for (uint64_t seed = 1; seed <= RANDOM; seed++) {
        int status = run("random", seed, 30);
        faulted += status == FAULTED;
        endless += status == -2000;
        ended += status != FAULTED && status != -2000;
    }
    fprintf(stderr, "random instructions: %u faulted, %u ran on, %u ended\n", faulted, endless,
            ended);
    CHECK("random instructions: most fault", faulted > RANDOM / 2);
}

int main(void)
{
    struct counters before, after;

    core_fill_handle_table();
    /* What stays, and the pages that a report touches first, is there before it is counted. */
    CHECK_EQUAL("flags, the first time", run("flags", 0, 10000), 0);
    fprintf(stderr, "%u programs of random instructions\n", (unsigned)RANDOM);
    core_counters(&before);
    run_named();
    run_random();
    core_counters(&after);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    CHECK_EQUAL("no object is left", after.objects, before.objects);
    CHECK_EQUAL("no handle is left", after.handles, before.handles);
    CHECK_EQUAL("no thread is left", after.threads, before.threads);
    CHECK_EQUAL("no frame is left", after.frames, before.frames);
    CHECK_EQUAL("no kernel memory is left", after.kmem, before.kmem);
    finish();
}
