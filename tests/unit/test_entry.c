/* test_entry.c: entry bytes against tests/vectors/entry.json, byte for byte
 * and bit by bit, and headers that must be refused.
 */
#include "base/sshsig.h"
#include "core/body.h"
#include "core/entry.h"
#include "vectors.h"

static struct ir_json *vectors;

static int
begin(void **state)
{
    (void)state;
    vectors = vectors_load();
    return ir_crypt_init(NULL);
}

static int
end(void **state)
{
    (void)state;
    ir_json_free(vectors);
    return 0;
}

/* One accepted vector, taken apart. */
struct vec {
    const struct ir_json *j;
    const char *name;
    uint8_t *bytes, *site;
    size_t n;
    struct ir_entry e; /* parsed from bytes, id filled */
    struct ir_key *key;
};

static struct vec
vec_open(size_t i)
{
    struct vec v = {.j = ir_json_at(ir_json_get(vectors, "accept"), i)};
    struct ir_err err = {0};
    size_t n = 0;
    uint8_t *seed = vector_bytes(v.j, "seed", &n);

    v.name = ir_json_get_str(v.j, "name", "");
    v.bytes = vector_bytes(v.j, "entry", &v.n);
    v.site = vector_bytes(v.j, "site", &n);
    assert_int_equal(n, IR_ID_BYTES);
    v.key = ir_key_from_seed(seed);
    free(seed);
    if (ir_entry_parse(v.bytes, v.n, &v.e, &err) != IR_OK)
        fail_msg("%s: %s", v.name, err.msg);
    ir_entry_id(&v.e, v.site);
    return v;
}

static void
vec_close(struct vec *v)
{
    free(v->bytes);
    free(v->site);
    ir_key_free(v->key);
}

static size_t
vec_count(void)
{
    return ir_json_len(ir_json_get(vectors, "accept"));
}

static void
assert_field(const struct ir_json *j, const char *key, const uint8_t *p,
             size_t n)
{
    size_t want_n = 0;
    uint8_t *want = vector_bytes(j, key, &want_n);

    if (want_n != n || memcmp(want, p, n) != 0)
        fail_msg("%s: %s differs", ir_json_get_str(j, "name", ""), key);
    free(want);
}

static void
accepted(void **state)
{
    size_t i;

    (void)state;
    assert_true(vec_count() >= 10);
    for (i = 0; i < vec_count(); i++) {
        struct vec v = vec_open(i);
        struct ir_buf again = {0}, p = {0};
        uint8_t m[IR_M_MAX], blob[IR_SSHSIG_BLOB_BYTES], sig[IR_SIG_BYTES];
        size_t m_n = ir_entry_m(&v.e, v.site, m);

        assert_field(v.j, "P", v.e.p, v.e.p_len);
        assert_field(v.j, "B", v.e.b, v.e.b_len);
        assert_field(v.j, "M", m, m_n);
        assert_field(v.j, "id", v.e.id, IR_ID_BYTES);
        assert_field(v.j, "S", v.e.sig, IR_SIG_BYTES);
        ir_entry_encode(&v.e, &again);
        assert_field(v.j, "entry", again.p, again.len);
        ir_header_encode(&v.e.h, &p);
        assert_field(v.j, "P", p.p, p.len);
        ir_entry_blob(&v.e, v.site, blob);
        assert_int_equal(ir_sign(v.key, blob, sizeof blob, sig, NULL), IR_OK);
        assert_field(v.j, "S", sig, sizeof sig);
        assert_true(ir_entry_verify(&v.e, v.site, v.key->pub));
        ir_buf_done(&again);
        ir_buf_done(&p);
        vec_close(&v);
    }
}

/* The stub of every vector has the same id and signature, and parses unless
 * its kind may not have one.
 */
static void
stubs(void **state)
{
    size_t i, allowed = 0;

    (void)state;
    for (i = 0; i < vec_count(); i++) {
        struct vec v = vec_open(i);
        size_t n = 0;
        uint8_t *want = vector_bytes(v.j, "stub", &n);
        struct ir_entry stub = v.e;
        struct ir_buf b = {0};
        struct ir_err err = {0};
        bool may = !ir_kind_get(v.e.h.kind)->state_bearing;

        stub.b = NULL;
        ir_entry_encode(&stub, &b);
        assert_field(v.j, "stub", b.p, b.len);
        assert_int_equal(ir_entry_parse(want, n, &stub, &err),
                         may ? IR_OK : IR_EPARSE);
        if (may) {
            assert_null(stub.b);
            ir_entry_id(&stub, v.site);
            assert_memory_equal(stub.id, v.e.id, IR_ID_BYTES);
            assert_true(ir_entry_verify(&stub, v.site, v.key->pub));
            allowed++;
        }
        ir_buf_done(&b);
        free(want);
        vec_close(&v);
    }
    assert_true(allowed > 0);
}

