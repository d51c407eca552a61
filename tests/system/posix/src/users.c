/*
 * users.c: <pwd.h>, <grp.h>, <utmpx.h>, and <unistd.h>'s identities: one user, no lists of them.
 */
#include "suite.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utmpx.h>

static void test_lists(void)
{
    struct passwd pw, *found_pw = &pw;
    struct group gr, *found_gr = &gr;
    struct utmpx entry = {0};
    char text[128];

    HOLDS(!getpwnam("root") && !getpwuid(0) && !getgrnam("root") && !getgrgid(0));
    HOLDS(getpwnam_r("root", &pw, text, sizeof text, &found_pw) == 0 && !found_pw);
    found_pw = &pw;
    HOLDS(getpwuid_r(0, &pw, text, sizeof text, &found_pw) == 0 && !found_pw);
    HOLDS(getgrnam_r("root", &gr, text, sizeof text, &found_gr) == 0 && !found_gr);
    found_gr = &gr;
    HOLDS(getgrgid_r(0, &gr, text, sizeof text, &found_gr) == 0 && !found_gr);
    setpwent();
    setgrent();
    HOLDS(!getpwent() && !getgrent());
    endpwent();
    endgrent();
    setutxent();
    HOLDS(!getutxent() && !getutxid(&entry) && !getutxline(&entry) && !pututxline(&entry));
    endutxent();
}

static void test_identities(void)
{
    gid_t groups[4];
    char text[8];

    HOLDS(getuid() == 0 && geteuid() == 0 && getgid() == 0 && getegid() == 0 && getgroups(4, groups) == 0);
    HOLDS(setuid(0) == 0 && setgid(0) == 0 && seteuid(0) == 0 && setegid(0) == 0);
    HOLDS(setreuid(0, (uid_t)-1) == 0 && setregid((gid_t)-1, 0) == 0);
    errno = 0;
    HOLDS(setuid(5) == -1 && errno == EPERM && setgid(5) == -1 && seteuid(5) == -1 && setegid(5) == -1);
    HOLDS(setreuid(5, 0) == -1 && setregid(0, 5) == -1 && errno == EPERM);
    HOLDS(getpid() > 0 && getppid() == 0 && getpgrp() == getpid() && getpgid(0) == getpid() && getsid(0) == getpid());
    errno = 0;
    HOLDS(getpgid(getpid() + 1) == -1 && errno == ESRCH && getsid(getpid() + 1) == -1);
    unsetenv("LOGNAME");
    HOLDS(!getlogin() && getlogin_r(text, sizeof text) == ENXIO);
    setenv("LOGNAME", "name", 1);
    HOLDS(strcmp(getlogin(), "name") == 0 && getlogin_r(text, sizeof text) == 0 && getlogin_r(text, 2) == ERANGE);
}

void run_users(void)
{
    test_lists();
    test_identities();
}
