/* test_message.c: what people get to read, and what proves it. */
#include "core/message.h"
#include "unit.h"

static const uint8_t id[IR_ID_BYTES] = {1, 2, 3};

static struct ir_message_in
some(int status)
{
    return (struct ir_message_in){.alert = id,
                                  .status = status,
                                  .severity = 1,
                                  .site = "見本国際空港",
                                  .incident = "IR-7K4Q",
                                  .author = "伊藤",
                                  .text = "3F会議室に集まってください",
                                  .when = "03:12",
                                  .number = 4};
}

/* Of an exercise every text begins with the word for it, in both languages. */
static void
exercise_comes_first(void **state)
{
    static const struct {
        int status;
        enum ir_lang lang;
        const char *word;
    } cases[] = {{IR_EXERCISE, IR_LANG_EN, "EXERCISE "},
                 {IR_EXERCISE, IR_LANG_JA, "訓練 "},
                 {IR_TEST, IR_LANG_EN, "TEST "},
                 {IR_TEST, IR_LANG_JA, "試験 "}};
    struct ir_message m;
    size_t i;
    int what;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (what = IR_MESSAGE_ALERT; what <= IR_MESSAGE_MISSED; what++) {
            struct ir_message_in in = some(cases[i].status);
            size_t n = strlen(cases[i].word);

            in.what = (enum ir_message_what)what;
            ir_message_make(&in, cases[i].lang, &m);
            assert_int_equal(strncmp(m.subject, cases[i].word, n), 0);
            assert_int_equal(strncmp(m.title, cases[i].word, n), 0);
            assert_int_equal(strncmp(m.body, cases[i].word, n), 0);
            assert_int_equal(strncmp(m.brief, cases[i].word, n), 0);
            ir_message_done(&m);
        }
}

static size_t
units(const char *s)
{
    size_t n = 0;

    for (; *s != '\0'; s++)
        if (((unsigned char)*s & 0xC0) != 0x80)
            n += (unsigned char)*s >= 0xF0 ? 2 : 1;
    return n;
}

/* What does not fit is left out by whole sentences: half of "do not switch off"
 * tells people to switch off. */
static void
brief_ends_with_a_sentence(void **state)
{
    struct ir_message_in in = some(IR_ACTUAL);
    struct ir_message m;
#define LINE "電源を切ったり再起動したりしないでください。"

    (void)state;
    in.text = LINE LINE LINE LINE LINE LINE;
    in.number = 4;
    ir_message_make(&in, IR_LANG_JA, &m);
    assert_true(units(m.brief) <= IR_MESSAGE_SHORT_MAX);
    assert_non_null(strstr(m.brief, "しないでください。… ["));
    ir_message_done(&m);
    in.text =
        "Mail is encrypted, all of it, on every floor of this building. "
        "Call the desk. Do not, whatever the screen tells you, switch off "
        "any machine that looks odd, and do not log in on another one.";
    ir_message_make(&in, IR_LANG_EN, &m);
    assert_true(units(m.brief) <= IR_MESSAGE_SHORT_MAX);
    assert_non_null(strstr(m.brief, "Call the desk. … ["));
    ir_message_done(&m);
}

/* However long the text: code and reply words are there, and it fits. */
static void
brief_fits(void **state)
{
    struct ir_message_in in = some(IR_EXERCISE);
    char code[IR_CHECK_CODE_MAX], text[2001];
    struct ir_message m;
    size_t n;

    (void)state;
    ir_check_code(id, code);
    for (n = 1; n < 400; n += 3) {
        size_t i;

        for (i = 0; i < n; i++)
            memcpy(text + 4 * i, i % 3 == 0 ? "😀" : "abcd", 4);
        text[4 * n] = '\0';
        in.text = text;
        ir_message_make(&in, n % 2 ? IR_LANG_JA : IR_LANG_EN, &m);
        assert_true(units(m.brief) <= IR_MESSAGE_SHORT_MAX);
        assert_non_null(strstr(m.brief, code));
        assert_non_null(strstr(m.brief, "4a"));
        assert_non_null(strstr(m.brief, "4d"));
        assert_non_null(strstr(m.body, text));
        ir_message_done(&m);
    }
}

/* A text cannot add lines to what is one line, nor hide its direction. */
static void
hostile_text(void **state)
{
    struct ir_message_in in = some(IR_ACTUAL);
    struct ir_message m;

    (void)state;
    in.text = "come\r\nBcc: all@example.jp\x1b[2J\n\xe2\x80\xaeright";
    in.author = "Ito\nSubject: x";
    ir_message_make(&in, IR_LANG_EN, &m);
    assert_null(strpbrk(m.subject, "\r\n\x1b"));
    assert_null(strpbrk(m.brief, "\r\n\x1b"));
    assert_null(strpbrk(m.body, "\r\x1b"));
    assert_null(strstr(m.body, "\xe2\x80\xae"));
    assert_null(strstr(m.body, "\nSubject:"));
    ir_message_done(&m);
}

