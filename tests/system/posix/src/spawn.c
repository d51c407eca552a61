/*
 * spawn.c: <spawn.h>: what describes a process to be made; making one fails (fails.c).
 */
#include "suite.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

static void test_attributes(void)
{
    posix_spawnattr_t attr;
    sigset_t set, got;
    pid_t group = 1;
    short flags = 1;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    HOLDS(posix_spawnattr_init(&attr) == 0 && posix_spawnattr_getflags(&attr, &flags) == 0 && flags == 0);
    HOLDS(posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK) == 0);
    HOLDS(posix_spawnattr_getflags(&attr, &flags) == 0 && flags == POSIX_SPAWN_SETSIGMASK);
    HOLDS(posix_spawnattr_setflags(&attr, 0x4000) == EINVAL);
    HOLDS(posix_spawnattr_setpgroup(&attr, 7) == 0 && posix_spawnattr_getpgroup(&attr, &group) == 0 && group == 7);
    HOLDS(posix_spawnattr_setsigmask(&attr, &set) == 0 && posix_spawnattr_getsigmask(&attr, &got) == 0);
    HOLDS(sigismember(&got, SIGINT) && posix_spawnattr_setsigdefault(&attr, &set) == 0);
    HOLDS(posix_spawnattr_getsigdefault(&attr, &got) == 0 && sigismember(&got, SIGINT));
    HOLDS(posix_spawnattr_destroy(&attr) == 0);
}

void run_spawn(void)
{
    posix_spawn_file_actions_t actions;

    test_attributes();
    HOLDS(posix_spawn_file_actions_init(&actions) == 0);
    HOLDS(posix_spawn_file_actions_addclose(&actions, 3) == 0);
    HOLDS(posix_spawn_file_actions_adddup2(&actions, 1, 2) == 0);
    HOLDS(posix_spawn_file_actions_addopen(&actions, 3, "/x", O_RDONLY, 0) == 0);
    HOLDS(posix_spawn_file_actions_addclose(&actions, -1) == EBADF);
    HOLDS(posix_spawn_file_actions_destroy(&actions) == 0);
}
