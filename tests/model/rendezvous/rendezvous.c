/*
 * rendezvous.c: the model, the comparison, and the random operations. See README.md.
 *
 * The model knows nothing of copies in steps. Most operations run to their end before the comparison;
 * op_copy() stops a long copy in the middle, lets others act, perhaps takes one side away, and then
 * tells the model how that must end.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/log.h"

#define MS 1000000ul

enum { PROCESSES = 3, THREADS = 4, LISTENERS = 2 };
enum { ALL_THREADS = PROCESSES * THREADS, ALL_LISTENERS = PROCESSES * LISTENERS };

#define SMALL 40000u  /* two steps */
#define LARGE 400000u /* thirteen */

/* ---- the model ---- */

enum mode { READY, SEND, RECV, REPLY };

struct mthread {
    struct thread *t;
    unsigned process;
    enum mode mode;
    Retcode rc, other_rc; /* of the last operation; either is right */
    uint32_t base;
    unsigned listener;   /* of SEND, RECV, REPLY */
    unsigned server;     /* of REPLY */
    unsigned returns_to; /* 1 + the listener of what it answered last by Reply, until it receives; or 0 */
    uint32_t queued;     /* priority in the senders' queue */
    uint64_t deadline;
    enum fake_method method;
    bool is_long, is_denied, has_buffer, is_copying, was_lent_to;
};

struct mlistener {
    unsigned senders[ALL_THREADS], nsenders;
    unsigned receivers[ALL_THREADS], nreceivers;
};

static struct mthread threads[ALL_THREADS];
static struct mlistener listeners[ALL_LISTENERS];
static uint64_t now;

static struct process *processes[PROCESSES];
static handle_t listener_handle[ALL_LISTENERS];
static handle_t channel[PROCESSES][ALL_LISTENERS];
static struct message out[PROCESSES], in[PROCESSES];

static uint64_t seed = 1;
static uint64_t operations, copies;

/* MODEL_TRACE=N prints what happens from operation N on. */
static uint64_t trace_from = ~0ull;

__attribute__((format(printf, 1, 2))) static void trace(const char *fmt, ...)
{
    va_list ap;
    if (operations < trace_from)
        return;
    printf("%lu: ", operations);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
}

static uint32_t rnd(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 20) % n);
}

/* Whether thread i lends its priority to s: s owes it the reply, or one to somebody where i waits, or has
 * answered somebody there and has yet to receive. */
static bool lends(unsigned i, unsigned s)
{
    if (threads[i].mode == REPLY)
        return threads[i].server == s;
    if (threads[i].mode != SEND || threads[i].is_copying)
        return false;
    if (threads[s].returns_to == threads[i].listener + 1)
        return true;
    for (unsigned j = 0; j < ALL_THREADS; j++) {
        if (threads[j].mode == REPLY && threads[j].server == s &&
            threads[j].listener == threads[i].listener)
            return true;
    }
    return false;
}

/* A thread runs at the highest of its own priority and those of the threads that lend to it, which may
 * have been lent, too. */
static uint32_t priority(unsigned i)
{
    bool reaches[ALL_THREADS] = {false};
    uint32_t p = threads[i].base;
    reaches[i] = true;
    for (bool is_new = true; is_new;) {
        is_new = false;
        for (unsigned j = 0; j < ALL_THREADS; j++) {
            for (unsigned k = 0; k < ALL_THREADS && !reaches[j]; k++) {
                if (!reaches[k] || !lends(j, k))
                    continue;
                reaches[j] = is_new = true;
                if (threads[j].base > p)
                    p = threads[j].base;
            }
        }
    }
    return p;
}

/* Threads that wait for each other in a circle keep what was lent to one of them until it breaks: all
 * that can be said is that they run no lower than they should. */
static bool is_behind_circle(unsigned i)
{
    for (unsigned start = 0; start < ALL_THREADS; start++) {
        bool seen[ALL_THREADS] = {false}, is_circle = false;
        seen[start] = true;
        for (unsigned round = 0; round < ALL_THREADS; round++) {
            for (unsigned j = 0; j < ALL_THREADS; j++) {
                for (unsigned k = 0; k < ALL_THREADS; k++) {
                    if (!seen[j] || !lends(j, k))
                        continue;
                    seen[k] = true;
                    is_circle |= k == start;
                }
            }
        }
        if (is_circle && seen[i])
            return true;
    }
    return false;
}