static void
codes(void **state)
{
    static const struct {
        const char *typed;
        int rc;
    } cases[] = {{"k7qm2f9x", IR_OK},      {"K7QM-2F9X", IR_OK},
                 {" k7 qm 2f 9x ", IR_OK}, {"Ｋ７ＱＭ－２Ｆ９Ｘ", IR_OK},
                 {"K7QM2F9", IR_EPARSE},   {"K7QM2F9XX", IR_EPARSE},
                 {"K7QM2F9U", IR_EPARSE},  {"", IR_EPARSE}};
    uint8_t other[IR_ID_BYTES] = {0};
    char a[IR_CHECK_CODE_MAX], b[IR_CHECK_CODE_MAX];
    struct ir_err err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(ir_check_code_parse(cases[i].typed, a, &err),
                         cases[i].rc);
        if (cases[i].rc == IR_OK)
            assert_string_equal(a, "K7QM-2F9X");
    }
    assert_int_equal(ir_check_code_parse("oil00000", a, &err), IR_OK);
    assert_string_equal(a, "0110-0000");
    ir_check_code(other, a);
    /* SHA-256 of "ir-check@v1" and 32 zero bytes, by another program */
    assert_string_equal(a, "HBB9-42W7");
    for (i = 0; i < 32; i++) {
        other[i] = 1;
        ir_check_code(other, b);
        assert_string_not_equal(a, b);
        other[i] = 0;
    }
}

static void
what_was_sent_is_known(void **state)
{
    struct ir_message_in in = some(IR_ACTUAL);
    struct ir_message m;
    char *more;

    (void)state;
    assert_true(ir_check_text(&in, "３Ｆ会議室に 集まってください"));
    assert_false(ir_check_text(&in, "4F会議室に集まってください"));
    assert_false(ir_check_text(&in, "3F会議室に集まってください。送金も"));
    assert_false(ir_check_text(&in, "会議室"));
    assert_false(ir_check_text(&in, ""));
    in.number = 17;
    ir_message_make(&in, IR_LANG_JA, &m);
    in.number = 0;
    assert_true(ir_check_text(&in, m.body));
    assert_true(ir_check_text(&in, m.brief));
    more = ir_asprintf("%s 050-0000-0000", m.brief);
    assert_false(ir_check_text(&in, more));
    free(more);
    ir_message_done(&m);
    in.text = "Restart 10 0 units, now here";
    assert_true(ir_check_text(&in, "restart 10  0 units,now\nhere"));
    assert_false(ir_check_text(&in, "Restart 100 units, now here"));
    assert_false(ir_check_text(&in, "Restart 10 0 units, nowhere"));
}

/* Without the word for an exercise it was never sent. */
static void
exercise_is_no_actual(void **state)
{
    struct ir_message_in in = some(IR_EXERCISE);
    char *text;

    (void)state;
    assert_false(ir_check_text(&in, in.text));
    text = ir_asprintf("訓練 %s", in.text);
    assert_true(ir_check_text(&in, text));
    free(text);
    text = ir_asprintf("Exercise: %s", in.text);
    assert_false(ir_check_text(&in, text));
    free(text);
    text = ir_asprintf("exercise\n%s", in.text);
    assert_true(ir_check_text(&in, text));
    in.status = IR_ACTUAL;
    assert_true(ir_check_text(&in, in.text));
    assert_false(ir_check_text(&in, text));
    free(text);
}

/* A summary is known by how many it stands for, too. */
static void
summary_is_known(void **state)
{
    struct ir_message_in in = some(IR_EXERCISE);
    struct ir_message m;
    int lang;

    (void)state;
    in.what = IR_MESSAGE_MISSED;
    for (lang = IR_LANG_EN; lang <= IR_LANG_JA; lang++) {
        in.missed = 4;
        in.status = IR_EXERCISE;
        ir_message_make(&in, (enum ir_lang)lang, &m);
        assert_true(ir_check_text(&in, m.body));
        assert_true(ir_check_text(&in, m.brief));
        assert_true(units(m.brief) <= IR_MESSAGE_SHORT_MAX);
        in.missed = 5;
        assert_false(ir_check_text(&in, m.body));
        in.missed = 4;
        in.status = IR_ACTUAL;
        assert_false(ir_check_text(&in, m.body));
        ir_message_done(&m);
    }
}

static void
replies(void **state)
{
    static const struct {
        const char *text;
        int word;
        uint64_t number;
    } cases[] = {
        {"4a", 'a', 4},
        {"4A", 'a', 4},
        {" 4 a ", 'a', 4},
        {"\uff14\uff41", 'a', 4},
        {"\uff14 \uff24", 'd', 4},
        {"\u300c4a \u4e86\u89e3\u300d", 'a', 4},
        {"4a\u4e86\u89e3", 'a', 4},
        {"\"12d\" sorry", 'd', 12},
        {"99a", 'a', 99},
        {"100a", 0, 0},
        {"0a", 0, 0},
        {"4", 0, 0},
        {"a", 0, 0},
        {"4ab", 0, 0},
        {"4x", 0, 0},
        {"yes 4a", 0, 0},
        {"\u3000\u3010\uff11\uff24\u3011", 'd', 1},
        {"", 0, 0},
        {"99999999999999999999999999a", 0, 0},
        {"\x1b[2J4a", 0, 0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t number = 77;

        assert_int_equal(ir_reply_read(cases[i].text, &number), cases[i].word);
        assert_int_equal(number, cases[i].number);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exercise_comes_first),
        cmocka_unit_test(brief_fits),
        cmocka_unit_test(brief_ends_with_a_sentence),
        cmocka_unit_test(hostile_text),
        cmocka_unit_test(codes),
        cmocka_unit_test(what_was_sent_is_known),
        cmocka_unit_test(summary_is_known),
        cmocka_unit_test(exercise_is_no_actual),
        cmocka_unit_test(replies),
    };

    setenv("IR_LOCALEDIR", IR_BUILD_DIR "/engine/po", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
