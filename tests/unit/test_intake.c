/* test_intake.c: people out of address books of other programs: vCard 2.1, 3.0,
 * 4.0, tables; what is hostile is left out and said. */
#include "base/charset.h"
#include "base/romaji.h"
#include "core/csv.h"
#include "core/intake.h"
#include "core/roster.h"
#include "unit.h"

static const struct {
    const char *in, *out; /* NULL: cannot be read */
} names[] = {
    {"いとう かずお", "itou kazuo"},
    {"イトウ　カズオ", "itou kazuo"},
    {"ｲﾄｳ ｶｽﾞｵ", "itou kazuo"},
    {"きょうこ", "kyouko"},
    {"しゅん", "shun"},
    {"ちょうじゃ", "chouja"},
    {"はっとり", "hattori"},
    {"いっちゃん", "itchan"},
    {"じゅんいち", "junichi"},
    {"ジョーンズ", "jonzu"},
    {"フェルナンド", "ferunando"},
    {"ティナ", "tina"},
    {"ヴィクトル", "vikutoru"},
    {"マリー・アン", "mari an"},
    {"Müller-Lüdenscheidt", "muller ludenscheidt"},
    {"O'Brien", "obrien"},
    {"ITO, Kazuo", "ito kazuo"},
    {"伊藤", NULL},
    {"いとう 太郎", NULL},
    {"", NULL},
    {"  ", NULL},
    {"ー", NULL},
    {"ゃ", "ya"},
    {"っ", NULL},
};

static void
test_romaji(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(names); i++) {
        struct ir_buf b = {0};
        bool fits = ir_romaji(names[i].in, &b);

        if (fits != (names[i].out != NULL) ||
            strcmp(ir_buf_str(&b), fits ? names[i].out : "") != 0)
            fail_msg("%s: %d \"%s\"", names[i].in, fits, ir_buf_str(&b));
        ir_buf_done(&b);
    }
}

static const struct {
    const char *bytes;
    size_t n;
    const char *name, *out; /* NULL: refused */
} texts[] = {
    {"a", 1, "UTF-8", "a"},
    {"", 0, "UTF-8", ""},
    {"\xEF\xBB\xBF\xE6\xA3\xAE", 6, "UTF-8", "森"},
    {"\x90\x58", 2, "Shift_JIS", "森"},
    {"\x87\x8A\x81\x60", 4, "Shift_JIS", "㈱～"},
    {"\xFB\xFC", 2, "Shift_JIS", "髙"},
    {"\xFF\xFE\xEE\x68", 4, "UTF-16", "森"},
    {"\xFE\xFF\x68\xEE", 4, "UTF-16", "森"},
    {"a\0b", 3, NULL, NULL},
    {"\x90", 1, NULL, NULL},
    {"\xFF\xFE\x00", 3, NULL, NULL},
    {"\xFF\xFE\x00\xD8", 4, NULL, NULL},
    {"\xFD\xFD\xFD", 3, NULL, NULL},
};

static void
test_charset(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(texts); i++) {
        struct ir_buf b = {0};
        struct ir_err err = {0};
        const char *name = NULL;
        int rc = ir_charset_utf8(texts[i].bytes, texts[i].n, &b, &name, &err);

        if (texts[i].name == NULL) {
            if (rc != IR_EPARSE || b.len != 0)
                fail_msg("row %zu: %d \"%s\"", i, rc, ir_buf_str(&b));
        } else if (rc != IR_OK || strcmp(name, texts[i].name) != 0 ||
                   strcmp(ir_buf_str(&b), texts[i].out) != 0) {
            fail_msg("row %zu: %d %s \"%s\"", i, rc, name, ir_buf_str(&b));
        }
        ir_buf_done(&b);
    }
}

