/*
 * wide_streams.c: <wchar.h>: printing, scanning and reading of wide characters.
 */
#include "suite.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static int print_to(FILE *f, const wchar_t *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vfwprintf(f, format, ap);
    va_end(ap);
    return n;
}

static int print_into(wchar_t *text, size_t size, const wchar_t *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vswprintf(text, size, format, ap);
    va_end(ap);
    return n;
}

static int scan_text(const wchar_t *text, const wchar_t *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vswscanf(text, format, ap);
    va_end(ap);
    return n;
}

static int scan_from(FILE *f, const wchar_t *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vfwscanf(f, format, ap);
    va_end(ap);
    return n;
}

static void test_text(void)
{
    wchar_t text[16];
    int a = 0;

    HOLDS(swprintf(text, 16, L"%d %ls", 12, L"ab") == 5 && wcscmp(text, L"12 ab") == 0);
    HOLDS(swprintf(text, 3, L"%d", 1234) < 0);
    HOLDS(print_into(text, 16, L"%lc", (wint_t)0x20ac) == 1 && text[0] == 0x20ac);
    HOLDS(swscanf(L"12 ab", L"%d %15ls", &a, text) == 2 && a == 12 && wcscmp(text, L"ab") == 0);
    HOLDS(scan_text(L"0x1f", L"%i", &a) == 1 && a == 31);
}

static void test_reading(void)
{
    char bytes[] = "12 \xe2\x82\xac 13\nline\n";
    FILE *f = fmemopen(bytes, sizeof bytes - 1, "r");
    wchar_t text[16];
    int a = 0;

    HOLDS(fwide(f, 1) > 0 && fwscanf(f, L"%d ", &a) == 1 && a == 12);
    HOLDS(fgetwc(f) == 0x20ac && ungetwc(L'x', f) == L'x' && getwc(f) == L'x');
    HOLDS(scan_from(f, L"%d", &a) == 1 && a == 13 && getwc(f) == L'\n');
    HOLDS(fgetws(text, 16, f) == text && wcscmp(text, L"line\n") == 0);
    HOLDS(fgetwc(f) == WEOF && feof(f));
    fclose(f);
}

static void test_writing(void)
{
    wchar_t *text = NULL;
    size_t size = 0;
    FILE *f = open_wmemstream(&text, &size);

    HOLDS(fwprintf(f, L"%d", 5) == 1 && print_to(f, L"%ls", L"ab") == 2);
    HOLDS(fputwc(0x20ac, f) == 0x20ac && putwc(L'c', f) == L'c' && fputws(L"de", f) >= 0);
    HOLDS(fflush(f) == 0 && size == 7 && wcscmp(text, L"5ab\x20ac" L"cde") == 0);
    HOLDS(fseek(f, 1, SEEK_SET) == 0 && fputwc(L'X', f) == L'X' && fflush(f) == 0 && text[1] == L'X');
    HOLDS(fclose(f) == 0 && size == 2);
    free(text);
}

/* Standard input and output as streams of wide characters are tried by a program of its own. */
void run_wide_streams(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    test_text();
    test_reading();
    test_writing();
}
