/* test_join.c: the code of an invitation, and the two messages under it. */
#include "base/cbor.h"
#include "base/sshsig.h"
#include "core/join.h"
#include "vectors.h"

static void
codes(void **state)
{
    struct ir_json *j = vectors_of("join.json");
    const struct ir_json *list = ir_json_get(j, "codes");
    size_t i;

    (void)state;
    assert_true(ir_json_len(list) > 2);
    for (i = 0; i < ir_json_len(list); i++) {
        const struct ir_json *v = ir_json_at(list, i);
        uint8_t secret[16], got[16], id[8], want[8];
        char code[IR_JOIN_CODE_BYTES];
        struct ir_err err = {0};

        vector_fixed(v, "secret", secret, 16);
        vector_fixed(v, "id", want, 8);
        ir_join_code(secret, code);
        assert_string_equal(code, ir_json_get_str(v, "code", ""));
        ROW(i, ir_join_code_parse(code, got, &err) == IR_OK);
        ROW(i, memcmp(got, secret, 16) == 0);
        ROW(i, ir_join_code_parse(ir_json_get_str(v, "typed", ""), got, &err) ==
                   IR_OK);
        ROW(i, memcmp(got, secret, 16) == 0);
        ir_join_id(secret, id);
        ROW(i, memcmp(id, want, 8) == 0);
    }
    ir_json_free(j);
}

/* One wrong letter, two that changed places, one more or less: found. */
static void
slips(void **state)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t secret[16] = {0x5a, 1, 2, 3, 4, 250, 6, 7, 8, 9, 90, 11, 12, 13},
            got[16];
    static const char *const wrong[] = {"", "-", "0", "7K4Q", "U", "\xe3\x82"};
    char code[IR_JOIN_CODE_BYTES], slip[IR_JOIN_CODE_BYTES + 1];
    struct ir_err err = {0};
    size_t i, k, missed = 0;

    (void)state;
    ir_join_code(secret, code);
    for (i = 0; code[i] != '\0'; i++) {
        if (code[i] == '-')
            continue;
        memcpy(slip, code, sizeof code);
        for (k = 0; k < 32; k++) {
            slip[i] = digits[k];
            if (slip[i] != code[i])
                missed += ir_join_code_parse(slip, got, &err) == IR_OK;
        }
        slip[i] = 'u'; /* no digit */
        ROW(i, ir_join_code_parse(slip, got, &err) == IR_EPARSE);
        memmove(slip + i, code + i + 1, sizeof code - i - 1);
        ROW(i, ir_join_code_parse(slip, got, &err) == IR_EPARSE);
    }
    assert_true(missed <= 1); /* of 868 slips, each found by 12 bits */
    snprintf(slip, sizeof slip, "%s0", code);
    assert_int_equal(ir_join_code_parse(slip, got, &err), IR_EPARSE);
    for (i = 0; i < COUNT(wrong); i++)
        ROW(i, ir_join_code_parse(wrong[i], got, &err) == IR_EPARSE);
    assert_true(err.hint[0] != '\0');
}

/* As it comes from an input method that was left on: wide letters, and what it
 * makes of hyphens and spaces.
 */
static void
wide(void **state)
{
    static const char *const hyphens[] = {
        "-", "\uff0d", "\u30fc", "\u2212", "\u2010", "\u3000", ""};
    uint8_t secret[16] = {0x5a, 1, 2, 3, 4, 250, 6, 7, 8, 9, 90, 11, 12, 13},
            got[16];
    char code[IR_JOIN_CODE_BYTES];
    struct ir_err err = {0};
    size_t i, k;

    (void)state;
    ir_join_code(secret, code);
    for (k = 0; k < COUNT(hyphens); k++) {
        struct ir_buf b = {0};

        for (i = 0; code[i] != '\0'; i++)
            if (code[i] == '-')
                ir_buf_adds(&b, hyphens[k]);
            else
                ir_buf_addf(&b, "\xef\xbc%c",
                            code[i] - '!' + 0x81); /* U+FF01 is '!' */
        memset(got, 0, sizeof got);
        ROW(k, ir_join_code_parse(ir_buf_str(&b), got, &err) == IR_OK);
        ROW(k, memcmp(got, secret, sizeof got) == 0);
        ir_buf_done(&b);
    }
    assert_int_equal(ir_join_code_parse("\u7530", got, &err), IR_EPARSE);
}

