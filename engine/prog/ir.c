/* ir.c: the program responders run. Everything is in cmd/. */
#include "cmd/cmd.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

int
main(int argc, char **argv)
{
    /* Keys never reach a core file. 0 would not keep the kernel from handing
     * a core to a program; 1 does, and is too little for a file.
     * Source: Linux fs/coredump.c, do_coredump; core(5). */
    const struct rlimit none = {1, 1}, zero = {0, 0};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};

    if (setrlimit(RLIMIT_CORE, &none) != 0)
        (void)setrlimit(RLIMIT_CORE, &zero);
    /* A file that may not grow (ulimit -f) is a write that fails, which is
     * said, not an end without a word. */
    (void)sigaction(SIGXFSZ, &ignore, NULL);
    (void)umask(077); /* a home is its owner's alone */
    return ir_cmd_main(argc, argv);
}
