/*
 * messages.c: requests, responses, errors, handles and rules with state, between two programs.
 */
#include "suite.h"

#include <rtl/retcode.h>
#include <services/ocap.h>

static char memory[ptest_Deck_req_arena_size] __attribute__((aligned(4096)));

static nk_err_t ask(uint32_t n)
{
    ptest_Deck_Ask_req req = {.n = n};
    ptest_Deck_Ask_res res;

    res.m = 12345;
    nk_err_t err = ptest_Deck_Ask(&deck.base, &req, NULL, &res, NULL);
    CHECK("the answer is there, or nothing of it", res.m == (err == NK_EOK ? n * 20 : 12345u));
    return err;
}

static void test_values(void)
{
    ptest_Deck_Nameless_req req = {.n = 7};
    ptest_Deck_Nameless_res res;
    struct nk_arena arena = NK_ARENA_INITIALIZER(memory, memory + sizeof(memory));
    uint32_t before = seen_calls();

    CHECK_EQUAL("a value that is allowed", ask(5), NK_EOK);
    CHECK_EQUAL("a value that is not", ask(11), NK_EPERM);
    NkKosCopyStringToArena(&arena, &req.text, "a \"text\"\n");
    CHECK_EQUAL("a method that no rule names",
                ptest_Deck_Nameless(&deck.base, &req, &arena, &res, NULL), NK_EPERM);
    CHECK_EQUAL("the server saw one of the three", seen_calls() - before, 1);
    CHECK_EQUAL("a response that is not allowed", ask(6), NK_EPERM);
    CHECK_EQUAL("the server saw its request", seen_calls() - before, 2);
    CHECK_EQUAL("it goes on serving", ask(0), NK_EOK);
}

static void test_errors(void)
{
    ptest_Deck_Fault_req req = {.reason = 4};
    ptest_Deck_Fault_res res;
    ptest_Deck_Fail_req fail = {.code = NK_ENOENT};
    ptest_Deck_Fail_res fail_res;
    ptest_Deck_Mute_req mute = {.code = NK_ENOENT};
    ptest_Deck_Mute_res mute_res;

    CHECK_EQUAL("an error that is allowed", ptest_Deck_Fault(&deck.base, &req, NULL, &res, NULL),
                NK_EOK);
    CHECK("it is one", nk_msg_check_err(&res) && res.err_.why == 4);
    req.reason = 5;
    CHECK_EQUAL("an error that is not", ptest_Deck_Fault(&deck.base, &req, NULL, &res, NULL),
                NK_EPERM);
    CHECK_EQUAL("a failed method is an error event",
                ptest_Deck_Fail(&deck.base, &fail, NULL, &fail_res, NULL), NK_ENOENT);
    CHECK_EQUAL("whose code does not pass without a rule",
                ptest_Deck_Mute(&deck.base, &mute, NULL, &mute_res, NULL), NK_EPERM);
    mute.code = 0;
    CHECK_EQUAL("its response does", ptest_Deck_Mute(&deck.base, &mute, NULL, &mute_res, NULL),
                NK_EOK);
}

static nk_err_t text(const char *s, uint32_t bytes)
{
    struct nk_arena arena = NK_ARENA_INITIALIZER(memory, memory + sizeof(memory));
    ptest_Deck_Text_req req;
    ptest_Deck_Text_res res;

    NkKosCopyStringToArena(&arena, &req.text, s);
    nk_arena_alloc(nk_uint8_t, &arena, &req.data, bytes);
    return ptest_Deck_Text(&deck.base, &req, &arena, &res, NULL);
}

static void test_text(void)
{
    CHECK_EQUAL("a text that is allowed", text("open", 10), NK_EOK);
    CHECK_EQUAL("a text that is not", text("opem", 10), NK_EPERM);
    CHECK_EQUAL("a part of it", text("ope", 10), NK_EPERM);
    CHECK_EQUAL("in a long message", text("open", 90000), NK_EOK);
    CHECK_EQUAL("not in a long message", text("close", 90000), NK_EPERM);
    CHECK_EQUAL("nothing", text("", 0), NK_EPERM);
}

static nk_err_t give(Handle thing, uint32_t rights, bool is_mark)
{
    ptest_Deck_Give_req req = {0};
    ptest_Deck_Give_res res;
    ptest_Deck_Mark_req mark = {0};
    ptest_Deck_Mark_res mark_res;

    req.thing = mark.thing = nk_handle_desc(thing, rights);
    return is_mark ? ptest_Deck_Mark(&deck.base, &mark, NULL, &mark_res, NULL)
                   : ptest_Deck_Give(&deck.base, &req, NULL, &res, NULL);
}

