/* check_pool.c: see check_pool.h. */
#include "store/check_pool.h"

#include "base/buf.h"
#include "base/sshsig.h"
#include "store/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 1024                     /* in a batch at most */
#define BATCH_BYTES (2 * 1024 * 1024) /* in a batch, and one row more */
#define CLAIM 16                      /* rows a thread takes at a time */
#define WORKERS_MAX 15
/* Of longer ones no more is kept than shows that they are too long. */
#define ROW_BYTES (2 * IR_ENTRY_MAX)

struct batch {
    struct ir_check_job job[ROWS];
    size_t n;
    uint8_t *bytes;
    size_t used;
};

struct ir_check_pool {
    struct batch batch[2];
    struct batch *filling, *judging;
    const uint8_t *site;
    const struct ir_trust *t;
    bool chain_only;
    pthread_t worker[WORKERS_MAX];
    size_t workers;
    /* under `lock`: rows of `judging` that nobody has taken, and done ones */
    pthread_mutex_t lock;
    pthread_cond_t work, idle;
    size_t next, done;
    bool end;
};

static bool
columns_fit(const struct ir_check_cols *c, const struct ir_entry *e)
{
    uint8_t chain[8], incident[IR_INCIDENT_BYTES];
    bool about = ir_db_chain(e, chain, incident);

    if (c->author_n != IR_KEYID_BYTES ||
        memcmp(c->author, e->h.author, IR_KEYID_BYTES) != 0 ||
        (uint64_t)c->seq != e->h.seq || (uint64_t)c->kind != e->h.kind ||
        c->lane != (int64_t)ir_kind_lane(e->h.kind) ||
        (uint64_t)c->hlc != e->h.hlc || c->chain_n != 8 ||
        memcmp(c->chain, chain, 8) != 0)
        return false;
    if (!about)
        return c->incident_n < 0;
    return c->incident_n == IR_INCIDENT_BYTES &&
           memcmp(c->incident, incident, IR_INCIDENT_BYTES) == 0;
}

/* The key of an admin of any time who is no member, where they may sign that.
 * Source: docs/format.md section 10, "unknown-signer".
 */
static const uint8_t *
admins_pub(const struct ir_trust *t, const struct ir_entry *e)
{
    int a = e->h.kind <= IR_KIND_APPROVAL || e->h.kind == IR_KIND_ADMINS
                ? ir_trust_admin(t, e->h.author)
                : -1;

    return a >= 0 && !t->admins[a].revoked ? t->admins[a].pub : NULL;
}

static void
judge(const struct ir_check_pool *p, struct ir_check_job *j)
{
    uint8_t blob[IR_SSHSIG_BLOB_BYTES];

    j->whole = ir_db_entry(&j->raw, p->site, &j->e, &j->why) == IR_OK;
    if (!j->whole)
        return;
    j->columns_fit = columns_fit(&j->cols, &j->e);
    j->body_fits = j->e.b == NULL || ir_entry_body_check(&j->e, NULL) == IR_OK;
    j->ms = ir_entry_recorded_ms(&j->e);
    j->key = ir_trust_key(p->t, j->e.h.author);
    j->pub = j->key != NULL ? j->key->pub : admins_pub(p->t, &j->e);
    j->sig_good = true;
    if (j->pub == NULL || p->chain_only)
        return;
    ir_entry_blob(&j->e, p->site, blob);
    j->sig_good = ir_verify(j->pub, blob, sizeof blob, j->e.sig);
}

/* Judge rows until none is left to take; called and left with the lock held.
 */
static void
judge_some(struct ir_check_pool *p)
{
    while (p->judging != NULL && p->next < p->judging->n) {
        struct batch *b = p->judging;
        size_t from = p->next, to = from + CLAIM < b->n ? from + CLAIM : b->n;
        size_t i;

        p->next = to;
        pthread_mutex_unlock(&p->lock);
        for (i = from; i < to; i++)
            judge(p, &b->job[i]);
        pthread_mutex_lock(&p->lock);
        p->done += to - from;
        if (p->done == b->n)
            pthread_cond_signal(&p->idle);
    }
}

