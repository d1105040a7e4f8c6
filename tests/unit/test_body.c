/* test_body.c: reading bodies, and building them byte for byte. */
#include "base/cbor.h"
#include "core/body.h"
#include "vectors.h"

/* An entry that holds nothing but the body given in hex.
 *
 * Owns:   e->b is the caller's, free().
 */
static struct ir_entry
with_body(const char *hex)
{
    struct ir_entry e = {0};
    size_t n = 0;

    e.b = unhex(hex, &n);
    e.b_len = n;
    assert_int_equal(ir_cbor_check(e.b, e.b_len, NULL), IR_OK);
    return e;
}

static void
drop(struct ir_entry *e)
{
    free((uint8_t *)(uintptr_t)e->b);
}

/* 1: 7, 2: -7, 3: "host", 4: h'0102', 5: ["a", "", "c"], 6: [["n", "v"]],
 * 7: [h'01', h''], 8: [1], 9: [["n"]], 10: [].
 */
#define BODY                                                                   \
    "aa"                                                                       \
    "0107"                                                                     \
    "0226"                                                                     \
    "0364686f7374"                                                             \
    "04420102"                                                                 \
    "0583616160"                                                               \
    "6163"                                                                     \
    "068182616e6176"                                                           \
    "0782410140"                                                               \
    "088101"                                                                   \
    "098181616e"                                                               \
    "0a80"

static void
reads(void **state)
{
    struct ir_entry e = with_body(BODY);
    const uint8_t *p = NULL;
    const char *s = NULL;
    uint64_t u = 99;
    int64_t i = 99;
    size_t n = 99;
    char *copy;

    (void)state;
    assert_true(ir_body_uint(&e, 1, &u) && u == 7);
    assert_true(ir_body_int(&e, 1, &i) && i == 7);
    assert_true(ir_body_int(&e, 2, &i) && i == -7);
    assert_true(ir_body_text(&e, 3, &s, &n) && n == 4);
    assert_memory_equal(s, "host", 4);
    assert_true(ir_body_bytes(&e, 4, &p, &n) && n == 2);
    assert_memory_equal(p, "\x01\x02", 2);
    assert_true(ir_body_is(&e, 3, "host"));
    assert_false(ir_body_is(&e, 3, "hos"));
    assert_false(ir_body_is(&e, 3, "hosts"));
    assert_false(ir_body_is(&e, 1, "7"));
    copy = ir_body_strdup(&e, 3);
    assert_string_equal(copy, "host");
    free(copy);
    assert_null(ir_body_strdup(&e, 4));
    assert_true(ir_body_uint_or(&e, 1, 5) == 7);
    assert_true(ir_body_uint_or(&e, 2, 5) == 5);
    assert_true(ir_body_uint_or(&e, 40, 5) == 5);
    u = 99;
    assert_false(ir_body_uint(&e, 2, &u) || ir_body_uint(&e, 3, &u) ||
                 ir_body_uint(&e, 0, &u) || u != 99);
    i = 99;
    assert_false(ir_body_int(&e, 3, &i) || i != 99);
    n = 99;
    assert_false(ir_body_text(&e, 4, &s, &n) || n != 99);
    assert_false(ir_body_bytes(&e, 3, &p, &n) || n != 99);
    e.h.sealed = true;
    assert_false(ir_body_uint(&e, 1, &u));
    drop(&e);
    e = (struct ir_entry){0}; /* a stub */
    assert_false(ir_body_uint(&e, 1, &u));
    assert_null(ir_body_strdup(&e, 3));
}

static void
walks(void **state)
{
    static const struct {
        int key;
        const char *names[3], *values[3];
    } cases[] = {{5, {NULL}, {"a", "", "c"}}, {6, {"n"}, {"v"}},
                 {7, {NULL}, {"\x01", ""}},   {8, {NULL}, {NULL}},
                 {9, {NULL}, {NULL}},         {10, {NULL}, {NULL}},
                 {3, {NULL}, {NULL}},         {11, {NULL}, {NULL}}};
    struct ir_entry e = with_body(BODY);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_body_item it;
        size_t at = 0, n = 0;

        while (ir_body_each(&e, cases[i].key, &at, &it)) {
            assert_true(n < 3 && cases[i].values[n] != NULL);
            assert_int_equal(it.len, strlen(cases[i].values[n]));
            assert_memory_equal(it.p, cases[i].values[n], it.len);
            if (cases[i].names[n] == NULL) {
                assert_null(it.name);
            } else {
                assert_int_equal(it.name_len, strlen(cases[i].names[n]));
                assert_memory_equal(it.name, cases[i].names[n], it.name_len);
            }
            n++;
        }
        assert_true(n == 3 || cases[i].values[n] == NULL);
    }
    drop(&e);
}

