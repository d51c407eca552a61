/*
 * main.c: an echo pair for each n, whose n-th allocation fails.
 */
#include "check.h"
#include "core.h"
#include "task.h"

#include <stdio.h>
#include <string.h>

#define CLASS "alloc.Server"
#define N_MAX 3000u
#define WAIT  20000u /* milliseconds */

/* How an attempt ended. */
struct attempt {
    Retcode rc; /* of the first step that failed here, else rcOk */
    int status; /* of the client; -3000: it was not started */
};

static Retcode pair_make(struct child *server, struct child *client)
{
    Retcode rc = child_create(server, CLASS, CHILD_PRIORITY);

    if (rc == rcOk) {
        rc = child_create(client, CLASS, CHILD_PRIORITY);
    }
    if (rc == rcOk) {
        rc = child_join(client, server);
    }
    uint64_t number = server->listener;
    if (rc == rcOk) {
        rc = child_start(server, "serve", 1, &number);
    }
    number = client->outgoing;
    if (rc == rcOk) {
        rc = child_start(client, "call", 1, &number);
    }
    return rc;
}

static struct attempt attempt(void)
{
    struct child server = {0}, client = {0};
    struct attempt a = {.status = -3000};

    a.rc = pair_make(&server, &client);
    if (a.rc == rcOk) {
        a.status = child_wait(&client, WAIT);
    }
    child_drop(&client);
    child_drop(&server);
    return a;
}

static int is_equal(const struct counters *a, const struct counters *b)
{
    return a->frames == b->frames && a->objects == b->objects && a->handles == b->handles &&
           a->threads == b->threads && a->kmem == b->kmem;
}

static void print_counters(const char *when, const struct counters *c)
{
    fprintf(stderr, "  %s: frames %llu objects %llu handles %llu threads %llu kernel memory %llu\n",
            when, (unsigned long long)c->frames, (unsigned long long)c->objects,
            (unsigned long long)c->handles, (unsigned long long)c->threads,
            (unsigned long long)c->kmem);
}

/* One attempt; non-zero while there was an allocation to fail. */
static int fail_nth(uint64_t n)
{
    struct counters before, after;
    uint64_t outstanding = 0;
    char name[96];

    core_counters(&before);
    core_fail_allocation(n, NULL);
    struct attempt a = attempt();
    core_fail_allocation(0, &outstanding);
    core_counters(&after);
    int has_failed = outstanding == 0;
    int is_good = a.status != -2000 && is_equal(&before, &after) && core_self_check() == rcOk;

    if (!has_failed) {
        is_good &= a.rc == rcOk && a.status == 0;
    }
    snprintf(name, sizeof(name), "allocation %llu: %s, client %d", (unsigned long long)n,
             rc_name(a.rc), a.status);
    if (!CHECK(name, is_good)) {
        print_counters("before", &before);
        print_counters("after ", &after);
    }
    return has_failed;
}

int main(void)
{
    struct counters before, after;
    struct attempt a = {0};

    core_fill_handle_table();
    for (int i = 0; i < 3; i++) { /* grows what stays */
        a = attempt();
    }
    CHECK_RC("a pair", a.rc, rcOk);
    CHECK_EQUAL("its client", a.status, 0);
    core_counters(&before);
    attempt();
    core_counters(&after);
    if (!CHECK("a pair leaves nothing", is_equal(&before, &after))) {
        print_counters("before", &before);
        print_counters("after ", &after);
    }
    uint64_t n = 1;
    while (n < N_MAX && fail_nth(n)) {
        n++;
    }
    CHECK("no allocation is left to fail", n > 20 && n < N_MAX);
    fprintf(stderr, "%llu allocations failed, one at a time\n", (unsigned long long)n - 1);
    finish();
}
