/*
 * entity.h: what libkos keeps about a process that it makes, until it runs.
 */
#ifndef KOS_ENTITY_H
#define KOS_ENTITY_H

#include <coresrv/elf/elf_api.h>
#include <coresrv/entity/entity_api.h>

/* A list of strings of its own. */
struct strings {
    char **items;
    size_t count;
};

struct entity_channel {
    struct entity_channel *next;
    char *name;            /* connection id */
    char *peer_name;
    const EndpointInfo *peer_endpoints;
    size_t peer_nendpoints;
    Handle handle;         /* in the process's own table; INVALID_HANDLE while being made */
    int is_server;
};

struct Entity {
    const EntityInfo *info;
    char *name, *path;
    Handle task;
    int is_running;
    struct strings args, envs;
    struct entity_channel *channels, **last_channel;
};

/* A program in memory. */
struct entity_program {
    rtl_size_t count; /* of segs */
    rtl_uintptr_t entry;
    const VmSeg *segs;
};

/* EntityInitEx with the code that the kernel gave; info and its eiid are not null. program null: the file
 * path of the image. */
Retcode entity_create(const EntityInfo *info, const char *name, const char *path,
                      const struct entity_program *program, Entity **out);

/* Replaces a list by a copy of at most `max` strings up to a null pointer. Zero: no memory, and the
 * list is as before. */
int strings_copy(struct strings *list, const char *const *from, size_t max);

/* The arguments and environment of the EntityInfo. Zero: no memory. */
int entity_copy_info(Entity *entity);
/* Frees everything that this process holds for it; null is allowed. */
void entity_free_memory(Entity *entity);

/* The first channel of a name that has its handle already. */
struct entity_channel *entity_find_channel(const Entity *entity, const char *name, int is_server);
struct entity_channel *entity_add_channel(Entity *entity, const char *name, const Entity *peer,
                                          int is_server);
void entity_drop_channel(Entity *entity, struct entity_channel *channel);

/* The block of tessera/start.h, in memory that the caller frees. rcBufferTooLarge, rcOutOfMemory.
 */
Retcode entity_build_block(const Entity *entity, void **block, size_t *size);

#endif
