/* test_carrier.c: what every carrier promises, over each of them, bare and on
 * a bad network: frames come whole or not at all, links go up and down.
 */
#include "carrier/https.h"
#include "carrier/lan.h"
#include "carrier/pair.h"
#include "carrier/queue.h"
#include "carrier_make.h"
#include "netns.h"
#include "unit.h"

#include <arpa/inet.h>
#include <signal.h>

#define FRAMES 200

static struct ir_key *node[2];

static bool
both_up(struct side *v)
{
    return v[0].link != 0 && v[1].link != 0;
}

static size_t all; /* frames that both should have by then */

static bool
both_all(struct side *v)
{
    return v[0].whole >= all && v[1].whole >= all;
}

/* Of 60 each way, most of which arrive in some form. */
static bool
most_came(struct side *v)
{
    return v[0].whole + v[0].altered > 15 && v[1].whole + v[1].altered > 15;
}

static bool
first_down(struct side *v)
{
    return v[0].downs > 0;
}

static bool
second_down(struct side *v)
{
    return v[1].downs > 0;
}

static void
make_pair(struct side *v)
{
    struct ir_carrier ends[2];

    assert_int_equal(ir_pair_new(false, ends, NULL), IR_OK);
    v[0].c = ends[0];
    v[1].c = ends[1];
}

static void
make_https(struct side *v)
{
    struct ir_https_conf conf = {.listen = "127.0.0.1",
                                 .hold_ms = 1000,
                                 .patience_ms = 1000,
                                 .retry_ms = 50};
    char where[32];
    struct ir_err err = {0};
    int i;

    for (i = 0; i < 2; i++) {
        conf.node = node[i];
        if (i == 1)
            conf.listen = NULL;
        if (ir_https_new(&conf, &v[i].c, &err) != IR_OK)
            fail_msg("%s", err.msg);
        ir_https_keys(&v[i].c, node[!i]->pub, 1);
    }
    (void)snprintf(where, sizeof where, "127.0.0.1:%d",
                   (int)ir_https_port(&v[0].c));
    assert_int_equal(ir_https_dial(&v[1].c, where, NULL), IR_OK);
}

static void
make_lan(struct side *v)
{
    struct ir_lan_conf conf = {.loopback = true, .idle_ms = 900};
    struct ir_err err = {0};
    int i;

    for (i = 0; i < 2; i++)
        if (ir_lan_new(&conf, &v[i].c, &err) != IR_OK)
            fail_msg("%s", err.msg);
}

static const struct {
    const char *name;
    void (*make)(struct side *v);
    bool proves; /* tells whose key is at the other end */
    bool waits;  /* has a queue of its own, which may be full */
    bool finds;  /* the others are heard, not named */
} carriers[] = {
    {"pair", make_pair, false, true, false},
    {"https", make_https, true, true, false},
    {"lan", make_lan, false, false, true},
};

static bool
nothing_left(struct side *v)
{
    return v[0].many + v[0].link + v[1].many + v[1].link == 0;
}

static bool
both_many(struct side *v)
{
    return v[0].many != 0 && v[1].many != 0;
}

/* Say something to everybody until both have heard it. */
static void
introduce(struct side *v)
{
    size_t k;

    assert_true(turn(v, 2, 5000, both_many));
    for (k = SENT_MAX - 60; k < SENT_MAX && !both_up(v); k++) {
        assert_int_equal(send_some(&v[0], 2, v[0].many, k, k + 1), IR_OK);
        assert_int_equal(send_some(&v[1], 1, v[1].many, k, k + 1), IR_OK);
        turn(v, 2, 40, both_up);
    }
    turn(v, 2, 40, NULL);
    for (k = 0; k < 2; k++)
        v[k].whole = v[k].twice = v[k].altered = 0;
}

static void
begin(size_t i, const struct ir_torture *t, struct side *v)
{
    struct ir_carrier bare;
    int k;

    memset(v, 0, 2 * sizeof *v);
    v[0].salt = 1;
    v[1].salt = 2;
    carriers[i].make(v);
    for (k = 0; k < 2 && t != NULL; k++) {
        bare = v[k].c;
        ir_torture_wrap_take(&bare, t, i * 10 + (size_t)k, &v[k].c);
    }
    if (carriers[i].finds)
        introduce(v);
    if (!turn(v, 2, 5000, both_up))
        fail_msg("%s: no link", carriers[i].name);
}

