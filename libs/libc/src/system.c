/*
 * system.c: what a program asks about the system and itself.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "atomic.h"
#include "descriptor.h"
#include "layer.h"

/* Processes have no numbers; that of the first thread is unique and never zero. */
long kos_getpid(void)
{
    return (long)kn_start_info->tid;
}

static int is_root(long id)
{
    return (int)id == 0 || (int)id == -1;
}

long kos_set_ids(long a, long b, long c)
{
    return is_root(a) && is_root(b) && is_root(c) ? 0 : -EPERM;
}

/* Kept for whoever asks: nothing is made that it could apply to. */
long kos_umask(unsigned mask)
{
    static volatile int kept = 022;

    return a_swap(&kept, (int)(mask & 0777));
}

long kos_uname(struct utsname *name)
{
    memset(name, 0, sizeof *name);
    strcpy(name->sysname, "Tessera");
    strcpy(name->nodename, "localhost");
    strcpy(name->release, "0.1");
    strcpy(name->version, "0.1");
    strcpy(name->machine, "x86_64");
    return 0;
}

/* Limits are the account's, in bytes of memory; none of them is one of these. */
long kos_prlimit(int resource, const struct rlimit *set, struct rlimit *get)
{
    if (resource < 0 || resource >= RLIM_NLIMITS) {
        return -EINVAL;
    }
    if (set) {
        return -EPERM;
    }
    if (get) {
        get->rlim_cur = get->rlim_max = RLIM_INFINITY;
        if (resource == RLIMIT_NOFILE) {
            get->rlim_cur = get->rlim_max = KOS_OPEN_MAX;
        }
        if (resource == RLIMIT_STACK) {
            get->rlim_cur = kn_start_info->stack_high - kn_start_info->stack_low;
        }
    }
    return 0;
}

long kos_sysinfo(struct sysinfo *info)
{
    memset(info, 0, sizeof *info);
    info->uptime = (unsigned long)(KnUptimeNs() / 1000000000u);
    info->mem_unit = 1;
    return 0;
}

/* The kernel's priorities 0 to 31, whatever the policy. */
long kos_sched_priority(int policy, int highest)
{
    if (policy != SCHED_OTHER && policy != SCHED_FIFO && policy != SCHED_RR) {
        return -EINVAL;
    }
    return highest && policy != SCHED_OTHER ? 31 : 0;
}

/* Linux's sets: bit n % 8 of byte n / 8 is processor n. Thread number zero is the caller. */
long kos_sched_setaffinity(int tid, size_t size, const unsigned char *set)
{
    uint64_t cpus = 0;
    memcpy(&cpus, set, size < sizeof cpus ? size : sizeof cpus);
    return kos_errno(KnThreadSetAffinityRaw(tid ? (uint32_t)tid : (uint32_t)kos_gettid(), cpus));
}

long kos_sched_getaffinity(int tid, size_t size, unsigned char *set)
{
    uint64_t cpus;
    uint32_t cpu, count;
    if (size < sizeof cpus) {
        return -EINVAL;
    }
    Retcode rc = KnThreadGetAffinityRaw(tid ? (uint32_t)tid : (uint32_t)kos_gettid(), &cpus, &cpu,
                                        &count);
    if (rc != rcOk) {
        return kos_errno(rc);
    }
    memcpy(set, &cpus, sizeof cpus);
    return sizeof cpus;
}

unsigned kos_cpu_count(void)
{
    uint64_t cpus;
    uint32_t cpu, count = 1;

    (void)KnThreadGetAffinityRaw((uint32_t)kos_gettid(), &cpus, &cpu, &count);
    return count;
}

long kos_getcpu(unsigned *cpu)
{
    uint64_t cpus;
    uint32_t at, count;
    Retcode rc = KnThreadGetAffinityRaw((uint32_t)kos_gettid(), &cpus, &at, &count);
    if (rc == rcOk && cpu) {
        *cpu = at;
    }
    return kos_errno(rc);
}
