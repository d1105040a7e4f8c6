/* test_kind.c: the table of kinds: it is that of docs/format.md, and every
 * field of every kind is demanded and refused as it says.
 */
#include "base/cbor.h"
#include "core/entry.h"
#include "core/kind.h"
#include "vectors.h"

#include <ctype.h>

/* How the page writes the type of a field. */
static void
type_on_page(const struct ir_field *f, char out[24])
{
    static const char *const words[] = {
        [IR_FT_UINT] = "uint",         [IR_FT_INT] = "int",
        [IR_FT_TEXT] = "text",         [IR_FT_BYTES] = "bytes",
        [IR_FT_ID8] = "id8",           [IR_FT_HASH] = "hash",
        [IR_FT_TEXTS] = "texts",       [IR_FT_HASHES] = "hashes",
        [IR_FT_PAIRS] = "pairs",       [IR_FT_CLOCK] = "clock",
        [IR_FT_ANY] = "bytes or text", [IR_FT_HANDLE] = "handle"};

    if (f->type == IR_FT_UINT && f->max > 0)
        snprintf(out, 24, "%d..%d", f->min, f->max);
    else if (f->type == IR_FT_BYTES && f->max > 0)
        snprintf(out, 24, "bytes%d", f->max);
    else
        snprintf(out, 24, "%s", words[f->type]);
}

/* What the page should say about `f`: "| 3* | admins | hashes |". */
static void
row_on_page(const struct ir_field *f, char out[96])
{
    char type[24];

    type_on_page(f, type);
    snprintf(out, 96, "| %d%s | %s | %s |", f->key, f->required ? "*" : "",
             f->name, type);
}

/* Compare one heading's field rows with `f`; returns the place after them. */
static const char *
compare_rows(const char *p, const struct ir_field *f, size_t n,
             const char *kind)
{
    size_t seen = 0;
    char want[96];

    while (*p != '\0' && strncmp(p, "#### ", 5) != 0 &&
           strncmp(p, "### ", 4) != 0 && strncmp(p, "## ", 3) != 0 &&
           strncmp(p, "**Types", 7) != 0) {
        const char *end = strchr(p, '\n');

        if (strncmp(p, "| ", 2) == 0 && isdigit((unsigned char)p[2])) {
            if (seen == n)
                fail_msg("%s: a field too many on the page: %.30s", kind, p);
            row_on_page(&f[seen++], want);
            if (strncmp(p, want, strlen(want)) != 0)
                fail_msg("%s: the page says\n%.60s\nthe program %s", kind, p,
                         want);
        }
        p = end != NULL ? end + 1 : p + strlen(p);
    }
    if (seen != n)
        fail_msg("%s: %zu fields on the page, %zu here", kind, seen, n);
    return p;
}

static void
as_on_the_page(void **state)
{
    size_t len = 0, n = 0, found = 0;
    char *page = source_file("docs/format.md", &len), *p;
    const struct ir_field *common = ir_kind_common(&n);
    uint64_t no, known = 0;

    (void)state;
    p = strstr(page, "**Common fields**");
    assert_non_null(p);
    compare_rows(p, common, n, "common");
    for (no = 0; no < 70000; no++)
        known += ir_kind_get(no) != NULL ? 1 : 0;
    for (p = page; (p = strstr(p, "\n#### ")) != NULL;) {
        const struct ir_kind *k;
        char want[64];

        no = strtoull(p + 6, NULL, 10);
        k = ir_kind_get(no);
        if (k == NULL)
            fail_msg("kind %d of the page is not here", (int)no);
        snprintf(want, sizeof want, "\n#### %d %s%s%s\n", k->no, k->name,
                 k->state_bearing ? " !" : "", k->node_may_sign ? " +" : "");
        if (strncmp(p, want, strlen(want)) != 0)
            fail_msg("the page says %.30s, the program%s", p, want);
        compare_rows(p + strlen(want), k->fields, k->fields_n, k->name);
        p += 6;
        found++;
    }
    assert_int_equal(found, known);
    free(page);
}

