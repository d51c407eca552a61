/*
 * stdio.c: printing, formatting, scanning, streams in memory, and what the console is.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"

static int formats(const char *want, const char *format, ...)
{
    char text[128];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    return strcmp(text, want) == 0;
}

static void test_format(void)
{
    CHECK("printf integers", formats("-7 007 0x1f 4294967295", "%d %03d %#x %u", -7, 7, 31, -1u));
    CHECK("printf 64 bits", formats("-9223372036854775807", "%lld", -9223372036854775807ll));
    CHECK("printf doubles", formats("3.14 1e+10 inf", "%.2f %g %f", 3.14159, 1e10, INFINITY));
    CHECK("printf long double", formats("0.10000000000000000001", "%.20Lf", 0.10000000000000000001L));
    CHECK("printf strings", formats("[  ab][ab  ][a]", "[%4s][%-4s][%.1s]", "ab", "ab", "ab"));
    CHECK("snprintf returns the full length", snprintf(NULL, 0, "%d", 12345) == 5);
}

static void test_scan(void)
{
    int a = 0, b = 0;
    char word[8] = "";

    CHECK("sscanf", sscanf("12 0x1f abc", "%d %i %7s", &a, &b, word) == 3 && a == 12 && b == 31 &&
                        strcmp(word, "abc") == 0);
}

static void test_memory_streams(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    char line[16];

    fprintf(f, "one\ntwo\n");
    fclose(f);
    CHECK("open_memstream", size == 8 && strcmp(text, "one\ntwo\n") == 0);
    f = fmemopen(text, size, "r");
    CHECK("fmemopen", fgets(line, sizeof line, f) && strcmp(line, "one\n") == 0);
    CHECK("ftell", ftell(f) == 4);
    fclose(f);
    free(text);
}

static void test_console(void)
{
    struct iovec parts[2] = { { "two parts, ", 11 }, { "one line\n", 9 } };
    struct stat st;
    static char big[10000];

    CHECK("write", write(1, "written\n", 8) == 8);
    CHECK("writev", writev(1, parts, 2) == 20);
    for (size_t i = 0; i < sizeof big; i++) {
        big[i] = i % 100 == 99 ? '\n' : '.';
    }
    CHECK("a write of 10,000 bytes", write(2, big, sizeof big) == sizeof big);
    CHECK("stderr takes a long line", fprintf(stderr, "%0300d\n", 1) == 301);
    CHECK("stdin is at its end", getchar() == EOF && feof(stdin));
    CHECK("isatty says no", !isatty(1) && errno == ENOTTY);
    CHECK("fstat: a character device", fstat(1, &st) == 0 && S_ISCHR(st.st_mode));
    CHECK("lseek: not possible", lseek(1, 0, SEEK_SET) == -1 && errno == ESPIPE);
    CHECK("dprintf", dprintf(1, "%s\n", "dprintf") == 8);
}

static void test_no_files(void)
{
    CHECK("fopen: nothing there", !fopen("/etc/passwd", "r") && errno == ENOENT);
    CHECK("open to create: not supported", open("/tmp/x", O_CREAT | O_RDWR, 0600) == -1 &&
                                               errno == ENOSYS);
    CHECK("write to no descriptor", write(7, "x", 1) == -1 && errno == EBADF);
    CHECK("close no descriptor", close(7) == -1 && errno == EBADF);
    CHECK("perror's text", strcmp(strerror(ENOENT), "No such file or directory") == 0);
}

int main(void)
{
    test_format();
    test_scan();
    test_memory_streams();
    test_console();
    test_no_files();
    return check_report();
}
