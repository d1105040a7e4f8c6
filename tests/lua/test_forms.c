/* test_forms.c: forms that take questions over from others. */
#include "base/buf.h"
#include "base/path.h"
#include "script/compile.h"
#include "unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[40];

static int
enter(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "%s", "/tmp/ir-test-forms.XXXXXX");
    return mkdtemp(dir) == NULL || chmod(dir, 0755) != 0 || chdir(dir) != 0 ? -1
                                                                            : 0;
}

static int
leave(void **state)
{
    (void)state;
    return chdir("/") != 0 || ir_path_remove_tree(dir, NULL) != IR_OK ? -1 : 0;
}

static void
put(const char *name, const char *text, size_t len)
{
    int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), (ssize_t)len);
    close(fd);
}

/* Keeps the objects "form". */
struct kept {
    char *json[8], *name[8];
    size_t n, findings;
    char last[200];
};

static void
keep_object(const char *type, const char *name, const char *json, size_t len,
            void *arg)
{
    struct kept *k = arg;

    if (strcmp(type, "form") == 0 && k->n < 8) {
        k->name[k->n] = ir_strdup(name);
        k->json[k->n++] = ir_strndup(json, len);
    }
}

static void
keep_finding(const struct ir_finding *f, void *arg)
{
    struct kept *k = arg;

    if (strncmp(f->file, "forms/", 6) != 0)
        return;
    k->findings++;
    snprintf(k->last, sizeof k->last, "%s:%d: %s: %s", f->file, f->line,
             f->field, f->message);
}

static void
drop(struct kept *k)
{
    while (k->n > 0) {
        free(k->name[--k->n]);
        free(k->json[k->n]);
    }
    k->findings = 0;
}

static void
compile_forms(struct kept *k)
{
    struct ir_compile_sink sink = {
        .finding = keep_finding, .object = keep_object, .arg = k};
    struct ir_source src;
    struct ir_compile_count count;
    struct ir_err err;

    drop(k);
    assert_int_equal(ir_source_read(dir, &src, &err), IR_OK);
    (void)ir_compile(&src, NULL, &ir_vm_limits_default, &sink, &count, &err);
    ir_source_done(&src);
}

static const char *
form(const struct kept *k, const char *name)
{
    size_t i;

    for (i = 0; i < k->n; i++)
        if (strcmp(k->name[i], name) == 0)
            return k->json[i];
    return NULL;
}

#define FORM(name)                                                             \
    "return {\n api = 1, kind = \"form\", id = \"" name                        \
    "\", for_kind = \"authority\",\n"                                          \
    " title = { en = \"T\", ja = \"題\" },\n"                                 \
    " intro = { en = \"I.\", ja = \"前。\" },\n"
#define WHAT                                                                   \
    "{ id = \"what\", type = \"text\", required = true,\n"                     \
    "  ask = { en = \"What?\", ja = \"何が？\" } },\n"
#define BAD                                                                    \
    "{ id = \"bad\", type = \"choice\", required = %s,\n"                      \
    "  ask = { en = \"Bad?\", ja = \"重い？\" }, choices = {\n"             \
    "  { id = \"yes\", title = { en = \"Yes\", ja = \"はい\" } },\n"         \
    "  { id = \"no\", title = { en = \"No\", ja = \"いいえ\" } } } },\n"
#define NEW                                                                    \
    "{ id = \"new\", type = \"text\", required = true,\n"                      \
    "  ask = { en = \"New?\", ja = \"変化は？\" } },\n"

static void
put_form(const char *name, const char *text, const char *required)
{
    char *path = ir_asprintf("forms/%s.lua", name), *whole = ir_strdup(text);
    char *at = strstr(whole, "%s");

    if (at != NULL) {
        char *both;

        *at = '\0';
        both = ir_asprintf("%s%s%s", whole, required, at + 2);
        free(whole);
        whole = both;
    }
    put(path, whole, strlen(whole));
    free(whole);
    free(path);
}

/* A form that takes over is, compiled, the form with all of it written out. */
static void
test_forms(void **state)
{
    static const struct {
        const char *form, *says;
    } wrong[] = {
        {FORM("more") " like = \"first\", fields = { \"waht\" } }\n",
         "forms/more.lua:5: fields[1]: the form first has no question "
         "\"waht\""},
        {FORM("more") " like = \"frist\", fields = { \"what\" } }\n",
         "forms/more.lua:5: like: there is no form \"frist\" in forms/; did "
         "you mean \"first\"?"},
        {FORM("more") " fields = { \"what\" } }\n",
         "forms/more.lua:5: fields[1]: \"what\" is taken over, and the form "
         "does not say from which: like = \"FORM\""},
        {FORM("more") " like = \"first\", fields = { \"what\", \"what\" } }\n",
         "forms/more.lua:5: fields[2]: \"what\" stands here twice"},
        {FORM("more") " like = \"more\", fields = { \"what\" } }\n",
         "forms/more.lua:5: like: the form takes questions over from itself, "
         "by way of more"},
        {FORM("more") " like = \"first\",\n fields = { { id = \"what\", "
                      "required = 1 } } }\n",
         "forms/more.lua:6: fields[1].required: must be true or false, not a "
         "number"},
    };
    struct kept k = {.n = 0};
    char *same;
    size_t i;

    (void)state;
    assert_int_equal(mkdir("forms", 0755), 0);
    put_form("first", FORM("first") " fields = {\n" WHAT BAD "} }\n", "false");
    put_form("more", FORM("more") " fields = {\n" NEW WHAT BAD "} }\n", "true");
    compile_forms(&k);
    assert_int_equal(k.findings, 0);
    same = ir_strdup(form(&k, "more"));
    put_form("more",
             FORM("more") " like = \"first\", fields = {\n" NEW
                          "\"what\", { id = \"bad\", required = true } } }\n",
             NULL);
    put_form("last",
             FORM("last") " like = \"more\", fields = { \"new\", \"bad\" } }\n",
             NULL);
    compile_forms(&k);
    assert_int_equal(k.findings, 0);
    assert_string_equal(form(&k, "more"), same);
    assert_non_null(strstr(form(&k, "last"), "\"New?\""));
    assert_null(strstr(form(&k, "last"), "\"What?\""));
    assert_null(strstr(form(&k, "last"), "like"));
    assert_null(strstr(form(&k, "last"), "taken"));
    free(same);
    assert_int_equal(unlink("forms/last.lua"), 0);
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        put_form("more", wrong[i].form, NULL);
        compile_forms(&k);
        assert_string_equal(k.last, wrong[i].says);
        assert_int_equal(k.findings, 1);
        assert_null(form(&k, "more"));
        assert_non_null(form(&k, "first"));
    }
    put_form("more", FORM("more") " like = \"last\", fields = { \"x\" } }\n",
             NULL);
    put_form("last", FORM("last") " like = \"more\", fields = { \"x\" } }\n",
             NULL);
    compile_forms(&k);
    assert_int_equal(k.findings, 2); /* a circle, and who hangs on it */
    assert_null(form(&k, "last"));
    drop(&k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_forms, enter, leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
