/* cmd_carry_in.c: `ir carry in`: what lies on a stick, judged and kept. Files
 * are read in no order that means anything, so what needs a certificate or a
 * manifest that stands in a later one is read again.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/carry.h"
#include "cmd/commands.h"
#include "cmd/join.h"
#include "cmd/own.h"
#include "cmd/witness.h"
#include "store/ingest.h"
#include "store/medium.h"
#include "store/met.h"
#include "store/object_part.h"

#include <stdlib.h>
#include <string.h>

#define PASSES_MAX 12
#define WHO_MAX 8 /* named; more are counted */

_Static_assert(IR_ARRIVED_NO_CERT == 3 && IR_ARRIVED_REVOKED == 12 &&
                   IR_CARRY_REVOKED == IR_ARRIVED_REVOKED - IR_ARRIVED_NO_CERT,
               "reasons in the same order");

/* Somebody's hands may bring more at once than a network may. */
static const struct ir_quota_limits by_hand = {
    .all = {{1000000, 1000000}, {(uint64_t)4 << 30, (uint64_t)4 << 30}}};

/* What one file has given so far. */
struct file_state {
    uint8_t node[IR_NODE_BYTES];
    size_t why[IR_CARRY_WHY_END];
    size_t fresh, had, had_objects, later;
    size_t unwanted;       /* objects, not yet */
    size_t named, missing; /* by its `have`s; of them, not all here */
    size_t objects;        /* of those named, that are here */
    bool read;
};

struct in {
    struct ir_carry k;
    struct ir_ingest *g;
    struct file_state *state, *f; /* f: of the file that is being read */
    uint8_t who[WHO_MAX][IR_KEYID_BYTES];
    size_t who_n;
    struct ir_own_back back; /* of this home's own keys */
    size_t progress;         /* in this pass */
};

static void
note_author(struct in *in, const uint8_t *author)
{
    size_t i;

    for (i = 0; i < in->who_n; i++)
        if (memcmp(in->who[i], author, IR_KEYID_BYTES) == 0)
            return;
    if (in->who_n < WHO_MAX)
        memcpy(in->who[in->who_n++], author, IR_KEYID_BYTES);
}

static void
note_arrival(struct in *in, const struct ir_arrival *v, bool again)
{
    struct ir_carry_report *r = &in->k.r;

    if (v->what == IR_ARRIVED_NEW) {
        r->entries++;
        in->f->fresh++;
        r->releases += v->kind == IR_KIND_RELEASE ? 1 : 0;
        in->progress++;
        note_author(in, v->author);
        ir_own_back_add(&in->back, v->author, v->hlc);
    } else if (v->what == IR_ARRIVED_TEXT) {
        r->texts++;
        in->progress++;
    } else if (v->what == IR_ARRIVED_HAD) {
        in->f->had += again ? 0 : 1;
    } else {
        in->f->why[v->what - IR_ARRIVED_NO_CERT]++;
        in->f->later += IR_ARRIVED_IS_LATER(v->what) ? 1 : 0;
    }
}

static int
take_entries(struct in *in, struct ir_frame *m)
{
    static const uint8_t nobody[IR_NODE_BYTES];
    struct ir_arrival *v = ir_calloc(m->count, sizeof *v);
    size_t n = 0, i;
    int rc;

    while (n < m->count && ir_frame_entry(m, &v[n].p, &v[n].n))
        n++;
    rc = ir_ingest_batch(
        in->g,
        memcmp(in->f->node, nobody, sizeof nobody) != 0 ? in->f->node : NULL, v,
        n, &in->k.c->err);
    for (i = 0; i < n; i++)
        note_arrival(in, &v[i], in->f->read);
    free(v);
    return rc;
}

static int
take_object(struct in *in, const struct ir_frame *m)
{
    struct ir_ctx *c = in->k.c;
    bool whole = false;
    int rc = ir_object_part_put(c->st, m->digest, m->total, m->offset, m->p,
                                m->n, &whole, &c->err);

    in->k.r.objects += whole ? 1 : 0;
    in->progress += whole ? 1 : 0;
    if (rc == IR_EREFUSED) /* not wanted: here, or nothing here names it */
        in->f->unwanted++;
    if (rc == IR_EREFUSED || rc == IR_ELIMIT || rc == IR_EDAMAGED ||
        rc == IR_EBUSY) {
        memset(&c->err, 0, sizeof c->err);
        rc = IR_OK;
    }
    return rc;
}

