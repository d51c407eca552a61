/*
 * stdio.c: <stdio.h>: streams on memory, on pipes and on the console.
 */
#include "suite.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int print_into(char *text, size_t size, const char *format, ...)
{
    va_list ap, again;
    int n, m;

    va_start(ap, format);
    va_copy(again, ap);
    n = vsprintf(text, format, ap);
    m = vsnprintf(text, size, format, again);
    va_end(again);
    va_end(ap);
    return n == m ? n : -1;
}

static int print_to(FILE *f, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = f == stdout ? vprintf(format, ap) : vfprintf(f, format, ap);
    va_end(ap);
    return n;
}

static int scan(FILE *f, const char *text, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = text ? vsscanf(text, format, ap) : f == stdin ? vscanf(format, ap) : vfscanf(f, format, ap);
    va_end(ap);
    return n;
}

static int print_fd(int fd, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vdprintf(fd, format, ap);
    va_end(ap);
    return n;
}

static void test_text(void)
{
    char text[32];
    int a = 0;

    HOLDS(sprintf(text, "%d", 12) == 2 && snprintf(text, 2, "%d", 345) == 3 && strcmp(text, "3") == 0);
    HOLDS(print_into(text, 4, "%s", "abcdef") == 6 && strcmp(text, "abc") == 0);
    HOLDS(sscanf("12 ab", "%d", &a) == 1 && a == 12 && scan(NULL, "0x1f", "%i", &a) == 1 && a == 31);
    HOLDS(sscanf("", "%d", &a) == EOF && sscanf("x", "%d", &a) == 0);
}

static void test_reading(void)
{
    char bytes[] = "12 abc\nsecond\nx", line[16], *grown = NULL;
    FILE *f = fmemopen(bytes, sizeof bytes - 1, "r");
    size_t size = 0;
    int a = 0;

    HOLDS(fscanf(f, "%d", &a) == 1 && a == 12 && fgetc(f) == ' ');
    HOLDS(getc(f) == 'a' && getc_unlocked(f) == 'b' && ungetc('z', f) == 'z' && getc(f) == 'z');
    HOLDS(fgets(line, sizeof line, f) == line && strcmp(line, "c\n") == 0);
    HOLDS(getline(&grown, &size, f) == 7 && strcmp(grown, "second\n") == 0 && size >= 8);
    HOLDS(getdelim(&grown, &size, 'x', f) == 1 && getline(&grown, &size, f) == -1);
    HOLDS(feof(f) && !ferror(f) && fgetc(f) == EOF);
    clearerr(f);
    HOLDS(!feof(f));
    rewind(f);
    HOLDS(fread(line, 2, 2, f) == 2 && memcmp(line, "12 a", 4) == 0 && scan(f, NULL, "bc %15s", line) == 1);
    HOLDS(fclose(f) == 0);
    free(grown);
}

static void test_places(void)
{
    char bytes[8] = "abcdefg";
    FILE *f = fmemopen(bytes, sizeof bytes, "r+");
    fpos_t place;

    HOLDS(fseek(f, 2, SEEK_SET) == 0 && ftell(f) == 2 && fgetpos(f, &place) == 0);
    HOLDS(fseeko(f, 1, SEEK_CUR) == 0 && ftello(f) == 3 && fgetc(f) == 'd');
    HOLDS(fsetpos(f, &place) == 0 && fputc('C', f) == 'C' && fflush(f) == 0 && bytes[2] == 'C');
    errno = 0;
    HOLDS(fseek(f, -1, SEEK_SET) == -1 && errno == EINVAL && fseek(f, 9, SEEK_SET) == -1);
    errno = 0;
    HOLDS(fseek(f, 0, 99) == -1 && errno == EINVAL && ftell(f) == 3);
    fclose(f);
    errno = 0;
    HOLDS(fseek(stdout, 0, SEEK_SET) == -1 && errno == ESPIPE && ftell(stdout) == -1);
}

/* fmemopen: modes, the limit of the buffer, the zero byte that is written behind the end. */
static void test_memory_in(void)
{
    char bytes[6] = "ab";
    FILE *f = fmemopen(bytes, sizeof bytes, "a");

    HOLDS(ftell(f) == 2 && fputs("cd", f) >= 0 && fflush(f) == 0 && strcmp(bytes, "abcd") == 0);
    HOLDS(fputs("efgh", f) >= 0 && (fflush(f) == EOF || bytes[5] != 'f' || ferror(f)));
    fclose(f);
    f = fmemopen(bytes, sizeof bytes, "w");
    HOLDS(f && fputs("xy", f) >= 0 && fclose(f) == 0 && strcmp(bytes, "xy") == 0);
    f = fmemopen(NULL, 8, "w+");
    HOLDS(f && fputs("own", f) >= 0 && fseek(f, 0, SEEK_SET) == 0 && fgetc(f) == 'o');
    fclose(f);
    errno = 0;
    HOLDS(!fmemopen(bytes, sizeof bytes, "z") && errno == EINVAL);
}

