/*
 * entity_test.c: the entity interface against a fake kernel, whose side of kl.core is played here.
 */
#include "check.h"

#include "../../../libs/kos/src/block.h"
#include "block_of.h"
#include "fake/kernel.h"

#include <coresrv/entity/entity_api.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/task/task_api.h>
#include <kl/core/Core.edl.h>
#include <kos/task.h>
#include <stdio.h>

static const EndpointInfo endpoints[] = {
    {"main", 0, "demo.Main"},
    {"demo.Server.main", 0, "demo.Main"},
};
static const EntityInfo server_info = {
    .eiid = "demo.Server",
    .max_endpoints = 2,
    .endpoints = endpoints,
    .envs = {"A=1", NULL},
    .memory = 1 << 20,
};
static const EntityInfo client_info = {.eiid = "demo.Client", .args = {"from-info", NULL}};

/* What the fake kernel saw. */
static unsigned created, connected, resumed, terminated, closed;
static uint32_t last_listener;
static Retcode method_rc;
static unsigned char block[KN_BLOCK_MAX];
static size_t block_size;
static kl_core_Task_Create_req create_req;
static char create_arena[4096];

static void answer(struct fake_kernel *kernel, const void *res, size_t size)
{
    uint64_t word = kernel->sent.word;

    fake_next_short(KN_WORD(KN_WORD_IID(word), KN_WORD_MID(word), size, 0, NK_MESSAGE_RESPONSE), 0,
                    0);
    memcpy(kernel->next.payload, (const char *)res + 24, size - 24);
}

static void on_create(struct fake_kernel *kernel)
{
    kl_core_Task_Create_res res = {.child = 0x1000 + ++created, .rc = method_rc};

    memcpy(&create_req, kernel->sent.constant, sizeof(create_req));
    memcpy(create_arena, kernel->sent.arena, sizeof(create_arena));
    answer(kernel, &res, sizeof(res));
}

static void on_connect(struct fake_kernel *kernel)
{
    kl_core_Handle_ConnectEx_req req;
    kl_core_Handle_ConnectEx_res res = {.rc = method_rc};

    memcpy((char *)&req + 24, kernel->sent.payload, sizeof(req) - 24);
    connected++;
    last_listener = req.serverListener;
    res.outListener = req.serverListener ? req.serverListener : 0x50 + connected;
    res.outServer = res.outListener;
    res.outClient = 0x90 + connected;
    answer(kernel, &res, sizeof(res));
}

static void on_set_start(struct fake_kernel *kernel)
{
    kl_core_Task_SetStart_res res = {.rc = rcOk};

    block_size = kernel->sent.arena_size;
    memcpy(block, kernel->sent.arena, block_size);
    answer(kernel, &res, sizeof(res));
}

static void on_simple(struct fake_kernel *kernel, unsigned *counter)
{
    kl_core_Task_Resume_res res = {.rc = rcOk};

    ++*counter;
    answer(kernel, &res, sizeof(res));
}

static void on_wait(struct fake_kernel *kernel)
{
    kl_core_Task_Wait_res res = {.status = 7, .faulted = 0, .rc = method_rc};

    answer(kernel, &res, sizeof(res));
}

/* The kernel's command line: name, value pairs. */
static const char *const boot_words[][2] = {
    {"args.client.1", "a%20b%"}, {"args.client.2", ""}, {"args.client.4", "not reached"}};

/* Stands for hal.c. */
Retcode KnHalGetEnv(const char *name, char *value, rtl_size_t size)
{
    for (size_t i = 0; i < sizeof(boot_words) / sizeof(boot_words[0]); i++) {
        if (!strcmp(boot_words[i][0], name)) {
            snprintf(value, size, "%s", boot_words[i][1]);
            return rcOk;
        }
    }
    return rcResourceNotFound;
}

/* Stand for task.c. */
Retcode KnTaskSetPriorityCeiling(Handle task, rtl_uint32_t priority)
{
    (void)task;
    (void)priority;
    return rcOk;
}

void KnTaskExit(rtl_int32_t status)
{
    exit(status);
}

