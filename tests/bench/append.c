/* append.c: append HOME DB INCIDENT N ROUNDS: how many entries a second one
 * process makes durable, and how many rows bare SQLite does, in turns. Prints
 * a line per round: nanoseconds of N signed entries, each committed by itself
 * through ir_store_append, and of N rows of about the same size committed one
 * by one into table `row` of DB.
 */
#include "store/append.h"

#include "base/clock.h"
#include "base/scan.h"
#include "cmd/keyring.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROW_BYTES 400 /* header, digest, signature and body of a short note */

static const char text[] = "3番ゲートの表示は消えたまま。係員が案内中。";

static int64_t
now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
sign(void *arg, const uint8_t *blob, size_t n, uint8_t sig[IR_SIG_BYTES],
     struct ir_err *err)
{
    return ir_sign(arg, blob, n, sig, err);
}

static int
entries(struct ir_store *st, const struct ir_signer *who,
        const uint8_t *incident, long n, int64_t *ns, struct ir_err *err)
{
    int64_t began = now_ns();
    uint8_t id[IR_ID_BYTES];
    struct ir_now now;
    int rc = IR_OK;
    long i;

    for (i = 0; i < n && rc == IR_OK; i++) {
        struct ir_draft d = {.kind = IR_KIND_NOTE, .has_incident = true};

        memcpy(d.incident, incident, IR_INCIDENT_BYTES);
        ir_bodyw_text(&d.body, 1, text);
        ir_clock_now(&now);
        rc = ir_store_begin(st, err);
        if (rc == IR_OK)
            rc = ir_store_append(st, who, &d, &now, id, err);
        if (rc == IR_OK)
            rc = ir_store_commit(st, err);
    }
    *ns = now_ns() - began;
    return rc;
}

static bool
rows(sqlite3 *db, long n, int64_t *ns)
{
    int64_t began = now_ns();
    uint8_t row[ROW_BYTES];
    sqlite3_stmt *q = NULL;
    bool ok = sqlite3_prepare_v2(db, "INSERT INTO row VALUES(?1, ?2, ?3)", -1,
                                 &q, NULL) == SQLITE_OK;
    long i;

    for (i = 0; i < n && ok; i++) {
        ir_random(row, 32);
        memset(row + 32, (int)i, sizeof row - 32);
        sqlite3_bind_blob(q, 1, row, 32, SQLITE_STATIC);
        sqlite3_bind_blob(q, 2, row, sizeof row - 64, SQLITE_STATIC);
        sqlite3_bind_blob(q, 3, row, 64, SQLITE_STATIC);
        ok = sqlite3_step(q) == SQLITE_DONE; /* commits by itself */
        sqlite3_reset(q);
    }
    sqlite3_finalize(q);
    *ns = now_ns() - began;
    return ok;
}

static int
open_bare(const char *path, sqlite3 **db, struct ir_err *err)
{
    if (sqlite3_open(path, db) != SQLITE_OK ||
        sqlite3_exec(*db,
                     "PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL;"
                     "CREATE TABLE IF NOT EXISTS row(id BLOB PRIMARY KEY,"
                     " bytes BLOB NOT NULL, sig BLOB NOT NULL) STRICT",
                     NULL, NULL, NULL) != SQLITE_OK)
        return ir_fail(err, IR_EIO, "%s: %s", path, sqlite3_errmsg(*db));
    return IR_OK;
}

static int
first_key(const char *home, struct ir_key **key, struct ir_err *err)
{
    int fd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;
    char **names = NULL;
    size_t n = 0;

    rc = ir_keyring_names(fd, &names, &n, err);
    if (rc == IR_OK && n == 0)
        rc = ir_fail(err, IR_ENOTFOUND, "no key in %s", home);
    if (rc == IR_OK)
        rc = ir_keyring_get(fd, names[0], NULL, key, err);
    ir_keyring_names_free(names, n);
    close(fd);
    return rc;
}

int
main(int argc, char **argv)
{
    struct ir_signer who = {.sign = sign};
    struct ir_store *st = NULL;
    struct ir_key *key = NULL;
    struct ir_err err = {0};
    sqlite3 *db = NULL;
    uint8_t incident[IR_INCIDENT_BYTES];
    int64_t a = 0, b = 0;
    long n, rounds;
    int rc;

    if (argc != 6 || strlen(argv[3]) < 16)
        return 64;
    argv[3][16] = '\0';
    n = strtol(argv[4], NULL, 10);
    rc = ir_crypt_init(&err);
    if (rc == IR_OK)
        rc = ir_scan_hex(argv[3], incident, sizeof incident, &err);
    if (rc == IR_OK)
        rc = first_key(argv[1], &key, &err);
    if (rc == IR_OK) {
        who.arg = key;
        memcpy(who.pub, key->pub, IR_PUBKEY_BYTES);
        rc = ir_store_open(argv[1], IR_STORE_WRITE, &st, &err);
    }
    if (rc == IR_OK)
        rc = open_bare(argv[2], &db, &err);
    for (rounds = strtol(argv[5], NULL, 10); rounds > 0 && rc == IR_OK;
         rounds--) {
        rc = entries(st, &who, incident, n, &a, &err);
        if (rc == IR_OK && !rows(db, n, &b))
            rc = ir_fail(&err, IR_EIO, "%s: %s", argv[2], sqlite3_errmsg(db));
        if (rc == IR_OK)
            printf("%" PRId64 " %" PRId64 "\n", a, b);
    }
    if (rc != IR_OK)
        fprintf(stderr, "append: %s\n", err.msg);
    sqlite3_close(db);
    ir_store_close(st);
    ir_key_free(key);
    return rc == IR_OK ? 0 : 1;
}