static void
end(struct side *v)
{
    ir_carrier_close(&v[0].c);
    ir_carrier_close(&v[1].c);
}

static void
test_whole(void **state)
{
    struct side v[2];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(carriers); i++) {
        size_t k, step = 20;

        begin(i, NULL, v);
        if (carriers[i].proves) {
            ROW(i, memcmp(v[0].pub, node[1]->pub, 32) == 0);
            ROW(i, memcmp(v[1].pub, node[0]->pub, 32) == 0);
        }
        for (k = 0; k < FRAMES; k += step) {
            ROW(i, send_some(&v[0], 2, v[0].link, k, k + step) == IR_OK);
            ROW(i, send_some(&v[1], 1, v[1].link, k, k + step) == IR_OK);
            all = k + step;
            ROW(i, turn(v, 2, 10000, both_all));
        }
        ROW(i, v[0].altered + v[1].altered == 0);
        ROW(i, v[0].twice + v[1].twice == 0);
        end(v);
    }
}

/* A small frame goes over and back at once, not when a timer happens by. */
static void
test_prompt(void **state)
{
    struct side v[2];
    size_t i, k;

    (void)state;
    for (i = 0; i < COUNT(carriers); i++) {
        int64_t began, ms;

        begin(i, NULL, v);
        turn(v, 2, 50, NULL);
        began = ir_clock_mono_ms();
        for (k = 0; k < FRAMES; k++) {
            struct side *s = &v[k % 2];
            size_t had = v[!(k % 2)].whole;

            ROW(i, send_some(s, 2 - k % 2, s->link, k, k + 1) == IR_OK);
            while (v[!(k % 2)].whole == had &&
                   ir_clock_mono_ms() < began + 20000)
                turn(v, 2, 1, NULL);
        }
        ms = ir_clock_mono_ms() - began;
        ROW(i, v[0].whole + v[1].whole == FRAMES);
        ROW(i, ms < 10000);
        end(v);
    }
}

static void
test_tortured(void **state)
{
    static const struct {
        struct ir_torture t;
        bool altered; /* may frames come changed? */
    } how[] = {
        {{.drop = 30, .twice = 20, .later = 30, .delay_ms = 20}, false},
        {{.drop = 5, .corrupt = 30, .cut = 20, .later = 10}, true},
    };
    struct side v[2];
    size_t i, k;

    (void)state;
    for (i = 0; i < COUNT(carriers); i++)
        for (k = 0; k < COUNT(how); k++) {
            begin(i, &how[k].t, v);
            ROW(i, send_some(&v[0], 2, v[0].link, 0, 60) == IR_OK);
            ROW(i, send_some(&v[1], 1, v[1].link, 0, 60) == IR_OK);
            ROW(i, turn(v, 2, 10000, most_came));
            turn(v, 2, 200, NULL);
            ROW(i, v[0].whole - v[0].twice < 60);
            ROW(i, (v[0].altered + v[1].altered > 0) == how[k].altered);
            ROW(i, v[0].downs + v[1].downs == 0);
            end(v);
        }
}

static void
test_refuses(void **state)
{
    uint8_t *p = ir_calloc(1, 300000);
    struct side v[2];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(carriers); i++) {
        struct ir_err err = {0};
        int rc = IR_OK, n;

        begin(i, NULL, v);
        ROW(i, ir_carrier_send(&v[0].c, v[0].link, p, v[0].mtu + 1, &err) ==
                   IR_ELIMIT);
        ROW(i, err.code == IR_ELIMIT && err.msg[0] != 0);
        ROW(i, ir_carrier_send(&v[0].c, 12345, p, 1, NULL) == IR_ENOTFOUND);
        for (n = 0; n < 100000 && rc == IR_OK && carriers[i].waits; n++)
            rc = ir_carrier_send(&v[0].c, v[0].link, p, 1200, NULL);
        ROW(i, !carriers[i].waits || rc == IR_EBUSY); /* it is bounded */
        end(v);
    }
    free(p);
}

static void
test_down(void **state)
{
    struct side v[2];
    size_t i;
    int k;

    (void)state;
    for (i = 0; i < COUNT(carriers); i++)
        for (k = 0; k < 2; k++) {
            begin(i, NULL, v);
            turn(v, 2, 30, NULL);
            ir_carrier_close(&v[!k].c);
            ROW(i, turn(v, 2, 5000, k == 0 ? first_down : second_down));
            ROW(i, v[k].why[0] != 0);
            ROW(i, send_some(&v[k], 1, v[k].gone, 0, 1) == IR_ENOTFOUND);
            end(v);
        }
}

