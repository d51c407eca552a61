/*
 * entity_block.c: the data behind an Entity and the block that the new process finds.
 *
 * Block: struct kn_block, then arrays and strings in the order in which they are written; every
 * string starts where the one before ended, arrays at multiples of four. Channels to the same
 * server share one table of endpoints.
 */
#include "entity.h"

#include <stdlib.h>
#include <string.h>
#include <tessera/start.h>

/* ---- strings ---- */

static void strings_free(struct strings *list)
{
    while (list->count) {
        free(list->items[--list->count]);
    }
    free(list->items);
    list->items = NULL;
}

int strings_copy(struct strings *list, const char *const *from, size_t max)
{
    struct strings copy = {NULL, 0};
    size_t n = 0;

    while (from && n < max && from[n]) {
        n++;
    }
    copy.items = calloc(n + 1, sizeof(*copy.items));
    if (!copy.items) {
        return 0;
    }
    for (; copy.count < n; copy.count++) {
        copy.items[copy.count] = strdup(from[copy.count]);
        if (!copy.items[copy.count]) {
            strings_free(&copy);
            return 0;
        }
    }
    strings_free(list);
    *list = copy;
    return 1;
}

int entity_copy_info(Entity *entity)
{
    entity->last_channel = &entity->channels;
    return strings_copy(&entity->args, entity->info->args, ENTITY_ARGS_MAX) &&
           strings_copy(&entity->envs, entity->info->envs, ENTITY_ENV_MAX);
}

/* ---- channels ---- */

struct entity_channel *entity_find_channel(const Entity *entity, const char *name, int is_server)
{
    struct entity_channel *channel;

    for (channel = entity->channels; channel; channel = channel->next) {
        if (channel->handle != INVALID_HANDLE && channel->is_server == is_server &&
            !strcmp(channel->name, name)) {
            return channel;
        }
    }
    return NULL;
}

static void free_channel(struct entity_channel *channel)
{
    free(channel->name);
    free(channel->peer_name);
    free(channel);
}

struct entity_channel *entity_add_channel(Entity *entity, const char *name, const Entity *peer,
                                          int is_server)
{
    struct entity_channel *channel = calloc(1, sizeof(*channel));

    if (!channel) {
        return NULL;
    }
    channel->name = strdup(name);
    channel->peer_name = strdup(peer->name);
    if (!channel->name || !channel->peer_name) {
        free_channel(channel);
        return NULL;
    }
    channel->peer_endpoints = peer->info->endpoints;
    channel->peer_nendpoints = peer->info->endpoints ? peer->info->max_endpoints : 0;
    channel->is_server = is_server;
    *entity->last_channel = channel;
    entity->last_channel = &channel->next;
    return channel;
}

void entity_drop_channel(Entity *entity, struct entity_channel *channel)
{
    struct entity_channel **at = &entity->channels;

    while (*at && *at != channel) {
        at = &(*at)->next;
    }
    if (!channel || !*at) {
        return;
    }
    *at = channel->next;
    if (entity->last_channel == &channel->next) {
        entity->last_channel = at;
    }
    free_channel(channel);
}

void entity_free_memory(Entity *entity)
{
    if (!entity) {
        return;
    }
    while (entity->channels) {
        entity_drop_channel(entity, entity->channels);
    }
    strings_free(&entity->args);
    strings_free(&entity->envs);
    free(entity->name);
    free(entity->path);
    free(entity);
}

/* ---- the block ---- */

struct writer {
    char *base;
    size_t used;
    int is_full;
};

/* Room for `size` bytes at a multiple of four; its offset. The bytes are zero. */
static uint32_t reserve(struct writer *w, size_t size)
{
    size_t at = (w->used + 3) & ~(size_t)3;

    if (w->is_full || size > KN_BLOCK_MAX - at) {
        w->is_full = 1;
        return 0;
    }
    w->used = at + size;
    return (uint32_t)at;
}

static uint32_t put_string(struct writer *w, const char *text)
{
    size_t size = strlen(text) + 1, at = w->used;

    if (w->is_full || size > KN_BLOCK_MAX - at) {
        w->is_full = 1;
        return 0;
    }
    memcpy(w->base + at, text, size);
    w->used = at + size;
    return (uint32_t)at;
}

