/* negentropy.c: see negentropy.h. */
#include "core/negentropy.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

#define VERSION 0x61
#define BUCKETS 16
#define LIST_BELOW (2 * BUCKETS) /* items: fewer are listed */
#define ASKED_BELOW 3            /* ids the asking side lists, with a limit */
#define PART 4                   /* items of a part of what could be listed */
#define PARTS_FROM (3 * PART)    /* items: fewer are not parted */
#define END UINT64_MAX           /* the hlc of the bound after everything */
#define BOUND_MAX (IR_VARINT_MAX + 1 + 32)
#define CLOSING_LEN (2 + 1 + IR_FP_BYTES) /* a fingerprint up to the end */
#define SKIP_MAX (BOUND_MAX + 1)

enum mode { SKIP = 0, FINGERPRINT = 1, LIST = 2 };

/* Where a range ends: before (hlc, id), the id's rest being zeros. */
struct bound {
    uint64_t hlc;
    uint8_t n;
    uint8_t id[32];
};

/* A message being written. */
struct out {
    struct ir_idset *set;
    const uint8_t *salt;
    size_t limit;
    bool asks; /* the side that began */
    size_t seen,
        unlike; /* fingerprints read, and how many of them were not ours */
    struct ir_buf b;
    uint64_t last; /* hlc of the last bound written */
    bool skip;     /* to be written: nothing to say up to `upto` */
    bool closed;   /* nothing may follow */
    struct bound upto;
};

/* A message being read. */
struct in {
    const uint8_t *p, *end, *begin;
    uint64_t last;
    struct bound bound; /* the end of the range at hand */
};

/* The ids of a list in order, and which of them we have too. */
struct theirs {
    const uint8_t *ids;
    uint32_t *order;
    bool *seen;
    size_t n;
};

size_t
ir_varint_put(uint64_t v, uint8_t *p)
{
    size_t n = 1, i;
    uint64_t rest;

    for (rest = v >> 7; rest > 0; rest >>= 7)
        n++;
    for (i = n; i > 0; i--) {
        p[i - 1] = (uint8_t)((v & 127) | (i < n ? 128 : 0));
        v >>= 7;
    }
    return n;
}

/* --- writing -------------------------------------------------------------- */

static void
put_varint(struct ir_buf *b, uint64_t v)
{
    uint8_t p[IR_VARINT_MAX];

    ir_buf_add(b, p, ir_varint_put(v, p));
}

static void
put_range(struct out *o, struct ir_buf *b, const struct bound *to,
          enum mode mode)
{
    put_varint(b, to->hlc == END ? 0 : 1 + (to->hlc - o->last));
    if (to->hlc != END)
        o->last = to->hlc;
    put_varint(b, to->n);
    ir_buf_add(b, to->id, to->n);
    put_varint(b, mode);
}

/* Is there room for `n` bytes, and the end of the message after them? */
static bool
fits(const struct out *o, size_t n)
{
    return o->limit == 0 || o->b.len + n + SKIP_MAX + CLOSING_LEN <= o->limit;
}

/* Write the skip that is due before anything else is said. */
static void
put_skip(struct out *o)
{
    if (o->skip)
        put_range(o, &o->b, &o->upto, SKIP);
    o->skip = false;
}

static void
put_fingerprint(struct out *o, struct ir_buf *b, const struct bound *to,
                size_t from, size_t end)
{
    uint8_t fp[IR_FP_BYTES];

    put_range(o, b, to, FINGERPRINT);
    ir_idset_fp_range(o->set, o->salt, from, end, fp);
    ir_buf_add(b, fp, sizeof fp);
}

/* End the message: everything from item `from` on is one fingerprint. */
static void
put_close(struct out *o, size_t from)
{
    static const struct bound end = {.hlc = END};

    put_skip(o);
    put_fingerprint(o, &o->b, &end, from, ir_idset_count(o->set));
    o->closed = true;
}

/* The shortest bound between items i-1 and i. */
static struct bound
between(const struct ir_idset *set, size_t i)
{
    struct bound b = {0};
    uint8_t low[32];
    uint64_t hlc;

    ir_idset_at(set, i - 1, &hlc, low);
    ir_idset_at(set, i, &b.hlc, b.id);
    if (hlc == b.hlc) {
        while (low[b.n] == b.id[b.n])
            b.n++;
        b.n++;
    }
    memset(b.id + b.n, 0, sizeof b.id - b.n);
    return b;
}

