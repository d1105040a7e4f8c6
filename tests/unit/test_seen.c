/* test_seen.c: the cached view of what others have witnessed says what all
 * witnesses say, whatever came first and whenever it was brought up to date;
 * reading it does not grow with the witnesses.
 */
#include "core/body.h"
#include "core/order.h"
#include "core/spread.h"
#include "store/db.h"
#include "store/seen.h"
#include "store_make.h"

#define AUTHORS 3
#define DEVICES 4
#define INCIDENTS 2
#define EACH 40 /* entries of an author in an incident */
#define ENTRIES (AUTHORS * INCIDENTS * EACH)
#define WITNESSES 120
#define ALL (ENTRIES + WITNESSES)

struct made {
    struct ir_entry e;
    struct ir_buf p, b;
};

static uint64_t dice_state;

static size_t
dice(size_t n)
{
    dice_state = dice_state * UINT64_C(6364136223846793005) + 1442695040888963;
    return (size_t)(dice_state >> 33) % n;
}

/* Give it its bytes and its id; nobody looks at the signature here. */
static void
finish(struct home *h, struct made *m, struct ir_bodyw *body)
{
    ir_header_encode(&m->e.h, &m->p);
    ir_bodyw_finish(body, &m->b);
    m->e.p = m->p.p;
    m->e.p_len = m->p.len;
    m->e.b = m->b.p;
    m->e.b_len = m->b.len;
    ir_sha256(m->e.b, m->e.b_len, m->e.body_digest);
    ir_entry_id(&m->e, ir_store_site(h->st));
}

static void
make_note(struct home *h, struct made *m, int author, int incident,
          uint64_t seq, const uint8_t *prev)
{
    struct ir_bodyw body = {0};

    memset(m, 0, sizeof *m);
    m->e.h.author[0] = (uint8_t)(1 + author);
    m->e.h.hlc = (seq + 1000) << 16;
    m->e.h.seq = seq;
    /* some stand alone, as alerts do */
    m->e.h.kind = seq % 23 == 22 ? IR_KIND_ALERT : IR_KIND_NOTE;
    m->e.h.has_incident = true;
    m->e.h.incident[0] = (uint8_t)(100 + incident);
    if (prev != NULL) {
        m->e.h.has_prev = true;
        memcpy(m->e.h.prev, prev, IR_ID_BYTES);
    }
    ir_bodyw_text(&body, 1, "x");
    finish(h, m, &body);
}

static void
make_witness(struct home *h, struct made *m, int device, uint64_t seq,
             const uint8_t (*ids)[IR_ID_BYTES], size_t n)
{
    struct ir_bodyw body = {0};

    memset(m, 0, sizeof *m);
    m->e.h.author[0] = (uint8_t)(50 + device);
    m->e.h.hlc = (seq + 5000) << 16;
    m->e.h.seq = seq;
    m->e.h.kind = IR_KIND_WITNESS;
    ir_bodyw_hashes(&body, 1, ids, n);
    finish(h, m, &body);
}

/* Chains with forks in them, and witnesses of whatever. */
static void
make_all(struct home *h, struct made *v)
{
    uint8_t ids[5][IR_ID_BYTES];
    size_t n = 0, i, k;
    int a, c;

    for (a = 0; a < AUTHORS; a++)
        for (c = 0; c < INCIDENTS; c++)
            for (i = 0; i < EACH; i++) {
                /* a fork: one goes on from an earlier one */
                size_t back = i > 6 && dice(8) == 0 ? 2 + dice(5) : 1;

                make_note(h, &v[n], a, c, i > 0 ? v[n - back].e.h.seq + 1 : 1,
                          i > 0 ? v[n - back].e.id : NULL);
                n++;
            }
    for (i = 0; i < WITNESSES; i++) {
        for (k = 0; k < 5; k++)
            memcpy(ids[k], v[dice(ENTRIES)].e.id, IR_ID_BYTES);
        make_witness(h, &v[n++], (int)dice(DEVICES), i + 1,
                     (const uint8_t(*)[IR_ID_BYTES])ids, 1 + dice(5));
    }
}

