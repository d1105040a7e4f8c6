/* test_view_timeline.c: entries as sentences; the timeline, show and log. */
#include "core/body.h"
#include "view/entry.h"
#include "view/refusal.h"
#include "view_make.h"

#define ENTRIES_MAX 48

struct record {
    struct ir_entry e[ENTRIES_MAX];
    const struct ir_entry *p[ENTRIES_MAX];
    size_t n;
    struct ir_bodyw w; /* of the entry being made */
};

/* Begin an entry by `member` (0.., or 9: nobody known), `ago` minutes ago. */
static struct ir_entry *
begin(struct record *r, int member, uint64_t kind, int ago)
{
    struct ir_entry *e = &r->e[r->n];

    memset(e, 0, sizeof *e);
    memset(e->h.author, member + 1, sizeof e->h.author);
    memset(e->id, 0xa0 + (int)r->n, sizeof e->id);
    e->h.hlc = (uint64_t)(NOW - ago * MIN) << 16;
    e->h.seq = r->n + 1;
    e->h.kind = kind;
    e->h.has_incident = true;
    memset(e->h.incident, 0x3f, sizeof e->h.incident);
    memset(&r->w, 0, sizeof r->w);
    if (ir_kind_lane(kind) >= IR_LANE_I)
        ir_bodyw_bytes(&r->w, 0, "0123456789abcdef", 16);
    return e;
}

static void
end(struct record *r)
{
    struct ir_buf b = {0}, p = {0};
    struct ir_entry *e = &r->e[r->n];

    ir_bodyw_finish(&r->w, &b);
    ir_header_encode(&e->h, &p);
    e->b_len = b.len;
    e->b = b.p;
    e->p_len = p.len;
    e->p = p.p;
    r->p[r->n++] = e;
}

static void
record_done(struct record *r)
{
    size_t i;

    for (i = 0; i < r->n; i++) {
        free((void *)(uintptr_t)r->e[i].b);
        free((void *)(uintptr_t)r->e[i].p);
    }
    r->n = 0;
}

static struct ir_entry *
note(struct record *r, int member, int ago, const char *text)
{
    struct ir_entry *e = begin(r, member, IR_KIND_NOTE, ago);

    ir_bodyw_text(&r->w, 1, text);
    end(r);
    return e;
}

static void
step(struct record *r, int member, int ago, const char *path, int op,
     const char *reason, const char *choice)
{
    begin(r, member, IR_KIND_STEP, ago);
    ir_bodyw_text(&r->w, 1, path);
    ir_bodyw_uint(&r->w, 2, (uint64_t)op);
    ir_bodyw_text(&r->w, 4, reason);
    ir_bodyw_text(&r->w, 5, choice);
    end(r);
}

static void
refer(struct record *r, struct ir_entry *e, const struct ir_entry *to)
{
    (void)r;
    memcpy(e->h.refs[0], to->id, IR_ID_BYTES);
    e->h.refs_n = 1;
}

