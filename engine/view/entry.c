/* entry.c: see entry.h. */
#include "view/entry.h"

#include "base/cbor.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/utf8.h"
#include "core/body.h"
#include "core/message.h"
#include "view/field.h"
#include "view/pool.h"

#include <stdlib.h>
#include <string.h>

static void
line(const struct ir_view *v, struct ir_buf *out, const char *name,
     const char *text)
{
    struct ir_buf lead = {0};
    int w = ir_utf8_width(name) > 13 ? ir_utf8_width(name) + 1 : 14;

    ir_utf8_pad(&lead, name, w);
    ir_term_para(&v->term, out, 1, ir_buf_str(&lead), IR_STYLE_NONE, text);
    ir_buf_done(&lead);
}

static const char *
hex_of(const uint8_t *p, size_t n, struct ir_pool *pool)
{
    char *hex = ir_malloc(2 * n + 1);

    ir_hex(p, n, hex);
    return ir_pool_take(pool, hex);
}

static const char *
author_of(const struct ir_view *v, const struct ir_entry *e,
          struct ir_pool *pool)
{
    const struct ir_cert_key *key =
        v->trust != NULL ? ir_trust_key(v->trust, e->h.author) : NULL;
    const char *id = hex_of(e->h.author, sizeof e->h.author, pool), *who;

    if (key == NULL)
        return ir_pool_f(pool, _("unknown, key %s"), id);
    who = ir_pool_take(pool, ir_view_member(v, (int)key->member, true));
    if (key->node)
        return ir_pool_f(pool, _("a device of %s, key %s"), who, id);
    return ir_pool_f(pool,
                     key->revoked ? _("%s, key %s (revoked)") : _("%s, key %s"),
                     who, id);
}

static void
show_times(const struct ir_view *v, const struct ir_entry *e,
           struct ir_pool *pool, struct ir_buf *out)
{
    line(v, out, _("recorded"),
         ir_pool_take(pool, ir_view_stamp(ir_entry_recorded_ms(e))));
    if (e->h.has_occurred)
        line(v, out, _("happened"),
             ir_pool_f(pool, "%s (%s)",
                       ir_pool_take(pool, ir_view_stamp(e->h.occurred_ms)),
                       ir_view_prec_word(e->h.occurred_prec)));
    line(v, out, _("order"),
         ir_pool_f(pool, _("number %llu of this key, hlc %llu.%u"),
                   (unsigned long long)e->h.seq,
                   (unsigned long long)(e->h.hlc >> 16),
                   (unsigned)(e->h.hlc & 0xffff)));
}

static void
show_links(const struct ir_view *v, const struct ir_entry *e,
           struct ir_pool *pool, struct ir_buf *out)
{
    size_t i;

    if (e->h.has_incident)
        line(v, out, _("incident"),
             hex_of(e->h.incident, sizeof e->h.incident, pool));
    if (e->h.has_prev)
        line(v, out, _("follows"), hex_of(e->h.prev, 8, pool));
    for (i = 0; i < e->h.deps_n; i++)
        line(v, out, i == 0 ? _("knew of") : "", hex_of(e->h.deps[i], 8, pool));
    for (i = 0; i < e->h.refs_n; i++)
        line(v, out, i == 0 ? _("refers to") : "",
             hex_of(e->h.refs[i], 8, pool));
    if (e->h.status != IR_ACTUAL)
        line(v, out, _("status"),
             ir_message_mark((int)e->h.status, ir_i18n_lang()));
    if (e->h.audience != 0)
        line(v, out, _("audience"),
             ir_pool_f(pool, "%llu", (unsigned long long)e->h.audience));
}

static void
show_body(const struct ir_view *v, const struct ir_entry *e,
          struct ir_pool *pool, struct ir_buf *out)
{
    struct ir_field_walk fw;
    const struct ir_field *f;
    uint64_t key;
    struct ir_cbor val;

    if (!ir_field_begin(e, &fw))
        return;
    while (ir_field_next(&fw, &key, &f, &val)) {
        const char *name =
            f != NULL ? f->name
                      : ir_pool_f(pool, "%llu", (unsigned long long)key);

        line(v, out, name, ir_pool_take(pool, ir_field_text(v, f, &val)));
    }
}

static void
show_about(const struct ir_view *v, const struct ir_show *s,
           struct ir_pool *pool, struct ir_buf *out)
{
    size_t i;

    for (i = 0; i < s->about_n; i++) {
        struct ir_buf text = {0};

        ir_view_entry_text(v, s->about[i], s->inc, &text);
        line(v, out, i == 0 ? _("later") : "",
             ir_pool_f(pool, "%s  %s  %s", hex_of(s->about[i]->id, 4, pool),
                       ir_pool_take(pool, ir_view_time(v, ir_entry_recorded_ms(
                                                              s->about[i]))),
                       ir_buf_str(&text)));
        ir_buf_done(&text);
    }
}

