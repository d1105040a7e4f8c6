/* new_device.c: new-device HOME ADMIN HANDLE OUT: make OUT/keys/node, the key
 * of one more device, and certify it in HOME for member HANDLE, signed by
 * ADMIN, whose key has no passphrase; it gets the keys that HOME's device has.
 */
#include "base/clock.h"
#include "cmd/grants.h"
#include "cmd/keyring.h"
#include "core/body.h"
#include "core/trust.h"
#include "store/append.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
sign(void *arg, const uint8_t *blob, size_t n, uint8_t sig[IR_SIG_BYTES],
     struct ir_err *err)
{
    return ir_sign(arg, blob, n, sig, err);
}

/* The device of `node` for member `m`, and the keys that the device with the
 * key id `self` and that secret holds. */
struct device {
    const struct ir_key *node;
    uint8_t x25519[32], self[IR_KEYID_BYTES], secret[32];
};

static int
append(struct ir_store *st, struct ir_key *admin, const struct ir_trust *t,
       int m, const struct device *dev, struct ir_err *err)
{
    struct ir_signer who = {.sign = sign, .arg = admin};
    struct ir_draft d = {.kind = IR_KIND_DEVICE};
    struct ir_epoch_key *keys = NULL;
    struct ir_grants_to to;
    struct ir_now now;
    uint8_t id[IR_ID_BYTES];
    size_t n = 0;
    int rc;

    memcpy(who.pub, admin->pub, IR_PUBKEY_BYTES);
    ir_clock_now(&now);
    ir_bodyw_bytes(&d.body, 1, t->members[m].id, 8);
    ir_bodyw_bytes(&d.body, 3, dev->node->pub, IR_PUBKEY_BYTES);
    ir_bodyw_bytes(&d.body, 4, dev->x25519, 32);
    rc = ir_store_append(st, &who, &d, &now, id, err);
    ir_key_id(dev->node->pub, to.id);
    memcpy(to.x25519, dev->x25519, 32);
    ir_grant_open(t, dev->self, dev->secret, &keys, &n);
    if (rc == IR_OK)
        rc = ir_grants_append(st, &who, &now, keys, n, &to, 1, err);
    ir_epoch_keys_free(keys, n);
    return rc;
}

static int
certify(struct ir_store *st, struct ir_key *admin, const struct device *dev,
        const char *handle, struct ir_err *err)
{
    const struct ir_entry **v;
    struct ir_trust t = {0};
    struct ir_log log = {0};
    int m, rc = ir_store_load_trust(st, &log, err);

    if (rc != IR_OK)
        return rc;
    v = ir_log_ptrs(&log);
    ir_trust_fold(ir_store_site(st), v, log.n, &t);
    free(v);
    m = ir_trust_member(&t, handle);
    if (m < 0)
        rc = ir_fail(err, IR_ENOTFOUND, "no member %s", handle);
    if (rc == IR_OK)
        rc = ir_store_begin(st, err);
    if (rc == IR_OK) {
        rc = append(st, admin, &t, m, dev, err);
        if (rc == IR_OK)
            rc = ir_store_commit(st, err);
        else
            ir_store_rollback(st);
    }
    ir_trust_done(&t);
    ir_log_done(&log);
    return rc;
}

int
main(int argc, char **argv)
{
    struct ir_key *admin = NULL, *node = NULL, *self = NULL;
    struct ir_store *st = NULL;
    struct device dev;
    struct ir_err err = {0};
    int home, out, rc;

    if (argc != 5)
        return 64;
    home = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    out = open(argv[4], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    rc = home >= 0 && out >= 0 ? ir_crypt_init(&err) : IR_EIO;
    if (rc == IR_OK)
        rc = ir_keyring_get(home, argv[2], NULL, &admin, &err);
    if (rc == IR_OK)
        rc = ir_keyring_node_secret(home, dev.secret, &err);
    if (rc == IR_OK)
        rc = ir_keyring_node(home, &self, &err);
    if (rc == IR_OK)
        rc = ir_keyring_node_new(out, &node, dev.x25519, &err);
    if (rc == IR_OK)
        rc = ir_store_open(argv[1], IR_STORE_WRITE, &st, &err);
    if (rc == IR_OK) {
        dev.node = node;
        ir_key_id(self->pub, dev.self);
        rc = certify(st, admin, &dev, argv[3], &err);
    }
    if (rc != IR_OK)
        fprintf(stderr, "%s\n", err.msg);
    ir_store_close(st);
    ir_key_free(admin);
    ir_key_free(node);
    ir_key_free(self);
    return rc == IR_OK ? 0 : 1;
}
