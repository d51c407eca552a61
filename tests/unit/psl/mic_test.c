/*
 * mic_test.c: the rules of Mic against their definition: levels are pairs of a degree and a set of
 * categories, a <= b if the degree is not above and the set a subset. All pairs of all levels, for
 * every rule, with and without a level assigned.
 */
#include <stdio.h>
#include <string.h>

#include <tessera/rules.h>

const struct rules_why rules_nothing = {0, 0, 0, 0};
struct rules_write rules_journal[64];
uint32_t rules_nwrites, rules_heard;
bool rules_is_full;
uint64_t rules_level;
const struct rules_policy rules_policy = {.journal_size = 64};

enum { DEGREES = 3, CATEGORIES = 3, LEVELS = DEGREES << CATEGORIES, NONE = LEVELS };

static int failures;

struct resource {
    int level, from; /* NONE: not assigned */
};

/* The definition. */
static bool le(int a, int b)
{
    if (a == NONE || b == NONE)
        return false;
    int a_degree = a >> CATEGORIES, b_degree = b >> CATEGORIES;
    for (int c = 0; c < CATEGORIES; c++) {
        if ((a >> c & 1) && !(b >> c & 1))
            return false;
    }
    return a_degree <= b_degree;
}

static uint32_t packed(int level)
{
    if (level == NONE)
        return 0;
    return RULES_LEVEL | (uint32_t)(level >> CATEGORIES) << 20 |
           ((uint32_t)level & ((1u << CATEGORIES) - 1));
}

static uint32_t slots[5][2];
static struct ksm_subject subject[5];

static void set(int n, int level, int from)
{
    slots[n][0] = packed(level);
    slots[n][1] = packed(from);
    subject[n] = (struct ksm_subject){.sid = (uint64_t)n + 1, .slots = slots[n]};
    rules_nwrites = 0;
}

static void expect(const char *rule, bool found, bool expected, int a, int b, int c)
{
    if (found != expected && failures++ < 10)
        printf("FAIL %s of %d, %d, %d: %s\n", rule, a, b, c, found ? "granted" : "denied");
}

static void test_flows(void)
{
    for (int s = 0; s <= NONE; s++) {
        for (int r = 0; r <= NONE; r++) {
            for (int t = 0; t <= NONE; t++) {
                set(0, s, s == NONE ? NONE : r);
                set(1, t, t);
                expect("call", rules_mic_receive(0, &subject[0], &subject[1]),
                       le(s, t) || le(s == NONE ? NONE : r, t), s, r, t);
                expect("invoke", rules_mic_send(0, &subject[0], &subject[1]), le(t, s), s, r, t);
            }
        }
    }
}

static void test_execute(void)
{
    for (int image = -1; image <= NONE; image++) {
        for (int level = 0; level <= NONE; level++) {
            for (int from = 0; from <= NONE; from++) {
                int l = level == NONE && image >= 0 ? image : level, f = from == NONE ? l : from;
                bool expected = l != NONE && le(f, l) && (image < 0 || le(l, image));

                set(0, image < 0 ? NONE : image, image < 0 ? NONE : image);
                set(1, NONE, NONE);
                expect("execute", rules_mic_execute(0, image >= 0, &subject[0], &subject[1],
                                                    packed(level), packed(from)),
                       expected, image, level, from);
                if (expected && (slots[1][0] != packed(l) || slots[1][1] != packed(f)))
                    expect("execute assigns", false, true, image, level, from);
                if (!expected && (slots[1][0] || slots[1][1]))
                    expect("execute assigns", true, false, image, level, from);
            }
        }
    }
}

/* source a, driver b, container c (-1: none); the level is `level`. */
static void test_change(int a, int b, int c, int level)
{
    bool within = le(level, a) && le(level, b) && (c < 0 || le(level, c));

    for (int now = 0; now <= NONE; now += 3) {
        set(0, a, a);
        set(1, b, b);
        set(2, c < 0 ? NONE : c, NONE);
        set(3, now, now);
        expect("create",
               rules_mic_create(0, &subject[0], &subject[3], c >= 0, &subject[2], &subject[1],
                                packed(level)),
               now == NONE && within, a, b, level);
        set(3, now, now);
        expect("upgrade", rules_mic_upgrade(0, &subject[0], &subject[3], c >= 0, &subject[2],
                                            &subject[1], packed(level)),
               le(now, level) && within, now, b, level);
    }
    set(3, level, level);
    expect("delete",
           rules_mic_delete(0, &subject[0], &subject[3], c >= 0, &subject[2], &subject[1]), within,
           a, b, level);
    if (within && slots[3][0] != 0)
        expect("delete forgets", false, true, a, b, level);
}

static void test_changes(void)
{
    for (int a = 0; a <= NONE; a++) {
        for (int b = 0; b <= NONE; b++) {
            for (int level = 0; level < LEVELS; level++) {
                test_change(a, b, -1, level);
                test_change(a, b, (a + b) % (NONE + 1), level);
            }
        }
    }
}

int main(void)
{
    test_flows();
    test_execute();
    test_changes();
    return failures != 0;
}