static void finish(unsigned i, Retcode rc)
{
    threads[i].mode = READY;
    threads[i].rc = threads[i].other_rc = rc;
    threads[i].is_copying = false;
}

static void take_out(unsigned *list, unsigned *n, unsigned i)
{
    for (unsigned k = 0; k < *n; k++) {
        if (list[k] == i) {
            memmove(list + k, list + k + 1, (*n - k - 1) * sizeof *list);
            (*n)--;
            return;
        }
    }
}

static void leave_queues(unsigned i)
{
    struct mlistener *l = &listeners[threads[i].listener];
    if (threads[i].mode == SEND)
        take_out(l->senders, &l->nsenders, i);
    if (threads[i].mode == RECV)
        take_out(l->receivers, &l->nreceivers, i);
}

static void enqueue_sender(unsigned i, bool at_head)
{
    struct mlistener *l = &listeners[threads[i].listener];
    uint32_t p = priority(i);
    unsigned k = 0;
    while (k < l->nsenders && (threads[l->senders[k]].queued > p ||
                               (!at_head && threads[l->senders[k]].queued == p)))
        k++;
    memmove(l->senders + k + 1, l->senders + k, (l->nsenders - k) * sizeof *l->senders);
    l->senders[k] = i;
    l->nsenders++;
    threads[i].mode = SEND;
    threads[i].queued = p;
    threads[i].is_copying = false;
}

/* Senders whose priority is another one by now go to the end of those that have the same. */
static void sort_again(struct mlistener *l)
{
    for (unsigned k = 0; k < l->nsenders; k++) {
        unsigned i = l->senders[k];
        if (threads[i].queued == priority(i) || is_behind_circle(i))
            continue;
        take_out(l->senders, &l->nsenders, i);
        enqueue_sender(i, false);
        k = ~0u; /* from the start: it cannot come here twice */
    }
}

static void enqueue_receiver(unsigned i, bool at_head)
{
    struct mlistener *l = &listeners[threads[i].listener];
    if (at_head) {
        memmove(l->receivers + 1, l->receivers, l->nreceivers * sizeof *l->receivers);
        l->receivers[0] = i;
    } else {
        l->receivers[l->nreceivers] = i;
    }
    l->nreceivers++;
    threads[i].mode = RECV;
    threads[i].is_copying = false;
}

/* The code with which client c's message to server s is refused, or rcOk. */
static Retcode verdict(unsigned c, unsigned s)
{
    if (threads[c].is_long && !threads[s].has_buffer)
        return rcTargetFault;
    return threads[c].is_denied ? rcSecurityDisallow : rcOk;
}

static void deliver(unsigned c, unsigned s)
{
    threads[c].mode = REPLY;
    threads[c].server = s;
    threads[c].is_copying = false;
    finish(s, rcOk);
}

static void model_call(unsigned c)
{
    struct mlistener *l = &listeners[threads[c].listener];
    if (l->nreceivers == 0) {
        enqueue_sender(c, false);
        return;
    }
    unsigned s = l->receivers[0];
    Retcode rc = verdict(c, s);
    if (rc != rcOk) {
        finish(c, rc);
        return;
    }
    take_out(l->receivers, &l->nreceivers, s);
    deliver(c, s);
}

static void model_recv(unsigned s)
{
    struct mlistener *l = &listeners[threads[s].listener];
    threads[s].returns_to = 0;
    sort_again(l);
    while (l->nsenders) {
        unsigned c = l->senders[0];
        take_out(l->senders, &l->nsenders, c);
        Retcode rc = verdict(c, s);
        if (rc == rcOk) {
            deliver(c, s);
            return;
        }
        finish(c, rc);
    }
    enqueue_receiver(s, false);
}

/* Senders and receivers both wait after a copy came to nothing. */
static void model_kick(unsigned listener)
{
    struct mlistener *l = &listeners[listener];
    if (l->nsenders && l->nreceivers) {
        unsigned s = l->receivers[0];
        take_out(l->receivers, &l->nreceivers, s);
        model_recv(s);
    }
}

