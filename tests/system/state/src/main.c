/*
 * main.c: processes side by side that use the same processor state.
 */
#include "check.h"
#include "core.h"
#include "raw.h"
#include "task.h"
#include "vectors.h"

#include <kos/thread.h>
#include <stdio.h>

#define CLASS    "state.Child"
#define BROTHERS 3
#define ROUNDS   20

static void yield(void)
{
    KosThreadYield();
}

/* Runs a child for each mode at the same time; the first status that is not zero. */
static int run(unsigned count, const char *const *modes)
{
    struct child child[BROTHERS];
    int status = 0;

    for (unsigned i = 0; i < count; i++) {
        uint64_t number = i;

        if (child_create(&child[i], CLASS, CHILD_PRIORITY) != rcOk ||
            child_start(&child[i], modes[i], 1, &number) != rcOk) {
            return -3000;
        }
    }
    for (unsigned i = 0; i < count; i++) {
        int got = child_wait(&child[i], CORE_FOREVER);

        status = status ? status : got;
        child_drop(&child[i]);
    }
    return status;
}

static void test_vectors(void)
{
    static const char *const brothers[] = {"vectors", "vectors", "vectors"};
    static const char *const fresh[] = {"fresh", "vectors"};
    int bad = 0;

    printf("state: registers of %u bytes\n", vectors_width());
    CHECK_EQUAL("vector registers of processes do not mix", run(3, brothers), 0);
    for (unsigned i = 0; i < ROUNDS; i++) {
        bad += vectors_kept(i, yield) != 0;
        bad += vectors_fresh() != 0; /* after a thread that filled them */
    }
    CHECK_EQUAL("a new thread starts with empty registers", bad, 0);
    CHECK_EQUAL("a new process does, beside one that fills them", run(2, fresh), 0);
}

static void test_selectors(void)
{
    static const char *const modes[] = {"set", "see", "set"};

    CHECK_EQUAL("selectors of another process are not seen", run(3, modes), 0);
}

static int has_umip(void)
{
    uint32_t a = 7, b, c = 0, d;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return c >> 2 & 1;
}

static void test_umip(void)
{
    static const char *const modes[] = {"sgdt"};

    CHECK_EQUAL("where the kernel's tables lie is not told (if the CPU can refuse)", run(1, modes),
                has_umip() ? -1000 : 0);
}

/* Only the operation, KN_LONG and KN_EX have a meaning; the upper half of rax has none. */
static void test_operation_word(void)
{
    int bad = 0;

    for (unsigned bit = 10; bit < 32; bit++) {
        for (uint64_t op = KN_CALL; op <= KN_REPLY_RECV; op++) {
            struct raw r = {.rax = op | 1ull << bit, .rdi = KN_CORE_HANDLE, .rbx = KN_CORE_HANDLE};

            bad += raw_syscall(&r) != rcInvalidArgument;
        }
    }
    CHECK_EQUAL("unknown bits of the operation are refused", bad, 0);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

int main(void)
{
    core_fill_handle_table();
    test_vectors();
    test_selectors();
    test_umip();
    test_operation_word();
    finish();
}
