/* test_deliver.c: whom to try, when, by what, and when to stop. */
#include "core/deliver.h"
#include "unit.h"

#define T0 1000000000000LL
#define MIN 60000LL

enum { MORI, KATO };

struct scene {
    struct ir_way w[2][3];
    struct ir_recipient r[2];
    struct ir_attempt a[64];
    struct ir_deliver_in in;
    struct ir_due *due;
    size_t due_n;
    int64_t next_ms;
};

static const uint8_t alert[IR_ID_BYTES] = {7};

static void
begin(struct scene *s)
{
    static const char *const names[] = {"mori", "kato"};
    static const char *const channels[] = {"sms", "mail", "phone"};
    size_t i, k;

    memset(s, 0, sizeof *s);
    for (i = 0; i < 2; i++) {
        for (k = 0; k < 3; k++)
            s->w[i][k] =
                (struct ir_way){.channel = channels[k],
                                .address = i == MORI ? "104" : "105",
                                .use = k == 2 ? IR_WAY_BY_HAND : IR_WAY_OPEN};
        s->r[i] = (struct ir_recipient){
            .contact = names[i], .ways = s->w[i], .ways_n = 3};
    }
    s->in = (struct ir_deliver_in){
        .alert = alert, .out_ms = T0, .now_ms = T0, .attempts = s->a};
}

static void
said(struct scene *s, int who, int way, enum ir_outcome o, int64_t at,
     int64_t retry)
{
    struct ir_attempt *a = &s->a[s->in.attempts_n++];

    memcpy(a->alert, alert, sizeof alert);
    a->id[0] = (uint8_t)s->in.attempts_n;
    a->hlc = (uint64_t)at << 16 | s->in.attempts_n;
    a->at_ms = at;
    a->contact = (char *)(uintptr_t)s->r[who].contact;
    a->channel = (char *)(uintptr_t)s->w[who][way].channel;
    a->address = (char *)(uintptr_t)s->w[who][way].address;
    a->outcome = o;
    a->retry_at_ms = retry;
}

/* The same of a way by its name: their order changes with the hour. */
static void
said_by(struct scene *s, int who, const char *channel, enum ir_outcome o,
        int64_t at)
{
    int k = 0;

    while (strcmp(s->w[who][k].channel, channel) != 0)
        k++;
    said(s, who, k, o, at, 0);
}

/* What is due at `now`, as "mori/sms+0 kato/..." */
static const char *
due(struct scene *s, int64_t now)
{
    static char text[400];
    size_t i, n = 0;

    free(s->due);
    s->in.now_ms = now;
    ir_deliver(&s->in, s->r, 2, &s->due, &s->due_n, &s->next_ms);
    text[0] = '\0';
    for (i = 0; i < s->due_n; i++) {
        const struct ir_due *d = &s->due[i];

        n += (size_t)snprintf(
            text + n, sizeof text - n, "%s%s/%s+%d%s%s", i > 0 ? " " : "",
            s->r[d->recipient].contact, s->w[d->recipient][d->way].channel,
            (int)d->again, d->by_hand ? " hand" : "", d->shut ? " shut" : "");
    }
    return text;
}

