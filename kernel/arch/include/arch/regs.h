/*
 * arch/regs.h: the registers of a user thread, as the entry code saves them.
 *
 * struct user_regs is the first member of struct thread. The entry code stores the registers of
 * user mode straight into it, and the way out loads them from it, so what is written here between
 * two runs of a thread is what the thread sees. The layout is the architecture's (<arch_regs.h>);
 * everything else uses the accessors, which speak the language of tessera/syscall.h:
 *
 *   in    regs_operation  regs_handle  regs_word  regs_payload(r, 0..4)  regs_listener
 *         regs_in_buf (where to put what is received)  regs_out_buf (what is sent)  regs_ex
 *   out   regs_set_result  regs_set_flags  regs_set_word  regs_set_payload(r, 0..4, v)
 *         regs_set_context  regs_set_token  regs_set_rights
 *   regs_init_user(r, pc, sp, arg0, arg1)   a fresh thread: everything else zero
 *   regs_pc  regs_sp  regs_fp (frame pointer, start of the chain of frames)
 *   regs_return_slot  (user address of the word that holds the return address while the function has
 *                      not made its frame)
 *   regs_is_syscall   the thread entered by a system call, not by an interrupt or exception
 *   regs_set_pc(r, pc)   also makes the way out take the slow path, which any pc may take
 *   regs_call_again(r)  if the thread entered by a system call that has done nothing yet, it is made
 *                       again when the thread runs on
 *   regs_name(i), regs_value(r, i) for i < REGS_COUNT   for reports
 */
#ifndef ARCH_REGS_H
#define ARCH_REGS_H

#include <stdbool.h>
#include <stdint.h>

#include <arch_regs.h>

#endif
