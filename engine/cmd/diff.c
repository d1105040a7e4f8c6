/* diff.c: see diff.h. */
#include "cmd/diff.h"

#include "base/i18n.h"
#include "cmd/commands.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

/* The manifest row of (type, name), or NULL. */
static const struct ir_json *
row_of(const struct ir_json *manifest, const char *type, const char *name)
{
    const struct ir_json *list = ir_json_get(manifest, "objects");
    size_t i;

    for (i = 0; i < ir_json_len(list); i++) {
        const struct ir_json *o = ir_json_at(list, i);

        if (strcmp(ir_json_get_str(o, "type", ""), type) == 0 &&
            strcmp(ir_json_get_str(o, "name", ""), name) == 0)
            return o;
    }
    return NULL;
}

/* The steps of a plan, or the people, roles, channels ... of the contacts;
 * NULL: the object is no list of such. */
static const struct ir_json *
rows_of(const char *type, const struct ir_json *object)
{
    if (strcmp(type, "plan") == 0)
        return ir_json_get(object, "steps");
    return strcmp(type, "contacts") == 0 ? object : NULL;
}

static const struct ir_json *
by_id(const struct ir_json *rows, const char *id)
{
    size_t i;

    for (i = 0; i < ir_json_len(rows); i++)
        if (strcmp(ir_json_get_str(ir_json_at(rows, i), "id", ""), id) == 0)
            return ir_json_at(rows, i);
    return NULL;
}

static void
row_line(struct ir_ctx *c, char mark, const struct ir_json *row,
         struct ir_buf *out)
{
    const char *title = ir_json_text_of(row, "title");
    const char *name = ir_json_text_of(row, "name");
    char *safe = ir_view_safe(&c->view, name != NULL    ? name
                                        : title != NULL ? title
                                                        : "");

    ir_buf_addf(out, "    %c %s  %s\n", mark, ir_json_get_str(row, "id", "?"),
                safe);
    free(safe);
}

struct fields {
    const struct ir_json *other;
    struct ir_buf names;
};

/* Remember the names of members that are not the same in both. */
static bool
compare_field(const char *key, struct ir_json *v, void *arg)
{
    struct fields *f = arg;
    struct ir_json *o = ir_json_get(f->other, key);
    char *a = ir_json_canonical(v, NULL);
    char *b = o != NULL ? ir_json_canonical(o, NULL) : NULL;

    if (b == NULL || strcmp(a, b) != 0)
        ir_buf_addf(&f->names, "%s%s", f->names.len > 0 ? ", " : "", key);
    free(a);
    free(b);
    return true;
}

static bool
missing_field(const char *key, struct ir_json *v, void *arg)
{
    struct fields *f = arg;

    (void)v;
    if (ir_json_get(f->other, key) == NULL)
        ir_buf_addf(&f->names, "%s%s", f->names.len > 0 ? ", " : "", key);
    return true;
}

/* Names of the members that differ, "" when none. */
static char *
differing(const struct ir_json *a, const struct ir_json *b)
{
    struct fields f = {b, {0}};

    ir_json_each(a, compare_field, &f);
    f.other = a;
    ir_json_each(b, missing_field, &f);
    return ir_buf_take(&f.names);
}

/* A value as a reader knows it: a sentence in their language, else JSON. */
static char *
reading(struct ir_ctx *c, const struct ir_json *obj, const char *key)
{
    const struct ir_json *v = ir_json_get(obj, key);
    const char *text = ir_json_text_of(obj, key);
    char *json, *safe;

    if (v == NULL)
        return ir_strdup("-");
    if (text != NULL)
        return ir_view_safe(&c->view, text);
    json = ir_json_canonical(v, NULL);
    safe = ir_view_safe(&c->view, json);
    free(json);
    return safe;
}

struct show {
    struct ir_ctx *c;
    const struct ir_json *was, *now;
    struct ir_buf *out;
};

