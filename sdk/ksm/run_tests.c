/*
 * run_tests.c: runs the tests of a compiled policy on the build machine. Each test has a process of its
 * own, so that none sees what another has changed. What fails is an error at the step's place; the exit
 * status is 1 then.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tessera/policy_tests.h>

static struct ksm_subject *make_processes(const struct policy_test *t)
{
    struct ksm_subject *list = calloc(t->nprocesses + 1, sizeof *list);
    for (uint32_t i = 0; list && i < t->nprocesses; i++) {
        list[i].sid = i + 1;
        list[i].slots = calloc(ksm_nslots + 1, sizeof *list[i].slots);
    }
    return list;
}

static const char *last_of(const char *path)
{
    const char *last = path;
    for (; *path; path++) {
        if (*path == '/')
            last = path + 1;
    }
    return last;
}

static void tell(const struct policy_test *t, const struct policy_step *s, int granted,
                 const struct ksm_reason *why)
{
    fprintf(stderr, "%s: error: %s%s%s: %s\n    %s\n", s->at, *t->suite ? t->suite : "test",
            *t->name ? ": " : "", t->name,
            granted ? "this is granted, and the test expects a denial"
                    : "this is denied, and the test expects a grant", s->text);
    if (granted)
        return;
    if (why->file)
        fprintf(stderr, "    denied by %s:%u: %s\n", last_of(why->file), why->line, why->rule);
    else if (why->near_file)
        fprintf(stderr, "    no rule matches; the nearest is %s:%u, where %s differs\n",
                last_of(why->near_file), why->near_line,
                why->near_selector ? why->near_selector : "something");
    else
        fprintf(stderr, "    no rule matches\n");
}

/* Whether the step ends as the test expects. */
static int run_step(const struct policy_test *t, const struct policy_step *s,
                    const struct ksm_subject *processes)
{
    struct ksm_subject handles[64] = {{0, 0, 0}};
    struct ksm_reason why = {0};
    bool audit;
    for (uint32_t i = 0; i < s->nhandles && i < 64; i++) {
        if (s->handles[i].process >= 0)
            handles[i] = processes[s->handles[i].process];
        handles[i].rights = s->handles[i].rights;
    }
    struct ksm_query q = {.event = s->event, .src = s->src, .dst = s->dst, .iid = s->iid,
                          .mid = s->mid, .source = &processes[s->source],
                          .target = s->event == KSM_SECURITY ? 0 : &processes[s->target],
                          .message = s->message, .arena = s->arena, .arena_size = s->arena_size,
                          .handles = handles};
    int granted = ksm_judge(&q, &why, &audit);

    if (why.is_open)
        (void)ksm_explain(q.event, q.src, q.dst, q.iid, q.mid, &why, UINT32_MAX);
    if (s->expected == POLICY_ANY || granted == (s->expected == POLICY_GRANT))
        return 1;
    tell(t, s, granted, &why);
    return 0;
}

/* A step that goes wrong ends its test: what follows would stand on another state. */
static int run_test(const struct policy_test *t)
{
    struct ksm_subject *processes = make_processes(t);
    for (uint32_t i = 0; i < t->nsteps; i++) {
        if (!run_step(t, &t->steps[i], processes))
            return 1;
    }
    return 0;
}

static int has_failed(const struct policy_test *t)
{
    int status = 1;
    pid_t child = fork();
    if (child == 0)
        _exit(run_test(t));
    if (child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status))
        return WEXITSTATUS(status);
    fprintf(stderr, "the test '%s' ended by itself\n", t->name);
    return 1;
}

int main(void)
{
    unsigned failed = 0;
    fflush(stdout);
    for (uint32_t i = 0; i < policy_ntests; i++)
        failed += has_failed(&policy_tests[i]) != 0;
    if (failed)
        fprintf(stderr, "%u of %u tests of the policy failed\n", failed, policy_ntests);
    else
        printf("security module: %u tests of the policy passed\n", policy_ntests);
    return failed != 0;
}