/* Why an entry does not count, or NULL. */
static const char *
why_not(const struct ir_view *v, const struct ir_entry *e, struct ir_err *err)
{
    if (v->trust == NULL || ir_trust_admits(v->trust, e, err) == IR_OK)
        return NULL;
    return err->msg;
}

/* Is the entry withheld or erased by one that counts? */
static bool
is_hidden(const struct ir_view *v, const struct ir_show *s)
{
    const struct ir_kind *k = ir_kind_get(s->e->h.kind);
    size_t i;

    if (k != NULL && k->state_bearing)
        return false;
    for (i = 0; i < s->about_n; i++)
        if (s->about[i]->h.kind == IR_KIND_REDACT &&
            (v->trust == NULL ||
             ir_trust_admits(v->trust, s->about[i], NULL) == IR_OK))
            return true;
    return false;
}

void
ir_view_show(const struct ir_view *v, const struct ir_show *s,
             struct ir_buf *out)
{
    const struct ir_kind *k = ir_kind_get(s->e->h.kind);
    struct ir_pool pool = {0};
    struct ir_buf text = {0};
    struct ir_err err = {0};
    const char * not ;
    bool hidden = is_hidden(v, s);

    ir_view_entry_text(v, s->e, s->inc, &text);
    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD,
                 hidden ? _("[withheld or erased: see below]")
                        : ir_buf_str(&text));
    line(v, out, _("entry"), hex_of(s->e->id, sizeof s->e->id, &pool));
    line(v, out, _("kind"),
         ir_pool_f(&pool, "%s (%llu)", k != NULL ? k->name : _("unknown"),
                   (unsigned long long)s->e->h.kind));
    line(v, out, _("author"), author_of(v, s->e, &pool));
    show_times(v, s->e, &pool, out);
    show_links(v, s->e, &pool, out);
    if (!hidden)
        show_body(v, s->e, &pool, out);
    line(v, out, _("signature"),
         !s->sig_checked ? _("not checked: no certified key")
         : s->sig_good   ? _("good")
                         : _("NOT GOOD"));
    if (s->witnesses > 0)
        line(v, out, _("record"),
             s->witnesses == 1
                 ? _("also on another device")
                 : ir_pool_f(&pool, _("also on %zu other devices"),
                             s->witnesses));
    not = why_not(v, s->e, &err);
    if (not != NULL)
        line(v, out, _("counts"), ir_pool_f(&pool, _("no: %s"), not ));
    show_about(v, s, &pool, out);
    if (s->hex) {
        line(v, out, "P", hex_of(s->e->p, s->e->p_len, &pool));
        if (s->e->b != NULL && !hidden)
            line(v, out, "B", hex_of(s->e->b, s->e->b_len, &pool));
        line(v, out, "H(B)",
             hex_of(s->e->body_digest, sizeof s->e->body_digest, &pool));
        line(v, out, "S", hex_of(s->e->sig, sizeof s->e->sig, &pool));
    }
    ir_buf_done(&text);
    ir_pool_done(&pool);
}

static void
set_ids(struct ir_json *o, const char *key, const uint8_t (*id)[IR_ID_BYTES],
        size_t n)
{
    struct ir_json *arr = ir_json_set_take(o, key, ir_json_new_arr());
    char hex[2 * IR_ID_BYTES + 1];
    size_t i;

    for (i = 0; i < n; i++) {
        ir_hex(id[i], IR_ID_BYTES, hex);
        ir_json_add_str(arr, hex);
    }
}

static struct ir_json *
header_json(const struct ir_entry *e)
{
    const struct ir_header *h = &e->h;
    struct ir_json *o = ir_json_new_obj();

    ir_json_set_hex(o, "author", h->author, sizeof h->author);
    ir_json_set_int(o, "hlc", (int64_t)h->hlc);
    ir_json_set_int(o, "seq", (int64_t)h->seq);
    ir_json_set_int(o, "kind", (int64_t)h->kind);
    if (h->has_incident)
        ir_json_set_hex(o, "incident", h->incident, sizeof h->incident);
    else
        ir_json_set_str(o, "incident", NULL);
    if (h->has_prev)
        ir_json_set_hex(o, "prev", h->prev, sizeof h->prev);
    else
        ir_json_set_str(o, "prev", NULL);
    set_ids(o, "deps", h->deps, h->deps_n);
    set_ids(o, "refs", h->refs, h->refs_n);
    ir_json_set_int(o, "ttl", (int64_t)h->ttl_s);
    ir_json_set_int(o, "prio", h->prio);
    ir_json_set_str(o, "status", ir_view_status_word(h->status));
    ir_json_set_int(o, "audience", (int64_t)h->audience);
    ir_view_set_time(o, "occurred", h->has_occurred ? h->occurred_ms : 0);
    ir_json_set_str(o, "precision",
                    h->has_occurred ? ir_view_prec_word(h->occurred_prec)
                                    : NULL);
    ir_json_set_bool(o, "sealed", h->sealed);
    return o;
}

