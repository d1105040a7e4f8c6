/* ingest_rate.c: ingest-rate FROM TO ROUNDS: how fast entries that come from
 * elsewhere are judged, every signature checked, and stored. Takes all entries
 * of home FROM but those of home TO, a copy of it as it was before they were
 * recorded, and prints a line per round: how many entries, the nanoseconds that
 * libsodium takes to check the signatures of the same messages (nothing else),
 * and those of ir_ingest_batch, 100 at a time, which also waits 2 ms between
 * transactions so that others can write. Every round takes as many of them.
 */
#include "base/sshsig.h"
#include "core/trust.h"
#include "store/ingest.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct one {
    struct ir_buf wire;
    uint8_t m[IR_SSHSIG_BLOB_BYTES], sig[IR_SIG_BYTES], pub[IR_PUBKEY_BYTES];
};

struct all {
    struct ir_store *from;
    struct ir_ingest *to;
    struct one *v;
    size_t n, cap;
    struct ir_err err;
};

static int64_t
now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Remember an entry that is not in the other home. */
static int
remember(const struct ir_entry *e, void *arg)
{
    struct all *a = arg;
    const struct ir_trust *t = ir_stand_trust(ir_ingest_stand(a->to));
    const struct ir_cert_key *k = ir_trust_key(t, e->h.author);
    bool object = false;
    struct one *o;

    if (ir_ingest_here(a->to, e->id, &object))
        return 0;
    if (k == NULL)
        return ir_fail(&a->err, IR_ENOTFOUND, "nobody's entry");
    if (a->n == a->cap) {
        a->cap = a->cap > 0 ? 2 * a->cap : 1024;
        a->v = ir_realloc(a->v, a->cap * sizeof *a->v);
    }
    o = &a->v[a->n++];
    memset(o, 0, sizeof *o);
    ir_entry_encode(e, &o->wire);
    ir_entry_blob(e, ir_store_site(a->from), o->m);
    memcpy(o->sig, e->sig, sizeof o->sig);
    memcpy(o->pub, k->pub, sizeof o->pub);
    return 0;
}

/* Nothing but the signatures. */
static int64_t
bare(const struct one *v, size_t n, size_t *good)
{
    int64_t began = now_ns();
    size_t i;

    for (i = 0, *good = 0; i < n; i++)
        *good += crypto_sign_verify_detached(v[i].sig, v[i].m, sizeof v[i].m,
                                             v[i].pub) == 0;
    return now_ns() - began;
}

static int64_t
ingest(struct all *a, const struct one *v, size_t n, size_t *good)
{
    struct ir_arrival in[IR_INGEST_ROWS];
    int64_t began = now_ns();
    size_t i, k, batch;

    *good = 0;
    for (i = 0; i < n; i += batch) {
        batch = n - i < IR_INGEST_ROWS ? n - i : IR_INGEST_ROWS;
        memset(in, 0, sizeof in);
        for (k = 0; k < batch; k++) {
            in[k].p = v[i + k].wire.p;
            in[k].n = v[i + k].wire.len;
        }
        if (ir_ingest_batch(a->to, NULL, in, batch, &a->err) != IR_OK)
            break;
        for (k = 0; k < batch; k++)
            *good += in[k].what == IR_ARRIVED_NEW;
    }
    return now_ns() - began;
}

int
main(int argc, char **argv)
{
    static const struct ir_quota_limits all_there_are = {
        .all = {{IR_RATE_MAX, IR_RATE_MAX}, {IR_RATE_MAX, IR_RATE_MAX}}};
    struct all a = {0};
    struct ir_store *to = NULL;
    size_t i, each, good, stored;
    long rounds = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
    int rc;

    if (rounds < 1)
        return 64;
    rc = ir_crypt_init(&a.err);
    if (rc == IR_OK)
        rc = ir_store_open(argv[1], IR_STORE_READ, &a.from, &a.err);
    if (rc == IR_OK)
        rc = ir_store_open(argv[2], IR_STORE_WRITE, &to, &a.err);
    if (rc == IR_OK)
        rc = ir_ingest_new(to, "dir", &a.to, &a.err);
    if (rc == IR_OK) {
        ir_ingest_limits(a.to, &all_there_are);
        rc = ir_store_each(a.from, remember, &a, &a.err);
    }
    each = a.n / (size_t)rounds;
    for (i = 0; i + each <= a.n && each > 0 && rc == IR_OK; i += each) {
        int64_t floor = bare(a.v + i, each, &good);
        int64_t took = ingest(&a, a.v + i, each, &stored);

        if (good != each || stored != each)
            rc = ir_fail(&a.err, IR_EIO, "%zu good, %zu stored of %zu", good,
                         stored, each);
        else
            printf("%zu %" PRId64 " %" PRId64 "\n", each, floor, took);
    }
    if (rc != IR_OK)
        fprintf(stderr, "ingest-rate: %s\n", a.err.msg);
    for (i = 0; i < a.n; i++)
        ir_buf_done(&a.v[i].wire);
    free(a.v);
    ir_ingest_free(a.to);
    ir_store_close(to);
    ir_store_close(a.from);
    return rc == IR_OK ? 0 : 1;
}