static void
one_way_after_the_other(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    assert_string_equal(due(&s, T0), "mori/sms+0 kato/sms+0");
    assert_int_equal(s.next_ms, T0);
    assert_int_equal(s.r[MORI].reach, IR_REACH_NOT_YET);
    said(&s, MORI, 0, IR_OUTCOME_TRIED, T0, 0);
    said(&s, MORI, 0, IR_OUTCOME_HANDED, T0 + 10, 0);
    said(&s, KATO, 0, IR_OUTCOME_TRIED, T0, 0);
    said(&s, KATO, 0, IR_OUTCOME_FAILED, T0 + 20, T0 + 30020);
    /* Mori is waited for; Kato's next way is open at once */
    assert_string_equal(due(&s, T0 + 30), "kato/mail+0");
    assert_int_equal(s.r[MORI].reach, IR_REACH_HANDED);
    assert_int_equal(s.r[KATO].reach, IR_REACH_TRYING);
    said(&s, KATO, 1, IR_OUTCOME_TRIED, T0 + 30, 0);
    said(&s, KATO, 1, IR_OUTCOME_HANDED, T0 + 40, 0);
    assert_string_equal(due(&s, T0 + 1000), "");
    assert_int_equal(s.next_ms, T0 + 30020);
    assert_string_equal(due(&s, T0 + 30020), "kato/sms+1");
    said(&s, KATO, 0, IR_OUTCOME_TRIED, T0 + 30020, 0);
    said(&s, KATO, 0, IR_OUTCOME_HANDED, T0 + 30030, 0);
    /* nobody answers: the next way, after the wait */
    assert_string_equal(due(&s, T0 + 5 * MIN), "");
    assert_string_equal(due(&s, T0 + 5 * MIN + 10), "mori/mail+0");
    said(&s, MORI, 1, IR_OUTCOME_TRIED, T0 + 5 * MIN + 10, 0);
    said(&s, MORI, 1, IR_OUTCOME_DELIVERED, T0 + 5 * MIN + 20, 0);
    assert_string_equal(due(&s, T0 + 6 * MIN), "kato/phone+0 hand");
    assert_int_equal(s.r[MORI].reach, IR_REACH_DELIVERED);
    s.r[KATO].answered = true;
    assert_string_equal(due(&s, T0 + 6 * MIN), "");
    assert_int_equal(s.r[KATO].reach, IR_REACH_ANSWERED);
    assert_true(s.r[KATO].exhausted);
    assert_false(s.r[MORI].exhausted);
    assert_string_equal(due(&s, T0 + 11 * MIN), "mori/phone+0 hand");
    said(&s, MORI, 2, IR_OUTCOME_NO_ANSWER, T0 + 11 * MIN, 0);
    assert_string_equal(due(&s, T0 + 11 * MIN), "");
    assert_true(s.r[MORI].exhausted);
    assert_int_equal(s.next_ms, INT64_MAX);
    free(s.due);
}

/* The gravest go out on every way at once. */
static void
all_at_once(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    s.in.all = true;
    assert_string_equal(due(&s, T0),
                        "mori/sms+0 mori/mail+0 mori/phone+0 hand "
                        "kato/sms+0 kato/mail+0 kato/phone+0 hand");
    s.in.over = true;
    assert_string_equal(due(&s, T0), "");
    assert_int_equal(s.next_ms, INT64_MAX);
    free(s.due);
}

/* Killed between "tried" and the outcome: the same again, with its number. */
static void
cut_off(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    s.r[KATO].answered = true;
    said(&s, MORI, 0, IR_OUTCOME_TRIED, T0, 0);
    assert_string_equal(due(&s, T0 + 1), "mori/sms+0");
    said(&s, MORI, 0, IR_OUTCOME_FAILED, T0 + 2, T0 + 10);
    said(&s, MORI, 0, IR_OUTCOME_TRIED, T0 + 10, 0);
    assert_string_equal(due(&s, T0 + 11), "mori/sms+1");
    said(&s, MORI, 0, IR_OUTCOME_HANDED, T0 + 12, 0);
    assert_string_equal(due(&s, T0 + 13), "");
    /* what a slow carrier says late takes nothing back */
    said(&s, MORI, 0, IR_OUTCOME_FAILED, T0 + 14, T0 + 15);
    assert_string_equal(due(&s, T0 + 16), "");
    assert_int_equal(s.r[MORI].reach, IR_REACH_HANDED);
    free(s.due);
}

/* What a carrier took and reports as failed opens the next way, or is tried
 * again; what arrived, and who answered, stays. */
static void
reported_as_failed(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    s.r[KATO].answered = true;
    said(&s, MORI, 0, IR_OUTCOME_TRIED, T0, 0);
    said(&s, MORI, 0, IR_OUTCOME_HANDED, T0 + 10, 0);
    assert_string_equal(due(&s, T0 + 11), "");
    said(&s, MORI, 0, IR_OUTCOME_FAILED, T0 + 20, T0 + 90);
    s.a[s.in.attempts_n - 1].by = (char *)(uintptr_t)IR_ATTEMPT_BY_REPORT;
    assert_string_equal(due(&s, T0 + 21), "mori/mail+0");
    assert_int_equal(s.w[MORI][0].last, IR_OUTCOME_FAILED);
    said(&s, MORI, 1, IR_OUTCOME_TRIED, T0 + 22, 0);
    said(&s, MORI, 1, IR_OUTCOME_HANDED, T0 + 23, 0);
    assert_string_equal(due(&s, T0 + 90), "mori/sms+1");
    said(&s, MORI, 0, IR_OUTCOME_TRIED, T0 + 91, 0);
    said(&s, MORI, 0, IR_OUTCOME_DELIVERED, T0 + 92, 0);
    said(&s, MORI, 0, IR_OUTCOME_FAILED, T0 + 93, 0);
    s.a[s.in.attempts_n - 1].by = (char *)(uintptr_t)IR_ATTEMPT_BY_REPORT;
    assert_string_equal(due(&s, T0 + 94), "");
    assert_int_equal(s.r[MORI].reach, IR_REACH_DELIVERED);
    free(s.due);
}