static void
lanes(void **state)
{
    static const struct {
        uint64_t no;
        enum ir_lane lane;
    } cases[] = {{1, IR_LANE_T},    {7, IR_LANE_T},        {8, IR_LANE_F},
                 {10, IR_LANE_F},   {11, IR_LANE_I},       {39, IR_LANE_I},
                 {40, IR_LANE_S},   {63, IR_LANE_S},       {64, IR_LANE_T},
                 {95, IR_LANE_T},   {96, IR_LANE_F},       {127, IR_LANE_F},
                 {128, IR_LANE_I},  {191, IR_LANE_I},      {192, IR_LANE_S},
                 {1000, IR_LANE_S}, {INT64_MAX, IR_LANE_S}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(ir_kind_lane(cases[i].no), cases[i].lane);
    assert_int_equal(ir_lane_prio(IR_LANE_T), 1);
    assert_int_equal(ir_lane_prio(IR_LANE_F), 0);
    assert_int_equal(ir_lane_prio(IR_LANE_I), 2);
    assert_int_equal(ir_lane_prio(IR_LANE_S), 3);
}

/* A value that fits `f`. */
static void
put_good(struct ir_buf *b, const struct ir_field *f)
{
    static const uint8_t bytes[32] = {7};

    switch ((enum ir_field_type)f->type) {
    case IR_FT_UINT:
        ir_cbor_put_uint(b, f->max > 0 ? (uint64_t)f->max : 1);
        break;
    case IR_FT_INT:
        ir_cbor_put_int(b, -540);
        break;
    case IR_FT_TEXT:
    case IR_FT_HANDLE:
    case IR_FT_ANY:
        ir_cbor_put_text(b, "sato", 4);
        break;
    case IR_FT_BYTES:
        ir_cbor_put_bytes(b, bytes, f->max > 0 ? (size_t)f->max : 5);
        break;
    case IR_FT_ID8:
        ir_cbor_put_bytes(b, bytes, 8);
        break;
    case IR_FT_HASH:
        ir_cbor_put_bytes(b, bytes, 32);
        break;
    case IR_FT_TEXTS:
        ir_cbor_put_array(b, 1);
        ir_cbor_put_text(b, "a", 1);
        break;
    case IR_FT_HASHES:
        ir_cbor_put_array(b, 1);
        ir_cbor_put_bytes(b, bytes, 32);
        break;
    case IR_FT_PAIRS:
        ir_cbor_put_array(b, 1);
        ir_cbor_put_array(b, 2);
        ir_cbor_put_text(b, "a", 1);
        ir_cbor_put_text(b, "1", 1);
        break;
    case IR_FT_CLOCK:
        ir_cbor_put_array(b, 3);
        ir_cbor_put_uint(b, 1);
        ir_cbor_put_int(b, -5);
        ir_cbor_put_uint(b, 9);
        break;
    }
}

/* A body of kind `k`: all fields, but field `odd` given as `hex`, or left out
 * when `hex` is NULL. An alert's template is left out: its text stands.
 */
static void
put_body(struct ir_buf *b, const struct ir_kind *k, int odd, const char *hex)
{
    size_t n = 0, common_n = 0, i, m = 0, at;
    const struct ir_field *common = ir_kind_common(&common_n), *all[64];
    bool slow = ir_kind_lane(k->no) >= IR_LANE_I;
    uint8_t *raw;

    for (i = 0; i < k->fields_n; i++)
        if (k->no != IR_KIND_ALERT || k->fields[i].key != 4)
            all[n++] = &k->fields[i];
    for (i = 0; slow && i < common_n; i++)
        all[n++] = &common[i];
    for (i = 1; i < n; i++) /* by key */
        for (at = i; at > 0 && all[at - 1]->key > all[at]->key; at--) {
            const struct ir_field *t = all[at];

            all[at] = all[at - 1];
            all[at - 1] = t;
        }
    ir_cbor_put_map(b, hex == NULL && odd >= 0 ? n - 1 : n);
    for (i = 0; i < n; i++) {
        if (all[i]->key == odd && hex == NULL)
            continue;
        ir_cbor_put_uint(b, all[i]->key);
        if (all[i]->key == odd) {
            raw = unhex(hex, &m);
            ir_buf_add(b, raw, m);
            free(raw);
        } else {
            put_good(b, all[i]);
        }
    }
}

static void
try_body(const struct ir_kind *k, const struct ir_field *f, const char *hex,
         bool fits)
{
    struct ir_buf b = {0};
    struct ir_err err = {0};
    int rc;

    put_body(&b, k, f != NULL ? f->key : -1, hex);
    assert_int_equal(ir_cbor_check(b.p, b.len, NULL), IR_OK);
    rc = ir_kind_check(k->no, b.p, b.len, &err);
    if ((rc == IR_OK) != fits)
        fail_msg("%s, field %s = %s: %s", k->name, f != NULL ? f->name : "",
                 hex != NULL ? hex : "absent", fits ? err.msg : "accepted");
    if (!fits) {
        assert_int_equal(rc, IR_EPARSE);
        assert_string_equal(err.field, f->name);
        assert_non_null(strstr(err.msg, k->name));
    }
    ir_buf_done(&b);
}

#define H32                                                                    \
    "07070707070707070707070707070707"                                         \
    "07070707070707070707070707070707"

#define H31                                                                    \
    "07070707070707070707070707070707"                                         \
    "070707070707070707070707070707"
#define A20 "6161616161616161616161616161616161616161"

/* Values for a field of each type: those that fit, then those that do not. */
static const struct {
    enum ir_field_type type;
    const char *good[8], *bad[12];
} values[] = {
    {IR_FT_UINT,
     {"00", "01", "1b7fffffffffffffff"},
     {"20", "40", "6131", "80"}},
    {IR_FT_INT, {"00", "20", "3b7fffffffffffffff"}, {"40", "60", "80"}},
    {IR_FT_TEXT, {"60", "6161", "63e6b0b4"}, {"00", "4161", "80", "816161"}},
    {IR_FT_BYTES, {"40", "4101"}, {"00", "60", "80"}},
    {IR_FT_ID8,
     {"480102030405060708"},
     {"40", "4701020304050607", "49010203040506070809", "683132333435363738",
      "00"}},
    {IR_FT_HASH,
     {"5820" H32},
     {"40", "480102030405060708", "581f" H31, "7820" H32, "815820" H32}},
    {IR_FT_TEXTS,
     {"80", "8160", "8261616162"},
     {"60", "8100", "8261614162", "81816161"}},
    {IR_FT_HASHES,
     {"80", "815820" H32, "825820" H32 "5820" H32},
     {"5820" H32, "8140", "8100", "825820" H32 "4101", "817820" H32}},
    {IR_FT_PAIRS, /* a: ""; a: 1, b: 2 */
     {"80", "8182616160", "8282616161318261626132"},
     {"816161", "81816161", "8183616161626163", "818261614162", "8182416160",
      "8182616101", "60", "8282616261318261616132" /* b before a */,
      "8282616161318261616132" /* a twice */,
      "828262616161318261616132" /* aa before a */}},
    {IR_FT_CLOCK,
     {"83000000", "83011901f43a00010000", "83012000"},
     {"80", "820000", "8400000000", "83020000", "83200000", "8341000000",
      "83006000", "00"}},
    {IR_FT_ANY, {"40", "60", "5820" H32, "6161"}, {"00", "20", "80", "a0"}},
    {IR_FT_HANDLE, /* a, 0, a.b-c_, sato, forty times a */
     {"6161", "6130", "66612e622d635f", "647361746f", "7828" A20 A20},
     {"60", "612e", "612d", "615f", "6141", "62612f", "626120", "62612a",
      "7829" A20 A20 "61", "4161"}},
};

static void
every_field(void **state)
{
    uint64_t no;
    size_t i, v, w, common_n = 0, tried = 0;
    const struct ir_field *common = ir_kind_common(&common_n);

    (void)state;
    for (no = 0; no < 100; no++) {
        const struct ir_kind *k = ir_kind_get(no);
        size_t n;

        if (k == NULL || no == IR_KIND_ADMINS)
            continue; /* see together() */
        try_body(k, NULL, NULL, true);
        n = k->fields_n + (ir_kind_lane(no) >= IR_LANE_I ? common_n : 0);
        for (i = 0; i < n; i++) {
            const struct ir_field *f =
                i < k->fields_n ? &k->fields[i] : &common[i - k->fields_n];
            bool special =
                (no == IR_KIND_ROOT && f->type != IR_FT_TEXT) ||
                (no == IR_KIND_ALERT && (f->key == 1 || f->key == 4));

            if (special)
                continue; /* see together() */
            try_body(k, f, NULL, !f->required);
            for (v = 0; v < sizeof values / sizeof values[0]; v++) {
                if (values[v].type != f->type)
                    continue;
                for (w = 0; values[v].good[w] != NULL; w++)
                    if (f->max == 0)
                        try_body(k, f, values[v].good[w], true);
                for (w = 0; values[v].bad[w] != NULL; w++)
                    try_body(k, f, values[v].bad[w], false);
                tried++;
            }
        }
    }
    assert_true(tried > 150);
}

/* Choices end where the page says, and begin there. */
static void
bounds(void **state)
{
    uint64_t no;
    size_t i;
    int tried = 0;

    (void)state;
    for (no = 2; no < 100; no++) {
        const struct ir_kind *k = ir_kind_get(no);

        for (i = 0; k != NULL && i < k->fields_n; i++) {
            const struct ir_field *f = &k->fields[i];
            int v;

            if (f->type != IR_FT_UINT || f->max == 0)
                continue;
            for (v = 0; v <= f->max + 2; v++) {
                char hex[8];

                snprintf(hex, sizeof hex, v < 24 ? "%02x" : "18%02x",
                         (unsigned)v);
                try_body(k, f, hex, v >= f->min && v <= f->max);
                tried++;
            }
        }
    }
    assert_true(tried > 150);
}

/* Salt is 16 bytes, lists end at IR_LIST_MAX, fields nobody knows pass. */
static void
salt_lists_unknown(void **state)
{
    const struct ir_kind *note = ir_kind_get(IR_KIND_NOTE);
    const struct ir_kind *custody = ir_kind_get(IR_KIND_CUSTODY);
    size_t n = 0, i;
    const struct ir_field *salt = ir_kind_common(&n);
    char *hex;
    uint8_t *p;

    (void)state;
    try_body(note, salt,
             "50"
             "00112233445566778899aabbccddeeff",
             true);
    try_body(note, salt,
             "4f"
             "00112233445566778899aabbccddee",
             false);
    try_body(note, salt,
             "51"
             "00112233445566778899aabbccddeeff00",
             false);
    hex = ir_calloc(1, 6 + 2 * (IR_LIST_MAX + 1) + 1);
    for (i = 0; i < 2; i++) {
        size_t j, len = IR_LIST_MAX + i;

        snprintf(hex, 7, "99%04x", (unsigned)len);
        for (j = 0; j < len; j++)
            memcpy(hex + 6 + 2 * j, "60", 3);
        try_body(custody, &custody->fields[1], hex, i == 0);
    }
    free(hex);
    p = unhex("a3"
              "0050"
              "00112233445566778899aabbccddeeff"
              "016161"
              "182f8101",
              &n);
    assert_int_equal(ir_kind_check(IR_KIND_NOTE, p, n, NULL), IR_OK);
    assert_int_equal(ir_kind_check(39, p, n, NULL), IR_OK);
    free(p);
    p = unhex("a0", &n);
    assert_int_equal(ir_kind_check(39, p, n, NULL), IR_OK);
    assert_int_equal(ir_kind_check(IR_KIND_NOTE, p, n, NULL), IR_EPARSE);
    free(p);
}

/* What fields say together. */
static const struct {
    uint64_t no;
    const char *hex;
    int rc;
} pairs_of_fields[] = {
    {1,
     "a3"
     "0101"
     "0201"
     "03815820" H32,
     IR_OK},
    {1,
     "a3"
     "0101"
     "0202"
     "03825820" H32 "5820" H32,
     IR_OK},
    {1,
     "a3"
     "0101"
     "0200"
     "03815820" H32,
     IR_EPARSE},
    {1,
     "a3"
     "0101"
     "0202"
     "03815820" H32,
     IR_EPARSE},
    {1,
     "a3"
     "0101"
     "0201"
     "0380",
     IR_EPARSE},
    {1,
     "a3"
     "0102"
     "0201"
     "03815820" H32,
     IR_EPARSE},
    {1,
     "a3"
     "0100"
     "0201"
     "03815820" H32,
     IR_EPARSE},
    {1,
     "a3"
     "0101"
     "0220"
     "03815820" H32,
     IR_EPARSE},
    {1,
     "a2"
     "0101"
     "0201",
     IR_EPARSE},
    {1,
     "a2"
     "0101"
     "03815820" H32,
     IR_EPARSE},
    {8,
     "a2"
     "016161"
     "0201",
     IR_OK},
    {8,
     "a2"
     "0201"
     "0401",
     IR_OK},
    {8,
     "a1"
     "0201",
     IR_EPARSE},
    {8,
     "a3"
     "016161"
     "0201"
     "0401",
     IR_EPARSE},
    {8,
     "a1"
     "016161",
     IR_EPARSE},
    {4,
     "a3"
     "01480102030405060708"
     "026161"
     "0380",
     IR_OK},
    {4,
     "a2"
     "01480102030405060708"
     "026161",
     IR_EPARSE},
};

static void
together(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof pairs_of_fields / sizeof pairs_of_fields[0]; i++) {
        struct ir_err err = {0};
        size_t n = 0;
        uint8_t *p = unhex(pairs_of_fields[i].hex, &n);
        int rc = ir_kind_check(pairs_of_fields[i].no, p, n, &err);

        if (rc != pairs_of_fields[i].rc)
            fail_msg("case %zu: %d %s", i, rc, err.msg);
        assert_true(rc == IR_OK || err.field[0] != '\0');
        free(p);
    }
}

