/*
 * module.c: a case from its seed: descriptions and policy are written, compiled by nk-psl-gen-c and
 * the host's clang, and loaded; the same policy is read for the interpreter.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "case.h"

/* ---- the image's table, as far as a security module reads it ---- */

static struct ksm_image image;
extern const struct ksm_image ksm_image __attribute__((alias("image")));

static const struct ksm_method *methods_of(struct nkidl *idl, const struct nkidl_package *interface)
{
    struct ksm_method *list = nkidl_alloc(idl, (interface->nmethods + 1) * sizeof(*list));

    for (const struct nkidl_method *m = interface->methods; m; m = m->next)
        list[m->mid].name = m->name;
    return list;
}

static const struct ksm_class *class_of(struct nkidl *idl, const struct psl_class *class)
{
    struct ksm_class *c = nkidl_alloc(idl, sizeof(*c));
    struct ksm_endpoint *rows;

    c->name = class->name;
    c->nendpoints = class->component->nendpoints;
    c->nsecurity = class->component->nsecurity;
    rows = nkidl_alloc(idl, (c->nendpoints + c->nsecurity + 1) * sizeof(*rows));
    c->endpoints = rows;
    for (unsigned i = 0; i < c->nendpoints; i++, rows++) {
        const struct nkidl_package *interface = class->endpoints[i].endpoint->interface;

        *rows = (struct ksm_endpoint){class->endpoints[i].name, interface->name,
                                      interface->nmethods, methods_of(idl, interface)};
    }
    c->security = rows;
    for (unsigned i = 0; i < c->nsecurity; i++, rows++) {
        const struct nkidl_package *interface = class->guards[i].interface;

        *rows = (struct ksm_endpoint){class->guards[i].instance, interface->name,
                                      interface->nmethods, methods_of(idl, interface)};
    }
    return c;
}

static void make_image(struct comparison *c)
{
    const struct ksm_class **classes = nkidl_alloc(c->idl, c->policy->nclasses * sizeof(*classes));

    for (unsigned i = 0; i < c->policy->nclasses; i++)
        classes[i] = class_of(c->idl, c->policy->classes[i]);
    image.nclasses = c->policy->nclasses;
    image.classes = classes;
}

/* ---- compiling ---- */

static bool run(const char *command, const char *log, const char **why)
{
    if (system(command) == 0)
        return true;
    *why = command;
    printf("command failed: %s\n", command);
    fflush(stdout);
    if (system(log) != 0)
        printf("(no log)\n");
    return false;
}

static bool compile(struct comparison *c, const struct tools *t, const char *dir, bool is_checked,
                    const char **why)
{
    const char *log = nkidl_format(c->idl, "cat %s/log", dir);

    return run(nkidl_format(c->idl,
                            "'%s' -w -I '%s' -I '%s/sdk/psl' -o '%s/module.c' '%s' >'%s/log' "
                            "2>&1",
                            t->compiler, dir, t->root, dir, c->path, dir),
               log, why) &&
           run(nkidl_format(
                   c->idl,
                   "clang -w -std=gnu11 -shared -fPIC -fuse-ld=lld %s "
                   "-fbracket-depth=4096 -I '%s/kernel/abi' -I '%s/sdk/ksm' -o '%s/module.so' "
                   "'%s/module.c' '%s/judge%s.o' >'%s/log' 2>&1",
                   is_checked ? "-g -O1 -fsanitize=undefined -fno-sanitize-recover=all" : "-O0",
                   t->root, t->root, dir, dir, t->work, is_checked ? ".checked" : "", dir),
               log, why);
}

static bool load(struct comparison *c, const char *dir, const char **why)
{
    struct module *m = &c->module;

    m->library = dlopen(nkidl_format(c->idl, "%s/module.so", dir), RTLD_NOW | RTLD_LOCAL);
    if (!m->library) {
        *why = dlerror();
        return false;
    }
    *(void **)&m->verdict = dlsym(m->library, "ksm_verdict");
    *(void **)&m->judge = dlsym(m->library, "ksm_judge");
    *(void **)&m->plain = dlsym(m->library, "ksm_plain_rules");
    *(void **)&m->undo = dlsym(m->library, "ksm_undo");
    *(void **)&m->forget = dlsym(m->library, "ksm_forget");
    m->nslots = dlsym(m->library, "ksm_nslots");
    *why = "the module lacks a function";
    return m->verdict && m->judge && m->plain && m->undo && m->forget && m->nslots &&
           *m->nslots <= SLOTS;
}

/* Only grant (): it decides nothing where there are other rules. */
static bool is_plain(const struct psl_binding *b)
{
    const struct psl_action *a = b->block.actions;

    return a->kind == PSL_RULE && a->rule == PSL_GRANT && !a->next;
}

static void find_interesting(struct comparison *c)
{
    c->interesting = nkidl_alloc(c->idl, (c->world.n + 1) * sizeof(*c->interesting));
    c->single = nkidl_alloc(c->idl, (c->world.n + 1) * sizeof(*c->single));
    for (unsigned i = 0; i < c->world.n; i++) {
        unsigned n = 0, nplain = 0;

        for (const struct psl_binding *b = c->policy->bindings; b; b = b->next) {
            if (b->event != c->world.occasions[i].event || !b->block.actions ||
                !psl_block_matches(&b->block, &c->world.occasions[i]))
                continue;
            n++;
            nplain += is_plain(b);
        }
        if (n)
            c->interesting[c->ninteresting++] = i;
        if (n - nplain == 1)
            c->single[c->nsingle++] = i;
    }
}

bool make_module(struct comparison *c, const struct tools *t, bool is_checked, const char **why)
{
    const char *dir;

    c->idl = nkidl_new();
    c->r.state = c->seed;
    dir = nkidl_format(c->idl, "%s/case", t->work);
    c->path = nkidl_format(c->idl, "%s/policy.psl", dir);
    mkdir(dir, 0777);
    write_interfaces(&c->r, dir);
    nkidl_options(c->idl)->no_warnings = true;
    write_policy(&c->r, dir, nkidl_format(c->idl, "%s/sdk/psl", t->root), c->path);
    nkidl_add_include(c->idl, dir);
    nkidl_add_include(c->idl, nkidl_format(c->idl, "%s/sdk/psl", t->root));
    *why = "the policy is refused";
    c->policy = psl_load(c->idl, c->path, NULL);
    if (!c->policy || !compile(c, t, dir, is_checked, why) || !load(c, dir, why))
        return false;
    make_image(c);
    list_occasions(&c->world, c->policy);
    find_interesting(c);
    collect_numbers(c);
    c->ref = ref_new(c->policy);
    return true;
}

void drop_module(struct comparison *c)
{
    if (c->module.library)
        dlclose(c->module.library);
    if (c->ref)
        ref_free(c->ref);
    free(c->world.occasions);
    nkidl_free(c->idl);
}
