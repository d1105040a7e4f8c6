/* kind.c: see kind.h. One row a kind; docs/format.md section 3. */
#include "core/kind.h"

#include "base/cbor.h"
#include "base/i18n.h"

#include <string.h>

/* A field, a required one; a choice of 1..top, required or not; 0..top. */
#define F(k, t, n)                                                             \
    {                                                                          \
        k, IR_FT_##t, false, 0, n, 0                                           \
    }
#define R(k, t, n)                                                             \
    {                                                                          \
        k, IR_FT_##t, true, 0, n, 0                                            \
    }
#define OP(k, top, n)                                                          \
    {                                                                          \
        k, IR_FT_UINT, true, top, n, 1                                         \
    }
#define OPT(k, top, n)                                                         \
    {                                                                          \
        k, IR_FT_UINT, false, top, n, 1                                        \
    }
#define UPTO(k, req, top, n)                                                   \
    {                                                                          \
        k, IR_FT_UINT, req, top, n, 0                                          \
    }

static const struct ir_field common[] = {
    {0, IR_FT_BYTES, true, 16, "salt", 0},
    F(30, INT, "utc_offset_min"),
    F(31, ID8, "boot"),
    F(32, UINT, "mono_ms"),
    F(33, CLOCK, "clock"),
    F(34, UINT, "wall_ms"),
};

static const struct ir_field f_root[] = {OP(1, 1, "version"), R(2, UINT, "k"),
                                         R(3, HASHES, "admins"),
                                         F(4, TEXT, "policy")};
static const struct ir_field f_member[] = {
    R(1, TEXT, "name"),  F(2, TEXTS, "roles"),        F(3, UINT, "not_after"),
    R(4, ID8, "member"), R(5, HASHES, "public_keys"), R(6, HANDLE, "handle")};
static const struct ir_field f_device[] = {
    R(1, ID8, "custodian"), R(3, HASH, "node_key"), R(4, HASH, "x25519_key"),
    F(5, UINT, "not_after")};
static const struct ir_field f_revoke[] = {
    R(1, ID8, "key"), R(2, TEXT, "reason"), R(3, HASHES, "accepted")};
static const struct ir_field f_approval[] = {
    OP(1, 2, "verdict"), R(2, HASH, "digest"), F(3, TEXT, "reason")};
static const struct ir_field f_release[] = {
    R(1, HASH, "manifest"), F(2, TEXT, "commit"), F(3, UINT, "bytes"),
    F(4, TEXT, "text")};
static const struct ir_field f_grant[] = {
    R(1, ID8, "recipient"), R(2, UINT, "epoch"), F(3, UINT, "audience"),
    R(4, BYTES, "wrapped_key")};
static const struct ir_field f_admins[] = {
    R(1, UINT, "k"), R(2, HASHES, "admins"), R(3, BYTES, "members"),
    R(4, HASHES, "accepted"), R(5, TEXT, "reason")};
static const struct ir_field f_alert[] = {
    F(1, TEXT, "text"),         R(2, UINT, "severity"),
    F(3, UINT, "cosignatures"), F(4, UINT, "template"),
    F(5, TEXTS, "arguments"),   F(6, UINT, "ack_within_s"),
    F(7, TEXTS, "to"),          F(8, UINT, "mesh_only"),
    F(9, UINT, "any_hour")};
static const struct ir_field f_ack[] = {OP(1, 4, "code"), F(2, TEXT, "text"),
                                        F(3, TEXT, "on_behalf_of"),
                                        F(4, TEXT, "how_known")};
static const struct ir_field f_cancel[] = {F(1, TEXT, "text"),
                                           OP(2, 3, "reason")};
static const struct ir_field f_receipt[] = {R(1, HASHES, "ids"),
                                            OP(2, 2, "state")};
static const struct ir_field f_incident[] = {
    OP(1, 10, "op"),        F(2, TEXT, "system"),
    F(3, HASH, "manifest"), F(4, HASH, "plan"),
    F(5, UINT, "severity"), F(6, TEXT, "title"),
    F(7, PAIRS, "vars"),    F(8, UINT, "began"),
    F(9, UINT, "instance"), OPT(10, 5, "began_precision")};
