/*
 * grant_all.c: the security module that grants everything.
 *
 * It stands in for a compiled policy: the same two functions, every verdict a constant grant. Formats
 * are still checked (design: M2), only the rules are missing. The boot log prints ksm_policy_name.
 */
#include <tessera/formats.h>

const char ksm_policy_name[] = "grant-all";

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

int ksm_judge(const struct ksm_query *query)
{
    (void)query;
    return 1;
}
