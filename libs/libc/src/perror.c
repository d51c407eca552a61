/*
 * perror.c: one message, one line on the console: written whole, not in four parts.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

void perror(const char *message)
{
    const char *text = strerror(errno);

    if (message && message[0]) {
        fprintf(stderr, "%s: %s\n", message, text);
    } else {
        fprintf(stderr, "%s\n", text);
    }
}
