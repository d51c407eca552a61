/*
 * emit.c: the C program that creates, connects and starts the processes of a description.
 *
 * Processes are taken in the reverse order of the description, so servers that follow their clients
 * there start first.
 */
#include "model.h"

#include <string.h>

/* A C string literal. */
static void put_literal(FILE *out, const char *text)
{
    const unsigned char *c;

    fputc('"', out);
    for (c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\') {
            fprintf(out, "\\%c", *c);
        } else if (*c < ' ' || *c > '~' || *c == '?') {
            fprintf(out, "\\%03o", *c);
        } else {
            fputc(*c, out);
        }
    }
    fputc('"', out);
}

static void put_includes(const struct model *model, FILE *out)
{
    size_t i, k;

    fputs("#include <coresrv/entity/entity_api.h>\n"
          "#include <rtl/retcode_hr.h>\n"
          "#include <services/handle/if_connection.h>\n"
          "#include <stdio.h>\n"
          "#include <stdlib.h>\n",
          out);
    for (i = 0; i < model->nprocesses; i++) {
        const struct process *p = &model->processes[i];

        for (k = 0; k < p->nconnections; k++) {
            if (p->connections[k].include) {
                fprintf(out, "#include \"%s\"\n", p->connections[k].include);
            }
        }
    }
    fputc('\n', out);
}

/* ---- tables ---- */

static void put_row(FILE *out, const char *prefix, const struct nkidl_flat *row)
{
    fprintf(out, "    {\"%s%s%s\", %u, \"%s\"},\n", prefix, *prefix ? "." : "",
            row->endpoint->name, row->riid, row->endpoint->interface->name);
}

/* Each endpoint under two names: by its class and by its instance. */
static void put_endpoints(const struct model *model, size_t index, struct nkidl *idl, FILE *out)
{
    const struct nkidl_component *c = model->processes[index].unit->component;
    const struct nkidl_flat *rows = nkidl_flatten(idl, c);
    size_t i;
    unsigned n;

    for (i = 0; i < index; i++) {
        if (model->processes[i].unit == model->processes[index].unit) {
            return;
        }
    }
    if (!c->nendpoints) {
        return;
    }
    fprintf(out, "static const EndpointInfo endpoints_%s[] = {\n", c->cname);
    for (n = 0; n < c->nendpoints; n++) {
        put_row(out, rows[n].owner->name, &rows[n]);
        put_row(out, rows[n].instance, &rows[n]);
    }
    fputs("};\n\n", out);
}

static void put_list(FILE *out, const char *name, size_t index, const struct text_list *list)
{
    size_t i;

    if (!list->count) {
        return;
    }
    fprintf(out, "static const char *%s_%zu[] = {", name, index);
    for (i = 0; i < list->count; i++) {
        put_literal(out, list->items[i]);
        fputs(", ", out);
    }
    fputs("RTL_NULL};\n", out);
}

static void put_info(const struct process *p, size_t index, FILE *out)
{
    const struct nkidl_component *c = p->unit->component;

    fprintf(out, "static const EntityInfo info_%zu = {\n    .eiid = \"%s\",\n", index, c->name);
    if (c->nendpoints) {
        fprintf(out, "    .max_endpoints = %u,\n    .endpoints = endpoints_%s,\n",
                2 * c->nendpoints, c->cname);
    }
    if (p->memory) {
        fprintf(out, "    .memory = %lluull,\n", (unsigned long long)p->memory);
    }
    if (p->priority) {
        fprintf(out, "    .max_priority = %u,\n", p->priority);
    }
    fputs("};\n", out);
    put_list(out, "args", index, &p->args);
    put_list(out, "env", index, &p->env);
    fputc('\n', out);
}

/* ---- the three steps ---- */

