/* test_sync_home.c: two homes on disk joined by the sync engine: what one holds
 * the other gets, objects too, and what stands in neither's way.
 */
#include "core/frame.h"
#include "core/sync.h"
#include "ingest_make.h"
#include "store/sync_home.h"

struct node {
    struct home *h;
    struct ir_ingest *g;
    struct ir_sync_home home;
    struct ir_sync_home_of of;
    struct ir_sync *s;
};

static bool
index_it(const uint8_t id[32], uint64_t hlc, int lane, void *arg)
{
    ir_sync_index(arg, id, hlc, lane);
    return true;
}

static void
start(struct node *n, struct home *h, uint8_t name)
{
    uint8_t self[8] = {0};

    memset(n, 0, sizeof *n);
    self[0] = name;
    n->h = h;
    assert_int_equal(ir_ingest_new(h->st, "lan", &n->g, NULL), IR_OK);
    ir_sync_home_of(n->g, &n->of, &n->home);
    n->s = ir_sync_new(self, &n->home, 1000);
    assert_int_equal(
        ir_offer_each(h->st, ir_ingest_stand(n->g), true, index_it, n->s, NULL),
        IR_OK);
    ir_sync_link_up(n->s, 1, NULL, IR_FRAME_MAX, false);
}

static void
stop(struct node *n)
{
    ir_sync_free(n->s);
    ir_sync_home_of_done(&n->of);
    ir_ingest_free(n->g);
}

/* Let both talk for `ms`; returns how many transmissions there were. */
static int
talk(struct node *a, struct node *b, int64_t *now, int64_t ms)
{
    int64_t until = *now + ms;
    int n = 0;

    for (; *now < until; *now += 10) {
        struct node *from[2] = {a, b}, *to[2] = {b, a};
        int i;

        for (i = 0; i < 2; i++) {
            struct ir_buf out = {0};
            uint32_t link;

            (void)ir_sync_tick(from[i]->s, *now);
            while (out.len = 0, ir_sync_out(from[i]->s, &link, &out)) {
                n++;
                (void)ir_sync_in(to[i]->s, 1, out.p, out.len, *now, NULL);
            }
            ir_buf_done(&out);
        }
    }
    return n;
}

/* Is `want` among the next two to be asked for? */
static bool
is_next(const struct ir_sync_home *h, const uint8_t want[32])
{
    uint8_t digest[32] = {0};
    uint64_t off;
    bool is = false;
    int i;

    for (i = 0; i < 2; i++)
        is = is || (h->object_next(h->arg, digest, &off) == IR_OK &&
                    memcmp(digest, want, 32) == 0);
    return is;
}

/* All entries of `from`, without what they name. */
static void
send_log(struct home *from, struct node *to)
{
    struct wire *w = wire_of(from);

    batch(to->g, w->v, w->n);
    wire_free(w);
}

/* A member names a hundred objects that nobody has. What belongs to the release
 * that is approved comes all the same, all its pieces.
 */
