/*
 * main.c: a caller that sends four megabytes and fails before their end, and another that calls at some
 * moment of that copy. The second must be answered.
 */
#include "suite.h"

#include <kos/thread.h>
#include <tessera/flags.h>

#include "check.h"
#include "core.h"
#include "task.h"

#define CLASS    "queue.Server"
#define LOW      10u
#define HIGH     14u
#define ROUNDS   40
#define PATIENCE 400 /* milliseconds after which a caller counts as forgotten */

static char memory[ARENA] __attribute__((aligned(4096)));
static struct child server;
static volatile int is_sending;
static volatile uint64_t delay;

static Retcode add(void)
{
    struct kn_words words = {WORD(Add, req, REQUEST), {2 | 3ull << 32}};
    struct kn_received received;
    struct kn_ex ex = {.timeout = PATIENCE};

    Retcode rc = kn_call(server.client, &words, NULL, NULL, &ex, &received);
    return rc == rcOk && words.payload[0] != 5 ? rcFail : rc;
}

static int second_caller(void *context)
{
    while (!is_sending) {
        core_sleep_ns(100000);
    }
    core_sleep_ns(delay);
    *(Retcode *)context = add();
    return 0;
}

/* The first caller's last page cannot be read. How many second callers were forgotten. */
static int unreadable(uint64_t step)
{
    int forgotten = 0;

    core_vm_protect((uintptr_t)memory + ARENA - 4096, 4096, 0);
    for (unsigned i = 0; i < ROUNDS; i++) {
        Retcode second = rcFail;
        Tid tid;
        is_sending = 0;
        delay = i * step;
        KosThreadCreate(&tid, HIGH, 0, second_caller, &second, 0);
        is_sending = 1;
        if (put(server.client, memory) != rcSourceFault) {
            return ROUNDS;
        }
        KosThreadWait(tid, 5000);
        forgotten += second != rcOk;
    }
    return forgotten;
}

/* A server that serves this process and, if not null, another. */
static void start_server(struct child *client)
{
    child_create(&server, CLASS, LOW);
    child_add_server(&server);
    if (client) {
        child_create(client, CLASS, LOW);
        child_join(client, &server);
    }
    uint64_t number = server.listener;
    child_start(&server, "serve", 1, &number);
    if (client) {
        number = client->outgoing;
        child_start(client, "put", 1, &number);
    }
}

/* The first caller's process is terminated. How many second callers were forgotten, or how many of
 * the first did not live until then. */
static int dying(uint64_t step)
{
    int failed = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        struct child first;
        Retcode second = rcFail;
        Tid tid;
        is_sending = 0;
        delay = 0;
        KosThreadCreate(&tid, HIGH, 0, second_caller, &second, 0);
        start_server(&first);
        core_sleep_ns(15000000 + i * step); /* it writes its memory and copies it again and again */
        is_sending = 1;
        core_sleep_ns(300000);
        failed += core_task_terminate(first.task) != rcOk;
        KosThreadWait(tid, 5000);
        failed += second != rcOk;
        child_drop(&first);
        child_drop(&server);
    }
    return failed;
}

int main(void)
{
    core_fill_handle_table();
    CHECK_EQUAL("the first caller's process dies", dying(170000), 0);
    start_server(NULL);
    memset(memory, 1, sizeof(memory));
    core_set_priority(KosThreadCurrentId(), LOW);
    CHECK_RC("a copy that succeeds", put(server.client, memory), rcOk);
    CHECK_EQUAL("the first caller's memory cannot be read", unreadable(50000), 0);
    CHECK_EQUAL("the same, later in the copy", unreadable(200000), 0);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    child_drop(&server);
    finish();
}