static void method(struct fake_kernel *kernel)
{
    uint16_t iid = KN_WORD_IID(kernel->sent.word), mid = KN_WORD_MID(kernel->sent.word);

    assert_int_equal(kernel->handle, KN_CORE_HANDLE);
    if (iid == kl_core_Core_handle_Handle_iid) {
        if (mid == kl_core_Handle_ConnectEx_mid) {
            on_connect(kernel);
        } else {
            assert_int_equal(mid, kl_core_Handle_Close_mid);
            on_simple(kernel, &closed);
        }
        return;
    }
    assert_int_equal(iid, kl_core_Core_task_Task_iid);
    switch (mid) {
    case kl_core_Task_Create_mid:
        on_create(kernel);
        break;
    case kl_core_Task_SetStart_mid:
        on_set_start(kernel);
        break;
    case kl_core_Task_Resume_mid:
        on_simple(kernel, &resumed);
        break;
    case kl_core_Task_Terminate_mid:
        on_simple(kernel, &terminated);
        break;
    case kl_core_Task_Wait_mid:
        on_wait(kernel);
        break;
    default:
        fail();
    }
}

static int setup(void **state)
{
    (void)state;
    fake_reset();
    fake.method = method;
    created = connected = resumed = terminated = closed = 0;
    method_rc = rcOk;
    return 0;
}

static void create_passes_names_and_quota(void **state)
{
    Entity *entity = EntityInitEx(&server_info, "server-1", "Server");

    (void)state;
    assert_non_null(entity);
    assert_string_equal(create_arena + create_req.name.offset, "server-1");
    assert_string_equal(create_arena + create_req.eiid.offset, "demo.Server");
    assert_string_equal(create_arena + create_req.path.offset, "Server");
    assert_int_equal(create_req.memory, 1 << 20);
    EntityFree(entity);
    assert_int_equal(terminated, 1);
    assert_int_equal(closed, 1);
}

static void create_that_fails_says_why(void **state)
{
    (void)state;
    method_rc = rcResourceNotFound;
    assert_null(EntityInit(&client_info));
    assert_non_null(strstr(fake.console, "cannot create process demo.Client"));
    assert_non_null(strstr(fake.console, "rcResourceNotFound"));
    assert_null(EntityInit(NULL));
}

static void long_names_are_refused(void **state)
{
    char name[2000];

    (void)state;
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = 0;
    assert_null(EntityInitEx(&client_info, name, "p"));
    assert_int_equal(created, 0);
}

static void whole_life(void **state)
{
    static const char *args[] = {"one", "two words", NULL};
    Entity *server = EntityInit(&server_info);
    Entity *client = EntityInitEx(&client_info, "client", "Client");
    Entity *other = EntityInitEx(&client_info, "other", "Client");
    const struct kn_block_channel *channels;
    struct block_view view;
    const uint32_t *strings;
    unsigned exit_code;
    uint32_t n;

    (void)state;
    assert_int_equal(EntitySetArgs(client, args), rcOk);
    assert_int_equal(EntityConnectToService(client, server, "echo"), rcOk);
    assert_int_equal(last_listener, 0);
    assert_int_equal(EntityConnectToService(other, server, "echo"), rcOk);
    assert_int_equal(last_listener, 0x51); /* the same listener serves the same name */
    assert_int_equal(EntityConnectToService(client, server, "second"), rcOk);
    assert_int_equal(last_listener, 0);
    assert_int_equal(EntityConnect(client, server), rcOk);
    assert_int_equal(EntityConnectToService(client, server, "echo"), rcAlreadyExists);
    assert_int_equal(connected, 4);

    assert_int_equal(EntityRun(server), rcOk);
    view = block_view(block, block_size);
    channels = block_channels(&view, &n);
    assert_int_equal(n, 4);
    assert_int_equal(channels[0].is_server, 1);
    assert_int_equal(channels[0].handle, 0x51);
    assert_int_equal(channels[1].handle, 0x51);
    assert_string_equal(block_string(&view, channels[2].name), "second");
    assert_string_equal(block_string(&view, channels[3].name), "demo.Server");
    assert_int_equal(block_head(&view)->nendpoints, 2);
    strings = block_array(&view, block_head(&view)->env, 1, 4);
    assert_string_equal(block_string(&view, strings[0]), "A=1");

    assert_int_equal(EntityRun(client), rcOk);
    view = block_view(block, block_size);
    channels = block_channels(&view, &n);
    assert_int_equal(n, 3);
    assert_int_equal(channels[0].handle, 0x91);
    assert_int_equal(channels[0].is_server, 0);
    assert_int_equal(channels[0].nendpoints, 2);
    assert_int_equal(channels[0].endpoints, channels[1].endpoints); /* one table */
    assert_string_equal(block_string(&view, channels[0].peer), "demo.Server");
    strings = block_array(&view, block_head(&view)->args, 3, 4);
    assert_string_equal(block_string(&view, strings[0]), "Client");
    assert_string_equal(block_string(&view, strings[2]), "two words");

    assert_int_equal(resumed, 2);
    assert_int_equal(EntityRun(client), rcInvalidOperation);
    assert_int_equal(EntitySetArgs(client, args), rcInvalidOperation);
    assert_int_equal(EntityConnectToService(client, server, "late"), rcInvalidArgument);
    assert_int_equal(EntityWait(client, INFINITE_TIMEOUT, &exit_code), rcOk);
    assert_int_equal(exit_code, 7);
    EntityFree(client);
    EntityFree(server);
    assert_int_equal(terminated, 0);
    EntityFree(other);
    assert_int_equal(terminated, 1);
    assert_int_equal(closed, 3);
}