/* Nobody can be received from any more. */
static void model_close(unsigned listener, bool is_kill)
{
    for (unsigned i = 0; i < ALL_THREADS; i++) {
        if (threads[i].returns_to == listener + 1)
            threads[i].returns_to = 0;
    }
    for (unsigned i = 0; i < ALL_THREADS; i++) {
        struct mthread *x = &threads[i];
        if (x->listener != listener || x->mode == READY)
            continue;
        bool may_be_refused = is_kill && x->mode == SEND;
        leave_queues(i);
        finish(i, rcNotConnected);
        if (may_be_refused) /* by a receiver that was about to end */
            x->other_rc = x->is_denied ? rcSecurityDisallow : rcTargetFault;
    }
}

static void model_owed_by(unsigned server)
{
    for (unsigned i = 0; i < ALL_THREADS; i++) {
        if (threads[i].mode == REPLY && threads[i].server == server)
            finish(i, rcNotConnected);
    }
}

static void model_expire(void)
{
    for (unsigned i = 0; i < ALL_THREADS; i++) {
        if (threads[i].mode != READY && threads[i].deadline <= now) {
            leave_queues(i);
            finish(i, rcTimeout);
        }
    }
}

/* ---- comparison ---- */

static void compare_thread(unsigned i)
{
    static const enum wait_kind kinds[] = {WAIT_NONE, WAIT_SEND, WAIT_RECV, WAIT_REPLY};
    struct mthread *x = &threads[i];
    if (x->is_copying)
        return;
    if (x->t->wait_kind != kinds[x->mode] || (x->mode == READY && x->t->continuation))
        fail_msg("operation %lu: thread %u is in state %d, not %d", operations, i,
                 (int)x->t->wait_kind, (int)kinds[x->mode]);
    if (x->mode == READY && result(x->t) != x->rc && result(x->t) != x->other_rc)
        fail_msg("operation %lu: thread %u has code %u, not %u", operations, i,
                 RC_GET_CODE(result(x->t)), RC_GET_CODE(x->rc));
    if (x->mode == READY)
        x->rc = x->other_rc = result(x->t);
    if (x->mode == REPLY)
        assert_ptr_equal(x->t->call.server, threads[x->server].t);
    if (x->t->priority < priority(i) || (x->t->priority > priority(i) && !is_behind_circle(i)))
        fail_msg("operation %lu: thread %u has priority %u, not %u", operations, i, x->t->priority,
                 priority(i));
}

static struct listener *listener_of(unsigned l)
{
    struct object *o = NULL;
    assert_int_equal(handle_get(&processes[l / LISTENERS]->handles, listener_handle[l],
                                OBJECT_LISTENER, 0, &o),
                     rcOk);
    return container_of(o, struct listener, object);
}

static unsigned index_of(const struct thread *t)
{
    unsigned i = 0;
    while (i < ALL_THREADS && threads[i].t != t)
        i++;
    assert_true(i < ALL_THREADS);
    return i;
}

/* Whether somebody lends to thread i, or did after the operation before, or may have for a moment. */
static bool is_lent_to(unsigned i)
{
    bool was = threads[i].was_lent_to, is = threads[i].returns_to != 0;
    for (unsigned j = 0; j < ALL_THREADS; j++)
        is |= lends(j, i);
    threads[i].was_lent_to = is;
    return was || is;
}

/* Senders stand by priority; within one the order is theirs unless the priority of some has changed, if
 * only for a moment. */
static void compare_senders(struct listener *l, struct mlistener *m)
{
    unsigned order[ALL_THREADS], n = 0;
    bool has_changed = false;
    for (int p = PRIORITIES - 1; p >= 0; p--) {
        for (struct list *at = l->senders[p].next; at != &l->senders[p]; at = at->next, n++) {
            assert_true(n < m->nsenders);
            order[n] = index_of(container_of(at, struct thread, wait.link));
            assert_int_equal(threads[order[n]].t->priority, p);
            has_changed |= threads[order[n]].queued != (uint32_t)p || is_lent_to(order[n]);
            threads[order[n]].queued = (uint32_t)p;
        }
    }
    assert_int_equal(n, m->nsenders);
    for (unsigned i = 0; i < n; i++) {
        unsigned k = 0;
        while (k < n && m->senders[k] != order[i])
            k++;
        assert_true(k < n);
        assert_true(has_changed || k == i);
    }
    memcpy(m->senders, order, n * sizeof *order);
}