/* The night of screens.md, and what may go wrong with a record. */
static void
make_night(struct record *r)
{
    struct ir_entry *e, *first, *late;
    struct ir_pair answers[] = {{"host", "FS1"}};

    e = begin(r, 0, IR_KIND_INCIDENT, 31);
    ir_bodyw_uint(&r->w, 1, 1);
    ir_bodyw_text(&r->w, 2, "flight-information");
    ir_bodyw_text(&r->w, 6, "Display servers encrypted");
    ir_bodyw_uint(&r->w, 5, 1);
    end(r);
    memset(e->id, 0x3f, sizeof e->id);
    begin(r, 0, IR_KIND_EXCEPTION, 29);
    ir_bodyw_text(&r->w, 1, "unapproved");
    ir_bodyw_text(&r->w, 2, "no approver here");
    end(r);
    begin(r, 0, IR_KIND_ATTEMPT, 28);
    ir_bodyw_text(&r->w, 1, "tanaka");
    ir_bodyw_text(&r->w, 2, "phone");
    ir_bodyw_uint(&r->w, 3, 6);
    end(r);
    begin(r, 0, IR_KIND_ROLE, 20);
    ir_bodyw_text(&r->w, 1, "commander");
    ir_bodyw_bytes(&r->w, 2, "\1\1\1\1\1\1\1\1", 8);
    ir_bodyw_uint(&r->w, 3, 5);
    ir_bodyw_text(&r->w, 4, "nobody reached");
    end(r);
    step(r, 1, 12, "1/isolate", 3, "link light off", NULL);
    begin(r, 1, IR_KIND_STEP, 11);
    ir_bodyw_text(&r->w, 1, "1/count");
    ir_bodyw_uint(&r->w, 2, 6);
    ir_bodyw_pairs(&r->w, 8, answers, 1);
    end(r);
    step(r, 0, 10, "1/spread", 7, "one server only", "one");
    late = begin(r, 1, IR_KIND_NOTE, 7);
    late->h.has_occurred = true;
    late->h.occurred_ms = NOW - 34 * MIN;
    late->h.occurred_prec = IR_PREC_UNSURE;
    ir_bodyw_text(&r->w, 1, "Counter C: displays show a ransom note");
    ir_bodyw_text(&r->w, 4, "counter C");
    end(r);
    first = note(r, 0, 6, "FS2 is encrypted too");
    e = begin(r, 1, IR_KIND_AMEND, 5);
    refer(r, e, first);
    ir_bodyw_text(&r->w, 1, "FS2 is only slow");
    end(r);
    first = note(r, 0, 4, "passenger 12A fainted");
    e = begin(r, 0, IR_KIND_REDACT, 3);
    refer(r, e, first);
    ir_bodyw_text(&r->w, 1, "health data");
    ir_bodyw_text(&r->w, 2, "Ito");
    ir_bodyw_uint(&r->w, 3, 2);
    end(r);
    note(r, 9, 2, "\033[31mI am \xe2\x80\xae nobody");
    begin(r, 0, 777, 1);
    end(r);
    begin(r, 1, IR_KIND_WITNESS, 1);
    ir_bodyw_hashes(&r->w, 1, (const uint8_t(*)[32])late->id, 1);
    end(r);
}

static void
draw_timeline(struct fixture *f, struct ir_buf *out)
{
    struct record r = {.n = 0};
    struct ir_timeline tl;

    make_night(&r);
    ir_timeline_build(&f->v, r.p, r.n, &f->inc, &tl);
    ir_view_timeline(&f->v, &tl, false, f->v.term.cols == 80, out);
    ir_timeline_done(&tl);
    record_done(&r);
}

static void
draw_recorded(struct fixture *f, struct ir_buf *out)
{
    struct record r = {.n = 0};
    size_t i;

    make_night(&r);
    for (i = 0; i < r.n; i++)
        ir_view_recorded(&f->v, r.p[i], &f->inc, out);
    record_done(&r);
}

static void
draw_show(struct fixture *f, struct ir_buf *out)
{
    struct record r = {.n = 0};
    struct ir_show s = {.inc = &f->inc, .sig_checked = true, .sig_good = true};

    make_night(&r);
    s.e = r.p[7];
    s.witnesses = 1;
    ir_view_show(&f->v, &s, out);
    s.e = r.p[10];
    s.about = &r.p[11];
    s.about_n = 1;
    ir_view_show(&f->v, &s, out);
    s.e = r.p[12];
    s.about_n = 0;
    s.sig_checked = false;
    ir_view_show(&f->v, &s, out);
    record_done(&r);
}

static void
draw_log(struct fixture *f, struct ir_buf *out)
{
    struct record r = {.n = 0};
    size_t i;

    f->v.term.tty = true;
    make_night(&r);
    for (i = 0; i < r.n; i++)
        ir_view_log_line(&f->v, r.p[i], &f->inc, out);
    record_done(&r);
}

/* One of every kind, so that none is without a sentence. */
static void
make_all(struct record *r)
{
    static const uint8_t hash[3][32] = {{1}, {2}, {3}};
    static const char *const list[] = {"E-1", "E-2"};
    const struct ir_pair pairs[] = {{"what", "note on screen"}};
    size_t k;

    for (k = 1; k <= 44; k++) {
        const struct ir_kind *kind = ir_kind_get(k);
        size_t i;

        if (kind == NULL)
            continue;
        begin(r, 0, k, 44 - (int)k);
        memcpy(r->e[r->n].h.refs[0], hash[0], 32);
        r->e[r->n].h.refs_n = 1;
        for (i = 0; i < kind->fields_n; i++) {
            const struct ir_field *f = &kind->fields[i];

            if (k == IR_KIND_ALERT && f->key == 4)
                continue; /* a template stands in place of the text */
            if (f->type == IR_FT_UINT)
                ir_bodyw_uint(&r->w, f->key,
                              f->max == 0 ? 2 : (uint64_t)(f->max + 1) / 2);
            else if (f->type == IR_FT_TEXT || f->type == IR_FT_ANY ||
                     f->type == IR_FT_HANDLE)
                ir_bodyw_text(&r->w, f->key, "word");
            else if (f->type == IR_FT_ID8)
                ir_bodyw_bytes(&r->w, f->key, "\2\2\2\2\2\2\2\2", 8);
            else if (f->type == IR_FT_HASH)
                ir_bodyw_bytes(&r->w, f->key, hash[2], 32);
            else if (f->type == IR_FT_BYTES)
                ir_bodyw_bytes(&r->w, f->key, "bytes", 5);
            else if (f->type == IR_FT_TEXTS)
                ir_bodyw_texts(&r->w, f->key, list, 2);
            else if (f->type == IR_FT_HASHES)
                ir_bodyw_hashes(&r->w, f->key, hash, 3);
            else if (f->type == IR_FT_PAIRS)
                ir_bodyw_pairs(&r->w, f->key, pairs, 1);
        }
        end(r);
    }
}

