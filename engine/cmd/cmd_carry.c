/* cmd_carry.c: `ir carry out` and `ir carry in`: the record by hand, on a
 * stick.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/carry.h"
#include "cmd/carry_known.h"
#include "cmd/commands.h"
#include "store/medium.h"
#include "store/met.h"
#include "store/offer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define OLDER_MAX 16    /* earlier carrier keys under which lane T is written */
#define REFUSED_MAX 256 /* of what others refuse, written */

_Static_assert(IR_DIR_END == (int)IR_CARRY_FILE_END, "files of both");

int
ir_carry_open(struct ir_ctx *c, const char *path, bool make, struct ir_carry *k)
{
    bool seal;
    int rc;

    memset(k, 0, sizeof *k);
    k->c = c;
    k->r.dir = path;
    rc = ir_grants_self(c, k->self);
    if (rc == IR_OK)
        rc = make ? ir_ctx_epoch_keys(c, &k->keys, &k->keys_n)
                  : ir_ctx_open_keys(c, &k->keys, &k->keys_n, &seal);
    if (rc == IR_OK && make)
        k->newest = ir_epoch_newest(k->keys, k->keys_n, 0);
    if (rc == IR_OK && (make ? k->newest == NULL : k->keys_n == 0)) {
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("this device has not been given the site's carrier "
                       "key"));
        ir_err_hint(&c->err, _("an administrator gives it: ir mesh invite"));
    }
    if (rc == IR_OK)
        rc = ir_dir_open(path, make, &k->dir, &c->err);
    if (rc == IR_OK)
        rc = ir_dir_list(k->dir, &k->files, &k->files_n, &c->err);
    return rc;
}

void
ir_carry_done(struct ir_carry *k)
{
    ir_dir_close(k->dir);
    free(k->files);
    ir_epoch_keys_free(k->keys, k->keys_n);
}

void
ir_carry_count_files(struct ir_carry *k)
{
    size_t i;

    memset(k->r.files, 0, sizeof k->r.files);
    k->r.torn = NULL;
    for (i = 0; i < k->files_n; i++) {
        k->r.files[k->files[i].what]++;
        if (k->files[i].what == IR_DIR_TORN && k->r.torn == NULL)
            k->r.torn = k->files[i].name;
    }
}

/* What is to be carried out. */
struct item {
    uint64_t hlc;
    int lane;
    uint8_t id[IR_ID_BYTES];
};

struct out {
    struct ir_carry k;
    struct ir_ids_set *there; /* by key: in whole files that open under it */
    size_t at;                /* of the keys, the one to write with */
    struct ir_ids_set found;  /* in the file that is being read */
    struct item *v;
    size_t n, cap;
    uint8_t (*objects)[IR_HASH_BYTES];
    size_t objects_n, objects_cap;
    size_t refused_n; /* of `v`, that others refuse */
    struct ir_stand *stand;
    struct ir_dir_file file;
    size_t file_entries, file_objects; /* in it, not written yet */
    size_t file_first;                 /* its first entry, of `v` */
    size_t wrote_entries, wrote_objects;
};

static int
note_have(const uint8_t *p, size_t n, void *arg)
{
    struct ir_cbor c = {p, p + n};
    struct out *o = arg;
    struct ir_frame f;
    size_t i;

    while (ir_frame_next(&c, &f, NULL) == IR_OK)
        for (i = 0; f.type == IR_FRAME_HAVE && i < f.count; i++)
            (void)ir_ids_set_put(&o->found, f.p + i * 32, 0);
    return IR_OK;
}

/* Read one file under whichever key opens it. It is read to its end: what only
 * its beginning promises is not there.
 */
