/* admins.c: see admins.h. */
#include "view/admins.h"

#include "base/i18n.h"
#include "base/scan.h"
#include "view/pool.h"
#include "view/term.h"

#include <stdlib.h>
#include <string.h>

const char *
ir_view_lone_admin(const struct ir_trust *t)
{
    return ir_trust_admins(t) > 1
               ? NULL
               : _("One administrator alone: this site is one lost key away "
                   "from one that nobody can change.");
}

/* Whose key this is, by the list or by its certificate; else its id. */
static const char *
whose(const struct ir_view *v, const uint8_t *key, const uint8_t *person,
      struct ir_pool *pool)
{
    const struct ir_cert_key *c = ir_trust_key(v->trust, key);
    int m = person != NULL ? ir_trust_member_id(v->trust, person) : -1;
    char hex[17];

    if (m < 0 && c != NULL)
        m = (int)c->member;
    if (m >= 0)
        return ir_pool_take(pool, ir_view_member(v, m, false));
    ir_hex(key, 8, hex);
    return ir_pool_take(pool, ir_strdup(hex));
}

static const char *
joined(const char *all, const char *one, struct ir_pool *pool)
{
    return *all == '\0' ? one : ir_pool_f(pool, _("%s, %s"), all, one);
}

static const char *
short_id(const uint8_t *id, struct ir_pool *pool)
{
    char hex[2 * 4 + 1];

    ir_hex(id, 4, hex);
    return ir_pool_take(pool, ir_strdup(hex));
}

static const char *
key_hex(const uint8_t *key, struct ir_pool *pool)
{
    char hex[17];

    ir_hex(key, 8, hex);
    return ir_pool_take(pool, ir_strdup(hex));
}

/* The keys of `p` that are none in force (added), or the other way round. */
static const char *
changes(const struct ir_view *v, const struct ir_proposal *p, bool added,
        struct ir_pool *pool)
{
    const struct ir_trust *t = v->trust;
    const char *all = "";
    uint8_t id[IR_KEYID_BYTES];
    size_t i, j;

    for (i = 0; added && i < p->keys_n; i++) {
        ir_key_id(p->keys[i], id);
        if (!ir_trust_in_force(t, id))
            all = joined(all,
                         ir_pool_f(pool, _("%s (key %s)"),
                                   whose(v, id, p->persons[i], pool),
                                   key_hex(id, pool)),
                         pool);
    }
    for (i = 0; !added && i < t->admins_n; i++) {
        const struct ir_admin *a = &t->admins[i];

        for (j = 0; j < p->keys_n && memcmp(p->keys[j], a->pub, 32) != 0; j++)
            ;
        if (!a->in_force || j < p->keys_n)
            continue;
        ir_key_id(a->pub, id);
        all = joined(all,
                     ir_pool_f(pool, _("%s (key %s)"),
                               whose(v, id, a->told ? a->person : NULL, pool),
                               key_hex(id, pool)),
                     pool);
    }
    return all;
}

static const char *
keys(const struct ir_view *v, const uint8_t (*key)[IR_KEYID_BYTES], size_t n,
     struct ir_pool *pool)
{
    const char *all = "";
    size_t i;

    for (i = 0; i < n; i++)
        all = joined(all, whose(v, key[i], NULL, pool), pool);
    return all;
}

/* How it stands. */
static const char *
state(const struct ir_view *v, const struct ir_proposal *p,
      struct ir_pool *pool)
{
    if (p->counts && p->revoke)
        return _("In force: the key is revoked.");
    if (p->counts)
        return memcmp(p->entry, v->trust->admins_entry, 32) == 0
                   ? _("In force.")
                   : _("Was in force; another list took its place.");
    if (!p->open)
        return _("Cannot come into force any more.");
    return ir_pool_f(
        pool, _("Waiting: %d of %d agree. Another administrator: %s"),
        (int)p->have, (int)v->trust->k,
        ir_pool_cmd(pool, "ir admin approve %s", short_id(p->entry, pool)));
}

/* The people of the list, each once. */
static const char *
people(const struct ir_view *v, const struct ir_proposal *p,
       struct ir_pool *pool)
{
    const char *all = "";
    size_t i, j;

