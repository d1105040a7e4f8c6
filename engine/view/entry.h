/* entry.h: one entry as it stands: `ir show` and `ir log`. */
#ifndef IR_VIEW_ENTRY_H
#define IR_VIEW_ENTRY_H

#include "view/timeline.h"

struct ir_show {
    const struct ir_entry *e;
    const struct ir_incident *inc; /* may be NULL */
    /* entries that refer to it: amend, redact, approval, ack; fold order */
    const struct ir_entry *const *about;
    size_t about_n;
    bool sig_checked, sig_good;
    size_t witnesses; /* devices other than this one that have it */
    bool hex;         /* with the bytes of header, body and signature */
};

/* Everything: id, author, times and clocks, references, body fields by name,
 * signature, what refers to it, whether it counts and why not.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_show(const struct ir_view *v, const struct ir_show *s,
                  struct ir_buf *out);

/* The same as an object: "id", "text", "header": {...}, "body": {...} by
 * field name (unknown fields by number), "signature", "counts", "about".
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_show_json(const struct ir_view *v,
                                  const struct ir_show *s);

/* One line of `ir log`: id, recorded, author, kind, sentence (cut at the last
 * column, whole when the output is no terminal); its JSON object.
 *
 * Owns:   `out` keeps a copy; the caller frees with ir_json_free.
 */
void ir_view_log_line(const struct ir_view *v, const struct ir_entry *e,
                      const struct ir_incident *inc, struct ir_buf *out);
struct ir_json *ir_view_log_json(const struct ir_view *v,
                                 const struct ir_entry *e,
                                 const struct ir_incident *inc);

#endif
