/*
 * sizes.c: good messages: constant parts of 24 bytes to 4 KiB, arenas of 0 to 4 MiB, both ways.
 */
#include "suite.h"

static char req_memory[ipc_Echo_req_arena_size] __attribute__((aligned(4096)));
static char res_memory[ipc_Echo_res_arena_size + 4096] __attribute__((aligned(4096)));

static struct nk_arena req_arena(void)
{
    struct nk_arena arena = NK_ARENA_INITIALIZER(req_memory, req_memory + sizeof(req_memory));

    return arena;
}

static struct nk_arena res_arena(void)
{
    struct nk_arena arena = NK_ARENA_INITIALIZER(res_memory, res_memory + sizeof(res_memory));

    return arena;
}

static void test_constant_parts(struct ipc_Echo *echo)
{
    ipc_Echo_Nothing_req nothing;
    ipc_Echo_Nothing_res nothing_res;
    ipc_Echo_Five_req five;
    ipc_Echo_Five_res five_res;
    ipc_Echo_Six_req six;
    ipc_Echo_Six_res six_res;
    static ipc_Echo_Page_req page;
    static ipc_Echo_Page_res page_res;
    int good = 1;

    CHECK_EQUAL("no payload", ipc_Echo_Nothing(echo, &nothing, NULL, &nothing_res, NULL), NK_EOK);
    for (unsigned i = 0; i < 512; i++) {
        page.given[i] = i * 0x0123456789abcdefull;
    }
    memcpy(five.given, page.given, sizeof(five.given));
    memcpy(six.given, page.given, sizeof(six.given));
    CHECK_EQUAL("40 bytes", ipc_Echo_Five(echo, &five, NULL, &five_res, NULL), NK_EOK);
    for (int i = 0; i < 5; i++) {
        good &= five_res.taken[i] == ~five.given[4 - i];
    }
    CHECK("40 bytes arrive", good);
    CHECK_EQUAL("48 bytes", ipc_Echo_Six(echo, &six, NULL, &six_res, NULL), NK_EOK);
    for (int i = 0; i < 6; i++) {
        good &= six_res.taken[i] == ~six.given[5 - i];
    }
    CHECK("48 bytes arrive", good);
    CHECK_EQUAL("4096 bytes", ipc_Echo_Page(echo, &page, NULL, &page_res, NULL), NK_EOK);
    for (int i = 0; i < 512; i++) {
        good &= page_res.taken[i] == ~page.given[511 - i];
    }
    CHECK("4096 bytes arrive", good);
}

/* `size` bytes there and, each increased, back. `shift` bytes lie before them in the arena. */
static int copy(struct ipc_Echo *echo, nk_uint32_t size, unsigned shift)
{
    struct nk_arena in = req_arena(), out = res_arena();
    ipc_Echo_Copy_req req;
    ipc_Echo_Copy_res res;
    nk_size_t n;

    in.start = (char *)in.start + shift;
    in.current = in.start;
    nk_uint8_t *given = nk_arena_alloc(nk_uint8_t, &in, &req.given, size);
    if (!given) {
        return 0;
    }
    for (nk_uint32_t i = 0; i < size; i++) {
        given[i] = (nk_uint8_t)(i * 31 + (i >> 12) + size);
    }
    memset(res_memory, 0xee, size + 64);
    req.plus = (nk_uint8_t)(size + 1);
    nk_err_t err = ipc_Echo_Copy(echo, &req, &in, &res, &out);
    if (err != NK_EOK || res.size != size) {
        fprintf(stderr, "copy of %u bytes: error %d, %u came back\n", (unsigned)size, (int)err,
                err == NK_EOK ? (unsigned)res.size : 0);
        return 0;
    }
    const nk_uint8_t *taken = nk_arena_get(nk_uint8_t, &out, &res.taken, &n);
    if (!taken || n != size) {
        return 0;
    }
    for (nk_uint32_t i = 0; i < size; i++) {
        if (taken[i] != (nk_uint8_t)(given[i] + req.plus)) {
            fprintf(stderr, "copy of %u bytes: byte %u is wrong\n", (unsigned)size, (unsigned)i);
            return 0;
        }
    }
    return (nk_uint8_t)res_memory[res.taken.offset + size] == 0xee;
}

static void test_arenas(struct ipc_Echo *echo)
{
    static const nk_uint32_t sizes[] = {
        0,     1,     7,     8,     63,     64,      255,     4095,    4096,    4097,    8192,
        32767, 32768, 32769, 65535, 131072, 262143, 1048576, 4194303, 4194304,
    };

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char name[64];

        snprintf(name, sizeof(name), "an arena of %u bytes both ways", (unsigned)sizes[i]);
        CHECK(name, copy(echo, sizes[i], 0));
    }
    CHECK("an arena at an odd address", copy(echo, 10001, 1));
    CHECK("a large arena at an odd address", copy(echo, 100003, 4093));
}

