/*
 * main.c: Einit of the suite: starts the server, the restricted program and the client, whose cases these
 * are.
 */
#include "suite.h"

int main(void)
{
    struct child server, clients[2], small, forbidden;
    uint64_t number;

    child_create(&server, "ptest.Server", CHILD_PRIORITY);
    for (int i = 0; i < 2; i++) {
        child_create(&clients[i], "ptest.Client", CHILD_PRIORITY);
        CHECK_RC("a client of the server", child_join(&clients[i], &server), rcOk);
    }
    number = server.listener;
    CHECK_RC("a server starts", child_start(&server, "serve", 1, &number), rcOk);

    CHECK_RC("a process that may not start is made",
             child_create(&forbidden, "ptest.Forbidden", CHILD_PRIORITY), rcOk);
    CHECK_RC("and not started", child_start(&forbidden, "forbidden", 0, NULL), rcSecurityDisallow);
    CHECK_RC("nor a second time", core_task_resume(forbidden.task), rcSecurityDisallow);
    child_drop(&forbidden);

    child_create(&small, "ptest.Small", CHILD_PRIORITY);
    CHECK_RC("a restricted program starts", child_start(&small, "small", 0, NULL), rcOk);
    CHECK_EQUAL("it prints and ends well", child_wait(&small, 60000), 0);
    child_drop(&small);

    for (int i = 0; i < 2; i++) { /* state ends with the process that it hangs on */
        number = clients[i].outgoing;
        child_start(&clients[i], "client", 1, &number);
        CHECK_EQUAL("the client's cases", child_wait(&clients[i], 120000), 0);
        child_drop(&clients[i]);
    }
    child_drop(&server);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    finish();
}
