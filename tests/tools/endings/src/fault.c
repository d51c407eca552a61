/* fault.c: programs' mistakes, below functions whose names the report must show. */
#include "ring.h"

#include <stdint.h>

#include <coresrv/vmm/vmm_api.h>
#include <kos/internal.h>
#include <kos/thread.h>
#include <vmm/flags.h>

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

static int overflow_in_thread(void *context)
{
    (void)context;
    return recurse(0);
}

/* A frame that leads beyond the guard page at once. */
KEEP void large_frame(void)
{
    volatile char space[1 << 20];
    space[zero] = 1; /* the compiler does not know where */
    zero = space[zero];
}

KEEP void read_guard(void)
{
    char *page = KnVmAllocate(0, 4096, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ |
                                           VMM_FLAG_WRITE | VMM_FLAG_LOW_GUARD);
    zero = *(volatile char *)(page - 1);
}

static void never_runs(void *context, void *more)
{
    (void)context;
    (void)more;
    zero = 1;
}

/* A thread whose stack begins in a guard page has none: its first push is no overflow of one. */
KEEP void stack_in_guard(void)
{
    char *page = KnVmAllocate(0, 4096, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ |
                                           VMM_FLAG_WRITE | VMM_FLAG_LOW_GUARD);
    uint32_t tid;
    KnThreadCreateRaw(ThreadPriorityNormal, page - 304, never_runs, 0, 0, 0, 0, 0, &tid);
    for (;;)
        KosThreadSleep(1000);
}

/* For a core dump: a second thread that sleeps in a function of its own, numbers to be found in
 * memory and in a vector register, then a fault. */
static volatile char remembered[] = "remember this";

KEEP int sleeps(void *context)
{
    (void)context;
    for (;;)
        KosThreadSleep(100000);
}

/* The other processor, if there is one, is here when the fault comes. */
KEEP int spins(void *context)
{
    (void)context;
    for (;;)
        zero = 1;
}

KEEP void dumped(int count)
{
    volatile int local = 4711 + count;
    char *heap = KnVmAllocate(0, 3 * 4096, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ |
                                               VMM_FLAG_WRITE);
    heap[4096] = 'h';
    remembered[0] = 'R';
    __asm__ volatile("movq %0, %%xmm7" : : "r"(0x1122334455667788ull));
    write_wild();
    zero = local + heap[0];
}

static void dump(void)
{
    Tid tid;
    KosThreadCreate(&tid, ThreadPriorityNormal, 65536, sleeps, 0, 0);
    KosThreadCreate(&tid, ThreadPriorityNormal, 65536, spins, 0, 0);
    KosThreadSleep(20);
    dumped(1);
}

static void second_thread(ThreadRoutine routine)
{
    Tid tid;
    KosThreadCreate(&tid, ThreadPriorityNormal, 65536, routine, 0, 0);
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
        second_thread(in_thread);
    if (case_is("thread_overflow"))
        second_thread(overflow_in_thread);
    if (case_is("large_frame"))
        large_frame();
    if (case_is("dump"))
        dump();
    if (case_is("dump_both"))
        write_wild();
    if (case_is("guard"))
        read_guard();
    if (case_is("stack_in_guard"))
        stack_in_guard();
    zero = 1;
}
