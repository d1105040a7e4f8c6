/* channel_find.c: the channels of the release in force, and what of them is
 * kept beneath the home; see channel.h. */
#include "base/crypt.h"
#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"
#include "cmd/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_SECRETS "keys/channel"
#define DIR_STATE "channel"
#define STATE_MAX (256 * 1024)

static int
in_force(struct ir_ctx *c, const uint8_t **manifest, struct ir_err *err)
{
    const struct ir_release *r = ir_trust_current(&c->trust);

    if (r == NULL) {
        ir_fail(err, IR_EREFUSED,
                _("no release is approved: plugins of "
                  "channels run from an approved one only"));
        ir_err_hint(err, "ir release approve");
        return IR_EREFUSED;
    }
    *manifest = r->manifest;
    return IR_OK;
}

int
ir_channel_list(struct ir_ctx *c, const struct ir_json **list,
                struct ir_err *err)
{
    const uint8_t *manifest = NULL;
    struct ir_err none;
    int rc = in_force(c, &manifest, err);

    *list = NULL;
    if (rc == IR_OK &&
        ir_library_json(&c->lib, manifest, "contacts", "channels", list,
                        &none) != IR_OK &&
        none.code != IR_ENOTFOUND) {
        *err = none;
        rc = none.code;
    }
    return rc;
}

int
ir_channel_find(struct ir_ctx *c, const char *id, const struct ir_json **row,
                const struct ir_json **plugin, struct ir_err *err)
{
    const struct ir_json *list = NULL, *found = NULL;
    const uint8_t *manifest = NULL;
    char name[64];
    size_t i;
    int rc = ir_channel_list(c, &list, err);

    for (i = 0; rc == IR_OK && i < ir_json_len(list); i++)
        if (strcmp(ir_json_get_str(ir_json_at(list, i), "id", ""), id) == 0)
            found = ir_json_at(list, i);
    if (rc == IR_OK && found == NULL) {
        rc = ir_fail(err, IR_ENOTFOUND,
                     _("there is no channel \"%.60s\" in contacts.lua"), id);
        ir_err_hint(err, "ir channel list");
    }
    if (rc == IR_OK)
        rc = in_force(c, &manifest, err);
    if (rc == IR_OK && plugin != NULL) {
        snprintf(name, sizeof name, "channel/%.50s",
                 ir_json_get_str(found, "plugin", ""));
        rc = ir_library_json(&c->lib, manifest, "plugin", name, plugin, err);
    }
    if (rc == IR_OK)
        *row = found;
    return rc;
}

static int
open_home(const char *home, int *fd, struct ir_err *err)
{
    *fd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *fd >= 0 ? IR_OK
                    : ir_fail(err, IR_EIO, "%s: %s", home, strerror(errno));
}

static int
secret_rel(const char *name, char **rel, struct ir_err *err)
{
    if (!ir_name_ok(name))
        return ir_fail(err, IR_EUSAGE,
                       _("\"%.60s\" is no name for a secret: small letters "
                         "a-z, digits, . _ -"),
                       name);
    *rel = ir_asprintf(DIR_SECRETS "/%s", name);
    return IR_OK;
}

/* Is it a file that only we can read? */
static int
check_mode(const char *home, int fd, const char *rel, struct ir_err *err)
{
    struct stat sb;

    if (fstat(fd, &sb) != 0)
        return ir_fail(err, IR_EIO, "%s: %s", rel, strerror(errno));
    if (!S_ISREG(sb.st_mode))
        return ir_fail(err, IR_EREFUSED, _("%s is no plain file"), rel);
    if (sb.st_uid != geteuid())
        return ir_fail(err, IR_EREFUSED, _("%s belongs to another user"), rel);
    if ((sb.st_mode & 077) == 0)
        return IR_OK;
    ir_fail(err, IR_EREFUSED, _("%s can be read by other users"), rel);
    ir_err_hint(err, "chmod 600 '%s/%s'", home, rel);
    return IR_EREFUSED;
}

