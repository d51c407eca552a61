/*
 * suite.h: the parts of suite policy.
 */
#ifndef POLICY_SUITE_H
#define POLICY_SUITE_H

#include <check.h>
#include <core.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <ptest/Client.edl.h>
#include <ptest/Server.edl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <task.h>

/* The server's methods, on handle `channel`. */
void client_init(Handle channel);
extern struct ptest_Deck_proxy deck;
/* How many calls the server has seen. */
uint32_t seen_calls(void);

int serve(Handle listener);
void test_messages(void);
void test_kernel(void);
void test_records(void);

#endif
