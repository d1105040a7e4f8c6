/* test_alert.c: who is called, who has answered, and what does not count: the
 * same for the same entries, whatever order they came in.
 */
#include "case_make.h"
#include "core/alert.h"

enum { ITO, MORI, TANAKA, NODE }; /* NODE: a device of Tanaka's */

struct scene {
    struct world *w;
    struct ir_alerts a;
    size_t alert;
};

static const struct ir_entry *
entry(const struct scene *s, size_t no)
{
    return &s->w->e[no];
}

/* Three people, a device, an incident. */
static void
scene_open(struct scene *s)
{
    static const uint8_t seed[IR_SEED_BYTES] = {99};
    uint8_t custodian[8] = {TANAKA + 1};
    struct ir_bodyw b = {0};
    struct ir_entry *e;
    struct world *w = world_new(3);

    memset(s, 0, sizeof *s);
    s->w = w;
    w->key[NODE] = ir_key_from_seed(seed);
    w->people = 4;
    e = trust_entry(w, IR_KIND_DEVICE);
    ir_bodyw_bytes(&b, 1, custodian, 8);
    ir_bodyw_bytes(&b, 3, w->key[NODE]->pub, 32);
    ir_bodyw_bytes(&b, 4, w->key[NODE]->pub, 32);
    seal(w, e, ITO, &b, w->site_id);
    world_trust(w);
    (void)incident(w, ITO, 1, NULL, 1);
}

static void
scene_close(struct scene *s)
{
    ir_alerts_done(&s->a);
    world_free(s->w);
}

static size_t
alert(struct scene *s, int who, int needed, const char *to)
{
    struct ir_bodyw b = {0};

    ir_bodyw_text(&b, 1, "Assemble in room 3F");
    ir_bodyw_uint(&b, 2, 1);
    if (needed > 0)
        ir_bodyw_uint(&b, 3, (uint64_t)needed);
    if (to != NULL)
        ir_bodyw_texts(&b, 7, &to, 1);
    return put(s->w, who, IR_KIND_ALERT, &b);
}

static size_t
cosign(struct scene *s, int who, size_t about, int verdict)
{
    struct ir_bodyw b = {0};

    ir_bodyw_uint(&b, 1, (uint64_t)verdict);
    ir_bodyw_bytes(&b, 2, s->w->e[about].id, IR_ID_BYTES);
    s->w->ref = about + 1;
    return put(s->w, who, IR_KIND_APPROVAL, &b);
}

/* put() gives every entry the incident; an ack may not have one. */
static size_t
ack(struct scene *s, int who, size_t about, int code, const char *contact)
{
    struct world *w = s->w;
    struct ir_bodyw b = {0};
    size_t n = w->n, i;

    ir_bodyw_uint(&b, 1, (uint64_t)code);
    ir_bodyw_text(&b, 3, contact);
    w->ref = about + 1;
    i = put(w, who, IR_KIND_ACK, &b);
    free((void *)(uintptr_t)w->e[i].p);
    free((void *)(uintptr_t)w->e[i].b);
    w->e[i].h.has_incident = false;
    memset(w->e[i].h.incident, 0, IR_INCIDENT_BYTES);
    memset(&b, 0, sizeof b);
    ir_bodyw_uint(&b, 1, (uint64_t)code);
    ir_bodyw_text(&b, 3, contact);
    seal(w, &w->e[i], who, &b, w->site_id);
    assert_int_equal(i, n);
    return i;
}

static size_t
cancel(struct scene *s, int who, size_t about, int reason)
{
    struct ir_bodyw b = {0};

    ir_bodyw_uint(&b, 2, (uint64_t)reason);
    s->w->ref = about + 1;
    return put(s->w, who, IR_KIND_CANCEL, &b);
}

static size_t
list(struct scene *s, int who, uint64_t kind, size_t about, int state)
{
    struct ir_bodyw b = {0};

    ir_bodyw_hashes(&b, 1, (const uint8_t(*)[32])s->w->e[about].id, 1);
    if (state > 0)
        ir_bodyw_uint(&b, 2, (uint64_t)state);
    return put(s->w, who, kind, &b);
}

