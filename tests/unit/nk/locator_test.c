/*
 * locator_test.c: the service locator, on blocks that the entity interface writes.
 */
#include "check.h"

#include "../../../libs/kos/src/block.h"
#include "../../../libs/kos/src/entity.h"
#include "block_of.h"
#include "fake/kernel.h"

#include <coresrv/sl/sl_api.h>

static const EndpointInfo server_endpoints[] = {
    {"echo.CPing.ping", 0, "echo.Ping"},
    {"cserver.ping", 0, "echo.Ping"},
    {"main", 1, "echo.Main"},
    {"demo.Server.main", 1, "echo.Main"},
    {"a.Twin.log", 2, "echo.Log"},
    {"one.log", 2, "echo.Log"},
    {"a.Twin.log", 3, "echo.Log"},
    {"two.log", 3, "echo.Log"},
    {"sendMessage", 4, "traffic_light.Diagnostics"},
    {"demo.Server.sendMessage", 4, "traffic_light.Diagnostics"},
};
static const EntityInfo server_info = {
    .eiid = "demo.Server",
    .max_endpoints = sizeof(server_endpoints) / sizeof(server_endpoints[0]),
    .endpoints = server_endpoints,
};
static const EntityInfo client_info = {.eiid = "demo.Client"};

static struct kn_start *start;

static void add(Entity *entity, const char *name, const Entity *peer, int is_server, Handle handle)
{
    struct entity_channel *channel = entity_add_channel(entity, name, peer, is_server);

    assert_non_null(channel);
    channel->handle = handle;
}

/* A process with three channels as client and two as server, whose block is the current one. */
static int setup(void **state)
{
    static const char *args[] = {"x", "", NULL};
    Entity client = {.info = &client_info, .name = "client", .path = "Client"};
    Entity server = {.info = &server_info, .name = "server", .path = "Server"};
    void *block;
    size_t size;

    (void)state;
    fake_reset();
    entity_copy_info(&client);
    entity_copy_info(&server);
    assert_true(strings_copy(&client.args, args, 99));
    add(&client, "first", &server, 0, 0x101);
    add(&client, "second", &server, 0, 0x102);
    add(&client, "back", &server, 1, 0x103);
    add(&client, "back", &server, 1, 0x103);
    client.info = &server_info; /* own endpoints */
    assert_int_equal(entity_build_block(&client, &block, &size), rcOk);
    start = start_with_block("client", block, size);
    __kos_start_init(start);
    free(block);
    while (client.channels) {
        entity_drop_channel(&client, client.channels);
    }
    assert_true(strings_copy(&client.args, NULL, 0) && strings_copy(&client.envs, NULL, 0));
    free(client.args.items);
    free(client.envs.items);
    free(server.args.items);
    free(server.envs.items);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(start);
    __kos_start_init(NULL);
    return 0;
}

static void channels_by_name(void **state)
{
    ServiceId id = 5;

    (void)state;
    assert_int_equal(ServiceLocatorConnect("first"), 0x101);
    assert_int_equal(ServiceLocatorConnect("second"), 0x102);
    assert_int_equal(ServiceLocatorRegister("back", NULL, 0, &id), 0x103);
    assert_int_equal(id, 0);
    assert_int_equal(ServiceLocatorRegister("back", NULL, 0, NULL), 0x103);
    assert_int_equal(fake.console_size, 0);
}

static void wrong_channel_lists_the_right_ones(void **state)
{
    (void)state;
    assert_int_equal(ServiceLocatorConnect("frist"), INVALID_HANDLE);
    assert_string_equal(fake.console,
                        "[client] ServiceLocatorConnect: there is no connection \"frist\"; "
                        "connections as client: \"first\" to server, \"second\" to server\n");
    fake_reset();
    assert_int_equal(ServiceLocatorRegister("first", NULL, 0, NULL), INVALID_HANDLE);
    assert_string_equal(fake.console,
                        "[client] ServiceLocatorRegister: there is no connection \"first\" to "
                        "serve; connections as server: \"back\" from server; this process is its "
                        "client\n");
    fake_reset();
    assert_int_equal(ServiceLocatorConnect(NULL), INVALID_HANDLE);
}

