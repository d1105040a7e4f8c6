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
#include "core/trust_admins_in.h"

#include <stdlib.h>
#include <string.h>

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

bool
ir_acts_backs(const struct fold *f, size_t at)
{
    int a = ir_trust_admin(f->t, f->v[at]->h.author);

    return a >= 0 && f->t->admins[a].in_force &&
           ir_revs_stands(&f->acts->revs, f->v, at);
}

/* Has this person denied `p`? Then they do not stand behind it. */
static bool
denied(const struct fold *f, const struct pending *p, const uint8_t *person)
{
    size_t i;

    for (i = 0; i < p->no_n; i++) {
        int a = ir_trust_admin(f->t, p->no[i].author);

        if (a >= 0 && memcmp(f->t->admins[a].person, person, 8) == 0)
            return true;
    }
    return false;
}

/* Is `p` closed by those who denied it: its author, or so many that k others
 * are not left?
 */
static bool
closed(const struct fold *f, const struct pending *p)
{
    const struct ir_trust *t = f->t;
    int author = ir_trust_admin(t, f->v[p->at]->h.author);
    size_t i, j, left = 0;

    if (author >= 0 && denied(f, p, t->admins[author].person))
        return true;
    for (i = 0; i < t->admins_n; i++) {
        bool again =
            !t->admins[i].in_force || denied(f, p, t->admins[i].person);

        for (j = 0; j < i && !again; j++)
            again = t->admins[j].in_force &&
                    memcmp(t->admins[j].person, t->admins[i].person, 8) == 0;
        left += again ? 0 : 1;
    }
    return left < t->k;
}

