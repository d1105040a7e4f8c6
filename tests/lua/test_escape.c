/* test_escape.c: files that try to get out of their sandbox, to run for ever
 * or to take all memory, given to the real ir-worker the way `ir` does. Each
 * is refused with one clear line, nothing is written, and the worker is gone.
 */
#include "base/buf.h"
#include "base/i18n.h"
#include "base/path.h"
#include "cmd/worker.h"
#include "escapes.h"
#include "unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/ir-test-escape.XXXXXX";
static char *site;
static int site_fd = -1;

static int
make_site(void **state)
{
    int fd;

    (void)state;
    if (mkdtemp(dir) == NULL || chdir(dir) != 0)
        return -1;
    fd = open(dir, O_RDONLY | O_DIRECTORY);
    if (ir_path_copy_tree(IR_SOURCE_DIR "/tests/lua/site", fd, "site", 100,
                          100000, NULL) != IR_OK)
        return -1;
    site = ir_asprintf("%s/site", dir);
    site_fd = open(site, O_RDONLY | O_DIRECTORY);
    close(fd);
    ir_i18n_set(IR_LANG_EN);
    return site_fd < 0 ? -1 : 0;
}

static int
remove_site(void **state)
{
    struct ir_err err;

    (void)state;
    close(site_fd);
    free(site);
    return ir_path_remove_tree(dir, &err) == IR_OK ? 0 : -1;
}

/* How many names stand in a directory. */
static size_t
names_in(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    size_t n = 0;

    assert_non_null(d);
    while ((e = readdir(d)) != NULL)
        n += e->d_name[0] != '.' || strlen(e->d_name) > 2;
    closedir(d);
    return n;
}

/* Put `text` into common/escape.lua and compile it. */
static int
try(const char *text, size_t len, struct ir_compiled *out, struct ir_err *err)
{
    int rc;

    assert_int_equal(
        ir_path_write(site_fd, "common/escape.lua", text, len, 0600, true, err),
        IR_OK);
    rc = ir_worker_compile(site, "common/escape", out, err);
    assert_int_equal(names_in(dir), 1);
    assert_int_equal(access("/tmp/ir-escaped", F_OK), -1);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
    return rc;
}

static void
test_escapes(void **state)
{
    struct ir_compiled out;
    struct ir_err err;
    char *text;
    size_t i;
    int rc;

    (void)state;
    for (i = 0; i < COUNT(escapes); i++) {
        memset(&out, 0, sizeof out);
        text = ir_asprintf("%s\n", escapes[i].code);
        rc = try(text, strlen(text), &out, &err);
        free(text);
        ROW(i, rc == IR_OK);
        ROW(i, out.errors >= 1 && out.findings_n >= 1);
        if (strncmp(out.findings[0].message, escapes[i].says,
                    strlen(escapes[i].says)) != 0 ||
            out.findings[0].line != escapes[i].line)
            fail_msg("row %zu: line %d: %s", i, out.findings[0].line,
                     out.findings[0].message);
        ROW(i, strpbrk(out.findings[0].message, "\n\r\033") == NULL);
        ir_compiled_done(&out);
    }
}

/* Texts made of one part many times over. */
static const struct {
    const char *before, *part, *middle, *back, *after;
    int times, line;
    const char *says;
} towers[] = {
    {"return ", "(", "1", ")", "", 300, 0, "Lua cannot read this"},
    {"return ", "{", "", "}", "", 300, 0, "Lua cannot read this"},
    {"return ", "function() return ", "1", " end", "", 250, 0,
     "Lua cannot read this"},
    {"return ", "'a'..", "'a'", "", "", 300, 0, "Lua cannot read this"},
    {"return ", "not ", "1", "", "", 300, 0, "Lua cannot read this"},
    {"local a0", ",a", "", "", "", 250, 1, "Lua cannot read this"},
    {"", "do ", "", "end ", "", 250, 0, "Lua cannot read this"},
    {"return {", "{{{{}}}},", "", "", "}", 20000, 1, ""},
    {"--", "x", "", "", "\nreturn 1", 262100, 0, "must return one table"},
    {"--", "x", "", "", "\nreturn 1", 262200, 0, "is larger than 256 KiB"},
    {"", "\n", "", "", "x = 1", 100000, 100001, "may not set"},
    {"", "\n", "", "", "return {", 200000, 200002, "Lua cannot read this"},
};

static void
test_towers(void **state)
{
    struct ir_compiled out;
    struct ir_err err;
    size_t i;
    int k;

    (void)state;
    for (i = 0; i < COUNT(towers); i++) {
        struct ir_buf b = {0};

        memset(&out, 0, sizeof out);
        ir_buf_adds(&b, towers[i].before);
        for (k = 0; k < towers[i].times; k++)
            ir_buf_adds(&b, towers[i].part);
        ir_buf_adds(&b, towers[i].middle);
        for (k = 0; k < towers[i].times; k++)
            ir_buf_adds(&b, towers[i].back);
        ir_buf_addf(&b, "%s\n", towers[i].after);
        ROW(i, try((char *)b.p, b.len, &out, &err) == IR_OK);
        ROW(i, out.errors >= 1);
        if (strncmp(out.findings[0].message, towers[i].says,
                    strlen(towers[i].says)) != 0 ||
            out.findings[0].line != towers[i].line)
            fail_msg("row %zu: line %d: %s", i, out.findings[0].line,
                     out.findings[0].message);
        ir_compiled_done(&out);
        ir_buf_done(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_towers),
    };

    return cmocka_run_group_tests(tests, make_site, remove_site);
}