    for (i = 0; p->persons != NULL && i < p->keys_n; i++) {
        uint8_t id[IR_KEYID_BYTES];

        for (j = 0; j < i && memcmp(p->persons[j], p->persons[i], 8) != 0; j++)
            ;
        ir_key_id(p->keys[i], id);
        if (j == i)
            all = joined(all, whose(v, id, p->persons[i], pool), pool);
    }
    return all;
}

/* What it changes, or where that is past, what it says. */
static const char *
what(const struct ir_view *v, const struct ir_proposal *p, struct ir_pool *pool)
{
    const char *plus, *minus;

    if (p->revoke)
        return ir_pool_f(pool, _("revoke key %s of %s"),
                         key_hex(p->target, pool),
                         whose(v, p->target, NULL, pool));
    if (p->counts || !p->open)
        return ir_pool_f(pool, _("administrators %s; %d must agree"),
                         people(v, p, pool), (int)p->k);
    plus = changes(v, p, true, pool);
    minus = changes(v, p, false, pool);
    plus = *plus != '\0' ? ir_pool_f(pool, _("add %s; "), plus) : "";
    minus = *minus != '\0' ? ir_pool_f(pool, _("drop %s; "), minus) : "";
    return ir_pool_f(pool, "%s%s%s", plus, minus,
                     ir_pool_f(pool, _("then %d must agree"), (int)p->k));
}

static void
para(const struct ir_view *v, struct ir_buf *out, int indent, const char *s)
{
    ir_term_para(&v->term, out, indent, NULL, IR_STYLE_NONE, s);
}

void
ir_view_proposal(const struct ir_view *v, const struct ir_proposal *p,
                 struct ir_buf *out)
{
    struct ir_pool pool = {0};

    ir_term_para(
        &v->term, out, 1, ir_pool_f(&pool, "%s  ", short_id(p->entry, &pool)),
        IR_STYLE_NONE,
        ir_pool_f(&pool, _("%s, %s: %s"), whose(v, p->author, NULL, &pool),
                  ir_pool_take(&pool, ir_view_time(v, p->made_ms)),
                  what(v, p, &pool)));
    para(v, out, 3,
         ir_pool_f(&pool, "\"%s\"",
                   ir_pool_take(&pool, ir_view_safe(v, p->reason))));
    para(v, out, 3,
         ir_pool_f(&pool, _("Agreed: %s"),
                   keys(v, (const uint8_t(*)[8])p->yes, p->yes_n, &pool)));
    if (p->no_n > 0)
        para(v, out, 3,
             ir_pool_f(&pool, _("Denied by %s"),
                       keys(v, (const uint8_t(*)[8])p->no, p->no_n, &pool)));
    para(v, out, 3, state(v, p, &pool));
    ir_pool_done(&pool);
}

static void
set_keys(const struct ir_view *v, struct ir_json *o, const char *name,
         const uint8_t (*key)[IR_KEYID_BYTES], size_t n)
{
    struct ir_json *a = ir_json_set_take(o, name, ir_json_new_arr());
    size_t i;

    for (i = 0; i < n; i++) {
        const struct ir_cert_key *c = ir_trust_key(v->trust, key[i]);
        char hex[17];

        ir_hex(key[i], 8, hex);
        ir_json_add_str(a,
                        c != NULL ? v->trust->members[c->member].handle : hex);
    }
}

/* A key with its person: {"handle", "key", "revoked"}. */
static void
add_key(const struct ir_view *v, struct ir_json *arr, const uint8_t *pub,
        const uint8_t *person, bool revoked)
{
    struct ir_json *o = ir_json_add_take(arr, ir_json_new_obj());
    const struct ir_cert_key *c;
    uint8_t id[IR_KEYID_BYTES];
    int m = person != NULL ? ir_trust_member_id(v->trust, person) : -1;

    ir_key_id(pub, id);
    c = ir_trust_key(v->trust, id);
    if (m < 0 && c != NULL)
        m = (int)c->member;
    ir_json_set_str(o, "handle", m >= 0 ? v->trust->members[m].handle : NULL);
    ir_json_set_hex(o, "key", id, sizeof id);
    ir_json_set_bool(o, "revoked", revoked);
}

