/*
 * syscall_arch.h: what the C library calls where it would enter a kernel of its own.
 *
 * Replaces the file of the same name of musl's x86_64 port: each numbered operation becomes a call
 * of one C function, which knows the operations that exist here (libs/libc/src/syscall.c).
 */
#define __SYSCALL_LL_E(x) (x)
#define __SYSCALL_LL_O(x) (x)

__attribute__((__visibility__("hidden"))) long __kos_syscall(long n, long a, long b, long c, long d,
                                                             long e, long f);

static __inline long __syscall0(long n)
{
    return __kos_syscall(n, 0, 0, 0, 0, 0, 0);
}

static __inline long __syscall1(long n, long a)
{
    return __kos_syscall(n, a, 0, 0, 0, 0, 0);
}

static __inline long __syscall2(long n, long a, long b)
{
    return __kos_syscall(n, a, b, 0, 0, 0, 0);
}

static __inline long __syscall3(long n, long a, long b, long c)
{
    return __kos_syscall(n, a, b, c, 0, 0, 0);
}

static __inline long __syscall4(long n, long a, long b, long c, long d)
{
    return __kos_syscall(n, a, b, c, d, 0, 0);
}

static __inline long __syscall5(long n, long a, long b, long c, long d, long e)
{
    return __kos_syscall(n, a, b, c, d, e, 0);
}

static __inline long __syscall6(long n, long a, long b, long c, long d, long e, long f)
{
    return __kos_syscall(n, a, b, c, d, e, f);
}

#define IPC_64 0
