/*
 * locator.c: the service locator (coresrv/sl/sl_api.h), on the creator's block.
 */
#include "block.h"
#include "line.h"

#include <coresrv/sl/sl_api.h>
#include <string.h>

struct endpoints {
    const struct kn_block_endpoint *rows;
    uint32_t count;
};

/* ---- channels ---- */

static Handle find_channel(const struct block_view *view, const char *name, int is_server)
{
    uint32_t i, n;
    const struct kn_block_channel *channels = block_channels(view, &n);

    for (i = 0; i < n; i++) {
        if (!channels[i].is_server == !is_server &&
            !strcmp(block_string(view, channels[i].name), name)) {
            return channels[i].handle;
        }
    }
    return INVALID_HANDLE;
}

/* Several channels share the listener of a connection id: each name once. */
static int is_first_of_name(const struct block_view *view, const struct kn_block_channel *channels,
                            uint32_t i)
{
    uint32_t k;

    for (k = 0; k < i; k++) {
        if (!channels[k].is_server == !channels[i].is_server &&
            !strcmp(block_string(view, channels[k].name),
                    block_string(view, channels[i].name))) {
            return 0;
        }
    }
    return 1;
}

static void list_channels(struct line *line, const struct block_view *view, int is_server)
{
    uint32_t i, n, listed = 0;
    const struct kn_block_channel *channels = block_channels(view, &n);

    for (i = 0; i < n; i++) {
        if (!channels[i].is_server != !is_server || !is_first_of_name(view, channels, i)) {
            continue;
        }
        line_add(line, listed++ ? ", " : " ");
        line_add_quoted(line, block_string(view, channels[i].name));
        line_add(line, is_server ? " from " : " to ");
        line_add(line, block_string(view, channels[i].peer));
    }
    if (!listed) {
        line_add(line, " none");
    }
}

static void complain_channel(const struct block_view *view, const char *function, const char *name,
                             int is_server)
{
    struct line line;

    line_begin(&line);
    line_add(&line, function);
    line_add(&line, ": there is no connection ");
    line_add_quoted(&line, name);
    line_add(&line, is_server ? " to serve; connections as server:" : "; connections as client:");
    list_channels(&line, view, is_server);
    if (find_channel(view, name, !is_server)) {
        line_add(&line, "; this process is its ");
        line_add(&line, is_server ? "client" : "server");
    }
    line_end(&line);
}

Handle ServiceLocatorConnect(const char *channelName)
{
    struct block_view view = block_own();
    Handle handle = channelName ? find_channel(&view, channelName, 0) : INVALID_HANDLE;

    if (handle == INVALID_HANDLE) {
        complain_channel(&view, "ServiceLocatorConnect", channelName ? channelName : "", 0);
    }
    return handle;
}

Handle ServiceLocatorRegister(const char *channelName, void *unused, unsigned unusedSize,
                              ServiceId *id)
{
    struct block_view view = block_own();
    Handle handle = channelName ? find_channel(&view, channelName, 1) : INVALID_HANDLE;

    (void)unused;
    (void)unusedSize;
    if (id) {
        *id = 0;
    }
    if (handle == INVALID_HANDLE) {
        complain_channel(&view, "ServiceLocatorRegister", channelName ? channelName : "", 1);
    }
    return handle;
}

/* ---- endpoints ---- */

/* Whether `tail` is `name` or what follows one of its dots. */
static int is_tail(const char *name, const char *tail)
{
    size_t n = strlen(name), t = strlen(tail);

    return t && t <= n && !strcmp(name + n - t, tail) && (t == n || name[n - t - 1] == '.');
}

/* "interface.endpoint": the interface's name, then the last part of the row's name. */
static int is_interface_form(const char *name, const char *iface, const char *wanted)
{
    const char *last = strrchr(name, '.');
    const char *wanted_last = strrchr(wanted, '.');
    size_t n;

    last = last ? last + 1 : name;
    if (!wanted_last || strcmp(wanted_last + 1, last)) {
        return 0;
    }
    n = (size_t)(wanted_last - wanted);
    return strlen(iface) == n && !memcmp(iface, wanted, n);
}