static void compare_listener(unsigned i)
{
    struct listener *l = listener_of(i);
    struct mlistener *m = &listeners[i];
    unsigned n = 0;
    for (struct list *at = l->receivers.next; at != &l->receivers; at = at->next, n++) {
        assert_true(n < m->nreceivers);
        assert_ptr_equal(container_of(at, struct thread, wait.link), threads[m->receivers[n]].t);
    }
    assert_int_equal(n, m->nreceivers);
    compare_senders(l, m);
}

static void compare(void)
{
    world_check();
    for (unsigned i = 0; i < ALL_THREADS; i++)
        compare_thread(i);
    for (unsigned i = 0; i < ALL_LISTENERS; i++)
        compare_listener(i);
}

/* ---- the world ---- */

/* A rule denies what has an odd first word. */
static int judge(const struct ksm_query *q)
{
    uint64_t first;
    memcpy(&first, (const uint8_t *)q->message + 24, 8);
    return !(first & 1);
}

static void connect_to(unsigned l)
{
    for (unsigned p = 0; p < PROCESSES; p++) {
        if (!processes[p])
            continue;
        if (channel[p][l])
            handle_close(&processes[p]->handles, channel[p][l]);
        channel[p][l] = world_connect(processes[p], processes[l / LISTENERS], listener_handle[l]);
    }
}

static void new_thread(unsigned i, struct thread *t, uint32_t base)
{
    threads[i] = (struct mthread){.t = t, .process = i / THREADS, .base = base};
    threads[i].rc = threads[i].other_rc = result(t);
}

static void new_process(unsigned p)
{
    processes[p] = world_process("test.Server", 4 + rnd(8));
    struct thread *first = world_main(processes[p]);
    memset(channel[p], 0, sizeof channel[p]);
    for (unsigned i = 0; i < THREADS; i++) {
        struct thread *t = i == 0 ? first : world_thread(processes[p], 2 + rnd(12));
        new_thread(p * THREADS + i, t, t->base_priority);
    }
    out[p] = world_message(processes[p], 4096, LARGE);
    in[p] = world_message(processes[p], 4096, LARGE);
    world_fill(&out[p], LARGE, (uint8_t)p);
    for (unsigned l = p * LISTENERS; l < (p + 1) * LISTENERS; l++) {
        listener_handle[l] = world_listener(processes[p]);
        listeners[l] = (struct mlistener){0};
    }
}

static void connect_process(unsigned p)
{
    for (unsigned l = 0; l < ALL_LISTENERS; l++) {
        if (l / LISTENERS == p)
            connect_to(l);
        else
            channel[p][l] = world_connect(processes[p], processes[l / LISTENERS],
                                          listener_handle[l]);
    }
}

static void build_world(void)
{
    for (unsigned p = 0; p < PROCESSES; p++)
        new_process(p);
    for (unsigned l = 0; l < ALL_LISTENERS; l++)
        connect_to(l);
    fake_judge = judge;
}

/* ---- system calls, in the world and in the model ---- */

static uint64_t deadline_in(uint64_t ms)
{
    return ms == ~0ull ? ~0ull : now + ms * MS;
}

static void set_ex(struct thread *t, uint64_t ms)
{
    struct kn_ex ex = {.timeout = ms};
    world_put(t->process, 0x402000, &ex, sizeof ex);
    t->regs.ex_rights = 0x402000;
}

static void choose_message(unsigned c, bool may_be_long)
{
    struct mthread *x = &threads[c];
    uint32_t kind = rnd(may_be_long ? 4 : 3);
    x->is_long = kind == 3;
    x->method = kind == 3 ? M_DATA : kind == 2 ? M_RULED : M_SHORT;
    x->is_denied = kind == 2 && rnd(2);
    x->has_buffer = rnd(8) != 0;
}