/* List our ids from..end up to `to`; what does not fit is closed. */
static void
put_list(struct out *o, size_t from, size_t end, const struct bound *to)
{
    size_t n = end - from, i;
    struct bound upto = *to;
    uint8_t id[32];
    uint64_t hlc;

    put_skip(o);
    if (!fits(o, BOUND_MAX + 1 + IR_VARINT_MAX + n * sizeof id)) {
        size_t fixed =
            o->b.len + SKIP_MAX + CLOSING_LEN + BOUND_MAX + 1 + IR_VARINT_MAX;

        n = o->limit > fixed ? (o->limit - fixed) / sizeof id : 0;
        if (n == 0) {
            put_close(o, from);
            return;
        }
        upto = between(o->set, from + n);
    }
    put_range(o, &o->b, &upto, LIST);
    put_varint(&o->b, n);
    for (i = from; i < from + n; i++) {
        ir_idset_at(o->set, i, &hlc, id);
        ir_buf_add(&o->b, id, sizeof id);
    }
    if (from + n < end)
        put_close(o, from + n);
}

/* Ask about a part too small to split. The other side makes no use of our ids,
 * so where bytes count a fingerprint will do: it lists its own, or splits.
 */
static void
put_question(struct out *o, size_t from, size_t end, const struct bound *to)
{
    if (o->limit == 0 || end - from < ASKED_BELOW) {
        put_list(o, from, end, to);
        return;
    }
    put_skip(o);
    if (fits(o, BOUND_MAX + 1 + IR_FP_BYTES))
        put_fingerprint(o, &o->b, to, from, end);
    else
        put_close(o, from);
}

/* The fingerprints of so many parts of what we have from..end up to `to`. */
static void
put_parts(struct out *o, size_t from, size_t end, const struct bound *to,
          size_t parts)
{
    size_t n = end - from, k;

    put_skip(o);
    for (k = 0; k < parts; k++) {
        size_t part = n / parts + (k < n % parts ? 1 : 0);
        struct bound upto = *to;

        if (k < parts - 1)
            upto = between(o->set, from + part);
        if (!fits(o, BOUND_MAX + 1 + IR_FP_BYTES)) {
            put_close(o, from);
            return;
        }
        put_fingerprint(o, &o->b, &upto, from, from + part);
        from += part;
    }
}

/* Do single ids seem to be missing here and there, so that it pays to find
 * out where before listing? Not if nearly everything read was unlike.
 */
static bool
sparse(const struct out *o, size_t n)
{
    return o->limit > 0 && n >= PARTS_FROM && o->unlike * 8 <= o->seen * 7;
}

/* Say what we have from..end up to `to`: a list, or fingerprints of parts. */
static void
put_split(struct out *o, size_t from, size_t end, const struct bound *to)
{
    size_t n = end - from;

    if (n >= LIST_BELOW)
        put_parts(o, from, end, to, BUCKETS);
    else if (o->asks)
        put_question(o, from, end, to);
    else if (sparse(o, n))
        put_parts(o, from, end, to, n / PART);
    else
        put_list(o, from, end, to);
}

/* --- reading -------------------------------------------------------------- */

static int
malformed(const struct in *in, struct ir_err *err)
{
    return ir_fail(err, IR_EPARSE,
                   _("reconciliation message malformed at byte %zu"),
                   (size_t)(in->p - in->begin));
}

/* A number in its shortest form, below 2^64. */
static bool
get_varint(struct in *in, uint64_t *v)
{
    const uint8_t *first = in->p;

    *v = 0;
    while (in->p < in->end) {
        uint8_t digit = *in->p++;

        if (*v >> 57 != 0 || (in->p == first + 1 && digit == 128))
            return false;
        *v = *v << 7 | (digit & 127);
        if (digit < 128)
            return true;
    }
    return false;
}

static bool
get_bytes(struct in *in, size_t n, const uint8_t **p)
{
    if ((size_t)(in->end - in->p) < n)
        return false;
    *p = in->p;
    in->p += n;
    return true;
}

/* The next bound; not below the one before, and nothing after the end. */
static bool
get_bound(struct in *in)
{
    struct bound b = {.hlc = END};
    const uint8_t *id;
    uint64_t v, n;

    if (in->bound.hlc == END || !get_varint(in, &v) || !get_varint(in, &n) ||
        n > sizeof b.id || !get_bytes(in, (size_t)n, &id))
        return false;
    memcpy(b.id, id, (size_t)n);
    b.n = (uint8_t)n;
    if (v == 0) {
        in->bound = b;
        return n == 0;
    }
    if (v - 1 >= END - in->last)
        return false;
    b.hlc = in->last + (v - 1);
    if (b.hlc == in->bound.hlc && memcmp(b.id, in->bound.id, sizeof b.id) < 0)
        return false;
    in->last = b.hlc;
    in->bound = b;
    return true;
}

