/*
 * crowd_plan.h: where crowd.S finds the members of struct crowd_plan.
 */
#ifndef SUITE_CROWD_PLAN_H
#define SUITE_CROWD_PLAN_H

#include <tessera/syscall.h>

#define CROWD_NUMBER 1 /* until */

#define PLAN_RAX       0
#define PLAN_RDI       8
#define PLAN_RSI       16
#define PLAN_RDX       24
#define PLAN_R8        32
#define PLAN_R9        40
#define PLAN_R12       48
#define PLAN_R13       56
#define PLAN_R14       64
#define PLAN_R15       72
#define PLAN_RBX       80
#define PLAN_UNTIL     88
#define PLAN_EXIT_WORD 96
#define PLAN_RESULTS   104
#define PLAN_ORDER     112
#define PLAN_BEGUN     120
#define PLAN_ENDED     124

#endif
