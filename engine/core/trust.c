/* trust.c: see trust.h. Members and devices; admins are in trust_admins.c,
 * revocations in trust_revoke.c, releases in trust_release.c.
 */
#include "core/trust.h"

#include "base/i18n.h"
#include "core/body.h"
#include "core/order.h"
#include "core/trust_fold.h"

#include <stdlib.h>
#include <string.h>

static void
add_key(struct ir_trust *t, const uint8_t *pub, bool node, size_t member,
        const struct ir_entry *cert)
{
    uint8_t id[IR_KEYID_BYTES];
    struct ir_cert_key *k;
    int a;

    ir_key_id(pub, id);
    a = ir_trust_admin(t, id);
    if (ir_trust_key(t, id) != NULL)
        return; /* the first certificate of a key, or of its id, stands */
    if (a >= 0 && memcmp(t->admins[a].pub, pub, IR_PUBKEY_BYTES) != 0)
        return; /* made to look like an admin's */
    t->keys = ir_realloc(t->keys, (t->keys_n + 1) * sizeof *t->keys);
    k = &t->keys[t->keys_n++];
    memset(k, 0, sizeof *k);
    memcpy(k->pub, pub, IR_PUBKEY_BYTES);
    memcpy(k->key_id, id, sizeof id);
    k->node = node;
    k->member = member;
    memcpy(k->cert, cert->id, IR_ID_BYTES);
}

static void
free_member(struct ir_member *m)
{
    size_t i;

    free(m->name);
    for (i = 0; i < m->roles_n; i++)
        free(m->roles[i]);
    free(m->roles);
}

/* A member entry: new, or a later certificate that replaces what it says. */
static void
fold_member(struct ir_trust *t, const struct ir_entry *e)
{
    const uint8_t *mid;
    const char *handle;
    size_t len, hlen, i = 0, keys = 0;
    struct ir_member *m, fresh = {0};
    struct ir_body_item it;
    int at;

    if (!ir_body_bytes(e, 4, &mid, &len) || len != 8 ||
        !ir_body_text(e, 6, &handle, &hlen) || hlen >= sizeof fresh.handle)
        return;
    memcpy(fresh.id, mid, 8);
    memcpy(fresh.handle, handle, hlen);
    at = ir_trust_member(t, fresh.handle);
    if (at >= 0 && memcmp(t->members[at].id, mid, 8) != 0)
        return; /* the handle is somebody else's */
    fresh.name = ir_body_strdup(e, 1);
    fresh.not_after_ms = (int64_t)ir_body_uint_or(e, 3, 0);
    while (ir_body_each(e, 2, &i, &it)) {
        fresh.roles =
            ir_realloc(fresh.roles, (fresh.roles_n + 1) * sizeof *fresh.roles);
        fresh.roles[fresh.roles_n++] = ir_strndup((const char *)it.p, it.len);
    }
    at = ir_trust_member_id(t, mid);
    if (at < 0) {
        t->members =
            ir_realloc(t->members, (t->members_n + 1) * sizeof *t->members);
        at = (int)t->members_n++;
    } else {
        free_member(&t->members[at]);
    }
    m = &t->members[at];
    *m = fresh;
    i = 0;
    while (ir_body_each(e, 5, &i, &it) && keys++ < IR_MEMBER_KEYS_MAX)
        add_key(t, it.p, false, (size_t)at, e);
}

static void
fold_device(struct ir_trust *t, const struct ir_entry *e)
{
    const uint8_t *mid, *pub, *x25519;
    uint8_t id[IR_KEYID_BYTES];
    size_t len, plen, xlen, i;
    int at;

    if (!ir_body_bytes(e, 1, &mid, &len) || len != 8 ||
        !ir_body_bytes(e, 3, &pub, &plen) || plen != IR_PUBKEY_BYTES ||
        !ir_body_bytes(e, 4, &x25519, &xlen) || xlen != 32)
        return;
    at = ir_trust_member_id(t, mid);
    if (at < 0)
        return;
    add_key(t, pub, true, (size_t)at, e);
    ir_key_id(pub, id);
    for (i = 0; i < t->keys_n; i++)
        if (t->keys[i].node && t->keys[i].member == (size_t)at &&
            memcmp(t->keys[i].key_id, id, sizeof id) == 0)
            memcpy(t->keys[i].x25519, x25519, sizeof t->keys[i].x25519);
}