/* c calls l with the message that stands in its model. */
static void do_call(unsigned c, unsigned l, uint64_t ms, uint32_t arena)
{
    struct mthread *x = &threads[c];
    struct user_regs *r = &x->t->regs;
    uint32_t op = KN_CALL | (x->is_long ? KN_LONG : 0) | (ms != ~0ull ? KN_EX : 0);
    *r = (struct user_regs){.handle_flags = channel[x->process][l], .word = word_request(x->method)};
    r->in_buf_context = x->has_buffer ? in[x->process].buf : 0;
    if (x->is_long) {
        world_sizes(&out[x->process], 32, arena);
        nk_ptr_t value = {0, arena};
        world_put(processes[x->process], out[x->process].head + 24, &value, sizeof value);
        r->payload[0] = out[x->process].buf;
    } else {
        r->payload[0] = x->is_denied ? 1 : 2;
    }
    if (ms != ~0ull)
        set_ex(x->t, ms);
    x->listener = l;
    x->deadline = deadline_in(ms);
    trace("%u calls listener %u%s%s, timeout %ld", c, l, x->is_long ? ", long" : "",
          x->is_denied ? ", denied" : "", (long)ms);
    world_syscall(x->t, op);
}

static void do_recv(unsigned s, unsigned l, uint64_t ms)
{
    struct mthread *x = &threads[s];
    x->t->regs = (struct user_regs){.handle_flags = listener_handle[l]};
    x->t->regs.in_buf_context = x->has_buffer ? in[x->process].buf : 0;
    if (ms != ~0ull)
        set_ex(x->t, ms);
    x->listener = l;
    x->deadline = deadline_in(ms);
    trace("%u receives from %u, timeout %ld", s, l, (long)ms);
    world_syscall(x->t, KN_RECV | (ms != ~0ull ? KN_EX : 0));
}

static uint64_t token_for(unsigned c)
{
    return threads[c].t->call.token;
}

/* ---- operations ---- */

static unsigned pick_ready(unsigned process, bool any_process)
{
    unsigned start = rnd(ALL_THREADS);
    for (unsigned k = 0; k < ALL_THREADS; k++) {
        unsigned i = (start + k) % ALL_THREADS;
        if (threads[i].mode == READY && !threads[i].is_copying &&
            (any_process || threads[i].process == process))
            return i;
    }
    return ALL_THREADS;
}

static uint64_t some_timeout(void)
{
    return rnd(3) ? ~0ull : rnd(20);
}

static void op_call(void)
{
    unsigned c = pick_ready(0, true);
    if (c == ALL_THREADS)
        return;
    choose_message(c, true);
    unsigned l = rnd(ALL_LISTENERS);
    do_call(c, l, some_timeout(), SMALL);
    model_call(c);
    world_settle();
}

static void op_recv(void)
{
    unsigned l = rnd(ALL_LISTENERS), s = pick_ready(l / LISTENERS, false);
    if (s == ALL_THREADS)
        return;
    threads[s].has_buffer = rnd(8) != 0;
    do_recv(s, l, some_timeout());
    model_recv(s);
    world_settle();
}

/* A caller that thread s may answer. */
static unsigned pick_owed(unsigned s)
{
    unsigned start = rnd(ALL_THREADS);
    for (unsigned k = 0; k < ALL_THREADS; k++) {
        unsigned i = (start + k) % ALL_THREADS;
        if (threads[i].mode == REPLY && threads[threads[i].server].process == threads[s].process)
            return i;
    }
    return ALL_THREADS;
}

struct answer {
    uint64_t word;
    Retcode rc; /* for both sides */
    bool is_long;
    uint64_t payload;
};

static struct answer some_answer(unsigned c)
{
    struct mthread *x = &threads[c];
    switch (rnd(6)) {
    case 0:
        return (struct answer){rnd(2) ? ~0ull : word_request(x->method), rcInvalidArgument, false, 0};
    case 1:
        return (struct answer){word_failed(x->method), rcOk, false, 5};
    default:
        if (x->method == M_DATA)
            return (struct answer){word_response(M_DATA), x->has_buffer ? rcOk : rcTargetFault, true,
                                   0};
        bool is_denied = x->method == M_RULED && rnd(4) == 0;
        return (struct answer){word_response(x->method), is_denied ? rcSecurityDisallow : rcOk,
                               false, is_denied};
    }
}

