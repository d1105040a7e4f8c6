/* cmd_log.c: `ir log`, `show`, `timeline`, `export-entry`: reading the record.
 */
#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"
#include "base/sshsig.h"
#include "base/time.h"
#include "cmd/case.h"
#include "cmd/commands.h"
#include "cmd/signed.h"
#include "core/order.h"
#include "view/entry.h"
#include "view/timeline.h"
#include "view/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Ids whose text is withheld: named by a redact that counts. */
struct withheld {
    struct ir_ctx *c;
    const struct ir_incident *inc; /* the one in use: its names are known */
    uint8_t (*ids)[IR_ID_BYTES];
    size_t n;
};

static int
note_withheld(const struct ir_entry *e, void *arg)
{
    struct withheld *w = arg;
    size_t i;

    if (e->h.kind != IR_KIND_REDACT ||
        ir_trust_admits(&w->c->trust, e, NULL) != IR_OK)
        return 0;
    w->ids = ir_realloc(w->ids, (w->n + e->h.refs_n) * sizeof w->ids[0]);
    for (i = 0; i < e->h.refs_n; i++)
        memcpy(w->ids[w->n++], e->h.refs[i], IR_ID_BYTES);
    return 0;
}

/* The entry as others may have it: a stub where its text is withheld. */
static struct ir_entry
for_others(const struct withheld *w, const struct ir_entry *e)
{
    const struct ir_kind *kind = ir_kind_get(e->h.kind);
    struct ir_entry out = *e;
    size_t i;

    for (i = 0; i < w->n && (kind == NULL || !kind->state_bearing); i++)
        if (memcmp(w->ids[i], e->id, IR_ID_BYTES) == 0) {
            out.b = NULL;
            out.b_len = 0;
        }
    return out;
}

static int
print_cbor(const struct ir_entry *e, void *arg)
{
    const struct withheld *w = arg;
    struct ir_ctx *c = w->c;
    struct ir_entry out = for_others(w, e);

    ir_entry_encode(&out, &c->out);
    if (c->out.len > 65536)
        ir_ctx_flush(c);
    return ferror(stdout);
}

static int
print_line(const struct ir_entry *e, void *arg)
{
    const struct withheld *w = arg;
    const struct ir_incident *inc = w->inc;
    struct ir_ctx *c = w->c;
    struct ir_entry out = for_others(w, e);

    if (inc != NULL &&
        (!e->h.has_incident ||
         memcmp(e->h.incident, inc->id, sizeof inc->id) != 0) &&
        memcmp(e->id, inc->declare, sizeof inc->declare) != 0)
        inc = NULL;
    if (c->json)
        ir_cmd_json_take(c, ir_view_log_json(&c->view, &out, inc));
    else
        ir_view_log_line(&c->view, &out, inc, &c->out);
    if (c->out.len > 65536)
        ir_ctx_flush(c);
    return ferror(stdout);
}

int
ir_cmd_log(struct ir_ctx *c, int argc, char **argv)
{
    bool cbor = false;
    const struct ir_opt opts[] = {{"cbor", 0, NULL, &cbor, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct withheld w = {.c = c};
    struct ir_case k = {0};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "log", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK && cbor && isatty(STDOUT_FILENO))
        rc = ir_fail(&c->err, IR_EUSAGE,
                     _("this is binary: send it to a file or a program"));
    if (rc == IR_OK)
        rc = ir_store_each(c->st, note_withheld, &w, &c->err);
    if (rc == IR_OK && !cbor) { /* best effort: the log is read without it */
        struct ir_err keep = c->err;

        ir_ctx_me_soft(c);
        if (ir_case_current(c, 0, &k) == IR_OK)
            w.inc = k.inc;
        c->err = keep;
    }
    if (rc == IR_OK)
        rc = ir_store_each(c->st, cbor ? print_cbor : print_line, &w, &c->err);
    free(w.ids);
    ir_case_done(&k);
    return rc;
}

/* Show the entry `id`, with what refers to it. */
static int
show_entry(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES], bool hex)
{
    struct ir_log log = {0};
    struct ir_case k = {0};
    const struct ir_entry **about = NULL;
    struct ir_show s = {0};
    const struct ir_cert_key *key;
    uint8_t declare[IR_ID_BYTES];
    char name[2 * IR_INCIDENT_BYTES + 1];
    size_t i, j;
    int rc = ir_store_load_id(c->st, id, &log, &c->err);

    if (rc != IR_OK)
        return rc;
    s.e = &log.e[0];
    if (s.e->h.has_incident || s.e->h.kind == IR_KIND_INCIDENT) {
        struct ir_err keep = c->err;

        memset(declare, 0, sizeof declare);
        memcpy(declare, s.e->h.has_incident ? s.e->h.incident : id,
               IR_INCIDENT_BYTES);
        ir_hex(declare, IR_INCIDENT_BYTES, name);
        if (ir_case_find(c, name, declare) != IR_OK ||
            ir_case_load(c, declare, 0, &k) != IR_OK)
            c->err = keep;
    }
    about = ir_calloc(k.n + 1, sizeof(void *));
    for (i = 0; i < k.n; i++)
        for (j = 0; j < k.e[i]->h.refs_n; j++)
            if (memcmp(k.e[i]->h.refs[j], id, IR_ID_BYTES) == 0)
                about[s.about_n++] = k.e[i];
    s.about = about;
    s.inc = k.inc;
    s.hex = hex;
    key = ir_trust_key(&c->trust, s.e->h.author);
    s.sig_checked = key != NULL;
    s.sig_good =
        key != NULL && ir_entry_verify(s.e, ir_store_site(c->st), key->pub);
    if (c->json)
        ir_cmd_json_take(c, ir_view_show_json(&c->view, &s));
    else
        ir_view_show(&c->view, &s, &c->out);
    free(about);
    ir_log_done(&log);
    ir_case_done(&k);
    return IR_OK;
}

