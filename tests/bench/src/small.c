/*
 * small.c: a program of 64 KiB that ends at once (process.create_reap) or waits (size.process).
 */
#include <coresrv/thread/thread_api.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "wait")) {
        KnSleep(INFINITE_TIMEOUT);
    }
    return 0;
}