static void
draw_kinds(struct fixture *f, struct ir_buf *out)
{
    struct record r = {.n = 0};
    size_t i;

    make_all(&r);
    for (i = 0; i < r.n; i++) {
        struct ir_buf text = {0};
        char *line;

        struct ir_err err = {0};

        if (ir_kind_check(r.e[i].h.kind, r.e[i].b, r.e[i].b_len, &err) != IR_OK)
            fail_msg("%s", err.msg);
        ir_view_entry_text(&f->v, r.p[i], NULL, &text);
        line = ir_asprintf("%d  %s", (int)r.e[i].h.kind, ir_buf_str(&text));
        assert_true(text.len > 0);
        ir_term_para(&f->v.term, out, 0, NULL, IR_STYLE_NONE, line);
        free(line);
        ir_buf_done(&text);
    }
    record_done(&r);
}

static void
test_screens(void **state)
{
    (void)state;
    screens("timeline", draw_timeline);
    screens("recorded", draw_recorded);
    screens("show", draw_show);
    screens("log", draw_log);
    screens("kinds", draw_kinds);
}

static void
test_items(void **state)
{
    struct record r = {.n = 0};
    struct ir_timeline tl;
    struct fixture f;
    struct ir_json *j, *it;
    struct ir_err err;
    char *text;

    (void)state;
    ir_i18n_set(IR_LANG_EN);
    fixture_init(&f);
    make_night(&r);
    ir_timeline_build(&f.v, r.p, r.n, &f.inc, &tl);
    assert_int_equal(tl.n, r.n);
    /* what happened first comes first, though it was entered late */
    assert_true(tl.items[0].late);
    assert_int_equal(tl.items[0].precision, IR_PREC_UNSURE);
    assert_int_equal(tl.items[0].recorded_ms, NOW - 7 * MIN);
    assert_int_equal(tl.items[1].kind, IR_KIND_INCIDENT);
    assert_false(tl.items[1].late);
    j = ir_view_timeline_json(&f.v, &tl);
    it = ir_json_at(j, 0);
    assert_string_equal(ir_json_get_str(it, "occurred", ""),
                        "2026-11-21T02:38:00+09:00");
    assert_string_equal(ir_json_get_str(it, "precision", ""), "unsure");
    assert_true(ir_json_get_bool(it, "late", false));
    assert_string_equal(ir_json_get_str(it, "author", ""), "mori");
    assert_string_equal(ir_json_get_str(it, "kind", ""), "note");
    it = ir_json_at(j, 8);
    assert_true(ir_json_get_bool(it, "amended", false));
    assert_string_equal(ir_json_get_str(it, "text", ""),
                        "FS2 is encrypted too");
    it = ir_json_at(j, 10);
    assert_string_equal(ir_json_get_str(it, "redacted", ""), "erased");
    assert_null(strstr(ir_json_get_str(it, "text", ""), "12A"));
    it = ir_json_at(j, 12);
    assert_string_equal(ir_json_get_str(it, "author", ""), "0a0a0a0a0a0a0a0a");
    assert_false(ir_json_get_bool(it, "counts", true));
    text = ir_json_text(j, 0);
    assert_int_equal(ir_json_parse(text, strlen(text), &it, &err), IR_OK);
    ir_json_free(it);
    free(text);
    ir_json_free(j);
    ir_timeline_done(&tl);
    record_done(&r);
    fixture_done(&f);
}

