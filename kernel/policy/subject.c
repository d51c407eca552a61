/*
 * policy/subject.c: where the security module keeps what it knows of a resource.
 *
 * The words hang on the object, so they end with it. A process has them from its creation; any other
 * object gets them with the first message in which rules see it, paid by that message's sender. An image
 * whose policy keeps no state has none, and an object without them costs nothing.
 */
#include "policy/policy.h"

#include "mm/kmem.h"
#include "object/object.h"

struct state {
    struct account *payer; /* holds a reference */
    uint32_t words[];
};

static size_t state_size(void)
{
    return sizeof(struct state) + (size_t)ksm_nslots * sizeof(uint32_t);
}

Retcode policy_subject(struct object *o, struct account *payer, struct ksm_subject *out)
{
    Retcode rc = rcOk;
    if (ksm_nslots && !o->subject.slots) {
        struct state *s = kmem_alloc(payer, state_size(), &rc);
        if (!s)
            return rc;
        s->payer = account_ref(payer);
        o->subject.slots = s->words;
    }
    *out = (struct ksm_subject){.sid = o->subject.sid, .slots = o->subject.slots};
    return rcOk;
}

void object_state_end(struct object *o)
{
    struct state *s = container_of(o->subject.slots, struct state, words);
    struct account *payer = s->payer;
    ksm_forget(o->subject.slots);
    o->subject.slots = NULL;
    kmem_free(payer, s, state_size());
    account_put(payer);
}