static void
show_field(struct show *s, const char *key)
{
    char *a, *b;
    const struct ir_json *va = ir_json_get(s->was, key);
    const struct ir_json *vb = ir_json_get(s->now, key);
    char *ja = va != NULL ? ir_json_canonical(va, NULL) : NULL;
    char *jb = vb != NULL ? ir_json_canonical(vb, NULL) : NULL;

    if ((s->was == NULL || s->now == NULL) && strcmp(key, "id") == 0) {
        /* it stands in the line above */
    } else if (s->was == NULL || s->now == NULL) {
        a = reading(s->c, s->was != NULL ? s->was : s->now, key);
        ir_buf_addf(s->out, "        %s  %s\n", key, a);
        free(a);
    } else if (ja == NULL || jb == NULL || strcmp(ja, jb) != 0) {
        a = reading(s->c, s->was, key);
        b = reading(s->c, s->now, key);
        if (strcmp(a, b) == 0 && ja != NULL && jb != NULL) {
            free(a); /* the other language changed: show both */
            free(b);
            a = ir_view_safe(&s->c->view, ja);
            b = ir_view_safe(&s->c->view, jb);
        }
        ir_buf_addf(s->out, "        %s\n          - %s\n          + %s\n", key,
                    a, b);
        free(a);
        free(b);
    }
    free(ja);
    free(jb);
}

static bool
show_new(const char *key, struct ir_json *v, void *arg)
{
    (void)v;
    show_field(arg, key);
    return true;
}

static bool
show_gone(const char *key, struct ir_json *v, void *arg)
{
    struct show *s = arg;

    (void)v;
    if (ir_json_get(s->now, key) == NULL)
        show_field(s, key);
    return true;
}

/* Every member that differs: how it read, how it reads. */
static void
show_fields(struct ir_ctx *c, const struct ir_json *was,
            const struct ir_json *now, struct ir_buf *out)
{
    struct show s = {c, was, now, out};

    ir_json_each(now, show_new, &s);
    ir_json_each(was, show_gone, &s);
}

/* Rows that came, went or changed; `whole`: of those that came and went, too,
 * what stands in them. */
static void
diff_rows(struct ir_ctx *c, const struct ir_json *a, const struct ir_json *b,
          bool whole, struct ir_buf *out)
{
    size_t i;

    for (i = 0; i < ir_json_len(a); i++) {
        const struct ir_json *was = ir_json_at(a, i);

        if (by_id(b, ir_json_get_str(was, "id", "")) == NULL)
            row_line(c, '-', was, out);
    }
    for (i = 0; i < ir_json_len(b); i++) {
        const struct ir_json *now = ir_json_at(b, i);
        const struct ir_json *was = by_id(a, ir_json_get_str(now, "id", ""));
        char *what = was != NULL ? differing(was, now) : NULL;

        if (was == NULL || *what != '\0')
            row_line(c, was == NULL ? '+' : '~', now, out);
        if (was == NULL ? whole : *what != '\0')
            show_fields(c, was, now, out);
        free(what);
    }
}

/* What a plugin may do, and each line that is not as it was: who approves it
 * reads this. */
static void
diff_plugin(struct ir_ctx *c, const struct ir_json *a, const struct ir_json *b,
            struct ir_buf *out)
{
    struct show s = {c, a, b, out};

    show_field(&s, "needs");
    show_field(&s, "config");
    ir_diff_lines(c, ir_json_get_str(a, "source", ""),
                  ir_json_get_str(b, "source", ""), out);
}

/* An object that was not there: what a new plugin asks for, too. */
static void
new_object(struct ir_ctx *c, const struct ir_diff_side *to, const char *type,
           const char *name, struct ir_buf *out)
{
    const struct ir_json *needs = NULL, *j;
    size_t i;

    ir_buf_addf(out, "  + %s %s", type, name);
    if (strcmp(type, "plugin") == 0) {
        j = to->object(type, name, to->arg);
        needs = ir_json_get(j, "needs");
        ir_buf_adds(out, "  (needs:");
        for (i = 0; i < ir_json_len(needs); i++)
            ir_buf_addf(out, " %s", ir_json_str(ir_json_at(needs, i)));
        ir_buf_adds(out, ")\n");
        ir_diff_lines(c, "", ir_json_get_str(j, "source", ""), out);
    } else {
        ir_buf_adds(out, "\n");
    }
}

