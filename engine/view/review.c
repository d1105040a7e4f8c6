/* review.c: see people.h: exceptions and two-person requests. */
#include "base/scan.h"
#include "view/people.h"
#include "view/pool.h"
#include "view/sentence.h"

#include <string.h>

static const char *
eight(const uint8_t *id, struct ir_pool *pool)
{
    char hex[2 * 4 + 1];

    ir_hex(id, 4, hex);
    return ir_pool_take(pool, ir_strdup(hex));
}

static const char *
member(const struct ir_view *v, int m, struct ir_pool *pool)
{
    return ir_pool_take(pool, ir_view_member(v, m, false));
}

/* "not reviewed: ir exception approve a91f03c2", "reviewed by Mori". */
static const char *
exception_state(const struct ir_view *v, const struct ir_iexception *x,
                struct ir_pool *pool)
{
    if (x->denied)
        return ir_pool_f(pool, _("not accepted by %s"),
                         member(v, x->reviewed_by, pool));
    if (x->self_reviewed)
        return ir_pool_f(pool, _("reviewed by %s, who made it"),
                         member(v, x->reviewed_by, pool));
    if (x->reviewed_by >= 0)
        return ir_pool_f(pool, _("reviewed by %s"),
                         member(v, x->reviewed_by, pool));
    return ir_pool_f(
        pool, _("not reviewed: %s"),
        ir_pool_cmd(pool, "ir exception approve %s", eight(x->entry, pool)));
}

void
ir_view_exceptions(const struct ir_view *v, const struct ir_incident *inc,
                   struct ir_buf *out)
{
    struct ir_pool pool = {0};
    size_t i;

    if (inc->exceptions_n == 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE, _("No exception."));
    for (i = 0; i < inc->exceptions_n; i++) {
        const struct ir_iexception *x = &inc->exceptions[i];

        ir_term_row(&v->term, out, 1, IR_STYLE_BOLD,
                    ir_pool_f(&pool, "%s  %s",
                              ir_pool_take(&pool, ir_view_time(v, x->at_ms)),
                              ir_view_rule(v, x->rule, &pool)),
                    IR_STYLE_NONE,
                    ir_pool_f(&pool, "%s  %s", member(v, x->by, &pool),
                              eight(x->entry, &pool)));
        ir_term_para(&v->term, out, 5, _("Reason: "), IR_STYLE_NONE,
                     ir_pool_take(&pool, ir_view_safe(v, x->reason)));
        if (x->effect != NULL && strchr(x->effect, '/') != NULL)
            ir_term_para(&v->term, out, 5, _("Step: "), IR_STYLE_NONE,
                         ir_pool_take(&pool, ir_view_safe(v, x->effect)));
        ir_term_para(&v->term, out, 5, NULL,
                     x->reviewed_by < 0 ? IR_STYLE_ACCENT : IR_STYLE_NONE,
                     exception_state(v, x, &pool));
    }
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_exceptions_json(const struct ir_view *v, const struct ir_incident *inc)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    for (i = 0; i < inc->exceptions_n; i++) {
        const struct ir_iexception *x = &inc->exceptions[i];
        struct ir_json *o = ir_json_add_take(arr, ir_json_new_obj());

        ir_json_set_hex(o, "id", x->entry, sizeof x->entry);
        ir_json_set_str(o, "rule", x->rule);
        ir_json_set_str(o, "reason", x->reason);
        ir_json_set_str(o, "effect", x->effect);
        ir_view_set_member(v, o, "by", x->by);
        ir_view_set_time(o, "at", x->at_ms);
        ir_view_set_member(v, o, "reviewed_by", x->reviewed_by);
        ir_json_set_bool(o, "self_reviewed", x->self_reviewed);
        ir_json_set_bool(o, "denied", x->denied);
    }
    return arr;
}

static const char *
request_word(const struct ir_irequest *r)
{
    return r->used               ? "used"
           : r->cancelled        ? "cancelled"
           : r->denied           ? "denied"
           : r->expired          ? "expired"
           : r->approved_by >= 0 ? "approved"
                                 : "open";
}

static const char *
request_say(const struct ir_view *v, const struct ir_irequest *r,
            struct ir_pool *pool)
{
    if (r->used)
        return _("used");
    if (r->cancelled)
        return _("taken back");
    if (r->denied)
        return ir_pool_f(pool, _("denied: \"%s\""),
                         ir_pool_take(pool, ir_view_safe(v, r->deny_reason)));
    if (r->expired)
        return _("expired: ask again");
    if (r->approved_by >= 0)
        return ir_pool_f(pool, _("approved by %s, to be done before %s"),
                         member(v, r->approved_by, pool),
                         ir_pool_take(pool, ir_view_time(v, r->expires_ms)));
    return ir_pool_f(pool,
                     r->by == v->me ? _("waits for somebody else until %s: %s")
                                    : _("waits for your answer until %s: %s"),
                     ir_pool_take(pool, ir_view_time(v, r->expires_ms)),
                     ir_pool_cmd(pool, "approve %s",
                                 ir_pool_take(pool, ir_view_safe(v, r->path))));
}

void
ir_view_requests(const struct ir_view *v, const struct ir_incident *inc,
                 struct ir_buf *out)
{
    struct ir_pool pool = {0};
    size_t i;

    if (inc->requests_n == 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE, _("No request."));
    for (i = 0; i < inc->requests_n; i++) {
        const struct ir_irequest *r = &inc->requests[i];

        ir_term_row(&v->term, out, 1, IR_STYLE_BOLD,
                    ir_pool_take(&pool, ir_view_safe(v, r->path)),
                    IR_STYLE_NONE,
                    ir_pool_f(&pool, "%s  %s", member(v, r->by, &pool),
                              eight(r->entry, &pool)));
        if (r->what != NULL)
            ir_term_para(&v->term, out, 5, NULL, IR_STYLE_NONE,
                         ir_pool_take(&pool, ir_view_safe(v, r->what)));
        ir_term_para(&v->term, out, 5, NULL, IR_STYLE_NONE,
                     request_say(v, r, &pool));
    }
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_requests_json(const struct ir_view *v, const struct ir_incident *inc)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    for (i = 0; i < inc->requests_n; i++) {
        const struct ir_irequest *r = &inc->requests[i];
        struct ir_json *o = ir_json_add_take(arr, ir_json_new_obj());

        ir_json_set_hex(o, "id", r->entry, sizeof r->entry);
        ir_json_set_str(o, "step", r->path);
        ir_json_set_int(o, "iteration", (int64_t)r->iteration);
        ir_json_set_str(o, "what", r->what);
        ir_view_set_member(v, o, "by", r->by);
        ir_view_set_member(v, o, "approved_by", r->approved_by);
        ir_view_set_time(o, "approved", r->approved_ms);
        ir_view_set_time(o, "expires", r->expires_ms);
        ir_json_set_str(o, "state", request_word(r));
        ir_json_set_str(o, "reason", r->deny_reason);
        ir_json_set_hex(o, "argv_digest", r->argv_digest,
                        sizeof r->argv_digest);
    }
    return arr;
}
