/*
 * model.c: messages, memory, and what must hold between the parts of a description.
 */
#include "model.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- messages ---- */

/* Reads `#line N "FILE"`, which the expansion of a template leaves behind, from the start of a line. */
static bool read_origin(const char *line, struct origin *origin)
{
    static const char start[] = "#line ";
    const char *name, *end;
    char *after;

    if (strncmp(line, start, sizeof(start) - 1)) {
        return false;
    }
    origin->line = (unsigned)strtoul(line + sizeof(start) - 1, &after, 10);
    name = strchr(after, '"');
    end = name ? strpbrk(name + 1, "\"\n") : NULL;
    if (!end || *end != '"') {
        return false;
    }
    origin->path = name + 1;
    origin->path_length = (int)(end - name - 1);
    origin->is_macro = !strncmp(end + 1, " macro", 6);
    return true;
}

struct origin model_origin(const struct model *model, unsigned line)
{
    struct origin origin = {line, model->path, (int)strlen(model->path), false};
    const char *at = model->text;
    unsigned number;

    for (number = 1; number < line && at; number++) {
        if (!read_origin(at, &origin) && !origin.is_macro && origin.path != model->path) {
            origin.line++;
        }
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    return origin;
}

static void print_source(const struct model *model, struct place place)
{
    const char *line = model->text;
    unsigned i;
    int length;

    for (i = 1; i < place.line && line; i++) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    if (!line || !place.line) {
        return;
    }
    length = (int)strcspn(line, "\r\n");
    fprintf(stderr, "    %.*s\n    %*s^\n", length, line, (int)place.column - 1, "");
}

static void message(const struct model *model, struct place place, const char *kind,
                    const char *format, va_list args)
{
    struct origin origin = model_origin(model, place.line);

    fprintf(stderr, "%.*s:%u:%u: %s: ", origin.path_length, origin.path, origin.line, place.column,
            kind);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    print_source(model, place);
}

void model_error(struct model *model, struct place place, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    message(model, place, "error", format, args);
    va_end(args);
    model->errors++;
}

void model_warning(const struct model *model, struct place place, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    message(model, place, "warning", format, args);
    va_end(args);
}

/* ---- memory ---- */

void *model_grow(void *array, size_t count, size_t size)
{
    void *grown = realloc(array, (count + 1) * size);

    if (!grown) {
        fprintf(stderr, "einit: error: out of memory\n");
        exit(1);
    }
    memset((char *)grown + count * size, 0, size);
    return grown;
}

void *model_alloc(size_t size)
{
    return model_grow(NULL, 0, size);
}

char *model_copy(const char *text, size_t length)
{
    char *copy = model_alloc(length + 1);

    memcpy(copy, text, length);
    return copy;
}

void model_add_text(struct text_list *list, const char *text)
{
    list->items = model_grow(list->items, list->count, sizeof(*list->items));
    list->items[list->count++] = text;
}

/* ---- checks ---- */

static const struct process *find_process(const struct model *model, size_t count,
                                          const char *task)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (!strcmp(model->processes[i].task, task)) {
            return &model->processes[i];
        }
    }
    return NULL;
}

static void check_names(struct model *model)
{
    size_t i;

    for (i = 0; i < model->nprocesses; i++) {
        const struct process *p = &model->processes[i];
        const struct process *other = find_process(model, i, p->task);

        if (other) {
            model_error(model, p->task_place,
                        "there are two processes named \"%s\" (the other one in line %u); give one "
                        "of them another name with \"task:\"",
                        p->task, model_origin(model, other->task_place.line).line);
        }
    }
}

/* All names of processes, for a message. */
static const char *process_names(const struct model *model)
{
    static char names[2000];
    size_t used = 0, i;

    names[0] = 0;
    for (i = 0; i < model->nprocesses && used < sizeof(names) - 1; i++) {
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s\"%s\"", i ? ", " : "",
                                 model->processes[i].task);
    }
    return names;
}

static void check_connection(struct model *model, const struct process *client, size_t index)
{
    struct connection *c = &client->connections[index];
    const struct process *server = find_process(model, model->nprocesses, c->target);
    size_t i;

    if (!server) {
        model_error(model, c->target_place,
                    "there is no process \"%s\" to connect to; the processes are %s", c->target,
                    process_names(model));
        return;
    }
    c->server = (size_t)(server - model->processes);
    for (i = 0; i < index && c->id; i++) {
        if (client->connections[i].id && !strcmp(client->connections[i].id, c->id)) {
            model_error(model, c->id_place,
                        "process \"%s\" has two connections named \"%s\" (the other one in "
                        "line %u)",
                        client->task, c->id,
                        model_origin(model, client->connections[i].id_place.line).line);
        }
    }
}

/* The file of the image that has this name, or null. */
static const char *find_file(const struct model *model, const char *name)
{
    size_t i;

    for (i = 0; i < model->files.count; i++) {
        const char *base = strrchr(model->files.items[i], '/');

        base = base ? base + 1 : model->files.items[i];
        if (!strcmp(base, name)) {
            return base;
        }
    }
    return NULL;
}

/* The program must be a file of the image, if these are known. Without `path:` it is the one called
 * like the class, else like the last part of the class's name. */
static void check_path(struct model *model, struct process *p)
{
    char names[1000] = "";
    size_t used = 0, i;
    const char *last = strrchr(p->name, '.');

    if (find_file(model, p->path)) {
        return;
    }
    if (p->path == p->name && last && find_file(model, last + 1)) {
        p->path = last + 1;
        return;
    }
    for (i = 0; i < model->files.count; i++) {
        const char *file = model->files.items[i];
        const char *base = strrchr(file, '/');

        base = base ? base + 1 : file;
        if (used < sizeof(names) - 1) {
            used += (size_t)snprintf(names + used, sizeof(names) - used, "%s\"%s\"",
                                     i ? ", " : "", base);
        }
    }
    if (model->files.count) {
        model_error(model, p->path_place,
                    "the image has no file \"%s\" for process \"%s\"%s; its files are %s", p->path,
                    p->task, p->path == p->name ? " (the default of \"path:\" is the class)" : "",
                    names);
    }
}

/* Processes without a quota share Einit's memory: each of them can use up what the others need. */
static void check_quotas(const struct model *model)
{
    char names[1000] = "";
    size_t used = 0, count = 0, i;
    struct place place = {0};

    for (i = 0; i < model->nprocesses; i++) {
        const struct process *p = &model->processes[i];

        if (p->memory) {
            continue;
        }
        if (!count++) {
            place = p->place;
        }
        if (used < sizeof(names) - 1) {
            used += (size_t)snprintf(names + used, sizeof(names) - used, "%s\"%s\"",
                                     used ? ", " : "", p->task);
        }
    }
    if (count) {
        model_warning(model, place,
                      "%s without a quota: %s; %s one account with Einit, so that one of them can "
                      "use up the memory of all; write for example \"quota: {memory: 16M}\"",
                      count > 1 ? "processes" : "a process", names, count > 1 ? "they share" : "it shares");
    }
}

void model_check(struct model *model, struct nkidl *idl)
{
    size_t i, k;

    check_names(model);
    for (i = 0; i < model->nprocesses; i++) {
        struct process *p = &model->processes[i];

        for (k = 0; k < p->nconnections; k++) {
            check_connection(model, p, k);
        }
        check_path(model, p);
        p->unit = nkidl_load_name(idl, NKIDL_EDL, p->name);
        if (!p->unit) {
            model_error(model, p->name_place, "the description of process class \"%s\" is missing "
                        "or has defects", p->name);
        }
    }
    if (!model->errors) {
        check_quotas(model);
    }
}