static int
look_at(struct out *o, struct ir_dir_entry *e)
{
    struct ir_carry *k = &o->k;
    size_t i, j;
    int rc = IR_OK;

    if (ir_carry_known(k, e, &o->found, &i)) {
        for (j = 0; j < o->found.n; j++)
            (void)ir_ids_set_put(&o->there[i], o->found.v[j], 0);
        return IR_OK;
    }
    for (i = k->keys_n; e->what == IR_DIR_GOOD && i > 0 && rc == IR_OK; i--) {
        if (k->keys[i - 1].audience != 0)
            continue;
        ir_ids_set_done(&o->found);
        rc = ir_dir_read(k->dir, e, &k->keys[i - 1], 1, ir_store_site(k->c->st),
                         note_have, o, &k->c->err);
        for (j = 0; j < o->found.n && e->what == IR_DIR_GOOD; j++)
            (void)ir_ids_set_put(&o->there[i - 1], o->found.v[j], 0);
        if (rc == IR_OK && e->what == IR_DIR_GOOD)
            ir_carry_learnt(k, e, &k->keys[i - 1],
                            (const uint8_t(*)[32])o->found.v, o->found.n);
        if (e->what != IR_DIR_FOREIGN || i == 1)
            break;
        e->what = IR_DIR_GOOD; /* another key may open it */
    }
    return rc;
}

/* Learn what is on the medium. */
static int
look_there(struct out *o)
{
    struct ir_carry *k = &o->k;
    size_t i;
    int rc = IR_OK;

    o->there = ir_calloc(k->keys_n, sizeof *o->there);
    for (i = 0; i < k->files_n && rc == IR_OK; i++)
        rc = look_at(o, &k->files[i]);
    ir_carry_count_files(k);
    return rc;
}

static bool
note_entry(const uint8_t id[IR_ID_BYTES], uint64_t hlc, int lane, void *arg)
{
    struct out *o = arg;

    o->k.r.entries++;
    if (ir_ids_set_get(&o->there[o->at], id) >= 0) {
        o->k.r.entries_there++;
        return true;
    }
    if (o->n == o->cap) {
        o->cap = o->cap > 0 ? o->cap * 2 : 256;
        o->v = ir_realloc(o->v, o->cap * sizeof *o->v);
    }
    o->v[o->n].hlc = hlc;
    o->v[o->n].lane = lane;
    memcpy(o->v[o->n++].id, id, IR_ID_BYTES);
    return true;
}

static bool
note_object(const uint8_t digest[IR_HASH_BYTES], size_t n, void *arg)
{
    struct out *o = arg;

    (void)n;
    o->k.r.objects++;
    if (ir_ids_set_get(&o->there[o->at], digest) >= 0) {
        o->k.r.objects_there++;
        return true;
    }
    if (o->objects_n == o->objects_cap) {
        o->objects_cap = o->objects_cap > 0 ? o->objects_cap * 2 : 64;
        o->objects =
            ir_realloc(o->objects, o->objects_cap * sizeof o->objects[0]);
    }
    memcpy(o->objects[o->objects_n++], digest, IR_HASH_BYTES);
    return true;
}

/* Lane T first and from its beginning; then alerts; of the rest the newest
 * first, for a medium that has little room. */
static int
by_need(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    if (x->lane != y->lane)
        return x->lane < y->lane ? -1 : 1;
    if (x->hlc != y->hlc)
        return (x->hlc < y->hlc) == (x->lane == IR_LANE_T) ? -1 : 1;
    return memcmp(x->id, y->id, IR_ID_BYTES);
}

static int
write_file(struct out *o)
{
    const uint8_t(*ids)[32] = (const uint8_t(*)[32])o->file.ids.p;
    size_t n = o->file.ids.len / 32;
    struct ir_dir_entry e;
    int rc = ir_dir_file_write(o->k.dir, &o->file, &e, &o->k.c->err);

    if (rc == IR_OK && e.name[0] != '\0')
        ir_carry_learnt(&o->k, &e, o->file.key, ids, n);
    if (rc == IR_OK) {
        o->wrote_entries += o->file_entries;
        o->wrote_objects += o->file_objects;
        o->file_entries = o->file_objects = 0;
    }
    return rc;
}

/* Put entries from number `from` on into files; the last one stays open. */
static int
add_entries(struct out *o, size_t from)
{
    struct ir_ctx *c = o->k.c;
    struct ir_buf b = {0};
    size_t i;
    int rc = IR_OK;

    o->file_first = from;
    for (i = from; i < o->n && rc == IR_OK; i++) {
        b.len = 0;
        rc = ir_offer_get(c->st, o->stand, o->v[i].id, &b, &c->err);
        if (rc == IR_EDAMAGED) { /* ir verify names it */
            rc = IR_OK;
            continue;
        }
        if (rc != IR_OK)
            break;
        ir_dir_file_entry(&o->file, o->v[i].id, b.p, b.len);
        o->file_entries++;
        if (ir_dir_file_len(&o->file) >= IR_DIR_FILE_GOAL) {
            rc = write_file(o);
            o->file_first = i + 1;
        }
    }
    ir_buf_done(&b);
    return rc;
}

