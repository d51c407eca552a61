/*
 * core/priority.h: 0 is the lowest priority, 31 the highest.
 */
#ifndef CORE_PRIORITY_H
#define CORE_PRIORITY_H

#define PRIORITIES 32

#endif
