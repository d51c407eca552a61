/*
 * main.c: the command line of einit, the generator of the initialising program.
 */
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: einit INIT.YAML -o FILE [-I DIR]...\n"
    "       einit --list INIT.YAML\n"
    "  -o FILE    write the C program to FILE\n"
    "  --file F   F is a file of the image (repeatable): a path that is none is an error\n"
    "  --source P=S   S is a source of the program in the image's file P (repeatable): names of\n"
    "             connections and endpoints in it that do not exist are told\n"
    "  --list     print a line for each process: its name, class and program's file\n"
    "  -I DIR     search DIR for the descriptions of process classes (repeatable)\n";

struct arguments {
    const char *input, *output;
    bool is_list;
};

static void fail(const char *text, const char *argument)
{
    fprintf(stderr, "einit: error: %s%s\n", text, argument);
    exit(1);
}

/* The value of "-Xvalue" or "-X value". */
static const char *option_value(char **argv, int argc, int *i)
{
    if (argv[*i][2]) {
        return argv[*i] + 2;
    }
    if (*i + 1 >= argc) {
        fail("an argument is missing after ", argv[*i]);
    }
    return argv[++*i];
}

static void parse_arguments(int argc, char **argv, struct arguments *a, struct model *model,
                            struct nkidl *idl)
{
    int i;

    for (i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help")) {
            fputs(usage, stdout);
            exit(0);
        } else if (!strcmp(argv[i], "--list")) {
            a->is_list = true;
        } else if (!strcmp(argv[i], "--file")) {
            if (i + 1 >= argc) {
                fail("an argument is missing after ", argv[i]);
            }
            model_add_text(&model->files, argv[++i]);
        } else if (!strcmp(argv[i], "--source")) {
            if (i + 1 >= argc) {
                fail("an argument is missing after ", argv[i]);
            }
            model_add_text(&model->sources, argv[++i]);
        } else if (!strncmp(argv[i], "-o", 2)) {
            a->output = option_value(argv, argc, &i);
        } else if (!strncmp(argv[i], "-I", 2)) {
            nkidl_add_include(idl, option_value(argv, argc, &i));
        } else if (argv[i][0] == '-') {
            fail("there is no option ", argv[i]);
        } else if (a->input) {
            fail("a second input file: ", argv[i]);
        } else {
            a->input = argv[i];
        }
    }
    if (!a->input || (!a->output && !a->is_list)) {
        fputs(usage, stderr);
        exit(1);
    }
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t used = 0, n;

    if (!file) {
        fprintf(stderr, "einit: error: cannot open %s: %s\n", path, strerror(errno));
        exit(1);
    }
    do {
        text = realloc(text, used + 65536 + 1);
        if (!text) {
            fail("out of memory", "");
        }
        n = fread(text + used, 1, 65536, file);
        used += n;
    } while (n);
    fclose(file);
    text[used] = 0;
    if (strlen(text) != used) {
        fail("a zero byte in ", path);
    }
    return text;
}

static void write_output(const struct model *model, struct nkidl *idl, const char *path)
{
    FILE *out = fopen(path, "w");
    int failed;

    if (!out) {
        fprintf(stderr, "einit: error: cannot write %s: %s\n", path, strerror(errno));
        exit(1);
    }
    model_emit(model, idl, out);
    failed = ferror(out);
    if (fclose(out) || failed) {
        remove(path);
        fail("cannot write ", path);
    }
}

static void list(const struct model *model)
{
    size_t i;

    for (i = 0; i < model->nprocesses; i++) {
        const struct process *p = &model->processes[i];

        printf("%s\t%s\t%s\n", p->task, p->name, p->path);
    }
}

int main(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct model model = {0};
    struct nkidl *idl = nkidl_new();

    if (!idl) {
        fail("out of memory", "");
    }
    nkidl_options(idl)->no_warnings = true; /* nk-gen-c gave them */
    parse_arguments(argc, argv, &arguments, &model, idl);
    model.path = arguments.input;
    model.text = read_file(arguments.input);
    model_parse(&model);
    if (arguments.is_list) {
        list(&model);
        return model.errors ? 1 : 0;
    }
    if (!model.errors) {
        model_check(&model, idl);
    }
    if (nkidl_check(idl) || model.errors) {
        return 1;
    }
    model_check_sources(&model, idl);
    write_output(&model, idl, arguments.output);
    nkidl_free(idl);
    return 0;
}
