/* exercise.c: exercise HOME HANDLE: declare an exercise in HOME that walks what
 * the newest incident there walks, signed by HANDLE, whose key has no
 * passphrase; and work on it from now (`ir use`).
 */
#include "base/clock.h"
#include "base/scan.h"
#include "cmd/keyring.h"
#include "core/body.h"
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

/* The same declaration once more. */
static void
copy(const struct ir_entry *e, struct ir_draft *d)
{
    char *s = ir_body_strdup(e, 2);
    const uint8_t *p;
    size_t n;

    ir_bodyw_uint(&d->body, 1, 1);
    ir_bodyw_text(&d->body, 2, s);
    if (ir_body_bytes(e, 3, &p, &n))
        ir_bodyw_bytes(&d->body, 3, p, n);
    if (ir_body_bytes(e, 4, &p, &n))
        ir_bodyw_bytes(&d->body, 4, p, n);
    ir_bodyw_uint(&d->body, 5, ir_body_uint_or(e, 5, 1));
    free(s);
    s = ir_body_strdup(e, 6);
    ir_bodyw_text(&d->body, 6, s);
    ir_bodyw_uint(&d->body, 9, 1);
    free(s);
}

static int
declare(struct ir_store *st, struct ir_key *key, struct ir_err *err)
{
    struct ir_signer who = {.sign = sign, .arg = key};
    struct ir_draft d = {.kind = IR_KIND_INCIDENT, .status = IR_EXERCISE};
    struct ir_log log = {0};
    struct ir_now now;
    uint8_t(*ids)[IR_ID_BYTES] = NULL, id[IR_ID_BYTES];
    char hex[2 * IR_ID_BYTES + 1];
    size_t n = 0;
    int rc = ir_store_incidents(st, &ids, &n, err);

    if (rc == IR_OK && n == 0)
        rc = ir_fail(err, IR_ENOTFOUND, "no incident");
    if (rc == IR_OK)
        rc = ir_store_load_id(st, ids[n - 1], &log, err);
    if (rc == IR_OK) {
        copy(&log.e[0], &d);
        memcpy(who.pub, key->pub, IR_PUBKEY_BYTES);
        ir_clock_now(&now);
        rc = ir_store_begin(st, err);
    }
    if (rc == IR_OK)
        rc = ir_store_append(st, &who, &d, &now, id, err);
    if (rc == IR_OK) {
        ir_hex(id, IR_ID_BYTES, hex);
        rc = ir_store_setting_put(st, "incident", hex, err);
    }
    if (rc == IR_OK)
        rc = ir_store_commit(st, err);
    ir_log_done(&log);
    free(ids);
    return rc;
}

int
main(int argc, char **argv)
{
    struct ir_key *key = NULL;
    struct ir_store *st = NULL;
    struct ir_err err = {0};
    int home, rc;

    if (argc != 3)
        return 64;
    home = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    rc = home >= 0 ? ir_crypt_init(&err) : IR_EIO;
    if (rc == IR_OK)
        rc = ir_keyring_get(home, argv[2], NULL, &key, &err);
    if (rc == IR_OK)
        rc = ir_store_open(argv[1], IR_STORE_WRITE, &st, &err);
    if (rc == IR_OK)
        rc = declare(st, key, &err);
    if (rc != IR_OK)
        fprintf(stderr, "%s\n", err.msg);
    ir_store_close(st);
    ir_key_free(key);
    return rc == IR_OK ? 0 : 1;
}
