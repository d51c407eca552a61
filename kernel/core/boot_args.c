/*
 * core/boot_args.c: see boot_args.h.
 */
#include "core/boot_args.h"

#include "core/text.h"

#define CMDLINE_MAX 2048

static char cmdline[CMDLINE_MAX];

void boot_args_init(const char *text)
{
    text_copy(cmdline, text, sizeof cmdline);
}

bool boot_arg(const char *name, char *value, size_t size)
{
    const char *s = cmdline;
    while (*s) {
        while (*s == ' ')
            s++;
        size_t n = 0;
        while (name[n] && s[n] == name[n])
            n++;
        if (!name[n] && s[n] == '=') {
            s += n + 1;
            for (n = 0; s[n] && s[n] != ' ' && n + 1 < size; n++)
                value[n] = s[n];
            value[n] = 0;
            return true;
        }
        while (*s && *s != ' ')
            s++;
    }
    return false;
}

bool boot_arg_is(const char *name, const char *value)
{
    char buf[64];
    return boot_arg(name, buf, sizeof buf) && text_is(buf, value);
}
