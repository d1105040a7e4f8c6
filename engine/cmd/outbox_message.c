/* outbox_message.c: what goes out as text, and what comes in; see sender.h. */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "cmd/outside.h"
#include "cmd/sender.h"
#include "core/message.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define REPLY_MAX 500  /* bytes of a reply that are kept */
#define REPLIES_MAX 20 /* of one address about one alert */
#define DIGITS_LEAST 8 /* of a telephone number that are compared */

/* The organisation's name in that language, or NULL.
 *
 * Owns:   borrowed from the site.
 */
static const char *
site_name(const struct ir_ctx *c, enum ir_lang lang)
{
    const struct ir_json *o =
        c->view.site != NULL ? ir_json_get(c->view.site, "organisation") : NULL;

    return o != NULL ? ir_json_get_str(o, ir_lang_code(lang), NULL) : NULL;
}

/* What it says: of an end the words that were given, else what it ends; of a
 * template what that makes in the reader's language.
 *
 * Owns:   the caller frees with free().
 */
static char *
text_of(struct ir_outbox *o, const struct ir_outgoing *x, enum ir_lang lang)
{
    const struct ir_alert *a = x->row->a;
    char *words;

    if (x->over != NULL && x->over->text != NULL && x->over->text[0] != '\0' &&
        ir_outside_may_end(&o->box, x->row, x->over))
        return ir_strdup(x->over->text);
    words = ir_box_words(&o->box, a, lang);
    return words != NULL ? words : ir_strdup(a->text);
}

static enum ir_message_what
what_of(const struct ir_outgoing *x)
{
    return x->over != NULL      ? IR_MESSAGE_CANCEL
           : x->instead != NULL ? IR_MESSAGE_CORRECT
                                : IR_MESSAGE_ALERT;
}

static void
set_reply(struct ir_json *j, uint64_t number)
{
    struct ir_json *reply = ir_json_new_obj();
    char word[24];

    snprintf(word, sizeof word, "%llua", (unsigned long long)number);
    ir_json_set_str(reply, "accept", word);
    snprintf(word, sizeof word, "%llud", (unsigned long long)number);
    ir_json_set_str(reply, "decline", word);
    ir_json_set_take(j, "reply", reply);
}

/* The same for the same message however often it is sent; another when it is
 * asked for anew, on purpose. */
static char *
message_id(const struct ir_outgoing *x, size_t recipient, size_t way)
{
    const struct ir_recipient *r = &x->to.r[recipient];
    char hex[2 * IR_ID_BYTES + 1];

    ir_hex(x->in.alert, IR_ID_BYTES, hex);
    if (r->ways[way].asked_n == 0)
        return ir_asprintf("%s/%s/%zu", hex, r->contact, way);
    return ir_asprintf("%s/%s/%zu.%zu", hex, r->contact, way,
                       r->ways[way].asked_n);
}

struct ir_json *
ir_outgoing_message(struct ir_outbox *o, const struct ir_outgoing *x,
                    size_t recipient, size_t way, size_t missed)
{
    struct ir_ctx *c = o->c;
    const struct ir_alert *a = x->row->a;
    const struct ir_recipient *r = &x->to.r[recipient];
    const struct ir_recip *who = &x->to.who[recipient];
    struct ir_json *j = ir_json_new_obj();
    char *author =
        ir_view_member(&c->view, x->over != NULL ? x->over->by : a->by, false);
    char *when = ir_view_stamp(x->over != NULL ? x->over->at_ms : a->at_ms);
    char *id = message_id(x, recipient, way);
    char *text = text_of(o, x, who->lang);
    char code[IR_CHECK_CODE_MAX];
    struct ir_message m;
    struct ir_message_in in = {.what =
                                   missed > 0 ? IR_MESSAGE_MISSED : what_of(x),
                               .alert = a->id,
                               .status = a->status,
                               .severity = a->severity,
                               .site = site_name(c, who->lang),
                               .incident = x->row->incident,
                               .author = author,
                               .when = when,
                               .number = x->number};

    in.text = text;
    in.missed = missed;
    ir_message_make(&in, who->lang, &m);
    ir_check_code(a->id, code);
    ir_json_set_str(j, "id", id);
    ir_json_set_str(j, "to", r->ways[way].address);
    ir_json_set_str(j, "name", who->name);
    ir_json_set_str(j, "language", ir_lang_code(who->lang));
    ir_json_set_str(j, "subject", m.subject);
    ir_json_set_str(j, "title", m.title);
    ir_json_set_str(j, "body", m.body);
    ir_json_set_str(j, "short", m.brief);
    ir_json_set_str(j, "code", code);
    ir_json_set_bool(j, "exercise", a->status != IR_ACTUAL);
    ir_json_set_int(j, "severity", (int64_t)a->severity);
    if (in.incident != NULL)
        ir_json_set_str(j, "incident", in.incident);
    if (x->number > 0)
        set_reply(j, x->number);
    ir_json_set_str(j, "from", in.site != NULL ? in.site : author);
    ir_message_done(&m);
    free(id);
    free(text);
    free(when);
    free(author);
    return j;
}

/* The digits of what is a telephone number and nothing else, or "". */
static void
digits(const char *s, char *out, size_t cap)
{
    size_t n = 0;
    bool number = true;

    for (; *s != '\0' && number; s++) {
        if (isdigit((unsigned char)*s) && n + 1 < cap)
            out[n++] = *s;
        else
            number = strchr("+-() ./", *s) != NULL;
    }
    out[number ? n : 0] = '\0';
}

/* Is it the same address? Of telephone numbers the last digits count:
 * "090-1234-5678" comes back as "+819012345678". */