static const struct ir_field f_step[] = {
    R(1, TEXT, "step"),      OP(2, 8, "op"),
    F(3, UINT, "iteration"), F(4, TEXT, "reason"),
    F(5, TEXT, "choice"),    F(6, UINT, "exit"),
    F(7, TEXTS, "evidence"), F(8, PAIRS, "answers"),
    F(9, HASH, "output"),    F(10, UINT, "output_bytes"),
    F(11, TEXTS, "argv")};
static const struct ir_field f_note[] = {
    R(1, TEXT, "text"),  F(2, TEXT, "who"), F(3, TEXT, "what"),
    F(4, TEXT, "where"), F(5, TEXT, "why"), F(6, TEXT, "how")};
static const struct ir_field f_decision[] = {
    R(1, TEXT, "text"),   F(2, TEXTS, "options"), F(3, TEXT, "chosen"),
    R(4, TEXT, "reason"), F(5, TEXT, "known"),    F(6, TEXTS, "allows")};
static const struct ir_field f_role[] = {R(1, TEXT, "role"),
                                         R(2, ID8, "member"), OP(3, 5, "op"),
                                         F(4, TEXT, "reason")};
static const struct ir_field f_clock[] = {
    R(1, TEXT, "clock"), OP(2, 4, "op"), F(3, UINT, "target_s"),
    F(4, TEXT, "basis"), F(5, UINT, "counts_from")};
static const struct ir_field f_measure[] = {R(1, TEXT, "text"), OP(2, 4, "op"),
                                            F(3, TEXT, "owner"),
                                            F(4, UINT, "review_at")};
static const struct ir_field f_amend[] = {R(1, TEXT, "text"),
                                          F(2, TEXT, "field")};
static const struct ir_field f_redact[] = {
    R(1, TEXT, "reason"), R(2, TEXT, "authority"), OP(3, 2, "scope")};
static const struct ir_field f_request[] = {
    R(1, TEXT, "step"), R(2, UINT, "iteration"), R(3, HASH, "argv_digest"),
    R(4, HASH, "plan"), R(5, ID8, "device"),     R(6, UINT, "expires"),
    F(7, TEXT, "what")};
static const struct ir_field f_attempt[] = {
    R(1, TEXT, "contact"),     R(2, TEXT, "channel"), OP(3, 6, "outcome"),
    F(4, TEXT, "reply"),       F(5, TEXT, "by"),      F(6, TEXT, "detail"),
    F(7, TEXT, "address"),     F(8, UINT, "number"),  F(9, UINT, "retry_at"),
    F(10, UINT, "stands_for"), F(11, UINT, "deputy")};
static const struct ir_field f_evidence[] = {
    R(1, TEXT, "item"),        OP(2, 4, "op"),
    F(3, HASH, "sha256"),      F(4, UINT, "bytes"),
    F(5, TEXT, "source"),      F(6, TEXT, "collector"),
    F(7, TEXT, "stat_before"), F(8, TEXT, "stat_after"),
    F(9, TEXT, "errors"),      F(10, TEXT, "taken_by")};
static const struct ir_field f_custody[] = {
    OP(1, 8, "op"),   R(2, TEXTS, "items"), F(3, TEXT, "from"),
    F(4, TEXT, "to"), F(5, TEXT, "place"),  F(6, TEXT, "purpose")};
static const struct ir_field f_witness[] = {R(1, HASHES, "heads")};
static const struct ir_field f_exception[] = {
    R(1, TEXT, "rule"), R(2, TEXT, "reason"), F(3, TEXT, "substitute"),
    F(4, UINT, "until"), F(5, TEXT, "effect")};
static const struct ir_field f_told[] = {
    R(1, TEXT, "whom"),  R(2, UINT, "when"),    R(3, TEXT, "means"),
    F(4, ANY, "what"),   F(5, TEXT, "receipt"), F(6, UINT, "next_due"),
    F(7, TEXT, "report")};
static const struct ir_field f_service[] = {
    R(1, TEXT, "operation"), UPTO(2, true, 100, "level"), F(3, TEXT, "basis")};
static const struct ir_field f_report[] = {
    R(1, TEXT, "form"),      R(2, PAIRS, "answers"), F(3, TEXT, "reporter"),
    F(4, TEXT, "means"),     OPT(5, 2, "verdict"),   F(6, HASH, "criteria"),
    F(7, TEXT, "authority"), F(8, TEXT, "report"),   F(9, TEXT, "text")};
static const struct ir_field f_channel[] = {
    R(1, TEXT, "channel"), OP(2, 3, "state"), F(3, TEXT, "reason")};
