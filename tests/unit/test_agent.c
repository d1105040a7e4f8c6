/* test_agent.c: signatures by a real ssh-agent, and agents that lie. */
#include "base/agent.h"
#include "base/buf.h"
#include "base/path.h"
#include "base/spawn.h"
#include "base/sshsig.h"
#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64];
static pid_t agent = -1;

/* A path in the test's directory; until the next call but three. */
static const char *
in_dir(const char *name)
{
    static char path[4][128];
    static int next;

    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[next], "%s/%s", dir, name);
    return path[next];
}

static void
must_run(const char *const *argv)
{
    struct ir_spawn_result res;
    struct ir_err err = {0};

    if (ir_spawn_run(&(struct ir_spawn){.argv = argv,
                                        .err_max = 500,
                                        .deadline_ms = 20000},
                     &res, &err) != IR_OK)
        fail_msg("%s", err.msg);
    if (res.exit != 0)
        fail_msg("%s: %s", argv[0], ir_buf_str(&res.err));
    ir_spawn_result_done(&res);
}

/* A new key of a type, with a comment; the public one in NAME.pub. */
static void
make_key(const char *name, const char *type, const char *comment)
{
    must_run((const char *const[]){"ssh-keygen", "-q", "-t", type, "-N", "",
                                   "-C", comment, "-f", in_dir(name), NULL});
}

static void
add_key(const char *name)
{
    must_run((const char *const[]){"ssh-add", "-q", in_dir(name), NULL});
}

/* The line of NAME.pub without its newline.
 *
 * Owns:   the caller frees with free().
 */
