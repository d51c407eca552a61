/*
 * child.c: runs the case that its first argument names.
 */
#include "child.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"

int enter_kernel(void)
{
    return core_nop() == rcOk;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    int status;

    if (!strcmp(name, "random")) {
        return random_case(argc > 2 ? strtoull(argv[2], NULL, 10) : 0);
    }
    status = flags_case(name);
    return status == -1 ? gates_case(name) : status;
}
