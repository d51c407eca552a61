/*
 * child.c: a process that ends in the way its first argument says.
 */
#include "suite.h"

#include <tessera/flags.h>

#define ARENA (4u << 20)

static char memory[ARENA];
static Handle handle; /* the first number among the arguments: listener or client handle */

static uint64_t argument(int argc, char **argv, int i)
{
    return i < argc ? strtoull(argv[i], NULL, 10) : 0;
}

/* ---- servers ---- */

static Retcode receive(struct kn_words *words, struct kn_received *received)
{
    static death_Server_entity_req req;
    struct kn_buf in = {.head = (uintptr_t)&req, .head_size = sizeof(req),
                        .arena = (uintptr_t)memory, .arena_size = ARENA};

    return kn_recv(handle, words, &in, NULL, received);
}

#define RESPONSE(method)                                                                           \
    KN_WORD(WORK, death_Work_##method##_mid, sizeof(death_Work_##method##_res), 0,                 \
            NK_MESSAGE_RESPONSE)

static void answer_add(uint64_t token, struct kn_words *words)
{
    words->payload[0] = (uint32_t)words->payload[0] + (words->payload[0] >> 32);
    words->word = RESPONSE(Add);
    kn_reply(token, words, NULL);
}

/* All of the memory as the response's arena. */
static void answer_fetch(uint64_t token, struct kn_words *words)
{
    static death_Work_Fetch_res res;
    struct kn_buf out = {.head = (uintptr_t)&res, .head_size = sizeof(res),
                         .arena = (uintptr_t)memory, .arena_size = ARENA};

    res.data = (nk_ptr_t){0, ARENA};
    words->word = RESPONSE(Fetch);
    kn_reply(token, words, &out);
}

/* Answers Add, Store and Fetch; other methods end it. A Recv that fails is tried again: its buffers
 * may come back. */
static int serve(void)
{
    struct kn_words words;
    struct kn_received received;
    Retcode rc;

    while ((rc = receive(&words, &received)) == rcOk || rc == rcTargetFault) {
        switch (rc == rcOk ? KN_WORD_MID(words.word) : death_Work_mid_max) {
        case death_Work_mid_max:
            break;
        case death_Work_Add_mid:
            answer_add(received.token, &words);
            break;
        case death_Work_Store_mid:
            words = (struct kn_words){RESPONSE(Store), {received.arena_used}};
            kn_reply(received.token, &words, NULL);
            break;
        case death_Work_Fetch_mid:
            answer_fetch(received.token, &words);
            break;
        case death_Work_Die_mid:
            return (int)words.payload[0];
        case death_Work_Slow_mid:
            KosThreadSleep((rtl_uint32_t)words.payload[0]);
            return 0;
        default:
            return 0;
        }
    }
    return 3;
}

static int receive_and_hold(void *context)
{
    struct kn_words words;

    receive(&words, context);
    return 0;
}

/* A thread takes a request and ends; the process goes on. */
static int lose_thread(void)
{
    static struct kn_received received;
    Tid tid;

    KosThreadCreate(&tid, CHILD_PRIORITY, 0, receive_and_hold, &received, 0);
    KosThreadSleep(200);
    return serve();
}

/* Several requests are taken, none answered. */
static int hold_many(void)
{
    struct kn_words words;
    struct kn_received received;

    for (int i = 0; i < 3; i++) {
        receive(&words, &received);
    }
    KosThreadSleep(20);
    return 0;
}

static int close_listener(void)
{
    struct kn_words words;
    struct kn_received received;

    receive(&words, &received);
    core_close(handle);
    KosThreadSleep(50);
    return 0;
}

/* ---- clients ---- */

/* Four megabytes there, or back. */
static Retcode send_arena(int is_fetch, const struct kn_ex *ex)
{
    static death_Work_Store_req store;
    static death_Work_Fetch_res res;
    struct kn_words words = {is_fetch ? REQUEST(Fetch) : REQUEST(Store), {0}};
    struct kn_received received;
    struct kn_buf out = {.head = (uintptr_t)&store, .head_size = sizeof(store),
                         .arena = (uintptr_t)memory, .arena_size = ARENA};
    struct kn_buf in = {.head = (uintptr_t)&res, .head_size = sizeof(res),
                        .arena = is_fetch ? (uintptr_t)memory : 0,
                        .arena_size = is_fetch ? ARENA : 0};

    store.data = (nk_ptr_t){0, ARENA};
    return kn_call(handle, &words, is_fetch ? NULL : &out, &in, ex, &received);
}