static char *
public_line(const char *name)
{
    char *file = ir_asprintf("%s.pub", name), *line;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct ir_buf b = {0};

    assert_int_equal(ir_path_read(fd, file, 10000, &b, NULL), IR_OK);
    close(fd);
    free(file);
    line = ir_buf_take(&b);
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static void
public_key(const char *name, uint8_t pub[IR_PUBKEY_BYTES])
{
    char *line = public_line(name);
    struct ir_err err = {0};

    if (ir_sshsig_pubkey_parse(line, pub, &err) != IR_OK)
        fail_msg("%s", err.msg);
    free(line);
}

static int
setup(void **state)
{
    struct ir_err err;

    (void)state;
    snprintf(dir, sizeof dir, "/tmp/ir-agent-XXXXXX");
    if (mkdtemp(dir) == NULL || ir_crypt_init(&err) != IR_OK)
        return -1;
    setenv("SSH_AUTH_SOCK", in_dir("sock"), 1);
    agent = fork();
    if (agent == 0) {
        if (freopen("/dev/null", "w", stdout) != NULL)
            execlp("ssh-agent", "ssh-agent", "-D", "-a", in_dir("sock"),
                   (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 1000 && access(in_dir("sock"), F_OK) != 0; i++)
        usleep(10000);
    return access(in_dir("sock"), F_OK);
}

static int
teardown(void **state)
{
    struct ir_err err;

    (void)state;
    if (agent > 0) {
        kill(agent, SIGTERM);
        waitpid(agent, NULL, 0);
    }
    return ir_path_remove_tree(dir, &err);
}

/* In this order: an empty agent, one key, several. */
static void
test_real(void **state)
{
    uint8_t one[IR_PUBKEY_BYTES], two[IR_PUBKEY_BYTES], pub[IR_PUBKEY_BYTES];
    uint8_t sig[IR_SIG_BYTES], again[IR_SIG_BYTES];
    struct ir_err err = {0};
    char *line, *other;

    (void)state;
    make_key("one", "ed25519", "mori@example");
    make_key("two", "ed25519", "ito 伊藤");
    make_key("ec", "ecdsa", "ecdsa@example");
    public_key("one", one);
    public_key("two", two);
    memset(pub, 7, sizeof pub);
    assert_int_equal(ir_agent_find(NULL, pub, &err), IR_ENOTFOUND);
    assert_int_equal(ir_agent_sign(one, "x", 1, sig, &err), IR_ESIG);
    assert_true(err.hint[0] != '\0');
    add_key("ec");
    assert_int_equal(ir_agent_find(NULL, pub, &err), IR_ENOTFOUND);
    assert_int_equal(ir_agent_find("ecdsa@example", pub, &err), IR_ENOTFOUND);
    assert_int_equal(pub[0], 7);
    add_key("one");
    assert_int_equal(ir_agent_find(NULL, pub, &err), IR_OK);
    assert_memory_equal(pub, one, sizeof pub);
    assert_int_equal(ir_agent_sign(one, "message", 7, sig, &err), IR_OK);
    assert_true(ir_verify(one, "message", 7, sig));
    assert_false(ir_verify(one, "messagf", 7, sig));
    assert_int_equal(ir_agent_sign(one, "message", 7, again, &err), IR_OK);
    assert_memory_equal(sig, again, sizeof sig);
    assert_int_equal(ir_agent_sign(one, NULL, 0, sig, &err), IR_OK);
    assert_true(ir_verify(one, "", 0, sig));
    assert_int_equal(ir_agent_sign(two, "x", 1, sig, &err), IR_ESIG);
    assert_int_equal(ir_agent_has(one, &err), IR_OK);
    assert_int_equal(ir_agent_has(two, &err), IR_ESIG);
    assert_true(err.hint[0] != '\0');
    add_key("two");
    assert_int_equal(ir_agent_has(two, &err), IR_OK);
    memset(pub, 7, sizeof pub);
    assert_int_equal(ir_agent_find(NULL, pub, &err), IR_EUSAGE);
    assert_int_equal(ir_agent_find("nobody", pub, &err), IR_ENOTFOUND);
    assert_int_equal(ir_agent_find("mori", pub, &err), IR_ENOTFOUND);
    assert_int_equal(ir_agent_find("ssh-ed25519 AAAA", pub, &err), IR_EPARSE);
    assert_int_equal(pub[0], 7);
    assert_int_equal(ir_agent_find("ito 伊藤", pub, &err), IR_OK);
    assert_memory_equal(pub, two, sizeof pub);
    line = public_line("one");
    assert_int_equal(ir_agent_find(line, pub, &err), IR_OK);
    assert_memory_equal(pub, one, sizeof pub);
    make_key("three", "ed25519", "not in it");
    other = public_line("three");
    assert_int_equal(ir_agent_find(other, pub, &err), IR_ENOTFOUND);
    free(line);
    free(other);
}

static void
test_limit(void **state)
{
    uint8_t pub[IR_PUBKEY_BYTES], sig[IR_SIG_BYTES];
    char *big = ir_calloc(IR_AGENT_DATA_MAX + 1, 1);
    struct ir_err err;

    (void)state;
    public_key("one", pub);
    assert_int_equal(ir_agent_sign(pub, big, IR_AGENT_DATA_MAX, sig, &err),
                     IR_OK);
    assert_true(ir_verify(pub, big, IR_AGENT_DATA_MAX, sig));
    assert_int_equal(ir_agent_sign(pub, big, IR_AGENT_DATA_MAX + 1, sig, &err),
                     IR_ELIMIT);
    free(big);
}

static void
test_no_agent(void **state)
{
    uint8_t pub[IR_PUBKEY_BYTES] = {0}, sig[IR_SIG_BYTES];
    char *old = ir_strdup(getenv("SSH_AUTH_SOCK"));
    char too_long[200];
    const char *const socks[] = {NULL, "", "/nonexistent/ir-agent", too_long,
                                 in_dir("one.pub")};

    (void)state;
    memset(too_long, 'x', sizeof too_long - 1);
    too_long[0] = '/';
    too_long[sizeof too_long - 1] = '\0';
    for (size_t i = 0; i < COUNT(socks); i++) {
        struct ir_err err = {0};

        if (socks[i] != NULL)
            setenv("SSH_AUTH_SOCK", socks[i], 1);
        else
            unsetenv("SSH_AUTH_SOCK");
        ROW(i, ir_agent_find(NULL, pub, &err) == IR_ESIG);
        ROW(i, err.code == IR_ESIG && err.hint[0] != '\0');
        ROW(i, ir_agent_sign(pub, "x", 1, sig, &err) == IR_ESIG);
        ROW(i, ir_agent_has(pub, &err) == IR_ESIG);
    }
    setenv("SSH_AUTH_SOCK", old, 1);
    free(old);
}

/* An agent that answers one question with given bytes and hangs up. */
struct liar {
    int listener;
    const uint8_t *answer;
    size_t len;
};

static void *
lie(void *arg)
{
    const struct liar *liar = arg;
    int fd = accept(liar->listener, NULL, NULL);
    uint8_t question[1024];

    if (fd >= 0) {
        if (read(fd, question, sizeof question) > 0)
            (void)!send(fd, liar->answer, liar->len, MSG_NOSIGNAL);
        close(fd);
    }
    return NULL;
}

/* 14, a signature of the right form that is wrong */
#define SIGNED                                                                 \
    "\0\0\0\x58\x0e\0\0\0\x53\0\0\0\x0b"                                       \
    "ssh-ed25519\0\0\0\x40"                                                    \
    "0123456789012345678901234567890123456789012345678901234567890123"
/* 12, one key without a comment */
#define LISTED                                                                 \
    "\0\0\0\x40\x0c\0\0\0\x01\0\0\0\x33\0\0\0\x0b"                             \
    "ssh-ed25519\0\0\0\x20"                                                    \
    "01234567890123456789012345678901\0\0\0\0"

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static void
test_liars(void **state)
{
    static const struct {
        const uint8_t *answer;
        size_t len;
        int find, sign;
    } cases[] = {
        {BYTES(""), IR_ESIG, IR_ESIG},     /* hangs up */
        {BYTES("\0\0"), IR_ESIG, IR_ESIG}, /* in the middle */
        {BYTES("\0\0\0\x05\x0c"), IR_ESIG, IR_ESIG},
        {BYTES("\0\0\0\0\0"), IR_EPARSE, IR_EPARSE}, /* no type */
        {BYTES("\xff\xff\xff\xff\x0c"), IR_EPARSE, IR_EPARSE},
        {BYTES("\0\x04\0\x01\x0c"), IR_EPARSE, IR_EPARSE},
        {BYTES("\0\0\0\x01\x05"), IR_ESIG, IR_ESIG}, /* refuses */
        {BYTES("\0\0\0\x01\x06"), IR_EPARSE, IR_EPARSE},
        {BYTES("\0\0\0\x01\x0c"), IR_EPARSE, IR_EPARSE},
        {BYTES("\0\0\0\x05\x0c\0\0\0\0"), IR_ENOTFOUND, IR_EPARSE},
        {BYTES("\0\0\0\x06\x0c\0\0\0\0x"), IR_EPARSE, IR_EPARSE},
        {BYTES("\0\0\0\x05\x0c\0\0\0\x01"), IR_EPARSE, IR_EPARSE},
        {BYTES("\0\0\0\x05\x0c\xff\xff\xff\xff"), IR_EPARSE, IR_EPARSE},
        {BYTES("\0\0\0\x0d\x0c\0\0\0\x01\xff\xff\xff\xff\0\0\0\0"), IR_EPARSE,
         IR_EPARSE},
        {BYTES(LISTED), IR_OK, IR_EPARSE},
        {BYTES(SIGNED), IR_EPARSE, IR_ESIG},
        {BYTES("\0\0\0\x05\x0e\0\0\0\0"), IR_EPARSE, IR_EPARSE},
        {BYTES("\0\0\0\x05\x0e\0\0\0\x10"), IR_EPARSE, IR_EPARSE},
        {BYTES("\0\0\0\x18\x0e\0\0\0\x13\0\0\0\x0b"
               "ssh-ed25519\0\0\0\0"),
         IR_EPARSE, IR_EPARSE},
    };
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    char *old = ir_strdup(getenv("SSH_AUTH_SOCK"));
    struct liar liar = {.listener = socket(AF_UNIX, SOCK_STREAM, 0)};

    (void)state;
    snprintf(sa.sun_path, sizeof sa.sun_path, "%.60s/liar", dir);
    assert_int_equal(bind(liar.listener, (struct sockaddr *)&sa, sizeof sa), 0);
    assert_int_equal(listen(liar.listener, 4), 0);
    setenv("SSH_AUTH_SOCK", sa.sun_path, 1);
    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        uint8_t pub[IR_PUBKEY_BYTES] = {1, 2, 3}, sig[IR_SIG_BYTES] = {4, 5};
        bool find = i % 2 == 0;
        int want = find ? cases[i / 2].find : cases[i / 2].sign, rc;
        struct ir_err err = {0};
        pthread_t thread;

        liar.answer = cases[i / 2].answer;
        liar.len = cases[i / 2].len;
        assert_int_equal(pthread_create(&thread, NULL, lie, &liar), 0);
        rc = find ? ir_agent_find(NULL, pub, &err)
                  : ir_agent_sign(pub, "x", 1, sig, &err);
        pthread_join(thread, NULL);
        if (rc != want || err.code != rc)
            fail_msg("row %zu, %s: %d %s", i / 2, find ? "find" : "sign", rc,
                     err.msg);
        ROW(i / 2, rc == IR_OK || (pub[0] == 1 && sig[0] == 4));
    }
    close(liar.listener);
    setenv("SSH_AUTH_SOCK", old, 1);
    free(old);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_no_agent),
        cmocka_unit_test(test_liars),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
