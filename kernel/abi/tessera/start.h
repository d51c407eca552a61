/*
 * tessera/start.h: what a process finds when it starts.
 *
 * Entry state: rip = ELF entry, rsp = top of the stack (16-byte aligned, nothing on it),
 * rdi = address of struct kn_start (mapped read-only), all other registers zero.
 *
 * The kernel fills struct kn_start; the bytes after it, `block`, were written by the process that
 * created this one (KnTask SetStart) and are laid out by libkos alone: struct kn_block. The kernel
 * never looks inside. Einit, which nobody created, has a block of size zero.
 */
#ifndef TESSERA_START_H
#define TESSERA_START_H

#include <stdint.h>

#define KN_START_MAGIC 0x3174737472617473ull
#define KN_BLOCK_MAX   65536u /* bytes of the creator's block */

struct kn_start {
    uint64_t magic;
    uint32_t page_size;
    uint32_t block_size;  /* bytes of the creator's block that follows this structure */
    uint8_t random[32];   /* from the kernel's entropy pool */
    uint64_t time_page;   /* address of struct kn_time_page, mapped read-only */
    uint64_t abi_hash;    /* of idl/kl/core, of the running kernel */
    uint64_t stack_low;   /* lowest usable address of the first thread's stack */
    uint64_t stack_high;
    uint64_t phdr;        /* address of the program headers in memory, or zero */
    uint32_t phnum;
    uint32_t tid;         /* of the first thread */
    uint32_t self;        /* handle of the process itself */
    uint32_t hwcap;       /* KN_HWCAP_* */
    uint32_t priority;    /* of the first thread when it starts */
    uint32_t priority_ceiling; /* the highest that a thread of the process may be given */
    char task_name[64];   /* cut if longer */
};
#define KN_HWCAP_FSGSBASE 1u /* the program may use wrfsbase */

/* An ELF note in every program that libkos is linked into: the hash of the idl/kl/core that it was
 * built from, 8 bytes. The kernel starts no program with another hash than its own. */
#define KN_NOTE_NAME "Tessera" /* with its terminator 8 bytes */
#define KN_NOTE_ABI  1u
struct kn_note {
    uint32_t namesz, descsz, type;
    char name[8];
    uint32_t abi_hash[2]; /* low half, high half: notes are aligned to four bytes */
};

/* The clock without a system call: ns = base_ns + ((rdtsc - base_tsc) * mult >> shift), read between
 * two equal even values of seq. Wall time = uptime + wall_offset_ns + what an adjustment under way has
 * done: e = uptime - adj_start_ns; adj_total_ns if e >= adj_duration_ns, else e * adj_slew / 1000000, in the
 * direction of adj_is_back. */
struct kn_time_page {
    uint32_t seq;
    uint32_t shift;
    uint64_t mult;
    uint64_t base_tsc;
    uint64_t base_ns;
    uint64_t wall_offset_ns;
    uint64_t tsc_hz;
    uint64_t adj_start_ns, adj_duration_ns; /* duration zero: none */
    uint64_t adj_total_ns;
    uint32_t adj_slew; /* microseconds a second */
    uint32_t adj_is_back;
};

/* The creator's block. Offsets are bytes from the start of the block; strings end with zero.
 * args and env: arrays of uint32 offsets of strings. */
#define KN_BLOCK_MAGIC 0x6b6c6273u
struct kn_block {
    uint32_t magic;
    uint32_t argc, args;         /* count, offset of the array */
    uint32_t envc, env;
    uint32_t nchannels, channels;   /* struct kn_block_channel[] */
    uint32_t nendpoints, endpoints; /* own endpoints: struct kn_block_endpoint[] */
    uint32_t eiid;               /* name of the process class */
};
struct kn_block_channel {
    uint32_t name;               /* connection id */
    uint32_t handle;             /* client handle, or listener handle when is_server */
    uint32_t is_server;
    uint32_t nendpoints, endpoints; /* client: the server's struct kn_block_endpoint[] */
    uint32_t peer;               /* name of the process at the other end */
};
struct kn_block_endpoint {
    uint32_t name;  /* as accepted by ServiceLocatorGetRiid */
    uint32_t iface; /* interface name */
    uint32_t riid;
};

#endif
