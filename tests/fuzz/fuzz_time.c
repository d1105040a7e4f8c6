/* fuzz_time.c: moments, durations and dates: outputs untouched on refusal, in
 * range on success, and what is written is read back. The first byte is the
 * zone, the next four the moment "now", in units of 100 seconds.
 */
#include "base/buf.h"
#include "base/time.h"
#include "fuzz.h"

#include <string.h>

static const char *const zones[] = {
    "Asia/Tokyo",     "America/New_York",    "UTC",
    "Europe/London",  "Australia/Lord_Howe", "America/St_Johns",
    "Asia/Kathmandu", "Pacific/Apia",
};

static void
check_written(int64_t ms, int64_t now)
{
    char text[32], again[32];
    int64_t back = 0;
    int prec;

    ir_time_rfc3339(ms, text, sizeof text);
    MUST(ir_time_parse(text, now, &back, &prec, NULL) == IR_OK);
    MUST(back == ms - ms % 1000 && prec == IR_PREC_SECOND);
    if (ms > now)
        return;
    ir_time_text(ms, now, text, sizeof text);
    MUST(ir_time_parse(text, now, &back, &prec, NULL) == IR_OK);
    ir_time_text(back, now, again, sizeof again);
    MUST(prec == IR_PREC_MINUTE && strcmp(text, again) == 0);
}

static void
check_moment(const char *s, int64_t now)
{
    struct ir_err err = {0};
    int64_t ms = -7, end = 0;
    int prec = -7, rc = ir_time_parse(s, now, &ms, &prec, &err);

    if (rc != IR_OK) {
        MUST(rc == IR_EPARSE && ms == -7 && prec == -7);
        MUST(err.code == rc && err.hint[0] != '\0');
        return;
    }
    MUST(ms >= 0 && prec >= IR_PREC_EXACT && prec <= IR_PREC_UNSURE);
    if (ms / 1000 > IR_TIME_SECS_MAX - 86400 * 500 || ms < 86400000)
        return;
    check_written(ms, now);
    MUST(ir_time_add_days(ms, 3, false, NULL, &end, NULL) == IR_OK);
    MUST(end > ms && end - ms < 5 * INT64_C(86400000));
    MUST(ir_time_add_months(ms, 1) > ms);
    MUST(ir_time_wday(ms) >= 0 && ir_time_wday(ms) <= 6);
}

static void
check_duration(const char *s, size_t len)
{
    int64_t secs = -7, again = 0;
    char text[24];
    int rc = ir_duration_parse(s, len, &secs, NULL);

    if (rc != IR_OK) {
        MUST(secs == -7 && (rc == IR_EPARSE || rc == IR_ELIMIT));
        return;
    }
    MUST(secs >= 1 && secs <= IR_DURATION_MAX);
    ir_duration_text(secs, text, sizeof text);
    MUST(ir_duration_parse(text, strlen(text), &again, NULL) == IR_OK);
    MUST(again <= secs && secs - again < 3600);
    MUST(secs >= 3600 || again == secs);
}

static void
check_date(const char *s)
{
    int32_t date = -7;
    char text[16];

    if (ir_date_parse(s, &date, NULL) != IR_OK) {
        MUST(date == -7);
        return;
    }
    snprintf(text, sizeof text, "%04d-%02d-%02d", date / 10000,
             date / 100 % 100, date % 100);
    MUST(strcmp(text, s) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t now = 0;
    char *s;

    if (size < 5)
        return 0;
    MUST(ir_time_zone_set(zones[data[0] % 8], NULL) == IR_OK);
    for (int i = 1; i < 5; i++)
        now = now << 8 | data[i];
    now = (now & 0xFFFFFFF) * 100000;
    s = ir_strndup((const char *)data + 5, size - 5);
    check_moment(s, now);
    check_duration((const char *)data + 5, size - 5);
    check_date(s);
    (void)ir_is_unknown(s);
    free(s);
    return 0;
}