/* A channel that is down is written down as failed, once, and passed over. */
static void
shut(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    s.r[KATO].answered = true;
    s.w[MORI][0].use = IR_WAY_SHUT;
    assert_string_equal(due(&s, T0), "mori/sms+0 shut mori/mail+0");
    said(&s, MORI, 0, IR_OUTCOME_FAILED, T0, 0);
    assert_string_equal(due(&s, T0), "mori/mail+0");
    said(&s, MORI, 1, IR_OUTCOME_TRIED, T0, 0);
    said(&s, MORI, 1, IR_OUTCOME_FAILED, T0, 0);
    assert_string_equal(due(&s, T0), "mori/phone+0 hand");
    said(&s, MORI, 2, IR_OUTCOME_NO_ANSWER, T0, 0);
    assert_string_equal(due(&s, T0 + MIN), "");
    assert_int_equal(s.r[MORI].reach, IR_REACH_FAILED);
    assert_true(s.r[MORI].exhausted);
    free(s.due);
}

/* A channel that answers nobody holds up no next way, and is due itself. */
static void
stalled(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    s.r[KATO].answered = true;
    s.w[MORI][0].stalled = true;
    assert_string_equal(due(&s, T0), "mori/sms+0 mori/mail+0");
    said(&s, MORI, 1, IR_OUTCOME_HANDED, T0, 0);
    assert_string_equal(due(&s, T0), "mori/sms+0");
    assert_string_equal(due(&s, T0 + 5 * MIN), "mori/sms+0 mori/phone+0 hand");
    said(&s, MORI, 0, IR_OUTCOME_HANDED, T0 + 5 * MIN, 0);
    s.w[MORI][0].stalled = false;
    assert_string_equal(due(&s, T0 + 6 * MIN), "");
    free(s.due);
}

/* A reply is no answer, but it ends the sending. */
static void
replied(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    said(&s, MORI, 0, IR_OUTCOME_TRIED, T0, 0);
    said(&s, MORI, 0, IR_OUTCOME_HANDED, T0, 0);
    s.a[0].number = 4;
    said(&s, MORI, 0, IR_OUTCOME_REPLIED, T0 + 5, 0);
    s.a[2].reply = (char *)(uintptr_t) "4a";
    (void)due(&s, T0 + 60 * MIN);
    assert_int_equal(s.r[MORI].reach, IR_REACH_REPLIED);
    assert_string_equal(s.r[MORI].reply, "4a");
    assert_int_equal(s.r[MORI].number, 4);
    assert_true(s.r[MORI].exhausted);
    assert_int_equal(s.r[KATO].reach, IR_REACH_NOT_YET);
    free(s.due);
}

/* Whose turn has not come is left alone until it does. */
static void
turns(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    s.r[MORI].open_ms = T0 + MIN;
    s.r[KATO].open_ms = INT64_MAX;
    assert_string_equal(due(&s, T0), "");
    assert_int_equal(s.next_ms, T0 + MIN);
    assert_false(s.r[MORI].exhausted);
    assert_string_equal(due(&s, T0 + MIN), "mori/sms+0");
    said(&s, MORI, 0, IR_OUTCOME_TRIED, T0 + MIN, 0);
    said(&s, MORI, 0, IR_OUTCOME_HANDED, T0 + MIN + 5, 0);
    assert_string_equal(due(&s, T0 + 5 * MIN + 100), "");
    assert_string_equal(due(&s, T0 + 6 * MIN + 5), "mori/mail+0");
    assert_int_equal(s.r[MORI].last_ms, T0 + MIN + 5);
    free(s.due);
}

