/* test_door.c: who has no certified key and asks over HTTPS to be let in: what
 * they may do while the door is open, and how much of it.
 */
#include "https_serve.h"

#define DOOR "POST /ir/join HTTP/1.1\r\nHost: a\r\n"
#define KNOWN "Ir-Join: 0102030405060708\r\n"

static size_t asked;

static bool
door_known(void *arg, const uint8_t id[IR_JOIN_ID_BYTES])
{
    (void)arg;
    return memcmp(id, "\1\2\3\4\5\6\7\10", 8) == 0;
}

static enum ir_https_said
door_ask(void *arg, const uint8_t id[IR_JOIN_ID_BYTES], const char *from,
         const void *p, size_t n, struct ir_buf *answer, const char **why)
{
    (void)arg;
    (void)id;
    asked++;
    assert_string_equal(from, "127.0.0.1");
    assert_int_equal(n, 5);
    if (memcmp(p, "PLEAS", 5) == 0) {
        ir_buf_adds(answer, "come in");
        return IR_HTTPS_LET_IN;
    }
    *why = "used";
    return memcmp(p, "LATER", 5) == 0   ? IR_HTTPS_LATER
           : memcmp(p, "PATIE", 5) == 0 ? IR_HTTPS_KEPT
                                        : IR_HTTPS_NO;
}

/* Who may do what while the door is open. */
static const struct {
    struct ir_key **key;
    const char *text;
    int status;
    size_t asked; /* how many requests were judged */
} knocks[] = {
    {NULL, DOOR KNOWN "Content-Length: 5\r\n\r\nPLEAS", 200, 1},
    {NULL, DOOR KNOWN "Content-Length: 5\r\n\r\nLATER", 503, 1},
    {NULL, DOOR KNOWN "Content-Length: 5\r\n\r\nPATIE", 202, 1},
    {NULL, DOOR KNOWN "Content-Length: 5\r\n\r\nOTHER", 403, 1},
    {NULL, DOOR KNOWN "\r\n", 411, 0},
    {NULL, DOOR KNOWN "Transfer-Encoding: chunked\r\n\r\n5\r\nPLEAS\r\n", 411,
     0},
    {NULL, DOOR KNOWN "Content-Length: 0\r\n\r\n", 411, 0},
    {NULL, DOOR KNOWN "Content-Length: -1\r\n\r\n", 400, 0},
    {NULL, DOOR KNOWN "Content-Length: 4097\r\n\r\n", 413, 0},
    {NULL, DOOR "Content-Length: 5\r\n\r\nPLEAS", 400, 0},
    {NULL, DOOR "Ir-Join: 01\r\nContent-Length: 5\r\n\r\nPLEAS", 400, 0},
    {NULL, DOOR "Ir-Join: 0102030405060709\r\nContent-Length: 5\r\n\r\nPLEAS",
     404, 0},
    {NULL, "GET /ir/join HTTP/1.1\r\nHost: a\r\n" KNOWN "\r\n", 405, 0},
    {NULL,
     "POST /ir/1 HTTP/1.1\r\nHost: a\r\nIr-Link: 0011223344556677\r\n"
     "Ir-Wait: 0\r\nContent-Length: 0\r\n\r\n",
     403, 0},
    {NULL, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 403, 0},
    {NULL, "\r\n\r\n\x01\x02\x03 nonsense\r\n\r\n", 400, 0},
    /* a key that is shown must be a certified one all the same */
    {&other_key, DOOR KNOWN "Content-Length: 5\r\n\r\nPLEAS", 0, 0},
    {&client_key, DOOR KNOWN "Content-Length: 5\r\n\r\nPLEAS", 404, 0},
    {&client_key,
     "POST /ir/1 HTTP/1.1\r\nHost: a\r\nIr-Link: 0011223344556677\r\n"
     "Ir-Wait: 0\r\nContent-Length: 0\r\n\r\n",
     200, 0},
};

static int
as_knock(int port, const void *arg)
{
    size_t i = *(const size_t *)arg;
    const struct ir_key *key = knocks[i].key != NULL ? *knocks[i].key : NULL;
    int got = ask(port, key, knocks[i].text, strlen(knocks[i].text));

    return got == knocks[i].status || (got < 0 && knocks[i].status == 0)
               ? 0
               : 1 + (got < 0 ? 0 : got / 4);
}

