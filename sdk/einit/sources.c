/*
 * sources.c: names that a program asks the service locator for, checked against the description.
 *
 * Looks in a program's C and C++ sources for calls with a name written out:
 *
 *     ServiceLocatorConnect("id", ...)  ServiceLocatorRegister("id", ...)
 *     ServiceLocatorGetRiid(handle, "endpoint")
 *
 * A name that none of the processes started from this program can get an answer for is a warning, not
 * an error: the call may never be reached. Names in macros and variables are left to the run, where
 * the service locator lists the names that exist.
 */
#include "model.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 4 << 20, NAME_MAX_SIZE = 512, NAMES_SIZE = 2000 };

struct source {
    const struct model *model;
    struct nkidl *idl;
    const char *program; /* file in ROMFS */
    const char *path;
    char *text;
};

/* ---- the text ---- */

/* Overwrites comments with blanks; string literals stay. */
static void blank_comments(char *at)
{
    while (*at) {
        if (*at == '"' || *at == '\'') {
            char quote = *at++;

            while (*at && *at != quote && *at != '\n') {
                at += *at == '\\' && at[1] ? 2 : 1;
            }
            at += *at != 0;
        } else if (at[0] == '/' && (at[1] == '/' || at[1] == '*')) {
            const char *end = at[1] == '/' ? strchr(at, '\n') : strstr(at + 2, "*/");

            end = end ? end + (at[1] == '*' ? 2 : 0) : at + strlen(at);
            for (; at < end; at++) {
                *at = *at == '\n' ? '\n' : ' ';
            }
        } else {
            at++;
        }
    }
}

static char *read_source(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(TEXT_MAX + 1) : NULL;
    size_t size = text ? fread(text, 1, TEXT_MAX, file) : 0;

    if (file) {
        fclose(file);
    }
    if (text) {
        text[size] = 0;
        blank_comments(text);
    }
    return text;
}

static const char *skip_blanks(const char *at)
{
    while (isspace((unsigned char)*at)) {
        at++;
    }
    return at;
}

/* Behind the comma that ends the argument; null if there is none. */
static const char *skip_argument(const char *at)
{
    int depth = 0;

    for (; *at; at++) {
        if (*at == '(') {
            depth++;
        } else if (*at == ')' && depth-- == 0) {
            return NULL;
        } else if (*at == ',' && depth == 0) {
            return at + 1;
        }
    }
    return NULL;
}

/* A string literal that is the whole argument; false for anything else. */
static bool read_literal(const char *at, char *name)
{
    const char *end;

    at = skip_blanks(at);
    end = *at == '"' ? strpbrk(at + 1, "\"\\\n") : NULL;
    if (!end || *end != '"' || end - at - 1 >= NAME_MAX_SIZE) {
        return false;
    }
    memcpy(name, at + 1, (size_t)(end - at - 1));
    name[end - at - 1] = 0;
    end = skip_blanks(end + 1);
    return *end == ',' || *end == ')';
}

/* ---- what exists ---- */

/* A list of names for a message. */
struct names {
    char text[NAMES_SIZE];
    size_t used;
};

static void add_name(struct names *names, const char *name)
{
    char quoted[NAME_MAX_SIZE + 4];

    snprintf(quoted, sizeof(quoted), "\"%s\"", name);
    if (strstr(names->text, quoted) || names->used + strlen(quoted) + 3 > sizeof(names->text)) {
        return;
    }
    names->used += (size_t)snprintf(names->text + names->used, sizeof(names->text) - names->used,
                                    "%s%s", names->used ? ", " : "", quoted);
}

static bool is_tail(const char *name, const char *wanted)
{
    size_t size = strlen(name), tail = strlen(wanted);

    return size >= tail && !strcmp(name + size - tail, wanted) &&
           (size == tail || name[size - tail - 1] == '.');
}

/* Whether the class has an endpoint that goes by that name; adds all of its names. */
static bool has_endpoint(struct nkidl *idl, const struct process *process, const char *wanted,
                         struct names *names)
{
    const struct nkidl_component *c = process->unit->component;
    const struct nkidl_flat *rows = nkidl_flatten(idl, c);
    bool found = false;
    unsigned i;

