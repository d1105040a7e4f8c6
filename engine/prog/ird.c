/* ird.c: the daemon. Everything is in cmd/node*.c. */
#include "cmd/node.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

int
main(int argc, char **argv)
{
    /* Keys never reach a core file; why 1 and not 0: prog/ir.c. */
    const struct rlimit none = {1, 1}, zero = {0, 0};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};

    if (setrlimit(RLIMIT_CORE, &none) != 0)
        (void)setrlimit(RLIMIT_CORE, &zero);
    /* a connection that breaks and a file that may not grow are errors of
     * write(2), said where they happen */
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)sigaction(SIGXFSZ, &ignore, NULL);
    (void)umask(077);
    return ir_node_main(argc, argv);
}
