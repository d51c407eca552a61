/*
 * suite.h: parts of the suite.
 */
#ifndef CROWD_SUITE_H
#define CROWD_SUITE_H

/* objects.c: handles and subscriptions by the hundred thousand. */
void test_objects(void);

#endif
