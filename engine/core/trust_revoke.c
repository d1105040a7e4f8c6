/* trust_revoke.c: which keys are revoked, and what of them stays accepted.
 *
 * Revokes are judged in fold order, each by those that count before it. Of
 * several for one key the last says what stays accepted, with those before it
 * that it continues.
 * Source: docs/format.md section 6, rule 6.
 */
#include "core/body.h"
#include "core/trust_fold.h"

#include <stdlib.h>
#include <string.h>

/* Mark in `ok` what revoke entry `e` still accepts, with all it builds on. */
static void
mark_accepted(struct ir_revs *r, const struct ir_entry *const *v, size_t n,
              const struct ir_entry *e, bool *ok)
{
    struct ir_body_item it;
    size_t at = 0, i;

    while (ir_body_each(e, 3, &at, &it))
        for (i = 0; i < n; i++)
            if (memcmp(v[i]->id, it.p, IR_ID_BYTES) == 0)
                ir_anc_past(&r->anc, i, ok);
}

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

/* Is entry `i` an approval of `id` by admin key number `admin`? */
static bool
approves(const struct ir_trust *t, const struct ir_entry *e, size_t admin,
         const uint8_t *id)
{
    uint8_t key[IR_KEYID_BYTES];
    size_t k;

    ir_key_id(t->admins[admin], key);
    if (e->h.kind != IR_KIND_APPROVAL || e->b == NULL ||
        memcmp(e->h.author, key, sizeof key) != 0 ||
        ir_kind_check(e->h.kind, e->b, e->b_len, NULL) != IR_OK ||
        ir_body_uint_or(e, 1, 0) != 1)
        return false;
    for (k = 0; k < e->h.refs_n; k++)
        if (memcmp(e->h.refs[k], id, IR_ID_BYTES) == 0)
            return true;
    return false;
}

/* Admin keys behind revoke entry `e`: its author's and those that approve. */
static size_t
backers(const struct ir_trust *t, const struct ir_entry *const *v, size_t n,
        const struct ir_entry *e)
{
    uint8_t key[IR_KEYID_BYTES];
    size_t a, i, found = 0;

    for (a = 0; a < t->admins_n; a++) {
        bool yes;

        ir_key_id(t->admins[a], key);
        yes = memcmp(key, e->h.author, sizeof key) == 0;
        for (i = 0; i < n && !yes; i++)
            yes = approves(t, v[i], a, e->id);
        found += yes ? 1 : 0;
    }
    return found;
}

/* Does it take k admins to revoke `key`: is it an admin's? */
static bool
is_admin_key(const struct ir_trust *t, const uint8_t *key)
{
    uint8_t id[IR_KEYID_BYTES];
    size_t a;

    for (a = 0; a < t->admins_n; a++) {
        ir_key_id(t->admins[a], id);
        if (memcmp(id, key, sizeof id) == 0)
            return true;
    }
    return false;
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
ir_revs_fold(const struct ir_trust *t, const struct ir_entry *const *v,
             size_t n, struct ir_revs *r)
{
    const uint8_t *key;
    size_t i, len;

    memset(r, 0, sizeof *r);
    for (i = 0; i < n; i++) {
        const struct ir_entry *e = v[i];
        struct ir_rev *rev;

        if (e->h.kind != IR_KIND_REVOKE || !ir_trust_by_admin(t, r, v, i) ||
            !ir_body_bytes(e, 1, &key, &len) || len != IR_KEYID_BYTES ||
            (is_admin_key(t, key) && backers(t, v, n, e) < t->k))
            continue;
        if (r->n == 0)
            ir_anc_init(v, n, &r->anc);
        rev = find(r, key);
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
        mark_accepted(r, v, n, e, rev->ok);
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
    if (r->n > 0)
        ir_anc_done(&r->anc);
    free(r->v);
    memset(r, 0, sizeof *r);
}