/* Fold what is there, without entry `but` (SIZE_MAX: with all). */
static void
look(struct scene *s, size_t but)
{
    struct world *w = s->w;
    const struct ir_entry *v[ENTRIES_MAX + PEOPLE_MAX + 4];
    size_t i, n = 0;

    for (i = 0; i < w->trust_n; i++)
        v[n++] = &w->trust_e[i];
    for (i = 0; i < w->n; i++)
        if (i != but)
            v[n++] = &w->e[i];
    ir_alerts_done(&s->a);
    ir_alerts_fold(&w->trust, v, n, &s->a);
}

static const struct ir_alert *
only(struct scene *s)
{
    look(s, SIZE_MAX);
    assert_int_equal(s->a.n, 1);
    return &s->a.v[0];
}

static void
waits_for_others(void **state)
{
    struct scene s;
    const struct ir_alert *a;
    size_t no;

    (void)state;
    scene_open(&s);
    no = alert(&s, ITO, 2, NULL);
    assert_int_equal(only(&s)->state, IR_ALERT_WAITING);
    (void)cosign(&s, ITO, no, 1); /* its author has signed it already */
    (void)cosign(&s, MORI, no, 1);
    (void)cosign(&s, MORI, no, 1); /* the same person */
    a = only(&s);
    assert_int_equal(a->given, 1);
    assert_int_equal(a->state, IR_ALERT_WAITING);
    (void)cosign(&s, TANAKA, no, 2); /* a denial is none */
    assert_int_equal(only(&s)->state, IR_ALERT_WAITING);
    (void)cosign(&s, TANAKA, no, 1);
    a = only(&s);
    assert_int_equal(a->given, 2);
    assert_int_equal(a->state, IR_ALERT_OUT);
    assert_true(ir_alert_is_cosigned(a, MORI));
    assert_false(ir_alert_is_cosigned(a, ITO));
    (void)cancel(&s, MORI, no, IR_CANCEL_OVER);
    assert_int_equal(only(&s)->state, IR_ALERT_CANCELLED);
    (void)cancel(&s, ITO, no, IR_CANCEL_CORRECTED);
    assert_int_equal(only(&s)->state, IR_ALERT_CORRECTED);
    scene_close(&s);
}

/* What the site asks for holds, whatever the author wrote. */
static void
asked_for(void **state)
{
    struct scene s;
    size_t no;

    (void)state;
    scene_open(&s);
    no = alert(&s, ITO, 0, NULL);
    (void)only(&s);
    ir_alert_ask_for(&s.a.v[0], 0);
    assert_int_equal(s.a.v[0].state, IR_ALERT_OUT);
    ir_alert_ask_for(&s.a.v[0], 1);
    assert_int_equal(s.a.v[0].state, IR_ALERT_WAITING);
    (void)cosign(&s, MORI, no, 1);
    (void)only(&s);
    ir_alert_ask_for(&s.a.v[0], 1);
    assert_int_equal(s.a.v[0].state, IR_ALERT_OUT);
    (void)cancel(&s, MORI, no, IR_CANCEL_OVER);
    (void)only(&s);
    ir_alert_ask_for(&s.a.v[0], 2);
    assert_int_equal(s.a.v[0].state, IR_ALERT_CANCELLED);
    scene_close(&s);
}

/* An approval that bears the digest of something else. */
static void
other_digest(void **state)
{
    struct scene s;
    struct ir_bodyw b = {0};
    uint8_t other[32] = {1};
    size_t no;

    (void)state;
    scene_open(&s);
    no = alert(&s, ITO, 1, NULL);
    ir_bodyw_uint(&b, 1, 1);
    ir_bodyw_bytes(&b, 2, other, 32);
    s.w->ref = no + 1;
    (void)put(s.w, MORI, IR_KIND_APPROVAL, &b);
    assert_int_equal(only(&s)->given, 0);
    scene_close(&s);
}

static void
addressed(void **state)
{
    struct scene s;
    const struct ir_alert *a;

    (void)state;
    scene_open(&s);
    (void)alert(&s, ITO, 0, NULL);
    a = only(&s);
    assert_false(ir_alert_is_for(a, &s.w->trust, ITO, NULL, NULL));
    assert_true(ir_alert_is_for(a, &s.w->trust, MORI, NULL, NULL));
    scene_close(&s);
    scene_open(&s);
    (void)alert(&s, ITO, 0, "mori");
    a = only(&s);
    assert_int_equal(a->to_n, 1);
    assert_true(ir_alert_is_for(a, &s.w->trust, MORI, NULL, NULL));
    assert_false(ir_alert_is_for(a, &s.w->trust, TANAKA, NULL, NULL));
    assert_false(ir_alert_is_for(a, &s.w->trust, -1, NULL, NULL));
    scene_close(&s);
}

