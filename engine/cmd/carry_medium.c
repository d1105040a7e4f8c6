/* carry_medium.c: which stick could be meant; see carry.h. */
#include "cmd/carry.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOUNTS_MAX 65536 /* bytes of /proc/self/mounts looked at */
#define NAMED_MAX 3      /* media named */

/* Is it where desktops and people mount what is plugged in? */
static bool
is_medium(const char *where)
{
    static const char *const under[] = {"/media/", "/run/media/", "/mnt"};
    size_t i;

    for (i = 0; i < sizeof under / sizeof under[0]; i++)
        if (strncmp(where, under[i], strlen(under[i])) == 0)
            return true;
    return false;
}

/* Undo the octal escapes of proc(5) in place. */
static void
plain(char *s)
{
    char *to = s;

    for (; *s != '\0'; s++) {
        if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' &&
            s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
            *to++ =
                (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
            s += 3;
        } else {
            *to++ = *s;
        }
    }
    *to = '\0';
}

/* Append the command for every medium that can be written to. */
static void
name_media(struct ir_ctx *c, char *mounts, const char *command,
           struct ir_buf *out)
{
    char *line, *rest = mounts, *where, *p;
    size_t n = 0;

    while (n < NAMED_MAX && (line = strsep(&rest, "\n")) != NULL) {
        p = line;
        (void)strsep(&p, " ");
        where = strsep(&p, " ");
        if (where == NULL || !is_medium(where))
            continue;
        plain(where);
        if (access(where, W_OK) != 0)
            continue;
        p = ir_view_safe(&c->view, where);
        ir_buf_addf(out, strchr(p, ' ') != NULL ? "%sir %s '%s'" : "%sir %s %s",
                    n++ > 0 ? "\n" : "", command, p);
        free(p);
    }
}

int
ir_carry_words(struct ir_ctx *c, int n, const char *command)
{
    struct ir_buf mounts = {0}, hint = {0};
    char some[4096];
    ssize_t got;
    int rc = ir_args_count(n, 1, 1, command, &c->err), fd = -1;

    if (rc == IR_OK || n > 0)
        return rc;
    fd = open("/proc/self/mounts", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && mounts.len < MOUNTS_MAX &&
           (got = read(fd, some, sizeof some)) > 0)
        ir_buf_add(&mounts, some, (size_t)got);
    if (fd >= 0)
        close(fd);
    if (mounts.len > 0)
        name_media(c, (char *)mounts.p, command, &hint);
    if (hint.len > 0)
        ir_err_hint(&c->err, "%s", ir_buf_str(&hint));
    ir_buf_done(&mounts);
    ir_buf_done(&hint);
    return rc;
}
