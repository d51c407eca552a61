/* ring.h: what both programs use: the case, and the two ends of their channels. */
#ifndef RING_H
#define RING_H

#include <stdbool.h>

/* True if the kernel word case= has this value. */
bool case_is(const char *name);
/* Calls Push on the channel; returns the transport's result. */
int push(const char *channel);
/* Receives one request from the channel's clients and owes the answer. */
void take(const char *channel);

#endif
