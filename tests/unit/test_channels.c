/* test_channels.c: which ways to reach people work, by whose word. */
#include "case_make.h"
#include "core/channels.h"

enum { ITO, MORI, TANAKA, NODE }; /* NODE: a device of Tanaka's */

static struct world *
scene(void)
{
    static const uint8_t seed[IR_SEED_BYTES] = {99};
    uint8_t custodian[8] = {TANAKA + 1};
    struct world *w = world_new(3);
    struct ir_bodyw b = {0};
    struct ir_entry *e;

    w->key[NODE] = ir_key_from_seed(seed);
    w->people = 4;
    e = trust_entry(w, IR_KIND_DEVICE);
    ir_bodyw_bytes(&b, 1, custodian, 8);
    ir_bodyw_bytes(&b, 3, w->key[NODE]->pub, 32);
    ir_bodyw_bytes(&b, 4, w->key[NODE]->pub, 32);
    seal(w, e, ITO, &b, w->site_id);
    world_trust(w);
    (void)incident(w, ITO, 1, NULL, 1);
    return w;
}

static void
say(struct world *w, int who, const char *channel, enum ir_channel_state s)
{
    struct ir_bodyw b = {0};

    ir_bodyw_text(&b, 1, channel);
    ir_bodyw_uint(&b, 2, (uint64_t)s);
    (void)put(w, who, IR_KIND_CHANNEL, &b);
}

/* What holds of the channel, `mail` or not, for that status. */
static enum ir_channel_state
state(struct world *w, const char *channel, bool mail, int status)
{
    const struct ir_entry *e[ENTRIES_MAX];
    struct ir_channels c;
    enum ir_channel_state s;
    size_t i;

    for (i = 0; i < w->n; i++)
        e[i] = &w->e[i];
    ir_channels_fold(&w->trust, e, w->n, status, &c);
    s = ir_channels_state(&c, channel, mail);
    ir_channels_done(&c);
    return s;
}

#define SMTP(w) state(w, "smtp", true, IR_ACTUAL)

static void
newest_word(void **state_)
{
    struct world *w = scene();

    (void)state_;
    assert_int_equal(SMTP(w), IR_CHANNEL_UNKNOWN);
    say(w, ITO, "sms", IR_CHANNEL_DOWN);
    assert_int_equal(SMTP(w), IR_CHANNEL_UNKNOWN);
    assert_int_equal(state(w, "sms", false, IR_ACTUAL), IR_CHANNEL_DOWN);
    say(w, NODE, "smtp", IR_CHANNEL_DOWN);
    assert_int_equal(SMTP(w), IR_CHANNEL_DOWN);
    say(w, NODE, "smtp", IR_CHANNEL_OK);
    assert_int_equal(SMTP(w), IR_CHANNEL_OK);
    say(w, MORI, "smtp", IR_CHANNEL_DOWN);
    say(w, NODE, "smtp", IR_CHANNEL_OK); /* found since */
    assert_int_equal(SMTP(w), IR_CHANNEL_OK);
    world_free(w);
}

/* Only a person takes back that somebody else may be reading. */
static void
distrust_stays(void **state_)
{
    struct world *w = scene();

    (void)state_;
    say(w, MORI, "mail", IR_CHANNEL_DISTRUSTED);
    say(w, NODE, "mail", IR_CHANNEL_OK);
    say(w, NODE, "smtp", IR_CHANNEL_OK);
    assert_int_equal(SMTP(w), IR_CHANNEL_DISTRUSTED);
    assert_int_equal(state(w, "smtp", false, IR_ACTUAL), IR_CHANNEL_OK);
    say(w, ITO, "email", IR_CHANNEL_OK); /* the same by another name */
    assert_int_equal(SMTP(w), IR_CHANNEL_OK);
    world_free(w);
}

/* An exercise in which mail is down takes mail from nobody. */
static void
exercise(void **state_)
{
    struct world *w = scene();

    (void)state_;
    say(w, ITO, "sms", IR_CHANNEL_DOWN);
    w->status = IR_EXERCISE;
    say(w, MORI, "mail", IR_CHANNEL_DISTRUSTED);
    assert_int_equal(SMTP(w), IR_CHANNEL_UNKNOWN);
    assert_int_equal(state(w, "smtp", true, IR_EXERCISE),
                     IR_CHANNEL_DISTRUSTED);
    assert_int_equal(state(w, "sms", false, IR_EXERCISE), IR_CHANNEL_DOWN);
    world_free(w);
}

/* What a device is to write down of `found` after what was said. */
static bool
news(struct world *w, const char *channel, enum ir_channel_state found)
{
    const struct ir_entry *e[ENTRIES_MAX];
    struct ir_channels c;
    bool yes;
    size_t i;

    for (i = 0; i < w->n; i++)
        e[i] = &w->e[i];
    ir_channels_fold(&w->trust, e, w->n, IR_ACTUAL, &c);
    yes = ir_channels_news(&c, channel, found);
    ir_channels_done(&c);
    return yes;
}

static void
what_is_news(void **state_)
{
    struct world *w = scene();

    (void)state_;
    assert_true(news(w, "smtp", IR_CHANNEL_OK));
    say(w, NODE, "smtp", IR_CHANNEL_OK);
    assert_false(news(w, "smtp", IR_CHANNEL_OK));
    assert_true(news(w, "smtp", IR_CHANNEL_DOWN));
    assert_true(news(w, "sms", IR_CHANNEL_OK));
    say(w, MORI, "smtp", IR_CHANNEL_DISTRUSTED);
    assert_false(news(w, "smtp", IR_CHANNEL_OK));
    assert_false(news(w, "smtp", IR_CHANNEL_DOWN));
    say(w, MORI, "smtp", IR_CHANNEL_DOWN);
    assert_true(news(w, "smtp", IR_CHANNEL_OK));
    world_free(w);
}

/* What another device found says nothing of the ways from here; what people say
 * does, and nobody's device undoes that. */
static void
from_here(void **state_)
{
    static const uint8_t other[IR_KEYID_BYTES] = {1};
    const struct ir_entry *e[ENTRIES_MAX];
    struct world *w = scene();
    struct ir_channels c;
    uint8_t node[IR_KEYID_BYTES];
    size_t i;

    (void)state_;
    ir_key_id(w->key[NODE]->pub, node);
    say(w, MORI, "sms", IR_CHANNEL_DOWN);
    say(w, NODE, "sms", IR_CHANNEL_OK);
    say(w, NODE, "smtp", IR_CHANNEL_DOWN);
    for (i = 0; i < w->n; i++)
        e[i] = &w->e[i];
    ir_channels_fold_at(&w->trust, e, w->n, IR_ACTUAL, other, &c);
    assert_int_equal(ir_channels_state(&c, "smtp", true), IR_CHANNEL_UNKNOWN);
    assert_int_equal(ir_channels_state(&c, "sms", false), IR_CHANNEL_DOWN);
    ir_channels_done(&c);
    ir_channels_fold_at(&w->trust, e, w->n, IR_ACTUAL, node, &c);
    assert_int_equal(ir_channels_state(&c, "smtp", true), IR_CHANNEL_DOWN);
    assert_int_equal(ir_channels_state(&c, "sms", false), IR_CHANNEL_OK);
    ir_channels_done(&c);
    world_free(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newest_word),    cmocka_unit_test(from_here),
        cmocka_unit_test(distrust_stays), cmocka_unit_test(exercise),
        cmocka_unit_test(what_is_news),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
