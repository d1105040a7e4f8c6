/* carry.h: what `ir carry` did, in words and as JSON. Plain data that the
 * command fills.
 */
#ifndef IR_VIEW_CARRY_H
#define IR_VIEW_CARRY_H

#include "view/view.h"

/* Why an entry was not taken: the first four may come again. */
enum ir_carry_why {
    IR_CARRY_NO_CERT,
    IR_CARRY_OPEN,
    IR_CARRY_QUOTA,
    IR_CARRY_DISK,
    IR_CARRY_FORM,
    IR_CARRY_NEWER,
    IR_CARRY_SITE,
    IR_CARRY_SIGNATURE,
    IR_CARRY_KIND,
    IR_CARRY_REVOKED,
    IR_CARRY_WHY_END
};
#define IR_CARRY_IS_LATER(w) ((w) <= IR_CARRY_DISK)

/* What a file on the medium was. */
enum ir_carry_file {
    IR_CARRY_GOOD,
    IR_CARRY_TORN,
    IR_CARRY_FOREIGN,
    IR_CARRY_JUNK,
    IR_CARRY_HUGE,
    IR_CARRY_ODD,
    IR_CARRY_FILE_END
};

struct ir_carry_report {
    const char *dir;
    size_t entries, objects;             /* out: offered; in: new here */
    size_t entries_there, objects_there; /* out: of them, on it before */
    size_t entries_left, objects_left;   /* out: of them, not written */
    size_t had, had_objects;             /* in: here before */
    size_t texts;                        /* in: of withheld entries */
    size_t releases;                     /* in: of the new entries */
    size_t objects_missing;              /* in: named and still not here */
    const char *const *who;              /* in: handles of the new ones' */
    size_t who_n;
    size_t why[IR_CARRY_WHY_END];
    size_t files[IR_CARRY_FILE_END];
    const char *torn; /* the first one's name, or NULL */
};

/* "Carried out: 214 entries, 31 objects. 180 of them were there already." */
void ir_view_carry_out(const struct ir_view *v, const struct ir_carry_report *r,
                       struct ir_buf *out);
/* {"dir","entries","objects","held","written","left","files":{...}}
 *
 * Owns:   the caller's, ir_json_free.
 */
struct ir_json *ir_view_carry_out_json(const struct ir_carry_report *r);

/* "New here: 12 entries by sato, ito; 1 release. Refused: 3 (...)" */
void ir_view_carry_in(const struct ir_view *v, const struct ir_carry_report *r,
                      struct ir_buf *out);
/* {"dir","entries","by":[...],"releases","texts","objects","had",
 * "had_objects","later":{...},"refused":{...},"files":{...},
 * "objects_missing"}
 *
 * Owns:   the caller's, ir_json_free.
 */
struct ir_json *ir_view_carry_in_json(const struct ir_carry_report *r);

/* The reason in words that stand after a number, and its name in JSON; also
 * for `ir mesh status`.
 *
 * Owns:   static.
 */
const char *ir_view_carry_why(enum ir_carry_why w);
const char *ir_view_carry_why_name(enum ir_carry_why w);

#endif
