/* trust_alone.c: which approvals were written by the only member.
 *
 * Nobody may approve their own unless there is no other. When that was is not
 * asked of the clocks: a key that has signed nothing in lane T yet, a second
 * one of the same person for instance, can state any time. It is asked of what
 * builds on what (anc.h).
 * Source: docs/format.md section 6, rule 8.
 */
#include "core/trust_fold.h"

#include <stdlib.h>
#include <string.h>

/* From when to when a person's key was one: places in fold order. */
struct span {
    size_t member, cert, rev; /* rev: the first revocation, n for none */
};

static size_t
revoked_at(const struct ir_revs *r, const uint8_t *key_id, size_t n)
{
    size_t i;

    for (i = 0; i < r->n; i++)
        if (memcmp(r->v[i].key, key_id, IR_KEYID_BYTES) == 0)
            return r->v[i].first;
    return n;
}

/* The spans of all people's keys.
 *
 * Owns:   the caller frees.
 */
static struct span *
spans(const struct ir_trust *t, const struct ir_revs *r,
      const struct ir_entry *const *v, size_t n, size_t *spans_n)
{
    struct span *s = ir_calloc(t->keys_n, sizeof *s);
    size_t i, k;

    *spans_n = 0;
    for (i = 0; i < n; i++) {
        if (v[i]->h.kind != IR_KIND_MEMBER)
            continue;
        /* an entry given twice certifies once */
        for (k = 0; k < t->keys_n && *spans_n < t->keys_n; k++)
            if (!t->keys[k].node &&
                memcmp(t->keys[k].cert, v[i]->id, IR_ID_BYTES) == 0)
                s[(*spans_n)++] = (struct span){
                    t->keys[k].member, i, revoked_at(r, t->keys[k].key_id, n)};
    }
    return s;
}

/* Does `at` stand before or after every span of others? Says nothing yet of
 * who knew of what, which costs more to find out. */
static bool
outside(const struct span *s, size_t n, size_t at, size_t who)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (s[i].member != who && at > s[i].cert && at < s[i].rev)
            return false;
    return true;
}

static bool
held_outside(const struct span *s, size_t n, size_t at, size_t who,
             struct ir_anc *anc)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (s[i].member != who &&
            !(at < s[i].cert && ir_anc_knew(anc, s[i].cert, at)) &&
            !(at > s[i].rev && ir_anc_knew(anc, at, s[i].rev)))
            return false;
    return anc->budget > 0; /* a search that was given up says yes */
}

static int
by_id(const void *a, const void *b)
{
    return memcmp(a, b, IR_ID_BYTES);
}

void
ir_trust_fold_alone(struct ir_trust *t, const struct ir_revs *r,
                    const struct ir_entry *const *v, size_t n)
{
    struct ir_anc anc = {0};
    struct span *s;
    size_t i, s_n;

    if (t->members_n < 2)
        return;
    s = spans(t, r, v, n, &s_n);
    for (i = 0; i < n; i++) {
        int who =
            v[i]->h.kind == IR_KIND_APPROVAL ? ir_trust_author(t, v[i]) : -1;

        if (who < 0 || !outside(s, s_n, i, (size_t)who))
            continue;
        if (anc.first == NULL)
            ir_anc_init(v, n, &anc);
        if (!held_outside(s, s_n, i, (size_t)who, &anc))
            continue;
        t->alone = ir_realloc(t->alone, (t->alone_n + 1) * sizeof t->alone[0]);
        memcpy(t->alone[t->alone_n++], v[i]->id, IR_ID_BYTES);
    }
    if (t->alone_n > 0)
        qsort(t->alone, t->alone_n, sizeof t->alone[0], by_id);
    ir_anc_done(&anc);
    free(s);
}

bool
ir_trust_alone(const struct ir_trust *t, const struct ir_entry *e)
{
    return t->members_n < 2 ||
           (t->alone_n > 0 && bsearch(e->id, t->alone, t->alone_n,
                                      sizeof t->alone[0], by_id) != NULL);
}

bool
ir_trust_is_alone(const struct ir_trust *t, int who)
{
    size_t i;

    for (i = 0; i < t->keys_n; i++)
        if (!t->keys[i].node && (int)t->keys[i].member != who &&
            !(t->keys[i].revoked && t->keys[i].revoker == who))
            return false;
    return true;
}
