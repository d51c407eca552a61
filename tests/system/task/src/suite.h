/*
 * suite.h: the parts of the suite.
 */
#ifndef TASK_SUITE_H
#define TASK_SUITE_H

void test_elf(void);

#endif
