/*
 * busy.c: see busy.h.
 */
#include "busy.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/thread.h>
#include <services/ocap.h>

#define PAGE 4096u
#define RW   (VMM_FLAG_READ | VMM_FLAG_WRITE)

struct job {
    uint32_t kind, number;
    struct board *board;
    volatile uint64_t *word;
};

static struct job jobs[BUSY_MAX];
static volatile uint32_t reading;

static void touch_memory(void)
{
    volatile char *p = KnVmAllocate(NULL, 8 * PAGE, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | RW);

    for (unsigned i = 0; p && i < 8; i++) {
        p[i * PAGE] = 1;
    }
    KnVmUnmap((void *)(uintptr_t)p, 8 * PAGE);
}

static void use_handles(void)
{
    Handle root, copy;

    if (KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID,
                                 NULL, &root) == rcOk) {
        KnHandleCopy(root, NK_RIGHTS_SAME, INVALID_HANDLE, &copy);
        KnHandleRevoke(root);
        KnHandleClose(copy);
    }
}

static void read_word(struct job *job)
{
    uint64_t value = *job->word;

    if (value > job->board->largest) {
        job->board->largest = value;
    }
}

static int work(void *context)
{
    struct job *job = context;

    for (;;) {
        switch (job->kind) {
        case BUSY_CALL:
            KosThreadYield();
            break;
        case BUSY_MEMORY:
            touch_memory();
            break;
        case BUSY_SLEEP:
            KosThreadSleep(job->board->steps[job->number] % 3);
            break;
        case BUSY_READ:
            read_word(job);
            break;
        case BUSY_HANDLE:
            use_handles();
            break;
        default:
            break;
        }
        job->board->steps[job->number]++;
    }
    return 0;
}

Retcode busy_start(uint32_t kind, uint32_t threads, uint64_t board, uint64_t va)
{
    Retcode rc = kind < BUSY_KINDS && threads <= BUSY_MAX ? rcOk : rcInvalidArgument;

    for (uint32_t i = 0; i < threads && rc == rcOk; i++) {
        jobs[i] = (struct job){.kind = kind, .number = i, .board = (struct board *)(uintptr_t)board,
                               .word = (volatile uint64_t *)(uintptr_t)va};
        rc = KosThreadCreate(NULL, 10, 0, work, &jobs[i], 0);
    }
    return rc;
}

/* A read that began after the page was said to be gone must not give anything. */
static int read_until_gone(void *context)
{
    struct job *job = context;

    __atomic_add_fetch(&reading, 1, __ATOMIC_SEQ_CST);
    for (;;) {
        uint64_t was_gone = __atomic_load_n(&job->board->is_gone, __ATOMIC_SEQ_CST);
        (void)*job->word;
        if (was_gone) {
            job->board->has_leaked = 1;
        }
        job->board->steps[job->number]++;
    }
    return 0;
}

Retcode busy_lose(uint32_t how, uint32_t threads, uint64_t board)
{
    struct board *b = (struct board *)(uintptr_t)board;
    char *page = KnVmAllocate(NULL, PAGE, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | RW);
    Retcode rc = page && how < LOSE_KINDS && threads <= BUSY_MAX ? rcOk : rcInvalidArgument;

    if (rc != rcOk) {
        return rc;
    }
    *page = 1;
    for (uint32_t i = 0; i < threads && rc == rcOk; i++) {
        jobs[i] = (struct job){.number = i, .board = b,
                               .word = (volatile uint64_t *)(uintptr_t)page};
        rc = KosThreadCreate(NULL, 15, 0, read_until_gone, &jobs[i], 0);
    }
    while (reading < threads) {
        KosThreadYield();
    }
    for (uint64_t before = b->steps[0]; b->steps[0] < before + 1000;) {
        KosThreadYield();
    }
    switch (how) {
    case LOSE_UNMAP:
        rc = KnVmUnmap(page, PAGE);
        break;
    case LOSE_PROTECT:
        rc = KnVmProtect(page, PAGE, 0);
        break;
    default:
        rc = KnVmDecommit(page, PAGE);
        break;
    }
    __atomic_store_n(&b->is_gone, 1, __ATOMIC_SEQ_CST);
    KosThreadSleep(200); /* the readers fault, which ends the process */
    return rc;
}
