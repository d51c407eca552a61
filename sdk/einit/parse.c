/*
 * parse.c: init.yaml to struct model, with libyaml.
 */
#include "model.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define PRIORITY_MAX 31u

struct reader {
    struct model *model;
    yaml_document_t document;
};

static struct place place_of(yaml_mark_t mark)
{
    return (struct place){(unsigned)mark.line + 1, (unsigned)mark.column + 1};
}

static yaml_node_t *node_at(struct reader *r, int index)
{
    return yaml_document_get_node(&r->document, index);
}

/* An empty value ("connections:" with nothing after it) reads as a plain empty scalar. */
static bool is_empty(const yaml_node_t *node)
{
    const char *value;

    if (node->type != YAML_SCALAR_NODE || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) {
        return false;
    }
    value = (const char *)node->data.scalar.value;
    return !*value || !strcmp(value, "~") || !strcmp(value, "null");
}

/* A text, or null with a message. */
static const char *read_text(struct reader *r, const yaml_node_t *node, const char *what)
{
    const char *value;
    size_t length;

    if (node->type != YAML_SCALAR_NODE) {
        model_error(r->model, place_of(node->start_mark), "%s must be a text", what);
        return NULL;
    }
    value = (const char *)node->data.scalar.value;
    length = node->data.scalar.length;
    if (memchr(value, 0, length)) {
        model_error(r->model, place_of(node->start_mark), "%s contains a zero byte", what);
        return NULL;
    }
    return model_copy(value, length);
}

/* A text that is not empty. */
static const char *read_name(struct reader *r, const yaml_node_t *node, const char *what)
{
    const char *text = read_text(r, node, what);

    if (text && !*text) {
        model_error(r->model, place_of(node->start_mark), "%s is empty", what);
        return NULL;
    }
    return text;
}

static bool expect(struct reader *r, const yaml_node_t *node, yaml_node_type_t type,
                   const char *what)
{
    if (is_empty(node)) {
        return false;
    }
    if (node->type != type) {
        model_error(r->model, place_of(node->start_mark), "%s must be a %s", what,
                    type == YAML_SEQUENCE_NODE ? "list" : "map of names to values");
        return false;
    }
    return true;
}

/* Calls `read` with every key and value of a map; a key that stands twice is a defect. */
typedef void read_fn(struct reader *r, void *to, const char *key, yaml_node_t *key_node,
                     yaml_node_t *value);

static bool is_repeated(struct reader *r, const yaml_node_t *map, const yaml_node_pair_t *at,
                        const char *key)
{
    const yaml_node_pair_t *pair;

    for (pair = map->data.mapping.pairs.start; pair < at; pair++) {
        const yaml_node_t *other = node_at(r, pair->key);

        if (other->type == YAML_SCALAR_NODE &&
            !strcmp((const char *)other->data.scalar.value, key)) {
            return true;
        }
    }
    return false;
}

static void read_map(struct reader *r, yaml_node_t *map, void *to, read_fn *read)
{
    const yaml_node_pair_t *pair;

    for (pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top; pair++) {
        yaml_node_t *key_node = node_at(r, pair->key);
        const char *key = read_name(r, key_node, "a key");

        if (!key) {
            continue;
        }
        if (is_repeated(r, map, pair, key)) {
            model_error(r->model, place_of(key_node->start_mark), "\"%s\" stands here twice", key);
            continue;
        }
        read(r, to, key, key_node, node_at(r, pair->value));
    }
}

static void unknown_key(struct reader *r, const yaml_node_t *node, const char *key,
                        const char *where, const char *known)
{
    model_warning(r->model, place_of(node->start_mark),
                  "\"%s\" means nothing in %s and is left out; known are %s", key, where, known);
}

/* ---- connections ---- */

static void read_id_part(struct reader *r, void *to, const char *key, yaml_node_t *key_node,
                         yaml_node_t *value)
{
    struct connection *c = to;

    if (!strcmp(key, "var")) {
        c->var = read_name(r, value, "the name of a macro");
    } else if (!strcmp(key, "include")) {
        c->include = read_name(r, value, "the name of a header");
    } else {
        unknown_key(r, key_node, key, "an id", "\"var\" and \"include\"");
    }
}

