/* carry.c: see carry.h. */
#include "view/carry.h"

#include "base/i18n.h"
#include "view/pool.h"
#include "view/term.h"

#include <stdlib.h>

static const char *const why_name[IR_CARRY_WHY_END] = {
    "no-certificate", "undecided",  "quota",     "disk", "malformed",
    "newer",          "other-site", "signature", "kind", "revoked"};

const char *
ir_view_carry_why_name(enum ir_carry_why w)
{
    return why_name[w];
}

const char *
ir_view_carry_why(enum ir_carry_why w)
{
    switch (w) {
    case IR_CARRY_NO_CERT:
        return _("whose author's certificate is not here");
    case IR_CARRY_OPEN:
        return _("by a revoked key, about which more must come first");
    case IR_CARRY_QUOTA:
        return _("by somebody who sent too many at once");
    case IR_CARRY_DISK:
        return _("because this disk is nearly full");
    case IR_CARRY_FORM:
        return _("not entries at all");
    case IR_CARRY_NEWER:
        return _("that need a newer ir");
    case IR_CARRY_SITE:
        return _("of another site");
    case IR_CARRY_SIGNATURE:
        return _("not signed by whom they name");
    case IR_CARRY_KIND:
        return _("signed by a device where a person must sign");
    case IR_CARRY_REVOKED:
        return _("by a revoked key");
    case IR_CARRY_WHY_END:
        break;
    }
    return "?";
}

/* Write the line that was put together, wrapped, and empty it. */
static void
flush_line(const struct ir_view *v, struct ir_buf *b, struct ir_buf *out)
{
    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE, ir_buf_str(b));
    b->len = 0;
}

/* "3 objects" */
static const char *
objects(size_t n, struct ir_pool *pool)
{
    return n == 1 ? _("1 object") : ir_pool_f(pool, _("%zu objects"), n);
}

static const char *
entries(size_t n, struct ir_pool *pool)
{
    return ir_pool_take(pool, ir_view_entries(n));
}

/* "1 cut off (0a1b...), 2 that cannot be opened here" of what was passed over.
 */
static void
say_files(const struct ir_view *v, const struct ir_carry_report *r,
          struct ir_pool *pool, struct ir_buf *out)
{
    struct ir_buf b = {0};
    static const char *const what[IR_CARRY_FILE_END] = {
        [IR_CARRY_TORN] = N_("cut off or changed"),
        [IR_CARRY_FOREIGN] =
            N_("of another site, or under a key not given to this device"),
        [IR_CARRY_JUNK] = N_("not of ir"),
        [IR_CARRY_HUGE] = N_("too large"),
        [IR_CARRY_ODD] = N_("links, pipes or directories")};
    size_t i, n = 0;

    for (i = IR_CARRY_TORN; i < IR_CARRY_FILE_END; i++)
        n += r->files[i];
    if (n == 0)
        return;
    ir_buf_addf(&b, _("Files passed over: %zu ("), n);
    n = 0;
    for (i = IR_CARRY_TORN; i < IR_CARRY_FILE_END; i++) {
        if (r->files[i] == 0)
            continue;
        ir_buf_addf(&b, _("%s%zu %s"), n++ > 0 ? _(", ") : "", r->files[i],
                    _(what[i]));
        if (i == IR_CARRY_TORN && r->torn != NULL)
            ir_buf_addf(&b, _(": %s"),
                        ir_pool_take(pool, ir_view_safe(v, r->torn)));
    }
    ir_buf_adds(&b, _(")"));
    flush_line(v, &b, out);
    ir_buf_done(&b);
}

void
ir_view_carry_out(const struct ir_view *v, const struct ir_carry_report *r,
                  struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_buf b = {0};
    const char *dir = ir_pool_take(&pool, ir_view_safe(v, r->dir));
    size_t there = r->entries_there + r->objects_there;
    size_t left = r->entries_left + r->objects_left;
    const char *e = entries(r->entries - r->entries_left, &pool);
    const char *o = objects(r->objects - r->objects_left, &pool);

    if (there == r->entries + r->objects)
        ir_buf_addf(&b, _("Nothing new to carry out: %s and %s are in %s"), e,
                    o, dir);
    else if (there > 0)
        ir_buf_addf(&b,
                    _("Carried out: %s, %s in %s (%zu of them were there "
                      "already)"),
                    e, o, dir, there);
    else
        ir_buf_addf(&b, _("Carried out: %s, %s in %s"), e, o, dir);
    flush_line(v, &b, out);
    if (left > 0) {
        ir_buf_addf(&b, _("Not carried out: %s, %s"),
                    entries(r->entries_left, &pool),
                    objects(r->objects_left, &pool));
        flush_line(v, &b, out);
    }
    say_files(v, r, &pool, out);
    if (left == 0) {
        ir_buf_addf(&b, _("On the other device:  %s"),
                    ir_pool_cmd(&pool, "ir carry in %s", dir));
        flush_line(v, &b, out);
    }
    ir_buf_done(&b);
    ir_pool_done(&pool);
}

/* "12 entries by sato, ito; 1 release; 3 objects" */
static void
say_new(const struct ir_view *v, const struct ir_carry_report *r,
        struct ir_pool *pool, struct ir_buf *out)
{
    struct ir_buf b = {0};
    size_t i;

