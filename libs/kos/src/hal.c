/*
 * hal.c: the machine (coresrv/hal/hal_api.h): console, command line words, power-off, randomness.
 */
#include "core_call.h"

#include <coresrv/hal/hal_api.h>
#include <kos/internal.h>
#include <string.h>

#define WRITE_MAX   4096u /* bytes of one DebugWrite */
#define ENTROPY_MAX 256u  /* bytes of one GetEntropy */

Retcode KnDebugWrite(const void *text, size_t size)
{
    const char *from = text;

    while (size) {
        size_t n = size < WRITE_MAX ? size : WRITE_MAX;
        kl_core_HAL_DebugWrite_req req = {.text = {0, (nk_uint32_t)n}};
        kl_core_HAL_DebugWrite_res res;
        struct core_arenas arenas = {.in = from, .in_size = n};
        Retcode rc = CORE_CALL_LONG(hal_HAL, HAL, DebugWrite, req, res, &arenas);

        if (rc != rcOk) {
            return rc;
        }
        from += n;
        size -= n;
    }
    return rcOk;
}

Retcode KnHalDebugWrite(const char *text, rtl_size_t size)
{
    return KnDebugWrite(text, size);
}

Retcode KnHalGetEnv(const char *name, char *value, rtl_size_t size)
{
    kl_core_HAL_GetEnv_req req = {0};
    kl_core_HAL_GetEnv_res res;
    char answer[kl_core_HAL_GetEnv_res_arena_size];
    struct core_arenas arenas = {.in = name, .out = answer, .out_capacity = sizeof(answer)};
    Retcode rc;

    if (!name || !value) {
        return rcInvalidArgument;
    }
    arenas.in_size = strlen(name) + 1;
    if (arenas.in_size > kl_core_HAL_GetEnv_req_arena_size) {
        return rcResourceNotFound;
    }
    req.name.size = (nk_uint32_t)arenas.in_size;
    rc = CORE_CALL_LONG(hal_HAL, HAL, GetEnv, req, res, &arenas);
    return rc == rcOk ? core_copy_text(&arenas, &res.value, value, size) : rc;
}

Retcode KnHalResetSystem(void)
{
    kl_core_HAL_Reset_req req = {.status = 0};
    kl_core_HAL_Reset_res res;

    return CORE_CALL(hal_HAL, HAL, Reset, req, res);
}

Retcode KnGetEntropy(void *buf, size_t size)
{
    char *to = buf;

    while (size) {
        size_t n = size < ENTROPY_MAX ? size : ENTROPY_MAX;
        kl_core_HAL_GetEntropy_req req = {.size = (nk_uint32_t)n};
        kl_core_HAL_GetEntropy_res res;
        char answer[ENTROPY_MAX];
        struct core_arenas arenas = {.out = answer, .out_capacity = sizeof(answer)};
        Retcode rc = CORE_CALL_LONG(hal_HAL, HAL, GetEntropy, req, res, &arenas);

        if (rc != rcOk) {
            return rc;
        }
        if (res.data.size != n || res.data.offset > sizeof(answer) - n) {
            return rcInternalError;
        }
        memcpy(to, answer + res.data.offset, n);
        to += n;
        size -= n;
    }
    return rcOk;
}

Retcode KnHalGetEntropy(void *buf, rtl_size_t size)
{
    return KnGetEntropy(buf, size);
}
