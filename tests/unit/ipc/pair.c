/*
 * pair.c: see pair.h.
 */
#include "pair.h"

#include <stdio.h>

struct process *cp, *sp;
struct thread *client, *server;
handle_t listener, channel;
struct message c_out, c_in, s_out, s_in;

static bool is_fast;

int pair_setup(void **state)
{
    world_setup(state);
    this_cpu()->is_fast_path_off = !is_fast;
    cp = world_process("test.Client", 10);
    sp = world_process("test.Server", 12);
    client = world_main(cp);
    server = world_main(sp);
    listener = world_listener(sp);
    channel = world_connect(cp, sp, listener);
    return 0;
}

int pair_teardown(void **state)
{
    world_check();
    return world_teardown(state);
}

void make_messages(uint32_t arena)
{
    static uint64_t made_for[3];
    uint64_t from = cp->object.subject.sid, to = sp->object.subject.sid;
    if (made_for[0] == from && made_for[1] == to && made_for[2] == arena)
        return;
    made_for[0] = from;
    made_for[1] = to;
    made_for[2] = arena;
    c_out = world_message(cp, 4096, arena);
    c_in = world_message(cp, 4096, arena);
    s_out = world_message(sp, 4096, arena);
    s_in = world_message(sp, 4096, arena);
}

void call_data(uint32_t size)
{
    world_fill(&c_out, size, 3);
    world_call_long(client, channel, word_request(M_DATA), &c_out, &c_in);
    world_settle();
}

int pair_run(const char *name, const struct CMUnitTest *tests, size_t count, const char *filter)
{
    char title[80];
    int failed = 0;
    if (filter)
        cmocka_set_test_filter(filter);
    for (int turn = 0; turn < 2; turn++) {
        is_fast = turn;
        snprintf(title, sizeof title, "%s, %s path", name, is_fast ? "fast" : "general");
        failed += _cmocka_run_group_tests(title, tests, count, NULL, NULL);
    }
    return failed;
}
