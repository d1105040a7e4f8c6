/* test_findings.c: every kind of mistake is found, at its line, in both
 * languages. Each row breaks one thing of the small site in site/. */
#include "base/i18n.h"
#include "base/path.h"
#include "script/compile.h"
#include "unit/unit.h"

#include <fcntl.h>
#include <unistd.h>

#define ONE "alpha/one.lua"
#define TWO "common/two.lua"
#define SYSTEM "alpha/system.lua"
#define SITE "site.lua"
#define CONTACTS "contacts.lua"
#define FORM "forms/report.lua"
#define TEMPLATE "templates/notice.lua"
#define LIB "lib/l.lua"

struct mutation {
    const char *file, *from, *to, *found;
    int line;
    const char *field;
    bool fatal;
    size_t count;
    const char *en, *ja;
};

#include "findings_file.h"
#include "findings_step.h"

struct seen {
    struct ir_finding first; /* borrowed strings copied below */
    char file[100], field[160], message[IR_ERR_MSG_MAX];
    size_t count, objects, lists; /* lists of the contacts */
    bool criteria;                /* as an object of its own */
};

static void
on_finding(const struct ir_finding *f, void *arg)
{
    struct seen *s = arg;

    if (s->count++ > 0)
        return;
    s->first = *f;
    snprintf(s->file, sizeof s->file, "%s", f->file);
    snprintf(s->field, sizeof s->field, "%s", f->field);
    snprintf(s->message, sizeof s->message, "%s", f->message);
}

static void
on_object(const char *type, const char *name, const char *json, size_t len,
          void *arg)
{
    struct seen *s = arg;

    assert_int_equal(strlen(json), len);
    s->objects++;
    s->lists += strcmp(type, "contacts") == 0 && json[0] == '[';
    if (strcmp(type, "site") == 0 && strcmp(name, "criteria") == 0)
        s->criteria = strstr(json, "\"items\":[") != NULL;
    else if (strcmp(type, "site") == 0)
        assert_null(strstr(json, "\"criteria\""));
}

static const char *const paths[] = {
    ONE, TWO, SYSTEM, SITE, FORM, CONTACTS, LIB, TEMPLATE, "controls.lua"};
static struct ir_buf texts[COUNT(paths)];

/* The small site has people with one address and a role without a deputy: here
 * it is as it should be, so that what is broken is the only thing found. */
static void
mend(struct ir_buf *b)
{
    static const char *const mends[][2] = {
        {"{ \"phone\", \"050-0000-0001\" }",
         "{ \"phone\", \"050-0000-0001\" }, { \"sms\", \"050-0000-0001\" }"},
        {"{ \"radio\", \"channel 3\" }",
         "{ \"radio\", \"channel 3\" }, { \"radio\", \"channel 4\" }"},
        {"holders = { \"mori\" }", "holders = { \"mori\", \"ito\" }"},
        {"\"when\" }, releases = \"commander\"",
         "\"when\" }, releases = \"commander\", by = { en = \"Board\", "
         "ja = \"掲示板\" }"},
        {"{ \"what\" }, releases = \"commander\"",
         "{ \"what\" }, releases = \"commander\", by = { en = \"Board\", "
         "ja = \"掲示板\" }"},
    };
    size_t i;

    for (i = 0; i < COUNT(mends); i++) {
        const char *text = ir_buf_str(b), *at = strstr(text, mends[i][0]);
        struct ir_buf out = {0};

        assert_non_null(at);
        ir_buf_add(&out, text, (size_t)(at - text));
        ir_buf_adds(&out, mends[i][1]);
        ir_buf_adds(&out, at + strlen(mends[i][0]));
        ir_buf_done(b);
        *b = out;
    }
}

static int
load(void **state)
{
    int fd = open(IR_SOURCE_DIR "/tests/lua/site", O_RDONLY | O_DIRECTORY);
    size_t i;

    (void)state;
    if (fd < 0)
        return -1;
    for (i = 0; i < COUNT(paths); i++) {
        if (ir_path_read(fd, paths[i], 65536, &texts[i], NULL) != IR_OK)
            return -1;
        if (strcmp(paths[i], CONTACTS) == 0)
            mend(&texts[i]);
    }
    close(fd);
    return 0;
}

static int
unload(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(paths); i++)
        ir_buf_done(&texts[i]);
    return 0;
}

/* Compile the site with one text replaced in one file (m may be NULL). */
static void
compile(const struct mutation *m, enum ir_lang lang, struct seen *s)
{
    const struct ir_compile_sink sink = {NULL, on_finding, on_object, s};
    struct ir_compile_count count = {0, 0};
    struct ir_source src = {0};
    struct ir_err err;
    size_t i;

    ir_i18n_set(lang);
    memset(s, 0, sizeof *s);
    for (i = 0; i < COUNT(paths); i++) {
        const char *text = ir_buf_str(&texts[i]), *at;
        struct ir_buf b = {0};

        if (m == NULL || strcmp(m->file, paths[i]) != 0) {
            ir_source_add(&src, paths[i], text, texts[i].len);
            continue;
        }
        at = strstr(text, m->from);
        assert_non_null(at);
        ir_buf_add(&b, text, (size_t)(at - text));
        ir_buf_adds(&b, m->to);
        ir_buf_adds(&b, at + strlen(m->from));
        ir_source_add(&src, paths[i], ir_buf_str(&b), b.len);
        ir_buf_done(&b);
    }
    ir_source_sort(&src);
    assert_int_equal(
        ir_compile(&src, NULL, &ir_vm_limits_default, &sink, &count, &err),
        IR_OK);
    assert_int_equal(count.errors + count.warnings, s->count);
    ir_source_done(&src);
}

static void
check(const struct mutation *m, size_t row)
{
    struct seen s;

    compile(m, IR_LANG_EN, &s);
    if (s.count != m->count || strcmp(s.file, m->found) != 0 ||
        s.first.line != m->line || strcmp(s.field, m->field) != 0 ||
        s.first.fatal != m->fatal || strcmp(s.message, m->en) != 0)
        fail_msg("row %zu (%s -> %s): %zu findings, first %s:%d: %s: %s", row,
                 m->from, m->to, s.count, s.file, s.first.line, s.field,
                 s.message);
    compile(m, IR_LANG_JA, &s);
    if (strcmp(s.file, m->found) != 0 || s.first.line != m->line ||
        (m->ja != NULL && strcmp(s.message, m->ja) != 0))
        fail_msg("row %zu (%s -> %s): %s", row, m->from, m->to, s.message);
}

static void
test_steps(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(step_mutations); i++)
        check(&step_mutations[i], i);
}

static void
test_files(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(file_mutations); i++)
        check(&file_mutations[i], i);
}

/* Nothing is found in the site as it is; each file is an object, a library
 * none, of contacts each list one, the site's criteria one of their own.
 */
static void
test_clean(void **state)
{
    struct seen s;

    (void)state;
    compile(NULL, IR_LANG_EN, &s);
    assert_int_equal(s.count, 0);
    assert_int_equal(s.lists, 6);
    assert_true(s.criteria);
    assert_int_equal(s.objects, COUNT(paths) - 2 + s.lists + 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_files),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