static void put_word(struct writer *w, size_t at, uint32_t value)
{
    if (!w->is_full) {
        memcpy(w->base + at, &value, sizeof(value));
    }
}

/* argv[0], if there is one, and the list. */
static uint32_t put_list(struct writer *w, const char *first, const struct strings *list)
{
    size_t extra = first ? 1 : 0, i;
    uint32_t at = reserve(w, (list->count + extra) * sizeof(uint32_t));

    if (first) {
        put_word(w, at, put_string(w, first));
    }
    for (i = 0; i < list->count; i++) {
        put_word(w, at + (i + extra) * sizeof(uint32_t), put_string(w, list->items[i]));
    }
    return at;
}

static uint32_t put_endpoints(struct writer *w, const EndpointInfo *rows, size_t count)
{
    uint32_t at = reserve(w, count * sizeof(struct kn_block_endpoint));
    size_t i;

    for (i = 0; i < count && !w->is_full; i++) {
        struct kn_block_endpoint row = {
            .name = put_string(w, rows[i].name ? rows[i].name : ""),
            .iface = put_string(w, rows[i].iface_name ? rows[i].iface_name : ""),
            .riid = rows[i].riid,
        };

        if (!w->is_full) {
            memcpy(w->base + at + i * sizeof(row), &row, sizeof(row));
        }
    }
    return at;
}

/* The table of a server that an earlier channel of this process has written, or zero. */
static uint32_t shared_endpoints(const struct writer *w, const Entity *entity,
                                 const struct entity_channel *channel, uint32_t channels)
{
    const struct entity_channel *c = entity->channels;
    const struct kn_block_channel *written = (const void *)(w->base + channels);

    for (; c != channel; c = c->next, written++) {
        if (!c->is_server && c->peer_endpoints == channel->peer_endpoints &&
            c->peer_nendpoints == channel->peer_nendpoints) {
            return written->endpoints;
        }
    }
    return 0;
}

static void put_channel(struct writer *w, const Entity *entity,
                        const struct entity_channel *channel, uint32_t channels, size_t index)
{
    struct kn_block_channel row = {
        .name = put_string(w, channel->name),
        .handle = channel->handle,
        .is_server = channel->is_server != 0,
        .peer = put_string(w, channel->peer_name),
    };

    if (!channel->is_server && channel->peer_nendpoints && !w->is_full) {
        row.nendpoints = (uint32_t)channel->peer_nendpoints;
        row.endpoints = shared_endpoints(w, entity, channel, channels);
        if (!row.endpoints) {
            row.endpoints = put_endpoints(w, channel->peer_endpoints, channel->peer_nendpoints);
        }
    }
    if (!w->is_full) {
        memcpy(w->base + channels + index * sizeof(row), &row, sizeof(row));
    }
}

static void put_channels(struct writer *w, const Entity *entity, struct kn_block *head)
{
    const struct entity_channel *channel;
    size_t index = 0;

    for (channel = entity->channels; channel; channel = channel->next) {
        head->nchannels++;
    }
    head->channels = reserve(w, head->nchannels * sizeof(struct kn_block_channel));
    for (channel = entity->channels; channel; channel = channel->next) {
        put_channel(w, entity, channel, head->channels, index++);
    }
}

Retcode entity_build_block(const Entity *entity, void **block, size_t *size)
{
    const EntityInfo *info = entity->info;
    struct kn_block head = {.magic = KN_BLOCK_MAGIC};
    struct writer w = {calloc(1, KN_BLOCK_MAX), 0, 0};

    if (!w.base) {
        return rcOutOfMemory;
    }
    reserve(&w, sizeof(head));
    head.eiid = put_string(&w, info->eiid);
    head.argc = (uint32_t)entity->args.count + 1;
    head.args = put_list(&w, entity->path, &entity->args);
    head.envc = (uint32_t)entity->envs.count;
    head.env = put_list(&w, NULL, &entity->envs);
    head.nendpoints = info->endpoints ? info->max_endpoints : 0;
    head.endpoints = put_endpoints(&w, info->endpoints, head.nendpoints);
    put_channels(&w, entity, &head);
    if (w.is_full) {
        free(w.base);
        return rcBufferTooLarge;
    }
    memcpy(w.base, &head, sizeof(head));
    *block = w.base;
    *size = w.used;
    return rcOk;
}
