/* cmd_contacts_import.c: `ir contacts import`: people out of an address book
 * into the site. */
#include "base/i18n.h"
#include "base/index.h"
#include "base/path.h"
#include "cmd/commands.h"
#include "cmd/contacts.h"
#include "core/roster.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IMPORTED "site/runbooks/" IR_CONTACTS_IMPORTED
#define IMPORTED_MAX (8 * 1024 * 1024) /* bytes: as large as it may be */
#define SHOWN_MAX 200                  /* changes, line by line */
#define FIRST_LINE "-- People taken out of an address book"

/* One import. */
struct import {
    struct ir_ctx *c;
    const char *path;
    char *dir; /* site/runbooks */
    int home;  /* directory */
    struct ir_intake in;
    struct ir_roster roster;
    struct ir_buf old; /* the file of imports as it was */
    bool was_there;
    bool written, used; /* contacts.lua takes it in */
};

/* The file of imports as it stands, and who is in it. */
static int
read_imported(struct import *m, struct ir_json **ids)
{
    struct ir_ctx *c = m->c;
    int rc = ir_path_read(m->home, IMPORTED, IMPORTED_MAX, &m->old, &c->err);

    m->was_there = rc == IR_OK;
    if (rc == IR_ENOTFOUND) {
        c->err = (struct ir_err){0};
        rc = IR_OK;
    }
    if (rc == IR_OK && m->was_there &&
        strncmp(ir_buf_str(&m->old), FIRST_LINE, sizeof FIRST_LINE - 1) != 0)
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("%s was not written by ir contacts import: move it "
                       "away"),
                     IMPORTED);
    if (rc == IR_OK)
        *ids = ir_roster_ids(ir_buf_str(&m->old), m->old.len);
    return rc;
}

/* The people of the site as it is being edited. */
static int
compile(struct import *m, struct ir_compiled *comp, struct ir_json **all)
{
    struct ir_ctx *c = m->c;
    int rc = ir_worker_compile(m->dir, NULL, comp, &c->err);

    if (rc != IR_OK)
        return rc;
    *all = ir_contacts_of(comp);
    if (ir_json_get(*all, "people") != NULL)
        return IR_OK;
    ir_fail(&c->err, IR_ENO, _("contacts.lua has errors: mend them first"));
    ir_err_hint(&c->err, "ir contacts lint");
    return IR_ENO;
}

static int
join(struct import *m)
{
    struct ir_compiled comp = {0};
    struct ir_json *all = NULL, *ids = NULL;
    int rc = read_imported(m, &ids);

    if (rc == IR_OK)
        rc = compile(m, &comp, &all);
    if (rc == IR_OK)
        ir_roster_join(&m->in, ir_json_get(all, "people"), ids, &m->roster);
    ir_json_free(all);
    ir_json_free(ids);
    ir_compiled_done(&comp);
    return rc;
}

static size_t
count(const struct ir_roster *r, enum ir_roster_what what)
{
    size_t i, n = 0;

    for (i = 0; i < r->n; i++)
        n += r->change[i].what == what ? 1 : 0;
    return n;
}

/* Put back what was there. */
static void
undo(struct import *m)
{
    if (m->was_there)
        (void)ir_path_write(m->home, IMPORTED, m->old.p, m->old.len, 0600, true,
                            NULL);
    else
        (void)unlinkat(m->home, IMPORTED, 0);
}

/* After writing: does the site still compile, and does it take the file in? */
static int
look_again(struct import *m)
{
    struct ir_ctx *c = m->c;
    struct ir_compiled comp = {0};
    struct ir_json *all = NULL;
    const struct ir_json *people;
    const char *id = ir_json_get_str(ir_json_at(m->roster.rows, 0), "id", NULL);
    size_t i;
    int rc = compile(m, &comp, &all);

    people = ir_json_get(all, "people");
    for (i = 0; rc == IR_OK && id != NULL && i < ir_json_len(people); i++)
        m->used |=
            strcmp(ir_json_get_str(ir_json_at(people, i), "id", ""), id) == 0;
    if (rc == IR_ENO) {
        undo(m);
        for (i = 0; i < comp.findings_n; i++)
            if (comp.findings[i].error)
                ir_buf_addf(&c->talk, "%s:%d: %s: %s\n", comp.findings[i].file,
                            comp.findings[i].line, comp.findings[i].field,
                            comp.findings[i].message);
        rc = ir_fail(&c->err, IR_ENO,
                     _("with these people contacts.lua has errors: nothing was "
                       "changed"));
    }
    ir_json_free(all);
    ir_compiled_done(&comp);
    return rc;
}