static void arguments_of_the_run_are_appended(void **state)
{
    Entity *entity = EntityInitEx(&client_info, "client", "Client");
    Entity *other = EntityInitEx(&client_info, "other", "Client");
    struct block_view view;
    const uint32_t *strings;

    (void)state;
    assert_int_equal(EntityAddBootArgs(entity), rcOk);
    assert_int_equal(EntityAddBootArgs(other), rcOk);
    assert_int_equal(EntityAddBootArgs(NULL), rcInvalidArgument);
    assert_int_equal(EntityRun(entity), rcOk);
    view = block_view(block, block_size);
    assert_int_equal(block_head(&view)->argc, 4);
    strings = block_array(&view, block_head(&view)->args, 4, 4);
    assert_string_equal(block_string(&view, strings[1]), "from-info");
    assert_string_equal(block_string(&view, strings[2]), "a b%");
    assert_string_equal(block_string(&view, strings[3]), "");
    assert_int_equal(EntityAddBootArgs(entity), rcInvalidOperation);
    assert_int_equal(EntityRun(other), rcOk);
    view = block_view(block, block_size);
    assert_int_equal(block_head(&view)->argc, 2);
    EntityFree(entity);
    EntityFree(other);
}

static void failed_connection_leaves_nothing(void **state)
{
    Entity *server = EntityInit(&server_info);
    Entity *client = EntityInit(&client_info);
    struct block_view view;
    uint32_t n;

    (void)state;
    method_rc = rcQuotaExceeded;
    assert_int_equal(EntityConnectToService(client, server, "echo"), rcQuotaExceeded);
    method_rc = rcOk;
    assert_int_equal(EntityConnectToService(client, server, "echo"), rcOk);
    assert_int_equal(last_listener, 0);
    EntityRun(server);
    view = block_view(block, block_size);
    block_channels(&view, &n);
    assert_int_equal(n, 1);
    EntityFree(server);
    EntityFree(client);
}

static void too_much_for_a_block(void **state)
{
    Entity *entity = EntityInit(&client_info);
    char *text = malloc(40000);
    const char *args[] = {text, text, NULL};

    (void)state;
    memset(text, 'x', 40000);
    text[39999] = 0;
    assert_int_equal(EntitySetArgs(entity, args), rcOk);
    assert_int_equal(EntityRun(entity), rcBufferTooLarge);
    assert_int_equal(resumed, 0);
    args[1] = NULL;
    assert_int_equal(EntitySetArgs(entity, args), rcOk);
    assert_int_equal(EntityRun(entity), rcOk);
    free(text);
    EntityFree(entity);
}

static void connection_to_itself(void **state)
{
    Entity *entity = EntityInit(&server_info);
    const struct kn_block_channel *channels;
    struct block_view view;
    uint32_t n;

    (void)state;
    assert_int_equal(EntityConnectToService(entity, entity, "loop"), rcOk);
    assert_int_equal(EntityRun(entity), rcOk);
    view = block_view(block, block_size);
    channels = block_channels(&view, &n);
    assert_int_equal(n, 2);
    assert_int_equal(channels[0].is_server + channels[1].is_server, 1);
    EntityFree(entity);
}

static void handles(void **state)
{
    (void)state;
    assert_int_equal(KnHandleClose(5), rcOk);
    assert_int_equal(closed, 1);
    assert_int_equal(fake.sent.payload[0], 5);
    assert_false(fake.sent.is_long);
}

static const char *task_args[] = {"a", "b", NULL};
static const KosTaskParams task_params = {
    .eiid = "demo.Server",
    .endpointsCount = 2,
    .endpoints = endpoints,
    .args = task_args,
};

