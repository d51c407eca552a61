/*
 * machine.c: the simulated machine of the mm tests: RAM, and user copies by way of the page tables.
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/thread.h>
#include <arch/uaccess.h>

#include "x86.h"

struct arch_cpu fake_cpu;
char *fake_memory;
uint64_t x86_kernel_root[512];

static struct thread_head the_thread;
static uint64_t random_state;

/* ---- the other CPU, which forgets when it is told to ---- */

struct arch_cpu other_cpu;
bool has_other_cpu;
unsigned other_cpu_calls;
void (*other_cpu_told)(void);

unsigned core_cpu_count(void)
{
    return has_other_cpu ? 2 : 1;
}

struct cpu *core_cpu(unsigned index)
{
    return (struct cpu *)(index ? &other_cpu : &fake_cpu);
}

void core_cpus_call(uint64_t mask, void (*f)(void *), void *arg)
{
    (void)f;
    if (!(mask & 2))
        return;
    if (!arg)
        other_cpu.root = 0; /* only leaving the address space altogether has no argument */
    other_cpu_calls++;
    if (other_cpu_told)
        other_cpu_told();
}

void arch_aspace_leave(void)
{
    fake_cpu.root = 0;
}

void machine_start(const uint64_t (*ranges)[2])
{
    static struct boot_info boot;
    memset(&boot, 0, sizeof boot);
    if (fake_memory)
        kmem_trim(); /* of the machine before */
    else
        fake_memory = aligned_alloc(1 << 20, MACHINE_BYTES);
    memset(fake_memory, 0xa5, MACHINE_BYTES);
    for (; (*ranges)[1]; ranges++) {
        boot.regions[boot.nregions++] = (struct boot_region){
            (*ranges)[0] * PAGE_SIZE, ((*ranges)[1] - (*ranges)[0]) * PAGE_SIZE};
        boot.ram_end = (*ranges)[1] * PAGE_SIZE;
    }
    frame_init(&boot);
    kernel_account = (struct account){.limit = 1 << 20, .refs = 1};
    root_account = (struct account){.limit = frame_total_count() * PAGE_SIZE, .refs = 1};
    mm_fail_nth(0);
    memset(&fake_cpu, 0, sizeof fake_cpu);
    memset(&other_cpu, 0, sizeof other_cpu);
    has_other_cpu = false;
    other_cpu_calls = 0;
}

void machine_start_default(void)
{
    static const uint64_t ranges[][2] = {{0x103, 0x7f1}, {0x809, 0x3ff7}, {0, 0}};
    machine_start(ranges);
}

void machine_run(struct aspace *as)
{
    the_thread.aspace = as;
    fake_cpu.current = (struct thread *)&the_thread;
}

void arch_aspace_load(struct aspace *as)
{
    the_thread.aspace = as;
}

void machine_seed(uint64_t seed)
{
    random_state = seed;
}

uint64_t machine_random(uint64_t n)
{
    random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
    return (random_state >> 33) % n;
}

/* As the hardware would: page by page, stopping at the first that does not allow it. */
static size_t copy(char *kernel, uint64_t va, size_t n, uint32_t access)
{
    while (n > 0) {
        size_t part = PAGE_SIZE - (va & PAGE_MASK);
        part = part < n ? part : n;
        char *user = paging_resolve(&the_thread.aspace->arch, va, access);
        if (!user) {
            fake_cpu.fault_va = va;
            return n;
        }
        if (access == ACCESS_READ)
            memcpy(kernel, user, part);
        else
            memcpy(user, kernel, part);
        kernel += part;
        va += part;
        n -= part;
    }
    return 0;
}

size_t arch_copy_from_user(void *dst, uint64_t src, size_t n)
{
    return copy(dst, src, n, ACCESS_READ);
}

size_t arch_copy_to_user(uint64_t dst, const void *src, size_t n)
{
    return copy((char *)(uintptr_t)src, dst, n, ACCESS_WRITE);
}

uint64_t arch_uaccess_fault_address(void)
{
    return fake_cpu.fault_va;
}
