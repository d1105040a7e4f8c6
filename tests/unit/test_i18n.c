/* test_i18n.c: the language asked for, the terminal that cannot draw it, and a
 * catalogue that changes while the program runs.
 */
#include "base/i18n.h"
#include "base/path.h"
#include "unit.h"

#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

static const char *const names[] = {"IR_LANG",  "LC_ALL", "LC_MESSAGES",
                                    "LC_CTYPE", "LANG",   "TERM"};

static const struct {
    const char *flag;
    const char *env[6]; /* as `names`; NULL: not set */
    enum ir_lang site;
    bool tty;
    enum ir_lang lang;
    bool fell_back;
} cases[] = {
#define EN IR_LANG_EN
#define JA IR_LANG_JA
    /* the flag decides, whatever the terminal */
    {"ja", {NULL, NULL, NULL, NULL, "C", "linux"}, EN, true, JA, false},
    {"en",
     {"ja", "ja_JP.UTF-8", NULL, NULL, NULL, "xterm"},
     JA,
     true,
     EN,
     false},
    /* then IR_LANG, LC_ALL, LC_MESSAGES, LANG */
    {NULL,
     {"ja", "en_US.UTF-8", NULL, NULL, NULL, "xterm"},
     EN,
     true,
     JA,
     false},
    {NULL,
     {"en", "ja_JP.UTF-8", NULL, NULL, NULL, "xterm"},
     JA,
     true,
     EN,
     false},
    {NULL,
     {NULL, "ja_JP.UTF-8", "en_US.UTF-8", NULL, "en_US.UTF-8", "xterm"},
     EN,
     true,
     JA,
     false},
    {NULL,
     {NULL, NULL, "ja_JP.UTF-8", NULL, "en_US.UTF-8", "xterm"},
     EN,
     true,
     JA,
     false},
    {NULL,
     {NULL, NULL, NULL, NULL, "ja_JP.UTF-8", "xterm"},
     EN,
     true,
     JA,
     false},
    {NULL,
     {NULL, NULL, NULL, NULL, "ja_JP.utf8", "xterm"},
     EN,
     true,
     JA,
     false},
    {NULL, {NULL, NULL, NULL, NULL, "ja", "xterm"}, EN, true, JA, false},
    {NULL,
     {NULL, NULL, NULL, NULL, "en_GB.UTF-8", "xterm"},
     JA,
     true,
     EN,
     false},
    {NULL,
     {NULL, NULL, NULL, NULL, "de_DE.UTF-8", "xterm"},
     JA,
     true,
     EN,
     false},
    /* "java" is no Japanese */
    {NULL, {NULL, NULL, NULL, NULL, "java", "xterm"}, EN, true, EN, false},
    /* nothing said: the site decides */
    {NULL, {NULL, NULL, NULL, NULL, NULL, "xterm"}, JA, true, JA, false},
    {NULL, {NULL, NULL, NULL, NULL, NULL, "xterm"}, EN, true, EN, false},
    {NULL, {NULL, NULL, NULL, NULL, NULL, NULL}, JA, false, JA, false},
    {NULL, {"", "", "", "", "", "xterm"}, JA, true, JA, false},
    {NULL, {NULL, NULL, NULL, NULL, "C", "xterm"}, JA, true, JA, false},
    {NULL, {NULL, NULL, NULL, NULL, "C.UTF-8", "xterm"}, JA, true, JA, false},
    {NULL,
     {NULL, "POSIX", NULL, NULL, "en_US.UTF-8", "xterm"},
     JA,
     true,
     JA,
     false},
    /* what cannot be drawn */
    {NULL,
     {NULL, NULL, NULL, NULL, "ja_JP.UTF-8", "linux"},
     EN,
     true,
     EN,
     true},
    {NULL, {"ja", NULL, NULL, NULL, NULL, "linux"}, JA, true, EN, true},
    {NULL, {NULL, NULL, NULL, NULL, NULL, "linux"}, JA, true, EN, true},
    {NULL, {NULL, NULL, NULL, NULL, NULL, "linux"}, EN, true, EN, false},
    {NULL,
     {NULL, NULL, NULL, NULL, "ja_JP.UTF-8", "linux"},
     EN,
     false,
     JA,
     false},
    {NULL, {NULL, NULL, NULL, NULL, "ja_JP", "dumb"}, EN, true, EN, true},
    {NULL,
     {NULL, NULL, NULL, NULL, "ja_JP.UTF-8", "dumb"},
     EN,
     true,
     JA,
     false},
    {NULL, {NULL, NULL, NULL, NULL, NULL, NULL}, JA, true, EN, true},
    {NULL,
     {NULL, NULL, NULL, NULL, "ja_JP.eucJP", "xterm"},
     EN,
     true,
     EN,
     true},
    {NULL,
     {NULL, NULL, NULL, NULL, "ja_JP.SJIS", "xterm"},
     EN,
     false,
     EN,
     true},
    {NULL,
     {"ja", NULL, NULL, NULL, "en_US.ISO-8859-1", "xterm"},
     EN,
     true,
     EN,
     true},
    {NULL,
     {NULL, NULL, NULL, "ja_JP.eucJP", "ja_JP.UTF-8", "xterm"},
     EN,
     true,
     EN,
     true},
    {NULL,
     {NULL, "ja_JP.UTF-8@x", NULL, NULL, "ja_JP.eucJP", "dumb"},
     EN,
     true,
     JA,
     false},
#undef EN
#undef JA
};

