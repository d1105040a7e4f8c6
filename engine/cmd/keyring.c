/* keyring.c: see keyring.h. */
#include "cmd/keyring.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLAIN_BYTES (4 + IR_SEED_BYTES)
#define NODE_BYTES (4 + IR_SEED_BYTES + 32)

static const uint8_t magic_plain[4] = {'i', 'r', 'k', 0};
static const uint8_t magic_box[4] = {'i', 'r', 'k', 1};
static const uint8_t magic_agent[4] = {'i', 'r', 'k', 2};
static const uint8_t magic_node[4] = {'i', 'r', 'k', 3};

/* A handle, or that with "~" behind it: a key that waits. */
static int
check_name(const char *handle, struct ir_err *err)
{
    char name[64];
    size_t n = strlen(handle);

    snprintf(name, sizeof name, "%s", handle);
    if (n > 1 && n < sizeof name && name[n - 1] == '~')
        name[n - 1] = '\0';
    if (!ir_name_ok(name) || strcmp(name, "node") == 0 ||
        strcmp(name, "channel") == 0)
        return ir_fail(err, IR_EUSAGE,
                       _("\"%.60s\" cannot be a person's name here: small "
                         "letters a-z, digits, . _ -"),
                       handle);
    return IR_OK;
}

int
ir_keyring_put(int homefd, const char *handle, const struct ir_key *key,
               const char *pass, bool replace, struct ir_err *err)
{
    uint8_t bytes[IR_KEYBOX_BYTES], seed[IR_SEED_BYTES];
    char *rel = NULL;
    size_t n = PLAIN_BYTES;
    int rc = check_name(handle, err);

    if (rc != IR_OK)
        return rc;
    if (key->secret == NULL) {
        memcpy(bytes, magic_agent, 4);
        memcpy(bytes + 4, key->pub, IR_PUBKEY_BYTES);
    } else {
        ir_key_seed(key, seed);
        if (pass != NULL) {
            rc = ir_keybox_lock(seed, pass, bytes, err);
            n = IR_KEYBOX_BYTES;
        } else {
            memcpy(bytes, magic_plain, 4);
            memcpy(bytes + 4, seed, IR_SEED_BYTES);
        }
    }
    if (rc == IR_OK)
        rc = ir_path_mkdir(homefd, "keys", err);
    if (rc == IR_OK) {
        rel = ir_asprintf("keys/%s", handle);
        rc = ir_path_write(homefd, rel, bytes, n, 0600, replace, err);
    }
    ir_wipe(bytes, sizeof bytes);
    ir_wipe(seed, sizeof seed);
    free(rel);
    return rc;
}

