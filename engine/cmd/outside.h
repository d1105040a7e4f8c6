/* outside.h: what is said to audiences: in which words, which facts they may
 * know, and, where they are outside, who has to release it before it leaves.
 */
#ifndef IR_CMD_OUTSIDE_H
#define IR_CMD_OUTSIDE_H

#include "cmd/alerts.h"
#include "core/update.h"

/* Say in row->release whether the alert may leave; one that may not waits
 * (docs/format.md, "8 alert"). ir_box_load does it.
 */
void ir_outside_judge(struct ir_box *b, struct ir_valert *row);

/* What approval `e` is of: who speaks to an audience outside lets the words of
 * an alert leave, others cosign. `inc` may be NULL: not known.
 */
enum ir_approves ir_outside_approves(struct ir_ctx *c, const struct ir_entry *e,
                                     const struct ir_incident *inc);

/* May the words with which the alert was ended go where the alert went? Outside
 * only what was written by who speaks there.
 */
bool ir_outside_may_end(struct ir_box *b, const struct ir_valert *row,
                        const struct ir_alert_said *end);

/* Could member `who` release as `role` now: they hold it in `inc`, or (*take)
 * nobody does and they are one of those who may, so that they take it first?
 * `inc` NULL: outside of incidents, where who may hold it does.
 */
bool ir_outside_may(struct ir_ctx *c, const struct ir_incident *inc,
                    const char *role, int who, bool *take);

/* Refuse, saying who can release as `role`, and the ways on. `about` is what is
 * to be typed once the role is held.
 *
 * Errors: IR_EREFUSED.
 */
int ir_outside_refuse(struct ir_ctx *c, const struct ir_incident *inc,
                      const char *role, const char *about);

/* The cosignatures an alert to `to` has to ask for so that readers who know
 * nothing of release wait, and `needed` at least: none more for a member who
 * holds every role it takes.
 */
int64_t ir_outside_needed(struct ir_ctx *c, const struct ir_incident *inc,
                          char *const *to, size_t n, int64_t needed);

/* The facts audience `id` may know in `inc` (may be NULL), a bit for each.
 */
unsigned ir_audience_may(struct ir_ctx *c, const struct ir_incident *inc,
                         const char *id);

/* The template of that number, or name, in the release that the incident
 * pinned (`inc` NULL: in the one in view); NULL: it is not here.
 *
 * Owns:   borrowed from the library.
 */
const struct ir_json *ir_template_no(struct ir_ctx *c,
                                     const struct ir_incident *inc,
                                     uint64_t number);
const struct ir_json *ir_template_named(struct ir_ctx *c,
                                        const struct ir_incident *inc,
                                        const char *name);

/* Say on c->talk how the alert `id` to an audience outside stands: out, or who
 * releases it and what they type; and by which ways it goes to how many.
 */
void ir_outside_say(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES]);

/* What alert `a` says in `lang`, as its audience may be told: of a template the
 * text that it makes; NULL: the template is not here.
 *
 * Owns:   the caller frees with free().
 */
char *ir_box_words(struct ir_box *b, const struct ir_alert *a,
                   enum ir_lang lang);

#endif
