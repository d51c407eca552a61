/*
 * hostile.c: messages that lie: wrong ids, sizes, counts, descriptors, pointers, handles.
 *
 * After each the client has its code and the server, which must not have seen the message, still
 * answers.
 */
#include "suite.h"

#define KERNEL_ADDRESS 0xffff800000100000ull
#define NOT_CANONICAL  0x8000000000000000ull
#define USER_END       0x0000800000000000ull
#define UNMAPPED       0x0000000000001000ull

static char req_memory[8192] __attribute__((aligned(4096)));
static char res_memory[8192] __attribute__((aligned(4096)));

/* One long call whose parts a case may spoil. */
struct lie {
    uint64_t word;
    struct kn_buf out, in;
    union {
        struct nk_message base;
        ipc_Echo_Copy_req copy;
        ipc_Echo_Total_req total;
        ipc_Echo_Names_req names;
        ipc_Echo_Six_req six;
    } req;
    union {
        struct nk_message base;
        ipc_Echo_Copy_res copy;
        char room[256];
    } res;
};

/* A good Copy of 100 bytes. */
static void good(struct lie *lie)
{
    memset(lie, 0, sizeof(*lie));
    memset(req_memory, 5, sizeof(req_memory));
    lie->word = REQUEST(Copy);
    lie->req.copy.given = (nk_ptr_t){0, 100};
    memcpy((char *)&lie->req + 16, &lie->word, 8);
    lie->out = (struct kn_buf){.head = (uintptr_t)&lie->req, .head_size = sizeof(ipc_Echo_Copy_req),
                               .arena = (uintptr_t)req_memory, .arena_size = 100};
    lie->in = (struct kn_buf){.head = (uintptr_t)&lie->res, .head_size = sizeof(lie->res),
                              .arena = (uintptr_t)res_memory, .arena_size = sizeof(res_memory)};
}

static Retcode tell(struct lie *lie, Handle handle)
{
    struct kn_words words = {lie->word, {0}};
    struct kn_received received;

    return kn_call(handle, &words, &lie->out, &lie->in, NULL, &received);
}

/* One spoiled call: its code, and the server goes on. */
static void check_lie(const char *name, struct lie *lie, Handle handle, Retcode wanted)
{
    char alive[100];

    snprintf(alive, sizeof(alive), "after %s the server answers", name);
    CHECK_RC(name, tell(lie, handle), wanted);
    CHECK(alive, is_alive(handle));
}

#define LIE(handle, name, wanted, ...)                                                             \
    do {                                                                                           \
        struct lie lie;                                                                            \
        good(&lie);                                                                                \
        __VA_ARGS__;                                                                               \
        check_lie(name, &lie, handle, wanted);                                                     \
    } while (0)

static void test_words(Handle h)
{
    LIE(h, "a good message", rcOk, (void)0);
    LIE(h, "an unknown endpoint", rcInvalidArgument, lie.word |= 0x7777);
    LIE(h, "endpoint 65535", rcInvalidArgument, lie.word |= 0xffff);
    LIE(h, "an unknown method", rcInvalidArgument, lie.word |= 0xffffull << 16);
    LIE(h, "a size too small", rcInvalidArgument, lie.word -= 1ull << 32);
    LIE(h, "a size too large", rcInvalidArgument, lie.word += 8ull << 32);
    LIE(h, "size zero", rcInvalidArgument, lie.word &= ~(0xffffull << 32));
    LIE(h, "a handle that the method has not", rcInvalidArgument, lie.word += 1ull << 48);
    LIE(h, "255 handles", rcInvalidArgument, lie.word |= 255ull << 48);
    LIE(h, "a response as a request", rcInvalidArgument, lie.word |= 1ull << 56);
    LIE(h, "a failure as a request", rcInvalidArgument,
        lie.word |= (uint64_t)NK_MESSAGE_FAILED << 56);
    LIE(h, "an unknown kind", rcInvalidArgument, lie.word |= 0xffull << 56);
    LIE(h, "another header in memory", rcOk, memset(&lie.req, 0xff, 24));
}

