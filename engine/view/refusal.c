/* refusal.c: see refusal.h. */
#include "view/refusal.h"

#include "base/scan.h"
#include "base/utf8.h"
#include "core/message.h"
#include "view/sentence.h"

#include <stdlib.h>
#include <string.h>

/* Lines of a hint stay lines; each is made harmless and wrapped. What stands
 * behind two spaces is a command and stays in one line where it can.
 */
void
ir_view_hint(const struct ir_view *v, const char *s, int indent,
             struct ir_buf *out)
{
    while (*s != '\0') {
        size_t n = strcspn(s, "\n");
        struct ir_pool pool = {0};
        const char *safe = ir_pool_take(&pool, ir_view_safe_n(v, s, n));
        const char *cmd = strstr(safe, ":  ");

        if (cmd != NULL)
            safe =
                ir_pool_f(&pool, "%.*s:  %s", (int)(cmd - safe), safe,
                          ir_pool_whole(&pool, cmd + 3, v->term.cols - indent));
        if (n > 0)
            ir_term_para(&v->term, out, indent, NULL, IR_STYLE_NONE, safe);
        ir_pool_done(&pool);
        s += n + (s[n] == '\n');
    }
}

void
ir_view_error(const struct ir_view *v, const struct ir_err *err,
              struct ir_buf *out)
{
    char *msg = ir_view_safe(v, err->msg[0] != '\0' ? err->msg
                                                    : ir_err_word(err->code));

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD, msg);
    ir_view_hint(v, err->hint, 3, out);
    free(msg);
}

static struct ir_json *
error_object(const struct ir_err *err)
{
    struct ir_json *o = ir_json_new_obj();

    ir_json_set_str(o, "code", ir_err_word(err->code));
    ir_json_set_str(o, "message", err->msg);
    ir_json_set_str(o, "hint", err->hint[0] != '\0' ? err->hint : NULL);
    ir_json_set_str(o, "field", err->field[0] != '\0' ? err->field : NULL);
    return o;
}

struct ir_json *
ir_view_error_json(const struct ir_err *err)
{
    struct ir_json *o = ir_json_new_obj();

    ir_json_set_take(o, "error", error_object(err));
    return o;
}

void
ir_view_recorded(const struct ir_view *v, const struct ir_entry *e,
                 const struct ir_incident *inc, struct ir_buf *out)
{
    struct ir_sx x = {.v = v, .e = e, .inc = inc};
    struct ir_buf text = {0};
    char hex[2 * 4 + 1];
    const char *lead, *left;

    x.out = &text;
    if (e->h.status != IR_ACTUAL)
        ir_buf_addf(&text, "%s ",
                    ir_message_mark((int)e->h.status, ir_i18n_lang()));
    if (e->h.kind == IR_KIND_STEP && e->b != NULL)
        ir_sx_step_done(&x);
    else
        ir_view_entry_text(v, e, inc, &text);
    ir_hex(e->id, 4, hex);
    lead = ir_pool_f(
        &x.pool, _("recorded %s  "),
        ir_pool_take(&x.pool, ir_view_time(v, ir_entry_recorded_ms(e))));
    left = ir_pool_f(&x.pool, "%s%s", lead, ir_buf_str(&text));
    if (1 + ir_utf8_width(left) + 2 + ir_utf8_width(hex) <= v->term.cols)
        ir_term_row(&v->term, out, 1, IR_STYLE_NONE, left, IR_STYLE_DIM, hex);
    else
        ir_term_para(&v->term, out, 1, lead, IR_STYLE_NONE,
                     ir_pool_f(&x.pool, "%s  %s", ir_buf_str(&text), hex));
    ir_buf_done(&text);
    ir_pool_done(&x.pool);
}