static void op_reply(bool then_recv)
{
    unsigned s = pick_ready(0, true);
    if (s == ALL_THREADS)
        return;
    struct mthread *x = &threads[s];
    unsigned c = pick_owed(s), l = x->process * LISTENERS + rnd(LISTENERS);
    bool is_stale = c == ALL_THREADS || rnd(10) == 0;
    struct answer a = {word_response(M_SHORT), rcNotConnected, false, 0};
    uint64_t token = is_stale ? rnd(4096) | (uint64_t)rnd(9) << 60 : token_for(c), ms = ~0ull;
    if (!is_stale)
        a = some_answer(c);
    x->has_buffer = rnd(8) != 0;
    x->t->regs = (struct user_regs){.handle_flags = token, .word = a.word};
    x->t->regs.in_buf_context = then_recv && x->has_buffer ? in[x->process].buf : 0;
    x->t->regs.listener_token = then_recv ? listener_handle[l] : 0;
    if (a.is_long) {
        world_sizes(&out[x->process], 32, SMALL);
        nk_ptr_t value = {0, SMALL};
        world_put(processes[x->process], out[x->process].head + 24, &value, sizeof value);
        x->t->regs.payload[0] = out[x->process].buf;
    } else {
        x->t->regs.payload[0] = a.payload;
    }
    if (then_recv && rnd(3) == 0) {
        ms = rnd(20);
        set_ex(x->t, ms);
    }
    trace("%u answers %u (stale %d, code %u), %s %u, timeout %ld", s, c, is_stale,
          RC_GET_CODE(a.rc), then_recv ? "receives from" : "not", l, (long)ms);
    uint32_t op = then_recv ? KN_REPLY_RECV | (ms != ~0ull ? KN_EX : 0) : KN_REPLY;
    world_syscall(x->t, op | (a.is_long ? KN_LONG : 0));
    if (!is_stale) {
        if (!then_recv && a.rc == rcOk)
            x->returns_to = threads[c].listener + 1;
        finish(c, a.rc);
    }
    x->listener = l;
    x->deadline = deadline_in(ms);
    if (then_recv && (a.rc == rcOk || a.rc == rcNotConnected))
        model_recv(s);
    else
        finish(s, a.rc);
    world_settle();
}

static void advance(void)
{
    uint64_t ns = rnd(8) * MS;
    now += ns;
    trace("now %lu", now / MS);
    world_advance(ns);
    model_expire();
}

static void close_listener(unsigned l)
{
    trace("listener %u closes", l);
    assert_int_equal(handle_close(&processes[l / LISTENERS]->handles, listener_handle[l]), rcOk);
    model_close(l, false);
}

static void reopen_listener(unsigned l)
{
    listener_handle[l] = world_listener(processes[l / LISTENERS]);
    connect_to(l);
}

static void op_close(void)
{
    unsigned l = rnd(ALL_LISTENERS);
    close_listener(l);
    world_settle();
    reopen_listener(l);
}

static void op_exit(void)
{
    unsigned i = pick_ready(0, true);
    if (i == ALL_THREADS)
        return;
    trace("%u exits", i);
    world_exit(threads[i].t);
    model_owed_by(i);
    struct thread *t = world_thread(processes[i / THREADS], 2 + rnd(12));
    new_thread(i, t, t->base_priority);
    world_settle();
}

static void kill(unsigned p)
{
    trace("process %u is killed", p);
    for (unsigned l = p * LISTENERS; l < (p + 1) * LISTENERS; l++)
        model_close(l, true);
    for (unsigned i = p * THREADS; i < (p + 1) * THREADS; i++) {
        leave_queues(i);
        threads[i].mode = READY;
        model_owed_by(i);
    }
    world_kill(processes[p]);
    processes[p] = NULL;
}

static void op_kill(void)
{
    unsigned p = rnd(PROCESSES);
    kill(p);
    new_process(p);
    connect_process(p);
}

/* ---- a copy in the middle ---- */

enum copy { COPY_CALL, COPY_RECV, COPY_REPLY };