struct ir_json *
ir_view_proposal_json(const struct ir_view *v, const struct ir_proposal *p)
{
    struct ir_json *o = ir_json_new_obj(), *a;
    const struct ir_cert_key *c;
    size_t i;

    ir_json_set_hex(o, "id", p->entry, IR_ID_BYTES);
    ir_json_set_str(o, "what", p->revoke ? "revoke" : "administrators");
    c = ir_trust_key(v->trust, p->author);
    ir_json_set_str(o, "by",
                    c != NULL ? v->trust->members[c->member].handle : NULL);
    ir_view_set_time(o, "at", p->made_ms);
    ir_json_set_str(o, "reason", p->reason);
    ir_json_set_str(o, "state",
                    p->counts && !p->revoke &&
                            memcmp(p->entry, v->trust->admins_entry, 32) != 0
                        ? "replaced"
                    : p->counts ? "in force"
                    : p->open   ? "open"
                                : "void");
    ir_json_set_int(o, "needed", p->revoke ? 0 : (int64_t)p->k);
    a = ir_json_set_take(o, "administrators", ir_json_new_arr());
    for (i = 0; i < p->keys_n; i++)
        add_key(v, a, p->keys[i], p->persons[i], false);
    if (p->revoke)
        ir_json_set_hex(o, "key", p->target, IR_KEYID_BYTES);
    set_keys(v, o, "agreed", (const uint8_t(*)[8])p->yes, p->yes_n);
    set_keys(v, o, "denied", (const uint8_t(*)[8])p->no, p->no_n);
    ir_json_set_int(o, "missing",
                    p->open ? (int64_t)(v->trust->k - p->have) : 0);
    return o;
}

struct ir_json *
ir_view_admins_json(const struct ir_view *v)
{
    const struct ir_trust *t = v->trust;
    struct ir_json *o = ir_json_new_obj(), *a;
    size_t i;

    ir_json_set_int(o, "needed", (int64_t)t->k);
    ir_json_set_hex(o, "entry", t->admins_entry, IR_ID_BYTES);
    a = ir_json_set_take(o, "administrators", ir_json_new_arr());
    for (i = 0; i < t->admins_n; i++)
        if (t->admins[i].in_force)
            add_key(v, a, t->admins[i].pub,
                    t->admins[i].told ? t->admins[i].person : NULL,
                    t->admins[i].revoked);
    a = ir_json_set_take(o, "proposals", ir_json_new_arr());
    for (i = 0; i < t->proposals_n; i++)
        ir_json_add_take(a, ir_view_proposal_json(v, &t->proposals[i]));
    return o;
}

void
ir_view_admins(const struct ir_view *v, struct ir_buf *out)
{
    const struct ir_trust *t = v->trust;
    struct ir_pool pool = {0};
    const char *lone = ir_view_lone_admin(t);
    size_t i;
    bool waits = false;

    ir_buf_addf(out, _("Administrators; %d of %d must agree on a change:\n"),
                (int)t->k, (int)ir_trust_admins(t));
    for (i = 0; i < t->admins_n; i++) {
        const struct ir_admin *a = &t->admins[i];
        uint8_t id[IR_KEYID_BYTES];

        if (!a->in_force)
            continue;
        ir_key_id(a->pub, id);
        ir_buf_addf(out,
                    a->revoked ? _("  %s, key %s (revoked)\n")
                               : _("  %s, key %s\n"),
                    whose(v, id, a->told ? a->person : NULL, &pool),
                    key_hex(id, &pool));
    }
    if (lone != NULL)
        para(v, out, 1, lone);
    if (lone != NULL)
        ir_buf_addf(out, "%s",
                    _("  ir member add NAME\n"
                      "  ir admin propose --add NAME -r WHY\n"));
    for (i = 0; i < t->proposals_n; i++) {
        if (!t->proposals[i].open || ir_trust_goes_with(t, &t->proposals[i]))
            continue;
        if (!waits)
            ir_buf_adds(out, _("Waiting for administrators:\n"));
        waits = true;
        ir_view_proposal(v, &t->proposals[i], out);
    }
    ir_pool_done(&pool);
}
