/* intake_csv.c: people out of a table; see intake.h. Which column is what says
 * its heading.
 */
#include "base/i18n.h"
#include "base/utf8.h"
#include "core/csv.h"
#include "core/intake.h"

#include <stdlib.h>
#include <string.h>

enum column {
    NONE,
    ID,
    NAME,
    FAMILY,
    GIVEN,
    KANA,
    KANA_FAMILY,
    KANA_GIVEN,
    LATIN,
    TITLE,
    ORGANISATION,
    DEPARTMENT,
    LANGUAGE,
    PHONE,
    MOBILE,
    SMS,
    MAIL,
    FAX,
    RADIO,
};

/* Headings without blanks, "_", "-" and digits, in small letters. */
static const struct {
    const char *heading;
    enum column column;
} headings[] = {
    {"id", ID},
    {"handle", ID},
    {"識別名", ID},
    {"name", NAME},
    {"fullname", NAME},
    {"displayname", NAME},
    {"氏名", NAME},
    {"名前", NAME},
    {"表示名", NAME},
    {"familyname", FAMILY},
    {"lastname", FAMILY},
    {"surname", FAMILY},
    {"姓", FAMILY},
    {"名字", FAMILY},
    {"苗字", FAMILY},
    {"givenname", GIVEN},
    {"firstname", GIVEN},
    {"名", GIVEN},
    {"kana", KANA},
    {"furigana", KANA},
    {"ふりがな", KANA},
    {"フリガナ", KANA},
    {"氏名カナ", KANA},
    {"氏名(カナ)", KANA},
    {"よみ", KANA},
    {"よみがな", KANA},
    {"読み", KANA},
    {"読み仮名", KANA},
    {"カナ", KANA},
    {"カナ氏名", KANA},
    {"lastnamephonetic", KANA_FAMILY},
    {"familynamephonetic", KANA_FAMILY},
    {"せい", KANA_FAMILY},
    {"セイ", KANA_FAMILY},
    {"姓カナ", KANA_FAMILY},
    {"姓(カナ)", KANA_FAMILY},
    {"姓フリガナ", KANA_FAMILY},
    {"姓ふりがな", KANA_FAMILY},
    {"firstnamephonetic", KANA_GIVEN},
    {"givennamephonetic", KANA_GIVEN},
    {"めい", KANA_GIVEN},
    {"メイ", KANA_GIVEN},
    {"名カナ", KANA_GIVEN},
    {"名(カナ)", KANA_GIVEN},
    {"名フリガナ", KANA_GIVEN},
    {"名ふりがな", KANA_GIVEN},
    {"romaji", LATIN},
    {"englishname", LATIN},
    {"ローマ字", LATIN},
    {"氏名ローマ字", LATIN},
    {"英字氏名", LATIN},
    {"英語名", LATIN},
    {"title", TITLE},
    {"jobtitle", TITLE},
    {"organizationtitle", TITLE},
    {"position", TITLE},
    {"役職", TITLE},
    {"役職名", TITLE},
    {"肩書", TITLE},
    {"職名", TITLE},
    {"organisation", ORGANISATION},
    {"organization", ORGANISATION},
    {"organizationname", ORGANISATION},
    {"company", ORGANISATION},
    {"会社", ORGANISATION},
    {"会社名", ORGANISATION},
    {"組織", ORGANISATION},
    {"組織名", ORGANISATION},
    {"勤務先", ORGANISATION},
    {"department", DEPARTMENT},
    {"organizationdepartment", DEPARTMENT},
    {"section", DEPARTMENT},
    {"部署", DEPARTMENT},
    {"部署名", DEPARTMENT},
    {"所属", DEPARTMENT},
    {"課", DEPARTMENT},
    {"language", LANGUAGE},
    {"lang", LANGUAGE},
    {"言語", LANGUAGE},
    {"phone", PHONE},
    {"phonevalue", PHONE},
    {"tel", PHONE},
    {"telephone", PHONE},
    {"phonenumber", PHONE},
    {"telephonenumber", PHONE},
    {"businessphone", PHONE},
    {"workphone", PHONE},
    {"officephone", PHONE},
    {"homephone", PHONE},
    {"電話", PHONE},
    {"電話番号", PHONE},
    {"勤務先電話", PHONE},
    {"勤務先電話番号", PHONE},
    {"会社電話", PHONE},
    {"固定電話", PHONE},
    {"自宅電話", PHONE},
    {"緊急連絡先", PHONE},
    {"mobile", MOBILE},
    {"mobilephone", MOBILE},
    {"cell", MOBILE},
    {"cellphone", MOBILE},
    {"携帯", MOBILE},
    {"携帯電話", MOBILE},
    {"携帯番号", MOBILE},
    {"携帯電話番号", MOBILE},
    {"sms", SMS},
    {"ショートメッセージ", SMS},
    {"mail", MAIL},
    {"email", MAIL},
    {"emailvalue", MAIL},
    {"emailaddress", MAIL},
    {"mailaddress", MAIL},
    {"メール", MAIL},
    {"eメール", MAIL},
    {"メールアドレス", MAIL},
    {"電子メール", MAIL},
    {"電子メールアドレス", MAIL},
    {"fax", FAX},
    {"businessfax", FAX},
    {"faxnumber", FAX},
    {"fax番号", FAX},
    {"ファクス", FAX},
    {"ファックス", FAX},
    {"radio", RADIO},
    {"無線", RADIO},
    {"無線機", RADIO},
};

