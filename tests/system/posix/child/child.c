/*
 * child.c: the ends of a process, and the standard streams as streams of wide characters. argv[1] says which;
 * the status is what src/ends.c compares.
 */
#include <assert.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

static int steps;

static void first(void)
{
    steps = steps * 10 + 1;
    _Exit(steps);
}

static void second(void)
{
    steps = steps * 10 + 2;
}

static void never(void)
{
    _Exit(99);
}

static void on_abort(int sig)
{
    _Exit(50 + sig);
}

static int print(const wchar_t *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vwprintf(format, ap);
    va_end(ap);
    return n;
}

static int scan(const wchar_t *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vwscanf(format, ap);
    va_end(ap);
    return n;
}

/* 0, or the number of the step that was wrong. */
static int wide(void)
{
    int n;

    setlocale(LC_CTYPE, "C.UTF-8");
    if (wprintf(L"wide %d\n", 1) != 7 || print(L"%ls\n", L"v") != 2 || putwchar(L'\n') != L'\n') {
        return 1;
    }
    if (getwchar() != WEOF || wscanf(L"%d", &n) != EOF || scan(L"%d", &n) != EOF) {
        return 2;
    }
    return fwide(stdout, 0) > 0 && fwide(stdin, 0) > 0 ? 0 : 3;
}

static void *exit_from_thread(void *arg)
{
    exit(*(int *)arg);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int status = 31;
    pthread_t thread;

    if (strcmp(what, "exit") == 0) {
        atexit(first);
        atexit(second);
        exit(5);
    } else if (strcmp(what, "quick") == 0) {
        atexit(never);
        at_quick_exit(first);
        at_quick_exit(second);
        quick_exit(5);
    } else if (strcmp(what, "_exit") == 0) {
        atexit(never);
        _exit(7);
    } else if (strcmp(what, "abort") == 0) {
        abort();
    } else if (strcmp(what, "caught") == 0) {
        signal(SIGABRT, on_abort);
        abort();
    } else if (strcmp(what, "assert") == 0) {
        assert(argc == 77);
    } else if (strcmp(what, "signal") == 0) {
        raise(SIGTERM);
    } else if (strcmp(what, "kill") == 0) {
        kill(getpid(), SIGKILL);
    } else if (strcmp(what, "thread") == 0) {
        pthread_create(&thread, NULL, exit_from_thread, &status);
        pause();
    } else if (strcmp(what, "alarm") == 0) {
        alarm(1);
        pause();
    } else if (strcmp(what, "wide") == 0) {
        return wide();
    }
    return 98;
}
