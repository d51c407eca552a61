/*
 * fake_kos.c: the libkos functions that the C library uses, on Linux x86_64.
 *
 * Linked with a test program and libc.a into a static Linux program, so that the whole C library,
 * start-up and threads included, is tried on the build machine without an emulator. Entry is
 * host_start; it builds the start page as Tessera's kernel does and jumps to crt0.
 */
#include <rtl/retcode.h>
#include <stddef.h>
#include <stdint.h>
#include <tessera/flags.h>
#include <tessera/start.h>

enum {
    NR_WRITE = 1,
    NR_MMAP = 9,
    NR_MPROTECT = 10,
    NR_MUNMAP = 11,
    NR_NANOSLEEP = 35,
    NR_CLONE = 56,
    NR_EXIT = 60,
    NR_ARCH_PRCTL = 158,
    NR_GETTID = 186,
    NR_FUTEX = 202,
    NR_SET_TID_ADDRESS = 218,
    NR_CLOCK_GETTIME = 228,
    NR_EXIT_GROUP = 231,
};
#define LINUX_EAGAIN    11
#define LINUX_ETIMEDOUT 110
#define ARCH_SET_FS     0x1002
#define STACK_BYTES     (1u << 20)
#define CLONE_FLAGS     0x001d0f00 /* a thread with TLS, its number stored for the creator */

struct linux_timespec {
    int64_t sec, nsec;
};

