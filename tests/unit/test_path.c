/* test_path.c: nothing leaves its directory, writes are whole, copies are all
 * or nothing.
 */
#include "base/path.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char top[64];   /* a directory of this test alone */
static int dir = -1;   /* top/in, beneath which everything has to stay */
static int outer = -1; /* top */

static int
setup(void **state)
{
    (void)state;
    snprintf(top, sizeof top, "/tmp/ir-path-XXXXXX");
    if (mkdtemp(top) == NULL)
        return -1;
    outer = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (outer < 0 || mkdirat(outer, "in", 0700) != 0)
        return -1;
    dir = openat(outer, "in", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return dir < 0 ? -1 : 0;
}

static int
teardown(void **state)
{
    struct ir_err err;

    (void)state;
    close(dir);
    close(outer);
    return ir_path_remove_tree(top, &err);
}

static void
put(int at, const char *name, const char *text)
{
    struct ir_err err = {0};

    if (ir_path_write(at, name, text, strlen(text), 0600, true, &err) != IR_OK)
        fail_msg("%s", err.msg);
}

static void
assert_file(int at, const char *name, const char *text)
{
    struct ir_buf b = {0};
    struct ir_err err = {0};

    if (ir_path_read(at, name, 1 << 20, &b, &err) != IR_OK)
        fail_msg("%s", err.msg);
    assert_string_equal(ir_buf_str(&b), text);
    ir_buf_done(&b);
}

/* How many names a directory holds, temporary ones included. */
static size_t
names_in(int at, const char *name)
{
    DIR *d = fdopendir(openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    size_t n = 0;

    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n - 2;
}

static void
test_open(void **state)
{
    static const struct {
        const char *rel;
        int rc;
    } cases[] = {
        {"file", IR_OK},
        {"./file", IR_OK},
        {"sub/../file", IR_OK},
        {"sub/inner", IR_OK},
        {".", IR_OK},
        {"none", IR_ENOTFOUND},
        {"none/none", IR_ENOTFOUND},
        {"file/x", IR_ENOTFOUND},
        {"", IR_ENOTFOUND},
        {"..", IR_EREFUSED},
        {"../secret", IR_EREFUSED},
        {"sub/../../secret", IR_EREFUSED},
        {"/etc/passwd", IR_EREFUSED},
        {"/", IR_EREFUSED},
        {"link", IR_EREFUSED},     /* to file, inside */
        {"out", IR_EREFUSED},      /* to ../secret */
        {"absolute", IR_EREFUSED}, /* to /etc */
        {"absolute/passwd", IR_EREFUSED},
        {"linkdir/inner", IR_EREFUSED},
        {"dangling", IR_EREFUSED},
    };

    (void)state;
    put(outer, "secret", "secret");
    put(dir, "file", "text");
    assert_int_equal(ir_path_mkdir(dir, "sub", NULL), IR_OK);
    put(dir, "sub/inner", "inner");
    assert_int_equal(symlinkat("file", dir, "link"), 0);
    assert_int_equal(symlinkat("../secret", dir, "out"), 0);
    assert_int_equal(symlinkat("/etc", dir, "absolute"), 0);
    assert_int_equal(symlinkat("sub", dir, "linkdir"), 0);
    assert_int_equal(symlinkat("nowhere", dir, "dangling"), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_err err = {0};
        int fd = -77, rc;

        rc = ir_path_open(dir, cases[i].rel, O_RDONLY, 0, &fd, &err);
        if (rc != cases[i].rc)
            fail_msg("\"%s\": %d %s", cases[i].rel, rc, err.msg);
        ROW(i, err.code == rc && (rc == IR_OK || fd == -77));
        if (rc == IR_OK) {
            ROW(i, (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
            close(fd);
        }
    }
}

static void
test_create(void **state)
{
    struct ir_err err;
    int fd;

    (void)state;
    assert_int_equal(
        ir_path_open(dir, "new", O_WRONLY | O_CREAT | O_EXCL, 0600, &fd, &err),
        IR_OK);
    close(fd);
    assert_int_equal(
        ir_path_open(dir, "new", O_WRONLY | O_CREAT | O_EXCL, 0600, &fd, &err),
        IR_EEXIST);
    assert_int_equal(
        ir_path_open(dir, "../new", O_WRONLY | O_CREAT, 0600, &fd, &err),
        IR_EREFUSED);
    assert_int_equal(symlinkat("../made", dir, "trap"), 0);
    assert_int_equal(
        ir_path_open(dir, "trap", O_WRONLY | O_CREAT, 0600, &fd, &err),
        IR_EREFUSED);
    assert_int_equal(faccessat(outer, "made", F_OK, 0), -1);
    /* a hostile name is harmless in the message */
    assert_int_equal(ir_path_open(dir, "a\x1b[2J\n", O_RDONLY, 0, &fd, &err),
                     IR_ENOTFOUND);
    assert_non_null(strstr(err.msg, "a\\x1b[2J\\x0a"));
}

static void
test_read(void **state)
{
    struct ir_buf b = {0};
    struct ir_err err;
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    char *big = ir_malloc(100000);
    int s;

    (void)state;
    memset(big, 'x', 100000);
    assert_int_equal(ir_path_write(dir, "big", big, 100000, 0600, false, &err),
                     IR_OK);
    ir_buf_adds(&b, "before ");
    assert_int_equal(ir_path_read(dir, "big", 99999, &b, &err), IR_ELIMIT);
    assert_string_equal(ir_buf_str(&b), "before ");
    assert_int_equal(ir_path_read(dir, "big", 0, &b, &err), IR_ELIMIT);
    assert_int_equal(ir_path_read(dir, "big", 100000, &b, &err), IR_OK);
    assert_int_equal(b.len, 100007);
    assert_memory_equal(b.p + 7, big, 100000);
    put(dir, "empty", "");
    assert_int_equal(ir_path_read(dir, "empty", 0, &b, &err), IR_OK);
    assert_int_equal(b.len, 100007);
    /* what is no regular file, and would hold a reader for ever */
    assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
    assert_int_equal(ir_path_read(dir, "fifo", 10, &b, &err), IR_EREFUSED);
    assert_int_equal(ir_path_read(dir, ".", 10, &b, &err), IR_EREFUSED);
    s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(sa.sun_path, sizeof sa.sun_path, "%.60s/in/sock", top);
    assert_int_equal(bind(s, (struct sockaddr *)&sa, sizeof sa), 0);
    assert_int_not_equal(ir_path_read(dir, "sock", 10, &b, &err), IR_OK);
    close(s);
    assert_int_equal(b.len, 100007);
    ir_buf_done(&b);
    free(big);
}

static void
test_write(void **state)
{
    static const struct {
        const char *rel;
        bool replace;
        int rc;
    } cases[] = {
        {"new", false, IR_OK},
        {"new", false, IR_EEXIST},
        {"new", true, IR_OK},
        {"sub/new", false, IR_OK},
        {"./new2", false, IR_OK},
        {"none/new", false, IR_ENOTFOUND},
        {"new/new", false, IR_ENOTFOUND},
        {"sub", true, IR_EEXIST},
        {"sub", false, IR_EEXIST},
        {"", false, IR_EREFUSED},
        {".", true, IR_EREFUSED},
        {"..", true, IR_EREFUSED},
        {"sub/", true, IR_EREFUSED},
        {"sub/..", true, IR_EREFUSED},
        {"../new", true, IR_EREFUSED},
        {"/tmp/ir-new", true, IR_EREFUSED},
        {"/ir-new", true, IR_EREFUSED},
        {"linkdir/new", true, IR_EREFUSED},
        {"outdir/new", true, IR_EREFUSED},
        {"link", false, IR_EEXIST},
    };
    struct stat st;
    mode_t old;

    (void)state;
    assert_int_equal(ir_path_mkdir(dir, "sub", NULL), IR_OK);
    assert_int_equal(symlinkat("sub", dir, "linkdir"), 0);
    assert_int_equal(symlinkat("..", dir, "outdir"), 0);
    assert_int_equal(symlinkat("../secret", dir, "link"), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_err err = {0};
        char text[16];
        int rc;

        snprintf(text, sizeof text, "text %zu", i);
        rc = ir_path_write(dir, cases[i].rel, text, strlen(text), 0640,
                           cases[i].replace, &err);
        if (rc != cases[i].rc)
            fail_msg("row %zu: %d %s", i, rc, err.msg);
        ROW(i, err.code == rc);
        if (rc == IR_OK)
            assert_file(dir, cases[i].rel, text);
    }
    assert_file(dir, "new", "text 2");
    /* sub, linkdir, outdir, link, new, new2; and nothing temporary */
    assert_int_equal(names_in(dir, "."), 6);
    assert_int_equal(names_in(dir, "sub"), 1);
    assert_int_equal(names_in(outer, "."), 1);
    /* replacing a link replaces the link, not what it leads to */
    put(outer, "secret", "secret");
    put(dir, "link", "mine");
    assert_file(dir, "link", "mine");
    assert_file(outer, "secret", "secret");
    /* the mode is what was asked for, whatever umask says */
    old = umask(0077);
    assert_int_equal(ir_path_write(dir, "mode", "x", 1, 0640, false, NULL),
                     IR_OK);
    umask(old);
    assert_int_equal(fstatat(dir, "mode", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
}

static void
test_mkdir(void **state)
{
    static const struct {
        const char *rel;
        int rc;
    } cases[] = {
        {"a/b/c", IR_OK},
        {"a/b/c", IR_OK},
        {"a/b/d/", IR_OK},
        {"./e//f", IR_OK},
        {".", IR_OK},
        {"", IR_ENOTFOUND},
        {"/", IR_EREFUSED},
        {"/tmp/ir-x", IR_EREFUSED},
        {"..", IR_EREFUSED},
        {"../x", IR_EREFUSED},
        {"a/../x", IR_EREFUSED},
        {"file", IR_EEXIST},
        {"file/x", IR_EEXIST},
        {"link/x", IR_EREFUSED},
        {"link", IR_EREFUSED},
    };
    struct stat st;

    (void)state;
    put(dir, "file", "");
    assert_int_equal(symlinkat("..", dir, "link"), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_err err = {0};
        int rc = ir_path_mkdir(dir, cases[i].rel, &err);

        if (rc != cases[i].rc || err.code != rc)
            fail_msg("row %zu: %d %s", i, rc, err.msg);
    }
    assert_int_equal(fstatat(dir, "a/b/c", &st, 0), 0);
    assert_true(S_ISDIR(st.st_mode));
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(fstatat(dir, "a/b/d", &st, 0), 0);
    assert_int_equal(fstatat(dir, "e/f", &st, 0), 0);
    assert_int_equal(names_in(dir, "."), 4);
    assert_int_equal(names_in(outer, "."), 1);
}

/* top/src: a, run (may be executed), sub/b, sub/deep/c */
static char *
source(void)
{
    assert_int_equal(ir_path_mkdir(outer, "src/sub/deep", NULL), IR_OK);
    put(outer, "src/a", "A");
    put(outer, "src/run", "#!/bin/true\n");
    assert_int_equal(fchmodat(outer, "src/run", 0755, 0), 0);
    put(outer, "src/sub/b", "B");
    put(outer, "src/sub/deep/c", "C");
    return ir_asprintf("%s/src", top);
}

static void
test_copy(void **state)
{
    char *src = source();
    struct ir_err err = {0};
    struct stat st;

    (void)state;
    assert_int_equal(ir_path_copy_tree(src, dir, "site", 4, 12, &err), IR_OK);
    assert_file(dir, "site/a", "A");
    assert_file(dir, "site/sub/b", "B");
    assert_file(dir, "site/sub/deep/c", "C");
    assert_int_equal(fstatat(dir, "site/run", &st, 0), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(fstatat(dir, "site/a", &st, 0), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(names_in(dir, "site"), 3);
    assert_int_equal(names_in(dir, "."), 1);
    assert_int_equal(ir_path_copy_tree(src, dir, "site", 4, 12, &err),
                     IR_EEXIST);
    assert_int_equal(ir_path_mkdir(dir, "to", NULL), IR_OK);
    assert_int_equal(ir_path_copy_tree(src, dir, "to/it", 4, 12, &err), IR_OK);
    assert_file(dir, "to/it/sub/b", "B");
    free(src);
}

static void
no_change(void)
{
}

static void
make_link(void)
{
    assert_int_equal(symlinkat("/etc/passwd", outer, "src/sub/link"), 0);
}

static void
make_fifo(void)
{
    assert_int_equal(mkfifoat(outer, "src/sub/fifo", 0600), 0);
}

static void
make_deep(void)
{
    assert_int_equal(ir_path_mkdir(outer,
                                   "src/1/2/3/4/5/6/7/8/9/10/11/12/13/"
                                   "14/15/16",
                                   NULL),
                     IR_OK);
}

/* Whatever goes wrong, and wherever, nothing of the copy stays. */
static void
test_copy_refused(void **state)
{
    static const struct {
        void (*change)(void);
        const char *src, *rel;
        size_t files, bytes;
        int rc;
    } cases[] = {
        {no_change, NULL, "site", 3, 12, IR_ELIMIT},
        {no_change, NULL, "site", 0, 12, IR_ELIMIT},
        {no_change, NULL, "site", 4, 11, IR_ELIMIT},
        {no_change, NULL, "../site", 4, 12, IR_EREFUSED},
        {no_change, NULL, "/site", 4, 12, IR_EREFUSED},
        {no_change, NULL, "none/site", 4, 12, IR_ENOTFOUND},
        {no_change, "/nonexistent/ir", "site", 4, 12, IR_ENOTFOUND},
        {no_change, "/etc/passwd", "site", 4, 12, IR_ENOTFOUND},
        {make_link, NULL, "site", 9, 99, IR_EREFUSED},
        {make_fifo, NULL, "site", 9, 99, IR_EREFUSED},
        {make_deep, NULL, "site", 9, 99, IR_ELIMIT},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_err err = {0};
        char *src;
        int rc;

        assert_int_equal(setup(state), 0);
        src = source();
        cases[i].change();
        rc = ir_path_copy_tree(cases[i].src != NULL ? cases[i].src : src, dir,
                               cases[i].rel, cases[i].files, cases[i].bytes,
                               &err);
        if (rc != cases[i].rc || err.code != rc)
            fail_msg("row %zu: %d %s", i, rc, err.msg);
        ROW(i, names_in(dir, ".") == 0);
        ROW(i, names_in(outer, ".") == 2);
        free(src);
        assert_int_equal(teardown(state), 0);
    }
}

static void
test_self(void **state)
{
    char exe[PATH_MAX] = "", *self = ir_path_self_dir();

    (void)state;
    assert_non_null(self);
    assert_true(readlink("/proc/self/exe", exe, sizeof exe - 1) > 0);
    assert_int_equal(strncmp(exe, self, strlen(self)), 0);
    assert_string_equal(strrchr(exe, '/'), exe + strlen(self));
    free(self);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_open, setup, teardown),
        cmocka_unit_test_setup_teardown(test_create, setup, teardown),
        cmocka_unit_test_setup_teardown(test_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_write, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mkdir, setup, teardown),
        cmocka_unit_test_setup_teardown(test_copy, setup, teardown),
        cmocka_unit_test(test_copy_refused),
        cmocka_unit_test(test_self),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
