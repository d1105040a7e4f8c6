/* trust_admins.c: who the admins are, and what k of them decide: another list
 * of admins, the revocation of an admin's key.
 *
 * Entries are looked at in fold order. A proposal counts from the place where
 * k of the admins in force stand behind it: its author, and those whose
 * approval names it. A list replaces the one it names, if that one is in force
 * there: of several that replace the same one the first counts.
 * Source: docs/format.md section 6, rules 6, 7 and 11.
 */
#include "core/body.h"
#include "core/trust_fold.h"

#include <stdlib.h>
#include <string.h>

/* Somebody stands behind a proposal: the entry at `at` says so. */
struct backing {
    size_t at;
    uint8_t author[IR_KEYID_BYTES];
};

/* Where a proposal stands among those told of; sorted by id, so that many of
 * them, which anybody may write, cost little. */
struct named {
    const uint8_t *id;
    size_t pending; /* NOT_YET: it comes later in fold order */
};

#define NOT_YET SIZE_MAX

struct pending {
    size_t at; /* place of the proposal */
    bool counts, dead;
    struct backing *yes;
    size_t yes_n;
};

struct fold {
    struct ir_trust *t;
    struct ir_acts *acts;
    const struct ir_entry *const *v;
    size_t n;
    struct pending *p;
    size_t p_n;
    struct named *names;
    size_t names_n;
    uint8_t tip[IR_ID_BYTES]; /* the list in force: an admins entry, or root */
};

int
ir_trust_admin(const struct ir_trust *t, const uint8_t key_id[IR_KEYID_BYTES])
{
    size_t i;

    for (i = 0; i < t->admins_n; i++)
        if (memcmp(t->admins[i].key_id, key_id, IR_KEYID_BYTES) == 0)
            return (int)i;
    return -1;
}

bool
ir_trust_in_force(const struct ir_trust *t,
                  const uint8_t key_id[IR_KEYID_BYTES])
{
    int i = ir_trust_admin(t, key_id);

    return i >= 0 && t->admins[i].in_force && !t->admins[i].revoked;
}

size_t
ir_trust_admins(const struct ir_trust *t)
{
    size_t i, j, n = 0;

    for (i = 0; i < t->admins_n; i++) {
        bool again = !t->admins[i].in_force || t->admins[i].revoked;

        for (j = 0; j < i && !again; j++)
            again = t->admins[j].in_force && !t->admins[j].revoked &&
                    memcmp(t->admins[j].person, t->admins[i].person, 8) == 0;
        n += again ? 0 : 1;
    }
    return n;
}

bool
ir_trust_goes_with(const struct ir_trust *t, const struct ir_proposal *p)
{
    uint8_t id[IR_KEYID_BYTES];
    size_t i, k;

    for (i = 0; p->revoke && p->open && i < t->proposals_n; i++) {
        const struct ir_proposal *q = &t->proposals[i];
        bool stays = q->revoke || !q->open ||
                     memcmp(q->author, p->author, IR_KEYID_BYTES) != 0;

        for (k = 0; k < q->keys_n && !stays; k++) {
            ir_key_id(q->keys[k], id);
            stays = memcmp(id, p->target, sizeof id) == 0;
        }
        if (!stays)
            return true;
    }
    return false;
}

/* Is entry `at` by an admin who is in force now and not revoked? */
static bool
backs(const struct fold *f, size_t at)
{
    int a = ir_trust_admin(f->t, f->v[at]->h.author);

    return a >= 0 && f->t->admins[a].in_force &&
           ir_revs_stands(&f->acts->revs, f->v, at);
}

/* How many people among the admins in force stand behind `p`? */
static size_t
backers(const struct fold *f, const struct pending *p)
{
    size_t i, j, n = 0;

    for (i = 0; i < p->yes_n; i++) {
        const struct ir_admin *a, *b;
        bool again = !backs(f, p->yes[i].at);

        if (again)
            continue;
        a = &f->t->admins[ir_trust_admin(f->t, p->yes[i].author)];
        for (j = 0; j < i && !again; j++) {
            if (!backs(f, p->yes[j].at))
                continue;
            b = &f->t->admins[ir_trust_admin(f->t, p->yes[j].author)];
            again = memcmp(a->person, b->person, 8) == 0;
        }
        n += again ? 0 : 1;
    }
    return n;
}

