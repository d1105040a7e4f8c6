/* shuffle_home.c: shuffle-home FROM TO SEED: make home TO whose log holds the
 * entries of FROM, put in another order; objects, settings and keys as in
 * FROM. The views of both must be the same bytes (tests/cli/rebuild.sh).
 */
#include "base/i18n.h"
#include "store/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct all {
    struct ir_buf *v;
    uint8_t (*ids)[IR_ID_BYTES];
    size_t n;
};

static int
keep(const struct ir_entry *e, void *arg)
{
    struct all *a = arg;

    a->v = ir_realloc(a->v, (a->n + 1) * sizeof *a->v);
    a->ids = ir_realloc(a->ids, (a->n + 1) * sizeof a->ids[0]);
    memset(&a->v[a->n], 0, sizeof *a->v);
    ir_entry_encode(e, &a->v[a->n]);
    memcpy(a->ids[a->n++], e->id, IR_ID_BYTES);
    return 0;
}

/* A small generator of our own, so that a seed means the same everywhere. */
static uint64_t
next(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static int
copy_objects(const char *from, struct ir_store *to, struct ir_err *err)
{
    char *path = ir_asprintf("%s/ir.db", from);
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    uint8_t digest[32];
    int rc = IR_OK;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "SELECT type, bytes FROM object", -1, &q,
                           NULL) != SQLITE_OK)
        rc = ir_fail(err, IR_EIO, "%s", path);
    while (rc == IR_OK && sqlite3_step(q) == SQLITE_ROW)
        rc = ir_store_object_put(to, (const char *)sqlite3_column_text(q, 0),
                                 sqlite3_column_blob(q, 1),
                                 (size_t)sqlite3_column_bytes(q, 1), digest,
                                 err);
    sqlite3_finalize(q);
    sqlite3_close(db);
    free(path);
    return rc;
}

static int
put_shuffled(struct all *a, uint64_t seed, const uint8_t *site,
             struct ir_store *to, struct ir_err *err)
{
    size_t i;
    int rc = ir_store_site_set(to, site, err);

    for (i = a->n; i > 1; i--) {
        size_t j = (size_t)(next(&seed) % i);
        struct ir_buf t = a->v[i - 1];

        a->v[i - 1] = a->v[j];
        a->v[j] = t;
    }
    for (i = 0; i < a->n && rc == IR_OK; i++) {
        struct ir_entry e;

        rc = ir_entry_parse(a->v[i].p, a->v[i].len, &e, err);
        if (rc == IR_OK) {
            ir_entry_id(&e, site);
            rc = ir_store_entry_put(to, &e, NULL, err);
        }
    }
    return rc;
}

int
main(int argc, char **argv)
{
    struct ir_store *from = NULL, *to = NULL;
    struct ir_err err = {0};
    struct all a = {0};
    size_t i;
    int rc;

    if (argc != 4)
        return 64;
    rc = ir_crypt_init(&err);
    if (rc == IR_OK && mkdir(argv[2], 0700) != 0)
        rc = ir_fail(&err, IR_EIO, "%s", argv[2]);
    if (rc == IR_OK)
        rc = ir_store_open(argv[1], IR_STORE_READ, &from, &err);
    if (rc == IR_OK)
        rc = ir_store_open(argv[2], IR_STORE_CREATE, &to, &err);
    if (rc == IR_OK)
        rc = ir_store_each(from, keep, &a, &err);
    if (rc == IR_OK)
        rc = put_shuffled(&a, strtoull(argv[3], NULL, 10) + 1,
                          ir_store_site(from), to, &err);
    if (rc == IR_OK)
        rc = copy_objects(argv[1], to, &err);
    if (rc != IR_OK)
        fprintf(stderr, "%s\n", err.msg);
    for (i = 0; i < a.n; i++)
        ir_buf_done(&a.v[i]);
    free(a.v);
    free(a.ids);
    ir_store_close(from);
    ir_store_close(to);
    return rc == IR_OK ? 0 : 1;
}