struct list {
    struct ir_spread_seen *v;
    size_t n;
};

static void
add(const uint8_t *device, const uint8_t *id, void *arg)
{
    struct list *l = arg;

    l->v = ir_realloc(l->v, (l->n + 1) * sizeof *l->v);
    memcpy(l->v[l->n].device, device, IR_KEYID_BYTES);
    memcpy(l->v[l->n++].id, id, IR_ID_BYTES);
}

/* What all witnesses say, read one by one. */
static void
add_plain(struct home *h, struct list *l)
{
    struct ir_log log = {0};
    struct ir_body_item it;
    size_t i, k;

    assert_int_equal(ir_store_load_loose(h->st, IR_KIND_WITNESS, &log, NULL),
                     IR_OK);
    for (i = 0; i < log.n; i++) {
        k = 0;
        while (ir_body_each(&log.e[i], 1, &k, &it))
            add(log.e[i].h.author, it.p, l);
    }
    ir_log_done(&log);
}

/* Who holds what of an incident, as text. */
static char *
told(struct home *h, int incident, const struct list *l)
{
    uint8_t id[IR_INCIDENT_BYTES] = {(uint8_t)(100 + incident)};
    struct ir_log log = {0};
    const struct ir_entry **e;
    struct ir_spread s;
    struct ir_buf b = {0};
    size_t i;

    assert_int_equal(ir_store_load_incident(h->st, id, &log, NULL), IR_OK);
    e = ir_log_ptrs(&log);
    ir_order_sort(e, log.n);
    ir_spread_fold(e, NULL, log.n, l->v, l->n, &s);
    ir_buf_addf(&b, "%zu entries, %zu only here, %zu whole:", s.entries,
                s.only_here, s.whole);
    for (i = 0; i < s.devices_n; i++)
        ir_buf_addf(&b, " %d %zu", s.devices[i].id[0], s.devices[i].held);
    ir_spread_done(&s);
    free(e);
    ir_log_done(&log);
    return ir_buf_take(&b);
}

static void
assert_same(struct home *h)
{
    int c;

    for (c = 0; c < INCIDENTS; c++) {
        uint8_t id[IR_INCIDENT_BYTES] = {(uint8_t)(100 + c)};
        struct list plain = {0}, view = {0};
        char *want, *got;

        add_plain(h, &plain);
        assert_int_equal(ir_seen_each(h->st, id, add, &view, NULL), IR_OK);
        want = told(h, c, &plain);
        got = told(h, c, &view);
        if (strcmp(want, got) != 0)
            fail_msg("\"%s\", not \"%s\"", got, want);
        free(want);
        free(got);
        free(plain.v);
        free(view.v);
    }
}

static void
grow(struct home *h, int64_t least)
{
    bool more = true;

    while (more)
        assert_int_equal(ir_seen_grow(h->st, least, &more, NULL), IR_OK);
}

static void
test_same_in_any_order(void **state)
{
    struct made *v = ir_calloc(ALL, sizeof *v);
    size_t order[ALL], i;
    struct home h;
    int turn;

    (void)state;
    for (turn = 0; turn < 12; turn++) {
        dice_state = (uint64_t)turn + 7;
        setup_home(&h);
        make_all(&h, v);
        for (i = 0; i < ALL; i++)
            order[i] = turn % 3 == 2 ? ALL - 1 - i : i;
        for (i = ALL - 1; turn % 3 == 1 && i > 0; i--) {
            size_t k = dice(i + 1), was = order[i];

            order[i] = order[k];
            order[k] = was;
        }
        assert_int_equal(ir_store_begin(h.st, NULL), IR_OK);
        for (i = 0; i < ALL; i++) {
            bool fresh;

            assert_int_equal(
                ir_store_entry_put(h.st, &v[order[i]].e, &fresh, NULL), IR_OK);
            if (dice(40) == 0)
                grow(&h, 1 + (int64_t)dice(60));
            if (dice(80) == 0)
                assert_same(&h);
        }
        assert_int_equal(ir_store_commit(h.st, NULL), IR_OK);
        assert_same(&h); /* some in the view, some behind it */
        grow(&h, 1);
        assert_same(&h);
        assert_int_equal(ir_store_views_drop(h.st, NULL), IR_OK);
        assert_same(&h);
        grow(&h, 1);
        assert_same(&h);
        remove_home(&h);
        for (i = 0; i < ALL; i++) {
            ir_buf_done(&v[i].p);
            ir_buf_done(&v[i].b);
        }
    }
    free(v);
}

