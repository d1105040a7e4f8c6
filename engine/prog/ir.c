/* ir.c: the program responders run. Everything is in cmd/. */
#include "cmd/cmd.h"

#include <sys/resource.h>
#include <sys/stat.h>

int
main(int argc, char **argv)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none); /* keys never reach a core file */
    (void)umask(077);                    /* a home is its owner's alone */
    return ir_cmd_main(argc, argv);
}
