/* children.h: the parts that test_spawn.c plays when it is its own child. */
#ifndef IR_TESTS_CHILDREN_H
#define IR_TESTS_CHILDREN_H

#include "base/scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int
number(const char *s)
{
    int64_t v = 0;

    if (ir_scan_int(s, -1000000000, 1000000000, &v, NULL) != IR_OK)
        _exit(99);
    return (int)v;
}

static int
play_cat(void)
{
    char b[4096];
    ssize_t n;

    while ((n = read(0, b, sizeof b)) > 0)
        if (write(1, b, (size_t)n) != n)
            return 1;
    return n < 0;
}

static int
play_flood(int fd, int n)
{
    char b[1000];

    memset(b, 'x', sizeof b);
    for (; n > 0; n -= (int)sizeof b)
        if (write(fd, b, n < 1000 ? (size_t)n : 1000) < 0)
            return 1;
    return 0;
}

/* Ignore SIGTERM, with a grandchild that does, too. */
static _Noreturn void
play_stubborn(void)
{
    signal(SIGTERM, SIG_IGN);
    if (fork() == 0)
        prctl(PR_SET_NAME, "ir-grandchild");
    printf("up\n");
    fflush(stdout);
    for (;;)
        pause();
}

static void
on_term(int sig)
{
    (void)sig;
    _exit(3);
}

static _Noreturn void
play_polite(void)
{
    signal(SIGTERM, on_term);
    printf("up\n");
    fflush(stdout);
    for (;;)
        pause();
}

/* Compute for that many milliseconds of processor time, then sleep. */
static _Noreturn void
play_busy(int ms)
{
    while (clock() < (clock_t)ms * (CLOCKS_PER_SEC / 1000))
        ;
    printf("done\n");
    fflush(stdout);
    for (;;)
        pause();
}

/* End at once, and leave somebody who holds the output. */
static int
play_leave(void)
{
    pid_t pid = fork();

    if (pid == 0)
        for (;;)
            pause();
    printf("%d\n", (int)pid);
    return 0;
}

static int
play_env(void)
{
    for (char **e = environ; *e != NULL; e++)
        printf("%s\n", *e);
    return 0;
}

/* The open fds, but for the one that reads them. */
static int
play_fds(void)
{
    DIR *d = opendir("/proc/self/fd");
    struct dirent *e;

    while ((e = readdir(d)) != NULL)
        if (e->d_name[0] != '.' && number(e->d_name) != dirfd(d))
            printf("%s ", e->d_name);
    closedir(d);
    return 0;
}

static int
play_session(void)
{
    struct sigaction sa;
    sigset_t blocked;

    sigaction(SIGPIPE, NULL, &sa);
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    printf("%d %d %d %d %d", getsid(0) == getpid(), getpgrp() == getpid(),
           open("/dev/tty", O_RDWR | O_CLOEXEC) < 0, sa.sa_handler == SIG_DFL,
           sigismember(&blocked, SIGUSR1) == 0);
    return 0;
}

static inline int
play(int argc, char **argv)
{
    const char *part = argv[1];

    if (strcmp(part, "cat") == 0)
        return play_cat();
    if (strcmp(part, "exit") == 0)
        return number(argv[2]);
    if (strcmp(part, "die") == 0)
        return raise(number(argv[2]));
    if (strcmp(part, "flood") == 0)
        return play_flood(number(argv[2]), number(argv[3]));
    if (strcmp(part, "both") == 0)
        return play_flood(1, 300000) + play_flood(2, 300000);
    if (strcmp(part, "stubborn") == 0)
        play_stubborn();
    if (strcmp(part, "polite") == 0)
        play_polite();
    if (strcmp(part, "busy") == 0)
        play_busy(number(argv[2]));
    if (strcmp(part, "leave") == 0)
        return play_leave();
    if (strcmp(part, "env") == 0)
        return play_env();
    if (strcmp(part, "fds") == 0)
        return play_fds();
    if (strcmp(part, "session") == 0)
        return play_session();
    for (int i = 2; i < argc; i++)
        printf("[%s]", argv[i]);
    return 0;
}

#endif