    for (i = 0; i < c->nendpoints; i++) {
        const char *endpoint = rows[i].endpoint->name;

        add_name(names, rows[i].name);
        found = found || is_tail(rows[i].name, wanted) ||
                is_tail(nkidl_format(idl, "%s.%s", rows[i].owner->name, endpoint), wanted) ||
                is_tail(nkidl_format(idl, "%s.%s", rows[i].endpoint->interface_name, endpoint),
                        wanted);
    }
    return found;
}

/* What one kind of call may name, over the processes started from the program. True if the name is
 * known, or if it cannot be said. */
typedef bool known_fn(struct source *source, const struct process *process, const char *name,
                      struct names *names);

static bool known_client(struct source *source, const struct process *process, const char *name,
                         struct names *names)
{
    size_t i;

    (void)source;
    for (i = 0; i < process->nconnections; i++) {
        const struct connection *c = &process->connections[i];

        if (!c->id || !strcmp(c->id, name)) {
            return true;
        }
        add_name(names, c->id);
    }
    return false;
}

static bool known_server(struct source *source, const struct process *process, const char *name,
                         struct names *names)
{
    const struct model *model = source->model;
    size_t i, k;

    for (i = 0; i < model->nprocesses; i++) {
        const struct process *client = &model->processes[i];

        for (k = 0; k < client->nconnections; k++) {
            const struct connection *c = &client->connections[k];

            if (&model->processes[c->server] != process) {
                continue;
            }
            if (!c->id || !strcmp(c->id, name)) {
                return true;
            }
            add_name(names, c->id);
        }
    }
    return false;
}

static bool known_endpoint(struct source *source, const struct process *process, const char *name,
                           struct names *names)
{
    bool found = has_endpoint(source->idl, process, name, names);
    size_t i;

    for (i = 0; i < process->nconnections; i++) {
        const struct process *server = &source->model->processes[process->connections[i].server];

        found = has_endpoint(source->idl, server, name, names) || found;
    }
    return found;
}

/* ---- calls ---- */

struct call {
    const char *function;
    bool is_second; /* the name is the second argument */
    const char *what, *which;
    known_fn *known;
};

static const struct call calls[] = {
    {"ServiceLocatorConnect", false, "connection", "as a client it has", known_client},
    {"ServiceLocatorRegister", false, "connection", "as a server it has", known_server},
    {"ServiceLocatorGetRiid", true, "endpoint", "its servers and itself have", known_endpoint},
};

static void report(const struct source *source, const char *at, const struct call *call,
                   const char *name, const struct names *names)
{
    const char *line = source->text, *next;
    unsigned number = 1;

    while ((next = strchr(line, '\n')) && next < at) {
        line = next + 1;
        number++;
    }
    fprintf(stderr, "%s:%u:%d: warning: there is no %s \"%s\" for program %s; %s %s [names]\n",
            source->path, number, (int)(at - line) + 1, call->what, name, source->program,
            call->which, names->used ? names->text : "none");
}

static void check_call(struct source *source, const char *at, const struct call *call)
{
    const struct model *model = source->model;
    const char *argument = skip_blanks(at + strlen(call->function));
    struct names names = {0};
    char name[NAME_MAX_SIZE];
    bool is_used = false;
    size_t i;

    if (*argument++ != '(' || (call->is_second && !(argument = skip_argument(argument))) ||
        !read_literal(argument, name)) {
        return;
    }
    for (i = 0; i < model->nprocesses; i++) {
        if (strcmp(model->processes[i].path, source->program) != 0) {
            continue;
        }
        is_used = true;
        if (call->known(source, &model->processes[i], name, &names)) {
            return;
        }
    }
    if (is_used) {
        report(source, at, call, name, &names);
    }
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static void check_source(struct source *source)
{
    size_t i;

    for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        size_t size = strlen(calls[i].function);
        const char *at = source->text;

        while ((at = strstr(at, calls[i].function))) {
            if ((at == source->text || !is_word(at[-1])) && !is_word(at[size])) {
                check_call(source, at, &calls[i]);
            }
            at += size;
        }
    }
}

void model_check_sources(const struct model *model, struct nkidl *idl)
{
    size_t i;

    for (i = 0; i < model->sources.count; i++) {
        const char *item = model->sources.items[i];
        const char *equals = strchr(item, '=');
        struct source source = {.model = model, .idl = idl};

        if (!equals) {
            continue;
        }
        source.program = model_copy(item, (size_t)(equals - item));
        source.path = equals + 1;
        source.text = read_source(source.path);
        if (source.text) {
            check_source(&source);
        }
        free(source.text);
    }
}
