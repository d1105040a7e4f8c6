/* verify.c: see verify.h. */
#include "view/verify.h"

#include "base/scan.h"
#include "view/pool.h"

#include <string.h>

#define REFUSED_SAID 10 /* more are counted */

const char *
ir_verdict_word(enum ir_verdict v)
{
    static const char *const w[] = {"whole",      "unwitnessed",
                                    "incomplete", "unknown-signer",
                                    "fork",       "tampered"};

    return (size_t)v < sizeof w / sizeof w[0] ? w[v] : "tampered";
}

bool
ir_verdict_good(enum ir_verdict v, bool strict)
{
    return v == IR_VERDICT_WHOLE || (!strict && v == IR_VERDICT_UNWITNESSED);
}

const char *
ir_bad_word(enum ir_bad_why why)
{
    static const char *const w[] = {
        "signature", "id",      "body", "bytes", "object", "signer", "revoked",
        "prev",      "missing", "gap",  "fork",  "schema", "row"};

    return (size_t)why < sizeof w / sizeof w[0] ? w[why] : "bytes";
}

static const char *
bad_say(enum ir_bad_why why)
{
    switch (why) {
    case IR_BAD_SIGNATURE:
        return _("the signature does not belong to these bytes");
    case IR_BAD_ID:
        return _("stored under a name that is not that of its bytes");
    case IR_BAD_BODY:
        return _("the body is not the one that was signed");
    case IR_BAD_BYTES:
        return _("the bytes are no entry");
    case IR_BAD_OBJECT:
        return _("the object is not what its name says");
    case IR_BAD_SIGNER:
        return _("signed by a key nobody certified");
    case IR_BAD_REVOKED:
        return _("signed by a key after it was revoked");
    case IR_BAD_PREV:
        return _("what it names as the entry before it is not that");
    case IR_BAD_MISSING:
        return _("referred to, and not on this device");
    case IR_BAD_GAP:
        return _("an entry before it is not on this device");
    case IR_BAD_FORK:
        return _("two entries stand at the same place of one author");
    case IR_BAD_SCHEMA:
        return _("the body does not fit its kind; it does not count");
    case IR_BAD_ROW:
        return _("the database cannot give it back");
    }
    return "?";
}

/* "3 not yet witnessed by another member's device (02:41 to 02:55)". */
static void
say_record(const struct ir_view *v, const struct ir_verify *r,
           struct ir_pool *pool, struct ir_buf *b)
{
    const struct ir_view_record *rec = &r->record;

    if (rec->this_device_only == 0)
        return;
    if (rec->oldest_ms != 0 && rec->newest_ms != 0)
        ir_buf_addf(
            b,
            _("; %zu not yet witnessed by another member's device (%s to "
              "%s)"),
            rec->this_device_only,
            ir_pool_take(pool, ir_view_time(v, rec->oldest_ms)),
            ir_pool_take(pool, ir_view_time(v, rec->newest_ms)));
    else
        ir_buf_addf(b, _("; %zu not yet witnessed by another member's device"),
                    rec->this_device_only);
}

static void
say_verdict(const struct ir_view *v, const struct ir_verify *r,
            struct ir_pool *pool, struct ir_buf *b)
{
    const char *n = ir_pool_take(pool, ir_view_entries(r->entries));

    switch (r->verdict) {
    case IR_VERDICT_WHOLE:
    case IR_VERDICT_UNWITNESSED:
        ir_buf_addf(b,
                    r->chain_only ? _("%s, every chain whole (signatures not "
                                      "checked)")
                                  : _("%s, all signatures good"),
                    n);
        say_record(v, r, pool, b);
        break;
    case IR_VERDICT_INCOMPLETE:
        ir_buf_addf(b,
                    _("Incomplete: %s, what is here is good; %zu "
                      "referred to are not here"),
                    n, r->bad_n);
        say_record(v, r, pool, b);
        break;
    case IR_VERDICT_UNKNOWN_SIGNER:
        ir_buf_addf(b,
                    _("Unknown signer: %s, %zu by keys nobody "
                      "certified; those do not count"),
                    n, r->bad_n);
        say_record(v, r, pool, b);
        break;
    case IR_VERDICT_FORK:
        ir_buf_addf(b,
                    r->backup_fork
                        ? _("Fork from a restored backup: %s, all "
                            "signatures good; one author goes on from two "
                            "places")
                        : _("Fork: %s, all signatures good; one "
                            "author goes on from two places"),
                    n);
        break;
    case IR_VERDICT_TAMPERED:
        ir_buf_addf(b, _("TAMPERED or damaged: %zu of %s not what was signed"),
                    r->bad_n, n);
        break;
    }
}

