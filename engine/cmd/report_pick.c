/* report_pick.c: which authority is meant, and which report; see report_out.h.
 */
#include "base/i18n.h"
#include "cmd/pick.h"
#include "cmd/report_out.h"

#include <stdlib.h>

int
ir_authority_pick(struct ir_ctx *c, const char *word,
                  const struct ir_json **out)
{
    const struct ir_json *list = ir_view_contacts(&c->view, "authorities");
    size_t n = ir_json_len(list), i, at = 0;
    const char **names = ir_calloc(n + 1, sizeof *names);
    int rc;

    for (i = 0; i < n; i++)
        names[i] = ir_json_get_str(ir_json_at(list, i), "id", "");
    rc = ir_pick(c, _("authority"), names, n, word, false, &at);
    if (rc == IR_OK)
        *out = ir_json_at(list, at);
    free(names);
    return rc;
}

int
ir_stage_given(struct ir_ctx *c, const struct ir_stage_words *w, bool *given,
               enum ir_stage *stage)
{
    int n = w->first + w->follow_up + w->final + (w->report != NULL);

    *given = n > 0;
    if (n > 1)
        return ir_fail(&c->err, IR_EUSAGE,
                       _("one of --first, --follow-up and --final"));
    if (w->report != NULL && !ir_stage_parse(w->report, stage)) {
        ir_fail(&c->err, IR_EUSAGE, _("\"%.40s\" is no kind of report"),
                w->report);
        ir_err_hint(&c->err, "--report first|follow-up|final");
        return IR_EUSAGE;
    }
    if (w->report == NULL)
        *stage = w->final       ? IR_STAGE_FINAL
                 : w->follow_up ? IR_STAGE_FOLLOW_UP
                                : IR_STAGE_FIRST;
    return IR_OK;
}