static const struct ir_field f_drill[] = {
    R(1, TEXT, "drill"), OP(2, 5, "op"),       F(3, TEXTS, "objectives"),
    F(4, UINT, "due"),   F(5, TEXT, "reason"), F(6, TEXTS, "attendance")};
static const struct ir_field f_inject[] = {
    R(1, TEXT, "inject"),  F(2, TEXT, "to"),   F(3, TEXT, "from"),
    F(4, TEXT, "channel"), R(5, TEXT, "text"), F(6, TEXT, "expect")};
static const struct ir_field f_score[] = {
    R(1, TEXT, "objective"), R(2, ANY, "value"), F(3, UINT, "measured_s"),
    F(4, TEXT, "text")};
static const struct ir_field f_action[] = {
    R(1, TEXT, "text"), R(2, TEXT, "owner"), R(3, UINT, "due"), OP(4, 5, "op")};
static const struct ir_field f_attest[] = {
    R(1, TEXT, "control"), R(2, TEXT, "statement"), F(3, UINT, "until"),
    UPTO(4, false, 1, "independent")};

#define ROW(no, state, node, name, f)                                          \
    {                                                                          \
        no, state, node, name, f, sizeof(f) / sizeof((f)[0])                   \
    }

static const struct ir_kind kinds[] = {
    ROW(1, true, false, "root", f_root),
    ROW(2, true, false, "member", f_member),
    ROW(3, true, false, "device", f_device),
    ROW(4, true, false, "revoke", f_revoke),
    ROW(5, true, false, "approval", f_approval),
    ROW(6, true, false, "release", f_release),
    ROW(7, true, false, "grant", f_grant),
    ROW(8, true, false, "alert", f_alert),
    ROW(9, true, false, "ack", f_ack),
    ROW(10, true, false, "cancel", f_cancel),
    ROW(11, true, true, "receipt", f_receipt),
    ROW(16, true, false, "incident", f_incident),
    ROW(17, true, false, "step", f_step),
    ROW(18, false, false, "note", f_note),
    ROW(19, false, false, "decision", f_decision),
    ROW(20, true, false, "role", f_role),
    ROW(21, true, false, "clock", f_clock),
    ROW(22, true, false, "measure", f_measure),
    ROW(23, false, false, "amend", f_amend),
    ROW(24, true, false, "redact", f_redact),
    ROW(25, true, false, "request", f_request),
    ROW(26, true, true, "attempt", f_attempt),
    ROW(27, true, true, "evidence", f_evidence),
    ROW(28, true, false, "custody", f_custody),
    ROW(29, true, true, "witness", f_witness),
    ROW(30, true, false, "exception", f_exception),
    ROW(31, false, false, "told", f_told),
    ROW(32, true, false, "service", f_service),
    ROW(33, false, false, "report", f_report),
    ROW(34, true, true, "channel", f_channel),
    ROW(40, true, false, "drill", f_drill),
    ROW(41, false, false, "inject", f_inject),
    ROW(42, true, false, "score", f_score),
    ROW(43, false, false, "action-item", f_action),
    ROW(44, true, false, "attest", f_attest),
    ROW(64, true, false, "admins", f_admins),
};

const struct ir_kind *
ir_kind_get(uint64_t no)
{
    size_t i;

    for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].no == no)
            return &kinds[i];
    return NULL;
}

bool
ir_kind_whole(uint64_t no)
{
    const struct ir_kind *k = no <= IR_KIND_ATTEST ? ir_kind_get(no) : NULL;

    return k != NULL && k->state_bearing;
}

enum ir_lane
ir_kind_lane(uint64_t no)
{
    static const struct {
        uint64_t last; /* of the numbers after the row before */
        enum ir_lane lane;
    } rows[] = {{7, IR_LANE_T},   {10, IR_LANE_F},        {39, IR_LANE_I},
                {63, IR_LANE_S},  {95, IR_LANE_T},        {127, IR_LANE_F},
                {191, IR_LANE_I}, {UINT64_MAX, IR_LANE_S}};
    size_t i = 0;

    while (no > rows[i].last)
        i++;
    return rows[i].lane;
}

int
ir_lane_prio(enum ir_lane lane)
{
    static const int prio[] = {1, 0, 2, 3};

    return prio[lane];
}

