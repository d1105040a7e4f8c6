/* hours.c: see hours.h. */
#include "view/hours.h"

#include "base/i18n.h"

#include <stdlib.h>

/* "Mon-Fri", "Mon, Wed": `d` 0 is Sunday, the week begins on Monday. */
static void
put_days(const struct ir_working *w, struct ir_buf *b)
{
    const char *const names[] = {_("Mon"), _("Tue"), _("Wed"), _("Thu"),
                                 _("Fri"), _("Sat"), _("Sun")};
    size_t i, k;

    for (i = 0; i < 7; i = k + 1) {
        for (k = i; k < 7 && w->wday[(k + 1) % 7]; k++)
            ;
        if (k == i)
            continue;
        ir_buf_addf(b, "%s%s", b->len > 0 ? _(", ") : "", names[i]);
        if (k > i + 1)
            ir_buf_addf(b, _("-%s"), names[k - 1]);
    }
}

char *
ir_view_hours(const struct ir_json *person)
{
    struct ir_buf b = {0};
    struct ir_working w;
    size_t d, n = 0;

    ir_working_read(person, NULL, &w);
    if (!w.stated)
        return NULL;
    for (d = 0; d < 7; d++)
        n += w.wday[d];
    if (n < 7) {
        put_days(&w, &b);
        ir_buf_addc(&b, ' ');
    }
    ir_buf_addf(&b, "%02d:%02d-%02d:%02d", w.from_min / 60, w.from_min % 60,
                w.to_min / 60, w.to_min % 60);
    return ir_buf_take(&b);
}

char *
ir_view_off(const struct ir_view *v, enum ir_duty duty, int64_t change_ms)
{
    char *at, *text;

    if (duty != IR_DUTY_OFF)
        return NULL;
    if (change_ms == INT64_MAX)
        return ir_strdup(_("outside their hours"));
    at = ir_view_time(v, change_ms);
    text = ir_asprintf(_("outside their hours, from %s"), at);
    free(at);
    return text;
}

void
ir_view_set_duty(struct ir_json *j, enum ir_duty duty, int64_t change_ms)
{
    static const char *const words[] = {"unknown", "on", "off"};

    ir_json_set_str(j, "duty", words[duty]);
    ir_view_set_time(j, "duty_until", change_ms == INT64_MAX ? 0 : change_ms);
}