static void
test_door(void **state)
{
    struct ir_https_door door = {
        .known = door_known, .ask = door_ask, .per_minute = 1000};
    struct side v[2];
    size_t i, row;

    (void)state;
    serve(&v[0], server_key, client_key);
    ir_https_door(&v[0].c, &door);
    for (i = 0; i < COUNT(knocks); i++) {
        int got;

        asked = 0;
        got = meanwhile(v, 1, as_knock, &i);
        if (got != 0 || asked != knocks[i].asked)
            fail_msg("row %zu: status about %d, judged %zu", i, (got - 1) * 4,
                     asked);
    }
    assert_int_equal(v[0].whole + v[0].altered, 0);
    ir_https_door(&v[0].c, NULL); /* shut: the handshake is the end */
    row = 0;
    assert_int_not_equal(meanwhile(v, 1, as_knock, &row), 0);
    ir_carrier_close(&v[0].c);
}

/* Knock so many times; exit with how many were answered 200. */
struct crowd {
    const char *text;
    int times, want; /* status that is counted */
};

static int
as_crowd(int port, const void *arg)
{
    const struct crowd *c = arg;
    int i, n = 0;

    for (i = 0; i < c->times; i++)
        n += ask(port, NULL, c->text, strlen(c->text)) == c->want ? 1 : 0;
    return n;
}

/* An address may ask so often, all together so often; who guesses uses up
 * nothing of what all may.
 */
static void
test_door_limits(void **state)
{
    static const struct crowd good = {
        DOOR KNOWN "Content-Length: 5\r\n\r\nPLEAS", 10, 200};
    static const struct crowd guesses = {
        DOOR "Ir-Join: 0000000000000000\r\nContent-Length: 5\r\n\r\nPLEAS", 10,
        404};
    struct ir_https_door door = {.known = door_known, .ask = door_ask};
    struct side v[2];

    (void)state;
    serve(&v[0], server_key, client_key);
    ir_https_door(&v[0].c, &door);
    assert_int_equal(meanwhile(v, 1, as_crowd, &good), 6);
    ir_carrier_close(&v[0].c);

    serve(&v[0], server_key, client_key);
    door.per_minute = 1000;
    door.all_per_minute = 4;
    ir_https_door(&v[0].c, &door);
    assert_int_equal(meanwhile(v, 1, as_crowd, &guesses), 10);
    assert_int_equal(meanwhile(v, 1, as_crowd, &good), 4);
    ir_carrier_close(&v[0].c);
}

/* With the client that is ours; what comes back is whole, however long. */
static int
knock_here(int port, const void *arg)
{
    static const uint8_t id[IR_JOIN_ID_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct ir_https_knock k;
    char where[32];
    bool ok;

    (void)snprintf(where, sizeof where, "127.0.0.1:%d", port);
    if (ir_https_knock(where, id, arg, 5, &k, NULL) != IR_OK)
        return 1;
    ok = strcmp(arg, "PLEAS") == 0 ? k.status == 200 && k.answer.len == 7 &&
                                         memcmp(k.answer.p, "come in", 7) == 0
         : strcmp(arg, "OTHER") == 0
             ? k.status == 403 && strcmp(k.word, "used") == 0
             : k.status == 0 && k.why != NULL &&
                   strcmp(k.why, "no invitation is open there") == 0;
    ir_buf_done(&k.answer);
    return ok ? 0 : 2;
}

static void
test_knock(void **state)
{
    struct ir_https_door door = {
        .known = door_known, .ask = door_ask, .per_minute = 1000};
    struct side v[2];

    (void)state;
    serve(&v[0], server_key, client_key);
    ir_https_door(&v[0].c, &door);
    assert_int_equal(meanwhile(v, 1, knock_here, "PLEAS"), 0);
    assert_int_equal(meanwhile(v, 1, knock_here, "OTHER"), 0);
    ir_https_door(&v[0].c, NULL);
    assert_int_equal(meanwhile(v, 1, knock_here, "XXXXX"), 0);
    ir_carrier_close(&v[0].c);
}

/* A stranger at an open door has the time of a stranger. */
static int
slow_knock(int port, const void *arg)
{
    static const char head[] =
        DOOR KNOWN "Content-Length: 5\r\n\r\nPLE"; /* and no more */
    int64_t began = ir_clock_mono_ms();

    (void)arg;
    return ask(port, NULL, head, sizeof head - 1) == 0 &&
                   ir_clock_mono_ms() < began + 8 * PATIENCE_MS
               ? 0
               : 1;
}

static void
test_door_slow(void **state)
{
    struct ir_https_door door = {
        .known = door_known, .ask = door_ask, .per_minute = 1000};
    struct side v[2];

    (void)state;
    serve(&v[0], server_key, client_key);
    ir_https_door(&v[0].c, &door);
    asked = 0;
    assert_int_equal(meanwhile(v, 1, slow_knock, NULL), 0);
    assert_int_equal(asked, 0);
    ir_carrier_close(&v[0].c);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_door),
        cmocka_unit_test(test_door_limits),
        cmocka_unit_test(test_door_slow),
        cmocka_unit_test(test_knock),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
