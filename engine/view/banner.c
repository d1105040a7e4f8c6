/* banner.c: the line above a screen, see alert.h. */
#include "base/utf8.h"
#include "view/alert.h"
#include "view/line.h"
#include "view/pool.h"

/* Is it for somebody else than who asked: the reader? */
static bool
asks_me(const struct ir_view *v, const struct ir_irequest *r)
{
    return v->me >= 0 && r->by != v->me && ir_request_open(r);
}

static const char *
say_alert(const struct ir_view *v, const struct ir_valert *r, bool waits,
          struct ir_pool *pool)
{
    const struct ir_alert *a = r->a;

    return ir_pool_f(pool,
                     waits ? _("! %s %s: %s")
                     : ir_view_alert_to_release(r)
                         ? _("! %s %s asks you to release: %s")
                         : _("! %s %s asks for your cosignature: %s"),
                     ir_pool_take(pool, ir_view_time(v, a->at_ms)),
                     ir_pool_take(pool, ir_view_member(v, a->by, false)),
                     ir_pool_take(pool, ir_view_alert_text(v, a)));
}

/* What waits for the reader: the words for the first of it, and how many. An
 * alert stands before a request, which stands before a cosignature.
 */
static const char *
first(const struct ir_view *v, const struct ir_valert *r, size_t n,
      const struct ir_incident *inc, struct ir_pool *pool, size_t *waits)
{
    const char *alert = NULL, *request = NULL, *cosign = NULL;
    size_t i;

    *waits = 0;
    for (i = 0; i < n; i++) {
        if (ir_view_alert_waits(v, &r[i])) {
            if (alert == NULL)
                alert = say_alert(v, &r[i], true, pool);
            (*waits)++;
        } else if (ir_view_alert_to_cosign(v, &r[i]) ||
                   ir_view_alert_to_release(&r[i])) {
            if (cosign == NULL)
                cosign = say_alert(v, &r[i], false, pool);
            (*waits)++;
        }
    }
    for (i = 0; inc != NULL && i < inc->requests_n; i++) {
        const struct ir_irequest *q = &inc->requests[i];

        if (!asks_me(v, q))
            continue;
        if (request == NULL)
            request =
                ir_pool_f(pool, _("! %s asks for your approval until %s: %s"),
                          ir_pool_take(pool, ir_view_member(v, q->by, false)),
                          ir_pool_take(pool, ir_view_time(v, q->expires_ms)),
                          ir_pool_take(pool, ir_view_safe(v, q->what)));
        (*waits)++;
    }
    return alert != NULL ? alert : request != NULL ? request : cosign;
}

void
ir_view_banner(const struct ir_view *v, const struct ir_valert *r, size_t n,
               const struct ir_incident *inc, struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_buf cut = {0};
    struct ir_line l = {0};
    const char *text, *tail, *word;
    size_t waits;
    bool narrow = v->term.cols < IR_TERM_NARROW;
    int room;

    text = first(v, r, n, inc, &pool, &waits);
    if (text == NULL) {
        ir_pool_done(&pool);
        return;
    }
    word = narrow ? ir_pool_cmd(&pool, "ir inbox") : "ir inbox";
    tail = waits > 1 ? ir_pool_f(&pool, _("  (%zu more: %s)"), waits - 1, word)
                     : ir_pool_f(&pool, "  (%s)", word);
    room = v->term.cols - ir_utf8_width(tail) - 1;
    if (narrow) { /* two lines, or little is left */
        (void)ir_utf8_cut(&cut, text, room + v->term.cols - 4);
        ir_buf_adds(&cut, tail);
        ir_term_para(&v->term, out, 0, NULL, IR_STYLE_BOLD,
                     ir_pool_buf(&pool, &cut));
        ir_pool_done(&pool);
        return;
    }
    (void)ir_utf8_cut(&cut, text, room);
    ir_line_add(&v->term, &l, IR_STYLE_BOLD, ir_pool_buf(&pool, &cut));
    ir_line_add(&v->term, &l, IR_STYLE_ACCENT, tail);
    ir_line_write(&v->term, &l, NULL, out);
    ir_line_done(&l);
    ir_pool_done(&pool);
}
