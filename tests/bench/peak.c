/* peak.c: peak FILE COMMAND ...: run a command and write to FILE its largest
 * resident set in KiB and its wall time in milliseconds. The exit code is the
 * command's. A process started by vfork is charged with its parent's memory by
 * the kernel, hence this small parent that forks.
 * Source: getrusage(2), ru_maxrss.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
    struct timespec a, b;
    struct rusage ru;
    int status = 0;
    pid_t pid;
    FILE *f;

    if (argc < 3)
        return 64;
    clock_gettime(CLOCK_MONOTONIC, &a);
    pid = fork();
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &ru) != pid)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &b);
    f = fopen(argv[1], "w");
    if (f == NULL)
        return 1;
    fprintf(f, "%ld %ld\n", ru.ru_maxrss,
            (long)(b.tv_sec - a.tv_sec) * 1000 +
                (b.tv_nsec - a.tv_nsec) / 1000000);
    if (fclose(f) != 0)
        return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