static bool start_copy(enum copy kind, unsigned c, unsigned s, unsigned l)
{
    struct mlistener *m = &listeners[l];
    if (c == ALL_THREADS || s == ALL_THREADS || c == s || m->nsenders || m->nreceivers)
        return false;
    uint64_t call_ms = kind == COPY_CALL ? ~0ull : 1 + rnd(12);
    uint64_t recv_ms = kind == COPY_CALL ? 1 + rnd(12) : ~0ull;
    threads[c].is_long = threads[c].has_buffer = threads[s].has_buffer = true;
    threads[c].is_denied = false;
    threads[c].method = M_DATA;
    if (kind == COPY_CALL) {
        do_recv(s, l, recv_ms);
        world_interrupt(1 + rnd(3));
        do_call(c, l, call_ms, LARGE);
    } else if (kind == COPY_RECV) {
        do_call(c, l, call_ms, LARGE);
        world_interrupt(1 + rnd(3));
        do_recv(s, l, recv_ms);
    } else {
        do_call(c, l, call_ms, 100);
        do_recv(s, l, recv_ms);
        deliver(c, s);
        world_interrupt(1 + rnd(3));
        nk_ptr_t value = {0, LARGE};
        world_sizes(&out[threads[s].process], 32, LARGE);
        world_put(threads[s].t->process, out[threads[s].process].head + 24, &value, sizeof value);
        world_reply_long(threads[s].t, token_for(c), word_response(M_DATA),
                         &out[threads[s].process]);
    }
    threads[s].returns_to = 0;
    threads[c].is_copying = threads[s].is_copying = true;
    struct thread *peer = threads[kind == COPY_CALL ? s : c].t;
    assert_int_equal(peer->wait_kind, WAIT_TRANSFER);
    return true;
}

/* Others come to the listener meanwhile; what they say is short. */
static void third_parties(unsigned l)
{
    for (uint32_t n = rnd(3); n > 0; n--) {
        world_interrupt(1);
        if (rnd(2)) {
            unsigned c = pick_ready(0, true);
            if (c == ALL_THREADS)
                return;
            choose_message(c, false);
            do_call(c, l, some_timeout(), 0);
            model_call(c);
        } else {
            unsigned s = pick_ready(l / LISTENERS, false);
            if (s == ALL_THREADS)
                return;
            threads[s].has_buffer = true;
            do_recv(s, l, some_timeout());
            model_recv(s);
        }
    }
}

/* Is some thread of process p in a queue of listener l? */
static bool has_queued(unsigned p, unsigned l)
{
    for (unsigned i = p * THREADS; i < (p + 1) * THREADS; i++) {
        if (!threads[i].is_copying && threads[i].mode != READY && threads[i].listener == l)
            return true;
    }
    return false;
}

/* The copy goes to its end. */
static void model_copied(enum copy kind, unsigned c, unsigned s)
{
    if (kind == COPY_REPLY) {
        threads[s].returns_to = threads[c].listener + 1;
        finish(c, rcOk);
        finish(s, rcOk);
    } else {
        deliver(c, s);
    }
}

/* The thread that waited is gone from the copy; its driver begins again. */
static void model_begin_again(enum copy kind, unsigned c, unsigned s)
{
    if (kind == COPY_CALL) {
        threads[c].is_copying = false;
        model_call(c);
    } else if (kind == COPY_RECV) {
        threads[s].is_copying = false;
        model_recv(s);
    } else {
        finish(s, rcNotConnected);
    }
}

static void end_by_time(enum copy kind, unsigned c, unsigned s)
{
    unsigned peer = kind == COPY_CALL ? s : c;
    uint64_t deadline = threads[peer].deadline;
    uint64_t ns = rnd(8) * MS;
    world_interrupt(1);
    now += ns;
    world_advance(ns);
    /* The two of the copy are not in the model's queues: expire the others first. */
    threads[c].deadline = threads[s].deadline = ~0ull;
    model_expire();
    if (deadline > now) {
        model_copied(kind, c, s);
        threads[peer].deadline = deadline;
        return;
    }
    finish(peer, rcTimeout);
    model_begin_again(kind, c, s);
}

static void end_by_close(unsigned c, unsigned s, unsigned l)
{
    close_listener(l);
    finish(c, rcNotConnected);
    finish(s, rcNotConnected);
    world_settle();
    reopen_listener(l);
}

/* The client of a copy died. Its process is torn down in steps, so the copy may have come to its end
 * before: the server's token tells. */
