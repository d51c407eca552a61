/*
 * core/shortage.c: see shortage.h.
 *
 * To find who uses most all processes are looked at, some in a step; the processes under way are held.
 * What a process uses is its committed memory and its table of handles: an account counts all of its
 * processes together, with what the kernel keeps for them.
 */
#include "core/shortage.h"

#include <arch/timer.h>

#include "core/log.h"
#include "core/process.h"
#include "core/text.h"
#include "mm/frame.h"

#define PAUSE_NS 1000000000ull
#define PLENTY   16 /* a machine with one part in so many free is not exhausted */

static bool survey_step(struct object *o, uint32_t budget);

static const struct object_ops survey_ops = {.name = "survey", .settle = survey_step};

static struct {
    struct object object; /* for the queue of unfinished work; not one of the objects that are counted */
    bool is_running;
    bool is_machine;      /* else its account */
    char who[PROCESS_NAME_MAX], method[96], most[PROCESS_NAME_MAX];
    const struct account *account; /* compared; followed only where a process holds it */
    uint64_t limit, most_used;
    uint32_t sharing;     /* processes of the account */
    struct process *at;   /* the next to look at; reference held */
} survey = {.object = {.ops = &survey_ops,
                       .refs = 1,
                       .pending = {&survey.object.pending, &survey.object.pending}}};

static uint64_t used_by(const struct process *p)
{
    uint64_t committed = p->aspace ? p->aspace->committed : 0;
    return committed + p->handles.limit * sizeof(struct handle_entry);
}

static void look_at(const struct process *p)
{
    uint64_t used = used_by(p);
    if (!survey.is_machine && p->account != survey.account)
        return;
    survey.sharing += p->state != PROCESS_DEAD;
    if (used < survey.most_used)
        return;
    survey.most_used = used;
    text_copy(survey.most, p->name, sizeof survey.most);
}

static void report(void)
{
    if (survey.is_machine)
        klog_notice("kernel: the machine is out of memory: %s, %s; %s uses most, %lu KiB", survey.who,
                    survey.method, survey.most, survey.most_used >> 10);
    else if (survey.sharing > 1)
        klog_notice("kernel: over quota: %s, %s: the account of %lu KiB is used up by %u processes; "
                    "%s uses most, %lu KiB", survey.who, survey.method, survey.limit >> 10,
                    survey.sharing, survey.most, survey.most_used >> 10);
    else
        klog_notice("kernel: over quota: %s, %s: its %lu KiB are used up", survey.who, survey.method,
                    survey.limit >> 10);
}

static bool survey_step(struct object *o, uint32_t budget)
{
    (void)o;
    for (; survey.at; budget--) {
        if (budget == 0)
            return false;
        struct process *p = survey.at;
        look_at(p);
        survey.at = process_after(p);
        if (survey.at)
            object_ref(&survey.at->object);
        object_put(&p->object);
    }
    report();
    survey.is_running = false;
    return true;
}

static bool is_machine_exhausted(void)
{
    return frame_free_count() < frame_total_count() / PLENTY;
}

void shortage_tell(struct thread *t, Retcode rc)
{
    struct process *p = t->process;
    uint64_t now;
    if ((rc != rcQuotaExceeded && rc != rcOutOfMemory) || survey.is_running)
        return;
    if (rc == rcOutOfMemory && !is_machine_exhausted())
        return; /* no addresses, say */
    now = arch_time_ns();
    if (now < p->next_shortage)
        return;
    p->next_shortage = now + PAUSE_NS;
    survey.is_running = true;
    survey.is_machine = rc == rcOutOfMemory;
    survey.account = p->account;
    survey.limit = p->account->limit;
    survey.sharing = 0;
    survey.most_used = 0;
    text_copy(survey.who, p->name, sizeof survey.who);
    policy_method_name(p->core_pair, t->kcall_word, survey.method, sizeof survey.method);
    survey.at = process_after(NULL);
    object_ref(&survey.at->object);
    object_settle_later(&survey.object);
}