static void
assert_body(struct ir_bodyw *w, const char *hex)
{
    struct ir_buf b = {0};
    size_t n = 0;
    uint8_t *want = unhex(hex, &n);

    ir_bodyw_finish(w, &b);
    assert_int_equal(b.len, n);
    assert_memory_equal(b.p, want, n);
    assert_int_equal(ir_cbor_check(b.p, b.len, NULL), IR_OK);
    ir_buf_done(&b);
    free(want);
}

static void
writes(void **state)
{
    static const char *const texts[] = {"a", "", "c"};
    static const uint8_t hash[2][32] = {{1}, {2}};
    static const struct ir_pair pairs[] = {
        {"b", "1"}, {"a", "2"}, {"b", "3"}, {"aa", ""}};
    struct ir_bodyw w = {0};

    (void)state;
    assert_body(&w, "a0");
    ir_bodyw_bytes(&w, 4, "\x01\x02", 2); /* in any order */
    ir_bodyw_int(&w, 2, -7);
    ir_bodyw_text(&w, 3, "old");
    ir_bodyw_text(&w, 3, "host"); /* the last one stands */
    ir_bodyw_uint(&w, 1, 7);
    ir_bodyw_texts(&w, 5, texts, 3);
    ir_bodyw_text(&w, 6, NULL); /* left out */
    ir_bodyw_texts(&w, 7, texts, 0);
    ir_bodyw_hashes(&w, 8, hash, 0);
    ir_bodyw_pairs(&w, 9, pairs, 0);
    assert_body(&w, "a5"
                    "0107"
                    "0226"
                    "0364686f7374"
                    "04420102"
                    "0583616160"
                    "6163");
    assert_body(&w, "a0"); /* finishing empties it */
    ir_bodyw_pairs(&w, 1, pairs, 4);
    ir_bodyw_no_hashes(&w, 2);
    ir_bodyw_hashes(&w, 30, hash, 2);
    assert_body(&w, "a3"
                    "0183"
                    "8261616132"
                    "826261"
                    "6160"
                    "8261626133"
                    "0280"
                    "181e825820"
                    "01000000000000000000000000000000"
                    "00000000000000000000000000000000"
                    "5820"
                    "02000000000000000000000000000000"
                    "00000000000000000000000000000000");
}

/* Field `v` of a vector's body, written as its kind has it. */
static void
put_field(struct ir_bodyw *w, const struct ir_field *f, const struct ir_json *v)
{
    const char *s = ir_json_str(v);
    uint8_t bytes[64], hash[4][32];
    const char *texts[4];
    struct ir_pair pairs[4];
    size_t i, n = ir_json_len(v);

    assert_true(n <= 4);
    switch ((enum ir_field_type)f->type) {
    case IR_FT_UINT:
        ir_bodyw_uint(w, f->key, (uint64_t)ir_json_int(v));
        break;
    case IR_FT_INT:
        ir_bodyw_int(w, f->key, ir_json_int(v));
        break;
    case IR_FT_TEXT:
    case IR_FT_HANDLE:
        ir_bodyw_text(w, f->key, s);
        break;
    case IR_FT_BYTES:
    case IR_FT_ID8:
    case IR_FT_HASH:
        assert_int_equal(ir_scan_hex(s, bytes, strlen(s) / 2, NULL), IR_OK);
        ir_bodyw_bytes(w, f->key, bytes, strlen(s) / 2);
        break;
    case IR_FT_TEXTS:
        for (i = 0; i < n; i++)
            texts[i] = ir_json_str(ir_json_at(v, i));
        ir_bodyw_texts(w, f->key, texts, n);
        break;
    case IR_FT_HASHES:
        for (i = 0; i < n; i++)
            assert_int_equal(
                ir_scan_hex(ir_json_str(ir_json_at(v, i)), hash[i], 32, NULL),
                IR_OK);
        ir_bodyw_hashes(w, f->key, (const uint8_t(*)[32])hash, n);
        break;
    case IR_FT_PAIRS:
        for (i = 0; i < n; i++) {
            pairs[i].name = ir_json_str(ir_json_at(ir_json_at(v, i), 0));
            pairs[i].value = ir_json_str(ir_json_at(ir_json_at(v, i), 1));
        }
        ir_bodyw_pairs(w, f->key, pairs, n);
        break;
    default:
        fail_msg("no vector has a field like %s", f->name);
    }
}

