/* alert_record.c: the end of every command that sends an alert; see alerts.h.
 */
#include "base/i18n.h"
#include "cmd/alerts.h"
#include "cmd/sender.h"

#include <string.h>

int
ir_alert_text_check(struct ir_ctx *c, const char *text)
{
    if (text[strspn(text, " \t\n")] == '\0')
        return ir_fail(&c->err, IR_EUSAGE, _("an empty alert says nothing"));
    if (strlen(text) > IR_ALERT_TEXT_MAX)
        return ir_fail(&c->err, IR_EUSAGE,
                       _("an alert holds at most %d bytes; the rest belongs "
                         "in a note"),
                       IR_ALERT_TEXT_MAX);
    return IR_OK;
}

/* The alert among what was recorded, as a batch of its own. */
static struct ir_batch
alert_of(const struct ir_batch *b)
{
    struct ir_batch alert = {.n = 1};
    size_t i;

    alert.d[0].kind = IR_KIND_ALERT;
    for (i = 0; i < b->n; i++)
        if (b->d[i].kind == IR_KIND_ALERT)
            memcpy(alert.ids[0], b->ids[i], IR_ID_BYTES);
    return alert;
}

int
ir_alert_record(struct ir_ctx *c, struct ir_case *k, struct ir_batch *b,
                bool say)
{
    struct ir_batch alert;
    int rc = ir_batch_commit(c, b);

    if (rc != IR_OK)
        return rc;
    if (say && c->json) {
        alert = alert_of(b);
        ir_batch_say(c, k, &alert);
    } else if (say) {
        ir_batch_say(c, k, b);
    }
    ir_comms_kick(c);
    return IR_OK;
}
