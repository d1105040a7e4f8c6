/* test_paste.c: texts that were pasted, read against a form; and answers to
 * authorities.
 */
#include "core/paste.h"
#include "unit.h"

#include <time.h>

#define NOW 1795269600000LL /* 2026-11-21 14:00:00 UTC */

static const char form_text[] =
    "[{\"id\":\"who\",\"ask\":{\"en\":\"Your "
    "name?\",\"ja\":\"お名前は何ですか？\"},"
    "\"type\":\"person\",\"words\":[\"氏名\",\"name\"]},"
    "{\"id\":\"what\",\"ask\":{\"en\":\"What: in one "
    "word\",\"ja\":\"内容（一言で）\"},"
    "\"type\":\"text\"},"
    "{\"id\":\"when\",\"ask\":{\"en\":\"When?\",\"ja\":\"いつですか？\"},"
    "\"type\":\"time\"}]";

static struct ir_json *
form(void)
{
    struct ir_json *j = NULL;

    assert_int_equal(ir_json_parse(form_text, strlen(form_text), &j, NULL),
                     IR_OK);
    return j;
}

static bool
same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
pasted(void **state)
{
    static const struct {
        const char *text, *who, *what, *when, *rest;
    } rows[] = {
        {"", NULL, NULL, NULL, ""},
        {"name: Ito", "Ito", NULL, NULL, ""},
        {"NAME = Ito\r\nwhen: now\r\n", "Ito", NULL, "now", ""},
        {"> > 氏名：伊藤", "伊藤", NULL, NULL, ""},
        {"・ ｎａｍｅ ：　伊藤　", "伊藤", NULL, NULL, ""},
        {"【氏名】伊藤", "伊藤", NULL, NULL, ""},
        {"【氏名】：伊藤", "伊藤", NULL, NULL, ""},
        {"1. Your name? : Ito", "Ito", NULL, NULL, ""},
        {"お名前は何ですか？：伊藤", "伊藤", NULL, NULL, ""},
        {"What: in one word: smoke", NULL, "smoke", NULL, ""},
        {"what: a: b", NULL, "a: b", NULL, ""},
        {"any words at all [what]: smoke", NULL, "smoke", NULL, ""},
        {"what:\n\nsmoke", NULL, "", NULL, "smoke"},
        {"what:\nsmoke\nand fire\n\nbye", NULL, "smoke and fire", NULL, "bye"},
        {"what:\nsmoke\nname: Ito", "Ito", "smoke", NULL, ""},
        {"name: Ito\nname: Mori", "Ito", NULL, NULL, "name: Mori"},
        {"nickname: Ito", NULL, NULL, NULL, "nickname: Ito"},
        {"24 hours: what", NULL, NULL, NULL, "24 hours: what"},
        {"hello\nthere", NULL, NULL, NULL, "hello\nthere"},
        {"what: ${who} $(id) \033[2J", NULL, "${who} $(id) \033[2J", NULL, ""},
        {"what: \xff\xfe", NULL, "\xef\xbf\xbd\xef\xbf\xbd", NULL, ""},
    };
    struct ir_json *f = form();
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        struct ir_paste p;

        ir_paste_read(f, rows[i].text, strlen(rows[i].text), &p);
        ROW(i, same(p.value[0], rows[i].who));
        ROW(i, same(p.value[1], rows[i].what));
        ROW(i, same(p.value[2], rows[i].when));
        ROW(i, same(p.rest, rows[i].rest));
        ROW(i, !p.cut);
        ir_paste_done(&p);
    }
    ir_json_free(f);
}

/* Long and odd texts: read to the limit, in time, and nothing is lost but what
 * is over it.
 */
static void
hostile(void **state)
{
    static char text[3 * IR_PASTE_MAX];
    struct ir_json *f = form();
    struct ir_paste p;
    unsigned seed = 1;
    size_t i, k;

    (void)state;
    memset(text, ':', sizeof text);
    ir_paste_read(f, text, sizeof text, &p);
    assert_true(p.cut);
    assert_int_equal(p.matched, 0);
    assert_int_equal(strlen(p.rest), IR_PASTE_MAX);
    ir_paste_done(&p);
    for (i = 0; i < sizeof text; i++)
        text[i] = "a:\n"[i % 3];
    ir_paste_read(f, text, sizeof text, &p);
    assert_int_equal(p.matched, 0);
    ir_paste_done(&p);
    for (k = 0; k < 2000; k++) {
        static const char bits[] = "what:=[]\n> .1\xe3\x80\x90\xff\0w";
        size_t n = k % 300;

        for (i = 0; i < n; i++) {
            seed = seed * 1103515245u + 12345u;
            text[i] = bits[(seed >> 16) % sizeof bits];
        }
        ir_paste_read(f, text, n, &p);
        assert_non_null(p.rest);
        assert_true(p.matched <= 3);
        ir_paste_done(&p);
    }
    ir_json_free(f);
}

static void
answers(void **state)
{
    static const struct {
        enum ir_var_type type;
        const char *typed, *want; /* NULL: refused */
    } rows[] = {
        {IR_VAR_TEXT, "", ""},
        {IR_VAR_TEXT, " \t", ""},
        {IR_VAR_TEXT, "　", ""},
        {IR_VAR_TEXT, "調査中", ""},
        {IR_VAR_TEXT, "Under investigation", ""},
        {IR_VAR_TEXT, "不明", "unknown"},
        {IR_VAR_TEXT, "- a\nb\tc ", "- a b c"},
        {IR_VAR_TEXT, "a\033[2J", NULL},
        {IR_VAR_TEXT, "a\xe2\x80\xae", NULL},
        {IR_VAR_TEXT, "a\xff", NULL},
        {IR_VAR_TIME, "2026-11-21 02:40", "2026-11-21T02:40:00+00:00"},
        {IR_VAR_TIME, "02:30 found, 02:40 told", "02:30 found, 02:40 told"},
        {IR_VAR_TIME, "25:99", NULL},
        {IR_VAR_TIME, "Terminal", NULL},
        {IR_VAR_NUMBER, "1200", "1200"},
        {IR_VAR_NUMBER, "約1,200人", "約1,200人"},
        {IR_VAR_NUMBER, "約１２００人", "約１２００人"},
        {IR_VAR_NUMBER, "1,200", "1,200"},
        {IR_VAR_NUMBER, "1-2", NULL},
        {IR_VAR_NUMBER, "many", NULL},
        {IR_VAR_CHOICE, "nothing", NULL},
    };
    char name[] = "x", *big;
    struct ir_var v = {.name = name, .unknown = true};
    char *out = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        out = NULL;
        v.type = rows[i].type;
        ROW(i, (ir_form_value(&v, rows[i].typed, NOW, &out, NULL) == IR_OK) ==
                   (rows[i].want != NULL));
        ROW(i, same(out, rows[i].want));
        free(out);
    }
    big = malloc(IR_FORM_TEXT_MAX + 2);
    memset(big, 'a', IR_FORM_TEXT_MAX + 1);
    big[IR_FORM_TEXT_MAX + 1] = '\0';
    v.type = IR_VAR_TEXT;
    assert_int_equal(ir_form_value(&v, big, NOW, &out, NULL), IR_EPARSE);
    big[IR_FORM_TEXT_MAX] = '\0';
    assert_int_equal(ir_form_value(&v, big, NOW, &out, NULL), IR_OK);
    free(out);
    free(big);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(pasted),
        cmocka_unit_test(hostile),
        cmocka_unit_test(answers),
    };

    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