static void test_descriptors(Handle h)
{
    LIE(h, "a descriptor behind the arena", rcInvalidArgument, lie.req.copy.given.offset = 101);
    LIE(h, "a size beyond the arena", rcInvalidArgument, lie.req.copy.given.size = 101);
    LIE(h, "offset and size that overflow", rcInvalidArgument,
        lie.req.copy.given = ((nk_ptr_t){0xffffffc0u, 0x80}));
    LIE(h, "the largest offset", rcInvalidArgument,
        lie.req.copy.given = ((nk_ptr_t){0xffffffffu, 1}));
    LIE(h, "an empty value has no offset", rcOk,
        lie.req.copy.given = ((nk_ptr_t){0xffffffffu, 0}));
    LIE(h, "the largest size", rcInvalidArgument,
        lie.req.copy.given = ((nk_ptr_t){0, 0xffffffffu}));
    LIE(h, "a descriptor without an arena", rcInvalidArgument, lie.out.arena = 0;
        lie.out.arena_size = 0);
    LIE(h, "a value at the arena's end", rcOk, lie.req.copy.given = ((nk_ptr_t){100, 0}));
    LIE(h, "bytes at an odd offset", rcOk, lie.req.copy.given = ((nk_ptr_t){33, 1}));
#define WORDS(offset_, size_, used)                                                                \
    lie.word = REQUEST(Total);                                                                     \
    lie.req.total.words = ((nk_ptr_t){(offset_), (size_)});                                        \
    lie.out.head_size = sizeof(ipc_Echo_Total_req);                                                \
    lie.out.arena_size = (used)
    LIE(h, "a sequence", rcOk, WORDS(0, 64, 64));
    LIE(h, "a misaligned sequence", rcInvalidArgument, WORDS(2, 8, 64));
    LIE(h, "a sequence of half an element", rcInvalidArgument, WORDS(0, 6, 64));
    LIE(h, "one element too many", rcInvalidArgument, WORDS(0, 68, 68));
#define NAMES(offset_, size_, first_offset, first_size)                                            \
    lie.word = REQUEST(Names);                                                                     \
    lie.req.names.names = ((nk_ptr_t){(offset_), (size_)});                                        \
    lie.out.head_size = sizeof(ipc_Echo_Names_req);                                                \
    memset(req_memory, 0, 128);                                                                    \
    *(nk_ptr_t *)(void *)(req_memory) = ((nk_ptr_t){(first_offset), (first_size)});                \
    lie.out.arena_size = 128
    LIE(h, "nested descriptors", rcOk, NAMES(0, 16, 64, 4));
    LIE(h, "a nested descriptor behind the arena", rcInvalidArgument, NAMES(0, 16, 129, 1));
    LIE(h, "a nested size beyond the arena", rcInvalidArgument, NAMES(0, 16, 64, 65));
    LIE(h, "a nested overflow", rcInvalidArgument, NAMES(0, 16, 0xfffffff0u, 0x20));
    LIE(h, "a nested string that is too long", rcInvalidArgument, NAMES(0, 16, 64, 33));
    LIE(h, "half a nested descriptor", rcInvalidArgument, NAMES(0, 12, 64, 4));
    LIE(h, "too many nested descriptors", rcInvalidArgument, NAMES(0, 72, 64, 4));
    LIE(h, "misaligned nested descriptors", rcInvalidArgument, NAMES(2, 16, 64, 4));
}

static void test_pointers(Handle h)
{
    LIE(h, "a constant part that is not mapped", rcSourceFault, lie.out.head = UNMAPPED);
    LIE(h, "a constant part in the kernel", rcSourceFault, lie.out.head = KERNEL_ADDRESS);
    LIE(h, "a constant part at no address", rcSourceFault, lie.out.head = NOT_CANONICAL);
    LIE(h, "a constant part across the end of memory", rcSourceFault, lie.out.head = USER_END - 8);
    LIE(h, "a constant part at the last address", rcSourceFault, lie.out.head = ~0ull - 4);
    LIE(h, "an arena that is not mapped", rcSourceFault, lie.out.arena = UNMAPPED);
    LIE(h, "an arena in the kernel", rcSourceFault, lie.out.arena = KERNEL_ADDRESS);
    LIE(h, "an arena across the end of memory", rcSourceFault, lie.out.arena = USER_END - 50);
    LIE(h, "an arena at the last address", rcSourceFault, lie.out.arena = ~0ull - 50);
    LIE(h, "an arena that ends behind its memory", rcSourceFault,
        lie.out.arena = 0x1000; lie.out.arena_size = 100);
    LIE(h, "an arena above the limit", rcBufferTooLarge, lie.out.arena_size = KN_ARENA_MAX + 1);
    LIE(h, "an arena of 4 GiB", rcBufferTooLarge, lie.out.arena_size = ~0u);
    LIE(h, "a response buffer in the kernel", rcTargetFault, lie.in.head = KERNEL_ADDRESS);
    LIE(h, "a response buffer that is not mapped", rcTargetFault, lie.in.head = UNMAPPED);
    LIE(h, "a response buffer in read-only memory", rcTargetFault,
        lie.in.head = (uintptr_t)(void *)test_hostile);
    LIE(h, "a response arena in the kernel", rcTargetFault, lie.in.arena = KERNEL_ADDRESS);
    LIE(h, "a response arena that is not mapped", rcTargetFault, lie.in.arena = UNMAPPED);
    LIE(h, "a response arena across the end of memory", rcTargetFault,
        lie.in.arena = USER_END - 50);
    LIE(h, "a response arena that is too small", rcTargetFault, lie.in.arena_size = 99);
    LIE(h, "a response buffer that is too small", rcTargetFault, lie.in.head_size = 24);
}