struct ir_json *
ir_view_recorded_json(const struct ir_view *v, const struct ir_entry *e,
                      const struct ir_incident *inc)
{
    const struct ir_kind *k = ir_kind_get(e->h.kind);
    struct ir_json *o = ir_json_new_obj();
    struct ir_buf text = {0};

    ir_view_entry_text(v, e, inc, &text);
    ir_json_set_hex(o, "id", e->id, sizeof e->id);
    ir_view_set_time(o, "recorded", ir_entry_recorded_ms(e));
    ir_json_set_str(o, "kind", k != NULL ? k->name : NULL);
    ir_json_set_str(o, "text", ir_buf_str(&text));
    ir_buf_done(&text);
    return o;
}

/* `ir note --at MOMENT "..."`, unless a better command is known. The moment
 * names its offset from UTC: the site's zone may not be known here.
 */
static char *
again_of(const struct ir_view *v, const char *again)
{
    char *at, *s;

    if (again != NULL)
        return ir_view_safe(v, again);
    at = ir_view_stamp(v->now_ms);
    if (strlen(at) == strlen("2026-11-21T02:40:15+09:00")) /* to the minute */
        memmove(at + 16, at + 19, strlen(at + 19) + 1);
    s = ir_asprintf("ir note --at %s \"...\"", at);
    free(at);
    return s;
}

void
ir_view_not_recorded(const struct ir_view *v, const struct ir_err *err,
                     const char *again, struct ir_buf *out)
{
    struct ir_pool pool = {0};
    const char *msg = ir_pool_take(&pool, ir_view_safe(v, err->msg));
    const char *cmd = ir_pool_take(&pool, again_of(v, again));

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_ALARM,
                 ir_pool_f(&pool, _("NOT recorded. %s"), msg));
    ir_view_hint(v, err->hint, 3, out);
    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD,
                 ir_pool_f(&pool, _("Write it on paper. Enter it later: %s"),
                           ir_pool_whole(&pool, cmd, v->term.cols - 1)));
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_not_recorded_json(const struct ir_view *v, const struct ir_err *err,
                          const char *again)
{
    struct ir_json *o = ir_json_new_obj(), *e = error_object(err);
    char *cmd = again_of(v, again);

    ir_json_set_bool(e, "recorded", false);
    ir_json_set_str(e, "again", cmd);
    ir_json_set_take(o, "error", e);
    free(cmd);
    return o;
}

void
ir_view_reasons(const struct ir_view *v, const char *intro,
                const struct ir_view_reason *r, size_t n, struct ir_buf *out)
{
    size_t i;

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD, intro);
    for (i = 0; i < n; i++) {
        char *t = ir_view_safe(v, r[i].text);

        ir_term_para(&v->term, out, 3, "- ", IR_STYLE_NONE, t);
        if (r[i].hint != NULL)
            ir_view_hint(v, r[i].hint, 5, out);
        free(t);
    }
}

void
ir_view_output(const struct ir_view *v, const void *p, size_t n,
               uint64_t total_bytes, size_t lines_max, struct ir_buf *out)
{
    const char *s = p, *end = s + n;
    size_t lines = 0, left = 0;
    char *more;

    if (n == 0)
        ir_term_para(&v->term, out, 3, "| ", IR_STYLE_DIM, _("(no output)"));
    while (s < end) {
        const char *nl = memchr(s, '\n', (size_t)(end - s));
        size_t len = (size_t)((nl != NULL ? nl : end) - s);
        char *safe;

        if (lines_max > 0 && lines >= lines_max) {
            left++;
        } else {
            safe = ir_view_safe_n(
                v, s, len - (nl != NULL && len > 0 && s[len - 1] == '\r'));
            ir_term_para(&v->term, out, 3, "| ", IR_STYLE_NONE, safe);
            free(safe);
        }
        lines++;
        s += len + 1;
    }
    if (left > 0) {
        more = ir_asprintf(_("%zu more lines are kept with the record"), left);
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_DIM, more);
        free(more);
    }
    if (total_bytes > n) {
        more =
            ir_asprintf(_("%llu of %llu bytes were kept"),
                        (unsigned long long)n, (unsigned long long)total_bytes);
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_DIM, more);
        free(more);
    }
}