static void client_died(enum copy kind, unsigned c, unsigned s, unsigned l, uint32_t tid)
{
    struct thread *t = threads[s].t;
    if (kind == COPY_REPLY) {
        finish(s, rcNotConnected);
        threads[s].other_rc = rcOk;
    } else if (world_is_ready(t) && result(t) == rcOk && (uint32_t)token_of(t) == tid) {
        finish(s, rcOk);
    } else if (kind == COPY_CALL) {
        enqueue_receiver(s, true);
        model_kick(l);
    } else {
        model_begin_again(kind, c, s);
    }
}

static void end_by_death(enum copy kind, unsigned c, unsigned s, unsigned l, unsigned p)
{
    bool kills_client = threads[c].process == p, kills_server = threads[s].process == p;
    uint32_t tid = threads[c].t->tid;
    threads[c].is_copying = threads[s].is_copying = false;
    if (kind != COPY_REPLY)
        threads[c].mode = threads[s].mode = READY;
    kill(p);
    if (kills_server && !kills_client) {
        finish(c, rcNotConnected);
        threads[c].other_rc = kind == COPY_REPLY ? rcOk : rcNotConnected; /* just in time */
    }
    if (kills_client && !kills_server)
        client_died(kind, c, s, l, tid);
    world_settle();
    if (kind == COPY_REPLY && !kills_server && result(threads[s].t) == rcOk)
        threads[s].returns_to = l + 1;
    new_process(p);
    connect_process(p);
}

static void op_copy(void)
{
    enum copy kind = rnd(3);
    unsigned c, s, l, tries = 0;
    do {
        if (tries++ == 10)
            return;
        c = pick_ready(0, true);
        s = pick_ready(0, true);
        l = s == ALL_THREADS ? 0 : s / THREADS * LISTENERS + rnd(LISTENERS);
    } while (!start_copy(kind, c, s, l));
    copies++;
    if (kind != COPY_REPLY)
        threads[c].mode = threads[s].mode = READY;
    third_parties(l);
    compare();
    uint32_t how = rnd(5);
    unsigned p = threads[rnd(2) ? c : s].process;
    trace("copy %d from %u to %u, end %u", kind, c, s, how);
    if (how == 0 || (how == 1 && has_queued(p, l))) {
        model_copied(kind, c, s);
    } else if (how == 1) {
        end_by_death(kind, c, s, l, p);
    } else if (how == 2) {
        end_by_close(c, s, l);
    } else {
        end_by_time(kind, c, s);
    }
    /* While they took the message in they were lent what waited for that. */
    threads[c].was_lent_to = threads[s].was_lent_to = true;
    world_settle();
}

/* ---- the test ---- */

static void step(void)
{
    operations++;
    this_cpu()->is_fast_path_off = rnd(2);
    unsigned ready = 0;
    for (unsigned i = 0; i < ALL_THREADS; i++)
        ready += threads[i].mode == READY;
    uint32_t what = ready < 4 ? 880 + rnd(120) : rnd(1000); /* or else most would soon wait */
    if (what < 280)
        op_call();
    else if (what < 500)
        op_recv();
    else if (what < 650)
        op_reply(false);
    else if (what < 880)
        op_reply(true);
    else if (what < 920)
        advance();
    else if (what < 960)
        op_copy();
    else if (what < 980)
        op_exit();
    else if (what < 990)
        op_close();
    else if (what < 993)
        op_kill();
    world_settle();
}

static void test_random(void **state)
{
    (void)state;
    const char *seconds = getenv("MODEL_SECONDS"), *start = getenv("MODEL_SEED");
    time_t end = time(NULL) + (seconds ? atoi(seconds) : 20);
    if (getenv("MODEL_TRACE"))
        trace_from = strtoull(getenv("MODEL_TRACE"), NULL, 0);
    if (start)
        seed = strtoull(start, NULL, 0);
    now = fake_now;
    build_world();
    do {
        step();
        compare();
    } while (operations % 64 || time(NULL) < end);
    printf("%lu operations, %lu copies interrupted\n", operations, copies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_random, world_setup, world_teardown),
    };
    return cmocka_run_group_tests_name("model/rendezvous", tests, NULL, NULL);
}
