/*
 * verdicts.c: takes the place of grant-all's verdicts. The kernel's responses of METHODS are denied, by a constant
 * verdict or, with RULE, by rules; everything else is granted.
 */
#include <tessera/formats.h>

static const char *const methods[] = {METHODS 0};

static int is(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

enum ksm_verdict ksm_verdict(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid,
                             uint16_t mid)
{
    (void)dst;
    if (event != KSM_RESPONSE || src != 0)
        return KSM_GRANT;
    for (const char *const *name = methods; *name; name++) {
        if (is(ksm_image.classes[0]->endpoints[iid].methods[mid].name, *name))
            return RULE ? KSM_RULE : KSM_DENY;
    }
    return KSM_GRANT;
}

int ksm_judge(const struct ksm_query *query, struct ksm_reason *why, bool *audit)
{
    (void)query;
    (void)why;
    (void)audit;
    return 0;
}