static int send_forever(int is_fetch)
{
    memset(memory, 1, ARENA);
    while (send_arena(is_fetch, NULL) == rcOk) {
    }
    return 1;
}

/* Deadlines that pass during the copy. */
static int send_in_time(int is_fetch)
{
    struct kn_ex ex = {0};
    int good = 0;

    memset(memory, 1, ARENA);
    for (int i = 0; i < 60; i++) {
        ex.timeout = (uint64_t)(i % 4);
        Retcode rc = send_arena(is_fetch, &ex);
        good += rc == rcOk || rc == rcTimeout;
    }
    return good == 60 && send_arena(is_fetch, NULL) == rcOk ? 0 : 1;
}

/* Takes pages of the arena away and gives them back, again and again. */
static int spoil(void *context)
{
    uint64_t middle = ((uintptr_t)memory + ARENA / 2) & ~4095ull;

    (void)context;
    for (;;) {
        core_vm_protect(middle, 65536, 0);
        core_sleep_ns(150000);
        core_vm_protect(middle, 65536, VMM_FLAG_READ);
        core_sleep_ns(70000);
        core_vm_protect(middle, 65536, VMM_FLAG_READ | VMM_FLAG_WRITE);
        core_sleep_ns(190000);
        core_vm_decommit(middle, 65536);
        core_sleep_ns(50000);
        core_vm_commit(middle, 65536);
        core_sleep_ns(110000);
    }
}

static int send_spoiled(int is_fetch)
{
    Tid tid;
    int good = 0;

    memset(memory, 1, ARENA);
    KosThreadCreate(&tid, 20, 0, spoil, NULL, 0);
    for (int i = 0; i < 100; i++) {
        Retcode rc = send_arena(is_fetch, NULL);
        good += rc == rcOk || rc == (is_fetch ? rcTargetFault : rcSourceFault);
    }
    return good == 100 ? 0 : 1;
}

static int serve_spoiled(void)
{
    Tid tid;

    KosThreadCreate(&tid, 20, 0, spoil, NULL, 0);
    return serve();
}

/* To a server that spoils its own memory. */
static int send_to_spoiler(int is_fetch)
{
    int good = 0;

    memset(memory, 1, ARENA);
    for (int i = 0; i < 100; i++) {
        Retcode rc = send_arena(is_fetch, NULL);
        good += rc == rcOk || rc == (is_fetch ? rcSourceFault : rcTargetFault);
    }
    return good == 100 ? 0 : 1;
}

static int call_forever(void)
{
    for (;;) {
        call_short(handle, REQUEST(Add), 1);
    }
}

/* Dies by its own hand, from another thread, after some milliseconds. */
static int exit_later(void *context)
{
    KosThreadSleep((rtl_uint32_t)(uintptr_t)context);
    exit(0);
}

static int call_and_exit(uint64_t ms)
{
    Tid tid;

    KosThreadCreate(&tid, 20, 0, exit_later, (void *)(uintptr_t)ms, 0);
    return call_short(handle, REQUEST(Add), 1) == rcOk ? 0 : 1;
}

/* ---- faults ---- */

/* Goes on until the stack is used up: what `above` points to is never one. */
static __attribute__((noinline)) int overflow(volatile char *above)
{
    volatile char frame[2000];

    frame[0] = above[0];
    return frame[0] == 1 ? 0 : overflow(frame) + frame[1];
}

