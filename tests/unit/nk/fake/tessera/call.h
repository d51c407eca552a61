/*
 * fake/tessera/call.h: the system calls as functions of the test's own kernel.
 */
#ifndef TESSERA_CALL_H
#define TESSERA_CALL_H

#include <rtl/retcode.h>
#include <tessera/words.h>

Retcode kn_call(uint32_t handle, struct kn_words *words, const struct kn_buf *out,
                struct kn_buf *in, const struct kn_ex *ex, struct kn_received *received);
Retcode kn_call_short(uint32_t handle, struct kn_words *words);
Retcode kn_recv(uint32_t listener, struct kn_words *words, struct kn_buf *in,
                const struct kn_ex *ex, struct kn_received *received);
Retcode kn_reply(uint64_t token, const struct kn_words *words, const struct kn_buf *out);
Retcode kn_reply_recv(uint64_t token, uint32_t listener, struct kn_words *words,
                      const struct kn_buf *out, struct kn_buf *in, struct kn_received *received);

#endif
