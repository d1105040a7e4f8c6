/* test_site.c: things that may lie in a site's directory besides plain files,
 * each refused with its reason while the rest is read. */
#include "base/buf.h"
#include "base/path.h"
#include "script/compile.h"
#include "unit/unit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char dir[40];

static int
enter(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "%s", "/tmp/ir-test-site.XXXXXX");
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

static void
put_socket(const char *name)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    snprintf(sa.sun_path, sizeof sa.sun_path, "%s", name);
    assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    close(fd);
}

/* What is said of `path`: its refusal, "" when it was read, NULL when it was
 * passed over. */
static const char *
said(const struct ir_source *src, const char *path)
{
    int i = ir_source_find(src, path);

    if (i < 0)
        return NULL;
    return src->files[i].refused != NULL ? src->files[i].refused : "";
}

#define SAYS(path, text)                                                       \
    assert_true(said(&src, path) != NULL &&                                    \
                strstr(said(&src, path), text) != NULL)

static void
test_kinds(void **state)
{
    static const char override[] = {'-',        '-', (char)0xE2, (char)0x80,
                                    (char)0xAE, 'x', '\n'};
    struct ir_source src;
    struct ir_err err;

    (void)state;
    put("override.lua", override, sizeof override);
    put("good.lua", "return {}\n", 10);
    put("dos.lua", "return {\r\n}\r\n", 13);
    put("empty.lua", "", 0);
    put("readme.txt", "\0\1\2", 3);
    put("good.lua~", "x", 1);
    put(".#good.lua", "x", 1);
    put("nul.lua", "return {}\n\n-- a\0b\n", 18);
    put("latin.lua", "return {\n \"\xE9\" }\n", 15);
    put("Upper.lua", "return {}\n", 10);
    put("with space.lua", "return {}\n", 10);
    put("evil\033[2J.lua", "return {}\n", 10);
    put(".lua", "return {}\n", 10);
    put("-rf.lua", "return {}\n", 10);
    assert_int_equal(symlink("/etc/passwd", "link.lua"), 0);
    assert_int_equal(symlink("good.lua", "near.lua"), 0);
    assert_int_equal(symlink("/etc", "etc"), 0);
    assert_int_equal(mkfifo("fifo.lua", 0600), 0);
    put_socket("socket.lua");
    assert_int_equal(mkdir("folder.lua", 0755), 0);
    assert_int_equal(mkdir("alpha", 0755), 0);
    assert_int_equal(mkdir("alpha/deep", 0755), 0);
    assert_int_equal(mkdir("alpha/empty", 0755), 0);
    put("alpha/deep/x.lua", "return {}\n", 10);
    put("alpha/one.lua", "return {}\n", 10);
    assert_int_equal(mkdir(".git", 0755), 0);
    put(".git/x.lua", "return {}\n", 10);
    assert_int_equal(mkdir("Not A Name", 0755), 0);
    put("Not A Name/x.lua", "return {}\n", 10);

    assert_int_equal(ir_source_read(dir, &src, &err), IR_OK);
    assert_string_equal(said(&src, "good.lua"), "");
    assert_string_equal(said(&src, "dos.lua"), "");
    assert_string_equal(said(&src, "empty.lua"), "");
    assert_string_equal(said(&src, "alpha/one.lua"), "");
    assert_null(said(&src, "readme.txt"));
    assert_null(said(&src, "good.lua~"));
    assert_null(said(&src, ".#good.lua"));
    assert_null(said(&src, ".git/x.lua"));
    assert_null(said(&src, ".lua"));
    assert_null(said(&src, "alpha/empty"));
    SAYS("nul.lua", "not seen");
    SAYS("override.lua", "not seen");
    SAYS("latin.lua", "UTF-8");
    SAYS("Upper.lua", "name");
    SAYS("with space.lua", "name");
    SAYS("-rf.lua", "name");
    SAYS("evil\\x1b[2J.lua", "name");
    SAYS("link.lua", "symbolic link");
    SAYS("near.lua", "symbolic link");
    SAYS("etc", "symbolic link");
    SAYS("fifo.lua", "plain file");
    SAYS("socket.lua", "plain file");
    SAYS("alpha/deep", "too deep");
    SAYS("Not A Name", "name");
    assert_int_equal(src.files[ir_source_find(&src, "nul.lua")].refused_line,
                     3);
    assert_int_equal(src.files[ir_source_find(&src, "latin.lua")].refused_line,
                     2);
    ir_source_done(&src);
}