int
ir_keyring_take_turn(int homefd, const char *handle, struct ir_err *err)
{
    char *from = ir_asprintf("keys/%s~", handle);
    char *to = ir_asprintf("keys/%s", handle);
    int fd = -1, rc = check_name(handle, err);

    if (rc == IR_OK)
        rc = ir_path_open(homefd, "keys", O_RDONLY | O_DIRECTORY, 0, &fd, err);
    if (rc == IR_OK && renameat(homefd, from, homefd, to) != 0)
        rc = ir_fail(err, errno == ENOENT ? IR_ENOTFOUND : IR_EIO, "%s: %s",
                     from, strerror(errno));
    if (rc == IR_OK && fsync(fd) != 0)
        rc = ir_fail(err, IR_EIO, "keys: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    free(from);
    free(to);
    return rc;
}

/* How to mend the mode of a file of the home, with its whole path. */
static void
hint_mode(struct ir_err *err, int homefd, const char *rel)
{
    char proc[40], home[1024];
    ssize_t n;

    snprintf(proc, sizeof proc, "/proc/self/fd/%d", homefd);
    n = readlink(proc, home, sizeof home - 1);
    home[n > 0 ? n : 0] = '\0';
    ir_err_hint(err, "chmod 600 '%s%s%s'", home, n > 0 ? "/" : "", rel);
}

/* The bytes of keys/NAME; only a file that nobody else can read. */
static int
read_file(int homefd, const char *name, struct ir_buf *out, struct ir_err *err)
{
    char *rel = ir_asprintf("keys/%s", name);
    struct stat sb;
    int fd = -1,
        rc = ir_path_open(homefd, rel, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd,
                          err);

    if (rc == IR_ENOTFOUND)
        rc = ir_fail(err, IR_ENOTFOUND,
                     _("there is no key of \"%.60s\" in this home"), name);
    if (rc == IR_OK && fstat(fd, &sb) == 0 && (sb.st_mode & 077) != 0) {
        rc = ir_fail(err, IR_EREFUSED, _("%s can be read by other users"), rel);
        hint_mode(err, homefd, rel);
    }
    if (fd >= 0)
        close(fd);
    if (rc == IR_OK)
        rc = ir_path_read(homefd, rel, 4096, out, err);
    free(rel);
    return rc;
}

static int
form_of(const struct ir_buf *b, enum ir_keyfile *form)
{
    if (b->len == PLAIN_BYTES && memcmp(b->p, magic_plain, 4) == 0)
        *form = IR_KEYFILE_PLAIN;
    else if (b->len == IR_KEYBOX_BYTES && memcmp(b->p, magic_box, 4) == 0)
        *form = IR_KEYFILE_BOX;
    else if (b->len == PLAIN_BYTES && memcmp(b->p, magic_agent, 4) == 0)
        *form = IR_KEYFILE_AGENT;
    else
        return IR_ESIG;
    return IR_OK;
}

int
ir_keyring_form(int homefd, const char *handle, enum ir_keyfile *form,
                struct ir_err *err)
{
    struct ir_buf b = {0};
    int rc = check_name(handle, err);

    if (rc == IR_OK)
        rc = read_file(homefd, handle, &b, err);
    if (rc == IR_OK && form_of(&b, form) != IR_OK)
        rc =
            ir_fail(err, IR_ESIG, _("keys/%s is not a key file of ir"), handle);
    if (b.p != NULL)
        ir_wipe(b.p, b.cap);
    ir_buf_done(&b);
    return rc;
}

int
ir_keyring_get(int homefd, const char *handle, const char *pass,
               struct ir_key **out, struct ir_err *err)
{
    enum ir_keyfile form = IR_KEYFILE_PLAIN;
    uint8_t seed[IR_SEED_BYTES];
    struct ir_buf b = {0};
    int rc = check_name(handle, err);

    if (rc == IR_OK)
        rc = read_file(homefd, handle, &b, err);
    if (rc == IR_OK && form_of(&b, &form) != IR_OK)
        rc =
            ir_fail(err, IR_ESIG, _("keys/%s is not a key file of ir"), handle);
    if (rc == IR_OK && form == IR_KEYFILE_AGENT)
        *out = ir_key_public(b.p + 4);
    else if (rc == IR_OK && form == IR_KEYFILE_PLAIN)
        *out = ir_key_from_seed(b.p + 4);
    else if (rc == IR_OK) {
        rc = pass == NULL ? ir_fail(err, IR_ESIG, _("a passphrase is needed"))
                          : ir_keybox_open(b.p, pass, seed, err);
        if (rc == IR_OK)
            *out = ir_key_from_seed(seed);
        ir_wipe(seed, sizeof seed);
    }
    if (b.p != NULL)
        ir_wipe(b.p, b.cap);
    ir_buf_done(&b);
    return rc;
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
ir_keyring_names(int homefd, char ***names, size_t *n, struct ir_err *err)
{
    char **v = NULL;
    size_t got = 0;
    struct dirent *de;
    DIR *dir;
    int fd = -1,
        rc = ir_path_open(homefd, "keys", O_RDONLY | O_DIRECTORY, 0, &fd, err);

    if (rc != IR_OK)
        return rc;
    dir = fdopendir(fd);
    if (dir == NULL) {
        close(fd);
        return ir_fail(err, IR_EIO, "keys: %s", strerror(errno));
    }
    while ((de = readdir(dir)) != NULL) {
        if (!ir_name_ok(de->d_name) || strcmp(de->d_name, "node") == 0 ||
            strcmp(de->d_name, "channel") == 0)
            continue;
        v = ir_realloc(v, (got + 1) * sizeof(char *));
        v[got++] = ir_strdup(de->d_name);
    }
    closedir(dir);
    if (got > 0)
        qsort(v, got, sizeof(char *), by_text);
    *names = v;
    *n = got;
    return IR_OK;
}

void
ir_keyring_names_free(char **names, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

int
ir_keyring_node_new(int homefd, struct ir_key **out, uint8_t x25519[32],
                    struct ir_err *err)
{
    struct ir_key *k = ir_key_new();
    uint8_t bytes[NODE_BYTES];
    int rc;

    memcpy(bytes, magic_node, 4);
    ir_key_seed(k, bytes + 4);
    ir_random(bytes + 4 + IR_SEED_BYTES, 32);
    ir_x25519_public(bytes + 4 + IR_SEED_BYTES, x25519);
    rc = ir_path_mkdir(homefd, "keys", err);
    if (rc == IR_OK)
        rc = ir_path_write(homefd, "keys/node", bytes, sizeof bytes, 0600,
                           false, err);
    ir_wipe(bytes, sizeof bytes);
    if (rc == IR_OK)
        *out = k;
    else
        ir_key_free(k);
    return rc;
}

/* Read keys/node: the seed, then the X25519 secret. */
static int
read_node(int homefd, uint8_t bytes[NODE_BYTES], struct ir_err *err)
{
    struct ir_buf b = {0};
    int rc = read_file(homefd, "node", &b, err);

    if (rc == IR_OK && (b.len != NODE_BYTES || memcmp(b.p, magic_node, 4) != 0))
        rc =
            ir_fail(err, IR_ESIG, _("keys/%s is not a key file of ir"), "node");
    if (rc == IR_OK)
        memcpy(bytes, b.p, NODE_BYTES);
    if (b.p != NULL)
        ir_wipe(b.p, b.cap);
    ir_buf_done(&b);
    return rc;
}

int
ir_keyring_node(int homefd, struct ir_key **out, struct ir_err *err)
{
    uint8_t bytes[NODE_BYTES];
    int rc = read_node(homefd, bytes, err);

    if (rc == IR_OK)
        *out = ir_key_from_seed(bytes + 4);
    ir_wipe(bytes, sizeof bytes);
    return rc;
}

int
ir_keyring_node_secret(int homefd, uint8_t secret[32], struct ir_err *err)
{
    uint8_t bytes[NODE_BYTES];
    int rc = read_node(homefd, bytes, err);

    if (rc == IR_OK)
        memcpy(secret, bytes + 4 + IR_SEED_BYTES, 32);
    ir_wipe(bytes, sizeof bytes);
    return rc;
}