static void
say_next(const struct ir_view *v, const struct ir_verify *r, struct ir_buf *out)
{
    const char *s = NULL;

    switch (r->verdict) {
    case IR_VERDICT_WHOLE:
        return;
    case IR_VERDICT_UNWITNESSED:
        s = r->record.save != NULL
                ? _("Until another device has them, only this disk proves "
                    "them.")
                : NULL;
        break;
    case IR_VERDICT_INCOMPLETE:
        s = _("Bring in the record of the other devices, and check again.");
        break;
    case IR_VERDICT_UNKNOWN_SIGNER:
        s = _("Ask an administrator whose key it is: ir member list");
        break;
    case IR_VERDICT_FORK:
        s = r->backup_fork
                ? _("Nothing is lost: both branches are kept and shown.")
                : _("Ask the author whether the key is used in two homes, or "
                    "has been stolen.");
        break;
    case IR_VERDICT_TAMPERED:
        s = _("Do not repair it. Copy the whole home directory first, then "
              "compare with another device or a backup.");
        break;
    }
    if (s != NULL)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE, s);
}

/* "Ito: to 03:11 on devices of Mori, Sato". */
static void
say_author(const struct ir_view *v, const struct ir_verify_author *a,
           struct ir_pool *pool, struct ir_buf *out)
{
    struct ir_buf b = {0};
    size_t i;

    if (a->by_n == 0)
        return;
    for (i = 0; i < a->by_n; i++)
        ir_buf_addf(&b, "%s%s", i > 0 ? _(", ") : "",
                    ir_pool_take(pool, ir_view_member(v, a->by[i], false)));
    ir_term_para(
        &v->term, out, 3, "- ", IR_STYLE_NONE,
        ir_pool_f(pool, _("%s: to %s witnessed by devices of %s"),
                  ir_pool_take(pool, ir_view_person(v, a->name, false)),
                  ir_pool_take(pool, ir_view_time(v, a->witnessed_to_ms)),
                  ir_pool_buf(pool, &b)));
}

/* "1f00a2c3  not here because it was refused: ...", once for each. */
static void
say_refused(const struct ir_view *v, const struct ir_verify *r,
            struct ir_pool *pool, struct ir_buf *out)
{
    size_t i;

    for (i = 0; i < r->refused_n && i < REFUSED_SAID; i++) {
        const struct ir_verify_refused *x = &r->refused[i];
        char hex[2 * 4 + 1];
        const char *who, *by;

        ir_hex(x->id, 4, hex);
        who = x->author >= 0
                  ? ir_pool_take(pool, ir_view_member(v, x->author, false))
                  : "?";
        by = x->revoker >= 0
                 ? ir_pool_take(pool, ir_view_member(v, x->revoker, false))
                 : "?";
        ir_term_para(
            &v->term, out, 3, "- ", IR_STYLE_NONE,
            ir_pool_f(
                pool,
                _("%s  not here because it was refused (%s): signed with "
                  "a key of %s that %s revoked (%s). Nothing is missing."),
                hex, ir_pool_take(pool, ir_view_time(v, x->refused_ms)), who,
                by, ir_pool_take(pool, ir_view_time(v, x->revoked_ms))));
    }
    if (r->refused_n > REFUSED_SAID)
        ir_term_para(&v->term, out, 3, "- ", IR_STYLE_NONE,
                     ir_pool_f(pool, _("and %zu more that were refused"),
                               r->refused_n - REFUSED_SAID));
}

/* "1f00a2c3  02:41  does not count: ..." */
static void
say_dead(const struct ir_view *v, const struct ir_verify *r,
         struct ir_pool *pool, struct ir_buf *out)
{
    size_t i, more = r->dead_more;

    for (i = 0; i < r->dead_n; i++) {
        const struct ir_verify_refused *x = &r->dead[i];
        char hex[2 * 4 + 1];
        const char *who, *by;

        if (i >= REFUSED_SAID) {
            more++;
            continue;
        }
        ir_hex(x->id, 4, hex);
        who = x->author >= 0
                  ? ir_pool_take(pool, ir_view_member(v, x->author, false))
                  : "?";
        by = x->revoker >= 0
                 ? ir_pool_take(pool, ir_view_member(v, x->revoker, false))
                 : "?";
        ir_term_para(
            &v->term, out, 3, "- ", IR_STYLE_NONE,
            ir_pool_f(pool,
                      _("%s  does not count: signed with a key of %s that %s "
                        "revoked (%s). It changes nothing."),
                      hex, who, by,
                      ir_pool_take(pool, ir_view_time(v, x->revoked_ms))));
    }
    if (more > 0)
        ir_term_para(
            &v->term, out, 3, "- ", IR_STYLE_NONE,
            ir_pool_f(pool, _("and %zu more that do not count"), more));
}