static void every_form_of_an_endpoint_name(void **state)
{
    (void)state;
    assert_int_equal(ServiceLocatorGetRiid(0x101, "cserver.ping"), 0);
    assert_int_equal(ServiceLocatorGetRiid(0x101, "echo.CPing.ping"), 0);
    assert_int_equal(ServiceLocatorGetRiid(0x101, "CPing.ping"), 0);
    assert_int_equal(ServiceLocatorGetRiid(0x101, "echo.Ping.ping"), 0);
    assert_int_equal(ServiceLocatorGetRiid(0x101, "ping"), 0);
    assert_int_equal(ServiceLocatorGetRiid(0x102, "main"), 1);
    assert_int_equal(ServiceLocatorGetRiid(0x102, "demo.Server.main"), 1);
    assert_int_equal(ServiceLocatorGetRiid(0x102, "Server.main"), 1);
    assert_int_equal(ServiceLocatorGetRiid(0x102, "one.log"), 2);
    assert_int_equal(ServiceLocatorGetRiid(0x102, "two.log"), 3);
    assert_int_equal(ServiceLocatorGetRiid(0x102, "sendMessage"), 4);
    assert_int_equal(ServiceLocatorGetRiid(0x102, "traffic_light.Diagnostics.sendMessage"), 4);
    assert_int_equal(ServiceLocatorGetRiid(0x103, "main"), 1); /* own endpoint */
    assert_int_equal(fake.console_size, 0);
}

static void endpoint_that_is_not_there(void **state)
{
    (void)state;
    assert_int_equal(ServiceLocatorGetRiid(0x101, "pong"), INVALID_RIID);
    assert_non_null(strstr(fake.console, "server has no single endpoint \"pong\""));
    assert_non_null(strstr(fake.console, "\"cserver.ping\""));
    assert_int_equal(ServiceLocatorGetRiid(0x101, "log"), INVALID_RIID); /* two of them */
    assert_int_equal(ServiceLocatorGetRiid(0x101, "ing"), INVALID_RIID);
    assert_int_equal(ServiceLocatorGetRiid(0x101, ""), INVALID_RIID);
    assert_int_equal(ServiceLocatorGetRiid(0x101, NULL), INVALID_RIID);
    fake_reset();
    assert_int_equal(ServiceLocatorGetRiid(0x999, "main"), INVALID_RIID);
    assert_non_null(strstr(fake.console, "handle 0x999"));
    assert_int_equal(ServiceLocatorGetRiid(INVALID_HANDLE, "main"), INVALID_RIID);
}

static void process_without_a_block(void **state)
{
    (void)state;
    start->block_size = 0;
    assert_int_equal(ServiceLocatorConnect("first"), INVALID_HANDLE);
    assert_non_null(strstr(fake.console, "connections as client: none"));
    __kos_start_init(NULL);
    assert_int_equal(ServiceLocatorConnect("first"), INVALID_HANDLE);
}

static void argv_is_path_then_arguments(void **state)
{
    struct block_view view = block_own();
    const struct kn_block *head = block_head(&view);
    const uint32_t *args = block_array(&view, head->args, head->argc, sizeof(*args));

    (void)state;
    assert_int_equal(head->argc, 3);
    assert_string_equal(block_string(&view, args[0]), "Client");
    assert_string_equal(block_string(&view, args[1]), "x");
    assert_string_equal(block_string(&view, args[2]), "");
    assert_string_equal(block_string(&view, head->eiid), "demo.Server");
}

/* Whatever stands in a block: no access outside it, no endless loop. */
static void mutated_blocks(void **state)
{
    uint32_t size = start->block_size;
    unsigned char *block = malloc(size);
    unsigned round, k, seed = 1;

    (void)state;
    assert_non_null(block);
    memcpy(block, start + 1, size);
    for (round = 0; round < 20000; round++) {
        struct kn_start *copy;
        uint32_t cut = size;

        seed = seed * 1103515245u + 12345u;
        if (seed >> 28 == 0) {
            cut = (seed >> 8) % (size + 1);
        }
        copy = start_with_block("client", block, cut);
        for (k = 0; cut && k < 1 + round % 4; k++) {
            seed = seed * 1103515245u + 12345u;
            ((unsigned char *)(copy + 1))[(seed >> 8) % (seed & 64 ? cut : cut < 200 ? cut : 200)] =
                (unsigned char)(seed >> 16);
        }
        __kos_start_init(copy);
        fake.console_size = 0;
        ServiceLocatorConnect("second");
        ServiceLocatorRegister("none", NULL, 0, NULL);
        ServiceLocatorGetRiid(0x101, "two.log");
        ServiceLocatorGetRiid(0x103, "pong");
        free(copy);
    }
    __kos_start_init(start);
    free(block);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(channels_by_name),
        TEST(wrong_channel_lists_the_right_ones),
        TEST(every_form_of_an_endpoint_name),
        TEST(endpoint_that_is_not_there),
        TEST(process_without_a_block),
        TEST(argv_is_path_then_arguments),
        TEST(mutated_blocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
