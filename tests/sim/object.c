/* object.c: objects that entries name: who made them, what nodes hold of them,
 * and how they ask for them. The rules are those of store/object_part.c; what
 * was put is there after a crash, also the beginning of something.
 */
#include "base/json.h"
#include "base/scan.h"
#include "sim.h"

#define OBJECT_MAX (8 << 20) /* bytes; Source: store/store.h */
#define PLANS 3              /* that a release names */

/* The number of an object, known from now on. */
static size_t
number(struct sim *w, const uint8_t digest[32])
{
    size_t i;

    for (i = 0; i < w->objects_n; i++)
        if (memcmp(w->objects[i].digest, digest, 32) == 0)
            return i;
    w->objects =
        ir_realloc(w->objects, (w->objects_n + 1) * sizeof *w->objects);
    memset(&w->objects[i], 0, sizeof w->objects[i]);
    memcpy(w->objects[i].digest, digest, 32);
    w->objects_n++;
    return i;
}

/* What the node has of object `i`. */
static struct sim_part *
part(struct sim_node *d, size_t i)
{
    if (i >= d->parts_n) {
        d->parts = ir_realloc(d->parts, (i + 1) * sizeof *d->parts);
        memset(d->parts + d->parts_n, 0,
               (i + 1 - d->parts_n) * sizeof *d->parts);
        d->parts_n = i + 1;
    }
    return &d->parts[i];
}

static void
want(struct sim_node *d, const uint8_t digest[32], bool manifest)
{
    struct sim_part *x = part(d, number(d->w, digest));

    x->wanted = x->wanted || !x->whole;
    x->manifest = x->manifest || manifest;
}

/* An entry is here: the object that it names is wanted. */
void
sim_object_of(struct sim_node *d, const struct ir_entry *e)
{
    int key = e->h.kind == IR_KIND_RELEASE ? 1
              : e->h.kind == IR_KIND_STEP  ? 9
                                           : 0;
    const uint8_t *p;
    size_t n;

    if (key != 0 && ir_body_bytes(e, key, &p, &n) && n == 32)
        want(d, p, key == 1);
}

/* A manifest is here: so is what it names. */
static void
want_named(struct sim_node *d, const struct sim_part *x)
{
    struct ir_json *m = NULL;
    const struct ir_json *list;
    uint8_t digest[32];
    size_t i;

    if (d->w->broken == SIM_BREAK_NAMED ||
        ir_json_parse((const char *)x->p, x->n, &m, NULL) != IR_OK)
        return;
    list = ir_json_get(m, "objects");
    for (i = 0; i < ir_json_len(list); i++)
        if (ir_scan_hex(ir_json_get_str(ir_json_at(list, i), "digest", ""),
                        digest, sizeof digest, NULL) == IR_OK)
            want(d, digest, false);
    ir_json_free(m);
}

/* Object made at node `d`, whole there. Takes `p`; returns its number. */
static size_t
make_take(struct sim_node *d, uint8_t *p, size_t n)
{
    uint8_t digest[32];
    struct sim_part *x;
    size_t i;

    ir_sha256(p, n, digest);
    i = number(d->w, digest);
    free(d->w->objects[i].p);
    d->w->objects[i].p = p;
    d->w->objects[i].n = n;
    x = part(d, i);
    x->whole = true;
    x->p = ir_realloc(x->p, n);
    memcpy(x->p, p, n);
    x->n = x->total = n;
    return i;
}

static size_t
make_random(struct sim_node *d, size_t n)
{
    uint8_t *p = ir_malloc(n);
    size_t i;

    for (i = 0; i < n; i++)
        p[i] = (uint8_t)sim_rand(d->w, 256);
    return make_take(d, p, n);
}

/* Say in an entry that there is such an object; its number. */
static int
announce(struct sim_node *d, int kind, const uint8_t digest[32])
{
    struct sim *w = d->w;
    int k;

    memcpy(w->named, digest, 32);
    k = sim_write(w, d, kind, 1);
    memset(w->named, 0, 32);
    return k;
}

/* A command has said something, and it was kept. */
void
sim_output(struct sim_node *d, size_t n)
{
    size_t i = make_random(d, n);

    d->w->objects[i].entry =
        (size_t)announce(d, IR_KIND_STEP, d->w->objects[i].digest) + 1;
}

/* Plans, the manifest that names them, the release that names it. */
void
sim_release(struct sim_node *d, size_t n)
{
    struct sim *w = d->w;
    struct ir_buf b = {0};
    char hex[65];
    size_t v[PLANS + 1], i, entry;

    ir_buf_adds(&b, "{\"objects\":[");
    for (i = 0; i < PLANS; i++) {
        v[i] = make_random(d, n + i);
        ir_hex(w->objects[v[i]].digest, 32, hex);
        ir_buf_addf(&b,
                    "%s{\"type\":\"plan\",\"name\":\"p%zu\",\"digest\":\"%s\"}",
                    i > 0 ? "," : "", i, hex);
    }
    ir_buf_adds(&b, "]}");
    i = b.len;
    v[PLANS] = make_take(d, (uint8_t *)ir_buf_take(&b), i);
    entry =
        (size_t)announce(d, IR_KIND_RELEASE, w->objects[v[PLANS]].digest) + 1;
    for (i = 0; i <= PLANS; i++)
        w->objects[v[i]].entry = entry;
}

