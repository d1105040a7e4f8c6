/* moment.c: ir_time_parse and ir_is_unknown of time.h: moments as a person
 * types them at night, in English or Japanese, with or without an input
 * method.
 */
#include "base/buf.h"
#include "base/i18n.h"
#include "base/time.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 128 /* bytes looked at */
#define BACK_YEARS 8 /* a 29 February is never further away */

/* What the text said, as far as it said it. */
struct moment {
    struct ir_local l;
    bool year, date, clock, zone;
    int ms, off_min; /* of the second; east of UTC */
    int prec;
};

/* Move past `word` if it stands here. */
static bool
lit(const char **p, const char *word)
{
    size_t n = strlen(word);

    if (strncmp(*p, word, n) != 0)
        return false;
    *p += n;
    return true;
}

/* Move past a number of `least` to `most` digits. */
static bool
num(const char **p, size_t least, size_t most, int *v)
{
    size_t n = strspn(*p, "0123456789");

    if (n < least || n > most)
        return false;
    *v = 0;
    for (size_t i = 0; i < n; i++)
        *v = *v * 10 + ((*p)[i] - '0');
    *p += n;
    return true;
}

static void
spaces(const char **p)
{
    *p += strspn(*p, " ");
}

/* The text as it is compared: fullwidth to ASCII, lower case, trimmed.
 *
 * Owns:   the caller frees with free(); NULL if it is too long.
 */
static char *
plain(const char *text)
{
    struct ir_buf b = {0};
    char *s, *end;
    size_t lead;

    if (strnlen(text, TEXT_MAX + 1) > TEXT_MAX)
        return NULL;
    ir_utf8_narrow(&b, text);
    s = ir_buf_take(&b);
    for (char *p = s; *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p += 'a' - 'A';
        else if (*p == '\t' || *p == '\n' || *p == '\r')
            *p = ' ';
    }
    end = s + strlen(s);
    while (end > s && end[-1] == ' ')
        *--end = '\0';
    lead = strspn(s, " ");
    memmove(s, s + lead, strlen(s + lead) + 1);
    return s;
}

/* Take "~" and "about" from the front, "頃" from the end of `s`. */
static bool
take_unsure(char **s)
{
    static const char *const front[] = {"~", "〜", "about ", "約"};
    static const char *const back[] = {"頃", "ごろ", "ころ"};
    const char *p = *s;
    bool unsure = false;

    for (size_t i = 0; i < 4 && !unsure; i++)
        unsure = lit(&p, front[i]);
    spaces(&p);
    *s += p - *s;
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(back[i]), len = strlen(*s);

        if (len <= n || strcmp(*s + len - n, back[i]) != 0)
            continue;
        (*s)[len - n] = '\0';
        while (len > n && (*s)[len - n - 1] == ' ')
            (*s)[--len - n] = '\0';
        return true;
    }
    return unsure;
}

/* A hyphen, or what an input method makes of its key. */
static bool
dash(const char **p)
{
    return lit(p, "-") || lit(p, "ー") || lit(p, "−");
}

/* "20m ago", "2h30m ago", "2時間30分前"; *prec is that of the last unit. */
static bool
parse_ago(const char *s, int64_t *secs, int *prec)
{
    static const struct {
        const char *en, *ja;
        int secs, prec;
    } units[] = {
        {"d", "日", 86400, IR_PREC_DAY},
        {"h", "時間", 3600, IR_PREC_HOUR},
        {"m", "分", 60, IR_PREC_MINUTE},
        {"s", "秒", 1, IR_PREC_SECOND},
    };
    bool en = false, ja = false;
    size_t next = 0;

    *secs = 0;
    while (*s >= '0' && *s <= '9') {
        size_t u = next;
        int n;

        if (!num(&s, 1, 7, &n))
            return false;
        for (; u < 4; u++) {
            if (!ja && lit(&s, units[u].en)) {
                en = true;
                break;
            }
            if (!en && lit(&s, units[u].ja)) {
                ja = true;
                break;
            }
        }
        if (u == 4)
            return false;
        *secs += (int64_t)n * units[u].secs;
        *prec = units[u].prec;
        next = u + 1;
    }
    if (*secs > IR_DURATION_MAX || !(en || ja))
        return false;
    spaces(&s);
    return strcmp(s, en ? "ago" : "前") == 0;
}

/* A date with or without its year: 2026-11-21, 2026/11/21, 2026年11月21日,
 * 11-21, 11月21日 (11/21 is read differently by different people: refused).
 */
static bool
parse_date(const char **p, struct moment *m)
{
    const char *s = *p;
    bool slash = false, kanji = false;

    if (num(&s, 4, 4, &m->l.year)) {
        m->year = true;
        slash = lit(&s, "/");
        kanji = !slash && lit(&s, "年");
        if (!slash && !kanji && !dash(&s))
            return false;
    }
    if (!num(&s, 1, 2, &m->l.month))
        return false;
    if (!m->year)
        kanji = lit(&s, "月");
    else if (kanji && !lit(&s, "月"))
        return false;
    if (!kanji && !(slash ? lit(&s, "/") : dash(&s)))
        return false;
    if (!num(&s, 1, 2, &m->l.day) || (kanji && !lit(&s, "日")))
        return false;
    m->date = true;
    m->prec = IR_PREC_DAY;
    *p = s;
    return true;
}