static int
write_it(struct import *m)
{
    struct ir_ctx *c = m->c;
    struct ir_buf b = {0};
    int rc;

    ir_roster_file(m->roster.rows, &b);
    rc = ir_path_mkdir(m->home, "site/runbooks/lib", &c->err);
    if (rc == IR_OK && (!m->was_there || b.len != m->old.len ||
                        memcmp(b.p, m->old.p, b.len) != 0))
        rc = ir_path_write(m->home, IMPORTED, b.p, b.len, 0600, true, &c->err);
    if (rc == IR_OK)
        rc = look_again(m);
    m->written = rc == IR_OK;
    ir_buf_done(&b);
    return rc;
}

static void
put_line(struct import *m, struct ir_buf *to, const char *before,
         const char *id, const char *text, const char *after)
{
    char *safe = ir_view_safe(&m->c->view, text);

    ir_buf_addf(to, "%s %s: %s%s\n", before, id, safe, after);
    free(safe);
}

/* What changes, line by line. */
static void
print_changes(struct import *m, struct ir_buf *to)
{
    const struct ir_roster *r = &m->roster;
    size_t i, shown = 0, more = 0;

    for (i = 0; i < r->n; i++) {
        const struct ir_roster_change *x = &r->change[i];
        const char *after = x->unverified ? _(" (verified goes)") : "";

        if (x->what == IR_ROSTER_SAME ||
            (x->what == IR_ROSTER_OWN && x->detail[0] == '\0'))
            continue;
        if (shown++ >= SHOWN_MAX)
            more++;
        else if (x->what == IR_ROSTER_NEW)
            put_line(m, to, "+", x->id, x->detail, after);
        else if (x->what == IR_ROSTER_CHANGED)
            put_line(m, to, "~", x->id, x->detail, after);
        else
            put_line(m, to, "!", x->id, x->detail,
                     _(" (written by hand in contacts.lua: not changed)"));
    }
    if (more > 0)
        ir_buf_addf(to, _("and %zu more (all of them: --json)\n"), more);
    ir_buf_addf(to,
                _("%zu new, %zu changed, %zu as they were, %zu of former "
                  "imports kept\n"),
                count(r, IR_ROSTER_NEW), count(r, IR_ROSTER_CHANGED),
                count(r, IR_ROSTER_SAME) + count(r, IR_ROSTER_OWN), r->kept);
}

static void
print_notes(struct import *m, struct ir_buf *to)
{
    const struct ir_intake *in = &m->in;
    size_t i;

    for (i = 0; i < in->notes_n; i++) {
        const struct ir_intake_note *n = &in->note[i];
        char *who = ir_view_safe(&m->c->view, n->who);
        char *what = ir_view_safe(&m->c->view, n->what);

        ir_buf_addf(to,
                    n->left_out ? _("line %d: left out: %s%s%s\n")
                                : _("line %d: %s%s%s\n"),
                    n->line, who, who[0] != '\0' ? ": " : "", what);
        free(who);
        free(what);
    }
    if (in->notes_more > 0)
        ir_buf_addf(to, _("and %zu lines more of this kind\n"), in->notes_more);
}

/* Rows to be pasted: of those who are new or changed. */
static void
print_rows(struct import *m)
{
    const struct ir_roster *r = &m->roster;
    struct ir_index change = {0};
    size_t i;

    for (i = 0; i < r->n; i++)
        if (r->change[i].what == IR_ROSTER_NEW ||
            r->change[i].what == IR_ROSTER_CHANGED)
            (void)ir_index_put(&change, r->change[i].id, i);
    for (i = 0; i < ir_json_len(r->rows); i++) {
        const struct ir_json *row = ir_json_at(r->rows, i);
        size_t at;

        if (ir_index_get(&change, ir_json_get_str(row, "id", ""), &at))
            ir_roster_lua(row, &m->c->out);
    }
    ir_index_done(&change);
}