const struct ir_field *
ir_kind_common(size_t *n)
{
    *n = sizeof common / sizeof common[0];
    return common;
}

/* Is every element of an array of the wanted form? */
static bool
elements_ok(struct ir_cbor *c, int64_t n, enum ir_field_type type)
{
    struct ir_cbor_item it, last = {0};
    int64_t i;

    for (i = 0; i < n; i++) {
        if (ir_cbor_next(c, &it, NULL) != IR_OK)
            return false;
        if (type == IR_FT_TEXTS && it.type != IR_CBOR_TEXT)
            return false;
        if (type == IR_FT_HASHES && (it.type != IR_CBOR_BYTES || it.num != 32))
            return false;
        if (type != IR_FT_PAIRS)
            continue;
        if (it.type != IR_CBOR_ARRAY || it.num != 2 ||
            ir_cbor_next(c, &it, NULL) != IR_OK || it.type != IR_CBOR_TEXT)
            return false;
        if (i > 0) {
            size_t m = (size_t)(it.num < last.num ? it.num : last.num);
            int d = memcmp(last.bytes, it.bytes, m);

            if (d > 0 || (d == 0 && last.num >= it.num))
                return false;
        }
        last = it;
        if (ir_cbor_next(c, &it, NULL) != IR_OK || it.type != IR_CBOR_TEXT)
            return false;
    }
    return true;
}

static bool
clock_ok(struct ir_cbor *c, int64_t n)
{
    struct ir_cbor_item it;
    int64_t i;

    if (n != 3)
        return false;
    for (i = 0; i < n; i++)
        if (ir_cbor_next(c, &it, NULL) != IR_OK ||
            (it.type != IR_CBOR_UINT && it.type != IR_CBOR_NEGINT) ||
            (i == 0 && (it.num < 0 || it.num > 1)))
            return false;
    return true;
}

static bool
handle_ok(const uint8_t *s, size_t n)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    size_t i;

    if (n == 0 || n > IR_HANDLE_MAX || memchr(first, s[0], 36) == NULL)
        return false;
    for (i = 1; i < n; i++)
        if (memchr(first, s[i], 36) == NULL && memchr("._-", s[i], 3) == NULL)
            return false;
    return true;
}

static bool
field_ok(const struct ir_field *f, struct ir_cbor c)
{
    struct ir_cbor_item it;

    if (ir_cbor_next(&c, &it, NULL) != IR_OK)
        return false;
    switch ((enum ir_field_type)f->type) {
    case IR_FT_UINT:
        return it.type == IR_CBOR_UINT && it.num >= f->min &&
               (f->max == 0 || it.num <= f->max);
    case IR_FT_INT:
        return it.type == IR_CBOR_UINT || it.type == IR_CBOR_NEGINT;
    case IR_FT_TEXT:
        return it.type == IR_CBOR_TEXT;
    case IR_FT_BYTES:
        return it.type == IR_CBOR_BYTES && (f->max == 0 || it.num == f->max);
    case IR_FT_ID8:
        return it.type == IR_CBOR_BYTES && it.num == 8;
    case IR_FT_HASH:
        return it.type == IR_CBOR_BYTES && it.num == 32;
    case IR_FT_ANY:
        return it.type == IR_CBOR_BYTES || it.type == IR_CBOR_TEXT;
    case IR_FT_HANDLE:
        return it.type == IR_CBOR_TEXT && handle_ok(it.bytes, (size_t)it.num);
    case IR_FT_CLOCK:
        return it.type == IR_CBOR_ARRAY && clock_ok(&c, it.num);
    default:
        return it.type == IR_CBOR_ARRAY && it.num <= IR_LIST_MAX &&
               elements_ok(&c, it.num, (enum ir_field_type)f->type);
    }
}

/* The members of a map in the order of their keys, gone through once. */
struct members {
    struct ir_cbor c; /* behind the one in view */
    struct ir_cbor value;
    int64_t left; /* not in view yet */
    uint64_t key;
    bool in_view;
};

static void
next_member(struct members *m)
{
    struct ir_cbor_item it = {0};

    m->in_view = m->left > 0 && ir_cbor_next(&m->c, &it, NULL) == IR_OK;
    m->left--;
    m->key = (uint64_t)it.num;
    m->value.p = m->c.p;
    m->in_view = m->in_view && ir_cbor_skip(&m->c, NULL) == IR_OK;
    m->value.end = m->c.p;
}