static void test_handles(void)
{
    const uint32_t all = OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID;
    Handle thing, other, copy;
    uint32_t before = seen_calls();

    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, all, NULL, &thing);
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, all, NULL, &other);
    CHECK_EQUAL("a resource without state", give(thing, all, false), NK_EPERM);
    CHECK_EQUAL("is marked", give(thing, all, true), NK_EOK);
    CHECK_EQUAL("once", give(thing, all, true), NK_EPERM);
    CHECK_EQUAL("and given", give(thing, all, false), NK_EOK);
    CHECK_EQUAL("not without the right", give(thing, OCAP_HANDLE_TRANSFER, false), NK_EPERM);
    CHECK_EQUAL("not another one", give(other, all, false), NK_EPERM);
    CHECK_EQUAL("what the server saw", seen_calls() - before, 2);
    /* The kernel's method sees the same resource. */
    CHECK_RC("a marked one may not be copied", KnHandleCopy(thing, all, INVALID_HANDLE, &copy),
             rcSecurityDisallow);
    CHECK_RC("another one may, once", KnHandleCopy(other, all, INVALID_HANDLE, &copy), rcOk);
    CHECK_RC("it is marked now, through whatever handle",
             KnHandleCopy(copy, all, INVALID_HANDLE, &other), rcSecurityDisallow);
    KnHandleClose(copy);
    KnHandleClose(other);
    KnHandleClose(thing);
    /* State ends with the resource: more than the pool holds come and go. */
    for (int i = 0; i < 10; i++) {
        KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, all, NULL, &thing);
        nk_err_t err = give(thing, all, true);
        KnHandleClose(thing);
        if (!CHECK_EQUAL("one after the other", err, NK_EOK)) {
            break;
        }
    }
}

static nk_err_t arm(uint32_t bytes)
{
    struct nk_arena arena = NK_ARENA_INITIALIZER(memory, memory + sizeof(memory));
    ptest_Deck_Arm_req req;
    ptest_Deck_Arm_res res;

    nk_arena_alloc(nk_uint8_t, &arena, &req.data, bytes);
    return ptest_Deck_Arm(&deck.base, &req, &arena, &res, NULL);
}

static nk_err_t fire(uint32_t bytes)
{
    struct nk_arena arena = NK_ARENA_INITIALIZER(memory, memory + sizeof(memory));
    ptest_Deck_Fire_req req;
    ptest_Deck_Fire_res res;

    nk_arena_alloc(nk_uint8_t, &arena, &req.data, bytes);
    return ptest_Deck_Fire(&deck.base, &req, &arena, &res, NULL);
}

static nk_err_t rest(void)
{
    ptest_Deck_Rest_req req;
    ptest_Deck_Rest_res res;

    return ptest_Deck_Rest(&deck.base, &req, NULL, &res, NULL);
}

/* A message that is not delivered changes no state: too large for the server, or from where nothing is. */
static void test_state(void)
{
    ptest_Deck_Arm_req req = {.data = {0, 8}};
    ptest_Deck_Arm_res res;
    struct nk_arena nowhere = {(void *)0x10000, (void *)0x10008, (void *)0x20000};

    CHECK_EQUAL("idle: not fired", fire(8), NK_EPERM);
    CHECK_EQUAL("too large to arrive", arm(110000), NK_EFAULT);
    CHECK_EQUAL("idle as before: not fired", fire(8), NK_EPERM);
    CHECK_EQUAL("from nowhere", ptest_Deck_Arm(&deck.base, &req, &nowhere, &res, NULL), NK_EFAULT);
    CHECK_EQUAL("idle as before", fire(8), NK_EPERM);
    CHECK_EQUAL("armed", arm(8), NK_EOK);
    CHECK_EQUAL("not twice", arm(8), NK_EPERM);
    CHECK_EQUAL("too large to fire", fire(110000), NK_EFAULT);
    CHECK_EQUAL("armed as before: not at rest", rest(), NK_EPERM);
    CHECK_EQUAL("fired by a long message", fire(90000), NK_EOK);
    CHECK_EQUAL("not twice", fire(90000), NK_EPERM);
    CHECK_EQUAL("at rest", rest(), NK_EOK);
    CHECK_EQUAL("armed by a long message", arm(70000), NK_EOK);
    CHECK_EQUAL("fired", fire(0), NK_EOK);
    CHECK_EQUAL("at rest again", rest(), NK_EOK);
}

void test_messages(void)
{
    test_values();
    test_errors();
    test_text();
    test_handles();
    test_state();
}