static void
test_objects_nobody_has(void **state)
{
    struct home a, b;
    struct node na, nb;
    struct ir_sync_home_of of;
    struct ir_sync_home home;
    struct ir_draft rel = {.kind = IR_KIND_RELEASE};
    struct ir_draft ok = {.kind = IR_KIND_APPROVAL};
    struct ir_buf plan = {0}, got = {0};
    uint8_t id[32], manifest[32], digest[32];
    char hex[65], *text;
    int64_t now = 1000;
    int i;

    (void)state;
    setup_home(&a);
    for (i = 0; i < 40000; i++)
        ir_buf_addf(&plan, "%d ", i);
    assert_int_equal(
        ir_store_object_put(a.st, "plan", plan.p, plan.len, digest, NULL),
        IR_OK);
    ir_hex(digest, 32, hex);
    text = ir_asprintf("{\"api\":1,\"objects\":[{\"bytes\":%zu,\"digest\":"
                       "\"%s\",\"name\":\"p\",\"type\":\"plan\"}]}",
                       plan.len, hex);
    assert_int_equal(ir_store_object_put(a.st, "manifest", text, strlen(text),
                                         manifest, NULL),
                     IR_OK);
    ir_bodyw_bytes(&rel.body, 1, manifest, 32);
    assert_int_equal(append(&a, &rel, id, NULL), IR_OK);
    ir_bodyw_uint(&ok.body, 1, 1);
    ir_bodyw_bytes(&ok.body, 2, manifest, 32);
    ok.refs_n = 1;
    memcpy(ok.refs[0], id, 32);
    assert_int_equal(append(&a, &ok, id, NULL), IR_OK);
    for (i = 0; i < 100; i++) {
        struct ir_draft d = {.kind = IR_KIND_RELEASE};

        ir_random(id, 32);
        ir_bodyw_bytes(&d.body, 1, id, 32);
        assert_int_equal(append(&a, &d, id, NULL), IR_OK);
    }
    empty_home(&b, &a);
    start(&na, &a, 1);
    start(&nb, &b, 2);
    send_log(&a, &nb);
    ir_sync_home_of(nb.g, &of, &home);
    /* every second one is of the release: its manifest, then what that names */
    assert_true(is_next(&home, manifest));
    assert_int_equal(home.object_put(home.arg, manifest, strlen(text), 0, text,
                                     strlen(text)),
                     IR_OK);
    assert_true(is_next(&home, digest));
    ir_sync_home_of_done(&of);
    (void)talk(&na, &nb, &now, 10000);
    assert_int_equal(ir_store_object_get(b.st, digest, &got, NULL), IR_OK);
    assert_int_equal(got.len, plan.len);
    stop(&na);
    stop(&nb);
    ir_buf_done(&plan);
    ir_buf_done(&got);
    free(text);
    remove_home(&a);
    remove_home(&b);
}

static void
test_two_homes(void **state)
{
    struct home a, b;
    struct node na, nb;
    struct ir_draft d = {.kind = IR_KIND_RELEASE};
    struct ir_check k = {0};
    struct ir_buf got = {0}, big = {0};
    struct ir_key *mori, *admin;
    uint8_t id[32], withheld[32], manifest[32];
    int64_t now = 1000, n = 0;
    int i;

    (void)state;
    setup_home(&a);
    mori = add_member(&a, "mori");
    for (i = 0; i < 40000; i++)
        ir_buf_addf(&big, "%d ", i);
    assert_int_equal(
        ir_store_object_put(a.st, "manifest", big.p, big.len, manifest, NULL),
        IR_OK);
    ir_bodyw_bytes(&d.body, 1, manifest, 32);
    assert_int_equal(append(&a, &d, id, NULL), IR_OK);
    for (i = 0; i < 300; i++)
        note(&a, "on A, before they met", id);
    note(&a, "SECRET", withheld);
    redact(&a, withheld, 1, id);
    empty_home(&b, &a);
    start(&na, &a, 1);
    start(&nb, &b, 2);
    assert_true(talk(&na, &nb, &now, 30000) > 3);
    assert_int_equal(ir_store_count(b.st, &n, NULL), IR_OK);
    assert_int_equal(n, 306);
    assert_int_equal(nb.of.stored, 306);
    assert_int_equal(nb.of.refused, 0);
    assert_int_equal(ir_store_object_get(b.st, manifest, &got, NULL), IR_OK);
    assert_int_equal(got.len, big.len);
    got.len = 0;
    /* both write on; what B pushes is on A at once */
    b.now_ms = a.now_ms;
    admin = sign_with(&a, mori); /* mori now sits at B */
    b.who = a.who;
    (void)sign_with(&a, admin);
    note(&b, "on B", id);
    ir_sync_local(nb.s, id, (uint64_t)b.now_ms << 16, IR_LANE_I, 2, now);
    assert_true(talk(&na, &nb, &now, 2000) > 0);
    assert_true(ir_store_arrived(a.st, id));
    /* the text that is withheld did not travel */
    assert_int_equal(
        ir_offer_get(b.st, ir_ingest_stand(nb.g), withheld, &got, NULL), IR_OK);
    assert_null(memmem(got.p, got.len, "SECRET", 6));
    fold_trust(&b);
    check(&b, &k);
    assert_int_equal(k.bad_n, 0);
    ir_check_done(&k);
    stop(&na);
    stop(&nb);
    ir_buf_done(&got);
    ir_buf_done(&big);
    ir_key_free(mori);
    remove_home(&a);
    remove_home(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_homes),
        cmocka_unit_test(test_objects_nobody_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
