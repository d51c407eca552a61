/*
 * vmm/flags.h: flags of memory regions; the values are the kernel's.
 */
#ifndef VMM_FLAGS_H
#define VMM_FLAGS_H

#include <tessera/flags.h>

#endif