/* A redaction of what may not be redacted, or by a stranger, hides nothing. */
static void
test_redact(void **state)
{
    struct record r = {.n = 0};
    struct ir_timeline tl;
    struct fixture f;
    struct ir_entry *a, *b;
    size_t i;

    (void)state;
    ir_i18n_set(IR_LANG_EN);
    fixture_init(&f);
    a = note(&r, 0, 5, "kept");
    step(&r, 0, 4, "1/isolate", 3, NULL, NULL);
    for (i = 0; i < 2; i++) {
        b = begin(&r, i == 0 ? 9 : 0, IR_KIND_REDACT, 3);
        refer(&r, b, i == 0 ? a : &r.e[1]);
        ir_bodyw_text(&r.w, 1, "no");
        ir_bodyw_text(&r.w, 2, "x");
        ir_bodyw_uint(&r.w, 3, 1);
        end(&r);
    }
    ir_timeline_build(&f.v, r.p, r.n, &f.inc, &tl);
    assert_string_equal(tl.items[0].text, "kept");
    assert_int_equal(tl.items[0].redacted, IR_RED_NO);
    assert_int_equal(tl.items[1].redacted, IR_RED_NO);
    ir_timeline_done(&tl);
    record_done(&r);
    fixture_done(&f);
}

/* Stubs, seals, malformed bodies and impossible moments are said, not read. */
static void
test_odd(void **state)
{
    struct record r = {.n = 0};
    struct ir_timeline tl;
    struct fixture f;
    struct ir_show s = {.hex = true};
    struct ir_buf out = {0};
    struct ir_json *j;
    size_t i;

    (void)state;
    ir_i18n_set(IR_LANG_EN);
    fixture_init(&f);
    note(&r, 0, 5, "a");
    free((void *)(uintptr_t)r.e[0].b);
    r.e[0].b = NULL;
    r.e[0].b_len = 0;
    note(&r, 0, 4, "b");
    r.e[1].h.sealed = true;
    begin(&r, 0, IR_KIND_NOTE, 3); /* no text */
    end(&r);
    note(&r, 0, 2, "d");
    r.e[3].h.has_occurred = true;
    r.e[3].h.occurred_ms = INT64_MAX;
    begin(&r, 0, IR_KIND_TOLD, 1);
    ir_bodyw_text(&r.w, 1, "mlit");
    ir_bodyw_uint(&r.w, 2, INT64_MAX);
    ir_bodyw_text(&r.w, 3, "phone");
    end(&r);
    ir_timeline_build(&f.v, r.p, r.n, NULL, &tl);
    ir_view_timeline(&f.v, &tl, true, true, &out);
    screen_check(&out, 80, "odd");
    assert_int_equal(tl.items[0].redacted, IR_RED_MISSING);
    assert_int_equal(tl.items[1].redacted, IR_RED_SEALED);
    assert_string_equal(tl.items[2].text, "note: malformed, does not count");
    for (i = 0; i < r.n; i++) {
        s.e = r.p[i];
        ir_view_show(&f.v, &s, &out);
        j = ir_view_show_json(&f.v, &s);
        assert_string_equal(ir_json_get_str(j, "signature", ""), "unchecked");
        ir_json_free(j);
    }
    screen_check(&out, 80, "odd");
    ir_buf_done(&out);
    ir_timeline_done(&tl);
    record_done(&r);
    fixture_done(&f);
}

static void
test_show_json(void **state)
{
    struct record r = {.n = 0};
    struct fixture f;
    struct ir_show s = {.sig_checked = true, .sig_good = true};
    struct ir_json *j, *b;

    (void)state;
    ir_i18n_set(IR_LANG_EN);
    fixture_init(&f);
    make_night(&r);
    s.inc = &f.inc;
    s.e = r.p[5];
    j = ir_view_show_json(&f.v, &s);
    b = ir_json_get(j, "body");
    assert_string_equal(ir_json_get_str(b, "step", ""), "1/count");
    assert_string_equal(ir_json_get_str(ir_json_get(b, "answers"), "host", ""),
                        "FS1");
    assert_int_equal(ir_json_get_int(b, "op", 0), 6);
    assert_string_equal(ir_json_get_str(j, "text", ""),
                        "Note what is known: answered first host seen = FS1");
    ir_json_free(j);
    record_done(&r);
    fixture_done(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),   cmocka_unit_test(test_items),
        cmocka_unit_test(test_redact),    cmocka_unit_test(test_odd),
        cmocka_unit_test(test_show_json),
    };

    return cmocka_run_group_tests(tests, view_setup, NULL);
}
