/*
 * boot_args.c: arguments that a process gets from the kernel's command line (EntityAddBootArgs).
 *
 * One word for each argument, numbered from 1: a word holds at most 1023 bytes, and the first number
 * that is missing ends the list. %hh stands for a byte; a % that no two digits follow is itself.
 */
#include "entity.h"

#include <coresrv/hal/hal_api.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 1024 /* bytes of a word's value, with its terminator */
#define NAME_MAX 128
#define ARGS_MAX 256

static int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* In place; a byte of zero ends the text. */
static void decode(char *text)
{
    const char *from = text;
    char *to = text;

    while (*from) {
        if (*from == '%' && digit(from[1]) >= 0 && digit(from[2]) >= 0) {
            *to++ = (char)(digit(from[1]) * 16 + digit(from[2]));
            from += 3;
        } else {
            *to++ = *from++;
        }
    }
    *to = 0;
}

/* args.<process name>.<number>; zero if it is too long for a word's name. */
static int word_name(char *name, const char *process, unsigned number)
{
    size_t length = strlen(process), at = 5;
    char digits[4];
    unsigned n = 0;

    if (length > NAME_MAX - 10) {
        return 0;
    }
    memcpy(name, "args.", 5);
    memcpy(name + at, process, length);
    at += length;
    name[at++] = '.';
    for (; number; number /= 10) {
        digits[n++] = (char)('0' + number % 10);
    }
    while (n) {
        name[at++] = digits[--n];
    }
    name[at] = 0;
    return 1;
}

/* One argument more; zero: no memory. */
static int append(struct strings *list, const char *text)
{
    char **items = realloc(list->items, (list->count + 2) * sizeof(*items));

    if (!items) {
        return 0;
    }
    list->items = items;
    items[list->count] = strdup(text);
    if (!items[list->count]) {
        return 0;
    }
    items[++list->count] = NULL;
    return 1;
}

Retcode EntityAddBootArgs(Entity *entity)
{
    char name[NAME_MAX], value[WORD_MAX];

    if (!entity) {
        return rcInvalidArgument;
    }
    if (entity->is_running) {
        return rcInvalidOperation;
    }
    for (unsigned number = 1; number <= ARGS_MAX; number++) {
        if (!word_name(name, entity->name, number) ||
            KnHalGetEnv(name, value, sizeof(value)) != rcOk) {
            break;
        }
        decode(value);
        if (!append(&entity->args, value)) {
            return rcOutOfMemory;
        }
    }
    return rcOk;
}