/* In whatever order the attempts come in, the same is due. */
static void
any_order(void **state)
{
    struct scene s;
    char want[400];
    size_t i, k;

    (void)state;
    begin(&s);
    for (i = 0; i < 3; i++) {
        said(&s, MORI, (int)i, IR_OUTCOME_TRIED, T0 + (int64_t)i * MIN, 0);
        said(&s, KATO, (int)i, IR_OUTCOME_TRIED, T0 + (int64_t)i * MIN, 0);
        said(&s, MORI, (int)i, IR_OUTCOME_FAILED, T0 + (int64_t)i * MIN + 9,
             T0 + 9 * MIN);
        said(&s, KATO, (int)i, i == 1 ? IR_OUTCOME_HANDED : IR_OUTCOME_FAILED,
             T0 + (int64_t)i * MIN + 9, 0);
    }
    snprintf(want, sizeof want, "%s", due(&s, T0 + 9 * MIN));
    assert_true(want[0] != '\0');
    srand(1);
    for (k = 0; k < 200; k++) {
        for (i = s.in.attempts_n; i > 1; i--) {
            size_t j = (size_t)rand() % i;
            struct ir_attempt t = s.a[j];

            s.a[j] = s.a[i - 1];
            s.a[i - 1] = t;
        }
        assert_string_equal(due(&s, T0 + 9 * MIN), want);
    }
    free(s.due);
}

/* The clock goes back by a day: waits begin anew, nothing is stuck. */
static void
clock_back(void **state)
{
    struct scene s;
    int64_t then = T0 - 24 * 60 * MIN;

    (void)state;
    begin(&s);
    said(&s, MORI, 0, IR_OUTCOME_TRIED, T0, 0);
    said(&s, MORI, 0, IR_OUTCOME_HANDED, T0, 0);
    said(&s, KATO, 0, IR_OUTCOME_TRIED, T0, 0);
    said(&s, KATO, 0, IR_OUTCOME_FAILED, T0, T0 + MIN);
    assert_string_equal(due(&s, then), "mori/mail+0 kato/sms+1 kato/mail+0");
    assert_string_equal(due(&s, T0 - 60 * MIN),
                        "mori/mail+0 kato/sms+1 kato/mail+0");
    said(&s, MORI, 1, IR_OUTCOME_HANDED, T0 - 60 * MIN, 0);
    said(&s, KATO, 1, IR_OUTCOME_HANDED, T0 - 60 * MIN, 0);
    /* tried again it waits: another device's clock may be ahead for good */
    said(&s, KATO, 0, IR_OUTCOME_TRIED, T0 - 60 * MIN, 0);
    s.a[s.in.attempts_n - 1].hlc = 0;
    assert_string_equal(due(&s, T0 - 60 * MIN), "");
    assert_int_equal(s.next_ms, T0 - 59 * MIN);
    assert_string_equal(due(&s, T0 - 59 * MIN), "kato/sms+2");
    free(s.due);
}

static void
again(void **state)
{
    int64_t sum = 0;
    size_t i;

    (void)state;
    assert_int_equal(ir_deliver_again(1), 30000);
    assert_int_equal(ir_deliver_again(2), 60000);
    assert_int_equal(ir_deliver_again(3), 120000);
    assert_int_equal(ir_deliver_again(IR_DELIVER_AGAIN_MAX), 0);
    for (i = 1; i < IR_DELIVER_AGAIN_MAX; i++) {
        assert_true(ir_deliver_again(i) >=
                    ir_deliver_again(i == 1 ? 1 : i - 1));
        assert_true(ir_deliver_again(i) <= IR_DELIVER_LAST_AGAIN_MS);
        sum += ir_deliver_again(i);
    }
    assert_true(sum > 6 * 60 * MIN); /* a night's outage is outlived */
}

/* What was handed over goes a second time only when somebody asks. */
static void
asked_anew(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    s.r[KATO].answered = true;
    said(&s, MORI, 0, IR_OUTCOME_TRIED, T0, 0);
    said(&s, MORI, 0, IR_OUTCOME_HANDED, T0 + 10, 0);
    said(&s, MORI, 0, IR_OUTCOME_REPLIED, T0 + 20, 0);
    assert_string_equal(due(&s, T0 + MIN), "");
    assert_int_equal(s.r[MORI].reach, IR_REACH_REPLIED);
    assert_int_equal(s.w[MORI][0].asked_n, 0);
    said(&s, MORI, 0, IR_OUTCOME_NO_ANSWER, T0 + 2 * MIN, T0 + 2 * MIN);
    assert_string_equal(due(&s, T0 + 2 * MIN), "mori/sms+1 mori/mail+0");
    assert_int_equal(s.w[MORI][0].asked_n, 1);
    said(&s, MORI, 0, IR_OUTCOME_TRIED, T0 + 2 * MIN, 0);
    said(&s, MORI, 0, IR_OUTCOME_HANDED, T0 + 2 * MIN + 1, 0);
    assert_string_equal(due(&s, T0 + 2 * MIN + 2), "");
    assert_int_equal(s.r[MORI].reach, IR_REACH_HANDED);
    /* one who did not pick up the telephone is not rung again by itself */
    said(&s, MORI, 2, IR_OUTCOME_NO_ANSWER, T0 + 3 * MIN, 0);
    assert_string_equal(due(&s, T0 + 3 * MIN), "");
    free(s.due);
}