void
ir_acts_past(struct ir_acts *acts, const struct ir_entry *const *v, size_t n,
             const struct ir_entry *e, int key, bool *ok)
{
    struct ir_body_item it;
    size_t at = 0, i;

    if (acts->anc.first == NULL)
        ir_anc_init(v, n, &acts->anc);
    while (ir_body_each(e, key, &at, &it))
        for (i = 0; i < n; i++)
            if (memcmp(v[i]->id, it.p, IR_ID_BYTES) == 0)
                ir_anc_past(&acts->anc, i, ok);
}

/* May the keys that `e` names be the admins? None was dropped before, none has
 * the id of another one, and there are k people among them. */
static bool
list_fits(const struct ir_trust *t, const struct ir_entry *e)
{
    const uint8_t *persons = NULL;
    uint8_t id[IR_ADMINS_MAX][IR_KEYID_BYTES];
    struct ir_body_item it;
    size_t len = 0, at = 0, n = 0, i, people = 0;

    if (!ir_body_bytes(e, 3, &persons, &len))
        return false;
    while (n < IR_ADMINS_MAX && ir_body_each(e, 2, &at, &it)) {
        int was;
        bool again = false;

        ir_key_id(it.p, id[n]);
        was = ir_trust_admin(t, id[n]);
        if (was >= 0 && (!t->admins[was].in_force ||
                         memcmp(t->admins[was].pub, it.p, 32) != 0))
            return false;
        for (i = 0; i < n; i++) {
            if (memcmp(id[i], id[n], IR_KEYID_BYTES) == 0)
                return false;
            again = again || memcmp(persons + 8 * i, persons + 8 * n, 8) == 0;
        }
        people += again ? 0 : 1;
        n++;
    }
    return n > 0 && ir_body_uint_or(e, 1, 0) <= people;
}

static void
add_admin(struct ir_trust *t, struct ir_acts *acts, const uint8_t *pub)
{
    struct ir_admin *a;

    t->admins = ir_realloc(t->admins, (t->admins_n + 1) * sizeof *t->admins);
    acts->ok = ir_realloc(acts->ok, (t->admins_n + 1) * sizeof *acts->ok);
    acts->ok[t->admins_n] = NULL;
    a = &t->admins[t->admins_n++];
    memset(a, 0, sizeof *a);
    memcpy(a->pub, pub, IR_PUBKEY_BYTES);
    ir_key_id(pub, a->key_id);
    ir_key_id(pub, a->person); /* whoever it is, another than the others */
    a->in_force = true;
}

/* Put the list of the entry at `place` in force. */
static void
put_in_force(struct fold *f, size_t place)
{
    const struct ir_entry *e = f->v[place];
    const uint8_t *persons = NULL;
    struct ir_trust *t = f->t;
    struct ir_body_item it;
    uint8_t id[IR_KEYID_BYTES];
    size_t at = 0, len = 0, i = 0, old = t->admins_n;
    bool *stays = ir_calloc(old + 1, sizeof *stays);

    (void)ir_body_bytes(e, 3, &persons, &len);
    while (ir_body_each(e, 2, &at, &it)) {
        int was;

        ir_key_id(it.p, id);
        was = ir_trust_admin(t, id);
        if (was < 0) {
            add_admin(t, f->acts, it.p);
            was = (int)t->admins_n - 1;
        }
        if ((size_t)was < old)
            stays[was] = true;
        t->admins[was].told = true;
        memcpy(t->admins[was].person, persons + 8 * i++, 8);
    }
    for (i = 0; i < old; i++) {
        if (stays[i] || !t->admins[i].in_force)
            continue;
        t->admins[i].in_force = false;
        memcpy(t->admins[i].dropped_by, e->id, IR_ID_BYTES);
        f->acts->ok[i] = ir_calloc(f->n + 1, sizeof(bool));
        ir_acts_past(f->acts, f->v, f->n, e, 4, f->acts->ok[i]);
        ir_anc_past(&f->acts->anc, place, f->acts->ok[i]);
    }
    free(stays);
    t->k = ir_body_uint_or(e, 1, 1);
    memcpy(f->tip, e->id, IR_ID_BYTES);
}

