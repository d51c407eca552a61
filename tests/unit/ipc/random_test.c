/*
 * random_test.c: system calls of three servers that are each other's clients, with words, handles, tokens,
 * buffers and descriptors that make sense or lie, while time passes and processes are killed. Nothing is
 * expected of any single call; the kernel's own check holds after each, nothing is left at the end, and
 * the sanitizers find nothing. RANDOM_CALLS and RANDOM_SEED set how much and which.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

#define PROCESSES 3u
#define THREADS   3u
#define ARENA     100000u

static struct process *processes[PROCESSES];
static handle_t listeners[PROCESSES], channels[PROCESSES][PROCESSES];
static struct message out[PROCESSES], in[PROCESSES];
static uint64_t tokens[16], state, succeeded;
static unsigned next_token;

static uint32_t below(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 20) % n;
}

static uint64_t any(void)
{
    return (uint64_t)below(1u << 16) << 48 ^ (uint64_t)below(1u << 24) << 24 ^ below(1u << 24);
}

static void make(unsigned p)
{
    processes[p] = world_process("test.Server", 8 + below(8));
    for (unsigned i = 1; i < THREADS; i++)
        world_thread(processes[p], 8 + below(8));
    listeners[p] = world_listener(processes[p]);
    out[p] = world_message(processes[p], 4096, ARENA);
    in[p] = world_message(processes[p], 4096, ARENA);
}

static void connect(unsigned p)
{
    for (unsigned k = 0; k < PROCESSES; k++) {
        channels[p][k] = world_connect(processes[p], processes[k], listeners[k]);
        channels[k][p] = world_connect(processes[k], processes[p], listeners[p]);
    }
}

/* A thread of the process that can make a system call, else null. */
static struct thread *free_thread(unsigned p)
{
    unsigned skip = below(THREADS);
    struct thread *found = NULL;
    for (struct list *l = processes[p]->threads.next; l != &processes[p]->threads; l = l->next) {
        struct thread *t = container_of(l, struct thread, process_link);
        if (!world_is_ready(t) || t->continuation || t->is_dead)
            continue;
        found = t;
        if (skip-- == 0)
            break;
    }
    return found;
}

/* Constant part and arena of a message, and what its descriptor says of them. */
static void fill(unsigned p)
{
    uint32_t size = below(4) ? below(3000) : below(ARENA);
    nk_ptr_t value = {below(3) ? 0 : below(64) * 8, below(3) ? size : (uint32_t)any()};
    nk_handle_desc_t handle = {channels[p][below(PROCESSES)], below(2) ? 0x7fffffff : below(64), 0};
    if (below(8) == 0)
        handle.handle = (uint32_t)any();
    world_fill(&out[p], size, (uint8_t)below(256));
    if (below(2))
        world_put(processes[p], out[p].head + 24, &value, sizeof value);
    else if (below(2))
        world_put(processes[p], out[p].head + 24, &handle, sizeof handle);
    for (uint32_t i = 0; i < 8 && below(2); i++) { /* nested ones */
        nk_ptr_t inner = {below(2) ? 64 + 16 * i : (uint32_t)any(), below(2) ? 16 : (uint32_t)any()};
        world_put(processes[p], out[p].arena + 8 * i, &inner, sizeof inner);
    }
}

static uint64_t any_word(uint64_t (*form)(enum fake_method))
{
    uint64_t word = form((enum fake_method)below(METHODS));
    return below(20) ? word : word ^ 1ull << below(64);
}

static handle_t any_handle(handle_t likely)
{
    return below(12) ? likely : below(2) ? below(4096) : (handle_t)any();
}

static uint64_t any_token(void)
{
    return below(12) ? tokens[below(2) ? next_token % 16 : below(16)] : any();
}

static void one_call(unsigned p, struct thread *t)
{
    const struct message *to = below(10) ? &in[p] : NULL;
    uint64_t response = any_word(below(3) ? word_response : below(2) ? word_error : word_failed);
    handle_t channel = any_handle(channels[p][below(PROCESSES)]);
    handle_t listener = any_handle(listeners[p]);
    switch (below(8)) {
    case 0:
        world_call_timed(t, channel, any_word(word_request), any(), below(5));
        break;
    case 1:
    case 2:
        world_call_long(t, channel, any_word(word_request), &out[p], to);
        break;
    case 3:
    case 4:
        world_recv_timed(t, listener, to, below(4));
        break;
    case 5:
        world_reply(t, any_token(), response, any());
        break;
    case 6:
        world_reply_long(t, any_token(), response, &out[p]);
        break;
    default:
        world_reply_recv(t, any_token(), response, any(), listener, to);
    }
}

/* Somebody who can be told of a reply is looked for among all who wait for one. */
static void note_tokens(struct thread *t, void *context)
{
    (void)context;
    if (t->wait_kind == WAIT_REPLY && below(3) == 0)
        tokens[++next_token % 16] = t->call.token;
}

static void step(void)
{
    unsigned p = below(PROCESSES);
    struct thread *t = free_thread(p);
    if (below(6) == 0)
        world_interrupt(1 + below(4));
    if (t) {
        if (result(t) == rcOk) { /* its last call; perhaps it received something */
            tokens[++next_token % 16] = token_of(t);
            succeeded++;
        }
        fill(p);
        one_call(p, t);
    }
    if (below(3) == 0)
        world_settle();
    if (below(4) == 0)
        world_advance((uint64_t)below(4) * 1000000);
    thread_for_each(note_tokens, NULL);
    if (!t) {
        world_settle();
        world_advance(10000000);
    }
    if (below(t ? 400 : 3) == 0) { /* one whose threads all wait for ever goes soon */
        if (below(2))
            world_settle(); /* else in the middle of a copy, perhaps */
        world_kill(processes[p]);
        make(p);
        connect(p);
    }
}

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 0) : otherwise;
}

static void test_random_calls(void **test_state)
{
    uint64_t calls = number("RANDOM_CALLS", 30000);
    (void)test_state;
    state = number("RANDOM_SEED", 1) * 0x9e3779b97f4a7c15ull | 1;
    for (unsigned p = 0; p < PROCESSES; p++)
        make(p);
    for (unsigned p = 0; p < PROCESSES; p++)
        connect(p);
    for (uint64_t i = 0; i < calls; i++) {
        step();
        if (i % 16 == 0) {
            world_settle();
            world_check();
        }
    }
    world_settle();
    printf("%lu of %lu calls succeeded\n", succeeded, calls);
    assert_true(succeeded > calls / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_random_calls, world_setup, world_teardown),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