/* open_memstream: the buffer and its size are known after a flush; it grows; places behind the end. */
static void test_memory_out(void)
{
    char *text = NULL;
    size_t size = 99;
    FILE *f = open_memstream(&text, &size);

    HOLDS(f && fflush(f) == 0 && size == 0 && text && text[0] == 0);
    HOLDS(fprintf(f, "%d", 12345) == 5 && fflush(f) == 0 && size == 5 && strcmp(text, "12345") == 0);
    HOLDS(fseek(f, 8, SEEK_SET) == 0 && fputc('x', f) == 'x' && fflush(f) == 0 && size == 9);
    HOLDS(memcmp(text, "12345\0\0\0x", 10) == 0);
    for (int i = 0; i < 5000; i++) {
        fputc('a' + i % 26, f);
    }
    HOLDS(fclose(f) == 0 && size == 5009 && text[5008] == 'a' + 4999 % 26 && text[5009] == 0);
    free(text);
}

static void test_writing(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);

    HOLDS(fputc('a', f) == 'a' && putc('b', f) == 'b' && putc_unlocked('c', f) == 'c');
    HOLDS(fputs("de", f) >= 0 && fwrite("fgh", 1, 3, f) == 3 && print_to(f, "%s", "i") == 1);
    flockfile(f);
    HOLDS(ftrylockfile(f) == 0);
    funlockfile(f);
    funlockfile(f);
    HOLDS(fclose(f) == 0 && strcmp(text, "abcdefghi") == 0);
    free(text);
}

static void test_pipe(void)
{
    int fds[2];
    char text[32], own[BUFSIZ];
    FILE *in, *out;

    HOLDS(pipe(fds) == 0);
    in = fdopen(fds[0], "r");
    out = fdopen(fds[1], "w");
    HOLDS(in && out && fileno(in) == fds[0] && fileno(out) == fds[1]);
    HOLDS(setvbuf(out, own, _IOLBF, sizeof own) == 0);
    HOLDS(fputs("line\npart", out) >= 0 && fgets(text, sizeof text, in) && strcmp(text, "line\n") == 0);
    HOLDS(fclose(out) == 0 && fgets(text, sizeof text, in) && strcmp(text, "part") == 0);
    HOLDS(fgetc(in) == EOF && feof(in));
    setbuf(in, NULL);
    errno = 0;
    HOLDS(!freopen("/no/such", "r", in) && errno == ENOENT);
    errno = 0;
    HOLDS(!fdopen(1, "z") && errno == EINVAL);
}

static void test_console(void)
{
    int a;
    char text[L_ctermid + 1];

    HOLDS(printf("printf\n") == 7 && fprintf(stdout, "fprintf\n") == 8 && print_to(stdout, "%s\n", "vprintf") == 8);
    HOLDS(puts("puts") >= 0 && putchar('p') == 'p' && putchar_unlocked('\n') == '\n' && fflush(NULL) == 0);
    HOLDS(dprintf(2, "%s %d\n", "dprintf", 1) == 10 && print_fd(1, "%s\n", "vdprintf") == 9);
    errno = 0;
    HOLDS(dprintf(77, "x") < 0 && errno == EBADF);
    errno = ENOENT;
    perror("perror");
    HOLDS(scanf("%d", &a) == EOF && scan(stdin, NULL, "%d", &a) == EOF);
    HOLDS(getchar() == EOF && getchar_unlocked() == EOF);
    HOLDS(strcmp(ctermid(text), "") == 0);
    HOLDS(tmpnam(NULL) != NULL);
}

extern char *gets(char *);

static void test_names(void)
{
    char *name = tempnam("/", "a"), line[8];

    HOLDS(name && strncmp(name, "/", 1) == 0);
    free(name);
    HOLDS(!gets(line));
}

void run_stdio(void)
{
    test_text();
    test_reading();
    test_places();
    test_memory_in();
    test_memory_out();
    test_writing();
    test_pipe();
    test_console();
    test_names();
}
