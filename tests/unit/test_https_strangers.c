/* test_https_strangers.c: connections without a certified key, from as many
 * addresses as somebody likes, leave room for those who have one.
 */
#include "base/clock.h"
#include "carrier/https.h"
#include "netns.h"
#include "unit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>

#define STRANGERS 60
#define CONNECTIONS 20

static int ups;

static void
on_up(void *arg, uint32_t link, const uint8_t *pub, size_t mtu, bool many)
{
    (void)arg, (void)link, (void)pub, (void)mtu, (void)many;
    ups++;
}

static void
on_down(void *arg, uint32_t link, const char *why)
{
    (void)arg, (void)link, (void)why;
}

static void
on_frame(void *arg, uint32_t link, const void *p, size_t n)
{
    (void)arg, (void)link, (void)p, (void)n;
}

static void
turn(struct ir_carrier *c, int n)
{
    static const struct ir_carrier_events ev = {
        .up = on_up, .down = on_down, .frame = on_frame};
    int i;

    for (i = 0; i < n; i++)
        (void)ir_carrier_run(&c[i], ir_clock_mono_ms(), &ev, NULL);
    (void)poll(NULL, 0, 2);
}

/* A connection from 127.0.1.`i` that says nothing. */
static int
silent(int i, uint16_t port)
{
    struct sockaddr_in from = {.sin_family = AF_INET};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    from.sin_addr.s_addr = htonl(0x7f000100u + (uint32_t)i);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof from), 0);
    (void)connect(fd, (struct sockaddr *)&to, sizeof to);
    return fd;
}

static void
others_get_in(void **state)
{
    struct ir_key *key[2] = {ir_key_new(), ir_key_new()};
    struct ir_https_conf conf = {.node = key[0],
                                 .listen = "127.0.0.1",
                                 .patience_ms = 60000,
                                 .connections_max = CONNECTIONS};
    struct ir_carrier c[2];
    int fd[STRANGERS], i;
    char where[32];

    (void)state;
    assert_int_equal(ir_https_new(&conf, &c[0], NULL), IR_OK);
    ir_https_keys(&c[0], key[1]->pub, 1);
    for (i = 0; i < STRANGERS; i++) {
        fd[i] = silent(i + 1, ir_https_port(&c[0]));
        turn(c, 1);
    }
    for (i = 0; i < 50; i++)
        turn(c, 1);
    conf = (struct ir_https_conf){.node = key[1], .retry_ms = 100};
    assert_int_equal(ir_https_new(&conf, &c[1], NULL), IR_OK);
    ir_https_keys(&c[1], key[0]->pub, 1);
    (void)snprintf(where, sizeof where, "127.0.0.1:%d", ir_https_port(&c[0]));
    assert_int_equal(ir_https_dial(&c[1], where, NULL), IR_OK);
    for (i = 0; i < 1500 && ups < 2; i++)
        turn(c, 2);
    assert_int_equal(ups, 2); /* at both ends */
    for (i = 0; i < STRANGERS; i++)
        close(fd[i]);
    for (i = 0; i < 2; i++) {
        ir_carrier_close(&c[i]);
        ir_key_free(key[i]);
    }
}

static int
start(void **state)
{
    (void)state;
    (void)sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    return netns_enter() == 0 && ir_crypt_init(NULL) == IR_OK ? 0 : 1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(others_get_in),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