static void read_connection_part(struct reader *r, void *to, const char *key,
                                 yaml_node_t *key_node, yaml_node_t *value)
{
    struct connection *c = to;

    if (!strcmp(key, "target")) {
        c->target_place = place_of(value->start_mark);
        c->target = read_name(r, value, "the target of a connection");
    } else if (!strcmp(key, "id")) {
        c->id_place = place_of(value->start_mark);
        if (value->type == YAML_MAPPING_NODE) {
            read_map(r, value, c, read_id_part);
        } else {
            c->id = read_name(r, value, "the id of a connection");
        }
    } else {
        unknown_key(r, key_node, key, "a connection", "\"target\" and \"id\"");
    }
}

static void read_connections(struct reader *r, struct process *p, yaml_node_t *list)
{
    const yaml_node_item_t *item;
    unsigned errors = r->model->errors;

    if (!expect(r, list, YAML_SEQUENCE_NODE, "\"connections\"")) {
        return;
    }
    for (item = list->data.sequence.items.start; item < list->data.sequence.items.top; item++) {
        yaml_node_t *node = node_at(r, *item);
        struct connection *c;

        if (!expect(r, node, YAML_MAPPING_NODE, "a connection")) {
            continue;
        }
        p->connections = model_grow(p->connections, p->nconnections, sizeof(*p->connections));
        c = &p->connections[p->nconnections++];
        c->place = place_of(node->start_mark);
        read_map(r, node, c, read_connection_part);
        if (r->model->errors == errors && (!c->target || (!c->id && !c->var))) {
            model_error(r->model, c->place, "a connection needs \"target\" and \"id\"");
        }
    }
}

/* ---- args, env, quota ---- */

static void read_args(struct reader *r, struct process *p, yaml_node_t *list)
{
    const yaml_node_item_t *item;

    if (!expect(r, list, YAML_SEQUENCE_NODE, "\"args\"")) {
        return;
    }
    for (item = list->data.sequence.items.start; item < list->data.sequence.items.top; item++) {
        const char *text = read_text(r, node_at(r, *item), "an argument");

        if (text) {
            model_add_text(&p->args, text);
        }
    }
}

static void read_variable(struct reader *r, void *to, const char *key, yaml_node_t *key_node,
                          yaml_node_t *value)
{
    struct process *p = to;
    const char *text = read_text(r, value, "the value of an environment variable");
    char *pair;
    size_t size;

    if (strchr(key, '=')) {
        model_error(r->model, place_of(key_node->start_mark),
                    "the name of an environment variable contains \"=\"");
    }
    if (!text) {
        return;
    }
    size = strlen(key) + strlen(text) + 2;
    pair = model_alloc(size);
    snprintf(pair, size, "%s=%s", key, text);
    model_add_text(&p->env, pair);
}

/* "16M" in bytes; zero if it is no size. */
static uint64_t parse_size(const char *text)
{
    static const char suffixes[] = "KMG";
    const char *suffix;
    char *end;
    unsigned long long value;
    unsigned shift = 0;

    if (*text < '0' || *text > '9') {
        return 0;
    }
    value = strtoull(text, &end, 10);
    if (*end) {
        suffix = strchr(suffixes, *end);
        if (!suffix || end[1]) {
            return 0;
        }
        shift = 10 * (unsigned)(suffix - suffixes + 1);
    }
    return value > UINT64_MAX >> shift ? 0 : (uint64_t)value << shift;
}

/* 1 to 31; zero if it is none. */
static unsigned parse_priority(const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    return *text >= '1' && *text <= '9' && value <= PRIORITY_MAX && !*end ? (unsigned)value : 0;
}

static void read_quota_part(struct reader *r, void *to, const char *key, yaml_node_t *key_node,
                            yaml_node_t *value)
{
    struct process *p = to;
    const char *text;

    if (strcmp(key, "memory") && strcmp(key, "priority")) {
        unknown_key(r, key_node, key, "a quota", "\"memory\" and \"priority\"");
        return;
    }
    text = read_text(r, value, !strcmp(key, "memory") ? "an amount of memory" : "a priority");
    if (!text) {
        return;
    }
    if (!strcmp(key, "priority")) {
        p->priority = parse_priority(text);
        if (!p->priority) {
            model_error(r->model, place_of(value->start_mark),
                        "\"%s\" is no priority; write 1 to %u", text, PRIORITY_MAX);
        }
        return;
    }
    p->memory = parse_size(text);
    if (!p->memory) {
        model_error(r->model, place_of(value->start_mark),
                    "\"%s\" is no amount of memory; write bytes, or 512K, 16M, 1G", text);
    }
}

