/* test_ingest.c: entries that come from elsewhere: what is kept, what is put
 * off and what is refused, in whatever order they come; what is given out.
 */
#include "core/body.h"
#include "store/ingest.h"
#include "store/met.h"
#include "store/object_part.h"
#include "store/offer.h"
#include "store_make.h"

#include <signal.h>
#include <sys/resource.h>

#define ALL_MAX 2000

/* Entries as they travel. */
struct wire {
    struct ir_buf b[ALL_MAX];
    uint8_t id[ALL_MAX][32];
    struct ir_arrival v[ALL_MAX];
    size_t n;
};

static int
keep(const struct ir_entry *e, void *arg)
{
    struct wire *w = arg;

    assert_true(w->n < ALL_MAX);
    memcpy(w->id[w->n], e->id, 32);
    ir_entry_encode(e, &w->b[w->n++]);
    return 0;
}

static struct wire *
wire_of(struct home *h)
{
    struct wire *w = ir_calloc(1, sizeof *w);
    size_t i;

    assert_int_equal(ir_store_each(h->st, keep, w, NULL), IR_OK);
    for (i = 0; i < w->n; i++) {
        w->v[i].p = w->b[i].p;
        w->v[i].n = w->b[i].len;
    }
    return w;
}

static void
wire_free(struct wire *w)
{
    size_t i;

    for (i = 0; i < w->n; i++)
        ir_buf_done(&w->b[i]);
    free(w);
}

/* The other way round. */
static void
reverse(struct wire *w)
{
    size_t i;

    for (i = 0; i < w->n / 2; i++) {
        struct ir_arrival t = w->v[i];

        w->v[i] = w->v[w->n - 1 - i];
        w->v[w->n - 1 - i] = t;
    }
}

