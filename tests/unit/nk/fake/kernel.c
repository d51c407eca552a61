/*
 * fake/kernel.c: see kernel.h.
 */
#include "kernel.h"

#include <kos/internal.h>
#include <string.h>

struct fake_kernel fake;

void fake_reset(void)
{
    memset(&fake, 0, sizeof(fake));
}

void fake_next_short(uint64_t word, uint64_t p0, uint64_t p1)
{
    memset(&fake.next, 0, sizeof(fake.next));
    fake.next.word = word;
    fake.next.payload[0] = p0;
    fake.next.payload[1] = p1;
}

void fake_next_long(uint64_t word, const void *constant, const void *arena, size_t arena_size)
{
    memset(&fake.next, 0, sizeof(fake.next));
    fake.next.is_long = 1;
    fake.next.word = word;
    fake.next.constant_size = KN_WORD_SIZE(word);
    memcpy(fake.next.constant, constant, fake.next.constant_size);
    memcpy(fake.next.constant + 16, &word, 8);
    if (arena_size) {
        memcpy(fake.next.arena, arena, arena_size);
    }
    fake.next.arena_size = arena_size;
}

static void take(const struct kn_words *words, const struct kn_buf *out)
{
    struct fake_message *m = &fake.sent;

    memset(m, 0, sizeof(*m));
    m->word = words->word;
    memcpy(m->payload, words->payload, sizeof(m->payload));
    if (out) {
        m->is_long = 1;
        m->constant_size = out->head_size;
        memcpy(m->constant, (const void *)(uintptr_t)out->head, out->head_size);
        m->arena_size = out->arena_size;
        if (out->arena_size) {
            memcpy(m->arena, (const void *)(uintptr_t)out->arena, out->arena_size);
        }
    }
}

static Retcode give(struct kn_words *words, struct kn_buf *in, struct kn_received *received)
{
    const struct fake_message *m = &fake.next;

    if (m->is_long) {
        if (!in || in->head_size < m->constant_size || in->arena_size < m->arena_size) {
            return rcTargetFault;
        }
        memcpy((void *)(uintptr_t)in->head, m->constant, m->constant_size);
        if (m->arena_size) {
            memcpy((void *)(uintptr_t)in->arena, m->arena, m->arena_size);
        }
    }
    words->word = m->word;
    memcpy(words->payload, m->payload, sizeof(words->payload));
    if (m->is_long) {
        words->payload[0] = m->arena_size;
    }
    received->is_long = m->is_long ? KN_LONG : 0;
    received->arena_used = words->payload[0];
    received->badge = fake.next_badge;
    received->token = fake.next_token;
    received->rights = fake.next_rights;
    return rcOk;
}

static void record(int operation, const struct kn_buf *in, const struct kn_ex *ex)
{
    fake.calls++;
    fake.operation = operation;
    fake.in = in ? *in : (struct kn_buf){0};
    fake.has_ex = ex != NULL;
    if (ex) {
        fake.ex = *ex;
    }
    if (fake.method) {
        fake.method(&fake);
    }
}

Retcode kn_call(uint32_t handle, struct kn_words *words, const struct kn_buf *out,
                struct kn_buf *in, const struct kn_ex *ex, struct kn_received *received)
{
    fake.handle = handle;
    take(words, out);
    record(KN_CALL, in, ex);
    return fake.rc == rcOk ? give(words, in, received) : fake.rc;
}

Retcode kn_call_short(uint32_t handle, struct kn_words *words)
{
    struct kn_received received;

    return kn_call(handle, words, NULL, NULL, NULL, &received);
}

Retcode kn_recv(uint32_t listener, struct kn_words *words, struct kn_buf *in,
                const struct kn_ex *ex, struct kn_received *received)
{
    fake.handle = listener;
    record(KN_RECV, in, ex);
    return fake.rc == rcOk ? give(words, in, received) : fake.rc;
}

Retcode kn_reply(uint64_t token, const struct kn_words *words, const struct kn_buf *out)
{
    fake.token = token;
    take(words, out);
    record(KN_REPLY, NULL, NULL);
    return fake.rc;
}

Retcode kn_reply_recv(uint64_t token, uint32_t listener, struct kn_words *words,
                      const struct kn_buf *out, struct kn_buf *in, struct kn_received *received)
{
    fake.token = token;
    fake.handle = listener;
    take(words, out);
    record(KN_REPLY_RECV, in, NULL);
    return fake.rc == rcOk ? give(words, in, received) : fake.rc;
}

Retcode KnDebugWrite(const void *text, size_t size)
{
    size_t room = sizeof(fake.console) - 1 - fake.console_size;

    size = size < room ? size : room;
    memcpy(fake.console + fake.console_size, text, size);
    fake.console_size += size;
    return rcOk;
}
