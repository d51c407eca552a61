/*
 * stop_test.c: judgements of good/policies/long.psl that have to stop, wherever they may. Each says in the
 * end what it says in one piece, has changed nothing before, and comes further each time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <model/ILong.idl.h>
#include <tessera/rules.h>

static int failures;
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("FAIL %s:%d: %s\n", __FILE__, __LINE__, #condition);                            \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

enum { CORE, EINIT, CLIENT, LONG };
enum { SAY, ADD };
enum { NO, YES, TOSS };

static uint32_t slots[3][4];
static const struct ksm_subject client = {.sid = 1, .slots = slots[1]};
static const struct ksm_subject server = {.sid = 2, .slots = slots[2]};
static struct model_ILong_Say_req say;
static struct model_ILong_Add_req add;
static uint8_t arena[16384];
static unsigned stops_at, asked;

bool ksm_should_stop(void)
{
    asked++;
    return stops_at == YES || (stops_at == TOSS && rand() % 3 == 0);
}

static struct ksm_query query_of(uint16_t src, uint16_t mid)
{
    return (struct ksm_query){.event = KSM_REQUEST, .src = src, .dst = LONG, .mid = mid,
                              .source = &client, .target = &server,
                              .message = mid == SAY ? (const void *)&say : &add, .arena = arena,
                              .arena_size = sizeof arena};
}

/* In one piece, without a change. */
static int judge_at_once(uint16_t mid)
{
    struct ksm_query q = query_of(CLIENT, mid);
    int verdict = ksm_judge(&q, NULL, NULL);
    ksm_undo();
    return verdict;
}

/* As the kernel asks: with a memo from the second time on. Returns how often it stopped. */
static unsigned judge_in_pieces(uint16_t mid, int *verdict)
{
    struct ksm_query q = query_of(CLIENT, mid);
    struct ksm_reason why;
    uint32_t before[3][4];
    unsigned n = 0;
    memcpy(before, slots, sizeof before);
    q.is_stoppable = true;
    while ((*verdict = ksm_judge(&q, &why, NULL)) == KSM_STOPPED) {
        CHECK(memcmp(before, slots, sizeof before) == 0);
        ksm_undo(); /* nothing to take back */
        CHECK(memcmp(before, slots, sizeof before) == 0);
        if (!q.memo)
            q.memo = calloc(1, ksm_memo_size);
        if (++n > 1000)
            break;
    }
    free(q.memo);
    return n;
}

static nk_ptr_t put(uint32_t offset, uint32_t size)
{
    return (nk_ptr_t){offset, size};
}

/* Mostly a message that is granted: words with semicolons, twice, and small numbers. */
static void make_message(void)
{
    uint32_t n = (uint32_t)rand() % 4000;
    uint16_t list[2000];
    for (uint32_t i = 0; i < 4000; i++)
        arena[i] = arena[4000 + i] = i % 5 == 4 ? ';' : (uint8_t)('a' + rand() % 26);
    if (n > 0)
        arena[n - 1] = arena[4000 + n - 1] = ';';
    arena[n] = arena[4000 + n] = 0;
    for (int i = 0; i < 2000; i++)
        list[i] = (uint16_t)(rand() % 5);
    if (rand() % 4 == 0)
        arena[rand() % 8000] ^= (uint8_t)(1 + rand() % 3);
    if (rand() % 4 == 0)
        list[rand() % 2000] = 9000;
    memcpy(arena + 8000, list, sizeof list);
    say.n = rand() % 8 ? 1 : 7;
    say.one = put(0, 4000);
    say.two = put(4000, rand() % 8 ? 4000 : n + 1);
    say.list = put(8000, 2u * ((uint32_t)rand() % 2001));
    for (int i = 0; i < 2000; i++)
        add.many[i] = rand() % 12 == 0;
}

static void test_random(void)
{
    unsigned granted = 0, stopped = 0;
    for (int round = 0; round < 3000; round++) {
        uint16_t mid = rand() % 4 ? SAY : ADD;
        int expected, verdict;
        make_message();
        expected = judge_at_once(mid);
        stops_at = rand() % 2 ? YES : TOSS;
        unsigned n = judge_in_pieces(mid, &verdict);
        CHECK(verdict == expected);
        /* Match, two ends of strings, comparison, sum: pieces of at most 20,000 bytes, and five rests. */
        CHECK(n <= 20000 / RULES_PIECE + 5 + 2);
        ksm_undo();
        granted += verdict == 1;
        stopped += n > 10;
    }
    CHECK(granted > 300 && granted < 2700 && stopped > 300);
}

/* It is asked often enough: nothing longer than a piece lies between two questions. */
static void test_questions(void)
{
    int verdict;
    do
        make_message();
    while (judge_at_once(SAY) != 1 || say.list.size < 3000 || strlen((char *)arena) < 2500);
    stops_at = NO;
    asked = 0;
    CHECK(judge_in_pieces(SAY, &verdict) == 0 && verdict == 1);
    ksm_undo();
    CHECK(asked >= (4 * 2500 + 3000) / RULES_PIECE - 5);
    struct ksm_query q = query_of(CLIENT, SAY);
    stops_at = YES;
    CHECK(ksm_judge(&q, NULL, NULL) == 1); /* who cannot ask again is not stopped */
    ksm_undo();
}

/* Other verdicts change the state between two pieces: what counts is the state at the end. */
static void test_state_changes(void)
{
    struct ksm_query q = query_of(CLIENT, SAY);
    int verdict;
    do
        make_message();
    while (judge_at_once(SAY) != 1 || strlen((char *)arena) < 2500);
    q.is_stoppable = true;
    stops_at = YES;
    for (int n = 0; (verdict = ksm_judge(&q, NULL, NULL)) == KSM_STOPPED; n++) {
        if (!q.memo)
            q.memo = calloc(1, ksm_memo_size);
        slots[2][0] = n < 3 ? 1u : 2u; /* open: entering it again is not allowed */
    }
    CHECK(verdict == 0 && slots[2][0] == 2);
    slots[2][0] = 1;
    CHECK(ksm_judge(&q, NULL, NULL) == KSM_STOPPED || slots[2][0] == 1);
    free(q.memo);
}

int main(void)
{
    struct ksm_query q = query_of(EINIT, SAY);
    srand(1);
    CHECK(ksm_memo_size == 6 * sizeof(struct rules_kept));
    CHECK(ksm_judge(&q, NULL, NULL) == 1); /* the door is shut */
    CHECK(!ksm_plain_rules(KSM_REQUEST, CLIENT, LONG, 0, ADD));
    test_random();
    test_questions();
    test_state_changes();
    return failures != 0;
}
