/*
 * suite.h: what the files of this suite share: one function for each header.
 */
#ifndef POSIX_SUITE_H
#define POSIX_SUITE_H

#include "check.h"

#include <errno.h>

void test_fails(void);

#endif