struct people {
    struct ir_key *person, *node;
    uint8_t x25519[32]; /* the secret */
    struct ir_join_request r;
};

static void
people_init(struct people *p, const uint8_t secret[16], const char *handle)
{
    struct ir_buf proof = {0};

    memset(p, 0, sizeof *p);
    p->person = ir_key_new();
    p->node = ir_key_new();
    ir_random(p->x25519, 32);
    memcpy(p->r.person, p->person->pub, 32);
    memcpy(p->r.node, p->node->pub, 32);
    ir_x25519_public(p->x25519, p->r.x25519);
    snprintf(p->r.handle, sizeof p->r.handle, "%s", handle);
    ir_join_proof(secret, &p->r, &proof);
    assert_int_equal(
        ir_sign(p->person, proof.p, proof.len, p->r.person_sig, NULL), IR_OK);
    assert_int_equal(ir_sign(p->node, proof.p, proof.len, p->r.node_sig, NULL),
                     IR_OK);
    ir_buf_done(&proof);
}

static void
people_done(struct people *p)
{
    ir_key_free(p->person);
    ir_key_free(p->node);
}

static void
requests(void **state)
{
    uint8_t secret[16] = {1, 2, 3}, other[16] = {1, 2, 4};
    static const char *const handles[] = {"", "kato", "k", "a.b-c_9"};
    struct ir_join_request got;
    struct ir_err err = {0};
    size_t i, k;

    (void)state;
    for (i = 0; i < COUNT(handles); i++) {
        struct ir_buf b = {0};
        struct people p;

        people_init(&p, secret, handles[i]);
        ir_join_request_seal(secret, &p.r, &b);
        assert_true(b.len < IR_JOIN_REQUEST_MAX);
        memset(&got, 0, sizeof got);
        assert_int_equal(ir_join_request_open(secret, b.p, b.len, &got, &err),
                         IR_OK);
        assert_memory_equal(&got, &p.r, sizeof got);
        assert_int_equal(ir_join_request_open(other, b.p, b.len, &got, &err),
                         IR_ESIG);
        for (k = 0; k < b.len; k++) {
            b.p[k] ^= 1;
            ROW(k, ir_join_request_open(secret, b.p, b.len, &got, &err) ==
                       IR_ESIG);
            b.p[k] ^= 1;
            ROW(k, ir_join_request_open(secret, b.p, k, &got, &err) == IR_ESIG);
        }
        ir_buf_done(&b);
        people_done(&p);
    }
}

/* Under the right code, and yet not to be believed. */
static void
requests_refused(void **state)
{
    uint8_t secret[16] = {1, 2, 3};
    struct people p, q;
    struct ir_join_request bad[6], got;
    struct ir_err err = {0};
    size_t i;

    (void)state;
    people_init(&p, secret, "kato");
    people_init(&q, secret, "kato");
    for (i = 0; i < COUNT(bad); i++)
        bad[i] = p.r;
    memcpy(bad[0].person, q.r.person, 32); /* somebody else's key */
    memcpy(bad[1].node, q.r.node, 32);
    memcpy(bad[2].x25519, q.r.x25519, 32);
    snprintf(bad[3].handle, sizeof bad[3].handle, "sato");
    snprintf(bad[4].handle, sizeof bad[4].handle, "../sato");
    memcpy(bad[5].node, p.r.person, 32);
    memcpy(bad[5].node_sig, p.r.person_sig, 64);
    for (i = 0; i < COUNT(bad); i++) {
        struct ir_buf b = {0};

        ir_join_request_seal(secret, &bad[i], &b);
        ROW(i, ir_join_request_open(secret, b.p, b.len, &got, &err) ==
                   (i == 4 ? IR_EPARSE : IR_ESIG));
        ir_buf_done(&b);
    }
    people_done(&p);
    people_done(&q);
}

