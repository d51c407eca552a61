/*
 * records.c: what was denied can be read back, and no denial is lost without being counted.
 */
#include "suite.h"

#include <coresrv/audit/audit_api.h>
#include <coresrv/nk/transport-kos-security.h>

#define FLOOD 2000u

static char record[KN_AUDIT_RECORD_SIZE + 1];

/* The next record as text; false if there is none. */
static bool next(Handle journal, uint32_t *dropped)
{
    rtl_size_t size = 0;

    if (KnAudRead(journal, record, KN_AUDIT_RECORD_SIZE, &size, dropped) != rcOk) {
        return false;
    }
    record[size] = 0;
    return size != 0;
}

/* Reads all that there is; how many records, and how many contain both texts. */
static uint32_t drain(Handle journal, const char *a, const char *b, uint32_t *matching,
                      uint32_t *dropped)
{
    uint32_t count = 0, lost;

    *matching = *dropped = 0;
    while (next(journal, &lost)) {
        count++;
        *dropped += lost;
        *matching += strstr(record, a) && strstr(record, b);
    }
    *dropped += lost;
    return count;
}

static nk_err_t ask(uint32_t n)
{
    ptest_Deck_Ask_req req = {.n = n};
    ptest_Deck_Ask_res res;

    return ptest_Deck_Ask(&deck.base, &req, NULL, &res, NULL);
}

/* A question whose text lies nowhere. */
static void test_malformed(Handle journal)
{
    NkKosSecurityTransport transport;
    struct ptest_Guard_proxy guard;
    ptest_Guard_Take_req take = {.who = {4096, 7}};
    ptest_Guard_Take_res res;
    char memory[64];
    struct nk_arena arena = NK_ARENA_INITIALIZER(memory, memory + sizeof(memory));
    uint32_t dropped;

    NkKosSecurityTransport_Init(&transport);
    ptest_Guard_proxy_init(&guard, &transport.base, ptest_Client_securityIid);
    CHECK_EQUAL("a malformed question", ptest_Guard_Take(&guard.base, &take, &arena, &res, NULL), NK_EINVAL);
    CHECK("is a record", next(journal, &dropped) &&
          strstr(record, "security Child (ptest.Client): ptest.Guard.Take: the message is malformed"));
    NkKosSecurityTransport_Fini(&transport);
}

void test_records(void)
{
    uint32_t matching, dropped, count, bad = 0;
    Handle journal, other;

    CHECK_RC("no such journal", KnAudOpen("core dump", &other), rcResourceNotFound);
    CHECK_RC("the journal is opened", KnAudOpen("kss", &journal), rcOk);
    drain(journal, "", "", &matching, &dropped);
    CHECK("it is empty when all was read", !next(journal, &dropped));
    ask(4321);
    CHECK("a denial is a record", next(journal, &dropped));
    CHECK("who, to whom, what, with which value",
          strstr(record, "denied: request Child (ptest.Client) -> Child (ptest.Server): "
                         "deck.Ask(n=4321): "));
    CHECK("the rule and its place", strstr(record, "assert (message.n <= 10) at security.psl:"));
    CHECK_EQUAL("nothing was lost", dropped, 0);
    CHECK("it is the only one", !next(journal, &dropped));
    test_malformed(journal);

    /* A flood: what does not fit the ring is counted. */
    for (uint32_t i = 0; i < FLOOD; i++) {
        bad += ask(1000 + i % 3) != NK_EPERM;
    }
    CHECK_EQUAL("a flood is denied", bad, 0);
    count = drain(journal, "deck.Ask(n=100", "", &matching, &dropped);
    CHECK_EQUAL("a flood is read or counted", count + dropped, FLOOD);
    CHECK_EQUAL("and nothing else is among it", matching, count);
    CHECK("some of it is kept", count > 50);

    CHECK_RC("the journal is closed", KnAudClose(journal), rcOk);
    CHECK_RC("it cannot be read any more",
             KnAudRead(journal, record, KN_AUDIT_RECORD_SIZE, &(rtl_size_t){0}, NULL),
             rcInvalidArgument);
}