/* The key that revoke entry `e` names, if it is an admin's in force. */
static const uint8_t *
admins_key(const struct fold *f, const struct ir_entry *e)
{
    const uint8_t *key;
    size_t len;
    int a;

    if (!ir_body_bytes(e, 1, &key, &len) || len != IR_KEYID_BYTES)
        return NULL;
    a = ir_trust_admin(f->t, key);
    return a >= 0 && f->t->admins[a].in_force ? key : NULL;
}

/* Do k of the admins stand behind `p` by now? Then it counts. */
static bool
complete(struct fold *f, struct pending *p)
{
    const struct ir_entry *e = f->v[p->at];
    const uint8_t *key = NULL;

    if (p->counts || p->dead || !backs(f, p->at))
        return false;
    if (e->h.kind == IR_KIND_ADMINS) {
        if (e->h.refs_n < 1 || memcmp(e->h.refs[0], f->tip, IR_ID_BYTES) != 0)
            return false;
    } else if ((key = admins_key(f, e)) == NULL) {
        return false;
    }
    if (backers(f, p) < f->t->k)
        return false;
    if (key == NULL && !list_fits(f->t, e)) {
        p->dead = true;
        return false;
    }
    p->counts = true;
    if (key != NULL) {
        f->acts->several[p->at] = true;
        ir_revs_add(&f->acts->revs, f->acts, f->v, f->n, p->at, key);
    } else {
        put_in_force(f, p->at);
    }
    return true;
}

/* What counts changes who is admin, and so what counts. */
static void
complete_all(struct fold *f)
{
    size_t i = 0;

    while (i < f->p_n)
        i = complete(f, &f->p[i]) ? 0 : i + 1;
}

static bool
fits(const struct ir_entry *e)
{
    return e->b != NULL && !e->h.sealed &&
           ir_kind_check(e->h.kind, e->b, e->b_len, NULL) == IR_OK;
}

static bool
is_proposal(const struct ir_entry *e)
{
    return e->h.kind == IR_KIND_ADMINS || e->h.kind == IR_KIND_REVOKE;
}

static int
by_name(const void *a, const void *b)
{
    return memcmp(((const struct named *)a)->id, ((const struct named *)b)->id,
                  IR_ID_BYTES);
}

/* All that could be proposals, by id. */
static void
name_all(struct fold *f)
{
    size_t i, n = 0;

    for (i = 0; i < f->n; i++)
        n += is_proposal(f->v[i]) ? 1 : 0;
    f->names = ir_calloc(n + 1, sizeof *f->names);
    for (i = 0; i < f->n; i++)
        if (is_proposal(f->v[i]))
            f->names[f->names_n++] = (struct named){f->v[i]->id, NOT_YET};
    if (n > 1)
        qsort(f->names, n, sizeof *f->names, by_name);
}

static struct named *
name_of(const struct fold *f, const uint8_t *id)
{
    struct named key = {id, NOT_YET};

    return bsearch(&key, f->names, f->names_n, sizeof *f->names, by_name);
}

static struct pending *
find(const struct fold *f, const uint8_t *id)
{
    const struct named *w = name_of(f, id);

    return w != NULL && w->pending != NOT_YET ? &f->p[w->pending] : NULL;
}

static void
back(const struct fold *f, struct pending *p, size_t at)
{
    p->yes = ir_realloc(p->yes, (p->yes_n + 1) * sizeof *p->yes);
    p->yes[p->yes_n].at = at;
    memcpy(p->yes[p->yes_n++].author, f->v[at]->h.author, IR_KEYID_BYTES);
}

/* The proposal that approval `e` is about: it names it, and its id is what was
 * looked at. */