/* A way that carried the mistake waits for none before it; what a person has to
 * do is named and is no moment to look again. */
static void
same_way_at_once(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    s.r[KATO].answered = true;
    s.w[MORI][1].at_once = true;
    assert_string_equal(due(&s, T0), "mori/sms+0 mori/mail+0");
    said(&s, MORI, 0, IR_OUTCOME_TRIED, T0, 0);
    said(&s, MORI, 0, IR_OUTCOME_FAILED, T0 + 1, 0);
    said(&s, MORI, 1, IR_OUTCOME_TRIED, T0, 0);
    said(&s, MORI, 1, IR_OUTCOME_FAILED, T0 + 1, 0);
    assert_int_equal(s.w[MORI][0].failed_n, 0);
    assert_string_equal(due(&s, T0 + 2), "mori/phone+0 hand");
    assert_int_equal(s.w[MORI][0].failed_n, 1);
    assert_true(s.next_ms == INT64_MAX);
    free(s.due);
}

/* What is missed by a way that was shut and is open again. */
static void
missed(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
#define MISSED(k) ir_deliver_missed(&s.r[MORI], &s.w[MORI][k])
    s.w[MORI][0].use = IR_WAY_SHUT;
    said(&s, MORI, 0, IR_OUTCOME_FAILED, T0, 0);
    said(&s, MORI, 1, IR_OUTCOME_TRIED, T0, 0);
    said(&s, MORI, 1, IR_OUTCOME_FAILED, T0 + 10, T0 + MIN);
    (void)due(&s, T0 + 20);
    assert_int_equal(MISSED(0), IR_MISSED_NOT); /* it is shut still */
    s.w[MORI][0].use = IR_WAY_OPEN;
    (void)due(&s, T0 + 20);
    assert_int_equal(MISSED(0), IR_MISSED_SHUT);
    assert_int_equal(MISSED(1), IR_MISSED_TRYING);
    s.w[MORI][1].ok_ms = T0 + 15; /* said to work since it failed */
    assert_int_equal(MISSED(1), IR_MISSED_FAILED);
    said(&s, MORI, 0, IR_OUTCOME_TRIED, T0 + 30, 0);
    (void)due(&s, T0 + 30);
    assert_int_equal(MISSED(0), IR_MISSED_TRYING);
    said(&s, MORI, 0, IR_OUTCOME_HANDED, T0 + 40, 0);
    (void)due(&s, T0 + 40);
    assert_int_equal(MISSED(0), IR_MISSED_NOT);
    s.r[MORI].answered = true;
    (void)due(&s, T0 + 40);
    assert_int_equal(MISSED(1), IR_MISSED_NOT);
    free(s.due);
}

/* A number that was not in what went to them: they answer something else, or
 * somebody guesses. */
static void
another_number(void **state)
{
    static char wrong[] = "7a", right[] = "4a", words[] = "which one?";
    struct scene s;

    (void)state;
    begin(&s);
    said(&s, MORI, 0, IR_OUTCOME_HANDED, T0 + 1, 0);
    s.a[0].number = 4;
    said(&s, MORI, 0, IR_OUTCOME_REPLIED, T0 + 5, 0);
    s.a[1].reply = wrong;
    said(&s, KATO, 0, IR_OUTCOME_HANDED, T0 + 1, 0);
    assert_string_equal(due(&s, T0 + 6 * MIN), "mori/mail+0 kato/mail+0");
    assert_int_equal(s.r[MORI].reach, IR_REACH_HANDED);
    assert_null(s.r[MORI].reply);
    assert_string_equal(s.r[MORI].other, "7a");
    s.a[1].reply = right;
    assert_string_equal(due(&s, T0 + 6 * MIN), "kato/mail+0");
    assert_int_equal(s.r[MORI].reach, IR_REACH_REPLIED);
    s.a[1].reply = words;
    assert_string_equal(due(&s, T0 + 6 * MIN), "kato/mail+0");
    free(s.due);
}

/* By day the desk first, by night what is with them; nothing is left out, and
 * what was begun goes on when the hour changes. */
