/* test_carrier_https.c: who is let in over HTTPS and who is not, and what
 * somebody who means harm gets to see. The harm is done by a child process
 * with a TLS client of its own, while this one drives the server.
 */
#include "https_serve.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

/* --- the server and a client of ours ------------------------------------- */

static bool
up0(struct side *v)
{
    return v[0].link != 0;
}

static bool
up1(struct side *v)
{
    return v[1].link != 0;
}

static bool
both_down(struct side *v)
{
    return v[0].downs > 0 && v[1].downs > 0;
}

static void
call(struct side *s, const struct side *to, const struct ir_key *key,
     const struct ir_key *welcome)
{
    struct ir_https_conf conf = {.node = key, .hold_ms = 1000, .retry_ms = 50};
    char where[32];

    memset(s, 0, sizeof *s);
    s->salt = 2;
    assert_int_equal(ir_https_new(&conf, &s->c, NULL), IR_OK);
    ir_https_keys(&s->c, welcome->pub, 1);
    (void)snprintf(where, sizeof where, "127.0.0.1:%d",
                   (int)ir_https_port(&to->c));
    assert_int_equal(ir_https_dial(&s->c, where, NULL), IR_OK);
    assert_int_equal(ir_https_dial(&s->c, where, NULL), IR_EEXIST);
    assert_int_equal(ir_https_dial(&s->c, "nonsense", NULL), IR_EPARSE);
}

static void
test_cert(void **state)
{
    struct ir_cert a = {0}, b = {0};
    uint8_t pub[32];
    char pin[IR_PIN_TEXT];

    (void)state;
    assert_int_equal(ir_cert_new(server_key, &a, NULL), IR_OK);
    assert_int_equal(ir_cert_new(server_key, &b, NULL), IR_OK);
    assert_string_equal(a.pem, b.pem); /* the same each time */
    assert_int_equal(ir_cert_pub(a.pem, strlen(a.pem), true, pub, NULL), IR_OK);
    assert_memory_equal(pub, server_key->pub, 32);
    assert_int_equal(ir_cert_pub("x", 1, true, pub, NULL), IR_EPARSE);
    assert_int_equal(ir_cert_pub("", 0, false, pub, NULL), IR_EPARSE);
    ir_cert_pin(server_key->pub, pin);
    assert_int_equal(strlen(pin), 44);
    ir_cert_done(&a);
    ir_cert_done(&b);
}

