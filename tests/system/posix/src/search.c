/*
 * search.c: <search.h>: tables, trees, lists.
 */
#include "suite.h"

#include <search.h>
#include <stddef.h>

static int compare(const void *a, const void *b)
{
    const int *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static int visited;

static void visit(const void *node, VISIT when, int depth)
{
    (void)depth;
    visited += (when == postorder || when == leaf) && **(int *const *)node < 100;
}

static void test_table(void)
{
    ENTRY one = {(char *)"one", (void *)1}, none = {(char *)"none", NULL};

    HOLDS(hcreate(10) && hsearch(one, ENTER)->data == (void *)1 && hsearch(one, FIND)->data == (void *)1);
    HOLDS(!hsearch(none, FIND));
    hdestroy();
}

static void test_tree(void)
{
    static int numbers[5] = {3, 1, 4, 5, 9}, missing = 7;
    void *root = NULL;

    for (int i = 0; i < 5; i++) {
        tsearch(&numbers[i], &root, compare);
    }
    HOLDS(**(int **)tfind(&numbers[2], &root, compare) == 4 && !tfind(&missing, &root, compare));
    twalk(root, visit);
    HOLDS(visited == 5 && tdelete(&numbers[0], &root, compare) && !tfind(&numbers[0], &root, compare));
    for (int i = 1; i < 5; i++) {
        tdelete(&numbers[i], &root, compare);
    }
    HOLDS(root == NULL);
}

struct item {
    struct item *next, *prev;
};

static void test_lists(void)
{
    int numbers[4] = {5, 6}, key = 6, fresh = 7;
    size_t n = 2;
    struct item a = {0}, b = {0};

    HOLDS(lfind(&key, numbers, &n, sizeof key, compare) == &numbers[1] && !lfind(&fresh, numbers, &n, sizeof key, compare));
    HOLDS(lsearch(&fresh, numbers, &n, sizeof key, compare) == &numbers[2] && n == 3 && numbers[2] == 7);
    insque(&a, NULL);
    insque(&b, &a);
    HOLDS(a.next == &b && b.prev == &a);
    remque(&b);
    HOLDS(a.next == NULL);
}

void run_search(void)
{
    test_table();
    test_tree();
    test_lists();
}
