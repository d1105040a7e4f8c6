/* incident_role.c: who holds which role, and exceptions (which count only when
 * signed by who led then).
 */
#include "base/i18n.h"
#include "core/fold.h"
#include "core/kind.h"
#include "core/update.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum op { OP_OFFER = 1, OP_ACCEPT, OP_TAKE, OP_RELEASE, OP_ACT };

struct claim {
    char *role;
    int member;
    bool acting, offer; /* offer: of the role, to the member */
    size_t seq;
};

struct claims {
    struct claim *v;
    size_t n;
};

/* Take away what `seq` replaces: the claims (or offers) of the role that its
 * author knew of; of `member` only, unless that is -1. */
static void
drop(struct ir_fold *f, struct claims *c, const char *role, size_t seq,
     bool offers, int member)
{
    size_t i, n = 0;

    for (i = 0; i < c->n; i++) {
        struct claim *x = &c->v[i];

        if (strcmp(x->role, role) == 0 && x->offer == offers &&
            (member < 0 || x->member == member) &&
            ir_anc_knew(&f->anc, seq, x->seq))
            free(x->role);
        else
            c->v[n++] = *x;
    }
    c->n = n;
}

static void
claim(struct claims *c, const char *role, int member, size_t seq)
{
    struct claim x = {ir_strdup(role), member, false, false, seq};

    c->v = ir_realloc(c->v, (c->n + 1) * sizeof c->v[0]);
    c->v[c->n++] = x;
}

/* Does entry `i` tell what member `m` knew: it is theirs, and of the lane whose
 * entries name what they build on? Alerts and approvals do not. */
static bool
tells(struct ir_fold *f, size_t i, int m)
{
    return ir_fold_said(f, i, m) && ir_kind_lane(f->e[i]->h.kind) == IR_LANE_I;
}

/* Did `member` go on without knowing of entry `seq`, and its author without
 * knowing of that? The nearest of theirs on either side tells: what somebody
 * records builds on what they recorded before.
 */
static bool
went_on(struct ir_fold *f, int member, size_t seq)
{
    size_t i;

    for (i = seq; i-- > 0;)
        if (tells(f, i, member)) {
            if (!ir_anc_knew(&f->anc, seq, i))
                return true;
            break;
        }
    for (i = seq + 1; i < f->n; i++)
        if (tells(f, i, member))
            return !ir_anc_knew(&f->anc, i, seq);
    return false;
}

/* Take the role from who holds it; but whoever was cut off and went on holds it
 * still: they did not know that somebody stepped in for them.
 */
static void
displace(struct ir_fold *f, struct claims *c, const char *role, int member,
         size_t seq)
{
    size_t i = 0;

    while (i < c->n) {
        struct claim *x = &c->v[i];

        if (x->offer || strcmp(x->role, role) != 0 ||
            !ir_anc_knew(&f->anc, seq, x->seq) ||
            (x->member != member && went_on(f, x->member, seq))) {
            i++;
            continue;
        }
        free(x->role);
        memmove(x, x + 1, (c->n - i - 1) * sizeof *x);
        c->n--;
    }
}

/* `member` holds the role from entry `seq` on. */
static void
hold(struct ir_fold *f, struct claims *c, const char *role, int member,
     size_t seq, bool acting, bool given)
{
    if (given) /* by who held it: they know */
        drop(f, c, role, seq, false, -1);
    else
        displace(f, c, role, member, seq);
    drop(f, c, role, seq, true, -1);
    claim(c, role, member, seq);
    c->v[c->n - 1].acting = acting;
}

static void
fold_role(struct ir_fold *f, struct claims *c, size_t i)
{
    char *role = ir_body_strdup(f->e[i], 1);
    const uint8_t *id;
    size_t len;
    int member = -1;

    if (ir_body_bytes(f->e[i], 2, &id, &len) && len == 8)
        member = ir_trust_member_id(f->t, id);
    switch ((enum op)ir_body_uint_or(f->e[i], 3, 0)) {
    case OP_OFFER:
        if (member < 0)
            break;
        drop(f, c, role, i, true, -1);
        claim(c, role, member, i);
        c->v[c->n - 1].offer = true;
        break;
    case OP_ACCEPT:
    case OP_TAKE:
    case OP_ACT:
        /* nobody is given a role that they did not sign for */
        if (member >= 0 && member == f->author[i])
            hold(f, c, role, member, i,
                 ir_body_uint_or(f->e[i], 3, 0) == OP_ACT,
                 ir_body_uint_or(f->e[i], 3, 0) == OP_ACCEPT);
        break;
    case OP_RELEASE:
        if (member >= 0)
            drop(f, c, role, i, false, member);
        drop(f, c, role, i, true, -1);
        break;
    }
    free(role);
}

