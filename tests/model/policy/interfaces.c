/*
 * interfaces.c: random interface descriptions. The classes are always the same: kl.core.Core (one
 * of its own, with few methods), Einit, m.Client with a security interface, m.Server with two
 * endpoints and a component. The methods and their parameters are not.
 *
 * Every request of m.I0 and m.I1 begins with `n`, `s`, `h` and `text`, every response with `r`, so
 * that rules for more than one method have something to read.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "world.h"

static FILE *create(const char *dir, const char *name)
{
    char path[600];
    FILE *out;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    for (char *slash = strchr(path + strlen(dir) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            perror(path);
        *slash = '/';
    }
    out = fopen(path, "w");
    if (!out) {
        perror(path);
        exit(1);
    }
    return out;
}

static void write_text(const char *dir, const char *name, const char *text)
{
    FILE *out = create(dir, name);

    fputs(text, out);
    fclose(out);
}

static const char *integer(struct random *r)
{
    static const char *const names[] = {"UInt8", "UInt16", "UInt32", "UInt64",
                                        "SInt8", "SInt16", "SInt32", "SInt64"};

    return names[below(r, 8)];
}

/* `depth`: how far types may still be built of each other. */
static void write_type(struct random *r, FILE *out, int depth)
{
    switch (below(r, depth > 0 ? 12 : 6)) {
    default:
        fputs(integer(r), out);
        return;
    case 3:
        fprintf(out, "string<%u>", 3 + below(r, 12));
        return;
    case 4:
        fprintf(out, "bytes<%u>", 1 + below(r, 8));
        return;
    case 5:
        fputs("UInt8", out);
        return;
    case 6:
        fprintf(out, "array<");
        write_type(r, out, depth - 1);
        fprintf(out, ", %u>", 1 + below(r, 4));
        return;
    case 7:
        fprintf(out, "sequence<%s, %u>", integer(r), 1 + below(r, 6));
        return;
    case 8:
        fprintf(out, "sequence<");
        write_type(r, out, depth - 1);
        fprintf(out, ", %u>", 1 + below(r, 4));
        return;
    case 9:
        fputs("Small", out);
        return;
    case 10:
        fputs(depth > 1 ? "Big" : "Pair", out);
        return;
    case 11:
        fputs(depth > 1 ? "Either" : "Pair", out);
        return;
    }
}

static void write_fields(struct random *r, FILE *out, const char *prefix, unsigned n, int depth)
{
    for (unsigned i = 0; i < n; i++) {
        fprintf(out, "    ");
        write_type(r, out, depth);
        fprintf(out, " %s%u;\n", prefix, i);
    }
}

static void write_parameters(struct random *r, FILE *out, const char *direction, const char *prefix,
                             unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        fprintf(out, ",\n       %s ", direction);
        if (i < 2 && chance(r, 20)) /* a message has at most seven */
            fputs(chance(r, 60) ? "Handle" : "array<Handle, 2>", out);
        else
            write_type(r, out, 2);
        fprintf(out, " %s%u", prefix, i);
    }
}

static void write_interface(struct random *r, const char *dir, const char *name, unsigned nmethods)
{
    bool is_guard = !strcmp(name, "Guard"); /* has nothing but requests */
    char path[40];
    FILE *out;

    snprintf(path, sizeof(path), "m/%s.idl", name);
    out = create(dir, path);
    fprintf(out, "package m.%s\n\ntypedef %s Small;\n", name, integer(r));
    fprintf(out, "struct Pair { %s x; %s y; }\n", integer(r), integer(r));
    fprintf(out, "union Either {\n");
    write_fields(r, out, "e", 2 + below(r, 3), 1);
    fprintf(out, "}\nstruct Big {\n");
    write_fields(r, out, "b", 1 + below(r, 4), 1);
    fprintf(out, "}\n\ninterface {\n");
    for (unsigned i = 0; i < nmethods; i++) {
        fprintf(out, "    M%u(in UInt32 n, in SInt32 s, in Handle h, in string<8> text", i);
        write_parameters(r, out, "in", "p", below(r, 6));
        if (!is_guard) {
            fprintf(out, ",\n       out UInt32 r");
            write_parameters(r, out, "out", "o", below(r, 4));
            fprintf(out, ",\n       error SInt16 code");
            write_parameters(r, out, "error", "x", below(r, 3));
        }
        fprintf(out, ");\n");
    }
    fprintf(out, "}\n");
    fclose(out);
}

void write_interfaces(struct random *r, const char *dir)
{
    write_text(dir, "kl/core/Types.idl",
               "package kl.core.Types\ntypedef UInt32 HandleWord;\ntypedef SInt32 Retcode;\n");
    write_text(dir, "kl/core/Execute.idl", "package kl.core.Execute\ninterface { main(); }\n");
    write_text(dir, "kl/core/Task.idl",
               "package kl.core.Task\nimport kl.core.Types\ninterface {\n"
               "    Start(in HandleWord task, in UInt32 n, out Retcode rc);\n"
               "    Give(in HandleWord a, in HandleWord b, in Handle c, out HandleWord got);\n"
               "    Exit();\n}\n");
    write_text(dir, "kl/core/Core.edl",
               "task class kl.core.Core\ncomponents { task : kl.core.TaskOwner }\n");
    write_text(dir, "kl/core/TaskOwner.cdl",
               "component kl.core.TaskOwner\nendpoints { task : kl.core.Task }\n");
    write_text(dir, "Einit.edl", "task class Einit\n");
    write_text(dir, "m/Client.edl",
               "task class m.Client\nsecurity m.Guard\n"
               "components { part : m.Part }\n");
    write_text(dir, "m/Server.edl",
               "task class m.Server\nendpoints { own : m.I0 second : m.I1 }\n"
               "components { hall : m.Hall room : m.Hall }\n");
    write_text(dir, "m/Hall.cdl", "component m.Hall\nendpoints { all : m.I1 }\n");
    write_text(dir, "m/Part.cdl", "component m.Part\nsecurity m.Guard\n");
    write_interface(r, dir, "I0", 2 + below(r, 3));
    write_interface(r, dir, "I1", 1 + below(r, 3));
    write_interface(r, dir, "Guard", 1 + below(r, 2));
}