static void *
run(void *arg)
{
    struct ir_check_pool *p = arg;

    pthread_mutex_lock(&p->lock);
    while (!p->end) {
        judge_some(p);
        if (!p->end)
            pthread_cond_wait(&p->work, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct ir_check_pool *
ir_check_pool_new(int threads, const uint8_t *site, const struct ir_trust *t,
                  bool chain_only)
{
    struct ir_check_pool *p = ir_calloc(1, sizeof *p);
    int i;

    for (i = 0; i < 2; i++)
        p->batch[i].bytes = ir_malloc(BATCH_BYTES + ROW_BYTES);
    p->filling = &p->batch[0];
    p->site = site;
    p->t = t;
    p->chain_only = chain_only;
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->work, NULL);
    (void)pthread_cond_init(&p->idle, NULL);
    for (i = 1; i < threads && p->workers < WORKERS_MAX; i++)
        if (pthread_create(&p->worker[p->workers], NULL, run, p) == 0)
            p->workers++;
    return p;
}

void
ir_check_pool_free(struct ir_check_pool *p)
{
    size_t i;

    pthread_mutex_lock(&p->lock);
    p->end = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (i = 0; i < p->workers; i++)
        pthread_join(p->worker[i], NULL);
    (void)pthread_cond_destroy(&p->work);
    (void)pthread_cond_destroy(&p->idle);
    (void)pthread_mutex_destroy(&p->lock);
    for (i = 0; i < 2; i++)
        free(p->batch[i].bytes);
    free(p);
}

/* Copy bytes of a row into the batch; no more than `max` of them. */
static void
keep(struct batch *b, const uint8_t **p, size_t *n, size_t max)
{
    if (*p == NULL)
        return;
    if (*n > max)
        *n = max;
    memcpy(b->bytes + b->used, *p, *n);
    *p = b->bytes + b->used;
    b->used += *n;
}

/* A short blob column; its length, or -1. */
static int
small(sqlite3_stmt *q, int col, uint8_t out[8])
{
    int n = sqlite3_column_bytes(q, col);
    const void *p = sqlite3_column_blob(q, col);

    if (sqlite3_column_type(q, col) == SQLITE_NULL)
        return -1;
    if (p != NULL && n > 0)
        memcpy(out, p, n < 8 ? (size_t)n : 8);
    return n;
}

bool
ir_check_pool_add(struct ir_check_pool *p, sqlite3_stmt *q)
{
    struct batch *b = p->filling;
    struct ir_check_job *j = &b->job[b->n++];

    memset(j, 0, sizeof *j);
    ir_db_raw(q, &j->raw);
    keep(b, &j->raw.id, &j->raw.id_len, IR_ID_BYTES + 1);
    keep(b, &j->raw.p, &j->raw.p_len, IR_HEADER_MAX + 1);
    keep(b, &j->raw.digest, &j->raw.digest_len, IR_HASH_BYTES + 1);
    keep(b, &j->raw.sig, &j->raw.sig_len, IR_SIG_BYTES + 1);
    keep(b, &j->raw.b, &j->raw.b_len, IR_BODY_MAX + 1);
    j->cols.author_n = small(q, 5, j->cols.author);
    j->cols.seq = sqlite3_column_int64(q, 6);
    j->cols.kind = sqlite3_column_int64(q, 7);
    j->cols.lane = sqlite3_column_int64(q, 8);
    j->cols.hlc = sqlite3_column_int64(q, 9);
    j->cols.incident_n = small(q, 10, j->cols.incident);
    j->cols.chain_n = small(q, 11, j->cols.chain);
    return b->n < ROWS && b->used < BATCH_BYTES;
}

void
ir_check_pool_turn(struct ir_check_pool *p, const struct ir_check_job **jobs,
                   size_t *n)
{
    struct batch *over, *fresh = p->filling;

    pthread_mutex_lock(&p->lock);
    judge_some(p);
    while (p->judging != NULL && p->done < p->judging->n)
        pthread_cond_wait(&p->idle, &p->lock);
    over = p->judging;
    p->judging = fresh;
    p->next = p->done = 0;
    if (p->workers > 0)
        pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    p->filling = over != NULL ? over : &p->batch[1];
    *jobs = p->filling->job;
    *n = over != NULL ? over->n : 0;
    p->filling->n = p->filling->used = 0;
}