static long linux_call(long n, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long r;

    __asm__ volatile("syscall"
                     : "=a"(r)
                     : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return r;
}

static Retcode as_retcode(long r)
{
    switch (r) {
    case -LINUX_EAGAIN:
        return rcFutexWouldBlock;
    case -LINUX_ETIMEDOUT:
        return rcTimeout;
    default:
        return r < 0 ? rcInvalidArgument : rcOk;
    }
}

const struct kn_start *kn_start_info;

void __kos_start_init(const struct kn_start *start);
void __kos_start_init(const struct kn_start *start)
{
    kn_start_info = start;
}

/* The same three bits; what is only reserved cannot be touched. */
static int linux_prot(int flags)
{
    return flags & VMM_FLAG_RWX_MASK;
}

void *KnVmAllocate(void *addr, size_t size, int flags);
void *KnVmAllocate(void *addr, size_t size, int flags)
{
    long fixed = flags & VMM_FLAG_FIXED ? 0x10 : 0;
    int prot = flags & VMM_FLAG_COMMIT ? linux_prot(flags) : 0;
    long r = linux_call(NR_MMAP, (long)addr, (long)size, prot, 0x4022 | fixed, -1, 0);

    return r < 0 && r > -4096 ? NULL : (void *)r;
}

Retcode KnVmUnmap(void *addr, size_t size);
Retcode KnVmUnmap(void *addr, size_t size)
{
    return as_retcode(linux_call(NR_MUNMAP, (long)addr, (long)size, 0, 0, 0, 0));
}

Retcode KnVmCommit(void *addr, size_t size, int flags);
Retcode KnVmCommit(void *addr, size_t size, int flags)
{
    (void)addr;
    (void)size;
    (void)flags;
    return rcOk;
}

Retcode KnVmProtect(void *addr, size_t size, int flags);
Retcode KnVmProtect(void *addr, size_t size, int flags)
{
    return as_retcode(linux_call(NR_MPROTECT, (long)addr, (long)size, linux_prot(flags), 0, 0, 0));
}

/* Alerts, kept until an alertable wait: Linux has none, so such a wait looks for them every now and then. */
#define ALERT_SLOTS 4096
#define SLICE_NS    2000000u
static uint8_t alerts[ALERT_SLOTS];

static int take_alert(void)
{
    long tid = linux_call(NR_GETTID, 0, 0, 0, 0, 0, 0);

    return __atomic_exchange_n(&alerts[tid % ALERT_SLOTS], 0, __ATOMIC_SEQ_CST);
}

Retcode KnThreadAlert(uint32_t handle, uint32_t tid);
Retcode KnThreadAlert(uint32_t handle, uint32_t tid)
{
    (void)handle;
    __atomic_store_n(&alerts[tid % ALERT_SLOTS], 1, __ATOMIC_SEQ_CST);
    return rcOk;
}

uint64_t KnUptimeNs(void);

static uint64_t deadline_of(uint64_t ns)
{
    uint64_t now = KnUptimeNs();

    return ns > ~0ull / 4 - now ? ~0ull / 4 : now + ns;
}

/* What a wait that looks for alerts sleeps next; zero at its end. */
static struct linux_timespec slice(uint64_t deadline, int is_alertable)
{
    uint64_t now = KnUptimeNs(), left = deadline > now ? deadline - now : 0;

    if (is_alertable && left > SLICE_NS) {
        left = SLICE_NS;
    }
    return (struct linux_timespec){ (int64_t)(left / 1000000000), (int64_t)(left % 1000000000) };
}

Retcode KnFutexWaitNs(uint32_t *ptr, uint32_t val, uint32_t owner, uint32_t flags, uint64_t ns);
Retcode KnFutexWaitNs(uint32_t *ptr, uint32_t val, uint32_t owner, uint32_t flags, uint64_t ns)
{
    uint64_t deadline = deadline_of(ns);
    int is_alertable = flags & KN_WAIT_ALERTABLE;

    (void)owner;
    for (;;) {
        struct linux_timespec ts = slice(deadline, is_alertable);
        long r;

        if (is_alertable && take_alert()) {
            return rcIpcInterrupt;
        }
        r = linux_call(NR_FUTEX, (long)ptr, 0, val, (long)&ts, 0, 0);
        if (r != -LINUX_ETIMEDOUT || KnUptimeNs() >= deadline) {
            return as_retcode(r);
        }
    }
}

Retcode KnFutexWake(uint32_t *ptr, uint32_t n, uint32_t *woken);
Retcode KnFutexWake(uint32_t *ptr, uint32_t n, uint32_t *woken)
{
    long r = linux_call(NR_FUTEX, (long)ptr, 1, n > 0x7fffffff ? 0x7fffffff : n, 0, 0, 0);

    if (r >= 0) {
        *woken = (uint32_t)r;
    }
    return as_retcode(r);
}

/* The child finds its routine and both arguments on its stack. */
long host_clone(long flags, void *stack, uint32_t *tid, void *tls);
__asm__(".globl host_clone\n"
        "host_clone:\n"
        "  movq %rcx, %r8\n"
        "  movl $56, %eax\n"
        "  syscall\n"
        "  testq %rax, %rax\n"
        "  jnz 1f\n"
        "  xorl %ebp, %ebp\n"
        "  popq %rax\n"
        "  popq %rdi\n"
        "  popq %rsi\n"
        "  call *%rax\n"
        "  ud2\n"
        "1: ret\n");

Retcode KnThreadCreateRaw(uint32_t priority, void *stack_top, void (*routine)(void *, void *),
                          void *context, void *context2, void *tls, uint32_t flags,
                          uint32_t *handle, uint32_t *tid);
Retcode KnThreadCreateRaw(uint32_t priority, void *stack_top, void (*routine)(void *, void *),
                          void *context, void *context2, void *tls, uint32_t flags,
                          uint32_t *handle, uint32_t *tid)
{
    uintptr_t *stack = (uintptr_t *)stack_top - 4;

    (void)handle;
    if ((priority > 31 && priority != KN_PRIORITY_INHERIT) || (flags & KN_THREAD_SUSPENDED)) {
        return rcInvalidArgument;
    }
    stack[0] = (uintptr_t)routine;
    stack[1] = (uintptr_t)context;
    stack[2] = (uintptr_t)context2;
    return as_retcode(host_clone(CLONE_FLAGS, stack, tid, tls));
}

/* Linux clears the word and wakes one waiter when the thread is gone. */
_Noreturn void KnThreadExitRaw(int code, uint32_t *clear_ptr, void *unmap_addr, size_t unmap_size);
_Noreturn void KnThreadExitRaw(int code, uint32_t *clear_ptr, void *unmap_addr, size_t unmap_size)
{
    linux_call(NR_SET_TID_ADDRESS, (long)clear_ptr, 0, 0, 0, 0, 0);
    if (unmap_size == 0) {
        linux_call(NR_EXIT, code, 0, 0, 0, 0, 0);
    }
    __asm__ volatile("syscall\n" /* the stack is gone from here on */
                     "movl $60, %%eax\n"
                     "movl %%ebx, %%edi\n"
                     "syscall\n"
                     "ud2"
                     :
                     : "a"(NR_MUNMAP), "D"(unmap_addr), "S"(unmap_size), "b"(code)
                     : "memory");
    __builtin_unreachable();
}

/* What it cannot say: nothing is mapped, the time stays. */
Retcode KnVmQuery(const void *addr, void *info);
Retcode KnVmQuery(const void *addr, void *info)
{
    (void)addr;
    (void)info;
    return rcInvalidArgument;
}

Retcode KnSetSystemTime(void *time);
Retcode KnSetSystemTime(void *time)
{
    (void)time;
    return rcSecurityDisallow;
}

Retcode KnSetSystemTimeAdj(const void *adj, uint32_t slew, void *prev);
Retcode KnSetSystemTimeAdj(const void *adj, uint32_t slew, void *prev)
{
    (void)adj;
    (void)slew;
    (void)prev;
    return rcSecurityDisallow;
}

Retcode KnGetSystemTimeAdj(void *adj);
Retcode KnGetSystemTimeAdj(void *adj)
{
    (void)adj;
    return rcSecurityDisallow;
}

/* One processor. */
Retcode KnThreadSetAffinityRaw(uint32_t tid, uint64_t cpus);
Retcode KnThreadSetAffinityRaw(uint32_t tid, uint64_t cpus)
{
    (void)tid;
    return cpus & 1 ? rcOk : rcInvalidArgument;
}

Retcode KnThreadGetAffinityRaw(uint32_t tid, uint64_t *cpus, uint32_t *cpu, uint32_t *count);
Retcode KnThreadGetAffinityRaw(uint32_t tid, uint64_t *cpus, uint32_t *cpu, uint32_t *count)
{
    (void)tid;
    *cpus = 1;
    *cpu = 0;
    *count = 1;
    return rcOk;
}

Retcode KnThreadSetTlsRaw(void *tls);
Retcode KnThreadSetTlsRaw(void *tls)
{
    return as_retcode(linux_call(NR_ARCH_PRCTL, ARCH_SET_FS, (long)tls, 0, 0, 0, 0));
}

Retcode KnSleepNs(uint64_t ns);
Retcode KnSleepNs(uint64_t ns)
{
    uint64_t deadline = deadline_of(ns);

    do {
        struct linux_timespec ts = slice(deadline, 1);

        if (take_alert()) {
            return rcIpcInterrupt;
        }
        linux_call(NR_NANOSLEEP, (long)&ts, 0, 0, 0, 0, 0);
    } while (KnUptimeNs() < deadline);
    return rcOk;
}

/* One priority for all; those above 20 are beyond the ceiling. */
#define CEILING 20
static uint32_t the_priority = 15;

Retcode KnThreadSetPriority(uint32_t tid, uint32_t priority);
Retcode KnThreadSetPriority(uint32_t tid, uint32_t priority)
{
    (void)tid;
    if (priority > CEILING) {
        return rcSecurityDisallow;
    }
    the_priority = priority;
    return rcOk;
}

Retcode KnThreadGetPriorityRaw(uint32_t tid, uint32_t *priority);
Retcode KnThreadGetPriorityRaw(uint32_t tid, uint32_t *priority)
{
    (void)tid;
    *priority = the_priority;
    return rcOk;
}

Retcode KnThreadTerminateRaw(uint32_t tid, int code);
Retcode KnThreadTerminateRaw(uint32_t tid, int code)
{
    (void)tid;
    (void)code;
    return rcUnimplemented;
}

Retcode KnDebugWrite(const void *text, size_t size);
Retcode KnDebugWrite(const void *text, size_t size)
{
    return size > 4096 ? rcBufferTooLarge
                       : as_retcode(linux_call(NR_WRITE, 1, (long)text, (long)size, 0, 0, 0));
}

_Noreturn void KnTaskExitRaw(int status);
_Noreturn void KnTaskExitRaw(int status)
{
    for (;;) {
        linux_call(NR_EXIT_GROUP, status, 0, 0, 0, 0, 0);
    }
}

uint64_t KnUptimeNs(void);
uint64_t KnUptimeNs(void)
{
    struct linux_timespec ts;

    linux_call(NR_CLOCK_GETTIME, 1, (long)&ts, 0, 0, 0, 0);
    return (uint64_t)ts.sec * 1000000000u + (uint64_t)ts.nsec;
}

uint64_t KnSystemTimeNs(void);
uint64_t KnSystemTimeNs(void)
{
    struct linux_timespec ts;

    linux_call(NR_CLOCK_GETTIME, 0, (long)&ts, 0, 0, 0, 0);
    return (uint64_t)ts.sec * 1000000000u + (uint64_t)ts.nsec;
}

/* The start page with a block of one argument list and one variable. */
static struct {
    struct kn_start start;
    struct kn_block block;
    uint32_t args[3], env[1];
    char text[64];
} page = {
    .start = {
        .magic = KN_START_MAGIC,
        .page_size = 4096,
        .block_size = sizeof page - sizeof(struct kn_start),
        .random = { 7, 7, 7, 7 },
        .phnum = 0,
        .priority = 15,
        .priority_ceiling = 20,
        .task_name = "test",
    },
    .block = {
        .magic = KN_BLOCK_MAGIC,
        .argc = 3,
        .args = sizeof(struct kn_block),
        .envc = 1,
        .env = sizeof(struct kn_block) + 3 * sizeof(uint32_t),
    },
    .args = { 56, 61, 65 },
    .env = { 69 },
    .text = "test\0one\0two\0COLOUR=blue",
};
_Static_assert(sizeof(struct kn_block) + 4 * sizeof(uint32_t) == 56, "where the texts begin");

/* Start pages as a hostile or careless creator would make them, chosen by the first argument. */
static void spoil(char what)
{
    switch (what) {
    case 'm':
        page.block.magic++;
        break;
    case 's': /* cut in the middle of the last string */
        page.start.block_size = sizeof(struct kn_block) + sizeof page.args + sizeof page.env + 5;
        break;
    case 'c':
        page.block.argc = 0xffffffff;
        break;
    case 'a':
        page.block.args = 0xfffffffc;
        break;
    case 'u':
        page.block.args += 2;
        break;
    case 'o':
        page.args[1] = 0xffffff00;
        break;
    case 'e':
        page.block.envc = 20000;
        break;
    case 'z':
        page.start.block_size = 0;
        break;
    default:
        break;
    }
}

static struct kn_time_page time_page;
static char stack[STACK_BYTES] __attribute__((aligned(4096)));
extern const char __ehdr_start[];
extern void _start(void);

/* ELF header: offset of the program headers at 32, their number at 56. */
static void find_program_headers(void)
{
    page.start.phdr = (uint64_t)(uintptr_t)__ehdr_start + *(const uint64_t *)(__ehdr_start + 32);
    page.start.phnum = *(const uint16_t *)(__ehdr_start + 56);
}

/* linux_stack: argc and argv as Linux passes them. */
_Noreturn void host_main(const uintptr_t *linux_stack);
_Noreturn void host_main(const uintptr_t *linux_stack)
{
    struct linux_timespec wall;

    linux_call(NR_CLOCK_GETTIME, 0, (long)&wall, 0, 0, 0, 0);
    time_page.wall_offset_ns =
        (uint64_t)wall.sec * 1000000000u + (uint64_t)wall.nsec - KnUptimeNs();
    page.start.time_page = (uintptr_t)&time_page;
    page.start.tid = (uint32_t)linux_call(NR_GETTID, 0, 0, 0, 0, 0, 0);
    page.start.stack_low = (uintptr_t)stack;
    page.start.stack_high = (uintptr_t)(stack + STACK_BYTES);
    find_program_headers();
    if (linux_stack[0] > 1) {
        spoil(*(const char *)linux_stack[2]);
    }
    __asm__ volatile("movq %0, %%rsp\n jmp _start" : : "r"(stack + STACK_BYTES), "D"(&page.start));
    __builtin_unreachable();
}

__asm__(".globl host_start\n"
        "host_start:\n"
        "  xorl %ebp, %ebp\n"
        "  movq %rsp, %rdi\n"
        "  andq $-16, %rsp\n"
        "  call host_main\n"
        "  ud2\n");