static void test_one_way(struct ipc_Echo *echo)
{
    ipc_Echo_Make_req req = {.size = 200000, .seed = 9};
    ipc_Echo_Make_res res;
    struct nk_arena out = res_arena();
    nk_size_t n = 0;
    int good = 1;

    CHECK_EQUAL("a short request, a large response", ipc_Echo_Make(echo, &req, NULL, &res, &out),
                NK_EOK);
    const nk_uint8_t *made = nk_arena_get(nk_uint8_t, &out, &res.made, &n);
    for (nk_size_t i = 0; made && i < n; i++) {
        good &= made[i] == (nk_uint8_t)(i * 7 + 9);
    }
    CHECK("it arrives", made && n == 200000 && good);
    req.size = 0;
    out = res_arena();
    CHECK_EQUAL("an empty value", ipc_Echo_Make(echo, &req, NULL, &res, &out), NK_EOK);
    CHECK_EQUAL("nothing of the arena is used", nk_arena_used(&out), 0);

    req.size = 1;
    CHECK("a response arena with no arena for it",
          ipc_Echo_Make(echo, &req, NULL, &res, NULL) != NK_EOK);
    out = res_arena();
    out.end = (char *)out.start + 99;
    req.size = 100;
    CHECK("a response larger than its arena",
          ipc_Echo_Make(echo, &req, NULL, &res, &out) != NK_EOK);
    out.end = (char *)out.start + 100;
    CHECK_EQUAL("one that fits exactly", ipc_Echo_Make(echo, &req, NULL, &res, &out), NK_EOK);
}

static void test_variable(struct ipc_Echo *echo)
{
    static const nk_uint32_t numbers[] = {1, 10, 100, 1000, 10000};
    static const char *const names[] = {"a", "bb", "", "dddd"};
    struct nk_arena in = req_arena(), out = res_arena();
    ipc_Echo_Upper_req upper;
    ipc_Echo_Upper_res upper_res;
    ipc_Echo_Total_req total;
    ipc_Echo_Total_res total_res;
    ipc_Echo_Names_req list;
    ipc_Echo_Names_res list_res;

    NkKosCopyStringToArena(&in, &upper.text, "words in an arena");
    CHECK_EQUAL("a string", ipc_Echo_Upper(echo, &upper, &in, &upper_res, &out), NK_EOK);
    const char *text = nk_arena_get(nk_char_t, &out, &upper_res.upper, NULL);
    CHECK("it is in capitals", text && !strcmp(text, "WORDS IN AN ARENA"));

    nk_arena_reset(&in);
    nk_arena_store(nk_uint32_t, &in, &total.words, numbers, 5);
    CHECK_EQUAL("a sequence", ipc_Echo_Total(echo, &total, &in, &total_res, NULL), NK_EOK);
    CHECK("it adds up", total_res.count == 5 && total_res.total == 11111);

    nk_arena_reset(&in);
    nk_ptr_t *chunks = nk_arena_alloc(nk_ptr_t, &in, &list.names, 4);
    for (int i = 0; i < 4; i++) {
        NkKosCopyStringToArena(&in, &chunks[i], names[i]);
    }
    CHECK_EQUAL("a sequence of strings", ipc_Echo_Names(echo, &list, &in, &list_res, NULL), NK_EOK);
    CHECK_EQUAL("all of them arrive", list_res.bytes, 7);
    nk_arena_reset(&in);
    nk_arena_alloc(nk_ptr_t, &in, &list.names, 0);
    CHECK_EQUAL("an empty sequence", ipc_Echo_Names(echo, &list, &in, &list_res, NULL), NK_EOK);
}

static void test_failures(struct ipc_Echo *echo)
{
    ipc_Echo_Fail_req req = {.code = NK_EAGAIN};
    ipc_Echo_Fail_res res;

    CHECK_EQUAL("a method's error arrives", ipc_Echo_Fail(echo, &req, NULL, &res, NULL), NK_EAGAIN);
    req.code = 123456;
    CHECK_EQUAL("any number does", ipc_Echo_Fail(echo, &req, NULL, &res, NULL), 123456);
    req.code = 0;
    CHECK_EQUAL("zero is success", ipc_Echo_Fail(echo, &req, NULL, &res, NULL), NK_EOK);
}

void test_sizes(Handle handle)
{
    struct client client;
    struct ipc_Echo *echo = client_init(&client, handle);

    CHECK("a small call", is_alive(handle));
    test_constant_parts(echo);
    test_arenas(echo);
    test_one_way(echo);
    test_variable(echo);
    test_failures(echo);
    for (int i = 0; i < 3; i++) { /* short and long in turn */
        test_constant_parts(echo);
    }
    CHECK("a small call after all", is_alive(handle));
}