/* Say that there is something which nobody has. */
void
sim_announce_nothing(struct sim_node *d)
{
    uint8_t digest[32];
    size_t i;

    for (i = 0; i < sizeof digest; i++)
        digest[i] = (uint8_t)sim_rand(d->w, 256);
    (void)announce(d, sim_rand(d->w, 4) == 0 ? IR_KIND_RELEASE : IR_KIND_STEP,
                   digest);
}

/* A liar has all there is, and it is not what it should be. */
static int
lie(struct sim_node *d, uint64_t off, size_t max, uint64_t *total,
    struct ir_buf *out)
{
    size_t i, n = 1 + (size_t)sim_rand(d->w, max);

    if (sim_rand(d->w, 4) == 0)
        return IR_ENOTFOUND; /* the rest from somebody else */
    *total = off + n + (sim_rand(d->w, 2) == 0 ? sim_rand(d->w, 90000) : 0);
    for (i = 0; i < n; i++)
        ir_buf_addc(out, (uint8_t)sim_rand(d->w, 256));
    return IR_OK;
}

int
sim_object_get(void *arg, const uint8_t digest[32], uint64_t off, size_t max,
               uint64_t *total, struct ir_buf *out)
{
    struct sim_node *d = arg;
    size_t i;

    d->asked++;
    if (d->liar)
        return lie(d, off, max, total, out);
    for (i = 0; i < d->parts_n; i++) {
        const struct sim_part *x = &d->parts[i];

        if (!x->whole || memcmp(d->w->objects[i].digest, digest, 32) != 0)
            continue;
        if (off >= x->n)
            return IR_ENOTFOUND;
        *total = x->n;
        ir_buf_add(out, x->p + off, max < x->n - off ? max : x->n - off);
        return IR_OK;
    }
    return IR_ENOTFOUND;
}

int
sim_object_put(void *arg, const uint8_t digest[32], uint64_t total,
               uint64_t off, const void *p, size_t n)
{
    struct sim_node *d = arg;
    struct sim_part *x = part(d, number(d->w, digest));
    uint8_t is[32];

    if (!x->wanted || total == 0 || total > OBJECT_MAX || n == 0 || n > total ||
        off > total - n)
        return IR_EREFUSED;
    if (x->n > 0 && x->total != total) /* somebody is wrong */
        x->n = 0;
    if (off > x->n || off + n <= x->n)
        return IR_OK;
    d->pieces++;
    d->resumed += d->fresh && x->n > 0;
    d->fresh = false;
    p = (const uint8_t *)p + (x->n - off);
    n -= x->n - (size_t)off;
    x->p = ir_realloc(x->p, x->n + n);
    memcpy(x->p + x->n, p, n);
    x->n += n;
    x->total = (size_t)total;
    if (x->n < total)
        return IR_OK;
    ir_sha256(x->p, x->n, is);
    if (memcmp(is, digest, 32) != 0 && d->w->broken != SIM_BREAK_DIGEST) {
        x->n = 0;
        d->damaged++;
        return IR_EDAMAGED;
    }
    x->wanted = false;
    x->whole = true;
    if (x->manifest)
        want_named(d, x);
    return IR_OK;
}

/* By digest, round and round, as the store's rows are. */
int
sim_object_next(void *arg, uint8_t digest[32], uint64_t *off)
{
    struct sim_node *d = arg;
    size_t i, best[2] = {SIZE_MAX, SIZE_MAX}; /* after it; of all */

    for (i = 0; i < d->parts_n; i++) {
        const uint8_t *p = d->w->objects[i].digest;
        int after = memcmp(p, digest, 32) > 0 ? 0 : 1, k;

        for (k = after; k < 2 && d->parts[i].wanted; k++)
            if (best[k] == SIZE_MAX ||
                memcmp(p, d->w->objects[best[k]].digest, 32) < 0)
                best[k] = i;
    }
    i = best[0] != SIZE_MAX ? best[0] : best[1];
    if (i == SIZE_MAX)
        return IR_ENOTFOUND;
    memcpy(digest, d->w->objects[i].digest, 32);
    *off = d->parts[i].n;
    return IR_OK;
}

void
sim_parts_done(struct sim_node *d)
{
    size_t i;

    for (i = 0; i < d->parts_n; i++)
        free(d->parts[i].p);
    free(d->parts);
}

/* Has the node all that the entries it offers name, where somebody made it? */
bool
sim_objects_here(struct sim_node *d)
{
    struct sim *w = d->w;
    size_t i;

    for (i = 0; i < w->objects_n; i++) {
        const struct sim_object *o = &w->objects[i];

        if (o->p == NULL || o->entry == 0 || !sim_offers(d, o->entry - 1) ||
            (i < d->parts_n && d->parts[i].whole))
            continue;
        snprintf(w->said, sizeof w->said,
                 "node %d has %zu of %zu bytes of object %zu", d->no,
                 i < d->parts_n ? d->parts[i].n : 0, o->n, i);
        return false;
    }
    return true;
}

/* Is what it calls whole what it is called? */
bool
sim_objects_true(struct sim_node *d)
{
    struct sim *w = d->w;
    uint8_t is[32];
    size_t i;

    for (i = 0; i < d->parts_n; i++) {
        if (!d->parts[i].whole)
            continue;
        ir_sha256(d->parts[i].p, d->parts[i].n, is);
        if (memcmp(is, w->objects[i].digest, 32) == 0)
            continue;
        snprintf(w->said, sizeof w->said,
                 "node %d holds an object that is not what its digest says",
                 d->no);
        return false;
    }
    return true;
}