/* What revoke entry `e` accepts of key `k`. */
static void
add_accepted(struct ir_cert_key *k, const struct ir_entry *e)
{
    struct ir_body_item it;
    size_t at = 0;

    while (ir_body_each(e, 3, &at, &it)) {
        k->accepted =
            ir_realloc(k->accepted, (k->accepted_n + 1) * IR_ID_BYTES);
        memcpy(k->accepted + k->accepted_n++ * IR_ID_BYTES, it.p, IR_ID_BYTES);
    }
}

/* Tell the certified keys that they are revoked, and what stays accepted. */
static void
mark_revoked(struct ir_trust *t, const struct ir_revs *r,
             const struct ir_entry *const *v)
{
    size_t i, j;

    for (i = 0; i < t->keys_n; i++)
        for (j = 0; j < r->n; j++) {
            struct ir_cert_key *k = &t->keys[i];
            const struct ir_rev *rev = &r->v[j];
            size_t m;

            if (memcmp(k->key_id, rev->key, IR_KEYID_BYTES) != 0)
                continue;
            k->revoked = true;
            k->revoker = ir_trust_author(t, v[rev->first]);
            k->revoked_ms = ir_entry_recorded_ms(v[rev->first]);
            memcpy(k->revoked_by, rev->e[rev->e_n - 1]->id, IR_ID_BYTES);
            for (m = 0; m < rev->e_n; m++)
                add_accepted(k, rev->e[m]);
        }
}

static void
finish(struct ir_trust *t)
{
    size_t i;

    for (i = 0; i < t->keys_n; i++) {
        struct ir_member *m = &t->members[t->keys[i].member];

        if (t->keys[i].node)
            continue;
        if (!t->keys[i].revoked)
            m->active = true;
        if (ir_trust_in_force(t, t->keys[i].key_id))
            m->admin = true;
    }
}

void
ir_trust_fold(const uint8_t site[IR_ID_BYTES], const struct ir_entry *const *e,
              size_t n, struct ir_trust *t)
{
    const struct ir_entry **v = ir_calloc(n, sizeof(struct ir_entry *));
    struct ir_acts acts;
    struct ir_revs revs;
    size_t i;

    memset(t, 0, sizeof *t);
    memcpy(t->site, site, IR_ID_BYTES);
    for (i = 0; i < n; i++)
        v[i] = e[i];
    ir_order_sort(v, n);
    ir_acts_fold(t, v, n, &acts);
    ir_revs_fold(t, &acts, v, n, &revs);
    for (i = 0; i < n; i++) {
        uint64_t kind = v[i]->h.kind;

        if ((kind != IR_KIND_MEMBER && kind != IR_KIND_DEVICE) ||
            !ir_trust_by_admin(t, &acts, v, i))
            continue;
        if (kind == IR_KIND_MEMBER)
            fold_member(t, v[i]);
        else
            fold_device(t, v[i]);
    }
    mark_revoked(t, &revs, v);
    finish(t);
    ir_trust_fold_alone(t, &revs, v, n);
    ir_trust_fold_releases(t, &revs, v, n);
    ir_trust_fold_grants(t, &acts, v, n);
    ir_revs_done(&revs);
    ir_acts_done(&acts);
    free(v);
}