static const struct {
    const char *text, *cells; /* rows with "/", cells with "|"; NULL refused */
} tables[] = {
    {"a,b\r\nc,d\r\n", "a|b/c|d"},
    {"a;b\nc,c;d", "a|b/c,c|d"},
    {"a\tb\n\n\nc\td\n", "a|b/c|d"},
    {"\"a,\"\"x\"\"\",\"b\r\nb\"\rc,", "a,\"x\"|b\nb/c|"},
    {"\"a\"b,c\n", "ab|c"},
    {"a\"b,c\n", "a\"b|c"},
    {"a,,\n", "a||"},
    {"\"a\n", NULL},
    {"", ""},
    {"\r\n\r\n", ""},
};

static void
test_csv(void **state)
{
    size_t i, k;

    (void)state;
    for (i = 0; i < COUNT(tables); i++) {
        struct ir_err err = {0};
        struct ir_csv csv;
        struct ir_csv_row row;
        struct ir_buf b = {0};
        int rc;

        ir_csv_init(&csv, tables[i].text, strlen(tables[i].text));
        while ((rc = ir_csv_next(&csv, &row, &err)) > 0) {
            if (b.len > 0)
                ir_buf_adds(&b, "/");
            for (k = 0; k < row.cells_n; k++)
                ir_buf_addf(&b, "%s%s", k > 0 ? "|" : "", row.cell[k]);
            ir_csv_row_done(&row);
        }
        if (rc != (tables[i].cells != NULL ? 0 : IR_EPARSE) ||
            (rc == 0 && strcmp(ir_buf_str(&b), tables[i].cells) != 0))
            fail_msg("row %zu: %d %s", i, rc, ir_buf_str(&b));
        ir_buf_done(&b);
    }
}

/* Everything of one reading on one line. */
static char *
told(const char *text, size_t n)
{
    struct ir_intake in;
    struct ir_err err = {0};
    struct ir_buf b = {0};
    size_t i, k;

    if (ir_intake_read(text, n, &in, &err) != IR_OK)
        return ir_asprintf("! %s", err.msg);
    for (i = 0; i < in.n; i++) {
        const struct ir_intake_person *p = &in.person[i];

        ir_buf_addf(&b, "%s(%s)", p->name, ir_lang_code(p->lang));
        if (p->title != NULL || p->organisation != NULL)
            ir_buf_addf(&b, " %s, %s", p->title ? p->title : "-",
                        p->organisation ? p->organisation : "-");
        for (k = 0; k < p->ways_n; k++)
            ir_buf_addf(&b, " %s=%s", p->way[k].means, p->way[k].address);
        ir_buf_adds(&b, "\n");
    }
    for (i = 0; i < in.notes_n; i++)
        ir_buf_addf(&b, "%d %s%s: %s\n", in.note[i].line,
                    in.note[i].left_out ? "-" : "", in.note[i].who,
                    in.note[i].what);
    ir_intake_done(&in);
    return ir_buf_take(&b);
}