/* What the file says it holds: is there anything that is not here? */
static void
look_at_have(struct in *in, const struct ir_frame *m)
{
    size_t i;

    for (i = 0; i < m->count; i++) {
        bool object = false;

        in->f->missing += ir_ingest_here(in->g, m->p + i * 32, &object) ? 0 : 1;
        in->f->objects += object ? 1 : 0;
    }
    in->f->named += m->count;
}

static int
take_frame(const uint8_t *p, size_t n, void *arg)
{
    struct ir_cbor c = {p, p + n};
    struct in *in = arg;
    struct ir_frame m;
    int rc = IR_OK;

    while (rc == IR_OK && ir_frame_next(&c, &m, NULL) == IR_OK) {
        if (m.type == IR_FRAME_BEACON) {
            memcpy(in->f->node, m.node, sizeof in->f->node);
        } else if (m.type == IR_FRAME_HAVE) {
            look_at_have(in, &m);
        } else if (in->f->named > 0 && in->f->missing == 0) {
            if (!in->f->read) {
                in->f->had += in->f->named - in->f->objects;
                in->f->had_objects += in->f->objects;
            }
            rc = IR_ENO; /* all of it is here: leave the rest unread */
        } else if (m.type == IR_FRAME_ENTRIES) {
            rc = take_entries(in, &m);
        } else if (m.type == IR_FRAME_OBJECT) {
            rc = take_object(in, &m);
        }
    }
    return rc;
}

/* Read every file that may still give something. */
static int
pass(struct in *in)
{
    struct ir_carry *k = &in->k;
    size_t i;
    int rc = IR_OK;

    in->progress = 0;
    for (i = 0; i < k->files_n && rc == IR_OK; i++) {
        in->f = &in->state[i];
        if (in->f->read && in->f->later == 0 && in->f->unwanted == 0)
            continue;
        memset(in->f->why, 0, sizeof in->f->why);
        in->f->later = in->f->unwanted = 0;
        in->f->named = in->f->missing = in->f->objects = 0;
        if (in->f->read && k->files[i].what == IR_DIR_TORN)
            k->files[i].what = IR_DIR_GOOD; /* judged again */
        rc = ir_dir_read(k->dir, &k->files[i], k->keys, k->keys_n,
                         ir_store_site(k->c->st), take_frame, in, &k->c->err);
        in->f->read = true;
    }
    return rc;
}

/* Remember from whom entries came, as far as the files say. */
static void
remember(struct in *in)
{
    static const uint8_t nobody[IR_NODE_BYTES];
    struct ir_ctx *c = in->k.c;
    struct ir_now now;
    size_t i;
    int rc;

    ir_medium_lax(c->st, true);
    rc = ir_store_begin(c->st, NULL);
    ir_clock_now(&now);
    for (i = 0; i < in->k.files_n && rc == IR_OK; i++) {
        const uint8_t *node = in->state[i].node;
        bool other = memcmp(node, nobody, sizeof nobody) != 0 &&
                     memcmp(node, in->k.self, sizeof in->k.self) != 0;

        if (other)
            rc = ir_store_met(c->st, node, "dir", now.wall_ms,
                              (int64_t)in->state[i].fresh, 0, NULL);
    }
    if (rc == IR_OK)
        (void)ir_store_commit(c->st, NULL);
    else
        ir_store_rollback(c->st);
    ir_medium_lax(c->st, false);
}

/* Add up what the files gave, and name the authors. */
static void
report(struct in *in, const char **who)
{
    const struct ir_trust *t = &in->k.c->trust;
    struct ir_carry_report *r = &in->k.r;
    int64_t wanted = 0;
    size_t i, j, m[WHO_MAX] = {0};

    for (i = 0; i < in->k.files_n; i++) {
        r->had += in->state[i].had;
        r->had_objects += in->state[i].had_objects;
        for (j = 0; j < IR_CARRY_WHY_END; j++)
            r->why[j] += in->state[i].why[j];
    }
    for (i = 0; i < in->who_n; i++) {
        const struct ir_cert_key *key = ir_trust_key(t, in->who[i]);

        for (j = 0; key != NULL && j < r->who_n && m[j] != key->member; j++)
            ;
        if (key == NULL || j < r->who_n)
            continue;
        m[r->who_n] = key->member;
        who[r->who_n++] = t->members[key->member].handle;
    }
    r->who = who;
    if (ir_object_wanted(in->k.c->st, &wanted, NULL) == IR_OK)
        r->objects_missing = (size_t)wanted;
    ir_carry_count_files(&in->k);
}

/* Could not one file be opened, though there are some? */
static bool
nothing_opened(const struct in *in)
{
    return in->k.r.files[IR_CARRY_FOREIGN] > 0 &&
           in->k.r.files[IR_CARRY_GOOD] + in->k.r.files[IR_CARRY_TORN] == 0;
}