size_t
ir_acts_backers(const struct fold *f, const struct pending *p)
{
    size_t i, j, n = 0;

    for (i = 0; i < p->yes_n; i++) {
        const struct ir_admin *a, *b;
        bool again = !ir_acts_backs(f, p->yes[i].at);

        if (again)
            continue;
        a = &f->t->admins[ir_trust_admin(f->t, p->yes[i].author)];
        if (denied(f, p, a->person))
            continue;
        for (j = 0; j < i && !again; j++) {
            if (!ir_acts_backs(f, p->yes[j].at))
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

const uint8_t *
ir_acts_key(const struct fold *f, const struct ir_entry *e)
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

    if (p->counts || p->dead || !ir_acts_backs(f, p->at))
        return false;
    if (e->h.kind == IR_KIND_ADMINS) {
        if (e->h.refs_n < 1 || memcmp(e->h.refs[0], f->tip, IR_ID_BYTES) != 0)
            return false;
    } else if ((key = ir_acts_key(f, e)) == NULL) {
        return false;
    }
    if (ir_acts_backers(f, p) < f->t->k)
        return false;
    if (key == NULL && !list_fits(f->t, e)) {
        p->dead = true;
        return false;
    }
    p->counts = true;
    memcpy(p->base, f->tip, IR_ID_BYTES);
    p->k = f->t->k;
    p->by = p->yes_n;
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

bool
ir_acts_fits(const struct ir_entry *e)
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
            f->names[f->names_n++] = (struct named){f->v[i]->id, NOT_YET, i};
    if (n > 1)
        qsort(f->names, n, sizeof *f->names, by_name);
}

static struct named *
name_of(const struct fold *f, const uint8_t *id)
{
    struct named key = {id, NOT_YET, 0};

    return bsearch(&key, f->names, f->names_n, sizeof *f->names, by_name);
}

const struct ir_entry *
ir_acts_entry(const struct fold *f, const uint8_t id[IR_ID_BYTES])
{
    const struct named *w = name_of(f, id);

    if (f->root != NULL && memcmp(f->root->id, id, IR_ID_BYTES) == 0)
        return f->root;
    return w != NULL ? f->v[w->at] : NULL;
}

static struct pending *
find(const struct fold *f, const uint8_t *id)
{
    const struct named *w = name_of(f, id);

    return w != NULL && w->pending != NOT_YET ? &f->p[w->pending] : NULL;
}

static void
back(const struct fold *f, struct backing **list, size_t *n, size_t at)
{
    if ((*n & (*n - 1)) == 0) /* none, or a power of two */
        *list = ir_realloc(*list, (2 * *n + 1) * sizeof **list);
    (*list)[*n].at = at;
    memcpy((*list)[(*n)++].author, f->v[at]->h.author, IR_KEYID_BYTES);
}

/* The proposal that approval `e` is about: it names it, and its id is what was
 * looked at. */
struct pending *
ir_acts_about(const struct fold *f, const struct ir_entry *e)
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

/* Who says yes at `at` has said no no more. */
static void
change_mind(const struct fold *f, struct pending *p, size_t at)
{
    const struct ir_trust *t = f->t;
    int who = ir_trust_admin(t, f->v[at]->h.author);
    size_t i, n = 0;

    for (i = 0; i < p->no_n && ir_acts_backs(f, at); i++) {
        int a = ir_trust_admin(t, p->no[i].author);

        if (a < 0 || memcmp(t->admins[a].person, t->admins[who].person, 8) != 0)
            p->no[n++] = p->no[i];
    }
    if (i > 0)
        p->no_n = n;
}

/* Somebody says yes or no to a proposal. */
static void
look_at_approval(struct fold *f, size_t i)
{
    const struct ir_entry *e = f->v[i];
    struct pending *p = ir_acts_about(f, e);
    uint64_t verdict = ir_body_uint_or(e, 1, 0);

    if (p == NULL)
        return;
    if (verdict == 1) {
        change_mind(f, p, i);
        back(f, &p->yes, &p->yes_n, i);
        /* who is no admin now changes nothing now */
        if (ir_acts_backs(f, i) && complete(f, p))
            complete_all(f);
    } else if (verdict == 2 && !p->counts && ir_acts_backs(f, i)) {
        back(f, &p->no, &p->no_n, i);
        p->dead = p->dead || closed(f, p);
    }
}

static void
look_at(struct fold *f, size_t i)
{
    const struct ir_entry *e = f->v[i];
    struct pending *p;

    if (e->h.kind == IR_KIND_APPROVAL && ir_acts_fits(e)) {
        look_at_approval(f, i);
    } else if (is_proposal(e) && ir_acts_fits(e)) {
        name_of(f, e->id)->pending = f->p_n;
        if ((f->p_n & (f->p_n - 1)) == 0) /* none, or a power of two */
            f->p = ir_realloc(f->p, (2 * f->p_n + 1) * sizeof *f->p);
        p = &f->p[f->p_n++];
        memset(p, 0, sizeof *p);
        p->at = i;
        p->dead = f->out[i];
        back(f, &p->yes, &p->yes_n, i);
        if (complete(f, p))
            complete_all(f);
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
        !ir_acts_fits(e))
        return;
    while (!own && ir_body_each(e, 3, &i, &it)) {
        ir_key_id(it.p, id);
        own = memcmp(id, e->h.author, sizeof id) == 0;
    }
    if (!own)
        return;
    i = 0;
    f->root = e;
    f->t->has_root = true;
    f->t->k = ir_body_uint_or(e, 2, 1);
    while (ir_body_each(e, 3, &i, &it)) {
        ir_key_id(it.p, id);
        if (ir_trust_admin(f->t, id) < 0)
            add_admin(f->t, f->acts, it.p);
    }
    memcpy(f->tip, e->id, IR_ID_BYTES);
}

/* Forget the proposals. */
static void
drop_pending(struct fold *f)
{
    size_t i;

    for (i = 0; i < f->p_n; i++) {
        free(f->p[i].yes);
        free(f->p[i].no);
    }
    f->p_n = 0;
    for (i = 0; i < f->names_n; i++)
        f->names[i].pending = NOT_YET;
}

void
ir_acts_go(struct fold *f)
{
    struct ir_acts *acts = f->acts;
    struct ir_trust *t = f->t;
    size_t i, j;

    drop_pending(f);
    for (i = 0; i < t->admins_n; i++)
        free(acts->ok[i]);
    free(acts->ok);
    acts->ok = NULL;
    free(t->admins);
    t->admins = NULL;
    t->admins_n = 0;
    t->has_root = false;
    ir_revs_done(&acts->revs);
    memset(acts->several, 0, (f->n + 1) * sizeof *acts->several);
    for (i = 0; i < f->n; i++)
        if (f->v[i]->h.kind == IR_KIND_ROOT)
            fold_root(f, f->v[i]);
    for (i = 0; i < f->n; i++)
        look_at(f, i);
    for (i = 0; i < t->admins_n; i++)
        for (j = 0; j < acts->revs.n; j++)
            if (memcmp(acts->revs.v[j].key, t->admins[i].key_id,
                       IR_KEYID_BYTES) == 0)
                t->admins[i].revoked = true;
}

void
ir_acts_fold(struct ir_trust *t, const struct ir_entry *const *v, size_t n,
             struct ir_acts *acts)
{
    struct fold f = {.t = t, .acts = acts, .v = v, .n = n};

    memset(acts, 0, sizeof *acts);
    acts->several = ir_calloc(n + 1, sizeof *acts->several);
    f.out = ir_calloc(n + 1, sizeof *f.out);
    name_all(&f);
    ir_acts_go(&f);
    ir_acts_contest(&f);
    memcpy(t->admins_entry, f.tip, IR_ID_BYTES);
    ir_acts_tell(&f);
    drop_pending(&f);
    free(f.p);
    free(f.out);
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

    return a >= 0 && ir_acts_fits(v[i]) &&
           (acts->ok[a] == NULL || acts->ok[a][i]) &&
           ir_revs_stands(&acts->revs, v, i);
}
