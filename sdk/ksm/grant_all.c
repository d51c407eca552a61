/*
 * grant_all.c: the security module that grants everything.
 *
 * It stands in for a compiled policy: the same functions, every verdict a constant grant. Formats
 * are still checked (design: M2), only the rules are missing. The boot log prints ksm_policy_name.
 */
#include <tessera/formats.h>

const char ksm_policy_name[] = "grant-all";
const uint32_t ksm_nslots = 0;
const uint32_t ksm_memo_size = 0;

enum ksm_verdict ksm_verdict(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid,
                             uint16_t mid)
{
    (void)event;
    (void)src;
    (void)dst;
    (void)iid;
    (void)mid;
    return KSM_GRANT;
}

int ksm_judge(const struct ksm_query *query, struct ksm_reason *why, bool *audit)
{
    (void)query;
    (void)why;
    if (audit)
        *audit = false;
    return 1;
}

ksm_plain *ksm_plain_rules(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid,
                           uint16_t mid)
{
    (void)event;
    (void)src;
    (void)dst;
    (void)iid;
    (void)mid;
    return 0;
}

void ksm_undo(void)
{
}

void ksm_forget(uint32_t *slots)
{
    (void)slots;
}

bool ksm_explain(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid, uint16_t mid,
                 struct ksm_reason *why, uint32_t budget)
{
    (void)event;
    (void)src;
    (void)dst;
    (void)iid;
    (void)mid;
    (void)why;
    (void)budget;
    return true;
}

bool ksm_audits(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid, uint16_t mid,
                bool granted)
{
    (void)event;
    (void)src;
    (void)dst;
    (void)iid;
    (void)mid;
    (void)granted;
    return false;
}
