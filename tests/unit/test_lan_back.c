/* test_lan_back.c: what is said back on the LAN to who is not one of us. */
#include "base/crypt.h"
#include "carrier/lan.h"
#include "carrier_make.h"
#include "netns.h"
#include "unit.h"

static bool
both_many(struct side *v)
{
    return v[0].many != 0 && v[1].many != 0;
}

static uint8_t got_back[IR_CARRIER_BACK_MAX];
static size_t got_back_n;

/* Says back what it was asked, to who asks with '?', and nothing to others. */
static size_t
say_back(void *arg, const void *p, size_t n, uint8_t *reply)
{
    (void)arg;
    if (n != 32 || memcmp(p, "?", 1) != 0)
        return 0;
    memcpy(reply, p, n);
    reply[0] = '!';
    return n;
}

static bool
is_back(void *arg, const void *p, size_t n)
{
    (void)arg;
    if (n == 32 && memcmp(p, "!", 1) == 0) {
        memcpy(got_back, p, n);
        got_back_n = n;
    }
    return false;
}

/* A stranger is answered what there is to say to it, alone, and is a stranger
 * still.
 */
static void
test_lan_back(void **state)
{
    static const struct ir_carrier_events answers = {
        side_up, side_down, side_frame, side_ours, say_back};
    static const struct ir_carrier_events asks = {side_up, side_down,
                                                  side_frame, is_back, NULL};
    struct ir_lan_conf conf = {.loopback = true};
    struct side v[2] = {{.salt = 1, .stranger = true},
                        {.salt = 2, .stranger = true}};
    uint8_t ask[32] = "? who", junk[32] = "no question";
    int64_t until;
    struct ir_lan_count count;
    int i;

    (void)state;
    for (i = 0; i < 2; i++)
        assert_int_equal(ir_lan_new(&conf, &v[i].c, NULL), IR_OK);
    assert_true(turn(v, 2, 3000, both_many));
    assert_int_equal(ir_carrier_send(&v[1].c, v[1].many, junk, 32, NULL),
                     IR_OK);
    assert_int_equal(ir_carrier_send(&v[1].c, v[1].many, ask, 32, NULL), IR_OK);
    until = ir_clock_mono_ms() + 2000;
    while (got_back_n == 0 && ir_clock_mono_ms() < until) {
        (void)ir_carrier_run(&v[0].c, ir_clock_mono_ms(), &answers, &v[0]);
        (void)ir_carrier_run(&v[1].c, ir_clock_mono_ms(), &asks, &v[1]);
        (void)poll(NULL, 0, 5);
    }
    assert_int_equal(got_back_n, 32);
    assert_string_equal((const char *)got_back, "! who");
    ir_lan_counts(&v[0].c, &count);
    assert_int_equal(count.taken, 0);
    assert_true(count.strange >= 2);
    assert_int_equal(v[0].ups, 1); /* of the interface */
    assert_int_equal(v[0].whole + v[0].altered, 0);
    ir_carrier_close(&v[0].c);
    ir_carrier_close(&v[1].c);
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
        cmocka_unit_test(test_lan_back),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
