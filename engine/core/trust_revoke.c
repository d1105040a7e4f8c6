/* trust_revoke.c: which keys are revoked, and what of them stays accepted.
 *
 * One admin revokes a key that is no admin's; of an admin's it takes k
 * (trust_admins.c). Of several for one key the last in fold order says what
 * stays accepted, with those before it that it continues.
 * Source: docs/format.md section 6, rule 6.
 */
#include "core/body.h"
#include "core/trust_fold.h"

#include <stdlib.h>
#include <string.h>

static struct ir_rev *
find(const struct ir_revs *r, const uint8_t *key)
{
    size_t i;

    for (i = 0; i < r->n; i++)
        if (memcmp(r->v[i].key, key, IR_KEYID_BYTES) == 0)
            return &r->v[i];
    return NULL;
}

bool
ir_revs_stands(const struct ir_revs *r, const struct ir_entry *const *v,
               size_t i)
{
    const struct ir_rev *rev = find(r, v[i]->h.author);

    return rev == NULL || rev->ok[i];
}

/* Does revoke entry `e` go on where the one in force ended: does it name it?
 */
static bool
continues(const struct ir_entry *e, const struct ir_rev *rev)
{
    size_t k;

    for (k = 0; k < e->h.refs_n; k++)
        if (memcmp(e->h.refs[k], rev->e[rev->e_n - 1]->id, IR_ID_BYTES) == 0)
            return true;
    return false;
}

void
ir_revs_add(struct ir_revs *r, struct ir_acts *acts,
            const struct ir_entry *const *v, size_t n, size_t i,
            const uint8_t *key)
{
    const struct ir_entry *e = v[i];
    struct ir_rev *rev = find(r, key);

    if (rev == NULL) {
        r->v = ir_realloc(r->v, (r->n + 1) * sizeof *r->v);
        rev = &r->v[r->n++];
        memset(rev, 0, sizeof *rev);
        memcpy(rev->key, key, IR_KEYID_BYTES);
        rev->first = i;
        rev->ok = ir_calloc(n + 1, sizeof *rev->ok);
    } else if (!continues(e, rev)) {
        memset(rev->ok, 0, n * sizeof *rev->ok);
        rev->e_n = 0;
    }
    rev->e = ir_realloc(rev->e, (rev->e_n + 1) * sizeof(struct ir_entry *));
    rev->e[rev->e_n++] = e;
    ir_acts_past(acts, v, n, e, 3, rev->ok);
}

/* Does one admin suffice to revoke this key: is it none of an admin now? */
static bool
takes_one(const struct ir_trust *t, const uint8_t *key)
{
    int a = ir_trust_admin(t, key);

    return a < 0 || !t->admins[a].in_force;
}

void
ir_revs_fold(const struct ir_trust *t, struct ir_acts *acts,
             const struct ir_entry *const *v, size_t n, struct ir_revs *r)
{
    const uint8_t *key;
    size_t i, len;

    memset(r, 0, sizeof *r);
    for (i = 0; i < n; i++) {
        if (v[i]->h.kind != IR_KIND_REVOKE ||
            !ir_body_bytes(v[i], 1, &key, &len) || len != IR_KEYID_BYTES)
            continue;
        if (acts->several[i] ||
            (takes_one(t, key) && ir_trust_by_admin(t, acts, v, i)))
            ir_revs_add(r, acts, v, n, i, key);
    }
}

void
ir_revs_done(struct ir_revs *r)
{
    size_t i;

    for (i = 0; i < r->n; i++) {
        free(r->v[i].ok);
        free(r->v[i].e);
    }
    free(r->v);
    memset(r, 0, sizeof *r);
}