/* The table's keys ascend as those of the map do. */
static int
check_fields(const struct ir_field *f, size_t n, const char *kind,
             const uint8_t *b, size_t len, struct ir_err *err)
{
    struct members m = {.c = {b, b + len}};
    struct ir_cbor_item it = {0};
    size_t i;

    if (ir_cbor_next(&m.c, &it, NULL) == IR_OK && it.type == IR_CBOR_MAP)
        m.left = it.num;
    next_member(&m);
    for (i = 0; i < n; i++) {
        bool there;

        while (m.in_view && m.key < f[i].key)
            next_member(&m);
        there = m.in_view && m.key == f[i].key;
        if (there ? field_ok(&f[i], m.value) : !f[i].required)
            continue;
        ir_fail(err, IR_EPARSE,
                there ? _("%s: field \"%s\" is malformed")
                      : _("%s: field \"%s\" is missing"),
                kind, f[i].name);
        ir_err_field(err, "%s", f[i].name);
        return IR_EPARSE;
    }
    return IR_OK;
}

/* A new list of admins: as many members as keys, each key once, and k of them.
 */
static bool
admins_ok(const uint8_t *b, size_t len)
{
    const uint8_t *key[IR_ADMINS_MAX];
    struct ir_cbor k, list, members;
    struct ir_cbor_item a = {0}, n = {0}, m = {0}, it = {0};
    int64_t i, j;

    if (!ir_cbor_find(b, len, 1, &k) || !ir_cbor_find(b, len, 2, &list) ||
        !ir_cbor_find(b, len, 3, &members) ||
        ir_cbor_next(&k, &a, NULL) != IR_OK ||
        ir_cbor_next(&list, &n, NULL) != IR_OK ||
        ir_cbor_next(&members, &m, NULL) != IR_OK || a.num < 1 ||
        a.num > n.num || n.num > IR_ADMINS_MAX || m.num != 8 * n.num)
        return false;
    for (i = 0; i < n.num; i++) {
        if (ir_cbor_next(&list, &it, NULL) != IR_OK)
            return false;
        key[i] = it.bytes;
        for (j = 0; j < i; j++)
            if (memcmp(key[i], key[j], 32) == 0)
                return false;
    }
    return true;
}

/* What fields say together, where a table of fields cannot. */
static int
check_together(uint64_t no, const uint8_t *b, size_t len, struct ir_err *err)
{
    struct ir_cbor k, admins, c;
    struct ir_cbor_item a = {0}, n = {0};

    if (no == IR_KIND_ROOT) {
        if (!ir_cbor_find(b, len, 2, &k) || !ir_cbor_find(b, len, 3, &admins) ||
            ir_cbor_next(&k, &a, NULL) != IR_OK ||
            ir_cbor_next(&admins, &n, NULL) != IR_OK || a.num < 1 ||
            a.num > n.num) {
            ir_fail(err, IR_EPARSE,
                    _("root: k must be from 1 to the number of admins"));
            ir_err_field(err, "k");
            return IR_EPARSE;
        }
    } else if (no == IR_KIND_ADMINS) {
        if (!admins_ok(b, len)) {
            ir_fail(err, IR_EPARSE,
                    _("admins: each key once, a member for each, and k of "
                      "them"));
            ir_err_field(err, "admins");
            return IR_EPARSE;
        }
    } else if (no == IR_KIND_ALERT) {
        if (ir_cbor_find(b, len, 1, &c) == ir_cbor_find(b, len, 4, &c)) {
            ir_fail(err, IR_EPARSE,
                    _("alert: either a text or a template is needed"));
            ir_err_field(err, "text");
            return IR_EPARSE;
        }
    }
    return IR_OK;
}

int
ir_kind_check(uint64_t no, const uint8_t *b, size_t len, struct ir_err *err)
{
    const struct ir_kind *k = ir_kind_get(no);
    enum ir_lane lane = ir_kind_lane(no);
    int rc;

    if (k == NULL)
        return IR_OK;
    rc = check_fields(k->fields, k->fields_n, k->name, b, len, err);
    if (rc == IR_OK && (lane == IR_LANE_I || lane == IR_LANE_S))
        rc = check_fields(common, sizeof common / sizeof common[0], k->name, b,
                          len, err);
    return rc == IR_OK ? check_together(no, b, len, err) : rc;
}