void
ir_trust_done(struct ir_trust *t)
{
    size_t i;

    for (i = 0; i < t->members_n; i++)
        free_member(&t->members[i]);
    for (i = 0; i < t->keys_n; i++)
        free(t->keys[i].accepted);
    for (i = 0; i < t->releases_n; i++) {
        free(t->releases[i].text);
        free(t->releases[i].commit);
        free(t->releases[i].deny_reason);
    }
    for (i = 0; i < t->proposals_n; i++) {
        free(t->proposals[i].yes);
        free(t->proposals[i].no);
        free(t->proposals[i].reason);
        free(t->proposals[i].keys);
        free(t->proposals[i].persons);
    }
    free(t->proposals);
    free(t->members);
    free(t->keys);
    free(t->releases);
    free(t->grants);
    free(t->void_grants);
    free(t->alone);
    free(t->refused);
    free(t->admins);
    memset(t, 0, sizeof *t);
}

const struct ir_cert_key *
ir_trust_key(const struct ir_trust *t, const uint8_t key_id[IR_KEYID_BYTES])
{
    size_t i;

    for (i = 0; i < t->keys_n; i++)
        if (memcmp(t->keys[i].key_id, key_id, IR_KEYID_BYTES) == 0)
            return &t->keys[i];
    return NULL;
}

const uint8_t *
ir_trust_pub(const struct ir_trust *t, const uint8_t key_id[IR_KEYID_BYTES])
{
    const struct ir_cert_key *k = ir_trust_key(t, key_id);
    int a = k == NULL ? ir_trust_admin(t, key_id) : -1;

    return k != NULL ? k->pub : a >= 0 ? t->admins[a].pub : NULL;
}

static int
by_id(const void *a, const void *b)
{
    return memcmp(a, b, IR_ID_BYTES);
}

bool
ir_trust_refused(const struct ir_trust *t, const uint8_t id[IR_ID_BYTES])
{
    return t->refused_n > 0 &&
           bsearch(id, t->refused, t->refused_n, IR_ID_BYTES, by_id) != NULL;
}

int
ir_trust_admits(const struct ir_trust *t, const struct ir_entry *e,
                struct ir_err *err)
{
    const struct ir_cert_key *k = ir_trust_key(t, e->h.author);
    const struct ir_kind *kind = ir_kind_get(e->h.kind);

    if (k == NULL)
        return ir_fail(err, IR_ESIG, _("signed by a key nobody certified"));
    if (k->node && kind != NULL && !kind->node_may_sign)
        return ir_fail(err, IR_EREFUSED,
                       _("signed by a device; a person must sign this"));
    if (k->revoked && ir_trust_refused(t, e->id))
        return ir_fail(err, IR_EREFUSED,
                       _("signed by a key after it was revoked"));
    if (e->b == NULL && kind != NULL && kind->state_bearing)
        return ir_fail(err, IR_EDAMAGED, _("its body is missing"));
    if (e->h.sealed && (e->h.audience == 0 ||
                        (e->b != NULL && !ir_body_is_sealed(e->b, e->b_len))))
        return ir_fail(err, IR_EPARSE, _("not a sealed body"));
    if (e->b != NULL && !e->h.sealed)
        return ir_kind_check(e->h.kind, e->b, e->b_len, err);
    return IR_OK;
}

int
ir_trust_member(const struct ir_trust *t, const char *handle)
{
    size_t i;

    for (i = 0; i < t->members_n; i++)
        if (strcmp(t->members[i].handle, handle) == 0)
            return (int)i;
    return -1;
}

int
ir_trust_member_id(const struct ir_trust *t, const uint8_t id[8])
{
    size_t i;

    for (i = 0; i < t->members_n; i++)
        if (memcmp(t->members[i].id, id, 8) == 0)
            return (int)i;
    return -1;
}

int
ir_trust_author(const struct ir_trust *t, const struct ir_entry *e)
{
    const struct ir_cert_key *k = ir_trust_key(t, e->h.author);

    return k != NULL ? (int)k->member : -1;
}

size_t
ir_trust_people(const struct ir_trust *t)
{
    size_t i, n = 0;

    for (i = 0; i < t->members_n; i++)
        n += t->members[i].active ? 1 : 0;
    return n;
}
