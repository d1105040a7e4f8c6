/* test_worker.c: what `ir` makes of a worker that answers badly, dies or is
 * not there, and of git in all its moods. */
#include "base/buf.h"
#include "base/i18n.h"
#include "base/path.h"
#include "cmd/worker.h"
#include "unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[40];

static int
enter(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "%s", "/tmp/ir-test-worker.XXXXXX");
    ir_i18n_set(IR_LANG_EN);
    return mkdtemp(dir) == NULL || chdir(dir) != 0 ? -1 : 0;
}

static int
leave(void **state)
{
    (void)state;
    return chdir("/") != 0 || ir_path_remove_tree(dir, NULL) != IR_OK ? -1 : 0;
}

static void
put(const char *name, const char *text, mode_t mode)
{
    int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, mode);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

#define DONE "echo '{\"done\":{\"errors\":0,\"warnings\":0}}'\n"

static const struct {
    const char *script;
    int rc;
    const char *says;
} answers[] = {
    {DONE, IR_OK, NULL},
    {"echo '{\"file\":\"a/b.lua\"}'\nkill -XCPU $$\n", IR_ETIMEOUT, "a/b.lua"},
    {"echo '{\"file\":\"a/b.lua\"}'\nkill -KILL $$\n", IR_ETIMEOUT, "a/b.lua"},
    {"echo '{\"file\":\"a/b.lua\"}'\nkill -SEGV $$\n", IR_EIO, "a/b.lua"},
    {"kill -ABRT $$\n", IR_EIO, "the site"},
    {"echo '{\"file\":\"a/b.lua\"}'\necho '{\"stuck\":3}'\nexit 3\n",
     IR_ETIMEOUT, "a/b.lua"},
    {"case $asked in *a/b.lua*:3*) " DONE "exit 0 ;; esac\n"
     "echo '{\"file\":\"a/b.lua\"}'\necho '{\"stuck\":3}'\nexit 3\n",
     IR_OK, NULL},
    {"exit 0\n", IR_EIO, "without an answer"},
    {"echo 'what \033[2J' >&2; exit 3\n", IR_EIO, "what \\x1b[2J"},
    {DONE "exit 1\n", IR_EIO, "without an answer"},
    {"echo hello\n", IR_EIO, "malformed"},
    {"echo '{\"done\":'\n", IR_EIO, "malformed"},
    {"printf '{\"done\":{}}'\n", IR_EIO, "without an answer"},
    {"echo '{\"error\":{\"number\":-4,\"message\":\"none\"}}'\n", IR_ENOTFOUND,
     "none"},
    {"echo '{\"error\":{\"number\":7,\"message\":\"a\\u001b\"}}'\n", IR_EIO,
     "a\\x1b"},
    {"echo '{\"object\":{\"type\":\"plan\",\"name\":\"a/b\","
     "\"json\":\"{}\"}}'\n" DONE,
     IR_OK, NULL},
    {"echo '{\"object\":{\"type\":\"plan\",\"name\":\"a/b\","
     "\"json\":\"{ }\"}}'\n" DONE,
     IR_EIO, "malformed"},
    {"echo '{\"object\":{\"type\":\"plan\",\"name\":\"a/b\","
     "\"json\":\"{\"}}'\n" DONE,
     IR_EIO, "malformed"},
    {"echo '{\"object\":{\"type\":\"plan\",\"name\":\"../b\","
     "\"json\":\"{}\"}}'\n" DONE,
     IR_EIO, "malformed"},
    {"echo '{\"object\":{\"type\":\"plan\",\"name\":\"a/b/c\","
     "\"json\":\"{}\"}}'\n" DONE,
     IR_EIO, "malformed"},
    {"echo '{\"object\":{\"type\":\"key\",\"name\":\"a\","
     "\"json\":\"{}\"}}'\n" DONE,
     IR_EIO, "malformed"},
    {"i=0; while [ $i -lt 20001 ]; do echo '{}'; i=$((i+1)); done\n", IR_EIO,
     "too long"},
};

static void
test_answers(void **state)
{
    char *saved = ir_strdup(getenv("IR_WORKER") ? getenv("IR_WORKER") : "");
    char *path = ir_asprintf("%s/worker", dir), *text;
    struct ir_compiled out;
    struct ir_err err;
    size_t i;

    (void)state;
    setenv("IR_WORKER", path, 1);
    for (i = 0; i < COUNT(answers); i++) {
        memset(&out, 0, sizeof out);
        text = ir_asprintf("#!/bin/sh\nread -r asked\n%s", answers[i].script);
        put("worker", text, 0700);
        free(text);
        if (ir_worker_compile(dir, NULL, &out, &err) != answers[i].rc)
            fail_msg("row %zu: %s", i, err.msg);
        if (answers[i].says != NULL && !strstr(err.msg, answers[i].says))
            fail_msg("row %zu: %s", i, err.msg);
        ir_compiled_done(&out);
    }
    setenv("IR_WORKER", "/nonexistent/worker", 1);
    assert_int_equal(ir_worker_compile(dir, NULL, &out, &err), IR_ENOTFOUND);
    if (saved[0] != '\0')
        setenv("IR_WORKER", saved, 1);
    else
        unsetenv("IR_WORKER");
    free(saved);
    free(path);
}