static void
diff_object(struct ir_ctx *c, const struct ir_diff_side *from,
            const struct ir_diff_side *to, const char *type, const char *name,
            struct ir_buf *out)
{
    const struct ir_json *a = from->object(type, name, from->arg);
    const struct ir_json *b = to->object(type, name, to->arg);
    char *what;

    ir_buf_addf(out, "  ~ %s %s", type, name);
    if (a == NULL || b == NULL) {
        ir_buf_adds(out, "\n");
        return;
    }
    what = differing(a, b);
    ir_buf_addf(out, what[0] != '\0' ? "  (%s)\n" : "%s\n", what);
    free(what);
    if (rows_of(type, a) != NULL)
        diff_rows(c, rows_of(type, a), rows_of(type, b),
                  strcmp(type, "plan") != 0, out);
    else if (strcmp(type, "plugin") == 0)
        diff_plugin(c, a, b, out);
    else
        show_fields(c, a, b, out);
}

size_t
ir_diff(struct ir_ctx *c, const struct ir_diff_side *from,
        const struct ir_diff_side *to, const char *prefix, struct ir_buf *out)
{
    const struct ir_json *la = ir_json_get(from->manifest, "objects");
    const struct ir_json *lb = ir_json_get(to->manifest, "objects");
    size_t i, n = 0;

    for (i = 0; i < ir_json_len(la); i++) {
        const struct ir_json *o = ir_json_at(la, i);
        const char *type = ir_json_get_str(o, "type", "");
        const char *name = ir_json_get_str(o, "name", "");

        if (strncmp(name, prefix, strlen(prefix)) == 0 &&
            row_of(to->manifest, type, name) == NULL) {
            ir_buf_addf(out, "  - %s %s\n", type, name);
            n++;
        }
    }
    for (i = 0; i < ir_json_len(lb); i++) {
        const struct ir_json *o = ir_json_at(lb, i), *was;
        const char *type = ir_json_get_str(o, "type", "");
        const char *name = ir_json_get_str(o, "name", "");

        if (strncmp(name, prefix, strlen(prefix)) != 0)
            continue;
        was = row_of(from->manifest, type, name);
        if (was == NULL) {
            new_object(c, to, type, name, out);
            n++;
        } else if (strcmp(ir_json_get_str(was, "digest", ""),
                          ir_json_get_str(o, "digest", "")) != 0) {
            diff_object(c, from, to, type, name, out);
            n++;
        }
    }
    return n;
}

/* One member that differs, as it was and as it is now. */
struct member {
    const struct ir_json *other;
    struct ir_json *list;
    bool now; /* walking the new side */
};

static bool
add_member(const char *key, struct ir_json *v, void *arg)
{
    struct member *m = arg;
    struct ir_json *other = ir_json_get(m->other, key), *o;
    char *a = ir_json_canonical(v, NULL);
    char *b = other != NULL ? ir_json_canonical(other, NULL) : NULL;

    /* what both have is told from the new side */
    if (m->now ? b == NULL || strcmp(a, b) != 0 : b == NULL) {
        o = ir_json_add_take(m->list, ir_json_new_obj());
        ir_json_set_str(o, "field", key);
        ir_json_set_str(o, "was", m->now ? b : a);
        ir_json_set_str(o, "now", m->now ? a : b);
    }
    free(a);
    free(b);
    return true;
}

/* The members in which two objects differ; values are JSON text. */
static struct ir_json *
members_json(const struct ir_json *was, const struct ir_json *now)
{
    struct member m = {was, ir_json_new_arr(), true};

    ir_json_each(now, add_member, &m);
    m.other = now;
    m.now = false;
    ir_json_each(was, add_member, &m);
    return m.list;
}