static void
test_sizes(void **state)
{
    char *big = ir_malloc(10 << 20);
    struct ir_source src;
    struct ir_err err;
    char name[32];
    int i;

    (void)state;
    memset(big, ' ', 10 << 20);
    put("big.lua", big, 10 << 20);
    put("most.lua", big, IR_SOURCE_BYTES_MAX);
    put("over.lua", big, IR_SOURCE_BYTES_MAX + 1);
    free(big);
    assert_int_equal(ir_source_read(dir, &src, &err), IR_OK);
    SAYS("big.lua", "256 KiB");
    SAYS("over.lua", "256 KiB");
    assert_string_equal(said(&src, "most.lua"), "");
    ir_source_done(&src);
    for (i = 0; i < IR_SOURCE_FILES_MAX - 2; i++) {
        snprintf(name, sizeof name, "n%d.lua", i);
        put(name, "", 0);
    }
    assert_int_equal(ir_source_read(dir, &src, &err), IR_ELIMIT);
    assert_int_equal(src.n, 0);
}

/* A file and a directory that may not be read. */
static void
test_unreadable(void **state)
{
    struct ir_source src;
    struct ir_err err;
    bool root = geteuid() == 0;
    int rc;

    (void)state;
    put("secret.lua", "return {}\n", 10);
    assert_int_equal(chmod("secret.lua", 0), 0);
    if (root)
        assert_int_equal(seteuid(65534), 0);
    assert_int_equal(ir_source_read(dir, &src, &err), IR_OK);
    SAYS("secret.lua", "cannot be read");
    ir_source_done(&src);
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(mkdir("closed", 0), 0);
    if (root)
        assert_int_equal(seteuid(65534), 0);
    rc = ir_source_read(dir, &src, &err);
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(rc, IR_OK);
    SAYS("closed", "cannot be read");
    ir_source_done(&src);
    assert_int_equal(chmod("closed", 0700), 0);
}

static void
test_no_site(void **state)
{
    struct ir_source src;
    struct ir_err err;

    (void)state;
    put("file", "", 0);
    assert_int_equal(ir_source_read("/nonexistent", &src, &err), IR_ENOTFOUND);
    assert_int_equal(ir_source_read("file", &src, &err), IR_ENOTFOUND);
}

static size_t missing;

static void
count_missing(const struct ir_finding *f, void *arg)
{
    (void)arg;
    if (strcmp(f->message, "is missing") == 0)
        missing++;
}

/* An empty site lacks site.lua and contacts.lua, and says so; a directory with
 * runbooks lacks its system.lua. */
static void
test_missing(void **state)
{
    const struct ir_compile_sink sink = {.finding = count_missing};
    struct ir_compile_count count;
    struct ir_source src = {0};
    struct ir_err err;

    (void)state;
    assert_int_equal(
        ir_compile(&src, NULL, &ir_vm_limits_default, &sink, &count, &err),
        IR_OK);
    assert_int_equal(missing, 2);
    assert_int_equal(count.errors, 2);
    ir_source_done(&src);
    missing = 0;
    ir_source_add(&src, "alpha/one.lua", "return {}", 9);
    ir_source_add(&src, "common/one.lua", "return {}", 9);
    assert_int_equal(
        ir_compile(&src, NULL, &ir_vm_limits_default, &sink, &count, &err),
        IR_OK);
    assert_int_equal(missing, 3);
    assert_int_equal(ir_compile(&src, "alpha/two", &ir_vm_limits_default, &sink,
                                &count, &err),
                     IR_ENOTFOUND);
    ir_source_done(&src);
}

struct said {
    char text[400]; /* "file:field: message" of the first finding asked for */
    const char *about;
};

static void
keep(const struct ir_finding *f, void *arg)
{
    struct said *s = arg;

    if (s->text[0] == '\0' && strstr(f->message, s->about) != NULL)
        snprintf(s->text, sizeof s->text, "%s:%s: %s", f->file, f->field,
                 f->message);
}

#define HEAD                                                                   \
    "return { api = 1, kind = 'recovery', id = 'common/%s', "                  \
    "title = { en = 'T', ja = 'T' }, steps = "

/* Add common/NAME.lua, a runbook whose steps are the Lua expression `steps`.
 */
static void
add_runbook(struct ir_source *src, const char *name, const char *steps)
{
    char *path = ir_asprintf("common/%s.lua", name);
    char *text = ir_asprintf(HEAD "%s }\n", name, steps);

    ir_source_add(src, path, text, strlen(text));
    free(path);
    free(text);
}

