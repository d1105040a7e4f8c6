/* test_ingest.c: entries that come from elsewhere: what is kept, what is put
 * off and what is refused; a disk that is full, a process that is killed.
 */
#include "ingest_make.h"

#include <signal.h>
#include <sys/resource.h>

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

static void
approve(struct home *h, const uint8_t digest[32])
{
    struct ir_draft d = {.kind = IR_KIND_APPROVAL};
    struct ir_err err = {0};
    uint8_t id[32];

    h->now_ms += 1000;
    ir_bodyw_uint(&d.body, 1, 1);
    ir_bodyw_bytes(&d.body, 2, digest, 32);
    assert_int_equal(append(h, &d, id, &err), IR_OK);
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
    struct ir_quota_limits limits = {.all = {{0, 10}, {0, 1 << 20}},
                                     .floor[IR_LANE_T] = {{0, 5}, {0, 9999}}};
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
    limits.all.entries.burst = 10;
    ir_ingest_limits(g, &limits);
    batch(g, w->v, w->n);
    for (i = 0; i < w->n; i++) {
        taken += w->v[i].what == IR_ARRIVED_NEW;
        put_off += w->v[i].what == IR_ARRIVED_QUOTA;
    }
    assert_int_equal(taken, 3 + 5 + 10);
    assert_int_equal(put_off, 20);
    limits.all.entries.burst = 100;
    ir_ingest_limits(g, &limits);
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

/* Of lane T, which every command reads, who is no administrator brings in so
 * much and no more in an hour; an administrator does, and other lanes do. */
static void
test_quota_trust(void **state)
{
    struct ir_quota_limits limits = ir_quota_default;
    struct home a, b;
    struct ir_ingest *g;
    struct wire *w;
    struct ir_key *mori, *admin;
    uint8_t id[32] = {0};
    size_t i, t = 0, rest = 0, put_off = 0;

    (void)state;
    setup_home(&a);
    mori = add_member(&a, "mori");
    for (i = 0; i < 8; i++)
        approve(&a, id);
    admin = sign_with(&a, mori);
    for (i = 0; i < 8; i++)
        approve(&a, id);
    for (i = 0; i < 8; i++)
        note(&a, "beside it", id);
    w = wire_of(&a);
    empty_home(&b, &a);
    g = begin(&b);
    limits.trust = (struct ir_share){{0, 3}, {0, 1 << 20}};
    ir_ingest_limits(g, &limits);
    batch(g, w->v, w->n);
    for (i = 0; i < w->n; i++) {
        put_off += w->v[i].what == IR_ARRIVED_QUOTA;
        t += w->v[i].what == IR_ARRIVED_NEW && w->v[i].lane == IR_LANE_T;
        rest += w->v[i].what == IR_ARRIVED_NEW && w->v[i].lane != IR_LANE_T;
    }
    assert_int_equal(put_off, 5);
    assert_int_equal(rest, 8);
    assert_int_equal(t, w->n - rest - put_off);
    ir_ingest_free(g);
    wire_free(w);
    (void)sign_with(&a, admin);
    ir_key_free(mori);
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

/* A release of one long plan: what both are, and their digests. */
static void
release(struct home *a, struct ir_buf *big, struct ir_buf *text,
        uint8_t plan[32], uint8_t manifest[32])
{
    struct ir_draft d = {.kind = IR_KIND_RELEASE};
    uint8_t id[32];
    char hex[65];
    int i;

    for (i = 0; i < 30000; i++)
        ir_buf_addf(big, "%d ", i);
    assert_int_equal(
        ir_store_object_put(a->st, "plan", big->p, big->len, plan, NULL),
        IR_OK);
    ir_hex(plan, 32, hex);
    ir_buf_addf(text,
                "{\"api\":1,\"objects\":[{\"bytes\":%zu,\"digest\":\"%s\","
                "\"name\":\"x\",\"type\":\"plan\"}]}",
                big->len, hex);
    assert_int_equal(ir_store_object_put(a->st, "manifest", text->p, text->len,
                                         manifest, NULL),
                     IR_OK);
    ir_bodyw_bytes(&d.body, 1, manifest, 32);
    assert_int_equal(append(a, &d, id, NULL), IR_OK);
}

/* Objects come in pieces, go on where they broke off, and begin again when they
 * turn out wrong; a manifest's objects are wanted in turn. */
static void
test_objects(void **state)
{
    struct home a, b;
    struct ir_ingest *g;
    bool whole = false;
    struct ir_buf text = {0}, got = {0}, big = {0};
    uint8_t plan[32], manifest[32], digest[32] = {0};
    uint64_t off = 9, total = 0;
    struct wire *w;
    int i;

    (void)state;
    setup_home(&a);
    release(&a, &big, &text, plan, manifest);
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
        cmocka_unit_test(test_quota),
        cmocka_unit_test(test_quota_trust),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_objects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