static void
add_row(struct ir_json *list, const char *change, const struct ir_json *row,
        const struct ir_json *was)
{
    struct ir_json *o = ir_json_add_take(list, ir_json_new_obj());

    ir_json_set_str(o, "id", ir_json_get_str(row, "id", ""));
    ir_json_set_str(o, "change", change);
    if (was != NULL)
        ir_json_set_take(o, "fields", members_json(was, row));
}

static struct ir_json *
rows_json(const struct ir_json *a, const struct ir_json *b)
{
    struct ir_json *list = ir_json_new_arr();
    size_t i;

    for (i = 0; i < ir_json_len(a); i++)
        if (by_id(b, ir_json_get_str(ir_json_at(a, i), "id", "")) == NULL)
            add_row(list, "removed", ir_json_at(a, i), NULL);
    for (i = 0; i < ir_json_len(b); i++) {
        const struct ir_json *now = ir_json_at(b, i);
        const struct ir_json *was = by_id(a, ir_json_get_str(now, "id", ""));
        char *what = was != NULL ? differing(was, now) : NULL;

        if (was == NULL || *what != '\0')
            add_row(list, was == NULL ? "added" : "changed", now, was);
        free(what);
    }
    return list;
}

static struct ir_json *
add_object(struct ir_json *list, const struct ir_json *row, const char *change)
{
    struct ir_json *o = ir_json_add_take(list, ir_json_new_obj());

    ir_json_set_str(o, "type", ir_json_get_str(row, "type", ""));
    ir_json_set_str(o, "name", ir_json_get_str(row, "name", ""));
    ir_json_set_str(o, "change", change);
    return o;
}

static struct ir_json *
diff_json(const struct ir_diff_side *from, const struct ir_diff_side *to,
          const char *prefix)
{
    const struct ir_json *la = ir_json_get(from->manifest, "objects");
    const struct ir_json *lb = ir_json_get(to->manifest, "objects");
    struct ir_json *list = ir_json_new_arr();
    size_t i;

    for (i = 0; i < ir_json_len(la) + ir_json_len(lb); i++) {
        bool old = i < ir_json_len(la);
        const struct ir_json *o =
            old ? ir_json_at(la, i) : ir_json_at(lb, i - ir_json_len(la));
        const char *type = ir_json_get_str(o, "type", "");
        const char *name = ir_json_get_str(o, "name", "");
        const struct ir_json *other =
            row_of(old ? to->manifest : from->manifest, type, name);
        struct ir_json *j;

        if (strncmp(name, prefix, strlen(prefix)) != 0)
            continue;
        if (other == NULL) {
            add_object(list, o, old ? "removed" : "added");
        } else if (!old && strcmp(ir_json_get_str(other, "digest", ""),
                                  ir_json_get_str(o, "digest", "")) != 0) {
            const struct ir_json *a = from->object(type, name, from->arg);
            const struct ir_json *b = to->object(type, name, to->arg);

            j = add_object(list, o, "changed");
            ir_json_set_take(j, "fields", members_json(a, b));
            if (rows_of(type, a) != NULL)
                ir_json_set_take(j,
                                 strcmp(type, "plan") == 0 ? "steps" : "rows",
                                 rows_json(rows_of(type, a), rows_of(type, b)));
        }
    }
    return list;
}

void
ir_diff_print(struct ir_ctx *c, const struct ir_diff_side *from,
              const struct ir_diff_side *to, const char *prefix)
{
    if (c->json)
        ir_cmd_json_take(c, diff_json(from, to, prefix));
    else if (ir_diff(c, from, to, prefix, &c->out) == 0)
        ir_buf_adds(&c->out, _("No difference.\n"));
}

static const struct ir_json *
stored_object(const char *type, const char *name, void *arg)
{
    struct ir_diff_stored *s = arg;
    const struct ir_json *j = NULL;

    return ir_library_json(&s->c->lib, s->manifest, type, name, &j, NULL) ==
                   IR_OK
               ? j
               : NULL;
}

void
ir_diff_stored_side(struct ir_diff_stored *s, struct ir_diff_side *side)
{
    side->manifest = ir_library_manifest(&s->c->lib, s->manifest, NULL);
    side->object = stored_object;
    side->arg = s;
}