static const struct {
    const char *text, *told;
} books[] = {
    /* 3.0, folded, several numbers, in order; a photograph is passed over */
    {"BEGIN:VCARD\r\nVERSION:3.0\r\nN:伊藤;和夫;;;\r\nFN:伊藤 和夫\r\n"
     "X-PHONETIC-LAST-NAME:いとう\r\nORG:見本空港;運用部\r\nTITLE:本部\r\n "
     "長\r\n"
     "TEL;TYPE=WORK,VOICE:03-0000-0101\r\n"
     "item1.TEL;TYPE=\"CELL,VOICE\";TYPE=pref:090-0000-0102\r\n"
     "TEL;TYPE=FAX:03-0000-0103\r\nEMAIL;TYPE=INTERNET:ito@example.jp\r\n"
     "PHOTO;ENCODING=b:AAAA\r\n BBBB\r\nEND:VCARD\r\n",
     "伊藤 和夫(ja) 本部長, 見本空港 運用部 phone=090-0000-0102 "
     "phone=03-0000-0101 sms=090-0000-0102 mail=ito@example.jp "
     "fax=03-0000-0103\n"},
    /* 4.0: URIs, PREF, LANG; N alone; escapes */
    {"BEGIN:VCARD\nVERSION:4.0\nN:Brown;Ann;;;\nLANG:en-GB\n"
     "ORG:Mihon\\, Ltd\\; A\nTEL;VALUE=uri;PREF=1;TYPE=\"voice,home\":"
     "tel:+44-20-0000-0001;ext=12\nTEL;VALUE=uri;TYPE=cell:tel:+447000000000\n"
     "EMAIL:mailto:ann@example.jp\nEND:VCARD\n",
     "Ann Brown(en) -, Mihon, Ltd; A phone=+44-20-0000-0001 x12 "
     "phone=+447000000000 sms=+447000000000 mail=ann@example.jp\n"},
    /* 2.1 of a telephone: quoted-printable with soft ends, bare words */
    {"BEGIN:VCARD\r\nVERSION:2.1\r\n"
     "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=A3=AE;=\r\n=E5=A4=A7\r\n"
     "SOUND;X-IRMC-N;CHARSET=SHIFT_JIS:mori;dai\r\n"
     "TEL;CELL;VOICE:09000000104\r\nEND:VCARD\r\n",
     "森 大(ja) phone=09000000104 sms=09000000104\n"},
    {"BEGIN:VCARD\nFN:Nobody\nEND:VCARD\nBEGIN:VCARD\nTEL:1234567\nEND:VCARD\n"
     "BEGIN:VCARD\nFN:Cut\nTEL:1234567\n",
     "Cut(en) phone=1234567\n"
     "1 -Nobody: has neither a telephone number nor a mail address that can be "
     "used\n4 -: has no name\n"
     "7 Cut: the vCard has no end: the file is cut off\n"},
    /* tables */
    {"Name,Phone 1,Phone 2,Mobile,E-mail,Shoe size\n"
     "Ito,03-0000-0001,,9000000001,\"a@example.jp;b@example.jp\",27\n"
     ",,,,,\nMori,,,,nobody,\n",
     "Ito(en) phone=09000000001 phone=03-0000-0001 sms=09000000001 "
     "mail=a@example.jp mail=b@example.jp\n"
     "1 : columns that are not used: Shoe size\n"
     "2 Ito: 9000000001: its first 0 was lost; 09000000001 is taken\n"
     "4 -Mori: \"nobody\" is no mail address\n"
     "4 -Mori: has neither a telephone number nor a mail address that can be "
     "used\n"},
    {"姓,名,携帯電話,部署,無線\n加藤,彩,０９０−００００−０１０５,網,ch 3\n",
     "加藤 彩(ja) -, 網 phone=090-0000-0105 sms=090-0000-0105 radio=ch 3\n"},
    {"name,phone\nA,090abc\nB,03-0000-0001 (内線 12)\nC,110\nD,12\n",
     "B(en) phone=03-0000-0001 (内線 12)\nC(en) phone=110\n"
     "2 -A: \"090abc\" is no telephone number\n"
     "2 -A: has neither a telephone number nor a mail address that can be "
     "used\n"
     "5 -D: \"12\" is no telephone number\n"
     "5 -D: has neither a telephone number nor a mail address that can be "
     "used\n"},
    {"姓,名,携帯電話,内線電話\n加藤,彩,０９０－００００－０１０５,\n",
     "加藤 彩(ja) phone=090-0000-0105 sms=090-0000-0105\n"
     "1 : columns that are not used: 内線電話\n"},
    /* formulas, control characters, direction marks, too long */
    {"name,phone,title\n=cmd|x!A1,0300000001,x\n"
     "Evil,\"=HYPERLINK(\"\"x\"\")\",x\nA\x1b[31m,0300000001,\n"
     "B,\"=\"\"0300000002\"\"\",@SUM(1)\n\xE2\x80\xAE"
     "C,0300000001,\n",
     "B(en) phone=0300000002\n"
     "2 -: the name: is a formula\n2 -: has no name\n"
     "3 -Evil: phone: is a formula\n"
     "3 -Evil: has neither a telephone number nor a mail address that can be "
     "used\n"
     "4 -: the name: holds control characters\n4 -: has no name\n"
     "5 -B: the title: is a formula\n"
     "6 -: the name: holds control characters\n6 -: has no name\n"},
    /* as Outlook and Google write them */
    {"\"First Name\",\"Last Name\",\"Company\",\"Department\",\"Job Title\","
     "\"Business Phone\",\"Business Phone 2\",\"Mobile Phone\","
     "\"E-mail Address\",Birthday,Hobby\n"
     "Ann,Brown,Mihon,Ops,Lead,03-0000-0001,,+44 7000 000000,a@example.jp,,\n",
     "Ann Brown(en) Lead, Mihon Ops phone=+44 7000 000000 phone=03-0000-0001 "
     "sms=+44 7000 000000 mail=a@example.jp\n"
     "1 : columns that are not used: Birthday, Hobby\n"},
    {"First Name,Last Name,Organization Name,Phone 1 - Label,Phone 1 - Value,"
     "E-mail 1 - Value\n加奈,林,見本,Work,03-0000-0001 ::: 03-0000-0002,\n",
     "林 加奈(ja) -, 見本 phone=03-0000-0001 phone=03-0000-0002\n"
     "1 : columns that are not used: Phone 1 - Label\n"},
    {"\r\n\r\nBEGIN:VCARD\nFN:A\nTEL:0300000001\nEND:VCARD\n",
     "A(en) phone=0300000001\n"},
    /* the same person twice */
    {"name,phone,mail\nMori,03-0000-0001,\nMori,+81 3 0000 0001,m@example.jp\n",
     "Mori(en) phone=03-0000-0001 mail=m@example.jp\n"
     "3 Mori: stands in line 2, too: put together\n"},
    {"surname\n\"open", "! line 2: a quote that nothing closes"},
    {"phone\n0300000001\n", "! neither a vCard nor a table with a column for "
                            "the name in its first row"},
    {"", "! the file is empty"},
    {"\x90", "! the text is neither UTF-8 nor UTF-16 nor Shift_JIS"},
};

