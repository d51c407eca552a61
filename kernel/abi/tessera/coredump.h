/*
 * tessera/coredump.h: what the kernel sends through the machine's debug port (0xe9) when a process
 * faults or aborts and the kernel word coredump=1 is given. kos-core makes ELF core files of it.
 *
 * A stream of records. Those of several processes may be mixed; `process` tells them apart. For
 * each process: one CORE_PROCESS, a CORE_THREAD and a CORE_STATE for each thread, the one that
 * faulted first, a CORE_PAGE for each page that is the process's own or shared, in ascending order,
 * CORE_END.
 */
#ifndef TESSERA_COREDUMP_H
#define TESSERA_COREDUMP_H

#include <stdint.h>

#define CORE_MAGIC 0x45524f4bu /* "KORE" */

enum core_type {
    CORE_PROCESS, /* struct core_process */
    CORE_THREAD,  /* value: thread number; struct core_thread */
    CORE_STATE,   /* value: thread number; vector registers as the CPU saves them */
    CORE_PAGE,    /* value: address, `flags` as in program headers; 4,096 bytes, none: all zero */
    CORE_END,
};

/* The process ended itself as POSIX says of signal n: with status 128 + n. */
#define CORE_SIGNAL     0x100u
#define CORE_SIGNAL_MAX 31u

struct core_record {
    uint32_t magic, type;
    uint64_t process; /* SID */
    uint64_t value;
    uint32_t flags;
    uint32_t size; /* bytes that follow */
};

struct core_process {
    uint32_t machine; /* as in ELF files */
    uint32_t vector;  /* the exception's number on this machine, or CORE_SIGNAL + n */
    uint64_t fault_address;
    uint64_t base;        /* added to the addresses in the program's file */
    uint64_t entry, phdr; /* addresses in the process */
    uint32_t phnum, page_size;
    char name[64], path[112];
};

/* As many general registers as the machine has; of x86_64: */
#define CORE_GENERAL 17u
struct core_thread {
    uint64_t general[CORE_GENERAL]; /* rax rbx rcx rdx rsi rdi rbp rsp r8 ... r15 rflags */
    uint64_t pc, fs_base, gs_base;
};

#endif