/* Whatever version a root says it has, its M begins with zeros. */
static void
any_root(void **state)
{
    static const uint8_t body[] = {0xA1, 0x01, 0x02}; /* version 2 */
    static const uint8_t zero[IR_ID_BYTES];
    struct vec v = vec_open(0);
    uint8_t m[IR_M_MAX];

    (void)state;
    assert_int_equal(v.e.h.kind, IR_KIND_ROOT);
    v.e.b = body;
    v.e.b_len = sizeof body;
    memset(v.site, 0x55, IR_ID_BYTES);
    (void)ir_entry_m(&v.e, v.site, m);
    assert_memory_equal(m, zero, IR_ID_BYTES);
    vec_close(&v);
}

static void
refused(void **state)
{
    const struct ir_json *list = ir_json_get(vectors, "refuse");
    size_t i;

    (void)state;
    assert_true(ir_json_len(list) >= 28);
    for (i = 0; i < ir_json_len(list); i++) {
        const struct ir_json *j = ir_json_at(list, i);
        struct ir_entry e;
        struct ir_err err = {0};
        size_t n = 0;
        uint8_t *p = vector_bytes(j, "hex", &n);
        int rc = ir_entry_parse(p, n, &e, &err);

        if (rc == IR_OK)
            fail_msg("accepted: %s", ir_json_get_str(j, "why", ""));
        assert_int_equal(err.code, rc);
        assert_true(err.msg[0] != '\0');
        free(p);
    }
}

/* Header fields of a vector as JSON: a second way to the same bytes. */
static void
ids_from(const struct ir_json *list, uint8_t (*out)[IR_ID_BYTES], size_t *n)
{
    for (*n = 0; *n < ir_json_len(list); (*n)++)
        assert_int_equal(ir_scan_hex(ir_json_str(ir_json_at(list, *n)), out[*n],
                                     IR_ID_BYTES, NULL),
                         IR_OK);
}

static void
header_built(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < vec_count(); i++) {
        struct vec v = vec_open(i);
        const struct ir_json *j = ir_json_get(v.j, "header"), *o;
        struct ir_header h = {0};
        struct ir_buf p = {0};
        const char *hex;

        assert_int_equal(ir_json_get_int(j, "0", 0), 1);
        assert_int_equal(ir_scan_hex(ir_json_get_str(j, "1", ""), h.author,
                                     sizeof h.author, NULL),
                         IR_OK);
        h.hlc = (uint64_t)ir_json_get_int(j, "2", 0);
        h.seq = (uint64_t)ir_json_get_int(j, "3", 0);
        h.kind = (uint64_t)ir_json_get_int(j, "4", 0);
        hex = ir_json_get_str(j, "5", NULL);
        h.has_incident =
            hex != NULL && ir_scan_hex(hex, h.incident, 8, NULL) == IR_OK;
        hex = ir_json_get_str(j, "6", NULL);
        h.has_prev = hex != NULL && ir_scan_hex(hex, h.prev, 32, NULL) == IR_OK;
        ids_from(ir_json_get(j, "7"), h.deps, &h.deps_n);
        h.status = (uint8_t)ir_json_get_int(j, "10", 0);
        ids_from(ir_json_get(j, "12"), h.refs, &h.refs_n);
        o = ir_json_get(j, "13");
        h.has_occurred = o != NULL;
        h.occurred_ms = ir_json_int(ir_json_at(o, 0));
        h.occurred_prec = (uint8_t)ir_json_int(ir_json_at(o, 1));
        ir_header_encode(&h, &p);
        assert_field(v.j, "P", p.p, p.len);
        ir_buf_done(&p);
        vec_close(&v);
    }
}

/* Flip every bit of every accepted entry: refused, or another id, or the
 * signature no longer fits. Of those with another id every 61st signature is
 * tried as well; it never fits.
 */
