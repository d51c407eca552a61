/*
 * child.c: a small life: memory, a thread, a channel, and an exit code from the arguments. It
 * leaves what it has to the kernel.
 */
#include "core.h"

#include <kos/thread.h>
#include <stdlib.h>
#include <string.h>

static int other(void *context)
{
    *(volatile int *)context = 1;
    KosThreadSleep(100000);
    return 0;
}

/* Takes memory until there is none; the number of 64 KiB pieces. */
static int take_all(void)
{
    int pieces = 0;
    char *p;

    while ((p = malloc(65536)) != NULL) {
        memset(p, 1, 65536);
        pieces++;
    }
    return pieces > 255 ? 255 : pieces;
}

int main(int argc, char **argv)
{
    Handle listener, server, client;
    volatile int is_running = 0;
    Tid tid;

    if (argc < 3) {
        return 1;
    }
    if (!strcmp(argv[1], "take-all")) {
        return take_all();
    }
    char *p = malloc(100000);
    if (!p || core_connect(INVALID_HANDLE, &listener, &server, &client) != rcOk ||
        KosThreadCreate(&tid, 15, 0, other, (void *)(uintptr_t)&is_running, 0) != rcOk) {
        return 2;
    }
    memset(p, 1, 100000);
    while (!is_running) {
        KosThreadYield();
    }
    return atoi(argv[2]);
}
