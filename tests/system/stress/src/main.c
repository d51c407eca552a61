/*
 * main.c: pairs of children; see README.md.
 */
#include "check.h"
#include "core.h"
#include "task.h"

#include <coresrv/hal/hal_api.h>
#include <kos/thread.h>
#include <stdio.h>
#include <stdlib.h>

#define CLASS    "stress.Child"
#define TURNS    500 /* pairs one after the other */
#define TOGETHER 100
#define ALIVE    4 /* pairs that work at a time */
#define KILLS    1000u
#define SHARE    5 /* on several CPUs, where no time is counted, this part of all that */

struct pair {
    struct child server, client;
    int is_first_dead;
};

static struct counters before;
static uint64_t random_state = 88172645463325252ull;

static uint32_t below(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 20) % n;
}

static void check_counters(const char *when)
{
    struct counters after;
    char name[80];

    core_sleep_ns(50000000); /* what nobody waits for is given back when nothing else is to be done */
    core_counters(&after);
    if (!before.frames) {
        before = after;
    }
    snprintf(name, sizeof(name), "objects after %s", when);
    CHECK_EQUAL(name, after.objects, before.objects);
    snprintf(name, sizeof(name), "handles after %s", when);
    CHECK_EQUAL(name, after.handles, before.handles);
    snprintf(name, sizeof(name), "threads after %s", when);
    CHECK_EQUAL(name, after.threads, before.threads);
    snprintf(name, sizeof(name), "frames after %s", when);
    CHECK_EQUAL(name, after.frames, before.frames);
    snprintf(name, sizeof(name), "kernel memory after %s", when);
    CHECK_EQUAL(name, after.kmem, before.kmem);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

static int start(struct child *child, const char *mode)
{
    uint64_t numbers[] = {child->listener, child->outgoing, 1 + below(1000000)};

    return child_start(child, mode, 3, numbers) == rcOk;
}

static int pair_start(struct pair *p, const char *server, const char *client)
{
    *p = (struct pair){0};
    return child_create(&p->server, CLASS, CHILD_PRIORITY) == rcOk &&
           child_create(&p->client, CLASS, CHILD_PRIORITY) == rcOk &&
           child_join(&p->client, &p->server) == rcOk && start(&p->server, server) &&
           start(&p->client, client);
}

/* The client says whether all was well; then its server is let go. */
static int pair_end(struct pair *p)
{
    int is_good = child_wait(&p->client, 60000) == 0;

    child_drop(&p->client);
    is_good &= child_wait(&p->server, 60000) == 0;
    child_drop(&p->server);
    return is_good;
}

static void test_in_turn(int turns)
{
    int good = 0;
    char name[80];

    for (int i = 0; i < turns; i++) {
        struct pair p;
        good += pair_start(&p, "serve", "talk") && pair_end(&p);
    }
    snprintf(name, sizeof(name), "%d processes created, talking and ending in turn", 2 * turns);
    CHECK_EQUAL(name, 2 * good, 2 * turns);
}

static void test_together(void)
{
    static struct pair pairs[TOGETHER];
    int good = 0;

    for (int i = 0; i < TOGETHER; i++) {
        good += pair_start(&pairs[i], "serve", "talk");
    }
    CHECK_EQUAL("200 processes at once", 2 * good, 2 * TOGETHER);
    good = 0;
    for (int i = TOGETHER - 1; i >= 0; i--) {
        good += pair_end(&pairs[i]);
    }
    CHECK_EQUAL("all of them have talked", good, TOGETHER);
}

/* Kills one of the pair, in half of the cases both; true when both are dead. */
static int kill_one(struct pair *p)
{
    struct child *victim = below(2) ? &p->server : &p->client;

    if (p->is_first_dead || !victim->task) {
        child_drop(&p->server);
        child_drop(&p->client);
        return 1;
    }
    child_drop(victim);
    p->is_first_dead = 1;
    return 0;
}

static void test_kills(unsigned kills)
{
    static struct pair pairs[ALIVE];
    unsigned killed = 0, shown = 0;
    int is_good = 1;
    char name[80];

    for (int i = 0; i < ALIVE; i++) {
        is_good &= pair_start(&pairs[i], "work", "work");
    }
    while (killed < kills && is_good) {
        struct pair *p = &pairs[below(ALIVE)];
        core_sleep_ns(below(below(4) ? 300000 : 3000000));
        killed++;
        if (kill_one(p)) {
            is_good &= pair_start(p, "work", "work");
        }
        if (killed % 100 == 0) {
            is_good &= core_self_check() == rcOk;
        }
        if (killed / 2000 > shown) {
            shown = killed / 2000;
            printf("%u killed\n", killed);
        }
    }
    for (int i = 0; i < ALIVE; i++) {
        child_drop(&pairs[i].server);
        child_drop(&pairs[i].client);
    }
    snprintf(name, sizeof(name), "%u processes killed at random moments", kills);
    CHECK(name, is_good && killed == kills);
}

int main(void)
{
    char text[32];
    unsigned share = KosCpuCount() > 1 ? SHARE : 1, kills = KILLS / share;

    if (KnHalGetEnv("stress.kills", text, sizeof(text)) == rcOk) {
        kills = (unsigned)strtoul(text, NULL, 0);
    }
    core_fill_handle_table();
    test_together();
    test_kills(40);
    check_counters("what grows and stays"); /* this process's own pages, too */
    core_counters(&before);
    test_in_turn((int)(TURNS / share));
    check_counters("those in turn");
    test_together();
    check_counters("200 at once");
    test_kills(kills);
    check_counters("the kills");
    finish();
}