static bool
same_address(const char *a, const char *b)
{
    char x[24], y[24];
    size_t n, m;

    if (strcasecmp(a, b) == 0)
        return true;
    digits(a, x, sizeof x);
    digits(b, y, sizeof y);
    n = strlen(x);
    m = strlen(y);
    if (n < DIGITS_LEAST || m < DIGITS_LEAST)
        return n > 0 && strcmp(x, y) == 0;
    if (x[0] == '0' && x[1] != '0' && m > n - 1)
        return strcmp(y + (m - (n - 1)), x + 1) == 0;
    if (y[0] == '0' && y[1] != '0' && n > m - 1)
        return strcmp(x + (n - (m - 1)), y + 1) == 0;
    return strcmp(x, y) == 0;
}

static struct ir_attempt_draft
about(const struct ir_outgoing *x, const struct ir_attempt *a)
{
    struct ir_attempt_draft d = {.has_incident = x->row->a->has_incident,
                                 .status = x->row->a->status,
                                 .contact = a->contact,
                                 .channel = a->channel,
                                 .address = a->address,
                                 .number = a->number};

    memcpy(d.alert, x->in.alert, IR_ID_BYTES);
    memcpy(d.incident, x->row->a->incident, IR_INCIDENT_BYTES);
    return d;
}

static bool
is_sent(const struct ir_attempt *a)
{
    return a->outcome == IR_OUTCOME_TRIED || a->outcome == IR_OUTCOME_HANDED ||
           a->outcome == IR_OUTCOME_DELIVERED;
}

/* It arrived: what was handed over under that reference. */
static bool
match_delivered(const struct ir_outbox *o, const char *channel, const char *ref,
                struct ir_attempt_draft *d)
{
    const struct ir_attempt *found = NULL;
    size_t i, k;

    for (i = 0; i < o->n; i++)
        for (k = 0; k < o->v[i].attempts_n; k++) {
            const struct ir_attempt *a = &o->v[i].attempts[k];

            if (a->detail == NULL || strcmp(a->detail, ref) != 0 ||
                strcmp(a->channel, channel) != 0)
                continue;
            if (a->outcome == IR_OUTCOME_DELIVERED)
                return false;
            if (a->outcome == IR_OUTCOME_HANDED) {
                *d = about(&o->v[i], a);
                found = a;
            }
        }
    d->outcome = IR_OUTCOME_DELIVERED;
    d->detail = ref;
    return found != NULL;
}

/* What came in, as one text that is not too long; nothing in it is trusted.
 *
 * Owns:   the caller frees with free().
 */
static char *
kept(const char *text)
{
    struct ir_buf b = {0};
    size_t n = strlen(text);

    if (n > REPLY_MAX)
        for (n = REPLY_MAX; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
            n--;
    ir_utf8_escape(&b, text, n, true);
    return ir_buf_take(&b);
}

/* Did this very answer come in before, or so many from there that more say
 * nothing new? */
static bool
is_known(const struct ir_outgoing *x, const char *channel, const char *from,
         const char *ref, const char *reply)
{
    size_t k, n = 0;

    for (k = 0; k < x->attempts_n; k++) {
        const struct ir_attempt *a = &x->attempts[k];

        if (a->outcome != IR_OUTCOME_REPLIED || a->reply == NULL ||
            a->address == NULL || strcmp(a->channel, channel) != 0 ||
            !same_address(a->address, from))
            continue;
        if (++n >= REPLIES_MAX || ((ref == NULL || a->detail == NULL ||
                                    strcmp(a->detail, ref) == 0) &&
                                   strcmp(a->reply, reply) == 0))
            return true;
    }
    return false;
}

/* An answer: to the newest that went to that address; of those that bear the
 * number it names, if one does. */
static bool
match_reply(const struct ir_outbox *o, const char *channel,
            const struct ir_json *in, struct ir_attempt_draft *d)
{
    const char *from = ir_json_get_str(in, "from", NULL);
    const char *text = ir_json_get_str(in, "text", NULL);
    const char *ref = ir_json_get_str(in, "ref", NULL);
    const struct ir_attempt *best = NULL;
    const struct ir_outgoing *to = NULL;
    uint64_t number = 0;
    bool by_number = false;
    size_t i, k;
    char *reply;

    if (from == NULL || from[0] == '\0' || text == NULL)
        return false;
    (void)ir_reply_read(text, &number);
    for (i = 0; i < o->n; i++)
        for (k = 0; k < o->v[i].attempts_n; k++) {
            const struct ir_attempt *a = &o->v[i].attempts[k];
            bool named = number > 0 && a->number == number;

            if (!is_sent(a) || a->address == NULL || o->v[i].over != NULL ||
                strcmp(a->channel, channel) != 0 ||
                !same_address(a->address, from))
                continue;
            if (best == NULL || (named && !by_number) ||
                (named == by_number && a->hlc > best->hlc)) {
                best = a;
                to = &o->v[i];
                by_number = named;
            }
        }
    if (best == NULL)
        return false;
    reply = kept(text);
    if (is_known(to, channel, from, ref, reply)) {
        free(reply);
        return false;
    }
    *d = about(to, best);
    d->outcome = IR_OUTCOME_REPLIED;
    d->reply = reply;
    d->detail = ref;
    return true;
}

bool
ir_outbox_match(const struct ir_outbox *o, const char *channel,
                const struct ir_json *in, struct ir_attempt_draft *d)
{
    const char *ref = ir_json_get_str(in, "ref", NULL);

    memset(d, 0, sizeof *d);
    if (ir_json_get_bool(in, "delivered", false))
        return ref != NULL && match_delivered(o, channel, ref, d);
    return match_reply(o, channel, in, d);
}