static int
show_step(struct ir_ctx *c, const char *name)
{
    struct ir_case k = {0};
    struct ir_walk w = {0};
    size_t i = 0;
    int rc = ir_case_current(c, 0, &k);

    if (rc == IR_OK)
        rc = ir_incident_step(k.inc, name, &i, &c->err);
    if (rc == IR_OK) {
        w.inc = k.inc;
        w.focus = (int)i;
        ir_case_record(c, &k, &w.record);
        if (c->json)
            ir_cmd_json_take(c, ir_view_step_json(&c->view, k.inc, i, true));
        else
            ir_view_step(&c->view, &w, i, &c->out);
    }
    ir_case_done(&k);
    return rc;
}

/* Could `s` be the beginning of an id? */
static bool
looks_hex(const char *s)
{
    size_t n = strlen(s);

    return n >= 4 && n <= 64 && strspn(s, "0123456789abcdefABCDEF") == n;
}

int
ir_cmd_show(struct ir_ctx *c, int argc, char **argv)
{
    bool hex = false;
    const struct ir_opt opts[] = {{"hex", 0, NULL, &hex, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    uint8_t id[IR_ID_BYTES];
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "show", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc != IR_OK)
        return rc;
    ir_ctx_me_soft(c);
    if (looks_hex(argv[1])) {
        rc = ir_cmd_entry_id(c, argv[1], id);
        if (rc == IR_OK)
            return show_entry(c, id, hex);
        if (rc != IR_ENOTFOUND)
            return rc;
        memset(&c->err, 0, sizeof c->err);
    }
    return show_step(c, argv[1]);
}

/* Does `e` answer an alert of this incident? Answers bear no incident. */
static bool
answers(const struct ir_case *k, const struct ir_entry *e)
{
    size_t i;

    for (i = 0; e->h.kind == IR_KIND_ACK && e->h.refs_n > 0 && i < k->n; i++)
        if (k->e[i]->h.kind == IR_KIND_ALERT &&
            k->e[i]->h.status == e->h.status &&
            memcmp(k->e[i]->id, e->h.refs[0], IR_ID_BYTES) == 0)
            return true;
    return false;
}

/* The incident's entries and the answers to its alerts, in fold order.
 *
 * Owns:   the caller frees with free(); they borrow from `k` and `flash`.
 */
static const struct ir_entry **
with_answers(struct ir_ctx *c, const struct ir_case *k, struct ir_log *flash,
             size_t *n)
{
    const struct ir_entry **e;
    bool any = false;
    size_t i;

    for (i = 0; i < k->n; i++)
        any = any || k->e[i]->h.kind == IR_KIND_ALERT;
    if (any && ir_store_load_flash(c->st, flash, &c->err) == IR_OK)
        c->unsigned_n +=
            ir_signed_only(&c->trust, ir_store_site(c->st), true, flash);
    e = ir_calloc(k->n + flash->n + 1, sizeof e[0]);
    *n = 0;
    for (i = 0; i < k->n; i++)
        e[(*n)++] = k->e[i];
    for (i = 0; i < flash->n; i++)
        if (answers(k, &flash->e[i]))
            e[(*n)++] = &flash->e[i];
    ir_order_sort(e, *n);
    return e;
}

int
ir_cmd_timeline(struct ir_ctx *c, int argc, char **argv)
{
    bool all = false, ids = false;
    const struct ir_opt opts[] = {{"all", 0, NULL, &all, NULL, NULL},
                                  {"ids", 0, NULL, &ids, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_timeline tl = {0};
    struct ir_log flash = {0};
    const struct ir_entry **e;
    struct ir_case k = {0};
    size_t e_n = 0;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "timeline", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_signed(c);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc != IR_OK)
        return rc;
    ir_ctx_me_soft(c);
    if (n == 1)
        c->incident = argv[1];
    c->signed_all = true;
    rc = ir_case_current(c, 0, &k);
    c->signed_all = false;
    if (rc != IR_OK)
        return rc;
    ir_case_tell_left(c, &k);
    e = with_answers(c, &k, &flash, &e_n);
    ir_timeline_build(&c->view, e, e_n, k.inc, &tl);
    if (c->json)
        ir_cmd_json_take(c, ir_view_timeline_json(&c->view, &tl));
    else
        ir_view_timeline(&c->view, &tl, all, ids, &c->out);
    if (k.log.damaged_n > 0)
        ir_buf_addf(&c->talk,
                    _("%zu entries are damaged and not shown: ir verify\n"),
                    k.log.damaged_n);
    ir_ctx_left_out(c);
    ir_timeline_done(&tl);
    free(e);
    ir_log_done(&flash);
    ir_case_done(&k);
    return IR_OK;
}

static int
write_file(struct ir_ctx *c, int dirfd, const char *stem, const char *ext,
           const void *p, size_t n)
{
    char *name = ir_asprintf("%s%s", stem, ext);
    int rc = ir_path_write(dirfd, name, p, n, 0644, true, &c->err);

    if (rc == IR_OK && !c->json)
        ir_buf_addf(&c->out, "%s\n", name);
    free(name);
    return rc;
}

/* M, its signature, who may sign, and the entry itself, into `dirfd`. */
static int
export_files(struct ir_ctx *c, int dirfd, const struct ir_entry *e,
             const struct ir_cert_key *key)
{
    uint8_t m[IR_M_MAX];
    char stem[9];
    struct ir_buf sig = {0}, signers = {0}, wire = {0};
    const char *handle = c->trust.members[key->member].handle;
    int rc;

    ir_hex(e->id, 4, stem);
    ir_sshsig_armour(key->pub, e->sig, &sig);
    ir_buf_addf(&signers, "%s%s namespaces=\"" IR_SSHSIG_NAMESPACE "\" ",
                handle, key->node ? ".device" : "");
    ir_sshsig_pubkey(key->pub, &signers);
    ir_buf_addc(&signers, '\n');
    ir_entry_encode(e, &wire);
    rc = write_file(c, dirfd, stem, ".m", m,
                    ir_entry_m(e, ir_store_site(c->st), m));
    if (rc == IR_OK)
        rc = write_file(c, dirfd, stem, ".m.sig", sig.p, sig.len);
    if (rc == IR_OK)
        rc = write_file(c, dirfd, stem, ".allowed_signers", signers.p,
                        signers.len);
    if (rc == IR_OK)
        rc = write_file(c, dirfd, stem, ".cbor", wire.p, wire.len);
    if (rc == IR_OK && e->b != NULL)
        rc = write_file(c, dirfd, stem, ".body", e->b, e->b_len);
    if (rc == IR_OK && !c->json)
        ir_buf_addf(&c->out,
                    _("Check: ssh-keygen -Y verify -f %s.allowed_signers -I "
                      "%s%s -n %s -s %s.m.sig < %s.m\n"),
                    stem, handle, key->node ? ".device" : "",
                    IR_SSHSIG_NAMESPACE, stem, stem);
    ir_buf_done(&sig);
    ir_buf_done(&signers);
    ir_buf_done(&wire);
    return rc;
}

int
ir_cmd_export_entry(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_cert_key *key;
    struct withheld w = {.c = c};
    struct ir_log log = {0};
    struct ir_entry e;
    uint8_t id[IR_ID_BYTES];
    int n = 0, dirfd = -1, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 2, "export-entry", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = ir_cmd_entry_id(c, argv[1], id);
    if (rc == IR_OK)
        rc = ir_store_load_id(c->st, id, &log, &c->err);
    if (rc == IR_OK)
        rc = ir_store_each(c->st, note_withheld, &w, &c->err);
    if (rc != IR_OK)
        goto out;
    dirfd = open(n > 1 ? argv[2] : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dirfd < 0) {
        rc = ir_fail(&c->err, errno == ENOENT ? IR_ENOTFOUND : IR_EIO, "%s: %s",
                     n > 1 ? argv[2] : ".", strerror(errno));
        if (rc == IR_ENOTFOUND && n > 1)
            ir_err_hint(&c->err, _("make it first:  mkdir %s"), argv[2]);
        goto out;
    }
    key = ir_trust_key(&c->trust, log.e[0].h.author);
    if (key == NULL) {
        rc = ir_fail(&c->err, IR_ESIG, _("signed by a key nobody certified"));
        goto out;
    }
    e = for_others(&w, &log.e[0]);
    rc = export_files(c, dirfd, &e, key);
    if (rc == IR_OK && c->json) {
        struct ir_json *j = ir_json_new_obj();

        ir_json_set_hex(j, "id", id, IR_ID_BYTES);
        ir_cmd_json_take(c, j);
    }
out:
    if (dirfd >= 0)
        close(dirfd);
    ir_log_done(&log);
    free(w.ids);
    return rc;
}
