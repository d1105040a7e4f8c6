/* refusal.h: what became of what was typed: recorded, NOT recorded, refused.
 */
#ifndef IR_VIEW_REFUSAL_H
#define IR_VIEW_REFUSAL_H

#include "view/timeline.h"

/* A hint at `indent`: its lines stay lines, each made harmless and wrapped.
 * What stands behind two spaces is a command and stays in one line where it
 * can.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_hint(const struct ir_view *v, const char *s, int indent,
                  struct ir_buf *out);

/* The message, then the hint, wrapped; lines of the hint stay lines.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_error(const struct ir_view *v, const struct ir_err *err,
                   struct ir_buf *out);

/* {"error":{"code","message","hint","field"}}; hint and field null when "".
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_error_json(const struct ir_err *err);

/* " recorded 03:13  isolate done by Ito ("link light off")       a91f03c2":
 * the entry's sentence, the eight digits of its id. Called only after COMMIT.
 * With several entries: one line each.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_recorded(const struct ir_view *v, const struct ir_entry *e,
                      const struct ir_incident *inc, struct ir_buf *out);

/* {"id": "<64 hex>", "recorded", "kind", "text"}
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_recorded_json(const struct ir_view *v,
                                      const struct ir_entry *e,
                                      const struct ir_incident *inc);

/* "NOT recorded. ..." with the cause from `err`, "Write it on paper." and how
 * to enter it later: `again` is the command to type then, or NULL for
 * `ir note --at HH:MM "..."`.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_not_recorded(const struct ir_view *v, const struct ir_err *err,
                          const char *again, struct ir_buf *out);
/* {"error":{..., "recorded": false, "again"}} */
struct ir_json *ir_view_not_recorded_json(const struct ir_view *v,
                                          const struct ir_err *err,
                                          const char *again);

/* A list of refusals (ir_incident_may_close): `intro`, then each reason with
 * the command that helps below it.
 */
struct ir_view_reason {
    const char *text, *hint;
};
void ir_view_reasons(const struct ir_view *v, const char *intro,
                     const struct ir_view_reason *r, size_t n,
                     struct ir_buf *out);

/* Captured output of a command, shown as hostile text: at most `lines_max`
 * lines (0: all), indented, escaped, with how much was left out.
 */
void ir_view_output(const struct ir_view *v, const void *p, size_t n,
                    uint64_t total_bytes, size_t lines_max, struct ir_buf *out);

#endif
