/* sheet.h: forms on paper: the sheet of a report to an authority, to be read
 * aloud, faxed or pasted, and the blank form for those who report in.
 */
#ifndef IR_VIEW_SHEET_H
#define IR_VIEW_SHEET_H

#include "core/told.h"
#include "view/view.h"

/* An answer of a sheet: "" is under investigation. `from` says where it is
 * from: "set", "last", "incident", "asked", or "" of a blank.
 */
struct ir_sheet_field {
    const struct ir_json *field;
    const char *value, *from;
};

struct ir_sheet {
    const struct ir_incident *inc;
    const struct ir_json *site;
    const char *authority;       /* its id */
    const struct ir_json *entry; /* of the contacts */
    const struct ir_json *form;
    enum ir_stage stage;
    const struct ir_sheet_field *f;
    size_t n;
    const struct ir_told_deadline *deadline; /* or NULL */
    int by;
    const uint8_t *id; /* the report's entry; NULL: not recorded */
    bool away; /* nothing of the log could be read: nothing is known of `inc` */
};

/* How many answers are under investigation, and is one of them needed (all
 * are, in a final report)? `lacks` gets the questions, or is NULL.
 */
size_t ir_sheet_open(const struct ir_sheet *s, struct ir_buf *lacks);

/* The sheet: what it is and by when it is due, numbers and words for the
 * telephone, the answers, what is left open, what to do after.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_sheet(const struct ir_view *v, const struct ir_sheet *s,
                   struct ir_buf *out);

/* The same as an object: docs/man/ir-report-out.1, "JSON".
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_sheet_json(const struct ir_view *v,
                                   const struct ir_sheet *s);

/* A blank form to print or to send: each question with its id in brackets, by
 * which a filled one is read again (core/paste.h).
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_form_blank(const struct ir_view *v, const struct ir_json *form,
                        struct ir_buf *out);

/* Who was told what: per authority of the incident, with what is due next.
 *
 * Owns:   `out` keeps a copy; the caller frees with ir_json_free.
 */
void ir_view_told(const struct ir_view *v, const struct ir_incident *inc,
                  const struct ir_json *site, struct ir_buf *out);
struct ir_json *ir_view_told_json(const struct ir_view *v,
                                  const struct ir_incident *inc,
                                  const struct ir_json *site);

/* What the report that is due is called: its deadline's title.
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_due_title(const struct ir_view *v, const struct ir_json *site,
                        const struct ir_told_due *due);

/* The title of an authority, else its id; what a report is called ("first
 * report"); a moment with its date, as a letter has it.
 *
 * Owns:   the first and the last: the caller frees with free(); static.
 */
char *ir_view_authority(const struct ir_view *v, const char *id);
const char *ir_view_stage(enum ir_stage s);
char *ir_view_moment(int64_t ms);

#endif