/* A home of the site of `of` that holds nothing. */
static void
empty_home(struct home *h, const struct home *of)
{
    struct ir_err err = {0};

    memset(h, 0, sizeof *h);
    snprintf(h->path, sizeof h->path, "/tmp/ir-test-ingest.XXXXXX");
    assert_non_null(mkdtemp(h->path));
    assert_int_equal(chmod(h->path, 0700), 0);
    if (ir_store_open(h->path, IR_STORE_CREATE, &h->st, &err) != IR_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(ir_store_site_set(h->st, ir_store_site(of->st), &err),
                     IR_OK);
}

static struct ir_ingest *
begin(struct home *h)
{
    struct ir_ingest *g = NULL;

    assert_int_equal(ir_ingest_new(h->st, "dir", &g, NULL), IR_OK);
    return g;
}

static void
batch(struct ir_ingest *g, struct ir_arrival *v, size_t n)
{
    static const uint8_t from[8] = {7, 7, 7, 7, 7, 7, 7, 7};
    struct ir_err err = {0};

    if (ir_ingest_batch(g, from, v, n, &err) != IR_OK)
        fail_msg("%s", err.msg);
}

static void
all_are(const struct wire *w, enum ir_arrived what)
{
    size_t i;

    for (i = 0; i < w->n; i++)
        if (w->v[i].what != what)
            fail_msg("entry %zu of kind %d is %d, not %d", i, (int)w->v[i].kind,
                     (int)w->v[i].what, (int)what);
}

/* One more member with a key of their own, certified by the admin of `h`. */
static struct ir_key *
add_member(struct home *h, const char *handle)
{
    struct ir_draft d = {.kind = IR_KIND_MEMBER};
    struct ir_key *k = ir_key_new();
    uint8_t id[32], member[8];

    ir_random(member, sizeof member);
    ir_bodyw_text(&d.body, 1, handle);
    ir_bodyw_bytes(&d.body, 4, member, 8);
    ir_bodyw_hashes(&d.body, 5, (const uint8_t(*)[32]) & k->pub, 1);
    ir_bodyw_text(&d.body, 6, handle);
    assert_int_equal(append(h, &d, id, NULL), IR_OK);
    return k;
}

/* From now on this key signs in `h`. Returns the one before. */
static struct ir_key *
sign_with(struct home *h, struct ir_key *k)
{
    struct ir_key *before = h->who.arg;

    memcpy(h->who.pub, k->pub, 32);
    h->who.arg = k;
    return before;
}

static void
revoke_key(struct home *h, const struct ir_key *k, const uint8_t (*ok)[32],
           size_t n)
{
    struct ir_draft d = {.kind = IR_KIND_REVOKE};
    uint8_t id[32], kid[8];

    ir_key_id(k->pub, kid);
    ir_bodyw_bytes(&d.body, 1, kid, 8);
    ir_bodyw_text(&d.body, 2, "laptop stolen");
    if (n > 0)
        ir_bodyw_hashes(&d.body, 3, ok, n);
    else
        ir_bodyw_no_hashes(&d.body, 3);
    assert_int_equal(append(h, &d, id, NULL), IR_OK);
}

static void
redact(struct home *h, const uint8_t of[32], int scope, uint8_t id[32])
{
    struct ir_draft d = {.kind = IR_KIND_REDACT, .refs_n = 1};
    struct ir_err err = {0};

    memcpy(d.refs[0], of, 32);
    ir_bodyw_text(&d.body, 1, "a name");
    ir_bodyw_text(&d.body, 2, "counsel");
    ir_bodyw_uint(&d.body, 3, (uint64_t)scope);
    if (append(h, &d, id, &err) != IR_OK)
        fail_msg("%s", err.msg);
}

static void
test_all_at_once(void **state)
{
    struct home a, b;
    struct ir_ingest *g;
    struct wire *w;
    struct ir_check k = {0};
    struct ir_key *mori, *admin;
    uint8_t id[32];
    int64_t n = 0;
    int i;

    (void)state;
    setup_home(&a);
    mori = add_member(&a, "mori");
    for (i = 0; i < 150; i++)
        note(&a, "by the admin", id);
    admin = sign_with(&a, mori);
    for (i = 0; i < 150; i++)
        note(&a, "by another", id);
    w = wire_of(&a);
    reverse(w); /* certificates last */
    empty_home(&b, &a);
    g = begin(&b);
    batch(g, w->v, w->n);
    all_are(w, IR_ARRIVED_NEW);
    assert_int_equal(ir_stand_trust(ir_ingest_stand(g))->members_n, 2);
    batch(g, w->v, w->n);
    all_are(w, IR_ARRIVED_HAD);
    assert_int_equal(ir_store_arrived_count(b.st, &n, NULL), IR_OK);
    assert_int_equal(n, (int64_t)w->n);
    assert_true(ir_store_arrived(b.st, id));
    assert_false(ir_store_arrived(a.st, id));
    ir_ingest_free(g);
    fold_trust(&b);
    check(&b, &k);
    assert_int_equal(k.bad_n, 0);
    assert_int_equal(k.entries, 303);
    ir_check_done(&k);
    wire_free(w);
    (void)sign_with(&a, admin);
    ir_key_free(mori);
    remove_home(&a);
    remove_home(&b);
}

/* Who is not certified yet has to wait, and is taken once they are. */
static void
test_certificate_later(void **state)
{
    struct home a, b;
    struct ir_ingest *g;
    struct wire *w;
    struct ir_key *mori, *admin;
    uint8_t id[32];
    size_t i, cert = 0;

    (void)state;
    setup_home(&a);
    mori = add_member(&a, "mori");
    admin = sign_with(&a, mori);
    note(&a, "by another", id);
    w = wire_of(&a);
    for (i = 0; i < w->n; i++)
        if (memcmp(w->id[i], id, 32) != 0)
            cert = i; /* the last of lane T */
    empty_home(&b, &a);
    g = begin(&b);
    for (i = 0; i < w->n; i++)
        if (i != cert)
            batch(g, &w->v[i], 1);
    assert_int_equal(w->v[w->n - 1].what, IR_ARRIVED_NO_CERT);
    batch(g, &w->v[cert], 1);
    assert_int_equal(w->v[cert].what, IR_ARRIVED_NEW);
    batch(g, &w->v[w->n - 1], 1);
    assert_int_equal(w->v[w->n - 1].what, IR_ARRIVED_NEW);
    ir_ingest_free(g);
    wire_free(w);
    (void)sign_with(&a, admin);
    ir_key_free(mori);
    remove_home(&a);
    remove_home(&b);
}

static bool
count_refusals(const struct ir_refusals *r, void *arg)
{
    int64_t *by = arg;

    by[r->what] += r->count;
    return true;
}

/* What is not what it says: by kind of reason, counted, nothing kept. */
static void
test_refused(void **state)
{
    static const uint8_t newer[] = {0x81, 0x43, 0xA1, 0x00, 0x02};
    static const uint8_t junk[] = "not an entry";
    struct home a, b, stranger;
    struct ir_ingest *g;
    struct wire *w, *theirs;
    struct ir_key *node, *admin;
    struct ir_draft d = {.kind = IR_KIND_DEVICE};
    uint8_t id[32], member[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    int64_t by[IR_ARRIVED_END] = {0}, n = 0;
    static uint8_t huge[IR_ENTRY_MAX + 1];
    struct ir_arrival v[7];
    size_t last;

    (void)state;
    setup_home(&a);
    setup_home(&stranger);
    note(&stranger, "theirs", id);
    node = ir_key_new();
    ir_bodyw_bytes(&d.body, 1, member, 8);
    ir_bodyw_bytes(&d.body, 3, node->pub, 32);
    ir_bodyw_bytes(&d.body, 4, node->pub, 32);
    assert_int_equal(append(&a, &d, id, NULL), IR_OK);
    note(&a, "good", id);
    admin = sign_with(&a, node);
    note(&a, "a note by a machine", id);
    w = wire_of(&a);
    theirs = wire_of(&stranger);
    last = w->n - 1;
    empty_home(&b, &a);
    g = begin(&b);
    batch(g, w->v, last - 1); /* all but the two notes */
    memset(v, 0, sizeof v);
    v[0] = (struct ir_arrival){.p = junk, .n = sizeof junk};
    v[1] = (struct ir_arrival){.p = newer, .n = sizeof newer};
    v[2] = (struct ir_arrival){.p = theirs->b[0].p, .n = theirs->b[0].len};
    v[3] = (struct ir_arrival){.p = theirs->b[2].p, .n = theirs->b[2].len};
    w->b[last - 1].p[w->b[last - 1].len - 1] ^= 1; /* of the signature */
    v[4] = (struct ir_arrival){.p = w->b[last - 1].p, .n = w->b[last - 1].len};
    v[5] = (struct ir_arrival){.p = w->b[last].p, .n = w->b[last].len};
    v[6] = (struct ir_arrival){.p = huge, .n = sizeof huge};
    batch(g, v, 7);
    assert_int_equal(v[0].what, IR_ARRIVED_FORM);
    assert_int_equal(v[1].what, IR_ARRIVED_NEWER);
    assert_int_equal(v[2].what, IR_ARRIVED_SITE);
    assert_int_equal(v[3].what, IR_ARRIVED_NO_CERT);
    assert_int_equal(v[4].what, IR_ARRIVED_SIGNATURE);
    assert_int_equal(v[5].what, IR_ARRIVED_KIND);
    assert_int_equal(v[6].what, IR_ARRIVED_FORM);
    assert_int_equal(ir_store_count(b.st, &n, NULL), IR_OK);
    assert_int_equal(n, 3);
    ir_ingest_free(g);
    assert_int_equal(ir_store_refusals(b.st, count_refusals, by, NULL), IR_OK);
    assert_int_equal(by[IR_ARRIVED_FORM], 2);
    assert_int_equal(by[IR_ARRIVED_SIGNATURE], 1);
    assert_int_equal(by[IR_ARRIVED_NO_CERT], 1);
    wire_free(w);
    wire_free(theirs);
    (void)sign_with(&a, admin);
    ir_key_free(node);
    remove_home(&a);
    remove_home(&b);
    remove_home(&stranger);
}

struct offered {
    uint8_t id[32];
    bool seen;
    int n;
};

static bool
look_for(const uint8_t id[32], uint64_t hlc, int lane, void *arg)
{
    struct offered *o = arg;

    (void)hlc;
    (void)lane;
    o->n++;
    o->seen = o->seen || memcmp(id, o->id, 32) == 0;
    return true;
}

/* A stolen key: what it signed before stays, whether it comes oldest or newest
 * first; what it signs after does not, not even with a low number. */
static void
test_revoked(void **state)
{
    struct home a, b;
    struct wire *w;
    struct ir_key *mori, *admin;
    uint8_t good[3][32], late[32], back[32];
    int way;

    (void)state;
    setup_home(&a);
    mori = add_member(&a, "mori");
    admin = sign_with(&a, mori);
    note(&a, "one", good[0]);
    note(&a, "two", good[1]);
    note(&a, "three", good[2]);
    (void)sign_with(&a, admin);
    revoke_key(&a, mori, (const uint8_t(*)[32])good + 2, 1);
    (void)sign_with(&a, mori);
    note(&a, "after the theft", late);
    w = wire_of(&a);
    { /* the thief's second beginning: seq 1, no prev, an hour ago */
        struct home thief;

        empty_home(&thief, &a);
        (void)sign_with(&thief, mori);
        thief.who.sign = sign;
        thief.now_ms = 1800000000000 - 3600000;
        note(&thief, "back-dated", back);
        assert_int_equal(ir_store_each(thief.st, keep, w, NULL), IR_OK);
        w->v[w->n - 1].p = w->b[w->n - 1].p;
        w->v[w->n - 1].n = w->b[w->n - 1].len;
        remove_home(&thief);
    }
    for (way = 0; way < 3; way++) {
        struct ir_ingest *g;
        struct offered o = {0};
        size_t i, round;

        empty_home(&b, &a);
        g = begin(&b);
        if (way > 0)
            reverse(w);
        if (way == 2)
            batch(g, w->v, w->n);
        for (round = 0; round < 6 && way < 2; round++)
            for (i = 0; i < w->n; i++) /* one by one, and again */
                if (round == 0 || IR_ARRIVED_IS_LATER(w->v[i].what))
                    batch(g, &w->v[i], 1);
        for (i = 0; i < w->n; i++) {
            bool bad = memcmp(w->v[i].id, late, 32) == 0 ||
                       memcmp(w->v[i].id, back, 32) == 0;

            if (w->v[i].what != (bad ? IR_ARRIVED_REVOKED : IR_ARRIVED_NEW))
                fail_msg("way %d: entry %zu is %d", way, i, (int)w->v[i].what);
        }
        memcpy(o.id, good[0], 32);
        assert_int_equal(
            ir_offer_each(b.st, ir_ingest_stand(g), true, look_for, &o, NULL),
            IR_OK);
        assert_true(o.seen);
        assert_int_equal(o.n, (int)w->n - 2);
        ir_ingest_free(g);
        remove_home(&b);
    }
    { /* where it had been stored before: no longer offered */
        struct ir_stand *s = NULL;
        struct offered o = {0};

        memcpy(o.id, late, 32);
        assert_int_equal(ir_stand_new(a.st, &s, NULL), IR_OK);
        assert_int_equal(ir_offer_each(a.st, s, false, look_for, &o, NULL),
                         IR_OK);
        assert_true(o.seen);
        assert_int_equal(o.n, 1);
        ir_stand_free(s);
    }
    wire_free(w);
    (void)sign_with(&a, admin);
    ir_key_free(mori);
    remove_home(&a);
}

/* More than a member's budget waits, and nobody else's. */
static void
test_quota(void **state)
{
    struct home a, b;
    struct ir_ingest *g;
    struct wire *w;
    struct ir_key *mori, *admin;
    uint8_t id[32];
    size_t i, taken = 0, put_off = 0;

    (void)state;
    setup_home(&a);
    mori = add_member(&a, "mori");
    for (i = 0; i < 5; i++)
        note(&a, "by the admin", id);
    admin = sign_with(&a, mori);
    for (i = 0; i < 30; i++)
        note(&a, "a flood", id);
    w = wire_of(&a);
    empty_home(&b, &a);
    g = begin(&b);
    ir_ingest_budget(g, 10, 1 << 20);
    batch(g, w->v, w->n);
    for (i = 0; i < w->n; i++) {
        taken += w->v[i].what == IR_ARRIVED_NEW;
        put_off += w->v[i].what == IR_ARRIVED_QUOTA;
    }
    assert_int_equal(taken, 3 + 5 + 10);
    assert_int_equal(put_off, 20);
    ir_ingest_budget(g, 100, 1 << 20);
    batch(g, w->v, w->n);
    for (i = 0; i < w->n; i++)
        assert_true(w->v[i].what <= IR_ARRIVED_HAD);
    ir_ingest_free(g);
    wire_free(w);
    (void)sign_with(&a, admin);
    ir_key_free(mori);
    remove_home(&a);
    remove_home(&b);
}

static bool
is_stub(struct home *h, struct ir_ingest *g, const uint8_t id[32])
{
    struct ir_buf b = {0};
    struct ir_entry e;
    bool stub;

    assert_int_equal(ir_offer_get(h->st, ir_ingest_stand(g), id, &b, NULL),
                     IR_OK);
    assert_int_equal(ir_entry_parse(b.p, b.len, &e, NULL), IR_OK);
    stub = e.b == NULL;
    ir_buf_done(&b);
    return stub;
}

/* Withheld: kept, and given out as a stub. Erased: gone, also where the order
 * came first; and what is not to be withheld is not. */
static void
test_redacted(void **state)
{
    struct home a, b;
    struct wire *w;
    uint8_t held[32], gone[32], plain[32], by[32], kept[32];
    int way;

    (void)state;
    setup_home(&a);
    note(&a, "withheld", held);
    note(&a, "SECRET-erased", gone);
    note(&a, "plain", plain);
    redact(&a, held, 1, by);
    redact(&a, gone, 2, kept);
    redact(&a, by, 2, kept); /* a redact cannot be erased */
    w = wire_of(&a);
    for (way = 0; way < 3; way++) {
        struct ir_ingest *g;
        struct ir_log log = {0};
        struct ir_check k = {0};
        size_t i;

        empty_home(&b, &a);
        g = begin(&b);
        if (way > 0)
            reverse(w);
        if (way == 2)
            batch(g, w->v, w->n);
        for (i = 0; i < w->n * 5 && way < 2; i++)
            batch(g, &w->v[i % w->n], 1);
        assert_true(is_stub(&b, g, held));
        assert_true(is_stub(&b, g, gone));
        assert_false(is_stub(&b, g, plain));
        assert_false(is_stub(&b, g, by));
        assert_int_equal(ir_store_load_id(b.st, held, &log, NULL), IR_OK);
        assert_non_null(log.e[0].b);
        assert_int_equal(ir_store_load_id(b.st, gone, &log, NULL), IR_OK);
        assert_null(log.e[1].b);
        ir_log_done(&log);
        ir_ingest_free(g);
        fold_trust(&b);
        check(&b, &k);
        assert_int_equal(k.bad_n, 0);
        ir_check_done(&k);
        remove_home(&b);
    }
    wire_free(w);
    remove_home(&a);
}

/* A stub is taken, its text completes it, and a stub takes no text away. */
static void
test_stub(void **state)
{
    struct home a, b;
    struct ir_ingest *g;
    struct ir_log log = {0};
    struct ir_buf bytes = {0};
    struct ir_arrival v = {0};
    struct wire *w;
    uint8_t id[32];

    (void)state;
    setup_home(&a);
    note(&a, "text", id);
    w = wire_of(&a);
    assert_int_equal(ir_store_load_id(a.st, id, &log, NULL), IR_OK);
    log.e[0].b = NULL;
    ir_entry_encode(&log.e[0], &bytes);
    empty_home(&b, &a);
    g = begin(&b);
    batch(g, w->v, 2);
    v = (struct ir_arrival){.p = bytes.p, .n = bytes.len};
    batch(g, &v, 1);
    assert_int_equal(v.what, IR_ARRIVED_NEW);
    assert_true(is_stub(&b, g, id));
    batch(g, &w->v[2], 1);
    assert_int_equal(w->v[2].what, IR_ARRIVED_TEXT);
    assert_false(is_stub(&b, g, id));
    batch(g, &v, 1);
    assert_int_equal(v.what, IR_ARRIVED_HAD);
    assert_false(is_stub(&b, g, id));
    ir_ingest_free(g);
    ir_log_done(&log);
    ir_buf_done(&bytes);
    wire_free(w);
    remove_home(&a);
    remove_home(&b);
}

/* A disk with no room: said, nothing half-kept, and all of it comes later. */
static void
test_full_disk(void **state)
{
    struct home a, b;
    struct ir_ingest *g;
    struct wire *w;
    struct ir_err err = {0};
    struct rlimit was, small;
    struct ir_check k = {0};
    uint8_t id[32];
    int64_t n = 0;
    size_t i, stored = 0;

    (void)state;
    setup_home(&a);
    for (i = 0; i < 1000; i++)
        note(&a, "a note of some length so that many pages are used", id);
    w = wire_of(&a);
    empty_home(&b, &a);
    g = begin(&b);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = was;
    small.rlim_cur = 400 * 1024;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(ir_ingest_batch(g, NULL, w->v, w->n, &err), IR_ESTORE);
    assert_true(err.msg[0] != '\0');
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    for (i = 0; i < w->n; i++) {
        stored += w->v[i].what == IR_ARRIVED_NEW;
        assert_true(w->v[i].what == IR_ARRIVED_NEW ||
                    IR_ARRIVED_IS_LATER(w->v[i].what));
    }
    assert_int_equal(ir_store_count(b.st, &n, NULL), IR_OK);
    assert_int_equal(n, (int64_t)stored);
    assert_true(stored > 0 && stored < w->n);
    batch(g, w->v, w->n);
    ir_ingest_free(g);
    fold_trust(&b);
    check(&b, &k);
    assert_int_equal(k.bad_n, 0);
    assert_int_equal(k.entries, 1002);
    ir_check_done(&k);
    wire_free(w);
    remove_home(&a);
    remove_home(&b);
}

/* Killed while it takes in: what is there is whole, and the rest comes. */
static void
test_killed(void **state)
{
    struct home a, b;
    struct wire *w;
    uint8_t id[32];
    int64_t n = 0, arrived = 0;
    int try;
    size_t i;

    (void)state;
    setup_home(&a);
    for (i = 0; i < 600; i++)
        note(&a, "a note", id);
    w = wire_of(&a);
    empty_home(&b, &a);
    ir_store_close(b.st);
    b.st = NULL;
    for (try = 0; try < 4; try++) {
        pid_t pid = fork();

        if (pid == 0) {
            struct ir_store *st = NULL;
            struct ir_ingest *g = NULL;

            if (ir_store_open(b.path, IR_STORE_WRITE, &st, NULL) != IR_OK ||
                ir_ingest_new(st, "dir", &g, NULL) != IR_OK)
                _exit(1);
            (void)ir_ingest_batch(g, NULL, w->v, w->n, NULL);
            _exit(0);
        }
        (void)usleep(5000 + (useconds_t)try * 12000);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
    }
    assert_int_equal(ir_store_open(b.path, IR_STORE_WRITE, &b.st, NULL), IR_OK);
    assert_int_equal(ir_store_count(b.st, &n, NULL), IR_OK);
    assert_int_equal(ir_store_arrived_count(b.st, &arrived, NULL), IR_OK);
    assert_int_equal(n, arrived);
    {
        struct ir_ingest *g = begin(&b);
        struct ir_check k = {0};

        batch(g, w->v, w->n);
        ir_ingest_free(g);
        fold_trust(&b);
        check(&b, &k);
        assert_int_equal(k.bad_n, 0);
        assert_int_equal(k.entries, (int64_t)w->n);
        ir_check_done(&k);
    }
    wire_free(w);
    remove_home(&a);
    remove_home(&b);
}

/* Objects come in pieces, go on where they broke off, and begin again when they
 * turn out wrong; a manifest's objects are wanted in turn. */
static void
test_objects(void **state)
{
    struct home a, b;
    struct ir_ingest *g;
    bool whole = false;
    struct ir_draft d = {.kind = IR_KIND_RELEASE};
    struct ir_buf text = {0}, got = {0}, big = {0};
    uint8_t plan[32], manifest[32], id[32], digest[32] = {0};
    char hex[65];
    uint64_t off = 9, total = 0;
    struct wire *w;
    int i;

    (void)state;
    setup_home(&a);
    for (i = 0; i < 30000; i++)
        ir_buf_addf(&big, "%d ", i);
    assert_int_equal(
        ir_store_object_put(a.st, "plan", big.p, big.len, plan, NULL), IR_OK);
    ir_hex(plan, 32, hex);
    ir_buf_addf(&text,
                "{\"api\":1,\"objects\":[{\"bytes\":%zu,\"digest\":\"%s\","
                "\"name\":\"x\",\"type\":\"plan\"}]}",
                big.len, hex);
    assert_int_equal(
        ir_store_object_put(a.st, "manifest", text.p, text.len, manifest, NULL),
        IR_OK);
    ir_bodyw_bytes(&d.body, 1, manifest, 32);
    assert_int_equal(append(&a, &d, id, NULL), IR_OK);
    w = wire_of(&a);
    empty_home(&b, &a);
    g = begin(&b);
    batch(g, w->v, w->n);
    assert_int_equal(ir_object_next(b.st, digest, &off, NULL), IR_OK);
    assert_memory_equal(digest, manifest, 32);
    assert_int_equal(off, 0);
    /* what nobody asked for, and what is wrong */
    assert_int_equal(
        ir_object_part_put(b.st, plan, big.len, 0, big.p, 100, &whole, NULL),
        IR_EREFUSED);
    assert_int_equal(
        ir_object_part_put(b.st, manifest, 3, 0, "abc", 3, &whole, NULL),
        IR_EDAMAGED);
    assert_int_equal(ir_object_part_put(b.st, manifest, (uint64_t)9 << 40, 0,
                                        "abc", 3, &whole, NULL),
                     IR_ELIMIT);
    assert_int_equal(ir_object_part_put(b.st, manifest, text.len, 0, text.p,
                                        text.len, &whole, NULL),
                     IR_OK);
    assert_int_equal(ir_object_next(b.st, digest, &off, NULL), IR_OK);
    assert_memory_equal(digest, plan, 32);
    for (i = 0; i < 100; i++) {
        struct ir_buf part = {0};

        if (ir_object_next(b.st, digest, &off, NULL) != IR_OK)
            break;
        if (i == 1) { /* broken off: another process goes on */
            ir_ingest_free(g);
            g = begin(&b);
        }
        assert_int_equal(
            ir_object_slice(a.st, plan, off, 40000, &total, &part, NULL),
            IR_OK);
        assert_int_equal(total, big.len);
        assert_int_equal(ir_object_part_put(b.st, plan, total, off, part.p,
                                            part.len, &whole, NULL),
                         IR_OK);
        /* once more, and one that leaves a hole: no harm */
        (void)ir_object_part_put(b.st, plan, total, off, part.p, part.len,
                                 &whole, NULL);
        (void)ir_object_part_put(b.st, plan, total, total - 1, "x", 1, &whole,
                                 NULL);
        ir_buf_done(&part);
    }
    assert_int_equal(ir_store_object_get(b.st, plan, &got, NULL), IR_OK);
    assert_int_equal(got.len, big.len);
    assert_int_equal(
        ir_object_slice(b.st, plan, big.len, 1, &total, &got, NULL),
        IR_ENOTFOUND);
    ir_buf_done(&got);
    ir_buf_done(&big);
    ir_buf_done(&text);
    ir_ingest_free(g);
    wire_free(w);
    remove_home(&a);
    remove_home(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_certificate_later),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_revoked),
        cmocka_unit_test(test_quota),
        cmocka_unit_test(test_redacted),
        cmocka_unit_test(test_stub),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_objects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
