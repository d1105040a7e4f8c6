/* report_out.h: what `ir report-out` and `ir report-out told` share, and the
 * telling of an authority as a step of the walk records it.
 */
#ifndef IR_CMD_REPORT_OUT_H
#define IR_CMD_REPORT_OUT_H

#include "cmd/case.h"
#include "core/told.h"

/* The authority of the contacts that a word means.
 *
 * Owns:   borrowed from `c`.
 * Errors: IR_ENOTFOUND with the nearest, IR_EUSAGE ambiguous.
 */
int ir_authority_pick(struct ir_ctx *c, const char *word,
                      const struct ir_json **out);

/* Which report it is, as the options say. *given: one of them was there.
 *
 * Errors: IR_EUSAGE several, or no such word.
 */
struct ir_stage_words {
    bool first, follow_up, final;
    const char *report; /* --report WORD, or NULL */
};
int ir_stage_given(struct ir_ctx *c, const struct ir_stage_words *w,
                   bool *given, enum ir_stage *stage);

/* Draft that an authority was told: with the digest of the report drawn up for
 * it (`stage`, a word; NULL: any) where there is one that was not told yet.
 *
 * Owns:   the draft is borrowed from the batch.
 */
struct ir_telling {
    const char *authority, *to, *means, *receipt; /* NULL: not said */
    const char *stage;
    int64_t at_ms;
};
struct ir_draft *ir_told_draft(struct ir_batch *b, const struct ir_case *k,
                               const struct ir_telling *t);

/* Draft that the deadlines it answers are met; the draft before is the
 * telling.
 */
void ir_told_meet(struct ir_batch *b, const struct ir_case *k,
                  const struct ir_telling *t);

#endif