static enum column
column_of(const char *heading)
{
    struct ir_buf narrow = {0}, b = {0};
    enum column found = NONE;
    const char *s;
    size_t i;

    ir_utf8_narrow(&narrow, heading);
    for (s = ir_buf_str(&narrow); *s != '\0'; s++) {
        if (strchr(" _-\t\n.:0123456789", *s) != NULL)
            continue;
        ir_buf_addc(&b, *s >= 'A' && *s <= 'Z' ? *s - 'A' + 'a' : *s);
    }
    for (i = 0; i < sizeof headings / sizeof headings[0]; i++)
        if (strcmp(headings[i].heading, ir_buf_str(&b)) == 0)
            found = headings[i].column;
    ir_buf_done(&narrow);
    ir_buf_done(&b);
    return found;
}

/* The columns by their headings; what is not known is said once. */
static int
read_headings(const struct ir_csv_row *row, enum column *col,
              struct ir_intake *in, struct ir_err *err)
{
    struct ir_buf unused = {0}, shown = {0};
    bool name = false;
    size_t i;

    for (i = 0; i < row->cells_n; i++) {
        col[i] = column_of(row->cell[i]);
        name |= col[i] == NAME || col[i] == FAMILY;
        if (col[i] == NONE && row->cell[i][0] != '\0') {
            ir_buf_adds(&unused, unused.len > 0 ? ", " : "");
            ir_utf8_escape(&unused, row->cell[i], strlen(row->cell[i]), false);
        }
    }
    if (name && unused.len > 0) {
        ir_utf8_cut(&shown, ir_buf_str(&unused), 150);
        ir_intake_say(in, row->line, NULL, false,
                      _("columns that are not used: %s"), ir_buf_str(&shown));
    }
    ir_buf_done(&unused);
    ir_buf_done(&shown);
    if (name)
        return IR_OK;
    ir_fail(err, IR_EPARSE,
            _("neither a vCard nor a table with a column for the name in its "
              "first row"));
    ir_err_hint(err, _("the first row: name,phone,mobile,mail or "
                       "氏名,電話,携帯,メール"));
    return IR_EPARSE;
}

static bool
english(const char *s)
{
    return strncasecmp(s, "en", 2) == 0 || strncmp(s, "英", 3) == 0;
}

static bool
latin(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s >= 0xE0)
            return false;
    return true;
}

/* Several numbers in one cell, parted by newlines, semicolons, 、 or " ::: ".
 */
static void
add_ways(struct ir_intake *in, struct ir_intake_person *p, const char *means,
         const char *cell, int rank)
{
    while (*cell != '\0') {
        static const char *const marks[] = {"、", ":::", "\n", ";"};
        size_t n = strlen(cell), mark = 0, i;
        char *one;

        for (i = 0; i < 4; i++) {
            const char *at = strstr(cell, marks[i]);

            if (at != NULL && (size_t)(at - cell) < n) {
                n = (size_t)(at - cell);
                mark = strlen(marks[i]);
            }
        }
        one = ir_strndup(cell, n);
        ir_intake_way(in, p, means, one, rank);
        free(one);
        cell += n + mark;
    }
}