/* Was this device given a key by what just came? Then what could not be opened
 * is tried again.
 */
static int
look_for_keys(struct in *in)
{
    struct ir_carry *k = &in->k;
    size_t i, before = k->keys_n;
    bool seal;
    int rc = ir_ctx_trust(k->c);

    if (rc != IR_OK)
        return rc;
    ir_epoch_keys_free(k->keys, k->keys_n);
    rc = ir_ctx_open_keys(k->c, &k->keys, &k->keys_n, &seal);
    for (i = 0; i < k->files_n && k->keys_n > before; i++)
        if (k->files[i].what == IR_DIR_FOREIGN) {
            k->files[i].what = IR_DIR_GOOD;
            memset(&in->state[i], 0, sizeof in->state[i]);
        }
    return rc;
}

static int
carry_in(struct in *in)
{
    struct ir_ctx *c = in->k.c;
    int i, rc = ir_ingest_new(c->st, "dir", &in->g, &c->err);

    if (rc != IR_OK)
        return rc;
    ir_ingest_limits(in->g, &by_hand);
    in->state = ir_calloc(in->k.files_n, sizeof *in->state);
    for (i = 0; i < PASSES_MAX && rc == IR_OK; i++) {
        rc = pass(in);
        if (in->progress == 0)
            break;
        if (rc == IR_OK)
            rc = look_for_keys(in);
    }
    ir_ingest_free(in->g);
    in->g = NULL;
    remember(in);
    return rc;
}

/* Let in whoever asks for it there, as `ir mesh admit` does. What goes wrong
 * with that is said, and the record is taken in all the same.
 */
static bool
admit(struct ir_ctx *c, const char *dir, struct ir_join_done *done)
{
    if (c->json)
        done->list = ir_json_new_arr();
    if (ir_join_answer_all(c, dir, done) != IR_OK)
        ir_cmd_complain(c);
    return done->let_in + done->again + done->there > 0;
}

static void
say(const char *text, const char *hint, void *arg)
{
    struct ir_ctx *c = arg;

    ir_term_para(&c->view.term, &c->out, 1, NULL, IR_STYLE_BOLD, text);
    ir_term_para(&c->view.term, &c->out, 3, NULL, IR_STYLE_NONE, hint);
}

/* Take in what lies in `dir`/ir, and say so. */
static int
carry_in_said(struct in *in, const char *dir, struct ir_json **j)
{
    const char *who[WHO_MAX];
    struct ir_ctx *c = in->k.c;
    int rc = carry_in(in);

    if (ir_ctx_trust(c) == IR_OK) {
        report(in, who);
        if (rc == IR_OK && in->k.r.entries > 0)
            ir_ctx_witness(c);
    }
    if (rc == IR_OK && nothing_opened(in))
        return ir_fail(&c->err, IR_EREFUSED,
                       _("nothing in %s can be opened here: it is of another "
                         "site, or under a key not given to this device"),
                       dir);
    if (rc == IR_OK || in->k.r.entries > 0) {
        if (c->json) {
            *j = ir_view_carry_in_json(&in->k.r);
            ir_json_set_int(*j, "own_from_elsewhere", in->back.n);
        } else {
            ir_view_carry_in(&c->view, &in->k.r, &c->out);
            ir_own_back_tell(c, &in->back, say, c);
            ir_own_revoked_say(c);
        }
    }
    return rc;
}

int
ir_cmd_carry_in(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_join_done done = {0};
    struct ir_json *j = NULL;
    struct in in = {.g = NULL};
    bool admitted = false;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_carry_words(c, n, "carry in");
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc != IR_OK)
        return rc;
    admitted = admit(c, argv[1], &done);
    rc = ir_carry_open(c, argv[1], false, &in.k);
    if (rc == IR_OK) {
        ir_own_back_begin(c, &in.back);
        rc = carry_in_said(&in, argv[1], &j);
    } else if (rc == IR_ENOTFOUND && admitted) { /* that is all there is */
        memset(&c->err, 0, sizeof c->err);
        rc = IR_OK;
    }
    if (c->json && rc == IR_OK && j == NULL)
        j = ir_json_new_obj();
    if (j != NULL)
        ir_json_set_take(j, "admitted", done.list);
    else
        ir_json_free(done.list);
    if (j != NULL)
        ir_cmd_json_take(c, j);
    ir_own_back_done(&in.back);
    free(in.state);
    ir_carry_done(&in.k);
    return rc;
}