static void
test_choose(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool fell_back = !cases[i].fell_back;
        enum ir_lang lang;

        for (size_t n = 0; n < COUNT(names); n++) {
            if (cases[i].env[n] != NULL)
                setenv(names[n], cases[i].env[n], 1);
            else
                unsetenv(names[n]);
        }
        lang = ir_i18n_choose(cases[i].flag, cases[i].site, cases[i].tty,
                              &fell_back);
        ROW(i, lang == cases[i].lang && fell_back == cases[i].fell_back);
        ROW(i, ir_i18n_choose(cases[i].flag, cases[i].site, cases[i].tty,
                              NULL) == lang);
    }
}

static void
put_u32(struct ir_buf *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        ir_buf_addc(b, (int)(v >> (8 * i) & 255));
}

/* A catalogue of one message, byte by byte.
 * Source: gettext manual, "The Format of GNU MO Files".
 */
static void
write_catalogue(const char *dir, const char *msgid, const char *msgstr)
{
    static const char head[] = "Content-Type: text/plain; charset=UTF-8\n";
    uint32_t at = 28 + 2 * 2 * 8;
    struct ir_buf mo = {0};
    struct ir_err err;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    put_u32(&mo, 0x950412de);
    put_u32(&mo, 0);  /* revision */
    put_u32(&mo, 2);  /* messages, sorted: "" and msgid */
    put_u32(&mo, 28); /* where the originals are listed */
    put_u32(&mo, 28 + 16);
    put_u32(&mo, 0); /* no hash table */
    put_u32(&mo, at);
    put_u32(&mo, 0);
    put_u32(&mo, at);
    put_u32(&mo, (uint32_t)strlen(msgid));
    put_u32(&mo, at + 1);
    at += 1 + (uint32_t)strlen(msgid) + 1;
    put_u32(&mo, sizeof head - 1);
    put_u32(&mo, at);
    put_u32(&mo, (uint32_t)strlen(msgstr));
    put_u32(&mo, at + (uint32_t)sizeof head);
    ir_buf_add(&mo, "", 1);
    ir_buf_add(&mo, msgid, strlen(msgid) + 1);
    ir_buf_add(&mo, head, sizeof head);
    ir_buf_add(&mo, msgstr, strlen(msgstr) + 1);
    assert_true(fd >= 0);
    assert_int_equal(ir_path_mkdir(fd, "ja/LC_MESSAGES", &err), IR_OK);
    assert_int_equal(ir_path_write(fd, "ja/LC_MESSAGES/ir.mo", mo.p, mo.len,
                                   0600, false, &err),
                     IR_OK);
    close(fd);
    ir_buf_done(&mo);
}

static void
test_set(void **state)
{
    char dir[] = "/tmp/ir-i18n-XXXXXX";
    struct ir_err err;

    (void)state;
    assert_non_null(mkdtemp(dir));
    write_catalogue(dir, "recorded", "記録しました");
    setenv("IR_LOCALEDIR", dir, 1);
    /* a locale that no machine has must not matter */
    setenv("LC_ALL", "xx_XX.UTF-8", 1);
    setenv("LANG", "C", 1);
    for (int i = 0; i < 3; i++) {
        ir_i18n_set(IR_LANG_JA);
        assert_int_equal(ir_i18n_lang(), IR_LANG_JA);
        assert_string_equal(_("recorded"), "記録しました");
        assert_string_equal(_("not in it"), "not in it");
        ir_i18n_set(IR_LANG_EN);
        assert_int_equal(ir_i18n_lang(), IR_LANG_EN);
        assert_string_equal(_("recorded"), "recorded");
    }
    assert_string_equal(ir_lang_code(IR_LANG_JA), "ja");
    assert_string_equal(ir_lang_code(IR_LANG_EN), "en");
    assert_string_equal(setlocale(LC_CTYPE, NULL), "C.UTF-8");
    assert_int_equal(ir_path_remove_tree(dir, &err), IR_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choose),
        cmocka_unit_test(test_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