static void
fill(struct ir_join_answer *a)
{
    memset(a->site, 7, sizeof a->site);
    memset(a->member, 8, sizeof a->member);
    snprintf(a->handle, sizeof a->handle, "kato");
    ir_join_add_entry(a, "first", 5);
    ir_join_add_entry(a, "second", 6);
    ir_join_add_object(a, "plan", "{}", 2);
}

static void
answers(void **state)
{
    uint8_t secret[16] = {1, 2, 3}, other[16] = {9};
    struct ir_join_answer a = {0}, got;
    struct ir_buf req = {0}, req2 = {0}, b = {0}, type = {0};
    struct people p, q;
    struct ir_err err = {0};
    const uint8_t *item;
    size_t at = 0, n, k;

    (void)state;
    people_init(&p, secret, "");
    people_init(&q, secret, "");
    ir_join_request_seal(secret, &p.r, &req);
    ir_join_request_seal(secret, &p.r, &req2); /* the same keys once more */
    fill(&a);
    assert_int_equal(
        ir_join_answer_seal(secret, req.p, req.len, p.r.x25519, &a, &b, &err),
        IR_OK);
    assert_int_equal(ir_join_answer_open(secret, req.p, req.len, p.x25519, b.p,
                                         b.len, &got, &err),
                     IR_OK);
    assert_memory_equal(got.site, a.site, 32);
    assert_memory_equal(got.member, a.member, 8);
    assert_string_equal(got.handle, "kato");
    assert_true(ir_join_next_entry(&got, &at, &item, &n));
    assert_memory_equal(item, "first", n);
    assert_true(ir_join_next_entry(&got, &at, &item, &n));
    assert_memory_equal(item, "second", n);
    assert_false(ir_join_next_entry(&got, &at, &item, &n));
    at = 0;
    assert_true(ir_join_next_object(&got, &at, &type, &item, &n));
    assert_string_equal(ir_buf_str(&type), "plan");
    assert_memory_equal(item, "{}", n);
    assert_false(ir_join_next_object(&got, &at, &type, &item, &n));
    ir_join_answer_done(&got);
    assert_int_equal(ir_join_answer_open(other, req.p, req.len, p.x25519, b.p,
                                         b.len, &got, &err),
                     IR_ESIG);
    assert_int_equal(ir_join_answer_open(secret, req2.p, req2.len, p.x25519,
                                         b.p, b.len, &got, &err),
                     IR_ESIG);
    assert_int_equal(ir_join_answer_open(secret, req.p, req.len, q.x25519, b.p,
                                         b.len, &got, &err),
                     IR_ESIG);
    for (k = 0; k < b.len; k++) {
        b.p[k] ^= 0x80;
        ROW(k, ir_join_answer_open(secret, req.p, req.len, p.x25519, b.p, b.len,
                                   &got, &err) == IR_ESIG);
        b.p[k] ^= 0x80;
        ROW(k, ir_join_answer_open(secret, req.p, req.len, p.x25519, b.p, k,
                                   &got, &err) == IR_ESIG);
    }
    ir_join_answer_done(&a);
    ir_buf_done(&req);
    ir_buf_done(&req2);
    ir_buf_done(&b);
    ir_buf_done(&type);
    people_done(&p);
    people_done(&q);
}

