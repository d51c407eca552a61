/*
 * ipc/claimed.c: the shortest path on several CPUs: a short message whose payload never leaves the CPU's
 * registers, without the kernel's lock.
 *
 * The same as held.c, with the same checks, but with a claim (core/claim.h), so that pairs of threads on
 * different CPUs do not wait for each other. Of what a message changes, two CPUs can reach the listener
 * alone: its list of receivers and the request received last lead to all the rest. So whoever comes first
 * takes the listener; the other one goes the general way. Both are given back by the entry code,
 * when the registers of the thread that stops are saved: from then on another CPU may run it.
 *
 * Rules are not asked here, for a grant may change the policy's state.
 */
#include "core/claim.h"
#include "ipc/held.h"

INLINE bool take_listener(struct listener *l)
{
    return !__atomic_exchange_n(&l->is_taken, 1, __ATOMIC_ACQUIRE);
}

INLINE void give_listener(struct listener *l)
{
    __atomic_store_n(&l->is_taken, 0, __ATOMIC_RELEASE);
}

INLINE bool may_run_on(const struct cpu *cpu, const struct thread *t)
{
    return t->affinity >> cpu->index & 1;
}

/* As is_known, but looks the handle up at once. */
INLINE bool find_handle(struct thread *t, uint64_t handle, enum handle_use use,
                        const struct handle_entry **out)
{
    return is_known(t, handle, use, out) ||
           (held_learn(t, handle, use) && is_known(t, handle, use, out));
}

/* Everything but the commit: the receiver; the listener, which is then taken. */
static struct thread *prepare_call(const struct cpu *cpu, struct thread *client, uint64_t handle,
                                   uint64_t word, const struct handle_entry **entry,
                                   struct listener **listener)
{
    lock_assert_held();
    if (!find_handle(client, handle, HANDLE_USE_CALL, entry))
        return NULL;
    const struct channel *c = channel_of(*entry);
    const struct policy_held_slot *slot = policy_held(c->held, word);
    struct listener *l = c->open;
    if (slot->word != word || !take_listener(l))
        return NULL;
    struct thread *server = find_server(client, l);
    if (server && may_run_on(cpu, server) && !server->direct && !l->direct) {
        client->call.method = slot->method;
        *listener = l;
        return server;
    }
    give_listener(l);
    return NULL;
}

/* The claim that it takes the entry code gives back. */
void fast_call_claimed(uint64_t handle, uint64_t word, uint64_t unused, struct thread *client,
                       uint64_t in, uint64_t unused_too) UNCHECKED
{
    struct cpu *cpu = this_cpu();
    const struct handle_entry *e;
    struct listener *l;
    (void)unused, (void)unused_too;
    if (claim_take(cpu)) {
        struct thread *server = prepare_call(cpu, client, handle, word, &e, &l);
        if (server) {
            regs_set_in_buf(&client->regs, in);
            commit_call(client, server, l);
            MUSTTAIL return arch_claimed_switch((uint64_t)server, word, client->call.token, client,
                                                (uint64_t)&l->is_taken, e->rights);
        }
        claim_drop(cpu);
    }
    MUSTTAIL return arch_held_call_refused(handle, word, 0, client, in, 0);
}

static struct thread *prepare_reply_recv(const struct cpu *cpu, struct thread *server, uint64_t token,
                                         uint64_t word, uint64_t listener, struct listener **out)
{
    lock_assert_held();
    const struct handle_entry *e;
    struct thread *client = find_caller(server, token, word);
    if (!client || client->call.method->direction[DIRECTION_RESPONSE].fast_word != word ||
        !find_handle(server, listener, HANDLE_USE_RECV, &e))
        return NULL;
    struct listener *l = listener_of(e);
    if (!take_listener(l))
        return NULL;
    if (may_reply(server, client, l) && may_run_on(cpu, client)) {
        *out = l;
        return client;
    }
    give_listener(l);
    return NULL;
}

/* As above. */
void fast_reply_recv_claimed(uint64_t token, uint64_t word, uint64_t listener, struct thread *server,
                             uint64_t in, uint64_t unused) UNCHECKED
{
    struct cpu *cpu = this_cpu();
    struct listener *l;
    (void)unused;
    if (claim_take(cpu)) {
        struct thread *client = prepare_reply_recv(cpu, server, token, word, listener, &l);
        if (client) {
            regs_set_in_buf(&server->regs, in);
            commit_reply_recv(server, client, l);
            MUSTTAIL return arch_claimed_switch((uint64_t)client, word, 0, server,
                                                (uint64_t)&l->is_taken, 0);
        }
        claim_drop(cpu);
    }
    MUSTTAIL return arch_held_reply_recv_refused(token, word, listener, server, in, 0);
}
