/* update.h: the rhythm in which the audiences of an incident are told, put
 * together from its alerts, the attempts about them, and its steps.
 */
#ifndef IR_CMD_UPDATE_H
#define IR_CMD_UPDATE_H

#include "cmd/outside.h"
#include "view/update.h"

struct ir_updates {
    struct ir_vupdate *v;
    size_t n;
};

/* How each audience of `inc` that is told anything, or is to be told, stands at
 * c->view.now_ms. `b` holds its alerts.
 *
 * A word counts as told when a message was handed over, somebody noted that
 * they passed it on (`ir update told`), or a step that informs the audience was
 * done; to an audience inside also when it went out. The first word to an
 * audience outside is due first_word after declaring (policy of site.lua), once
 * a step asks for it; the next update_every after the last, in the first two
 * hours, or `update` of the audience for as long as service is not restored.
 *
 * Owns:   *u is the caller's, ir_updates_done; it borrows from `b`.
 * Errors: IR_ESTORE.
 */
int ir_updates_load(struct ir_ctx *c, const struct ir_incident *inc,
                    const struct ir_box *b, struct ir_updates *u);
void ir_updates_done(struct ir_updates *u);

/* Write words in `lang` as they are read aloud: in front of all that is not
 * actual stands what it is.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_update_show(const struct ir_view *v, int status, enum ir_lang lang,
                    const char *words, struct ir_buf *out);

/* Say what a person does by hand for the audiences of alert `a` (its `by`), not
 * by mail while that is distrusted, and what they type then.
 */
void ir_update_say_hand(struct ir_ctx *c, const struct ir_incident *inc,
                        const struct ir_alert *a);

/* Refuse words for audience `id` that hold what was recorded in `inc` as a fact
 * that the audience may not know: an answer to another update or, as the cause,
 * in a report to an authority; a person's name. Compared as ir_utf8_says does.
 *
 * Errors: IR_EREFUSED, naming fact, audience, and what was found.
 */
int ir_update_check_words(struct ir_box *b, const struct ir_incident *inc,
                          const char *id, const char *words);

/* The same for each audience among `to[0..n)`; and where the incident has yet
 * to be loaded.
 */
int ir_update_check_to(struct ir_box *b, const struct ir_incident *inc,
                       char *const *to, size_t n, const char *words);
int ir_update_check_notify(struct ir_ctx *c, const struct ir_case *bare,
                           char *const *to, size_t n, const char *words);

/* Refuse fact `f` to audience `id`, saying what to do; `found` is what the
 * words hold of it, or NULL.
 */
int ir_update_refuse_fact(struct ir_ctx *c, const char *id, enum ir_fact f,
                          const char *found);

#endif
