/* fuzz_keyring.c: the file of a person's key and the device's. The first byte
 * is odd where others may read it. Only the forms of docs/format.md, "Key
 * files", are taken, and no key comes out of a box without its passphrase.
 */
#include "base/path.h"
#include "cmd/keyring.h"
#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];
static int home = -1;

static void
clean(void)
{
    (void)ir_path_remove_tree(dir, NULL);
}

static void
put(const char *name, const uint8_t *p, size_t n, mode_t mode)
{
    int fd = openat(home, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    MUST(fd >= 0 && write(fd, p, n) == (ssize_t)n && fchmod(fd, mode) == 0);
    close(fd);
}

static void
start(void)
{
    struct ir_err err = {0};

    snprintf(dir, sizeof dir, "/tmp/ir-fuzz-keyring-XXXXXX");
    MUST(mkdtemp(dir) != NULL && atexit(clean) == 0);
    MUST(ir_crypt_init(&err) == IR_OK);
    home = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    MUST(home >= 0 && mkdirat(home, "keys", 0700) == 0);
}

/* What the form is by its length and beginning; -1: none. */
static int
wanted(const uint8_t *p, size_t n)
{
    if (n < 4 || memcmp(p, "irk", 3) != 0)
        return -1;
    if (n == 4 + IR_SEED_BYTES)
        return p[3] == 0   ? (int)IR_KEYFILE_PLAIN
               : p[3] == 2 ? (int)IR_KEYFILE_AGENT
                           : -1;
    return n == IR_KEYBOX_BYTES && p[3] == 1 ? (int)IR_KEYFILE_BOX : -1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum ir_keyfile form = IR_KEYFILE_PLAIN;
    struct ir_key *key = NULL, *node = NULL;
    struct ir_err err = {0};
    bool open_to_all;
    int rc, want;

    if (home < 0)
        start();
    if (size < 1 || size > 5000)
        return 0;
    open_to_all = data[0] % 2 == 1;
    want = wanted(data + 1, size - 1);
    put("keys/kato", data + 1, size - 1, open_to_all ? 0640 : 0600);
    put("keys/node", data + 1, size - 1, open_to_all ? 0604 : 0600);
    rc = ir_keyring_form(home, "kato", &form, &err);
    MUST(rc == IR_OK || (err.code == rc && err.msg[0] != '\0'));
    MUST((rc == IR_OK) == (want >= 0 && !open_to_all));
    MUST(rc != IR_OK || (int)form == want);
    MUST((rc == IR_EREFUSED) == open_to_all);
    rc = ir_keyring_get(home, "kato", NULL, &key, &err);
    MUST((rc == IR_OK) == (key != NULL));
    MUST((rc == IR_OK) ==
         (want >= 0 && want != IR_KEYFILE_BOX && !open_to_all));
    MUST(key == NULL || (key->secret == NULL) == (want == IR_KEYFILE_AGENT));
    rc = ir_keyring_node(home, &node, &err);
    MUST((rc == IR_OK) == (node != NULL) && (rc != IR_OK || !open_to_all));
    ir_key_free(key);
    ir_key_free(node);
    return 0;
}
