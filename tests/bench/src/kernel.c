/*
 * kernel.c: methods of the kernel.
 */
#include "core.h"
#include "measure.h"

#include <coresrv/vmm/vmm_api.h>
#include <kl/core/Core.edl.h>
#include <tessera/call.h>
#include <tessera/flags.h>

#define N    2000u
#define PAGE 4096u

#define LAZY   (VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE)
#define LOCKED (LAZY | VMM_FLAG_LOCKED)

static void null_call(void)
{
    struct kn_words words;
    const uint64_t word = KN_WORD(kl_core_Core_test_Test_iid, kl_core_Test_Nop_mid,
                                  sizeof(kl_core_Test_Nop_req), 0, NK_MESSAGE_REQUEST);

    BENCH("kernel_call.null", N, (words = (struct kn_words){word, {0}}),
          kn_call_short(KN_CORE_HANDLE, &words), (void)0);
    BENCH("kernel_call.nk", N, (void)0, core_nop(), (void)0);
}

static void handles(void)
{
    Handle handle = INVALID_HANDLE;

    BENCH("handle.create_listener", N, (void)0, core_create_listener(&handle), core_close(handle));
    BENCH("handle.close_listener", N, core_create_listener(&handle), core_close(handle), (void)0);
}

/* The first touch of a page, less the clearing: eight bytes an instruction. */
static void fault(uint64_t va)
{
    if (is_timed() || !is_wanted("vm.fault")) { /* how long clearing takes is not known */
        return;
    }
    bench_begin("vm.fault");
    for (unsigned i = 0; i < N; i++, va += PAGE) {
        uint64_t from = read_counter();

        *(volatile char *)(uintptr_t)va = 1;
        bench_sample(from + PAGE / 8, read_counter());
    }
    bench_end();
}

static void memory(void)
{
    uint64_t va = 0, big = 0;

    BENCH("vm.allocate", N, (void)0, core_vm_allocate(0, PAGE, LOCKED, &va),
          core_vm_free(va, PAGE));
    BENCH("vm.free", N, core_vm_allocate(0, PAGE, LOCKED, &va), core_vm_free(va, PAGE), (void)0);
    if (core_vm_allocate(0, (uint64_t)PAGE * (N + N / 10), LAZY, &big) == rcOk) {
        fault(big);
        core_vm_free(big, (uint64_t)PAGE * (N + N / 10));
    }
    if (core_vm_allocate(0, (uint64_t)PAGE * 2 * N, LAZY, &big) == rcOk) {
        *(volatile char *)(uintptr_t)big = 1;
        BENCH("vm.protect", N, (void)0,
              core_vm_protect(big, PAGE, i_ & 1 ? VMM_FLAG_READ | VMM_FLAG_WRITE : VMM_FLAG_READ),
              (void)0);
        core_vm_free(big, (uint64_t)PAGE * 2 * N);
    }
    if (core_vm_allocate(0, (uint64_t)PAGE * (N + N / 10), LAZY, &big) == rcOk) {
        BENCH("vm.touch", N, (void)0, *(volatile char *)(uintptr_t)(big + (uint64_t)i_ * PAGE) = 1,
              (void)0);
        core_vm_free(big, (uint64_t)PAGE * (N + N / 10));
    }
}

/* A page of shared memory that has its frame, shown and taken away: TLB included, no zeroing. */
static void shared_memory(void)
{
    Handle handle = INVALID_HANDLE;
    void *va = NULL;

    if (KnPmmMdlCreate(PAGE, LOCKED, &handle) != rcOk) {
        return;
    }
    BENCH("vm.map", N, (void)0, KnPmmMdlMap(handle, 0, PAGE, NULL, LOCKED, &va),
          KnVmUnmap(va, PAGE));
    BENCH("vm.unmap", N, KnPmmMdlMap(handle, 0, PAGE, NULL, LOCKED, &va), KnVmUnmap(va, PAGE),
          (void)0);
    core_close(handle);
}

void bench_kernel(void)
{
    null_call();
    handles();
    memory();
    shared_memory();
}
