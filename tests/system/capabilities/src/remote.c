/*
 * remote.c: see remote.h.
 */
#include "remote.h"

struct agent agents[AGENTS];

static void join(int from, int to)
{
    Handle end;

    if (from != to) {
        core_connect_ex(agents[to].child.task, agents[from].child.task, agents[to].child.listener,
                        &agents[to].child.listener, &end, &agents[from].to[to]);
    }
}

void agents_start(uint64_t memory)
{
    for (int i = 0; i < AGENTS; i++) {
        struct child *child = &agents[i].child;

        memset(&agents[i], 0, sizeof(agents[i]));
        core_task_create("Child", CLASS, "Child", 0, CHILD_PRIORITY, i == 2 ? memory : 0,
                         &child->task);
        child_add_server(child);
    }
    for (int i = 0; i < AGENTS; i++) {
        for (int j = 0; j < AGENTS; j++) {
            join(i, j);
        }
    }
    for (int i = 0; i < AGENTS; i++) {
        uint64_t number = agents[i].child.listener;

        if (child_start(&agents[i].child, "agent", 1, &number) != rcOk) {
            CHECK("an agent starts", 0);
        }
    }
    for (int i = 0; i < AGENTS; i++) {
        tell(&agents[i], DO_REQUESTS, 0, 0, 0, NULL, NULL); /* they are ready */
    }
}

void agent_stop(struct agent *agent)
{
    child_drop(&agent->child);
}

void agents_stop(void)
{
    for (int i = 0; i < AGENTS; i++) {
        agent_stop(&agents[i]);
    }
}

Retcode tell(struct agent *agent, enum operation what, uint32_t a, uint32_t b, uint64_t c,
             uint64_t *value, uint64_t *other)
{
    struct direct direct;
    struct caps_Agent *proxy = direct_init(&direct, agent->child.client, AGENT);
    caps_Agent_Do_req req = {.what = what, .a = a, .b = b, .c = c};
    caps_Agent_Do_res res;

    memset(&res, 0, sizeof(res));
    caps_Agent_Do(proxy, &req, NULL, &res, NULL);
    if (value) {
        *value = res.value;
    }
    if (other) {
        *other = res.other;
    }
    return direct.rc == rcOk ? res.rc : direct.rc;
}

Handle tell_make(struct agent *agent, enum operation what, uint32_t a, uint32_t b, uint64_t c)
{
    uint64_t value = 0;
    Retcode rc = tell(agent, what, a, b, c, &value, NULL);

    if (rc != rcOk) {
        CHECK_RC("an agent makes a handle", rc, rcOk);
        return INVALID_HANDLE;
    }
    return (Handle)value;
}

struct seen send(struct agent *from, struct agent *to, Handle handle, uint32_t rights,
                 Handle badge)
{
    struct direct direct;
    struct caps_Agent *proxy = direct_init(&direct, from->child.client, AGENT);
    caps_Agent_Send_req req = {.channel = from->to[to - agents], .number = handle,
                               .rights = rights, .badge = badge};
    caps_Agent_Send_res res;

    memset(&res, 0, sizeof(res));
    caps_Agent_Send(proxy, &req, NULL, &res, NULL);
    return (struct seen){direct.rc == rcOk ? res.rc : direct.rc, res.got, res.gotRights,
                         (int)res.isDereferenced, res.context};
}

struct seen send_back(struct agent *from, struct agent *to, Handle handle, uint32_t rights,
                      Handle badge)
{
    struct direct direct;
    struct caps_Agent *proxy = direct_init(&direct, to->child.client, AGENT);
    caps_Agent_Fetch_req req = {.channel = to->to[from - agents], .number = handle,
                                .rights = rights, .badge = badge};
    caps_Agent_Fetch_res res;

    memset(&res, 0, sizeof(res));
    caps_Agent_Fetch(proxy, &req, NULL, &res, NULL);
    return (struct seen){direct.rc == rcOk ? res.rc : direct.rc, res.got, res.gotRights,
                         (int)res.isDereferenced, res.context};
}

Retcode send7(struct agent *from, struct agent *to, const Handle handles[7], uint32_t rights,
              Handle badge, Handle got[7])
{
    struct direct direct;
    struct caps_Agent *proxy = direct_init(&direct, from->child.client, AGENT);
    caps_Agent_Send7_req req = {.channel = from->to[to - agents], .rights = rights,
                                .badge = badge};
    caps_Agent_Send7_res res;

    memset(&res, 0, sizeof(res));
    memcpy(req.numbers, handles, sizeof(req.numbers));
    caps_Agent_Send7(proxy, &req, NULL, &res, NULL);
    memcpy(got, res.got, sizeof(res.got));
    return direct.rc == rcOk ? res.rc : direct.rc;
}

Retcode take(struct agent *from, Handle handle, uint32_t rights, Handle badge,
             nk_handle_desc_t *desc)
{
    struct direct direct;
    struct caps_Agent *proxy = direct_init(&direct, from->child.client, AGENT);
    caps_Agent_Take_req req = {.number = handle, .rights = rights, .badge = badge};
    caps_Agent_Take_res res;

    memset(&res, 0, sizeof(res));
    caps_Agent_Take(proxy, &req, NULL, &res, NULL);
    *desc = res.h;
    return direct.rc;
}

struct seen give(struct agent *to, Handle handle, uint32_t rights, Handle badge)
{
    struct direct direct;
    struct caps_Agent *proxy = direct_init(&direct, to->child.client, AGENT);
    caps_Agent_Give_req req = {.h = nk_handle_desc(handle, rights, badge)};
    caps_Agent_Give_res res;

    memset(&res, 0, sizeof(res));
    caps_Agent_Give(proxy, &req, NULL, &res, NULL);
    return (struct seen){direct.rc, res.number, res.rights, (int)res.isDereferenced, res.context};
}

Retcode probe(struct agent *agent, Handle handle)
{
    return tell(agent, DO_SID, handle, 0, 0, NULL, NULL);
}

void check_event(struct agent *agent, const char *name, uint64_t id, uint32_t mask)
{
    uint64_t got_id = 0, got_mask = 0;

    if (CHECK_RC(name, tell(agent, DO_EVENT, 200, 0, 0, &got_id, &got_mask), rcOk)) {
        CHECK_EQUAL("  of that entry", got_id, id);
        CHECK_EQUAL("  with that mask", got_mask, mask);
    }
}

void check_no_event(struct agent *agent, const char *name)
{
    CHECK_RC(name, tell(agent, DO_EVENT, 0, 0, 0, NULL, NULL), rcTimeout);
}

uint64_t handles_now(void)
{
    struct counters counters = {0};

    core_counters(&counters);
    return counters.handles;
}
