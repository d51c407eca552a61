/*
 * client.c: runs the cases and counts.
 */
#include "suite.h"

#include <stdlib.h>

int passed, failed;

int main(void)
{
    test_channels();
    test_threads();
    test_system();
    fprintf(stderr, "%d passed, %d failed\n", passed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