static struct pending *
about(const struct fold *f, const struct ir_entry *e)
{
    const uint8_t *digest;
    size_t len, k;

    if (!ir_body_bytes(e, 2, &digest, &len) || len != IR_ID_BYTES)
        return NULL;
    for (k = 0; k < e->h.refs_n; k++)
        if (memcmp(e->h.refs[k], digest, IR_ID_BYTES) == 0)
            return find(f, digest);
    return NULL;
}

static void
look_at(struct fold *f, size_t i)
{
    const struct ir_entry *e = f->v[i];
    struct pending *p;

    if (e->h.kind == IR_KIND_APPROVAL && fits(e)) {
        p = ir_body_uint_or(e, 1, 0) == 1 ? about(f, e) : NULL;
        if (p == NULL)
            return;
        back(f, p, i);
        if (complete(f, p))
            complete_all(f);
    } else if (is_proposal(e) && fits(e)) {
        name_of(f, e->id)->pending = f->p_n;
        f->p = ir_realloc(f->p, (f->p_n + 1) * sizeof *f->p);
        p = &f->p[f->p_n++];
        memset(p, 0, sizeof *p);
        p->at = i;
        back(f, p, i);
        if (complete(f, p))
            complete_all(f);
    }
}

/* What entry `e` proposes. */
static void
tell_what(struct ir_proposal *q, const struct ir_entry *e)
{
    const uint8_t *p;
    struct ir_body_item it;
    size_t at = 0, len = 0;

    q->revoke = e->h.kind == IR_KIND_REVOKE;
    q->reason = ir_body_strdup(e, q->revoke ? 2 : 5);
    if (q->revoke) {
        if (ir_body_bytes(e, 1, &p, &len) && len == IR_KEYID_BYTES)
            memcpy(q->target, p, len);
        return;
    }
    q->k = ir_body_uint_or(e, 1, 0);
    if (!ir_body_bytes(e, 3, &p, &len))
        return;
    q->keys = ir_calloc(len / 8, sizeof q->keys[0]);
    q->persons = ir_calloc(len / 8, sizeof q->persons[0]);
    for (; q->keys_n < len / 8 && ir_body_each(e, 2, &at, &it); q->keys_n++) {
        memcpy(q->keys[q->keys_n], it.p, IR_PUBKEY_BYTES);
        memcpy(q->persons[q->keys_n], p + 8 * q->keys_n, 8);
    }
}

/* Tell of the proposals that count or still may, and of who said what. */
static void
tell(struct fold *f)
{
    struct ir_trust *t = f->t;
    size_t i, k;

    for (i = 0; i < f->p_n; i++) {
        const struct pending *p = &f->p[i];
        const struct ir_entry *e = f->v[p->at];
        bool admins = e->h.kind == IR_KIND_ADMINS;
        struct ir_proposal *q;

        if (!admins && !p->counts && (admins_key(f, e) == NULL || t->k < 2))
            continue; /* takes one admin, or nobody's key */
        if (!p->counts && ir_trust_admin(t, e->h.author) < 0)
            continue; /* not by an admin of any time */
        t->proposals = ir_realloc(t->proposals,
                                  (t->proposals_n + 1) * sizeof *t->proposals);
        q = &t->proposals[t->proposals_n++];
        memset(q, 0, sizeof *q);
        memcpy(q->entry, e->id, IR_ID_BYTES);
        memcpy(q->author, e->h.author, IR_KEYID_BYTES);
        tell_what(q, e);
        q->made_ms = ir_entry_recorded_ms(e);
        q->counts = p->counts;
        q->open = !p->counts && !p->dead && backs(f, p->at) &&
                  (!admins ||
                   (e->h.refs_n > 0 && memcmp(e->h.refs[0], f->tip, 32) == 0));
        q->yes = ir_calloc(p->yes_n + 1, IR_KEYID_BYTES);
        for (k = 0; k < p->yes_n; k++)
            if (ir_trust_admin(t, p->yes[k].author) >= 0)
                memcpy(q->yes[q->yes_n++], p->yes[k].author, IR_KEYID_BYTES);
        q->have = backers(f, p);
    }
}