static void
add_word(struct ir_intake *in, struct ir_intake_person *p, enum column col,
         const char *s, char **department, int *lang)
{
    if (col == ID)
        ir_intake_field(in, p, &p->id, _("the id"), s);
    else if (col == NAME)
        ir_intake_field(in, p, &p->name, _("the name"), s);
    else if (col == FAMILY)
        ir_intake_field(in, p, &p->family, _("the name"), s);
    else if (col == GIVEN)
        ir_intake_field(in, p, &p->given, _("the name"), s);
    else if (col == KANA)
        ir_intake_field(in, p, &p->kana, _("the reading"), s);
    else if (col == KANA_FAMILY)
        ir_intake_field(in, p, &p->kana_family, _("the reading"), s);
    else if (col == KANA_GIVEN)
        ir_intake_field(in, p, &p->kana_given, _("the reading"), s);
    else if (col == LATIN)
        ir_intake_field(in, p, &p->latin, _("the name"), s);
    else if (col == TITLE)
        ir_intake_field(in, p, &p->title, _("the title"), s);
    else if (col == ORGANISATION)
        ir_intake_field(in, p, &p->organisation, _("the organisation"), s);
    else if (col == DEPARTMENT)
        ir_intake_field(in, p, department, _("the organisation"), s);
    else if (col == LANGUAGE && s[0] != '\0')
        *lang = english(s) ? IR_LANG_EN : IR_LANG_JA;
}

static void
add_numbers(struct ir_intake *in, struct ir_intake_person *p, enum column col,
            const char *s)
{
    if (col == PHONE)
        add_ways(in, p, "phone", s, 2);
    else if (col == MOBILE)
        add_ways(in, p, "mobile", s, 1);
    else if (col == SMS)
        add_ways(in, p, "sms", s, 11);
    else if (col == MAIL)
        add_ways(in, p, "mail", s, 20);
    else if (col == FAX)
        add_ways(in, p, "fax", s, 30);
    else if (col == RADIO)
        add_ways(in, p, "radio", s, 15);
}

static void
name_of(struct ir_intake_person *p)
{
    const char *a = p->family, *b = p->given;

    if (p->name != NULL || (a == NULL && b == NULL))
        return;
    if (a == NULL || b == NULL)
        p->name = ir_strdup(a != NULL ? a : b);
    else
        p->name =
            latin(a) ? ir_asprintf("%s %s", b, a) : ir_asprintf("%s %s", a, b);
}

static int
read_person(const struct ir_csv_row *row, const enum column *col, size_t col_n,
            struct ir_intake *in, struct ir_err *err)
{
    struct ir_intake_person p = {.line = row->line};
    char *department = NULL, *both;
    size_t i, n = row->cells_n < col_n ? row->cells_n : col_n, filled = 0;
    int lang = -1;

    for (i = 0; i < row->cells_n; i++)
        filled += row->cell[i][0] != '\0' ? 1 : 0;
    if (filled == 0)
        return IR_OK;
    for (i = 0; i < n; i++)
        add_word(in, &p, col[i], row->cell[i], &department, &lang);
    name_of(&p);
    for (i = 0; i < n; i++)
        add_numbers(in, &p, col[i], row->cell[i]);
    if (department != NULL && p.organisation != NULL) {
        both = ir_asprintf("%s %s", p.organisation, department);
        free(p.organisation);
        p.organisation = both;
    } else if (department != NULL) {
        p.organisation = ir_strdup(department);
    }
    free(department);
    p.lang = lang >= 0                         ? (enum ir_lang)lang
             : p.name != NULL && latin(p.name) ? IR_LANG_EN
                                               : IR_LANG_JA;
    return ir_intake_take(in, &p, err);
}

int
ir_intake_csv(const char *p, size_t n, struct ir_intake *in, struct ir_err *err)
{
    enum column col[IR_CSV_CELLS_MAX] = {NONE};
    struct ir_csv_row row;
    struct ir_csv csv;
    size_t cols = 0;
    int rc, got;

    ir_csv_init(&csv, p, n);
    got = ir_csv_next(&csv, &row, err);
    if (got == 0)
        return ir_fail(err, IR_EPARSE, _("the file is empty"));
    rc = got < 0 ? got : read_headings(&row, col, in, err);
    cols = row.cells_n;
    ir_csv_row_done(&row);
    while (rc == IR_OK && (got = ir_csv_next(&csv, &row, err)) > 0) {
        rc = read_person(&row, col, cols, in, err);
        ir_csv_row_done(&row);
    }
    return rc == IR_OK && got < 0 ? got : rc;
}
