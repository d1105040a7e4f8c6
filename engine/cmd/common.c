/* common.c: what several commands need, see commands.h. */
#include "base/i18n.h"
#include "cmd/case.h"
#include "cmd/commands.h"

#include <stdlib.h>

void
ir_cmd_json_take(struct ir_ctx *c, struct ir_json *j)
{
    char *text = ir_json_text(j, 0);

    ir_buf_addf(&c->out, "%s\n", text);
    free(text);
    ir_json_free(j);
}

int
ir_cmd_begin(struct ir_ctx *c, struct ir_case *k)
{
    int rc = ir_ctx_open(c, true);

    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = ir_case_current(c, 0, k);
    return rc;
}

int
ir_cmd_begin_signed(struct ir_ctx *c, struct ir_case *k)
{
    int rc = ir_ctx_signed(c);

    if (rc == IR_OK)
        rc = ir_cmd_begin(c, k);
    if (rc == IR_OK)
        ir_ctx_left_out(c);
    return rc;
}

int
ir_cmd_entry_id(struct ir_ctx *c, const char *hex, uint8_t id[IR_ID_BYTES])
{
    uint8_t ids[2][IR_ID_BYTES];
    size_t n = 0, i;
    int rc = ir_store_find(c->st, hex, ids, 2, &n, &c->err);

    if (rc != IR_OK)
        return rc;
    if (n == 0) {
        ir_fail(&c->err, IR_ENOTFOUND, _("no entry begins with %.64s"), hex);
        ir_err_hint(&c->err, "ir log");
        return IR_ENOTFOUND;
    }
    if (n > 1)
        return ir_fail(&c->err, IR_EUSAGE,
                       _("several entries begin with %.64s: type more of it"),
                       hex);
    for (i = 0; i < IR_ID_BYTES; i++)
        id[i] = ids[0][i];
    return IR_OK;
}