/* ---- processes ---- */

static void read_process_part(struct reader *r, void *to, const char *key, yaml_node_t *key_node,
                              yaml_node_t *value)
{
    struct process *p = to;

    if (!strcmp(key, "name")) {
        p->name_place = place_of(value->start_mark);
        p->name = read_name(r, value, "the name of a process class");
    } else if (!strcmp(key, "task")) {
        p->task_place = place_of(value->start_mark);
        p->task = read_name(r, value, "the name of a process");
    } else if (!strcmp(key, "path")) {
        p->path_place = place_of(value->start_mark);
        p->path = read_name(r, value, "the name of a program's file");
    } else if (!strcmp(key, "connections")) {
        read_connections(r, p, value);
    } else if (!strcmp(key, "args")) {
        read_args(r, p, value);
    } else if (!strcmp(key, "env")) {
        if (expect(r, value, YAML_MAPPING_NODE, "\"env\"")) {
            read_map(r, value, p, read_variable);
        }
    } else if (!strcmp(key, "quota")) {
        if (expect(r, value, YAML_MAPPING_NODE, "\"quota\"")) {
            read_map(r, value, p, read_quota_part);
        }
    } else if (strcmp(key, "dynamic_connection_manager")) {
        unknown_key(r, key_node, key, "a process",
                    "\"name\", \"task\", \"path\", \"connections\", \"args\", \"env\", \"quota\" "
                    "and \"dynamic_connection_manager\"");
    }
}

static void read_process(struct reader *r, yaml_node_t *node)
{
    struct model *model = r->model;
    struct process p = {0};
    unsigned errors = model->errors;

    p.place = place_of(node->start_mark);
    if (!expect(r, node, YAML_MAPPING_NODE, "a process")) {
        return;
    }
    read_map(r, node, &p, read_process_part);
    if (!p.name) {
        if (model->errors == errors) {
            model_error(model, p.place, "a process needs \"name\", its class");
        }
        return;
    }
    if (!p.task) {
        p.task = p.name;
        p.task_place = p.name_place;
    }
    if (!p.path) {
        p.path = p.name;
        p.path_place = p.name_place;
    }
    model->processes = model_grow(model->processes, model->nprocesses, sizeof(p));
    model->processes[model->nprocesses++] = p;
}

static void read_root_part(struct reader *r, void *to, const char *key, yaml_node_t *key_node,
                           yaml_node_t *value)
{
    const yaml_node_item_t *item;

    (void)to;
    if (strcmp(key, "entities")) {
        unknown_key(r, key_node, key, "an init description", "\"entities\"");
        return;
    }
    if (!expect(r, value, YAML_SEQUENCE_NODE, "\"entities\"")) {
        return;
    }
    for (item = value->data.sequence.items.start; item < value->data.sequence.items.top; item++) {
        read_process(r, node_at(r, *item));
    }
}

void model_parse(struct model *model)
{
    struct reader r = {.model = model};
    yaml_parser_t parser;
    yaml_node_t *root;

    if (!yaml_parser_initialize(&parser)) {
        fprintf(stderr, "einit: error: out of memory\n");
        exit(1);
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)model->text, strlen(model->text));
    if (!yaml_parser_load(&parser, &r.document)) {
        model_error(model, place_of(parser.problem_mark),
                    "%s%s%s; keys of one entry stand in one column, items of one list too, and no "
                    "line begins with a tab",
                    parser.context ? parser.context : "", parser.context ? ": " : "",
                    parser.problem ? parser.problem : "not YAML");
        yaml_parser_delete(&parser);
        return;
    }
    root = yaml_document_get_root_node(&r.document);
    if (!root || root->type != YAML_MAPPING_NODE) {
        model_error(model, root ? place_of(root->start_mark) : (struct place){1, 1},
                    "an init description starts with \"entities:\"");
    } else {
        read_map(&r, root, NULL, read_root_part);
    }
    yaml_document_delete(&r.document);
    yaml_parser_delete(&parser);
}