static void
answers(void **state)
{
    struct scene s;
    const struct ir_alert *a;
    size_t no, first;

    (void)state;
    scene_open(&s);
    no = alert(&s, ITO, 0, NULL);
    assert_null(ir_alert_answer(only(&s), MORI));
    (void)ack(&s, MORI, no, IR_ACK_DECLINE, NULL);
    a = only(&s);
    assert_int_equal(ir_alert_answer(a, MORI)->code, IR_ACK_DECLINE);
    assert_null(ir_alert_answer(a, TANAKA));
    first = ack(&s, MORI, no, IR_ACK_ACCEPT, NULL); /* a change of mind */
    a = only(&s);
    assert_int_equal(ir_alert_answer(a, MORI)->code, IR_ACK_ACCEPT);
    assert_memory_equal(ir_alert_answer(a, MORI)->entry, entry(&s, first)->id,
                        IR_ID_BYTES);
    (void)ack(&s, MORI, no, IR_ACK_DONE, "tanaka"); /* a word for another */
    a = only(&s);
    assert_int_equal(ir_alert_answer(a, MORI)->code, IR_ACK_ACCEPT);
    assert_null(ir_alert_answer(a, TANAKA));
    scene_close(&s);
}

static void
receipts(void **state)
{
    struct scene s;
    const struct ir_alert *a;
    size_t no;

    (void)state;
    scene_open(&s);
    no = alert(&s, ITO, 0, NULL);
    (void)list(&s, NODE, IR_KIND_RECEIPT, no, 2); /* no device can know */
    assert_null(ir_alert_receipt(only(&s), TANAKA, 1));
    (void)list(&s, NODE, IR_KIND_RECEIPT, no, 1);
    a = only(&s);
    assert_non_null(ir_alert_receipt(a, TANAKA, 1));
    assert_null(ir_alert_receipt(a, TANAKA, 2));
    assert_null(ir_alert_receipt(a, MORI, 1));
    (void)list(&s, MORI, IR_KIND_RECEIPT, no, 2);
    a = only(&s);
    assert_non_null(ir_alert_receipt(a, MORI, 2));
    assert_non_null(ir_alert_receipt(a, MORI, 1));
    scene_close(&s);
}

/* A device that held the answer says so; not what came after. */
static void
witnesses(void **state)
{
    struct scene s;
    const struct ir_alert *a;
    size_t no, word;

    (void)state;
    scene_open(&s);
    no = alert(&s, ITO, 0, NULL);
    word = ack(&s, MORI, no, IR_ACK_ACCEPT, NULL);
    (void)list(&s, NODE, IR_KIND_WITNESS, word, 0);
    (void)ack(&s, TANAKA, no, IR_ACK_SEEN, NULL);
    a = only(&s);
    assert_int_equal(a->seen_n, 1); /* the answer builds on it */
    assert_int_equal(a->seen[0].custodian, TANAKA);
    assert_int_equal(ir_alert_answer(a, MORI)->seen_n, 1);
    assert_int_equal(ir_alert_answer(a, TANAKA)->seen_n, 0);
    (void)list(&s, MORI, IR_KIND_WITNESS, no, 0); /* a person is no device */
    assert_int_equal(only(&s)->seen_n, 1);
    scene_close(&s);
}

/* An exercise is never an actual alert, nor answered by what is none. */
static void
status(void **state)
{
    struct scene s;
    const struct ir_alert *a;
    size_t no;

    (void)state;
    scene_open(&s);
    s.w->status = IR_EXERCISE; /* in an incident that is actual */
    (void)alert(&s, ITO, 0, NULL);
    look(&s, SIZE_MAX);
    assert_int_equal(s.a.n, 0);
    assert_int_equal(s.a.not_counted_n, 1);
    s.w->status = IR_ACTUAL;
    no = alert(&s, ITO, 1, NULL);
    s.w->status = IR_EXERCISE;
    (void)cosign(&s, MORI, no, 1);
    (void)ack(&s, MORI, no, IR_ACK_ACCEPT, NULL);
    (void)cancel(&s, MORI, no, IR_CANCEL_OVER);
    (void)list(&s, MORI, IR_KIND_RECEIPT, no, 2);
    a = only(&s);
    assert_int_equal(a->state, IR_ALERT_WAITING);
    assert_int_equal(a->said_n, 0);
    scene_close(&s);
}

