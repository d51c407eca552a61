/*
 * suite.h: what the files of this suite share.
 */
#ifndef LIBKOS_BASE_SUITE_H
#define LIBKOS_BASE_SUITE_H

#include "check.h"
#include "core.h"

void test_time(void);
void test_retcode(void);
void test_rtl(void);
void test_barriers(void);

#endif
