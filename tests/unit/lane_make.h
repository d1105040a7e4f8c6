/* lane_make.h: a trust lane being written by several keys, and folded from many
 * orders.
 */
#ifndef LANE_MAKE_H
#define LANE_MAKE_H

#include "core/body.h"
#include "core/trust.h"
#include "unit.h"

#define PEOPLE 6
#define MAX 48

/* A trust lane being written by several keys; signatures are not looked at. */
struct lane {
    struct ir_key *key[PEOPLE];
    uint8_t site[IR_ID_BYTES];
    struct ir_entry e[MAX];
    struct ir_buf p[MAX], b[MAX];
    size_t n;
    size_t last[PEOPLE], seq[PEOPLE]; /* last: place + 1 */
    struct ir_bodyw w;                /* body of the next one */
    size_t ref;                       /* place + 1, for the next one */
    uint64_t ahead_s;                 /* of the clock, for the next one */
    uint64_t behind;                  /* ms, of the clock, for the next ones */
    struct ir_trust t;
};

/* Append an entry of kind `no` by `who` with the body in l->w. */
static inline size_t
add(struct lane *l, int who, uint64_t no)
{
    struct ir_entry *e = &l->e[l->n];
    struct ir_header *h = &e->h;

    ir_key_id(l->key[who]->pub, h->author);
    h->hlc = (uint64_t)(1000 + l->n + l->ahead_s * 1000 - l->behind) << 16;
    l->ahead_s = 0;
    h->seq = ++l->seq[who];
    h->kind = no;
    if (l->last[who] > 0) {
        h->has_prev = true;
        memcpy(h->prev, l->e[l->last[who] - 1].id, IR_ID_BYTES);
    }
    if (l->ref > 0) {
        h->refs_n = 1;
        memcpy(h->refs[0], l->e[l->ref - 1].id, IR_ID_BYTES);
        l->ref = 0;
    }
    ir_header_encode(h, &l->p[l->n]);
    ir_bodyw_finish(&l->w, &l->b[l->n]);
    e->p = l->p[l->n].p;
    e->p_len = l->p[l->n].len;
    e->b = l->b[l->n].p;
    e->b_len = l->b[l->n].len;
    assert_int_equal(ir_header_decode(e->p, e->p_len, h, NULL), IR_OK);
    ir_sha256(e->b, e->b_len, e->body_digest);
    ir_entry_id(e, l->site);
    l->last[who] = l->n + 1;
    return l->n++;
}

static inline size_t
member(struct lane *l, int by, int who, const char *handle)
{
    uint8_t id[8] = {(uint8_t)(who + 1)};

    ir_bodyw_text(&l->w, 1, handle);
    ir_bodyw_bytes(&l->w, 4, id, 8);
    ir_bodyw_hashes(&l->w, 5, (const uint8_t(*)[32])l->key[who]->pub, 1);
    ir_bodyw_text(&l->w, 6, handle);
    return add(l, by, IR_KIND_MEMBER);
}

/* Revoke the key of `who`, accepting entry number `ok` (MAX: nothing). */
static inline size_t
revoke(struct lane *l, int by, int who, size_t ok)
{
    uint8_t id[8];

    ir_key_id(l->key[who]->pub, id);
    ir_bodyw_bytes(&l->w, 1, id, 8);
    ir_bodyw_text(&l->w, 2, "lost");
    if (ok < MAX)
        ir_bodyw_hashes(&l->w, 3, (const uint8_t(*)[32])l->e[ok].id, 1);
    else
        ir_bodyw_no_hashes(&l->w, 3);
    return add(l, by, IR_KIND_REVOKE);
}

static inline size_t
release(struct lane *l, int by, uint8_t manifest)
{
    uint8_t digest[32] = {manifest};

    ir_bodyw_bytes(&l->w, 1, digest, 32);
    return add(l, by, IR_KIND_RELEASE);
}

static inline size_t
judge(struct lane *l, int by, size_t what, uint64_t verdict, uint8_t manifest)
{
    uint8_t digest[32] = {manifest};

    l->ref = what + 1;
    ir_bodyw_uint(&l->w, 1, verdict);
    ir_bodyw_bytes(&l->w, 2, digest, 32);
    return add(l, by, IR_KIND_APPROVAL);
}

/* A site with the first `admins` keys as its admins. */
static inline struct lane *
begin(size_t admins, uint64_t k)
{
    struct lane *l = ir_calloc(1, sizeof *l);
    uint8_t pubs[PEOPLE][32];
    size_t i;

    for (i = 0; i < PEOPLE; i++) {
        uint8_t seed[IR_SEED_BYTES] = {(uint8_t)(i + 1)};

        l->key[i] = ir_key_from_seed(seed);
        memcpy(pubs[i], l->key[i]->pub, 32);
    }
    ir_bodyw_uint(&l->w, 1, 1);
    ir_bodyw_uint(&l->w, 2, k);
    ir_bodyw_hashes(&l->w, 3, (const uint8_t(*)[32])pubs, admins);
    add(l, 0, IR_KIND_ROOT);
    memcpy(l->site, l->e[0].id, IR_ID_BYTES);
    return l;
}