static int fault(const char *how)
{
    static char data[64] = {(char)0xc3}; /* a return instruction */
    static volatile int *volatile null;

    if (!strcmp(how, "null")) {
        return *null;
    }
    if (!strcmp(how, "null-write")) {
        *null = 1;
    }
    if (!strcmp(how, "kernel-read")) {
        return *(volatile int *)0xffff800000100000ull;
    }
    if (!strcmp(how, "kernel-write")) {
        *(volatile int *)0xffffffff80100000ull = 1;
    }
    if (!strcmp(how, "not-canonical")) {
        return *(volatile int *)0x8000000000000000ull;
    }
    if (!strcmp(how, "overflow")) {
        return overflow(data);
    }
    if (!strcmp(how, "execute-data")) {
        ((void (*)(void))(uintptr_t)data)();
    }
    if (!strcmp(how, "write-text")) {
        *(volatile char *)(uintptr_t)fault = 1;
    }
    if (!strcmp(how, "jump")) {
        ((void (*)(void))0xffff800000100000ull)();
    }
    if (!strcmp(how, "privileged")) {
        __asm__ volatile("hlt");
    }
    if (!strcmp(how, "port")) {
        __asm__ volatile("outb %%al, $0xf4" : : "a"(0x31));
    }
    if (!strcmp(how, "msr")) {
        __asm__ volatile("rdmsr" : : "c"(0xc0000080) : "eax", "edx");
    }
    if (!strcmp(how, "divide")) {
        __asm__ volatile("idivl %0" : : "r"(0), "a"(1), "d"(0));
    }
    if (!strcmp(how, "undefined")) {
        __asm__ volatile("ud2");
    }
    if (!strcmp(how, "breakpoint")) {
        __asm__ volatile("int3");
    }
    if (!strcmp(how, "interrupt")) {
        __asm__ volatile("int $0x20");
    }
    if (!strcmp(how, "trap-flag")) {
        __asm__ volatile("pushfq\n\torl $0x100, (%rsp)\n\tpopfq\n\tnop\n\tnop");
    }
    if (!strcmp(how, "sse")) {
        __asm__ volatile("movaps 1(%0), %%xmm0" : : "r"(data) : "xmm0");
    }
    if (!strcmp(how, "kernel-stack")) { /* the kernel must not use a user's stack pointer */
        __asm__ volatile("movq $0xffff800000100000, %%rsp\n\tpushq %%rax" : : : "memory");
    }
    return 0;
}

static int spin(void *context)
{
    (void)context;
    for (;;) {
    }
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    Tid tid;

    handle = (Handle)argument(argc, argv, 2);
    if (!strcmp(mode, "serve")) {
        return serve();
    }
    if (!strcmp(mode, "never-receive")) {
        KosThreadSleep((rtl_uint32_t)argument(argc, argv, 3));
        return 0;
    }
    if (!strcmp(mode, "sleep")) {
        for (;;) {
            KosThreadSleep(1000);
        }
    }
    if (!strcmp(mode, "lose-thread")) {
        return lose_thread();
    }
    if (!strcmp(mode, "hold-many")) {
        return hold_many();
    }
    if (!strcmp(mode, "close-listener")) {
        return close_listener();
    }
    if (!strcmp(mode, "call")) {
        return call_short(handle, REQUEST(Add), 1) == rcOk ? 0 : 1;
    }
    if (!strcmp(mode, "call-forever")) {
        return call_forever();
    }
    if (!strcmp(mode, "call-exit")) {
        return call_and_exit(argument(argc, argv, 3));
    }
    int is_fetch = argument(argc, argv, 3) != 0;
    if (!strcmp(mode, "send-forever")) {
        return send_forever(is_fetch);
    }
    if (!strcmp(mode, "send-in-time")) {
        return send_in_time(is_fetch);
    }
    if (!strcmp(mode, "send-spoiled")) {
        return send_spoiled(is_fetch);
    }
    if (!strcmp(mode, "send-to-spoiler")) {
        return send_to_spoiler(is_fetch);
    }
    if (!strcmp(mode, "serve-spoiled")) {
        return serve_spoiled();
    }
    if (!strcmp(mode, "fill")) {
        memset(memory, 1, sizeof(memory));
        KosThreadSleep(100000);
    }
    if (!strcmp(mode, "spin")) {
        return spin(NULL);
    }
    if (!strcmp(mode, "threads")) {
        for (int i = 0; i < 5; i++) {
            KosThreadCreate(&tid, CHILD_PRIORITY, 0, spin, NULL, 0);
        }
        KosThreadCreate(&tid, CHILD_PRIORITY, 0, exit_later, (void *)5, 0);
        return spin(NULL);
    }
    if (!strcmp(mode, "exit")) {
        exit((int)argument(argc, argv, 2));
    }
    return fault(mode);
}
