/*
 * gates.c: instructions that must end the process: gates that are not for programs, selectors of the
 * kernel, privileged instructions, exceptions of the floating-point units.
 */
#include "child.h"

#include <string.h>

#include <tessera/flags.h>

#include "core.h"

#define KERNEL_CODE 0x08
#define USER_32     0x1b /* there is none */
#define LAST_PAGE   0x00007fffffffd000ull /* below the first address that no program has */

static void far_return(uint64_t selector)
{
    __asm__ volatile("pushq %0\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:"
                     :
                     : "r"(selector)
                     : "rax", "memory");
}

static void interrupt_return(uint64_t selector, uint64_t rip, uint64_t flags)
{
    __asm__ volatile("movq %%rsp, %%rax\n\t"
                     "pushq $0x23\n\t"
                     "pushq %%rax\n\t"
                     "pushq %2\n\t"
                     "pushq %0\n\t"
                     "pushq %1\n\t"
                     "iretq"
                     :
                     : "r"(selector), "r"(rip), "r"(flags)
                     : "rax", "memory");
}

/* A system call whose next instruction would be the first that is not a program's. */
static void syscall_at_top(void)
{
    uint64_t va;

    core_vm_free(LAST_PAGE, 4096); /* whatever lies there */
    if (core_vm_allocate(LAST_PAGE, 4096,
                         VMM_FLAG_READ | VMM_FLAG_WRITE | VMM_FLAG_RESERVE | VMM_FLAG_COMMIT |
                             VMM_FLAG_FIXED, &va) != rcOk) {
        return;
    }
    memcpy((char *)LAST_PAGE + 4094, "\x0f\x05", 2);
    core_vm_protect(LAST_PAGE, 4096, VMM_FLAG_READ | VMM_FLAG_EXECUTE);
    __asm__ volatile("jmp *%0" : : "r"(LAST_PAGE + 4094), "a"(0), "D"(0), "S"(0));
}

static void x87_exception(void)
{
    const uint16_t control = 0x340; /* everything unmasked */
    __asm__ volatile("fldcw %0\n\tfldz\n\tfld1\n\tfdivp\n\tfwait" : : "m"(control));
}

static void sse_exception(void)
{
    const uint32_t control = 0; /* everything unmasked */
    __asm__ volatile("ldmxcsr %0\n\t"
                     "pxor %%xmm0, %%xmm0\n\t"
                     "divsd %%xmm0, %%xmm0"
                     :
                     : "m"(control)
                     : "xmm0");
}

static void bad_mxcsr(void)
{
    const uint32_t control = 0xffffffff;
    __asm__ volatile("ldmxcsr %0" : : "m"(control));
}

/* Instructions without operands that matter. */
#define ONE(name, code) \
    static void name(void) \
    { \
        __asm__ volatile(code : : "a"(0), "c"(0), "d"(0) : "memory"); \
    }
ONE(gate_timer, "int $0x40")
ONE(gate_128, "int $0x80")
ONE(gate_page_fault, "int $14")
ONE(gate_double_fault, "int $8")
ONE(gate_nmi, "int $2")
ONE(icebp, ".byte 0xf1")
ONE(overflow_trap, "int $4")
ONE(sysenter, "sysenter")
ONE(sysret, "sysretq")
ONE(swap, "swapgs")
ONE(interrupts_off, "cli")
ONE(interrupts_on, "sti")
ONE(write_msr, "wrmsr")
ONE(read_cr3, "movq %%cr3, %%rax")
ONE(write_cr4, "movq %%rax, %%cr4")
ONE(write_dr7, "movq %%rax, %%dr7")
ONE(flush, "invlpg (%%rax)")
ONE(cache, "wbinvd")
ONE(load_gdt, "lgdt -64(%%rsp)")
ONE(load_task, "ltr %%ax")
ONE(set_xcr, "xsetbv")
ONE(monitor, "mwait")
ONE(hypervisor, "vmcall")
ONE(input, "inb $0x60, %%al")
ONE(kernel_selector, "movw $0x10, %%ax\n\tmovw %%ax, %%ds")
ONE(kernel_stack_selector, "movw $0x10, %%ax\n\tmovw %%ax, %%ss")
ONE(null_stack_selector, "movw %%ax, %%ss")
ONE(beyond_table, "movw $0xffff, %%ax\n\tmovw %%ax, %%es")
ONE(far_call, ".byte 0x48, 0xff, 0x1c, 0x25, 0, 0, 0, 0")

static void lret_kernel(void) { far_return(KERNEL_CODE); }
static void lret_32(void) { far_return(USER_32); }
static void lret_null(void) { far_return(0); }
static void iret_kernel(void) { interrupt_return(KERNEL_CODE, 0xffffffff80100000, 0x202); }
static void iret_wild(void) { interrupt_return(0x2b, 0x8000000000000000, 0x202); }
static void iret_nested(void) { interrupt_return(0x2b, 0, 0x4202); }

int gates_case(const char *name)
{
#define CASE(name) {#name, name}
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {
        CASE(gate_timer), CASE(gate_128), CASE(gate_page_fault), CASE(gate_double_fault),
        CASE(gate_nmi), CASE(icebp), CASE(overflow_trap), CASE(sysenter), CASE(sysret), CASE(swap),
        CASE(interrupts_off), CASE(interrupts_on), CASE(write_msr), CASE(read_cr3),
        CASE(write_cr4), CASE(write_dr7), CASE(flush), CASE(cache), CASE(load_gdt),
        CASE(load_task), CASE(set_xcr), CASE(monitor), CASE(hypervisor), CASE(input),
        CASE(kernel_selector), CASE(kernel_stack_selector), CASE(null_stack_selector),
        CASE(beyond_table), CASE(far_call), CASE(lret_kernel), CASE(lret_32), CASE(lret_null),
        CASE(iret_kernel), CASE(iret_wild), CASE(iret_nested), CASE(syscall_at_top),
        CASE(x87_exception), CASE(sse_exception), CASE(bad_mxcsr)};

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (!strcmp(name, cases[i].name)) {
            cases[i].run();
            return 0;
        }
    }
    return -1;
}
