/*
 * option.c: the value of a command-line option, read the same way by every tool of the front end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nkidl.h"

const char *nkidl_option_value(const char *tool, char **argv, int argc, int *i, const char *name)
{
    const char *argument = argv[*i];
    size_t size = strlen(name);

    if (strncmp(argument, name, size) != 0)
        return NULL;
    argument += size;
    if (*argument && size == 2)
        return argument;
    if (*argument == '=')
        return argument + 1;
    if (*argument)
        return NULL;
    if (*i + 1 >= argc) {
        fprintf(stderr, "%s: error: an argument is missing after %s\n", tool, name);
        exit(1);
    }
    return argv[++*i];
}