/* The descriptions of the buffers themselves. */
static void test_buffers(Handle h)
{
    static const uint64_t bad[] = {0, UNMAPPED, KERNEL_ADDRESS, NOT_CANONICAL, USER_END - 8, ~0ull};
    struct lie lie;

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char name[80];
        struct raw r;

        good(&lie);
        r = (struct raw){.rax = KN_CALL | KN_LONG, .rdi = h, .rsi = lie.word, .r12 = bad[i],
                         .r8 = (uintptr_t)&lie.in};
        snprintf(name, sizeof(name), "kn_buf of the request at 0x%llx", (unsigned long long)bad[i]);
        CHECK_RC(name, raw_syscall(&r), rcSourceFault);
        r = (struct raw){.rax = KN_CALL | KN_LONG, .rdi = h, .rsi = lie.word,
                         .r12 = (uintptr_t)&lie.out, .r8 = bad[i]};
        snprintf(name, sizeof(name), "kn_buf of the response at 0x%llx",
                 (unsigned long long)bad[i]);
        CHECK_RC(name, raw_syscall(&r), rcTargetFault);
        r = (struct raw){.rax = KN_CALL | KN_EX, .rdi = h, .rsi = REQUEST(Add), .r9 = bad[i]};
        snprintf(name, sizeof(name), "kn_ex at 0x%llx", (unsigned long long)bad[i]);
        CHECK_RC(name, raw_syscall(&r), rcSourceFault);
        CHECK("the server answers", is_alive(h));
    }
    struct raw r = {.rax = 0x55, .rdi = h, .rsi = REQUEST(Add)};
    CHECK("an unknown operation", raw_syscall(&r) < 0);
    r = (struct raw){.rax = KN_CALL | 0xf000, .rdi = h, .rsi = REQUEST(Add)};
    CHECK("unknown flags do no harm", raw_syscall(&r) <= 0);
    r = (struct raw){.rax = KN_CALL, .rdi = h, .rsi = REQUEST(Six)};
    CHECK_RC("a long message sent short", raw_syscall(&r), rcInvalidArgument);
    r = (struct raw){.rax = KN_CALL, .rdi = h, .rsi = REQUEST(Copy), .r13 = 1};
    CHECK_RC("a message with an arena sent short", raw_syscall(&r), rcInvalidArgument);
    r = (struct raw){.rax = KN_CALL, .rdi = h, .rsi = REQUEST(Copy)};
    CHECK_RC("the same with an empty value", raw_syscall(&r), rcOk);
    CHECK("after all the server answers", is_alive(h));
}

/* A short message sent long: allowed; its response comes as the server sends it. */
static void test_forms(Handle h)
{
    struct lie lie;
    struct {
        struct nk_message base;
        uint32_t a, b;
    } add = {.a = 2, .b = 3};
    struct kn_words words = {REQUEST(Add), {0}};
    struct kn_received received;

    good(&lie);
    memcpy((char *)&add + 16, &words.word, 8);
    lie.out = (struct kn_buf){.head = (uintptr_t)&add, .head_size = sizeof(add)};
    CHECK_RC("a short message sent long", kn_call(h, &words, &lie.out, &lie.in, NULL, &received),
             rcOk);
    CHECK("its response is short", !received.is_long && words.payload[0] == 5);
    CHECK_RC("no room for a long response is needed", call_add(h, NULL), rcOk);
}