/* The declare entry is not here yet; it comes; a device may not alert. */
static void
cannot_count(void **state)
{
    struct scene s;
    size_t no;

    (void)state;
    scene_open(&s);
    no = alert(&s, NODE, 0, NULL);
    look(&s, SIZE_MAX);
    assert_int_equal(s.a.n, 0);
    (void)no;
    no = alert(&s, MORI, 0, NULL);
    look(&s, 0);
    assert_int_equal(s.a.n, 0);
    look(&s, SIZE_MAX);
    assert_int_equal(s.a.n, 1);
    assert_memory_equal(s.a.v[0].id, entry(&s, no)->id, IR_ID_BYTES);
    scene_close(&s);
}

static void
revoke(struct scene *s, int who, size_t accepted)
{
    uint8_t key[IR_KEYID_BYTES];
    struct ir_bodyw b = {0};
    struct ir_entry *e = trust_entry(s->w, IR_KIND_REVOKE);

    ir_key_id(s->w->key[who]->pub, key);
    ir_bodyw_bytes(&b, 1, key, sizeof key);
    ir_bodyw_text(&b, 2, "stolen");
    if (accepted < s->w->n)
        ir_bodyw_hashes(&b, 3, (const uint8_t(*)[32])s->w->e[accepted].id, 1);
    else
        ir_bodyw_no_hashes(&b, 3);
    seal(s->w, e, ITO, &b, s->w->site_id);
    world_trust(s->w);
}

/* A stolen key: what was accepted stays, and what that answers. */
static void
revoked(void **state)
{
    struct scene s;
    size_t no, mine, word;

    (void)state;
    scene_open(&s);
    no = alert(&s, ITO, 1, NULL);
    mine = alert(&s, MORI, 0, NULL);
    word = ack(&s, MORI, mine, IR_ACK_SEEN, NULL);
    (void)cosign(&s, MORI, no, 1); /* by the thief */
    (void)ack(&s, MORI, no, IR_ACK_ACCEPT, NULL);
    look(&s, SIZE_MAX);
    assert_int_equal(s.a.n, 2);
    assert_int_equal(s.a.v[0].state, IR_ALERT_OUT);
    revoke(&s, MORI, word);
    look(&s, SIZE_MAX);
    assert_int_equal(s.a.n, 2);
    assert_int_equal(s.a.v[0].state, IR_ALERT_WAITING);
    assert_null(ir_alert_answer(&s.a.v[0], MORI));
    assert_non_null(ir_alert_answer(&s.a.v[1], MORI));
    scene_close(&s);
}

static void
dump(const struct ir_alerts *a, struct ir_buf *b)
{
    size_t i, k, j;

    for (i = 0; i < a->n; i++) {
        ir_buf_addf(b, "%02x%02x %d %d %zu %zu\n", a->v[i].id[0], a->v[i].id[1],
                    a->v[i].state, a->v[i].by, a->v[i].given, a->v[i].seen_n);
        for (k = 0; k < a->v[i].said_n; k++) {
            const struct ir_alert_said *s = &a->v[i].said[k];

            ir_buf_addf(b, " %02x%02x %d %d %d %d", s->entry[0], s->entry[1],
                        (int)s->kind, s->by, s->code, s->stands);
            for (j = 0; j < s->seen_n; j++)
                ir_buf_addf(b, " %02x", s->seen[j].device[0]);
            ir_buf_adds(b, "\n");
        }
    }
    ir_buf_addf(b, "%zu\n", a->not_counted_n);
}

/* People answer and take back, apart and together; the order of arrival plays
 * no part, nor does what came twice. */
