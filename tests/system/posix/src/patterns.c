/*
 * patterns.c: <regex.h>, <fnmatch.h>, <glob.h>, <libgen.h>, <wordexp.h>.
 */
#include "suite.h"

#include <fnmatch.h>
#include <glob.h>
#include <libgen.h>
#include <regex.h>
#include <string.h>

static void test_regex(void)
{
    regex_t re;
    regmatch_t at[3];
    char text[64];

    HOLDS(regcomp(&re, "a(b+)c", REG_EXTENDED) == 0 && re.re_nsub == 1);
    HOLDS(regexec(&re, "xxabbbcx", 3, at, 0) == 0 && at[0].rm_so == 2 && at[0].rm_eo == 7);
    HOLDS(at[1].rm_so == 3 && at[1].rm_eo == 6 && regexec(&re, "ac", 0, NULL, 0) == REG_NOMATCH);
    regfree(&re);
    HOLDS(regcomp(&re, "^x", REG_ICASE | REG_NOSUB) == 0 && regexec(&re, "Xy", 0, NULL, 0) == 0);
    HOLDS(regexec(&re, "x", 0, NULL, REG_NOTBOL) == REG_NOMATCH);
    regfree(&re);
    HOLDS(regcomp(&re, "(", REG_EXTENDED) == REG_EPAREN && regcomp(&re, "[", 0) == REG_EBRACK);
    HOLDS(regerror(REG_EPAREN, NULL, text, sizeof text) > 1 && text[0] != 0);
}

static void test_names(void)
{
    char path[] = "/usr/lib/x/", root[] = "/", plain[] = "plain";

    HOLDS(strcmp(basename(path), "x") == 0);
    strcpy(path, "/usr/lib/x/");
    HOLDS(strcmp(dirname(path), "/usr/lib") == 0 && strcmp(dirname(root), "/") == 0);
    HOLDS(strcmp(dirname(plain), ".") == 0 && strcmp(basename(NULL), ".") == 0);
}

static void test_match(void)
{
    glob_t found;

    HOLDS(fnmatch("*.[ch]", "a.c", 0) == 0 && fnmatch("*.[ch]", "a.o", 0) == FNM_NOMATCH);
    HOLDS(fnmatch("*", "a/b", FNM_PATHNAME) == FNM_NOMATCH && fnmatch("*", ".a", FNM_PERIOD) == FNM_NOMATCH);
    HOLDS(fnmatch("\\*", "*", 0) == 0 && fnmatch("\\*", "\\x", FNM_NOESCAPE) == 0);
    HOLDS(glob("/no*", 0, NULL, &found) == GLOB_NOMATCH);
    HOLDS(glob("/no*", GLOB_NOCHECK, NULL, &found) == 0 && found.gl_pathc == 1);
    HOLDS(strcmp(found.gl_pathv[0], "/no*") == 0);
    globfree(&found);
}

void run_patterns(void)
{
    test_regex();
    test_names();
    test_match();
}
