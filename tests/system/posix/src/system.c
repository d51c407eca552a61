/*
 * system.c: what a program asks about the system: <sys/utsname.h>, <sys/resource.h>, <unistd.h>'s sysconf,
 * <ulimit.h>; and <syslog.h>, <fmtmsg.h>, <dlfcn.h>, <termios.h>.
 */
#include "suite.h"

#include <crypt.h>
#include <dlfcn.h>
#include <fmtmsg.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <syslog.h>
#include <termios.h>
#include <ulimit.h>
#include <unistd.h>

static void test_names(void)
{
    struct utsname name;
    char text[HOST_NAME_MAX + 1], small[3] = "";

    HOLDS(uname(&name) == 0 && name.sysname[0] && name.release[0] && strcmp(name.machine, "x86_64") == 0);
    HOLDS(gethostname(text, sizeof text) == 0 && strcmp(text, name.nodename) == 0);
    HOLDS(gethostname(small, sizeof small) == 0 || errno == ENAMETOOLONG);
    HOLDS(gethostid() == 0);
}

static void test_limits(void)
{
    struct rlimit limit;
    char text[64];

    HOLDS(getrlimit(RLIMIT_NOFILE, &limit) == 0 && (long)limit.rlim_cur == sysconf(_SC_OPEN_MAX));
    HOLDS(getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur >= 16384);
    errno = 0;
    HOLDS(getrlimit(99, &limit) == -1 && errno == EINVAL && ulimit(UL_GETFSIZE) > 0);
    HOLDS(sysconf(_SC_PAGESIZE) == 4096 && sysconf(_SC_VERSION) == 200809 && sysconf(_SC_NPROCESSORS_ONLN) >= 1);
    HOLDS(sysconf(_SC_SPAWN) == _POSIX_SPAWN && _POSIX_SPAWN == -1 && sysconf(_SC_JOB_CONTROL) == -1);
    HOLDS(sysconf(_SC_TIMERS) == _POSIX_TIMERS && sysconf(_SC_TIMERS) > 0 && sysconf(_SC_CPUTIME) == -1);
    HOLDS(sysconf(_SC_MESSAGE_PASSING) == -1 && sysconf(_SC_MAPPED_FILES) == -1 && sysconf(_SC_IPV6) == -1);
    HOLDS(sysconf(_SC_SEMAPHORES) > 0 && sysconf(_SC_THREADS) > 0 && sysconf(_SC_MONOTONIC_CLOCK) > 0);
    errno = 0;
    HOLDS(sysconf(99999) == -1 && errno == EINVAL);
    HOLDS(confstr(_CS_PATH, text, sizeof text) > 1 && confstr(_CS_PATH, NULL, 0) > 1);
    HOLDS(pathconf("/", _PC_NAME_MAX) == NAME_MAX && fpathconf(1, _PC_PIPE_BUF) == PIPE_BUF);
    errno = 0;
    HOLDS(pathconf("/", 999) == -1 && errno == EINVAL && confstr(999, text, sizeof text) == 0);
}

static void test_messages(void)
{
    openlog("posix", LOG_PERROR, LOG_USER);
    HOLDS(setlogmask(LOG_UPTO(LOG_ERR)) == 0xff && setlogmask(0) == LOG_UPTO(LOG_ERR));
    syslog(LOG_ERR, "a line of %s", "syslog");
    closelog();
    HOLDS(fmtmsg(MM_PRINT, "a:b", MM_ERROR, "text", "action", "tag") == MM_OK);
}

static void test_modules(void)
{
    HOLDS(!dlopen("x.so", RTLD_NOW) && dlerror() != NULL && !dlerror());
    HOLDS(!dlsym(RTLD_DEFAULT, "nosuch") && dlclose(NULL) != 0);
}

static void test_speeds(void)
{
    struct termios modes = {0};

    HOLDS(cfsetispeed(&modes, B9600) == 0 && cfsetospeed(&modes, B9600) == 0);
    HOLDS(cfgetispeed(&modes) == B9600 && cfgetospeed(&modes) == B9600);
    errno = 0;
    HOLDS(cfsetospeed(&modes, 12345) == -1 && errno == EINVAL);
}

static void test_others(void)
{
    char *argv[] = {(char *)"x", (char *)"-a", (char *)"-bvalue", (char *)"rest", NULL};
    char in[2] = "ab", out[2], block[64] = {0};

    HOLDS(getopt(4, argv, "ab:") == 'a' && getopt(4, argv, "ab:") == 'b' && strcmp(optarg, "value") == 0);
    HOLDS(getopt(4, argv, "ab:") == -1 && optind == 3);
    swab(in, out, 2);
    HOLDS(out[0] == 'b' && out[1] == 'a');
    HOLDS(strcmp(crypt("password", "ab"), "abJnggxhB/yWI") == 0);
    setkey(block);
    encrypt(block, 0);
    encrypt(block, 1);
    HOLDS(block[0] == 0 && block[63] == 0);
}

void run_system(void)
{
    test_names();
    test_limits();
    test_messages();
    test_modules();
    test_speeds();
    test_others();
}
