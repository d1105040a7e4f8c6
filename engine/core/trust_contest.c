/* trust_contest.c: proposals of admins that counted by the backing of a key
 * that others drop, and do not accept. Whoever has somebody's old key can sign
 * as of any time; so order alone must not let them complete what was put
 * forward long ago. Each such proposal is left aside, and lane T gone through
 * without it: if then something counts that drops the key, and does so without
 * any key that the first one drops, the first one stays aside. Source:
 * docs/format.md section 6, rule 11.
 */
#include "core/trust_admins_in.h"

#include <stdlib.h>
#include <string.h>

/* What a proposal takes away. */
struct drops {
    bool revoke;
    const struct ir_entry *e;
    bool *past; /* by place: what it accepts of those keys */
};

/* Does list `e`, the root or an admins entry, name the key? *person (may be
 * NULL) gets whose it is there. */
static bool
names(const struct ir_entry *e, const uint8_t pub[IR_PUBKEY_BYTES],
      uint8_t person[8])
{
    bool root = e->h.kind == IR_KIND_ROOT;
    const uint8_t *persons = NULL;
    struct ir_body_item it;
    size_t at = 0, n = 0, len = 0;

    if ((!root && e->h.kind != IR_KIND_ADMINS) || !ir_acts_fits(e) ||
        (!root && !ir_body_bytes(e, 3, &persons, &len)))
        return false;
    for (; ir_body_each(e, root ? 3 : 2, &at, &it); n++) {
        if (memcmp(it.p, pub, IR_PUBKEY_BYTES) != 0)
            continue;
        if (person != NULL && root)
            ir_key_id(pub, person);
        else if (person != NULL)
            memcpy(person, persons + 8 * n, 8);
        return true;
    }
    return false;
}

/* Does `e` revoke the admin's key, or put a list without it in place of one
 * with it? */
static bool
takes_away(const struct fold *f, const struct ir_entry *e,
           const struct ir_admin *a)
{
    const struct ir_entry *base;
    const uint8_t *target;
    size_t len;

    if (e->h.kind == IR_KIND_REVOKE)
        return ir_body_bytes(e, 1, &target, &len) && len == IR_KEYID_BYTES &&
               memcmp(target, a->key_id, len) == 0;
    base = e->h.refs_n > 0 ? ir_acts_entry(f, e->h.refs[0]) : NULL;
    return base != NULL && !names(e, a->pub, NULL) && names(base, a->pub, NULL);
}

/* Who stands behind a proposal by this backing; NULL: no admin of any time. */
static const struct ir_admin *
who(const struct fold *f, const struct backing *b)
{
    int a = ir_trust_admin(f->t, b->author);

    return a >= 0 ? &f->t->admins[a] : NULL;
}

static void
drops_of(struct fold *f, size_t place, struct drops *d)
{
    d->e = f->v[place];
    d->revoke = d->e->h.kind == IR_KIND_REVOKE;
    d->past = ir_calloc(f->n + 1, sizeof *d->past);
    ir_acts_past(f->acts, f->v, f->n, d->e, d->revoke ? 3 : 4, d->past);
    if (!d->revoke)
        ir_anc_past(&f->acts->anc, place, d->past);
}

/* How many people of list `base` stand behind a proposal by entries that `d`
 * leaves? */
static size_t
left(const struct fold *f, const struct pending *p, const struct drops *d)
{
    const struct ir_entry *base = ir_acts_entry(f, p->base);
    uint8_t(*seen)[8] = ir_calloc(p->by + 1, sizeof *seen);
    size_t i, j, n = 0;

    for (i = 0; base != NULL && i < p->by; i++) {
        const struct ir_admin *a = who(f, &p->yes[i]);

        if (a == NULL || !names(base, a->pub, seen[n]) ||
            (!d->past[p->yes[i].at] && takes_away(f, d->e, a)))
            continue;
        for (j = 0; j < n && memcmp(seen[j], seen[n], 8) != 0; j++)
            ;
        n += j == n ? 1 : 0;
    }
    free(seen);
    return n;
}

/* Could `x` take away a key that `p` has needed? What is sure not to is not
 * tried.
 */
static bool
may_undo(struct fold *f, const struct pending *x, const struct pending *p)
{
    const struct ir_entry *e = f->v[x->at];
    const struct ir_admin *a;
    struct drops d;
    bool yes = false;
    size_t i;

    if (x == p || x->dead || (x->counts && e->h.kind != IR_KIND_REVOKE) ||
        ir_trust_admin(f->t, e->h.author) < 0)
        return false;
    for (i = 0; i < p->by && !yes; i++)
        yes = (a = who(f, &p->yes[i])) != NULL && takes_away(f, e, a);
    if (!yes || !x->counts)
        return yes;
    drops_of(f, x->at, &d);
    yes = left(f, p, &d) < p->k;
    free(d.past);
    return yes;
}

/* Go through lane T without `p`: is there something now that takes away what
 * it needed, by the backing of others than `p` would take away?
 */
static bool
undone(struct fold *f, const struct pending *p)
{
    struct drops by_p, by_x;
    bool yes = false;
    size_t i;

    drops_of(f, p->at, &by_p);
    f->out[p->at] = true;
    ir_acts_go(f);
    for (i = 0; i < f->p_n && !yes; i++) {
        const struct pending *x = &f->p[i];

        if (!x->counts)
            continue;
        drops_of(f, x->at, &by_x);
        yes = left(f, p, &by_x) < p->k && left(f, x, &by_p) >= x->k;
        free(by_x.past);
    }
    f->out[p->at] = yes;
    free(by_p.past);
    return yes;
}

/* The first proposal that counts and is undone; false: none. */
static bool
undo_one(struct fold *f)
{
    size_t i, j;

    for (i = 0; i < f->p_n; i++) {
        struct pending p = f->p[i];
        bool try = false, yes;

        for (j = 0; j < f->p_n && p.counts && !try; j++)
            try = may_undo(f, &f->p[j], &f->p[i]);
        if (!try)
            continue;
        p.yes = ir_calloc(p.by + 1, sizeof *p.yes);
        memcpy(p.yes, f->p[i].yes, p.by * sizeof *p.yes);
        yes = undone(f, &p);
        free(p.yes);
        if (yes)
            return true;
        ir_acts_go(f);
    }
    return false;
}

void
ir_acts_contest(struct fold *f)
{
    while (undo_one(f))
        ;
}
