/*
 * core/refusal.c: says in the log who was refused what for want of a right; object/ knows no processes.
 *
 * Only with log=debug on the kernel's command line: a program can be refused as often as it likes.
 */
#include "core/cpu.h"
#include "core/log.h"
#include "core/process.h"

#include <tessera/syscall.h>

/* What the process is doing with the handle: the call of the thread that runs, if it is one of its own;
 * else a message of it is being taken by somebody else. */
static void call_name(const struct process *p, char *buf, size_t size)
{
    static const char *const names[] = {[KN_CALL] = "Call", [KN_RECV] = "Recv",
                                        [KN_REPLY] = "Reply", [KN_REPLY_RECV] = "ReplyRecv"};
    struct thread *t = this_cpu()->current;
    if (!t || t->process != p) {
        ksnprintf(buf, size, "Call");
        return;
    }
    uint32_t op = regs_operation(&t->regs) & KN_OP_MASK;
    struct handle_entry *e = handle_lookup(&p->handles, (handle_t)regs_handle(&t->regs));
    if (op == KN_CALL && e && e->object->kind == OBJECT_CORE)
        policy_method_name(p->core_pair, regs_word(&t->regs), buf, (uint32_t)size);
    else
        ksnprintf(buf, size, "%s", op < sizeof names / sizeof names[0] ? names[op] : "?");
}

Retcode handle_refuse(const struct handle_entry *e, uint32_t needed)
{
    char name[96];
    if (log_is_debug()) {
        const struct process *p = container_of(e->table, struct process, handles);
        call_name(p, name, sizeof name);
        klog("kernel: refused: %s, %s: handle 0x%x (%s) has rights 0x%x, needs 0x%x", p->name, name,
             handle_number(e), e->object->ops->name, e->rights, needed);
    }
    return rcSecurityDisallow;
}
