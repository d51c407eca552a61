/*
 * kinds.h: the ways to take memory. Each name is a mode of the child.
 */
#ifndef QUOTA_KINDS_H
#define QUOTA_KINDS_H

static const char *const kinds[] = {
    "pages",    "locked", "reserved", "handles", "threads", "channels", "listeners", "notices",
    "subscriptions", "objects", "badges", "memories", "mappings", "processes", "own-handles",
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Exit codes of a child. */
enum { REFUSED = 1, NOT_REFUSED = 2, OTHER_CODE = 3, NOT_SHARED = 4, NOT_RETURNED = 5 };

#endif
