/*
 * main.c: compares compiled policies with the reference interpreter.
 *
 *     policy --compiler NK-PSL-GEN-C --root DIR --work DIR
 *            [--policies N] [--events N] [--seed N] [--checked N]
 *
 * Policy number i comes from seed + i alone: --policies 1 --seed S runs it again. Every N-th
 * (--checked) is compiled with sanitizers.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"

struct totals {
    uint64_t granted, denied, plain, rules[PSL_MIC_WRITE + 1][2];
};

static const char *const rule_names[PSL_MIC_WRITE + 1] = {[PSL_GRANT] = "grant",
                                                          [PSL_ASSERT] = "assert",
                                                          [PSL_DENY] = "deny",
                                                          [PSL_SET_LEVEL] = "set_level",
                                                          [PSL_BOOL_ASSERT] = "bool.assert",
                                                          [PSL_SET_INIT] = "HashSet init",
                                                          [PSL_SET_FINI] = "HashSet fini",
                                                          [PSL_SET_ADD] = "HashSet add",
                                                          [PSL_SET_REMOVE] = "HashSet remove",
                                                          [PSL_MAP_INIT] = "StaticMap init",
                                                          [PSL_MAP_FINI] = "StaticMap fini",
                                                          [PSL_MAP_SET] = "StaticMap set",
                                                          [PSL_MAP_COMMIT] = "StaticMap commit",
                                                          [PSL_MAP_ROLLBACK] = "StaticMap rollback",
                                                          [PSL_FLOW_INIT] = "Flow init",
                                                          [PSL_FLOW_FINI] = "Flow fini",
                                                          [PSL_FLOW_ENTER] = "Flow enter",
                                                          [PSL_FLOW_ALLOW] = "Flow allow",
                                                          [PSL_MIC_CREATE] = "Mic create",
                                                          [PSL_MIC_DELETE] = "Mic delete",
                                                          [PSL_MIC_EXECUTE] = "Mic execute",
                                                          [PSL_MIC_UPGRADE] = "Mic upgrade",
                                                          [PSL_MIC_CALL] = "Mic call",
                                                          [PSL_MIC_INVOKE] = "Mic invoke",
                                                          [PSL_MIC_READ] = "Mic read",
                                                          [PSL_MIC_WRITE] = "Mic write"};

static bool run_one(const struct tools *tools, uint64_t seed, unsigned nevents, bool is_checked,
                    struct totals *sum)
{
    struct comparison *c = calloc(1, sizeof(*c));
    const char *why = "";
    bool is_good;

    if (!c)
        abort();
    c->seed = seed;
    is_good = make_module(c, tools, is_checked, &why);
    if (!is_good)
        printf("FAIL seed %" PRIu64 ": %s\n", seed, why);
    is_good = is_good && compare(c, nevents);
    sum->granted += c->granted;
    sum->denied += c->denied;
    sum->plain += c->nplain;
    for (int i = 0; c->ref && i <= PSL_MIC_WRITE; i++) {
        sum->rules[i][0] += c->ref->rules[i][0];
        sum->rules[i][1] += c->ref->rules[i][1];
    }
    drop_module(c);
    free(c);
    return is_good;
}

/* Every rule has to have granted and denied, or the comparison says little. */
static bool is_varied(const struct totals *sum)
{
    bool is_good = true;

    for (int i = PSL_GRANT; i <= PSL_MIC_WRITE; i++) {
        bool never_denies = i == PSL_GRANT || i == PSL_SET_LEVEL;

        if (!sum->rules[i][1] || (!sum->rules[i][0] && !never_denies)) {
            printf("FAIL '%s' never %s\n", rule_names[i], sum->rules[i][1] ? "denied" : "granted");
            is_good = false;
        }
    }
    return is_good;
}

static void show_rules(const struct totals *sum)
{
    printf("%-20s %12s %12s\n", "rule", "granted", "denied");
    for (int i = PSL_GRANT; i <= PSL_MIC_WRITE; i++)
        printf("%-20s %12" PRIu64 " %12" PRIu64 "\n", rule_names[i], sum->rules[i][1],
               sum->rules[i][0]);
}

int main(int argc, char **argv)
{
    struct tools tools = {0};
    struct totals *sum = calloc(1, sizeof(*sum));
    uint64_t seed = 1;
    unsigned npolicies = 200, nevents = 10000, checked = 10;
    bool is_good = true, show = false;

    for (int i = 1; i + 1 < argc; i += 2) {
        const char *option = argv[i], *value = argv[i + 1];

        if (!strcmp(option, "--compiler"))
            tools.compiler = value;
        else if (!strcmp(option, "--root"))
            tools.root = value;
        else if (!strcmp(option, "--work"))
            tools.work = value;
        else if (!strcmp(option, "--policies"))
            npolicies = (unsigned)strtoul(value, NULL, 0);
        else if (!strcmp(option, "--events"))
            nevents = (unsigned)strtoul(value, NULL, 0);
        else if (!strcmp(option, "--seed"))
            seed = strtoull(value, NULL, 0);
        else if (!strcmp(option, "--checked"))
            checked = (unsigned)strtoul(value, NULL, 0);
        else if (!strcmp(option, "--show"))
            show = value[0] == 'r';
        else {
            fprintf(stderr, "unknown option '%s'\n", option);
            return 2;
        }
    }
    if (!tools.compiler || !tools.root || !tools.work || !sum)
        return 2;
    for (unsigned i = 0; i < npolicies && is_good; i++)
        is_good = run_one(&tools, seed + i, nevents, checked && i % checked == 0, sum);
    if (show)
        show_rules(sum);
    if (is_good && npolicies >= 50)
        is_good = is_varied(sum);
    printf("%s %u policies from seed %" PRIu64 ", %" PRIu64 " events granted, %" PRIu64
           " denied, %" PRIu64 " of them by plain functions\n",
           is_good ? "ok" : "FAIL", npolicies, seed, sum->granted, sum->denied, sum->plain);
    free(sum);
    return !is_good;
}