static void task_has_its_parameters(void **state)
{
    char eiid[] = "demo.Client";
    KosTaskParams params = task_params;
    KosTask *task, *client;
    struct block_view view;
    const uint32_t *strings;
    rtl_int32_t code;

    (void)state;
    assert_int_equal(KosTaskInitEx(&task_params, "server", "Server", &task), rcOk);
    assert_string_equal(create_arena + create_req.path.offset, "Server");
    params.eiid = eiid;
    params.endpointsCount = 0;
    params.endpoints = NULL;
    assert_int_equal(KosTaskInit(&params, &client), rcOk);
    memset(eiid, 'x', sizeof(eiid) - 1); /* the text was copied */
    assert_int_equal(KosTaskConnectToService(client, task, "echo"), rcOk);
    assert_int_equal(KosTaskRun(task), rcOk);
    view = block_view(block, block_size);
    assert_int_equal(block_head(&view)->nendpoints, 2);
    assert_int_equal(block_head(&view)->argc, 3);
    strings = block_array(&view, block_head(&view)->args, 3, 4);
    assert_string_equal(block_string(&view, strings[2]), "b");
    assert_int_equal(KosTaskRun(client), rcOk);
    view = block_view(block, block_size);
    assert_string_equal(block_string(&view, block_head(&view)->eiid), "demo.Client");
    assert_int_equal(KosTaskWait(client, 5, &code), rcOk);
    assert_int_equal(code, 7);
    assert_int_equal(KosTaskStop(client), rcOk);
    assert_int_equal(terminated, 1);
    KosTaskPut(client);
    KosTaskPut(task);
    assert_int_equal(closed, 2);
    assert_int_equal(terminated, 1);
}

static void task_in_two_steps(void **state)
{
    KosTask *task;

    (void)state;
    assert_int_equal(KosTaskCreate("one", NULL, &task), rcOk);
    assert_int_equal(created, 0);
    assert_int_equal(KosTaskRun(task), rcInvalidArgument);
    assert_int_equal(KosTaskStop(task), rcInvalidArgument);
    assert_int_equal(KosTaskConnect(task, task), rcInvalidArgument);
    method_rc = rcQuotaExceeded;
    assert_int_equal(KosTaskSetup(task, &task_params), rcQuotaExceeded);
    method_rc = rcOk;
    assert_int_equal(KosTaskSetup(task, &task_params), rcOk);
    assert_string_equal(create_arena + create_req.name.offset, "one");
    assert_string_equal(create_arena + create_req.path.offset, "demo.Server");
    assert_int_equal(KosTaskSetup(task, &task_params), rcInvalidOperation);
    KosTaskPut(task);
    assert_int_equal(terminated, 1);
}

static void task_misuse(void **state)
{
    KosTaskParams params = task_params;
    KosTask *task = NULL;

    (void)state;
    assert_int_equal(KosTaskInit(NULL, &task), rcInvalidArgument);
    assert_int_equal(KosTaskInit(&task_params, NULL), rcInvalidArgument);
    params.endpoints = NULL;
    assert_int_equal(KosTaskInit(&params, &task), rcInvalidArgument);
    params.eiid = NULL;
    assert_int_equal(KosTaskInit(&params, &task), rcInvalidArgument);
    method_rc = rcResourceNotFound;
    assert_int_equal(KosTaskInit(&task_params, &task), rcResourceNotFound);
    assert_int_equal(KosTaskLaunch(&task_params), rcResourceNotFound);
    assert_null(task);
    assert_int_equal(KosTaskWait(NULL, 0, NULL), rcInvalidArgument);
    assert_int_equal(KosTaskSetup(KosTaskGetSelf(), &task_params), rcInvalidArgument);
    assert_int_equal(KosTaskGetHandle(NULL), INVALID_HANDLE);
    KosTaskPut(NULL);
    KosTaskPut(KosTaskGetSelf());
    method_rc = rcOk;
    assert_int_equal(KosTaskLaunch(&task_params), rcOk);
    assert_int_equal(resumed, 1);
    assert_int_equal(terminated, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(create_passes_names_and_quota),
        TEST(arguments_of_the_run_are_appended),
        TEST(create_that_fails_says_why),
        TEST(long_names_are_refused),
        TEST(whole_life),
        TEST(failed_connection_leaves_nothing),
        TEST(too_much_for_a_block),
        TEST(connection_to_itself),
        TEST(task_has_its_parameters),
        TEST(task_in_two_steps),
        TEST(task_misuse),
        TEST(handles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
