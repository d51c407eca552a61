/*
 * dump.c: the debug port of QEMU and Bochs: what is written there lands in a file of the host.
 */
#include "x86.h"

#include <arch/console.h>

#define DUMP_PORT  0xe9
#define DUMP_THERE 0xe9 /* what it reads as, where it exists */

bool arch_dump_open(void)
{
    return x86_inb(DUMP_PORT) == DUMP_THERE;
}

void arch_dump_write(const void *data, size_t size)
{
    __asm__ volatile("rep outsb" : "+S"(data), "+c"(size) : "d"(DUMP_PORT) : "memory");
}
