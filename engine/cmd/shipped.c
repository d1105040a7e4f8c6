/* shipped.c: see shipped.h. */
#include "cmd/shipped.h"

#include "base/buf.h"
#include "base/path.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *
if_there(char *path)
{
    struct stat sb;

    if (stat(path, &sb) == 0 && S_ISDIR(sb.st_mode))
        return path;
    free(path);
    return NULL;
}

char *
ir_shipped_dir(const char *what)
{
    const char *data = getenv("IR_DATA");
    char *self, *dir = NULL;

    if (data != NULL && data[0] == '/')
        return if_there(ir_asprintf("%s/%s", data, what));
    self = ir_path_self_dir();
    if (self != NULL)
        dir = if_there(ir_asprintf("%s/../share/ir/%s", self, what));
    /* the source tree counts only for programs in its build tree */
    if (dir == NULL && self != NULL &&
        strncmp(self, IR_BUILD_DIR, strlen(IR_BUILD_DIR)) == 0)
        dir = if_there(ir_asprintf("%s/%s", IR_SOURCE_DIR, what));
    free(self);
    return dir;
}