static struct ir_repo_status
status(void)
{
    struct ir_repo_status st;
    struct ir_err err;

    if (ir_worker_repo_status(dir, &st, &err) != IR_OK)
        fail_msg("%s", err.msg);
    return st;
}

static void
test_repo(void **state)
{
    struct ir_repo_status a, b;
    struct ir_err err;

    (void)state;
    a = status();
    assert_false(a.repo);
    assert_string_equal(a.state, "none");
    assert_int_equal(ir_worker_repo_commit(dir, "Ito", "x", &err),
                     IR_ENOTFOUND);
    put("site.lua", "return {}\n", 0600);
    assert_int_equal(ir_worker_repo_init(dir, "伊藤 <x>\n", &err), IR_OK);
    a = status();
    assert_true(a.repo);
    assert_false(a.dirty);
    assert_int_equal(strlen(a.commit), 40);
    assert_int_equal(ir_worker_repo_init(dir, "Ito", &err), IR_OK);
    b = status();
    assert_string_equal(a.commit, b.commit);

    put("new.lua", "return {}\n", 0600);
    assert_int_equal(unlink("site.lua"), 0);
    assert_true(status().dirty);
    assert_int_equal(ir_worker_repo_commit(dir, "Ito", "second", &err), IR_OK);
    b = status();
    assert_false(b.dirty);
    assert_string_not_equal(a.commit, b.commit);
    assert_int_equal(ir_worker_repo_commit(dir, "Ito", "again", &err), IR_OK);
    assert_string_equal(b.commit, status().commit);

    /* in the middle of a merge nothing is committed, and it is said */
    put(".git/MERGE_HEAD", "0000000000000000000000000000000000000001\n", 0600);
    put("more.lua", "return {}\n", 0600);
    a = status();
    assert_string_equal(a.state, "merge");
    assert_int_equal(ir_worker_repo_commit(dir, "Ito", "no", &err),
                     IR_EREFUSED);
    assert_non_null(strstr(err.msg, "merge"));
    assert_int_equal(unlink(".git/MERGE_HEAD"), 0);
    assert_int_equal(ir_worker_repo_commit(dir, "Ito", "yes", &err), IR_OK);
}

/* What a repository may hold to trouble us: broken files, links out of the
 * tree, a hook and a configuration that would run programs. */
static void
test_hostile_repo(void **state)
{
    struct ir_repo_status st;
    struct ir_err err;

    (void)state;
    put("site.lua", "return {}\n", 0600);
    assert_int_equal(ir_worker_repo_init(dir, "Ito", &err), IR_OK);
    (void)mkdir(".git/hooks", 0700);
    put(".git/hooks/pre-commit", "#!/bin/sh\ntouch /tmp/ir-escaped\n", 0700);
    put(".git/hooks/post-commit", "#!/bin/sh\ntouch /tmp/ir-escaped\n", 0700);
    put(".gitattributes", "* filter=evil\n", 0600);
    put(".git/config",
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
        "\tfsmonitor = touch /tmp/ir-escaped\n"
        "[filter \"evil\"]\n\tclean = touch /tmp/ir-escaped\n"
        "\trequired = true\n",
        0600);
    assert_int_equal(symlink("/etc/passwd", "link.lua"), 0);
    assert_int_equal(ir_worker_repo_commit(dir, "Ito", "x", &err), IR_OK);
    assert_int_equal(access("/tmp/ir-escaped", F_OK), -1);

    put(".git/HEAD", "ref: ../../../etc/passwd\n", 0600);
    assert_int_not_equal(ir_worker_repo_commit(dir, "Ito", "x", &err), IR_OK);
    put(".git/HEAD", "nonsense", 0600);
    if (ir_worker_repo_status(dir, &st, &err) == IR_OK)
        assert_false(st.repo);
    put(".git/config", "[core\nnonsense", 0600);
    assert_int_not_equal(ir_worker_repo_commit(dir, "Ito", "x", &err), IR_OK);
    assert_true(err.msg[0] != '\0' && strchr(err.msg, '\n') == NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_answers, enter, leave),
        cmocka_unit_test_setup_teardown(test_repo, enter, leave),
        cmocka_unit_test_setup_teardown(test_hostile_repo, enter, leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