/* A decision whose option makes the chooser act in a role. */
static void
fold_choice(struct ir_fold *f, struct claims *c, size_t i)
{
    char *path = ir_fold_path(f, i), *id = ir_body_strdup(f->e[i], 5);
    const struct ir_step *s =
        id != NULL && path != NULL ? ir_fold_step(f, path) : NULL;
    int o = s != NULL ? ir_step_option(s, id) : -1;

    if (o >= 0 && s->options[o].act != NULL)
        hold(f, c, s->options[o].act, f->author[i], i, true, false);
    free(path);
    free(id);
}

static bool
leads(const struct claims *c, int member)
{
    bool nobody = true;
    size_t i;

    for (i = 0; i < c->n; i++) {
        if (c->v[i].offer || strcmp(c->v[i].role, "commander") != 0)
            continue;
        nobody = false;
        if (c->v[i].member == member)
            return true;
    }
    return nobody;
}

static void
mark_unapproved(struct ir_fold *f, const struct ir_iexception *x)
{
    size_t i;

    for (i = 0; i < f->inc->instances_n; i++) {
        struct ir_iinstance *in = &f->inc->instances[i];
        char number[16];

        snprintf(number, sizeof number, "%d", in->number);
        if (x->effect == NULL || x->effect[0] == '\0'
                ? i == 0
                : strcmp(x->effect, number) == 0 ||
                      (in->plan != NULL &&
                       strcmp(x->effect, in->plan->id) == 0))
            in->unapproved = true;
    }
}

static void
fold_exception(struct ir_fold *f, const struct claims *c, size_t i)
{
    struct ir_incident *inc = f->inc;
    struct ir_iexception *x;

    inc->exceptions = ir_realloc(
        inc->exceptions, (inc->exceptions_n + 1) * sizeof inc->exceptions[0]);
    x = &inc->exceptions[inc->exceptions_n++];
    memset(x, 0, sizeof *x);
    memcpy(x->entry, f->e[i]->id, IR_ID_BYTES);
    x->rule = ir_body_strdup(f->e[i], 1);
    x->reason = ir_body_strdup(f->e[i], 2);
    x->effect = ir_body_strdup(f->e[i], 5);
    x->by = f->author[i];
    x->reviewed_by = -1;
    x->by_lead = leads(c, f->author[i]);
    x->at_ms = ir_fold_at(f, i);
    x->seq = i;
    if (strcmp(x->rule, "unapproved") == 0)
        mark_unapproved(f, x);
}

/* Under which roles its author signs entry `i`. */
static void
fold_signed(struct ir_fold *f, const struct claims *c, size_t i)
{
    struct ir_incident *inc = f->inc;
    size_t k;

    for (k = 0; k < c->n; k++) {
        struct ir_isigned *s;

        if (c->v[k].offer || !ir_fold_said(f, i, c->v[k].member))
            continue;
        inc->signed_as = ir_realloc(inc->signed_as, (inc->signed_as_n + 1) *
                                                        sizeof *inc->signed_as);
        s = &inc->signed_as[inc->signed_as_n++];
        memcpy(s->entry, f->e[i]->id, IR_ID_BYTES);
        s->role = ir_strdup(c->v[k].role);
    }
}

/* A decision that says who may know what: field 6, [audience, fact, ...]. */
static void
fold_allows(struct ir_fold *f, size_t i)
{
    struct ir_incident *inc = f->inc;
    struct ir_body_item it;
    char *audience = NULL;
    size_t at = 0;

    while (ir_body_each(f->e[i], 6, &at, &it)) {
        char *word = ir_strndup((const char *)it.p, it.len);
        int fact = ir_fact_of_word(word);
        struct ir_iallow *x;

        if (audience == NULL) {
            audience = word;
            continue;
        }
        free(word);
        if (fact < 0)
            continue;
        inc->allows =
            ir_realloc(inc->allows, (inc->allows_n + 1) * sizeof *inc->allows);
        x = &inc->allows[inc->allows_n++];
        memcpy(x->entry, f->e[i]->id, IR_ID_BYTES);
        x->audience = ir_strdup(audience);
        x->fact = fact;
    }
    free(audience);
}

bool
ir_incident_signed_as(const struct ir_incident *inc,
                      const uint8_t entry[IR_ID_BYTES], const char *role)
{
    size_t i;

    for (i = 0; i < inc->signed_as_n; i++)
        if (memcmp(inc->signed_as[i].entry, entry, IR_ID_BYTES) == 0 &&
            strcmp(inc->signed_as[i].role, role) == 0)
            return true;
    return false;
}