/* Fold, from this order and from many others: always the same. */
static inline const struct ir_trust *
fold(struct lane *l)
{
    const struct ir_entry *v[MAX];
    uint32_t r = 1;
    size_t i, j;
    int way;

    for (i = 0; i < l->n; i++)
        v[i] = &l->e[i];
    ir_trust_done(&l->t);
    ir_trust_fold(l->site, v, l->n, &l->t);
    for (way = 0; way < 10; way++) {
        struct ir_trust t;

        for (i = l->n; i > 1; i--) {
            const struct ir_entry *x = v[i - 1];

            r = r * 1103515245u + 12345u;
            j = (r >> 8) % i;
            v[i - 1] = v[j];
            v[j] = x;
        }
        ir_trust_fold(l->site, v, l->n, &t);
        assert_int_equal(t.keys_n, l->t.keys_n);
        assert_int_equal(t.members_n, l->t.members_n);
        for (i = 0; i < t.keys_n; i++) {
            assert_memory_equal(t.keys[i].pub, l->t.keys[i].pub, 32);
            assert_int_equal(t.keys[i].revoked, l->t.keys[i].revoked);
        }
        assert_int_equal(t.k, l->t.k);
        assert_memory_equal(t.admins_entry, l->t.admins_entry, 32);
        assert_int_equal(t.admins_n, l->t.admins_n);
        for (i = 0; i < t.admins_n; i++) {
            assert_memory_equal(t.admins[i].pub, l->t.admins[i].pub, 32);
            assert_int_equal(t.admins[i].in_force, l->t.admins[i].in_force);
            assert_int_equal(t.admins[i].revoked, l->t.admins[i].revoked);
        }
        assert_int_equal(t.proposals_n, l->t.proposals_n);
        for (i = 0; i < t.proposals_n; i++)
            assert_int_equal(t.proposals[i].counts, l->t.proposals[i].counts);
        assert_int_equal(t.releases_n, l->t.releases_n);
        for (i = 0; i < t.releases_n; i++)
            assert_int_equal(t.releases[i].approved, l->t.releases[i].approved);
        ir_trust_done(&t);
    }
    return &l->t;
}

static inline void
end(struct lane *l)
{
    size_t i;

    ir_trust_done(&l->t);
    for (i = 0; i < MAX; i++) {
        ir_buf_done(&l->p[i]);
        ir_buf_done(&l->b[i]);
    }
    for (i = 0; i < PEOPLE; i++)
        ir_key_free(l->key[i]);
    free(l);
}

static inline const struct ir_cert_key *
key_of(const struct lane *l, int who)
{
    uint8_t id[8];

    ir_key_id(l->key[who]->pub, id);
    return ir_trust_key(&l->t, id);
}

/* One more key of somebody who is a member. */
static inline size_t
second_key(struct lane *l, int by, int who, int key, const char *handle)
{
    uint8_t id[8] = {(uint8_t)(who + 1)};

    ir_bodyw_text(&l->w, 1, handle);
    ir_bodyw_bytes(&l->w, 4, id, 8);
    ir_bodyw_hashes(&l->w, 5, (const uint8_t(*)[32])l->key[key]->pub, 1);
    ir_bodyw_text(&l->w, 6, handle);
    return add(l, by, IR_KIND_MEMBER);
}

/* Admin `by` says yes (1) or no (2) to proposal `what`. */
static inline size_t
verdict(struct lane *l, int by, size_t what, uint64_t yes)
{
    l->ref = what + 1;
    ir_bodyw_uint(&l->w, 1, yes);
    ir_bodyw_bytes(&l->w, 2, l->e[what].id, 32);
    return add(l, by, IR_KIND_APPROVAL);
}

/* Propose the keys in `list` (of their numbers; "0112": the person before the
 * key) in place of list `old`, k of them; the entry `ok` stays accepted (MAX:
 * nothing).
 */
static inline size_t
admins(struct lane *l, int by, size_t old, uint64_t k, const char *list,
       size_t ok)
{
    uint8_t pubs[PEOPLE][32], persons[8 * PEOPLE] = {0};
    size_t n = 0;

    for (; list[0] != '\0'; list += 2, n++) {
        memcpy(pubs[n], l->key[list[1] - '0']->pub, 32);
        persons[8 * n] = (uint8_t)(list[0] - '0' + 1);
    }
    l->ref = old + 1;
    ir_bodyw_uint(&l->w, 1, k);
    ir_bodyw_hashes(&l->w, 2, (const uint8_t(*)[32])pubs, n);
    ir_bodyw_bytes(&l->w, 3, persons, 8 * n);
    if (ok < MAX)
        ir_bodyw_hashes(&l->w, 4, (const uint8_t(*)[32])l->e[ok].id, 1);
    else
        ir_bodyw_no_hashes(&l->w, 4);
    ir_bodyw_text(&l->w, 5, "another list");
    return add(l, by, IR_KIND_ADMINS);
}

#endif