static void
print_json(struct import *m)
{
    static const char *const words[] = {"new", "changed", "same", "own"};
    struct ir_json *j = ir_json_new_obj(), *list, *o;
    size_t i;

    ir_json_set_str(j, "charset", m->in.charset);
    list = ir_json_set_take(j, "changes", ir_json_new_arr());
    for (i = 0; i < m->roster.n; i++) {
        const struct ir_roster_change *x = &m->roster.change[i];

        o = ir_json_add_take(list, ir_json_new_obj());
        ir_json_set_str(o, "id", x->id);
        ir_json_set_str(o, "change", words[x->what]);
        ir_json_set_str(o, "detail", x->detail);
        ir_json_set_bool(o, "unverified", x->unverified);
    }
    list = ir_json_set_take(j, "notes", ir_json_new_arr());
    for (i = 0; i < m->in.notes_n; i++) {
        o = ir_json_add_take(list, ir_json_new_obj());
        ir_json_set_int(o, "line", m->in.note[i].line);
        ir_json_set_str(o, "who", m->in.note[i].who);
        ir_json_set_str(o, "what", m->in.note[i].what);
        ir_json_set_bool(o, "left_out", m->in.note[i].left_out);
    }
    ir_json_set_int(j, "kept", (int64_t)m->roster.kept);
    ir_json_set_bool(j, "written", m->written);
    ir_json_set_bool(j, "used", m->used);
    ir_json_set_take(j, "people", m->roster.rows);
    m->roster.rows = NULL;
    ir_cmd_json_take(m->c, j);
}

static void
print_end(struct import *m, bool write)
{
    struct ir_ctx *c = m->c;

    if (!write && ir_json_len(m->roster.rows) == 0)
        return;
    if (!write) {
        ir_buf_addf(&c->talk,
                    _("Nothing was changed. Put these rows into contacts.lua, "
                      "or let ir write them:\n  ir contacts import %s "
                      "--write\n"),
                    m->path);
        return;
    }
    ir_buf_addf(&c->out, _("Written: %s/%s\n"), c->home, IMPORTED);
    if (!m->used)
        ir_buf_adds(&c->out,
                    _("contacts.lua does not take it in yet. Write there:\n"
                      "  people = require(\"lib.imported\").with { ... },\n"));
    ir_buf_adds(&c->out,
                _("Look at it: ir contacts lint. It holds from the next "
                  "release: ir release make\n"));
}

static void
done(struct import *m)
{
    ir_intake_done(&m->in);
    ir_roster_done(&m->roster);
    ir_buf_done(&m->old);
    free(m->dir);
    if (m->home >= 0)
        close(m->home);
}

int
ir_cmd_contacts_import(struct ir_ctx *c, int argc, char **argv)
{
    bool write = false;
    const struct ir_opt opts[] = {{"write", 0, NULL, &write, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct import m = {.c = c, .home = -1};
    struct ir_buf b = {0};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "contacts import", &c->err);
    if (rc == IR_OK)
        rc = ir_store_home_check(c->home, &c->err);
    if (rc == IR_OK)
        rc = ir_path_read_named(argv[1], IR_INTAKE_BYTES_MAX, &b, &c->err);
    if (rc == IR_OK)
        rc = ir_intake_read(b.p != NULL ? b.p : (const uint8_t *)"", b.len,
                            &m.in, &c->err);
    ir_buf_done(&b);
    if (rc != IR_OK)
        return rc;
    m.path = argv[1];
    m.dir = ir_contacts_site(c);
    m.home = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (m.home < 0)
        rc = ir_fail(&c->err, IR_EIO, "%s: %s", c->home, strerror(errno));
    if (rc == IR_OK)
        rc = join(&m);
    if (rc == IR_OK && write && m.in.n > 0)
        rc = write_it(&m);
    if (rc == IR_OK && c->json) {
        print_json(&m);
    } else if (rc == IR_OK) {
        if (!write)
            print_rows(&m);
        print_notes(&m, &c->talk);
        print_changes(&m, write ? &c->out : &c->talk);
        if (m.in.n > 0)
            print_end(&m, write);
    }
    if (rc == IR_OK && m.in.n == 0)
        rc = ir_fail(&c->err, IR_ENO, _("%s: nobody in it can be taken"),
                     argv[1]);
    done(&m);
    return rc;
}
