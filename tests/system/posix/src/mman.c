/*
 * mman.c: <sys/mman.h>: anonymous memory, its protection, and what is refused.
 */
#include "suite.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096u
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static int refused(void *addr, size_t size, int prot, int flags, int fd, int error)
{
    errno = 0;
    return mmap(addr, size, prot, flags, fd, 0) == MAP_FAILED && errno == error;
}

static int fails_with(long result, int error)
{
    return result == -1 && errno == error;
}

static void test_mapping(void)
{
    char *p = mmap(NULL, 3 * PAGE, RW, ANON, -1, 0), *q;

    HOLDS(p != MAP_FAILED && p[0] == 0 && p[3 * PAGE - 1] == 0 && (uintptr_t)p % PAGE == 0);
    strcpy(p, "first");
    strcpy(p + PAGE, "second");
    q = mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    HOLDS(q == p + PAGE && q[0] == 0 && strcmp(p, "first") == 0);
    HOLDS(munmap(p + PAGE, PAGE) == 0 && p[2 * PAGE] == 0 && munmap(p, 3 * PAGE) == 0);
    q = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    HOLDS(q != MAP_FAILED && munmap(q, PAGE) == 0);
    HOLDS(fails_with(munmap((char *)1, PAGE), EINVAL) && fails_with(munmap(NULL, 0), EINVAL));
}

static void test_refused(void)
{
    HOLDS(refused(NULL, 0, RW, ANON, -1, EINVAL) && refused(NULL, PAGE, 64, ANON, -1, EINVAL));
    HOLDS(refused(NULL, PAGE, RW, MAP_PRIVATE, -1, EBADF) && refused(NULL, PAGE, RW, MAP_PRIVATE, 1, ENODEV));
    HOLDS(refused((void *)123, PAGE, RW, ANON | MAP_FIXED, -1, EINVAL));
    HOLDS(refused(NULL, SIZE_MAX / 4, RW, ANON, -1, ENOMEM));
    HOLDS(refused(NULL, (size_t)1 << 40, RW, ANON, -1, ENOMEM)); /* more than there is, and charged */
}

/* Which a policy may refuse (EACCES: suite policy). */
static void test_code_that_is_written(void)
{
    char *p = mmap(NULL, PAGE, RW | PROT_EXEC, ANON, -1, 0);

    HOLDS(p != MAP_FAILED);
    p[0] = (char)0xc3; /* ret */
    ((void (*)(void))(uintptr_t)p)();
    HOLDS(mprotect(p, PAGE, RW) == 0 && mprotect(p, PAGE, RW | PROT_EXEC) == 0);
    ((void (*)(void))(uintptr_t)p)();
    HOLDS(munmap(p, PAGE) == 0);
}

static void test_protection(void)
{
    char *p = mmap(NULL, (size_t)1 << 40, PROT_NONE, ANON, -1, 0); /* addresses cost nothing */

    HOLDS(p != MAP_FAILED && mprotect(p, PAGE, RW) == 0);
    strcpy(p, "kept");
    HOLDS(mprotect(p, PAGE, PROT_READ) == 0 && strcmp(p, "kept") == 0);
    HOLDS(mprotect(p, PAGE, PROT_READ | PROT_EXEC) == 0 && mprotect(p, PAGE, RW) == 0 && strcmp(p, "kept") == 0);
    HOLDS(fails_with(mprotect(p, PAGE, 64), EINVAL));
    HOLDS(mprotect(p, 0, RW) == 0);
    HOLDS(munmap(p, (size_t)1 << 40) == 0);
}

static void test_locking(void)
{
    char *p = mmap(NULL, 2 * PAGE, RW, ANON, -1, 0);

    HOLDS(mlock(p, 2 * PAGE) == 0 && mlock(p + 5, 10) == 0 && munlock(p, 2 * PAGE) == 0 && mlock(p, 0) == 0);
    HOLDS(msync(p, PAGE, MS_SYNC) == 0 && msync(p, PAGE, MS_ASYNC | MS_INVALIDATE) == 0);
    HOLDS(fails_with(msync(p, PAGE, MS_SYNC | MS_ASYNC), EINVAL) && fails_with(msync(p + 1, PAGE, MS_SYNC), EINVAL));
    HOLDS(posix_madvise(p, PAGE, POSIX_MADV_WILLNEED) == 0 && posix_madvise(p, PAGE, 99) == EINVAL);
    munmap(p + PAGE, PAGE);
    HOLDS(fails_with(mlock(p, 2 * PAGE), ENOMEM) && fails_with(munlock(p, 2 * PAGE), ENOMEM));
    HOLDS(fails_with(msync(p, 2 * PAGE, MS_SYNC), ENOMEM) && munmap(p, PAGE) == 0);
    p = mmap(NULL, PAGE, PROT_NONE, ANON, -1, 0);
    HOLDS(fails_with(mlock(p, PAGE), ENOMEM) && munmap(p, PAGE) == 0);
    HOLDS(mlockall(MCL_CURRENT) == 0 && munlockall() == 0 && fails_with(mlockall(0), EINVAL));
    HOLDS(fails_with(mlockall(64), EINVAL));
}

void run_mman(void)
{
    test_mapping();
    test_refused();
    test_protection();
    test_code_that_is_written();
    test_locking();
}