struct ir_json *
ir_view_show_json(const struct ir_view *v, const struct ir_show *s)
{
    struct ir_json *o = ir_view_log_json(v, s->e, s->inc), *a;
    struct ir_err err = {0};
    bool hidden = is_hidden(v, s);
    const char *not = why_not(v, s->e, &err);
    size_t i;

    if (hidden)
        ir_json_set_str(o, "text", _("[withheld or erased: see below]"));
    ir_json_set_take(o, "header", header_json(s->e));
    ir_json_set_take(o, "body",
                     hidden ? ir_json_new_null() : ir_field_json(s->e));
    ir_json_set_hex(o, "body_digest", s->e->body_digest,
                    sizeof s->e->body_digest);
    ir_json_set_str(o, "signature",
                    !s->sig_checked ? "unchecked"
                    : s->sig_good   ? "good"
                                    : "bad");
    ir_json_set_bool(o, "counts", not == NULL);
    ir_json_set_str(o, "why_not", not );
    a = ir_json_set_take(o, "about", ir_json_new_arr());
    for (i = 0; i < s->about_n; i++)
        ir_json_add_take(a, ir_view_log_json(v, s->about[i], s->inc));
    if (s->hex) {
        ir_json_set_hex(o, "p", s->e->p, s->e->p_len);
        if (s->e->b != NULL && !hidden)
            ir_json_set_hex(o, "b", s->e->b, s->e->b_len);
        ir_json_set_hex(o, "s", s->e->sig, sizeof s->e->sig);
    }
    return o;
}

void
ir_view_log_line(const struct ir_view *v, const struct ir_entry *e,
                 const struct ir_incident *inc, struct ir_buf *out)
{
    const struct ir_kind *k = ir_kind_get(e->h.kind);
    struct ir_buf text = {0}, l = {0};
    struct ir_pool pool = {0};
    int m = v->trust != NULL ? ir_trust_author(v->trust, e) : -1;
    const char *at;

    ir_view_entry_text(v, e, inc, &text);
    at = ir_pool_take(&pool, ir_view_time(v, ir_entry_recorded_ms(e)));
    ir_buf_addf(&l, "%s  %s  ", hex_of(e->id, 4, &pool), at);
    ir_utf8_pad(
        &l, m >= 0 ? ir_pool_take(&pool, ir_view_member(v, m, false)) : "?", 8);
    ir_buf_addc(&l, ' ');
    if (!v->term.tty || v->term.cols >= IR_TERM_NARROW) {
        ir_utf8_pad(
            &l,
            k != NULL ? k->name
                      : ir_pool_f(&pool, "%llu", (unsigned long long)e->h.kind),
            10);
        ir_buf_addc(&l, ' ');
    }
    if (v->term.tty) { /* a screen wraps, a pipe has one line an entry */
        ir_term_para(&v->term, out, 0, ir_buf_str(&l), IR_STYLE_NONE,
                     ir_buf_str(&text));
    } else {
        ir_buf_adds(out, ir_buf_str(&l));
        ir_buf_adds(out, ir_buf_str(&text));
        ir_buf_addc(out, '\n');
    }
    ir_buf_done(&text);
    ir_buf_done(&l);
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_log_json(const struct ir_view *v, const struct ir_entry *e,
                 const struct ir_incident *inc)
{
    const struct ir_kind *k = ir_kind_get(e->h.kind);
    struct ir_json *o = ir_json_new_obj();
    struct ir_buf text = {0};
    int m = v->trust != NULL ? ir_trust_author(v->trust, e) : -1;

    ir_view_entry_text(v, e, inc, &text);
    ir_json_set_hex(o, "id", e->id, sizeof e->id);
    ir_view_set_time(o, "recorded", ir_entry_recorded_ms(e));
    if (m >= 0)
        ir_view_set_member(v, o, "author", m);
    else
        ir_json_set_hex(o, "author", e->h.author, sizeof e->h.author);
    if (k != NULL)
        ir_json_set_str(o, "kind", k->name);
    else
        ir_json_set_int(o, "kind", (int64_t)e->h.kind);
    ir_json_set_str(o, "status", ir_view_status_word(e->h.status));
    ir_json_set_str(o, "text", ir_buf_str(&text));
    ir_buf_done(&text);
    return o;
}