/* The list of kinds that have no stubs is closed: one that came later parses
 * without its body, and does not count (test_admins.c). */
static void
no_stubs(void **state)
{
    uint64_t no;

    (void)state;
    for (no = 0; no < 70000; no++) {
        const struct ir_kind *k = ir_kind_get(no);

        assert_int_equal(ir_kind_whole(no),
                         k != NULL && k->state_bearing && no <= IR_KIND_ATTEST);
    }
    assert_true(ir_kind_whole(IR_KIND_ROOT) && !ir_kind_whole(IR_KIND_NOTE));
    assert_true(ir_kind_get(IR_KIND_ADMINS)->state_bearing);
    assert_false(ir_kind_whole(IR_KIND_ADMINS));
}

/* The bodies of the vectors fit. */
static void
vector_bodies(void **state)
{
    struct ir_json *j = vectors_load();
    const struct ir_json *list = ir_json_get(j, "accept");
    size_t i;

    (void)state;
    assert_true(ir_json_len(list) >= 10);
    for (i = 0; i < ir_json_len(list); i++) {
        const struct ir_json *v = ir_json_at(list, i);
        struct ir_err err = {0};
        size_t n = 0;
        uint8_t *b = vector_bytes(v, "B", &n);
        int64_t no = ir_json_get_int(ir_json_get(v, "header"), "4", 0);

        if (ir_kind_check((uint64_t)no, b, n, &err) != IR_OK)
            fail_msg("%s: %s", ir_json_get_str(v, "name", ""), err.msg);
        free(b);
    }
    ir_json_free(j);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_on_the_page),     cmocka_unit_test(lanes),
        cmocka_unit_test(every_field),        cmocka_unit_test(bounds),
        cmocka_unit_test(salt_lists_unknown), cmocka_unit_test(together),
        cmocka_unit_test(no_stubs),           cmocka_unit_test(vector_bodies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