/* Check and open a message. */
static int
open_message(struct in *in, size_t limit, const void *p, size_t n,
             struct ir_err *err)
{
    memset(in, 0, sizeof *in);
    if (limit > 0 && limit < IR_NEG_LIMIT_MIN)
        return ir_fail(err, IR_ELIMIT,
                       _("no room to reconcile in %zu bytes, %d at least"),
                       limit, IR_NEG_LIMIT_MIN);
    if (limit > 0 && n > IR_NEG_MESSAGE_MAX)
        return ir_fail(err, IR_ELIMIT,
                       _("reconciliation message of %zu bytes, limit %d"), n,
                       IR_NEG_MESSAGE_MAX);
    in->begin = in->p = p;
    in->end = in->begin + n;
    if (n == 0)
        return malformed(in, err);
    if (*in->p != VERSION)
        return ir_fail(err, IR_EPARSE,
                       _("reconciliation of version %d is not known"), *in->p);
    in->p++;
    return IR_OK;
}

static int
by_id(const void *a, const void *b, void *ids)
{
    const uint8_t *v = ids;

    return memcmp(v + 32 * (size_t) * (const uint32_t *)a,
                  v + 32 * (size_t) * (const uint32_t *)b, 32);
}

/* Put the ids of a list in order. None may stand there twice. */
static bool
theirs_init(struct theirs *t, const uint8_t *ids, size_t n)
{
    size_t i;

    t->ids = ids;
    t->n = n;
    t->order = ir_calloc(n > 0 ? n : 1, sizeof t->order[0]);
    t->seen = ir_calloc(n > 0 ? n : 1, sizeof t->seen[0]);
    for (i = 0; i < n; i++)
        t->order[i] = (uint32_t)i;
    qsort_r(t->order, n, sizeof t->order[0], by_id, (void *)(uintptr_t)ids);
    for (i = 1; i < n; i++)
        if (memcmp(ids + 32 * (size_t)t->order[i - 1],
                   ids + 32 * (size_t)t->order[i], 32) == 0)
            return false;
    return true;
}

static void
theirs_done(struct theirs *t)
{
    free(t->order);
    free(t->seen);
}

