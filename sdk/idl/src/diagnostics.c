/*
 * diagnostics.c: "file:line:col: error: message", the source line, a caret, and what to do.
 *
 * The CMake commands collect descriptions in one folder as symbolic links; a message names the file
 * behind the link, which is the one to edit.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

enum { ERRORS_SHOWN = 50, PATH_SHOWN_MAX = 4096 };

static const char *line_start(const struct nkidl_loc *loc)
{
    const char *at = loc->file->text;

    for (unsigned line = 1; line < loc->line; line++) {
        const char *end = strchr(at, '\n');
        if (!end)
            break;
        at = end + 1;
    }
    return at;
}

const char *location_text(const struct nkidl_loc *loc)
{
    const char *at = line_start(loc);

    for (unsigned column = 1; column < loc->column && *at && *at != '\n'; column++)
        at++;
    return at;
}

/* The line and a caret under its columns; tabs are kept so that the caret stands right. */
static void show_source(const struct nkidl_loc *loc)
{
    const char *line = line_start(loc);
    size_t size = strcspn(line, "\r\n");
    unsigned width = loc->end_column > loc->column ? loc->end_column - loc->column : 1;

    fprintf(stderr, "    %.*s\n    ", (int)size, line);
    for (unsigned i = 0; i + 1 < loc->column && i < size; i++)
        fputc(line[i] == '\t' ? '\t' : ' ', stderr);
    fputc('^', stderr);
    for (unsigned i = 1; i < width; i++)
        fputc('~', stderr);
    fputc('\n', stderr);
}

/* The path to show; `target` has room for that of a link. */
static const char *shown_path(const char *path, char target[PATH_SHOWN_MAX])
{
    ssize_t size = readlink(path, target, PATH_SHOWN_MAX - 1);

    if (size <= 0 || target[0] != '/')
        return path;
    target[size] = 0;
    return target;
}

static void report(struct nkidl_loc loc, const char *severity, const char *help,
                   const char *format, va_list args)
{
    char target[PATH_SHOWN_MAX];

    if (loc.file && loc.line)
        fprintf(stderr, "%s:%u:%u: ", shown_path(loc.file->path, target), loc.line, loc.column);
    else if (loc.file)
        fprintf(stderr, "%s: ", shown_path(loc.file->path, target));
    fprintf(stderr, "%s: ", severity);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    if (loc.file && loc.line)
        show_source(&loc);
    if (help)
        fprintf(stderr, "    %s\n", help);
}

void nkidl_error(struct nkidl *idl, struct nkidl_loc loc, const char *help, const char *format, ...)
{
    va_list args;

    if (++idl->errors > ERRORS_SHOWN)
        return;
    va_start(args, format);
    report(loc, "error", help, format, args);
    va_end(args);
    if (idl->errors == ERRORS_SHOWN)
        fprintf(stderr, "error: %d errors shown, the rest is left out\n", ERRORS_SHOWN);
}

void nkidl_warning(struct nkidl *idl, struct nkidl_loc loc, const char *help, const char *format,
                   ...)
{
    va_list args;

    if (idl->options.no_warnings ||
        (idl->options.no_import_warnings && loc.file && !loc.file->is_given))
        return;
    idl->warnings++;
    if (idl->options.warnings_are_errors)
        idl->errors++;
    va_start(args, format);
    report(loc, idl->options.warnings_are_errors ? "error" : "warning", help, format, args);
    va_end(args);
}

void nkidl_note(struct nkidl *idl, struct nkidl_loc loc, const char *format, ...)
{
    va_list args;

    if (idl->errors > ERRORS_SHOWN)
        return;
    va_start(args, format);
    report(loc, "note", NULL, format, args);
    va_end(args);
}