static void
every_bit(void **state)
{
    size_t i, at, tried = 0, same_id = 0;

    (void)state;
    for (i = 0; i < vec_count(); i++) {
        struct vec v = vec_open(i);

        for (at = 0; at < 8 * v.n; at++) {
            struct ir_entry e;
            bool same;

            v.bytes[at / 8] ^= (uint8_t)(1 << at % 8);
            if (ir_entry_parse(v.bytes, v.n, &e, NULL) == IR_OK) {
                ir_entry_id(&e, v.site);
                same = memcmp(e.id, v.e.id, IR_ID_BYTES) == 0;
                same_id += same ? 1 : 0;
                if ((same || tried++ % 61 == 0) &&
                    ir_entry_verify(&e, v.site, v.key->pub))
                    fail_msg("%s: bit %zu is not protected", v.name, at);
            }
            v.bytes[at / 8] ^= (uint8_t)(1 << at % 8);
        }
        assert_true(ir_entry_verify(&v.e, v.site, v.key->pub));
        vec_close(&v);
    }
    /* a flip in the signature keeps the id: 512 of each */
    assert_int_equal(same_id, 512 * vec_count());
}

/* Nothing shorter and nothing longer is an entry. */
static void
exact_length(void **state)
{
    size_t i, n;

    (void)state;
    for (i = 0; i < vec_count(); i++) {
        struct vec v = vec_open(i);
        struct ir_entry e;
        uint8_t *more = ir_malloc(v.n + 1);

        for (n = 0; n < v.n; n++) {
            uint8_t *cut = ir_malloc(n);

            memcpy(cut, v.bytes, n);
            assert_int_not_equal(ir_entry_parse(cut, n, &e, NULL), IR_OK);
            free(cut);
        }
        memcpy(more, v.bytes, v.n);
        more[v.n] = 0;
        assert_int_equal(ir_entry_parse(more, v.n + 1, &e, NULL), IR_EPARSE);
        free(more);
        vec_close(&v);
    }
}

/* Another site, another key: the signature does not carry over. */
static void
bound_to_site_and_key(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < vec_count(); i++) {
        struct vec v = vec_open(i);
        struct ir_key *other = ir_key_new();
        struct ir_entry e = v.e;
        uint8_t site[IR_ID_BYTES] = {1};

        ir_entry_id(&e, site);
        if (e.h.kind != IR_KIND_ROOT) { /* a root is in no site */
            assert_memory_not_equal(e.id, v.e.id, IR_ID_BYTES);
            assert_false(ir_entry_verify(&e, site, v.key->pub));
        } else {
            assert_memory_equal(e.id, v.e.id, IR_ID_BYTES);
        }
        assert_false(ir_entry_verify(&e, v.site, other->pub));
        ir_key_free(other);
        vec_close(&v);
    }
}

/* What design.md asks of the narrowest links. */
static void
sizes(void **state)
{
    static const struct {
        const char *name;
        size_t max;
    } cases[] = {{"alert of 109 characters, exercise, seq 70000", 233},
                 {"alert of 36 Japanese characters", 233},
                 {"acknowledgement", 142}};
    size_t i, k, found = 0;

    (void)state;
    for (i = 0; i < vec_count(); i++) {
        struct vec v = vec_open(i);

        for (k = 0; k < sizeof cases / sizeof cases[0]; k++)
            if (strcmp(v.name, cases[k].name) == 0) {
                assert_true(v.n <= cases[k].max);
                found++;
            }
        vec_close(&v);
    }
    assert_int_equal(found, 3);
}

static void
clocks(void **state)
{
    static const struct {
        uint64_t last;
        int64_t now_ms;
        uint64_t next;
    } cases[] = {
        {0, 1000, 1000 << 16},
        {1000 << 16, 1000, (1000 << 16) + 1},
        {(1000 << 16) + 7, 1000, (1000 << 16) + 8},
        {(1000 << 16) + 7, 1001, 1001 << 16},
        {(1000 << 16) + 7, 5, (1000 << 16) + 8}, /* the clock went back */
        {(1000 << 16) + 65535, 1000, 1001 << 16},
        {0, 0, 1},
        {0, -5, 1},
        {5, -5, 6},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(ir_hlc_next(cases[i].last, cases[i].now_ms) ==
                    cases[i].next);
    assert_true(ir_hlc_ms(117651485491200000u) == 1795219200000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),     cmocka_unit_test(stubs),
        cmocka_unit_test(any_root),     cmocka_unit_test(refused),
        cmocka_unit_test(header_built), cmocka_unit_test(every_bit),
        cmocka_unit_test(exact_length), cmocka_unit_test(bound_to_site_and_key),
        cmocka_unit_test(sizes),        cmocka_unit_test(clocks),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