void
ir_view_verify(const struct ir_view *v, const struct ir_verify *r,
               struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_buf b = {0};
    size_t i;

    say_verdict(v, r, &pool, &b);
    ir_term_para(&v->term, out, 1, NULL,
                 ir_verdict_good(r->verdict, false) ? IR_STYLE_NONE
                                                    : IR_STYLE_BOLD,
                 ir_pool_buf(&pool, &b));
    if (r->bodies_withheld > 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                     ir_pool_f(&pool,
                               _("Withheld or not on this device: the text of "
                                 "%s. What it was is signed all the same."),
                               ir_pool_take(&pool, ir_view_entries(
                                                       r->bodies_withheld))));
    if (r->bodies_erased > 0)
        ir_term_para(
            &v->term, out, 1, NULL, IR_STYLE_NONE,
            ir_pool_f(&pool,
                      _("Erased on purpose: the text of %s. That it "
                        "was there is signed all the same."),
                      ir_pool_take(&pool, ir_view_entries(r->bodies_erased))));
    for (i = 0; i < r->bad_n; i++) {
        const struct ir_verify_bad *x = &r->bad[i];
        char hex[2 * 4 + 1] = "?";
        const char *who, *at = "";

        if (x->has_id)
            ir_hex(x->id, 4, hex);
        who = x->author >= 0
                  ? ir_pool_take(&pool, ir_view_member(v, x->author, false))
                  : "";
        if (x->at_ms != 0)
            at = ir_pool_take(&pool, ir_view_time(v, x->at_ms));
        ir_term_para(
            &v->term, out, 3, "- ", IR_STYLE_NONE,
            ir_pool_f(&pool, "%s  %s%s%s%s%s%s%s", hex, at,
                      *at != '\0' ? "  " : "", who, *who != '\0' ? "  " : "",
                      bad_say(x->why), x->detail[0] != '\0' ? ": " : "",
                      ir_pool_take(&pool, ir_view_safe(v, x->detail))));
    }
    say_refused(v, r, &pool, out);
    say_dead(v, r, &pool, out);
    for (i = 0; i < r->authors_n; i++)
        say_author(v, &r->authors[i], &pool, out);
    say_next(v, r, out);
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_verify_json(const struct ir_view *v, const struct ir_verify *r)
{
    struct ir_json *o = ir_json_new_obj(), *a, *by;
    size_t i, k;

    ir_json_set_str(o, "verdict", ir_verdict_word(r->verdict));
    ir_json_set_int(o, "entries", (int64_t)r->entries);
    a = ir_json_set_take(o, "bad", ir_json_new_arr());
    for (i = 0; i < r->bad_n; i++) {
        struct ir_json *it = ir_json_add_take(a, ir_json_new_obj());

        if (r->bad[i].has_id)
            ir_json_set_hex(it, "id", r->bad[i].id, IR_ID_BYTES);
        else
            ir_json_set_str(it, "id", NULL);
        ir_json_set_str(it, "why", ir_bad_word(r->bad[i].why));
        ir_json_set_str(it, "detail",
                        r->bad[i].detail[0] != '\0' ? r->bad[i].detail : NULL);
    }
    a = ir_json_set_take(o, "refused", ir_json_new_arr());
    for (i = 0; i < r->refused_n; i++) {
        struct ir_json *it = ir_json_add_take(a, ir_json_new_obj());

        ir_json_set_hex(it, "id", r->refused[i].id, IR_ID_BYTES);
        ir_view_set_member(v, it, "author", r->refused[i].author);
        ir_view_set_member(v, it, "revoked_by", r->refused[i].revoker);
        ir_view_set_time(it, "revoked", r->refused[i].revoked_ms);
        ir_view_set_time(it, "refused", r->refused[i].refused_ms);
    }
    a = ir_json_set_take(o, "not_counted", ir_json_new_arr());
    for (i = 0; i < r->dead_n; i++) {
        struct ir_json *it = ir_json_add_take(a, ir_json_new_obj());

        ir_json_set_hex(it, "id", r->dead[i].id, IR_ID_BYTES);
        ir_view_set_member(v, it, "author", r->dead[i].author);
        ir_view_set_member(v, it, "revoked_by", r->dead[i].revoker);
        ir_view_set_time(it, "revoked", r->dead[i].revoked_ms);
    }
    a = ir_json_set_take(o, "authors", ir_json_new_arr());
    for (i = 0; i < r->authors_n; i++) {
        struct ir_json *it = ir_json_add_take(a, ir_json_new_obj());

        ir_json_set_str(it, "name", r->authors[i].name);
        ir_json_set_int(it, "entries", (int64_t)r->authors[i].entries);
        ir_view_set_time(it, "witnessed_to", r->authors[i].witnessed_to_ms);
        by = ir_json_set_take(it, "witnessed_by", ir_json_new_arr());
        for (k = 0; v->trust != NULL && k < r->authors[i].by_n; k++)
            ir_json_add_str(by, v->trust->members[r->authors[i].by[k]].handle);
    }
    a = ir_json_set_take(o, "record", ir_json_new_obj());
    ir_json_set_int(a, "witnessed", (int64_t)r->record.witnessed);
    ir_json_set_int(a, "this_device_only", (int64_t)r->record.this_device_only);
    ir_json_set_bool(o, "signatures_checked", !r->chain_only);
    ir_json_set_int(o, "bodies_withheld", (int64_t)r->bodies_withheld);
    ir_json_set_int(o, "bodies_erased", (int64_t)r->bodies_erased);
    ir_json_set_int(o, "objects", (int64_t)r->objects);
    return o;
}
