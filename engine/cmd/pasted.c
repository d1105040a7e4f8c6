/* pasted.c: see pasted.h. */
#include "cmd/pasted.h"

#include "base/i18n.h"
#include "core/paste.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Read what is pasted on the terminal, up to a line that is a dot. Of a dot
 * within the text, and of what is too long, no line is left over: it would
 * answer the next questions, or be run by the shell.
 */
static void
typed_text(struct ir_ctx *c, struct ir_buf *text, bool *ended)
{
    bool more = true;

    ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE,
                 _("Paste the text here. Then type a line that is only a dot "
                   "(.) and press Enter."));
    while (more) {
        char *line = ir_ctx_ask(c, "> ");

        if (line == NULL) {
            *ended = true;
            more = false;
        } else if (strcmp(line, ".") == 0 && !ir_ctx_more_typed(c)) {
            more = false;
        } else if (text->len <= IR_PASTE_MAX) {
            ir_buf_addf(text, "%s\n", line);
        }
        free(line);
    }
    ir_ctx_forget_typed(c);
}

/* Read standard input to its end, or to a little more than is used. */
static int
piped_text(struct ir_ctx *c, struct ir_buf *text)
{
    char piece[4096];
    ssize_t n = 1;

    while (n != 0 && text->len <= IR_PASTE_MAX) {
        n = read(STDIN_FILENO, piece, sizeof piece);
        if (n < 0 && errno != EINTR)
            return ir_fail(&c->err, IR_EIO, _("standard input: %s"),
                           strerror(errno));
        if (n > 0)
            ir_buf_add(text, piece, (size_t)n);
    }
    return IR_OK;
}

int
ir_pasted(struct ir_ctx *c, struct ir_buf *text, bool *ended)
{
    if (!ir_ctx_can_ask(c))
        return piped_text(c, text);
    typed_text(c, text, ended);
    return IR_OK;
}
