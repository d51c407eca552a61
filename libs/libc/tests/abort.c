/*
 * abort.c: a failed assertion: a line on the console and exit status 134.
 */
#include <assert.h>
#include <stdio.h>

int main(void)
{
    printf("expect a failed assertion and status 134\n");
    assert(1 + 1 == 3);
    return 0;
}
