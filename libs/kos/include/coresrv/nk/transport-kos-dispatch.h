/*
 * coresrv/nk/transport-kos-dispatch.h: a server's loop, ready made.
 *
 *     Server_entity entity;
 *     Server_entity_init(&entity, &impl.base);
 *     NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(Server, entity);
 *     return NkKosDoDispatch(listener, &info);
 */
#ifndef CORESRV_NK_TRANSPORT_KOS_DISPATCH_H
#define CORESRV_NK_TRANSPORT_KOS_DISPATCH_H

#include <coresrv/nk/transport-kos.h>

__RTL_BEGIN_DECLS

typedef nk_err_t NkKosDispatchFn(void *entity, const struct nk_message *req,
                                 const struct nk_arena *reqArena, struct nk_message *res,
                                 struct nk_arena *resArena);

typedef struct NkKosDispatchInfo {
    void *entity;
    NkKosDispatchFn *dispatch;
    nk_size_t reqSize, resSize;           /* bytes of the largest constant parts */
    nk_size_t reqArenaSize, resArenaSize; /* bytes of the largest arenas */
} NkKosDispatchInfo;

/* `prefix` is the generated prefix of the process class, `entityVar` its variable or a pointer. */
#ifdef __cplusplus
#define NK_ENTITY_DISPATCH_ENTITY_(prefix, entityVar) NkKosEntityAddress_(entityVar)
#else
#define NK_ENTITY_DISPATCH_ENTITY_(prefix, entityVar)                                              \
    __builtin_choose_expr(                                                                         \
        __builtin_types_compatible_p(__typeof__(entityVar), prefix##_entity), &(entityVar),        \
        (entityVar))
#endif
#define NK_ENTITY_DISPATCH_INFO_INITIALIZER(prefix, entityVar)                                     \
    {                                                                                              \
        NK_ENTITY_DISPATCH_ENTITY_(prefix, entityVar),                                             \
            (NkKosDispatchFn *)(void (*)(void))prefix##_entity_dispatch,                           \
            sizeof(prefix##_entity_req), sizeof(prefix##_entity_res),                              \
            prefix##_entity_req_arena_size, prefix##_entity_res_arena_size                         \
    }

/* Serves a listener until an error ends it: a request that fails is answered with its error.
 * Returns NK_ENOMEM if there is no memory for the buffers, or the error of the transport. */
nk_err_t NkKosDoDispatch(Handle handle, const NkKosDispatchInfo *info);

__RTL_END_DECLS

#ifdef __cplusplus
template <typename T> static inline void *NkKosEntityAddress_(T &entity)
{
    return &entity;
}
template <typename T> static inline void *NkKosEntityAddress_(T *const &entity)
{
    return entity;
}
template <typename T> static inline void *NkKosEntityAddress_(T *&entity)
{
    return entity;
}
#endif

#endif
