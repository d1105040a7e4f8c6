/* said.c: said HOME SIGNER ALERT CONTACT CHANNEL ADDRESS OUTCOME [STATUS]:
 * record an attempt (kind 26) about an alert as whoever holds a key of HOME
 * could, whatever ir would write: SIGNER is "node" or a handle, OUTCOME and
 * STATUS are numbers. Asked for anew (6), its time to be tried again is far
 * ahead.
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

static int
record(struct ir_store *st, struct ir_key *key, char **argv, struct ir_err *err)
{
    struct ir_signer who = {.sign = sign, .arg = key};
    struct ir_draft d = {.kind = IR_KIND_ATTEMPT, .refs_n = 1};
    struct ir_log log = {0};
    struct ir_now now;
    uint8_t id[IR_ID_BYTES];
    int rc;

    if (ir_scan_hex(argv[3], d.refs[0], IR_ID_BYTES, NULL) != IR_OK)
        return ir_fail(err, IR_EUSAGE, "no id");
    rc = ir_store_load_id(st, d.refs[0], &log, err);
    if (rc != IR_OK)
        return rc;
    d.has_incident = log.e[0].h.has_incident;
    memcpy(d.incident, log.e[0].h.incident, IR_INCIDENT_BYTES);
    d.status =
        argv[8] != NULL ? (uint8_t)(argv[8][0] - '0') : log.e[0].h.status;
    ir_log_done(&log);
    ir_bodyw_text(&d.body, 1, argv[4]);
    ir_bodyw_text(&d.body, 2, argv[5]);
    ir_bodyw_uint(&d.body, 3, (uint64_t)(argv[7][0] - '0'));
    ir_bodyw_text(&d.body, 7, argv[6]);
    ir_clock_now(&now);
    if (argv[7][0] == '6')
        ir_bodyw_uint(&d.body, 9, (uint64_t)now.wall_ms + 7200000);
    memcpy(who.pub, key->pub, IR_PUBKEY_BYTES);
    rc = ir_store_begin(st, err);
    if (rc == IR_OK)
        rc = ir_store_append(st, &who, &d, &now, id, err);
    if (rc == IR_OK)
        rc = ir_store_commit(st, err);
    return rc;
}

int
main(int argc, char **argv)
{
    struct ir_key *key = NULL;
    struct ir_store *st = NULL;
    struct ir_err err = {0};
    int home, rc;

    if (argc < 8 || argc > 9)
        return 64;
    home = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    rc = home >= 0 ? ir_crypt_init(&err) : IR_EIO;
    if (rc == IR_OK && strcmp(argv[2], "node") == 0)
        rc = ir_keyring_node(home, &key, &err);
    else if (rc == IR_OK)
        rc = ir_keyring_get(home, argv[2], NULL, &key, &err);
    if (rc == IR_OK)
        rc = ir_store_open(argv[1], IR_STORE_WRITE, &st, &err);
    if (rc == IR_OK)
        rc = record(st, key, argv, &err);
    if (rc != IR_OK)
        fprintf(stderr, "%s\n", err.msg);
    ir_store_close(st);
    ir_key_free(key);
    return rc == IR_OK ? 0 : 1;
}