/* Every interface goes away and comes back. */
static void
test_lan_faces(void **state)
{
    struct side v[2];

    (void)state;
    begin(2, NULL, v);
    assert_true(v[0].many != 0);
    assert_int_equal(netns_loopback(false), 0);
    assert_true(turn(v, 2, 3000, nothing_left));
    assert_int_equal(v[0].downs, v[0].ups);
    assert_int_equal(netns_loopback(true), 0);
    assert_true(turn(v, 2, 3000, both_many));
    introduce(v);
    assert_true(both_up(v));
    end(v);
}

/* An outsider: many datagrams that open under no key, from many ports, and a
 * frame of ours that is heard in between all the same.
 */
static void
test_lan_junk(void **state)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(IR_LAN_PORT)};
    struct ir_lan_count n;
    uint8_t junk[1500] = {0};
    char where[IR_LAN_ADDRESS_MAX];
    struct side v[2];
    int i, fd;

    (void)state;
    begin(2, NULL, v);
    assert_true(ir_lan_address(&v[0].c, v[0].link, where));
    assert_string_equal(where, "127.0.0.1");
    assert_false(ir_lan_address(&v[0].c, v[0].many, where));
    v[0].stranger = true;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (i = 0; i < 3000; i++) {
        fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        memcpy(junk, &i, sizeof i);
        (void)sendto(fd, junk, i % 3 == 0 ? 1500 : 1 + (size_t)i % 1000, 0,
                     (struct sockaddr *)&to, sizeof to);
        close(fd);
        if (i % 100 == 0)
            turn(v, 2, 1, NULL);
    }
    turn(v, 2, 20, NULL);
    ir_lan_counts(&v[0].c, &n);
    assert_true(n.strange > 0 && n.strange < 400); /* 50 a second, 100 once */
    assert_true(n.limited > 500);
    assert_true(n.too_long > 500);
    assert_int_equal(v[0].ups, 2); /* the interface, and our own */
    v[0].stranger = false;
    assert_int_equal(send_some(&v[1], 1, v[1].link, 0, 20), IR_OK);
    turn(v, 2, 200, NULL);
    assert_int_equal(v[0].whole, 20);
    end(v);
}

/* More devices than may be links: all are heard, none pushes another out. */
static void
test_lan_crowd(void **state)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(IR_LAN_PORT)};
    uint8_t *p = ir_malloc(262144);
    struct side v[2];
    size_t i, k, n;
    int fd[40];

    (void)state;
    begin(2, NULL, v);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (i = 0; i < COUNT(fd); i++)
        fd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (k = 0; k < 2; k++)
        for (i = 0; i < COUNT(fd); i++) {
            n = frame_make(1, k * COUNT(fd) + i, v[0].mtu, p);
            assert_int_equal(
                sendto(fd[i], p, n, 0, (struct sockaddr *)&to, sizeof to), n);
        }
    turn(v, 2, 50, NULL);
    assert_int_equal(v[0].whole, 2 * COUNT(fd));
    assert_int_equal(v[0].ups, 1 + IR_LAN_SOURCES_MAX);
    assert_int_equal(v[0].downs, 0);
    for (i = 0; i < COUNT(fd); i++)
        close(fd[i]);
    free(p);
    end(v);
}

/* Everything to everybody: no sender is a link, each is named while its frame
 * is delivered.
 */
static void
on_shared(void *arg, uint32_t link, const void *p, size_t n)
{
    struct side *s = arg;
    char where[IR_LAN_ADDRESS_MAX];

    assert_int_equal(link, s->many);
    assert_true(ir_lan_address(&s->c, link, where));
    assert_true(strcmp(where, "127.0.0.1") == 0 || where[0] == '[');
    side_frame(s, link, p, n);
}

static void
test_lan_shared(void **state)
{
    static const struct ir_carrier_events ev = {side_up, side_down, on_shared,
                                                side_ours, NULL};
    struct ir_lan_conf conf = {.loopback = true, .shared = true};
    struct side v[2] = {{.salt = 1}, {.salt = 2}};
    int i;

    (void)state;
    for (i = 0; i < 2; i++)
        assert_int_equal(ir_lan_new(&conf, &v[i].c, NULL), IR_OK);
    assert_true(turn(v, 2, 3000, both_many));
    assert_int_equal(send_some(&v[1], 1, v[1].many, 0, 20), IR_OK);
    (void)ir_carrier_run(&v[0].c, ir_clock_mono_ms(), &ev, &v[0]);
    assert_int_equal(v[0].whole, 20);
    assert_int_equal(v[0].ups, 1);
    end(v);
}

