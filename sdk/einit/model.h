/*
 * model.h: an init description in memory.
 *
 * Everything is allocated once and lives until the program ends.
 */
#ifndef EINIT_MODEL_H
#define EINIT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <nkidl.h>

/* A place in the description; counted from 1. */
struct place {
    unsigned line, column;
};

/* Where a line of the description comes from: itself, or a template that was expanded. */
struct origin {
    unsigned line;
    const char *path; /* path_length bytes */
    int path_length;
    bool is_macro; /* one of the lines that the macro in that line became */
};

struct text_list {
    const char **items;
    size_t count;
};

struct connection {
    struct place place, target_place, id_place;
    const char *target;  /* process name of the server */
    size_t server;       /* index; set by model_check */
    const char *id;      /* the name itself, or null: */
    const char *var;     /* the macro that holds it */
    const char *include; /* header of the macro, or null */
};

struct process {
    struct place place, name_place, task_place, path_place;
    const char *name; /* process class */
    const char *task; /* process name */
    const char *path; /* file in ROMFS */
    struct connection *connections;
    size_t nconnections;
    struct text_list args;
    struct text_list env; /* "NAME=value" */
    uint64_t memory;      /* bytes of its quota, or zero */
    unsigned priority;    /* the highest of its threads, or zero */
    struct nkidl_unit *unit; /* its EDL; set by model_check */
};

struct model {
    const char *path; /* of the description */
    const char *text;
    struct text_list sources; /* "PROGRAM=FILE": a source of the program in the image's file PROGRAM */
    struct text_list files; /* of the image; empty: not known */
    struct process *processes;
    size_t nprocesses;
    unsigned errors;
};

/* Reports a defect with its source line and counts it. */
void model_error(struct model *model, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void model_warning(const struct model *model, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Where a line, counted from 1, comes from. */
struct origin model_origin(const struct model *model, unsigned line);

/* Memory that is never null: ends the program when there is none. */
void *model_alloc(size_t size);
/* Room for one element more in an array of `count`. */
void *model_grow(void *array, size_t count, size_t size);
char *model_copy(const char *text, size_t length);

/* Reads the description; defects are reported. */
void model_parse(struct model *model);

void model_add_text(struct text_list *list, const char *text);

/* Resolves targets and loads the EDLs; reports duplicate and unknown names. */
void model_check(struct model *model, struct nkidl *idl);

/* Warns of names in the programs' sources that no process can get an answer for. The descriptions
 * are complete. */
void model_check_sources(const struct model *model, struct nkidl *idl);

/* Writes the C program. */
void model_emit(const struct model *model, struct nkidl *idl, FILE *out);

#endif
