/* hello.c: the smallest program: what it was given, printed in both of the usual ways. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    const char *greeting = getenv("GREETING");

    fprintf(stderr, "Hello from Tessera\n");
    printf("argc = %d\n", argc);
    for (int i = 0; i < argc; i++)
        printf("argv[%d] = %s\n", i, argv[i]);
    printf("GREETING = %s\n", greeting ? greeting : "(not set)");
    return EXIT_SUCCESS;
}