static int to_all = -1; /* of the frame that came last; -1: none came */
static uint32_t around;

static void
note_whom(void *arg, uint32_t link, const void *p, size_t n)
{
    struct side *s = arg;
    bool every = false;

    side_frame(arg, link, p, n);
    around = 0;
    to_all = ir_lan_heard_on(&s->c, link, &around, &every) ? every : 2;
}

/* What is said to everybody is told from what is said to one. */
static void
test_lan_to_all(void **state)
{
    static const struct ir_carrier_events ev = {side_up, side_down, note_whom,
                                                side_ours, NULL};
    struct side v[2];
    int row;

    (void)state;
    begin(2, NULL, v);
    for (row = 0; row < 2; row++) {
        int64_t until = ir_clock_mono_ms() + 5000, now;

        to_all = -1;
        assert_int_equal(send_some(&v[0], 2, row ? v[0].many : v[0].link,
                                   (size_t)row, (size_t)row + 1),
                         IR_OK);
        while (to_all < 0 && (now = ir_clock_mono_ms()) < until) {
            struct pollfd fd = {ir_carrier_fd(&v[1].c), POLLIN, 0};

            (void)poll(&fd, 1, 20);
            (void)ir_carrier_run(&v[1].c, now, &ev, &v[1]);
        }
        ROW(row, to_all == row);
        ROW(row, around == v[1].many);
    }
    end(v);
}

static void
test_queue(void **state)
{
    struct ir_queue q = {0};
    struct ir_queued *f;
    struct ir_buf b = {0};
    const uint8_t *p;
    size_t at = 0, n, k;

    (void)state;
    for (k = 0; k < 6; k++) {
        f = ir_queued_new((uint32_t)(k % 2), "abcdef", k);
        f->due_ms = (int64_t)(5 - k);
        ir_queue_put_due_take(&q, f);
    }
    assert_int_equal(q.n, 6);
    assert_int_equal(q.bytes, 15);
    assert_int_equal(q.first->n, 5);
    assert_int_equal(q.last->n, 0);
    ir_queue_drop(&q, 1);
    assert_int_equal(q.n, 3);
    ir_queue_pack(&q, 4 + 4 + 4 + 2 + 3, &b); /* one too few for the third */
    assert_int_equal(q.n, 1);
    assert_int_equal(ir_queue_unpack(b.p, b.len, 4, &at, &p, &n), IR_OK);
    assert_int_equal(n, 4);
    assert_memory_equal(p, "abcd", 4);
    assert_int_equal(ir_queue_unpack(b.p, b.len - 1, 4, &at, &p, &n),
                     IR_EPARSE);
    assert_int_equal(ir_queue_unpack(b.p, b.len, 1, &at, &p, &n), IR_ELIMIT);
    assert_int_equal(ir_queue_unpack(b.p, b.len, 4, &at, &p, &n), IR_OK);
    assert_int_equal(ir_queue_unpack(b.p, b.len, 4, &at, &p, &n), IR_ENOTFOUND);
    assert_int_equal(ir_queue_unpack((const uint8_t *)"\377\377\377\377", 4, 4,
                                     &(size_t){0}, &p, &n),
                     IR_ELIMIT);
    ir_buf_done(&b);
    ir_queue_done(&q);
    assert_null(q.last);
}

static int
setup(void **state)
{
    (void)state;
    (void)sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    if (netns_enter() != 0 || ir_crypt_init(NULL) != IR_OK)
        return 1;
    node[0] = ir_key_new();
    node[1] = ir_key_new();
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ir_key_free(node[0]);
    ir_key_free(node[1]);
    return 0;
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queue),      cmocka_unit_test(test_whole),
        cmocka_unit_test(test_prompt),     cmocka_unit_test(test_tortured),
        cmocka_unit_test(test_refuses),    cmocka_unit_test(test_down),
        cmocka_unit_test(test_lan_faces),  cmocka_unit_test(test_lan_junk),
        cmocka_unit_test(test_lan_crowd),  cmocka_unit_test(test_lan_shared),
        cmocka_unit_test(test_lan_to_all),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