/* "am", "p.m." behind a clock: 'a' or 'p'; 0: there is none. */
static char
english_half(const char **p)
{
    static const char *const words[] = {"am", "a.m.", "pm", "p.m."};
    const char *s = *p;

    spaces(&s);
    for (size_t i = 0; i < 4; i++)
        if (lit(&s, words[i])) {
            *p = s;
            return words[i][0];
        }
    return 0;
}

/* The hour of a clock of twelve. */
static bool
take_half(char half, int *hour)
{
    if (half == 0)
        return true;
    if (*hour > 12)
        return false;
    *hour = *hour % 12 + (half == 'p' ? 12 : 0);
    return true;
}

/* A clock: 2:40, 02:40:15, 02:40:15.123, 2:40 pm, 2am, 2時, 2時半, 午後2時40分,
 * 2時40分15秒. */
static bool
parse_clock(const char **p, struct moment *m)
{
    const char *s = *p;
    char half = lit(&s, "午前") ? 'a' : lit(&s, "午後") ? 'p' : 0;

    spaces(&s);
    if (!num(&s, 1, 2, &m->l.hour))
        return false;
    if (half == 0 && (half = english_half(&s)) != 0) {
        m->prec = IR_PREC_HOUR;
    } else if (lit(&s, "時")) {
        m->prec = IR_PREC_HOUR;
        if (lit(&s, "半")) {
            m->l.min = 30;
            m->prec = IR_PREC_MINUTE;
        } else if (num(&s, 1, 2, &m->l.min)) {
            if (!lit(&s, "分"))
                return false;
            m->prec = IR_PREC_MINUTE;
            if (num(&s, 1, 2, &m->l.sec)) {
                if (!lit(&s, "秒"))
                    return false;
                m->prec = IR_PREC_SECOND;
            }
        }
    } else {
        if (!lit(&s, ":") || !num(&s, 2, 2, &m->l.min))
            return false;
        m->prec = IR_PREC_MINUTE;
        if (lit(&s, ":")) {
            if (!num(&s, 2, 2, &m->l.sec))
                return false;
            m->prec = IR_PREC_SECOND;
            if (lit(&s, ".")) {
                size_t n = strspn(s, "0123456789");

                if (n < 1 || n > 9)
                    return false;
                for (size_t i = 0; i < 3; i++)
                    m->ms = m->ms * 10 + (i < n ? s[i] - '0' : 0);
                s += n;
                m->prec = IR_PREC_EXACT;
            }
        }
        if (half == 0)
            half = english_half(&s);
    }
    m->clock = true;
    *p = s;
    return take_half(half, &m->l.hour) && m->l.hour <= 23 && m->l.min <= 59 &&
           m->l.sec <= 59;
}

/* "z", "+09:00", "+0900". */
static bool
parse_zone(const char **p, struct moment *m)
{
    const char *s = *p;
    int h, min, sign = *s == '-' ? -1 : 1;

    m->zone = true;
    if (lit(p, "z"))
        return true;
    if (*s != '+' && *s != '-')
        return false;
    s++;
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
        return false;
    h = (s[0] - '0') * 10 + (s[1] - '0');
    s += 2;
    lit(&s, ":");
    if (!num(&s, 2, 2, &min) || h > 14 || min > 59)
        return false;
    m->off_min = sign * (h * 60 + min);
    *p = s;
    return true;
}

/* A word for a day, counted back from `now`. */
static bool
parse_day_word(const char **p, int64_t now_ms, struct moment *m)
{
    static const struct {
        const char *word;
        int back;
    } words[] = {
        {"yesterday", 1}, {"today", 0},  {"昨日", 1},
        {"今日", 0},      {"本日", 0},   {"一昨日", 2},
        {"おととい", 2},  {"きのう", 1}, {"きょう", 0},
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct ir_local l;
        int64_t noon[2];

        if (!lit(p, words[i].word))
            continue;
        ir_time_local(now_ms, &l);
        l.hour = 12;
        l.min = l.sec = 0;
        l.day -= words[i].back; /* 0 and below are the month before */
        ir_time_from_local(&l, noon);
        ir_time_local(noon[0], &l);
        m->l.year = l.year;
        m->l.month = l.month;
        m->l.day = l.day;
        m->year = m->date = true;
        m->prec = IR_PREC_DAY;
        return true;
    }
    return false;
}

