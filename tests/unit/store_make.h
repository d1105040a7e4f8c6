/* store_make.h: homes for the tests of the store: each under /tmp, with a root
 * and one member whose key signs. Tampering goes through a second, plain SQLite
 * connection with the triggers dropped, as an attacker would.
 */
#ifndef IR_TESTS_STORE_MAKE_H
#define IR_TESTS_STORE_MAKE_H

#include "base/scan.h"
#include "store/append.h"
#include "store/check.h"
#include "unit.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct home {
    char path[64];
    struct ir_store *st;
    struct ir_key *key;
    struct ir_signer who;
    struct ir_trust trust;
    int64_t now_ms;
};

static int
sign(void *arg, const uint8_t *blob, size_t n, uint8_t sig[IR_SIG_BYTES],
     struct ir_err *err)
{
    return ir_sign(arg, blob, n, sig, err);
}

/* Append a draft in a transaction of its own. */
static int
append(struct home *h, struct ir_draft *d, uint8_t id[32], struct ir_err *err)
{
    struct ir_now now = {.wall_ms = h->now_ms};
    int rc = ir_store_begin(h->st, err);

    if (rc == IR_OK)
        rc = ir_store_append(h->st, &h->who, d, &now, id, err);
    if (rc == IR_OK)
        return ir_store_commit(h->st, err);
    ir_store_rollback(h->st);
    return rc;
}

static void
fold_trust(struct home *h)
{
    struct ir_log log = {0};
    const struct ir_entry **v;

    assert_int_equal(ir_store_load_trust(h->st, &log, NULL), IR_OK);
    v = ir_log_ptrs(&log);
    ir_trust_done(&h->trust); /* zeros, or what was folded before */
    ir_trust_fold(ir_store_site(h->st), v, log.n, &h->trust);
    free(v);
    ir_log_done(&log);
}

/* A home with a root, whose only admin's key signs. */
static void
setup_site(struct home *h)
{
    struct ir_err err = {0};
    struct ir_draft d = {.kind = IR_KIND_ROOT};
    uint8_t id[32];

    memset(h, 0, sizeof *h);
    snprintf(h->path, sizeof h->path, "/tmp/ir-test-store.XXXXXX");
    assert_non_null(mkdtemp(h->path));
    assert_int_equal(chmod(h->path, 0700), 0);
    assert_int_equal(ir_crypt_init(&err), IR_OK);
    h->key = ir_key_new();
    memcpy(h->who.pub, h->key->pub, 32);
    h->who.sign = sign;
    h->who.arg = h->key;
    h->now_ms = 1800000000000;
    if (ir_store_open(h->path, IR_STORE_CREATE, &h->st, &err) != IR_OK)
        fail_msg("%s", err.msg);
    ir_bodyw_uint(&d.body, 1, 1);
    ir_bodyw_uint(&d.body, 2, 1);
    ir_bodyw_hashes(&d.body, 3, (const uint8_t(*)[32]) & h->key->pub, 1);
    assert_int_equal(append(h, &d, id, &err), IR_OK);
    assert_int_equal(ir_store_site_set(h->st, id, &err), IR_OK);
}

/* A home with root and one member, whose key signs. */
static void
setup_home(struct home *h)
{
    struct ir_err err = {0};
    struct ir_draft d = {.kind = IR_KIND_MEMBER};
    uint8_t id[32], member[8] = {1, 2, 3, 4, 5, 6, 7, 8};

    setup_site(h);
    ir_bodyw_text(&d.body, 1, "Ito");
    ir_bodyw_bytes(&d.body, 4, member, 8);
    ir_bodyw_hashes(&d.body, 5, (const uint8_t(*)[32]) & h->key->pub, 1);
    ir_bodyw_text(&d.body, 6, "ito");
    assert_int_equal(append(h, &d, id, &err), IR_OK);
    fold_trust(h);
    assert_int_equal(h->trust.members_n, 1);
}

static void
remove_home(struct home *h)
{
    char *cmd[] = {(char *)(uintptr_t) "rm", (char *)(uintptr_t) "-rf", h->path,
                   NULL};
    pid_t pid;

    ir_store_close(h->st);
    ir_trust_done(&h->trust);
    ir_key_free(h->key);
    pid = fork();
    if (pid == 0) {
        execvp(cmd[0], cmd);
        _exit(1);
    }
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

__attribute__((unused)) static void
note(struct home *h, const char *text, uint8_t id[32])
{
    struct ir_draft d = {.kind = IR_KIND_NOTE};
    struct ir_err err = {0};

    h->now_ms += 1000;
    ir_bodyw_text(&d.body, 1, text);
    if (append(h, &d, id, &err) != IR_OK)
        fail_msg("%s", err.msg);
}

/* Change the database behind the store's back. */
__attribute__((unused)) static void
tamper(struct home *h, const char *sql, const void *blob, int n,
       const uint8_t *id)
{
    char path[80];
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;

    snprintf(path, sizeof path, "%s/ir.db", h->path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_exec(db,
                                  "DROP TRIGGER IF EXISTS entry_never_updated;"
                                  "DROP TRIGGER IF EXISTS entry_never_deleted;"
                                  "DROP TRIGGER IF EXISTS body_never_updated;"
                                  "DROP TRIGGER IF EXISTS "
                                  "body_deleted_only_when_erased;",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    if (blob != NULL)
        sqlite3_bind_blob(q, 1, blob, n, SQLITE_STATIC);
    if (id != NULL)
        sqlite3_bind_blob(q, 2, id, 32, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(q), SQLITE_DONE);
    sqlite3_finalize(q);
    sqlite3_close(db);
}

__attribute__((unused)) static void
check(struct home *h, struct ir_check *k)
{
    struct ir_err err = {0};

    if (ir_store_check(h->st, &h->trust, false, 2, NULL, NULL, k, &err) !=
        IR_OK)
        fail_msg("%s", err.msg);
}

#endif
