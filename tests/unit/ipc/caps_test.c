/*
 * caps_test.c: handles in messages whose ancestor takes many steps to find.
 */
#include "world.h"

#include <string.h>

#include <nk/types.h>

#include "ipc/user_object.h"
#include "object/badge.h"

enum { SIBLINGS = 3000, CONTEXT = 0x1234, BADGE_CONTEXT = 0x5678 };

/* The server made a resource; a process between gave it on to the client many times, and closed. */
static struct process *cp, *sp;
static struct thread *client, *server;
static handle_t listener, channel, root, newest;

static handle_t derive(struct process *from, handle_t h, struct process *to, struct badge *badge)
{
    assert_int_equal(handle_reserve(&to->handles, 1), rcOk);
    struct handle_entry *e = handle_lookup(&from->handles, h);
    return handle_install_child(&to->handles, e, e->rights, badge);
}

static int setup(void **state)
{
    struct user_object *u;
    struct badge *badge;
    struct object *l;
    world_setup(state);
    cp = world_process("test.Client", 10);
    sp = world_process("test.Server", 12);
    struct process *between = world_process("test.Client", 10);
    client = world_main(cp);
    server = world_main(sp);
    listener = world_listener(sp);
    channel = world_connect(cp, sp, listener);
    assert_int_equal(handle_get(&sp->handles, listener, OBJECT_LISTENER, 0, &l), rcOk);
    assert_int_equal(user_object_create(sp, CONTEXT, container_of(l, struct listener, object), 0, &u),
                     rcOk);
    assert_int_equal(handle_reserve(&sp->handles, 1), rcOk);
    root = handle_install(&sp->handles, &u->object, RIGHT_TRANSFER | RIGHT_COPY | RIGHT_IPC_CALL);
    object_put(&u->object);
    assert_int_equal(badge_create(sp->account, BADGE_CONTEXT, &badge), rcOk);
    handle_t middle = derive(sp, root, between, badge);
    object_put(&badge->object);
    for (int i = 0; i < SIBLINGS; i++)
        newest = derive(between, middle, cp, NULL);
    assert_int_equal(handle_close(&between->handles, middle), rcOk);
    return 0;
}

static int teardown(void **state)
{
    world_check();
    return world_teardown(state);
}

static struct message with_handle(void)
{
    struct message m = world_message(cp, 40, 0);
    struct {
        nk_message header;
        nk_handle_desc_t handle;
    } constant = {.handle = {.handle = newest, .rights = RIGHT_IPC_CALL}};
    assert_int_equal(sizeof constant, 40);
    world_put(cp, m.head, &constant, sizeof constant);
    return m;
}

static void check_dereferenced(const struct message *in)
{
    nk_handle_desc_t d;
    assert_rc(server, rcOk);
    world_get(sp, in->head + 24, &d, sizeof d);
    assert_int_equal(d.handle, root);
    assert_int_equal(d.rights & 0x7fffffff, RIGHT_IPC_CALL);
    assert_int_equal(d.badge, BADGE_CONTEXT);
    world_reply(server, token_of(server), word_response(M_HANDLE), 0);
    assert_rc(client, rcOk);
}

static void test_receiver_waits(void **state)
{
    (void)state;
    struct message out = with_handle(), in = world_message(sp, 40, 0);
    world_recv(server, listener, &in);
    world_call_long(client, channel, word_request(M_HANDLE), &out, NULL);
    world_settle();
    check_dereferenced(&in);
}

static void test_sender_waits(void **state)
{
    (void)state;
    struct message out = with_handle(), in = world_message(sp, 40, 0);
    world_call_long(client, channel, word_request(M_HANDLE), &out, NULL);
    world_recv(server, listener, &in);
    world_settle();
    check_dereferenced(&in);
}

/* Stops the client's Call in the middle of the search. */
static void interrupt_search(struct message *in)
{
    struct message out = with_handle();
    *in = world_message(sp, 40, 0);
    world_recv(server, listener, in);
    world_interrupt(2);
    world_call_long(client, channel, word_request(M_HANDLE), &out, NULL);
    assert_non_null(client->walk.object);
}

static void test_client_dies(void **state)
{
    struct message in;
    (void)state;
    interrupt_search(&in);
    world_kill(cp);
    assert_true(world_is_blocked(server)); /* waits on */
}

static void test_server_dies(void **state)
{
    struct message in;
    (void)state;
    interrupt_search(&in);
    world_kill(sp);
    world_settle();
    assert_rc(client, rcNotConnected);
    assert_null(client->walk.object);
}

static void test_handle_closes(void **state)
{
    struct message in;
    (void)state;
    interrupt_search(&in);
    assert_int_equal(handle_close(&cp->handles, newest), rcOk);
    world_settle();
    assert_rc(client, rcInvalidArgument);
    assert_true(world_is_blocked(server));
    assert_null(client->walk.object);
}

/* A Call on a callable handle looks for the context first. */
static void test_callable(void **state)
{
    (void)state;
    world_recv(server, listener, NULL);
    world_call(client, newest, word_request(M_SHORT), 100);
    world_settle();
    assert_rc(server, rcOk);
    assert_int_equal(server->regs.in_buf_context, BADGE_CONTEXT);
    assert_int_equal(server->regs.payload[0], 100);
    world_reply(server, token_of(server), word_response(M_SHORT), 200);
    assert_rc(client, rcOk);
}

/* What was found is remembered: the second search is short. */
static void test_search_is_remembered(void **state)
{
    (void)state;
    struct handle_entry *e = handle_lookup(&cp->handles, newest), *a;
    struct tree_walk w = {0};
    struct badge *badge;
    uint32_t budget = 10 * SIBLINGS;
    assert_true(tree_ancestor(&w, e, &sp->handles, &budget, &a, &badge));
    assert_true(budget < 10 * SIBLINGS - SIBLINGS + 1);
    budget = 1;
    assert_true(tree_ancestor(&w, e, &sp->handles, &budget, &a, &badge));
    assert_int_equal(handle_number(a), root);
    assert_int_equal(badge->context, BADGE_CONTEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_receiver_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sender_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_client_dies, setup, teardown),
        cmocka_unit_test_setup_teardown(test_server_dies, setup, teardown),
        cmocka_unit_test_setup_teardown(test_handle_closes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_callable, setup, teardown),
        cmocka_unit_test_setup_teardown(test_search_is_remembered, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