int
ir_channel_secret_get(const char *home, const char *name, char **out,
                      struct ir_err *err)
{
    struct ir_buf b = {0};
    char *rel = NULL;
    int homefd = -1, fd = -1, rc = secret_rel(name, &rel, err);

    if (rc == IR_OK)
        rc = open_home(home, &homefd, err);
    if (rc == IR_OK)
        rc = ir_path_open(homefd, rel, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd,
                          err);
    if (rc == IR_ENOTFOUND) {
        ir_fail(err, IR_ENOTFOUND, _("the secret \"%s\" is not in this home"),
                name);
        ir_err_hint(err, "ir channel secret %s", name);
    }
    if (rc == IR_OK)
        rc = check_mode(home, fd, rel, err);
    if (rc == IR_OK)
        rc = ir_path_read(homefd, rel, IR_CHANNEL_SECRET_MAX, &b, err);
    if (rc == IR_OK)
        *out = ir_strdup(ir_buf_str(&b));
    if (b.p != NULL)
        ir_wipe(b.p, b.len);
    ir_buf_done(&b);
    if (fd >= 0)
        close(fd);
    if (homefd >= 0)
        close(homefd);
    free(rel);
    return rc;
}

int
ir_channel_secret_put(const char *home, const char *name, const char *value,
                      struct ir_err *err)
{
    char *rel = NULL;
    int homefd = -1, rc = secret_rel(name, &rel, err);

    if (rc == IR_OK && strlen(value) > IR_CHANNEL_SECRET_MAX)
        rc = ir_fail(err, IR_ELIMIT, _("a secret of %zu bytes, limit %d"),
                     strlen(value), IR_CHANNEL_SECRET_MAX);
    if (rc == IR_OK)
        rc = open_home(home, &homefd, err);
    if (rc == IR_OK)
        rc = ir_path_mkdir(homefd, DIR_SECRETS, err);
    if (rc == IR_OK)
        rc = ir_path_write(homefd, rel, value, strlen(value), 0600, true, err);
    if (homefd >= 0)
        close(homefd);
    free(rel);
    return rc;
}

int
ir_channel_secret_remove(const char *home, const char *name, struct ir_err *err)
{
    char *rel = NULL;
    int homefd = -1, rc = secret_rel(name, &rel, err);

    if (rc == IR_OK)
        rc = open_home(home, &homefd, err);
    if (rc == IR_OK && rel != NULL && unlinkat(homefd, rel, 0) != 0)
        rc = errno == ENOENT
                 ? ir_fail(err, IR_ENOTFOUND,
                           _("the secret \"%s\" is not in this home"), name)
                 : ir_fail(err, IR_EIO, "%s: %s", rel, strerror(errno));
    if (homefd >= 0)
        close(homefd);
    free(rel);
    return rc;
}

void
ir_channel_state_put(const char *home, const char *id,
                     const struct ir_json *state)
{
    char *rel = ir_asprintf(DIR_STATE "/%s.json", id);
    char *text = ir_json_canonical(state, NULL);
    struct ir_err err;
    int fd = -1;

    /* lost, the plugin begins anew: what it tells twice has the same `ref` */
    if (ir_name_ok(id) && strlen(text) <= STATE_MAX &&
        open_home(home, &fd, &err) == IR_OK &&
        ir_path_mkdir(fd, DIR_STATE, &err) == IR_OK)
        (void)ir_path_write(fd, rel, text, strlen(text), 0600, true, &err);
    if (fd >= 0)
        close(fd);
    free(text);
    free(rel);
}

struct ir_json *
ir_channel_state_get(const char *home, const char *id)
{
    char *rel = ir_asprintf(DIR_STATE "/%s.json", id);
    struct ir_buf b = {0};
    struct ir_json *out = NULL;
    struct ir_err err;
    int fd = -1;

    if (ir_name_ok(id) && open_home(home, &fd, &err) == IR_OK &&
        ir_path_read(fd, rel, STATE_MAX, &b, &err) == IR_OK)
        (void)ir_json_parse(ir_buf_str(&b), b.len, &out, &err);
    if (fd >= 0)
        close(fd);
    ir_buf_done(&b);
    free(rel);
    return out;
}
