/* floor_commit.c: floor-commit DB SEED: the least a program can do to record
 * one signed thing durably. Opens the same SQLite with the pragmas of
 * engine/store/open.c, signs 300 bytes with libsodium, commits one row of one
 * table, ends. Shares no line with ir, so that a slow store does not slow down
 * what it is compared with.
 */
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MESSAGE_BYTES 300
#define WAL_KEEP_BYTES (1024 * 1024)

static int
set_up(sqlite3 *db)
{
    sqlite3_busy_timeout(db, 10000);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, (int *)NULL);
    return sqlite3_exec(db,
                        "PRAGMA cell_size_check=ON;"
                        "PRAGMA recursive_triggers=ON;"
                        "PRAGMA secure_delete=ON;"
                        "PRAGMA synchronous=FULL;"
                        "PRAGMA journal_mode=WAL;"
                        "CREATE TABLE IF NOT EXISTS row(id BLOB PRIMARY KEY,"
                        " bytes BLOB NOT NULL, sig BLOB NOT NULL) STRICT",
                        NULL, NULL, NULL);
}

static int
commit_one(sqlite3 *db, const unsigned char *seed)
{
    unsigned char pub[32], secret[64], m[MESSAGE_BYTES], sig[64];
    sqlite3_stmt *q = NULL;
    int ok;

    crypto_sign_seed_keypair(pub, secret, seed);
    randombytes_buf(m, sizeof m);
    crypto_sign_detached(sig, NULL, m, sizeof m, secret);
    ok = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
         sqlite3_prepare_v2(db, "INSERT INTO row VALUES(?1, ?2, ?3)", -1, &q,
                            NULL) == SQLITE_OK &&
         sqlite3_bind_blob(q, 1, m, 32, SQLITE_STATIC) == SQLITE_OK &&
         sqlite3_bind_blob(q, 2, m, sizeof m, SQLITE_STATIC) == SQLITE_OK &&
         sqlite3_bind_blob(q, 3, sig, sizeof sig, SQLITE_STATIC) == SQLITE_OK &&
         sqlite3_step(q) == SQLITE_DONE;
    sqlite3_finalize(q);
    return ok && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}

int
main(int argc, char **argv)
{
    unsigned char seed[32] = {0};
    struct stat sb;
    sqlite3 *db = NULL;
    char wal[512];
    int ok;

    if (argc != 3 || sodium_init() < 0)
        return 64;
    memcpy(seed, argv[2], strnlen(argv[2], sizeof seed));
    ok = sqlite3_open(argv[1], &db) == SQLITE_OK && set_up(db) == SQLITE_OK &&
         commit_one(db, seed);
    if (!ok)
        fprintf(stderr, "%s: %s\n", argv[1], sqlite3_errmsg(db));
    snprintf(wal, sizeof wal, "%.500s-wal", argv[1]);
    if (stat(wal, &sb) == 0 && sb.st_size < WAL_KEEP_BYTES)
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                                (int *)NULL);
    sqlite3_close(db);
    return ok ? 0 : 1;
}
