/* fault.c: programs' mistakes, below functions whose names the report must show. */
#include "ring.h"

#include <stdint.h>

#include <kos/thread.h>

#define KEEP __attribute__((noinline, used))

static void *volatile nowhere = (void *)16;
static void (*volatile no_function)(void);
static volatile int zero;

KEEP void write_wild(void)
{
    *(volatile int *)nowhere = 1;
    zero = 1;
}

KEEP void write_kernel(void)
{
    *(volatile int *)0xffffffff80100000 = 1;
    zero = 1;
}

KEEP void write_text(void)
{
    *(volatile char *)(uintptr_t)write_wild = 1;
    zero = 1;
}

KEEP void run_data(void)
{
    static char code[16] = {(char)0xc3};
    ((void (*)(void))(uintptr_t)code)();
    zero = 1;
}

KEEP void call_nothing(void)
{
    no_function();
    zero = 1;
}

KEEP int recurse(int n)
{
    volatile char space[512];
    space[0] = (char)n;
    return n == -1 ? 0 : recurse(n + 1) + space[0];
}

KEEP void divide(void)
{
    __asm__ volatile("div %%ecx" : : "c"(0), "d"(0), "a"(1) : "cc");
    zero = 1;
}

KEEP void non_canonical(void)
{
    *(volatile int *)0x8000000000000000 = 1;
    zero = 1;
}

KEEP void undefined(void)
{
    __asm__ volatile("ud2");
    zero = 1;
}

KEEP void privileged(void)
{
    __asm__ volatile("hlt");
    zero = 1;
}

static int in_thread(void *context)
{
    (void)context;
    write_wild();
    return 0;
}

static void second_thread(void)
{
    Tid tid;
    KosThreadCreate(&tid, ThreadPriorityNormal, 0, in_thread, 0, 0);
    KosThreadWait(tid, 0xffffffffu);
    for (;;)
        KosThreadSleep(1000);
}

KEEP void fault_by_name(void)
{
    if (case_is("wild"))
        write_wild();
    if (case_is("kernel"))
        write_kernel();
    if (case_is("text"))
        write_text();
    if (case_is("data"))
        run_data();
    if (case_is("nothing"))
        call_nothing();
    if (case_is("overflow"))
        recurse(0);
    if (case_is("divide"))
        divide();
    if (case_is("non_canonical"))
        non_canonical();
    if (case_is("undefined"))
        undefined();
    if (case_is("privileged"))
        privileged();
    if (case_is("thread"))
        second_thread();
    zero = 1;
}