/* Each caller, and what they get. */
static const struct {
    struct ir_key **key;
    const char *text;
    int status; /* 0: the end of the connection, nothing else */
} callers[] = {
    {NULL, "POST /ir/1 HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {&other_key, "POST /ir/1 HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {&client_key, "GET /ir/1 HTTP/1.1\r\nHost: a\r\n\r\n", 405},
    {&client_key, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
     404},
    {&client_key, "POST /ir/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
     400},
    {&client_key,
     "POST /ir/1 HTTP/1.1\r\nHost: a\r\nIr-Link: 0011223344556677\r\n"
     "Ir-Wait: -1\r\nContent-Length: 0\r\n\r\n",
     400},
    {&client_key,
     "POST /ir/1 HTTP/1.1\r\nHost: a\r\nIr-Link: 001122334455667\r\n"
     "Ir-Wait: 0\r\nContent-Length: 0\r\n\r\n",
     400},
    {&client_key,
     "POST /ir/1 HTTP/1.1\r\nHost: a\r\nIr-Link: 0011223344556677\r\n"
     "Ir-Wait: 0\r\nContent-Length: 1048577\r\n\r\n",
     413},
    {&client_key,
     "POST /ir/1 HTTP/1.1\r\nHost: a\r\nIr-Link: 0011223344556677\r\n"
     "Ir-Wait: 0\r\nContent-Length: 5\r\n\r\nHELLO",
     400}, /* a frame that would be longer than the body */
    {&client_key, "\r\n\r\n\x01\x02\x03 nonsense\r\n\r\n", 400},
    {&client_key,
     "POST /ir/1 HTTP/1.1\r\nHost: a\r\nIr-Link: 0011223344556677\r\n"
     "Ir-Wait: 0\r\nContent-Length: 0\r\n\r\n",
     200},
    /* 2 is its number: another was dropped above */
    {&client_key, "POST /2 HTTP/1.1\r\nHost:\r\nContent-Length: 0\r\n\r\n",
     200},
    {&client_key, "POST /2/0 HTTP/1.1\r\nHost:\r\n\r\n", 200},
    {&client_key, "POST /99 HTTP/1.1\r\nHost:\r\n\r\n", 410},
    {&client_key, "POST /2x HTTP/1.1\r\nHost:\r\n\r\n", 404},
    {&client_key, "POST /2/3601 HTTP/1.1\r\nHost:\r\n\r\n", 404},
    {&client_key, "POST /4294967298 HTTP/1.1\r\nHost:\r\n\r\n", 404},
};

static int
as_caller(int port, const void *arg)
{
    size_t i = *(const size_t *)arg;
    const struct ir_key *key = callers[i].key != NULL ? *callers[i].key : NULL;
    int got = ask(port, key, callers[i].text, strlen(callers[i].text));

    return got < 0 ? 0 : got / 4; /* an exit code is 8 bits */
}

/* A device that is welcome, too, names the link of the first. */
static int
as_another(int port, const void *arg)
{
    const char *text = arg;

    return ask(port, other_key, text, strlen(text)) / 4;
}

static void
test_callers(void **state)
{
    uint8_t both[2][IR_PUBKEY_BYTES];
    struct side v[2];
    size_t i;

    (void)state;
    serve(&v[0], server_key, client_key);
    for (i = 0; i < COUNT(callers); i++) {
        int got = meanwhile(v, 1, as_caller, &i);

        if (got != callers[i].status / 4)
            fail_msg("row %zu: status about %d", i, got * 4);
    }
    assert_int_equal(v[0].whole + v[0].altered, 0);
    memcpy(both[0], client_key->pub, IR_PUBKEY_BYTES);
    memcpy(both[1], other_key->pub, IR_PUBKEY_BYTES);
    ir_https_keys(&v[0].c, both[0], 2);
    assert_int_equal(
        meanwhile(v, 1, as_another, "POST /2 HTTP/1.1\r\nHost:\r\n\r\n"),
        410 / 4);
    ir_carrier_close(&v[0].c);
}

/* A header without end, a body without length and without end. */
static int
endless(int port, const void *arg)
{
    const char *head = arg;
    struct ir_buf b = {0};
    int got, i;

    ir_buf_adds(&b, head);
    for (i = 0; i < 40000; i++)
        ir_buf_adds(&b, head[0] == 'G'
                            ? "X-A: aaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
                            : "20\r\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                              "\r\n");
    got = ask(port, client_key, b.p, b.len);
    ir_buf_done(&b);
    return got < 0 || got == 0 || got >= 400 ? 0 : 1;
}

static void
test_endless(void **state)
{
    struct side v[2];

    (void)state;
    serve(&v[0], server_key, client_key);
    assert_int_equal(meanwhile(v, 1, endless, "GET / HTTP/1.1\r\n"), 0);
    assert_int_equal(meanwhile(v, 1, endless,
                               "POST /ir/1 HTTP/1.1\r\nHost: a\r\nIr-Link: "
                               "0011223344556677\r\nIr-Wait: 0\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n"),
                     0);
    assert_int_equal(v[0].whole + v[0].altered, 0);
    ir_carrier_close(&v[0].c);
}

/* Say nothing, or a byte now and then: how long until the server ends it? */
static int
slow(int port, const void *arg)
{
    static const uint8_t hello[] = {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3};
    int64_t began = ir_clock_mono_ms();
    int fd = connect_from("127.0.0.1", port);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    size_t i;
    char c;

    for (i = 0; ir_clock_mono_ms() < began + 10 * PATIENCE_MS; i++) {
        if (*(const bool *)arg &&
            send(fd, &hello[i % sizeof hello], 1, MSG_NOSIGNAL) < 0)
            return 0;
        if (poll(&p, 1, 50) > 0 && recv(fd, &c, 1, 0) <= 0)
            return 0;
    }
    return 1;
}

/* Far more connections than one address may have, and they stay. */
static int
many(int port, const void *arg)
{
    static int fd[1000];
    size_t i;

    for (i = 0; i < COUNT(fd); i++)
        fd[i] = connect_from("127.0.0.9", port);
    (void)!write(*(const int *)arg, "x", 1);
    for (i = 0; i < 300; i++) {
        size_t k = i % COUNT(fd);

        close(fd[k]);
        fd[k] = connect_from("127.0.0.9", port);
        (void)poll(NULL, 0, 5);
    }
    return 0;
}

static void
test_slow(void **state)
{
    static const bool drip = true, silent = false;
    struct side v[2];

    (void)state;
    serve(&v[0], server_key, client_key);
    assert_int_equal(meanwhile(v, 1, slow, &drip), 0);
    assert_int_equal(meanwhile(v, 1, slow, &silent), 0);
    ir_carrier_close(&v[0].c);
}

static bool
all_came(struct side *v)
{
    return v[0].whole >= 50 && v[1].whole >= 50;
}

static void
test_many(void **state)
{
    struct rlimit lim;
    struct side v[2];
    int fds[2], status;
    char c;
    pid_t pid;

    (void)state;
    getrlimit(RLIMIT_NOFILE, &lim);
    lim.rlim_cur = lim.rlim_max < 4096 ? lim.rlim_max : 4096;
    setrlimit(RLIMIT_NOFILE, &lim);
    serve(&v[0], server_key, client_key);
    assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
    pid = fork();
    if (pid == 0)
        _exit(many(ir_https_port(&v[0].c), &fds[1]));
    while (read(fds[0], &c, 1) != 1)
        turn(v, 1, 5, NULL);
    call(&v[1], &v[0], client_key, server_key);
    assert_true(turn(v, 2, 8000, up1));
    assert_int_equal(send_some(&v[0], 2, v[0].link, 0, 50), IR_OK);
    assert_int_equal(send_some(&v[1], 1, v[1].link, 0, 50), IR_OK);
    assert_true(turn(v, 2, 8000, all_came));
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    close(fds[0]);
    close(fds[1]);
    ir_carrier_close(&v[0].c);
    ir_carrier_close(&v[1].c);
}

/* A frame, and whether what it led to came with the answer. */
static int
with_frame(int port, const void *arg)
{
    struct ir_buf b = {0};
    uint8_t p[64], length[4] = {0};

    (void)arg;
    length[3] = (uint8_t)frame_make(1, 0, sizeof p, p);
    ir_buf_addf(&b,
                "POST /ir/1 HTTP/1.1\r\nHost:\r\nIr-Link: 0011223344556677\r\n"
                "Ir-Wait: 0\r\nContent-Length: %d\r\n\r\n",
                4 + length[3]);
    ir_buf_add(&b, length, sizeof length);
    ir_buf_add(&b, p, length[3]);
    if (ask(port, client_key, b.p, b.len) != 200)
        return 1;
    ir_buf_done(&b);
    return strstr(ask_said, "Content-Length: 0\r\n") == NULL ? 0 : 2;
}

/* What is said to a request, once it was taken, goes back with its answer. */
static void
test_answer(void **state)
{
    struct side v[2];
    bool said = false;
    int status = 0;
    pid_t pid;

    (void)state;
    serve(&v[0], server_key, client_key);
    pid = fork();
    if (pid == 0)
        _exit(with_frame(ir_https_port(&v[0].c), NULL));
    while (waitpid(pid, &status, WNOHANG) == 0) {
        struct pollfd fd = {ir_carrier_fd(&v[0].c), POLLIN, 0};

        (void)ir_carrier_run(&v[0].c, ir_clock_mono_ms(), &side_events, &v[0]);
        if (v[0].whole > 0 && !said)
            said = send_some(&v[0], 2, v[0].link, 0, 1) == IR_OK;
        (void)poll(&fd, 1, 5);
    }
    assert_int_equal(status, 0);
    ir_carrier_close(&v[0].c);
}

/* The other way round: somebody else answers where we call. */
static void
test_impostor(void **state)
{
    struct ir_https_peer p;
    struct side v[2];

    (void)state;
    serve(&v[0], other_key, client_key);
    call(&v[1], &v[0], client_key, server_key);
    assert_false(turn(v, 2, 600, up1));
    assert_int_equal(v[0].ups, 0); /* it was not even asked */
    assert_true(ir_https_peer(&v[1].c, 0, &p));
    assert_string_equal(p.why, "its key is not certified here");
    assert_int_equal(p.link, 0);
    assert_false(ir_https_peer(&v[1].c, 1, &p));
    ir_https_keys(&v[1].c, other_key->pub, 1); /* certified meanwhile */
    assert_true(turn(v, 2, 5000, up1));
    assert_memory_equal(v[1].pub, other_key->pub, 32);
    ir_carrier_close(&v[0].c);
    ir_carrier_close(&v[1].c);
}

/* Who is not welcome there is told so in words. */
static void
test_stranger(void **state)
{
    struct ir_https_peer p;
    struct side v[2];

    (void)state;
    serve(&v[0], server_key, client_key);
    call(&v[1], &v[0], other_key, server_key);
    assert_false(turn(v, 2, 500, up1));
    assert_int_equal(v[0].ups, 0);
    assert_true(ir_https_peer(&v[1].c, 0, &p));
    assert_string_equal(p.why, "it does not know this device's key");
    ir_carrier_close(&v[0].c);
    ir_carrier_close(&v[1].c);
}

static void
test_revoked(void **state)
{
    struct side v[2];
    int k;

    (void)state;
    for (k = 0; k < 2; k++) { /* by either side */
        serve(&v[0], server_key, client_key);
        call(&v[1], &v[0], client_key, server_key);
        assert_true(turn(v, 2, 5000, up0) && turn(v, 2, 5000, up1));
        turn(v, 2, 50, NULL);
        ir_https_keys(&v[k].c, other_key->pub, 1);
        assert_true(turn(v, 2, 5000, both_down));
        v[0].ups = v[1].ups = 0;
        turn(v, 2, 300, NULL);
        assert_int_equal(v[0].ups + v[1].ups, 0);
        ir_carrier_close(&v[0].c);
        ir_carrier_close(&v[1].c);
    }
}

/* Not called any more: down on both sides; called again: up. */
static void
test_hangup(void **state)
{
    struct side v[2];
    char where[32];

    (void)state;
    serve(&v[0], server_key, client_key);
    call(&v[1], &v[0], client_key, server_key);
    assert_true(turn(v, 2, 5000, up1));
    turn(v, 2, 50, NULL);
    (void)snprintf(where, sizeof where, "127.0.0.1:%d",
                   (int)ir_https_port(&v[0].c));
    assert_int_equal(ir_https_hangup(&v[1].c, where, NULL), IR_OK);
    assert_int_equal(ir_https_hangup(&v[1].c, where, NULL), IR_ENOTFOUND);
    assert_true(turn(v, 2, 5000, both_down));
    assert_int_equal(ir_https_dial(&v[1].c, where, NULL), IR_OK);
    assert_true(turn(v, 2, 5000, up1));
    ir_carrier_close(&v[0].c);
    ir_carrier_close(&v[1].c);
}

/* Nobody answers, for long; then the network is said to have changed. */
static void
test_retry(void **state)
{
    struct ir_https_conf conf = {.node = client_key, .retry_ms = 60000};
    struct ir_https_peer p;
    struct side v[2];
    char where[32];
    int port;

    (void)state;
    serve(&v[0], server_key, client_key);
    port = ir_https_port(&v[0].c);
    ir_carrier_close(&v[0].c);
    memset(&v[1], 0, sizeof v[1]);
    assert_int_equal(ir_https_new(&conf, &v[1].c, NULL), IR_OK);
    ir_https_keys(&v[1].c, server_key->pub, 1);
    (void)snprintf(where, sizeof where, "127.0.0.1:%d", port);
    assert_int_equal(ir_https_dial(&v[1].c, where, NULL), IR_OK);
    turn(v, 2, 300, NULL);
    assert_true(ir_https_peer(&v[1].c, 0, &p));
    assert_string_equal(p.why, "nobody answers there");
    conf = (struct ir_https_conf){
        .node = server_key, .listen = "127.0.0.1", .port = (uint16_t)port};
    assert_int_equal(ir_https_new(&conf, &v[0].c, NULL), IR_OK);
    ir_https_keys(&v[0].c, client_key->pub, 1);
    assert_false(turn(v, 2, 300, up1));
    ir_https_retry(&v[1].c);
    assert_true(turn(v, 2, 5000, up1));
    ir_carrier_close(&v[0].c);
    ir_carrier_close(&v[1].c);
}

/* Nothing to do: no processor time is used. */
static void
test_idle(void **state)
{
    struct side v[2];
    struct rusage a, b;
    int64_t us;

    (void)state;
    serve(&v[0], server_key, client_key);
    call(&v[1], &v[0], client_key, server_key);
    assert_true(turn(v, 2, 5000, up1));
    turn(v, 2, 100, NULL);
    getrusage(RUSAGE_SELF, &a);
    turn(v, 2, 900, NULL);
    getrusage(RUSAGE_SELF, &b);
    us = (b.ru_utime.tv_sec - a.ru_utime.tv_sec +
          (b.ru_stime.tv_sec - a.ru_stime.tv_sec)) *
             1000000 +
         b.ru_utime.tv_usec - a.ru_utime.tv_usec + b.ru_stime.tv_usec -
         a.ru_stime.tv_usec;
    assert_true(us < 450000); /* a loop that spins uses all of it */
    assert_int_equal(v[0].downs + v[1].downs, 0);
    ir_carrier_close(&v[0].c);
    ir_carrier_close(&v[1].c);
}

/* "::" is all addresses, those of IPv4 too. */
static void
test_any_address(void **state)
{
    struct ir_https_conf conf = {.node = server_key, .listen = "::"};
    struct side v[2];

    (void)state;
    memset(v, 0, sizeof v);
    assert_int_equal(ir_https_new(&conf, &v[0].c, NULL), IR_OK);
    ir_https_keys(&v[0].c, client_key->pub, 1);
    call(&v[1], &v[0], client_key, server_key);
    assert_true(turn(v, 2, 5000, up1));
    ir_carrier_close(&v[0].c);
    ir_carrier_close(&v[1].c);
}

static void
test_port_taken(void **state)
{
    struct ir_https_conf conf = {.node = client_key, .listen = "127.0.0.1"};
    struct ir_carrier c = {0};
    struct ir_err err = {0};
    struct side v[1];

    (void)state;
    serve(&v[0], server_key, client_key);
    conf.port = ir_https_port(&v[0].c);
    assert_int_equal(ir_https_new(&conf, &c, &err), IR_EBUSY);
    conf.listen = "not an address";
    assert_int_equal(ir_https_new(&conf, &c, &err), IR_EUSAGE);
    assert_null(c.ops);
    ir_carrier_close(&v[0].c);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cert),        cmocka_unit_test(test_callers),
        cmocka_unit_test(test_endless),     cmocka_unit_test(test_slow),
        cmocka_unit_test(test_many),        cmocka_unit_test(test_impostor),
        cmocka_unit_test(test_stranger),    cmocka_unit_test(test_revoked),
        cmocka_unit_test(test_retry),       cmocka_unit_test(test_hangup),
        cmocka_unit_test(test_idle),        cmocka_unit_test(test_port_taken),
        cmocka_unit_test(test_any_address), cmocka_unit_test(test_answer),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
