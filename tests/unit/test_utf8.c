/* test_utf8.c: harmless, measured, cut and wrapped text in both languages. */
#include "base/utf8.h"
#include "unit.h"

static void
test_valid(void **state)
{
    static const struct {
        const char *s;
        size_t len;
        bool ok;
    } cases[] = {
        {"", 0, true},
        {"abc", 3, true},
        {"\x7f", 1, true},
        {"é録😀", 9, true},
        {"\xf4\x8f\xbf\xbf", 4, true},
        {"a\0b", 3, false},
        {"\x80", 1, false},
        {"\xff", 1, false},
        {"\xc0\x80", 2, false},
        {"\xc1\xbf", 2, false},
        {"\xe0\x9f\xbf", 3, false},
        {"\xf0\x8f\xbf\xbf", 4, false},
        {"\xed\xa0\x80", 3, false},
        {"\xf4\x90\x80\x80", 4, false},
        {"\xe3\x81", 2, false},
        {"\xe3\x81\x82", 2, false},
        {"\xe3\x28\x82", 3, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        ROW(i, ir_utf8_valid(cases[i].s, cases[i].len) == cases[i].ok);
}

static void
test_escape(void **state)
{
    static const struct {
        const char *in;
        size_t len;
        const char *line, *lines;
    } cases[] = {
        {"plain \\ é 録", 14, "plain \\ é 録", "plain \\ é 録"},
        {"a\nb", 3, "a\\x0ab", "a\nb"},
        {"a\r\nb\r", 5, "a\\x0d\\x0ab\\x0d", "a\nb\\x0d"},
        {"\x1b[31m", 5, "\\x1b[31m", "\\x1b[31m"},
        {"\x1b]0;t\x07", 6, "\\x1b]0;t\\x07", "\\x1b]0;t\\x07"},
        {"\x7f\x08", 2, "\\x7f\\x08", "\\x7f\\x08"},
        {"a\0b", 3, "a\\x00b", "a\\x00b"},
        {"\xc2\x80\xc2\x9b\xc2\xa0", 6, "\\u{0080}\\u{009b}\xc2\xa0",
         "\\u{0080}\\u{009b}\xc2\xa0"},
        {"\xff\xc3(", 3, "\\xff\\xc3(", "\\xff\\xc3("},
        {"\xe3\x81", 2, "\\xe3\\x81", "\\xe3\\x81"},
        {"\u202eabc\u2066\u2069\u200f\u200e\u061c", 20,
         "\\u{202e}abc\\u{2066}\\u{2069}\\u{200f}\\u{200e}\\u{061c}",
         "\\u{202e}abc\\u{2066}\\u{2069}\\u{200f}\\u{200e}\\u{061c}"},
        {"\u2028\u2029\u202a\u2027", 12, "\\u{2028}\\u{2029}\\u{202a}\u2027",
         "\\u{2028}\\u{2029}\\u{202a}\u2027"},
        {"a\u200bb\u2060\ufeff", 11, "a\\u{200b}b\\u{2060}\\u{feff}",
         "a\\u{200b}b\\u{2060}\\u{feff}"},
        {"\u3164\u115f\u2800\uffa0", 12, "\\u{3164}\\u{115f}\\u{2800}\\u{ffa0}",
         "\\u{3164}\\u{115f}\\u{2800}\\u{ffa0}"},
        {"a\U000e0041\u00ad\u2061", 10, "a\\u{e0041}\\u{00ad}\\u{2061}",
         "a\\u{e0041}\\u{00ad}\\u{2061}"},
        {"葛\U000e0100 \u200d\ufe0f", 14, "葛\U000e0100 \u200d\ufe0f",
         "葛\U000e0100 \u200d\ufe0f"},
        {"a\tb", 3, "a\\x09b", "a       b"},
        {"漢字\tb\n\tx", 11, "漢字\\x09b\\x0a\\x09x", "漢字    b\n        x"},
        {"12345678\tb", 10, "12345678\\x09b", "12345678        b"},
        {"", 0, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_buf line = {0}, lines = {0};

        ir_utf8_escape(&line, cases[i].in, cases[i].len, false);
        ir_utf8_escape(&lines, cases[i].in, cases[i].len, true);
        assert_string_equal(ir_buf_str(&line), cases[i].line);
        assert_string_equal(ir_buf_str(&lines), cases[i].lines);
        ir_buf_done(&line);
        ir_buf_done(&lines);
    }
}

/* Every code point: harmful ones never come through, others as they are. */
static void
test_escape_all(void **state)
{
    (void)state;
    for (uint32_t cp = 1; cp < 0x3100; cp++) {
        struct ir_buf in = {0}, out = {0};
        bool same;

        if (cp < 0x80) {
            ir_buf_addc(&in, (int)cp);
        } else if (cp < 0x800) {
            ir_buf_addc(&in, (int)(0xC0 | cp >> 6));
            ir_buf_addc(&in, (int)(0x80 | (cp & 63)));
        } else {
            ir_buf_addc(&in, (int)(0xE0 | cp >> 12));
            ir_buf_addc(&in, (int)(0x80 | (cp >> 6 & 63)));
            ir_buf_addc(&in, (int)(0x80 | (cp & 63)));
        }
        ir_utf8_escape(&out, ir_buf_str(&in), in.len, false);
        same = strcmp(ir_buf_str(&in), ir_buf_str(&out)) == 0;
        if (same == ir_utf8_harmful((int32_t)cp))
            fail_msg("U+%04X", cp);
        ir_buf_done(&in);
        ir_buf_done(&out);
    }
}

static void
test_width(void **state)
{
    static const struct {
        const char *s;
        int columns;
    } cases[] = {
        {"", 0},     {"abc", 3}, {"é", 1},    {"e\u0301", 1},
        {"漢字", 4}, {"ｶﾞ", 2},  {"がＡ", 4}, {"か\u3099", 2},
        {"…±α", 3},  {"😀", 2},   {"한글", 4}, {"\u3000", 2},
        {"「」", 4}, {"ー", 2},  {"～", 2},   {"\u200b", 0},
        {"\xff", 1}, {"─│■", 3},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        ROW(i, ir_utf8_width(cases[i].s) == cases[i].columns);
}

static void
test_cut(void **state)
{
    static const struct {
        const char *s;
        int columns;
        const char *cut, *pad;
    } cases[] = {
        {"abc", 3, "abc", "abc"},
        {"abc", 5, "abc", "abc  "},
        {"abcd", 3, "ab…", "ab…"},
        {"abc", 1, "…", "…"},
        {"abc", 0, "", ""},
        {"abc", -1, "", ""},
        {"", 2, "", "  "},
        {"漢字", 4, "漢字", "漢字"},
        {"漢字", 3, "漢…", "漢…"},
        {"漢字列", 4, "漢…", "漢… "},
        {"漢", 1, "…", "…"},
        {"e\u0301e\u0301e\u0301", 2, "e\u0301…", "e\u0301…"},
        {"か\u3099か\u3099", 3, "か\u3099…", "か\u3099…"},
        {"👍🏽👍🏽", 5, "👍🏽…", "👍🏽…"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_buf cut = {0}, pad = {0};
        int used = ir_utf8_cut(&cut, cases[i].s, cases[i].columns);

        ir_utf8_pad(&pad, cases[i].s, cases[i].columns);
        assert_string_equal(ir_buf_str(&cut), cases[i].cut);
        assert_string_equal(ir_buf_str(&pad), cases[i].pad);
        ROW(i, used == ir_utf8_width(cases[i].cut));
        ir_buf_done(&cut);
        ir_buf_done(&pad);
    }
}

/* Lines joined with "|". */
static char *
wrapped(const char *s, int columns)
{
    struct ir_buf b = {0};

    while (*s != '\0') {
        size_t skip = 0, n = ir_utf8_wrap(s, columns, &skip);

        assert_true(n + skip > 0);
        ir_buf_add(&b, s, n);
        s += n + skip;
        if (*s != '\0')
            ir_buf_addc(&b, '|');
    }
    return ir_buf_take(&b);
}

static void
test_wrap(void **state)
{
    static const struct {
        const char *s;
        int columns;
        const char *lines;
    } cases[] = {
        {"", 10, ""},
        {"one two three", 7, "one two|three"},
        {"one two three", 6, "one|two|three"},
        {"one two three", 80, "one two three"},
        {"one  two", 4, "one|two"},
        {"one two ", 7, "one two"},
        {"a\nb", 10, "a|b"},
        {"a\n\nb", 10, "a||b"},
        {"abc \nd", 3, "abc|d"},
        {"abcdefgh", 3, "abc|def|gh"},
        {"ab abcdefgh", 3, "ab|abc|def|gh"},
        {"  indented text", 10, "  indented|text"},
        {"run nft-isolate now", 11, "run|nft-isolate|now"},
        {"手順書を開く", 8, "手順書を|開く"},
        {"手順書を開く", 7, "手順書|を開く"},
        /* no line begins with closing marks or small kana */
        {"手順。次へ", 4, "手|順。|次へ"},
        {"あいう、え", 6, "あい|う、え"},
        {"「手順」を", 6, "「手|順」を"},
        {"はいった", 4, "は|いっ|た"},
        {"サーバーの", 6, "サー|バーの"},
        {"メモリー", 6, "メモ|リー"},
        {"ｻｰﾊﾞｰ停止", 4, "ｻｰ|ﾊﾞｰ|停止"},
        /* no line ends with opening marks */
        {"あい「うえ」", 6, "あい|「う|え」"},
        {"端末（FS1）だ", 8, "端末|（FS1）|だ"},
        /* latin words within Japanese stay whole */
        {"青いFS1のケーブル", 8, "青いFS1|のケーブ|ル"},
        {"端末server-01を", 8, "端末|server-0|1を"},
        {"はirで記録", 5, "はir|で記|録"},
        {"全角　空白", 4, "全角|空白"},
        /* a run that offers no place is broken all the same */
        {"。。。。", 4, "。。|。。"},
        {"漢字", 1, "漢|字"},
        {"👍🏽👍🏽", 4, "👍🏽|👍🏽"},
        {"e\u0301e\u0301", 1, "e\u0301|e\u0301"},
        {"장애가 났다", 6, "장애가|났다"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *lines = wrapped(cases[i].s, cases[i].columns);

        if (strcmp(lines, cases[i].lines) != 0)
            fail_msg("row %zu: %s\n", i, lines);
        free(lines);
    }
}

static void
test_small(void **state)
{
    struct ir_buf b = {0};
    char out[12];
    size_t step = 0;

    (void)state;
    ir_utf8_narrow(&b, "ＡＢ（１２：３４）　～！漢\xff");
    assert_string_equal(ir_buf_str(&b), "AB(12:34) ~!漢\xff");
    ir_buf_done(&b);
    ir_utf8_repair(&b, "a\0\xff漢\xe6\xbc", 8);
    assert_string_equal(ir_buf_str(&b), "a\uFFFD\uFFFD漢\uFFFD\uFFFD");
    ir_buf_done(&b);
    assert_int_equal(ir_utf8_next("漢", 3, &step), 0x6F22);
    assert_int_equal(step, 3);
    assert_int_equal(ir_utf8_next("漢", 2, &step), -1);
    assert_int_equal(step, 1);
    ir_utf8_show("short", out, sizeof out);
    assert_string_equal(out, "short");
    ir_utf8_show("elevenchars", out, sizeof out);
    assert_string_equal(out, "elevenchars");
    ir_utf8_show("twelve chars", out, sizeof out);
    assert_string_equal(out, "twelve c…");
    ir_utf8_show("漢字漢字漢字", out, sizeof out);
    assert_string_equal(out, "漢字…");
    ir_utf8_show("a\x1b\n", out, sizeof out);
    assert_string_equal(out, "a\\x1b\\x0a");
    ir_utf8_show("", out, sizeof out);
    assert_string_equal(out, "");
}

/* What words say, however they are written. */
static void
test_says(void **state)
{
    static const struct {
        const char *text, *words;
        bool says;
    } cases[] = {
        {"It was a stolen password.", "stolen password", true},
        {"STOLEN  PASS-\nWORD", "stolen password", true},
        {"ｓｔｏｌｅｎ　ｐａｓｓｗｏｒｄ", "Stolen password", true},
        {"stolen pass\xc2\xadword", "stolen password", true},
        {"stolen passwords", "stolen password", true},
        {"unstolen password", "stolen password", false},
        {"in the system", "stem", false},
        {"a stem", "stem", true},
        {"サーバの設定ミス", "サーバーの設定ミス", true},
        {"昨夜のｻｰﾊﾞｰの設定ﾐｽで", "サーバーの設定ミス", true},
        {"㈱見本", "(株)見本", true},
        {"田中　由美さん", "田中由美", true},
        {"FS1が停止", "fs1", true},
        {"担当FS1", "fs1", true},
        {"café", "CAFE\xcc\x81", true},
        {"anything", "", false},
        {"anything", " -. ", false},
        {"", "x", false},
        {"\xff\xfe", "x", false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(ir_utf8_says(cases[i].text, cases[i].words),
                         cases[i].says);
    assert_int_equal(ir_utf8_letters("サーバー (1)"), 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),      cmocka_unit_test(test_escape),
        cmocka_unit_test(test_escape_all), cmocka_unit_test(test_width),
        cmocka_unit_test(test_cut),        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_small),      cmocka_unit_test(test_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