static void
any_order(void **state)
{
    struct scene s;
    const struct ir_entry *v[2 * ENTRIES_MAX];
    struct ir_buf want = {0};
    uint64_t rng = 7;
    size_t i, n = 0, no[3], round;

    (void)state;
    scene_open(&s);
    s.w->apart = true;
    for (i = 0; i < 3; i++)
        no[i] = alert(&s, (int)i, (int)i, i == 2 ? "mori" : NULL);
    for (i = 0; i < 30; i++) {
        int who = (int)(i % 3);
        size_t about = no[i * 7 % 3];

        s.w->status = i % 11 == 10 ? IR_TEST : IR_ACTUAL;
        if (i % 5 == 0)
            (void)cosign(&s, who, about, 1 + (int)(i % 2));
        else if (i % 5 == 1)
            (void)list(&s, NODE, IR_KIND_RECEIPT, about, 1);
        else if (i % 5 == 2)
            (void)list(&s, NODE, IR_KIND_WITNESS, s.w->n - 1, 0);
        else if (i == 28)
            (void)cancel(&s, who, about, IR_CANCEL_MISTAKEN);
        else
            (void)ack(&s, who, about, 1 + (int)(i % 4), NULL);
        if (i == 15)
            together(s.w);
    }
    look(&s, SIZE_MAX);
    assert_int_equal(s.a.n, 3);
    dump(&s.a, &want);
    for (i = 0; i < s.w->trust_n; i++)
        v[n++] = &s.w->trust_e[i];
    for (i = 0; i < s.w->n; i++)
        v[n++] = &s.w->e[i];
    for (i = 0; i < 9; i++)
        v[n++] = &s.w->e[i * 3];
    for (round = 0; round < 200; round++) {
        struct ir_buf got = {0};

        for (i = n; i > 1; i--) {
            size_t k;
            const struct ir_entry *t = v[i - 1];

            rng = rng * 6364136223846793005u + 1442695040888963407u;
            k = (size_t)(rng >> 33) % i;
            v[i - 1] = v[k];
            v[k] = t;
        }
        ir_alerts_done(&s.a);
        ir_alerts_fold(&s.w->trust, v, n, &s.a);
        dump(&s.a, &got);
        assert_string_equal(ir_buf_str(&got), ir_buf_str(&want));
        ir_buf_done(&got);
    }
    ir_buf_done(&want);
    scene_close(&s);
}

/* The narrowest links: 109 ASCII or 36 Japanese characters, to all. */
static void
fits_narrow_links(void **state)
{
    static const char *const texts[] = {"a", "\xe7\x81\xab"};
    static const int times[] = {109, 36};
    struct scene s;
    size_t i, no;

    (void)state;
    scene_open(&s);
    for (i = 0; i < 2; i++) {
        struct ir_buf text = {0}, out = {0};
        struct ir_bodyw b = {0};
        struct ir_entry *e;
        int k;

        for (k = 0; k < times[i]; k++)
            ir_buf_adds(&text, texts[i]);
        s.w->status = IR_EXERCISE;
        ir_bodyw_text(&b, 1, ir_buf_str(&text));
        ir_bodyw_uint(&b, 2, 1);
        no = put(s.w, MORI, IR_KIND_ALERT, &b);
        e = &s.w->e[no];
        free((void *)(uintptr_t)e->p);
        free((void *)(uintptr_t)e->b);
        e->h.seq = 70000;
        ir_bodyw_text(&b, 1, ir_buf_str(&text));
        ir_bodyw_uint(&b, 2, 1);
        seal(s.w, e, MORI, &b, s.w->site_id);
        ir_entry_encode(e, &out);
        assert_in_range(out.len, 200, 233);
        out.len = 0;
        no = ack(&s, ITO, no, IR_ACK_ACCEPT, NULL);
        ir_entry_encode(&s.w->e[no], &out);
        assert_in_range(out.len, 100, 142);
        ir_buf_done(&out);
        ir_buf_done(&text);
    }
    scene_close(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_others), cmocka_unit_test(asked_for),
        cmocka_unit_test(other_digest),     cmocka_unit_test(addressed),
        cmocka_unit_test(answers),          cmocka_unit_test(receipts),
        cmocka_unit_test(witnesses),        cmocka_unit_test(status),
        cmocka_unit_test(cannot_count),     cmocka_unit_test(revoked),
        cmocka_unit_test(any_order),        cmocka_unit_test(fits_narrow_links),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