enum match {
    MATCH_EXACT,
    MATCH_TAIL,      /* parts of the package left out */
    MATCH_INTERFACE, /* the interface in the place of the component */
    MATCH_COUNT,
};

static int matches(const struct block_view *view, const struct kn_block_endpoint *row,
                   const char *wanted, enum match match)
{
    const char *name = block_string(view, row->name);

    switch (match) {
    case MATCH_EXACT:
        return !strcmp(name, wanted);
    case MATCH_TAIL:
        return is_tail(name, wanted);
    default:
        return is_interface_form(name, block_string(view, row->iface), wanted);
    }
}

/* The RIID that all rows that match agree on, or INVALID_RIID. */
static nk_iid_t find_endpoint(const struct block_view *view, const struct endpoints *endpoints,
                              const char *wanted, enum match match)
{
    nk_iid_t riid = INVALID_RIID;
    uint32_t i;

    for (i = 0; i < endpoints->count; i++) {
        const struct kn_block_endpoint *row = &endpoints->rows[i];

        if (!matches(view, row, wanted, match)) {
            continue;
        }
        if (riid != INVALID_RIID && riid != row->riid) {
            return INVALID_RIID;
        }
        riid = (nk_iid_t)row->riid;
        if (match == MATCH_EXACT) {
            break;
        }
    }
    return riid;
}

static void complain_endpoint(const struct block_view *view, const struct endpoints *endpoints,
                              const char *wanted, const char *peer)
{
    struct line line;
    uint32_t i;

    line_begin(&line);
    line_add(&line, "ServiceLocatorGetRiid: ");
    line_add(&line, peer[0] ? peer : "this process");
    line_add(&line, " has no single endpoint ");
    line_add_quoted(&line, wanted);
    line_add(&line, "; its endpoints:");
    for (i = 0; i < endpoints->count; i++) {
        line_add(&line, i ? ", " : " ");
        line_add_quoted(&line, block_string(view, endpoints->rows[i].name));
    }
    if (!endpoints->count) {
        line_add(&line, " none");
    }
    line_end(&line);
}

static struct endpoints endpoints_at(const struct block_view *view, uint32_t offset, uint32_t count)
{
    struct endpoints endpoints = {block_array(view, offset, count, sizeof(*endpoints.rows)), count};

    if (!endpoints.rows) {
        endpoints.count = 0;
    }
    return endpoints;
}

/* The endpoints on the other side of a client handle, or the own ones of a listener. */
static int endpoints_of(const struct block_view *view, Handle handle, struct endpoints *endpoints,
                        const char **peer)
{
    const struct kn_block *head = block_head(view);
    uint32_t i, n;
    const struct kn_block_channel *channels = block_channels(view, &n);

    for (i = 0; i < n; i++) {
        if (channels[i].handle != handle) {
            continue;
        }
        if (channels[i].is_server) {
            *endpoints = endpoints_at(view, head->endpoints, head->nendpoints);
            *peer = "";
        } else {
            *endpoints = endpoints_at(view, channels[i].endpoints, channels[i].nendpoints);
            *peer = block_string(view, channels[i].peer);
        }
        return 1;
    }
    return 0;
}

static void complain_handle(Handle handle, const char *wanted)
{
    struct line line;

    line_begin(&line);
    line_add(&line, "ServiceLocatorGetRiid: handle ");
    line_add_hex(&line, handle);
    line_add(&line, " is none of this process's start-up channels; asked for endpoint ");
    line_add_quoted(&line, wanted);
    line_end(&line);
}

nk_iid_t ServiceLocatorGetRiid(Handle channel, const char *endpointName)
{
    struct block_view view = block_own();
    struct endpoints endpoints;
    const char *peer;
    enum match match;

    if (!endpointName) {
        return INVALID_RIID;
    }
    if (channel == INVALID_HANDLE || !endpoints_of(&view, channel, &endpoints, &peer)) {
        complain_handle(channel, endpointName);
        return INVALID_RIID;
    }
    for (match = MATCH_EXACT; match < MATCH_COUNT; match++) {
        nk_iid_t riid = find_endpoint(&view, &endpoints, endpointName, match);

        if (riid != INVALID_RIID) {
            return riid;
        }
    }
    complain_endpoint(&view, &endpoints, endpointName, peer);
    return INVALID_RIID;
}
