/*
 * services/handle/if_connection.h: the description of a process class from which processes are
 * made.
 */
#ifndef SERVICES_HANDLE_IF_CONNECTION_H
#define SERVICES_HANDLE_IF_CONNECTION_H

#include <kos/base.h>

#define ENTITY_ARGS_MAX 64
#define ENTITY_ENV_MAX  64

typedef struct EndpointInfo {
    char *name;       /* qualified name, as ServiceLocatorGetRiid takes it */
    nk_iid_t riid;
    char *iface_name; /* the interface that the endpoint implements */
} EndpointInfo;

typedef enum {
    ENTITY_FLAGS_NONE = 0,
    ENTITY_FLAG_DUMPABLE = 1, /* accepted; every fault is reported anyway */
} EntityFlags;

struct nk_component_node;

typedef struct EntityInfo {
    const char *eiid;                       /* process class */
    nk_iid_t max_endpoints;                 /* rows of the next */
    const EndpointInfo *endpoints;          /* must stay as it is while the Entity exists */
    const char *args[ENTITY_ARGS_MAX + 1];  /* after argv[0]; a null pointer ends them */
    const char *envs[ENTITY_ENV_MAX + 1];   /* "NAME=value"; a null pointer ends them */
    EntityFlags flags;
    const struct nk_component_node *componentTree; /* not used */
    rtl_uint64_t memory; /* bytes of a quota of its own; zero: it shares its creator's memory */
    rtl_uint32_t max_priority; /* of its threads, 1..31; zero: its creator's */
} EntityInfo;

#endif
