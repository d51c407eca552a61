/*
 * fuzz.c: arbitrary text as a policy, over the descriptions of tests/unit/psl (read once, from the
 * folders that the environment variable PSL_FUZZ_DIRS names, separated by colons) and a small
 * kernel. Whatever the front end accepts goes through the compiler as well.
 *
 * Refusing is right, accepting is right; a crash, a sanitizer's report, a leak or a time-out is a
 * finding.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "psl_gen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { FILES_MAX = 128 };

static struct {
    char *path, *text;
    size_t size;
} files[FILES_MAX];
static unsigned nfiles;

/* The kernel: small, for it is read again for each input. */
static const char *const kernel[][2] = {
    {"in/kl/core/Core.edl", "task class kl.core.Core endpoints { core : kl.core.Some }"},
    {"in/kl/core/Some.idl",
     "package kl.core.Some interface { One(in UInt32 a, out UInt32 b); Two(); }"},
    {"in/kl/core/Execute.idl", "package kl.core.Execute interface { main(); }"},
    {"in/Einit.edl", "task class Einit"},
};

static char *join(const char *a, const char *b)
{
    size_t size = strlen(a) + strlen(b) + 2;
    char *text = malloc(size);

    snprintf(text, size, "%s%s%s", a, *a ? "/" : "", b);
    return text;
}

static void read_one(const char *path, const char *name)
{
    FILE *stream = fopen(path, "rb");
    char *text = malloc(1 << 16);

    if (!stream || nfiles == FILES_MAX)
        abort();
    files[nfiles].size = fread(text, 1, 1 << 16, stream);
    files[nfiles].path = join("in", name);
    files[nfiles++].text = text;
    fclose(stream);
}

/* All descriptions and policies below a folder, under the names that they are referred to by. */
static void read_folder(const char *folder, const char *prefix)
{
    DIR *dir = opendir(folder);

    for (struct dirent *e; dir && (e = readdir(dir));) {
        const char *dot = strrchr(e->d_name, '.');
        char *path = join(folder, e->d_name), *name = join(prefix, e->d_name);

        if (e->d_name[0] != '.' && e->d_type == DT_DIR)
            read_folder(path, name);
        else if (dot && (!strcmp(dot + 2, "dl") || !strcmp(dot, ".psl")))
            read_one(path, name);
        free(path);
        free(name);
    }
    if (dir)
        closedir(dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *dirs = getenv("PSL_FUZZ_DIRS");
    char *list = strdup(dirs ? dirs : ""), *rest = list, *dir;

    (void)argc;
    (void)argv;
    while ((dir = strsep(&rest, ":")))
        read_folder(dir, "");
    free(list);
    return 0;
}

static void compile(struct nkidl *idl, struct psl_policy *policy)
{
    struct psl_gen g = {.policy = policy, .idl = idl, .context = {.policy = policy}};

    g.tables = fopen("/dev/null", "w");
    g.rules = fopen("/dev/null", "w");
    if (!g.tables || !g.rules)
        abort();
    put_objects(&g);
    if (collect_levels(&g))
        put_plan(&g);
    g.out = g.rules;
    put_tests(&g);
    fclose(g.tables);
    fclose(g.rules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const added[] = {"kl.core.Core", "Einit", "model.Client", "model.Server",
                                        NULL};
    struct psl_options options = {.added = added};
    struct nkidl *idl = nkidl_new();
    struct psl_policy *policy;

    if (!idl)
        return 0;
    nkidl_add_include(idl, "in");
    for (unsigned i = 0; i < nfiles; i++)
        nkidl_add_source(idl, files[i].path, files[i].text, files[i].size);
    for (size_t i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++)
        nkidl_add_source(idl, kernel[i][0], kernel[i][1], strlen(kernel[i][1]));
    nkidl_add_source(idl, "in/security.psl", (const char *)data, size);
    policy = psl_load(idl, "in/security.psl", &options);
    if (policy)
        compile(idl, policy);
    nkidl_free(idl);
    return 0;
}
