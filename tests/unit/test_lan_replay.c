/* test_lan_replay.c: junk made for the place where a frame is remembered does
 * not drive it out: played back, it is known again.
 */
#include "base/clock.h"
#include "base/crypt.h"
#include "carrier/lan_in.h"
#include "netns.h"
#include "unit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>

static size_t taken;

static void
on_up(void *arg, uint32_t link, const uint8_t *pub, size_t mtu, bool many)
{
    (void)arg, (void)link, (void)pub, (void)mtu, (void)many;
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
    taken++;
}

static bool
on_ours(void *arg, const void *p, size_t n)
{
    (void)arg;
    return n > 4 && memcmp(p, "ours", 4) == 0;
}

static void
turn(struct ir_carrier *c)
{
    static const struct ir_carrier_events ev = {on_up, on_down, on_frame,
                                                on_ours, NULL};
    int i;

    for (i = 0; i < 10; i++) {
        (void)ir_carrier_run(c, ir_clock_mono_ms(), &ev, NULL);
        (void)poll(NULL, 0, 2);
    }
}

static size_t
place_of(const void *p, size_t n)
{
    uint8_t hash[IR_HASH_BYTES];
    uint64_t tag;

    ir_sha256(p, n, hash);
    memcpy(&tag, hash, sizeof tag);
    return tag % (IR_LAN_SEEN / 2);
}

static void
played_back(void **state)
{
    static const char frame[] = "ours: a beacon of yesterday";
    struct ir_lan_conf conf = {.loopback = true};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(IR_LAN_PORT)};
    uint8_t junk[40] = {0};
    struct ir_lan_count n;
    struct ir_carrier c;
    uint32_t k = 0;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), i = 0;

    (void)state;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(ir_lan_new(&conf, &c, NULL), IR_OK);
    turn(&c);
    assert_true(sendto(fd, frame, sizeof frame, 0, (struct sockaddr *)&to,
                       sizeof to) > 0);
    turn(&c);
    assert_int_equal(taken, 1);
    for (; i < 4; k++) {
        memcpy(junk, &k, sizeof k);
        if (place_of(junk, sizeof junk) != place_of(frame, sizeof frame))
            continue;
        assert_true(sendto(fd, junk, sizeof junk, 0, (struct sockaddr *)&to,
                           sizeof to) > 0);
        i++;
    }
    turn(&c);
    assert_true(sendto(fd, frame, sizeof frame, 0, (struct sockaddr *)&to,
                       sizeof to) > 0);
    turn(&c);
    ir_lan_counts(&c, &n);
    assert_int_equal(n.strange, 4);
    assert_int_equal(n.doubled, 1);
    assert_int_equal(taken, 1);
    ir_carrier_close(&c);
    close(fd);
}

static int
start(void **state)
{
    (void)state;
    return netns_enter() == 0 && ir_crypt_init(NULL) == IR_OK ? 0 : 1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(played_back),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