static void
test_books(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(books); i++) {
        char *got = told(books[i].text, strlen(books[i].text));

        if (strcmp(got, books[i].told) != 0)
            fail_msg("row %zu:\n%s--- not\n%s", i, got, books[i].told);
        free(got);
    }
}

/* More than is taken is refused, a huge line is not kept. */
static void
test_limits(void **state)
{
    struct ir_buf b = {0};
    struct ir_intake in;
    struct ir_err err = {0};
    char *got;
    int i;

    (void)state;
    ir_buf_adds(&b, "name,phone\n");
    for (i = 0; i <= IR_INTAKE_PEOPLE_MAX; i++)
        ir_buf_addf(&b, "P%d,03%08d\n", i, i);
    assert_int_equal(ir_intake_read(b.p, b.len, &in, &err), IR_ELIMIT);
    assert_int_equal(in.n, 0);
    b.len = 0;
    ir_buf_adds(&b, "BEGIN:VCARD\nFN:A\nTEL:0312345678\nPHOTO:");
    for (i = 0; i < 200000; i++)
        ir_buf_adds(&b, "AAAAAAAA\n ");
    ir_buf_adds(&b, "A\nEND:VCARD\n");
    got = told((const char *)b.p, b.len);
    assert_string_equal(got, "A(en) phone=0312345678\n");
    free(got);
    ir_buf_done(&b);
}

/* What became of each: "+ito ~mori ..." and the ids of the rows. */
static char *
joined(const char *text, const char *people, const char *imported,
       struct ir_json **rows)
{
    static const char marks[] = "+~=!";
    struct ir_json *p = NULL, *ids = NULL;
    struct ir_intake in;
    struct ir_roster r;
    struct ir_buf b = {0};
    size_t i;