/* Who made the invitation is found, by nobody else, and says where. */
static void
found(void **state)
{
    static const uint8_t secret[16] = {7}, other[16] = {8};
    struct ir_buf ask = {0}, again = {0}, here = {0}, longer = {0};
    uint16_t port = 0;
    size_t k;

    (void)state;
    ir_join_ask(secret, &ask);
    ir_join_ask(secret, &again);
    assert_int_equal(ask.len, IR_JOIN_ASK_BYTES);
    for (k = 0; k + 4 <= ask.len; k++) /* nothing tells them to be of one */
        ROW(k, memcmp(ask.p + k, again.p + k, 4) != 0);
    assert_true(ir_join_ask_ok(secret, ask.p, ask.len));
    assert_false(ir_join_ask_ok(other, ask.p, ask.len));
    ir_join_here(secret, ask.p, ask.len, 0xabcd, &here);
    assert_int_equal(here.len, IR_JOIN_HERE_BYTES);
    assert_true(
        ir_join_here_open(secret, ask.p, ask.len, here.p, here.len, &port));
    assert_int_equal(port, 0xabcd);
    port = 1;
    assert_false(ir_join_here_open(secret, again.p, again.len, here.p, here.len,
                                   &port)); /* of another question */
    assert_false(
        ir_join_here_open(other, ask.p, ask.len, here.p, here.len, &port));
    assert_false(ir_join_ask_ok(secret, here.p, here.len));
    assert_false(
        ir_join_here_open(secret, ask.p, ask.len, ask.p, ask.len, &port));
    ir_buf_add(&longer, ask.p, ask.len);
    ir_buf_add(&longer, "x", 1);
    assert_false(ir_join_ask_ok(secret, longer.p, longer.len));
    for (k = 0; k < here.len; k++) {
        if (k < ask.len) {
            ask.p[k] ^= 4;
            ROW(k, !ir_join_ask_ok(secret, ask.p, ask.len));
            ROW(k, !ir_join_ask_ok(secret, ask.p, k));
            ask.p[k] ^= 4;
        }
        here.p[k] ^= 4;
        ROW(k, !ir_join_here_open(secret, ask.p, ask.len, here.p, here.len,
                                  &port));
        ROW(k, !ir_join_here_open(secret, ask.p, ask.len, here.p, k, &port));
        here.p[k] ^= 4;
    }
    assert_int_equal(port, 1);
    ir_buf_done(&ask);
    ir_buf_done(&again);
    ir_buf_done(&here);
    ir_buf_done(&longer);
}

/* What the other implementation sealed opens here. */
static void
vectors(void **state)
{
    struct ir_json *j = vectors_of("join.json");
    uint8_t secret[16], x25519[32];
    struct ir_join_request r;
    struct ir_join_answer a;
    struct ir_err err = {0};
    struct ir_buf proof = {0};
    size_t req_n, ans_n, proof_n, ask_n, here_n;
    uint8_t *ask = vector_bytes(j, "ask", &ask_n);
    uint8_t *here = vector_bytes(j, "here", &here_n);
    uint16_t port = 0;
    uint8_t *req = vector_bytes(j, "request", &req_n);
    uint8_t *ans = vector_bytes(j, "answer", &ans_n);
    uint8_t *want = vector_bytes(j, "proof", &proof_n);

    (void)state;
    vector_fixed(j, "secret", secret, 16);
    vector_fixed(j, "x25519_secret", x25519, 32);
    assert_int_equal(ir_join_request_open(secret, req, req_n, &r, &err), IR_OK);
    assert_string_equal(r.handle, "kato");
    ir_join_proof(secret, &r, &proof);
    assert_int_equal(proof.len, proof_n);
    assert_memory_equal(proof.p, want, proof_n);
    assert_int_equal(
        ir_join_answer_open(secret, req, req_n, x25519, ans, ans_n, &a, &err),
        IR_OK);
    assert_string_equal(a.handle, "kato");
    assert_int_equal(a.entries_n, 1);
    assert_int_equal(a.objects_n, 1);
    assert_true(ir_join_ask_ok(secret, ask, ask_n));
    assert_true(ir_join_here_open(secret, ask, ask_n, here, here_n, &port));
    assert_int_equal(port, 8747);
    ir_join_answer_done(&a);
    ir_buf_done(&proof);
    free(ask);
    free(here);
    free(req);
    free(ans);
    free(want);
    ir_json_free(j);
}

static int
begin(void **state)
{
    (void)state;
    return ir_crypt_init(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes),
        cmocka_unit_test(slips),
        cmocka_unit_test(wide),
        cmocka_unit_test(requests),
        cmocka_unit_test(requests_refused),
        cmocka_unit_test(answers),
        cmocka_unit_test(found),
        cmocka_unit_test(vectors),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
