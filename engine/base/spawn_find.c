/* spawn_find.c: see spawn_in.h. */
#include "base/buf.h"
#include "base/spawn_in.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_DEFAULT                                                           \
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

char *
ir_spawn_find(const char *name)
{
    const char *path = getenv("PATH");
    char *copy, *at, *dir, *found = NULL;

    if (strchr(name, '/') != NULL)
        return ir_strdup(name);
    if (name[0] == '\0')
        return NULL;
    copy = ir_strdup(path != NULL && path[0] != '\0' ? path : PATH_DEFAULT);
    at = copy;
    while (found == NULL && (dir = strsep(&at, ":")) != NULL) {
        struct stat st;

        if (dir[0] != '/')
            continue; /* never the current directory */
        found = ir_asprintf("%s/%s", dir, name);
        if (stat(found, &st) != 0 || !S_ISREG(st.st_mode) ||
            access(found, X_OK) != 0) {
            free(found);
            found = NULL;
        }
    }
    free(copy);
    return found;
}

void
ir_spawn_env(char *out[IR_SPAWN_ENV_N + 1])
{
    static const char *const names[IR_SPAWN_ENV_N] = {
        "PATH", "HOME", "LANG", "TERM", "SSH_AUTH_SOCK", "TZ"};
    size_t n = 0;

    for (size_t i = 0; i < IR_SPAWN_ENV_N; i++) {
        const char *v = getenv(names[i]);

        if (v != NULL)
            out[n++] = ir_asprintf("%s=%s", names[i], v);
    }
    out[n] = NULL;
}