    assert_int_equal(ir_intake_read(text, strlen(text), &in, NULL), IR_OK);
    assert_int_equal(ir_json_parse(people, strlen(people), &p, NULL), IR_OK);
    assert_int_equal(ir_json_parse(imported, strlen(imported), &ids, NULL),
                     IR_OK);
    ir_roster_join(&in, p, ids, &r);
    for (i = 0; i < r.n; i++)
        ir_buf_addf(&b, "%s%c%s%s", i > 0 ? " " : "", marks[r.change[i].what],
                    r.change[i].id, r.change[i].unverified ? "?" : "");
    ir_buf_addf(&b, " kept %zu", r.kept);
    *rows = r.rows;
    r.rows = NULL;
    ir_roster_done(&r);
    ir_intake_done(&in);
    ir_json_free(p);
    ir_json_free(ids);
    return ir_buf_take(&b);
}

static void
test_ids(void **state)
{
    static const char text[] = "id,氏名,フリガナ,携帯\n"
                               ",佐藤 花子,サトウ ハナコ,090-0000-0001\n"
                               ",佐藤 次郎,サトウ ジロウ,090-0000-0002\n"
                               ",佐藤 二郎,サトウ ジロウ,090-0000-0003\n"
                               ",高橋 一,,090-0000-0004\n"
                               ",鈴木 二,,090-0000-0005\n"
                               "boss,伊藤 和夫,,090-0000-0006\n"
                               "../x,Ann Brown,,090-0000-0007\n";
    struct ir_json *rows, *again;
    char *got, *all;

    (void)state;
    got = joined(text, "[]", "[]", &rows);
    assert_string_equal(got, "+satou +satou-jirou +satou-2 +person-1 +person-2 "
                             "+boss +ann-brown kept 0");
    free(got);
    /* a second time: nobody is new, nothing changes, whatever the order */
    all = ir_json_text(rows, 0);
    got = joined(text, all,
                 "[\"satou\",\"satou-jirou\",\"satou-2\",\"person-1\","
                 "\"person-2\",\"boss\",\"ann-brown\"]",
                 &again);
    assert_string_equal(got, "=satou =satou-jirou =satou-2 =person-1 =person-2 "
                             "=boss =ann-brown kept 0");
    free(got);
    got = ir_json_text(again, 0);
    assert_string_equal(got, all);
    free(got);
    free(all);
    ir_json_free(rows);
    ir_json_free(again);
}

static void
test_update(void **state)
{
    static const char people[] =
        "[{\"id\":\"ito\",\"name\":{\"en\":\"Ito\",\"ja\":\"伊藤\"},"
        "\"language\":\"ja\",\"verified\":\"2026-10-01\",\"member\":\"ito2\","
        "\"outside\":true,"
        "\"channels\":[[\"phone\",\"03-1\"],[\"sms\",\"090-0000-0001\"],"
        "[\"radio\",\"ch 3\"]]},"
        "{\"id\":\"own\",\"name\":{\"en\":\"Own\",\"ja\":\"自\"},"
        "\"language\":\"ja\",\"channels\":[[\"phone\",\"0300000009\"]]},"
        "{\"id\":\"old\",\"name\":{\"en\":\"Old\",\"ja\":\"古\"},"
        "\"language\":\"en\",\"verified\":\"2026-10-01\","
        "\"channels\":[[\"phone\",\"0300000008\"]]}]";
    struct ir_json *rows;
    const struct ir_json *ito;
    struct ir_buf b = {0};
    struct ir_json *ids;
    char *got;

    (void)state;
    got = joined("name,mobile\n伊藤,+81-90-0000-0001\n自,0300000010\n", people,
                 "[\"ito\",\"old\"]", &rows);
    /* a number that was there in another form is shown as it is given now */
    assert_string_equal(got, "~ito? !own kept 1");
    free(got);
    assert_int_equal(ir_json_len(rows), 2); /* own stays by hand, old stays */
    ito = ir_json_at(rows, 0);
    assert_string_equal(ir_json_get_str(ito, "id", ""), "ito");
    assert_null(ir_json_get(ito, "verified"));
    assert_string_equal(ir_json_get_str(ito, "member", ""), "ito2");
    got = ir_json_text(ir_json_get(ito, "channels"), 0);
    assert_string_equal(got, "[[\"phone\",\"+81-90-0000-0001\"],"
                             "[\"sms\",\"+81-90-0000-0001\"],"
                             "[\"radio\",\"ch 3\"]]");
    free(got);
    ir_roster_file(rows, &b);
    assert_non_null(
        strstr(ir_buf_str(&b), "member = \"ito2\", outside = true"));
    ids = ir_roster_ids(ir_buf_str(&b), b.len);
    got = ir_json_text(ids, 0);
    assert_string_equal(got, "[\"ito\",\"old\"]");
    free(got);
    ir_json_free(ids);
    ir_json_free(rows);
    ir_buf_done(&b);
}

