/* outbox_message.c: what goes out as text; see sender.h. */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "cmd/outside.h"
#include "cmd/sender.h"
#include "core/message.h"

#include <stdlib.h>
#include <string.h>

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

/* A name as one harmless line: it becomes a header of a mail, a word of a
 * program; the contacts may hold it in two. */
static void
set_line(struct ir_json *j, const char *key, const char *s)
{
    struct ir_buf line = {0}, safe = {0};

    for (; *s != '\0'; s++)
        ir_buf_addc(&line, (unsigned char)*s < ' ' ? ' ' : *s);
    ir_utf8_escape(&safe, ir_buf_str(&line), line.len, false);
    ir_json_set_strn(j, key, ir_buf_str(&safe), safe.len);
    ir_buf_done(&line);
    ir_buf_done(&safe);
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
    set_line(j, "name", who->name);
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
    set_line(j, "from", in.site != NULL ? in.site : author);
    ir_message_done(&m);
    free(id);
    free(text);
    free(when);
    free(author);
    return j;
}
