/*
 * suite.h: what the files of this suite share.
 */
#ifndef LIBKOS_MEMORY_SUITE_H
#define LIBKOS_MEMORY_SUITE_H

#include "check.h"
#include "core.h"

#include <coresrv/hal/hal_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <string.h>

#define CLASS "libkos_memory.Child"
#define PAGE  4096u
#define R     VMM_FLAG_READ
#define RW    (VMM_FLAG_READ | VMM_FLAG_WRITE)
#define RX    (VMM_FLAG_READ | VMM_FLAG_EXECUTE)
#define LAZY  (VMM_FLAG_RESERVE | VMM_FLAG_COMMIT)

/* Whether the kernel can read, or write, a word there on the caller's behalf: as the caller itself
 * could, without the fault that would end it. */
static inline int can_read(const void *at)
{
    return core_futex_wait(at, 0x12345678, 0, NULL) != rcInvalidArgument;
}

static inline int can_write(void *at)
{
    return core_probe_write((char *)at + 2048) == rcOk;
}

void test_vmm(void);
void test_random(void);
void test_failures(void);
void test_alloc(void);

#endif