unsigned
ir_incident_allows(const struct ir_incident *inc, const char *audience,
                   const char *releases)
{
    unsigned bits = 0;
    size_t i;

    for (i = 0; i < inc->allows_n; i++)
        if (strcmp(inc->allows[i].audience, audience) == 0 &&
            ir_incident_signed_as(inc, inc->allows[i].entry, releases))
            bits |= 1U << inc->allows[i].fact;
    return bits;
}

static int
cmp_role(const char *a, const char *b)
{
    bool ca = strcmp(a, "commander") == 0, cb = strcmp(b, "commander") == 0;

    return ca != cb ? (ca ? -1 : 1) : strcmp(a, b);
}

static int
row_order(const void *a, const void *b)
{
    const struct ir_irole *x = a, *y = b;
    int d = cmp_role(x->role, y->role);

    return d != 0 ? d : x->member - y->member;
}

static struct ir_irole *
row_add(struct ir_incident *inc, const char *role, int member)
{
    struct ir_irole *r;

    inc->roles =
        ir_realloc(inc->roles, (inc->roles_n + 1) * sizeof inc->roles[0]);
    r = &inc->roles[inc->roles_n++];
    memset(r, 0, sizeof *r);
    r->role = ir_strdup(role);
    r->member = member;
    r->offered_to = -1;
    return r;
}

/* The row of a role (and of a holder, unless `member` is -2), or NULL. */
static struct ir_irole *
row_of(struct ir_incident *inc, const char *role, int member)
{
    size_t i;

    for (i = 0; i < inc->roles_n; i++)
        if (strcmp(inc->roles[i].role, role) == 0 &&
            (member == -2 || inc->roles[i].member == member))
            return &inc->roles[i];
    return NULL;
}

static void
show_claims(struct ir_fold *f, const struct claims *c)
{
    struct ir_incident *inc = f->inc;
    size_t i;

    for (i = 0; i < c->n; i++) {
        const struct claim *x = &c->v[i];
        struct ir_irole *r, *other;

        if (x->offer)
            continue;
        other = row_of(inc, x->role, -2);
        r = row_of(inc, x->role, x->member);
        if (r == NULL)
            r = row_add(inc, x->role, x->member);
        r->acting = x->acting;
        r->since_ms = ir_fold_at(f, x->seq);
        if (other == NULL || r == row_of(inc, x->role, -2))
            continue;
        r->disputed = row_of(inc, x->role, -2)->disputed = true;
        ir_fold_conflict(
            f,
            _("The role \"%s\" is held by %s and by %s. One of them yields: "
              "ir role release %s"),
            x->role, ir_fold_handle(f, row_of(inc, x->role, -2)->member),
            ir_fold_handle(f, x->member), x->role);
    }
    for (i = 0; i < c->n; i++) {
        struct ir_irole *r;

        if (!c->v[i].offer)
            continue;
        r = row_of(inc, c->v[i].role, -2);
        if (r == NULL)
            r = row_add(inc, c->v[i].role, -1);
        r->offered_to = c->v[i].member;
    }
}

/* Roles that the plans ask for and nobody holds. */
static void
show_vacant(struct ir_incident *inc)
{
    size_t i, k;

    if (row_of(inc, "commander", -2) == NULL)
        row_add(inc, "commander", -1);
    for (i = 0; i < inc->instances_n; i++) {
        const struct ir_plan *p = inc->instances[i].plan;

        for (k = 0; p != NULL && k < p->steps_n; k++)
            if (p->steps[k].role != NULL &&
                row_of(inc, p->steps[k].role, -2) == NULL)
                row_add(inc, p->steps[k].role, -1);
    }
}

void
ir_fold_roles(struct ir_fold *f)
{
    struct claims c = {0};
    size_t i;

    for (i = 0; i < f->n; i++) {
        if (ir_fold_is(f, i, IR_KIND_ROLE))
            fold_role(f, &c, i);
        else if (ir_fold_is(f, i, IR_KIND_STEP) &&
                 ir_body_uint_or(f->e[i], 2, 0) == 7)
            fold_choice(f, &c, i);
        else if (ir_fold_is(f, i, IR_KIND_EXCEPTION))
            fold_exception(f, &c, i);
        if (ir_fold_is(f, i, IR_KIND_ALERT) ||
            ir_fold_is(f, i, IR_KIND_APPROVAL) ||
            ir_fold_is(f, i, IR_KIND_CANCEL) ||
            ir_fold_is(f, i, IR_KIND_DECISION))
            fold_signed(f, &c, i);
        if (ir_fold_is(f, i, IR_KIND_DECISION))
            fold_allows(f, i);
    }
    show_claims(f, &c);
    show_vacant(f->inc);
    if (f->inc->roles_n > 1)
        qsort(f->inc->roles, f->inc->roles_n, sizeof f->inc->roles[0],
              row_order);
    for (i = 0; i < c.n; i++)
        free(c.v[i].role);
    free(c.v);
}