/* The file that was to be written last did not fit. Where it held entries and
 * objects, what happened may fit without what is large.
 */
static void
write_less(struct out *o)
{
    struct ir_err keep = o->k.c->err;

    if (o->file_entries == 0 || o->file_objects == 0)
        return;
    ir_dir_file_done(&o->file);
    ir_dir_file_init(&o->file, o->k.newest, ir_store_site(o->k.c->st),
                     o->k.self);
    o->file_entries = o->file_objects = 0;
    if (add_entries(o, o->file_first) == IR_OK)
        (void)write_file(o);
    o->k.c->err = keep;
}

static int
write_all(struct out *o)
{
    struct ir_ctx *c = o->k.c;
    struct ir_buf b = {0};
    size_t i;
    int rc = add_entries(o, 0);

    for (i = 0; i < o->objects_n && rc == IR_OK; i++) {
        b.len = 0;
        rc = ir_store_object_get(c->st, o->objects[i], &b, &c->err);
        if (rc == IR_EDAMAGED) {
            rc = IR_OK;
            continue;
        }
        if (rc != IR_OK)
            break;
        ir_dir_file_object(&o->file, o->objects[i], b.p, b.len);
        o->file_objects++;
        if (ir_dir_file_len(&o->file) >= IR_DIR_FILE_GOAL)
            rc = write_file(o);
    }
    ir_buf_done(&b);
    if (rc == IR_OK)
        rc = write_file(o);
    if (rc == IR_EIO)
        write_less(o);
    return rc;
}

/* Remember that entries left by this way. What was carried is carried, also
 * where this cannot be written down.
 */
static void
remember(struct ir_ctx *c, size_t gave)
{
    struct ir_now now;

    ir_clock_now(&now);
    if (gave == 0 || ir_store_begin(c->st, NULL) != IR_OK)
        return;
    if (ir_store_met(c->st, NULL, "dir", now.wall_ms, 0, (int64_t)gave, NULL) ==
        IR_OK)
        (void)ir_store_commit(c->st, NULL);
    else
        ir_store_rollback(c->st);
}

/* The medium took no more, or is gone: say which, and that what it took counts.
 */
static void
tell_full(struct ir_ctx *c, const char *dir, bool some)
{
    const char *last = strrchr(c->err.msg, ':'); /* not which file of ours */
    char *why =
        ir_strdup(last != NULL ? last + 1 + strspn(last + 1, " ") : c->err.msg);

    ir_fail(&c->err, IR_EIO,
            some ? _("not all of it could be written to %s (%s)")
                 : _("nothing could be written to %s (%s)"),
            dir, why);
    ir_err_hint(&c->err,
                some ? _("what was written counts: make room there, or use "
                         "another one, and carry out once more")
                     : _("make room there, or use another one that can be "
                         "written to, and carry out once more"));
    free(why);
}

/* Lane T once more under an earlier key, for devices that were not there when
 * it changed: the grant of the new key lies in lane T.
 */
static bool
note_trust(const uint8_t id[IR_ID_BYTES], uint64_t hlc, int lane, void *arg)
{
    struct out *o = arg;
    struct ir_carry_report keep = o->k.r;

    if (lane == IR_LANE_T)
        (void)note_entry(id, hlc, lane, arg);
    o->k.r = keep; /* it is counted once, under the newest key */
    return true;
}

