/* fill.c: fill HOME INCIDENTS ENTRIES OPEN: give a home a long past. Declares
 * as many incidents as asked, each a copy of the first one there, and records
 * ENTRIES entries in each: notes in Japanese, every eighth a decision, by the
 * first two people whose keys are in the home in turn. The last OPEN of them
 * stay open, the others are closed. Everything goes through ir_store_append,
 * so that it is signed and chained like the real thing, a thousand entries a
 * transaction. Prints the id of each incident.
 */
#include "base/clock.h"
#include "base/scan.h"
#include "cmd/keyring.h"
#include "store/append.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PEOPLE_MAX 2
#define PER_TRANSACTION 1000
#define OP_CLOSE 6 /* field 1 of kind incident: docs/format.md */

struct fill {
    struct ir_store *st;
    struct ir_signer who[PEOPLE_MAX];
    size_t people, open_n;
    struct ir_log first; /* the incident to copy */
    struct ir_err err;
};

static int
sign(void *arg, const uint8_t *blob, size_t n, uint8_t sig[IR_SIG_BYTES],
     struct ir_err *err)
{
    return ir_sign(arg, blob, n, sig, err);
}

static int
load_keys(struct fill *f, const char *home)
{
    int fd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;
    char **names = NULL;
    size_t n = 0, i;

    rc = ir_keyring_names(fd, &names, &n, &f->err);
    for (i = 0; rc == IR_OK && i < n && i < PEOPLE_MAX; i++) {
        struct ir_key *k = NULL;

        rc = ir_keyring_get(fd, names[i], NULL, &k, &f->err);
        if (rc != IR_OK)
            break;
        memcpy(f->who[i].pub, k->pub, IR_PUBKEY_BYTES);
        f->who[i].sign = sign;
        f->who[i].arg = k;
        f->people++;
    }
    ir_keyring_names_free(names, n);
    close(fd);
    return rc == IR_OK && f->people == 0
               ? ir_fail(&f->err, IR_ENOTFOUND, "no key in %s", home)
               : rc;
}

static int
load_first(struct fill *f)
{
    uint8_t(*ids)[IR_ID_BYTES] = NULL;
    size_t n = 0;
    int rc = ir_store_incidents(f->st, &ids, &n, &f->err);

    if (rc == IR_OK && n == 0)
        rc = ir_fail(&f->err, IR_ENOTFOUND, "no incident to copy");
    if (rc == IR_OK)
        rc = ir_store_load_id(f->st, ids[0], &f->first, &f->err);
    free(ids);
    return rc;
}

/* Append one draft; a transaction is open before and after. */
static int
append(struct fill *f, size_t person, struct ir_draft *d,
       uint8_t id[IR_ID_BYTES])
{
    struct ir_now now;
    int rc;

    ir_clock_now(&now);
    rc = ir_store_append(f->st, &f->who[person % f->people], d, &now, id,
                         &f->err);
    if (rc == IR_OK && ++f->open_n % PER_TRANSACTION == 0) {
        rc = ir_store_commit(f->st, &f->err);
        if (rc == IR_OK)
            rc = ir_store_begin(f->st, &f->err);
    }
    return rc;
}

static int
declare(struct fill *f, uint8_t id[IR_ID_BYTES])
{
    const struct ir_entry *e = &f->first.e[0];
    struct ir_draft d = {.kind = IR_KIND_INCIDENT};
    const uint8_t *p;
    uint64_t v;
    size_t len;
    int key;

    for (key = 1; key <= 9; key++) {
        char *s = ir_body_strdup(e, key);

        if (ir_body_uint(e, key, &v))
            ir_bodyw_uint(&d.body, key, v);
        else if (ir_body_bytes(e, key, &p, &len))
            ir_bodyw_bytes(&d.body, key, p, len);
        else
            ir_bodyw_text(&d.body, key, s);
        free(s);
    }
    return append(f, 0, &d, id);
}

/* The last entry of an incident that is over. */
static int
close_it(struct fill *f, const uint8_t *declared)
{
    struct ir_draft d = {.kind = IR_KIND_INCIDENT, .has_incident = true};
    uint8_t id[IR_ID_BYTES];

    memcpy(d.incident, declared, IR_INCIDENT_BYTES);
    ir_bodyw_uint(&d.body, 1, OP_CLOSE);
    return append(f, 0, &d, id);
}

static int
one_incident(struct fill *f, long entries, bool over)
{
    uint8_t declared[IR_ID_BYTES], id[IR_ID_BYTES];
    char text[200], hex[2 * IR_ID_BYTES + 1];
    long i;
    int rc = declare(f, declared);

    for (i = 1; i < entries - over && rc == IR_OK; i++) {
        struct ir_draft d = {.kind = IR_KIND_NOTE, .has_incident = true};

        memcpy(d.incident, declared, IR_INCIDENT_BYTES);
        snprintf(text, sizeof text,
                 "記録 %ld: 3番ゲートの表示は消えたまま。係員が案内中。", i);
        if (i % 8 == 0) {
            d.kind = IR_KIND_DECISION;
            ir_bodyw_text(&d.body, 4, "他の系統は動いている");
        }
        ir_bodyw_text(&d.body, 1, text);
        rc = append(f, (size_t)i, &d, id);
    }
    if (rc == IR_OK && over)
        rc = close_it(f, declared);
    ir_hex(declared, IR_ID_BYTES, hex);
    if (rc == IR_OK)
        printf("%s\n", hex);
    return rc;
}

int
main(int argc, char **argv)
{
    struct fill f = {0};
    long incidents, entries, open, i;
    size_t k;
    int rc;

    if (argc != 5)
        return 64;
    incidents = strtol(argv[2], NULL, 10);
    entries = strtol(argv[3], NULL, 10);
    open = strtol(argv[4], NULL, 10);
    rc = ir_crypt_init(&f.err);
    if (rc == IR_OK)
        rc = load_keys(&f, argv[1]);
    if (rc == IR_OK)
        rc = ir_store_open(argv[1], IR_STORE_WRITE, &f.st, &f.err);
    if (rc == IR_OK)
        rc = load_first(&f);
    if (rc == IR_OK)
        rc = ir_store_begin(f.st, &f.err);
    for (i = 0; i < incidents && rc == IR_OK; i++)
        rc = one_incident(&f, entries, i < incidents - open);
    if (rc == IR_OK)
        rc = ir_store_commit(f.st, &f.err);
    if (rc != IR_OK)
        fprintf(stderr, "fill: %s\n", f.err.msg);
    ir_log_done(&f.first);
    ir_store_close(f.st);
    for (k = 0; k < f.people; k++)
        ir_key_free(f.who[k].arg);
    return rc == IR_OK ? 0 : 1;
}