static void test_handles(struct child *server)
{
    Handle h = server->client, listener, same, end, client, stale;
    struct kn_words words;
    struct kn_received received;
    struct kn_ex now = {.timeout = 0};

    CHECK_RC("handle zero", call_add(INVALID_HANDLE, NULL), rcInvalidArgument);
    CHECK_RC("a handle never issued", call_add(h + 500, NULL), rcInvalidArgument);
    CHECK_RC("the largest handle", call_add(~0u, NULL), rcInvalidArgument);
    CHECK_RC("another generation", call_add(h ^ 1u << 20, NULL), rcInvalidArgument);
    struct raw r = {.rax = KN_CALL, .rdi = h | 1ull << 32, .rsi = REQUEST(Add)};
    CHECK_RC("a handle of 64 bits", raw_syscall(&r), rcInvalidArgument);
    CHECK_RC("Call on a process handle", call_add(server->task, NULL), rcInvalidArgument);
    CHECK_RC("Recv on a process handle", kn_recv(server->task, &words, NULL, &now, &received),
             rcInvalidArgument);
    CHECK_RC("Recv on a client handle", kn_recv(h, &words, NULL, &now, &received),
             rcInvalidArgument);
    CHECK_RC("Recv on the kernel's handle", kn_recv(KN_CORE_HANDLE, &words, NULL, &now, &received),
             rcInvalidArgument);
    CHECK_RC("a channel of one's own", core_connect(INVALID_HANDLE, &listener, &end, &client),
             rcOk);
    CHECK_RC("Call on a listener", call_add(listener, NULL), rcInvalidArgument);
    CHECK_RC("a second channel", core_connect(listener, &same, &end, &stale), rcOk);
    CHECK_EQUAL("joins the listener", same, listener);
    CHECK_RC("Call on a server handle", call_add(end, NULL), rcInvalidArgument);
    CHECK_RC("Recv on a server handle waits", kn_recv(end, &words, NULL, &now, &received),
             rcTimeout);
    CHECK_RC("close", core_close(stale), rcOk);
    CHECK_RC("Call on a closed handle", call_add(stale, NULL), rcInvalidArgument);
    CHECK_RC("close again", core_close(stale), rcInvalidArgument);
    CHECK_RC("close of handle zero", core_close(INVALID_HANDLE), rcInvalidArgument);
    CHECK("the kernel's handle stays", core_close(KN_CORE_HANDLE) != rcOk && core_nop() == rcOk);
    core_close(end);
    core_close(listener);
    core_close(client);
    for (int i = 0; i < 3000; i++) { /* slots are used again, numbers are not */
        if (core_create_listener(&listener) != rcOk || listener == stale) {
            CHECK("stale numbers come back", 0);
        }
        core_close(listener);
    }
    CHECK_RC("a stale handle after 3000 others", core_close(stale), rcInvalidArgument);
    CHECK("the server answers", is_alive(h));
}

/* Replies that nobody waits for. */
static void test_tokens(void)
{
    static const uint64_t tokens[] = {0, 1, 0x100000001ull, ~0ull, 0xffffffffull, 5};
    struct kn_words words = {KN_WORD(ECHO, ipc_Echo_Add_mid, 32, 0, NK_MESSAGE_RESPONSE), {0}};

    for (unsigned i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        char name[64];

        snprintf(name, sizeof(name), "Reply with token 0x%llx", (unsigned long long)tokens[i]);
        CHECK_RC(name, kn_reply(tokens[i], &words, NULL), rcNotConnected);
    }
}

/* Random words and descriptors: whatever comes back, both sides live. */
static void test_random(Handle h)
{
    uint64_t seed = 88172645463325252ull;
    unsigned codes = 0;

    for (int i = 0; i < 3000; i++) {
        struct lie lie;

        good(&lie);
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        lie.word ^= 1ull << (seed & 63);
        lie.req.copy.given = (nk_ptr_t){(uint32_t)(seed >> 8) & 0xff,
                                          (uint32_t)(seed >> 20) & 0xff};
        lie.out.arena_size = (uint32_t)(seed >> 32) & 0xff;
        if ((seed >> 56 & 7) == 0) {
            lie.out.arena = seed;
        }
        if (KN_WORD_MID(lie.word) == ipc_Echo_Quit_mid ||
            KN_WORD_MID(lie.word) == ipc_Echo_Pause_mid) {
            continue;
        }
        codes += tell(&lie, h) != rcOk;
    }
    CHECK("random messages are refused", codes > 2000);
    CHECK("after them the server answers", is_alive(h));
}

void test_hostile(struct child *server)
{
    Handle h = server->client;

    test_words(h);
    test_descriptors(h);
    test_pointers(h);
    test_buffers(h);
    test_forms(h);
    test_handles(server);
    test_tokens();
    test_random(h);
    CHECK_RC("the kernel's self-check after lies", core_self_check(), rcOk);
}