static void put_create(const struct process *p, size_t index, FILE *out)
{
    fprintf(out, "    entities[%zu] = EntityInitEx(&info_%zu, ", index, index);
    put_literal(out, p->task);
    fputs(", ", out);
    put_literal(out, p->path);
    fprintf(out, ");\n    if (entities[%zu] == RTL_NULL) {\n        return failed(\"create\", ",
            index);
    put_literal(out, p->task);
    fputs(", rcFail);\n    }\n", out);
    if (p->env.count) {
        fprintf(out, "    rc = EntitySetEnv(entities[%zu], env_%zu);\n", index, index);
        fputs("    if (rc != rcOk) {\n        return failed(\"set the environment of\", ", out);
        put_literal(out, p->task);
        fputs(", rc);\n    }\n", out);
    }
    if (p->args.count) {
        fprintf(out, "    rc = EntitySetArgs(entities[%zu], args_%zu);\n", index, index);
        fputs("    if (rc != rcOk) {\n        return failed(\"set the arguments of\", ", out);
        put_literal(out, p->task);
        fputs(", rc);\n    }\n", out);
    }
}

/* What the run adds to the arguments of the description. */
static void put_boot_args(const struct process *p, size_t index, FILE *out)
{
    fprintf(out, "    rc = EntityAddBootArgs(entities[%zu]);\n", index);
    fputs("    if (rc != rcOk) {\n        return failed(\"add the run's arguments to\", ", out);
    put_literal(out, p->task);
    fputs(", rc);\n    }\n", out);
}

static void put_connect(const struct model *model, const struct process *p, size_t index, FILE *out)
{
    size_t i;

    for (i = 0; i < p->nconnections; i++) {
        const struct connection *c = &p->connections[i];

        fprintf(out, "    rc = EntityConnectToService(entities[%zu], entities[%zu], ", index,
                c->server);
        if (c->id) {
            put_literal(out, c->id);
        } else {
            fputs(c->var, out);
        }
        fputs(");\n    if (rc != rcOk) {\n        return failed(\"connect\", ", out);
        put_literal(out, p->task);
        fputs(" \" to \" ", out);
        put_literal(out, model->processes[c->server].task);
        fputs(", rc);\n    }\n", out);
    }
}

static void put_run(const struct process *p, size_t index, FILE *out)
{
    fprintf(out, "    rc = EntityRun(entities[%zu]);\n", index);
    fputs("    if (rc != rcOk) {\n        return failed(\"start\", ", out);
    put_literal(out, p->task);
    fputs(", rc);\n    }\n", out);
}

static const char helper[] =
    "static int failed(const char *what, const char *name, Retcode rc)\n"
    "{\n"
    "    fprintf(stderr, \"Einit: cannot %s %s: \" RETCODE_HR_FMT \"\\n\", what, name,\n"
    "            RETCODE_HR_PARAMS(rc));\n"
    "    return EXIT_FAILURE;\n"
    "}\n"
    "\n";

void model_emit(const struct model *model, struct nkidl *idl, FILE *out)
{
    size_t n = model->nprocesses, i;

    fputs("/* Generated by einit; changes are lost. */\n", out);
    put_includes(model, out);
    if (!n) {
        fputs("int main(void)\n{\n    return EXIT_SUCCESS;\n}\n", out);
        return;
    }
    for (i = 0; i < n; i++) {
        put_endpoints(model, i, idl, out);
    }
    for (i = 0; i < n; i++) {
        put_info(&model->processes[i], i, out);
    }
    fprintf(out, "%sstatic Entity *entities[%zu];\n\n", helper, n);
    fputs("static int create_all(void)\n{\n    Retcode rc = rcOk;\n\n", out);
    for (i = n; i-- > 0;) {
        put_create(&model->processes[i], i, out);
        put_boot_args(&model->processes[i], i, out);
    }
    fputs("    return rc == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;\n}\n\n"
          "static int connect_all(void)\n{\n    Retcode rc = rcOk;\n\n",
          out);
    for (i = n; i-- > 0;) {
        put_connect(model, &model->processes[i], i, out);
    }
    fputs("    return rc == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;\n}\n\n"
          "static int run_all(void)\n{\n    Retcode rc = rcOk;\n\n",
          out);
    for (i = n; i-- > 0;) {
        put_run(&model->processes[i], i, out);
    }
    fputs("    return rc == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;\n}\n\n"
          "int main(void)\n{\n"
          "    if (create_all() != EXIT_SUCCESS || connect_all() != EXIT_SUCCESS) {\n"
          "        return EXIT_FAILURE;\n"
          "    }\n"
          "    return run_all();\n}\n",
          out);
}