static void
by_the_hour(void **state)
{
    struct scene s;
    size_t k;

    (void)state;
    begin(&s);
    s.w[MORI][0].hours = IR_WAY_AT_WORK;  /* sms */
    s.w[MORI][1].hours = IR_WAY_OFF_WORK; /* mail */
    for (k = 0; k < 3; k++)
        s.w[MORI][k].place = s.w[KATO][k].place = k;
    s.w[KATO][0].hours = IR_WAY_AT_WORK;
    /* of whom no hours are known: as listed */
    assert_string_equal(due(&s, T0), "mori/sms+0 kato/sms+0");
    s.r[MORI].duty = IR_DUTY_OFF;
    s.r[KATO].duty = IR_DUTY_ON;
    /* not at work: last of all, the desk last of theirs */
    assert_string_equal(due(&s, T0), "kato/sms+0 mori/mail+0");
    s.r[MORI].duty = IR_DUTY_ON;
    assert_string_equal(due(&s, T0), "mori/sms+0 kato/sms+0");
    assert_string_equal(s.r[MORI].ways[2].channel, "mail");
    s.r[MORI].duty = IR_DUTY_UNKNOWN;
    assert_string_equal(due(&s, T0), "mori/sms+0 kato/sms+0");
    assert_string_equal(s.r[MORI].ways[1].channel, "mail");
    /* every way of theirs is tried in the end */
    s.r[KATO].answered = true;
    s.r[MORI].duty = IR_DUTY_OFF;
    said_by(&s, MORI, "mail", IR_OUTCOME_HANDED, T0);
    assert_string_equal(due(&s, T0 + 5 * MIN), "mori/phone+0 hand mori/sms+0");
    /* the gravest: by all of them at once, whatever the hour */
    s.in.all = true;
    assert_string_equal(due(&s, T0 + 1), "mori/phone+0 hand mori/sms+0");
    free(s.due);
}

/* A routine message waits for them, and once begun no more. */
static void
waits_for_hours(void **state)
{
    struct scene s;

    (void)state;
    begin(&s);
    s.r[KATO].answered = true;
    s.r[MORI].quiet_ms = T0 + 60 * MIN;
    assert_string_equal(due(&s, T0), "");
    assert_true(ir_deliver_waits(&s.r[MORI], T0));
    assert_int_equal(s.next_ms, T0 + 60 * MIN);
    assert_false(s.r[MORI].exhausted);
    assert_string_equal(due(&s, T0 + 60 * MIN), "mori/sms+0");
    /* somebody does not want to wait */
    said(&s, MORI, 0, IR_OUTCOME_NO_ANSWER, T0 + MIN, T0 + MIN);
    assert_string_equal(due(&s, T0 + MIN), "mori/sms+0 mori/mail+0");
    assert_false(ir_deliver_waits(&s.r[MORI], T0 + MIN));
    free(s.due);
}

/* Whoever asks for it over and over has nobody written to without end. */
static void
asked_too_often(void **state)
{
    struct scene s;
    int i;

    (void)state;
    begin(&s);
    s.r[KATO].answered = true;
    for (i = 0; i < IR_DELIVER_ASKED_MAX; i++) {
        said(&s, MORI, 1, IR_OUTCOME_NO_ANSWER, T0 + i * MIN, T0 + i * MIN);
        said(&s, MORI, 1, IR_OUTCOME_HANDED, T0 + i * MIN + 1, 0);
    }
    said(&s, MORI, 0, IR_OUTCOME_HANDED, T0 + 30 * MIN, 0);
    assert_string_equal(due(&s, T0 + 30 * MIN + 5), "");
    said(&s, MORI, 1, IR_OUTCOME_NO_ANSWER, T0 + 31 * MIN, T0 + 31 * MIN);
    assert_string_equal(due(&s, T0 + 31 * MIN), "");
    assert_int_equal(s.w[MORI][1].asked_n, IR_DELIVER_ASKED_MAX);
    free(s.due);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_way_after_the_other),
        cmocka_unit_test(all_at_once),
        cmocka_unit_test(cut_off),
        cmocka_unit_test(reported_as_failed),
        cmocka_unit_test(shut),
        cmocka_unit_test(stalled),
        cmocka_unit_test(replied),
        cmocka_unit_test(another_number),
        cmocka_unit_test(any_order),
        cmocka_unit_test(turns),
        cmocka_unit_test(clock_back),
        cmocka_unit_test(asked_anew),
        cmocka_unit_test(asked_too_often),
        cmocka_unit_test(same_way_at_once),
        cmocka_unit_test(again),
        cmocka_unit_test(missed),
        cmocka_unit_test(by_the_hour),
        cmocka_unit_test(waits_for_hours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