/* Read all of `s` into its parts. */
static bool
parse_parts(const char *s, int64_t now_ms, struct moment *m)
{
    memset(m, 0, sizeof *m);
    if (parse_day_word(&s, now_ms, m) || parse_date(&s, m)) {
        bool t = lit(&s, "t");

        if (!t)
            spaces(&s);
        if (*s == '\0')
            return !t;
    } else {
        memset(m, 0, sizeof *m);
    }
    if (!parse_clock(&s, m))
        return false;
    if (*s != '\0' && m->year) {
        spaces(&s);
        if (!parse_zone(&s, m))
            return false;
    }
    return *s == '\0';
}

/* The last moment not after `limit` at which the zone shows `l`; if all are
 * after it, the first, and *past is false.
 *
 * Errors: IR_ENOTFOUND the zone skips it (the beginning of a day never is).
 */
static int
last_at(const struct ir_local *l, int64_t limit, bool whole_day, int64_t *ms,
        bool *past)
{
    int64_t found[2];
    int n = ir_time_from_local(l, found);

    *ms = n == 2 && !whole_day && found[1] <= limit ? found[1] : found[0];
    *past = *ms <= limit;
    return n == 0 && !whole_day ? IR_ENOTFOUND : IR_OK;
}

/* The moment meant by the parts. */
static int
resolve(struct moment *m, int64_t now_ms, int64_t *ms)
{
    int64_t limit = now_ms + (int64_t)IR_TIME_AHEAD_S * 1000;
    struct ir_local now;
    bool past = false;

    ir_time_local(now_ms, &now);
    if (m->zone) {
        if (!ir_date_ok(m->l.year, m->l.month, m->l.day))
            return IR_EPARSE;
        *ms = ir_time_utc(&m->l) - (int64_t)m->off_min * 60000;
        return IR_OK;
    }
    if (m->year) {
        if (!ir_date_ok(m->l.year, m->l.month, m->l.day))
            return IR_EPARSE;
        return last_at(&m->l, limit, !m->clock, ms, &past);
    }
    if (m->date) { /* the last such day */
        for (int back = 0; back <= BACK_YEARS && !past; back++) {
            int rc;

            m->l.year = now.year - back;
            if (!ir_date_ok(m->l.year, m->l.month, m->l.day))
                continue;
            rc = last_at(&m->l, limit, !m->clock, ms, &past);
            if (past && rc != IR_OK)
                return rc;
        }
        return past ? IR_OK : IR_EPARSE;
    }
    for (int back = 0; back <= 2 && !past; back++) { /* the last such time */
        struct ir_local day = {now.year, now.month, now.day - back, 12, 0, 0};
        int64_t noon[2];
        int rc;

        ir_time_from_local(&day, noon);
        ir_time_local(noon[0], &day);
        m->l.year = day.year;
        m->l.month = day.month;
        m->l.day = day.day;
        rc = last_at(&m->l, limit, false, ms, &past);
        if (past && rc != IR_OK)
            return rc;
    }
    return past ? IR_OK : IR_EPARSE;
}

static int
refuse(const char *text, bool skipped, struct ir_err *err)
{
    char shown[64];

    ir_utf8_show(text, shown, sizeof shown);
    ir_fail(err, IR_EPARSE,
            skipped ? _("\"%s\" does not exist here: the clocks were put "
                        "forward")
                    : _("\"%s\" is not a time that can be read"),
            shown);
    ir_err_hint(err, _("Examples: 02:40, 20m ago, yesterday 23:10, 2026-11-21 "
                       "02:40, ~02:40 if unsure"));
    return IR_EPARSE;
}

int
ir_time_parse(const char *text, int64_t now_ms, int64_t *ms, int *prec,
              struct ir_err *err)
{
    char *s = plain(text), *at = s;
    struct moment m;
    bool unsure;
    int64_t secs, got = 0;
    int how = IR_PREC_EXACT, rc = IR_EPARSE;

    if (s == NULL)
        return refuse(text, false, err);
    unsure = take_unsure(&at);
    if (strcmp(at, "now") == 0 || strcmp(at, "今") == 0) {
        got = now_ms;
        rc = IR_OK;
    } else if (parse_ago(at, &secs, &how)) {
        got = now_ms - secs * 1000;
        rc = IR_OK;
    } else if (parse_parts(at, now_ms, &m)) {
        rc = resolve(&m, now_ms, &got);
        got += m.ms;
        how = m.prec;
    }
    if (rc == IR_OK && got < 0)
        rc = IR_EPARSE;
    if (rc == IR_OK) {
        *ms = got;
        *prec = unsure ? IR_PREC_UNSURE : how;
    } else {
        rc = refuse(text, rc == IR_ENOTFOUND, err);
    }
    free(s);
    return rc;
}

bool
ir_is_unknown(const char *text)
{
    static const char *const words[] = {"unknown", "?", "不明", "わからない",
                                        "分からない"};
    char *s = plain(text);
    bool is = false;

    for (size_t i = 0; s != NULL && i < sizeof words / sizeof words[0]; i++)
        is = is || strcmp(s, words[i]) == 0;
    free(s);
    return is;
}
