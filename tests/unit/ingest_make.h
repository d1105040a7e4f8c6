/* ingest_make.h: entries as they travel, homes of one site that hold nothing
 * yet, more members; for the tests of what comes from elsewhere.
 */
#ifndef IR_TESTS_INGEST_MAKE_H
#define IR_TESTS_INGEST_MAKE_H

#include "core/body.h"
#include "store/ingest.h"
#include "store/met.h"
#include "store/object_part.h"
#include "store/offer.h"
#include "store_make.h"

#define ALL_MAX 2000

/* Entries as they travel. */
struct wire {
    struct ir_buf b[ALL_MAX];
    uint8_t id[ALL_MAX][32];
    struct ir_arrival v[ALL_MAX];
    size_t n;
};

__attribute__((unused)) static int
keep(const struct ir_entry *e, void *arg)
{
    struct wire *w = arg;

    assert_true(w->n < ALL_MAX);
    memcpy(w->id[w->n], e->id, 32);
    ir_entry_encode(e, &w->b[w->n++]);
    return 0;
}

__attribute__((unused)) static struct wire *
wire_of(struct home *h)
{
    struct wire *w = ir_calloc(1, sizeof *w);
    size_t i;

    assert_int_equal(ir_store_each(h->st, keep, w, NULL), IR_OK);
    for (i = 0; i < w->n; i++) {
        w->v[i].p = w->b[i].p;
        w->v[i].n = w->b[i].len;
    }
    return w;
}

__attribute__((unused)) static void
wire_free(struct wire *w)
{
    size_t i;

    for (i = 0; i < w->n; i++)
        ir_buf_done(&w->b[i]);
    free(w);
}

/* The other way round. */
__attribute__((unused)) static void
reverse(struct wire *w)
{
    size_t i;

    for (i = 0; i < w->n / 2; i++) {
        struct ir_arrival t = w->v[i];

        w->v[i] = w->v[w->n - 1 - i];
        w->v[w->n - 1 - i] = t;
    }
}

/* A home of the site of `of` that holds nothing. */
__attribute__((unused)) static void
empty_home(struct home *h, const struct home *of)
{
    struct ir_err err = {0};

    memset(h, 0, sizeof *h);
    snprintf(h->path, sizeof h->path, "/tmp/ir-test-ingest.XXXXXX");
    assert_non_null(mkdtemp(h->path));
    assert_int_equal(chmod(h->path, 0700), 0);
    if (ir_store_open(h->path, IR_STORE_CREATE, &h->st, &err) != IR_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(ir_store_site_set(h->st, ir_store_site(of->st), &err),
                     IR_OK);
}

__attribute__((unused)) static struct ir_ingest *
begin(struct home *h)
{
    struct ir_ingest *g = NULL;

    assert_int_equal(ir_ingest_new(h->st, "dir", &g, NULL), IR_OK);
    return g;
}

__attribute__((unused)) static void
batch(struct ir_ingest *g, struct ir_arrival *v, size_t n)
{
    static const uint8_t from[8] = {7, 7, 7, 7, 7, 7, 7, 7};
    struct ir_err err = {0};

    if (ir_ingest_batch(g, from, v, n, &err) != IR_OK)
        fail_msg("%s", err.msg);
}

__attribute__((unused)) static void
all_are(const struct wire *w, enum ir_arrived what)
{
    size_t i;

    for (i = 0; i < w->n; i++)
        if (w->v[i].what != what)
            fail_msg("entry %zu of kind %d is %d, not %d", i, (int)w->v[i].kind,
                     (int)w->v[i].what, (int)what);
}

/* One more member with a key of their own, certified by the admin of `h`. */
__attribute__((unused)) static struct ir_key *
add_member(struct home *h, const char *handle)
{
    struct ir_draft d = {.kind = IR_KIND_MEMBER};
    struct ir_key *k = ir_key_new();
    uint8_t id[32], member[8];

    ir_random(member, sizeof member);
    ir_bodyw_text(&d.body, 1, handle);
    ir_bodyw_bytes(&d.body, 4, member, 8);
    ir_bodyw_hashes(&d.body, 5, (const uint8_t(*)[32]) & k->pub, 1);
    ir_bodyw_text(&d.body, 6, handle);
    assert_int_equal(append(h, &d, id, NULL), IR_OK);
    return k;
}

/* From now on this key signs in `h`. Returns the one before. */
__attribute__((unused)) static struct ir_key *
sign_with(struct home *h, struct ir_key *k)
{
    struct ir_key *before = h->who.arg;

    memcpy(h->who.pub, k->pub, 32);
    h->who.arg = k;
    return before;
}

__attribute__((unused)) static void
revoke_key(struct home *h, const struct ir_key *k, const uint8_t (*ok)[32],
           size_t n)
{
    struct ir_draft d = {.kind = IR_KIND_REVOKE};
    uint8_t id[32], kid[8];

    ir_key_id(k->pub, kid);
    ir_bodyw_bytes(&d.body, 1, kid, 8);
    ir_bodyw_text(&d.body, 2, "laptop stolen");
    if (n > 0)
        ir_bodyw_hashes(&d.body, 3, ok, n);
    else
        ir_bodyw_no_hashes(&d.body, 3);
    assert_int_equal(append(h, &d, id, NULL), IR_OK);
}

__attribute__((unused)) static void
redact(struct home *h, const uint8_t of[32], int scope, uint8_t id[32])
{
    struct ir_draft d = {.kind = IR_KIND_REDACT, .refs_n = 1};
    struct ir_err err = {0};

    memcpy(d.refs[0], of, 32);
    ir_bodyw_text(&d.body, 1, "a name");
    ir_bodyw_text(&d.body, 2, "counsel");
    ir_bodyw_uint(&d.body, 3, (uint64_t)scope);
    if (append(h, &d, id, &err) != IR_OK)
        fail_msg("%s", err.msg);
}

#endif