/* Is an id of ours in their list? Remember that it is. */
static bool
theirs_has(struct theirs *t, const uint8_t id[32])
{
    size_t low = 0, high = t->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = memcmp(t->ids + 32 * (size_t)t->order[mid], id, 32);

        if (c == 0) {
            t->seen[t->order[mid]] = true;
            return true;
        }
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

/* Compare their list with our items from..end. Returns the index up to which
 * `have` is complete: `end`, or less when it is full.
 */
static size_t
compare_list(const struct ir_idset *set, struct theirs *t, size_t from,
             size_t end, size_t room, struct ir_ids *have, struct ir_ids *need)
{
    size_t i, upto = end;
    uint8_t id[32];
    uint64_t hlc;

    for (i = from; i < end && (i < upto || t->n > 0); i++) {
        ir_idset_at(set, i, &hlc, id);
        if (theirs_has(t, id) || i >= upto)
            continue;
        if (room == 0) {
            upto = i;
            continue;
        }
        ir_ids_add(have, id);
        room--;
    }
    for (i = 0; i < t->n; i++)
        if (!t->seen[i])
            ir_ids_add(need, t->ids + 32 * i);
    return upto;
}

/* --- one message ---------------------------------------------------------- */

/* What the side that began learns, and how much of it fits. */
struct learnt {
    struct ir_ids *have, *need;
    size_t have_max;
};

/* A list of theirs about our items from..end. */
static int
on_list(struct out *o, struct in *in, size_t from, size_t end,
        struct learnt *learnt, struct ir_err *err)
{
    struct theirs t = {0};
    const uint8_t *ids;
    int rc = IR_OK;
    size_t upto;
    uint64_t n;

    if (!get_varint(in, &n) || n > (size_t)(in->end - in->p) / 32 ||
        !get_bytes(in, (size_t)n * 32, &ids))
        return malformed(in, err);
    if (o->closed)
        return IR_OK;
    if (learnt == NULL) {
        put_list(o, from, end, &in->bound);
        return IR_OK;
    }
    if (!theirs_init(&t, ids, (size_t)n)) {
        rc = malformed(in, err);
        goto out;
    }
    upto =
        compare_list(o->set, &t, from, end, learnt->have_max - learnt->have->n,
                     learnt->have, learnt->need);
    if (upto == end) {
        o->skip = true;
        o->upto = in->bound;
        goto out;
    }
    if (upto > from) {
        o->skip = true;
        o->upto = between(o->set, upto);
    }
    put_close(o, upto);
out:
    theirs_done(&t);
    return rc;
}

static int
on_fingerprint(struct out *o, struct in *in, size_t from, size_t end,
               struct ir_err *err)
{
    uint8_t ours[IR_FP_BYTES];
    const uint8_t *fp;

    if (!get_bytes(in, IR_FP_BYTES, &fp))
        return malformed(in, err);
    if (o->closed)
        return IR_OK;
    ir_idset_fp_range(o->set, o->salt, from, end, ours);
    o->seen++;
    if (memcmp(fp, ours, sizeof ours) != 0) {
        o->unlike++;
        put_split(o, from, end, &in->bound);
        return IR_OK;
    }
    o->skip = true;
    o->upto = in->bound;
    return IR_OK;
}

/* Read all of a message and write what it calls for. Reading goes on after the
 * answer is full: a message is good as a whole or not at all.
 */
static int
exchange(struct out *o, struct in *in, struct learnt *learnt,
         struct ir_err *err)
{
    size_t from = 0, end;
    int rc = IR_OK;
    uint64_t mode;

    while (rc == IR_OK && in->p < in->end) {
        if (!get_bound(in) || !get_varint(in, &mode) || mode > LIST)
            return malformed(in, err);
        end = from;
        if (!o->closed)
            end = in->bound.hlc == END
                      ? ir_idset_count(o->set)
                      : ir_idset_lower(o->set, in->bound.hlc, in->bound.id);
        if (mode == LIST) {
            rc = on_list(o, in, from, end, learnt, err);
        } else if (mode == FINGERPRINT) {
            rc = on_fingerprint(o, in, from, end, err);
        } else if (!o->closed) {
            o->skip = true;
            o->upto = in->bound;
        }
        from = end;
    }
    return rc;
}

int
ir_neg_begin(struct ir_idset *set, const uint8_t *salt, size_t limit,
             struct ir_buf *out)
{
    static const struct bound end = {.hlc = END};
    struct out o = {.set = set, .salt = salt, .limit = limit, .asks = true};

    if (limit > 0 && limit < IR_NEG_LIMIT_MIN)
        return IR_ELIMIT;
    ir_buf_addc(&o.b, VERSION);
    put_split(&o, 0, ir_idset_count(set), &end);
    ir_buf_add(out, o.b.p, o.b.len);
    ir_buf_done(&o.b);
    return IR_OK;
}

int
ir_neg_answer(struct ir_idset *set, const uint8_t *salt, size_t limit,
              const void *p, size_t n, struct ir_buf *out, struct ir_err *err)
{
    struct out o = {.set = set, .salt = salt, .limit = limit};
    struct in in;
    int rc = open_message(&in, limit, p, n, err);

    if (rc != IR_OK)
        return rc;
    ir_buf_addc(&o.b, VERSION);
    rc = exchange(&o, &in, NULL, err);
    if (rc == IR_OK)
        ir_buf_add(out, o.b.p, o.b.len);
    ir_buf_done(&o.b);
    return rc;
}

int
ir_neg_next(struct ir_idset *set, const uint8_t *salt, size_t limit,
            const void *p, size_t n, struct ir_ids *have, struct ir_ids *need,
            struct ir_buf *out, bool *done, struct ir_err *err)
{
    struct out o = {.set = set, .salt = salt, .limit = limit, .asks = true};
    struct learnt learnt = {have, need, SIZE_MAX};
    size_t have_n = have->n, need_n = need->n;
    struct in in;
    int rc = open_message(&in, limit, p, n, err);

    if (rc != IR_OK)
        return rc;
    if (limit > 0)
        learnt.have_max = have_n + IR_NEG_IDS_MAX;
    ir_buf_addc(&o.b, VERSION);
    rc = exchange(&o, &in, &learnt, err);
    if (rc == IR_OK) {
        *done = o.b.len == 1;
        if (!*done)
            ir_buf_add(out, o.b.p, o.b.len);
    } else {
        have->n = have_n;
        need->n = need_n;
    }
    ir_buf_done(&o.b);
    return rc;
}
