/* received.c: see received.h. */
#include "cmd/received.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "cmd/commands.h"

#include <stdlib.h>
#include <string.h>

#define NOTE_MAX 5     /* below the inbox */
#define SHOWN_MAX 1000 /* by `ir comms received` */
#define WEEK_MS (7 * (int64_t)86400000)

void
ir_received_add(struct ir_received *r, struct ir_attempt *a)
{
    r->v = ir_realloc(r->v, (r->n + 1) * sizeof *r->v);
    r->v[r->n++] = *a;
    memset(a, 0, sizeof *a);
}

void
ir_received_done(struct ir_received *r)
{
    size_t i;

    for (i = 0; i < r->n; i++)
        ir_attempt_done(&r->v[i]);
    free(r->v);
    memset(r, 0, sizeof *r);
}

static int
by_hlc(const void *a, const void *b)
{
    const struct ir_attempt *x = a, *y = b;

    if (x->hlc != y->hlc)
        return x->hlc < y->hlc ? -1 : 1;
    return memcmp(x->id, y->id, IR_ID_BYTES);
}

int
ir_received_load(struct ir_ctx *c, struct ir_received *r)
{
    struct ir_log log = {0};
    struct ir_attempt a;
    size_t i;
    int rc = ir_store_load_kind(c->st, NULL, IR_KIND_ATTEMPT, &log, &c->err);

    memset(r, 0, sizeof *r);
    for (i = 0; rc == IR_OK && i < log.n; i++)
        if (ir_trust_admits(&c->trust, &log.e[i], NULL) == IR_OK &&
            ir_attempt_read_loose(&log.e[i], &a, NULL) == IR_OK)
            ir_received_add(r, &a);
    ir_log_done(&log);
    if (r->n > 1)
        qsort(r->v, r->n, sizeof *r->v, by_hlc);
    return rc;
}

static bool
same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Is it to be shown: new enough, and not the same that another device read, or
 * this one once more? */
static bool
is_shown(const struct ir_received *r, size_t i, int64_t since_ms)
{
    const struct ir_attempt *a = &r->v[i];
    size_t k;

    if (a->at_ms < since_ms)
        return false;
    for (k = 0; k < i; k++) {
        const struct ir_attempt *b = &r->v[k];

        if (b->detail != NULL && same_text(a->detail, b->detail) &&
            same_text(a->reply, b->reply) && a->reply != NULL &&
            same_text(a->address, b->address) &&
            strcmp(a->channel, b->channel) == 0)
            return false;
    }
    return true;
}

static void
add_shown(struct ir_buf *b, const char *s)
{
    ir_utf8_escape(b, s, strlen(s), false);
}

static void
say_one(struct ir_ctx *c, const struct ir_attempt *a, struct ir_buf *out)
{
    char *when = ir_view_stamp(a->at_ms);
    char *by = ir_view_channel(&c->view, a->channel);
    char *who = ir_view_person(&c->view, a->contact, true);
    bool known = a->address != NULL && strcmp(a->contact, a->address) != 0;

    ir_buf_addf(out, "  %s  ", when);
    add_shown(out, by);
    if (strcmp(a->contact, "*") != 0) {
        ir_buf_adds(out, "  ");
        if (known) {
            add_shown(out, who);
            ir_buf_adds(out, "  ");
        }
        add_shown(out, a->address != NULL ? a->address : a->contact);
    }
    ir_buf_adds(out, "\n      ");
    if (a->reply != NULL)
        add_shown(out, a->reply);
    else if (strcmp(a->contact, "*") == 0)
        ir_buf_adds(out, _("There was more from people that nobody here "
                           "knows; it is not kept for a day."));
    else
        ir_buf_adds(out, _("There was more from there; it is not kept for a "
                           "day."));
    ir_buf_addc(out, '\n');
    free(when);
    free(by);
    free(who);
}

size_t
ir_received_say(struct ir_ctx *c, const struct ir_received *r, int64_t since_ms,
                size_t max, struct ir_buf *out)
{
    size_t i, n = 0, skip;

    for (i = 0; i < r->n; i++)
        n += is_shown(r, i, since_ms);
    skip = n > max ? n - max : 0;
    if (n > 0)
        ir_buf_adds(out, _("Came in and answers no alert of here (claims: "
                           "nobody signed them):\n"));
    for (i = 0; i < r->n; i++)
        if (is_shown(r, i, since_ms)) {
            if (skip > 0)
                skip--;
            else
                say_one(c, &r->v[i], out);
        }
    return n;
}

struct ir_json *
ir_received_json(struct ir_ctx *c, const struct ir_received *r,
                 int64_t since_ms)
{
    struct ir_json *arr = ir_json_new_arr(), *j;
    size_t i;

    for (i = 0; i < r->n; i++) {
        const struct ir_attempt *a = &r->v[i];
        char hex[2 * IR_ID_BYTES + 1], *when;

        if (!is_shown(r, i, since_ms))
            continue;
        j = ir_json_add_take(arr, ir_json_new_obj());
        when = ir_view_stamp(a->at_ms);
        ir_hex(a->id, IR_ID_BYTES, hex);
        ir_json_set_str(j, "id", hex);
        ir_json_set_str(j, "at", when);
        ir_json_set_str(j, "channel", a->channel);
        ir_json_set_str(j, "address", a->address != NULL ? a->address : "");
        if (ir_view_contact(&c->view, "people", a->contact) != NULL)
            ir_json_set_str(j, "contact", a->contact);
        if (a->reply != NULL)
            ir_json_set_str(j, "text", a->reply);
        ir_json_set_bool(j, "more", a->reply == NULL);
        free(when);
    }
    return arr;
}

void
ir_received_note(struct ir_ctx *c, struct ir_buf *out)
{
    struct ir_err keep = c->err;
    struct ir_received r = {0};
    struct ir_now now;
    size_t n;

    ir_clock_now(&now);
    if (ir_received_load(c, &r) == IR_OK) {
        n = ir_received_say(c, &r, now.wall_ms - IR_RECEIVED_NEW_MS, NOTE_MAX,
                            out);
        if (n > NOTE_MAX)
            ir_buf_addf(out, _("  and %zu before:  ir comms received\n"),
                        n - NOTE_MAX);
    }
    ir_received_done(&r);
    c->err = keep;
}

int
ir_cmd_comms_received(struct ir_ctx *c, int argc, char **argv)
{
    bool all = false;
    const struct ir_opt opts[] = {{"all", 0, NULL, &all, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_received r = {0};
    struct ir_now now;
    int64_t since = 0;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "comms received", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = ir_received_load(c, &r);
    ir_clock_now(&now);
    if (!all)
        since = now.wall_ms - WEEK_MS;
    if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, ir_received_json(c, &r, since));
    else if (rc == IR_OK &&
             ir_received_say(c, &r, since, SHOWN_MAX, &c->out) == 0)
        ir_buf_adds(&c->out, all ? _("Nothing came in that answers no "
                                     "alert.\n")
                                 : _("Nothing came in within seven days that "
                                     "answers no alert.\n"));
    ir_received_done(&r);
    return rc;
}
