/*
 * start.c: prints what the start page gave this program; run.sh compares it for spoilt pages.
 */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    const char *colour = getenv("COLOUR");

    for (int i = 0; i < argc; i++) {
        printf("%s ", argv[i]);
    }
    printf("%s\n", colour ? colour : "-");
    return argv[argc] ? 1 : 0;
}