/* A runbook that holds the runbook `inner`. */
static void
add_nest(struct ir_source *src, const char *name, const char *inner)
{
    char *steps = ir_asprintf("{ { id = 'in', title = { en = 'I', ja = 'I' }, "
                              "runbook = 'common/%s' } }",
                              inner);

    add_runbook(src, name, steps);
    free(steps);
}

static const char *
look(struct ir_source *src, const char *about, struct said *s)
{
    const struct ir_compile_sink sink = {.finding = keep, .arg = s};
    struct ir_compile_count count;
    struct ir_err err;

    memset(s, 0, sizeof *s);
    s->about = about;
    ir_source_sort(src);
    assert_int_equal(
        ir_compile(src, NULL, &ir_vm_limits_default, &sink, &count, &err),
        IR_OK);
    ir_source_done(src);
    return s->text;
}

/* Steps made by a loop: `n` of them. */
#define MANY(n)                                                                \
    "(function() local t = {} for i = 1, " n " do t[i] = { id = 's' .. i, "    \
    "title = { en = 'S', ja = 'S' }, say = { en = 'S', ja = 'S' }, "           \
    "good = { en = 'G', ja = 'G' } } end return t end)()"

static void
test_limits(void **state)
{
    struct ir_source src = {0};
    struct said s;

    (void)state;
    add_runbook(&src, "most", MANY("200"));
    assert_string_equal(look(&src, "allowed", &s), "");
    add_runbook(&src, "over", MANY("201"));
    assert_string_equal(look(&src, "allowed", &s),
                        "common/over.lua:steps: holds 201 items; 1 to 200 are "
                        "allowed");

    add_nest(&src, "a", "b");
    add_nest(&src, "b", "c");
    add_nest(&src, "c", "d");
    add_nest(&src, "d", "e");
    add_runbook(&src, "e", MANY("1"));
    assert_string_equal(look(&src, "within", &s), "");
    add_nest(&src, "a", "b");
    add_nest(&src, "b", "c");
    add_nest(&src, "c", "d");
    add_nest(&src, "d", "e");
    add_nest(&src, "e", "f");
    add_runbook(&src, "f", MANY("1"));
    assert_string_equal(look(&src, "within", &s),
                        "common/a.lua:steps[1].runbook: runbooks within "
                        "runbooks more than 4 deep");

    add_nest(&src, "a", "b");
    add_nest(&src, "b", "c");
    add_nest(&src, "c", "a");
    assert_string_equal(look(&src, "within", &s),
                        "common/c.lua:steps[1].runbook: a runbook within "
                        "itself, by way of \"common/a\"");
}

static size_t example_errors;

static void
on_finding(const struct ir_finding *f, void *arg)
{
    (void)arg;
    if (strcmp(f->file, "common/flood.lua") != 0)
        return;
    example_errors++;
    print_message("%s:%d: %s: %s\n", f->file, f->line, f->field, f->message);
}

/* The example of the manual page, beside the shipped files. */
static void
test_example(void **state)
{
    static const char *const pages[] = {"docs/man/ir-runbook.5",
                                        "docs/man/ja/ir-runbook.5"};
    const struct ir_compile_sink sink = {.finding = on_finding};
    struct ir_compile_count count;
    struct ir_source src = {0};
    struct ir_err err;
    size_t i;
    int fd = open(IR_SOURCE_DIR, O_RDONLY | O_DIRECTORY);

    (void)state;
    for (i = 0; i < COUNT(pages); i++) {
        struct ir_buf b = {0};
        const char *from, *to;

        assert_int_equal(ir_path_read(fd, pages[i], 100000, &b, &err), IR_OK);
        from = strstr(ir_buf_str(&b), ".Bd -literal\nreturn {");
        assert_non_null(from);
        from += strlen(".Bd -literal\n");
        to = strstr(from, ".Ed\n");
        assert_non_null(to);
        assert_int_equal(ir_source_read(IR_SOURCE_DIR "/runbooks", &src, &err),
                         IR_OK);
        ir_source_add(&src, "common/flood.lua", from, (size_t)(to - from));
        ir_source_sort(&src);
        assert_int_equal(ir_compile(&src, "common/flood", &ir_vm_limits_default,
                                    &sink, &count, &err),
                         IR_OK);
        assert_int_equal(example_errors, 0);
        ir_source_done(&src);
        ir_buf_done(&b);
    }
    close(fd);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kinds, enter, leave),
        cmocka_unit_test_setup_teardown(test_sizes, enter, leave),
        cmocka_unit_test_setup_teardown(test_unreadable, enter, leave),
        cmocka_unit_test_setup_teardown(test_no_site, enter, leave),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_example),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