/* Steps of SQLite's machine, in tens. */
static int
count(void *arg)
{
    ++*(int64_t *)arg;
    return 0;
}

static void
ignore(const uint8_t *device, const uint8_t *id, void *arg)
{
    (void)device;
    (void)id;
    ++*(size_t *)arg;
}

static int64_t
steps(struct home *h, size_t *pairs)
{
    uint8_t id[IR_INCIDENT_BYTES] = {100};
    struct ir_log log = {0};
    int64_t n = 0;

    *pairs = 0;
    sqlite3_progress_handler(h->st->db, 10, count, &n);
    assert_int_equal(ir_seen_each(h->st, id, ignore, pairs, NULL), IR_OK);
    /* what a person wrote in the same chain is found without them, too */
    assert_int_equal(
        ir_store_load_by(h->st, NULL, IR_KIND_CHANNEL, id, &log, NULL), IR_OK);
    sqlite3_progress_handler(h->st->db, 0, NULL, NULL);
    ir_log_done(&log);
    return n * 10;
}

/* Put `n` entries of one chain, each witnessed by every device. */
static void
put_many(struct home *h, struct made *last, size_t from, size_t n)
{
    struct made w;
    size_t i, d;
    bool fresh;

    assert_int_equal(ir_store_begin(h->st, NULL), IR_OK);
    for (i = from; i < from + n; i++) {
        struct made m;

        make_note(h, &m, 0, 0, 23 * (i + 1), i > 0 ? last->e.id : NULL);
        ir_buf_done(&last->p);
        ir_buf_done(&last->b);
        *last = m;
        assert_int_equal(ir_store_entry_put(h->st, &m.e, &fresh, NULL), IR_OK);
        for (d = 0; d < DEVICES; d++) {
            make_witness(h, &w, (int)d, i + 1,
                         (const uint8_t(*)[IR_ID_BYTES])m.e.id, 1);
            assert_int_equal(ir_store_entry_put(h->st, &w.e, &fresh, NULL),
                             IR_OK);
            ir_buf_done(&w.p);
            ir_buf_done(&w.b);
        }
    }
    assert_int_equal(ir_store_commit(h->st, NULL), IR_OK);
}

static void
test_reading_does_not_grow(void **state)
{
    struct made last = {0};
    struct home h;
    size_t few, many;
    int64_t before, after, tail;

    (void)state;
    setup_home(&h);
    put_many(&h, &last, 0, 50);
    grow(&h, 1);
    before = steps(&h, &few);
    put_many(&h, &last, 50, 5000);
    tail = steps(&h, &many);
    assert_true(tail > 20000 && many >= 20000);
    grow(&h, IR_SEEN_TAIL);
    after = steps(&h, &many);
    assert_int_equal(few, DEVICES);
    assert_true(many <= DEVICES + IR_SEEN_TAIL);
    assert_true(after <= before + 20 * IR_SEEN_TAIL);
    grow(&h, 1);
    assert_in_range(steps(&h, &many), before - 50, before + 50);
    assert_int_equal(many, DEVICES);
    ir_buf_done(&last.p);
    ir_buf_done(&last.b);
    remove_home(&h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_in_any_order),
        cmocka_unit_test(test_reading_does_not_grow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
