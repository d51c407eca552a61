/*
 * verdicts.c: takes the place of grant-all's verdicts. The kernel's methods are granted to class PROGRAM
 * if their endpoint is one of ENDPOINTS or their name one of METHODS; everything else is granted.
 */
#include <tessera/formats.h>

static const char *const endpoints[] = {ENDPOINTS 0};
static const char *const methods[] = {METHODS 0};

static int is(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static int is_among(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (is(name, *names))
            return 1;
    }
    return 0;
}

enum ksm_verdict ksm_verdict(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid,
                             uint16_t mid)
{
    if (event != KSM_REQUEST || dst != 0 || !is(ksm_image.classes[src]->name, PROGRAM))
        return KSM_GRANT;
    const struct ksm_endpoint *e = &ksm_image.classes[dst]->endpoints[iid];
    if (is_among(e->name, endpoints) || is_among(e->methods[mid].name, methods))
        return KSM_GRANT;
    return KSM_DENY;
}