    ir_buf_addf(&b, _("New here: %s"), entries(r->entries, pool));
    for (i = 0; i < r->who_n; i++)
        ir_buf_addf(&b, i == 0 ? _(" by %s") : _(", %s"), r->who[i]);
    if (r->releases == 1)
        ir_buf_adds(&b, _("; 1 release"));
    else if (r->releases > 1)
        ir_buf_addf(&b, _("; %zu releases"), r->releases);
    if (r->objects > 0)
        ir_buf_addf(&b, _("; %s"), objects(r->objects, pool));
    if (r->texts > 0)
        ir_buf_addf(&b, _("; %zu missing texts"), r->texts);
    flush_line(v, &b, out);
    ir_buf_done(&b);
}

/* "Refused: 3 (1 by a revoked key, ...)", or what is put off. */
static void
say_why(const struct ir_view *v, const struct ir_carry_report *r, bool later,
        struct ir_buf *out)
{
    struct ir_buf b = {0};
    size_t i, n = 0, some = 0;

    for (i = 0; i < IR_CARRY_WHY_END; i++)
        n += IR_CARRY_IS_LATER(i) == later ? r->why[i] : 0;
    if (n == 0)
        return;
    ir_buf_addf(&b,
                later ? _("Put off, to be carried in again: %zu (")
                      : _("Refused: %zu ("),
                n);
    for (i = 0; i < IR_CARRY_WHY_END; i++)
        if (r->why[i] > 0 && IR_CARRY_IS_LATER(i) == later)
            ir_buf_addf(&b, _("%s%zu %s"), some++ > 0 ? _(", ") : "", r->why[i],
                        ir_view_carry_why((enum ir_carry_why)i));
    ir_buf_adds(&b, _(")"));
    flush_line(v, &b, out);
    ir_buf_done(&b);
}

void
ir_view_carry_in(const struct ir_view *v, const struct ir_carry_report *r,
                 struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_buf b = {0};

    if (r->entries + r->objects + r->texts > 0) {
        say_new(v, r, &pool, out);
    } else if (r->had_objects > 0) {
        ir_buf_addf(&b, _("Nothing new here: %s and %s were here already"),
                    entries(r->had, &pool), objects(r->had_objects, &pool));
        flush_line(v, &b, out);
    } else {
        if (r->had > 0)
            ir_buf_addf(&b, _("Nothing new here: %s were here already"),
                        entries(r->had, &pool));
        else
            ir_buf_adds(&b, _("Nothing was taken in"));
        flush_line(v, &b, out);
    }
    say_why(v, r, false, out);
    say_why(v, r, true, out);
    if (r->objects_missing > 0) {
        ir_buf_addf(&b,
                    _("Still missing: %s of releases or steps; a device that "
                      "has them carries them out"),
                    objects(r->objects_missing, &pool));
        flush_line(v, &b, out);
    }
    say_files(v, r, &pool, out);
    if (r->entries > 0) {
        ir_buf_addf(&b, _("How it stands now:  %s"),
                    ir_pool_cmd(&pool, "ir status"));
        flush_line(v, &b, out);
    }
    ir_buf_done(&b);
    ir_pool_done(&pool);
}

static void
files_json(const struct ir_carry_report *r, struct ir_json *j)
{
    static const char *const name[IR_CARRY_FILE_END] = {
        "good", "torn", "unreadable", "junk", "huge", "odd"};
    struct ir_json *f = ir_json_set_take(j, "files", ir_json_new_obj());
    size_t i;

    for (i = 0; i < IR_CARRY_FILE_END; i++)
        ir_json_set_int(f, name[i], (int64_t)r->files[i]);
}

struct ir_json *
ir_view_carry_out_json(const struct ir_carry_report *r)
{
    struct ir_json *j = ir_json_new_obj();

    ir_json_set_str(j, "dir", r->dir);
    ir_json_set_int(j, "entries", (int64_t)r->entries);
    ir_json_set_int(j, "objects", (int64_t)r->objects);
    ir_json_set_int(j, "held", (int64_t)(r->entries_there + r->objects_there));
    ir_json_set_int(j, "written",
                    (int64_t)(r->entries + r->objects - r->entries_there -
                              r->objects_there - r->entries_left -
                              r->objects_left));
    ir_json_set_int(j, "left", (int64_t)(r->entries_left + r->objects_left));
    files_json(r, j);
    return j;
}

struct ir_json *
ir_view_carry_in_json(const struct ir_carry_report *r)
{
    struct ir_json *j = ir_json_new_obj(), *a;
    size_t i;
    int later;

    ir_json_set_str(j, "dir", r->dir);
    ir_json_set_int(j, "entries", (int64_t)r->entries);
    a = ir_json_set_take(j, "by", ir_json_new_arr());
    for (i = 0; i < r->who_n; i++)
        ir_json_add_str(a, r->who[i]);
    ir_json_set_int(j, "releases", (int64_t)r->releases);
    ir_json_set_int(j, "texts", (int64_t)r->texts);
    ir_json_set_int(j, "objects", (int64_t)r->objects);
    ir_json_set_int(j, "had", (int64_t)r->had);
    ir_json_set_int(j, "had_objects", (int64_t)r->had_objects);
    for (later = 0; later < 2; later++) {
        a = ir_json_set_take(j, later ? "later" : "refused", ir_json_new_obj());
        for (i = 0; i < IR_CARRY_WHY_END; i++)
            if (r->why[i] > 0 && IR_CARRY_IS_LATER(i) == (later == 1))
                ir_json_set_int(a, why_name[i], (int64_t)r->why[i]);
    }
    ir_json_set_int(j, "objects_missing", (int64_t)r->objects_missing);
    files_json(r, j);
    return j;
}