/* The salt and clocks of a vector as ir_bodyw_clocks would write them. */
static void
put_clocks(struct ir_bodyw *w, const struct ir_json *body)
{
    const struct ir_json *c = ir_json_get(body, "33");
    struct ir_now now = {.wall_ms = 1795219202000,
                         .mono_ms = ir_json_get_int(body, "32", 0),
                         .utc_off_min = (int)ir_json_get_int(body, "30", 0),
                         .synced = ir_json_int(ir_json_at(c, 0)) == 1,
                         .offset_us = ir_json_int(ir_json_at(c, 1)),
                         .maxerr_us = ir_json_int(ir_json_at(c, 2))};
    uint8_t salt[16];

    assert_int_equal(
        ir_scan_hex(ir_json_get_str(body, "31", ""), now.boot, 8, NULL), IR_OK);
    ir_bodyw_clocks(w, &now, (uint64_t)now.wall_ms << 16);
    assert_int_equal(
        ir_scan_hex(ir_json_get_str(body, "0", ""), salt, 16, NULL), IR_OK);
    ir_bodyw_bytes(w, 0, salt, 16);
}

static void
vectors_rebuilt(void **state)
{
    struct ir_json *root = vectors_load();
    const struct ir_json *list = ir_json_get(root, "accept");
    size_t i, k, n = 0;

    (void)state;
    for (i = 0; i < ir_json_len(list); i++) {
        const struct ir_json *v = ir_json_at(list, i);
        const struct ir_json *body = ir_json_get(v, "body"), *field;
        const struct ir_kind *kind = ir_kind_get(
            (uint64_t)ir_json_get_int(ir_json_get(v, "header"), "4", 0));
        struct ir_bodyw w = {0};

        for (k = 0; k < kind->fields_n; k++) {
            char key[8];

            snprintf(key, sizeof key, "%d", kind->fields[k].key);
            field = ir_json_get(body, key);
            if (field != NULL)
                put_field(&w, &kind->fields[k], field);
        }
        if (ir_json_get(body, "0") != NULL)
            put_clocks(&w, body);
        assert_body(&w, ir_json_get_str(v, "B", ""));
        n++;
    }
    assert_true(n >= 10);
    ir_json_free(root);
}

/* Field 34 stands where the wall clock is more than a second behind the hlc,
 * and then it is the time the entry was recorded.
 */
static void
wall_clock_behind(void **state)
{
    static const struct {
        int64_t wall_ms, hlc_ms, recorded_ms;
        bool field;
    } cases[] = {
        {1000000, 1000000, 1000000, false}, {1000000, 1001000, 1001000, false},
        {1000000, 1001001, 1000000, true},  {1000000, 99000000, 1000000, true},
        {1000000, 999000, 999000, false},   {0, 5000, 5000, false}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_now now = {.wall_ms = cases[i].wall_ms};
        struct ir_bodyw w = {0};
        struct ir_buf b = {0};
        struct ir_entry e = {0};
        uint64_t wall = 0;

        e.h.hlc = (uint64_t)cases[i].hlc_ms << 16 | 3;
        ir_bodyw_text(&w, 1, "x");
        ir_bodyw_clocks(&w, &now, e.h.hlc);
        ir_bodyw_finish(&w, &b);
        assert_int_equal(ir_kind_check(IR_KIND_NOTE, b.p, b.len, NULL), IR_OK);
        e.b = b.p;
        e.b_len = b.len;
        assert_int_equal(ir_body_uint(&e, 34, &wall), cases[i].field);
        if (cases[i].field)
            assert_true((int64_t)wall == cases[i].wall_ms);
        assert_true(ir_entry_recorded_ms(&e) == cases[i].recorded_ms);
        ir_buf_done(&b);
    }
}

/* Two bodies are never salted alike. */
static void
salted(void **state)
{
    struct ir_now now = {.wall_ms = 1};
    struct ir_buf b[2] = {{0}, {0}};
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct ir_bodyw w = {0};

        ir_bodyw_clocks(&w, &now, 0);
        ir_bodyw_finish(&w, &b[i]);
    }
    assert_int_equal(b[0].len, b[1].len);
    assert_memory_not_equal(b[0].p, b[1].p, b[0].len);
    ir_buf_done(&b[0]);
    ir_buf_done(&b[1]);
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
        cmocka_unit_test(reads),
        cmocka_unit_test(walks),
        cmocka_unit_test(writes),
        cmocka_unit_test(vectors_rebuilt),
        cmocka_unit_test(wall_clock_behind),
        cmocka_unit_test(salted),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