static int
trust_under_older(struct out *o)
{
    struct ir_carry *k = &o->k;
    size_t i, n = 0, wrote = o->wrote_entries;
    int rc = IR_OK;

    o->objects_n = 0;
    for (i = k->keys_n; i > 0 && n < OLDER_MAX && rc == IR_OK; i--) {
        const struct ir_epoch_key *key = &k->keys[i - 1];

        if (key->audience != 0 || key->epoch >= k->newest->epoch)
            continue;
        n++;
        o->at = i - 1;
        o->n = 0;
        rc = ir_offer_each(k->c->st, o->stand, true, note_trust, o, &k->c->err);
        if (o->n > 1)
            qsort(o->v, o->n, sizeof *o->v, by_need);
        ir_dir_file_init(&o->file, key, ir_store_site(k->c->st), k->self);
        if (rc == IR_OK)
            rc = write_all(o);
        ir_dir_file_done(&o->file);
    }
    o->wrote_entries = wrote;
    return rc;
}

/* What a revoked key signed and is not accepted: others refuse it, and know by
 * it that what refers to it lacks nothing.
 */
static bool
note_refused(const uint8_t id[IR_ID_BYTES], uint64_t hlc, int lane, void *arg)
{
    struct out *o = arg;

    if (lane == IR_LANE_T)
        return true;
    return note_entry(id, hlc, lane, arg) && ++o->refused_n < REFUSED_MAX;
}

static int
carry_out(struct out *o)
{
    struct ir_ctx *c = o->k.c;
    int rc;

    ir_medium_lax(c->st, true); /* no entry is recorded here */
    rc = look_there(o);
    o->at = (size_t)(o->k.newest - o->k.keys);
    if (rc == IR_OK)
        rc = ir_stand_new(c->st, &o->stand, &c->err);
    if (rc == IR_OK)
        rc = ir_offer_each(c->st, o->stand, true, note_entry, o, &c->err);
    if (rc == IR_OK && ir_stand_any_revoked(o->stand))
        rc = ir_offer_each(c->st, o->stand, false, note_refused, o, &c->err);
    if (rc == IR_OK)
        rc = ir_store_object_each(c->st, note_object, o, &c->err);
    if (rc != IR_OK)
        return rc;
    if (o->n > 1)
        qsort(o->v, o->n, sizeof *o->v, by_need);
    ir_dir_file_init(&o->file, o->k.newest, ir_store_site(c->st), o->k.self);
    rc = write_all(o);
    ir_dir_file_done(&o->file);
    o->k.r.entries_left =
        o->k.r.entries - o->k.r.entries_there - o->wrote_entries;
    o->k.r.objects_left =
        o->k.r.objects - o->k.r.objects_there - o->wrote_objects;
    if (rc == IR_OK)
        rc = trust_under_older(o);
    if (rc == IR_EIO)
        tell_full(c, o->k.r.dir, o->wrote_entries + o->wrote_objects > 0);
    remember(c, o->wrote_entries);
    return rc;
}

/* A stick that is not mounted any more leaves its directory behind. */
static void
tell_same_disk(struct ir_ctx *c, const char *dir)
{
    struct stat home, there;

    if (!c->json && stat(c->home, &home) == 0 && stat(dir, &there) == 0 &&
        home.st_dev == there.st_dev)
        ir_buf_addf(&c->talk,
                    _(" %s lies on the same disk as the home. If it should be "
                      "a stick, it is not mounted:  lsblk\n"),
                    dir);
}

int
ir_cmd_carry_out(struct ir_ctx *c, int argc, char **argv)
{
    struct out o = {.n = 0};
    size_t i;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_carry_words(c, n, "carry out");
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc != IR_OK)
        return rc;
    rc = ir_carry_open(c, argv[1], true, &o.k);
    if (rc == IR_OK) {
        rc = carry_out(&o);
        if (o.wrote_entries + o.wrote_objects > 0)
            tell_same_disk(c, argv[1]);
        if (rc == IR_OK || o.wrote_entries + o.wrote_objects > 0) {
            if (c->json)
                ir_cmd_json_take(c, ir_view_carry_out_json(&o.k.r));
            else
                ir_view_carry_out(&c->view, &o.k.r, &c->out);
        }
    }
    ir_stand_free(o.stand);
    for (i = 0; o.there != NULL && i < o.k.keys_n; i++)
        ir_ids_set_done(&o.there[i]);
    free(o.there);
    ir_ids_set_done(&o.found);
    free(o.v);
    free(o.objects);
    ir_carry_done(&o.k);
    return rc;
}