/* Who has the name is it, before who shares the telephone. */
static void
test_shared(void **state)
{
    static const char people[] = "[{\"id\":\"a\",\"name\":{\"en\":\"A\",\"ja\":"
                                 "\"A\"},\"language\":\"en\","
                                 "\"channels\":[[\"sms\",\"090-0000-0001\"]]}]";
    struct ir_json *rows;
    char *got;

    (void)state;
    got = joined("name,sms\nB,090-0000-0001\nA,090-0000-0001\n", people,
                 "[\"a\"]", &rows);
    assert_string_equal(got, "+b =a kept 0");
    free(got);
    ir_json_free(rows);
    got = joined("name,sms\nB,090-0000-0001\n", people, "[\"a\"]", &rows);
    assert_string_equal(got, "~a kept 0"); /* another name, the same pocket */
    free(got);
    ir_json_free(rows);
}

/* The file that ships is what an import of nobody would write. */
static void
test_shipped(void **state)
{
    struct ir_json *none = ir_json_new_arr();
    struct ir_buf want = {0};
    char have[4096];
    size_t n;
    FILE *f = fopen(IR_SOURCE_DIR "/runbooks/lib/imported.lua", "rb");

    (void)state;
    assert_non_null(f);
    n = fread(have, 1, sizeof have - 1, f);
    have[n] = '\0';
    fclose(f);
    ir_roster_file(none, &want);
    assert_string_equal(have, ir_buf_str(&want));
    ir_buf_done(&want);
    ir_json_free(none);
}

/* Nothing that was taken in ends a string of Lua or a line. */
static void
test_lua(void **state)
{
    struct ir_json *row = ir_json_new_obj(), *t;
    struct ir_buf b = {0};

    (void)state;
    ir_json_set_str(row, "id", "x");
    t = ir_json_set_take(row, "name", ir_json_new_obj());
    ir_json_set_str(t, "en", "a\" } os.exit() --\\");
    ir_json_set_str(t, "ja", "b\n]]\x7f");
    ir_roster_lua(row, &b);
    assert_string_equal(ir_buf_str(&b),
                        "  { id = \"x\",\n"
                        "    name = { en = \"a\\\" } os.exit() --\\\\\", "
                        "ja = \"b\\010]]\\127\" },\n"
                        "    language = \"ja\",\n"
                        "    channels = { } },\n");
    ir_buf_done(&b);
    ir_json_free(row);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_romaji), cmocka_unit_test(test_charset),
        cmocka_unit_test(test_csv),    cmocka_unit_test(test_books),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_ids),
        cmocka_unit_test(test_update), cmocka_unit_test(test_lua),
        cmocka_unit_test(test_shared), cmocka_unit_test(test_shipped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