/* Add who said no to those told of. */
static void
tell_denials(struct fold *f)
{
    size_t i, k;

    for (i = 0; i < f->n && f->t->proposals != NULL; i++) {
        const struct ir_entry *e = f->v[i];
        const struct pending *p = NULL;
        struct ir_proposal *q = NULL;

        if (e->h.kind == IR_KIND_APPROVAL && fits(e) &&
            ir_body_uint_or(e, 1, 0) == 2)
            p = about(f, e);
        if (p == NULL || ir_trust_admin(f->t, e->h.author) < 0)
            continue;
        for (k = 0; k < f->t->proposals_n && q == NULL; k++)
            if (memcmp(f->t->proposals[k].entry, f->v[p->at]->id,
                       IR_ID_BYTES) == 0)
                q = &f->t->proposals[k];
        if (q == NULL)
            continue;
        q->no = ir_realloc(q->no, (q->no_n + 1) * IR_KEYID_BYTES);
        memcpy(q->no[q->no_n++], e->h.author, IR_KEYID_BYTES);
    }
}

static void
fold_root(struct fold *f, const struct ir_entry *e)
{
    uint8_t id[IR_KEYID_BYTES];
    struct ir_body_item it;
    bool own = false; /* signed by one of those it makes admins */
    size_t i = 0;

    if (f->t->has_root || memcmp(e->id, f->t->site, IR_ID_BYTES) != 0 ||
        !fits(e))
        return;
    while (!own && ir_body_each(e, 3, &i, &it)) {
        ir_key_id(it.p, id);
        own = memcmp(id, e->h.author, sizeof id) == 0;
    }
    if (!own)
        return;
    i = 0;
    f->t->has_root = true;
    f->t->k = ir_body_uint_or(e, 2, 1);
    while (ir_body_each(e, 3, &i, &it)) {
        ir_key_id(it.p, id);
        if (ir_trust_admin(f->t, id) < 0)
            add_admin(f->t, f->acts, it.p);
    }
    memcpy(f->tip, e->id, IR_ID_BYTES);
}

void
ir_acts_fold(struct ir_trust *t, const struct ir_entry *const *v, size_t n,
             struct ir_acts *acts)
{
    struct fold f = {.t = t, .acts = acts, .v = v, .n = n};
    size_t i, j;

    memset(acts, 0, sizeof *acts);
    acts->several = ir_calloc(n + 1, sizeof *acts->several);
    for (i = 0; i < n; i++)
        if (v[i]->h.kind == IR_KIND_ROOT)
            fold_root(&f, v[i]);
    name_all(&f);
    for (i = 0; i < n; i++)
        look_at(&f, i);
    for (i = 0; i < t->admins_n; i++)
        for (j = 0; j < acts->revs.n; j++)
            if (memcmp(acts->revs.v[j].key, t->admins[i].key_id,
                       IR_KEYID_BYTES) == 0)
                t->admins[i].revoked = true;
    memcpy(t->admins_entry, f.tip, IR_ID_BYTES);
    tell(&f);
    tell_denials(&f);
    for (i = 0; i < f.p_n; i++)
        free(f.p[i].yes);
    free(f.p);
    free(f.names);
    acts->admins_n = t->admins_n;
}

void
ir_acts_done(struct ir_acts *acts)
{
    size_t i;

    for (i = 0; i < acts->admins_n; i++)
        free(acts->ok[i]);
    free(acts->ok);
    free(acts->several);
    ir_revs_done(&acts->revs);
    ir_anc_done(&acts->anc);
    memset(acts, 0, sizeof *acts);
}

bool
ir_trust_by_admin(const struct ir_trust *t, const struct ir_acts *acts,
                  const struct ir_entry *const *v, size_t i)
{
    int a = ir_trust_admin(t, v[i]->h.author);

    return a >= 0 && fits(v[i]) && (acts->ok[a] == NULL || acts->ok[a][i]) &&
           ir_revs_stands(&acts->revs, v, i);
}
